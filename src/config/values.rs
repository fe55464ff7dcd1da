//! One value at a time: from text to what it means, or to a sentence about what is wrong with it.

use std::{net::SocketAddr, num::NonZeroU32, path::PathBuf};

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use super::{DataKey, LogFormat, Problems, SETTINGS, Setting};
use crate::domain::{Country, zone::Zone};

/// Telegram allows this many messages a second to every bot (core.telegram.org/bots/faq).
const FREE_RATE: u32 = 30;
/// … and this many with paid broadcasts (same page).
const PAID_RATE: u32 = 1000;
/// The ports that Telegram brings updates to (core.telegram.org/bots/api, `setWebhook`).
const WEBHOOK_PORTS: [u16; 4] = [443, 80, 88, 8443];

/// What else is answered where updates come in.
const OTHER_PATHS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Reads settings and gathers what is wrong with them. A wrong value yields its default, and `finish` fails.
pub(super) struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            lookup,
            problems: Vec::new(),
        }
    }

    /// `value` if all was well, else everything that was not.
    pub(super) fn finish<T>(self, value: T) -> Result<T, Problems> {
        Problems::none_of(self.problems).map(|()| value)
    }

    /// Notes down what is wrong between two settings.
    pub(super) fn misses(&mut self, problem: &str) {
        self.problems.push(problem.to_owned());
    }

    pub(super) fn token(&mut self) -> Option<SecretString> {
        self.optional("TELOXIDE_TOKEN", |value| {
            is_token(value)
                .then(|| SecretString::from(value))
                .ok_or("this does not look like a bot's token")
        })
    }

    pub(super) fn api_url(&mut self) -> String {
        self.defaulted("TELOXIDE_API_URL", |value| {
            let url = web_address(value, &["http", "https"])?;
            Ok(url.as_str().trim_end_matches('/').to_owned())
        })
    }

    pub(super) fn proxy(&mut self) -> Option<SecretString> {
        self.optional("TELOXIDE_PROXY", |value| {
            let url = Url::parse(value).map_err(|_| "this is not an address")?;
            match url.scheme() {
                "http" | "https" | "socks5" | "socks5h" => Ok(SecretString::from(value)),
                _ => Err("this kind of proxy is not known"),
            }
        })
    }

    pub(super) fn database_url(&mut self) -> SecretString {
        self.defaulted("DATABASE_URL", |value| {
            let known = ["sqlite:", "postgres://", "postgresql://"];
            if !known.iter().any(|scheme| value.starts_with(scheme)) {
                return Err("this kind of database is not known");
            }
            if !value.starts_with("sqlite:") && Url::parse(value).is_err() {
                return Err(
                    "this is not an address (a password with special characters must be percent-encoded)",
                );
            }
            Ok(SecretString::from(value))
        })
    }

    pub(super) fn data_key(&mut self) -> DataKey {
        let key = self.optional("DATA_KEY", |value| {
            is_key(value)
                .then(|| SecretString::from(value))
                .ok_or("this is not a key; `slowbloom keygen` makes one")
        });
        let file = self.optional("DATA_KEY_FILE", |value| Ok(PathBuf::from(value)));
        match (key, file) {
            (Some(key), None) => DataKey::Given(key),
            (Some(key), Some(_)) => {
                self.problems.push(
                    "DATA_KEY and DATA_KEY_FILE are both set: keep one of the two".to_owned(),
                );
                DataKey::Given(key)
            }
            (None, Some(file)) => DataKey::File(file),
            (None, None) => DataKey::File(PathBuf::from(setting("DATA_KEY_FILE").default)),
        }
    }

    pub(super) fn messages_dir(&mut self) -> Option<PathBuf> {
        self.optional("MESSAGES_DIR", |value| Ok(PathBuf::from(value)))
    }

    pub(super) fn zone(&mut self) -> Zone {
        self.defaulted("DEFAULT_TIMEZONE", |value| {
            Zone::new(value).ok_or("no zone has this name")
        })
    }

    pub(super) fn country(&mut self) -> Country {
        self.defaulted("DEFAULT_COUNTRY", |value| {
            Country::from_code(value).ok_or("this is not a code of two letters")
        })
    }

    pub(super) fn http_listen(&mut self) -> Option<SocketAddr> {
        self.optional("HTTP_LISTEN", |value| {
            value
                .parse()
                .map_err(|_| "this is not an address and a port")
        })
    }

    pub(super) fn webhook_url(&mut self) -> Option<String> {
        self.optional("WEBHOOK_URL", |value| {
            let url = web_address(value, &["https", "http"])?;
            if OTHER_PATHS.contains(&url.path()) {
                return Err("this path answers something else");
            }
            if url.scheme() == "http" {
                return is_this_machine(&url)
                    .then(|| url.to_string())
                    .ok_or("Telegram brings updates by https only");
            }
            let port = url.port_or_known_default().unwrap_or_default();
            if WEBHOOK_PORTS.contains(&port) {
                Ok(url.to_string())
            } else {
                Err("Telegram does not bring updates to this port")
            }
        })
    }

    pub(super) fn webhook_secret(&mut self) -> Option<SecretString> {
        self.optional("WEBHOOK_SECRET", |value| {
            let fits = (1..=256).contains(&value.len()) && value.bytes().all(is_url_safe);
            fits.then(|| SecretString::from(value))
                .ok_or("Telegram would not take this secret")
        })
    }

    pub(super) fn send_rate(&mut self, paid: bool) -> NonZeroU32 {
        let most = if paid { PAID_RATE } else { FREE_RATE };
        self.defaulted("SEND_RATE", |value| {
            let rate: NonZeroU32 = value
                .parse()
                .map_err(|_| "this is not a whole number above 0")?;
            if rate.get() <= most {
                Ok(rate)
            } else if rate.get() <= PAID_RATE {
                Err("Telegram allows this only with paid broadcasts")
            } else {
                Err("Telegram does not allow this many")
            }
        })
    }

    /// A setting that is `true` or `false`.
    pub(super) fn truth(&mut self, name: &'static str) -> bool {
        self.defaulted(name, |value| {
            value
                .to_ascii_lowercase()
                .parse()
                .map_err(|_| "this is neither true nor false")
        })
    }

    pub(super) fn log_format(&mut self) -> LogFormat {
        self.defaulted("LOG_FORMAT", |value| match value {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("this format is not known"),
        })
    }

    pub(super) fn log_filter(&mut self) -> String {
        self.defaulted("RUST_LOG", |value| {
            // The filter would take a word that is no level for a target, and say nothing of all others.
            if value.split(',').any(is_no_level) {
                return Err("a word here is no level");
            }
            EnvFilter::try_new(value)
                .map(|_| value.to_owned())
                .map_err(|_| "this cannot be read as levels")
        })
    }

    /// The value under `name` as `parse` reads it, or `None` when it is not set or wrong.
    fn optional<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, &'static str>,
    ) -> Option<T> {
        let value = (self.lookup)(name)?;
        let value = value.trim();
        if value.is_empty() {
            return None;
        }
        parse(value)
            .map_err(|wrong| {
                self.problems.push(complaint(setting(name), value, wrong));
            })
            .ok()
    }

    fn defaulted<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, &'static str>,
    ) -> T {
        self.optional(name, &parse).unwrap_or_else(|| {
            parse(setting(name).default).expect("every default in the table is allowed")
        })
    }
}

/// Whether one part of a list of levels is a word of its own that is none.
fn is_no_level(part: &str) -> bool {
    let part = part.trim();
    !part.contains(['=', '[']) && !part.is_empty() && part.parse::<LevelFilter>().is_err()
}

/// Where the data is, without user, password and options.
pub(super) fn shown_database(url: &SecretString) -> String {
    let url = url.expose_secret();
    if url.starts_with("sqlite:") {
        return url.split('?').next().unwrap_or(url).to_owned();
    }
    Url::parse(url).map_or_else(
        |_| "PostgreSQL".to_owned(),
        |url| {
            let host = url.host_str().unwrap_or("localhost");
            format!("postgres://{host}{}", url.path())
        },
    )
}

fn complaint(setting: &Setting, value: &str, wrong: &str) -> String {
    // An address may carry a password where none is allowed.
    let hidden = setting.secret || value.contains('@');
    let shown = if hidden { "(hidden)" } else { value };
    format!(
        "{}={shown}: {wrong}; allowed: {}",
        setting.name, setting.allowed
    )
}

fn setting(name: &str) -> &'static Setting {
    SETTINGS
        .iter()
        .find(|setting| setting.name == name)
        .expect("every setting that is read stands in the table")
}

/// The shape of a token; whether it is the right one only Telegram can say.
fn is_token(value: &str) -> bool {
    value.split_once(':').is_some_and(|(id, secret)| {
        !id.is_empty()
            && id.bytes().all(|byte| byte.is_ascii_digit())
            && (30..=64).contains(&secret.len())
            && secret.bytes().all(is_url_safe)
    })
}

/// The shape of a key of 32 bytes; the store reads it.
fn is_key(value: &str) -> bool {
    let hexadecimal = value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    let base64 = value.trim_end_matches('=').len() == 43
        && value
            .bytes()
            .all(|byte| is_url_safe(byte) || matches!(byte, b'+' | b'/' | b'='));
    hexadecimal || base64
}

/// Whether the address is this machine's own: for a Bot API server that runs beside the bot.
fn is_this_machine(url: &Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

fn is_url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn web_address(value: &str, schemes: &[&str]) -> Result<Url, &'static str> {
    let url = Url::parse(value).map_err(|_| "this is not an address")?;
    if !schemes.contains(&url.scheme()) || !url.has_host() {
        return Err("this kind of address is not allowed here");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("there is a user name or password in this address");
    }
    Ok(url)
}
