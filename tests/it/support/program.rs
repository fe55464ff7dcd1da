//! The real program as a process of its own, against a stand-in for Telegram in this one.

use std::{
    fs::File,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use slowbloom::{clock::Clock, sandbox::StandIn};
use tempfile::TempDir;

/// How often a process, which cannot call back, is asked how far it is.
const ASK_EVERY: Duration = Duration::from_millis(20);

/// A folder with a database, a stand-in on the machine's own clock, and the program when it runs.
pub(crate) struct Program {
    pub(crate) telegram: StandIn,
    pub(crate) clock: Clock,
    folder: TempDir,
    settings: Vec<(String, String)>,
    listen: Option<String>,
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
            listen: None,
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
            listen: None,
            running: None,
        }
    }

    /// Changes a setting for the next start.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    /// Has it answer over HTTP from the next start on, where [`Program::asked`] asks.
    pub(crate) fn listens(&mut self) {
        let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let listen = free.local_addr().unwrap().to_string();
        self.set("HTTP_LISTEN", &listen);
        self.listen = Some(listen);
    }

    /// Has Telegram bring it what people say, from the next start on.
    pub(crate) fn has_a_webhook(&mut self) {
        self.listens();
        let url = format!("http://{}/hook", self.listen.as_ref().unwrap());
        self.set("WEBHOOK_URL", &url);
        self.set("WEBHOOK_SECRET", "a-secret_of-this-test");
    }

    /// What it answers to a GET of this path, and whether that is good; nothing while it does not answer.
    pub(crate) async fn asked(&self, path: &str) -> Option<(bool, String)> {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("http://{}{path}", self.listen.as_ref().unwrap());
        let asked = client.get(url).timeout(Duration::from_secs(1)).send().await;
        let answer = asked.ok()?;
        let good = answer.status().is_success();
        Some((good, answer.text().await.ok()?.trim().to_owned()))
    }

    /// Waits until it answers so to a GET of this path; returns the answer.
    pub(crate) async fn until_it_answers(
        &self,
        path: &str,
        what: &str,
        within: Duration,
    ) -> String {
        let began = self.clock.instant();
        loop {
            let answer = self.asked(path).await;
            if let Some((good, line)) = answer.as_ref().filter(|(_, line)| line.contains(what)) {
                // Whoever asks for a machine reads the status only.
                let is_good = line == "well" || line.starts_with("leading");
                assert_eq!(*good, is_good, "{path}: {line:?} with the wrong status");
                return line.clone();
            }
            let waited = self.clock.instant() - began;
            assert!(
                waited < within,
                "{path}: {answer:?}, not {what:?}, after {waited:?}:\n{}",
                self.log()
            );
            tokio::time::sleep(ASK_EVERY).await;
        }
    }

    /// Sends it a signal by its name.
    pub(crate) fn gets(&self, signal: &str) {
        let pid = self.running.as_ref().unwrap().id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{signal}"), &pid])
            .status();
        assert!(sent.unwrap().success());
    }

    /// From now on no file that it writes may grow beyond so many bytes; a full disk, as far as it can tell.
    pub(crate) fn may_write_files_of(&self, bytes: &str) {
        let pid = self.running.as_ref().unwrap().id().to_string();
        let limited = Command::new("prlimit")
            .args(["--pid", &pid, &format!("--fsize={bytes}:")])
            .status();
        assert!(limited.unwrap().success());
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
        self.starts_and_logs_to(log);
    }

    /// Starts it with its standard error there.
    pub(crate) fn starts_and_logs_to(&mut self, log: impl Into<Stdio>) {
        // A file that may not grow is an error to it, as a full disk is, and not its end.
        let child = Command::new("/bin/sh")
            .args(["-c", "trap '' XFSZ; exec \"$0\" run"])
            .arg(env!("CARGO_BIN_EXE_slowbloom"))
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

    /// Whether it still runs.
    pub(crate) fn runs(&mut self) -> bool {
        let running = self.running.as_mut();
        running.is_some_and(|child| child.try_wait().unwrap().is_none())
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
