//! What the stand-in remembers of every request, so that tests count from its record and not from the bot's.

use std::fmt;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use super::{chat::File, faults::Fault, keyboard::Button};

/// One request, in the order of arrival.
#[derive(Clone, Debug)]
pub struct CallRecord {
    /// The movable clock when it arrived.
    pub at: DateTime<Utc>,
    /// Real time when it arrived.
    pub instant: Instant,
    /// The method, as the Bot API's pages write it.
    pub method: &'static str,
    /// The chat that it is about.
    pub chat: Option<i64>,
    /// From which update on a poll asks; those before it count as received.
    pub offset: Option<i64>,
    /// What became of it.
    pub result: CallResult,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallResult {
    /// Still waiting (a long poll), or its caller went away meanwhile.
    Open,
    /// Carried out; for a message, with its id.
    Accepted(Option<i64>),
    /// Refused with this code and wording.
    Refused(u16, String),
    /// Met by a fault that kept it from being carried out.
    Faulted(Fault),
    /// Carried out, but a fault spoiled the answer; for a message, with its id.
    Spoiled(Fault, Option<i64>),
}

impl CallResult {
    /// Whether the request was carried out.
    pub fn took_effect(&self) -> bool {
        matches!(self, Self::Accepted(_) | Self::Spoiled(..))
    }
}

impl fmt::Display for CallResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("not answered"),
            Self::Accepted(_) => f.write_str("accepted"),
            Self::Refused(code, why) => write!(f, "{code} {why}"),
            Self::Faulted(fault) => write!(f, "not carried out: {fault:?}"),
            Self::Spoiled(fault, _) => write!(f, "carried out, then {fault:?}"),
        }
    }
}

/// Something that the bot said and Telegram accepted: a new message, an edit, or a file with its caption.
#[derive(Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a yes or no of the Bot API, and a test asks for one of them"
)]
pub struct Said {
    /// Where.
    pub chat: i64,
    /// Which message.
    pub message_id: i64,
    /// The method, as the Bot API's pages write it.
    pub method: &'static str,
    /// The text or caption without markup.
    pub text: String,
    /// The text as the bot wrote it.
    pub source: String,
    /// The buttons under it.
    pub keyboard: Vec<Vec<Button>>,
    /// The phone did not ring.
    pub silent: bool,
    /// It cannot be forwarded or saved.
    pub protected: bool,
    /// It was sent as a paid broadcast.
    pub paid: bool,
    /// It changed a message that stood there.
    pub edit: bool,
    /// The file that came with it.
    pub file: Option<File>,
    /// The movable clock when it arrived.
    pub at: DateTime<Utc>,
    /// Real time when it arrived.
    pub instant: Instant,
}

impl Said {
    /// The labels of its buttons, row by row.
    pub fn labels(&self) -> Vec<Vec<&str>> {
        self.keyboard
            .iter()
            .map(|row| row.iter().map(|button| button.label.as_str()).collect())
            .collect()
    }
}
