//! What keeps the token and people's words out of the logs.
//!
//! The libraries below us log addresses with the token in them, and whole updates; those targets stay off for good.
//! Must not know who logs what: it only names targets and cleans Telegram's own sentences.

/// Log targets that can print the token (HTTP clients print URLs) or a parent's words (teloxide prints updates).
/// The logging set-up appends each of these directives *after* the operator's `RUST_LOG`, so that none can be switched on.
pub const SILENCED: [&str; 12] = [
    "reqwest=off",
    "hyper=off",
    "hyper_util=off",
    "hyper_rustls=off",
    "rustls=off",
    "h2=off",
    "teloxide=off",
    "teloxide_core=off",
    "tower_http=off",
    "axum=off",
    "tungstenite=off",
    "want=off",
];

/// Whether a log line of this target may be shown: false for every target in [`SILENCED`] and what lies below it.
pub fn may_log(target: &str) -> bool {
    !SILENCED
        .iter()
        .filter_map(|directive| directive.strip_suffix("=off"))
        .any(|silenced| {
            target
                .strip_prefix(silenced)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        })
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
