//! Telephone numbers in a text: finding them, and knowing those that must never be said again.

/// The fewest digits that make a number one can call (`112`); shorter ones are hours and menu keys.
const FEWEST_DIGITS: usize = 3;

/// A number that still circulates and must not be said (SAFETY review of 2026-11-23).
#[derive(Debug, PartialEq, Eq)]
pub struct Stale {
    /// Its last digits, without country code; or a word, in capitals.
    pub mark: &'static str,
    /// Why not, and what to write instead.
    pub why: &'static str,
}

/// Numbers that were replaced but are still found in lists and on pages.
pub const STALE: [Stale; 11] = [
    Stale {
        mark: "8339435746",
        why: "the maternal hotline's number of 2022; it is +1 833-852-6262 now",
    },
    Stale {
        mark: "HELP4MOMS",
        why: "the maternal hotline's number of 2022; it is +1 833-852-6262 now",
    },
    Stale {
        mark: "8002738255",
        why: "the old Lifeline number; write 988",
    },
    Stale {
        mark: "273-TALK",
        why: "the old Lifeline number; write 988",
    },
    Stale {
        mark: "8004793339",
        why: "the old San Diego line; it is +1 888-724-7240 now",
    },
    Stale {
        mark: "5038949453",
        why: "an old text line of Postpartum Support International",
    },
    Stale {
        mark: "PRESS 3",
        why: "this menu entry of 988 ended in July 2025",
    },
    Stale {
        mark: "OPRIME 3",
        why: "this menu entry of 988 ended in July 2025",
    },
    Stale {
        mark: "8334564566",
        why: "Canada's old suicide line; write 988",
    },
    Stale {
        mark: "8005990019",
        why: "India's old line; it is Tele-MANAS, 14416, now",
    },
    Stale {
        mark: "18005990019",
        why: "India's old line; it is Tele-MANAS, 14416, now",
    },
];

/// A number as it stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it begins, in bytes.
    pub at: usize,
    /// Its digits, after a `+` if there is one.
    pub number: String,
}

/// The first stale number or word in a text.
pub fn stale_in(text: &str) -> Option<&'static Stale> {
    let capitals = text.to_uppercase();
    let numbers = numbers_in(text);
    STALE.iter().find(|stale| {
        if stale.mark.bytes().all(|byte| byte.is_ascii_digit()) {
            numbers
                .iter()
                .any(|found| found.number.ends_with(stale.mark))
        } else {
            said_as_words(&capitals, stale.mark)
        }
    })
}

/// Every number of three digits or more: groups of digits that a space, hyphen, dot or bracket parts are one number.
pub fn numbers_in(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let at = text.len() - rest.len() + start;
        let plus = text[..at].ends_with('+');
        let (digits, after) = digits_at(&rest[start..]);
        if digits.len() >= FEWEST_DIGITS {
            let sign = if plus { "+" } else { "" };
            found.push(Found {
                at,
                number: format!("{sign}{digits}"),
            });
        }
        rest = after;
    }
    found
}

/// A number as [`numbers_in`] finds it, for comparison.
pub fn normal(number: &str) -> Option<String> {
    match numbers_in(number).as_slice() {
        [only] => Some(only.number.clone()),
        _ => None,
    }
}

fn digits_at(text: &str) -> (String, &str) {
    let mut digits = String::new();
    let mut rest = text;
    loop {
        let group = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        digits.push_str(&rest[..group]);
        rest = &rest[group..];
        let gap = gap_len(rest);
        if gap == 0 || !rest[gap..].starts_with(|c: char| c.is_ascii_digit()) {
            return (digits, rest);
        }
        rest = &rest[gap..];
    }
}

/// The length of what may stand between two groups of one number: one sign, or a closing bracket and one sign.
fn gap_len(text: &str) -> usize {
    let sign = |text: &str| {
        text.chars()
            .next()
            .filter(|c| {
                matches!(
                    c,
                    ' ' | '-' | '.' | '\u{a0}' | '\u{202f}' | '\u{2010}' | '\u{2011}'
                )
            })
            .map_or(0, char::len_utf8)
    };
    match text.strip_prefix(')') {
        Some(after) => 1 + sign(after),
        None => sign(text),
    }
}

/// Whether the words stand in the text and no further digit follows (`PRESS 3` is not in `PRESS 30`).
fn said_as_words(text: &str, words: &str) -> bool {
    text.match_indices(words)
        .any(|(at, _)| !text[at + words.len()..].starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<String> {
        numbers_in(text)
            .into_iter()
            .map(|found| found.number)
            .collect()
    }

    #[test]
    fn groups_of_digits_are_one_number_and_hours_are_none() {
        assert_eq!(
            numbers("call 911, or +1 833-852-6262."),
            ["911", "+18338526262"]
        );
        assert_eq!(numbers("(833) 852 6262 / 833.852.6262"), ["8338526262"; 2]);
        assert_eq!(numbers("116\u{a0}123; 13 11 14"), ["116123", "131114"]);
        assert_eq!(numbers("8am to 11pm, 9:30–19:30, 24/7, press 2"), [""; 0]);
        assert_eq!(numbers("chat.988lifeline.org"), ["988"]);
        assert_eq!(numbers("Call 112. 911 elsewhere"), ["112", "911"]);
    }

    #[test]
    fn stale_numbers_are_known_however_they_are_written() {
        for text in [
            "1-833-943-5746",
            "+1 (833) 943 5746",
            "1-833-9-HELP4MOMS",
            "1.800.273.8255",
            "1-800-273-TALK",
            "+1 800-479-3339",
            "503-894-9453",
            "call 988 and press 3",
            "llama al 988 y oprime 3",
            "1-833-456-4566",
            "1800-599-0019",
        ] {
            assert!(stale_in(text).is_some(), "{text}");
        }
        for text in [
            "call 988 and press 2",
            "press 30",
            "+1 833-852-6262",
            "14416",
        ] {
            assert_eq!(stale_in(text), None, "{text}");
        }
    }
}
