//! The real program as a process of its own, against a stand-in for Telegram in this one.

use std::{
    fs::File,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use slowbloom::{clock::Clock, sandbox::StandIn};
use tempfile::TempDir;

/// A folder with a database, a stand-in on the machine's own clock, and the program when it runs.
pub(crate) struct Program {
    pub(crate) telegram: StandIn,
    pub(crate) clock: Clock,
    folder: TempDir,
    settings: Vec<(String, String)>,
    running: Option<Child>,
}

impl Program {
    /// Everything but the program itself.
    pub(crate) async fn new() -> Self {
        let clock = Clock::system();
        let telegram = StandIn::start(clock.clone(), ([127, 0, 0, 1], 0).into())
            .await
            .unwrap();
        Self {
            telegram,
            clock,
            folder: tempfile::tempdir().unwrap(),
            settings: Vec::new(),
            running: None,
        }
    }

    /// Another machine with the same settings and the same Telegram.
    pub(crate) fn twin(&self) -> Self {
        Self {
            telegram: self.telegram.clone(),
            clock: self.clock.clone(),
            folder: tempfile::tempdir().unwrap(),
            settings: self.settings.clone(),
            running: None,
        }
    }

    /// Changes a setting for the next start.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    /// Sends it a signal by its name.
    pub(crate) fn gets(&self, signal: &str) {
        let pid = self.running.as_ref().unwrap().id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{signal}"), &pid])
            .status();
        assert!(sent.unwrap().success());
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The address of the database that the program uses.
    pub(crate) fn database(&self) -> String {
        format!("sqlite://{}", self.folder().join("slowbloom.db").display())
    }

    /// The file that its data key lies in.
    pub(crate) fn key_file(&self) -> std::path::PathBuf {
        self.folder().join("slowbloom.key")
    }

    /// Starts it.
    pub(crate) fn starts(&mut self) {
        let log = File::options()
            .append(true)
            .create(true)
            .open(self.folder().join("log"))
            .unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_slowbloom"))
            .arg("run")
            .current_dir(self.folder())
            .env_clear()
            .env("TELOXIDE_TOKEN", self.telegram.token())
            .env("TELOXIDE_API_URL", self.telegram.url())
            .env("DATABASE_URL", self.database())
            .env("DATA_KEY_FILE", self.key_file())
            .envs(self.settings.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        self.running = Some(child);
    }

    /// The most memory that it has held since its start, in MB of 1,000,000 bytes, where the system tells.
    pub(crate) fn most_memory(&self) -> Option<u64> {
        let id = self.running.as_ref()?.id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
        Some(kib * 1024 / 1_000_000)
    }

    /// Kills it where it stands (SIGKILL).
    pub(crate) fn is_killed(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Tells it to stop (SIGTERM) and waits for its end; how it ended and how long that took.
    pub(crate) async fn is_told_to_stop(&mut self) -> (ExitStatus, Duration) {
        let told = self.clock.instant();
        self.gets("TERM");
        let status = self.ends().await;
        (status, self.clock.instant() - told)
    }

    /// Waits for its end.
    pub(crate) async fn ends(&mut self) -> ExitStatus {
        let mut child = self.running.take().unwrap();
        tokio::task::spawn_blocking(move || child.wait().unwrap())
            .await
            .unwrap()
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder().join("log")).unwrap_or_default()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(mut child) = self.running.take() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
