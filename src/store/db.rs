//! The store as a whole: opening it, bringing its tables up to date, copying it, closing it.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use sqlx::migrate::{MigrateError, Migrator};

use super::{
    Keys, StoreError,
    place::{FileId, Place, owner_only},
    pools::{Pick, Pools, execute, run},
    trouble::Trouble,
};

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// The database, SQLite or PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
    pub(super) keys: Keys,
    pub(super) place: Place,
    /// Which file of a SQLite database is open, whatever lies at its place by now.
    file: Option<FileId>,
    trouble: Arc<Trouble>,
}

impl Store {
    /// Opens the database at `sqlite://path` or `postgres://…`, makes it when there is none (a SQLite file and its
    /// folder with owner-only rights), and brings its tables up to date.
    ///
    /// Refuses a database of a newer version, and one that another key made. No error holds the URL's password.
    pub async fn open(url: &str, keys: Keys) -> anyhow::Result<Self> {
        let place = Place::from_url(url)?;
        place.prepare()?;
        let ready = async {
            let store = Self::connect(place.clone(), keys).await?;
            store.migrate().await?;
            store.check_key().await?;
            Ok(store)
        };
        ready.await.map_err(|error| place.refused(error))
    }

    /// Opens a database that exists, and changes nothing about it: for looking at the live one from beside.
    /// `None` when there is none yet; an error when its version or its key is not ours.
    pub async fn attach(url: &str, keys: Keys) -> anyhow::Result<Option<Self>> {
        let place = Place::from_url(url)?;
        place.look()?;
        if matches!(&place, Place::Sqlite(path) if !path.exists()) {
            return Ok(None);
        }
        let looked_at = async {
            let store = Self::connect(place.clone(), keys).await?;
            match (store.version().await?, store.newest()) {
                (None, _) => return Ok(None),
                (theirs, ours) if theirs > ours => bail!(store.too_new()),
                (theirs, ours) if theirs < ours => bail!(
                    "the database {} is of an older version; `slowbloom run` will bring it up to date",
                    store.place
                ),
                _ => store.check_key().await?,
            }
            Ok(Some(store))
        };
        looked_at.await.map_err(|error| place.refused(error))
    }

    /// Refuses what [`Store::open`] would refuse about the file of a SQLite database, and makes nothing. A database
    /// server is not asked.
    pub fn look(url: &str) -> anyhow::Result<()> {
        Place::from_url(url)?.look()
    }

    /// Whether the URL names a SQLite file that is there. A database server is not asked.
    pub fn has_file(url: &str) -> bool {
        matches!(Place::from_url(url), Ok(Place::Sqlite(path)) if path.exists())
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<(), StoreError> {
        execute!(self.reading(), sqlx::query("SELECT 1"))?;
        Ok(())
    }

    /// Why the database cannot be used at present, in one line; `None` while it can.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.line()
    }

    /// Whether the file of a SQLite database was deleted, moved or replaced while it is open: what is written goes where
    /// nobody will find it. Says so in one sentence, and what to do. What was in a file that is gone is saved beside it.
    pub async fn misplaced(&self) -> Option<String> {
        let Place::Sqlite(path) = &self.place else {
            return None;
        };
        let there = self.place.file().await;
        if there == self.file {
            return None;
        }
        let place = &self.place;
        if there.is_some() {
            return Some(format!(
                "the database file {place} was replaced by another one while the bot ran: ending, so that the next start \
                 uses that"
            ));
        }
        let mut saved = path.clone().into_os_string();
        saved.push(".saved");
        let saved = PathBuf::from(saved);
        let rescued = match self.backup(&saved).await {
            // Of another file's log nothing must get into it.
            Ok(()) => format!(
                "what was in it is saved in {}: put that in its place, remove {place}-wal and {place}-shm,",
                saved.display()
            ),
            Err(_) => "put it back, or its newest backup,".to_owned(),
        };
        Some(format!(
            "the database file {place} was deleted or moved away while the bot ran; {rescued} and start \
             again"
        ))
    }

    /// Whether several processes may share this database, one leading and the others standing by.
    pub fn is_shared(&self) -> bool {
        matches!(self.place, Place::Postgres(_))
    }

    /// Where the database is, without user or password.
    pub fn place(&self) -> String {
        self.place.to_string()
    }

    /// Writes a consistent copy of a SQLite database to `path`, which must not exist, while everything goes on.
    /// The copy is as encrypted as the original and needs the same key.
    pub async fn backup(&self, path: &Path) -> anyhow::Result<()> {
        let Pools::Sqlite { read, .. } = &self.pools else {
            bail!("a PostgreSQL database is copied with PostgreSQL's own pg_dump");
        };
        let target = path.to_str().context("the file name is not valid text")?;
        // VACUUM fills an empty file that exists, and so keeps its owner-only rights.
        owner_only(fs::OpenOptions::new().write(true).create_new(true))
            .open(path)
            .with_context(|| format!("cannot make {}", path.display()))?;
        sqlx::query("VACUUM INTO $1")
            .bind(target)
            .execute(read)
            .await
            .with_context(|| format!("cannot copy the database to {}", path.display()))?;
        Ok(())
    }

    /// Waits for what is under way and closes every connection.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// Empties SQLite's write-ahead log, in which rows that were erased still stand as they were before. While
    /// somebody reads at length (a backup) the log stays until the next time.
    pub(super) async fn empty_log(&self) {
        if let Pools::Sqlite { write, .. } = &self.pools
            && let Err(error) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
                .execute(write)
                .await
        {
            // The rows themselves are gone; nobody must be told that they are not.
            tracing::warn!(%error, "the database's log could not be emptied after an erasure");
        }
    }

    /// The pool for a statement that only reads.
    pub(super) fn reading(&self) -> Pick<'_> {
        match &self.pools {
            Pools::Sqlite { read, .. } => Pick::Sqlite(read, &self.trouble.reading),
            Pools::Postgres(pool) => Pick::Postgres(pool, &self.trouble.reading),
        }
    }

    /// The pool for a statement that writes.
    pub(super) fn writing(&self) -> Pick<'_> {
        match &self.pools {
            Pools::Sqlite { write, .. } => Pick::Sqlite(write, &self.trouble.writing),
            Pools::Postgres(pool) => Pick::Postgres(pool, &self.trouble.writing),
        }
    }

    async fn connect(place: Place, keys: Keys) -> anyhow::Result<Self> {
        Ok(Self {
            pools: Pools::connect(&place).await?,
            file: place.file().await,
            keys,
            place,
            trouble: Arc::default(),
        })
    }

    /// The newest migration that this program knows.
    fn newest(&self) -> Option<i64> {
        let ours = match self.pools {
            Pools::Sqlite { .. } => &SQLITE_MIGRATIONS,
            Pools::Postgres(_) => &POSTGRES_MIGRATIONS,
        };
        ours.iter().map(|migration| migration.version).max()
    }

    async fn migrate(&self) -> anyhow::Result<()> {
        // The tables of a SQLite file must not change under a program that uses them. (PostgreSQL's processes are
        // renewed one after the other, and sqlx itself lets only one of them migrate.)
        let behind = self.version().await? < self.newest();
        let _lead = if behind && !self.is_shared() {
            self.try_lead().await?
        } else {
            None
        };
        let done = match &self.pools {
            Pools::Sqlite { write, .. } => SQLITE_MIGRATIONS.run(write).await,
            Pools::Postgres(pool) => POSTGRES_MIGRATIONS.run(pool).await,
        };
        match done {
            Err(MigrateError::VersionMissing(_)) => bail!(self.too_new()),
            done => done.with_context(|| format!("cannot bring {} up to date", self.place)),
        }
    }

    /// The newest migration that was applied; `None` for a database without our tables.
    async fn version(&self) -> Result<Option<i64>, StoreError> {
        let tables: i64 = match self.reading() {
            Pick::Sqlite(..) => run!(self.reading(), |db| sqlx::query_scalar(
                "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'"
            )
            .fetch_one(db))?,
            Pick::Postgres(..) => run!(self.reading(), |db| sqlx::query_scalar(
                "SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass('_sqlx_migrations')"
            )
            .fetch_one(db))?,
        };
        if tables == 0 {
            return Ok(None);
        }
        run!(self.reading(), |db| sqlx::query_scalar(
            "SELECT MAX(version) FROM _sqlx_migrations"
        )
        .fetch_one(db))
    }

    fn too_new(&self) -> String {
        format!(
            "the database {} was made by a newer slowbloom; start that version, or restore a backup of this one",
            self.place
        )
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.place)
    }
}
