//! The two engines side by side, and the macros that let one body serve both.

use std::{path::Path, time::Duration};

use sqlx::{
    ConnectOptions, Connection, PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::time::timeout;

use super::{place::Place, trouble::Latest};

/// How long to wait for a connection. Short, so that a database that is down is noticed before a parent notices.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long to wait for the answer to one statement before its connection is given up as dead.
pub(super) const QUERY_TIMEOUT: Duration = Duration::from_secs(8);
/// How long SQLite itself waits for a lock that another process holds (`backup`, `move`).
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// A statement that nobody waits for any more must not wait on for a lock, or such ones would fill up the server. And a
/// process that is frozen or cut off in the middle of a transaction must not keep its rows from the one that takes over.
const GIVE_UP_A_LOCK: [(&str, &str); 2] = [
    ("lock_timeout", "10000"),
    ("idle_in_transaction_session_timeout", "5000"),
];
/// How long a writer of SQLite waits for its turn: as long as the one before it may take. A hundred presses at once,
/// each a commit, take seconds on a slow disk, and nobody is to be told that nothing was changed because of that.
const TURN_TIMEOUT: Duration = BUSY_TIMEOUT;
/// SQLite connections that read; they never wait for the one that writes.
const SQLITE_READERS: u32 = 2;
/// PostgreSQL connections. A small server allows 100 in all, and two processes share them.
const POSTGRES_CONNECTIONS: u32 = 8;

#[derive(Clone)]
pub(super) enum Pools {
    /// SQLite takes one writer at a time. A pool of one lets writers queue up fairly, where SQLite itself would let
    /// them poll for the lock.
    Sqlite {
        read: SqlitePool,
        write: SqlitePool,
    },
    Postgres(PgPool),
}

impl Pools {
    pub(super) async fn connect(place: &Place) -> Result<Self, sqlx::Error> {
        match place {
            Place::Sqlite(path) => {
                let options = sqlite_options(path);
                let pool = || {
                    SqlitePoolOptions::new()
                        .acquire_timeout(ACQUIRE_TIMEOUT)
                        .test_before_acquire(false)
                        .max_lifetime(None)
                };
                // The writer first: it is the one that turns a new file into a database.
                let write = pool()
                    .acquire_timeout(TURN_TIMEOUT)
                    .max_connections(1)
                    .idle_timeout(None)
                    .connect_with(options.clone())
                    .await?;
                let read = pool()
                    .max_connections(SQLITE_READERS)
                    .connect_lazy_with(options);
                Ok(Self::Sqlite { read, write })
            }
            Place::Postgres(options) => {
                // Once by hand: the pool would try until its time is up and then say only that.
                timeout(ACQUIRE_TIMEOUT, options.connect())
                    .await
                    .map_err(|_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))??
                    .close()
                    .await?;
                let options = (**options).clone().options(GIVE_UP_A_LOCK);
                let pool = PgPoolOptions::new()
                    .acquire_timeout(ACQUIRE_TIMEOUT)
                    .max_connections(POSTGRES_CONNECTIONS)
                    .connect_lazy_with(options);
                Ok(Self::Postgres(pool))
            }
        }
    }
}

/// One of the two pools, and where it is taken down how it went, for `run!` to take apart.
pub(super) enum Pick<'a> {
    Sqlite(&'a SqlitePool, &'a Latest),
    Postgres(&'a PgPool, &'a Latest),
}

/// Runs one query, written once, on whichever engine is open: `run!(self.reading(), |db| sqlx::query(…).execute(db))`.
/// The expression is compiled for both. A connection that does not answer is thrown away, not given back.
macro_rules! run {
    ($pick:expr, |$db:ident| $query:expr) => {
        match $pick {
            $crate::store::pools::Pick::Sqlite(pool, latest) => {
                latest.noted($crate::store::pools::on_pool!(pool, |$db| $query))
            }
            $crate::store::pools::Pick::Postgres(pool, latest) => {
                latest.noted($crate::store::pools::on_pool!(pool, |$db| $query))
            }
        }
    };
}

/// Runs one statement that gives no rows, written once: `execute!(self.writing(), sqlx::query(…))` is the number of
/// rows it changed.
macro_rules! execute {
    ($pick:expr, $query:expr) => {
        $crate::store::pools::run!($pick, |db| async {
            $query.execute(db).await.map(|done| done.rows_affected())
        })
    };
}

/// Runs several queries in one transaction; the block ends in `Ok::<_, sqlx::Error>(…)`. SQLite takes the write lock
/// at the start: a transaction that first reads and then writes would fail at once when another is writing.
macro_rules! transact {
    ($pick:expr, |$tx:ident| $block:block) => {
        match $pick {
            $crate::store::pools::Pick::Sqlite(pool, latest) => {
                latest.noted($crate::store::pools::on_pool!(pool, |db| async {
                    let mut $tx = sqlx::Connection::begin_with(db, "BEGIN IMMEDIATE").await?;
                    let value = async { $block }.await?;
                    $tx.commit().await?;
                    Ok(value)
                }))
            }
            $crate::store::pools::Pick::Postgres(pool, latest) => {
                latest.noted($crate::store::pools::on_pool!(pool, |db| async {
                    let mut $tx = sqlx::Connection::begin(db).await?;
                    let value = async { $block }.await?;
                    $tx.commit().await?;
                    Ok(value)
                }))
            }
        }
    };
}

macro_rules! on_pool {
    ($pool:expr, |$db:ident| $query:expr) => {
        match $pool.acquire().await {
            Err(error) => Err($crate::store::StoreError::Database(error)),
            Ok(mut connection) => {
                let answer = tokio::time::timeout($crate::store::pools::QUERY_TIMEOUT, async {
                    let $db = &mut *connection;
                    $query.await
                })
                .await;
                match answer {
                    Ok(Ok(answer)) => Ok(answer),
                    // After a full disk SQLite has ended the transaction and sqlx believes in it: every later one on
                    // this connection would fail.
                    Ok(Err(error)) => {
                        drop(connection.detach());
                        Err($crate::store::StoreError::Database(error))
                    }
                    Err(_) => {
                        drop(connection.detach());
                        Err($crate::store::StoreError::NoAnswer)
                    }
                }
            }
        }
    };
}

fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // Survives a power cut, not only a crash: a small server at home has no battery.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        // What is erased is overwritten, not only unlinked.
        // In KiB. The operating system keeps the file's pages as well, and this for each of the connections.
        .pragma("cache_size", "-512")
        .pragma("secure_delete", "ON")
        .disable_statement_logging()
}

pub(super) use {execute, on_pool, run, transact};
