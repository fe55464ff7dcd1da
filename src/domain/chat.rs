//! A private chat with one parent.

use std::fmt;

/// Telegram's id of a private chat. Equal to the parent's user id, so it names a person:
/// it is never printed, and is stored only encrypted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChatId(pub i64);

impl fmt::Debug for ChatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChatId(…)")
    }
}
