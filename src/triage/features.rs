//! What the model sees of a text: stretches of it, and for each the hashed features of words, letters, families and concepts.
//!
//! Pure; bounded by the text's length.

use super::concepts::{self, Sense};
use super::lexicon::Lexicon;
use super::matcher::Spans;
use super::repair::Word;

/// Features are numbers below this: one of 24 bits seldom falls on another that was learned.
pub const FEATURES: u32 = 1 << 24;

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

/// What a stretch shows: words alone, in pairs and threes, letters inside words, families alone and in pairs,
/// concepts and their groups alone, in pairs and threes.
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
    meanings(&mut out, words, masked, start, end);
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
    for part in padded.windows(5) {
        let hash = part
            .iter()
            .fold(seed(b'c'), |hash, letter| mix(hash, u64::from(*letter)));
        out.push(number(hash));
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
            out.push(number(hash));
            for (_, earlier) in &before {
                let hash = mix(mix(seed(b'p'), u64::from(*earlier)), u64::from(*family));
                out.push(number(hash));
            }
        }
        before.extend(here.into_iter().map(|family| (at, family)));
    }
}

/// The stretch once more as concepts, and once as groups of concepts, without fillers: as far as a wording that
/// was never met has the sense of one that was, it shows the same here.
fn meanings(out: &mut Features, words: &[Word], masked: &[bool], start: usize, end: usize) {
    let mut fine: Vec<u64> = Vec::with_capacity(end - start);
    let mut coarse: Vec<u64> = Vec::with_capacity(end - start);
    for at in start..end {
        let (one, other) = if masked[at] {
            (MASKED, MASKED)
        } else {
            match concepts::sense(&words[at].text) {
                Sense::Filler => continue,
                Sense::Meant(concept) => (concept.name, concept.group),
                Sense::Unknown => (spelled(seed(b'u'), &words[at].text), UNKNOWN),
            }
        };
        fine.push(one);
        coarse.push(other);
    }
    sequence(out, *b"klmn", &fine);
    sequence(out, *b"ghij", &coarse);
}

/// Stands for a word that an idiom took.
const MASKED: u64 = 1;
/// Stands for a word of no concept.
const UNKNOWN: u64 = 2;
/// Stands for the end.
const END: u64 = 3;

/// One alone, two, three, and two with one to three others between them.
fn sequence(out: &mut Features, kinds: [u8; 4], all: &[u64]) {
    let get = |at: usize| all.get(at).copied().unwrap_or(END);
    let mut push = |kind: u8, parts: &[u64]| {
        out.push(number(
            parts.iter().fold(seed(kind), |hash, part| mix(hash, *part)),
        ));
    };
    for at in 0..all.len() {
        push(kinds[0], &[get(at)]);
        push(kinds[1], &[get(at), get(at + 1)]);
        push(kinds[2], &[get(at), get(at + 1), get(at + 2)]);
        for far in 2..=4 {
            if at + far < all.len() {
                push(kinds[3], &[get(at), get(at + far)]);
            }
        }
    }
}

fn push(out: &mut Features, kind: u8, words: &[&str]) {
    let hash = words
        .iter()
        .fold(seed(kind), |hash, word| mix(spelled(hash, word), 0x1F));
    out.push(number(hash));
}

fn spelled(start: u64, word: &str) -> u64 {
    word.bytes()
        .fold(start, |hash, byte| mix(hash, u64::from(byte)))
}

const fn seed(kind: u8) -> u64 {
    0xcbf2_9ce4_8422_2325 ^ ((kind as u64) << 40)
}

const fn mix(hash: u64, value: u64) -> u64 {
    (hash ^ value).wrapping_mul(0x0100_0000_01b3)
}

/// A hash to a feature's number.
fn number(hash: u64) -> u32 {
    let folded = hash ^ (hash >> 32);
    u32::try_from(folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40).unwrap_or_default()
}
