//! Everyday words: yes, no, thanks, good night, a laugh. None of them is a place or a time, whatever was asked last.
//!
//! Knows the lists of the content; must not know what was asked.

use crate::{
    content::{Content, phrases},
    domain::{Language, folding::key},
};

/// A longer text says something of its own; in words.
const MOST_WORDS: usize = 10;

/// What a text of nothing but everyday words says, phrase by phrase.
pub(super) struct Everyday(Vec<Meaning>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Yes,
    No,
    Thanks,
    GoodNight,
    Other,
}

impl Everyday {
    /// Yes or no, if it says one of them and not both; “no, I see” is neither.
    pub(super) fn answer(&self) -> Option<bool> {
        let clear = !self.has(Meaning::Other) && self.has(Meaning::Yes) != self.has(Meaning::No);
        clear.then(|| self.has(Meaning::Yes))
    }

    /// Whether there are thanks in it.
    pub(super) fn thanks(&self) -> bool {
        self.has(Meaning::Thanks)
    }

    /// Whether it says good night.
    pub(super) fn good_night(&self) -> bool {
        self.has(Meaning::GoodNight)
    }

    fn has(&self, meaning: Meaning) -> bool {
        self.0.contains(&meaning)
    }
}

/// Reads a text in any language; `None` if it holds any other words.
pub(super) fn read(content: &Content, text: &str) -> Option<Everyday> {
    let typed = words(text);
    if typed.is_empty() || typed.len() > MOST_WORDS {
        return None;
    }
    let mut known = Vec::new();
    for language in Language::ALL {
        known.extend(phrases_of(&content.texts(language).phrases.everyday));
    }
    // “No, thank you” before “no”.
    known.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
    let mut said = Vec::new();
    let mut rest = typed.as_slice();
    while !rest.is_empty() {
        let (phrase, meaning) = known
            .iter()
            .find(|(phrase, _)| !phrase.is_empty() && rest.starts_with(phrase))?;
        said.push(*meaning);
        rest = &rest[phrase.len()..];
    }
    Some(Everyday(said))
}

fn phrases_of(lists: &phrases::Everyday) -> Vec<(Vec<String>, Meaning)> {
    let groups: [(&[String], Meaning); 5] = [
        (&lists.yes, Meaning::Yes),
        (&lists.no, Meaning::No),
        (&lists.thanks, Meaning::Thanks),
        (&lists.good_night, Meaning::GoodNight),
        (&lists.others, Meaning::Other),
    ];
    groups
        .into_iter()
        .flat_map(|(list, meaning)| list.iter().map(move |phrase| (words(phrase), meaning)))
        .collect()
}

/// The words of a text, each so that “nooo” is “no” and “jajaja” is “jaja”.
fn words(text: &str) -> Vec<String> {
    key(text).split_whitespace().map(shortened).collect()
}

fn shortened(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    letters.dedup();
    let laughs = letters.len() >= 4 && letters.iter().zip(&letters[2..]).all(|(a, b)| a == b);
    if laughs {
        letters.truncate(2);
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_thanks_and_laughter_are_told_from_places_and_times() {
        let content = Content::built_in().unwrap();
        let said = |text| read(&content, text).map(|said| (said.answer(), said.thanks()));
        for (text, expected) in [
            ("yes", Some((Some(true), false))),
            ("Yesss please!", Some((Some(true), false))),
            ("¡Sí!", Some((Some(true), false))),
            ("si por favor", Some((Some(true), false))),
            ("no", Some((Some(false), false))),
            ("No, thank you.", Some((Some(false), false))),
            ("no es así", Some((Some(false), false))),
            ("yes no", Some((None, false))),
            ("no entiendo nada", Some((None, false))),
            ("ok, Thank you so much", Some((None, true))),
            ("jajajaja gracias", Some((None, true))),
            ("hahah lol", Some((None, false))),
            ("that helped", Some((None, true))),
            ("Denver", None),
            ("yes Denver", None),
            ("Buenos Aires", None),
            ("Los Angeles", None),
            ("8", None),
            ("8 pm", None),
            ("mediodía", None),
            ("", None),
            ("🌵", None),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
    }

    #[test]
    fn none_of_the_words_is_a_time_of_day() {
        use crate::domain::time_of_day::TimeOfDay;
        let content = Content::built_in().unwrap();
        for language in Language::ALL {
            for (phrase, _) in phrases_of(&content.texts(language).phrases.everyday) {
                let phrase = phrase.join(" ");
                assert!(TimeOfDay::parse(&phrase).is_err(), "{phrase}");
            }
        }
    }
}
