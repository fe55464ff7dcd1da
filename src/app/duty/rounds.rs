//! The rounds of the courier, which can be stopped at once and begun again.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use super::{ASK_EVERY, Rooms};
use crate::{courier::Courier, telegram::Door};

/// How long a leader may take to send no more notes: the pause between two questions and [`DOUBT_AFTER`], on a machine
/// that is busy. Whoever leads next brings none before that, so that none comes twice. Messages are answered at once: of
/// two that poll, Telegram itself ends the older poll.
const NOTICED_WITHIN: Duration = Duration::from_secs(3);

/// Until so long after the program was told to stop, messages that are on their way may take; the last answers and the
/// last acknowledgement are over by then. What Telegram accepts later comes twice. With the last rows and the last words
/// it stays below the 10 seconds that were promised, also when neither Telegram nor the database answers any more.
const LAST_MESSAGES: Duration = Duration::from_millis(6_500);

/// So long messages may take however late it is.
const LEAST: Duration = Duration::from_secs(2);

/// The same when another process leads already. What is on its way cannot be called back; nothing else leaves.
const LOST_MESSAGES: Duration = Duration::from_secs(2);

/// How long after updates came again notes wait, so that a call for help among them is heard first.
const HEARD_FIRST: Duration = Duration::from_millis(300);
const ASK_AGAIN: Duration = Duration::from_millis(50);

/// How long it may take to write down what became of the last notes.
const LAST_ROWS: Duration = Duration::from_secs(1);

/// The courier's loop, which can be stopped at once and begun again.
pub(super) struct Rounds<'a> {
    courier: Courier,
    door: Door,
    rooms: &'a Rooms,
    stop: &'a CancellationToken,
    /// Until then another process may not have noticed that it leads no more.
    not_before: Instant,
    /// Whether the updates that whoever led before may have left have come.
    heard: Option<Heard>,
    task: Option<AbortOnDropHandle<()>>,
}

/// See [`Rounds::new`].
pub(super) type Heard = Arc<dyn Fn() -> bool + Send + Sync>;

impl<'a> Rounds<'a> {
    /// With `heard`, notes wait until it says so: whoever led before may have been killed between a reply to a call for
    /// help and the hold that follows from it, which comes again with its update.
    pub(super) fn new(
        (courier, door): (Courier, Door),
        rooms: &'a Rooms,
        stop: &'a CancellationToken,
        heard: Option<Heard>,
    ) -> Self {
        let pause = if rooms.store.is_shared() {
            NOTICED_WITHIN
        } else {
            Duration::ZERO
        };
        Self {
            courier,
            door,
            rooms,
            stop,
            not_before: rooms.clock.instant() + pause,
            heard,
            task: None,
        }
    }

    pub(super) fn courier(&self) -> &Courier {
        &self.courier
    }

    pub(super) fn door(&self) -> &Door {
        &self.door
    }

    pub(super) fn begin(&mut self) {
        let (courier, stop, not_before) =
            (self.courier.clone(), self.stop.clone(), self.not_before);
        let heard = self.heard.clone();
        let task = tokio::spawn(async move {
            if let Some(heard) = heard {
                while !heard() {
                    sleep(ASK_AGAIN).await;
                }
                sleep(HEARD_FIRST).await;
            }
            if timeout_at(not_before, stop.cancelled()).await.is_err() {
                courier.run(stop).await;
            }
        });
        self.task = Some(AbortOnDropHandle::new(task));
    }

    /// The present moment on both clocks.
    pub(super) fn present(&self) -> (Instant, DateTime<Utc>) {
        (self.rooms.clock.instant(), self.rooms.clock.now())
    }

    /// The lead was still held at this moment: notes may leave until another leader may bring some. A process that was
    /// frozen wakes anywhere, and finds that moment past before it finds out that it leads no more.
    pub(super) fn lead_was_held(&self, (instant, utc): (Instant, DateTime<Utc>)) {
        if self.rooms.store.is_shared() {
            self.door
                .notes_until(instant + NOTICED_WITHIN, utc + NOTICED_WITHIN);
        }
    }

    /// Lets the last messages out and writes down what became of the last notes. `told` is when the program was told to
    /// stop; not when it leads no more.
    pub(super) async fn close(mut self, told: Option<Instant>) {
        self.end().await;
        let now = self.rooms.clock.instant();
        let within = told.map_or(LOST_MESSAGES, |told| {
            (told + LAST_MESSAGES).duration_since(now).max(LEAST)
        });
        // A door that hangs must not hold up the rest.
        let _ = timeout(within + ASK_EVERY, self.door.close(within)).await;
        if timeout(LAST_ROWS, self.courier.all_arrived())
            .await
            .is_err()
        {
            tracing::error!(
                "what became of the last notes could not be written down; they may come once more"
            );
        }
    }

    /// No more notes, whatever the loop is at: what it has not handed over is still due. Notes that the door has not
    /// sent yet come back.
    pub(super) async fn end(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            // Until it has really ended it may still hand over what it has read.
            let _ = task.await;
            self.door.recall_notes();
        }
    }
}
