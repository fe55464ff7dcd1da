//! How polling is doing: numbers that the inbox writes and whoever watches it reads.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// How polling is doing, for health and metrics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Polling {
    /// When Telegram last answered a poll.
    pub last_answer: Option<Instant>,
    /// When the loop last turned; ahead of the present while it waits because Telegram said so. `None` before it runs.
    pub last_turn: Option<Instant>,
    /// Whether another program polls with the same token.
    pub conflict: bool,
    /// How often another program showed itself: its poll ended ours, or it acknowledged what was open here (two that ask
    /// in turn need not meet at Telegram, which ends a poll only while it waits).
    pub rivals: u64,
    /// Updates handled to the end.
    pub handled: u64,
    /// Updates that could not be read.
    pub malformed: u64,
    /// Handlers that panicked.
    pub panics: u64,
    /// Updates that were acknowledged with their effect owed, because too many were.
    pub given_up: u64,
    /// Updates that Telegram still holds although we have seen them.
    pub unacknowledged: usize,
}

impl Polling {
    /// Telegram answered a poll; `overtaken` if somebody else has acknowledged what is open here.
    pub(super) fn answered(&mut self, at: Instant, malformed: u64, overtaken: bool) {
        self.last_answer = Some(at);
        self.conflict = false;
        self.malformed += malformed;
        self.rivals += u64::from(overtaken);
    }

    /// Another program polls; whether that was not known.
    pub(super) fn is_ended_by_another(&mut self) -> bool {
        self.rivals += 1;
        !std::mem::replace(&mut self.conflict, true)
    }
}

/// Plain numbers, whole at any moment: a poisoned lock does them no harm.
pub(super) fn lock(health: &Mutex<Polling>) -> MutexGuard<'_, Polling> {
    health.lock().unwrap_or_else(PoisonError::into_inner)
}
