//! The inbox: long polling that acknowledges last.
//!
//! Telegram forgets an update when it is asked for a later one, so the offset moves only past updates whose handler
//! has reported them done. Must not know what a handler does, nor the store.

mod failed;
mod farewell;
mod health;
mod lull;
mod question;
mod window;

#[cfg(test)]
mod tests;

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

pub use health::Polling;
use health::lock;
use lull::{Complaint, Lull};
use question::Question;
use tokio::{
    task::{Id, JoinError, JoinSet},
    time::Instant,
};
use tokio_util::sync::CancellationToken;
pub use window::Handled;
use window::Window;

use super::{
    Failure, Telegram,
    update::{Incoming, Part},
};
use crate::{clock::Clock, domain::ChatId};

/// How long Telegram may hold a poll that has nothing to tell.
pub const POLL: Duration = Duration::from_secs(25);

/// How long the request itself may take: ten seconds more than [`POLL`].
pub const LONGEST_POLL: Duration = POLL.saturating_add(Duration::from_secs(10));

/// After this long the next poll may start as soon as it can acknowledge something: the fewer come twice after a crash.
const ACKNOWLEDGE_AFTER: Duration = Duration::from_millis(250);

/// When more waits at Telegram than one poll brings, a call for help may be behind it.
const ACKNOWLEDGE_IN_A_CROWD: Duration = Duration::from_millis(50);

/// From one poll to the next when a stuck handler keeps the offset where it is: somebody else may call for help. Telegram is
/// short with whoever repeats an offset within half a second.
const SAME_OFFSET: Duration = Duration::from_millis(600);

/// The poller of one bot.
pub struct Inbox {
    telegram: Telegram,
    clock: Clock,
    window: Window,
    at_work: JoinSet<Handled>,
    /// Which update each handler at work has, and which part of it.
    tasks: Vec<(Id, i64, ChatId, Part)>,
    webhook_gone: bool,
    polled_from: Option<i64>,
    polled_at: Option<Instant>,
    failures: u32,
    /// Polls in a row that were told to wait.
    refused: u32,
    lull: Lull,
    unreadable: Complaint,
    /// Since when Telegram says that it does not know the token.
    unknown_since: Option<Instant>,
    health: Arc<Mutex<Polling>>,
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inbox(…)")
    }
}

/// What one turn of the inbox did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tick {
    /// Telegram was asked and everything it gave is handled, owed or at work.
    Polled {
        /// Updates that came.
        received: usize,
        /// Updates that the next poll acknowledges.
        acknowledged: usize,
    },
    /// Telegram could not be asked; the next turn waits this long first.
    Failed(Duration),
    /// It was time to stop.
    Stopped,
}

impl Inbox {
    /// An inbox that has not asked yet.
    pub fn new(telegram: Telegram, clock: Clock) -> Self {
        Self {
            telegram,
            clock,
            window: Window::default(),
            at_work: JoinSet::new(),
            tasks: Vec::new(),
            webhook_gone: false,
            polled_from: None,
            polled_at: None,
            failures: 0,
            refused: 0,
            lull: Lull::default(),
            unreadable: Complaint::default(),
            unknown_since: None,
            health: Arc::default(),
        }
    }

    /// A look at how polling is doing that stays valid while the inbox runs.
    pub fn health(&self) -> impl Fn() -> Polling + Clone + Send + Sync + 'static {
        let health = self.health.clone();
        move || lock(&health).clone()
    }

    /// Polls until `stop`, then lets handlers finish within `within` and acknowledges what they did.
    /// Ends early, with one sentence, only when Telegram refuses the token.
    pub async fn run<H, F>(
        mut self,
        handle: H,
        stop: CancellationToken,
        within: Duration,
    ) -> anyhow::Result<()>
    where
        H: Fn(Incoming) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Handled> + Send + 'static,
    {
        while self.tick(&handle, &stop).await? != Tick::Stopped {}
        self.finish(&handle, within).await;
        Ok(())
    }

    /// One turn: ask, hand in, wait, acknowledge what is done. The chats of a batch are handled side by side,
    /// each in order; but before all of them, and beside whatever is stuck, calls for help are replied to
    /// ([`Part::Reply`]). A handler is called again, in its chat's turn, for what follows from such a reply and for an
    /// update that it left owing ([`Part::Effect`]), and for one in which it panicked.
    pub async fn tick<H, F>(&mut self, handle: &H, stop: &CancellationToken) -> anyhow::Result<Tick>
    where
        H: Fn(Incoming) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Handled> + Send + 'static,
    {
        self.turns();
        if let Some(polled) = self.polled_at
            && !self.window.is_empty()
            && self.window.offset() == self.polled_from
        {
            let times = (polled + ACKNOWLEDGE_AFTER, polled + SAME_OFFSET);
            self.wait_for_handlers(handle, times, stop, true).await;
            self.acknowledge();
            self.turns();
        }
        let polled = tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(Tick::Stopped),
            polled = self.poll() => polled,
        };
        let batch = match polled {
            Ok(batch) => batch,
            Err(failure) => return self.failed(&failure, stop).await,
        };
        (self.failures, self.refused, self.unknown_since) = (0, 0, None);
        self.turns();
        let received = batch.len();
        let known = self.window.len();
        let overtaken = self.window.is_overtaken_by(&batch);
        let malformed = self.window.take_in(batch);
        let new = self.window.len() - known;
        let now = self.clock.instant();
        lock(&self.health).answered(now, malformed, overtaken);
        if let Some(malformed) = self.unreadable.count(malformed, now) {
            tracing::warn!(malformed, "skipped updates that cannot be read");
        }
        self.start_handlers(handle);
        let soon = if received < window::FULL {
            ACKNOWLEDGE_AFTER
        } else {
            ACKNOWLEDGE_IN_A_CROWD
        };
        let times = (now + soon, now + SAME_OFFSET);
        self.wait_for_handlers(handle, times, stop, false).await;
        let acknowledged = self.acknowledge();
        let held = self.polled_at.map(|polled| now - polled);
        // While something is unacknowledged, polls keep their distance anyway.
        if let Some(pause) = self.lull.after(new, held.unwrap_or_default())
            && self.window.is_empty()
        {
            let _ = tokio::time::timeout(pause, stop.cancelled()).await;
        }
        Ok(Tick::Polled {
            received,
            acknowledged,
        })
    }

    /// Shows whoever watches that it does not hang.
    fn turns(&self) {
        lock(&self.health).last_turn = Some(self.clock.instant());
    }

    async fn poll(&mut self) -> Result<Vec<question::Answer>, Failure> {
        if !self.webhook_gone {
            self.telegram.delete_webhook().await?;
            self.webhook_gone = true;
            self.turns();
        }
        self.polled_from = self.window.offset();
        self.polled_at = Some(self.clock.instant());
        let question = Question {
            offset: self.polled_from,
            limit: window::FULL,
            // The first answer comes at once: notes may wait for it.
            hold: if lock(&self.health).last_answer.is_some() {
                POLL
            } else {
                Duration::ZERO
            },
        };
        question.ask(&self.telegram, LONGEST_POLL).await
    }

    fn start_handlers<H, F>(&mut self, handle: &H)
    where
        H: Fn(Incoming) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Handled> + Send + 'static,
    {
        let starting = self.window.start();
        self.hand_in(starting, handle);
    }

    fn hand_in<H, F>(&mut self, starting: Vec<Incoming>, handle: &H)
    where
        H: Fn(Incoming) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Handled> + Send + 'static,
    {
        for incoming in starting {
            let (id, chat, part) = (incoming.id, incoming.chat, incoming.part);
            let handle = handle.clone();
            // A task of its own, so that a panic is that update's and nobody else's.
            let task = self.at_work.spawn(async move { handle(incoming).await });
            self.tasks.push((task.id(), id, chat, part));
        }
    }

    /// Takes in what handlers report and starts the next update of each chat, until all have reported, `soon` is there
    /// and something can be acknowledged, `end` is there, or it is time to stop. With `idle_too`, waits even when no
    /// handler is at work.
    async fn wait_for_handlers<H, F>(
        &mut self,
        handle: &H,
        (soon, end): (Instant, Instant),
        stop: &CancellationToken,
        idle_too: bool,
    ) where
        H: Fn(Incoming) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Handled> + Send + 'static,
    {
        while idle_too || !self.at_work.is_empty() {
            tokio::select! {
                Some(landed) = self.at_work.join_next_with_id() => {
                    self.landed(landed);
                    self.start_handlers(handle);
                    // Nothing is held up any more: no reason to pause.
                    if self.window.is_all_done() {
                        return;
                    }
                }
                () = tokio::time::sleep_until(soon), if self.window.can_acknowledge() => return,
                () = tokio::time::sleep_until(end) => return,
                () = stop.cancelled() => return,
            }
        }
    }

    fn landed(&mut self, landed: Result<(Id, Handled), JoinError>) {
        let (task, handled) = match landed {
            Ok((task, handled)) => (task, Some(handled)),
            Err(error) => (error.id(), None),
        };
        let Some(at) = self.tasks.iter().position(|(id, ..)| *id == task) else {
            return;
        };
        let (_, id, chat, part) = self.tasks.swap_remove(at);
        if handled.is_none() {
            lock(&self.health).panics += 1;
            // Its own message may quote what was typed (see `redact::tame_panics`).
            tracing::error!("a handler panicked");
        }
        if self.window.finished(id, chat, part, handled) {
            tracing::error!("gave an update up after its handler panicked twice");
        }
    }

    fn acknowledge(&mut self) -> usize {
        let moved = self.window.acknowledge();
        let mut health = lock(&self.health);
        health.handled += moved.acknowledged as u64;
        health.given_up += moved.given_up as u64;
        health.unacknowledged = self.window.len();
        drop(health);
        if moved.given_up > 0 {
            tracing::error!(
                count = moved.given_up,
                "acknowledged answered updates whose effects are not stored yet, to make room for new ones"
            );
        }
        moved.acknowledged
    }
}
