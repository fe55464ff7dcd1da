//! What follows from a call for help or a loss and could not be written down: tried until the store takes it.
//!
//! Telegram keeps the update meanwhile, but only until a hundred wait. In memory only; must not know how the reply was given.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::Inbound;
use crate::{
    conversation::care,
    domain::ChatId,
    store::StoreError,
    triage::{Finding, Tier},
};

/// How long to wait after a try that failed.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The most chats of which it is remembered; of those beyond only Telegram knows.
const MOST: usize = 10_000;

/// How many are written down at once, in one transaction.
const AT_ONCE: usize = 200;

/// What is owed to each chat: one finding, as a loss stops the notes that an emergency would hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Owed(Arc<Mutex<Book>>);

#[derive(Debug, Default)]
struct Book {
    chats: BTreeMap<ChatId, Finding>,
    /// Whether a task tries to write it down.
    tried: bool,
}

impl Owed {
    /// Takes it in; whether somebody has to begin to try.
    fn add(&self, chat: ChatId, finding: &Finding) -> bool {
        let mut book = self.lock();
        let known = book.chats.get(&chat);
        if known.is_some_and(|known| settles(known, finding))
            || known.is_none() && book.chats.len() >= MOST
        {
            return false;
        }
        book.chats.insert(chat, finding.clone());
        !std::mem::replace(&mut book.tried, true)
    }

    /// What is to be written down next; with `None` whoever tries ends.
    fn some(&self) -> Option<Vec<(ChatId, Finding)>> {
        let mut book = self.lock();
        book.tried = !book.chats.is_empty();
        let some = book.chats.iter().take(AT_ONCE);
        let some = some.map(|(chat, finding)| (*chat, finding.clone()));
        book.tried.then(|| some.collect())
    }

    /// It is written down.
    pub(super) fn strike_off(&self, chat: ChatId, written: &Finding) {
        let mut book = self.lock();
        let owed = book.chats.get(&chat);
        if owed.is_some_and(|owed| settles(written, owed)) {
            book.chats.remove(&chat);
        }
    }

    fn chats(&self) -> Vec<ChatId> {
        self.lock().chats.keys().copied().collect()
    }

    /// Plain values, whole at any moment: a poisoned lock does them no harm.
    fn lock(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether nothing is left of the other when one is written down.
fn settles(one: &Finding, other: &Finding) -> bool {
    one.tier == Tier::Loss || one.tier == other.tier
}

impl Inbound {
    /// What follows from a finding could not be written down: one task tries it for all chats, whether Telegram brings
    /// their updates again or not.
    pub(super) fn owe(&self, finding: &Finding, chat: ChatId) {
        if self.owed.add(chat, finding) {
            let inbound = self.clone();
            tokio::spawn(async move { inbound.write_down_what_is_owed().await });
        }
    }

    async fn write_down_what_is_owed(&self) {
        let mut open = true;
        while let Some(owed) = self.owed.some() {
            if self.write_down(&owed).await.is_ok() {
                for (chat, finding) in owed {
                    self.owed.strike_off(chat, &finding);
                }
                continue;
            }
            // Their rows still say that notes are due.
            for chat in self.owed.chats() {
                self.door.hush(chat);
            }
            tokio::select! {
                () = tokio::time::sleep(AGAIN_AFTER) => {}
                // The program may be about to end: once more at once.
                () = self.door.closed(), if open => open = false,
            }
        }
    }

    /// All of it or nothing.
    async fn write_down(&self, owed: &[(ChatId, Finding)]) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut changes: Vec<_> = owed
            .iter()
            .map(|(chat, finding)| (*chat, move |row| care::effect(finding, &row, now)))
            .collect();
        // A row that cannot be read is passed over: no try makes it readable, and no note comes from it.
        self.store.update_all(&mut changes).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIA: ChatId = ChatId(11);

    fn found(tier: Tier) -> Finding {
        Finding {
            tier,
            ..Finding::default()
        }
    }

    #[test]
    fn a_loss_is_kept_and_settled_beside_an_emergency() {
        let (owed, loss, emergency) = (Owed::default(), found(Tier::Loss), found(Tier::Emergency));
        assert!(owed.add(MIA, &emergency), "somebody has to try");
        assert!(!owed.add(MIA, &loss), "who does already");
        owed.add(MIA, &emergency);
        assert_eq!(owed.some(), Some(vec![(MIA, loss.clone())]));
        owed.strike_off(MIA, &emergency);
        assert_eq!(owed.chats(), [MIA], "it came while the hold was written");
        owed.strike_off(MIA, &loss);
        assert_eq!(owed.some(), None);
        assert!(owed.add(MIA, &emergency), "whoever tried has ended");
        owed.strike_off(MIA, &loss);
        assert!(owed.chats().is_empty());
    }

    #[test]
    fn so_many_chats_are_remembered_and_tried_some_at_a_time() {
        let (owed, loss) = (Owed::default(), found(Tier::Loss));
        for chat in 0..=i64::try_from(MOST).unwrap() {
            owed.add(ChatId(chat), &found(Tier::Emergency));
        }
        assert_eq!(owed.chats().len(), MOST);
        assert_eq!(owed.some().unwrap().len(), AT_ONCE);
        owed.add(ChatId(0), &loss);
        assert_eq!(owed.some().unwrap()[0], (ChatId(0), loss));
    }
}
