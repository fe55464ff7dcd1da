//! Writing down what became of notes, together: one write to the disk for all that arrived while the last one was
//! under way. Must not know why a row changes.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};

use crate::{
    clock::Clock,
    domain::{ChatId, NoteId, Subscriber, due},
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
    failing: AtomicBool,
}

impl Ledger {
    /// Whether the last write failed. Whatever is sent meanwhile comes twice should another process take over.
    pub(super) fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Relaxed)
    }

    /// Returns when the entry is stored, however often that takes: until then the row stays on the way, so that the
    /// note is not sent again while the database is down. Says with `on_turn` when writing begins to fail, and when it
    /// succeeds again.
    pub(super) async fn write_down(
        &self,
        entry: Entry,
        (store, clock): (&Store, &Clock),
        on_turn: impl Fn(),
    ) {
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
        loop {
            match store.update_all(&mut changes).await {
                Ok(rows) => {
                    let unreadable = rows.iter().filter(|row| row.is_err()).count();
                    if unreadable > 0 {
                        tracing::error!(unreadable, "rows of notes that were sent cannot be read");
                    }
                    if self.failing.swap(false, Ordering::Relaxed) {
                        on_turn();
                    }
                    return;
                }
                Err(error) => {
                    // Once: on a full disk the log has no room either.
                    if !self.failing.swap(true, Ordering::Relaxed) {
                        tracing::error!(%error, "it could not be written down yet that notes were sent; no more are sent until it can");
                        on_turn();
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

pub(super) fn after_sent(row: Subscriber, note: Option<&NoteId>, now: DateTime<Utc>) -> Subscriber {
    match note {
        Some(note) => due::after_sent(row, note, now),
        None => row,
    }
}

pub(super) fn after_asked(row: Subscriber, _: Option<&NoteId>, now: DateTime<Utc>) -> Subscriber {
    due::after_asked(row, now)
}

pub(super) fn after_noticed(row: Subscriber, _: Option<&NoteId>, now: DateTime<Utc>) -> Subscriber {
    due::after_noticed(row, now)
}
