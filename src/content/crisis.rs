//! The crisis lines of each country, and everything that is said from them: footer, help page, helplines, clauses.
//!
//! Pure after loading. Loading renders every text for every country and language and holds it against the rules in
//! [`gate`], so that a wrong, stale or foreign number cannot be said. A country without a file gets
//! [`Country::ELSEWHERE`], never another country's numbers.

use chrono::{Days, NaiveDate};

use crate::{
    content::{
        Voice,
        folder::{Folder, Problem, Problems},
        markup,
    },
    domain::{Country, Language},
};

pub mod file;
pub mod gate;
pub mod numbers;
mod page;
pub mod phrases;

pub use file::{InEach, Kind, Line, Topic};
pub use gate::MAX_BODY_UTF16;
pub use numbers::{Stale, stale_in};
pub use phrases::{MAX_FOOTER_CHARS, Phrases};

/// After how many days a line should be checked again (the project's own rule).
pub const CHECK_EVERY_DAYS: u64 = 90;

/// How many numbers are offered for copying: a button each, above the fold on a phone.
const MAX_COPY: usize = 2;

/// Every country's lines, in the order in which they are offered.
#[derive(Clone, Debug)]
pub struct Directory {
    countries: Vec<CountryLines>,
    elsewhere: usize,
}

/// One country: its lines, and what is said from them in each language.
#[derive(Clone, Debug)]
pub struct CountryLines {
    country: Country,
    file: String,
    order: u16,
    name: InEach<String>,
    reviewed: String,
    lines: Vec<Line>,
    said: InEach<Said>,
}

/// What is said in one language, ready to send.
#[derive(Clone, Debug)]
struct Said {
    phrases: Phrases,
    footer: String,
    page: String,
    helplines: String,
    copy_labels: Vec<(String, String)>,
    links: Vec<(String, String)>,
}

/// When a line was last checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastCheck {
    /// Its file within `messages/`.
    pub file: String,
    /// Its id.
    pub id: String,
    /// The day it was last checked.
    pub verified_on: NaiveDate,
}

impl Directory {
    /// Reads `crisis/*.toml` and `<language>/crisis.toml`, renders everything, and refuses whatever breaks a rule.
    pub fn load(folder: &Folder) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let frames = page::Frames::load(folder, &mut problems);
        let mut countries = Vec::new();
        for name in folder.names_in("crisis") {
            if let Some(read) = problems.take(file::read(folder, name)) {
                countries.extend(frames.as_ref().and_then(|frames| {
                    problems.take(CountryLines::render(folder, name, read, frames))
                }));
            }
        }
        countries.sort_by_key(|lines| (lines.order, lines.country));
        let elsewhere = countries
            .iter()
            .position(|lines| lines.country == Country::ELSEWHERE);
        if elsewhere.is_none() && problems.iter().next().is_none() {
            problems.push(Problem::in_file(
                "crisis/zz.toml",
                "this file is missing: it is what parents see whose country has no file of its own",
            ));
        }
        problems.or_ok(Self {
            countries,
            elsewhere: elsewhere.unwrap_or_default(),
        })
    }

    /// Every country with a file, in the order in which they are offered.
    pub fn countries(&self) -> impl Iterator<Item = &CountryLines> {
        self.countries.iter()
    }

    /// Whether this country has a file of its own.
    pub fn knows(&self, country: Country) -> bool {
        self.countries.iter().any(|lines| lines.country == country)
    }

    /// The lines of a country; those of [`Country::ELSEWHERE`] when it has none.
    pub fn get(&self, country: Country) -> &CountryLines {
        self.countries
            .iter()
            .find(|lines| lines.country == country)
            .unwrap_or(&self.countries[self.elsewhere])
    }

    /// The last line of every message, at most 120 characters, in HTML.
    pub fn footer(&self, voice: Voice) -> &str {
        &self.said(voice).footer
    }

    /// The help page, in HTML.
    pub fn page(&self, voice: Voice) -> &str {
        &self.said(voice).page
    }

    /// Lines for parents who are not in crisis, with the danger and crisis numbers above them, in HTML.
    pub fn helplines(&self, voice: Voice) -> &str {
        &self.said(voice).helplines
    }

    /// What to do in danger, as a clause to put into a sentence (“call 911”). Plain text.
    pub fn in_danger(&self, voice: Voice) -> &str {
        &self.said(voice).phrases.in_danger
    }

    /// What to do in a crisis, as a clause to put into a sentence (“call or text 988”). Plain text.
    pub fn in_crisis(&self, voice: Voice) -> &str {
        &self.said(voice).phrases.in_crisis
    }

    /// Buttons that copy a number: label (“Copy 988”) and what is copied. May be empty.
    pub fn copyable(&self, voice: Voice) -> &[(String, String)] {
        &self.said(voice).copy_labels
    }

    /// Buttons that open a page: label and `https` address. The last one finds helplines in any country.
    pub fn links(&self, voice: Voice) -> &[(String, String)] {
        &self.said(voice).links
    }

    /// The lines that were last checked over [`CHECK_EVERY_DAYS`] before `today`: a warning, not an error.
    pub fn overdue(&self, today: NaiveDate) -> Vec<LastCheck> {
        let oldest = today.checked_sub_days(Days::new(CHECK_EVERY_DAYS));
        self.last_checks()
            .filter(|line| oldest.is_some_and(|oldest| line.verified_on < oldest))
            .collect()
    }

    /// The lines whose last check lies ahead of `today` in every zone: a slip of the pen, and never overdue.
    pub fn ahead(&self, today: NaiveDate) -> Vec<LastCheck> {
        self.last_checks()
            .filter(|line| is_ahead(line.verified_on, today))
            .collect()
    }

    /// Holds any other text against the rules: it may name no stale number, and no number that is not this
    /// country's. The error says what to do.
    pub fn check_text(&self, voice: Voice, html: &str) -> Result<(), String> {
        gate::check_said(&self.get(voice.country).lines, html)
    }

    fn last_checks(&self) -> impl Iterator<Item = LastCheck> {
        let checks = |country: &CountryLines| {
            let file = country.file.clone();
            let check = move |line: &Line| LastCheck {
                file: file.clone(),
                id: line.id.clone(),
                verified_on: line.verified_on,
            };
            country.lines.iter().map(check).collect::<Vec<_>>()
        };
        self.countries.iter().flat_map(checks)
    }

    fn said(&self, voice: Voice) -> &Said {
        self.get(voice.country).said.of(voice.language)
    }
}

impl CountryLines {
    /// Which country.
    pub fn country(&self) -> Country {
        self.country
    }

    /// Its file within `messages/`.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// How it is called.
    pub fn name(&self, language: Language) -> &str {
        self.name.of(language)
    }

    /// Its lines: emergency, then crisis, then support.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Who has checked the wording, if anyone has.
    pub fn reviewed(&self) -> Option<&str> {
        Some(self.reviewed.trim()).filter(|who| !who.is_empty())
    }

    /// What it says in one language. Plain text.
    pub fn phrases(&self, language: Language) -> &Phrases {
        &self.said.of(language).phrases
    }

    /// What its lines about one topic say, joined by a space. Plain text; empty when there are none.
    pub fn about(&self, topic: Topic, language: Language) -> String {
        let said: Vec<&str> = self
            .lines
            .iter()
            .filter(|line| line.topic == topic)
            .map(|line| line.says.of(language).as_str())
            .collect();
        said.join(" ")
    }

    /// Holds a whole message of this country against the rules. The error says what to do.
    pub fn check_body(&self, language: Language, html: &str) -> Result<(), String> {
        gate::check_body(&self.lines, self.phrases(language), html)
    }

    fn render(
        folder: &Folder,
        name: &str,
        read: file::CountryFile,
        frames: &page::Frames,
    ) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let lines: Vec<Line> = read
            .lines
            .into_iter()
            .map(toml::Spanned::into_inner)
            .collect();
        let mut say = |language: Language, phrases: toml::Spanned<Phrases>| {
            let span = phrases.span();
            let said = Said::render(&lines, phrases.into_inner(), frames.of(language), language);
            problems.take(said.map_err(|what| {
                folder.problem_at(name, span, format!("[{}] {what}", language.code()))
            }))
        };
        let (en, es) = (say(Language::En, read.en), say(Language::Es, read.es));
        let said = match (en, es) {
            (Some(en), Some(es)) => InEach { en, es },
            _ => return Err(problems),
        };
        problems.or_ok(Self {
            country: read.code,
            file: name.to_owned(),
            order: read.order,
            name: read.name,
            reviewed: read.reviewed,
            lines,
            said,
        })
    }
}

/// Whether a day lies ahead of `today` (in UTC), wherever on earth it was written down.
pub fn is_ahead(day: NaiveDate, today: NaiveDate) -> bool {
    day.signed_duration_since(today).num_days() > 1
}

impl Said {
    fn render(
        lines: &[Line],
        phrases: Phrases,
        frame: &page::Frame,
        language: Language,
    ) -> Result<Self, String> {
        phrases.check(lines)?;
        let page = page::page(lines, &phrases, frame, language)?;
        gate::check_body(lines, &phrases, &page)
            .map_err(|what| format!("the help page: {what}"))?;
        let helplines = page::helplines(lines, &phrases, frame, language)?;
        gate::check_body(lines, &phrases, &helplines)
            .map_err(|what| format!("the helplines: {what}"))?;
        Ok(Self {
            footer: markup::escape(&phrases.footer),
            page,
            helplines,
            copy_labels: page::copyable(lines, frame, MAX_COPY),
            links: page::links(lines, frame, language),
            phrases,
        })
    }
}

#[cfg(test)]
mod tests;
