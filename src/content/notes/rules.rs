//! What a program can judge of a note: the rules for authors of SAFETY.md 2.1.

use super::Note;
use crate::{
    content::{markup, wording},
    domain::{Language, Pool},
};

/// The longest note in characters, its safety line included, without footer (SAFETY.md 2.1, A10).
pub const MAX_NOTE_CHARS: usize = 300;

/// The longest first sentence in characters: what a lock screen shows (SAFETY.md 2.1, A10).
pub const MAX_FIRST_SENTENCE_CHARS: usize = 60;

/// The most notes that can be drawn from the article without a new claim (SAFETY.md 6.2).
pub const MAX_NOTES: usize = 40;

/// What a practice says somewhere, because it is never an order (SAFETY.md 2.1, A14).
const IF_IT_FEELS_OK_EN: [&str; 3] = ["if it feels ok", "if that feels ok", "if they feel ok"];
const IF_IT_FEELS_OK_ES: [&str; 1] = ["si te parece bien"];

/// Sentences whose notes carry our own line on being awake and alert (SAFETY.md 2.1, A14).
const NEED_SAFETY: [&str; 2] = ["practice.skin", "practice.slow"];

/// Everything about one note that a program can judge.
pub(super) fn faults(note: &Note, language: Language) -> Vec<String> {
    let body = note.body();
    if note.text.trim().is_empty() {
        return vec!["the text is empty; write the note".to_owned()];
    }
    if let Err(what) = markup::check(&body) {
        return vec![what];
    }
    let mut faults = wording::breaches(language, &body);
    if let Err(what) = markup::check_placeholders(&body, &[]) {
        faults.push(what);
    }
    let seen = markup::plain(&body);
    let chars = seen.chars().count();
    if chars > MAX_NOTE_CHARS {
        faults.push(format!(
            "the note has {chars} characters; {MAX_NOTE_CHARS} is the most"
        ));
    }
    let first = first_sentence(&seen).chars().count();
    if first > MAX_FIRST_SENTENCE_CHARS {
        faults.push(format!(
            "the first sentence has {first} characters; {MAX_FIRST_SENTENCE_CHARS} is the most, so that it can be read at a glance"
        ));
    }
    if seen.contains(|c: char| c.is_numeric() || c == '%') {
        faults.push(
            "a note has no digits and no “%”: the article gives no numbers (rule A2)".to_owned(),
        );
    }
    let permission: &[&str] = match language {
        Language::En => &IF_IT_FEELS_OK_EN,
        Language::Es => &IF_IT_FEELS_OK_ES,
    };
    let lower = seen.to_lowercase();
    if note.pool == Pool::Practices && !permission.iter().any(|words| lower.contains(words)) {
        faults.push(format!(
            "a practice says “{}” somewhere (rule A14)",
            permission[0]
        ));
    }
    if NEED_SAFETY.contains(&note.origin.as_str()) && note.safety.is_none() {
        faults.push(
            "a note on skin-to-skin or holding has a “safety” line on being awake and alert (rule A14)"
                .to_owned(),
        );
    }
    faults
}

/// What is wrong with the notes together.
pub(super) fn pool_faults(notes: &[Note]) -> Vec<String> {
    let mut faults = Vec::new();
    if notes.len() > MAX_NOTES {
        faults.push(format!(
            "{} notes; the article has room for {MAX_NOTES} at most, take some out",
            notes.len()
        ));
    }
    for (pool, name) in [
        (Pool::Affirmations, "affirmations"),
        (Pool::Practices, "practices"),
    ] {
        if !notes.iter().any(|note| note.pool == pool) {
            faults.push(format!("there is no note with pool = \"{name}\"; add one"));
        }
    }
    faults
}

fn first_sentence(text: &str) -> &str {
    let end = text
        .char_indices()
        .find(|(index, c)| {
            let after = &text[index + c.len_utf8()..];
            let ends =
                after.is_empty() || after.starts_with(|c: char| c.is_whitespace() || c == '”');
            *c == '\n' || (matches!(c, '.' | '?' | '!' | '…') && ends)
        })
        .map_or(text.len(), |(index, c)| index + c.len_utf8());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use crate::content::testing::{broken, expect_problem};

    const EN: &str = "en/notes.toml";
    const ES: &str = "es/notes.toml";
    const FIRST: &str = "Bonding challenges are more common than most people realize.";

    #[test]
    fn a_broken_note_is_told_with_its_line() {
        let check = |file, from: &str, to: &str, expected| {
            expect_problem(&broken(file, from, to), expected);
        };
        let text = format!("text = \"{FIRST}\"");
        let write = |new: &str| format!("text = \"{new}\"");
        check(
            EN,
            &text,
            &write(""),
            "en/notes.toml, line 17: the text is empty",
        );
        check(EN, &text, &write("<b>Hi."), "<b> is never closed");
        check(
            EN,
            &text,
            &write("{name}, hi."),
            "nothing is known to put in place of {name}",
        );
        check(
            EN,
            &text,
            &write("You must know this."),
            "“must” shames or orders (rule A4)",
        );
        check(
            EN,
            &text,
            &write("Half of parents, 50%, feel so."),
            "no digits and no “%”",
        );
        check(
            EN,
            &text,
            &write(&"word ".repeat(13)),
            "the first sentence has 65 characters; 60 is the most",
        );
        check(
            EN,
            &text,
            &write(&"A word. ".repeat(40)),
            "the note has 320 characters; 300 is the most",
        );
        check(
            EN,
            "if it feels OK. At a feeding",
            "today. At a feeding",
            "a practice says “if it feels ok” somewhere",
        );
        check(
            ES,
            "si te parece bien. Al darle",
            "para hoy. Al darle",
            "a practice says “si te parece bien” somewhere",
        );
        check(
            EN,
            "\nsafety = ",
            "\n# ",
            "has a “safety” line on being awake and alert",
        );
    }

    #[test]
    fn a_source_must_stand_in_the_article() {
        let check =
            |from: &str, to: &str, expected| expect_problem(&broken(EN, from, to), expected);
        let source = "source = \"Bonding challenges are more common than most people realize\"";
        check(
            source,
            "source = \"Bonding is easy\"",
            "en/notes.toml, line 18: this source does not stand in article.txt",
        );
        check(
            source,
            "source = \"\"",
            "this source does not stand in article.txt",
        );
        check(
            source,
            "source = \"The good news\"",
            "are not in the part of “reassure.common”",
        );
        check(
            "origin = \"reassure.common\"",
            "origin = \"reassure\"",
            "line 19: there is no sentence “reassure”",
        );
        check(
            "origin = \"reassure.common\"",
            "origin = \"cta.ready\"",
            "“cta.ready” may not come as a note of this kind",
        );
        check(
            "origin = \"therapy.fog\"",
            "origin = \"therapy.roots\"",
            "“therapy.roots” may not come",
        );
        check(
            "source = \"With the right support, the fog can lift\"",
            "source = \"many moms are surprised by how quickly\"",
            "the part of “therapy.fog” that notes may be drawn from",
        );
    }

    #[test]
    fn both_languages_have_the_same_notes() {
        let check = |file, from: &str, to: &str, expected| {
            expect_problem(&broken(file, from, to), expected);
        };
        check(
            ES,
            "id = \"seeds\"",
            "id = \"sprouts\"",
            "the note “sprouts” is not in en/notes.toml",
        );
        check(
            ES,
            "id = \"seeds\"",
            "id = \"sprouts\"",
            "the note “seeds” of en/notes.toml is missing here",
        );
        check(
            ES,
            "id = \"seeds\"",
            "id = \"can_grow\"",
            "the id “can_grow” is used twice",
        );
        check(
            EN,
            "id = \"seeds\"",
            "id = \"can_grow\"",
            "the id “can_grow” is used twice",
        );
        check(
            EN,
            "id = \"seeds\"",
            "id = \"Seeds of hope\"",
            "must be 1 to 32 lower-case letters",
        );
        check(
            ES,
            "\nsafety = ",
            "\n# ",
            "“safety” stands in one language only",
        );
    }
}
