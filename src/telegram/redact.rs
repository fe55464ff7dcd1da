//! What keeps the token and people's words out of the logs.
//!
//! The libraries below us log addresses with the token in them, and whole updates; those targets stay off for good.
//! Must not know who logs what: it only names targets and cleans Telegram's own sentences.

/// Log targets that can print the token (HTTP clients print URLs) or a parent's words (teloxide prints updates).
const SILENCED: [&str; 11] = [
    "reqwest",
    "hyper",
    "hyper_util",
    "hyper_rustls",
    "rustls",
    "h2",
    "teloxide",
    "teloxide_core",
    "tower_http",
    "axum",
    "want",
];

/// Whether a line of this log target may be shown: never one of the libraries that can print the token or a parent's words.
///
/// The logging set-up asks this for every line, beside the operator's `RUST_LOG` and not as part of it
/// (`filter_fn(|line| may_log(line.target()))`): a more detailed directive there would win over a general `off`.
pub fn may_log(target: &str) -> bool {
    !SILENCED.iter().any(|silenced| {
        target
            .strip_prefix(silenced)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    })
}

/// Lets a panic say where it happened and not what it says: slicing, for one, quotes the text that it could not slice.
/// For the whole process; called once, after the log was started.
pub fn tame_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(|place| format!("{}:{}", place.file(), place.line()))
            .unwrap_or_default();
        tracing::error!(%place, "an internal error ended a task");
    }));
}

/// The longest part of a description that is kept, in characters.
const KEPT: usize = 80;

/// Makes one of Telegram's descriptions fit for a log: what it quotes is dropped (it may be ours or a parent's),
/// digits become `#`, control characters go, and the rest is cut at 80 characters.
pub fn description(text: &str) -> String {
    let mut quoted = false;
    let mut kept = String::new();
    for c in text.chars().filter(|c| !c.is_control()).take(KEPT) {
        if matches!(c, '"' | '“' | '”' | '`') {
            quoted = !quoted;
            if quoted {
                kept.push('…');
            }
        } else if !quoted {
            kept.push(if c.is_numeric() { '#' } else { c });
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silences_a_target_and_what_lies_below_it_but_not_its_namesakes() {
        assert!(!may_log("reqwest"));
        assert!(!may_log("reqwest::connect"));
        assert!(!may_log("hyper_util::client::legacy::pool"));
        assert!(may_log("slowbloom::telegram::door"));
        assert!(may_log("axumatic"));
    }

    #[test]
    fn descriptions_lose_quotes_and_numbers() {
        assert_eq!(
            description("Bad Request: Unsupported start tag \"mia\" at byte offset 17"),
            "Bad Request: Unsupported start tag … at byte offset ##"
        );
        assert_eq!(description(&"x".repeat(300)).len(), KEPT);
    }
}
