//! Which words one would exchange for one another, in both languages: the model reads their sequences beside the words'.
//!
//! Built when the first message is read from `lexicon/concepts.txt`, kept as hashes: no word of the list stays in memory.

use std::sync::OnceLock;

use super::packed::unpack;

/// A word's concept and the coarser group that the concept is in, as hashes of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Concept {
    pub(super) name: u64,
    pub(super) group: u64,
}

/// The concept of the words that say nothing by themselves.
const FILLER: &str = "filler";

/// What stands for a word in a sequence of concepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    /// Passed over.
    Filler,
    Meant(Concept),
    /// In no concept.
    Unknown,
}

/// The list, compiled.
#[derive(Debug, Default)]
struct Concepts {
    /// Hash of a word and the place of its concept; sorted.
    words: Vec<(u64, u16)>,
    senses: Vec<Sense>,
}

static CONCEPTS: OnceLock<Concepts> = OnceLock::new();

fn get() -> &'static Concepts {
    CONCEPTS.get_or_init(|| {
        let bytes = unpack(include_bytes!(concat!(
            env!("OUT_DIR"),
            "/concepts.txt.deflate"
        )));
        Concepts::read(&String::from_utf8_lossy(&bytes))
    })
}

/// The sense of a word without accents.
pub(super) fn sense(word: &str) -> Sense {
    let concepts = get();
    concepts
        .place(word)
        .map_or(Sense::Unknown, |place| concepts.senses[place])
}

/// Whether the list has the word, so that no repair takes its sense away.
pub(super) fn listed(word: &str) -> bool {
    get().place(word).is_some()
}

impl Concepts {
    fn read(text: &str) -> Self {
        let mut all = Self::default();
        let mut group = 0;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix("== ") {
                group = hash(name);
            } else if let Some(name) = line.strip_prefix("= ") {
                all.senses.push(if name == FILLER {
                    Sense::Filler
                } else {
                    Sense::Meant(Concept {
                        name: hash(name),
                        group,
                    })
                });
            } else if let Some(place) = all.senses.len().checked_sub(1) {
                let place = u16::try_from(place).unwrap_or(u16::MAX);
                all.words
                    .extend(line.split_whitespace().map(|word| (hash(word), place)));
            }
        }
        all.words.sort_unstable();
        all.words.shrink_to_fit();
        all
    }

    fn place(&self, word: &str) -> Option<usize> {
        let at = self
            .words
            .binary_search_by_key(&hash(word), |(hash, _)| *hash)
            .ok()?;
        Some(usize::from(self.words[at].1))
    }
}

/// FNV-1a, the same on every machine.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("lexicon/concepts.txt");

    #[test]
    fn both_languages_share_a_concept() {
        assert_eq!(sense("pills"), sense("pastillas"));
        assert!(matches!(sense("pills"), Sense::Meant(_)));
        assert_eq!(sense("the"), Sense::Filler);
        assert_eq!(sense("qwrtp"), Sense::Unknown);
    }

    #[test]
    fn a_word_stands_in_one_concept_and_as_messages_are_read() {
        let mut seen = std::collections::HashSet::new();
        for word in TEXT
            .lines()
            .filter(|line| !line.starts_with(['#', '=']))
            .flat_map(str::split_whitespace)
        {
            assert!(seen.insert(word), "{word} stands twice");
            assert!(word.is_ascii(), "{word} has an accent");
        }
        let concepts = Concepts::read(TEXT);
        let mut hashes: Vec<u64> = concepts.words.iter().map(|(hash, _)| *hash).collect();
        hashes.dedup();
        assert_eq!(hashes.len(), concepts.words.len(), "two words share a hash");
    }
}
