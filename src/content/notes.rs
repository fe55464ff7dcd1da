//! The notes: affirmations and practices, each with the source sentence it is drawn from.
//!
//! The source stands once, in the English file, because the article is English; the Spanish file has the same ids.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{
    article::Article,
    folder::{Folder, Problem, Problems},
};
use crate::domain::{Language, NoteId, Pool};

mod rules;

pub use rules::{MAX_FIRST_SENTENCE_CHARS, MAX_NOTE_CHARS, MAX_NOTES};
use rules::{faults, pool_faults};

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

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(language: Language) -> Notes {
        let folder = Folder::built_in();
        let article = Article::parse(&folder).unwrap();
        Notes::parse(&folder, &article, language).unwrap()
    }

    #[test]
    fn there_are_as_many_as_the_article_holds() {
        let notes = notes(Language::En);
        assert!((34..=38).contains(&notes.iter().count()));
        assert!(notes.of(Pool::Affirmations).count() >= 26);
        assert!(notes.of(Pool::Practices).count() >= 7);
    }

    #[test]
    fn no_two_notes_say_the_same() {
        for language in Language::ALL {
            let notes = notes(language);
            let texts: BTreeSet<&str> = notes.iter().map(|note| note.text.as_str()).collect();
            assert_eq!(texts.len(), notes.iter().count());
        }
    }

    #[test]
    fn a_translated_note_is_the_same_note() {
        let (english, spanish) = (notes(Language::En), notes(Language::Es));
        for (en, es) in english.iter().zip(&spanish) {
            assert_eq!((&en.id, en.pool, &en.source), (&es.id, es.pool, &es.source));
            assert_ne!(en.text, es.text);
        }
    }

    #[test]
    fn our_safety_line_stands_apart_from_the_text() {
        let notes = notes(Language::En);
        let note = notes.get(&NoteId::new("holding").unwrap()).unwrap();
        assert!(note.is_for_daytime());
        assert!(!note.text.contains("awake"));
        assert!(
            note.body()
                .ends_with("for times when you are awake and alert.</i>")
        );
        assert_eq!(notes.get(&NoteId::new("no.such.note").unwrap()), None);
    }
}
