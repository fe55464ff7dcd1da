//! The notes: affirmations and practices, each with the source sentence it is drawn from.
//!
//! The source stands once, in the English file, because the article is English; the Spanish file has the same ids.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{
    article::Article,
    folder::{Folder, Problem, Problems},
    markup, wording,
};
use crate::domain::{Language, NoteId, Pool};

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

const SOURCE_FILE: &str = "en/notes.toml";

/// One note in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its name, the same in every language.
    pub id: NoteId,
    /// What kind of note it is.
    pub pool: Pool,
    /// What it is about, such as `time`.
    pub theme: String,
    /// What it says, in the HTML that `markup` allows.
    pub text: String,
    /// Our own safety line, which is not the article's.
    pub safety: Option<String>,
    /// The article's exact words that it is drawn from.
    pub source: String,
    /// The sentence of the article's table in which those words stand.
    pub origin: String,
}

impl Note {
    /// The whole body as HTML: what it says, and our safety line below it.
    pub fn body(&self) -> String {
        body(&self.text, self.safety.as_deref())
    }

    /// Whether it is for the hours in which a parent is likely awake and alert (SAFETY.md 6, `practice.skin`).
    pub fn is_for_daytime(&self) -> bool {
        self.safety.is_some()
    }
}

/// All notes in one language, in the order of the English file.
#[derive(Clone, Debug)]
pub struct Notes(Vec<Note>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceFile {
    notes: Vec<SourceRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceRow {
    id: toml::Spanned<NoteId>,
    pool: Pool,
    theme: String,
    text: toml::Spanned<String>,
    safety: Option<String>,
    source: toml::Spanned<String>,
    origin: toml::Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TranslationFile {
    notes: Vec<TranslationRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TranslationRow {
    id: toml::Spanned<NoteId>,
    text: toml::Spanned<String>,
    safety: Option<String>,
}

impl Notes {
    /// Reads `en/notes.toml` and, for another language, that language's texts for the same notes.
    pub fn parse(folder: &Folder, article: &Article, language: Language) -> Result<Self, Problems> {
        let source: SourceFile = folder.toml(SOURCE_FILE)?;
        match language {
            Language::En => english(folder, article, source),
            Language::Es => translated(folder, source, language),
        }
    }

    /// A note by its name; none when an edit of the folder took it away.
    pub fn get(&self, id: &NoteId) -> Option<&Note> {
        self.0.iter().find(|note| note.id == *id)
    }

    /// The notes of one kind.
    pub fn of(&self, pool: Pool) -> impl Iterator<Item = &Note> {
        self.0.iter().filter(move |note| note.pool == pool)
    }

    /// All notes.
    pub fn iter(&self) -> std::slice::Iter<'_, Note> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Notes {
    type Item = &'a Note;
    type IntoIter = std::slice::Iter<'a, Note>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn english(folder: &Folder, article: &Article, file: SourceFile) -> Result<Notes, Problems> {
    let mut problems = Problems::default();
    let mut ids = BTreeSet::new();
    let mut notes = Vec::new();
    for row in file.notes {
        if !ids.insert(row.id.get_ref().clone()) {
            problems.push(twice(folder, SOURCE_FILE, &row.id));
        }
        let at_text = row.text.span();
        problems.take(check_source(folder, article, &row));
        let note = row.into_note();
        for what in faults(&note, Language::En) {
            problems.push(folder.problem_at(SOURCE_FILE, at_text.clone(), what));
        }
        notes.push(note);
    }
    for what in pool_faults(&notes) {
        problems.push(Problem::in_file(SOURCE_FILE, what));
    }
    problems.or_ok(Notes(notes))
}

/// The same notes in another language. Whatever is wrong in the English file was told by `english`.
fn translated(folder: &Folder, source: SourceFile, language: Language) -> Result<Notes, Problems> {
    let file = format!("{}/notes.toml", language.code());
    let rows: TranslationFile = folder.toml(&file)?;
    let mut problems = Problems::default();
    let mut translations = BTreeMap::new();
    for row in rows.notes {
        let known = source
            .notes
            .iter()
            .any(|note| note.id.get_ref() == row.id.get_ref());
        if !known {
            let what = format!(
                "the note “{:?}” is not in {SOURCE_FILE}; add it there too, or take it out here",
                row.id.get_ref()
            );
            problems.push(folder.problem_at(&file, row.id.span(), what));
        } else if translations.contains_key(row.id.get_ref()) {
            problems.push(twice(folder, &file, &row.id));
        } else {
            translations.insert(row.id.get_ref().clone(), row);
        }
    }
    let mut notes = Vec::new();
    for english in source.notes {
        let Some(row) = translations.remove(english.id.get_ref()) else {
            let what = format!(
                "the note “{:?}” of {SOURCE_FILE} is missing here; add it in this language",
                english.id.get_ref()
            );
            problems.push(Problem::in_file(&file, what));
            continue;
        };
        let mut note = english.into_note();
        if note.safety.is_some() != row.safety.is_some() {
            let what = "“safety” stands in one language only; both need it, or neither";
            problems.push(folder.problem_at(&file, row.text.span(), what));
        }
        let at_text = row.text.span();
        note.text = row.text.into_inner();
        note.safety = row.safety;
        for what in faults(&note, language) {
            problems.push(folder.problem_at(&file, at_text.clone(), what));
        }
        notes.push(note);
    }
    problems.or_ok(Notes(notes))
}

impl SourceRow {
    fn into_note(self) -> Note {
        Note {
            id: self.id.into_inner(),
            pool: self.pool,
            theme: self.theme,
            text: self.text.into_inner(),
            safety: self.safety,
            source: self.source.into_inner(),
            origin: self.origin.into_inner(),
        }
    }
}

fn check_source(folder: &Folder, article: &Article, row: &SourceRow) -> Result<(), Problem> {
    let at_source = |what: &str| folder.problem_at(SOURCE_FILE, row.source.span(), what);
    let at_origin = |what: String| folder.problem_at(SOURCE_FILE, row.origin.span(), what);
    if !article.contains(row.source.get_ref()) {
        return Err(at_source(
            "this source does not stand in article.txt; copy the words from there exactly",
        ));
    }
    let origin = row.origin.get_ref();
    let Some(unit) = article.unit(origin) else {
        return Err(at_origin(format!(
            "there is no sentence “{origin}” in article.toml; look its id up there"
        )));
    };
    let Some(words) = unit.for_note(row.pool) else {
        return Err(at_origin(format!(
            "“{origin}” may not come as a note of this kind (see “use” in article.toml); choose another sentence"
        )));
    };
    if !words.contains(row.source.get_ref().as_str()) {
        return Err(at_source(&format!(
            "these words are not in the part of “{origin}” that notes may be drawn from: {words}"
        )));
    }
    Ok(())
}

/// Everything about one note that a program can judge (SAFETY.md 2.1).
fn faults(note: &Note, language: Language) -> Vec<String> {
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

fn pool_faults(notes: &[Note]) -> Vec<String> {
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

fn twice(folder: &Folder, file: &str, id: &toml::Spanned<NoteId>) -> Problem {
    let what = format!(
        "the id “{:?}” is used twice; give each note its own",
        id.get_ref()
    );
    folder.problem_at(file, id.span(), what)
}

fn body(text: &str, safety: Option<&str>) -> String {
    match safety {
        Some(safety) => format!("{text}\n\n<i>{safety}</i>"),
        None => text.to_owned(),
    }
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
