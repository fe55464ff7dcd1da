//! Trains the safety net's linear model from the corpus: `cargo run --release --example train-triage`.
//!
//! Softmax regression, `AdaGrad`, fixed seeds, one thread: the same corpus gives the same weights, byte for byte.
//! Reads `tests/corpus/train-*.txt` and everything the bot itself says (`messages/`); writes `src/triage/model/weights.bin`.
//! With `--cross` it writes nothing: it trains five times without a fifth of the corpus' files, so that no writer is
//! on both sides, and scores the whole safety net, rules and model, on the files that were left out.

mod corpus;
mod hollow;
mod learning;

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use slowbloom::triage::model::{self, LABELS, Weights};
use slowbloom::triage::{Tier, read_with};

use crate::corpus::{Line, OWN, lines, own_words};
use crate::hollow::hollowed;
use crate::learning::{examples, train};

/// Parts of the corpus in cross-validation.
const PARTS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let root = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"))
        .unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").to_owned());
    let root = Path::new(&root);
    let mut lines = lines(&root.join("tests/corpus"))?;
    lines.extend(own_words(&root.join("messages"))?);
    let concepts = fs::read_to_string(root.join("src/triage/lexicon/concepts.txt"))?;
    if std::env::args().any(|argument| argument == "--cross") {
        cross(&lines, &concepts);
        return Ok(());
    }
    lines.extend(hollowed(&lines.iter().collect::<Vec<_>>(), &concepts));
    let examples = examples(lines.iter());
    println!(
        "{} lines, {} stretches of text",
        lines.len(),
        examples.len()
    );
    let path = root.join("src/triage/model/weights.bin");
    fs::write(&path, train(&examples))?;
    println!("wrote {}", path.display());
    Ok(())
}

/// Scores each fifth of the files with weights that never saw it.
fn cross(lines: &[Line], concepts: &str) {
    let mut times: HashMap<&str, u32> = HashMap::new();
    for line in lines {
        *times.entry(&line.text).or_default() += 1;
    }
    let counts = std::thread::scope(|scope| {
        let parts: Vec<_> = (0..PARTS)
            .map(|part| scope.spawn(move || part_of(lines, concepts, part)))
            .collect();
        let mut counts = [[[0_u32; 4]; 4]; 2];
        for (line, given) in parts
            .into_iter()
            .flat_map(|part| part.join().unwrap_or_default())
        {
            // A line that stands in the corpus twice was seen in training.
            if times[line.text.as_str()] == 1 {
                let wanted = model::tier(LABELS[line.label]);
                counts[usize::from(line.spanish)][wanted as usize][given as usize] += 1;
                if std::env::args().any(|argument| argument == "--misses") && given != wanted {
                    println!("{} -> {}: {}", wanted.code(), given.code(), line.text);
                }
            }
        }
        counts
    });
    for (language, tiers) in ["en", "es"].iter().zip(counts) {
        for (tier, row) in [Tier::None, Tier::Concern, Tier::Loss, Tier::Emergency]
            .iter()
            .zip(tiers)
        {
            let all = f64::from(row.iter().sum::<u32>().max(1));
            let share = row.map(|count| format!("{:5.1}", 100.0 * f64::from(count) / all));
            println!(
                "{language} {:9} of {all:4}: none {} concern {} loss {} emergency {}",
                tier.code(),
                share[0],
                share[1],
                share[2],
                share[3]
            );
        }
    }
}

/// The lines of one part's files, as read by a net that saw the others only.
fn part_of<'a>(lines: &'a [Line], concepts: &str, part: usize) -> Vec<(&'a Line, Tier)> {
    let (out, kept): (Vec<&Line>, Vec<&Line>) = lines
        .iter()
        .partition(|line| line.file != OWN && line.file % PARTS == part);
    let hollow = hollowed(&kept, concepts);
    let weights = Weights::read(&train(&examples(kept.into_iter().chain(&hollow))));
    out.into_iter()
        .map(|line| (line, read_with(&line.text, &weights).tier))
        .collect()
}
