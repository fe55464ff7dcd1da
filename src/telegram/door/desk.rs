//! Which letter leaves next, and when. The whole door as a pure state machine: letters, outcomes and moments in;
//! what to send, or how long to wait, out. Must not await, nor know how a request is sent.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::{sync::oneshot, time::Instant};

use super::{
    lane::{Filed, Item, Lane},
    letter::{Class, Delivery, Letter},
    pace::{Pace, Permit},
    stats::Snapshot,
    verdict::{Attempts, Verdict, judge},
    weather::Weather,
};
use crate::domain::{ChatId, Outcome};

/// So many answers and notes may be on their way at once; crisis replies go beyond it.
const MOST_IN_FLIGHT: usize = 256;

/// A moment on both clocks: the steady one for pace and back-off, the parents' for what expires.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    pub(super) instant: Instant,
    pub(super) utc: DateTime<Utc>,
}

/// A letter on its way.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) item: Item,
    permit: Permit,
    left: Instant,
    /// The chat's spacing before it left.
    spaced_before: Instant,
}

/// What to do now.
#[derive(Debug)]
pub(super) enum Next {
    /// Send this, and hand it back to [`Desk::landed`].
    Send(Box<Flight>),
    /// Nothing before this moment, unless something arrives or comes back.
    Wait(Option<Instant>),
}

#[derive(Debug)]
pub(super) struct Desk {
    lanes: HashMap<ChatId, Lane>,
    /// Chats that are ready, by the number of their next letter: a line each for crisis, answers and notes.
    lines: [BTreeSet<(u64, ChatId)>; 3],
    /// Chats to look at later.
    waiting: BTreeSet<(Instant, ChatId)>,
    pace: Pace,
    weather: Weather,
    /// Nothing at all leaves before this.
    held_until: Option<Instant>,
    posted: u64,
    rest_flying: usize,
    flying: usize,
    closing: bool,
    stats: Snapshot,
}

impl Desk {
    pub(super) fn new(per_second: u32, now: Instant) -> Self {
        Self {
            lanes: HashMap::new(),
            lines: Default::default(),
            waiting: BTreeSet::new(),
            pace: Pace::new(per_second),
            weather: Weather::default(),
            held_until: None,
            posted: 0,
            rest_flying: 0,
            flying: 0,
            closing: false,
            stats: Snapshot::new(now),
        }
    }

    /// Takes a letter in.
    pub(super) fn post(&mut self, letter: Letter, reply: oneshot::Sender<Delivery>, now: Now) {
        self.posted += 1;
        let item = Item {
            letter,
            reply,
            number: self.posted,
            attempts: Attempts::default(),
        };
        if self.closing {
            return item.settle(Delivery::Closed);
        }
        let chat = item.letter.chat;
        for note in self.lane(chat, now).post(item) {
            note.settle(Delivery::Overtaken);
        }
        self.file(chat, now);
    }

    /// The next letter that may leave at `now`, or the moment to ask again. The permit comes first and then the choice,
    /// so that whoever arrived last but is most urgent gets it.
    pub(super) fn next(&mut self, now: Now) -> Next {
        self.wake(now);
        if let Some(until) = self.held_until {
            if until > now.instant {
                return Next::Wait(Some(until));
            }
            self.held_until = None;
        }
        let free = self.pace.free_at(now.instant);
        let mut from = None;
        while let Some(chat) = self.choose(now, &mut from) {
            if free > now.instant {
                from = Some(free);
                break;
            }
            self.settle_expired(chat, now);
            if let Some(flight) = self.depart(chat, now) {
                return Next::Send(Box::new(flight));
            }
        }
        let looked_at = self.waiting.first().map(|(at, _)| *at);
        Next::Wait([from, looked_at].into_iter().flatten().min())
    }

    /// A request came back.
    pub(super) fn landed(&mut self, flight: Flight, outcome: &Outcome, now: Now) {
        let Flight {
            mut item,
            permit,
            left,
            spaced_before,
        } = flight;
        let chat = item.letter.chat;
        let class = item.letter.class;
        let accepted = matches!(outcome, Outcome::Accepted { .. });
        self.pace.hand_back(permit, now.instant, accepted);
        self.flying -= 1;
        self.rest_flying -= usize::from(class != Class::Crisis);
        let all_wait = self.read_weather(chat, outcome, left, now);
        let edit = item.is_edit();
        let verdict = judge(&item.letter, &mut item.attempts, outcome);
        let arrived = matches!(outcome, Outcome::Accepted { .. } | Outcome::Ambiguous);
        let lane = self.lane(chat, now);
        lane.landed(class);
        if !edit {
            lane.space(arrived, left, spaced_before, now.instant);
        }
        match verdict {
            Verdict::Settled(delivery) => self.settle(item, delivery, now),
            Verdict::Again(wait) => self.put_back(item, now.instant + wait),
            Verdict::ChatWaits(wait) => {
                let until = now.instant + wait;
                lane.barred_until = lane.barred_until.max(until);
                if all_wait {
                    self.hold(until);
                }
                self.put_back(item, now.instant);
            }
            Verdict::AllWait(wait) => {
                self.hold(now.instant + wait);
                self.put_back(item, now.instant);
            }
        }
        self.file(chat, now);
    }

    /// Takes no more letters and gives back what has not left, but for crisis replies.
    pub(super) fn close(&mut self, now: Now) {
        self.closing = true;
        let chats: Vec<_> = self.lanes.keys().copied().collect();
        for chat in chats {
            if let Some(lane) = self.lanes.get_mut(&chat) {
                for item in lane.take_all(false) {
                    item.settle(Delivery::Closed);
                }
            }
            self.file(chat, now);
        }
    }

    /// Whether nothing is queued and nothing is on its way.
    pub(super) fn is_empty(&self) -> bool {
        self.flying == 0 && self.lanes.values().all(Lane::is_idle)
    }

    /// Whether no chat got a message within its last second: whoever starts next knows nothing of ours and may write
    /// to anyone at once.
    pub(super) fn has_settled(&self, now: Instant) -> bool {
        self.lanes.values().all(|lane| lane.spaced_until <= now)
    }

    /// The numbers at this moment.
    pub(super) fn snapshot(&self, now: Instant) -> Snapshot {
        let mut stats = self.stats.clone();
        for lane in self.lanes.values() {
            let (answers, notes) = lane.counts();
            stats.answers_queued += answers;
            stats.notes_queued += notes;
        }
        stats.chats = self.lanes.len();
        stats.in_flight = self.flying;
        stats.storm = self.weather.storm();
        stats.held = self.held_until.is_some_and(|until| until > now);
        stats.last_turn = now;
        stats
    }

    /// Files every chat anew whose moment has come.
    fn wake(&mut self, now: Now) {
        while let Some((at, chat)) = self.waiting.first().copied() {
            if at > now.instant {
                break;
            }
            self.settle_expired(chat, now);
        }
    }

    /// The chat whose letter leaves next. When only a probe may leave and its time has not come, `from` gets that time.
    fn choose(&self, now: Now, from: &mut Option<Instant>) -> Option<ChatId> {
        let [crisis, answers, notes] = &self.lines;
        if let Some((_, chat)) = crisis.first() {
            return Some(*chat);
        }
        if self.rest_flying >= MOST_IN_FLIGHT {
            return None;
        }
        let ready = answers.first().or(notes.first()).map(|(_, chat)| *chat);
        let Some(probe_at) = self.weather.probe_at() else {
            return ready;
        };
        let probe = ready.or_else(|| {
            let mut waiting = self.waiting.iter().map(|(_, chat)| *chat);
            waiting.find(|chat| {
                self.lanes
                    .get(chat)
                    .is_some_and(|lane| lane.may_probe(now.instant))
            })
        });
        if probe.is_some() && probe_at > now.instant {
            *from = Some(probe_at);
            return None;
        }
        probe
    }

    /// Takes the chosen chat's letter out, with a permit; `None` when everything in the chat had expired.
    fn depart(&mut self, chat: ChatId, now: Now) -> Option<Flight> {
        let lane = self.lanes.get_mut(&chat)?;
        let (item, spaced_before) = lane.take_next(now.instant)?;
        self.flying += 1;
        if item.letter.class != Class::Crisis {
            self.rest_flying += 1;
            self.weather.sent(now.instant);
        }
        let permit = self.pace.take(now.instant);
        self.file(chat, now);
        Some(Flight {
            item,
            permit,
            left: now.instant,
            spaced_before,
        })
    }

    fn settle_expired(&mut self, chat: ChatId, now: Now) {
        if let Some(lane) = self.lanes.get_mut(&chat) {
            for item in lane.take_expired(now.utc) {
                self.stats.expired += 1;
                item.settle(Delivery::Expired);
            }
        }
        self.file(chat, now);
    }

    /// Files a chat where it belongs now, and forgets it when nothing about it matters any more.
    fn file(&mut self, chat: ChatId, now: Now) {
        let Some(lane) = self.lanes.get_mut(&chat) else {
            return;
        };
        match lane.filed {
            Filed::Nowhere => {}
            Filed::Line(class, number) => {
                self.lines[class as usize].remove(&(number, chat));
            }
            Filed::Waiting(at) => {
                self.waiting.remove(&(at, chat));
            }
        }
        lane.filed = match lane.next() {
            Some((class, number, from)) if from <= now.instant => Filed::Line(class, number),
            Some((_, _, from)) => Filed::Waiting(from.min(end(lane, now))),
            None if lane.is_idle() => {
                let until = lane.spaced_until.max(lane.barred_until);
                if until <= now.instant {
                    self.lanes.remove(&chat);
                    return;
                }
                Filed::Waiting(until)
            }
            None => Filed::Nowhere,
        };
        match lane.filed {
            Filed::Nowhere => {}
            Filed::Line(class, number) => {
                self.lines[class as usize].insert((number, chat));
            }
            Filed::Waiting(at) => {
                self.waiting.insert((at, chat));
            }
        }
    }

    /// What the outcome tells about network and bot. True when a 429 is meant for the whole bot.
    fn read_weather(&mut self, chat: ChatId, outcome: &Outcome, left: Instant, now: Now) -> bool {
        self.stats.unauthorized = matches!(outcome, Outcome::Unauthorized | Outcome::Conflict);
        match outcome {
            Outcome::Retry | Outcome::Ambiguous => {
                self.stats.failed += 1;
                self.weather.unanswered(chat, now.instant);
                return false;
            }
            Outcome::Accepted { .. } => self.weather.accepted(left),
            Outcome::Wait(_) => self.stats.told_to_wait += 1,
            _ => {}
        }
        if self.weather.answered() {
            self.end_storm(now);
        }
        matches!(outcome, Outcome::Wait(_)) && self.weather.told_to_wait(chat, now.instant)
    }

    fn end_storm(&mut self, now: Now) {
        let chats: Vec<_> = self.lanes.keys().copied().collect();
        for chat in chats {
            if let Some(lane) = self.lanes.get_mut(&chat) {
                lane.forget_back_off(now.instant);
            }
            self.file(chat, now);
        }
    }

    fn hold(&mut self, until: Instant) {
        self.held_until = self.held_until.max(Some(until));
    }

    fn lane(&mut self, chat: ChatId, now: Now) -> &mut Lane {
        self.lanes
            .entry(chat)
            .or_insert_with(|| Lane::new(now.instant))
    }

    fn put_back(&mut self, item: Item, from: Instant) {
        if self.closing && item.letter.class != Class::Crisis {
            item.settle(Delivery::Closed);
        } else if let Some(lane) = self.lanes.get_mut(&item.letter.chat) {
            lane.put_back(item, from);
        }
    }

    fn settle(&mut self, item: Item, delivery: Delivery, now: Now) {
        match delivery {
            Delivery::Delivered { .. } => {
                self.stats.accepted += 1;
                self.stats.last_accepted = now.instant;
            }
            Delivery::Unknown => self.stats.unknown += 1,
            Delivery::Gone(_) => {
                // Whatever else waits for this chat would be refused as well.
                let others = self.lane(item.letter.chat, now).take_all(true);
                self.stats.gone += 1 + others.len() as u64;
                for other in others {
                    other.settle(delivery);
                }
            }
            Delivery::Refused => self.stats.refused += 1,
            Delivery::Expired | Delivery::Overtaken | Delivery::Closed => {}
        }
        item.settle(delivery);
    }
}

/// The instant at which the chat's next letter becomes pointless; long after everything when it never does.
fn end(lane: &Lane, now: Now) -> Instant {
    // Just past its last moment, so that waking finds it expired.
    let left = lane
        .next_ends()
        .map(|end| (end - now.utc).to_std().unwrap_or_default() + Duration::from_millis(1));
    now.instant + left.unwrap_or(Duration::from_hours(24 * 365))
}
