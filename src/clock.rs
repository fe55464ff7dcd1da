//! The only reader of the present time.
//!
//! A [`Clock`] is a value that is handed down; tests and `slowbloom try` move it, and whoever waits on it notices.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::{sync::watch, time::Instant};

/// The present time, in UTC, plus an offset that can be moved. Clones share the offset.
#[derive(Clone, Debug)]
pub struct Clock {
    offset: Arc<watch::Sender<TimeDelta>>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self {
            offset: Arc::new(watch::Sender::new(TimeDelta::zero())),
        }
    }

    /// A clock that reads `now` at this moment and runs on from there.
    pub fn starting_at(now: DateTime<Utc>) -> Self {
        let clock = Self::system();
        clock.jump_to(now);
        clock
    }

    /// The present moment.
    pub fn now(&self) -> DateTime<Utc> {
        machine_time() + *self.offset.borrow()
    }

    /// A reading that never steps back, for measuring how long something took and for pacing.
    pub fn instant(&self) -> Instant {
        Instant::now()
    }

    /// Moves the clock by `delta`, forwards or back, and wakes everyone who sleeps on it.
    pub fn jump(&self, delta: TimeDelta) {
        self.offset.send_modify(|offset| *offset += delta);
    }

    /// Moves the clock so that it reads `now`.
    pub fn jump_to(&self, now: DateTime<Utc>) {
        self.offset
            .send_modify(|offset| *offset = now - machine_time());
    }

    /// Returns at `until`, after `at_most` of real time, or as soon as the clock is moved, whichever comes first.
    /// Callers look at [`Clock::now`] again: a return says only that it is worth looking.
    pub async fn sleep_until(&self, until: DateTime<Utc>, at_most: Duration) {
        let mut moved = self.offset.subscribe();
        let wait = (until - self.now())
            .to_std()
            .unwrap_or_default()
            .min(at_most);
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = moved.changed() => {}
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this room is the one reader of the present time"
)]
fn machine_time() -> DateTime<Utc> {
    Utc::now()
}
