//! Every answer of Telegram, and every failure to get one, becomes one [`Outcome`] here and nowhere else.
//!
//! Pure. Must not know what was asked or who asked it.

use std::{fmt, time::Duration};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::redact;
use crate::domain::{Gone, Outcome};

/// A request that did not end in a result: what to do about it, and one short sentence for the log
/// that holds no token, no address and nothing that Telegram quoted.
#[derive(Clone, PartialEq, Eq)]
pub struct Failure {
    /// What to do; never [`Outcome::Accepted`] except for “message is not modified”.
    pub outcome: Outcome,
    /// HTTP status, 0 when there was no answer.
    pub status: u16,
    /// What went wrong, cleaned by [`redact::description`].
    pub says: String,
}

impl Failure {
    /// A failure without an answer from Telegram.
    pub(crate) fn unanswered(outcome: Outcome, says: &str) -> Self {
        Self {
            outcome,
            status: 0,
            says: says.to_owned(),
        }
    }

    /// Whether Telegram says that a webhook stands in the way of polling.
    pub fn is_webhook_in_the_way(&self) -> bool {
        self.outcome == Outcome::Conflict && self.says.to_ascii_lowercase().contains("webhook")
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Failure({:?}, {}, {})",
            self.outcome, self.status, self.says
        )
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            0 => f.write_str(&self.says),
            status => write!(f, "Telegram answered {status}: {}", self.says),
        }
    }
}

impl std::error::Error for Failure {}

/// The shape of every answer (<https://core.telegram.org/bots/api#making-requests>).
#[derive(Deserialize)]
struct Answer {
    ok: bool,
    #[serde(default)]
    result: Option<Box<RawValue>>,
    #[serde(default)]
    error_code: Option<u16>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    parameters: Option<Parameters>,
}

#[derive(Deserialize)]
struct Parameters {
    #[serde(default)]
    retry_after: Option<u64>,
}

/// How long a 429 that names no time is waited for.
const UNNAMED_WAIT: Duration = Duration::from_secs(3);

/// The longest wait that is believed: beyond a day it is a mistake, and the letter asks again.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// Reads a whole HTTP answer: Telegram's result, or what to do instead.
pub fn read(status: u16, body: &[u8]) -> Result<Box<RawValue>, Failure> {
    let Ok(answer) = serde_json::from_slice::<Answer>(body) else {
        return Err(foreign(status));
    };
    let description = answer.description.unwrap_or_default();
    if answer.ok {
        return answer.result.ok_or_else(|| foreign(status));
    }
    // Telegram always names it; whoever does not is not Telegram.
    let Some(code) = answer.error_code else {
        // It says itself that nothing was done.
        return Err(foreign(status.max(300)));
    };
    let named_wait = answer.parameters.and_then(|p| p.retry_after);
    Err(Failure {
        outcome: refusal(code, &description, named_wait),
        status: code,
        says: redact::description(&description),
    })
}

/// An answer that is not Telegram's: a proxy's error page, a captive portal, half a body.
fn foreign(status: u16) -> Failure {
    let (outcome, says) = match status {
        // Something answered “fine”, so it may have been done.
        200..=299 => (Outcome::Ambiguous, "the answer was not Telegram's"),
        429 => (Outcome::Wait(UNNAMED_WAIT), "too many requests"),
        // Whoever refused it (a captive portal with its 401, a proxy with its 404), it did not reach Telegram: its own
        // refusals are JSON. Of the token they know nothing.
        _ => (
            Outcome::Retry,
            "a server in between answered with an error page",
        ),
    };
    Failure {
        outcome,
        status,
        says: says.to_owned(),
    }
}

/// A refusal in Telegram's own words, which are its only fine print: codes alone do not tell these apart.
fn refusal(code: u16, description: &str, named_wait: Option<u64>) -> Outcome {
    let text = description.to_ascii_lowercase();
    let says = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    match code {
        429 => Outcome::Wait(wait(&text, named_wait)),
        500.. => Outcome::Retry,
        401 | 404 if !says(&["chat not found"]) => Outcome::Unauthorized,
        409 => Outcome::Conflict,
        _ if says(&["bot was blocked", "user_is_blocked"]) => Outcome::Gone(Gone::Blocked),
        _ if says(&[
            "user is deactivated",
            "user_deactivated",
            "input_user_deactivated",
        ]) =>
        {
            Outcome::Gone(Gone::Deactivated)
        }
        _ if says(&[
            "chat not found",
            "can't initiate conversation",
            "bot was kicked",
            "bot is not a member",
            "can't send messages to bots",
            "peer_id_invalid",
            "user not found",
            "chat_write_forbidden",
            "group chat was upgraded",
            "chat was deleted",
        ]) =>
        {
            Outcome::Gone(Gone::NotFound)
        }
        _ if says(&["message is not modified", "message_not_modified"]) => {
            Outcome::Accepted { message_id: 0 }
        }
        _ if says(&[
            "message is too long",
            "message_too_long",
            "text is too long",
        ]) =>
        {
            Outcome::TooLong
        }
        _ if says(&[
            "can't parse entities",
            "can't parse message",
            "entity_bounds_invalid",
        ]) =>
        {
            Outcome::BadMarkup
        }
        _ if says(&[
            "message to edit not found",
            "message can't be edited",
            "message_id_invalid",
            "message to delete not found",
            "message can't be deleted",
            "query is too old",
            "query id is invalid",
            "query_id_invalid",
        ]) =>
        {
            Outcome::Stale
        }
        _ if says(&["retry after"]) => Outcome::Wait(wait(&text, named_wait)),
        _ => Outcome::Refused,
    }
}

/// How long a 429 asks to wait: its parameter, else its text (“retry after 5”), else a guess.
fn wait(text: &str, named: Option<u64>) -> Duration {
    named
        .or_else(|| {
            let (_, after) = text.split_once("retry after ")?;
            let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .map_or(UNNAMED_WAIT, Duration::from_secs)
        .clamp(Duration::from_secs(1), LONGEST_WAIT)
}

/// A request that got no whole answer, by the stage at which it broke.
pub(crate) fn broken(error: &reqwest::Error) -> Failure {
    if error.is_builder() {
        return Failure::unanswered(Outcome::Refused, "the request could not be put together");
    }
    // Name look-up, proxy, TCP and TLS all fail as “connect”: nothing was written yet.
    if error.is_connect() {
        let says = if error.is_timeout() {
            "Telegram could not be reached in time"
        } else {
            "Telegram could not be reached"
        };
        return Failure::unanswered(Outcome::Retry, says);
    }
    let says = if error.is_timeout() {
        "no answer in time"
    } else {
        "the connection broke before the answer"
    };
    Failure::unanswered(Outcome::Ambiguous, says)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn gone(why: Gone) -> Outcome {
        Outcome::Gone(why)
    }

    fn outcome(status: u16, body: &str) -> Outcome {
        read(status, body.as_bytes())
            .expect_err("a refusal")
            .outcome
    }

    /// Code and description as Telegram words them, and what they mean.
    const WORDINGS: &[(u16, &str, Outcome)] = &[
        (
            403,
            "Forbidden: bot was blocked by the user",
            gone(Gone::Blocked),
        ),
        (
            403,
            "Forbidden: user is deactivated",
            gone(Gone::Deactivated),
        ),
        (400, "Bad Request: chat not found", gone(Gone::NotFound)),
        (
            403,
            "Forbidden: bot can't initiate conversation with a user",
            gone(Gone::NotFound),
        ),
        (
            403,
            "Forbidden: bot was kicked from the group chat",
            gone(Gone::NotFound),
        ),
        (400, "Bad Request: PEER_ID_INVALID", gone(Gone::NotFound)),
        (
            403,
            "Forbidden: bot can't send messages to bots",
            gone(Gone::NotFound),
        ),
        (
            429,
            "Too Many Requests: retry after 17",
            Outcome::Wait(Duration::from_secs(17)),
        ),
        (429, "Too Many Requests", Outcome::Wait(UNNAMED_WAIT)),
        (500, "Internal Server Error", Outcome::Retry),
        (502, "Bad Gateway", Outcome::Retry),
        (
            400,
            "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 0",
            Outcome::BadMarkup,
        ),
        (400, "Bad Request: message is too long", Outcome::TooLong),
        (400, "Bad Request: MESSAGE_TOO_LONG", Outcome::TooLong),
        (
            400,
            "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
            Outcome::Accepted { message_id: 0 },
        ),
        (
            400,
            "Bad Request: message to edit not found",
            Outcome::Stale,
        ),
        (400, "Bad Request: message can't be edited", Outcome::Stale),
        (
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
            Outcome::Stale,
        ),
        (401, "Unauthorized", Outcome::Unauthorized),
        (404, "Not Found", Outcome::Unauthorized),
        (
            409,
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            Outcome::Conflict,
        ),
        (400, "Bad Request: message text is empty", Outcome::Refused),
        (400, "Bad Request: BUTTON_DATA_INVALID", Outcome::Refused),
    ];

    #[test]
    fn telegrams_wordings() {
        for (code, description, expected) in WORDINGS {
            let body = serde_json::json!({
                "ok": false, "error_code": code, "description": description,
            });
            assert_eq!(
                outcome(*code, &body.to_string()),
                *expected,
                "{description}"
            );
        }
    }

    #[test]
    fn a_429_with_its_parameter() {
        let body = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 9","parameters":{"retry_after":35}}"#;
        assert_eq!(outcome(429, body), Outcome::Wait(Duration::from_secs(35)));
        let zero =
            r#"{"ok":false,"error_code":429,"description":"","parameters":{"retry_after":0}}"#;
        assert_eq!(outcome(429, zero), Outcome::Wait(Duration::from_secs(1)));
    }

    #[test]
    fn answers_that_are_not_telegrams() {
        let page = "<html><h1>502 Bad Gateway</h1></html>";
        assert_eq!(outcome(502, page), Outcome::Retry);
        assert_eq!(outcome(403, page), Outcome::Retry);
        assert_eq!(outcome(200, page), Outcome::Ambiguous);
        assert_eq!(outcome(200, r#"{"ok":true"#), Outcome::Ambiguous);
        assert_eq!(outcome(200, r#"{"ok":true}"#), Outcome::Ambiguous);
        for status in [401, 404, 409] {
            assert_eq!(outcome(status, ""), Outcome::Retry);
            assert_eq!(outcome(status, page), Outcome::Retry);
            let other_json = r#"{"ok":false,"description":"Unauthorized"}"#;
            assert_eq!(outcome(status, other_json), Outcome::Retry);
        }
        assert_eq!(outcome(200, r#"{"ok":false}"#), Outcome::Retry);
    }

    #[test]
    fn a_result_is_handed_on_raw() {
        let result = read(200, br#"{"ok":true,"result":{"message_id":7}}"#).expect("a result");
        assert_eq!(result.get(), r#"{"message_id":7}"#);
    }
}
