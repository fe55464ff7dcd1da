//! What can go wrong in the store, as far as a caller does different things about it.

use super::{pools::QUERY_TIMEOUT, trouble::database_reason};

/// Why the store could not do as asked. Holds no id, no value of a row and no password.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is down, unreachable, or refused the statement. The engine's own words, which could hold values and
    /// would say it a second time, stay inside.
    #[error("the database cannot be used now: {}", database_reason(.0))]
    Database(sqlx::Error),
    /// The database took the statement and said nothing; it may or may not have happened.
    #[error("the database did not answer within {} s", QUERY_TIMEOUT.as_secs())]
    NoAnswer,
    /// The row is there and makes no sense: a value of it is damaged.
    #[error("a stored row cannot be read: its {0} makes no sense")]
    Unreadable(&'static str),
    /// A letter is too long to be parked, or there are too many.
    #[error("no more answers can be kept for later")]
    Full,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}
