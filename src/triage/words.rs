//! The ordinary words of both languages, so that no typo repair ever turns one into something else.

use std::sync::LazyLock;

use super::packed::unpack;

/// Sorted, one word a line, without accents; English after SCOWL size 35 (see `lexicon/README.md`).
static KNOWN: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    [
        unpack(include_bytes!(concat!(
            env!("OUT_DIR"),
            "/known-en.txt.deflate"
        ))),
        unpack(include_bytes!(concat!(
            env!("OUT_DIR"),
            "/known-es.txt.deflate"
        ))),
    ]
});

/// Whether a word without accents is an ordinary word of English or Spanish.
pub(super) fn known(word: &str) -> bool {
    KNOWN.iter().any(|list| listed(list, word))
}

/// Binary search in a sorted text, so that the list needs no index.
fn listed(bytes: &[u8], word: &str) -> bool {
    let (mut low, mut high) = (0, bytes.len());
    while low < high {
        let middle = low.midpoint(high);
        let start = bytes[low..middle]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(low, |at| low + at + 1);
        let end = bytes[middle..high]
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(high, |at| middle + at);
        match bytes[start..end].cmp(word.as_bytes()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_first_middle_and_last_and_nothing_else() {
        for list in KNOWN.iter() {
            let words: Vec<&str> = std::str::from_utf8(list).unwrap().lines().collect();
            assert!(words.is_sorted(), "the search needs a sorted list");
            for word in words.iter().step_by(97).chain(words.last()) {
                assert!(listed(list, word), "{word}");
            }
        }
        assert!(!known("zzzz") && !known("") && !known("aaaaargh"));
    }
}
