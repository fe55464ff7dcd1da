//! Leaving groups: beside everything else, and once for however much is said in one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::Semaphore, time::Instant};

use crate::{domain::ChatId, telegram::Telegram};

/// For how long a group that is being left is not left again: as much is said in it meanwhile, it waits at Telegram
/// and says nothing new. Short, as somebody may add the bot once more.
const MEMORY: Duration = Duration::from_secs(10);

/// The most groups that are left within [`MEMORY`]; the others when something is said in them once more.
const MOST: usize = 1_000;

/// So many requests to leave may be on their way at once.
const AT_ONCE: usize = 4;

/// The groups that were left a moment ago.
#[derive(Clone, Debug)]
pub(super) struct Groups {
    left: Arc<Mutex<HashMap<ChatId, Instant>>>,
    places: Arc<Semaphore>,
}

impl Default for Groups {
    fn default() -> Self {
        Self {
            left: Arc::default(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Groups {
    /// Leaves a group, if that has not begun already. Nobody waits for it: there is nobody to tell.
    pub(super) fn leave(&self, telegram: &Telegram, group: ChatId, now: Instant) {
        if !self.is_new(group, now) {
            return;
        }
        let (telegram, places) = (telegram.clone(), self.places.clone());
        tokio::spawn(async move {
            let _place = places.acquire_owned().await;
            // Refused when it has left already.
            drop(telegram.leave(group).await);
        });
    }

    fn is_new(&self, group: ChatId, now: Instant) -> bool {
        // Plain values, whole at any moment: a poisoned lock does them no harm.
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.retain(|_, at| now.duration_since(*at) < MEMORY);
        if left.contains_key(&group) || left.len() >= MOST {
            return false;
        }
        left.insert(group, now);
        true
    }
}
