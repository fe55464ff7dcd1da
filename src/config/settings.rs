//! The table of all settings: the source of `.env.example`, of `--help` and of what an error calls allowed.

use std::fmt::Write as _;

/// One setting as the operator sees it.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name in the environment and in `.env`.
    pub name: &'static str,
    /// What holds when it is not set; empty when there is nothing.
    pub default: &'static str,
    /// What it is for, in one or two sentences.
    pub what: &'static str,
    /// Which values are allowed.
    pub allowed: &'static str,
    /// Whether its value must never be shown.
    pub secret: bool,
}

/// Every setting, in the order in which an operator meets them.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "TELOXIDE_TOKEN",
        default: "",
        what: "Your bot's token, from @BotFather. Needed by run and check; try does without.",
        allowed: "digits, a colon, then 30 to 64 letters, digits, - or _ (just as BotFather shows it)",
        secret: true,
    },
    Setting {
        name: "DEFAULT_TIMEZONE",
        default: "America/Los_Angeles",
        what: "The time zone that a new parent is asked about first.",
        allowed: "an IANA name, such as America/Los_Angeles or Europe/Madrid",
        secret: false,
    },
    Setting {
        name: "DEFAULT_COUNTRY",
        default: "US",
        what: "Whose crisis lines are shown until a parent says where she is.",
        allowed: "a two-letter country code that has a file in messages/crisis, such as US, MX or GB; ZZ for anywhere",
        secret: false,
    },
    Setting {
        name: "MESSAGES_DIR",
        default: "",
        what: "The folder with everything the bot says. Not set: messages/ in the working directory if it is there, else the copy built into the program.",
        allowed: "the path of a folder",
        secret: false,
    },
    Setting {
        name: "DATABASE_URL",
        default: "sqlite://data/slowbloom.db",
        what: "Where the subscribers are kept.",
        allowed: "sqlite://path/to/file.db or postgres://user:password@host/name",
        secret: true,
    },
    Setting {
        name: "DATA_KEY",
        default: "",
        what: "The key that the data is encrypted with, made by `slowbloom keygen`. Set this or DATA_KEY_FILE.",
        allowed: "32 bytes as 64 hexadecimal digits or 44 characters of base64",
        secret: true,
    },
    Setting {
        name: "DATA_KEY_FILE",
        default: "slowbloom.key",
        what: "The file that holds the key; made on the first start if it is not there. Back it up, apart from the database.",
        allowed: "the path of a file",
        secret: false,
    },
    Setting {
        name: "TELOXIDE_API_URL",
        default: "https://api.telegram.org",
        what: "Where Telegram's Bot API is. Change it only if you run a Bot API server of your own.",
        allowed: "an http:// or https:// address without a user name",
        secret: false,
    },
    Setting {
        name: "TELOXIDE_PROXY",
        default: "",
        what: "A proxy for the way to Telegram.",
        allowed: "an http://, https://, socks5:// or socks5h:// address",
        secret: true,
    },
    Setting {
        name: "SEND_RATE",
        default: "30",
        what: "How many messages a second are sent at most, over all chats.",
        allowed: "a whole number from 1 to 30; to 1000 with PAID_BROADCAST=true",
        secret: false,
    },
    Setting {
        name: "PAID_BROADCAST",
        default: "false",
        what: "Lets Telegram charge your bot's Stars for sending faster than 30 messages a second.",
        allowed: "true or false",
        secret: false,
    },
    Setting {
        name: "HTTP_LISTEN",
        default: "",
        what: "Where to answer health checks (/healthz, /readyz), /metrics and the webhook. Not set: nothing listens.",
        allowed: "an address and a port, such as 127.0.0.1:8080",
        secret: false,
    },
    Setting {
        name: "WEBHOOK_URL",
        default: "",
        what: "Has Telegram bring messages to this address, in place of asking for them. What comes to it must be passed on to HTTP_LISTEN.",
        allowed: "an https:// address without a user name, on port 443, 80, 88 or 8443; http:// only to this machine itself",
        secret: false,
    },
    Setting {
        name: "WEBHOOK_SECRET",
        default: "",
        what: "What Telegram proves itself with at the webhook. Not set: made from the data key.",
        allowed: "1 to 256 letters, digits, - or _",
        secret: true,
    },
    Setting {
        name: "LOG_FORMAT",
        default: "text",
        what: "The shape of the log, which goes to standard error.",
        allowed: "text or json",
        secret: false,
    },
    Setting {
        name: "RUST_LOG",
        default: "info",
        what: "How much is logged. The libraries that talk to Telegram stay quiet whatever this says.",
        allowed: "error, warn, info, debug, trace or off; or a list such as info,slowbloom::courier=debug",
        secret: false,
    },
];

/// What `.env.example` must say; `cargo test` compares the two.
pub fn env_example() -> String {
    let mut text = String::from(
        "# Slow Bloom's settings. Copy this file to .env (`cp .env.example .env`) and fill in the first line.\n\
         # Everything else may stay as it is: what a line says after its # is what holds without it.\n\
         # A value with spaces, # or $ goes in 'single quotes'. The environment wins over this file.\n",
    );
    for setting in SETTINGS {
        let mark = if setting.name == "TELOXIDE_TOKEN" {
            ""
        } else {
            "# "
        };
        let _ = write!(
            text,
            "\n{}{}{mark}{}={}\n",
            wrapped(setting.what, "# "),
            wrapped(&format!("Allowed: {}.", setting.allowed), "# "),
            setting.name,
            setting.default,
        );
    }
    text
}

/// The settings as `--help` lists them.
pub fn help() -> String {
    let mut text =
        String::from("Settings, from the environment or from .env in the working directory:\n");
    for setting in SETTINGS {
        let _ = write!(text, "\n  {}", setting.name);
        if !setting.default.is_empty() {
            let _ = write!(text, " [default: {}]", setting.default);
        }
        let _ = write!(text, "\n{}", wrapped(setting.what, "      "));
    }
    text
}

/// Breaks `sentence` into lines of at most 96 characters, each with `margin` before it.
fn wrapped(sentence: &str, margin: &str) -> String {
    const WIDTH: usize = 96;
    let mut lines = String::new();
    let mut line = String::from(margin);
    for word in sentence.split(' ') {
        if line.len() > margin.len() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push_str(&line);
            lines.push('\n');
            line = String::from(margin);
        }
        if line.len() > margin.len() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines + &line + "\n"
}
