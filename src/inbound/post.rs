//! Handing an answer to the door, and parking it where Telegram cannot take it now.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{Asked, Inbound};
use crate::{
    conversation::{self, Say},
    domain::{ChatId, due},
    store::ParkedId,
    telegram::{Class, Delivery, Handled, Letter, Place, Receipt},
};

/// An answer that was not taken within this time is parked, so that its update counts as handled and one slow chat
/// holds up nobody: while it is waited for, Telegram gives no more than what it gave. Longer than almost every way to
/// Telegram and back.
const PARK_AFTER: Duration = Duration::from_millis(400);

/// How often it is tried to park an answer that can neither be delivered nor parked: Telegram and the database both fail.
/// Its update stays with Telegram as long.
const NOWHERE_TO_GO: Duration = Duration::from_secs(5);

/// How long to wait before it is tried again to take away a parked answer that arrived, when the database is away.
const UNPARK_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// How many parked answers are read at once.
const ROWS: u32 = 200;

/// With so many answers on their way, more than anyone types in a minute, a chat gets no more until one has arrived:
/// whoever floods the bot is answered as fast as Telegram lets one chat be answered. Crisis replies are counted apart.
const MOST_WAITING: usize = 30;

/// Updates whose answer was parked by an earlier run that ended before it could acknowledge them: they come again, but
/// their answer is on its way already.
#[derive(Clone, Debug, Default)]
pub(super) struct Resumed(Arc<Mutex<HashSet<(ChatId, i64)>>>);

impl Resumed {
    /// Whether this update's answer is one of those.
    pub(super) fn answers(&self, asked: Asked) -> bool {
        self.lock().contains(&(asked.chat, asked.update))
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<(ChatId, i64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many parked answers of each chat are still on their way, and how many crisis replies, parked or not: those are
/// not handled one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiting(Arc<Mutex<HashMap<(ChatId, Class), usize>>>);

/// One that is on its way until this is dropped.
struct OnItsWay(Waiting, (ChatId, Class));

impl Waiting {
    fn count(&self, chat: ChatId, class: Class) -> usize {
        self.lock().get(&(chat, class)).copied().unwrap_or(0)
    }

    fn one_more(&self, chat: ChatId, class: Class) -> OnItsWay {
        *self.lock().entry((chat, class)).or_default() += 1;
        OnItsWay(self.clone(), (chat, class))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(ChatId, Class), usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        let mut waiting = self.0.lock();
        if let Some(count) = waiting.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(&self.1);
            }
        }
    }
}

impl Inbound {
    /// Says everything, in order; done when each message was taken, is pointless, or is parked.
    pub(super) async fn say(&self, mut say: Vec<Say>, class: Class, asked: Asked) -> Handled {
        if asked.overtaken {
            say.retain(|say| say.place != conversation::Place::Tapped);
        }
        if self.waiting.count(asked.chat, class) >= MOST_WAITING {
            return Handled::Done;
        }
        let _counted = (class == Class::Crisis).then(|| self.waiting.one_more(asked.chat, class));
        let mut letters: Vec<Letter> = say
            .into_iter()
            .map(|say| letter(say, class, asked))
            .collect();
        // They are parked in order: with the last one the whole answer is safe.
        if let Some(last) = letters.last_mut() {
            last.answers = Some(asked.update);
        }
        let posted: Vec<(Letter, Receipt)> = letters
            .into_iter()
            .map(|letter| (letter.clone(), self.door.post(letter)))
            .collect();
        let mut handled = Handled::Done;
        for (letter, receipt) in posted {
            if self.see_off(letter, receipt).await == Handled::Owing {
                handled = Handled::Owing;
            }
        }
        handled
    }

    /// Takes up the answers that were parked when the program last stopped.
    pub async fn resume_parked(&self) -> anyhow::Result<usize> {
        let mut after = None;
        let mut resumed = 0;
        loop {
            let page = self.store.parked(after, ROWS).await?;
            for parked in page.rows {
                match serde_json::from_slice::<Letter>(&parked.bytes) {
                    Ok(letter) => {
                        let answers = letter.answers.map(|update| (letter.chat, update));
                        self.resumed.lock().extend(answers);
                        let class = letter.class;
                        let receipt = self.door.post(letter);
                        self.watch((parked.chat, class), receipt, parked.id);
                        resumed += 1;
                    }
                    Err(_) => self.store.unpark(parked.id).await?,
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(resumed);
            }
        }
    }

    async fn see_off(&self, letter: Letter, mut receipt: Receipt) -> Handled {
        let (chat, class) = (letter.chat, letter.class);
        // An answer leaves behind those.
        let behind = class == Class::Answer && self.waiting.count(chat, class) > 0;
        let patience = if behind { Duration::ZERO } else { PARK_AFTER };
        if let Some(delivery) = receipt.soon(patience).await {
            return self.settle(chat, delivery).await;
        }
        loop {
            match self.park(&letter).await {
                Ok(id) => {
                    self.watch((chat, class), receipt, id);
                    return Handled::Done;
                }
                Err(error) => {
                    tracing::error!(%error, "an answer could be neither delivered nor parked yet");
                    let delivered = tokio::time::timeout(NOWHERE_TO_GO, &mut receipt).await;
                    if let Ok(delivery) = delivered {
                        return self.settle(chat, delivery).await;
                    }
                }
            }
        }
    }

    async fn park(&self, letter: &Letter) -> anyhow::Result<ParkedId> {
        let bytes = serde_json::to_vec(letter)?;
        Ok(self
            .store
            .park(letter.chat, &bytes, self.clock.now())
            .await?)
    }

    /// Follows a parked answer to its end; it stays parked when the door closes first.
    fn watch(&self, (chat, class): (ChatId, Class), receipt: Receipt, id: ParkedId) {
        let counted = self.waiting.one_more(chat, class);
        let inbound = self.clone();
        tokio::spawn(async move {
            let delivery = receipt.await;
            drop(counted);
            if delivery == Delivery::Closed {
                return;
            }
            // Boxed: thousands may wait, and what comes after that is large.
            Box::pin(async {
                inbound.settle(chat, delivery).await;
                inbound.unpark(id).await;
            })
            .await;
        });
    }

    /// Returns when it is not parked any more, however often that takes: whatever stays would come once more after the
    /// next restart, days later.
    async fn unpark(&self, id: ParkedId) {
        let mut said = false;
        while let Err(error) = self.store.unpark(id).await {
            // Once: a database may be away for long.
            if !std::mem::replace(&mut said, true) {
                tracing::warn!(%error, "an answer that arrived is still parked; it would come once more after a restart");
            }
            tokio::time::sleep(UNPARK_AGAIN_AFTER).await;
        }
    }

    async fn settle(&self, chat: ChatId, delivery: Delivery) -> Handled {
        match delivery {
            Delivery::Gone(_) => self.note_down(chat, due::blocked).await,
            Delivery::Closed => Handled::Owing,
            Delivery::Delivered { .. }
            | Delivery::Unknown
            | Delivery::Expired
            | Delivery::Overtaken
            | Delivery::Held
            | Delivery::Refused => Handled::Done,
        }
    }
}

fn letter(say: Say, class: Class, asked: Asked) -> Letter {
    let place = match (say.place, asked.tapped) {
        (conversation::Place::Tapped, Some(message_id)) => Place::Edit(message_id),
        _ => Place::New,
    };
    Letter {
        place,
        turn: Some(asked.update),
        sound: true,
        asked_at: Some(asked.at),
        gives_way: asked.for_note,
        ..Letter::new(asked.chat, class, say.message)
    }
}
