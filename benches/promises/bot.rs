//! The real program as a process of its own, and what the system says about it.

use std::{
    fs::{self, File},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, ensure};

use crate::town::Town;

/// The program that was built together with this.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_slowbloom");

/// How often `/proc` counts a second of processor time (`getconf CLK_TCK`, 100 on every Linux).
const TICKS_PER_SECOND: f64 = 100.0;

/// A running `slowbloom run`.
pub(crate) struct Bot {
    child: Child,
    log: std::path::PathBuf,
}

impl Bot {
    /// Starts it in a town, on its database, with these settings besides.
    pub(crate) fn start(town: &Town, settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        let log = town.folder.path().join("bot.log");
        let mut command = Command::new(PROGRAM);
        command
            .arg("run")
            .env_clear()
            .current_dir(town.folder.path())
            .env("TELOXIDE_TOKEN", town.telegram.token())
            .env("TELOXIDE_API_URL", town.telegram.url())
            .env("DATABASE_URL", town.database())
            .env("DATA_KEY", town.key())
            .env("RUST_LOG", "warn")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log)?);
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {PROGRAM}"))?;
        Ok(Self { child, log })
    }

    /// Resident memory now and at its highest, in MB of 1,000,000 bytes.
    pub(crate) fn memory(&self) -> (f64, f64) {
        (self.status("VmRSS:"), self.status("VmHWM:"))
    }

    /// What of its resident memory is not a part of a file, such as the program itself, in MB.
    pub(crate) fn memory_of_its_own(&self) -> f64 {
        self.status("RssAnon:")
    }

    /// Processor time so far.
    pub(crate) fn cpu(&self) -> Duration {
        let path = format!("/proc/{}/stat", self.child.id());
        let stat = fs::read_to_string(path).unwrap_or_default();
        // Fields 14 and 15 of proc(5), counted after the name in brackets, which may hold spaces.
        let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
        let ticks = after.split_whitespace().skip(11).take(2);
        let ticks: f64 = ticks.filter_map(|field| field.parse::<f64>().ok()).sum();
        Duration::from_secs_f64(ticks / TICKS_PER_SECOND)
    }

    /// Stops it in order; fails when it did not end well.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        let id = self.child.id().to_string();
        Command::new("kill").arg(id).status()?;
        let status = self.child.wait()?;
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        ensure!(
            status.success(),
            "the bot ended with {status} and said:\n{log}"
        );
        Ok(())
    }

    fn status(&self, field: &str) -> f64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(field));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        kib.unwrap_or_default() * 1024.0 / 1e6
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        // Has ended already when it was stopped in order.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
