//! One question to Telegram: what is new from this number on.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use teloxide::{payloads::GetUpdates, requests::Payload as _, types::AllowedUpdate};

use crate::{
    domain::Outcome,
    telegram::{
        Failure, Telegram,
        api::WANTED,
        update::{self, Incoming, Malformed},
    },
};

/// One update that came.
pub(super) type Answer = Result<Incoming, Malformed>;

/// What to ask.
pub(super) struct Question {
    /// Everything below counts as received.
    pub(super) offset: Option<i64>,
    /// The most updates to return.
    pub(super) limit: usize,
    /// How long Telegram may hold the question while it has nothing to tell.
    pub(super) hold: Duration,
}

/// As `teloxide`'s `GetUpdates`, but with an offset that can pass 2^31.
#[derive(Serialize)]
struct Poll<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<i64>,
    limit: usize,
    timeout: u64,
    allowed_updates: &'a [AllowedUpdate],
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Batch(Vec<Box<RawValue>>);

impl Question {
    /// Asks, and reads what comes.
    pub(super) async fn ask(
        &self,
        telegram: &Telegram,
        timeout: Duration,
    ) -> Result<Vec<Answer>, Failure> {
        let poll = Poll {
            offset: self.offset,
            limit: self.limit,
            timeout: self.hold.as_secs(),
            allowed_updates: &WANTED,
        };
        let raw = telegram.request(GetUpdates::NAME, &poll, timeout).await?;
        let Ok(Batch(raw)) = serde_json::from_str(raw.get()) else {
            return Err(Failure::unanswered(
                Outcome::Ambiguous,
                "the answer to a poll was no list",
            ));
        };
        Ok(raw.iter().map(|raw| update::read(raw.get())).collect())
    }
}
