//! What every file keeps to: its length, its head, and words that have no place in it.

use super::{Complaint, source::Source};

const LONGEST_FILE: usize = 400;
const LONGEST_MAIN: usize = 40;

/// A run of words that must not stand in a file, and what to do about it.
struct Ban {
    words: &'static [&'static str],
    instead: &'static str,
    /// Where it is fine: beginnings of paths.
    except: &'static [&'static str],
    in_tests: bool,
}

const BANS: &[Ban] = &[
    Ban {
        words: &["[", "allow", "("],
        instead: "`#[allow]` outlives its reason; write `#[expect(…, reason = \"…\")]`",
        except: &[],
        in_tests: true,
    },
    Ban {
        words: &["todo", "!"],
        instead: "`todo!` is a panic waiting for a parent; build it, or say in an error that it is not there",
        except: &[],
        in_tests: true,
    },
    Ban {
        words: &["unimplemented", "!"],
        instead: "`unimplemented!` is a panic waiting for a parent; build it, or say in an error that it is not there",
        except: &[],
        in_tests: true,
    },
    Ban {
        words: &["dbg", "!"],
        instead: "`dbg!` is for the desk; remove it",
        except: &[],
        in_tests: true,
    },
    Ban {
        words: &[".", "unwrap", "("],
        instead: "`unwrap` belongs in tests; use `?`, or `expect` with the reason why it cannot happen",
        except: &[],
        in_tests: false,
    },
    Ban {
        words: &["println", "!"],
        instead: PRINTING,
        except: &["src/cli/"],
        in_tests: false,
    },
    Ban {
        words: &["print", "!"],
        instead: PRINTING,
        except: &["src/cli/"],
        in_tests: false,
    },
    Ban {
        words: &["eprintln", "!"],
        instead: PRINTING,
        except: &["src/cli/"],
        in_tests: false,
    },
];

const PRINTING: &str = "printing belongs in src/cli; what the operator may see goes to `tracing`";

/// What is wrong with one file.
pub(super) fn complaints(source: &Source) -> Vec<Complaint> {
    let mut found = Vec::new();
    found.extend(length(source));
    found.extend(head(source));
    found.extend(BANS.iter().flat_map(|ban| banned(source, ban)));
    found.extend(compared(source));
    found
}

fn length(source: &Source) -> Option<Complaint> {
    let lines = source.text.lines().count();
    let (most, instead) = match source.path.as_str() {
        "src/main.rs" => (LONGEST_MAIN, "what it does belongs in src/cli"),
        _ => (LONGEST_FILE, "split it by what its parts are about"),
    };
    (lines >= most).then(|| {
        format!(
            "{}: {lines} lines, must be under {most}; {instead}",
            source.path
        )
    })
}

/// The unit tests of a file are no room of their own, also when they lie in a file of their own.
fn head(source: &Source) -> Option<Complaint> {
    let unit_tests = source.for_tests && source.path.starts_with("src/");
    (!unit_tests && !source.text.starts_with("//! ")).then(|| {
        format!(
            "{}:1: must begin with `//!`: what this is, and what it must not know",
            source.path
        )
    })
}

fn banned(source: &Source, ban: &Ban) -> Vec<Complaint> {
    let fine_here = ban.except.iter().any(|path| source.path.starts_with(path));
    if fine_here {
        return Vec::new();
    }
    source
        .runs(ban.words)
        .map(|at| source.words[at].line)
        .filter(|line| ban.in_tests || !source.is_test_line(*line))
        .map(|line| format!("{}:{line}: {}", source.path, ban.instead))
        .collect()
}

/// Where strangers knock, how long a comparison takes must not tell how much of the secret they know: it is taken out of
/// its cover only as what `ct_eq` compares with.
fn compared(source: &Source) -> Vec<Complaint> {
    if !source.path.starts_with("src/web") {
        return Vec::new();
    }
    let taken_out = source.runs(&["expose_secret"]);
    let elsewhere = taken_out.filter(|at| {
        let before = at
            .checked_sub(4)
            .map(|from| [source.word(from), source.word(from + 1)]);
        before != Some(["ct_eq", "("])
    });
    elsewhere
        .map(|at| source.words[at].line)
        .filter(|line| !source.is_test_line(*line))
        .map(|line| {
            format!(
                "{}:{line}: a secret is compared by `said.ct_eq(secret.expose_secret()…)` and not otherwise",
                source.path
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, text: &str) -> String {
        complaints(&Source::new(path, text)).join("\n")
    }

    #[test]
    fn a_long_file_is_found() {
        let text = |lines: usize| format!("//! x\n{}", "\n".repeat(lines - 1));
        assert_eq!(said("src/x.rs", &text(399)), "");
        assert!(said("src/x.rs", &text(400)).starts_with("src/x.rs: 400 lines"));
        assert!(said("tests/it/x.rs", &text(400)).contains("under 400"));
        assert_eq!(said("src/main.rs", &text(39)), "");
        assert!(said("src/main.rs", &text(40)).contains("under 40;"));
    }

    #[test]
    fn a_file_without_a_head_is_found() {
        assert!(
            said("src/x.rs", "use std::fs;\n//! too late").starts_with("src/x.rs:1: must begin")
        );
        assert!(said("tests/it/x.rs", "mod a;").starts_with("tests/it/x.rs:1: must begin"));
        let mut unit_tests = Source::new("src/x/tests.rs", "use super::*;");
        unit_tests.for_tests = true;
        assert_eq!(complaints(&unit_tests), Vec::<Complaint>::new());
    }

    #[test]
    fn every_banned_word_is_found_and_its_exceptions_hold() {
        for ban in BANS {
            let text = format!("//! x\nfn f() {{\n{}\n}}\n", ban.words.join(" "));
            let said_here = said("src/x.rs", &text);
            assert_eq!(said_here, format!("src/x.rs:3: {}", ban.instead));
            for path in ban.except {
                assert_eq!(said(&format!("{path}x.rs"), &text), "");
            }
            let in_test = format!(
                "//! x\n#[cfg(test)]\nmod tests {{\n{}\n}}\n",
                ban.words.join(" ")
            );
            assert_eq!(said("src/x.rs", &in_test).is_empty(), !ban.in_tests);
        }
    }

    #[test]
    fn a_secret_that_is_compared_word_by_word_is_found() {
        let text = |how: &str| format!("//! x\nfn f() {{\n{how}\n}}\n");
        let constant = text("said.ct_eq(secret.expose_secret().as_bytes()).into()");
        assert_eq!(said("src/web.rs", &constant), "");
        for how in [
            "said == secret.expose_secret().as_bytes()",
            "secret.expose_secret() == said",
            "said.eq(secret.expose_secret())",
            "let plain = secret.expose_secret();",
        ] {
            let found = said("src/web/hook.rs", &text(how));
            assert!(
                found.starts_with("src/web/hook.rs:3: a secret is compared"),
                "{how}"
            );
            assert_eq!(said("src/app.rs", &text(how)), "");
        }
    }

    #[test]
    fn words_in_comments_and_literals_are_let_be() {
        let text = "//! x\n// todo!(), #[allow(unused)]\nconst A: &str = \"dbg!\"; // .unwrap()\n";
        assert_eq!(said("src/x.rs", text), "");
        assert_eq!(
            said("src/x.rs", "//! x\nfn f() { a.unwrap_or_default() }\n"),
            ""
        );
    }
}
