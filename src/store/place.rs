//! Where the database is, and the rights on what is made there.

use std::{
    fmt, fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    str::FromStr,
};

use anyhow::{Context, anyhow, ensure};
use rustix::fs::Access;
use sqlx::{ConnectOptions, postgres::PgConnectOptions};

use super::trouble;

/// Where the database is. Shown without user or password.
#[derive(Clone)]
pub(super) enum Place {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

impl Place {
    pub(super) fn from_url(url: &str) -> anyhow::Result<Self> {
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

    /// Refuses a SQLite file that was here before and is gone, and one that this user could not make or write. Makes
    /// nothing.
    pub(super) fn look(&self) -> anyhow::Result<()> {
        let (Self::Sqlite(path), Some(lock)) = (self, self.lock_file()) else {
            return Ok(());
        };
        ensure!(
            path.exists() || !lock.exists(),
            "the database file {0} is missing, and was here before ({0}.lock still is): put it back, or its newest backup; \
             to begin anew without the old data, delete {0}.lock",
            path.display()
        );
        writable(path)
            .and_then(|()| writable(&lock))
            .with_context(|| format!("cannot use the database file {}", path.display()))
    }

    /// Makes the file of a SQLite database, and its folder.
    pub(super) fn prepare(&self) -> anyhow::Result<()> {
        let Self::Sqlite(path) = self else {
            return Ok(());
        };
        self.look()?;
        create_folder(folder_of(path))?;
        owner_only(fs::OpenOptions::new().append(true).create(true))
            .open(path)
            .with_context(|| format!("cannot open the database file {}", path.display()))?;
        one_name(path)
    }

    /// A failure of the engine in words that say what to do; any other error as it is.
    pub(super) fn refused(&self, error: anyhow::Error) -> anyhow::Error {
        match trouble::cause(&error) {
            Some(cause) => anyhow!("cannot use the database {self}: {}", trouble::remedy(cause)),
            None => error,
        }
    }

    /// The file beside a SQLite database that whoever leads holds locked; it stays when the process ends. It lies beside
    /// the file itself, whatever links lead there: two processes must not each have their own.
    pub(super) fn lock_file(&self) -> Option<PathBuf> {
        let Self::Sqlite(path) = self else {
            return None;
        };
        // What is not there yet has no links.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        let mut name = path.into_os_string();
        name.push(".lock");
        Some(name.into())
    }

    /// Which file lies at the place of a SQLite database; `None` when there is none.
    pub(super) async fn file(&self) -> Option<FileId> {
        let Self::Sqlite(path) = self else {
            return None;
        };
        // Not by the threads that all else runs on: a disk may not answer.
        let found = tokio::fs::metadata(path).await.ok()?;
        Some(FileId::of(&found))
    }
}

/// One file, wherever it is moved to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileId {
    device: u64,
    number: u64,
}

impl FileId {
    /// The file that this was read from.
    pub(super) fn of(found: &fs::Metadata) -> Self {
        Self {
            device: found.dev(),
            number: found.ino(),
        }
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

/// By a hard link a second process would find no lock, and SQLite not the log of the first (which breaks the file:
/// <https://sqlite.org/howtocorrupt.html>, 2.4).
fn one_name(path: &Path) -> anyhow::Result<()> {
    let names = fs::metadata(path)
        .with_context(|| format!("cannot look at the database file {}", path.display()))?
        .nlink();
    ensure!(
        names <= 1,
        "the database file {0} has a second name (a hard link), by which another slowbloom could run on it: find it with \
         `find … -samefile {0}` and remove it, or make it a copy",
        path.display()
    );
    Ok(())
}

/// The folder that a file lies in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Refuses a file that this user can neither make nor change, or whose folder takes no others beside it. Asks the
/// system only, and makes nothing.
pub(super) fn writable(path: &Path) -> anyhow::Result<()> {
    let may = |path: &Path, what| rustix::fs::access(path, what).map_err(io::Error::from);
    if path.exists() {
        may(path, Access::READ_OK | Access::WRITE_OK).with_context(|| {
            format!(
                "this user may not write {}; give it to the user that runs the bot",
                path.display()
            )
        })?;
    }
    let there = folder_of(path)
        .ancestors()
        .find(|folder| folder.exists())
        .unwrap_or(Path::new("."));
    ensure!(there.is_dir(), "{} is no folder", there.display());
    may(there, Access::WRITE_OK | Access::EXEC_OK).with_context(|| {
        format!(
            "this user may not make files in the folder {}; give it to the user that runs the bot",
            there.display()
        )
    })
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
