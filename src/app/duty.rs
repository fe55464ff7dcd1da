//! What the process does while it leads: takes updates, brings notes, and lets go at once when it no longer leads.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, anyhow};
use tokio::{
    sync::watch,
    time::{Instant, timeout, timeout_at},
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

/// How often the leader asks whether it still leads.
const KEEP_EVERY: Duration = Duration::from_millis(500);

/// After so long without an answer no more notes are sent until it comes. Whoever leads next would send once more what
/// is sent and cannot be written down.
const DOUBT_AFTER: Duration = Duration::from_millis(300);

/// How long a leader may take to send no more notes: the pause between two questions and [`DOUBT_AFTER`], on a machine
/// that is busy. Whoever leads next brings none before that, so that none comes twice. Messages are answered at once: of
/// two that poll, Telegram itself ends the older poll.
const NOTICED_WITHIN: Duration = Duration::from_secs(3);

/// How long messages that are on their way may take when the program is told to stop. The last answers, the last
/// acknowledgement (two seconds), this, the last rows and the last words together stay below the 10 seconds that were
/// promised, also when neither Telegram nor the database answers any more.
const LAST_MESSAGES: Duration = Duration::from_secs(3);

/// The same when another process leads already. What is on its way cannot be called back; nothing else leaves.
const LOST_MESSAGES: Duration = Duration::from_secs(2);

/// How long answers that are being given may take when the program is told to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// How long it may take to write down what became of the last notes.
const LAST_ROWS: Duration = Duration::from_secs(1);

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
            not_before: rooms.clock.instant()
                + if rooms.store.is_shared() {
                    NOTICED_WITHIN
                } else {
                    Duration::ZERO
                },
            task: None,
        };
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
            courier: rounds.courier.clone(),
            door: rounds.door.clone(),
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
        rounds.close(matches!(ended, Ended::Lost)).await;
        if let Some(lead) = holding.lead {
            // What cannot be said is as good: the session ends with the process, and the next leader lets a second pass
            // for nothing.
            let _ = timeout(LAST_WORDS, leave(&rooms.store, lead)).await;
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

/// The lead, and what the others of this process know about it.
struct Holding {
    /// `None` while it is not clear who leads.
    lead: Option<Lead>,
    reign: watch::Sender<Reign>,
}

impl Holding {
    fn of(lead: Lead) -> Self {
        let reign = Reign {
            mark: lead.since(),
            sure: true,
        };
        Self {
            lead: Some(lead),
            reign: watch::Sender::new(reign),
        }
    }

    fn lose(&mut self) -> Option<Lead> {
        let lead = self.lead.take()?;
        self.reign.send_modify(|reign| reign.sure = false);
        Some(lead)
    }

    fn regain(&mut self, lead: Lead) {
        self.reign.send_modify(|reign| {
            // Never less: the server's clock may have been put back.
            reign.mark = reign.mark.max(lead.since());
            reign.sure = true;
        });
        self.lead = Some(lead);
    }

    /// Whether it is still held. While that is in doubt, no notes are sent.
    async fn still_held(&mut self, rounds: &mut Rounds) -> bool {
        let Some(lead) = &mut self.lead else {
            return false;
        };
        let mut held = std::pin::pin!(lead.still_held());
        if let Ok(held) = timeout(DOUBT_AFTER, &mut held).await {
            return held;
        }
        rounds.end().await;
        let held = held.await;
        if held {
            rounds.begin();
        }
        held
    }
}

/// Holds the lead: returns when it is lost, or when a SQLite database is no longer where it was.
///
/// While the database does not answer nobody knows who leads. Notes stop at once, as another process may send them
/// soon; messages are still answered, because someone may ask for help, until the lead is back, another process has
/// it, or Telegram says that another one polls (or that another one has set the webhook: [`Registration::keep`]).
async fn hold(
    holding: &mut Holding,
    rounds: &mut Rounds,
    rooms: &Rooms,
    standing: &Standing,
    rivals: impl Fn() -> u64,
) -> Ended {
    // The session that held the lead last, and who had shown themselves until it was lost.
    let (mut lost, mut known) = (None, 0);
    loop {
        tokio::time::sleep(if holding.lead.is_some() {
            KEEP_EVERY
        } else {
            ASK_EVERY
        })
        .await;
        if let Some(sentence) = rooms.store.misplaced().await {
            rounds.end().await;
            return Ended::ToStop(Err(anyhow!(sentence)));
        }
        if holding.still_held(rounds).await {
            continue;
        }
        rounds.end().await;
        // Dropped first: the old session may hold the lock that the new one asks for.
        if let Some(lead) = holding.lose() {
            (lost, known) = (lead.session().map(str::to_owned), rivals());
            tracing::warn!(
                "the session that holds the lead is gone or does not answer: no notes are sent until it is clear who leads"
            );
            standing.set(Phase::WithoutDatabase);
        }
        match rooms.store.try_lead().await {
            Ok(Some(again)) => {
                tracing::info!("the database is back, and this process still leads");
                holding.regain(again);
                standing.set(Phase::Leading);
                rounds.begin();
            }
            // It is nobody else: whoever calls for help is answered by us or not at all.
            Ok(None) if rooms.store.is_led_by(lost.as_deref()).await => {}
            Ok(None) => return Ended::Lost,
            Err(_) if rivals() > known => return Ended::Lost,
            Err(_) => {}
        }
    }
}

/// The courier's loop, which can be stopped at once and begun again.
struct Rounds {
    courier: Courier,
    door: Door,
    stop: CancellationToken,
    /// Until then another process may not have noticed that it leads no more.
    not_before: Instant,
    task: Option<AbortOnDropHandle<()>>,
}

impl Rounds {
    fn begin(&mut self) {
        let (courier, stop, not_before) =
            (self.courier.clone(), self.stop.clone(), self.not_before);
        let task = tokio::spawn(async move {
            if timeout_at(not_before, stop.cancelled()).await.is_err() {
                courier.run(stop).await;
            }
        });
        self.task = Some(AbortOnDropHandle::new(task));
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
