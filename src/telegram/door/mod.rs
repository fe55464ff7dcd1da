//! The door: the only way a message leaves.
//!
//! It puts the footer on every message, lets crisis replies out before answers and answers before notes, keeps Telegram's
//! limits, and turns every refusal into a decision. Must not know the store, nor why a letter was written.

mod ban;
mod compose;
mod desk;
mod hush;
mod lane;
mod letter;
mod next;
mod pace;
mod porter;
mod roster;
mod stats;
mod verdict;
mod weather;

#[cfg(test)]
mod tests;

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, Utc};
pub use compose::{LATE_AFTER, Wording};
use letter::Reply;
pub use letter::{Class, Delivery, Letter, Place, Receipt};
use next::Now;
use porter::{Order, Porter};
pub use stats::Snapshot;
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

use super::Telegram;
use crate::{clock::Clock, domain::ChatId};

/// What Telegram allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Messages a second over all chats: 30, or 1000 with paid broadcast
    /// (<https://core.telegram.org/bots/faq#how-can-i-message-all-of-my-bot-39s-subscribers-at-once>).
    pub per_second: u32,
    /// Whether every message says `allow_paid_broadcast`.
    pub paid: bool,
}

/// The door. Clones are the same door; it works on until it is closed or the last clone is gone and all is delivered.
#[derive(Clone)]
pub struct Door {
    orders: mpsc::UnboundedSender<Order>,
    stats: Arc<Mutex<Snapshot>>,
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Door(…)")
    }
}

impl Door {
    /// Opens the door: starts the one task that everything leaves through.
    pub fn start(telegram: Telegram, wording: Wording, clock: Clock, limits: Limits) -> Self {
        let (orders, incoming) = mpsc::unbounded_channel();
        let stats = Arc::new(Mutex::new(Snapshot::new(clock.instant())));
        let porter = Porter::new(telegram, wording, clock, limits, incoming, stats.clone());
        tokio::spawn(porter.run());
        Self { orders, stats }
    }

    /// Hands a letter over. Never waits and never fails: the receipt tells what became of it.
    /// An answer or crisis reply overtakes notes of its chat that have not been tried yet, and those that were decided
    /// before it and are handed over after it ([`Delivery::Overtaken`]).
    pub fn post(&self, letter: Letter) -> Receipt {
        let (reply, receipt) = Reply::new();
        // A door that is no more drops `reply`, which the receipt reads as `Closed`.
        drop(self.orders.send(Order::Post(Box::new(letter), reply)));
        receipt
    }

    /// A parent calls for help: her notes that are not on their way, also those that she asked for, come back as
    /// [`Delivery::Held`], and so does every scheduled one for ten minutes, whatever her row says. One that may have arrived is not tried again ([`Delivery::Unknown`]).
    pub fn hush(&self, chat: ChatId) {
        // A door that is no more sends no notes.
        drop(self.orders.send(Order::Hush(chat)));
    }

    /// A parent's notes are off, or come later: those that are not on their way come back, and so does each that was
    /// decided before this.
    pub fn drop_notes(&self, chat: ChatId) {
        drop(self.orders.send(Order::DropNotes(chat)));
    }

    /// For one second from now only crisis replies leave: a process that was killed just now may have written to any chat,
    /// and nobody knows to which.
    pub fn hold_back(&self) {
        // A door that is no more sends nothing.
        drop(self.orders.send(Order::HoldBack));
    }

    /// Notes leave until this moment, on both clocks, and then wait until a later one is given. Whoever may bring notes only
    /// for so long may be frozen at any instant: when it wakes, the door is the first to know what time it is.
    pub fn notes_until(&self, instant: Instant, utc: DateTime<Utc>) {
        drop(self.orders.send(Order::NotesUntil(Now { instant, utc })));
    }

    /// Gives back every note that is not on its way, as [`Delivery::Closed`]; answers and crisis replies stay.
    pub fn recall_notes(&self) {
        // A door that is no more has no notes.
        drop(self.orders.send(Order::RecallNotes));
    }

    /// Takes no more letters, lets what is on its way (and queued crisis replies) finish within `within`,
    /// and gives everything else back as [`Delivery::Closed`].
    pub async fn close(&self, within: Duration) {
        let (reply, closed) = oneshot::channel();
        if self.orders.send(Order::Close(within, reply)).is_ok() {
            // An error means that the door is gone already.
            drop(closed.await);
        }
    }

    /// Returns when the door is closed and nothing is on its way any more.
    pub async fn closed(&self) {
        self.orders.closed().await;
    }

    /// How the door is doing, for health and metrics.
    pub fn snapshot(&self) -> Snapshot {
        stats::lock(&self.stats).clone()
    }
}
