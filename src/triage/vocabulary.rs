//! The words that repairs may lead to, found by sound, by one slip, or run together.
//!
//! Every look-up is bounded by the word's length.

use std::sync::OnceLock;

use super::lexicon::Lexicon;
use super::tokens;
use super::words::known;

/// Longest word that typos are looked for in, in bytes.
pub(super) const LONGEST_TYPO: usize = 20;
/// Longest run of letters that is cut into words, in letters.
const LONGEST_RUN: usize = 160;
/// What the rules' words cost.
const WORD: u32 = 8;
/// What a word costs that stands in every other sentence, and no word less; only where all letters stood alone, as
/// letters of other languages run together fall apart into such words.
const CHEAPEST_WORD: u32 = 5;
const SMALL_WORDS: [&str; 46] = [
    "a", "al", "and", "con", "de", "del", "el", "en", "es", "ha", "he", "i", "in", "is", "it",
    "la", "las", "le", "lo", "los", "me", "mi", "my", "no", "not", "of", "on", "para", "por",
    "que", "se", "si", "so", "su", "te", "that", "the", "to", "un", "una", "va", "was", "with",
    "y", "ya", "yo",
];
/// What a letter costs that is part of no word: more than any word.
const UNKNOWN_LETTER: u32 = 18;

/// How Spanish sounds, so that "kiero bibir" and "quiero vivir" are the same word.
fn sound(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut out = String::with_capacity(word.len());
    let mut at = 0;
    while at < letters.len() {
        let next = letters.get(at + 1).copied().unwrap_or(' ');
        let soft = matches!(next, 'e' | 'i');
        let (sound, used) = match letters[at] {
            'h' => ("", 1),
            'v' => ("b", 1),
            'w' => ("gu", 1),
            'z' => ("s", 1),
            'c' if next == 'h' => ("ch", 2),
            'c' if soft => ("s", 1),
            'q' if next == 'u' => ("k", 2),
            'c' | 'q' => ("k", 1),
            'g' if soft => ("j", 1),
            'l' if next == 'l' => ("y", 2),
            letter => {
                out.push(letter);
                ("", 1)
            }
        };
        out.push_str(sound);
        at += used;
    }
    out
}

/// The words that repairs may lead to.
pub(super) struct Vocabulary {
    lexicon: &'static Lexicon,
    /// Its words, sorted.
    words: Vec<&'static str>,
    /// Hash of a word with at most one letter left out, and the word; sorted.
    shortened: Vec<(u64, u32)>,
    /// Hash of a word's sound, and the first word that has it; sorted.
    sounds: Vec<(u64, u32)>,
}

impl Vocabulary {
    pub(super) fn get() -> &'static Self {
        static VOCABULARY: OnceLock<Vocabulary> = OnceLock::new();
        VOCABULARY.get_or_init(Self::build)
    }

    fn build() -> Self {
        let lexicon = Lexicon::get();
        let mut words: Vec<&str> = lexicon.vocabulary().collect();
        words.sort_unstable();
        let mut shortened = Vec::new();
        let mut sounds = Vec::new();
        for (id, word) in (0_u32..).zip(&words) {
            if (3..=LONGEST_TYPO).contains(&word.len()) {
                shortened.extend(shortenings(word).map(|hash| (hash, id)));
            }
            if word.len() >= 4 {
                sounds.push((hash(sound(word).chars()), id));
            }
        }
        shortened.sort_unstable();
        shortened.dedup();
        shortened.shrink_to_fit();
        sounds.sort_unstable();
        sounds.dedup_by_key(|(hash, _)| *hash);
        sounds.shrink_to_fit();
        Self {
            lexicon,
            words,
            shortened,
            sounds,
        }
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.lexicon.word(word).is_some()
    }

    pub(super) fn sounds_like(&self, word: &str) -> Option<&str> {
        if word.len() < 4 {
            return None;
        }
        let wanted = hash(sound(word).chars());
        let at = self
            .sounds
            .binary_search_by_key(&wanted, |(hash, _)| *hash)
            .ok()?;
        Some(self.words[self.sounds[at].1 as usize])
    }

    /// Words one slip away, the likeliest first, at most three.
    pub(super) fn near(&self, word: &str) -> Vec<String> {
        let mut found: Vec<(u32, u32)> = Vec::new();
        for hash in shortenings(word) {
            let from = self.shortened.partition_point(|(other, _)| *other < hash);
            for (_, id) in self.shortened[from..]
                .iter()
                .take_while(|(other, _)| *other == hash)
            {
                let target = self.words[*id as usize];
                if let Some(cost) = slip(word, target) {
                    found.push((cost, *id));
                }
            }
        }
        found.sort_unstable();
        let mut out: Vec<String> = Vec::new();
        let limit = found.first().map_or(0, |(cost, _)| cost + 4);
        for (cost, id) in found {
            let target = self.words[id as usize];
            if cost <= limit && out.len() < 3 && !out.iter().any(|word| word == target) {
                out.push(target.to_owned());
            }
        }
        out
    }

    /// Cuts letters run together into as few words as possible, or nothing.
    pub(super) fn cut(&self, run: &str) -> Option<Vec<String>> {
        let letters = run.chars().count();
        if !(5..=LONGEST_RUN).contains(&letters) {
            return None;
        }
        let (words, cost) = self.cheapest(run, None)?;
        (cost as usize <= letters * 4).then_some(words)
    }

    /// The same of letters that stood alone, around what is in no list: its letters stay alone.
    pub(super) fn cut_around(&self, run: &str) -> Vec<String> {
        self.cheapest(run, Some(UNKNOWN_LETTER))
            .map_or_else(|| vec![run.to_owned()], |(words, _)| words)
    }

    /// The words of the cheapest cut and its cost; `unknown` is what a letter costs that is part of no word.
    fn cheapest(&self, run: &str, unknown: Option<u32>) -> Option<(Vec<String>, u32)> {
        let mut places: Vec<usize> = run.char_indices().map(|(place, _)| place).collect();
        places.push(run.len());
        let letters = places.len() - 1;
        // Cheapest way to each place: (cost, where its last word begins).
        let mut best: Vec<Option<(u32, usize)>> = vec![None; letters + 1];
        best[0] = Some((0, 0));
        for end in 1..=letters {
            for start in end.saturating_sub(14)..end {
                let Some((before, _)) = best[start] else {
                    continue;
                };
                if best[end].is_some_and(|(now, _)| before + CHEAPEST_WORD >= now) {
                    continue;
                }
                let alone = unknown.filter(|_| end - start == 1);
                let word = &run[places[start]..places[end]];
                let small = unknown.filter(|_| SMALL_WORDS.binary_search(&word).is_ok());
                let cost = small.map(|_| CHEAPEST_WORD);
                if let Some(cost) = cost.or_else(|| self.cost(word)).or(alone)
                    && best[end].is_none_or(|(now, _)| before + cost < now)
                {
                    best[end] = Some((before + cost, start));
                }
            }
        }
        let (total, _) = best[letters]?;
        let mut words = Vec::new();
        let mut end = letters;
        while end > 0 {
            let start = best[end].map_or(0, |(_, start)| start);
            let word = &run[places[start]..places[end]];
            match tokens::written_out(word).filter(|_| end - start > 1 || word == "q") {
                Some(written) => words.extend(written.into_iter().rev()),
                None => words.push(word.to_owned()),
            }
            end = start;
        }
        words.reverse();
        Some((words, total))
    }

    fn cost(&self, word: &str) -> Option<u32> {
        match word {
            "i" | "a" | "y" | "o" => return Some(9),
            _ if word.len() < 2 => return None,
            _ => {}
        }
        let length = u32::try_from(word.len()).unwrap_or(u32::MAX);
        if word.len() >= 3 && tokens::written_out(word).is_some() {
            return Some(9);
        }
        match (self.has(word), length) {
            (true, 2) => Some(10),
            (true, _) => Some(WORD),
            (false, 4..) if known(word) => Some(14),
            _ => None,
        }
    }
}

/// Hashes of a word whole and with each letter left out.
fn shortenings(word: &str) -> impl Iterator<Item = u64> + '_ {
    std::iter::once(hash(word.chars())).chain((0..word.chars().count()).map(move |gone| {
        hash(
            word.chars()
                .enumerate()
                .filter(move |(at, _)| *at != gone)
                .map(|(_, letter)| letter),
        )
    }))
}

/// FNV-1a: short words, no enemies.
fn hash(letters: impl Iterator<Item = char>) -> u64 {
    letters.fold(0xcbf2_9ce4_8422_2325, |hash, letter| {
        (hash ^ u64::from(letter)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The cost of one slip that turns `meant` into `typed`, or none when it takes more than one.
fn slip(typed: &str, meant: &str) -> Option<u32> {
    let typed: Vec<char> = typed.chars().collect();
    let meant: Vec<char> = meant.chars().collect();
    let head = typed
        .iter()
        .zip(&meant)
        .take_while(|(one, other)| one == other)
        .count();
    let tail = typed[head..]
        .iter()
        .rev()
        .zip(meant[head..].iter().rev())
        .take_while(|(one, other)| one == other)
        .count();
    let (left, right) = (
        &typed[head..typed.len() - tail],
        &meant[head..meant.len() - tail],
    );
    // A wrong first letter is rarer than a wrong later one.
    let first = if head == 0 { 3 } else { 0 };
    let short = typed.len() <= 3;
    match (left, right) {
        ([a, b], [c, d]) if a == d && b == c => Some(4 + first),
        ([], [_]) => Some(5 + first),
        ([_], []) if typed.len() >= 4 => Some(5 + first),
        ([_], [_]) if !short => Some(6 + first),
        _ => None,
    }
}
