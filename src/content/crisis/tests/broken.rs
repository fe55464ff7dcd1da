//! What is refused, and in which words.

use super::*;

/// A copy of the folder in which one piece of one file reads otherwise.
fn broken(file: &str, from: &str, to: &str) -> Folder {
    let folder = Folder::built_in();
    let text = folder.text(file).unwrap().to_owned();
    assert!(text.contains(from), "{file} has no “{from}” to break");
    folder.with(file, text.replacen(from, to, 1))
}

/// File, what stands there, what is put in its place; then where and how it is told.
const CASES: &[(&str, &str, &str, &str, &str)] = &[
    // A line of doubtful source.
    (
        "crisis/us.toml",
        "mark = \"V\"",
        "mark = \"S1\"",
        "messages/crisis/us.toml, line",
        "us-911: mark “S1” may not be said",
    ),
    (
        "crisis/us.toml",
        "mark = \"V\"",
        "mark = \"M\"",
        "line",
        "mark “M” may not be said",
    ),
    (
        "crisis/us.toml",
        "mark = \"V\"",
        "",
        "line",
        "“mark” is missing",
    ),
    // A date that is missing, or none.
    (
        "crisis/us.toml",
        "verified_on = \"2026-11-23\"\n",
        "",
        "line",
        "“verified_on” is missing",
    ),
    (
        "crisis/us.toml",
        "\"2026-11-23\"",
        "\"last week\"",
        "us.toml, line",
        "",
    ),
    // Stale, foreign, and mistyped numbers.
    (
        "crisis/us.toml",
        "Danger? Call 911",
        "Danger? Call 999",
        "line",
        "[en] footer: 999 is not a number of any line",
    ),
    (
        "crisis/us.toml",
        "HOME to 741741\"",
        "HOME to 741471\"",
        "line",
        "741471 is not a number",
    ),
    (
        "crisis/us.toml",
        "number = \"+1 833-852-6262\"",
        "number = \"1-833-943-5746\"",
        "line",
        "+1 833-852-6262 now",
    ),
    (
        "crisis/mx.toml",
        "llama al 911\"",
        "llama al 911 o al 988\"",
        "[es]",
        "988 is not a number",
    ),
    (
        "crisis/us.toml",
        "988 y oprime 2\"",
        "988 y oprime 3\"",
        "[es]",
        "OPRIME 3",
    ),
    // Footers.
    (
        "crisis/us.toml",
        "Education only, not therapy. ",
        "Education only, it is not therapy at all. ",
        "[en]",
        "at most 120 fit",
    ),
    (
        "crisis/us.toml",
        "Danger? Call 911. Crisis?",
        "Crisis?",
        "[en]",
        "footer: does not say what to do in danger",
    ),
    (
        "crisis/us.toml",
        "Crisis? Call/text 988. ",
        "",
        "[en]",
        "footer: names no crisis line",
    ),
    (
        "crisis/us.toml",
        " /crisis\"",
        "\"",
        "[en]",
        "must point to /crisis",
    ),
    (
        "crisis/us.toml",
        "in_danger = \"call 911\"",
        "in_danger = \"shout\"",
        "[en]",
        "in_danger: does not say",
    ),
    (
        "crisis/us.toml",
        "in_crisis = \"call or text 988\"",
        "in_crisis = \"wait\"",
        "[en]",
        "in_crisis: names no crisis line",
    ),
    (
        "crisis/us.toml",
        "in_crisis = \"call or text 988\"",
        "in_crisis = \"\"",
        "[en]",
        "in_crisis: this is empty",
    ),
    (
        "crisis/us.toml",
        "in_crisis = \"llama al 988 y oprime 2\"\n",
        "",
        "line",
        "“in_crisis” is missing",
    ),
    // Support lines.
    (
        "crisis/us.toml",
        "hours = \"messages are answered daily, 8am to 11pm Eastern\"",
        "hours = \"24/7\"",
        "line",
        "us-psi: a support line may not claim 24/7",
    ),
    (
        "crisis/us.toml",
        "kind = \"crisis\"",
        "kind = \"support\"",
        "line",
        "move it up",
    ),
    (
        "crisis/us.toml",
        "limits = \"Not a crisis line.\"\n",
        "",
        "line",
        "us-psi: a support line must say in limits",
    ),
    // Spelling.
    (
        "crisis/us.toml",
        "kind = \"emergency\"",
        "kind = \"urgent\"",
        "line",
        "urgent",
    ),
    ("crisis/us.toml", "hours = ", "hour = ", "line", "hour"),
    (
        "crisis/us.toml",
        "id = \"us-988\"",
        "id = \"us-911\"",
        "line",
        "stands twice",
    ),
    (
        "crisis/us.toml",
        "link = \"https://",
        "link = \"http://",
        "line",
        "must begin with https://",
    ),
    (
        "crisis/us.toml",
        "code = \"US\"",
        "code = \"GB\"",
        "crisis/us.toml",
        "belongs into crisis/gb.toml",
    ),
    (
        "en/crisis.toml",
        "right now? {danger}",
        "right now? {dangr}",
        "en/crisis.toml, line 6: danger: ",
        "{dangr}",
    ),
    (
        "en/crisis.toml",
        "copy = \"Copy {number}\"",
        "copy = \"Copy\"",
        "copy",
        "must hold {number}",
    ),
];

#[test]
fn a_broken_file_is_told_with_file_and_line_and_what_to_do() {
    for (file, from, to, place, what) in CASES.iter().copied() {
        let told = match Directory::load(&broken(file, from, to)) {
            Ok(_) => panic!("{file} is accepted with {from} -> {to}"),
            Err(problems) => problems.to_string(),
        };
        assert!(
            told.contains(place) && told.contains(what),
            "{file}: {from} -> {to}: {told}"
        );
    }
}
