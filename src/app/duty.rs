//! What the process does while it leads: takes updates, brings notes, and lets go at once when it no longer leads.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, anyhow};
use chrono::{DateTime, Utc};
use tokio::time::{Instant, timeout};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use super::{
    rooms::{Rooms, introduce},
    standing::{Phase, Standing},
    upkeep::Upkeep,
    watchdog::{self, Beats},
};
use crate::{
    courier::Courier,
    inbound::Inbound,
    store::{AnotherRuns, Lead, Store},
    telegram::{Door, Inbox, Reception, Registration},
};

/// How often a process that does not lead asks for the lead.
pub(super) const ASK_EVERY: Duration = Duration::from_secs(1);

/// How often the leader asks whether it still leads.
const KEEP_EVERY: Duration = Duration::from_millis(500);

/// How long a leader may take to notice that it leads no more: the pause between two questions, and the two seconds
/// that the answer to one may take. Whoever leads next brings no notes before that, so that none comes twice.
/// Messages are answered at once: of two that poll, Telegram itself ends the older poll.
const NOTICED_WITHIN: Duration = Duration::from_secs(3);

/// How long messages that are on their way may take when the program is told to stop. The last answers, the last
/// acknowledgement (two seconds), this and the last rows together stay below the 10 seconds that were promised.
const LAST_MESSAGES: Duration = Duration::from_secs(4);

/// The same when another process leads already. What is on its way cannot be called back; nothing else leaves.
const LOST_MESSAGES: Duration = Duration::from_secs(2);

/// How long answers that are being given may take when the program is told to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// How long it may take to write down what became of the last notes.
const LAST_ROWS: Duration = Duration::from_secs(1);

/// The fact in the database that says whether somebody leads, or led and did not end in order.
const LEADER: &str = "leader";
const LEADS: &str = "leads";
const LEFT: &str = "left in order";

/// How long noting that down may hold up the start, and the end: a database that somebody else has locked is no reason
/// to let anyone wait.
const NOTED_WITHIN: Duration = Duration::from_millis(300);

/// Everything that works while the process leads.
pub(super) struct Duty {
    pub(super) courier: Courier,
    pub(super) inbound: Inbound,
    pub(super) door: Door,
    pub(super) inbox: Inbox,
    pub(super) registration: Option<Registration>,
}

/// Why leading ended.
pub(super) enum Ended {
    /// The program was told to stop, or Telegram refuses the token.
    ToStop(anyhow::Result<()>),
    /// Another process leads, or may.
    Lost,
}

impl Duty {
    /// Leads until `stop`, or until it leads no more; then stops in order: no more updates, no more notes, the last
    /// messages out. What was not finished is due or unacknowledged, and comes again to whoever leads next.
    pub(super) async fn lead(
        self,
        lead: Lead,
        rooms: &Rooms,
        standing: &Standing,
        stop: &CancellationToken,
    ) -> anyhow::Result<Ended> {
        if !left_in_order(&rooms.store).await {
            self.door.hold_back();
        }
        let resumed = match self.inbound.resume_parked().await {
            Ok(resumed) => resumed,
            // It went away in this very moment; it is waited for like any other time.
            Err(_) if rooms.store.is_shared() => {
                tokio::time::sleep(ASK_EVERY).await;
                return Ok(Ended::Lost);
            }
            Err(error) => return Err(error).context("cannot read the parked answers"),
        };
        tracing::info!(parked = resumed, "Slow Bloom is running");
        standing.set(Phase::Leading);
        let country = rooms.defaults.country;
        let introduction = introduce(rooms.telegram.clone(), rooms.content.clone(), country);
        let introduction = AbortOnDropHandle::new(tokio::spawn(introduction));
        let mut rounds = Rounds {
            courier: self.courier,
            door: self.door,
            stop: stop.clone(),
            task: None,
        };
        rounds.lead_was_held(rooms, present(rooms));
        rounds.begin(if rooms.store.is_shared() {
            NOTICED_WITHIN
        } else {
            Duration::ZERO
        });
        let upkeep = Upkeep {
            store: rooms.store.clone(),
            clock: rooms.clock.clone(),
            telegram: rooms.telegram.clone(),
        };
        let upkeep = AbortOnDropHandle::new(tokio::spawn(upkeep.run()));
        let polling = self.inbox.health();
        let beats = Arc::new(Beats {
            clock: rooms.clock.clone(),
            poller: self
                .registration
                .is_none()
                .then(|| Box::new(polling.clone()) as _),
            courier: rounds.courier.clone(),
            door: rounds.door.clone(),
            store: rooms.store.clone(),
        });
        standing.count(Some(beats.clone()));
        let _watch = watch(beats, standing)?;
        let conflict = || polling().conflict;
        let mut lead = Some(lead);
        let intake = take_updates(self.inbound, self.inbox, self.registration, standing, stop);
        let ended = tokio::select! {
            ended = intake => Ended::ToStop(ended),
            held = hold(&mut lead, &mut rounds, rooms, standing, conflict) => held,
        };
        standing.receive(None);
        standing.count(None);
        drop((introduction, upkeep));
        rounds.close(matches!(ended, Ended::Lost)).await;
        if let Some(lead) = lead {
            // If it cannot be noted down, the next leader lets a second pass for nothing.
            note_down(&rooms.store, LEFT).await;
            lead.release().await;
        }
        Ok(ended)
    }
}

/// Watches over the loops until the guard is dropped.
fn watch(beats: Arc<Beats>, standing: &Standing) -> anyhow::Result<watchdog::Watch> {
    let sample = {
        let standing = standing.clone();
        move || beats.sample(standing.leads())
    };
    let standing = standing.clone();
    watchdog::watch_over(sample, standing, watchdog::LOOK_EVERY, watchdog::end)
        .context("cannot start the watchdog")
}

/// Whether whoever led last let every chat's second pass before ending, as one who is killed cannot; notes down that
/// somebody leads now.
async fn left_in_order(store: &Store) -> bool {
    let last = timeout(NOTED_WITHIN, store.fact(LEADER)).await;
    let noted = note_down(store, LEADS).await;
    noted && matches!(last, Ok(Ok(last)) if last.as_deref() != Some(LEADS))
}

/// Whether it was noted down in time; it goes on by itself when it was not.
async fn note_down(store: &Store, leader: &'static str) -> bool {
    let store = store.clone();
    let noted = tokio::spawn(async move { store.set_fact(LEADER, leader).await });
    matches!(timeout(NOTED_WITHIN, noted).await, Ok(Ok(Ok(()))))
}

/// Takes updates until `stop`, by polling or by webhook; ends early only when Telegram refuses the token.
async fn take_updates(
    inbound: Inbound,
    inbox: Inbox,
    registration: Option<Registration>,
    standing: &Standing,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let handle = move |update| {
        let inbound = inbound.clone();
        async move { inbound.handle(update).await }
    };
    let Some(registration) = registration else {
        return inbox.run(handle, stop.clone(), LAST_ANSWERS).await;
    };
    let reception = Reception::new(handle);
    standing.receive(Some(reception.clone()));
    let kept = registration.keep(stop.clone()).await;
    standing.receive(None);
    reception.finish(LAST_ANSWERS).await;
    kept
}

/// Holds the lead: returns when it is lost, or when a SQLite database is no longer where it was.
///
/// While the database does not answer nobody knows who leads. Notes stop at once, as another process may send them
/// soon; messages are still answered, because someone may ask for help, until the lead is back, another process has
/// it, or Telegram says that another one polls.
async fn hold(
    lead: &mut Option<Lead>,
    rounds: &mut Rounds,
    rooms: &Rooms,
    standing: &Standing,
    conflict: impl Fn() -> bool,
) -> Ended {
    // The session that held the lead last.
    let mut lost = None;
    loop {
        tokio::time::sleep(if lead.is_some() {
            KEEP_EVERY
        } else {
            ASK_EVERY
        })
        .await;
        if let Some(sentence) = rooms.store.misplaced().await {
            rounds.end().await;
            return Ended::ToStop(Err(anyhow!(sentence)));
        }
        let asked = present(rooms);
        let held = match lead {
            Some(lead) => lead.still_held().await,
            None => false,
        };
        if held {
            rounds.lead_was_held(rooms, asked);
            continue;
        }
        rounds.end().await;
        // Dropped first: the old session may hold the lock that the new one asks for.
        if let Some(lead) = lead.take() {
            lost = lead.session().map(str::to_owned);
            tracing::warn!(
                "what holds the lead is gone or does not answer: no notes are sent until it is clear who leads"
            );
            standing.set(Phase::WithoutDatabase);
        }
        let asked = present(rooms);
        match rooms.store.try_lead().await {
            Ok(Some(again)) => {
                tracing::info!("the database is back, and this process still leads");
                *lead = Some(again);
                standing.set(Phase::Leading);
                rounds.lead_was_held(rooms, asked);
                rounds.begin(Duration::ZERO);
            }
            // It is nobody else: whoever calls for help is answered by us or not at all.
            Ok(None) if rooms.store.is_led_by(lost.as_deref()).await => {}
            Ok(None) => return Ended::Lost,
            Err(error) if error.is::<AnotherRuns>() => return Ended::ToStop(Err(error)),
            Err(_) if conflict() => return Ended::Lost,
            Err(_) => {}
        }
    }
}

/// The present moment on both clocks.
fn present(rooms: &Rooms) -> (Instant, DateTime<Utc>) {
    (rooms.clock.instant(), rooms.clock.now())
}

/// The courier's loop, which can be stopped at once and begun again.
struct Rounds {
    courier: Courier,
    door: Door,
    stop: CancellationToken,
    task: Option<AbortOnDropHandle<()>>,
}

impl Rounds {
    fn begin(&mut self, after: Duration) {
        let (courier, stop) = (self.courier.clone(), self.stop.clone());
        let task = tokio::spawn(async move {
            if timeout(after, stop.cancelled()).await.is_err() {
                courier.run(stop).await;
            }
        });
        self.task = Some(AbortOnDropHandle::new(task));
    }

    /// The lead was still held at this moment: notes may leave until another leader may bring some. A process that was
    /// frozen wakes anywhere, and finds that moment past before it finds out that it leads no more.
    fn lead_was_held(&self, rooms: &Rooms, (instant, utc): (Instant, DateTime<Utc>)) {
        if rooms.store.is_shared() {
            self.door
                .notes_until(instant + NOTICED_WITHIN, utc + NOTICED_WITHIN);
        }
    }

    /// Lets the last messages out and writes down what became of the last notes.
    async fn close(mut self, lost: bool) {
        self.end().await;
        let within = if lost { LOST_MESSAGES } else { LAST_MESSAGES };
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
    async fn end(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            // Until it has really ended it may still hand over what it has read.
            let _ = task.await;
            self.door.recall_notes();
        }
    }
}
