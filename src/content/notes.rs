//! The notes: affirmations and practices, each with the source sentence it is drawn from.
//!
//! The source stands once, in the English file, because the article is English; the Spanish file has the same ids.

use std::collections::BTreeSet;

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

/// One note in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its name, the same in every language.
    pub id: NoteId,
    /// What kind of note it is.
    pub pool: Pool,
    /// What it is about, such as `time`.
    pub theme: String,
    /// What it says.
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
        match &self.safety {
            Some(safety) => format!("{}\n\n<i>{safety}</i>", self.text),
            None => self.text.clone(),
        }
    }

    /// Whether it is for the hours in which a parent is likely awake and alert (SAFETY.md 6, `practice.skin`).
    pub fn is_for_daytime(&self) -> bool {
        self.safety.is_some()
    }
}

/// All notes in one language, in the order of the file.
#[derive(Clone, Debug)]
pub struct Notes(Vec<Note>);

impl Notes {
    /// Reads `en/notes.toml` and, for another language, that language's texts for the same notes.
    pub fn parse(folder: &Folder, article: &Article, language: Language) -> Result<Self, Problems> {
        todo!()
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
