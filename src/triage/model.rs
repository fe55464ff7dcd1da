//! Where rules end: a linear model on words, letters and meaning families, trained from the project's corpus.
//!
//! Weights, recipe and scores lie in `model/`; `cargo run --release --example train-triage` makes them again.
//! Pure arithmetic: the same text and the same weights give the same answer on every machine.

use std::sync::LazyLock;

use super::finding::{Category, Tier};
use super::lexicon::Lexicon;
use super::matcher::Spans;
use super::packed::unpack;
use super::repair::Word;

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

/// Number of hashed features.
pub const BUCKETS: usize = 1 << 17;

/// Words in a window; a longer sentence is read in overlapping windows.
const WINDOW: usize = 26;
/// Words from one window's start to the next one's.
const STRIDE: usize = 11;
/// The shortest stretch that is read by itself.
const SHORTEST: usize = 3;

/// The hashed features of one stretch of a text.
pub type Features = Vec<u32>;

/// One stretch and where it lies.
pub(super) struct Window {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) features: Features,
}

/// The tier a label stands for.
pub const fn tier(label: Option<Category>) -> Tier {
    match label {
        None => Tier::None,
        Some(Category::ScaryThoughts | Category::Distress | Category::SomeoneElse) => Tier::Concern,
        Some(Category::Loss) => Tier::Loss,
        Some(_) => Tier::Emergency,
    }
}

/// The features of every stretch of a text, for the trainer: the whole text first when it is short.
pub fn features(text: &str) -> Vec<Features> {
    let lexicon = Lexicon::get();
    let words = super::repair::words(text);
    let places = super::decide::places(lexicon, &words);
    let mut spans = Spans::find(lexicon, &places);
    let masked = masked(&mut spans, lexicon, words.len());
    windows(lexicon, &words, &spans, &masked)
        .into_iter()
        .map(|window| window.features)
        .collect()
}

fn masked(spans: &mut Spans, lexicon: &Lexicon, words: usize) -> Vec<bool> {
    let mut masked = vec![false; words];
    for hit in spans.mask(lexicon) {
        masked[hit.start..hit.end].fill(true);
    }
    masked
}

/// Cuts a text into stretches: the whole when short, each sentence, each pair of sentences, long ones in windows.
pub(super) fn windows(
    lexicon: &Lexicon,
    words: &[Word],
    spans: &Spans,
    masked: &[bool],
) -> Vec<Window> {
    let mut cuts: Vec<usize> = (0..words.len())
        .filter(|at| *at == 0 || words[*at].breaks)
        .collect();
    cuts.push(words.len());
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    if words.len() <= WINDOW + STRIDE {
        ranges.push((0, words.len()));
    }
    for pair in cuts.windows(2) {
        stretch(pair[0], pair[1], &mut ranges);
    }
    for three in cuts.windows(3) {
        if three[2] - three[0] <= WINDOW + STRIDE {
            ranges.push((three[0], three[2]));
        }
    }
    let mut seen: Vec<(usize, usize)> = Vec::new();
    for range in ranges {
        let long_enough = range.1 - range.0 >= SHORTEST || range == (0, words.len());
        if range.1 > range.0 && long_enough && !seen.contains(&range) {
            seen.push(range);
        }
        if seen.len() > words.len() + 1 {
            break;
        }
    }
    seen.into_iter()
        .map(|(start, end)| Window {
            start,
            end,
            features: extract(lexicon, words, spans, masked, start, end),
        })
        .collect()
}

fn stretch(start: usize, end: usize, ranges: &mut Vec<(usize, usize)>) {
    if end - start <= WINDOW + STRIDE / 2 {
        ranges.push((start, end));
        return;
    }
    let mut from = start;
    loop {
        let to = (from + WINDOW).min(end);
        ranges.push((from, to));
        if to == end {
            return;
        }
        from += STRIDE;
    }
}

/// What a stretch shows: words alone, in pairs and threes, letters inside words, families alone and in pairs.
fn extract(
    lexicon: &Lexicon,
    words: &[Word],
    spans: &Spans,
    masked: &[bool],
    start: usize,
    end: usize,
) -> Features {
    let mut out: Features = Vec::with_capacity((end - start) * 16);
    let text = |at: usize| -> &str {
        if at >= end {
            "$"
        } else if masked[at] {
            "~"
        } else {
            &words[at].text
        }
    };
    push(&mut out, b'^', &[text(start)]);
    for at in start..end {
        push(&mut out, b'1', &[text(at)]);
        push(&mut out, b'2', &[text(at), text(at + 1)]);
        push(&mut out, b'3', &[text(at), text(at + 1), text(at + 2)]);
        for far in 2..=3 {
            if at + far < end {
                push(&mut out, b's', &[text(at), text(at + far)]);
            }
        }
        if !masked[at] {
            letters(&mut out, &words[at].text);
        }
    }
    families(&mut out, lexicon, spans, masked, start, end);
    out.sort_unstable();
    out.dedup();
    out
}

/// Parts of words, so that an unknown form of a known word still counts.
fn letters(out: &mut Features, word: &str) {
    let padded: Vec<char> = std::iter::once('<')
        .chain(word.chars().take(24))
        .chain(std::iter::once('>'))
        .collect();
    for length in [5] {
        for part in padded.windows(length) {
            let hash = part
                .iter()
                .fold(seed(b'c'), |hash, letter| mix(hash, u64::from(*letter)));
            out.push(bucket(hash));
        }
    }
}

fn families(
    out: &mut Features,
    lexicon: &Lexicon,
    spans: &Spans,
    masked: &[bool],
    start: usize,
    end: usize,
) {
    let mut before: Vec<(usize, u16)> = Vec::new();
    for (at, hidden) in masked.iter().enumerate().take(end).skip(start) {
        let mut here: Vec<u16> = Vec::new();
        let open = if *hidden { &[] } else { spans.classes_at(at) };
        for (class, lengths) in open {
            let fits = (at + lengths.trailing_zeros() as usize) <= end;
            if fits && let Some(family) = lexicon.family(*class) {
                here.push(family);
            }
        }
        before.retain(|(place, _)| at - place <= 6);
        for family in &here {
            let hash = mix(seed(b'f'), u64::from(*family));
            out.push(bucket(hash));
            for (_, earlier) in &before {
                let hash = mix(mix(seed(b'p'), u64::from(*earlier)), u64::from(*family));
                out.push(bucket(hash));
            }
        }
        before.extend(here.into_iter().map(|family| (at, family)));
    }
}

fn push(out: &mut Features, kind: u8, words: &[&str]) {
    let mut hash = seed(kind);
    for word in words {
        for byte in word.bytes() {
            hash = mix(hash, u64::from(byte));
        }
        hash = mix(hash, 0x1F);
    }
    out.push(bucket(hash));
}

const fn seed(kind: u8) -> u64 {
    0xcbf2_9ce4_8422_2325 ^ ((kind as u64) << 40)
}

const fn mix(hash: u64, value: u64) -> u64 {
    (hash ^ value).wrapping_mul(0x0100_0000_01b3)
}

fn bucket(hash: u64) -> u32 {
    let folded = hash ^ (hash >> 32);
    u32::try_from(folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 47).unwrap_or_default()
}

/// How likely each label is, in [`LABELS`]' order; they add up to one.
pub type Chances = [f32; LABELS.len()];

/// Bytes before the table: the scale and the biases, each a little-endian f32.
pub const HEAD: usize = 4 * (1 + LABELS.len());

/// The weights: a scale, the labels' biases, then for each bucket and label one signed byte.
#[derive(Debug)]
pub struct Weights {
    bytes: Vec<u8>,
}

/// The weights built in.
pub static BUILT_IN: LazyLock<Weights> = LazyLock::new(|| Weights {
    bytes: unpack(include_bytes!(concat!(
        env!("OUT_DIR"),
        "/weights.bin.deflate"
    ))),
});

impl Weights {
    /// Weights fresh from training, for scoring them before they are built in.
    pub fn fresh(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }

    fn number(&self, at: usize) -> f32 {
        let mut four = [0; 4];
        if let Some(bytes) = self.bytes.get(at * 4..at * 4 + 4) {
            four.copy_from_slice(bytes);
        }
        f32::from_le_bytes(four)
    }

    /// What the model makes of one stretch.
    pub fn chances(&self, features: &[u32]) -> Chances {
        let mut sums = [0_i32; LABELS.len()];
        for feature in features {
            let at = HEAD + *feature as usize * LABELS.len();
            if let Some(row) = self.bytes.get(at..at + LABELS.len()) {
                for (sum, weight) in sums.iter_mut().zip(row) {
                    *sum += i32::from(weight.cast_signed());
                }
            }
        }
        let mut scores = [0_f32; LABELS.len()];
        let share = self.number(0) / root(features.len());
        for (label, (score, sum)) in scores.iter_mut().zip(sums).enumerate() {
            *score = to_f32(sum) * share + self.number(1 + label);
        }
        soften(&scores)
    }
}

/// The square root of a count: what a stretch's score is divided by, so that long ones do not shout.
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
