//! How long the safety net reads: ordinary messages, and the longest that Telegram takes of the worst kinds.
//!
//! Beside each text, in the same moment, a naive pass over it is measured: a busy machine slows both.

use std::{fs, hint::black_box, path::Path, time::Duration};

use anyhow::Context as _;
use slowbloom::{clock::Clock, triage};

use crate::{
    Asked,
    figures::{Dice, Spread, ms, say},
    promise,
};

/// The longest message that Telegram takes, in characters (Bot API, `sendMessage`).
const LONGEST: usize = 4_096;

/// A message is judged before anything else is done with it: of 50 in a second, this may take a tenth of one core.
const ORDINARY: Duration = Duration::from_millis(2);
/// Whatever somebody sends, the others do not notice.
const WORST: Duration = Duration::from_millis(20);

/// Below these folders lie the messages and the lists that texts are made of.
const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
const LEXICON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/triage/lexicon");

pub(crate) fn run(asked: &Asked) -> anyhow::Result<()> {
    let clock = Clock::system();
    let first = time(&clock, || triage::read("we slept a little and she smiled"));
    let second = time(&clock, || triage::read("dormimos algo, y sonrió; ttiredd"));
    say(
        "the first call unpacks the lists (and the second)",
        format!("{} ({})", ms(first), ms(second)),
    );
    let ordinary = ordinary()?;
    let every = (ordinary.len() / usize::try_from(asked.number("samples", 4_000))?).max(1);
    let some: Vec<_> = ordinary.into_iter().step_by(every).collect();
    let took = measure(&clock, "ordinary messages", &some);
    promise::percentile_within("  ordinary messages", &took, 99, ORDINARY);
    let repeats = usize::try_from(asked.number("repeats", 100).max(1))?;
    let lists = Lists::read()?;
    let texts: Vec<_> = (0..repeats).map(|seed| longest(&lists, seed)).collect();
    for (place, (kind, _)) in texts[0].iter().enumerate() {
        let texts: Vec<_> = texts.iter().map(|some| some[place].1.clone()).collect();
        let took = measure(&clock, &format!("4,096 of {kind}"), &texts);
        promise::percentile_within(&format!("  {kind}"), &took, 99, WORST);
    }
    Ok(())
}

/// Reads each text, and takes the naive pass over it right after.
fn measure(clock: &Clock, name: &str, texts: &[String]) -> Spread {
    let pairs = texts.iter().map(|text| {
        let read = time(clock, || triage::read(text));
        let naive = time(clock, || deunicode::deunicode(&text.to_lowercase()));
        (read, naive)
    });
    let (read, naive): (Vec<_>, Vec<_>) = pairs.unzip();
    let (read, naive) = (Spread::from_iter(read), Spread::from_iter(naive));
    let times = read.percentile(50).as_secs_f64() / naive.percentile(50).as_secs_f64();
    say(
        name,
        format!(
            "p50 {:.0?} · p99 {:.0?} · max {:.0?}; naive p50 {:.1?}, {times:.0} times ({} samples)",
            read.percentile(50),
            read.percentile(99),
            read.percentile(100),
            naive.percentile(50),
            read.len()
        ),
    );
    read
}

fn time<R>(clock: &Clock, work: impl FnOnce() -> R) -> Duration {
    let began = clock.instant();
    black_box(work());
    began.elapsed()
}

/// What parents may write, of the kinds that the project made up to learn from.
fn ordinary() -> anyhow::Result<Vec<String>> {
    let mut messages = lines(CORPUS, |name| name.starts_with("train-blind"))?;
    messages.retain(|line| !line.starts_with("##"));
    Ok(messages)
}

/// Words of the safety net's own files.
struct Lists {
    /// Of its meanings.
    meanings: Vec<String>,
    /// Of its two dictionaries.
    known: Vec<String>,
}

impl Lists {
    fn read() -> anyhow::Result<Self> {
        let meanings = lines(LEXICON, |name| !name.starts_with("known"))?;
        let words = meanings
            .iter()
            .flat_map(|line| line.split(|c: char| !c.is_alphabetic()))
            .filter(|word| !word.is_empty());
        Ok(Self {
            meanings: words.map(str::to_owned).collect(),
            known: lines(LEXICON, |name| name.starts_with("known"))?,
        })
    }
}

/// Texts of the greatest length that are hard to read, each with its kind; what is by chance is so by `seed`.
fn longest(lists: &Lists, seed: usize) -> Vec<(&'static str, String)> {
    let mut dice = Dice::new(seed as u64);
    let mut some = |words: &[String]| {
        let mut text = String::new();
        while text.len() < LONGEST {
            let roll = dice.roll(words.len() as u64);
            text.push_str(&words[usize::try_from(roll).unwrap_or(0)]);
            text.push(' ');
        }
        text
    };
    let letters: Vec<_> = ('a'..='z').map(String::from).collect();
    let spaced = "k i l l m y s e l f ";
    let misspelled = some(&lists.known).replace('e', "3").replace('o', "0o");
    let kinds = [
        ("one letter", "a".to_owned()),
        (
            "combining marks",
            "a\u{301}\u{300}\u{302}\u{304}".to_owned(),
        ),
        ("marks alone", "\u{301}".to_owned()),
        ("right-to-left marks", "a\u{200F}\u{202E}".to_owned()),
        ("emoji", "😔👩‍👧🏽".to_owned()),
        ("mixed scripts", "mаmá мама 妈妈 أمي אמא ".to_owned()),
        ("words of the meanings", some(&lists.meanings)),
        ("words of the dictionaries", some(&lists.known)),
        ("words with mistakes", misspelled),
        ("single letters", some(&letters)),
        ("letters spaced out", spaced.to_owned()),
        ("letters with dots", spaced.replace(' ', ".")),
        ("no spaces", "wanttodiekillmyself".to_owned()),
    ];
    // A text whose letters take several bytes has fewer than it has bytes.
    let fill = |text: &str| text.chars().cycle().take(LONGEST).collect();
    kinds.map(|(kind, text)| (kind, fill(&text))).into()
}

/// The lines of the files of a folder with these names, without comments and empty ones.
fn lines(folder: &'static str, which: impl Fn(&str) -> bool) -> anyhow::Result<Vec<String>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(Path::new(folder)).context(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.ends_with(".txt") && which(&name) {
            paths.push(entry.path());
        }
    }
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        let text = fs::read_to_string(path)?;
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        found.extend(lines.map(str::to_owned));
    }
    Ok(found)
}
