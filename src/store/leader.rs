//! Who leads: at most one process at a time polls and sends for one database.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::time::timeout;

use super::{
    Store,
    place::{FileId, Place, owner_only},
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
    File(Locked),
    /// The session that holds the lock; the server lets go with it.
    Session(Session),
}

#[derive(Debug)]
struct Session {
    connection: Box<PgConnection>,
    /// Its name at the server.
    name: String,
    since: i64,
}

/// Two on one SQLite file make no sense: there is nothing to stand by for.
#[derive(Debug, thiserror::Error)]
#[error("another slowbloom already runs on this database ({}); stop it first", .0.display())]
pub struct AnotherRuns(PathBuf);

/// A file that is locked, which one it is, and where it lay.
#[derive(Debug)]
struct Locked {
    file: fs::File,
    id: FileId,
    name: PathBuf,
}

impl Locked {
    /// Locks the file of this name, which is made if there is none; `None` when another process has.
    fn take(name: &Path) -> anyhow::Result<Option<Self>> {
        loop {
            let file = owner_only(fs::OpenOptions::new().write(true).create(true))
                .truncate(false)
                .open(name)
                .with_context(|| format!("cannot open {}", name.display()))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(fs::TryLockError::WouldBlock) => return Ok(None),
                Err(fs::TryLockError::Error(error)) => {
                    return Err(error).with_context(|| format!("cannot lock {}", name.display()));
                }
            }
            let locked = Self {
                id: FileId::of(&file.metadata()?),
                file,
                name: name.to_owned(),
            };
            // Else it was removed in between: the next process would find another one.
            if locked.is_at(fs::metadata(name)) {
                return Ok(Some(locked));
            }
        }
    }

    /// Whether it is the one that others find. A disk that does not tell is no reason to doubt it.
    fn is_at(&self, found: io::Result<fs::Metadata>) -> bool {
        match found {
            Ok(found) => FileId::of(&found) == self.id,
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        }
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // Said, and not left to the closing: a process that is being forked at this moment has the file open as well, and
        // would hold the lock a moment longer. What cannot be unlocked is closed, which is as good.
        let _ = self.file.unlock();
    }
}

/// The session that holds the lock, by a name that no other session ever has.
const HOLDER: &str = "SELECT a.pid || '/' || a.backend_start FROM pg_locks l JOIN pg_stat_activity a USING (pid) \
     WHERE l.locktype = 'advisory' AND l.granted AND l.classid::bigint = $1 AND l.objid::bigint = $2 \
     AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())";

impl Store {
    /// Takes the lead if it is free.
    ///
    /// `None`: another process leads this PostgreSQL database; stand by and ask again. With SQLite a second process
    /// makes no sense, and is an error that says so ([`AnotherRuns`]).
    pub async fn try_lead(&self) -> anyhow::Result<Option<Lead>> {
        match &self.place {
            Place::Sqlite(path) => {
                let name = self.place.lock_file().unwrap_or_default();
                match Locked::take(&name)? {
                    Some(locked) => Ok(Some(Lead(Hold::File(locked)))),
                    None => bail!(AnotherRuns(path.clone())),
                }
            }
            Place::Postgres(options) => {
                let options = (**options).clone().options(NOTICE_A_DEAD_LEADER);
                timeout(ANSWER_TIMEOUT, lock_session(&options))
                    .await
                    .context("the database does not answer")?
                    .map_err(|error| self.place.refused(error.into()))
            }
        }
    }
}

impl Store {
    /// Whether nobody leads but a session of our own that is lost to us, and that the server has not ended yet: its
    /// backend is frozen, or the network between broke without a word.
    pub async fn is_led_by(&self, lost: Option<&str>) -> bool {
        let (Place::Postgres(options), Some(lost)) = (&self.place, lost) else {
            return false;
        };
        // Not from the pool: its sessions may be as lost.
        let holder = async {
            let mut session = options.connect().await?;
            let holder = held_by(&mut session).await?;
            session.close().await?;
            Ok::<_, sqlx::Error>(holder)
        };
        matches!(timeout(ANSWER_TIMEOUT, holder).await, Ok(Ok(Some(holder))) if holder == lost)
    }
}

async fn held_by(session: &mut PgConnection) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(HOLDER)
        .bind(ADVISORY_LOCK >> 32)
        .bind(ADVISORY_LOCK & 0xffff_ffff)
        .fetch_optional(session)
        .await
}

impl Lead {
    /// The name of the session that holds the lead, if one does.
    pub fn session(&self) -> Option<&str> {
        match &self.0 {
            Hold::File(_) => None,
            Hold::Session(session) => Some(&session.name),
        }
    }

    /// Since when it is held, in milliseconds since 1970 by the server's clock: of two that held it after one another,
    /// the later has the greater number. `None` where nobody can take over.
    pub fn since(&self) -> Option<i64> {
        match &self.0 {
            Hold::File(_) => None,
            Hold::Session(session) => Some(session.since),
        }
    }

    /// Whether this process still leads. Ask at least every two seconds, and stop sending at once on `false`. A lock file
    /// that was removed keeps nobody away any more; whoever locks the next one leads.
    pub async fn still_held(&mut self) -> bool {
        match &mut self.0 {
            // Not by the threads that all else runs on: a disk may not answer.
            Hold::File(locked) => locked.is_at(tokio::fs::metadata(&locked.name).await),
            Hold::Session(session) => {
                let held = sqlx::query_scalar(
                    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted \
                     AND pid = pg_backend_pid() AND classid::bigint = $1 AND objid::bigint = $2)",
                )
                .bind(ADVISORY_LOCK >> 32)
                .bind(ADVISORY_LOCK & 0xffff_ffff)
                .fetch_one(&mut *session.connection);
                matches!(timeout(ANSWER_TIMEOUT, held).await, Ok(Ok(true)))
            }
        }
    }

    /// Gives the lead back at once, so that another process need not wait for the connection to be noticed as gone.
    pub async fn release(self) {
        let Hold::Session(Session { mut connection, .. }) = self.0 else {
            return;
        };
        // Said, and not left to the closing: the server may take its time to notice that. A session that cannot say
        // it any more is closed by the drop, which is as good.
        let unlocked = sqlx::query("SELECT pg_advisory_unlock($1)")
            .bind(ADVISORY_LOCK)
            .execute(&mut *connection);
        let _ = timeout(ANSWER_TIMEOUT, unlocked).await;
        let _ = timeout(ANSWER_TIMEOUT, connection.close()).await;
    }
}

async fn lock_session(
    options: &sqlx::postgres::PgConnectOptions,
) -> Result<Option<Lead>, sqlx::Error> {
    let mut session = options.connect().await?;
    // The time is asked for only once the lock is held.
    let since: Option<i64> = sqlx::query_scalar(
        "SELECT CASE WHEN pg_try_advisory_lock($1) \
         THEN (extract(epoch FROM clock_timestamp()) * 1000)::bigint END",
    )
    .bind(ADVISORY_LOCK)
    .fetch_one(&mut session)
    .await?;
    if let Some(since) = since {
        // Servers before version 14 do not know this; there a frozen leader is noticed only when its machine is.
        let _ = sqlx::query("SELECT set_config('idle_session_timeout', $1, false)")
            .bind(FROZEN_AFTER)
            .execute(&mut session)
            .await;
        let name = held_by(&mut session).await?.unwrap_or_default();
        return Ok(Some(Lead(Hold::Session(Session {
            connection: Box::new(session),
            name,
            since,
        }))));
    }
    session.close().await?;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_a_forked_process_still_has_open_is_unlocked_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("lock");
        let locked = Locked::take(&name).unwrap().unwrap();
        let in_the_child = locked.file.try_clone().unwrap();
        assert!(Locked::take(&name).unwrap().is_none());
        drop(locked);
        assert!(Locked::take(&name).unwrap().is_some());
        drop(in_the_child);
    }
}
