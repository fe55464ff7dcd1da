//! Letters: from what a phone can type to plain lower-case letters, digits and marks.
//!
//! Knows Unicode, not words.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// One readable piece of the text, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Glyph {
    /// A lower-case letter without accents, or a digit.
    Letter(char),
    /// Any apostrophe or single quote.
    Apostrophe,
    /// A mark that people also use in place of a letter: `@`, `$`, `!`.
    Leet(char),
    /// Ends a sentence: `.`, `!`, `?`, a line break.
    Stop,
    /// Separates without ending a sentence.
    Space,
    /// A picture.
    Emoji(char),
}

/// A character that stands for more than these is a whole phrase in another script, and no part of a word.
const MOST_PARTS: usize = 4;

/// The text as glyphs: NFKC, lower case, accents off, look-alike letters of other scripts made Latin,
/// everything invisible gone.
pub(super) fn glyphs(text: &str) -> Vec<Glyph> {
    let mut out = Vec::with_capacity(text.len());
    for character in text.chars() {
        if std::iter::once(character).nfkd().nth(MOST_PARTS).is_some() {
            out.push(Glyph::Space);
            continue;
        }
        for raw in std::iter::once(character).nfkd() {
            if is_combining_mark(raw) || is_invisible(raw) {
                continue;
            }
            out.extend(raw.to_lowercase().filter_map(glyph));
        }
    }
    soften_ellipses(&mut out);
    out
}

fn glyph(character: char) -> Option<Glyph> {
    let character = look_alike(character);
    Some(match character {
        '\'' | '’' | '‘' | 'ʼ' | '′' | '´' | '`' | '‛' | 'ʹ' => Glyph::Apostrophe,
        '@' | '$' | '*' => Glyph::Leet(character),
        '!' | '.' | '?' | ';' | '¿' | '¡' | '\n' | '\r' | '…' => Glyph::Stop,
        letter if letter.is_alphanumeric() => Glyph::Letter(letter),
        emoji if is_emoji(emoji) => Glyph::Emoji(emoji),
        mark if is_combining_mark(mark) => return None,
        _ => Glyph::Space,
    })
}

/// Two or more dots in a row are a pause, not an end: "I want to... die".
fn soften_ellipses(glyphs: &mut [Glyph]) {
    let mut start = 0;
    while start < glyphs.len() {
        let run = glyphs[start..]
            .iter()
            .take_while(|glyph| **glyph == Glyph::Stop)
            .count();
        if run >= 2 {
            glyphs[start..start + run].fill(Glyph::Space);
            // Three and more marks end a shout ("help!!!") as often as they pause; both read better unbroken.
        }
        start += run.max(1);
    }
}

const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{00AD}'
            | '\u{034F}'
            | '\u{061C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFC}'
            | '\u{1F3FB}'..='\u{1F3FF}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

const fn is_emoji(character: char) -> bool {
    matches!(
        character,
        '\u{2600}'..='\u{27BF}' | '\u{1F300}'..='\u{1FAFF}' | '\u{2B50}'
    )
}

/// Cyrillic and Greek letters that look Latin; a text wholly in those scripts becomes gibberish, which is harmless.
const fn look_alike(character: char) -> char {
    match character {
        'а' | 'α' => 'a',
        'е' | 'ε' => 'e',
        'о' | 'ο' | 'ø' => 'o',
        'р' | 'ρ' => 'p',
        'с' => 'c',
        'у' => 'y',
        'х' | 'χ' => 'x',
        'і' | 'ι' | 'ı' => 'i',
        'ѕ' | 'ß' => 's',
        'ԁ' => 'd',
        'к' | 'κ' => 'k',
        'т' | 'τ' => 't',
        'в' => 'b',
        'м' => 'm',
        'н' => 'h',
        'ո' => 'n',
        'υ' => 'u',
        'ν' => 'v',
        'ł' => 'l',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(text: &str) -> String {
        glyphs(text)
            .into_iter()
            .map(|glyph| match glyph {
                Glyph::Letter(letter) => letter,
                Glyph::Apostrophe => '\'',
                Glyph::Leet(mark) | Glyph::Emoji(mark) => mark,
                Glyph::Stop => '.',
                Glyph::Space => ' ',
            })
            .collect()
    }

    #[test]
    fn plain_letters_whatever_the_keyboard() {
        assert_eq!(letters("ＤＯＮ’Ｔ"), "don't");
        assert_eq!(letters("Más daño"), "mas dano");
        assert_eq!(letters("d\u{200B}i\u{200D}e"), "die");
        assert_eq!(letters("mоrir"), "morir");
        assert_eq!(letters("i want to... die."), "i want to    die.");
    }
}
