//! What the safety net promises, proved on the corpus: cases, own words, bad typing, any input, bounded work.

use proptest::prelude::*;

use super::decide::{explain, read, steps};
use super::finding::{Category, Tier};

const CASES: &str = include_str!("../../tests/corpus/safety-cases.tsv");
const HELD_OUT: [&str; 7] = [
    include_str!("../../tests/corpus/heldout-1.txt"),
    include_str!("../../tests/corpus/heldout-2.txt"),
    include_str!("../../tests/corpus/heldout-3.txt"),
    include_str!("../../tests/corpus/heldout-4.txt"),
    include_str!("../../tests/corpus/heldout-blind-1.txt"),
    BLIND,
    PLAIN,
];
const BLIND: &str = include_str!("../../tests/corpus/heldout-blind-2.txt");
const PLAIN: &str = include_str!("../../tests/corpus/heldout-plain.txt");

#[test]
fn every_example_case_has_its_tier() {
    let mut wrong = Vec::new();
    for line in CASES.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let wanted = match fields[0] {
            "E" => Tier::Emergency,
            "C" => Tier::Concern,
            _ => Tier::None,
        };
        let tier = read(fields[3]).tier;
        if tier != wanted {
            wrong.push(format!(
                "{}: {} not {}",
                fields[3],
                tier.code(),
                wanted.code()
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_article_raises_no_alarm() {
    let alarms: Vec<&str> = include_str!("../../messages/article.txt")
        .split(['.', '\n', '?'])
        .filter(|sentence| read(sentence).tier != Tier::None)
        .collect();
    assert!(alarms.is_empty(), "{alarms:#?}");
}

/// Everything the bot says.
const SAID: [&str; 10] = [
    include_str!("../../messages/en/care.toml"),
    include_str!("../../messages/en/crisis.toml"),
    include_str!("../../messages/en/notes.toml"),
    include_str!("../../messages/en/pages.toml"),
    include_str!("../../messages/en/phrases.toml"),
    include_str!("../../messages/es/care.toml"),
    include_str!("../../messages/es/crisis.toml"),
    include_str!("../../messages/es/notes.toml"),
    include_str!("../../messages/es/pages.toml"),
    include_str!("../../messages/es/phrases.toml"),
];

#[test]
fn nothing_the_bot_says_raises_an_alarm() {
    let mut alarms = Vec::new();
    for file in SAID {
        let mut said = Vec::new();
        collect(
            &file.parse::<toml::Table>().expect("TOML").into(),
            &mut said,
        );
        let lines = said.iter().flat_map(|text| text.lines());
        alarms.extend(
            lines
                .filter(|line| read(line).tier != Tier::None)
                .map(str::to_owned),
        );
    }
    assert!(
        alarms.is_empty(),
        "train the model again, or mask: {alarms:#?}"
    );
}

fn collect(value: &toml::Value, texts: &mut Vec<String>) {
    match value {
        toml::Value::String(text) => texts.push(text.clone()),
        toml::Value::Array(all) => all.iter().for_each(|one| collect(one, texts)),
        toml::Value::Table(table) => table.iter().for_each(|(_, one)| collect(one, texts)),
        _ => {}
    }
}

/// The emergencies of the held-out sets.
fn emergencies() -> Vec<&'static str> {
    let mut urgent = false;
    let mut all = Vec::new();
    for line in HELD_OUT.iter().flat_map(|text| text.lines()) {
        match line.strip_prefix("## ") {
            Some(head) => urgent = head.starts_with('E'),
            None if urgent && !line.trim().is_empty() => all.push(line),
            None => {}
        }
    }
    all
}

/// The hundredths of a set's messages of one tier and language that are answered at least as `least`.
fn hundredths(set: &str, tier: char, language: &str, least: Tier) -> f64 {
    let (mut part, mut whole, mut counts) = (0.0, 0.0, false);
    for line in set.lines().filter(|line| !line.trim().is_empty()) {
        if let Some(head) = line.strip_prefix("## ") {
            counts = head.starts_with(tier) && head.ends_with(language);
        } else if counts {
            whole += 1.0;
            if read(line).tier >= least {
                part += 1.0;
            }
        }
    }
    assert!(whole > 0.0, "no {tier} {language}");
    100.0 * part / whole
}

/// The first scores of this set, when nobody who built the net had seen it, met every bar of the project; and what is
/// plainly said must never be missed again.
#[test]
fn a_set_that_was_never_learned_from_meets_the_bars() {
    for language in ["en", "es"] {
        for (tier, least, bar) in [
            ('E', Tier::Concern, 92.0),
            ('E', Tier::Emergency, 85.0),
            ('C', Tier::Concern, 85.0),
            ('L', Tier::Concern, 92.0),
        ] {
            let share = hundredths(BLIND, tier, language, least);
            assert!(share >= bar, "{language} {tier} {least:?}: {share}");
        }
        for (least, bar) in [(Tier::Emergency, 3.0), (Tier::Concern, 10.0)] {
            let share = hundredths(BLIND, 'N', language, least);
            assert!(share <= bar, "{language} everyday {least:?}: {share}");
        }
        let share = hundredths(PLAIN, 'E', language, Tier::Concern);
        assert!(share >= 98.0, "{language} plainly said: {share}");
    }
}

/// Hundredths of the texts that get help.
fn helped<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    let tiers: Vec<Tier> = texts.map(|text| read(text).tier).collect();
    tiers.iter().filter(|tier| **tier > Tier::None).count() * 100 / tiers.len().max(1)
}

/// Spoils one of the longer words, another one in each text.
fn slip(text: &str, at: usize, spoil: fn(&mut Vec<char>)) -> String {
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

/// A way of typing badly; the number makes each text's slip its own.
type Way = fn(&str, usize) -> String;

#[test]
fn bad_typing_loses_at_most_five_points() {
    let plain = helped(emergencies().into_iter());
    let ways: [(&str, Way); 9] = [
        ("wrong letter", |text, at| {
            slip(text, at, |word| {
                let middle = word.len() / 2;
                word[middle] = 'x';
            })
        }),
        ("swap", |text, at| slip(text, at, |word| word.swap(1, 2))),
        ("capitals", |text, _| text.to_uppercase()),
        ("no marks", |text, _| {
            text.replace([',', '.', '?', '¿', '\''], "")
        }),
        ("curly", |text, _| text.replace('\'', "’")),
        ("spaced", |text, _| {
            let apart = |word: &str| word.chars().map(String::from).collect::<Vec<_>>().join(" ");
            text.split(' ').map(apart).collect::<Vec<_>>().join("  ")
        }),
        ("leet", |text, _| text.replace('e', "3").replace('o', "0")),
        ("zero width", |text, _| {
            text.chars()
                .flat_map(|letter| [letter, '\u{200B}'])
                .collect()
        }),
        ("emoji", |text, _| text.replace(' ', " 😔 ")),
    ];
    for (name, way) in ways {
        let spoiled: Vec<String> = emergencies()
            .iter()
            .enumerate()
            .map(|(at, text)| way(text, at))
            .collect();
        let left = helped(spoiled.iter().map(String::as_str));
        assert!(left + 5 >= plain, "{name}: {plain} fell to {left}");
    }
}

#[test]
fn several_hits_come_in_order_of_urgency() {
    let finding = read("I hear voices and I want to die and my baby isn't breathing");
    assert_eq!(finding.tier, Tier::Emergency);
    assert_eq!(finding.primary(), Some(Category::Medical));
    assert!(finding.has(Category::Psychosis) && finding.has(Category::Suicide));
    assert!(read("my wife says she wants to die").has(Category::SomeoneElse));
    assert!(
        !read("my husband hit me and I want to die")
            .categories
            .is_empty()
    );
}

#[test]
fn an_idiom_hides_only_its_own_words() {
    assert_eq!(read("I'm dead tired").tier, Tier::None);
    assert_eq!(
        read("I'm dead tired and I want to die").tier,
        Tier::Emergency
    );
}

#[test]
fn debug_shows_no_word_of_the_text() {
    let shown = format!(
        "{:?} {:?}",
        read("quiero morirme"),
        explain("quiero morirme")
    );
    assert!(!shown.contains("morir"), "{shown}");
}

/// Steps a word may cost at most; the lexicon's size bounds it, the text's does not.
const STEPS_A_WORD: u64 = 6_000;

#[test]
fn work_stays_linear_on_hostile_texts() {
    for text in [
        "a".repeat(4096),
        "i want to ".repeat(410),
        "my baby hurt ".repeat(315),
        "kill me. ".repeat(455),
        "no no no quiero ".repeat(256),
        "\u{301}".repeat(4096),
        "\u{200F}".repeat(4096),
        "😔".repeat(4096),
        "him her it ".repeat(372),
    ] {
        let words = text.split_whitespace().count() as u64;
        assert!(
            steps(&text) <= STEPS_A_WORD * (words + 1),
            "{words} words: {}",
            steps(&text)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,300}") {
        let finding = read(&text);
        prop_assert_eq!(finding.tier == Tier::None, finding.categories.is_empty());
    }

    #[test]
    fn any_mix_of_its_own_words_stays_bounded(
        words in prop::collection::vec("(i|want|to|die|kill|my|baby|not|no|quiero|morir|he|hits|me|\\.|😔|[a-z]{1,9})", 0..200)
    ) {
        let text = words.join(" ");
        let finding = explain(&text).finding;
        prop_assert_eq!(finding, read(&text));
        prop_assert!(steps(&text) <= STEPS_A_WORD * (words.len() as u64 + 1));
    }
}
