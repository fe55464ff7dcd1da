//! A key or a database that cannot be used: `check` says what `run` would say, once and with what to do, and makes
//! nothing.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use super::{READY, beginning_with};

/// A folder with settings that are complete, in which the program is started.
pub(super) fn folder(settings: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), format!("{READY}{settings}")).unwrap();
    folder
}

/// The program as a user whom the rights on files bind: root, too, without its right to pass over them.
pub(super) fn bound_by_rights(folder: &Path) -> Command {
    let program = env!("CARGO_BIN_EXE_slowbloom");
    if fs::metadata(folder).unwrap().uid() != 0 {
        return beginning_with(program, folder);
    }
    let mut command = beginning_with("/usr/bin/setpriv", folder);
    command.args(["--bounding-set=-dac_override,-dac_read_search", program]);
    command
}

/// What `check` prints there, and what `run` says when it ends.
fn checked_and_run(folder: &Path) -> (String, String) {
    let before = everything_in(folder);
    let [checked, ran] = ["check", "run"].map(|verb| {
        let output = bound_by_rights(folder).arg(verb).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{verb}: {output:?}");
        let after = everything_in(folder);
        assert_eq!(before, after, "{verb} made something");
        output
    });
    (
        String::from_utf8(checked.stdout).unwrap(),
        String::from_utf8(ran.stderr).unwrap(),
    )
}

fn everything_in(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(everything_in(&path));
        }
        found.insert(path);
    }
    found
}

/// Both say this; `check` in the line about `what`.
fn both_say(folder: &Path, what: &str, sentence: &str) {
    let (checked, ran) = checked_and_run(folder);
    let line = format!("WRONG  {what:<12}  {sentence}");
    assert!(checked.contains(&line), "{line}\nin\n{checked}");
    assert!(ran.contains(sentence), "{sentence}\nin\n{ran}");
}

#[test]
fn a_database_that_was_here_before_is_missed() {
    let folder = folder("");
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::write(folder.path().join("data/slowbloom.db.lock"), "").unwrap();
    both_say(
        folder.path(),
        "database",
        "the database file data/slowbloom.db is missing, and was here before",
    );
}

#[test]
fn a_folder_that_takes_no_key_and_no_database_is_named() {
    let folder = folder("");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let why = "this user may not make files in the folder .; give it to the user that runs the bot: Permission denied";
    let (checked, ran) = checked_and_run(folder.path());
    for line in [
        format!("WRONG  data key      cannot make the key file slowbloom.key: {why}"),
        format!("WRONG  database      cannot use the database file data/slowbloom.db: {why}"),
    ] {
        assert!(checked.contains(&line), "{line}\nin\n{checked}");
    }
    assert!(ran.contains(why), "{ran}");
}

#[test]
fn a_folder_for_the_data_that_takes_no_database_is_named() {
    let folder = folder("");
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o555)).unwrap();
    both_say(
        folder.path(),
        "database",
        "cannot use the database file data/slowbloom.db: this user may not make files in the folder data",
    );
}

#[test]
fn a_place_below_a_file_is_named() {
    let folder = folder("DATA_KEY_FILE=notes/slowbloom.key\n");
    fs::write(folder.path().join("notes"), "").unwrap();
    both_say(
        folder.path(),
        "data key",
        "cannot make the key file notes/slowbloom.key: notes is no folder",
    );
}

/// A folder with a key, and this as its database.
fn with_database(content: &[u8]) -> TempDir {
    let folder = folder("DATABASE_URL=sqlite://slowbloom.db\n");
    let made = beginning_with(env!("CARGO_BIN_EXE_slowbloom"), folder.path())
        .args(["keygen", "--file", "slowbloom.key"])
        .status();
    assert!(made.unwrap().success());
    fs::write(folder.path().join("slowbloom.db"), content).unwrap();
    folder
}

#[test]
fn a_file_that_is_no_database_is_said_once_with_what_to_do() {
    let folder = with_database(&[b'x'; 4096]);
    both_say(
        folder.path(),
        "database",
        "cannot use the database slowbloom.db: it is damaged, or no SQLite database; put the newest backup in its place, \
         and remove -wal and -shm beside it\n",
    );
}

#[test]
fn a_database_that_may_only_be_read_is_said_with_what_to_do() {
    let folder = with_database(b"");
    let database = folder.path().join("slowbloom.db");
    fs::set_permissions(database, fs::Permissions::from_mode(0o444)).unwrap();
    both_say(
        folder.path(),
        "database",
        "cannot use the database file slowbloom.db: this user may not write slowbloom.db; give it to the user that runs \
         the bot: Permission denied",
    );
}

#[test]
fn a_postgres_that_is_not_there_is_said_once_with_what_to_do_and_no_password() {
    let folder = with_database(b"");
    let settings = format!("{READY}DATABASE_URL=postgres://mia:hush@127.0.0.1:9/bloom\n");
    fs::write(folder.path().join(".env"), settings).unwrap();
    both_say(
        folder.path(),
        "database",
        "cannot use the database postgres “bloom” on 127.0.0.1: nothing answers; is PostgreSQL running there, and is \
         DATABASE_URL right?\n",
    );
    let (checked, ran) = checked_and_run(folder.path());
    assert!(!checked.contains("hush") && !ran.contains("hush"));
}
