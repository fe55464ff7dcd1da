//! Scores the safety net on the corpus' held-out sets: `cargo run --release --example triage-report`.
//!
//! For each set and language: how many messages of each kind were answered how, then the bars of the project,
//! then what is left of the found ones when the same messages are typed badly. `--files a.txt b.txt` scores other sets.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use slowbloom::triage::{Tier, read};

/// One message and what it is.
struct Case {
    tier: Tier,
    category: String,
    language: String,
    text: String,
}

/// How messages of one kind were answered: none, concern, loss, emergency.
type Counts = [u32; 4];

fn main() -> Result<(), Box<dyn Error>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let named: Vec<PathBuf> = std::env::args()
        .skip_while(|argument| argument != "--files")
        .skip(1)
        .map(PathBuf::from)
        .collect();
    let mut files = if named.is_empty() {
        fs::read_dir(&corpus)?
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .filter(|path| path.to_string_lossy().contains("heldout-"))
            .collect()
    } else {
        named
    };
    files.sort();
    let mut all = Vec::new();
    for file in &files {
        let cases = cases(&fs::read_to_string(file)?);
        println!("\n{} ({} messages)", file.display(), cases.len());
        table(&cases);
        bars(&cases);
        all.extend(cases);
    }
    println!("\nAll of them ({} messages)", all.len());
    table(&all);
    bars(&all);
    println!("\nTyped badly: emergencies answered with help, in points lost");
    for (name, spoil) in SPOILS {
        spoiled(name, spoil, &all);
    }
    Ok(())
}

/// `## E suicide en` heads the lines below it.
fn cases(text: &str) -> Vec<Case> {
    let mut head = (Tier::None, String::new(), String::new());
    let mut cases = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if let Some(words) = line.strip_prefix("## ") {
            let words: Vec<&str> = words.split(' ').collect();
            let tier = match words.first() {
                Some(&"E") => Tier::Emergency,
                Some(&"L") => Tier::Loss,
                Some(&"C") => Tier::Concern,
                _ => Tier::None,
            };
            let word = |at: usize| words.get(at).copied().unwrap_or("?").to_owned();
            head = (tier, word(1), word(2));
        } else if !line.starts_with("# ") {
            cases.push(Case {
                tier: head.0,
                category: head.1.clone(),
                language: head.2.clone(),
                text: line.to_owned(),
            });
        }
    }
    cases
}

fn table(cases: &[Case]) {
    let mut rows: BTreeMap<(&str, Tier, &str), Counts> = BTreeMap::new();
    for case in cases {
        let key = (case.language.as_str(), case.tier, case.category.as_str());
        rows.entry(key).or_default()[read(&case.text).tier as usize] += 1;
    }
    println!("  {:34} none concern loss emergency", "written as");
    for ((language, tier, category), counts) in rows {
        println!(
            "  {language} {:9} {category:21} {:4} {:7} {:4} {:9}",
            tier.code(),
            counts[0],
            counts[1],
            counts[2],
            counts[3]
        );
    }
}

fn share(part: usize, whole: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    100.0 * number(part) / number(whole.max(1))
}

fn bars(cases: &[Case]) {
    for language in ["en", "es"] {
        let of = |tier: Tier| -> Vec<Tier> {
            cases
                .iter()
                .filter(|case| case.language == language && case.tier == tier)
                .map(|case| read(&case.text).tier)
                .collect()
        };
        let at_least = |answers: &[Tier], tier: Tier| {
            share(
                answers.iter().filter(|answer| **answer >= tier).count(),
                answers.len(),
            )
        };
        let (emergency, concern, loss, none) = (
            of(Tier::Emergency),
            of(Tier::Concern),
            of(Tier::Loss),
            of(Tier::None),
        );
        println!(
            "  {language}: emergencies answered with crisis lines {:5.1} %  (bar 92)",
            at_least(&emergency, Tier::Concern)
        );
        println!(
            "      emergencies answered as emergency     {:5.1} %  (bar 85)",
            at_least(&emergency, Tier::Emergency)
        );
        println!(
            "      concern answered                      {:5.1} %  (bar 85)",
            at_least(&concern, Tier::Concern)
        );
        println!(
            "      loss answered                         {:5.1} %",
            at_least(&loss, Tier::Concern)
        );
        println!(
            "      everyday answered as emergency        {:5.1} %  (bar 3)",
            at_least(&none, Tier::Emergency)
        );
        println!(
            "      everyday answered as anything         {:5.1} %  (bar 10)",
            at_least(&none, Tier::Concern)
        );
    }
}

/// A way of typing badly; the number makes each message's slip its own.
type Spoil = fn(&str, usize) -> String;

const SPOILS: [(&str, Spoil); 10] = [
    ("one wrong letter", |text, at| {
        slip(text, at, |word| wrong(word))
    }),
    ("two letters swapped", |text, at| {
        slip(text, at, |word| word.swap(1, 2))
    }),
    ("one letter missing", |text, at| {
        slip(text, at, |word| {
            word.remove(word.len() / 2);
        })
    }),
    ("all capitals", |text, _| text.to_uppercase()),
    ("no punctuation", |text, _| {
        text.replace([',', '.', '!', '?', '¿', '¡', '\''], "")
    }),
    ("letter by letter", |text, _| {
        let letters = text.split_whitespace().flat_map(str::chars);
        letters.map(String::from).collect::<Vec<_>>().join(" ")
    }),
    ("spaced out", |text, _| {
        let words = text
            .split(' ')
            .map(|word| word.chars().map(String::from).collect::<Vec<_>>().join(" "));
        words.collect::<Vec<_>>().join("  ")
    }),
    ("leet", |text, _| text.replace('e', "3").replace('o', "0")),
    ("zero-width inside", |text, _| {
        text.chars()
            .flat_map(|letter| [letter, '\u{200B}'])
            .collect()
    }),
    ("emoji between", |text, _| text.replace(' ', " 😔 ")),
];

fn wrong(word: &mut [char]) {
    let middle = word.len() / 2;
    word[middle] = 'x';
}

/// Spoils one of the longer words.
fn slip(text: &str, at: usize, spoil: impl Fn(&mut Vec<char>)) -> String {
    let mut words: Vec<Vec<char>> = text.split(' ').map(|word| word.chars().collect()).collect();
    let long: Vec<usize> = (0..words.len())
        .filter(|index| words[*index].len() >= 4)
        .collect();
    if let Some(index) = long.get(at % long.len().max(1)) {
        spoil(&mut words[*index]);
    }
    let words: Vec<String> = words
        .into_iter()
        .map(|word| word.into_iter().collect())
        .collect();
    words.join(" ")
}

fn spoiled(name: &str, spoil: Spoil, cases: &[Case]) {
    let mut line = format!("  {name:20}");
    for language in ["en", "es"] {
        let urgent = || {
            let these = cases.iter().enumerate();
            these.filter(|(_, case)| case.language == language && case.tier == Tier::Emergency)
        };
        let found = |texts: Vec<String>| {
            let found = texts
                .iter()
                .filter(|text| read(text).tier > Tier::None)
                .count();
            share(found, texts.len())
        };
        let plain = found(urgent().map(|(_, case)| case.text.clone()).collect());
        let worse = found(urgent().map(|(at, case)| spoil(&case.text, at)).collect());
        // Writing to a String cannot fail.
        let _ = write!(line, "  {language} {:5.1}", plain - worse);
    }
    println!("{line}");
}
