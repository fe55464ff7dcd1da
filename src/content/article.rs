//! The therapist's article, word for word: the only source of what is said about bonding.
//!
//! Its sentences ("units") are listed in `article.toml` with how each may be used.

use std::{collections::BTreeSet, ops::Range};

use serde::Deserialize;

use super::folder::{Folder, Problem, Problems};
use crate::domain::Pool;

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
    push_only: Option<String>,
}

impl Unit {
    /// The words that a note of this kind may be drawn from, that is, that may come without having been asked for.
    pub fn for_note(&self, pool: Pool) -> Option<&str> {
        if self.uses.contains(&Use::N) {
            return None;
        }
        let wanted = match pool {
            Pool::Affirmations => Use::A,
            Pool::Practices => Use::R,
        };
        match &self.push_only {
            Some(part) => (pool == Pool::Affirmations).then_some(part),
            None => self.uses.contains(&wanted).then_some(&self.quote),
        }
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
    push_only: Option<toml::Spanned<String>>,
}

impl Article {
    /// Reads the article and its table. Proves that every listed sentence stands in it, and that none is left out.
    pub fn parse(folder: &Folder) -> Result<Self, Problems> {
        let text = folder.text(TEXT_FILE)?.to_owned();
        let file: UnitsFile = folder.toml(UNITS_FILE)?;
        let mut problems = Problems::default();
        let mut ids = BTreeSet::new();
        let mut units = Vec::new();
        for row in file.units {
            if !ids.insert(row.id.clone()) {
                let what = format!(
                    "the id “{}” is used twice; give each sentence its own",
                    row.id
                );
                problems.push(folder.problem_at(UNITS_FILE, row.quote.span(), what));
            }
            units.extend(problems.take(unit(folder, &text, row)));
        }
        if let Some(left_out) = first_left_out(&text, &units) {
            problems.push(folder.problem_at(
                TEXT_FILE,
                left_out,
                format!("this line is not (wholly) listed in {UNITS_FILE}; the article is never edited, so copy the original back"),
            ));
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

fn unit(folder: &Folder, text: &str, row: UnitRow) -> Result<Unit, Problem> {
    let not_found = |span: Range<usize>, whole: &str| {
        let what = format!(
            "the words of “{}” do not stand in {whole}; copy them from there exactly",
            row.id
        );
        folder.problem_at(UNITS_FILE, span, what)
    };
    let quote = row.quote.get_ref();
    if quote.is_empty() || !text.contains(quote.as_str()) {
        return Err(not_found(row.quote.span(), TEXT_FILE));
    }
    if let Some(part) = &row.push_only
        && (part.get_ref().is_empty() || !quote.contains(part.get_ref().as_str()))
    {
        return Err(not_found(part.span(), "their sentence"));
    }
    Ok(Unit {
        id: row.id,
        theme: row.theme,
        uses: row.r#use,
        quote: row.quote.into_inner(),
        push_only: row.push_only.map(toml::Spanned::into_inner),
    })
}

/// Where the article holds something that is in no listed sentence.
fn first_left_out(text: &str, units: &[Unit]) -> Option<Range<usize>> {
    let mut listed = vec![false; text.len()];
    for unit in units {
        for (start, quote) in text.match_indices(&unit.quote) {
            listed[start..start + quote.len()].fill(true);
        }
    }
    text.char_indices()
        .find(|(index, c)| !c.is_whitespace() && !listed[*index])
        .map(|(index, c)| index..index + c.len_utf8())
}

/// A problem with a sentence that another file needs from the table.
pub(super) fn missing_unit(id: &str) -> Problem {
    Problem::in_file(
        UNITS_FILE,
        format!("the sentence “{id}” is missing; copy it from the original file"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::testing::{broken, expect_problem};

    #[test]
    fn the_article_is_whole_and_its_sentences_are_all_there() {
        let article = Article::parse(&Folder::built_in()).unwrap();
        // SAFETY.md section 6 counts 59 units, and 44 lines of text.
        assert_eq!(article.units().len(), 59);
        assert_eq!(article.text().lines().count(), 44);
    }

    #[test]
    fn a_changed_quote_or_article_is_told_with_its_line() {
        let check = |file, from, to, expected| expect_problem(&broken(file, from, to), expected);
        check(
            UNITS_FILE,
            "does not mean you’re unloving",
            "doesn’t mean you’re unloving",
            "the words of “not.unloving” do not stand in article.txt",
        );
        check(
            UNITS_FILE,
            "push_only = \"With",
            "push_only = \"If",
            "the words of “therapy.fog” do not stand in their sentence",
        );
        check(
            UNITS_FILE,
            "id = \"intro.magic\"",
            "id = \"title\"",
            "the id “title” is used twice",
        );
        check(
            UNITS_FILE,
            "id = \"sign.numb\"",
            "id = \"sign.none\"",
            "the sentence “sign.numb” is missing",
        );
        check(
            TEXT_FILE,
            "Eye contact during",
            "Hugs. Eye contact during",
            "article.txt, line 26: this line is not (wholly) listed",
        );
        check(
            TEXT_FILE,
            "magic moment",
            "golden moment",
            "the words of “intro.magic” do not stand",
        );
        expect_problem(
            &Folder::built_in().without(TEXT_FILE),
            "messages/article.txt: this file is missing",
        );
    }

    #[test]
    fn what_must_not_be_pushed_cannot_be_drawn_on() {
        let article = Article::parse(&Folder::built_in()).unwrap();
        let check = |id: &str, affirmation: Option<&str>, practice: bool| {
            let unit = article.unit(id).unwrap();
            assert_eq!(unit.for_note(Pool::Affirmations), affirmation, "{id}");
            assert_eq!(unit.for_note(Pool::Practices).is_some(), practice, "{id}");
        };
        check("sign.numb", None, false);
        check("cause.birth_trauma", None, false);
        check("cta.ready", None, false);
        check("not.nervous", None, false);
        check("practice.skin", None, true);
        check(
            "therapy.fog",
            Some("With the right support, the fog can lift"),
            false,
        );
        check(
            "time.no_expiry",
            Some("Bonding doesn’t have an expiration date."),
            false,
        );
    }
}
