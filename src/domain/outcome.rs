//! What became of one request to Telegram. A refusal is an outcome, not an error.

use std::time::Duration;

/// The decision that every answer of Telegram, and every failure to get one, is turned into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Telegram took it; the id of the message that now stands in the chat (0 for requests that make none).
    Accepted {
        /// Telegram's id of the message within its chat.
        message_id: i32,
    },
    /// Nothing can be sent to this chat any more; do not retry.
    Gone(Gone),
    /// HTTP 429: wait at least this long.
    Wait(Duration),
    /// It certainly did not happen (refused connection, HTTP 5xx): try again with back-off.
    Retry,
    /// The connection broke after the request was written: it may have happened.
    Ambiguous,
    /// The text or its entities were refused: send it again as plain text.
    BadMarkup,
    /// The text is too long for Telegram: send it again shortened.
    TooLong,
    /// The message to edit or the tap to answer is no more: send a new message instead, or let it be.
    Stale,
    /// The token is wrong (HTTP 401 or 404): nothing will work until the operator acts.
    Unauthorized,
    /// Another program polls or a webhook is set with the same token (HTTP 409).
    Conflict,
    /// Any other 4xx: sending the same again is pointless.
    Refused,
}

/// Why a chat can no longer be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// The parent blocked the bot.
    Blocked,
    /// The account was deleted.
    Deactivated,
    /// Telegram does not know the chat, or the bot was never started or was thrown out.
    NotFound,
}
