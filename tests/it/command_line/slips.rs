//! What a new operator meets when something lies in the wrong place or is open to others: what it is, and what to do.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    thread,
};

use super::{
    copy,
    files::{bound_by_rights, folder},
};

const OWN_MESSAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/messages");

/// What `check` prints there, on standard output or, when it cannot begin, on standard error.
fn checked(folder: &Path) -> String {
    let output = bound_by_rights(folder).arg("check").output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

fn rights(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn says(folder: &Path, line: &str) {
    let report = checked(folder);
    assert!(report.contains(line), "{line}\nin\n{report}");
}

#[test]
fn settings_that_hold_a_secret_and_that_others_can_read_are_warned_of() {
    let folder = folder("DATA_KEY_FILE=keys\n");
    fs::create_dir(folder.path().join("keys")).unwrap();
    let file = folder.path().join(".env");
    let warning = ".env holds TELOXIDE_TOKEN and is open to everyone on this machine; close it with: chmod 600 .env\n";
    for mode in [0o644, 0o666] {
        rights(&file, mode);
        says(folder.path(), &format!("warn   settings      {warning}"));
        let ran = bound_by_rights(folder.path()).arg("run").output().unwrap();
        let log = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(log.matches(warning).count(), 1, "{log}");
    }
    for mode in [0o600, 0o640] {
        rights(&file, mode);
        assert!(!checked(folder.path()).contains("chmod"), "{mode:o}");
    }
    fs::write(&file, "DATABASE_URL=sqlite://data.db\nLOG_FORMAT=text\n").unwrap();
    rights(&file, 0o644);
    assert!(!checked(folder.path()).contains("chmod 600 .env"));
}

#[test]
fn settings_that_this_user_may_not_read_are_said_with_what_to_do() {
    let folder = folder("");
    rights(&folder.path().join(".env"), 0);
    says(
        folder.path(),
        "WRONG  settings      .env cannot be read: this user may not; give it to the user that runs the bot\n",
    );
}

#[test]
fn a_key_that_cannot_be_read_is_said_with_what_to_do() {
    let folder = folder("");
    let key = folder.path().join("slowbloom.key");
    fs::write(&key, "").unwrap();
    rights(&key, 0);
    says(
        folder.path(),
        "WRONG  data key      cannot read the key file slowbloom.key; give it to the user that runs the bot: Permission denied",
    );
    fs::remove_file(&key).unwrap();
    fs::create_dir(&key).unwrap();
    says(
        folder.path(),
        "WRONG  data key      the key file slowbloom.key is a folder; name a file in it\n",
    );
}

#[test]
fn messages_that_cannot_be_read_are_said_with_what_to_do() {
    let folder = folder("");
    let messages = folder.path().join("messages");
    copy(Path::new(OWN_MESSAGES), &messages);
    rights(&messages.join("en/notes.toml"), 0);
    says(
        folder.path(),
        "this user may not read messages/en/notes.toml; give it to the user that runs the bot\n",
    );
    rights(&messages, 0);
    says(
        folder.path(),
        "this user may not read the messages folder messages; give it to the user that runs the bot\n",
    );
}

#[test]
fn messages_that_are_not_where_they_are_looked_for_are_missed() {
    let missing = folder("MESSAGES_DIR=nowhere\n");
    says(
        missing.path(),
        "the messages folder nowhere does not exist\n",
    );
    let file = folder("");
    fs::write(file.path().join("messages"), "").unwrap();
    says(
        file.path(),
        "warn   messages      “messages” here is no folder: the messages built into the program are used;",
    );
    fs::remove_file(file.path().join("messages")).unwrap();
    assert!(!checked(file.path()).contains("is no folder"));
}

#[test]
fn an_address_that_another_program_has_is_wrong_and_one_that_the_bot_has_is_not() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let folder = folder(&format!("HTTP_LISTEN={address}\n"));
    let answers = thread::spawn(move || {
        for body in ["hello", "slowbloom_leading 1\n"] {
            let (mut asked, _) = taken.accept().unwrap();
            assert!(asked.read(&mut [0; 512]).unwrap() > 0);
            write!(asked, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{body}").unwrap();
        }
    });
    says(
        folder.path(),
        &format!(
            "WRONG  http          HTTP_LISTEN: cannot listen at {address}: another program listens there; end it, or choose \
             another port\n"
        ),
    );
    says(
        folder.path(),
        &format!("ok     http          a slowbloom that runs now listens at {address}\n"),
    );
    answers.join().unwrap();
    says(
        folder.path(),
        &format!("ok     http          can listen at {address}\n"),
    );
}

#[test]
fn a_new_key_file_is_said_and_its_key_is_not() {
    let folder = folder("");
    let made = bound_by_rights(folder.path())
        .args(["keygen", "--file", "k1"])
        .output()
        .unwrap();
    assert!(made.status.success());
    let said = String::from_utf8([made.stdout, made.stderr].concat()).unwrap();
    assert_eq!(
        said,
        "wrote k1; keep a copy of it, apart from the copies of the database\n"
    );
}
