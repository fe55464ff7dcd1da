//! Who may know whom, and which room alone speaks to what is outside.

use super::{Complaint, source::Source};

/// The rooms and what each may know. What is not listed here is not a room, and a new one needs a line.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("content", &["domain"]),
    ("triage", &["domain"]),
    ("conversation", &["domain", "content", "triage"]),
    ("clock", &[]),
    ("config", &["domain"]),
    ("locate", &["domain"]),
    ("store", &["domain"]),
    (
        "telegram",
        &["domain", "content", "triage", "conversation", "clock"],
    ),
    ("inbound", JOURNEY),
    ("courier", JOURNEY),
    ("web", &[]),
    ("sandbox", &["domain", "clock"]),
    ("app", BELOW_THE_PROGRAM),
    ("cli", EVERYTHING),
];

const JOURNEY: &[&str] = &[
    "domain",
    "content",
    "triage",
    "conversation",
    "clock",
    "locate",
    "store",
    "telegram",
];

const BELOW_THE_PROGRAM: &[&str] = &[
    "domain",
    "content",
    "triage",
    "conversation",
    "clock",
    "config",
    "locate",
    "store",
    "telegram",
    "web",
    "inbound",
    "courier",
];

const EVERYTHING: &[&str] = &[
    "domain",
    "content",
    "triage",
    "conversation",
    "clock",
    "config",
    "locate",
    "store",
    "telegram",
    "web",
    "inbound",
    "courier",
    "sandbox",
    "app",
];

/// Values in, values out: no waiting, no input, no output.
const PURE: &[&str] = &["domain", "content", "triage", "conversation"];

/// Libraries that only one room may name.
const AT_HOME: &[(&str, &str)] = &[
    ("teloxide", "telegram"),
    ("teloxide_core", "telegram"),
    ("sqlx", "store"),
    ("tzf_rs", "locate"),
    ("dotenvy", "config"),
    ("clap", "cli"),
];

/// What a pure room must not touch, and the one file of such a room that may.
const OUTSIDE: &[(&[&str], &str)] = &[
    (&["std", "fs"], "src/content/folder.rs"),
    (&["std", "net"], ""),
    (&["std", "process"], ""),
    (&["std", "thread"], ""),
    (&["tokio"], ""),
    (&["reqwest"], ""),
    (&["axum"], ""),
    (&["notify"], "src/content/folder.rs"),
];

/// Everything that reads the present time.
const NOW: &[&str] = &[
    "Utc",
    "Local",
    "SystemTime",
    "Instant",
    "Timestamp",
    "Zoned",
];

/// What one file knows and must not.
pub(super) fn complaints(source: &Source) -> Vec<Complaint> {
    let module = source.module();
    let Some(room) = module.first() else {
        return Vec::new(); // `lib.rs` names the rooms, `main.rs` opens the door.
    };
    let Some((_, may_know)) = MAY_KNOW.iter().find(|(name, _)| name == room) else {
        return vec![format!(
            "{}:1: `{room}` is a new room: say in tests/it/tidy/rooms.rs and ARCHITECTURE.md what it may know",
            source.path
        )];
    };
    let mut found = Vec::new();
    for named in source.named() {
        let mut here = module.clone();
        here.extend(named.inside.iter().cloned());
        let steps: Vec<&str> = named.steps.iter().map(String::as_str).collect();
        let is_room = |name: &String| name == "*" || MAY_KNOW.iter().any(|(room, _)| room == name);
        let wrong = neighbor(&here, &steps)
            .filter(|other| other != room && !may_know.contains(&other.as_str()))
            .filter(is_room)
            .map(|other| format!("`{room}` must not know `{other}`; it may know: {may_know:?}"))
            .or_else(|| stranger(room, &steps))
            .or_else(|| environment(room, &steps))
            .or_else(|| present_time(room, &steps))
            .or_else(|| outside(source, room, &steps));
        found.extend(wrong.map(|wrong| format!("{}:{}: {wrong}", source.path, named.line)));
    }
    found.extend(stopwatch(source, room));
    found
}

/// The room that a path leads into when it is read in the module `here`; `None` when it stays or leaves the crate.
fn neighbor(here: &[String], steps: &[&str]) -> Option<String> {
    match steps {
        ["crate", room, ..] => Some((*room).to_owned()),
        ["super", ..] => {
            let up = steps.iter().take_while(|step| **step == "super").count();
            let rest = here.len().checked_sub(up)?;
            let target = here[..rest].first().map(String::as_str);
            target.or_else(|| steps.get(up).copied()).map(str::to_owned)
        }
        _ => None,
    }
}

fn stranger(room: &str, steps: &[&str]) -> Option<String> {
    let (library, home) = AT_HOME.iter().find(|(library, _)| steps[0] == *library)?;
    (room != *home).then(|| format!("`{library}` belongs in src/{home}"))
}

fn environment(room: &str, steps: &[&str]) -> Option<String> {
    let harmless = matches!(steps, [_, _, "args" | "args_os" | "consts", ..]);
    (room != "config" && steps.starts_with(&["std", "env"]) && !harmless)
        .then(|| "the environment is read in src/config.rs only".to_owned())
}

fn present_time(room: &str, steps: &[&str]) -> Option<String> {
    let reads_it = steps
        .windows(2)
        .any(|pair| NOW.contains(&pair[0]) && pair[1] == "now");
    (room != "clock" && reads_it)
        .then(|| "the present time comes from src/clock.rs, as a value".to_owned())
}

/// `Instant::elapsed` reads the present time behind our back.
fn stopwatch(source: &Source, room: &str) -> Vec<Complaint> {
    if room == "clock" {
        return Vec::new();
    }
    let calls = source.runs(&[".", "elapsed", "("]);
    calls
        .map(|at| {
            format!(
                "{}:{}: `elapsed` reads the present time; subtract two `Clock::instant`s",
                source.path, source.words[at].line
            )
        })
        .collect()
}

fn outside(source: &Source, room: &str, steps: &[&str]) -> Option<String> {
    if !PURE.contains(&room) {
        return None;
    }
    if matches!(steps, ["async" | "await"]) {
        return Some(format!("`{room}` is pure: it never waits"));
    }
    let (what, _) = OUTSIDE
        .iter()
        .find(|(what, except)| steps.starts_with(what) && source.path != *except)?;
    Some(format!(
        "`{room}` is pure: `{}` belongs at the rim",
        what.join("::")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, text: &str) -> String {
        complaints(&Source::new(path, text)).join("\n")
    }

    #[test]
    fn a_room_that_knows_too_much_is_found_however_it_says_so() {
        for (path, text) in [
            ("src/domain/note.rs", "fn f() { crate::store::open() }"),
            ("src/domain/note.rs", "use super::super::content::Message;"),
            ("src/domain/mod.rs", "use super::clock::Clock;"),
            (
                "src/store/mod.rs",
                "use crate::{domain::ChatId, telegram::Door};",
            ),
            ("src/telegram/mod.rs", "pub use crate::store as s;"),
            (
                "src/inbound.rs",
                "mod tests { use super::super::courier::tick; }",
            ),
            ("src/courier.rs", "use crate::inbound;"),
            ("src/sandbox/mod.rs", "use crate::content::Message;"),
            ("src/app.rs", "use crate::cli;"),
            ("src/app.rs", "use super::*;"),
        ] {
            let said = said(path, &format!("//! x\n{text}"));
            assert!(
                said.starts_with(&format!("{path}:2: `")) && said.contains("must not know"),
                "{path} {text}: {said}"
            );
        }
    }

    #[test]
    fn what_is_allowed_is_let_be() {
        for (path, text) in [
            (
                "src/domain/note.rs",
                "use super::ChatId; use crate::domain::Country;",
            ),
            (
                "src/conversation/tap.rs",
                "use crate::{content::Message, triage, domain};",
            ),
            (
                "src/courier.rs",
                "mod tests { use super::*; use crate::store::Store; }",
            ),
            (
                "src/cli/run.rs",
                "use crate::app; use std::env::args_os; use clap::Parser;",
            ),
            ("src/lib.rs", "pub mod store; pub use domain::ChatId;"),
            (
                "src/telegram/door.rs",
                "use teloxide::types::Message; // sqlx, crate::store",
            ),
            (
                "src/content/folder.rs",
                "use std::fs; const S: &str = \"tokio\";",
            ),
            ("src/clock.rs", "fn f() { Utc::now(); }"),
            ("src/config.rs", "fn f() { std::env::var_os(NAME); }"),
            ("src/content/pages.rs", "env!(\"CARGO_PKG_VERSION\")"),
        ] {
            assert_eq!(said(path, text), "", "{path} {text}");
        }
    }

    #[test]
    fn libraries_stay_at_home() {
        assert!(said("src/courier.rs", "fn f(x: sqlx::Error) {}").contains("belongs in src/store"));
        assert!(said("src/inbound.rs", "use teloxide;").contains("belongs in src/telegram"));
        assert!(said("src/app.rs", "use dotenvy as d;").contains("belongs in src/config"));
    }

    #[test]
    fn the_environment_is_read_in_one_place() {
        assert!(said("src/app.rs", "fn f() { std::env::var(A) }").contains("src/config.rs only"));
        assert!(said("src/app.rs", "use std::{env, fs};").contains("src/config.rs only"));
    }

    #[test]
    fn the_time_is_read_in_one_place() {
        for text in [
            "chrono::Utc::now()",
            "tokio::time::Instant::now()",
            "let f = SystemTime::now;",
            "start.elapsed().as_secs()",
            "jiff::Timestamp::now()",
        ] {
            let said = said("src/courier.rs", text);
            assert!(said.contains("present time"), "{text}: {said}");
        }
    }

    #[test]
    fn pure_rooms_neither_wait_nor_reach_out() {
        for text in [
            "async fn f() {}",
            "fn f() { g().await }",
            "use std::fs;",
            "use std::{net::IpAddr};",
            "tokio::spawn(f)",
        ] {
            for room in PURE {
                let said = said(&format!("src/{room}/x.rs"), text);
                assert!(said.contains("is pure"), "{room} {text}: {said}");
            }
        }
    }

    #[test]
    fn a_new_room_has_to_be_introduced() {
        assert!(said("src/cellar/mod.rs", "//! x").contains("is a new room"));
    }
}
