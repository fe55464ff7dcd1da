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

/// The weights: under one scale, for each feature that was learned and each label four bits, a number from -8 to 7.
#[derive(Debug, Default)]
pub struct Weights {
    scale: f32,
    biases: [f32; LABELS.len()],
    /// Low bits of the features' numbers, ascending in each span.
    features: Vec<u16>,
    /// Where the features of each span of numbers begin.
    begins: Vec<u32>,
    /// Two labels a byte, the first one in the low bits.
    rows: Vec<u8>,
}

/// The weights built in.
pub static BUILT_IN: LazyLock<Weights> = LazyLock::new(|| {
    Weights::read(&unpack(include_bytes!(concat!(
        env!("OUT_DIR"),
        "/weights.bin.deflate"
    ))))
});

/// Features' numbers that share a beginning are a span: the number of the low bits.
const SPAN: u32 = 12;

/// Bytes of one feature's weights.
const ROW: usize = LABELS.len() / 2;

impl Weights {
    /// Reads what [`Weights::write`] wrote; bytes that end early leave the rest out.
    pub fn read(bytes: &[u8]) -> Self {
        let (mut all, mut rest) = (Self::default(), bytes);
        all.scale = f32::from_le_bytes(four(&mut rest));
        for bias in &mut all.biases {
            *bias = f32::from_le_bytes(four(&mut rest));
        }
        let count = u32::from_le_bytes(four(&mut rest)).min(FEATURES);
        all.features.reserve_exact(count as usize);
        let mut feature = 0_u32;
        for place in 0..count {
            feature = feature.saturating_add(distance(&mut rest));
            while all.begins.len() <= (feature.min(FEATURES) >> SPAN) as usize {
                all.begins.push(place);
            }
            all.features.push(low_bits(feature));
        }
        all.begins.resize((FEATURES >> SPAN) as usize + 1, count);
        all.rows = rest.to_vec();
        all
    }

    /// The file's form: scale, biases and the number of features, little-endian; the distance from each feature to
    /// the next, seven bits a byte; then for each feature two labels a byte, four bits each.
    /// `rows` must be sorted by feature; what does not fit four bits is cut to the nearest that does.
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
        for pair in rows.iter().flat_map(|(_, row)| row.chunks(2)) {
            let bits = |weight: i8| weight.clamp(-8, 7).cast_unsigned() & 0x0F;
            bytes.push(bits(pair[0]) | bits(pair[1]) << 4);
        }
        bytes
    }

    /// The weights of a feature, if it was learned.
    fn row(&self, feature: u32) -> Option<&[u8]> {
        let span = usize::try_from(feature >> SPAN).ok()?;
        let from = *self.begins.get(span)? as usize;
        let to = *self.begins.get(span + 1)? as usize;
        let wanted = low_bits(feature);
        let place = from + self.features[from..to].binary_search(&wanted).ok()?;
        self.rows.get(place * ROW..(place + 1) * ROW)
    }

    /// What the model makes of one stretch.
    pub fn chances(&self, features: &[u32]) -> Chances {
        let mut sums = [0_i32; LABELS.len()];
        let mut known = 0;
        for row in features.iter().filter_map(|feature| self.row(*feature)) {
            known += 1;
            for (sums, pair) in sums.chunks_mut(2).zip(row) {
                let pair = pair.cast_signed();
                // Shifted up and down again, so that the sign of the low four bits is kept.
                sums[0] += i32::from((pair << 4) >> 4);
                sums[1] += i32::from(pair >> 4);
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

/// The part of a feature's number that says which one of its span it is.
fn low_bits(feature: u32) -> u16 {
    u16::try_from(feature & ((1 << SPAN) - 1)).unwrap_or_default()
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
        row[3] = 100; // more than four bits hold
        let rows = [(0, row), (300, [0; LABELS.len()]), (FEATURES - 1, row)];
        let biases = [0.0; LABELS.len()];
        let weights = Weights::read(&Weights::write(0.9, &biases, &rows));
        for known in [0, 300, FEATURES - 1] {
            assert!(weights.row(known).is_some(), "{known}");
        }
        for unknown in [1, 301, 300 + (1 << SPAN), FEATURES - 2] {
            assert!(weights.row(unknown).is_none(), "{unknown}");
        }
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
