//! The interface: questions, confirmations, button labels, command descriptions.
//!
//! One field a phrase, so that a phrase missing in one language is an error when the file is loaded.

use serde::{Deserialize, Serialize};

mod groups;

pub use groups::{
    Answers, Buttons, Commands, Dates, Everyday, Leaving, Notes, Pause, Plans, Profile, Settings,
    Setup, Summary,
};

use super::{
    folder::{Folder, Problems},
    markup, wording,
};
use crate::domain::Language;

/// All phrases of one language (`messages/<language>/phrases.toml`).
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Phrases {
    /// Labels of buttons.
    pub buttons: Buttons,
    /// The three questions of set-up.
    pub setup: Setup,
    /// What set-up ends with.
    pub summary: Summary,
    /// The settings screen and its questions.
    pub settings: Settings,
    /// The kinds of notes to choose from, by plan id.
    pub plans: Plans,
    /// What is said around a note.
    pub notes: Notes,
    /// Pausing and resuming.
    pub pause: Pause,
    /// Stopping and erasing.
    pub leaving: Leaving,
    /// Other answers.
    pub answers: Answers,
    /// What parents write that is an answer to nothing, or only yes or no.
    pub everyday: Everyday,
    /// What each command does, for the list that Telegram shows.
    pub commands: Commands,
    /// What Telegram shows about the bot.
    pub profile: Profile,
    /// Names of days and months, and how a date is written.
    pub dates: Dates,
}

/// The places that a phrase has, each filled in by the program; a phrase that is not listed has none.
const PLACES: &[(&str, &[&str])] = &[
    ("answers.share", &["in_danger", "in_crisis"]),
    ("setup.clock", &["clock"]),
    ("setup.clock_place", &["clock", "place"]),
    ("summary.line", &["days", "time", "what", "zone"]),
    ("summary.first", &["date", "time"]),
    ("summary.next", &["date", "time"]),
    ("settings.time", &["time"]),
    ("settings.days", &["days"]),
    ("settings.kind", &["kind"]),
    ("settings.zone", &["clock", "zone"]),
    ("settings.country", &["country"]),
    ("settings.next", &["date", "time"]),
    ("settings.paused_until", &["date"]),
    ("settings.country_unknown", &["elsewhere"]),
    ("settings.country_set", &["country"]),
    ("settings.country_shown", &["country"]),
    ("settings.zone_set", &["clock", "zone"]),
    ("settings.zone_unknown", &["zone"]),
    ("notes.moved", &["date", "time"]),
    ("pause.done_until", &["date", "time"]),
    ("profile.description", &["in_crisis", "in_danger"]),
    ("profile.short_description", &["in_crisis"]),
    ("dates.date", &["day", "month", "weekday"]),
];

/// The longest label of a button, in characters: two still fit side by side on a narrow phone.
const MAX_LABEL_CHARS: usize = 46;

impl Phrases {
    /// Reads `<language>/phrases.toml` and checks each phrase: markup, places, lengths.
    pub fn parse(folder: &Folder, language: Language) -> Result<Self, Problems> {
        let file = format!("{}/phrases.toml", language.code());
        let phrases: Self = folder.toml(&file)?;
        let mut problems = Problems::default();
        for (key, text) in phrases.all() {
            if let Err(what) = check(language, &key, &text) {
                problems.push(folder.problem_of(&file, &key, what));
            }
        }
        problems.or_ok(phrases)
    }

    /// Every phrase with its key (`setup.clock`).
    pub fn all(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        if let Ok(value) = toml::Value::try_from(self) {
            collect("", &value, &mut found);
        }
        found
    }
}

fn collect(key: &str, value: &toml::Value, found: &mut Vec<(String, String)>) {
    match value {
        toml::Value::String(text) => found.push((key.to_owned(), text.clone())),
        toml::Value::Array(values) => values.iter().for_each(|value| collect(key, value, found)),
        toml::Value::Table(table) => {
            for (name, value) in table {
                let key = if key.is_empty() {
                    name.clone()
                } else {
                    format!("{key}.{name}")
                };
                collect(&key, value, found);
            }
        }
        _ => {}
    }
}

fn check(language: Language, key: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("this phrase is empty; write what the parent is to read".to_owned());
    }
    markup::check(text)?;
    let places = PLACES
        .iter()
        .find(|(known, _)| *known == key)
        .map_or(&[][..], |(_, places)| places);
    markup::check_placeholders(text, places)?;
    if let Some(breach) = wording::breaches(language, text).into_iter().next() {
        return Err(breach);
    }
    if names_a_number(text) {
        return Err(
            "telephone numbers stand in crisis/*.toml only; take the number out".to_owned(),
        );
    }
    if key.starts_with("buttons.") && text.chars().count() > MAX_LABEL_CHARS {
        return Err(format!(
            "a button has room for {MAX_LABEL_CHARS} characters; make it shorter"
        ));
    }
    Ok(())
}

/// Whether three digits or more stand side by side; an hour and an age have two.
fn names_a_number(text: &str) -> bool {
    text.as_bytes()
        .windows(3)
        .any(|three| three.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem_of(phrase: &str, instead: &str) -> String {
        let file = "en/phrases.toml";
        let folder = Folder::built_in();
        let text = folder.text(file).unwrap().replace(phrase, instead);
        let problems = Phrases::parse(&folder.with(file, text), Language::En).unwrap_err();
        problems
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn each_slip_is_named_with_its_key() {
        for (phrase, instead, expected) in [
            (
                "saved = \"Saved.\"",
                "saved = \"\"",
                "settings.saved: this phrase is empty",
            ),
            (
                "saved = \"Saved.\"",
                "saved = \"<u>Saved.</u>\"",
                "settings.saved: ",
            ),
            (
                "saved = \"Saved.\"",
                "saved = \"Saved {time}.\"",
                "settings.saved: ",
            ),
            (
                "saved = \"Saved.\"",
                "saved = \"Call 911.\"",
                "settings.saved: telephone numbers",
            ),
            ("saved = \"Saved.\"", "", "“saved” is missing"),
            (
                "saved = \"Saved.\"",
                "saved = \"Saved.\"\nsafed = \"\"",
                "unknown",
            ),
            ("(it is {clock} there now)", "(there)", "settings.zone: "),
        ] {
            let said = problem_of(phrase, instead);
            assert!(
                said.contains(expected) && said.contains("en/phrases.toml"),
                "{instead}: {said}"
            );
        }
    }
}
