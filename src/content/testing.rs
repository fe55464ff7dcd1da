//! Broken copies of the messages folder, for the tests of this room.

use super::{
    Folder, Problems, article::Article, notes::Notes, pages::Pages, plans::Plans,
    practice::Practice,
};
use crate::domain::Language;

/// The folder that ships, with the first `from` of one file replaced.
pub(super) fn broken(file: &str, from: &str, to: &str) -> Folder {
    let folder = Folder::built_in();
    let text = folder.text(file).unwrap();
    assert!(text.contains(from), "{file} does not hold: {from}");
    let text = text.replacen(from, to, 1);
    folder.with(file, text)
}

/// Reading the notes, pages, plans or the practice must fail, and one of the problems must hold these words.
pub(super) fn expect_problem(folder: &Folder, expected: &str) {
    expect(&problems_of(folder), expected);
}

/// One of these problems must hold these words.
pub(super) fn expect(problems: &Problems, expected: &str) {
    assert!(
        problems
            .iter()
            .any(|problem| problem.to_string().contains(expected)),
        "expected: {expected}\ngot:\n{problems}"
    );
}

/// Only what needs no crisis lines: those are proved for every country, which takes its time.
fn problems_of(folder: &Folder) -> Problems {
    let mut problems = Problems::default();
    problems.take(Practice::parse(folder));
    problems.take(Plans::parse(folder));
    if let Some(article) = problems.take(Article::parse(folder)) {
        for language in Language::ALL {
            problems.take(Notes::parse(folder, &article, language));
            problems.take(Pages::parse(folder, &article, language));
        }
    }
    problems
}
