//! `slowbloom check`: reads everything and reaches everything, and says one line about each.

use std::{
    fmt::Display,
    io::{self, Write},
    process::ExitCode,
};

use super::WRONG_USE;
use crate::config::Config;

/// What `check` takes: nothing; the settings say it all.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args) -> anyhow::Result<ExitCode> {
    let mut report = Report::new(io::stdout().lock());
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(problems) => {
            report.wrong("settings", problems)?;
            return Ok(ExitCode::from(WRONG_USE));
        }
    };
    report.fine("settings", format_args!("data in {}", config.database()))?;
    match config.token() {
        Ok(_) => report.fine("token", "has the right shape")?,
        Err(problems) => report.wrong("token", problems)?,
    }
    report.finish()
}

/// One line a finding: what was looked at, and what was found.
struct Report<W> {
    to: W,
    wrong: usize,
    warnings: usize,
}

impl<W: Write> Report<W> {
    fn new(to: W) -> Self {
        Self {
            to,
            wrong: 0,
            warnings: 0,
        }
    }

    /// As it should be.
    fn fine(&mut self, what: &str, found: impl Display) -> io::Result<()> {
        self.line("ok", what, &found)
    }

    /// The bot runs, and someone should look at this soon.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the first caller is yet to come")
    )]
    fn warn(&mut self, what: &str, found: impl Display) -> io::Result<()> {
        self.warnings += 1;
        self.line("warn", what, &found)
    }

    /// The bot would not start.
    fn wrong(&mut self, what: &str, found: impl Display) -> io::Result<()> {
        self.wrong += 1;
        self.line("WRONG", what, &found)
    }

    /// The last line, and the exit code: 1 when anything is wrong.
    fn finish(mut self) -> anyhow::Result<ExitCode> {
        let (wrong, warnings) = (self.wrong, self.warnings);
        let verdict = match (wrong, warnings) {
            (0, 0) => "Everything is in order.".to_owned(),
            (0, _) => format!("Ready to run; warnings: {warnings}."),
            _ => format!("Not ready to run; wrong: {wrong}, warnings: {warnings}."),
        };
        writeln!(self.to, "{verdict}")?;
        Ok(if wrong == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    fn line(&mut self, mark: &str, what: &str, found: &dyn Display) -> io::Result<()> {
        writeln!(self.to, "{mark:<5}  {what:<12}  {found}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(look: impl Fn(&mut Report<&mut Vec<u8>>)) -> (String, String) {
        let mut paper = Vec::new();
        let mut report = Report::new(&mut paper);
        look(&mut report);
        let code = format!("{:?}", report.finish().unwrap());
        (String::from_utf8(paper).unwrap(), code)
    }

    #[test]
    fn a_warning_does_not_fail_and_a_wrong_does() {
        let (text, code) = printed(|report| {
            report.fine("settings", "read").unwrap();
            report.warn("crisis", "one line is old").unwrap();
        });
        expect_test::expect![[r"
            ok     settings      read
            warn   crisis        one line is old
            Ready to run; warnings: 1.
        "]]
        .assert_eq(&text);
        assert_eq!(code, format!("{:?}", ExitCode::SUCCESS));

        let (text, code) = printed(|report| report.wrong("token", "not set").unwrap());
        assert!(
            text.ends_with("Not ready to run; wrong: 1, warnings: 0.\n"),
            "{text}"
        );
        assert_eq!(code, format!("{:?}", ExitCode::FAILURE));
    }
}
