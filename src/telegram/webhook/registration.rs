//! Telling Telegram where to bring updates, and looking now and then whether it still knows.

use std::time::Duration;

use anyhow::bail;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use teloxide::{payloads::GetWebhookInfo, requests::Payload as _, types::AllowedUpdate};
use tokio_util::sync::CancellationToken;

use crate::{
    domain::Outcome,
    telegram::{
        Failure, Telegram,
        api::{CALL_TIMEOUT, UNKNOWN_FOR, WANTED},
    },
};

/// How many updates Telegram may bring at once: its own default, written down.
const MOST_AT_ONCE: u8 = 40;

/// How often it is looked whether Telegram still knows the address (somebody else with the token may have changed it).
const LOOK_EVERY: Duration = Duration::from_mins(5);

/// Back-off after failures: from, to.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

/// Where Telegram shall bring updates, and what it proves itself with.
#[derive(Clone, Debug)]
pub struct Registration {
    telegram: Telegram,
    address: String,
    secret: SecretString,
    /// Whether this process has set it: the secret may be another than the last one's.
    set: bool,
    /// When Telegram last failed to bring something, in seconds since 1970, as far as it was said already.
    last_error: i64,
}

#[derive(Serialize)]
struct SetWebhook<'a> {
    url: &'a str,
    secret_token: &'a str,
    allowed_updates: &'a [AllowedUpdate],
    drop_pending_updates: bool,
    max_connections: u8,
}

/// What Telegram says about the webhook.
#[derive(Deserialize)]
struct Known {
    #[serde(default)]
    url: String,
    #[serde(default)]
    last_error_date: i64,
    #[serde(default)]
    last_error_message: String,
}

impl Registration {
    /// Nothing is said to Telegram yet.
    pub fn new(telegram: Telegram, address: String, secret: SecretString) -> Self {
        Self {
            telegram,
            address,
            secret,
            set: false,
            last_error: 0,
        }
    }

    /// Sets the webhook as soon as Telegram can be reached, and again whenever it is gone, until `stop`.
    /// Ends early, with one sentence, only when Telegram refuses the token. It stays set when this ends: what comes
    /// meanwhile waits on Telegram's side.
    pub async fn keep(mut self, stop: CancellationToken) -> anyhow::Result<()> {
        let mut failures = 0_u32;
        loop {
            let wait = match self.look().await {
                Ok(()) => {
                    failures = 0;
                    LOOK_EVERY
                }
                Err(failure) => {
                    if failure.outcome == Outcome::Unauthorized
                        && self.is_surely_unknown(&stop).await
                    {
                        bail!(
                            "Telegram does not know this token: check TELOXIDE_TOKEN against what BotFather shows"
                        );
                    }
                    if failures == 0 {
                        tracing::error!(%failure, "the webhook could not be set; trying again");
                    }
                    let (first, longest) = BACK_OFF;
                    let back_off = first * 2_u32.saturating_pow(failures.min(8));
                    failures = failures.saturating_add(1);
                    match failure.outcome {
                        Outcome::Wait(wait) => wait,
                        _ => back_off.min(longest),
                    }
                }
            };
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Whether Telegram says so again when it is asked for nothing else a while later.
    async fn is_surely_unknown(&self, stop: &CancellationToken) -> bool {
        tokio::select! {
            () = stop.cancelled() => false,
            () = tokio::time::sleep(UNKNOWN_FOR) => self.telegram.is_unknown().await,
        }
    }

    async fn look(&mut self) -> Result<(), Failure> {
        let info = self
            .telegram
            .request(GetWebhookInfo::NAME, &GetWebhookInfo::new(), CALL_TIMEOUT)
            .await?;
        let known: Option<Known> = serde_json::from_str(info.get()).ok();
        let known = known.filter(|known| known.url == self.address);
        if let Some(known) = &known
            && known.last_error_date > self.last_error
        {
            if self.set {
                let reason = known.last_error_message.as_str();
                tracing::warn!(reason, "Telegram could not bring an update to WEBHOOK_URL");
            }
            self.last_error = known.last_error_date;
        }
        if !self.set || known.is_none() {
            self.register().await?;
            self.set = true;
            tracing::info!("Telegram brings updates to WEBHOOK_URL");
        }
        Ok(())
    }

    async fn register(&self) -> Result<(), Failure> {
        let payload = SetWebhook {
            url: &self.address,
            secret_token: self.secret.expose_secret(),
            allowed_updates: &WANTED,
            drop_pending_updates: false,
            max_connections: MOST_AT_ONCE,
        };
        self.telegram
            .request("SetWebhook", &payload, CALL_TIMEOUT)
            .await?;
        Ok(())
    }
}
