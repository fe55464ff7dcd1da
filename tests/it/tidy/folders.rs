//! Two folders that must hold files of the same names.

use std::{collections::BTreeSet, fs, path::Path};

use super::Complaint;

/// What one folder has and the other lacks.
pub(super) fn differences(one: &Path, other: &Path) -> Vec<Complaint> {
    let [here, there] = [one, other].map(names);
    let missing = |names: &BTreeSet<String>, others: &BTreeSet<String>, lacking: &Path| {
        names
            .difference(others)
            .map(|name| {
                format!(
                    "{} is missing: its sibling is there",
                    lacking.join(name).display()
                )
            })
            .collect::<Vec<_>>()
    };
    [missing(&here, &there, other), missing(&there, &here, one)].concat()
}

/// A folder that is not there has no files.
fn names(folder: &Path) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return BTreeSet::new();
    };
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.'))
        .collect()
}

#[test]
fn a_file_without_its_sibling_is_found_on_either_side() {
    let top = tempfile::tempdir().unwrap();
    let [en, es] = ["en", "es"].map(|name| top.path().join(name));
    for (folder, file) in [(&en, "a.toml"), (&es, "a.toml"), (&es, "b.toml")] {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join(file), "").unwrap();
    }
    let said = differences(&en, &es);
    assert_eq!(said.len(), 1);
    assert!(said[0].contains("b.toml is missing"), "{said:?}");
    assert_eq!(differences(&es, &en), said);
    assert_eq!(differences(&es, &es), Vec::<Complaint>::new());
}
