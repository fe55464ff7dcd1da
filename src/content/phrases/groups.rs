//! The groups of phrases, one field a phrase: the shape of `<language>/phrases.toml`.

use serde::{Deserialize, Serialize};

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
    pub more_times: String,
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
    pub only_one: String,
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
    pub share_numbers: String,
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
    pub zone_unknown: String,
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
    pub own_affirmations: String,
    pub own_with_practices: String,
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
    pub none_until_then: String,
    pub only_one: String,
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
    pub not_yet: String,
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
    pub meant_else_in_setup: String,
    pub share: String,
    pub too_long: String,
    pub thanks: String,
    pub good_night: String,
}

/// What parents write that is no place, no time and no command; each in any spelling of its letters. Never shown.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "the file says each phrase; its key is its name"
)]
pub struct Everyday {
    pub yes: Vec<String>,
    pub no: Vec<String>,
    pub thanks: Vec<String>,
    pub good_night: Vec<String>,
    pub others: Vec<String>,
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
