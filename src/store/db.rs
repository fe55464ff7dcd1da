//! The two engines behind one type: opening, migrating, and the macros that let one body serve both.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use anyhow::{Context, anyhow, bail, ensure};
use sqlx::{
    ConnectOptions, PgPool, SqlitePool,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Keys, StoreError};

/// How long to wait for a connection. Short, so that a database that is down is noticed before a parent notices.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long to wait for the answer to one statement before its connection is given up as dead.
pub(super) const QUERY_TIMEOUT: Duration = Duration::from_secs(8);
/// How long SQLite itself waits for a lock that another process holds (`backup`, `move`).
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// SQLite connections that read; they never wait for the one that writes.
const SQLITE_READERS: u32 = 2;
/// PostgreSQL connections. A small server allows 100 in all, and two processes share them.
const POSTGRES_CONNECTIONS: u32 = 8;

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// The database, SQLite or PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
    pub(super) keys: Keys,
    pub(super) place: Place,
}

impl Store {
    /// Opens the database at `sqlite://path` or `postgres://…`, makes it when there is none (a SQLite file and its
    /// folder with owner-only rights), and brings its tables up to date.
    ///
    /// Refuses a database of a newer version, and one that another key made. No error holds the URL's password.
    pub async fn open(url: &str, keys: Keys) -> anyhow::Result<Self> {
        let place = Place::from_url(url)?;
        place.prepare()?;
        let store = Self::connect(place, keys).await?;
        store.migrate().await?;
        store.check_key().await?;
        Ok(store)
    }

    /// Opens a database that exists, and changes nothing about it: for looking at the live one from beside.
    /// `None` when there is none yet; an error when its version or its key is not ours.
    pub async fn attach(url: &str, keys: Keys) -> anyhow::Result<Option<Self>> {
        let place = Place::from_url(url)?;
        if matches!(&place, Place::Sqlite(path) if !path.exists()) {
            return Ok(None);
        }
        let store = Self::connect(place, keys).await?;
        let ours = store.migrations().iter().map(|m| m.version).max();
        match (store.version().await?, ours) {
            (None, _) => return Ok(None),
            (theirs, ours) if theirs > ours => bail!(store.too_new()),
            (theirs, ours) if theirs < ours => bail!(
                "the database {} is of an older version; `slowbloom run` will bring it up to date",
                store.place
            ),
            _ => store.check_key().await?,
        }
        Ok(Some(store))
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<(), StoreError> {
        execute!(self.reading(), sqlx::query("SELECT 1"))?;
        Ok(())
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

    /// The pool for a statement that only reads.
    pub(super) fn reading(&self) -> Pick<'_> {
        match &self.pools {
            Pools::Sqlite { read, .. } => Pick::Sqlite(read),
            Pools::Postgres(pool) => Pick::Postgres(pool),
        }
    }

    /// The pool for a statement that writes.
    pub(super) fn writing(&self) -> Pick<'_> {
        match &self.pools {
            Pools::Sqlite { write, .. } => Pick::Sqlite(write),
            Pools::Postgres(pool) => Pick::Postgres(pool),
        }
    }

    async fn connect(place: Place, keys: Keys) -> anyhow::Result<Self> {
        let pools = Pools::connect(&place)
            .await
            .with_context(|| format!("cannot open the database {place}"))?;
        Ok(Self { pools, keys, place })
    }

    fn migrations(&self) -> &'static Migrator {
        match self.pools {
            Pools::Sqlite { .. } => &SQLITE_MIGRATIONS,
            Pools::Postgres(_) => &POSTGRES_MIGRATIONS,
        }
    }

    async fn migrate(&self) -> anyhow::Result<()> {
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
            Pick::Sqlite(_) => run!(self.reading(), |db| sqlx::query_scalar(
                "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'"
            )
            .fetch_one(db))?,
            Pick::Postgres(_) => run!(self.reading(), |db| sqlx::query_scalar(
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

#[derive(Clone)]
enum Pools {
    /// SQLite takes one writer at a time. A pool of one lets writers queue up fairly, where SQLite itself would let
    /// them poll for the lock.
    Sqlite {
        read: SqlitePool,
        write: SqlitePool,
    },
    Postgres(PgPool),
}

impl Pools {
    async fn connect(place: &Place) -> Result<Self, sqlx::Error> {
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
                    .max_connections(1)
                    .idle_timeout(None)
                    .connect_with(options.clone())
                    .await?;
                let read = pool()
                    .max_connections(SQLITE_READERS)
                    .connect_lazy_with(options);
                Ok(Self::Sqlite { read, write })
            }
            Place::Postgres(options) => PgPoolOptions::new()
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .max_connections(POSTGRES_CONNECTIONS)
                .connect_with((**options).clone())
                .await
                .map(Self::Postgres),
        }
    }
}

/// One of the two pools, for `run!` to take apart.
pub(super) enum Pick<'a> {
    Sqlite(&'a SqlitePool),
    Postgres(&'a PgPool),
}

/// Runs one query, written once, on whichever engine is open: `run!(self.reading(), |db| sqlx::query(…).execute(db))`.
/// The expression is compiled for both. A connection that does not answer is thrown away, not given back.
macro_rules! run {
    ($pick:expr, |$db:ident| $query:expr) => {
        match $pick {
            $crate::store::db::Pick::Sqlite(pool) => {
                $crate::store::db::on_pool!(pool, |$db| $query)
            }
            $crate::store::db::Pick::Postgres(pool) => {
                $crate::store::db::on_pool!(pool, |$db| $query)
            }
        }
    };
}

/// Runs one statement that gives no rows, written once: `execute!(self.writing(), sqlx::query(…))` is the number of
/// rows it changed.
macro_rules! execute {
    ($pick:expr, $query:expr) => {
        $crate::store::db::run!($pick, |db| async {
            $query.execute(db).await.map(|done| done.rows_affected())
        })
    };
}

/// Runs several queries in one transaction; the block ends in `Ok::<_, sqlx::Error>(…)`. SQLite takes the write lock
/// at the start: a transaction that first reads and then writes would fail at once when another is writing.
macro_rules! transact {
    ($pick:expr, |$tx:ident| $block:block) => {
        match $pick {
            $crate::store::db::Pick::Sqlite(pool) => {
                $crate::store::db::on_pool!(pool, |db| async {
                    let mut $tx = sqlx::Connection::begin_with(db, "BEGIN IMMEDIATE").await?;
                    let value = async { $block }.await?;
                    $tx.commit().await?;
                    Ok(value)
                })
            }
            $crate::store::db::Pick::Postgres(pool) => {
                $crate::store::db::on_pool!(pool, |db| async {
                    let mut $tx = sqlx::Connection::begin(db).await?;
                    let value = async { $block }.await?;
                    $tx.commit().await?;
                    Ok(value)
                })
            }
        }
    };
}

macro_rules! on_pool {
    ($pool:expr, |$db:ident| $query:expr) => {
        match $pool.acquire().await {
            Err(error) => Err($crate::store::StoreError::Database(error)),
            Ok(mut connection) => {
                let answer = tokio::time::timeout($crate::store::db::QUERY_TIMEOUT, async {
                    let $db = &mut *connection;
                    $query.await
                })
                .await;
                match answer {
                    Ok(answer) => answer.map_err($crate::store::StoreError::Database),
                    Err(_) => {
                        drop(connection.detach());
                        Err($crate::store::StoreError::NoAnswer)
                    }
                }
            }
        }
    };
}

pub(super) use {execute, on_pool, run, transact};

/// Where the database is. Shown without user or password.
#[derive(Clone)]
pub(super) enum Place {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

impl Place {
    fn from_url(url: &str) -> anyhow::Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            ensure!(
                !path.is_empty() && !path.starts_with(':') && !path.contains('?'),
                "DATABASE_URL must name a file after sqlite://, like sqlite://data/slowbloom.db"
            );
            return Ok(Self::Sqlite(path.into()));
        }
        ensure!(
            url.starts_with("postgres://") || url.starts_with("postgresql://"),
            "DATABASE_URL must begin with sqlite:// or postgres://"
        );
        // The reason is left out: it could repeat the part of the URL that holds the password.
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| anyhow!("DATABASE_URL must look like postgres://user:password@host/name"))?
            .application_name("slowbloom")
            .disable_statement_logging();
        Ok(Self::Postgres(Box::new(options)))
    }

    fn prepare(&self) -> anyhow::Result<()> {
        let Self::Sqlite(path) = self else {
            return Ok(());
        };
        create_folder(folder_of(path))?;
        owner_only(fs::OpenOptions::new().append(true).create(true))
            .open(path)
            .with_context(|| format!("cannot open the database file {}", path.display()))?;
        Ok(())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Postgres(options) => {
                let name = options
                    .get_database()
                    .unwrap_or_else(|| options.get_username());
                match options.get_socket() {
                    Some(socket) => write!(f, "postgres “{name}” at {}", socket.display()),
                    None => write!(f, "postgres “{name}” on {}", options.get_host()),
                }
            }
        }
    }
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
        .pragma("secure_delete", "ON")
        .disable_statement_logging()
}

/// The folder that a file lies in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Makes a folder, and those above it, that only their owner can look into.
pub(super) fn create_folder(folder: &Path) -> anyhow::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))
}

/// Lets only the owner read and write a file that is made with these options.
pub(super) fn owner_only(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
