//! Where rules end: a linear model on words, letters, meaning families and concepts, trained from the project's corpus.
//!
//! Weights, recipe and scores lie in `model/`; `cargo run --release --example train-triage` makes them again.
//! Pure arithmetic: the same text and the same weights give the same answer on every machine.

use std::sync::LazyLock;

use super::features::FEATURES;
use super::finding::{Category, Tier};
use super::packed::unpack;

/// What the model tells apart; the last is "nothing".
pub const LABELS: [Option<Category>; 10] = [
    Some(Category::Medical),
    Some(Category::HarmToBaby),
    Some(Category::Psychosis),
    Some(Category::Suicide),
    Some(Category::SelfInjury),
    Some(Category::Violence),
    Some(Category::Loss),
    Some(Category::ScaryThoughts),
    Some(Category::Distress),
    None,
];

/// The tier a label stands for.
pub const fn tier(label: Option<Category>) -> Tier {
    match label {
        None => Tier::None,
        Some(Category::ScaryThoughts | Category::Distress | Category::SomeoneElse) => Tier::Concern,
        Some(Category::Loss) => Tier::Loss,
        Some(_) => Tier::Emergency,
    }
}

/// How likely each label is, in [`LABELS`]' order; they add up to one.
pub type Chances = [f32; LABELS.len()];

/// The weights: under one scale, for each feature that was learned and each label one signed byte.
#[derive(Debug, Default)]
pub struct Weights {
    scale: f32,
    biases: [f32; LABELS.len()],
    /// Numbers of the features, ascending.
    features: Vec<u32>,
    /// Where the features of each span of numbers begin, so that none is looked for among all.
    begins: Vec<u32>,
    rows: Vec<u8>,
}

/// The weights built in.
pub static BUILT_IN: LazyLock<Weights> = LazyLock::new(|| {
    Weights::read(&unpack(include_bytes!(concat!(
        env!("OUT_DIR"),
        "/weights.bin.deflate"
    ))))
});

/// Features' numbers that share a beginning: the number of the low bits.
const SPAN: u32 = 12;

impl Weights {
    /// Reads what [`Weights::write`] wrote; bytes that end early leave the rest out.
    pub fn read(bytes: &[u8]) -> Self {
        let (mut all, mut rest) = (Self::default(), bytes);
        all.scale = f32::from_le_bytes(four(&mut rest));
        for bias in &mut all.biases {
            *bias = f32::from_le_bytes(four(&mut rest));
        }
        let count = u32::from_le_bytes(four(&mut rest));
        let mut feature = 0;
        for _ in 0..count {
            feature += distance(&mut rest);
            all.features.push(feature);
        }
        all.rows = rest.to_vec();
        all.features.shrink_to_fit();
        let starts = (0..=FEATURES >> SPAN).map(|span| span << SPAN);
        all.begins = starts
            .map(|start| all.features.partition_point(|feature| *feature < start))
            .map(|place| u32::try_from(place).unwrap_or(u32::MAX))
            .collect();
        all
    }

    /// The file's form: scale, biases and the number of features, little-endian; the distance from each feature to
    /// the next, seven bits a byte; then for each feature and label one signed byte.
    /// `rows` must be sorted by feature.
    pub fn write(
        scale: f32,
        biases: &[f32; LABELS.len()],
        rows: &[(u32, [i8; LABELS.len()])],
    ) -> Vec<u8> {
        let mut bytes = scale.to_le_bytes().to_vec();
        bytes.extend(biases.iter().flat_map(|bias| bias.to_le_bytes()));
        bytes.extend(u32::try_from(rows.len()).unwrap_or(u32::MAX).to_le_bytes());
        let mut before = 0;
        for (feature, _) in rows {
            let mut far = feature - before;
            while far >= 0x80 {
                bytes.push(u8::try_from(far & 0x7F).unwrap_or_default() | 0x80);
                far >>= 7;
            }
            bytes.push(u8::try_from(far).unwrap_or_default());
            before = *feature;
        }
        bytes.extend(rows.iter().flat_map(|(_, row)| row.map(i8::cast_unsigned)));
        bytes
    }

    /// The weights of a feature, if it was learned.
    fn row(&self, feature: u32) -> Option<&[u8]> {
        let span = usize::try_from(feature >> SPAN).ok()?;
        let from = *self.begins.get(span)? as usize;
        let to = *self.begins.get(span + 1)? as usize;
        let place = from + self.features[from..to].binary_search(&feature).ok()?;
        self.rows
            .get(place * LABELS.len()..(place + 1) * LABELS.len())
    }

    /// What the model makes of one stretch.
    pub fn chances(&self, features: &[u32]) -> Chances {
        let mut sums = [0_i32; LABELS.len()];
        let mut known = 0;
        for row in features.iter().filter_map(|feature| self.row(*feature)) {
            known += 1;
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += i32::from(weight.cast_signed());
            }
        }
        let mut scores = self.biases;
        let share = self.scale / root(known);
        for (score, sum) in scores.iter_mut().zip(sums) {
            *score += to_f32(sum) * share;
        }
        soften(&scores)
    }
}

fn four(rest: &mut &[u8]) -> [u8; 4] {
    let Some((first, after)) = rest.split_first_chunk() else {
        return [0; 4];
    };
    *rest = after;
    *first
}

/// A distance written seven bits a byte.
fn distance(rest: &mut &[u8]) -> u32 {
    let mut far = 0;
    for shift in (0..32).step_by(7) {
        let Some((byte, after)) = rest.split_first() else {
            break;
        };
        *rest = after;
        far |= u32::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    far
}

/// The square root of the number of learned features: what a stretch's score is divided by, so that long ones do not shout.
pub fn root(count: usize) -> f32 {
    to_f32(i32::try_from(count.max(1)).unwrap_or(i32::MAX)).sqrt()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "sums of bytes and counts of words stay far below 2^24"
)]
const fn to_f32(number: i32) -> f32 {
    number as f32
}

/// Scores to chances (softmax).
pub fn soften(scores: &Chances) -> Chances {
    let top = scores.iter().copied().fold(f32::MIN, f32::max);
    let raised = scores.map(|score| (score - top).exp());
    let all: f32 = raised.iter().sum();
    raised.map(|one| one / all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut row = [0; LABELS.len()];
        row[3] = 100;
        let rows = [(0, row), (300, [0; LABELS.len()]), (FEATURES - 1, row)];
        let biases = [0.0; LABELS.len()];
        let weights = Weights::read(&Weights::write(0.05, &biases, &rows));
        assert_eq!(weights.features, [0, 300, FEATURES - 1]);
        assert!(weights.row(301).is_none());
        let chances = weights.chances(&[0, FEATURES - 1, 77]);
        assert!(chances[3] > 0.99, "{chances:?}");
        let nothing = weights.chances(&[77]);
        assert!((nothing[3] - 0.1).abs() < 1e-6, "{nothing:?}");
    }

    #[test]
    fn bytes_that_end_early_do_no_harm() {
        let bytes = Weights::write(0.05, &[0.0; LABELS.len()], &[(5, [1; LABELS.len()])]);
        for end in 0..bytes.len() {
            Weights::read(&bytes[..end]).chances(&[5]);
        }
    }
}
