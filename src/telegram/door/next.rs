//! What the desk is told and what it says: moments, letters on their way, the next thing to do. Values only.

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use super::{lane::Item, pace::Permit};

/// A moment on both clocks: the steady one for pace and back-off, the parents' for what expires.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    pub(super) instant: Instant,
    pub(super) utc: DateTime<Utc>,
}

impl Now {
    /// Whether neither clock has come to `until`: one of them may stand still (a machine asleep) or be moved.
    pub(super) fn is_before(self, until: Self) -> bool {
        self.instant < until.instant && self.utc < until.utc
    }
}

/// A letter on its way.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) item: Item,
    pub(super) permit: Permit,
    pub(super) left: Instant,
    /// The chat's spacing before it left.
    pub(super) spaced_before: Instant,
}

/// What to do now.
#[derive(Debug)]
pub(super) enum Next {
    /// Send this, and hand it back to [`super::desk::Desk::landed`].
    Send(Box<Flight>),
    /// Ask Telegram anything harmless, and tell [`super::desk::Desk::asked`] whether it answered.
    Ask,
    /// Nothing before this moment, unless something arrives or comes back.
    Wait(Option<Instant>),
}
