//! The house rules of `ARCHITECTURE.md`, kept by machine: who may know whom, and what stands where.
//!
//! What the compiler and clippy see is left to them. Each rule is a function from a file to complaints, so that
//! each is tried on a made-up file that breaks it.

mod folders;
mod rooms;
mod rules;
mod source;

use std::{
    fs,
    path::{Path, PathBuf},
};

use source::Source;

/// A sentence that names the place and where the thing belongs.
type Complaint = String;

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below `folder`, by its path from the top.
fn sources(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut open = vec![top().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(top()).unwrap().to_str().unwrap();
                let name = name.replace('\\', "/");
                found.push(Source::new(&name, &fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let test_modules: Vec<_> = found.iter().flat_map(Source::test_modules).collect();
    for source in &mut found {
        let module = source.module();
        source.for_tests |= test_modules.iter().any(|tests| module.starts_with(tests));
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn assert_none(complaints: &[Complaint]) {
    assert!(
        complaints.is_empty(),
        "the house is not tidy:\n{}",
        complaints.join("\n")
    );
}

#[test]
fn every_room_knows_only_what_it_may_know() {
    let sources = sources("src");
    assert!(sources.len() > 30, "the walk missed files");
    let complaints: Vec<_> = sources.iter().flat_map(rooms::complaints).collect();
    assert_none(&complaints);
}

#[test]
fn every_file_keeps_the_rules() {
    let sources = [sources("src"), sources("tests")].concat();
    let complaints: Vec<_> = sources.iter().flat_map(rules::complaints).collect();
    assert_none(&complaints);
}

#[test]
fn the_two_databases_have_the_same_migrations() {
    let [one, other] =
        ["migrations/sqlite", "migrations/postgres"].map(|folder| top().join(folder));
    assert_none(&folders::differences(&one, &other));
}

#[test]
fn the_two_languages_have_the_same_files() {
    let [one, other] = ["messages/en", "messages/es"].map(|folder| top().join(folder));
    assert_none(&folders::differences(&one, &other));
}
