//! How the door is doing, in numbers about letters and never about persons or tiers.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// The door at one moment. Counters run from its start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Crisis replies and answers that wait to leave. One number: a count of crisis replies would tell of people.
    pub answers_queued: usize,
    /// Notes that wait to leave.
    pub notes_queued: usize,
    /// Chats that the door remembers anything about; zero soon after the last letter.
    pub chats: usize,
    /// Chats with a letter that waits for nothing but the pace of the whole bot.
    pub ready: usize,
    /// Requests without an answer yet.
    pub in_flight: usize,
    /// Letters that Telegram took.
    pub accepted: u64,
    /// Letters for chats that take no more messages.
    pub gone: u64,
    /// Letters that Telegram refused for good.
    pub refused: u64,
    /// Letters that had become pointless.
    pub expired: u64,
    /// Letters that were sent twice without an answer.
    pub unknown: u64,
    /// Requests that were answered by 429.
    pub told_to_wait: u64,
    /// Requests that failed and will be tried again (HTTP 5xx, broken connections).
    pub failed: u64,
    /// Whether Telegram refuses the token.
    pub unauthorized: bool,
    /// Whether Telegram cannot be reached at present.
    pub storm: bool,
    /// Whether the whole bot is waiting because Telegram said so.
    pub held: bool,
    /// When the door's loop last turned: it does so every few seconds even with nothing to do.
    pub last_turn: Instant,
    /// When Telegram last took a letter, or the door opened.
    pub last_accepted: Instant,
}

impl Snapshot {
    /// A door that has just opened.
    pub fn new(now: Instant) -> Self {
        Self {
            answers_queued: 0,
            notes_queued: 0,
            chats: 0,
            ready: 0,
            in_flight: 0,
            accepted: 0,
            gone: 0,
            refused: 0,
            expired: 0,
            unknown: 0,
            told_to_wait: 0,
            failed: 0,
            unauthorized: false,
            storm: false,
            held: false,
            last_turn: now,
            last_accepted: now,
        }
    }
}

/// The numbers are plain values, whole at any moment: a poisoned lock does them no harm.
pub(super) fn lock(stats: &Mutex<Snapshot>) -> MutexGuard<'_, Snapshot> {
    stats.lock().unwrap_or_else(PoisonError::into_inner)
}
