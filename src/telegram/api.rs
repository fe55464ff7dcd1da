//! One request to Telegram and its answer, over our own HTTP client.
//!
//! teloxide gives the payload types; its `Bot` is not used (it sleeps 10 s on a 5xx and prints the token in `Debug`).
//! Must not know what a message means, nor retry anything: that is the door's and the inbox's business.

use std::{fmt, time::Duration};

use anyhow::{Context as _, anyhow};
use reqwest::{Client, Proxy, Url, redirect::Policy};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use teloxide::{
    payloads::{AnswerCallbackQuery, DeleteWebhook, GetMe, LeaveChat},
    requests::Payload,
    types::{AllowedUpdate, CallbackQueryId, Recipient},
};

use super::{
    date::Dated,
    outcome::{self, Failure},
};
use crate::domain::{ChatId, Outcome};

/// How long connecting may take (name look-up, TCP and TLS together).
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long an ordinary request may take in all.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(15);

/// So many idle connections are kept: a broadcast at 1000/s over a way of a quarter of a second needs them.
const MOST_IDLE: usize = 256;

/// The largest answer that is read, in bytes: a hundred updates of the longest messages stay well below.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

/// The updates that are asked for; everything else Telegram keeps to itself.
pub(crate) const WANTED: [AllowedUpdate; 4] = [
    AllowedUpdate::Message,
    AllowedUpdate::EditedMessage,
    AllowedUpdate::CallbackQuery,
    AllowedUpdate::MyChatMember,
];

/// Telegram's Bot API, as one bot. Clones share the connections.
#[derive(Clone)]
pub struct Telegram {
    client: Client,
    /// Never uses a connection twice.
    fresh: Client,
    api: Url,
    token: SecretString,
    pub(super) dated: Dated,
}

impl fmt::Debug for Telegram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Telegram(…)")
    }
}

/// The token counts as unknown when Telegram has said so for this long and says it again: until then it may be a passing
/// trouble.
pub(super) const UNKNOWN_FOR: Duration = Duration::from_secs(3);

/// What `getMe` says about the bot itself.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Me {
    /// The name after the @.
    #[serde(default)]
    pub username: String,
}

impl Telegram {
    /// A bot by its token. `api` is the base address (`https://api.telegram.org`), `proxy` an `http`, `https` or
    /// `socks5` address that may hold a password. Errors name the setting, never its value.
    pub fn new(
        api: &str,
        token: SecretString,
        proxy: Option<&SecretString>,
    ) -> anyhow::Result<Self> {
        let api = Url::parse(api)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| {
                anyhow!("TELOXIDE_API_URL must be an http or https address, like https://api.telegram.org")
            })?;
        let builder = |idle: usize| {
            let builder = Client::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .tcp_keepalive(Duration::from_secs(30))
                .pool_max_idle_per_host(idle)
                // Telegram never redirects; whoever does is not Telegram and must not get the token.
                .redirect(Policy::none());
            let builder = match proxy {
                Some(address) => builder.proxy(proxy_at(address)?),
                // Only what the settings say: a proxy from elsewhere in the environment would see the token.
                None => builder.no_proxy(),
            };
            let client = builder.build().map_err(reqwest::Error::without_url);
            client.context("cannot set up the connection to Telegram")
        };
        Ok(Self {
            client: builder(MOST_IDLE)?,
            fresh: builder(0)?,
            api,
            token,
            dated: Dated::default(),
        })
    }

    /// The same bot on connections of its own: for a request that must not be stuck behind a dead one.
    pub(crate) fn on_a_fresh_connection(&self) -> Self {
        Self {
            client: self.fresh.clone(),
            ..self.clone()
        }
    }

    /// Sends one of teloxide's payloads and reads its typed result.
    pub async fn call<P>(&self, payload: &P, timeout: Duration) -> Result<P::Output, Failure>
    where
        P: Payload + Serialize + Sync,
        P::Output: DeserializeOwned,
    {
        let result = self.request(P::NAME, payload, timeout).await?;
        serde_json::from_str(result.get())
            .map_err(|_| Failure::unanswered(Outcome::Ambiguous, "the answer had another shape"))
    }

    /// Sends any serializable payload to a method by its name and hands the raw result on.
    pub async fn request(
        &self,
        method: &str,
        payload: &(impl Serialize + Sync + ?Sized),
        timeout: Duration,
    ) -> Result<Box<RawValue>, Failure> {
        let asked_at = Dated::machine();
        let mut response = self
            .client
            .post(self.address(method))
            .timeout(timeout)
            .json(payload)
            .send()
            .await
            .map_err(|error| outcome::broken(&error.without_url()))?;
        let status = response.status().as_u16();
        if status == 200 {
            self.dated.note(response.headers(), asked_at);
        }
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= LARGEST_ANSWER => {
                    body.extend_from_slice(&chunk);
                }
                Ok(Some(_)) => return outcome::read(status, b""),
                Ok(None) => return outcome::read(status, &body),
                // The status line is known: an error page that broke off is still that error.
                Err(_) if status >= 400 => return outcome::read(status, &body),
                Err(error) => return Err(outcome::broken(&error.without_url())),
            }
        }
    }

    /// Asks who the bot is: the quickest proof that token and network are right.
    pub async fn me(&self) -> Result<Me, Failure> {
        let result = self
            .request(GetMe::NAME, &GetMe::new(), CALL_TIMEOUT)
            .await?;
        serde_json::from_str(result.get())
            .map_err(|_| Failure::unanswered(Outcome::Ambiguous, "the answer had another shape"))
    }

    /// Whether Telegram says that it does not know the token. No answer is no such word.
    pub(crate) async fn is_unknown(&self) -> bool {
        let asked = self.me().await;
        matches!(asked, Err(failure) if failure.outcome == Outcome::Unauthorized)
    }

    /// Ends the spinner on a tapped button. Shows no text: everything that is said leaves through the door.
    pub async fn answer_tap(&self, query_id: &str) -> Result<(), Failure> {
        let payload = AnswerCallbackQuery::new(CallbackQueryId(query_id.to_owned()));
        done(self.call(&payload, CALL_TIMEOUT).await)
    }

    /// Leaves a group or channel.
    pub async fn leave(&self, chat: ChatId) -> Result<(), Failure> {
        let payload = LeaveChat::new(recipient(chat));
        done(self.call(&payload, CALL_TIMEOUT).await)
    }

    /// Ends webhook mode, so that polling can begin. What waits on Telegram's side is kept.
    pub async fn delete_webhook(&self) -> Result<(), Failure> {
        let mut payload = DeleteWebhook::new();
        payload.drop_pending_updates = Some(false);
        done(self.call(&payload, CALL_TIMEOUT).await)
    }

    /// `<api>/bot<token>/<method>`. The result holds the token: it goes into a request and nowhere else.
    fn address(&self, method: &str) -> Url {
        // teloxide names methods `SendMessage`; Telegram's documentation, and every log, has `sendMessage`.
        let (first, rest) = method.split_at(usize::from(!method.is_empty()));
        let path = format!(
            "{}/bot{}/{}{rest}",
            self.api.path().trim_end_matches('/'),
            self.token.expose_secret(),
            first.to_ascii_lowercase(),
        );
        let mut address = self.api.clone();
        address.set_path(&path);
        address
    }
}

/// The schemes are checked here: the client takes any and then goes without a proxy.
fn proxy_at(address: &SecretString) -> anyhow::Result<Proxy> {
    const SCHEMES: [&str; 5] = ["http", "https", "socks4", "socks5", "socks5h"];
    Url::parse(address.expose_secret())
        .ok()
        .filter(|url| SCHEMES.contains(&url.scheme()) && url.has_host())
        .and_then(|url| Proxy::all(url).ok())
        .ok_or_else(|| {
            anyhow!("TELOXIDE_PROXY must be an http, https or socks5 address, like socks5://127.0.0.1:1080")
        })
}

/// teloxide's name for a chat of ours.
pub(crate) fn recipient(chat: ChatId) -> Recipient {
    Recipient::Id(teloxide::types::ChatId(chat.0))
}

fn done<T>(result: Result<T, Failure>) -> Result<(), Failure> {
    match result {
        Ok(_) => Ok(()),
        // Too late or already so: nothing is left to do.
        Err(failure) if matches!(failure.outcome, Outcome::Stale | Outcome::Accepted { .. }) => {
            Ok(())
        }
        Err(failure) => Err(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::Gone,
        telegram::fake::{Fake, Says, TOKEN},
    };

    async fn outcome(says: fn() -> Says) -> Outcome {
        let fake = Fake::start(move |_, _| says()).await;
        let result = fake
            .telegram
            .request("getMe", &(), Duration::from_millis(300));
        result.await.expect_err("a failure").outcome
    }

    #[tokio::test]
    async fn every_way_to_fail() {
        let blocked = || Says::Refusal(403, "Forbidden: bot was blocked by the user");
        assert_eq!(outcome(blocked).await, Outcome::Gone(Gone::Blocked));
        let wait = Outcome::Wait(Duration::from_secs(7));
        assert_eq!(outcome(|| Says::Wait(7)).await, wait);
        assert_eq!(outcome(|| Says::Raw(500, "<html>")).await, Outcome::Retry);
        assert_eq!(outcome(|| Says::Raw(302, "")).await, Outcome::Retry);
        assert_eq!(outcome(|| Says::BreaksOff).await, Outcome::Ambiguous);
        assert_eq!(outcome(|| Says::Hangs).await, Outcome::Ambiguous);
    }

    #[tokio::test]
    async fn an_unreachable_server_is_certain_and_says_no_address() {
        // Port 9 (discard) of the loopback: nobody listens there.
        let telegram = Telegram::new("http://127.0.0.1:9", SecretString::from(TOKEN), None);
        let failure = telegram.expect("a client").me().await.expect_err("refused");
        assert_eq!(failure.outcome, Outcome::Retry);
        assert_eq!(failure.to_string(), "Telegram could not be reached");
    }

    #[test]
    fn wrong_settings_are_named_without_their_value() {
        let token = || SecretString::from(TOKEN);
        let wrong_api = Telegram::new("ftp://secret.example", token(), None);
        let error = format!("{:?}", wrong_api.expect_err("not http"));
        assert!(error.contains("TELOXIDE_API_URL") && !error.contains("secret"));
        let proxy = SecretString::from("gopher://mia:secret@x");
        let wrong_proxy = Telegram::new("https://api.telegram.org", token(), Some(&proxy));
        let error = format!("{:?}", wrong_proxy.expect_err("no proxy"));
        assert!(
            error.contains("TELOXIDE_PROXY") && !error.contains("secret"),
            "{error}"
        );
    }

    #[test]
    fn methods_have_their_documented_names_below_any_base() {
        let base = |api| Telegram::new(api, SecretString::from(TOKEN), None).expect("a client");
        let address = base("http://localhost:8081/tg/").address("SendMessage");
        assert_eq!(
            address.as_str(),
            format!("http://localhost:8081/tg/bot{TOKEN}/sendMessage")
        );
    }
}
