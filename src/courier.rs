//! The second journey: a note falls due, and is brought.
//!
//! The schedule is the queue. A row moves to its next slot only after Telegram took the note, so that a note is never
//! lost: kill the process anywhere and the row is still due.

mod doubt;
pub mod lateness;
mod ledger;
mod passed_over;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use doubt::Doubt;
use lateness::Lateness;
use ledger::{Afterwards, Entry, Ledger, after_asked, after_noticed, after_sent};
use passed_over::{PassedOver, Rows};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    clock::Clock,
    content::{Content, Live, Message},
    conversation::{Defaults, Scene, notes},
    domain::{ChatId, NoteId, Subscriber, due, due::Occasion},
    store::{Keys, Store, StoreError},
    telegram::{Class, Delivery, Door, Letter, Receipt, Telegram},
};

/// The most notes that are handed to the door at once; the others wait in the store.
const MAX_ON_THE_WAY: usize = 500;

/// More notes are fetched when so many have arrived: a look at the store passes over all that are on their way, so that
/// a look for every single one would be most of the work.
const REFILL_AT: usize = MAX_ON_THE_WAY / 2;

/// How many rows are read at once.
const ROWS: u32 = 200;

/// The longest time between two looks at the store, so that a row that was planned meanwhile is seen in time.
const LOOK_AT_LEAST_EVERY: Duration = Duration::from_secs(5);

/// How often rows whose time has come are erased.
const SWEEP_EVERY: TimeDelta = TimeDelta::minutes(10);

/// The journey of every note. Clones are the same journey.
#[derive(Clone, Debug)]
pub struct Courier {
    telegram: Telegram,
    door: Door,
    store: Store,
    keys: Keys,
    content: Live,
    clock: Clock,
    defaults: Arc<Defaults>,
    on_the_way: Arc<Mutex<HashSet<ChatId>>>,
    ledger: Arc<Ledger>,
    arrived: Arc<tokio::sync::Notify>,
    /// Something is to be decided anew.
    overtaken: Arc<tokio::sync::Notify>,
    ticking: Arc<tokio::sync::Mutex<()>>,
    last_turn: Arc<Mutex<Option<Instant>>>,
    lateness: Arc<Mutex<Lateness>>,
    doubt: Arc<Doubt>,
    passed_over: Arc<PassedOver>,
}

/// What one look at the store came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tick {
    /// Notes and questions handed to the door.
    pub posted: usize,
    /// Slots that passed without a note.
    pub skipped: usize,
    /// There was no room for more: something may be due still.
    pub full: bool,
}

impl Courier {
    /// Builds the journey on its rooms.
    pub fn new(
        telegram: Telegram,
        door: Door,
        store: Store,
        keys: Keys,
        content: Live,
        clock: Clock,
        defaults: Defaults,
    ) -> Self {
        Self {
            telegram,
            door,
            store,
            keys,
            content,
            clock,
            defaults: Arc::new(defaults),
            on_the_way: Arc::default(),
            ledger: Arc::default(),
            arrived: Arc::default(),
            overtaken: Arc::default(),
            ticking: Arc::default(),
            last_turn: Arc::default(),
            lateness: Arc::default(),
            doubt: Arc::default(),
            passed_over: Arc::default(),
        }
    }

    /// Brings what falls due until it is told to stop.
    pub async fn run(&self, stop: CancellationToken) {
        let mut sweep_at = self.clock.now();
        while !stop.is_cancelled() {
            self.turns();
            if self.doubt.of_the_clock(&self.telegram).await {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(LOOK_AT_LEAST_EVERY) => {}
                }
                continue;
            }
            let now = self.clock.now();
            let tick = self.tick(now).await.unwrap_or_else(|error| {
                tracing::error!(%error, "the notes that are due could not be read");
                Tick::default()
            });
            // A clock that stepped back must not stop the sweeping for as long as it stepped.
            if now >= sweep_at || sweep_at - now > SWEEP_EVERY {
                self.turns();
                self.sweep(now).await;
                sweep_at = now + SWEEP_EVERY;
            }
            self.turns();
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.until_next(now, tick.full) => {}
            }
        }
    }

    /// When the loop last turned: it does so every few seconds even with nothing to do, and with each row when there is
    /// much to do. `None` before it runs.
    pub fn last_turn(&self) -> Option<Instant> {
        *self.turned()
    }

    /// Whether no notes are brought because the machine's clock is not to be believed.
    pub fn waits_for_clock(&self) -> bool {
        self.doubt.is_there()
    }

    /// How late the notes were that it brought.
    pub fn lateness(&self) -> Lateness {
        *self.lateness.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands every note that is due at `now` to the door, as far as there is room.
    pub async fn tick(&self, now: DateTime<Utc>) -> Result<Tick, StoreError> {
        let _one_at_a_time = self.ticking.lock().await;
        let content = self.content.load();
        let mut done = Tick::default();
        if self.ledger.is_failing() {
            return Ok(done);
        }
        let (mut after, mut passed_over) = (None, Rows::default());
        loop {
            // Taken before the rows are read: a note that arrives in between leaves a row here that looks due and is
            // not, and would be sent twice.
            let busy = self.lock().clone();
            let read_at = self.clock.instant();
            let page = self.store.due(now, after.as_ref(), ROWS).await?;
            passed_over.add(&page);
            for subscriber in page
                .rows
                .into_iter()
                .filter(|row| !busy.contains(&row.chat))
            {
                if self.room() == 0 {
                    done.full = true;
                    return Ok(done);
                }
                self.turns();
                self.look_at(&subscriber, &content, (now, read_at), &mut done)
                    .await?;
            }
            after = page.next;
            if after.is_none() {
                self.passed_over.say(passed_over);
                return Ok(done);
            }
        }
    }

    /// Returns when everything that was handed to the door has been settled.
    pub async fn all_arrived(&self) {
        loop {
            let arrived = self.arrived.notified();
            if self.lock().is_empty() {
                return;
            }
            arrived.await;
        }
    }

    async fn look_at(
        &self,
        subscriber: &Subscriber,
        content: &Content,
        (now, read_at): (DateTime<Utc>, Instant),
        done: &mut Tick,
    ) -> Result<(), StoreError> {
        let chat = subscriber.chat;
        if !due::is_by_these_rules(subscriber) {
            let planned = due::with_these_rules(subscriber.clone(), now);
            if planned.next != subscriber.next {
                // Older zone rules had it come now; it comes when the clock on her wall shows it.
                self.store
                    .update(chat, |row| Some(due::with_these_rules(row, now)))
                    .await?;
                return Ok(());
            }
        }
        let scene = self.scene(content, subscriber, now);
        let brought = match due::decide(subscriber, notes::whole_pool_seen(&scene, subscriber), now)
        {
            Occasion::Nothing => return Ok(()),
            Occasion::Skip => None,
            Occasion::AskToGoOn => Some((
                notes::go_on_question(&scene),
                None,
                after_asked as Afterwards,
            )),
            Occasion::LastNotice => Some((
                notes::last_notice(&scene),
                None,
                after_noticed as Afterwards,
            )),
            Occasion::Bring { slot, carried } => {
                notes::choose(&scene, subscriber, slot, carried.as_ref()).map(|note| {
                    let message = notes::due_message(&scene, note, now);
                    (message, Some(note.id.clone()), after_sent as Afterwards)
                })
            }
        };
        let Some((message, note, afterwards)) = brought else {
            self.store
                .update(chat, |row| Some(due::after_skipped(row, now)))
                .await?;
            done.skipped += 1;
            return Ok(());
        };
        self.lock().insert(chat);
        let receipt = self.post(subscriber, message, read_at);
        done.posted += 1;
        let courier = self.clone();
        let due = subscriber.next.map_or(now, |slot| slot.due);
        tokio::spawn(async move {
            let delivery = receipt.await;
            if matches!(delivery, Delivery::Delivered { .. }) {
                courier.count_lateness(due);
            }
            courier.see_off(chat, note, afterwards, delivery).await;
            courier.lock().remove(&chat);
            courier.arrived.notify_waiters();
            if delivery == Delivery::Overtaken {
                courier.overtaken.notify_one();
            }
        });
        Ok(())
    }

    fn post(&self, subscriber: &Subscriber, message: Message, read_at: Instant) -> Receipt {
        let not_after = subscriber.next.map(|slot| slot.due + due::TOO_LATE);
        self.door.post(Letter {
            sound: subscriber.sound,
            not_after,
            decided: Some(read_at),
            ..Letter::new(subscriber.chat, Class::Note, message)
        })
    }

    async fn see_off(
        &self,
        chat: ChatId,
        note: Option<NoteId>,
        afterwards: Afterwards,
        delivery: Delivery,
    ) {
        let becomes: Afterwards = match delivery {
            Delivery::Delivered { .. } | Delivery::Unknown => afterwards,
            Delivery::Gone(_) => |row, _, now| due::blocked(row, now),
            Delivery::Refused => {
                tracing::error!("Telegram refuses a note for good; its slot passes without one");
                |row, _, now| due::after_skipped(row, now)
            }
            // Still due: the next tick decides anew.
            Delivery::Expired | Delivery::Overtaken | Delivery::Held | Delivery::Closed => return,
        };
        let entry = Entry {
            chat,
            note,
            becomes,
        };
        let on_turn = || {
            if self.ledger.is_failing() {
                self.door.recall_notes();
            } else {
                self.overtaken.notify_one();
            }
        };
        self.ledger
            .write_down(entry, (&self.store, &self.clock), on_turn)
            .await;
    }

    fn count_lateness(&self, due: DateTime<Utc>) {
        // Never before it was due, unless the clock stepped back meanwhile.
        let late = (self.clock.now() - due).to_std().unwrap_or_default();
        let mut lateness = self.lateness.lock().unwrap_or_else(PoisonError::into_inner);
        lateness.count_one(late);
    }

    async fn sweep(&self, now: DateTime<Utc>) {
        match self.store.erase_expired(now).await {
            Ok(0) => {}
            Ok(_) => tracing::info!("rows whose time had come were erased"),
            Err(error) => tracing::error!(%error, "rows whose time has come could not be erased"),
        }
    }

    /// Sleeps until a look is worth while: the next due moment, a note that arrived while there was no room, one that
    /// is to be decided anew, or a few seconds.
    async fn until_next(&self, now: DateTime<Utc>, full: bool) {
        let next = self.store.next_due(now).await.ok().flatten();
        let wake = next.unwrap_or(now + TimeDelta::days(1));
        tokio::select! {
            () = self.clock.sleep_until(wake, LOOK_AT_LEAST_EVERY) => {}
            () = self.until_many_arrived(), if full => {}
            () = self.overtaken.notified() => {}
        }
    }

    async fn until_many_arrived(&self) {
        loop {
            let arrived = self.arrived.notified();
            if self.room() >= REFILL_AT {
                return;
            }
            arrived.await;
        }
    }

    fn room(&self) -> usize {
        MAX_ON_THE_WAY.saturating_sub(self.lock().len())
    }

    /// Shows whoever watches that it does not hang.
    fn turns(&self) {
        *self.turned() = Some(self.clock.instant());
    }

    fn turned(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.last_turn
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<ChatId>> {
        self.on_the_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn scene<'a>(
        &'a self,
        content: &'a Content,
        subscriber: &'a Subscriber,
        now: DateTime<Utc>,
    ) -> Scene<'a> {
        Scene {
            content,
            subscriber: Some(subscriber),
            chat: subscriber.chat,
            order_key: self.keys.rotation_key(subscriber.chat),
            phone_language: subscriber.language,
            defaults: &self.defaults,
            now,
        }
    }
}
