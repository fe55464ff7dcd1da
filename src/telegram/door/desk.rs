//! Which letter leaves next, and when. The whole door as a pure state machine: letters, outcomes and moments in;
//! what to send, or how long to wait, out. Must not await, nor know how a request is sent.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    ban::Ban,
    hush::Hush,
    lane::{CHAT_GAP, Item, LONG, Lane},
    letter::{Class, Delivery, Letter, Reply},
    next::{Flight, Next, Now},
    pace::Pace,
    roster::Roster,
    stats::Snapshot,
    verdict::{Attempts, Verdict, judge},
    weather::{Leave, Weather},
};
use crate::domain::{ChatId, Outcome};

/// So many answers and notes may be on their way at once; crisis replies go beyond it.
const MOST_IN_FLIGHT: usize = 256;

#[derive(Debug)]
pub(super) struct Desk {
    roster: Roster,
    pace: Pace,
    weather: Weather,
    /// The wait of the whole bot.
    ban: Ban,
    hush: Hush,
    /// Nothing but crisis replies leaves before this.
    quiet_until: Instant,
    /// No note leaves after this, on either clock.
    notes_until: Option<Now>,
    posted: u64,
    /// Notes up to this number were called back.
    recalled: u64,
    rest_flying: usize,
    flying: usize,
    closing: bool,
    stats: Snapshot,
}

impl Desk {
    pub(super) fn new(per_second: u32, now: Instant) -> Self {
        Self {
            roster: Roster::default(),
            pace: Pace::new(per_second),
            weather: Weather::default(),
            ban: Ban::default(),
            hush: Hush::new(now),
            quiet_until: now,
            notes_until: None,
            posted: 0,
            recalled: 0,
            rest_flying: 0,
            flying: 0,
            closing: false,
            stats: Snapshot::new(now),
        }
    }

    /// Takes a letter in.
    pub(super) fn post(&mut self, letter: Letter, reply: Reply, now: Now) {
        self.posted += 1;
        let turn = letter.turn.and_then(|turn| u64::try_from(turn).ok());
        let mut item = Item {
            letter,
            reply,
            number: turn.unwrap_or(self.posted),
            arrived: self.posted,
            attempts: Attempts::default(),
        };
        if self.closing {
            return item.settle(Delivery::Closed);
        }
        if let Some(delivery) = self.hush.stops(&item.letter, now) {
            return item.settle(delivery);
        }
        let chat = item.letter.chat;
        let class = item.letter.class;
        if class != Class::Note {
            self.hush.answered(chat, now);
        }
        let held = self.ban.stands_at(now.instant);
        let storm = self.weather.storm() && class != Class::Crisis;
        let behind_many = self.pace.time_for(self.roster.ready_before(class)) > LONG;
        let lane = self.roster.lane(chat, now);
        let quiet = self.quiet_until > now.instant + LONG && class != Class::Crisis;
        if held || storm || quiet || behind_many || lane.makes_wait(&item, now.instant) {
            item.reply.will_wait();
        }
        for note in lane.post(item, now.instant) {
            note.settle(Delivery::Overtaken);
        }
        self.roster.file(chat, now);
    }

    /// The next letter that may leave at `now`, or the moment to ask again. The permit comes first and then the choice,
    /// so that whoever arrived last but is most urgent gets it.
    pub(super) fn next(&mut self, now: Now) -> Next {
        let expired = self.roster.wake(now);
        self.settle_expired(expired);
        let mut from = self.ban.let_go(now.instant);
        if let Leave::Question(at) = self.weather.leave()
            && !self.ban.stands()
            && self.has_rest()
        {
            if at <= now.instant {
                self.weather.asks();
                return Next::Ask;
            }
            from = Some(at);
        }
        let free = self.pace.free_at(now.instant);
        let free_for_help = self.pace.free_for_help_at(now.instant);
        while let Some((chat, helps)) = self.choose(now) {
            let free = if helps { free_for_help } else { free };
            if free > now.instant {
                from = from.min(Some(free)).or(Some(free));
                break;
            }
            let expired = self.roster.take_expired(chat, now);
            self.settle_expired(expired);
            if let Some(flight) = self.depart(chat, now) {
                return Next::Send(Box::new(flight));
            }
        }
        let quiet = (self.quiet_until > now.instant && self.has_rest()).then_some(self.quiet_until);
        let looks = [from, quiet, self.roster.looked_at()];
        Next::Wait(looks.into_iter().flatten().min())
    }

    /// The harmless question came back, answered or not.
    pub(super) fn asked(&mut self, answered: bool, now: Now) {
        self.weather.asked(answered, now.instant);
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
        let lane = self.roster.lane(chat, now);
        lane.landed(class);
        if accepted && class == Class::Crisis {
            lane.crisis_refused = 0;
            self.ban.help_was_accepted();
        }
        if !edit {
            lane.space(arrived, left, spaced_before, now.instant);
        }
        if verdict.takes_long() {
            item.reply.will_wait();
        }
        match verdict {
            Verdict::Settled(delivery) => self.settle(item, delivery, now),
            Verdict::Again(wait) => self.put_back(item, now.instant + wait, now),
            Verdict::ChatWaits(wait) => {
                lane.told_to_wait(class, wait, now.instant);
                if all_wait {
                    self.ban.set(class, wait, left, now.instant);
                }
                self.put_back(item, now.instant, now);
            }
            Verdict::RestWaits { rest, help } => {
                self.quiet_until = self.quiet_until.max(now.instant + rest);
                let helps = class == Class::Crisis;
                let from = now.instant + if helps { help } else { Duration::ZERO };
                self.put_back(item, from, now);
            }
        }
        self.roster.file(chat, now);
    }

    /// A copy of a crisis reply left beside the first, which has no answer yet.
    pub(super) fn repeated(&mut self, now: Instant) {
        // It is not known when it arrives, so its place is never handed back.
        self.pace.take(now);
    }

    /// A parent calls for help: no note for her, now and for a while.
    pub(super) fn hush(&mut self, chat: ChatId, now: Now) {
        self.hush.hold(chat, self.posted, now);
        self.take(chat, |letter| letter.gives_way, Delivery::Held, now);
    }

    /// A parent's notes are off, or come later.
    pub(super) fn drop_notes(&mut self, chat: ChatId, now: Now) {
        self.hush.drop_notes(chat, self.posted, now);
        let notes = |letter: &Letter| letter.class == Class::Note;
        self.take(chat, notes, Delivery::Overtaken, now);
    }

    /// Takes no more letters and gives back what has not left, but for crisis replies.
    pub(super) fn close(&mut self, now: Now) {
        self.closing = true;
        self.roster.change_all(now, |lane| {
            for item in lane.take_all(false) {
                item.settle(Delivery::Closed);
            }
        });
    }

    /// Gives back every note; one that is on its way comes back when it has to be sent again.
    pub(super) fn recall_notes(&mut self, now: Now) {
        self.recalled = self.posted;
        self.roster.change_all(now, |lane| {
            for note in lane.take_notes() {
                note.settle(Delivery::Closed);
            }
        });
    }

    /// Lets every chat's second pass first: another door may have written to any of them just now.
    pub(super) fn hold_back(&mut self, now: Now) {
        self.quiet_until = self.quiet_until.max(now.instant + CHAT_GAP);
    }

    /// From this moment on notes wait, until a later moment is given.
    pub(super) fn notes_until(&mut self, until: Now) {
        self.notes_until = Some(until);
    }

    /// Whether nothing is queued and nothing is on its way.
    pub(super) fn is_empty(&self) -> bool {
        self.flying == 0 && self.roster.lanes().all(Lane::is_idle)
    }

    /// Whether no chat got a message within its last second: whoever starts next knows nothing of ours and may write
    /// to anyone at once.
    pub(super) fn has_settled(&self, now: Instant) -> bool {
        self.roster.lanes().all(|lane| lane.spaced_until <= now)
    }

    /// The numbers at this moment.
    pub(super) fn snapshot(&self, now: Instant) -> Snapshot {
        let mut stats = self.stats.clone();
        self.roster.count(&mut stats);
        stats.in_flight = self.flying;
        stats.storm = self.weather.storm();
        stats.held = self.ban.stands_at(now);
        stats.last_turn = now;
        stats
    }

    /// The chat whose letter leaves next, and whether it is a crisis reply.
    fn choose(&self, now: Now) -> Option<(ChatId, bool)> {
        let crisis = self.roster.first_crisis();
        let crisis = crisis.filter(|_| !self.ban.bars_help());
        let barred = self.ban.stands() || self.quiet_until > now.instant;
        if crisis.is_some() || barred || self.rest_flying >= MOST_IN_FLIGHT {
            return crisis.map(|chat| (chat, true));
        }
        let notes = self.notes_until.is_none_or(|until| now.is_before(until));
        let other = match self.weather.leave() {
            Leave::All => self.roster.first_other(notes),
            Leave::One => self.roster.scout(now, notes),
            Leave::Question(_) | Leave::Nothing => None,
        };
        other.map(|chat| (chat, false))
    }

    /// Whether any answer or note waits to leave.
    fn has_rest(&self) -> bool {
        self.roster.lanes().any(Lane::has_rest)
    }

    /// Takes the chosen chat's letter out, with a permit; `None` when everything in the chat had expired.
    fn depart(&mut self, chat: ChatId, now: Now) -> Option<Flight> {
        let (item, spaced_before) = self.roster.lane(chat, now).take_next(now.instant)?;
        self.flying += 1;
        if item.letter.class == Class::Crisis {
            self.ban.help_leaves(now.instant);
        } else {
            self.rest_flying += 1;
            self.weather.sent(chat, now.instant);
        }
        let permit = self.pace.take(now.instant);
        self.roster.file(chat, now);
        Some(Flight {
            item,
            permit,
            left: now.instant,
            spaced_before,
        })
    }

    fn settle_expired(&mut self, expired: Vec<Item>) {
        for item in expired {
            self.stats.expired += 1;
            item.settle(Delivery::Expired);
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
            self.roster
                .change_all(now, |lane| lane.forget_back_off(now.instant));
        }
        let held = self.ban.stands();
        matches!(outcome, Outcome::Wait(_))
            && (self.weather.told_to_wait(chat, now.instant) || held)
    }

    /// Gives back a chat's letters that are like this.
    fn take(&mut self, chat: ChatId, which: impl Fn(&Letter) -> bool, untried: Delivery, now: Now) {
        for item in self.roster.lane(chat, now).take(which) {
            self.give_back(item, untried, now);
        }
        self.roster.file(chat, now);
    }

    /// Gives back a letter that is not tried any more, as what it is if it may have arrived.
    fn give_back(&mut self, item: Item, untried: Delivery, now: Now) {
        let delivery = if item.attempts.ambiguous {
            Delivery::Unknown
        } else {
            untried
        };
        self.settle(item, delivery, now);
    }

    fn put_back(&mut self, item: Item, from: Instant, now: Now) {
        if let Some(untried) = self.hush.drops(&item.letter, item.arrived, now) {
            return self.give_back(item, untried, now);
        }
        let recalled = item.letter.class == Class::Note && item.arrived <= self.recalled;
        if recalled || self.closing && item.letter.class != Class::Crisis {
            item.settle(Delivery::Closed);
        } else {
            self.roster.lane(item.letter.chat, now).put_back(item, from);
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
                let others = self.roster.lane(item.letter.chat, now).take_all(true);
                self.stats.gone += 1 + others.len() as u64;
                for other in others {
                    other.settle(delivery);
                }
            }
            Delivery::Refused => self.stats.refused += 1,
            Delivery::Expired | Delivery::Overtaken | Delivery::Held | Delivery::Closed => {}
        }
        item.settle(delivery);
    }
}
