//! Whose turn it is in each chat, and what became of the latest updates. Pure.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use tokio::sync::oneshot;

use crate::{domain::ChatId, telegram::Handled};

/// So many handled updates are remembered, so that one that comes again is not handled again.
const REMEMBERED: usize = 4096;

/// After so many panics an update is given up: it would come and panic for ever.
const MOST_PANICS: u8 = 2;

#[derive(Debug, Default)]
pub(super) struct Lanes {
    /// Chats with an update at work, and who waits behind it by the number of the update.
    busy: HashMap<ChatId, BTreeMap<(i64, u64), oneshot::Sender<()>>>,
    entered: u64,
    seen: HashMap<i64, Handled>,
    order: VecDeque<i64>,
    panics: HashMap<i64, u8>,
    /// Calls for help that were replied to, or are being replied to, and are not done with.
    replied: HashSet<i64>,
    pub(super) counts: Received,
}

/// What became of updates that Telegram brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Updates handled to the end.
    pub handled: u64,
    /// Updates that could not be read.
    pub malformed: u64,
    /// Updates that were given up because their handler panicked again and again.
    pub given_up: u64,
    /// Handlers that panicked.
    pub panics: u64,
}

impl Lanes {
    /// An update of this chat wants its turn. `None`: it has it.
    pub(super) fn enter(&mut self, chat: ChatId, id: i64) -> Option<oneshot::Receiver<()>> {
        let Some(waiting) = self.busy.get_mut(&chat) else {
            self.busy.insert(chat, BTreeMap::new());
            return None;
        };
        let (turn, wait) = oneshot::channel();
        // Two copies of one update may wait: the second finds it done.
        self.entered += 1;
        waiting.insert((id, self.entered), turn);
        Some(wait)
    }

    /// A turn ends: the oldest update that waits has the next.
    pub(super) fn leave(&mut self, chat: ChatId) {
        let Some(waiting) = self.busy.get_mut(&chat) else {
            return;
        };
        while let Some((_, turn)) = waiting.pop_first() {
            if turn.send(()).is_ok() {
                return;
            }
        }
        self.busy.remove(&chat);
    }

    /// What became of this update when it was here before.
    pub(super) fn seen(&self, id: i64) -> Option<Handled> {
        self.seen.get(&id).copied()
    }

    /// A call for help came: whether it is to be replied to now. Not if that was done, or another copy of it does so.
    pub(super) fn replies(&mut self, id: i64) -> bool {
        !self.seen.contains_key(&id) && self.replied.insert(id)
    }

    /// The reply came to nothing.
    pub(super) fn did_not_reply(&mut self, id: i64) {
        self.replied.remove(&id);
    }

    /// Whether a call for help was replied to, so that only its effect is to be handled.
    pub(super) fn has_replied(&self, id: i64) -> bool {
        self.replied.contains(&id)
    }

    /// A handler ended; `None` means that it panicked. Returns what Telegram is to be told.
    pub(super) fn finished(&mut self, id: i64, handled: Option<Handled>) -> Handled {
        let ended = handled.is_some();
        let handled = if let Some(handled) = handled {
            handled
        } else {
            let panics = self.panics.entry(id).or_default();
            *panics += 1;
            self.counts.panics += 1;
            if *panics < MOST_PANICS {
                // Not remembered as answered: that is not known.
                return Handled::Owing;
            }
            tracing::error!("gave an update up after its handler panicked twice");
            self.counts.given_up += 1;
            Handled::Done
        };
        self.counts.handled += u64::from(ended && handled == Handled::Done);
        self.panics.remove(&id);
        self.replied.remove(&id);
        if self.seen.insert(id, handled).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        handled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIA: ChatId = ChatId(11);

    #[test]
    fn the_oldest_update_of_a_chat_has_the_next_turn() {
        let mut lanes = Lanes::default();
        assert!(lanes.enter(MIA, 5).is_none());
        let mut eight = lanes.enter(MIA, 8).unwrap();
        let mut seven = lanes.enter(MIA, 7).unwrap();
        assert!(
            lanes.enter(ChatId(12), 9).is_none(),
            "chats go side by side"
        );
        lanes.leave(MIA);
        assert!(seven.try_recv().is_ok() && eight.try_recv().is_err());
        lanes.leave(MIA);
        assert!(eight.try_recv().is_ok());
        lanes.leave(MIA);
        assert!(lanes.enter(MIA, 10).is_none());
    }

    #[test]
    fn who_waits_no_more_is_passed_over() {
        let mut lanes = Lanes::default();
        lanes.enter(MIA, 5);
        drop(lanes.enter(MIA, 6));
        let mut seven = lanes.enter(MIA, 7).unwrap();
        lanes.leave(MIA);
        assert!(seven.try_recv().is_ok());
    }

    #[test]
    fn what_is_done_is_remembered_for_a_while_and_no_longer() {
        let mut lanes = Lanes::default();
        assert_eq!(lanes.finished(1, Some(Handled::Owing)), Handled::Owing);
        assert_eq!(lanes.seen(1), Some(Handled::Owing));
        lanes.finished(1, Some(Handled::Done));
        for id in 2..=4096 {
            lanes.finished(id, Some(Handled::Done));
        }
        assert_eq!(lanes.seen(1), Some(Handled::Done));
        lanes.finished(4097, Some(Handled::Done));
        assert_eq!(lanes.seen(1), None);
        assert_eq!(lanes.seen.len(), lanes.order.len());
    }

    #[test]
    fn a_call_for_help_is_replied_to_once_however_often_it_comes() {
        let mut lanes = Lanes::default();
        assert!(lanes.replies(1));
        assert!(!lanes.replies(1), "a copy");
        lanes.did_not_reply(1);
        assert!(lanes.replies(1) && lanes.has_replied(1));
        lanes.finished(1, Some(Handled::Owing));
        assert!(!lanes.replies(1));
        lanes.finished(1, Some(Handled::Done));
        assert!(!lanes.replies(1) && lanes.replied.is_empty());
    }

    #[test]
    fn an_update_that_panics_twice_is_given_up() {
        let mut lanes = Lanes::default();
        assert_eq!(lanes.finished(1, None), Handled::Owing);
        assert_eq!(lanes.seen(1), None, "it may not have been answered");
        assert_eq!(lanes.finished(1, None), Handled::Done);
        assert!(lanes.panics.is_empty());
        lanes.finished(2, Some(Handled::Owing));
        lanes.finished(2, Some(Handled::Done));
        let counts = Received {
            handled: 1,
            malformed: 0,
            given_up: 1,
            panics: 2,
        };
        assert_eq!(lanes.counts, counts);
    }
}
