//! Writing down what became of notes, together: one write to the disk for all that arrived while the last one was
//! under way. Must not know why a row changes.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};

use crate::{
    clock::Clock,
    domain::{ChatId, NoteId, Subscriber},
    store::Store,
};

/// How long to wait before writing down again that a note was sent.
const WRITE_AGAIN_AFTER: Duration = Duration::from_millis(500);

/// What follows from the delivery of what was brought.
pub(super) type Afterwards = fn(Subscriber, Option<&NoteId>, DateTime<Utc>) -> Subscriber;

/// What became of one note.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) chat: ChatId,
    pub(super) note: Option<NoteId>,
    pub(super) becomes: Afterwards,
}

/// The entries that are not written down yet.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    open: Mutex<Vec<Entry>>,
    writing: tokio::sync::Mutex<()>,
}

impl Ledger {
    /// Returns when the entry is stored, however often that takes: until then the row stays on the way, so that the
    /// note is not sent again while the database is down.
    pub(super) async fn write_down(&self, entry: Entry, store: &Store, clock: &Clock) {
        self.lock().push(entry);
        // Whoever comes first writes for all who came meanwhile; they find nothing left to do.
        let _turn = self.writing.lock().await;
        let entries = std::mem::take(&mut *self.lock());
        if entries.is_empty() {
            return;
        }
        let mut changes: Vec<_> = entries
            .iter()
            .map(|entry| {
                let change = |row| Some((entry.becomes)(row, entry.note.as_ref(), clock.now()));
                (entry.chat, change)
            })
            .collect();
        let mut said = false;
        loop {
            match store.update_all(&mut changes).await {
                Ok(rows) => {
                    let unreadable = rows.iter().filter(|row| row.is_err()).count();
                    if unreadable > 0 {
                        tracing::error!(unreadable, "rows of notes that were sent cannot be read");
                    }
                    return;
                }
                Err(error) => {
                    // Once: on a full disk the log has no room either.
                    if !std::mem::replace(&mut said, true) {
                        tracing::error!(%error, "it could not be written down yet that notes were sent");
                    }
                    tokio::time::sleep(WRITE_AGAIN_AFTER).await;
                }
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Entry>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
