//! The interface: questions, confirmations, button labels, command descriptions.
//!
//! One field a phrase, so that a phrase missing in one language is an error when the file is loaded.

use serde::{Deserialize, Serialize};

use super::{
    folder::{Folder, Problem, Problems},
    markup,
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
    /// What each command does, for the list that Telegram shows.
    pub commands: Commands,
    /// What Telegram shows about the bot.
    pub profile: Profile,
    /// Names of days and months, and how a date is written.
    pub dates: Dates,
}

/// The places that a phrase has, each filled in by the program; a phrase that is not listed has none.
const PLACES: &[(&str, &[&str])] = &[
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
            if let Err(what) = check(&key, &text) {
                problems.push(Problem::in_file(&file, format!("{key}: {what}")));
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

fn check(key: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("this phrase is empty; write what the parent is to read".to_owned());
    }
    markup::check(text)?;
    let places = PLACES
        .iter()
        .find(|(known, _)| *known == key)
        .map_or(&[][..], |(_, places)| places);
    markup::check_placeholders(text, places)?;
    if key.starts_with("buttons.") && text.chars().count() > MAX_LABEL_CHARS {
        return Err(format!(
            "a button has room for {MAX_LABEL_CHARS} characters; make it shorter"
        ));
    }
    Ok(())
}

/// Labels of buttons.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "the file says each phrase; its key is its name"
)]
pub struct Buttons {
    pub agree: String,
    pub more_privacy: String,
    pub just_look: String,
    pub help_now: String,
    pub crisis_help: String,
    pub yes: String,
    pub no: String,
    pub skip: String,
    pub back: String,
    pub type_city: String,
    pub share_location: String,
    pub send_location: String,
    pub not_now: String,
    pub other_place: String,
    pub by_clock: String,
    pub another_time: String,
    pub not_for_me: String,
    pub fewer_or_pause: String,
    pub in_an_hour: String,
    pub this_evening: String,
    pub tomorrow: String,
    pub another: String,
    pub see_note: String,
    pub change_time: String,
    pub change_days: String,
    pub change_zone: String,
    pub change_country: String,
    pub change_language: String,
    pub change_kind: String,
    pub sound_on: String,
    pub sound_off: String,
    pub pause: String,
    pub resume: String,
    pub settings: String,
    pub stop: String,
    pub erase: String,
    pub erase_yes: String,
    pub erase_no: String,
    pub start_notes: String,
    pub start_again: String,
    pub go_on: String,
    pub fewer: String,
    pub weekly: String,
    pub keep: String,
    pub signs: String,
    pub practices: String,
    pub support: String,
    pub therapy: String,
    pub causes: String,
    pub meaning: String,
    pub privacy: String,
    pub other_countries: String,
    pub share_message: String,
    pub meant_else: String,
    pub everything: String,
}

/// The three questions of set-up.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "the file says each phrase; its key is its name"
)]
pub struct Setup {
    pub clock: String,
    pub clock_place: String,
    pub pick_clock: String,
    pub pick_region: String,
    pub pick_place: String,
    pub type_city: String,
    pub share: String,
    pub share_done: String,
    pub share_off: String,
    pub share_unknown: String,
    pub place_unknown: String,
    pub time: String,
    pub type_time: String,
    pub time_unknown: String,
    pub other_time: String,
    pub kind: String,
}

/// What set-up ends with.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "the file says each phrase; its key is its name"
)]
pub struct Summary {
    pub ready: String,
    pub line: String,
    pub first: String,
    pub next: String,
    pub stop_hint: String,
}

/// The settings screen and its questions.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "the file says each phrase; its key is its name"
)]
pub struct Settings {
    pub title: String,
    pub time: String,
    pub days: String,
    pub kind: String,
    pub zone: String,
    pub country: String,
    pub language: String,
    pub sound_on: String,
    pub sound_off: String,
    pub next: String,
    pub paused_until: String,
    pub paused: String,
    pub stopped: String,
    pub saved: String,
    pub days_question: String,
    pub days_unknown: String,
    pub country_question: String,
    pub country_unknown: String,
    pub country_set: String,
    pub country_shown: String,
    pub language_question: String,
    pub language_set: String,
    pub language_unknown: String,
    pub zone_set: String,
    pub zone_not_right: String,
    pub not_subscribed: String,
    pub every_day: String,
    pub weekdays: String,
    pub weekends: String,
    pub mon_wed_fri: String,
}

/// The kinds of notes to choose from, by plan id.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "the file says each phrase; its key is its name"
)]
pub struct Plans {
    pub daily: String,
    pub daily_with_practices: String,
    pub three_a_week: String,
    pub weekly: String,
    pub own: String,
}

/// What is said around a note.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "the file says each phrase; its key is its name"
)]
pub struct Notes {
    pub when: String,
    pub moved: String,
    pub moved_already: String,
    pub retired: String,
    pub retired_last: String,
    pub none_left: String,
    pub fewer_or_pause: String,
    pub go_on: String,
    pub last_notice: String,
    pub kept: String,
}

/// Pausing and resuming.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "the file says each phrase; its key is its name"
)]
pub struct Pause {
    pub question: String,
    pub days_1: String,
    pub days_3: String,
    pub days_7: String,
    pub days_30: String,
    pub until_resumed: String,
    pub done_until: String,
    pub done: String,
    pub unknown: String,
    pub resumed: String,
}

/// Stopping and erasing.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "the file says each phrase; its key is its name"
)]
pub struct Leaving {
    pub erase_question: String,
    pub erased: String,
    pub erased_chat: String,
    pub kept: String,
    pub nothing_to_stop: String,
    pub nothing_to_erase: String,
}

/// Other answers.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "the file says each phrase; its key is its name"
)]
pub struct Answers {
    pub look: String,
    pub help_intro: String,
    pub help_read: String,
    pub help_notes: String,
    pub help_safety: String,
    pub not_understood: String,
    pub unreadable: String,
    pub other_bot: String,
    pub stale_button: String,
    pub welcome_back: String,
    pub store_down: String,
    pub late: String,
    pub meant_else: String,
    pub too_long: String,
}

/// What each command does, for the list that Telegram shows.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "the file says each phrase; its key is its name"
)]
pub struct Commands {
    pub start: String,
    pub affirmation: String,
    pub practice: String,
    pub signs: String,
    pub causes: String,
    pub meaning: String,
    pub support: String,
    pub therapy: String,
    pub crisis: String,
    pub disclaimer: String,
    pub about: String,
    pub settings: String,
    pub time: String,
    pub days: String,
    pub timezone: String,
    pub country: String,
    pub language: String,
    pub pause: String,
    pub resume: String,
    pub stop: String,
    pub delete: String,
    pub privacy: String,
    pub help: String,
}

/// What Telegram shows about the bot.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "the file says each phrase; its key is its name"
)]
pub struct Profile {
    pub description: String,
    pub short_description: String,
}

/// Names of days and months, and how a date is written.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "the file says each phrase; its key is its name"
)]
pub struct Dates {
    pub weekdays: [String; 7],
    pub months: [String; 12],
    pub date: String,
}
