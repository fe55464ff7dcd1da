//! Serious lines made hollow: every word that says something is exchanged for an ordinary one, and what is left says
//! nothing. So the model learns that "I ... my baby" is no loss by itself, whatever the lines of the corpus end with.

use std::collections::{HashMap, HashSet};

use slowbloom::triage::model::LABELS;

use crate::corpus::Line;
use crate::learning::Dice;

/// Longer lines have enough around them.
const LONGEST: usize = 10;
/// A shorter line is made hollow this often, each time otherwise.
const TIMES: usize = 2;
/// Everyday lines that a word must stand in to be ordinary.
const LEAST: u32 = 3;
/// How much rarer it must be in serious lines.
const RARER: u32 = 4;

/// The groups of concepts that make up the frame of a message: who, to whom, when, whether.
const FRAME: [&str; 22] = [
    "filler",
    "self",
    "other-pronoun",
    "question",
    "negation",
    "conjunction",
    "preposition",
    "past-time",
    "can-must",
    "will-wish",
    "be-have-do",
    "quantity",
    "now",
    "future-time",
    "never-always",
    "time-clock",
    "truly",
    "want",
    "baby-child",
    "family",
    "partner",
    "other-person",
];

/// The hollow lines of these lines; `concepts` is the list of concepts as it stands in its file.
pub(crate) fn hollowed(lines: &[&Line], concepts: &str) -> Vec<Line> {
    let frame = frame(concepts);
    let ordinary = [false, true].map(|spanish| ordinary(lines, &frame, spanish));
    let mut dice = Dice(0xb100);
    let mut hollow = Vec::new();
    for line in lines.iter().filter(|line| is_serious(line)) {
        let words: Vec<&str> = line.text.split_whitespace().collect();
        if words.len() > LONGEST {
            continue;
        }
        let ordinary = &ordinary[usize::from(line.spanish)];
        for _ in 0..TIMES {
            let mut exchanged = 0;
            let words: Vec<&str> = words
                .iter()
                .map(|word| {
                    if frame.contains(plain(word).as_str()) || ordinary.is_empty() {
                        return *word;
                    }
                    exchanged += 1;
                    let which = dice.roll(ordinary.len() as u64);
                    ordinary[usize::try_from(which).unwrap_or(0)].as_str()
                })
                .collect();
            if exchanged > 0 {
                hollow.push(Line {
                    text: words.join(" "),
                    label: LABELS.len() - 1,
                    ..**line
                });
            }
        }
    }
    hollow
}

fn is_serious(line: &Line) -> bool {
    line.label != LABELS.len() - 1
}

/// The words of the frame.
fn frame(concepts: &str) -> HashSet<&str> {
    let mut words = HashSet::new();
    let mut inside = false;
    for line in concepts.lines() {
        if let Some(group) = line.strip_prefix("== ") {
            inside = FRAME.contains(&group);
        } else if inside && !line.starts_with(['=', '#']) {
            words.extend(line.split(' '));
        }
    }
    words
}

/// The words of one language that everyday lines have and serious ones hardly, sorted.
fn ordinary(lines: &[&Line], frame: &HashSet<&str>, spanish: bool) -> Vec<String> {
    let mut times: HashMap<String, [u32; 2]> = HashMap::new();
    for line in lines.iter().filter(|line| line.spanish == spanish) {
        let mut words: Vec<String> = line.text.split_whitespace().map(plain).collect();
        words.sort();
        words.dedup();
        for word in words {
            times.entry(word).or_default()[usize::from(is_serious(line))] += 1;
        }
    }
    let mut words: Vec<String> = times
        .into_iter()
        .filter(|(word, [everyday, serious])| {
            *everyday >= LEAST
                && *everyday >= RARER * serious
                && word.chars().count() > 2
                && word.chars().all(char::is_alphabetic)
                && !frame.contains(word.as_str())
        })
        .map(|(word, _)| word)
        .collect();
    words.sort();
    words
}

/// A word as the lists have it.
fn plain(word: &str) -> String {
    deunicode::deunicode(word)
        .to_lowercase()
        .trim_matches(|letter: char| !letter.is_alphanumeric())
        .to_owned()
}
