//! The queue of updates: confirmed only by an offset beyond them (or a webhook's 200), as Telegram does it.

use std::collections::{HashSet, VecDeque};

use serde_json::{Value, json, value::RawValue};

use super::refusal::Refusal;

/// Kinds that Telegram leaves out unless `allowed_updates` names them (Bot API, getUpdates).
const ONLY_ON_REQUEST: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];
/// The most updates in one answer (Bot API, getUpdates).
const MOST_IN_A_BATCH: usize = 100;
/// Update ids start somewhere; beyond 32 bits, because a bot must not care.
const FIRST_ID: i64 = 5_000_000_001;

/// One update on its way to the bot.
struct Update {
    id: i64,
    /// The chat, or the person where there is none; 0 for what has neither.
    chat: i64,
    json: Box<RawValue>,
}

/// An update that is being pushed.
pub(super) struct Push {
    pub(super) webhook: Webhook,
    pub(super) id: i64,
    chat: i64,
    pub(super) json: Box<RawValue>,
}

/// Where and how updates are pushed.
#[derive(Clone)]
pub(super) struct Webhook {
    pub(super) url: String,
    pub(super) secret: Option<String>,
    pub(super) max_connections: usize,
}

pub(super) struct Queue {
    waiting: VecDeque<Update>,
    /// Chats with an update on its way to the webhook.
    out: HashSet<i64>,
    next_id: i64,
    allowed: Option<Vec<String>>,
    /// Which poll is the current one; an older one that still waits is ended.
    poll: u64,
    pub(super) webhook: Option<Webhook>,
    pub(super) last_webhook_error: Option<String>,
    /// How many of the next confirmed updates come once more.
    pub(super) repeats: usize,
    /// How many of the next batches come in reverse order.
    pub(super) reversed_batches: usize,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            waiting: VecDeque::new(),
            out: HashSet::new(),
            next_id: FIRST_ID,
            allowed: None,
            poll: 0,
            webhook: None,
            last_webhook_error: None,
            repeats: 0,
            reversed_batches: 0,
        }
    }
}

impl Queue {
    /// Queues an update of this kind and returns its id.
    pub(super) fn push(&mut self, kind: &str, content: &Value) -> i64 {
        let id = self.next_id;
        let allowed = match &self.allowed {
            Some(allowed) => allowed.iter().any(|name| name == kind),
            None => !ONLY_ON_REQUEST.contains(&kind),
        };
        if allowed {
            self.push_raw(&json!({ kind: content }));
        }
        id
    }

    /// Queues any JSON object as an update; only its id is put in.
    pub(super) fn push_raw(&mut self, content: &Value) -> i64 {
        let id = self.next_id;
        self.next_id += 1;
        let mut update = content.clone();
        if let Some(object) = update.as_object_mut() {
            object.insert("update_id".to_owned(), json!(id));
        }
        let json = serde_json::value::to_raw_value(&update)
            .expect("a JSON value can always be written as JSON");
        let chat = chat_of(content);
        self.waiting.push_back(Update { id, chat, json });
        id
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// How many updates of this chat wait, or are on their way.
    pub(super) fn count_of(&self, chat: i64) -> usize {
        let of = self.waiting.iter().filter(|update| update.chat == chat);
        of.count()
    }

    /// Takes the next update to push: one at a time of each chat, as Telegram does it, as many as there are connections.
    pub(super) fn take_for_webhook(&mut self) -> Option<Push> {
        let webhook = self.webhook.clone()?;
        if self.out.len() >= webhook.max_connections {
            return None;
        }
        let mut waiting = self.waiting.iter();
        let update = waiting.find(|update| !self.out.contains(&update.chat))?;
        self.out.insert(update.chat);
        Some(Push {
            webhook,
            id: update.id,
            chat: update.chat,
            json: update.json.clone(),
        })
    }

    /// A push came to an end: with 200 the update is confirmed, otherwise it comes again.
    pub(super) fn pushed(&mut self, push: &Push, outcome: Result<(), String>) {
        self.out.remove(&push.chat);
        match outcome {
            Ok(()) if self.repeats > 0 => self.repeats -= 1,
            Ok(()) => {
                if let Ok(at) = self
                    .waiting
                    .binary_search_by_key(&push.id, |update| update.id)
                {
                    self.waiting.remove(at);
                }
            }
            Err(why) => self.last_webhook_error = Some(why),
        }
    }

    pub(super) fn forget_all(&mut self) {
        self.waiting.clear();
    }

    pub(super) fn set_allowed(&mut self, allowed: Option<Vec<String>>) {
        if let Some(allowed) = allowed {
            // An empty list means all but the special kinds, as if nothing had ever been set.
            self.allowed = Some(allowed).filter(|list| !list.is_empty());
        }
    }

    /// Starts a poll: confirms what lies before `offset`, ends an older poll. Returns the poll's number.
    pub(super) fn begin_poll(
        &mut self,
        offset: i64,
        allowed: Option<Vec<String>>,
    ) -> Result<u64, Refusal> {
        if self.webhook.is_some() {
            return Err(Refusal::conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            ));
        }
        self.set_allowed(allowed);
        self.confirm_before(offset);
        self.poll += 1;
        Ok(self.poll)
    }

    /// What a poll gets now; empty means it waits on.
    pub(super) fn batch(&mut self, poll: u64, limit: usize) -> Result<Vec<Box<RawValue>>, Refusal> {
        if poll != self.poll {
            return Err(Refusal::conflict(
                "terminated by other getUpdates request; make sure that only one bot instance is running",
            ));
        }
        let limit = limit.clamp(1, MOST_IN_A_BATCH);
        let mut batch: Vec<_> = self
            .waiting
            .iter()
            .take(limit)
            .map(|update| update.json.clone())
            .collect();
        if batch.len() > 1 && self.reversed_batches > 0 {
            self.reversed_batches -= 1;
            batch.reverse();
        }
        Ok(batch)
    }

    fn confirm_before(&mut self, offset: i64) {
        // A negative offset counts from the end and forgets all before it (Bot API, getUpdates).
        let confirmed = if offset < 0 {
            let kept = usize::try_from(-offset).unwrap_or(usize::MAX);
            self.waiting.len().saturating_sub(kept)
        } else {
            self.waiting.partition_point(|update| update.id < offset)
        };
        let again = self.repeats.min(confirmed);
        self.repeats -= again;
        let gone: Vec<_> = self.waiting.drain(..confirmed).collect();
        for update in gone.into_iter().rev().take(again) {
            self.waiting.push_front(update);
        }
    }
}

fn chat_of(content: &Value) -> i64 {
    let mut parts = content
        .as_object()
        .into_iter()
        .flat_map(|object| object.values());
    let ids = ["/chat/id", "/message/chat/id", "/from/id"];
    parts
        .find_map(|part| ids.iter().find_map(|id| part.pointer(id)?.as_i64()))
        .unwrap_or_default()
}
