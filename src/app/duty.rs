//! What the process does while it leads: takes updates, brings notes, and lets go at once when it no longer leads.

mod holding;
mod rounds;

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use holding::{Holding, hold};
use rounds::{Heard, Rounds};
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};
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
    store::{Lead, Store},
    telegram::{Door, Inbox, Kept, Reception, Registration, Reign},
};

/// How often a process that does not lead asks for the lead.
pub(super) const ASK_EVERY: Duration = Duration::from_secs(1);

/// How long answers that are being given may take when the program is told to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// How soon Telegram is taken to bring an update by webhook again that was not answered with 200. It may take longer.
const BROUGHT_AGAIN_WITHIN: Duration = Duration::from_secs(10);

/// How long the database may take to hear that the process leaves.
pub(super) const LAST_WORDS: Duration = Duration::from_millis(500);

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
        let heard = if left_in_order(&rooms.store).await {
            None
        } else {
            self.door.hold_back();
            Some(self.heard(rooms))
        };
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
        let told = when_told(rooms, stop);
        let mut rounds = Rounds::new((self.courier, self.door), rooms, stop, heard);
        rounds.lead_was_held(rounds.present());
        rounds.begin();
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
            courier: rounds.courier().clone(),
            door: rounds.door().clone(),
            store: rooms.store.clone(),
        });
        standing.count(Some(beats.clone()));
        let _watch = watch(beats, standing)?;
        let rivals = || polling().rivals;
        let mut holding = Holding::of(lead);
        let known = holding.reign.subscribe();
        let door = (self.inbox, self.registration);
        let intake = take_updates(self.inbound, door, known, standing, stop);
        let ended = tokio::select! {
            ended = intake => ended,
            held = hold(&mut holding, &mut rounds, rooms, standing, rivals) => held,
        };
        if matches!(ended, Ended::Lost) {
            standing.set(Phase::StandingBy);
        }
        standing.receive(None);
        standing.count(None);
        drop((introduction, upkeep));
        let told = match ended {
            Ended::Lost => None,
            Ended::ToStop(_) if stop.is_cancelled() => told.await.ok(),
            Ended::ToStop(_) => Some(rooms.clock.instant()),
        };
        rounds.close(told).await;
        if let Some(lead) = holding.lead {
            // What cannot be said is as good: the session ends with the process, and the next leader lets a second pass
            // for nothing.
            let _ = timeout(LAST_WORDS, leave(&rooms.store, lead)).await;
        }
        Ok(ended)
    }
}

impl Duty {
    /// Whether what Telegram has to bring again has come: with the first answer to a poll; by webhook, after a while.
    fn heard(&self, rooms: &Rooms) -> Heard {
        let (polling, clock) = (self.inbox.health(), rooms.clock.clone());
        if self.registration.is_none() {
            return Arc::new(move || polling().last_answer.is_some());
        }
        let until = clock.instant() + BROUGHT_AGAIN_WITHIN;
        Arc::new(move || clock.instant() >= until)
    }
}

/// Notes down when the program was told to stop.
fn when_told(rooms: &Rooms, stop: &CancellationToken) -> AbortOnDropHandle<Instant> {
    let (stop, clock) = (stop.clone(), rooms.clock.clone());
    AbortOnDropHandle::new(tokio::spawn(async move {
        stop.cancelled().await;
        clock.instant()
    }))
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

async fn leave(store: &Store, lead: Lead) {
    note_down(store, LEFT).await;
    lead.release().await;
}

/// Whether it was noted down in time; it goes on by itself when it was not.
async fn note_down(store: &Store, leader: &'static str) -> bool {
    let store = store.clone();
    let noted = tokio::spawn(async move { store.set_fact(LEADER, leader).await });
    matches!(timeout(NOTED_WITHIN, noted).await, Ok(Ok(Ok(()))))
}

/// Takes updates until `stop`, by polling or by webhook; ends early when Telegram refuses the token, or shows that
/// another process took over.
async fn take_updates(
    inbound: Inbound,
    (inbox, registration): (Inbox, Option<Registration>),
    reign: watch::Receiver<Reign>,
    standing: &Standing,
    stop: &CancellationToken,
) -> Ended {
    let handle = move |update| {
        let inbound = inbound.clone();
        async move { inbound.handle(update).await }
    };
    let Some(registration) = registration else {
        return Ended::ToStop(inbox.run(handle, stop.clone(), LAST_ANSWERS).await);
    };
    let reception = Reception::new(handle);
    standing.receive(Some(reception.clone()));
    let kept = registration.keep(reign, stop.clone()).await;
    standing.receive(None);
    if matches!(kept, Ok(Kept::Overtaken)) {
        standing.set(Phase::StandingBy);
    }
    reception.finish(LAST_ANSWERS).await;
    match kept {
        Ok(Kept::Overtaken) => Ended::Lost,
        Ok(Kept::ToTheEnd) => Ended::ToStop(Ok(())),
        Err(error) => Ended::ToStop(Err(error)),
    }
}
