//! Real processes on one SQLite file, by whatever names: one runs, and the other says so and ends.

use std::{fs, os::unix::fs::symlink};

use slowbloom::sandbox::CallRecord;

use crate::support::program::Program;

const POLLED: fn(&[CallRecord]) -> bool =
    |calls| calls.iter().any(|call| call.method == "getUpdates");

/// A process that leads.
async fn first() -> Program {
    let mut program = Program::new().await;
    program.starts();
    let polls = program.telegram.until_calls("the first polls", POLLED);
    polls.await.unwrap();
    program
}

/// Another one, on the database by this name in the folder of the first.
fn second(first: &Program, name: &str) -> Program {
    let mut second = first.twin();
    let database = first.folder().join(name);
    second.set("DATABASE_URL", &format!("sqlite://{}", database.display()));
    second.set("DATA_KEY_FILE", &first.key_file().display().to_string());
    second.starts();
    second
}

#[tokio::test(flavor = "multi_thread")]
async fn by_a_symlink_or_a_hard_link_a_second_one_says_so_and_ends() {
    let mut program = first().await;
    let file = program.folder().join("slowbloom.db");
    symlink(&file, program.folder().join("link.db")).unwrap();
    let mut by_link = second(&program, "link.db");
    assert_eq!(by_link.ends().await.code(), Some(1));
    let log = by_link.log();
    assert!(
        log.contains("another slowbloom already runs on this"),
        "{log}"
    );
    fs::hard_link(&file, program.folder().join("name.db")).unwrap();
    let mut by_name = second(&program, "name.db");
    assert_eq!(by_name.ends().await.code(), Some(1));
    let log = by_name.log();
    assert!(log.contains("has a second name (a hard link)"), "{log}");
    program.telegram.parent(1, "mia", "en").says("/signs");
    program.telegram.all_confirmed().await.unwrap();
    assert!(program.runs());
}

#[tokio::test(flavor = "multi_thread")]
async fn after_its_lock_file_was_removed_the_first_one_goes_on_alone_or_ends() {
    let mut program = first().await;
    let lock = program.folder().join("slowbloom.db.lock");
    fs::remove_file(&lock).unwrap();
    // Nobody else came: it locks anew, so that the next one is kept away again.
    while !lock.exists() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let mut late = second(&program, "slowbloom.db");
    assert_eq!(late.ends().await.code(), Some(1));
    assert!(program.runs());
    // Another one was quicker.
    let other = fs::File::create(program.folder().join("other")).unwrap();
    other.lock().unwrap();
    fs::rename(program.folder().join("other"), &lock).unwrap();
    assert_eq!(program.ends().await.code(), Some(1));
    let log = program.log();
    assert!(
        log.contains("another slowbloom already runs on this"),
        "{log}"
    );
}
