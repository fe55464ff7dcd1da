//! The settings: the only reader of the environment and of `.env`.
//!
//! Everything is read once, at start; every wrong value is named in one go. Secrets are `SecretString`,
//! so that no `Debug` output, log or error can show them. Knows `domain` only.

mod dotenv;
mod problems;
mod settings;
#[cfg(test)]
mod tests;
mod values;

use std::{net::SocketAddr, num::NonZeroU32, path::PathBuf};

use secrecy::SecretString;

pub use problems::Problems;
pub use settings::{SETTINGS, Setting, env_example, help};

use crate::domain::{Country, zone::Zone};

/// Every setting of the program, read and checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// The bot's token; [`Config::token`] says what to do when there is none.
    token: Option<SecretString>,
    /// Where Telegram's Bot API is, without a slash at the end.
    pub api_url: String,
    /// The way out to Telegram, which may name a user and a password.
    pub proxy: Option<SecretString>,
    /// Where the data is. May hold a password: show [`Config::database`] instead.
    pub database_url: SecretString,
    /// What the data is encrypted with.
    pub data_key: DataKey,
    /// A folder that stands in for the messages built into the program.
    pub messages_dir: Option<PathBuf>,
    /// The zone that a new parent is asked about first.
    pub default_zone: Zone,
    /// Whose crisis lines are shown until a parent says where she is.
    /// Whether there are lines for it is the content's to say.
    pub default_country: Country,
    /// Where to answer health checks, metrics and the webhook.
    pub http_listen: Option<SocketAddr>,
    /// How Telegram brings updates, in place of polling.
    pub webhook: Option<Webhook>,
    /// Messages a second, over all chats.
    pub send_rate: NonZeroU32,
    /// Whether Telegram may charge for sending faster than 30 messages a second.
    pub paid_broadcast: bool,
    /// What is logged, and how.
    pub log: Log,
    /// What does not keep the bot from running and should be mended soon: a sentence each, with what to do.
    pub warnings: Vec<String>,
}

/// Where the key comes from that encrypts the data.
#[derive(Clone, Debug)]
pub enum DataKey {
    /// `DATA_KEY`: 32 bytes as hexadecimal digits or base64.
    Given(SecretString),
    /// `DATA_KEY_FILE`: a file that holds the same, made on first start.
    File(PathBuf),
}

/// `WEBHOOK_URL` with its secret.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// The `https` address that Telegram posts updates to.
    pub url: String,
    /// What Telegram sends along to prove itself.
    pub secret: Option<SecretString>,
}

/// What is logged, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The shape of a line.
    pub format: LogFormat,
    /// Directives as `RUST_LOG` has them; checked.
    pub filter: String,
}

/// The shape of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

impl Config {
    /// Reads the environment and, for what is not set there, `.env` in the working directory.
    pub fn from_env() -> Result<Self, Problems> {
        Self::from_env_but(|_| None)
    }

    /// The same, but for the settings that `instead` has a value for (empty: not set).
    pub fn from_env_but(instead: impl Fn(&str) -> Option<String>) -> Result<Self, Problems> {
        let file = dotenv::read()?;
        let set = |name: &str| environment(name).or_else(|| file.get(name).cloned());
        let mut config = Self::read(|name| instead(name).or_else(|| set(name)))?;
        config.warnings.extend(dotenv::open_door(&file));
        Ok(config)
    }

    /// Reads the settings from `lookup`. An empty value counts as not set.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Problems> {
        let mut from = values::Reader::new(&lookup);
        let paid_broadcast = from.truth("PAID_BROADCAST");
        let webhook_secret = from.webhook_secret();
        let config = Self {
            token: from.token(),
            api_url: from.api_url(),
            proxy: from.proxy(),
            database_url: from.database_url(),
            data_key: from.data_key(),
            messages_dir: from.messages_dir(),
            default_zone: from.zone(),
            default_country: from.country(),
            http_listen: from.http_listen(),
            webhook: from.webhook_url().map(|url| Webhook {
                url,
                secret: webhook_secret,
            }),
            send_rate: from.send_rate(paid_broadcast),
            paid_broadcast,
            log: Log {
                format: from.log_format(),
                filter: from.log_filter(),
            },
            warnings: Vec::new(),
        };
        if config.webhook.is_some() && config.http_listen.is_none() {
            from.misses("WEBHOOK_URL is set, but HTTP_LISTEN is not: say where to listen for what comes to it");
        }
        from.finish(config)
    }

    /// The bot's token, or what to do to get one.
    pub fn token(&self) -> Result<&SecretString, Problems> {
        self.token.as_ref().ok_or_else(|| {
            Problems::one(
                "TELOXIDE_TOKEN is not set: get a token from @BotFather in Telegram and put it into .env. \
                 To see the bot without a token, run `slowbloom try`."
                    .to_owned(),
            )
        })
    }

    /// Where the data is, fit to be shown: without password and options.
    pub fn database(&self) -> String {
        values::shown_database(&self.database_url)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this room is the one reader of the environment"
)]
fn environment(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?.to_string_lossy().into_owned();
    (!value.is_empty()).then_some(value)
}
