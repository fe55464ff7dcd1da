//! The webhook: Telegram brings updates, and is told 200 only when they are done with.
//!
//! The same promise as the poller's (`inbox`). Must not know HTTP, what a handler does, nor the store.

mod lanes;
mod mark;
mod registration;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::future::BoxFuture;
use lanes::Lanes;
pub use lanes::Received;
pub use registration::{Kept, Registration, Reign};
use tokio_util::task::TaskTracker;

use super::{
    Handled,
    update::{self, Incoming, Malformed, Part},
};
use crate::domain::ChatId;

type Handler = Arc<dyn Fn(Incoming) -> BoxFuture<'static, Handled> + Send + Sync>;

/// Where updates are handed in: one chat's in order, different chats' side by side; calls for help are replied to at once.
/// Clones are the same one.
#[derive(Clone)]
pub struct Reception {
    handle: Handler,
    lanes: Arc<Mutex<Lanes>>,
    at_work: TaskTracker,
}

impl fmt::Debug for Reception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reception(…)")
    }
}

impl Reception {
    /// A reception that has seen nothing yet.
    pub fn new<H, F>(handle: H) -> Self
    where
        H: Fn(Incoming) -> F + Send + Sync + 'static,
        F: Future<Output = Handled> + Send + 'static,
    {
        Self {
            handle: Arc::new(move |incoming| Box::pin(handle(incoming))),
            lanes: Arc::default(),
            at_work: TaskTracker::new(),
        }
    }

    /// Takes one update in, as its JSON; returns when it is handled. What cannot be read is done with: it would come
    /// again and again, and never be better.
    ///
    /// Whoever stops waiting does not stop the work: Telegram sends the update again, and finds it done.
    pub async fn take(&self, body: &[u8]) -> Handled {
        let read = std::str::from_utf8(body).map_err(|_| Malformed::Unnumbered);
        let Ok(incoming) = read.and_then(update::read) else {
            self.lock().counts.malformed += 1;
            tracing::warn!("skipped an update that cannot be read");
            return Handled::Done;
        };
        let reception = self.clone();
        let work = self
            .at_work
            .spawn(async move { reception.handle_in_turn(incoming).await });
        work.await.unwrap_or(Handled::Owing)
    }

    /// What became of the updates so far.
    pub fn counts(&self) -> Received {
        self.lock().counts
    }

    /// Waits until everything that was taken in is handled, at most this long.
    pub async fn finish(&self, within: Duration) {
        self.at_work.close();
        // What is not finished was not answered by 200, and comes again.
        let _ = tokio::time::timeout(within, self.at_work.wait()).await;
    }

    async fn handle_in_turn(&self, mut incoming: Incoming) -> Handled {
        let (id, chat) = (incoming.id, incoming.chat);
        let wait = self.lock().enter(chat, id);
        let at_once = incoming.is_urgent() && self.lock().replies(id);
        if at_once {
            let reply = Incoming {
                part: Part::Reply,
                ..incoming.clone()
            };
            if self.work_on(reply).await.is_none() {
                self.lock().did_not_reply(id);
            }
        }
        if let Some(turn) = wait {
            // Only a reception that is no more drops the sender.
            let _ = turn.await;
        }
        let _leaves = Turn {
            reception: self,
            chat,
        };
        let (seen, replied) = {
            let lanes = self.lock();
            (lanes.seen(id), lanes.has_replied(id))
        };
        if seen == Some(Handled::Done) {
            return Handled::Done;
        }
        if seen == Some(Handled::Owing) || replied {
            incoming.part = Part::Effect;
        }
        let handled = self.work_on(incoming).await;
        self.lock().finished(id, handled)
    }

    /// A task of its own, so that a panic is that update's and nobody else's.
    async fn work_on(&self, incoming: Incoming) -> Option<Handled> {
        let handled = tokio::spawn((self.handle)(incoming)).await;
        if handled.is_err() {
            tracing::error!("a handler panicked");
        }
        handled.ok()
    }

    /// Plain values, whole at any moment: a poisoned lock does them no harm.
    fn lock(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A chat's turn, given on when this is dropped.
struct Turn<'a> {
    reception: &'a Reception,
    chat: ChatId,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.reception.lock().leave(self.chat);
    }
}
