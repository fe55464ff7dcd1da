//! Whether the database can be used, in words for the operator. While rows are read and written never in an error's own
//! words, which could hold values.

use std::{
    io,
    sync::{Mutex, MutexGuard, PoisonError},
};

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

/// What the engine itself said, if it is behind this error.
pub(super) fn cause(error: &anyhow::Error) -> Option<&sqlx::Error> {
    error.chain().find_map(|link| match link.downcast_ref() {
        Some(StoreError::Database(cause)) => Some(cause),
        _ => link.downcast_ref(),
    })
}

/// Why the database cannot be opened, and what to do about it.
pub(super) fn remedy(error: &sqlx::Error) -> String {
    const RUNNING: &str = "is PostgreSQL running there, and is DATABASE_URL right?";
    let error = match error {
        sqlx::Error::Io(error) => {
            return match error.kind() {
                io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound => {
                    format!("nothing answers; {RUNNING}")
                }
                io::ErrorKind::TimedOut => format!("it does not answer; {RUNNING}"),
                _ => format!("it cannot be reached ({error}); {RUNNING}"),
            };
        }
        sqlx::Error::Database(error) => error,
        other => return other.to_string(),
    };
    let code = error.code().unwrap_or_default();
    let known = match (sqlite_code(&code), &*code) {
        (Some(5 | 6), _) => "another program locks it; end that, then start again",
        (Some(8), _) => {
            "this user may not write it; look whom the file, those beside it and the folder belong to"
        }
        (Some(10), _) => "the disk refuses; is it full, or broken?",
        (Some(11 | 26), _) => {
            "it is damaged, or no SQLite database; put the newest backup in its place, and remove -wal and -shm beside it"
        }
        (Some(13), _) => "the disk is full; make room",
        (Some(14), _) => "its file cannot be opened; look whom it and its folder belong to",
        (None, "28P01" | "28000") => {
            "PostgreSQL refuses this user or password; look at DATABASE_URL, and at the server's pg_hba.conf"
        }
        (None, "3D000") => {
            "PostgreSQL has no database of this name; make one (createdb), or look at DATABASE_URL"
        }
        (None, "42501") => {
            "its user may not do this there; make that user the owner of the database"
        }
        (None, "53300") => "PostgreSQL has too many connections; end some, or allow more",
        (None, "57P03") => "PostgreSQL is just starting or stopping; try again",
        _ => return format!("it refuses: {}", error.message()),
    };
    known.to_owned()
}

/// The kind of SQLite's refusal: <https://sqlite.org/rescode.html>; `None` for PostgreSQL, whose codes have five
/// characters (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
fn sqlite_code(code: &str) -> Option<u32> {
    let code: u32 = code.parse().ok().filter(|_| code.len() < 5)?;
    Some(code & 0xff)
}

/// Why the engine refused, in plain words.
pub(super) fn database_reason(error: &sqlx::Error) -> &'static str {
    let code = match error {
        sqlx::Error::Database(error) => error.code(),
        sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => return "it does not answer",
        _ => None,
    };
    match code.as_deref().and_then(sqlite_code) {
        Some(5 | 6) => "another program locks it",
        Some(8) => "it may only be read",
        Some(10) => "the disk refuses (is it full, or broken?)",
        Some(11 | 26) => "its file is damaged",
        Some(13) => "the disk is full",
        Some(14) => "its file cannot be opened",
        _ => "it refuses",
    }
}
