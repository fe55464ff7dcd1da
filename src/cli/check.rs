//! `slowbloom check`: reads everything and reaches everything, and says one line about each.

use std::{
    fmt::Display,
    io::{self, Write},
    process::ExitCode,
};

use chrono::NaiveDate;
use secrecy::ExposeSecret as _;

use super::WRONG_USE;
use crate::{
    app,
    clock::Clock,
    config::{Config, DataKey},
    content::{Content, crisis},
    domain::{Language, zone},
    store::{Keys, Store},
    telegram::Telegram,
    web,
};

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
    for warning in &config.warnings {
        report.warn("settings", warning)?;
    }
    messages(&mut report, &config, Clock::system().now().date_naive())?;
    report.fine(
        "time zones",
        format_args!("rules of {}", zone::tzdata_version()),
    )?;
    super::wait_for(async {
        listening(&mut report, &config).await?;
        database(&mut report, &config).await?;
        token(&mut report, &config).await
    })?;
    report.finish()
}

/// The messages load, somebody has reviewed them, and no crisis line was last checked too long ago.
fn messages(report: &mut Report<impl Write>, config: &Config, today: NaiveDate) -> io::Result<()> {
    let content = match app::load_content(config) {
        Ok(content) => content.load(),
        Err(error) => return report.wrong("messages", format_args!("{error:#}")),
    };
    let notes = content.texts(Language::En).notes.iter().count();
    report.fine(
        "messages",
        format_args!(
            "{notes} notes in English and Spanish, from {}",
            app::messages_place(config)
        ),
    )?;
    if let Some(warning) = app::passed_over(config) {
        report.warn("messages", warning)?;
    }
    for language in Language::ALL {
        let name = language.code();
        match content.practice.review(language) {
            Some(review) if crisis::is_ahead(review.on, today) => report.warn(
                "review",
                format_args!(
                    "{name}: the review of {} lies ahead; write the day on which the words were read (practice.toml, [review])",
                    review.on
                ),
            )?,
            Some(review) => report.fine(
                "review",
                format_args!("{name}: {} on {}", review.by, review.on),
            )?,
            None => report.warn(
                "review",
                format_args!(
                    "{name}: no clinician has signed off the words yet (practice.toml, [review])"
                ),
            )?,
        }
    }
    if !content.practice.is_reachable() {
        report.warn(
            "practice",
            "no contact is filled in (practice.toml); /therapy shows other ways only",
        )?;
    }
    crisis_lines(report, &content, config, today)
}

fn crisis_lines(
    report: &mut Report<impl Write>,
    content: &Content,
    config: &Config,
    today: NaiveDate,
) -> io::Result<()> {
    let overdue = content.crisis.overdue(today);
    for line in &overdue {
        let checked = line.verified_on;
        report.warn(
            "crisis lines",
            format_args!(
                "{}: {} was last checked on {checked}; ring it and write the new date",
                line.file, line.id
            ),
        )?;
    }
    let ahead = content.crisis.ahead(today);
    for line in &ahead {
        let checked = line.verified_on;
        report.warn(
            "crisis lines",
            format_args!(
                "{}: {} was last checked on {checked}, a day that lies ahead; write the day on which it was checked",
                line.file, line.id
            ),
        )?;
    }
    if overdue.is_empty() && ahead.is_empty() {
        let countries = content.crisis.countries().count();
        report.fine(
            "crisis lines",
            format_args!("{countries} countries, every line checked in the last 90 days"),
        )?;
    }
    let unreviewed = content
        .crisis
        .countries()
        .filter(|lines| lines.reviewed().is_none())
        .count();
    if unreviewed > 0 {
        report.warn(
            "crisis lines",
            format_args!(
                "{unreviewed} countries: nobody has rung the numbers yet (crisis/*.toml, reviewed)"
            ),
        )?;
    }
    match app::check_country(config, content) {
        Ok(()) => Ok(()),
        Err(error) => report.wrong("crisis lines", error),
    }
}

/// The database can be reached and fits this program and this key. Nothing is made or changed.
async fn database(report: &mut Report<impl Write>, config: &Config) -> anyhow::Result<()> {
    if let Err(error) = app::refuse_lost_key(config) {
        return Ok(report.wrong("data key", error)?);
    }
    let keys = match &config.data_key {
        DataKey::File(path) if !path.exists() => {
            match Keys::can_be_made(path) {
                Ok(()) => report.fine(
                    "data key",
                    format_args!("{} will be made at the first start", path.display()),
                )?,
                Err(error) => report.wrong("data key", format_args!("{error:#}"))?,
            }
            Keys::from_text(Keys::generate_text().expose_secret())?
        }
        given => match app::read_keys(given) {
            Ok(keys) => {
                report.fine("data key", "fits its shape")?;
                keys
            }
            Err(error) => return Ok(report.wrong("data key", format_args!("{error:#}"))?),
        },
    };
    match Store::attach(config.database_url.expose_secret(), keys).await {
        Ok(Some(store)) => report.fine(
            "database",
            format_args!("{} answers and fits the key", store.place()),
        )?,
        Ok(None) => report.fine(
            "database",
            format_args!("{} will be made at the first start", config.database()),
        )?,
        Err(error) => report.wrong("database", format_args!("{error:#}"))?,
    }
    Ok(())
}

/// What is to be answered over HTTP can be: the address is free, or a bot that runs has it.
async fn listening(report: &mut Report<impl Write>, config: &Config) -> io::Result<()> {
    let Some(address) = config.http_listen else {
        return Ok(());
    };
    match web::listen(address).await {
        Ok(_) => report.fine("http", format_args!("can listen at {address}")),
        Err(_) if web::is_ours(address).await => report.fine(
            "http",
            format_args!("a slowbloom that runs now listens at {address}"),
        ),
        Err(error) => report.wrong("http", format_args!("{error:#}")),
    }
}

/// The token is there, and Telegram knows it.
async fn token(report: &mut Report<impl Write>, config: &Config) -> anyhow::Result<()> {
    let token = match config.token() {
        Ok(token) => token.clone(),
        Err(problems) => return Ok(report.wrong("token", problems)?),
    };
    let telegram = Telegram::new(&config.api_url, token, config.proxy.as_ref())?;
    match telegram.me().await {
        Ok(me) => report.fine(
            "token",
            format_args!("Telegram knows it as @{}", me.username),
        )?,
        Err(failure) => report.wrong("token", format_args!("{:#}", app::explain(&failure)))?,
    }
    Ok(())
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
