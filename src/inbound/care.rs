//! A care reply: before everything, and without waiting for the database.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::{Asked, Inbound};
use crate::{
    conversation::{self, Change, Request, care},
    domain::{ChatId, Subscriber},
    store::StoreError,
    telegram::{Class, Handled, Part},
    triage::{Finding, Tier},
};

/// How long a care reply waits for the row that tells the parent's country. A local database answers in a
/// millisecond; after this the operator's default country stands in.
const PATIENCE: Duration = Duration::from_millis(250);

/// For how long it is remembered how often a chat was answered, in memory only (SAFETY 5.4).
const MEMORY: Duration = Duration::from_mins(10);

/// The most chats that are remembered; beyond that openings start over, which harms nobody.
const MAX_CHATS: usize = 10_000;

/// What care replies each chat was given lately.
#[derive(Clone, Debug, Default)]
pub(super) struct Openings(Arc<Mutex<HashMap<ChatId, Opened>>>);

#[derive(Debug)]
struct Opened {
    /// How many, so that repeated disclosures are not met with the same words.
    count: usize,
    at: Instant,
    /// The latest update that was replied to so.
    update: i64,
}

impl Openings {
    fn next(&self, asked: Asked, now: Instant) -> usize {
        let mut given = self.lock();
        given.retain(|_, opened| now.duration_since(opened.at) < MEMORY);
        if given.len() >= MAX_CHATS {
            given.clear();
        }
        let opened = given.entry(asked.chat).or_insert(Opened {
            count: 0,
            at: now,
            update: asked.update,
        });
        opened.count += 1;
        opened.at = now;
        opened.update = opened.update.max(asked.update);
        opened.count - 1
    }

    /// Whether a later update of the chat was replied to already.
    pub(super) fn opened_after(&self, asked: Asked) -> bool {
        let given = self.lock();
        let opened = given.get(&asked.chat);
        opened.is_some_and(|opened| opened.update > asked.update)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ChatId, Opened>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inbound {
    /// Replies to a finding, or writes down what follows from it, or both.
    pub(super) async fn care(&self, finding: &Finding, asked: Asked, part: Part) -> Handled {
        if finding.tier >= Tier::Loss {
            // An affirmation right after the reply would be the worst that we could do. Each time: while what follows
            // cannot be written down, her row still says that notes are due.
            self.door.hush(asked.chat);
        }
        if part != Part::Effect {
            let content = self.content.load();
            let subscriber = self.row_soon(asked.chat).await;
            let scene = self.scene(&content, subscriber.as_ref(), asked);
            let opening = self.openings.next(asked, self.clock.instant());
            if let Some(reply) = care::reply(&scene, finding, opening)
                && self.say(reply.say, Class::Crisis, asked).await == Handled::Owing
            {
                return Handled::Owing;
            }
        }
        if part == Part::Reply {
            return Handled::Done;
        }
        match self.take_effect(finding, asked).await {
            Ok(()) => {
                self.owed.strike_off(asked.chat, finding);
                Handled::Done
            }
            Err(error @ StoreError::Unreadable(_)) => {
                // No try makes it readable, and no note comes from it.
                tracing::error!(%error, "notes could not be held or stopped");
                Handled::Done
            }
            // Only the open question would be closed: not worth a second try.
            Err(error) if finding.tier < Tier::Loss => {
                tracing::warn!(%error, "what a parent was asked last could not be taken back");
                Handled::Done
            }
            Err(error) => {
                tracing::error!(%error, "notes could not be held or stopped yet; trying again");
                self.owe(finding, asked.chat);
                Handled::Owing
            }
        }
    }

    /// Shows where help is; that she was here is written down in her chat's turn.
    pub(super) async fn show_help(&self, request: &Request, asked: Asked) -> Handled {
        let content = self.content.load();
        let subscriber = self.row_soon(asked.chat).await;
        let scene = self.scene(&content, subscriber.as_ref(), asked);
        let reply = conversation::respond(request, &scene);
        self.say(reply.say, Class::Crisis, asked).await
    }

    /// Writes down that somebody who was shown where help is was here. Not worth a second try: it is known by the day.
    pub(super) async fn was_here(&self, request: &Request, asked: Asked) -> Handled {
        let content = self.content.load();
        let touched = self.store.update(asked.chat, |row| {
            let scene = self.scene(&content, Some(&row), asked);
            match conversation::respond(request, &scene).change {
                Change::Save(row) => Some(*row),
                Change::Nothing | Change::Enroll(_) | Change::Erase => None,
            }
        });
        if let Err(error) = touched.await {
            tracing::warn!(%error, "that a parent was here could not be written down");
        }
        Handled::Done
    }

    /// A parent's row, if the database answers at once.
    async fn row_soon(&self, chat: ChatId) -> Option<Subscriber> {
        let row = tokio::time::timeout(PATIENCE, self.store.subscriber(chat)).await;
        row.ok().and_then(Result::ok).flatten()
    }

    async fn take_effect(&self, finding: &Finding, asked: Asked) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.store
            .update(asked.chat, |subscriber| {
                care::effect(finding, &subscriber, now)
            })
            .await?;
        Ok(())
    }
}
