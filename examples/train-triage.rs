//! Trains the safety net's linear model from the corpus: `cargo run --release --example train-triage`.
//!
//! Softmax regression, `AdaGrad`, fixed seeds, one thread: the same corpus gives the same weights, byte for byte.
//! Reads `tests/corpus/train-*.txt` and everything the bot itself says (`messages/`); writes `src/triage/model/weights.bin`.
//! With `--cross` it writes nothing: it trains five times without a fifth of the corpus' files, so that no writer is
//! on both sides, and scores the whole safety net, rules and model, on the files that were left out.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use slowbloom::triage::features::{self, FEATURES};
use slowbloom::triage::model::{self, LABELS, Weights};
use slowbloom::triage::{Category, Tier, read_with};

/// Passes over the examples.
const EPOCHS: usize = 24;
/// `AdaGrad`'s step.
const STEP: f32 = 0.2;
/// `AdaGrad`'s memory at the start, so that the first examples do not leap.
const CALM: f32 = 0.01;
/// The head start of "nothing": what no word speaks for is ordinary.
const ORDINARY: f32 = 6.0;
/// Pull towards zero, each step.
const DECAY: f32 = 2e-6;
/// Share of features left out at random, so that no single word decides.
const DROPOUT: u64 = 30;

/// Steps from zero to the strongest weight: coarse ones pack well, and rounding errs by less than chance does.
const LEVELS: f32 = 12.0;

/// Parts of the corpus in cross-validation.
const PARTS: usize = 5;

/// Lines that a feature must stand in to be learned: what stands in fewer is learned by heart.
const LEAST: u32 = 5;
/// Share of a feature's strongest weight, in thousandths of the strongest of all, below which it is left out.
const WEAK: f32 = 0.008;

/// In place of a file's number: the bot's own words, which are in nobody's exam.
const OWN: usize = usize::MAX;

/// One line of the corpus.
struct Line {
    text: String,
    label: usize,
    spanish: bool,
    /// The number of its file.
    file: usize,
}

struct Example {
    features: Vec<u32>,
    label: usize,
    /// The number of its line.
    line: u32,
}

fn main() -> Result<(), Box<dyn Error>> {
    let root = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"))
        .unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").to_owned());
    let root = Path::new(&root);
    let mut lines = lines(&root.join("tests/corpus"))?;
    lines.extend(own_words(&root.join("messages"))?);
    if std::env::args().any(|argument| argument == "--cross") {
        cross(&lines);
        return Ok(());
    }
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
fn cross(lines: &[Line]) {
    let mut times: HashMap<&str, u32> = HashMap::new();
    for line in lines {
        *times.entry(&line.text).or_default() += 1;
    }
    let counts = std::thread::scope(|scope| {
        let parts: Vec<_> = (0..PARTS)
            .map(|part| scope.spawn(move || part_of(lines, part)))
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
fn part_of(lines: &[Line], part: usize) -> Vec<(&Line, Tier)> {
    let (out, kept): (Vec<&Line>, Vec<&Line>) = lines
        .iter()
        .partition(|line| line.file != OWN && line.file % PARTS == part);
    let weights = Weights::read(&train(&examples(kept.into_iter())));
    out.into_iter()
        .map(|line| (line, read_with(&line.text, &weights).tier))
        .collect()
}

/// Every labelled line of the training files.
fn lines(corpus: &Path) -> Result<Vec<Line>, Box<dyn Error>> {
    let mut files: Vec<_> = fs::read_dir(corpus)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_some_and(|name| name.starts_with("train-"))
        })
        .collect();
    files.sort();
    let mut lines = Vec::new();
    for (number, file) in files.into_iter().enumerate() {
        let mut label = LABELS.len() - 1;
        let mut spanish = false;
        for line in fs::read_to_string(&file)?.lines() {
            if let Some(head) = line.strip_prefix("## ") {
                label = label_of(head).ok_or_else(|| format!("{head}: no such label"))?;
                spanish = head.ends_with("es");
            } else if !line.trim().is_empty() && !line.starts_with("# ") {
                lines.push(Line {
                    text: line.to_owned(),
                    label,
                    spanish,
                    file: number,
                });
            }
        }
    }
    Ok(lines)
}

/// Everything the bot says is ordinary when a parent sends it back.
fn own_words(messages: &Path) -> Result<Vec<Line>, Box<dyn Error>> {
    let mut lines = Vec::new();
    for (folder, spanish) in [("en", false), ("es", true)] {
        let mut files: Vec<_> = fs::read_dir(messages.join(folder))?
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|kind| kind == "toml"))
            .collect();
        files.sort();
        for file in files {
            let mut texts = Vec::new();
            collect(
                &fs::read_to_string(&file)?.parse::<toml::Table>()?.into(),
                &mut texts,
            );
            let parts = texts.iter().flat_map(|text| text.lines());
            lines.extend(parts.filter(|line| line.len() > 1).map(|line| Line {
                text: line.trim().to_owned(),
                label: LABELS.len() - 1,
                spanish,
                file: OWN,
            }));
        }
    }
    Ok(lines)
}

fn collect(value: &toml::Value, texts: &mut Vec<String>) {
    match value {
        toml::Value::String(text) => texts.push(text.clone()),
        toml::Value::Array(all) => all.iter().for_each(|one| collect(one, texts)),
        toml::Value::Table(table) => table.iter().for_each(|(_, one)| collect(one, texts)),
        _ => {}
    }
}

fn examples<'a>(lines: impl Iterator<Item = &'a Line>) -> Vec<Example> {
    let mut examples = Vec::new();
    for (number, line) in (0..).zip(lines) {
        // What the bot itself says is learned thrice: it must never ring when a parent sends it back.
        let times = if line.file == OWN { 3 } else { 1 };
        for variant in variants(&line.text) {
            for _ in 0..times {
                add(&mut examples, &variant, line.label, number);
            }
        }
    }
    examples
}

/// `E suicide en` to the label's number.
fn label_of(head: &str) -> Option<usize> {
    let code = head.split(' ').nth(1)?;
    if head.starts_with('N') {
        return Some(LABELS.len() - 1);
    }
    let category = Category::from_code(code)?;
    LABELS.iter().position(|label| *label == Some(category))
}

/// A message with one serious line teaches by its whole; every stretch of an ordinary one is ordinary.
fn add(examples: &mut Vec<Example>, text: &str, label: usize, line: u32) {
    let mut stretches = features::features(text);
    if label != LABELS.len() - 1 {
        stretches.truncate(1);
    }
    examples.extend(stretches.into_iter().map(|features| Example {
        features,
        label,
        line,
    }));
}

/// Words that tell the sex of the one who writes or is written about.
const PAIRS: [(&str, &str); 28] = [
    ("he", "she"),
    ("him", "her"),
    ("his", "her"),
    ("he's", "she's"),
    ("hes", "shes"),
    ("son", "daughter"),
    ("boy", "girl"),
    ("husband", "wife"),
    ("boyfriend", "girlfriend"),
    ("mom", "dad"),
    ("mother", "father"),
    ("sister", "brother"),
    ("himself", "herself"),
    ("hijo", "hija"),
    ("niño", "niña"),
    ("nene", "nena"),
    ("lo", "la"),
    ("él", "ella"),
    ("esposo", "esposa"),
    ("marido", "mujer"),
    ("novio", "novia"),
    ("mamá", "papá"),
    ("madre", "padre"),
    ("hermano", "hermana"),
    ("cansado", "cansada"),
    ("solo", "sola"),
    ("muerto", "muerta"),
    ("cargarlo", "cargarla"),
];

/// The line, and the line told by or about someone of the other sex.
fn variants(line: &str) -> Vec<String> {
    let mut changed = false;
    let swapped: Vec<String> = line
        .split(' ')
        .map(|word| {
            let bare =
                word.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '\'');
            let lower = bare.to_lowercase();
            let other = PAIRS.iter().find_map(|(one, two)| {
                (lower == *one)
                    .then_some(*two)
                    .or((lower == *two).then_some(*one))
            });
            match other {
                Some(other) if !bare.is_empty() => {
                    changed = true;
                    word.replacen(bare, other, 1)
                }
                _ => word.to_owned(),
            }
        })
        .collect();
    let mut all = vec![line.to_owned()];
    if changed {
        all.push(swapped.join(" "));
    }
    all
}

/// Numbers that look random and are the same every time (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// The features worth learning, and each feature's place among them.
fn learned(examples: &[Example]) -> (Vec<u32>, Vec<u32>) {
    let mut times = vec![(0_u32, u32::MAX); FEATURES as usize];
    for example in examples {
        for feature in &example.features {
            let (times, last) = &mut times[*feature as usize];
            if *last != example.line {
                (*times, *last) = (*times + 1, example.line);
            }
        }
    }
    let features: Vec<u32> = (0_u32..)
        .zip(&times)
        .filter(|(_, (times, _))| *times >= LEAST)
        .map(|(feature, _)| feature)
        .collect();
    let mut places = vec![u32::MAX; FEATURES as usize];
    for (place, feature) in (0_u32..).zip(&features) {
        places[*feature as usize] = place;
    }
    (features, places)
}

/// Trains and packs.
fn train(examples: &[Example]) -> Vec<u8> {
    let (features, places) = learned(examples);
    let mut weights = vec![[0_f32; LABELS.len()]; features.len()];
    let mut seen = vec![[CALM; LABELS.len()]; features.len()];
    let mut biases = [0_f32; LABELS.len()];
    biases[LABELS.len() - 1] = ORDINARY;
    let mut dice = Dice(0x5eed);
    let mut order: Vec<usize> = (0..examples.len()).collect();
    for _ in 0..EPOCHS {
        for at in (1..order.len()).rev() {
            let other = usize::try_from(dice.roll(at as u64 + 1)).unwrap_or(0);
            order.swap(at, other);
        }
        for index in &order {
            let example = &examples[*index];
            let kept: Vec<usize> = example
                .features
                .iter()
                .map(|feature| places[*feature as usize])
                .filter(|place| *place != u32::MAX && dice.roll(100) >= DROPOUT)
                .map(|place| place as usize)
                .collect();
            let share = 1.0 / model::root(kept.len());
            let mut scores = biases;
            for place in &kept {
                for (score, weight) in scores.iter_mut().zip(&weights[*place]) {
                    *score += weight * share;
                }
            }
            let chances = model::soften(&scores);
            for (label, chance) in chances.iter().enumerate() {
                let error = chance - f32::from(u8::from(label == example.label));
                if error.abs() < 1e-4 {
                    continue;
                }
                for place in &kept {
                    let weight = &mut weights[*place][label];
                    let slope = error * share + DECAY * *weight;
                    let memory = &mut seen[*place][label];
                    *memory += slope * slope;
                    *weight -= STEP * slope / memory.sqrt();
                }
            }
        }
    }
    packed(&features, &weights, &biases)
}

/// One byte a weight, under one scale; features that say next to nothing are left out.
fn packed(
    features: &[u32],
    weights: &[[f32; LABELS.len()]],
    biases: &[f32; LABELS.len()],
) -> Vec<u8> {
    let strongest =
        |row: &[f32; LABELS.len()]| row.iter().fold(0_f32, |top, weight| top.max(weight.abs()));
    let top = weights.iter().map(strongest).fold(0_f32, f32::max);
    let scale = top / LEVELS;
    let rows: Vec<(u32, [i8; LABELS.len()])> = features
        .iter()
        .zip(weights)
        .filter(|(_, row)| strongest(row) >= WEAK * top)
        .map(|(feature, row)| {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "rounded and within -127..=127 by the choice of the scale"
            )]
            let row = row.map(|weight| (weight / scale).round() as i8);
            (*feature, row)
        })
        .collect();
    println!("{} of {} features", rows.len(), features.len());
    Weights::write(scale, biases, &rows)
}
