//! Softmax regression with `AdaGrad`, and the weights packed into a byte each.

use slowbloom::triage::features::{self, FEATURES};
use slowbloom::triage::model::{self, LABELS, Weights};

use crate::corpus::{Line, OWN};

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

/// Lines that a feature must stand in to be learned: what stands in fewer is learned by heart.
const LEAST: u32 = 5;
/// Share of a feature's strongest weight, in thousandths of the strongest of all, below which it is left out.
const WEAK: f32 = 0.008;

/// A stretch of a line as the model sees it.
pub(crate) struct Example {
    features: Vec<u32>,
    label: usize,
    /// The number of its line.
    line: u32,
}

pub(crate) fn examples<'a>(lines: impl Iterator<Item = &'a Line>) -> Vec<Example> {
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
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
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
pub(crate) fn train(examples: &[Example]) -> Vec<u8> {
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
