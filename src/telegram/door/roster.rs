//! All chats at the door, filed by when their next letter may leave. Pure bookkeeping; must not know outcomes or the pace.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use tokio::time::Instant;

use super::{
    lane::{Filed, Item, Lane},
    letter::Class,
    next::Now,
    stats::Snapshot,
};
use crate::domain::ChatId;

/// The chats, and who of them is ready. A chat is filed anew with [`Roster::file`] after every change of its lane.
#[derive(Debug, Default)]
pub(super) struct Roster {
    lanes: HashMap<ChatId, Lane>,
    /// Chats that are ready, by the number of their next letter: a line each for crisis, answers and notes.
    lines: [BTreeSet<(u64, ChatId)>; 3],
    /// Chats to look at later.
    waiting: BTreeSet<(Instant, ChatId)>,
}

impl Roster {
    /// The chat's lane, an empty one when nothing is known about the chat.
    pub(super) fn lane(&mut self, chat: ChatId, now: Now) -> &mut Lane {
        self.lanes
            .entry(chat)
            .or_insert_with(|| Lane::new(now.instant))
    }

    /// Every lane.
    pub(super) fn lanes(&self) -> impl Iterator<Item = &Lane> {
        self.lanes.values()
    }

    /// Changes every lane, filing each anew.
    pub(super) fn change_all(&mut self, now: Now, mut change: impl FnMut(&mut Lane)) {
        let chats: Vec<_> = self.lanes.keys().copied().collect();
        for chat in chats {
            change(self.lane(chat, now));
            self.file(chat, now);
        }
    }

    /// Adds up what waits.
    pub(super) fn count(&self, all: &mut Snapshot) {
        for lane in self.lanes() {
            let (answers, notes) = lane.counts();
            all.answers_queued += answers;
            all.notes_queued += notes;
            all.chats += 1;
        }
        all.ready = self.lines.iter().map(BTreeSet::len).sum();
    }

    /// How many of these leave before a letter of this class that comes now.
    pub(super) fn ready_before(&self, class: Class) -> usize {
        let lines = self.lines.iter().take(class as usize + 1);
        lines.map(BTreeSet::len).sum()
    }

    /// The first chat in the line of crisis replies.
    pub(super) fn first_crisis(&self) -> Option<ChatId> {
        self.lines[0].first().map(|(_, chat)| *chat)
    }

    /// The first chat in the line of answers, and of notes if they may leave.
    pub(super) fn first_other(&self, notes: bool) -> Option<ChatId> {
        let [_, answers, rest] = &self.lines;
        let note = || rest.first().filter(|_| notes);
        answers.first().or_else(note).map(|(_, chat)| *chat)
    }

    /// The chat whose answer or note tries whether a storm is over, its back-off aside:
    /// rather one that has both its tries left than one with only the last.
    pub(super) fn scout(&self, now: Now, notes: bool) -> Option<ChatId> {
        let waiting = self.waiting.iter().map(|(_, chat)| *chat);
        self.ready()
            .chain(waiting)
            .filter_map(|chat| self.lanes.get(&chat).map(|lane| (chat, lane)))
            .filter(|(_, lane)| lane.may_try(now.instant) && (notes || !lane.brings_note()))
            .min_by_key(|(_, lane)| lane.is_doubtful())
            .map(|(chat, _)| chat)
    }

    /// When the next chat is to be looked at.
    pub(super) fn looked_at(&self) -> Option<Instant> {
        self.waiting.first().map(|(at, _)| *at)
    }

    /// Files every chat anew whose moment has come; returns what has become pointless in them.
    pub(super) fn wake(&mut self, now: Now) -> Vec<Item> {
        let mut expired = Vec::new();
        while let Some((at, chat)) = self.waiting.first().copied() {
            if at > now.instant {
                break;
            }
            expired.extend(self.take_expired(chat, now));
        }
        expired
    }

    /// Takes out what has become pointless in a chat.
    pub(super) fn take_expired(&mut self, chat: ChatId, now: Now) -> Vec<Item> {
        let expired = self.lane(chat, now).take_expired(now.utc);
        self.file(chat, now);
        expired
    }

    /// Files a chat where it belongs now, and forgets it when nothing about it matters any more.
    pub(super) fn file(&mut self, chat: ChatId, now: Now) {
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
                let until = lane.remembered_until();
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

    fn ready(&self) -> impl Iterator<Item = ChatId> {
        let [_, answers, notes] = &self.lines;
        answers.iter().chain(notes).map(|(_, chat)| *chat)
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
