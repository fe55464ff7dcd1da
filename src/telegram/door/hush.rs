//! Which notes must not leave any more, because of what their parent said meanwhile. Pure.
//!
//! A note is decided from a row, then waits for its turn; in between the parent may say stop, or that she wants to die.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

use super::{
    letter::{Class, Delivery, Letter},
    next::Now,
};
use crate::domain::ChatId;

/// For how long no note leaves for a chat after a call for help. The row says so as well, for days, but only once it
/// is written, and the database may be down.
const HELD_FOR: Duration = Duration::from_mins(10);

/// No note is older than this when it is handed over: an older one was decided before what is remembered here.
const REMEMBERED: Duration = Duration::from_mins(1);

/// What a chat said, as far as it matters to its notes.
#[derive(Debug)]
struct Mark {
    /// Notes decided before are outdated.
    at: Instant,
    /// Notes up to this number are not tried again.
    dropped: u64,
    /// No note at all before either clock is there: one of them may be moved.
    held: Option<(Instant, DateTime<Utc>)>,
}

#[derive(Debug)]
pub(super) struct Hush {
    marks: HashMap<ChatId, Mark>,
    swept: Instant,
}

impl Hush {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            marks: HashMap::new(),
            swept: now,
        }
    }

    /// The chat is answered: what was decided before may be otherwise now.
    pub(super) fn answered(&mut self, chat: ChatId, now: Now) {
        self.sweep(now);
        self.mark(chat, now).at = now.instant;
    }

    /// The chat's notes up to this number are off.
    pub(super) fn drop_notes(&mut self, chat: ChatId, number: u64, now: Now) {
        self.answered(chat, now);
        self.mark(chat, now).dropped = number;
    }

    /// The chat called for help.
    pub(super) fn hold(&mut self, chat: ChatId, number: u64, now: Now) {
        self.drop_notes(chat, number, now);
        let until = (now.instant + HELD_FOR, now.utc + TimeDelta::minutes(10));
        self.mark(chat, now).held = Some(until);
    }

    /// What becomes of a letter that is handed over now, if it must not leave.
    pub(super) fn stops(&self, letter: &Letter, now: Now) -> Option<Delivery> {
        if letter.class != Class::Note {
            return None;
        }
        let mark = self.marks.get(&letter.chat);
        if mark.is_some_and(|mark| mark.holds(now)) {
            return Some(Delivery::Held);
        }
        let decided = letter.decided?;
        let outdated = mark.is_some_and(|mark| decided <= mark.at);
        (outdated || decided + REMEMBERED < now.instant).then_some(Delivery::Overtaken)
    }

    /// What becomes of a letter that came back from a try, if it must not be tried again.
    pub(super) fn drops(&self, letter: &Letter, number: u64, now: Now) -> Option<Delivery> {
        let mark = self.marks.get(&letter.chat)?;
        let (note, before) = (letter.class == Class::Note, number <= mark.dropped);
        if mark.holds(now) && (note || before && letter.gives_way) {
            return Some(Delivery::Held);
        }
        (note && before).then_some(Delivery::Overtaken)
    }

    fn mark(&mut self, chat: ChatId, now: Now) -> &mut Mark {
        self.marks.entry(chat).or_insert(Mark {
            at: now.instant,
            dropped: 0,
            held: None,
        })
    }

    /// Forgets what matters no more.
    fn sweep(&mut self, now: Now) {
        if self.swept + REMEMBERED > now.instant {
            return;
        }
        self.swept = now.instant;
        self.marks
            .retain(|_, mark| mark.holds(now) || mark.at + REMEMBERED * 2 > now.instant);
    }
}

impl Mark {
    fn holds(&self, now: Now) -> bool {
        self.held
            .is_some_and(|(steady, utc)| now.instant < steady && now.utc < utc)
    }
}
