//! One shape for what people type: without case, accents and width, so that `MÜNCHEN` and `munchen` are the same.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Lower case, compatibility forms unfolded (full-width digits become plain), accents taken off.
pub fn fold(text: &str) -> String {
    text.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| match c {
            'ø' => 'o',
            'ł' => 'l',
            'đ' => 'd',
            'ı' => 'i',
            '’' | '‘' | '`' | '´' => '\'',
            '–' | '—' | '‑' | '−' => '-',
            other => other,
        })
        .collect()
}

/// The folded letters and digits of `text`, everything between them made one space: the key of a name.
pub fn key(text: &str) -> String {
    let folded = fold(text).replace('\'', "");
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_width_and_punctuation_do_not_count() {
        assert_eq!(key("  São  Paulo! "), "sao paulo");
        assert_eq!(key("MÜNCHEN"), "munchen");
        assert_eq!(key("Coeur d’Alene"), "coeur dalene");
        assert_eq!(key("St. John's"), "st johns");
        assert_eq!(fold("８：３０"), "8:30");
        assert_eq!(fold("İstanbul"), "istanbul");
    }
}
