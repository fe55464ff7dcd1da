//! The therapist's article, word for word: the only source of what is said about bonding.
//!
//! Its sentences ("units") are listed in `article.toml` with how each may be used.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::folder::{Folder, Problem, Problems};

/// The article itself. Never edited: every quoted sentence is looked up in it, character by character.
pub const TEXT_FILE: &str = "article.txt";
/// The table of its sentences.
pub const UNITS_FILE: &str = "article.toml";

/// The article and the table of its sentences.
#[derive(Clone, Debug)]
pub struct Article {
    text: String,
    units: Vec<Unit>,
}

/// One sentence or heading of the article.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its name, such as `sign.numb`.
    pub id: String,
    /// What it is about, such as `signs`.
    pub theme: String,
    /// How it may be used.
    pub uses: Vec<Use>,
    /// Its words, exactly as they stand in the article.
    pub quote: String,
}

impl Unit {
    /// Whether a note may be drawn from it, that is, come without having been asked for.
    pub fn may_be_pushed(&self) -> bool {
        let pushed = self.uses.iter().any(|kind| matches!(kind, Use::A | Use::R));
        pushed && !self.uses.contains(&Use::N)
    }
}

/// How a sentence of the article may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Use {
    /// May come as an affirmation.
    A,
    /// May come as a gentle practice or reminder.
    R,
    /// May be shown when asked for.
    I,
    /// Never comes without having been asked for.
    N,
    /// Stands in fixed places only.
    S,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitsFile {
    units: Vec<UnitRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitRow {
    id: String,
    theme: String,
    r#use: Vec<Use>,
    quote: toml::Spanned<String>,
}

impl Article {
    /// Reads the article and proves that every listed sentence stands in it.
    pub fn parse(folder: &Folder) -> Result<Self, Problems> {
        let text = folder.text(TEXT_FILE)?.to_owned();
        let file: UnitsFile = folder.toml(UNITS_FILE)?;
        let mut problems = Problems::default();
        let mut ids = BTreeSet::new();
        let mut units = Vec::new();
        for row in file.units {
            let span = row.quote.span();
            let quote = row.quote.into_inner();
            if quote.is_empty() || !text.contains(&quote) {
                problems.push(folder.problem_at(
                    UNITS_FILE,
                    span.clone(),
                    format!(
                        "the sentence of “{}” does not stand in {TEXT_FILE}; copy it from there exactly",
                        row.id
                    ),
                ));
            }
            if !ids.insert(row.id.clone()) {
                problems.push(folder.problem_at(
                    UNITS_FILE,
                    span,
                    format!(
                        "the id “{}” is used twice; give each sentence its own",
                        row.id
                    ),
                ));
            }
            units.push(Unit {
                id: row.id,
                theme: row.theme,
                uses: row.r#use,
                quote,
            });
        }
        problems.or_ok(Self { text, units })
    }

    /// Whether these words stand in the article, exactly, in one piece.
    pub fn contains(&self, words: &str) -> bool {
        !words.is_empty() && self.text.contains(words)
    }

    /// A sentence by its name.
    pub fn unit(&self, id: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.id == id)
    }

    /// All sentences in the order of the table.
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The whole text, untouched.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// A problem with a sentence that another file needs from the table.
pub(super) fn missing_unit(id: &str) -> Problem {
    Problem::in_file(
        UNITS_FILE,
        format!("the sentence “{id}” is missing; copy it from the original file"),
    )
}
