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
    /// Updates handled to the end.
    pub handled: u64,
    /// Updates that could not be read.
    pub malformed: u64,
    /// Handlers that panicked.
    pub panics: u64,
    /// Updates whose effect was given up because too many were owed.
    pub given_up: u64,
    /// Updates that Telegram still holds although we have seen them.
    pub unacknowledged: usize,
}

/// Plain numbers, whole at any moment: a poisoned lock does them no harm.
pub(super) fn lock(health: &Mutex<Polling>) -> MutexGuard<'_, Polling> {
    health.lock().unwrap_or_else(PoisonError::into_inner)
}
