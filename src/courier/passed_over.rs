//! Rows that are due and that no note can be brought for. Said in the log when it changes, not at every look.

use std::sync::{Mutex, PoisonError};

use crate::{domain::Subscriber, store::Page};

/// How many they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    unreadable: usize,
    in_unknown_zones: usize,
}

impl Rows {
    pub(super) fn add<C>(&mut self, page: &Page<Subscriber, C>) {
        let unknown = page.rows.iter().filter(|row| !row.zone.is_known());
        self.unreadable += page.unreadable;
        self.in_unknown_zones += unknown.count();
    }
}

/// How many they were when it was said last.
#[derive(Debug, Default)]
pub(super) struct PassedOver(Mutex<Rows>);

impl PassedOver {
    pub(super) fn say(&self, rows: Rows) {
        // Plain values, whole at any moment: a poisoned lock does them no harm.
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *said, rows);
        if rows.unreadable > 0 && rows.unreadable != before.unreadable {
            tracing::error!(
                rows = rows.unreadable,
                "rows that are due cannot be read and are passed over"
            );
        }
        if rows.in_unknown_zones > 0 && rows.in_unknown_zones != before.in_unknown_zones {
            tracing::warn!(
                parents = rows.in_unknown_zones,
                "no notes come to parents in time zones that this version does not know: install the newer version again, \
                 or they choose their zone anew"
            );
        }
    }
}
