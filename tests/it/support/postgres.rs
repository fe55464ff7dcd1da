//! A throw-away PostgreSQL server for the tests: the installed one, started on a socket in a folder of its own.
//!
//! A watchdog shell stops it and removes the folder as soon as the test process is gone, however it went.

use std::{
    ffi::OsStr,
    fs,
    io::Write,
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::{REQUIRE_ALL, all_required, environment};

/// The URL of a new, empty database on the server that all tests of this process share.
///
/// `None`, said loudly, when PostgreSQL is not installed.
pub(crate) async fn fresh_database() -> Option<String> {
    static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
    let cluster = SHARED.get_or_init(Cluster::start).as_ref()?;
    Some(cluster.fresh_database().await)
}

/// A PostgreSQL server with nothing in it.
pub(crate) struct Cluster {
    programs: PathBuf,
    root: PathBuf,
    user: Option<User>,
    watchdog: Child,
}

/// PostgreSQL refuses to run as root: then it runs as one of the machine's unprivileged users.
#[derive(Clone, Copy)]
struct User {
    uid: u32,
    gid: u32,
}

impl Cluster {
    /// Makes and starts a server; `None`, said loudly, when PostgreSQL is not installed.
    pub(crate) fn start() -> Option<Self> {
        let Some(programs) = find_programs() else {
            let missing =
                "PostgreSQL (initdb, pg_ctl) is not installed: its half of the store's tests";
            assert!(!all_required(), "{missing} cannot run, and {REQUIRE_ALL}=1");
            // Not `eprintln!`, which a passing test swallows.
            let _ = writeln!(
                std::io::stderr(),
                "\n*** SKIPPED: {missing} did not run. ***\n"
            );
            return None;
        };
        let user = unprivileged_user();
        let root = make_root(user);
        let watchdog = watch(&programs, &root, user);
        let cluster = Self {
            programs,
            root,
            user,
            watchdog,
        };
        cluster.run(
            "initdb",
            [
                "--auth=trust",
                "--username=slowbloom",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                "-D",
                "data",
            ],
        );
        cluster.start_server();
        Some(cluster)
    }

    /// The URL of a new, empty database.
    pub(crate) async fn fresh_database(&self) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut admin = PgConnection::connect(&self.url("postgres")).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .execute(&mut admin)
            .await
            .unwrap();
        admin.close().await.unwrap();
        self.url(&name)
    }

    /// Stops the server as if its machine had lost power.
    pub(crate) fn stop_server(&self) {
        self.run("pg_ctl", ["stop", "-D", "data", "-m", "immediate"]);
    }

    /// Freezes all of its processes until what is returned is dropped: it neither answers nor lets go of anything.
    pub(crate) fn freezes(&self) -> Frozen {
        let postmaster = fs::read_to_string(self.root.join("data/postmaster.pid")).unwrap();
        let postmaster = postmaster.lines().next().unwrap().to_owned();
        let mut frozen = Frozen(vec![postmaster.clone()]);
        // First, so that it makes no others.
        frozen.all_get("STOP");
        for entry in fs::read_dir("/proc").unwrap() {
            let Ok(stat) = fs::read_to_string(entry.unwrap().path().join("stat")) else {
                continue;
            };
            // "pid (name) state parent …"
            let (head, tail) = stat.rsplit_once(") ").unwrap();
            if tail.split(' ').nth(1) == Some(&postmaster) {
                frozen.0.push(head.split(' ').next().unwrap().to_owned());
            }
        }
        frozen.all_get("STOP");
        frozen
    }

    /// Starts it again after [`Cluster::stop_server`].
    pub(crate) fn start_server(&self) {
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories={} -c fsync=off -c full_page_writes=off",
            self.root.display()
        );
        self.run(
            "pg_ctl",
            ["start", "-w", "-D", "data", "-l", "log", "-o", &options],
        );
    }

    fn url(&self, database: &str) -> String {
        format!(
            "postgres:///{database}?host={}&user=slowbloom",
            self.root.display()
        )
    }

    fn run<const N: usize>(&self, program: &str, arguments: [&str; N]) {
        // Not captured: the server would inherit the pipe and hold it open.
        let output = self.root.join("output");
        let sink = || fs::File::options().append(true).create(true).open(&output);
        let status = as_user(self.programs.join(program), self.user)
            .args(arguments)
            .current_dir(&self.root)
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(sink().unwrap())
            .stderr(sink().unwrap())
            .status()
            .unwrap();
        let said = fs::read_to_string(&output).unwrap_or_default();
        assert!(status.success(), "{program} failed:\n{said}");
    }
}

/// The numbers of processes that are frozen until this is dropped.
pub(crate) struct Frozen(Vec<String>);

impl Frozen {
    fn all_get(&self, signal: &str) {
        for process in &self.0 {
            // One that has ended meanwhile needs none.
            let sent = Command::new("kill")
                .args([&format!("-{signal}"), process])
                .stderr(Stdio::null())
                .status();
            let _ = sent.unwrap();
        }
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        self.all_get("CONT");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Closing its input is what the watchdog waits for.
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
    }
}

/// Starts the shell that waits for the end of its input, which the end of this process brings, and then cleans up.
/// In a process group of its own, so that Ctrl-C does not reach it before its work is done.
fn watch(programs: &Path, root: &Path, user: Option<User>) -> Child {
    let script = r#"cat > /dev/null
        "$1"/pg_ctl stop -D "$2/data" -m immediate
        rm -rf "$2"/* ; rm -rf "$2""#;
    as_user(Path::new("/bin/sh"), user)
        .args(["-c", script, "watchdog"])
        .args([programs, root])
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn as_user(program: impl AsRef<OsStr>, user: Option<User>) -> Command {
    let Some(User { uid, gid }) = user else {
        return Command::new(program);
    };
    let mut command = Command::new("setpriv");
    command
        .arg(format!("--reuid={uid}"))
        .arg(format!("--regid={gid}"))
        .args(["--clear-groups", "--"])
        .arg(program);
    command
}

fn unprivileged_user() -> Option<User> {
    if number("id", &["-u"]) != Some(0) {
        return None;
    }
    let user = ["postgres", "nobody"].into_iter().find_map(|name| {
        Some(User {
            uid: number("id", &["-u", name])?,
            gid: number("id", &["-g", name])?,
        })
    });
    Some(
        user.expect(
            "PostgreSQL does not run as root, and there is neither a user postgres nor nobody",
        ),
    )
}

fn number(program: &str, arguments: &[&str]) -> Option<u32> {
    let output = Command::new(program)
        .args(arguments)
        .stderr(Stdio::null())
        .output()
        .ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// A folder of a short name: the path of a socket has at most 107 bytes.
fn make_root(user: Option<User>) -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let root = PathBuf::from(format!("/tmp/slowbloom-pg-{}-{number}", std::process::id()));
    fs::create_dir(&root).unwrap();
    fs::set_permissions(&root, fs::Permissions::from_mode(0o700)).unwrap();
    if let Some(User { uid, gid }) = user {
        chown(&root, Some(uid), Some(gid)).unwrap();
    }
    root
}

/// The folder with the server's programs: on the search path, or where Debian puts them (the newest version).
fn find_programs() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    folders.sort_by_key(|folder| {
        folder
            .parent()
            .and_then(|version| version.file_name()?.to_str()?.parse::<u32>().ok())
    });
    folders.reverse();
    folders.extend(std::env::split_paths(&environment("PATH")));
    folders
        .into_iter()
        .find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists())
}
