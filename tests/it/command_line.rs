//! The program as the operator meets it on the command line: settings, `.env`, exit codes, and what is never shown.

mod files;
mod slips;

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

/// The real program in an empty folder with this `.env`, this environment and nothing else.
fn slowbloom(args: &[&str], dotenv: &str, environment: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), dotenv).unwrap();
    beginning_with(env!("CARGO_BIN_EXE_slowbloom"), folder.path())
        .args(args)
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

/// A program in this folder, with nothing of our environment.
fn beginning_with(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env_clear();
    command
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn all_wrong_settings_are_named_at_once() {
    let output = slowbloom(
        &["run"],
        "SEND_RATE=fast\nLOG_FORMAT=text\nTELOXIDE_TOKEN=1234567:hush\n",
        &[("LOG_FORMAT", "xml")],
    );
    expect_test::expect![[r"
        slowbloom: 3 settings need a look:
          TELOXIDE_TOKEN=(hidden): this does not look like a bot's token; allowed: digits, a colon, then 30 to 64 letters, digits, - or _ (just as BotFather shows it)
          SEND_RATE=fast: this is not a whole number above 0; allowed: a whole number from 1 to 30; to 1000 with PAID_BROADCAST=true
          LOG_FORMAT=xml: this format is not known; allowed: text or json
    "]]
    .assert_eq(&said(&output));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_environment_wins_over_the_file() {
    let output = slowbloom(&["run"], "SEND_RATE=fast\n", &[("SEND_RATE", "20")]);
    assert!(!said(&output).contains("SEND_RATE"), "{}", said(&output));
    let empty = slowbloom(&["run"], "SEND_RATE=fast\n", &[("SEND_RATE", "")]);
    assert!(said(&empty).contains("SEND_RATE=fast"), "{}", said(&empty));
}

#[test]
fn without_a_token_run_says_where_to_get_one() {
    let output = slowbloom(&["run"], "", &[]);
    assert!(said(&output).contains("@BotFather"), "{}", said(&output));
    assert!(said(&output).contains("slowbloom try"), "{}", said(&output));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_wrong_word_on_the_command_line_is_answered_with_the_right_one() {
    let output = slowbloom(&["chekc"], "", &[]);
    assert!(said(&output).contains("'check'"), "{}", said(&output));
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(slowbloom(&["--help"], "", &[]).status.code(), Some(0));
}

#[test]
fn a_new_key_needs_no_settings() {
    let output = slowbloom(&["keygen"], "SEND_RATE=fast\n", &[]);
    assert_eq!(output.status.code(), Some(0));
    let key = String::from_utf8(output.stdout).unwrap();
    let digits = key.trim_end();
    assert!(digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
}

/// Enough to get past the settings; the address answers nothing.
const READY: &str = "TELOXIDE_TOKEN=1234567890:abcdefghijklmnopqrstuvwxyz0123456789\nTELOXIDE_API_URL=http://127.0.0.1:9\n";

#[test]
fn a_country_without_crisis_lines_is_refused_with_those_that_have_some() {
    let output = slowbloom(&["run"], &format!("{READY}DEFAULT_COUNTRY=JP\n"), &[]);
    let said = said(&output);
    assert!(
        said.contains("DEFAULT_COUNTRY=JP") && said.contains("US, CA, GB"),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_lost_key_is_said_and_no_other_is_made_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let (database, key) = (
        folder.path().join("data.db"),
        folder.path().join("data.key"),
    );
    fs::write(&database, "").unwrap();
    let settings = format!(
        "{READY}DATABASE_URL=sqlite://{}\nDATA_KEY_FILE={}\n",
        database.display(),
        key.display()
    );
    let said = said(&slowbloom(&["run"], &settings, &[]));
    assert!(
        said.contains("data.key is missing") && said.contains("put the key back"),
        "{said}"
    );
    assert!(
        !key.exists(),
        "a new key would lie where the real one belongs"
    );
    let checked = slowbloom(&["check"], &settings, &[]);
    let report = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(
        report.contains("WRONG  data key") && report.contains("put the key back"),
        "{report}"
    );
}

#[test]
fn a_day_that_lies_ahead_is_a_slip_that_check_names() {
    let messages = tempfile::tempdir().unwrap();
    copy(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/messages")),
        messages.path(),
    );
    let mend = |file: &str, from: &str, to: &str| {
        let path = messages.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    };
    mend(
        "crisis/us.toml",
        "verified_on = \"2026-11-23\"",
        "verified_on = \"9026-11-23\"",
    );
    mend(
        "practice.toml",
        "by = \"\"\non = \"\"",
        "by = \"R. R.\"\non = \"9027-01-31\"",
    );
    let settings = format!("{READY}MESSAGES_DIR={}\n", messages.path().display());
    let checked = slowbloom(&["check"], &settings, &[]);
    let report = String::from_utf8(checked.stdout).unwrap();
    for line in [
        "warn   crisis lines  crisis/us.toml: us-911 was last checked on 9026-11-23, a day that lies ahead;",
        "warn   review        en: the review of 9027-01-31 lies ahead;",
    ] {
        assert!(report.contains(line), "{line}\nin\n{report}");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(path, to).unwrap();
        }
    }
}
