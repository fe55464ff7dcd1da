//! How a country's lines read in one language, and the rules for that.

use serde::Deserialize;

use super::{file::Line, gate};
use crate::content::markup;

/// The longest footer, in characters.
pub const MAX_FOOTER_CHARS: usize = 120;

/// What opens the help page. The same in every language, because the footer is read in a hurry.
const HELP_COMMAND: &str = "/crisis";

/// The places that a country's phrases fill in other texts, in the order of [`Phrases::fill`].
const PLACES: [&str; 7] = [
    "danger",
    "in_danger",
    "in_crisis",
    "hospital",
    "talk",
    "want_to_talk",
    "text_instead",
];

/// How a country's lines read in one language. All plain text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phrases {
    /// The last line of every message.
    pub footer: String,
    /// What to do in danger, as a clause: “call 911”.
    pub in_danger: String,
    /// What to do in a crisis, as a clause: “call or text 988”.
    pub in_crisis: String,
    /// Where to go in an emergency: “the nearest ER”.
    pub hospital: String,
    /// The heading above the crisis lines.
    pub talk_now: String,
    /// Whom to talk to about something heavy, as sentences.
    pub talk: String,
    /// Whom to talk to after a loss, as a clause.
    pub want_to_talk: String,
    /// What to do right now in an emergency, one item each; crisis lines first.
    pub call: Vec<String>,
    /// What to do when one cannot talk out loud, as sentences.
    pub text_instead: String,
    /// Where to turn in another country.
    pub elsewhere: String,
}

impl Phrases {
    /// Puts these phrases into the places of a text: `{in_danger}`, `{danger}` (the same at the start of a
    /// sentence), `{in_crisis}`, `{hospital}`, `{talk}`, `{want_to_talk}`, `{text_instead}`. The text is HTML, the
    /// phrases are escaped. Fails on a place of any other name.
    pub fn fill(&self, template: &str) -> Result<String, String> {
        let danger = sentence_start(&self.in_danger);
        let values = [
            danger.as_str(),
            &self.in_danger,
            &self.in_crisis,
            &self.hospital,
            &self.talk,
            &self.want_to_talk,
            &self.text_instead,
        ];
        let wanted: Vec<(&str, &str)> = PLACES
            .into_iter()
            .zip(values)
            .filter(|(name, _)| has_place(template, name))
            .collect();
        markup::fill(template, &wanted)
    }

    /// Proves that a text has no other places than [`Phrases::fill`] can fill.
    pub fn check_places(template: &str) -> Result<(), String> {
        let wanted: Vec<&str> = PLACES
            .into_iter()
            .filter(|name| has_place(template, name))
            .collect();
        markup::check_placeholders(template, &wanted)
    }

    /// The rules for each phrase by itself; the error names the key.
    pub(super) fn check(&self, lines: &[Line]) -> Result<(), String> {
        for (key, text) in self.by_key() {
            let wrong = |what: String| format!("{key}: {what}");
            if text.trim().is_empty() {
                return Err(wrong("this is empty; it must be said".to_owned()));
            }
            gate::check_said(lines, text).map_err(wrong)?;
        }
        self.check_footer(lines)
            .map_err(|what| format!("footer: {what}"))?;
        gate::check_danger(lines, self, &self.in_danger)
            .map_err(|what| format!("in_danger: {what}"))?;
        gate::check_crisis(lines, &self.in_crisis).map_err(|what| format!("in_crisis: {what}"))
    }

    fn check_footer(&self, lines: &[Line]) -> Result<(), String> {
        let length = self.footer.chars().count();
        if length > MAX_FOOTER_CHARS {
            return Err(format!(
                "{length} characters, but at most {MAX_FOOTER_CHARS} fit under every message; shorten it"
            ));
        }
        if !self.footer.contains(HELP_COMMAND) {
            return Err(format!("must point to {HELP_COMMAND}"));
        }
        // Where no number at all is proved, the footer only points to the page.
        if lines.iter().all(|line| line.numbers().next().is_none()) {
            return Ok(());
        }
        gate::check_danger(lines, self, &self.footer)?;
        gate::check_crisis(lines, &self.footer)?;
        gate::check_order(lines, self, &self.footer)
    }

    fn by_key(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("footer", &self.footer),
            ("in_danger", &self.in_danger),
            ("in_crisis", &self.in_crisis),
            ("hospital", &self.hospital),
            ("talk_now", &self.talk_now),
            ("talk", &self.talk),
            ("want_to_talk", &self.want_to_talk),
            ("text_instead", &self.text_instead),
            ("elsewhere", &self.elsewhere),
        ]
        .into_iter()
        .chain(self.call.iter().map(|item| ("call", item)))
        .map(|(key, text)| (key, text.as_str()))
    }
}

fn has_place(template: &str, name: &str) -> bool {
    template.contains(&format!("{{{name}}}"))
}

/// The same text at the start of a sentence.
fn sentence_start(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
