//! The one task that everything leaves through: it asks the desk, sends, and tells the desk what came back.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde::Deserialize;
use teloxide::{
    payloads::{EditMessageText, GetMe, SendMessage},
    requests::Payload as _,
};
use tokio::{
    sync::{mpsc, oneshot},
    task::{Id, JoinError, JoinSet},
    time::Instant,
};

use super::{
    Limits, Snapshot, Wording,
    compose::{Request, compose},
    desk::Desk,
    letter::{Class, Letter, Reply},
    next::{Flight, Next, Now},
    stats,
};
use crate::{
    clock::Clock,
    domain::{ChatId, Outcome},
    telegram::{Failure, Telegram},
};

/// The loop turns at least this often, so that a standstill can be told from having nothing to do.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// The numbers are put out no more often than this: counting the queues takes a walk over all chats.
const PUBLISH_EVERY: Duration = Duration::from_millis(100);

/// What the porter is asked.
pub(super) enum Order {
    /// To send a letter.
    Post(Box<Letter>, Reply),
    /// To send a chat no notes for a while.
    Hush(ChatId),
    /// To give back a chat's notes.
    DropNotes(ChatId),
    /// To let every chat's second pass first.
    HoldBack,
    /// To let notes leave until this moment only.
    NotesUntil(Now),
    /// To give back the notes that are not on their way.
    RecallNotes,
    /// To finish within this time, and say so.
    Close(Duration, oneshot::Sender<()>),
}

pub(super) struct Porter {
    telegram: Telegram,
    wording: Wording,
    clock: Clock,
    paid: bool,
    desk: Desk,
    orders: mpsc::UnboundedReceiver<Order>,
    flights: JoinSet<Outcome>,
    flying: HashMap<Id, Flight>,
    /// The harmless question, while it is on its way.
    questions: JoinSet<bool>,
    /// One for every copy of a crisis reply that leaves beside the first.
    copies: (
        mpsc::UnboundedSender<Instant>,
        mpsc::UnboundedReceiver<Instant>,
    ),
    /// Whether anyone can still post.
    open: bool,
    closing: Option<(Instant, Vec<oneshot::Sender<()>>)>,
    stats: Arc<Mutex<Snapshot>>,
    published: Option<Instant>,
}

impl Porter {
    pub(super) fn new(
        telegram: Telegram,
        wording: Wording,
        clock: Clock,
        limits: Limits,
        orders: mpsc::UnboundedReceiver<Order>,
        stats: Arc<Mutex<Snapshot>>,
    ) -> Self {
        let desk = Desk::new(limits.per_second, clock.instant());
        Self {
            telegram,
            wording,
            clock,
            paid: limits.paid,
            desk,
            orders,
            flights: JoinSet::new(),
            flying: HashMap::new(),
            questions: JoinSet::new(),
            copies: mpsc::unbounded_channel(),
            open: true,
            closing: None,
            stats,
            published: None,
        }
    }

    /// Works until closed, or until nobody can post any more and all is delivered.
    pub(super) async fn run(mut self) {
        loop {
            let wake = self.send_all_that_may_leave();
            if self.has_finished() {
                break;
            }
            tokio::select! {
                order = self.orders.recv(), if self.open => self.obey(order),
                Some(landed) = self.flights.join_next_with_id() => self.land(landed),
                Some(answered) = self.questions.join_next() => {
                    let now = self.now();
                    self.desk.asked(answered.unwrap_or(false), now);
                }
                Some(at) = self.copies.1.recv() => self.desk.repeated(at),
                () = tokio::time::sleep_until(wake) => {}
            }
            while let Ok(order) = self.orders.try_recv() {
                self.obey(Some(order));
            }
            while let Some(landed) = self.flights.try_join_next_with_id() {
                self.land(landed);
            }
        }
        // What is still on its way is given up; its receipts read `Closed` when the flights are dropped.
        drop((self.flights, self.flying, self.desk));
        for closed in self.closing.into_iter().flat_map(|(_, waiting)| waiting) {
            // Whoever asked may have stopped waiting.
            let _ = closed.send(());
        }
    }

    /// Returns when to look again.
    fn send_all_that_may_leave(&mut self) -> Instant {
        let now = self.now();
        let wait = loop {
            match self.desk.next(now) {
                Next::Send(flight) => self.send(*flight),
                Next::Ask => {
                    self.questions
                        .spawn(ask(self.telegram.on_a_fresh_connection()));
                }
                Next::Wait(until) => break until,
            }
        };
        let publish = self.published.map(|at| at + PUBLISH_EVERY);
        let publish = publish.filter(|at| *at > now.instant);
        if publish.is_none() {
            self.published = Some(now.instant);
            *stats::lock(&self.stats) = self.desk.snapshot(now.instant);
        }
        let heartbeat = now.instant + HEARTBEAT;
        let deadline = self.closing.as_ref().map(|(deadline, _)| *deadline);
        [wait, deadline, publish]
            .into_iter()
            .flatten()
            .fold(heartbeat, Instant::min)
    }

    fn send(&mut self, flight: Flight) {
        let letter = &flight.item.letter;
        let request = compose(
            letter,
            flight.item.attempts.form,
            &self.wording,
            self.paid,
            self.telegram.time(&self.clock),
        );
        let work = carry(
            self.telegram.clone(),
            request,
            letter.class,
            self.clock.clone(),
            self.copies.0.clone(),
        );
        let id = self.flights.spawn(work).id();
        self.flying.insert(id, flight);
    }

    fn land(&mut self, landed: Result<(Id, Outcome), JoinError>) {
        let (id, outcome) = match landed {
            Ok(landed) => landed,
            // A panic below us: whether the request was written is not known.
            Err(error) => (error.id(), Outcome::Ambiguous),
        };
        if let Some(flight) = self.flying.remove(&id) {
            let now = self.now();
            self.desk.landed(flight, &outcome, now);
        }
    }

    fn obey(&mut self, order: Option<Order>) {
        let now = self.now();
        match order {
            Some(Order::Post(letter, reply)) => self.desk.post(*letter, reply, now),
            Some(Order::Hush(chat)) => self.desk.hush(chat, now),
            Some(Order::DropNotes(chat)) => self.desk.drop_notes(chat, now),
            Some(Order::HoldBack) => self.desk.hold_back(now),
            Some(Order::NotesUntil(until)) => self.desk.notes_until(until),
            Some(Order::RecallNotes) => self.desk.recall_notes(now),
            Some(Order::Close(within, reply)) => {
                self.desk.close(now);
                let (_, waiting) = self
                    .closing
                    .get_or_insert_with(|| (now.instant + within, Vec::new()));
                waiting.push(reply);
            }
            None => self.open = false,
        }
    }

    fn has_finished(&self) -> bool {
        match &self.closing {
            Some((deadline, _)) => {
                let now = self.clock.instant();
                *deadline <= now || self.desk.is_empty() && self.desk.has_settled(now)
            }
            None => !self.open && self.desk.is_empty(),
        }
    }

    fn now(&self) -> Now {
        Now {
            instant: self.clock.instant(),
            utc: self.clock.now(),
        }
    }
}

/// How long an answer is awaited before the request counts as ambiguous.
const fn patience(class: Class) -> Duration {
    match class {
        // Short: meanwhile it is sent again.
        Class::Crisis => Duration::from_secs(5),
        Class::Answer => Duration::from_secs(10),
        Class::Note => Duration::from_secs(15),
    }
}

/// How long the question whether Telegram is back may take.
const QUESTION_PATIENCE: Duration = Duration::from_secs(2);

/// A crisis reply without an answer for this long is sent again beside the first: a little over the chat's second.
const REPEAT: Duration = Duration::from_millis(1020);

/// Sends a letter's request: once, or, for a crisis reply, until one of its copies gets an answer.
async fn carry(
    telegram: Telegram,
    request: Request,
    class: Class,
    clock: Clock,
    copies: mpsc::UnboundedSender<Instant>,
) -> Outcome {
    if class == Class::Crisis {
        let count = move || {
            // A porter that is no more counts nothing.
            let _ = copies.send(clock.instant());
        };
        insist(telegram, request, count).await
    } else {
        attempt(telegram, Arc::new(request), patience(class)).await
    }
}

/// A hanging connection must not hold help back, and nobody knows that it hangs before it has hung for long.
/// So every second another copy leaves, on a connection of its own; the first real answer counts.
/// Copies do not ask the pace, but are counted: there is one a second at most, and only while Telegram does not answer.
async fn insist(telegram: Telegram, request: Request, count: impl Fn()) -> Outcome {
    let patience = patience(Class::Crisis);
    let request = Arc::new(request);
    let fresh = telegram.on_a_fresh_connection();
    let mut copies = JoinSet::new();
    copies.spawn(attempt(telegram, request.clone(), patience));
    let mut repeat = tokio::time::interval(REPEAT);
    repeat.reset();
    loop {
        tokio::select! {
            Some(landed) = copies.join_next() => {
                let outcome = landed.unwrap_or(Outcome::Ambiguous);
                let unanswered = matches!(outcome, Outcome::Retry | Outcome::Ambiguous);
                if !unanswered || copies.is_empty() {
                    return outcome;
                }
            }
            _ = repeat.tick() => {
                count();
                copies.spawn(attempt(fresh.clone(), request.clone(), patience));
            }
        }
    }
}

/// Whether Telegram answers at all.
async fn ask(telegram: Telegram) -> bool {
    let answer = telegram
        .request(GetMe::NAME, &GetMe::new(), QUESTION_PATIENCE)
        .await;
    !matches!(
        answer,
        Err(Failure {
            outcome: Outcome::Retry | Outcome::Ambiguous,
            ..
        })
    )
}

async fn attempt(telegram: Telegram, request: Arc<Request>, patience: Duration) -> Outcome {
    let result = match &*request {
        Request::Send(payload) => telegram.request(SendMessage::NAME, payload, patience).await,
        Request::Edit(payload) => {
            telegram
                .request(EditMessageText::NAME, payload, patience)
                .await
        }
    };
    match result {
        // The id is all we need; a result of another shape is still an acceptance.
        Ok(result) => Outcome::Accepted {
            message_id: serde_json::from_str::<Sent>(result.get())
                .map_or(0, |sent| sent.message_id),
        },
        Err(failure) => {
            if matches!(
                failure.outcome,
                Outcome::Refused | Outcome::BadMarkup | Outcome::TooLong
            ) {
                tracing::warn!(%failure, "Telegram refused a message");
            }
            failure.outcome
        }
    }
}

#[derive(Deserialize)]
struct Sent {
    message_id: i32,
}
