//! Broken copies of the messages folder, for the tests of this room.

use super::{Content, Folder};

/// The folder that ships, with the first `from` of one file replaced.
pub(super) fn broken(file: &str, from: &str, to: &str) -> Folder {
    let folder = Folder::built_in();
    let text = folder.text(file).unwrap();
    assert!(text.contains(from), "{file} does not hold: {from}");
    let text = text.replacen(from, to, 1);
    folder.with(file, text)
}

/// Loading must fail, and one of the problems must hold these words.
pub(super) fn expect_problem(folder: &Folder, expected: &str) {
    match Content::load(folder) {
        Ok(_) => panic!("this was accepted; expected: {expected}"),
        Err(problems) => assert!(
            problems
                .iter()
                .any(|problem| problem.to_string().contains(expected)),
            "expected: {expected}\ngot:\n{problems}"
        ),
    }
}
