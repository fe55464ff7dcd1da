//! One country's file as it is written, and the rules for its lines.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, de::Error as _};
use toml::Spanned;

use super::{numbers, phrases::Phrases};
use crate::{
    content::folder::{Folder, Problem, Problems},
    domain::{Country, Language},
};

/// How sure one must be of a line to say it: seen on the service's or a government's own page (V), or in two
/// independent sources of which one is recent (S2).
const SHIPPABLE_MARKS: [&str; 2] = ["V", "S2"];

/// The support lines that answer day and night by their own official page. Any other support line that claims it is
/// refused: a parent must not wait at a line that is closed.
const SUPPORT_DAY_AND_NIGHT: [&str; 1] = ["us-maternal"];

/// Day and night, as `hours` says it.
pub(super) const DAY_AND_NIGHT: &str = "24/7";

/// A value in every language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InEach<T> {
    /// English.
    pub en: T,
    /// Spanish.
    pub es: T,
}

impl<T> InEach<T> {
    /// The value in one language.
    pub const fn of(&self, language: Language) -> &T {
        match language {
            Language::En => &self.en,
            Language::Es => &self.es,
        }
    }
}

/// What a line is for. In this order they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Ambulance, police.
    Emergency,
    /// A person to talk to in a crisis.
    Crisis,
    /// Help that is not for a crisis.
    Support,
}

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    /// Danger to life.
    Danger,
    /// Thoughts of suicide.
    Suicide,
    /// The time around a birth.
    Perinatal,
    /// Violence at home.
    Violence,
    /// A child in need.
    Child,
    /// Whatever it is.
    Anyone,
}

/// One service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Its name in code and errors, such as `us-988`.
    pub id: String,
    /// What it is for.
    pub kind: Kind,
    /// What it is about.
    pub topic: Topic,
    /// What it is called.
    pub name: InEach<String>,
    /// How it is shown, plain text.
    pub says: InEach<String>,
    /// The number to call, as it is shown.
    pub number: Option<String>,
    /// The number to send a text to.
    pub sms_number: Option<String>,
    /// What to send there; empty for anything.
    pub sms_keyword: Option<InEach<String>>,
    /// A page to write on or to look at, `https`.
    pub link: Option<String>,
    /// What a button says that opens it.
    pub link_label: Option<InEach<String>>,
    /// The id of the line that already shows this one.
    pub part_of: Option<String>,
    /// The only place it is for, when it is not for the whole country.
    pub area: Option<String>,
    /// `24/7`, or in words.
    pub hours: String,
    /// Which languages are spoken there, in English words. Empty when the source does not say.
    pub languages: Vec<String>,
    /// What it is not for, or cannot do.
    pub limits: Option<String>,
    /// Where this was read.
    pub source: String,
    /// The day it was last checked.
    #[serde(deserialize_with = "day_of_check")]
    pub verified_on: NaiveDate,
    /// How it was checked, or by whom.
    pub verified_by: String,
    /// How sure one may be: V or S2.
    pub mark: String,
}

impl Line {
    /// Whether someone answers at any hour.
    pub fn day_and_night(&self) -> bool {
        self.hours == DAY_AND_NIGHT
    }

    /// Its numbers, as [`numbers::numbers_in`] finds them in a text.
    pub fn numbers(&self) -> impl Iterator<Item = String> {
        [&self.number, &self.sms_number]
            .into_iter()
            .flatten()
            .filter_map(|number| numbers::normal(number))
    }
}

/// A country's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CountryFile {
    pub(super) code: Country,
    /// Its place in the list that a parent chooses from, smallest first.
    pub(super) order: u16,
    /// Which clinician and which native speaker have checked the wording; empty until they have.
    pub(super) reviewed: String,
    pub(super) name: InEach<String>,
    pub(super) en: Spanned<Phrases>,
    pub(super) es: Spanned<Phrases>,
    pub(super) lines: Vec<Spanned<Line>>,
}

/// Reads `verified_on`, with or without quotation marks, and names it when it is no day.
fn day_of_check<'de, D: Deserializer<'de>>(value: D) -> Result<NaiveDate, D::Error> {
    let text = match toml::Value::deserialize(value)? {
        toml::Value::String(text) => text,
        other => other.to_string(),
    };
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").map_err(|_| {
        D::Error::custom(
            "verified_on: write the day on which the line was last checked like 2027-01-31",
        )
    })
}

/// Reads a country's file and holds its lines against the rules.
pub(super) fn read(folder: &Folder, name: &str) -> Result<CountryFile, Problems> {
    let file: CountryFile = folder.toml(name)?;
    let mut problems = Problems::default();
    let expected = format!("crisis/{}.toml", file.code.code().to_ascii_lowercase());
    if name != expected {
        problems.push(Problem::in_file(
            name,
            format!(
                "code {} belongs into {expected}; rename the file or mend the code",
                file.code
            ),
        ));
    }
    let mut ids = BTreeSet::new();
    let mut last = Kind::Emergency;
    for line in &file.lines {
        let (span, line) = (line.span(), line.get_ref());
        let mut wrong = |what: String| {
            problems.push(folder.problem_at(name, span.clone(), format!("{}: {what}", line.id)));
        };
        if line
            .part_of
            .as_deref()
            .is_some_and(|whole| !ids.contains(whole))
        {
            wrong("part_of names no line above; mend the id".to_owned());
        }
        if !ids.insert(line.id.as_str()) {
            wrong("this id stands twice; give each line its own".to_owned());
        }
        if line.kind < last {
            wrong("lines stand in the order emergency, crisis, support; move it up".to_owned());
        }
        last = line.kind;
        for what in line_faults(line) {
            wrong(what);
        }
    }
    problems.or_ok(file)
}

fn line_faults(line: &Line) -> Vec<String> {
    let mut faults = Vec::new();
    let mut wrong = |what: &str| faults.push(what.to_owned());
    if !SHIPPABLE_MARKS.contains(&line.mark.as_str()) {
        wrong(&format!(
            "mark “{}” may not be said to parents, only V and S2; take the line out until a person has checked it",
            line.mark
        ));
    }
    if line.number.is_none() && line.sms_number.is_none() && line.link.is_none() {
        wrong("no number, sms_number or link; a line needs one of them");
    }
    for number in [&line.number, &line.sms_number].into_iter().flatten() {
        if numbers::normal(number).is_none() {
            wrong(&format!("“{number}” is not one telephone number"));
        }
        if let Some(stale) = numbers::stale_in(number) {
            wrong(&format!(
                "“{number}” may not be said any more: {}",
                stale.why
            ));
        }
    }
    if line.sms_keyword.is_some() && line.sms_number.is_none() {
        wrong("sms_keyword without sms_number; add the number");
    }
    if line
        .link
        .as_deref()
        .is_some_and(|link| !link.starts_with("https://"))
    {
        wrong("link must begin with https://");
    }
    if line.link.is_some() != line.link_label.is_some() {
        wrong("link and link_label stand together; add the other");
    }
    if line.kind == Kind::Support {
        if line
            .limits
            .as_deref()
            .is_none_or(|limits| limits.trim().is_empty())
        {
            wrong("a support line must say in limits what it is not for");
        }
        if claims_day_and_night(&line.hours) && !SUPPORT_DAY_AND_NIGHT.contains(&line.id.as_str()) {
            wrong(
                "a support line may not claim 24/7; write its hours, or make it kind crisis if it is one",
            );
        }
    }
    let texts = [&line.says.en, &line.says.es, &line.name.en, &line.name.es];
    for text in texts
        .into_iter()
        .chain([&line.hours, &line.source, &line.verified_by])
    {
        if text.trim().is_empty() {
            wrong("name, says, hours, source and verified_by may not be empty");
        }
    }
    faults
}

fn claims_day_and_night(hours: &str) -> bool {
    ["24/7", "24x7", "24×7", "24 h"]
        .iter()
        .any(|claim| hours.to_lowercase().contains(claim))
}
