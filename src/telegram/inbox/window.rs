//! Which updates have been seen and not yet acknowledged, and how far each is. Pure.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use crate::{
    domain::ChatId,
    telegram::update::{Incoming, Malformed, Part},
};

/// The most updates that one poll returns (<https://core.telegram.org/bots/api#getupdates>).
pub(super) const FULL: usize = 100;

/// So many acknowledged numbers are remembered, so that a repeated update is not handled again.
const REMEMBERED: usize = 1000;

/// After so many panics an update is given up: it would panic for ever and keep the offset where it is.
const MOST_PANICS: u8 = 2;

/// With so many newer taps on the same message behind it, more than anyone makes who waits for what they show, what a tap
/// shows is not worth showing: it would be changed at once.
const TAPS_BEHIND: usize = 5;

/// How a handler left an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handled {
    /// Its effects are stored and its answer is accepted or parked.
    Done,
    /// It is answered, but its effect could not be stored: Telegram keeps it, and it is handed in again.
    Owing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Queued or with its handler.
    AtWork,
    /// To be handed in again when Telegram sends it again: its effect is owed, or a handler panicked.
    Again,
    Done,
}

/// What an acknowledgement moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moved {
    /// Updates that the next poll acknowledges.
    pub(super) acknowledged: usize,
    /// Of these, the ones whose effect is still owed and not asked for again: whoever handled them may go on trying.
    pub(super) given_up: usize,
}

#[derive(Debug, Default)]
pub(super) struct Window {
    offset: Option<i64>,
    states: BTreeMap<i64, State>,
    queues: HashMap<ChatId, VecDeque<Incoming>>,
    /// Calls for help whose reply has not started.
    urgent: Vec<Incoming>,
    /// Calls for help that are not replied to yet: of their chats nothing else starts.
    unreplied: HashMap<i64, ChatId>,
    busy: HashSet<ChatId>,
    panics: HashMap<i64, u8>,
    /// Updates that were answered but whose effect is owed.
    answered: HashSet<i64>,
    remembered: VecDeque<i64>,
}

impl Window {
    /// What the next poll asks from: everything below counts as received.
    pub(super) fn offset(&self) -> Option<i64> {
        self.offset
    }

    pub(super) fn len(&self) -> usize {
        self.states.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    pub(super) fn is_all_done(&self) -> bool {
        self.states.values().all(|state| *state == State::Done)
    }

    /// Whether the next acknowledgement would move the offset.
    pub(super) fn can_acknowledge(&self) -> bool {
        let first = self.states.first_key_value();
        first.is_some_and(|(_, state)| *state == State::Done)
    }

    /// Whether the oldest update that is not acknowledged is missing in a batch although Telegram gives the oldest first:
    /// somebody else has acknowledged it.
    pub(super) fn is_overtaken_by(&self, batch: &[Result<Incoming, Malformed>]) -> bool {
        let number = |update: &Result<Incoming, Malformed>| match update {
            Ok(Incoming { id, .. }) | Err(Malformed::Numbered(id)) => Some(*id),
            Err(Malformed::Unnumbered) => None,
        };
        let oldest = batch.iter().filter_map(number).min();
        let open = self.states.first_key_value();
        open.is_some_and(|(id, _)| oldest.is_some_and(|oldest| oldest > *id))
    }

    /// Takes a batch in, in the order of its numbers; returns how many cannot be read.
    /// What is at work or done is not queued a second time; of what was answered only the effect is.
    pub(super) fn take_in(&mut self, batch: Vec<Result<Incoming, Malformed>>) -> u64 {
        let mut malformed = 0;
        let mut readable = Vec::new();
        for update in batch {
            match update {
                Ok(incoming) => readable.push(incoming),
                Err(Malformed::Numbered(id)) => {
                    malformed += u64::from(!self.knows(id));
                    if !self.knows(id) {
                        self.states.insert(id, State::Done);
                    }
                }
                Err(Malformed::Unnumbered) => malformed += 1,
            }
        }
        readable.sort_by_key(|incoming| incoming.id);
        for mut incoming in readable {
            match self.states.get(&incoming.id) {
                Some(State::AtWork | State::Done) => continue,
                None if self.remembered.contains(&incoming.id) => continue,
                Some(State::Again) | None => {}
            }
            if self.answered.contains(&incoming.id) || self.unreplied.contains_key(&incoming.id) {
                incoming.part = Part::Effect;
            } else if incoming.is_urgent() {
                self.unreplied.insert(incoming.id, incoming.chat);
                incoming.part = Part::Reply;
                self.urgent.push(incoming.clone());
                incoming.part = Part::Effect;
            }
            self.states.insert(incoming.id, State::AtWork);
            self.queues
                .entry(incoming.chat)
                .or_default()
                .push_back(incoming);
        }
        malformed
    }

    /// The updates whose handler starts now: every reply to a call for help, then the first of every chat that has none
    /// at work. A chat that calls for help gets no other answer before: it would cost the reply the chat's second.
    pub(super) fn start(&mut self) -> Vec<Incoming> {
        let mut starting = Vec::new();
        let calling: HashSet<_> = self.unreplied.values().copied().collect();
        for (chat, queue) in &mut self.queues {
            if !self.busy.contains(chat)
                && !calling.contains(chat)
                && let Some(mut incoming) = queue.pop_front()
            {
                if incoming.part == Part::Whole && is_overtaken(&incoming, queue) {
                    incoming.part = Part::Overtaken;
                }
                self.busy.insert(*chat);
                starting.push(incoming);
            }
        }
        self.queues.retain(|_, queue| !queue.is_empty());
        starting.sort_by_key(|incoming| incoming.id);
        let mut first = std::mem::take(&mut self.urgent);
        first.append(&mut starting);
        first
    }

    /// What follows from replies that were given, in the turn of its chat: of the updates whose handler could start now,
    /// those of which nothing else is left.
    pub(super) fn start_what_follows(&mut self) -> Vec<Incoming> {
        let mut starting = Vec::new();
        for (chat, queue) in &mut self.queues {
            if !self.busy.contains(chat)
                && let Some(first) = queue.front()
                && self.answered.contains(&first.id)
            {
                self.busy.insert(*chat);
                starting.extend(queue.pop_front());
            }
        }
        starting
    }

    /// A handler ended; `None` means that it panicked. True when that update is given up.
    pub(super) fn finished(
        &mut self,
        id: i64,
        chat: ChatId,
        part: Part,
        handled: Option<Handled>,
    ) -> bool {
        if part == Part::Reply {
            self.unreplied.remove(&id);
            if handled.is_some() {
                self.answered.insert(id);
                return false;
            }
            self.forget_effect(id, chat);
        } else {
            self.busy.remove(&chat);
        }
        let panics = self.panics.remove(&id).unwrap_or(0);
        let (state, given_up) = match handled {
            Some(Handled::Done) => (State::Done, false),
            Some(Handled::Owing) => {
                self.answered.insert(id);
                (State::Again, false)
            }
            None if panics + 1 >= MOST_PANICS => (State::Done, true),
            None => {
                self.panics.insert(id, panics + 1);
                // The later ones of this chat wait for it, so that its order stays.
                // A call for help among them is being replied to, and that goes on.
                let queue = self.queues.remove(&chat).unwrap_or_default();
                let (later, before): (VecDeque<_>, _) =
                    queue.into_iter().partition(|waiting| waiting.id > id);
                self.queues.insert(chat, before);
                for later in later {
                    self.states.insert(later.id, State::Again);
                }
                (State::Again, false)
            }
        };
        self.states.insert(id, state);
        given_up
    }

    /// Moves the offset past the longest run of updates that are done. When a whole poll's worth of updates is held up,
    /// owed ones (they are answered) are passed as well: behind them somebody may be asking for help. What follows from
    /// one of these their handler goes on trying by itself.
    pub(super) fn acknowledge(&mut self) -> Moved {
        let mut moved = Moved {
            acknowledged: 0,
            given_up: 0,
        };
        self.pass(&mut moved, false);
        if self.states.len() >= FULL {
            self.pass(&mut moved, true);
        }
        moved
    }

    fn pass(&mut self, moved: &mut Moved, owed_too: bool) {
        while let Some((id, state)) = self.states.first_key_value() {
            let id = *id;
            let owed = *state == State::Again && self.answered.contains(&id);
            if !(*state == State::Done || owed && owed_too) {
                break;
            }
            self.states.pop_first();
            self.answered.remove(&id);
            moved.acknowledged += 1;
            moved.given_up += usize::from(owed);
            self.offset = Some(id.saturating_add(1));
            self.remembered.push_back(id);
            if self.remembered.len() > REMEMBERED {
                self.remembered.pop_front();
            }
        }
    }

    /// What follows from a reply that was not given waits for the reply.
    fn forget_effect(&mut self, id: i64, chat: ChatId) {
        if let Some(queue) = self.queues.get_mut(&chat) {
            queue.retain(|incoming| incoming.id != id);
        }
    }

    fn knows(&self, id: i64) -> bool {
        self.states.contains_key(&id) || self.remembered.contains(&id)
    }
}

/// Whether enough others wait behind a tap that change the same message.
fn is_overtaken(tap: &Incoming, behind: &VecDeque<Incoming>) -> bool {
    let newer = behind
        .iter()
        .filter(|other| other.part == Part::Whole && other.taps_on() == tap.taps_on());
    tap.taps_on().is_some() && newer.take(TAPS_BEHIND).count() == TAPS_BEHIND
}
