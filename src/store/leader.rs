//! Who leads: at most one process at a time polls and sends for one database.

use std::{fs, time::Duration};

use anyhow::{Context, bail};
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::time::timeout;

use super::{
    Store,
    place::{Place, owner_only},
};

/// The number that all slowblooms lock on one PostgreSQL database: the letters “slowblom” as one whole number.
const ADVISORY_LOCK: i64 = i64::from_be_bytes(*b"slowblom");
/// How long the leader's own connection may be silent before leadership counts as lost.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);
/// Lets the server notice within about six seconds that the leader's machine is gone, so that another one takes over
/// within ten: it gives the lock back only then. (Its default is two hours.)
const NOTICE_A_DEAD_LEADER: [(&str, &str); 4] = [
    ("tcp_keepalives_idle", "2"),
    ("tcp_keepalives_interval", "2"),
    ("tcp_keepalives_count", "2"),
    ("tcp_user_timeout", "6000"),
];

/// How long the leader's session may stay idle before the server ends it, in milliseconds: a process that is frozen (a
/// paused machine) asks no more, but its connection stays open.
const FROZEN_AFTER: &str = "5000";

/// Leadership, held until this is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct Lead(Hold);

#[derive(Debug)]
enum Hold {
    /// The locked file; the operating system lets go with the process.
    File(#[expect(dead_code, reason = "held for its lock")] fs::File),
    /// The session that holds the lock; the server lets go with the session.
    Session(Box<PgConnection>),
}

impl Store {
    /// Takes the lead if it is free.
    ///
    /// `None`: another process leads this PostgreSQL database; stand by and ask again. With SQLite a second process
    /// makes no sense, and is an error that says so.
    pub async fn try_lead(&self) -> anyhow::Result<Option<Lead>> {
        match &self.place {
            Place::Sqlite(path) => {
                let name = self.place.lock_file().unwrap_or_default();
                let file = owner_only(fs::OpenOptions::new().write(true).create(true))
                    .truncate(false)
                    .open(&name)
                    .with_context(|| format!("cannot open {}", name.display()))?;
                match file.try_lock() {
                    Ok(()) => Ok(Some(Lead(Hold::File(file)))),
                    Err(fs::TryLockError::WouldBlock) => bail!(
                        "another slowbloom already runs on this database ({}); stop it first",
                        path.display()
                    ),
                    Err(fs::TryLockError::Error(error)) => {
                        Err(error).with_context(|| format!("cannot lock {}", name.display()))
                    }
                }
            }
            Place::Postgres(options) => {
                let options = (**options).clone().options(NOTICE_A_DEAD_LEADER);
                timeout(ANSWER_TIMEOUT, lock_session(&options))
                    .await
                    .context("the database does not answer")?
                    .context("cannot ask the database who leads")
            }
        }
    }
}

impl Lead {
    /// Whether this process still leads. Ask at least every two seconds, and stop sending at once on `false`.
    pub async fn still_held(&mut self) -> bool {
        match &mut self.0 {
            Hold::File(_) => true,
            Hold::Session(session) => {
                let held = sqlx::query_scalar(
                    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted \
                     AND pid = pg_backend_pid() AND classid::bigint = $1 AND objid::bigint = $2)",
                )
                .bind(ADVISORY_LOCK >> 32)
                .bind(ADVISORY_LOCK & 0xffff_ffff)
                .fetch_one(&mut **session);
                matches!(timeout(ANSWER_TIMEOUT, held).await, Ok(Ok(true)))
            }
        }
    }

    /// Gives the lead back at once, so that another process need not wait for the connection to be noticed as gone.
    pub async fn release(self) {
        let Hold::Session(mut session) = self.0 else {
            return;
        };
        // Said, and not left to the closing: the server may take its time to notice that. A session that cannot say
        // it any more is closed by the drop, which is as good.
        let unlocked = sqlx::query("SELECT pg_advisory_unlock($1)")
            .bind(ADVISORY_LOCK)
            .execute(&mut *session);
        let _ = timeout(ANSWER_TIMEOUT, unlocked).await;
        let _ = timeout(ANSWER_TIMEOUT, session.close()).await;
    }
}

async fn lock_session(
    options: &sqlx::postgres::PgConnectOptions,
) -> Result<Option<Lead>, sqlx::Error> {
    let mut session = options.connect().await?;
    let locked = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
        .bind(ADVISORY_LOCK)
        .fetch_one(&mut session)
        .await?;
    if locked {
        // Servers before version 14 do not know this; there a frozen leader is noticed only when its machine is.
        let _ = sqlx::query("SELECT set_config('idle_session_timeout', $1, false)")
            .bind(FROZEN_AFTER)
            .execute(&mut session)
            .await;
        return Ok(Some(Lead(Hold::Session(Box::new(session)))));
    }
    session.close().await?;
    Ok(None)
}
