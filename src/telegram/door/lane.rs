//! One chat's letters in their order, and when the next of them may leave. Pure.

use std::{collections::VecDeque, time::Duration};

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use super::{
    super::wait::for_help,
    compose::is_edit,
    letter::{Class, Delivery, Letter, Place, Reply},
    verdict::Attempts,
};

/// Telegram's limit for one chat: a new message a second
/// (<https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this>).
pub(super) const CHAT_GAP: Duration = Duration::from_secs(1);

/// So many edits in a chat may leave at once, more than anyone taps in a second; then one in every [`CHAT_GAP`]. Telegram
/// writes down no limit for edits, and refuses whoever changes messages as fast as a script can tap.
const EDITS_AT_ONCE: u32 = 4;

/// Whoever has to wait longer than this is told so at once.
pub(super) const LONG: Duration = Duration::from_millis(250);

/// A letter in the queue.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) letter: Letter,
    pub(super) reply: Reply,
    /// Its turn, else its number at the door: within a class the lowest leaves first.
    pub(super) number: u64,
    /// How many letters had come with it: what was called back and what came after is told by this.
    pub(super) arrived: u64,
    pub(super) attempts: Attempts,
}

impl Item {
    pub(super) fn settle(self, delivery: Delivery) {
        // Whoever dropped the receipt does not want to know.
        let _ = self.reply.delivery.send(delivery);
    }

    pub(super) fn is_edit(&self) -> bool {
        is_edit(&self.letter, self.attempts.form)
    }

    /// The message that this one changes.
    fn edits(&self) -> Option<i32> {
        match self.letter.place {
            Place::Edit(message) if self.is_edit() => Some(message),
            Place::Edit(_) | Place::New => None,
        }
    }

    pub(super) fn expired(&self, now: DateTime<Utc>) -> bool {
        self.letter.not_after.is_some_and(|end| now > end)
    }
}

/// Where the desk has filed a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filed {
    /// Nowhere: nothing to do until something arrives or comes back.
    Nowhere,
    /// Ready to leave, in the line of this class, by the number of its letter.
    Line(Class, u64),
    /// To be looked at again then.
    Waiting(Instant),
}

/// One chat at the door.
#[derive(Debug)]
pub(super) struct Lane {
    crisis: VecDeque<Item>,
    rest: VecDeque<Item>,
    crisis_flying: bool,
    rest_flying: bool,
    /// No new message before this: the chat's own limit.
    pub(super) spaced_until: Instant,
    /// A [`CHAT_GAP`] for every edit that left, one after the other: when the last of them is over.
    edited_until: Instant,
    /// No answer and no note before this: Telegram said so.
    pub(super) barred_until: Instant,
    /// No crisis reply before this, and how many of them in a row were told to wait.
    crisis_barred_until: Instant,
    pub(super) crisis_refused: u32,
    /// Back-off of the first crisis reply.
    crisis_after: Instant,
    /// Back-off of the first other letter.
    rest_after: Instant,
    pub(super) filed: Filed,
}

impl Lane {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            crisis: VecDeque::new(),
            rest: VecDeque::new(),
            crisis_flying: false,
            rest_flying: false,
            spaced_until: now,
            edited_until: now,
            barred_until: now,
            crisis_barred_until: now,
            crisis_refused: 0,
            crisis_after: now,
            rest_after: now,
            filed: Filed::Nowhere,
        }
    }

    /// Takes a letter in. Notes that an answer overtakes come back, and so do older changes of the message that it changes:
    /// however fast she taps, what she sees in the end is the newest.
    pub(super) fn post(&mut self, item: Item, now: Instant) -> Vec<Item> {
        let class = item.letter.class;
        if class == Class::Crisis {
            // She calls again: not the moment to wait out the back-off of the reply before.
            self.crisis_after = now;
        }
        let mut overtaken = Vec::new();
        if class != Class::Note {
            // One that was tried and may have arrived keeps its place, or it could come a third time.
            let (back, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.rest)
                .into_iter()
                .partition(|other| other.letter.class == Class::Note && !other.attempts.ambiguous);
            overtaken = back;
            self.rest = kept.into();
        }
        if let Some(message) = item.edits() {
            let (older, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.rest)
                .into_iter()
                .partition(|other| other.edits() == Some(message));
            overtaken.extend(older);
            self.rest = kept.into();
        }
        self.queue(class).push_back(item);
        overtaken
    }

    /// Telegram refuses this class's letter, and asks the chat to wait.
    pub(super) fn told_to_wait(&mut self, class: Class, wait: Duration, now: Instant) {
        self.barred_until = self.barred_until.max(now + wait);
        self.crisis_barred_until = now + for_help(wait, self.crisis_refused);
        if class == Class::Crisis {
            self.crisis_refused += 1;
        }
    }

    /// Whether a letter of this class that comes now will wait for long: others are before it, or the chat's second, or
    /// what Telegram told the chat.
    pub(super) fn makes_wait(&self, item: &Item, now: Instant) -> bool {
        let class = item.letter.class;
        let mut before = self.crisis.len() + usize::from(self.crisis_flying);
        if class != Class::Crisis {
            let answers = self
                .rest
                .iter()
                .filter(|item| class == Class::Note || item.letter.class == Class::Answer);
            before += answers.count() + usize::from(self.rest_flying);
        }
        if item.is_edit() {
            return before >= 2 || self.free_at(item) > now + LONG;
        }
        before >= 1 || self.free_at(item) > now + LONG
    }

    /// Where this chat belongs at `now`: the class and number of its next letter with the moment it may leave.
    /// `None`: nothing can leave before something comes back or arrives.
    pub(super) fn next(&self) -> Option<(Class, u64, Instant)> {
        let (item, back_off) = match self.crisis.front() {
            Some(_) if self.crisis_flying => return None,
            // A crisis reply does not wait for another request of its chat to come back.
            Some(item) => (item, self.crisis_after),
            None if self.crisis_flying || self.rest_flying => return None,
            None => (self.rest.front()?, self.rest_after),
        };
        let from = back_off.max(self.free_at(item));
        Some((item.letter.class, item.number, from))
    }

    /// Whether its next letter, which is no crisis reply, could leave but for its back-off:
    /// then it may be the one that tries whether the storm is over.
    pub(super) fn may_try(&self, now: Instant) -> bool {
        let free = self.barred_until <= now && self.spaced_until <= now;
        let flying = self.rest_flying || self.crisis_flying;
        free && !flying && self.crisis.is_empty() && !self.rest.is_empty()
    }

    /// Whether its next letter is a note.
    pub(super) fn brings_note(&self) -> bool {
        self.next().is_some_and(|(class, ..)| class == Class::Note)
    }

    /// Whether its next letter may have arrived already, so that it has one try left.
    pub(super) fn is_doubtful(&self) -> bool {
        self.rest
            .front()
            .is_some_and(|item| item.attempts.ambiguous)
    }

    /// The moment at which the next letter becomes pointless, if it does.
    pub(super) fn next_ends(&self) -> Option<DateTime<Utc>> {
        self.rest.front()?.letter.not_after
    }

    /// Takes out the letters that have become pointless.
    pub(super) fn take_expired(&mut self, now: DateTime<Utc>) -> Vec<Item> {
        let mut expired = Vec::new();
        for queue in [&mut self.crisis, &mut self.rest] {
            while queue.front().is_some_and(|item| item.expired(now)) {
                expired.extend(queue.pop_front());
            }
        }
        expired
    }

    /// Takes the next letter out to be sent, with the chat's spacing as it was before.
    pub(super) fn take_next(&mut self, now: Instant) -> Option<(Item, Instant)> {
        let item = match self.crisis.pop_front() {
            Some(item) => item,
            None => self.rest.pop_front()?,
        };
        let spaced_before = self.spaced_until;
        *self.flying(item.letter.class) = true;
        if item.is_edit() {
            self.edited_until = self.edited_until.max(now) + CHAT_GAP;
        } else {
            self.spaced_until = self.spaced_until.max(now + CHAT_GAP);
        }
        Some((item, spaced_before))
    }

    /// The request of a letter that was to be a new message came back; `arrived`: whether there may be a new message now.
    pub(super) fn space(&mut self, arrived: bool, left: Instant, before: Instant, now: Instant) {
        if arrived {
            // It arrived at some moment until now: the chat's second counts from the latest.
            self.spaced_until = self.spaced_until.max(now + CHAT_GAP);
        } else if self.spaced_until == left + CHAT_GAP {
            // Nothing arrived, so the next attempt has nothing to keep its distance from.
            self.spaced_until = before;
        }
    }

    /// A letter's request came back.
    pub(super) fn landed(&mut self, class: Class) {
        *self.flying(class) = false;
    }

    /// Puts a letter back at the head of its queue, not to leave before `from`.
    pub(super) fn put_back(&mut self, item: Item, from: Instant) {
        let class = item.letter.class;
        if class == Class::Crisis {
            self.crisis_after = from;
        } else {
            self.rest_after = from;
        }
        self.queue(class).push_front(item);
    }

    /// The network is back: no need to wait out the back-off.
    pub(super) fn forget_back_off(&mut self, now: Instant) {
        self.crisis_after = now;
        self.rest_after = now;
    }

    /// Takes out everything, or everything but crisis replies.
    pub(super) fn take_all(&mut self, crisis_too: bool) -> Vec<Item> {
        let mut all: Vec<_> = self.rest.drain(..).collect();
        if crisis_too {
            all.extend(self.crisis.drain(..));
        }
        all
    }

    /// Takes out the notes.
    pub(super) fn take_notes(&mut self) -> Vec<Item> {
        self.take(|letter| letter.class == Class::Note)
    }

    /// Takes out the answers and notes that are like this.
    pub(super) fn take(&mut self, which: impl Fn(&Letter) -> bool) -> Vec<Item> {
        let (taken, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.rest)
            .into_iter()
            .partition(|item| which(&item.letter));
        self.rest = rest.into();
        taken
    }

    /// Queued answers (with crisis replies) and notes.
    pub(super) fn counts(&self) -> (usize, usize) {
        let notes = self
            .rest
            .iter()
            .filter(|item| item.letter.class == Class::Note);
        let notes = notes.count();
        (self.crisis.len() + self.rest.len() - notes, notes)
    }

    /// Whether an answer or note is queued.
    pub(super) fn has_rest(&self) -> bool {
        !self.rest.is_empty()
    }

    /// Nothing queued and nothing on its way.
    pub(super) fn is_idle(&self) -> bool {
        self.crisis.is_empty() && self.rest.is_empty() && !self.crisis_flying && !self.rest_flying
    }

    /// Until when something of this chat is to be known although nothing waits.
    pub(super) fn remembered_until(&self) -> Instant {
        self.spaced_until
            .max(self.barred_until)
            .max(self.edited_until)
    }

    /// Until when the chat's own limits and Telegram's word keep this letter.
    fn free_at(&self, item: &Item) -> Instant {
        let class = item.letter.class;
        let spaced = if !item.is_edit() {
            self.spaced_until
        } else if class == Class::Crisis {
            return self.barred(class);
        } else {
            // Early in the life of a machine there is no such moment, and then a little later does as well.
            let at_once = CHAT_GAP * (EDITS_AT_ONCE - 1);
            self.edited_until
                .checked_sub(at_once)
                .unwrap_or(self.edited_until)
        };
        self.barred(class).max(spaced)
    }

    /// Until when Telegram's word keeps this class.
    fn barred(&self, class: Class) -> Instant {
        match class {
            Class::Crisis => self.crisis_barred_until,
            Class::Answer | Class::Note => self.barred_until,
        }
    }

    fn queue(&mut self, class: Class) -> &mut VecDeque<Item> {
        match class {
            Class::Crisis => &mut self.crisis,
            Class::Answer | Class::Note => &mut self.rest,
        }
    }

    fn flying(&mut self, class: Class) -> &mut bool {
        match class {
            Class::Crisis => &mut self.crisis_flying,
            Class::Answer | Class::Note => &mut self.rest_flying,
        }
    }
}
