//! Telling Telegram where to bring updates, and looking now and then whether it still knows.

use std::time::Duration;

use anyhow::bail;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use teloxide::{payloads::GetWebhookInfo, requests::Payload as _, types::AllowedUpdate};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::mark::{mark_of, marked};
use crate::{
    domain::Outcome,
    telegram::{
        Failure, Telegram,
        api::{CALL_TIMEOUT, UNKNOWN_FOR, WANTED},
        wait,
    },
};

/// How many updates Telegram may bring at once: its own default, written down.
const MOST_AT_ONCE: u8 = 40;

/// How often it is looked whether Telegram still knows the address (somebody else with the token may have changed it).
const LOOK_EVERY: Duration = Duration::from_mins(5);

/// How often it is looked while it is not clear who leads: another leader shows by its mark in the address.
const LOOK_IN_DOUBT: Duration = Duration::from_secs(2);

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
    /// Whether it was said that somebody else has set it since.
    overtaken: bool,
    /// When Telegram last failed to bring something, in seconds since 1970, as far as it was said already.
    last_error: i64,
}

/// What this process knows about its leading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reign {
    /// The mark that the address bears: a later leader's is greater. Without one the address stays as it was set.
    pub mark: Option<i64>,
    /// Whether it is sure to lead; not while its database is away.
    pub sure: bool,
}

/// Why the webhook is looked after no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It was time to stop.
    ToTheEnd,
    /// Another process has begun to lead since, and set it for itself.
    Overtaken,
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
            overtaken: false,
            last_error: 0,
        }
    }

    /// Sets the webhook as soon as Telegram can be reached, and again whenever it is gone, until `stop`.
    /// Ends early when it is not sure who leads and the address bears a later leader's mark; or, with one sentence, when
    /// Telegram refuses the token. It stays set when this ends: what comes meanwhile waits on Telegram's side.
    pub async fn keep(
        mut self,
        mut reign: watch::Receiver<Reign>,
        stop: CancellationToken,
    ) -> anyhow::Result<Kept> {
        let mut failures = 0_u32;
        loop {
            let now = *reign.borrow_and_update();
            let Some(looked) = stop.run_until_cancelled(self.look(now)).await else {
                return Ok(Kept::ToTheEnd);
            };
            let pause = match looked {
                Ok(by_another) => {
                    failures = 0;
                    let sure = reign.borrow().sure;
                    if by_another && !sure {
                        return Ok(Kept::Overtaken);
                    }
                    if sure { LOOK_EVERY } else { LOOK_IN_DOUBT }
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
                    let back_off = wait::doubled(first, failures, longest);
                    failures = failures.saturating_add(1);
                    match failure.outcome {
                        // Without the webhook nobody hears a call for help.
                        Outcome::Wait(asked) => wait::for_help(asked, failures - 1),
                        _ => back_off,
                    }
                }
            };
            tokio::select! {
                () = stop.cancelled() => return Ok(Kept::ToTheEnd),
                Ok(()) = reign.changed() => {}
                () = tokio::time::sleep(pause) => {}
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

    /// Looks whether Telegram knows the address with this mark, and tells it if not; `true` if a later leader told it
    /// another one since, which stays.
    async fn look(&mut self, Reign { mark, sure }: Reign) -> Result<bool, Failure> {
        let info = self
            .telegram
            .request(GetWebhookInfo::NAME, &GetWebhookInfo::new(), CALL_TIMEOUT)
            .await?;
        let known: Option<Known> = serde_json::from_str(info.get()).ok();
        let theirs = known
            .as_ref()
            .and_then(|known| mark_of(&known.url, &self.address));
        // Whoever has just begun to lead sets it in any case: the server's clock may have been put back.
        if (self.set || !sure) && mark.is_some() && theirs > mark {
            if !std::mem::replace(&mut self.overtaken, true) {
                tracing::warn!("another process that leads has set WEBHOOK_URL since");
            }
            return Ok(true);
        }
        let address = marked(&self.address, mark);
        let known = known.filter(|known| known.url == address);
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
            self.register(&address).await?;
            (self.set, self.overtaken) = (true, false);
            tracing::info!("Telegram brings updates to WEBHOOK_URL");
        }
        Ok(false)
    }

    async fn register(&self, address: &str) -> Result<(), Failure> {
        let payload = SetWebhook {
            url: address,
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
