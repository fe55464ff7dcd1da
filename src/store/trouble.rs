//! Whether the database can be used at present, in words for the operator; never in an error's own, which could hold
//! values.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::StoreError;

/// What the latest statements met with.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    pub(super) reading: Latest,
    pub(super) writing: Latest,
}

/// Why the latest statement failed, if it did.
#[derive(Debug, Default)]
pub(super) struct Latest(Mutex<Option<&'static str>>);

impl Trouble {
    /// One line; `None` while all is well.
    pub(super) fn line(&self) -> Option<String> {
        let cannot = |what, why| format!("the database cannot be {what}: {why}");
        match (*self.reading.lock(), *self.writing.lock()) {
            (Some(why), _) => Some(cannot("read", why)),
            (None, Some(why)) => Some(cannot("written", why)),
            (None, None) => None,
        }
    }
}

impl Latest {
    /// Takes down how it went, and hands it on.
    pub(super) fn noted<T>(&self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        *self.lock() = answer.as_ref().err().map(reason);
        answer
    }

    /// A plain value, whole at any moment: a poisoned lock does it no harm.
    fn lock(&self) -> MutexGuard<'_, Option<&'static str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn reason(error: &StoreError) -> &'static str {
    match error {
        StoreError::Database(error) => database_reason(error),
        StoreError::NoAnswer => "it does not answer",
        StoreError::Unreadable(_) | StoreError::Full => "it refuses",
    }
}

/// Why the engine refused, in plain words. SQLite's numbers: <https://sqlite.org/rescode.html>.
pub(super) fn database_reason(error: &sqlx::Error) -> &'static str {
    let code = match error {
        sqlx::Error::Database(error) => error.code(),
        sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => return "it does not answer",
        _ => None,
    };
    // PostgreSQL's have five characters.
    let code = code.filter(|code| code.len() < 5);
    let primary = code.and_then(|code| code.parse::<u32>().ok());
    match primary.map(|code| code & 0xff) {
        Some(5 | 6) => "another program locks it",
        Some(8) => "it may only be read",
        Some(10) => "the disk refuses (is it full, or broken?)",
        Some(11 | 26) => "its file is damaged",
        Some(13) => "the disk is full",
        Some(14) => "its file cannot be opened",
        _ => "it refuses",
    }
}
