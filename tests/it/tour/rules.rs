//! What holds for every message, wherever it was come by.

use std::{collections::HashSet, sync::LazyLock};

use serde_json::Value;
use slowbloom::{
    content::{Content, Voice, markup},
    conversation::Tap,
    domain::Language,
};

/// The longest text of a message in UTF-16 units, footer included (Bot API, sendMessage).
const LONGEST_MESSAGE: usize = 4096;

/// The most buttons of a message, and of a row (what Telegram's apps show).
const MOST_BUTTONS: usize = 100;
const MOST_IN_A_ROW: usize = 8;

/// The longest label that two of fit beside each other, or one alone, on a phone of 360 points; in characters.
const LONGEST_LABEL: usize = 60;

pub(super) static CONTENT: LazyLock<Content> = LazyLock::new(|| Content::built_in().unwrap());

/// Phrases that only one of the languages has, cut at their places.
static FOREIGN: LazyLock<[Vec<String>; 2]> = LazyLock::new(|| {
    let [english, spanish] = Language::ALL.map(phrases);
    [only_in(&spanish, &english), only_in(&english, &spanish)]
});

/// “English or Spanish? ¿Inglés o español?” is asked in both.
fn only_in(these: &HashSet<String>, others: &HashSet<String>) -> Vec<String> {
    let foreign = |phrase: &&String| !others.iter().any(|other| other.contains(phrase.as_str()));
    these.iter().filter(foreign).cloned().collect()
}

/// A button as a rule sees it.
pub(super) struct Seen<'a> {
    pub(super) label: &'a str,
    /// `None` for links and numbers to copy.
    pub(super) data: Option<&'a str>,
}

/// Checks a whole message as it reaches the phone; `where_from` names it in the failure.
pub(super) fn check(where_from: &str, voice: Voice, text: &str, rows: &[Vec<Seen>]) {
    let fails = |why: &str| -> ! { panic!("{where_from}: {why}\n{text}") };
    if text.encode_utf16().count() > LONGEST_MESSAGE {
        fails("too long for Telegram");
    }
    if let Some(place) = placeholder(text) {
        fails(&format!("{place} was not filled in"));
    }
    let footer = markup::plain(CONTENT.crisis.footer(voice));
    let Some(body) = text.strip_suffix(&footer) else {
        fails("no footer");
    };
    if body.trim().is_empty() || !body.ends_with("\n\n") {
        fails("nothing is said above the footer");
    }
    let foreign = &FOREIGN[usize::from(voice.language == Language::Es)];
    if let Some(phrase) = foreign.iter().find(|phrase| body.contains(phrase.as_str())) {
        fails(&format!("“{phrase}” is of the other language"));
    }
    let buttons: Vec<&Seen> = rows.iter().flatten().collect();
    if buttons.len() > MOST_BUTTONS || rows.iter().any(|row| row.len() > MOST_IN_A_ROW) {
        fails("more buttons than a phone shows");
    }
    for button in &buttons {
        let label = button.label;
        if label.trim().is_empty() || label.chars().count() > LONGEST_LABEL {
            fails(&format!("the label “{label}” does not fit"));
        }
        if placeholder(label).is_some() || foreign.iter().any(|phrase| phrase == label) {
            fails(&format!("the label “{label}” is not of this language"));
        }
        if let Some(data) = button.data
            && Tap::decode(data).is_none()
        {
            fails(&format!("nobody understands what [{label}] says"));
        }
    }
    // The footer's /crisis is in every message; a button is there too, unless the phone's own keys have its place.
    let taps: Vec<Tap> = buttons
        .iter()
        .filter_map(|button| button.data.and_then(Tap::decode))
        .collect();
    let leads_to_help =
        |tap: &Tap| matches!(tap, Tap::Crisis | Tap::CrisisCountries | Tap::CrisisIn(_));
    if !footer.contains("/crisis") && !footer.contains("/ayuda_ya") {
        fails("the footer has no way to help");
    }
    if !rows.is_empty() && !taps.iter().any(leads_to_help) {
        fails("no button leads to help");
    }
    if !rows.is_empty() && buttons.len() < 2 && !matches!(taps.first(), Some(Tap::CrisisCountries))
    {
        fails("a dead end: only help, and no other way on");
    }
}

/// Something like `{clock}` that ought to have been filled in.
fn placeholder(text: &str) -> Option<&str> {
    let start = text.find('{')?;
    let end = text[start..].find('}')? + start;
    let name = &text[start + 1..end];
    let named = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    named.then(|| &text[start..=end])
}

/// The shortest phrase that tells a language; shorter ones may stand in the other one too.
const TELLING: usize = 9;

fn phrases(language: Language) -> HashSet<String> {
    let phrases = serde_json::to_value(&CONTENT.texts(language).phrases).unwrap();
    let mut found = HashSet::new();
    collect(&phrases, &mut found);
    found
}

fn collect(value: &Value, into: &mut HashSet<String>) {
    match value {
        Value::String(text) => {
            let parts = text.split(['{', '}']).step_by(2);
            let telling = parts.map(|part| markup::plain(part.trim()));
            into.extend(telling.filter(|part| part.chars().count() >= TELLING));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, into)),
        Value::Object(fields) => fields.values().for_each(|value| collect(value, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
