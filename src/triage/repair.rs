//! Slips of the thumb: unknown words led back to the words the lexicon knows.
//!
//! A known word of either language is never changed. Everything here is bounded by the word's length.

use super::concepts;
use super::tokens::{self, Rough};
use super::vocabulary::{LONGEST_TYPO, Vocabulary};
use super::words::known;

/// A word after repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// The most likely reading.
    pub(super) text: String,
    /// Other readings the rules may use.
    pub(super) others: Vec<String>,
    /// Whether a sentence begins here.
    pub(super) breaks: bool,
}

/// The words of a text, repaired.
pub(super) fn words(text: &str) -> Vec<Word> {
    let rough = join_spaced(tokens::rough(text));
    let mut out: Vec<Word> = Vec::with_capacity(rough.len());
    for piece in rough {
        let mut breaks = piece.breaks;
        let (texts, others) = if piece.spelled {
            spelled(&piece.text)
        } else {
            resolve(&piece.text)
        };
        let single = texts.len() == 1;
        for text in texts {
            out.push(Word {
                text,
                others: if single { others.clone() } else { Vec::new() },
                breaks: std::mem::take(&mut breaks),
            });
        }
    }
    out
}

/// "k i l l": three and more single letters in a row are one word, or several run together.
fn join_spaced(rough: Vec<Rough>) -> Vec<Rough> {
    let mut out: Vec<Rough> = Vec::with_capacity(rough.len());
    let mut run: Vec<Rough> = Vec::new();
    for piece in rough {
        let single =
            piece.text.chars().count() == 1 && piece.text.chars().all(char::is_alphanumeric);
        if single {
            run.push(piece);
        } else {
            flush_run(&mut run, &mut out);
            out.push(piece);
        }
    }
    flush_run(&mut run, &mut out);
    out
}

fn flush_run(run: &mut Vec<Rough>, out: &mut Vec<Rough>) {
    if run.len() < 3 {
        out.append(run);
        return;
    }
    for (index, piece) in run.drain(..).enumerate() {
        match out.last_mut() {
            Some(last) if index > 0 && !piece.wide => last.text.push_str(&piece.text),
            _ => out.push(Rough {
                breaks: piece.breaks && index == 0,
                spelled: true,
                ..piece
            }),
        }
    }
}

/// What letters that stood alone spell: a word, or words run together with something unknown among them.
fn spelled(run: &str) -> (Vec<String>, Vec<String>) {
    let (texts, others) = resolve(run);
    let several = texts.len() > 1 || texts[0] == run && !known(run);
    if several && tokens::written_out(run).is_none() {
        return (Vocabulary::get().cut_around(run), Vec::new());
    }
    (texts, others)
}

/// What a rough word stands for: its words, and other readings when it is one word.
fn resolve(rough: &str) -> (Vec<String>, Vec<String>) {
    if let Some(words) = tokens::written_out(rough) {
        return (words, Vec::new());
    }
    let one = |word: &str| (vec![word.to_owned()], Vec::new());
    match rough {
        "2" => {
            return (
                vec![rough.to_owned()],
                vec!["to".to_owned(), "too".to_owned()],
            );
        }
        "4" => return (vec![rough.to_owned()], vec!["for".to_owned()]),
        _ => {}
    }
    let vocabulary = Vocabulary::get();
    if vocabulary.has(rough) || known(rough) {
        return one(rough);
    }
    if concepts::listed(rough) {
        return one(&usual(rough));
    }
    if !rough.chars().any(char::is_alphabetic) {
        return one(rough);
    }
    for variant in squeezed(rough).into_iter().chain(unleeted(rough)) {
        if let Some(words) = tokens::written_out(&variant) {
            return (words, Vec::new());
        }
        if vocabulary.has(&variant) || known(&variant) {
            return one(&variant);
        }
    }
    if rough.len() >= 3 && rough.len() <= LONGEST_TYPO {
        let plain = unleeted(rough).into_iter().next_back();
        let plain = plain.as_deref().unwrap_or(rough);
        if let Some(found) = vocabulary.sounds_like(plain) {
            return one(found);
        }
        let mut near = vocabulary.near(plain);
        if near.is_empty() {
            for variant in squeezed(plain) {
                near.extend(vocabulary.near(&variant));
            }
        }
        if !near.is_empty() {
            let others = near.split_off(1);
            return (near, others);
        }
    }
    if let Some(words) = vocabulary.cut(rough) {
        return (words, Vec::new());
    }
    one(rough)
}

/// A way of writing that the concepts list is led back to the rules' word of the same concept: "kiero" to "quiero",
/// and to no other word.
fn usual(listed: &str) -> String {
    let vocabulary = Vocabulary::get();
    let alike = |found: &str| concepts::sense(found) == concepts::sense(listed);
    if let Some(found) = vocabulary.sounds_like(listed).filter(|found| alike(found)) {
        return found.to_owned();
    }
    let near = vocabulary
        .near(listed)
        .into_iter()
        .find(|found| alike(found));
    near.unwrap_or_else(|| listed.to_owned())
}

/// Fewer repeats: three and more of a letter become two, then one; last, every double becomes one.
fn squeezed(word: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (from, to) in [(3, 2), (3, 1), (2, 1)] {
        let mut out = String::with_capacity(word.len());
        let mut letters = word.chars().peekable();
        while let Some(letter) = letters.next() {
            let mut count = 1;
            while letters.next_if_eq(&letter).is_some() {
                count += 1;
            }
            let times = if count >= from { to } else { count };
            out.extend(std::iter::repeat_n(letter, times));
        }
        if out != word && !all.contains(&out) {
            all.push(out);
        }
    }
    all
}

/// Digits and marks read as letters, in words that have a letter.
fn unleeted(word: &str) -> Vec<String> {
    if !word.chars().any(|letter| "013456789@$".contains(letter)) {
        return Vec::new();
    }
    let read = |one: char| -> String {
        word.chars()
            .map(|letter| match letter {
                '0' => 'o',
                '1' => one,
                '3' => 'e',
                '4' | '@' => 'a',
                '5' | '$' => 's',
                '6' | '9' => 'g',
                '7' => 't',
                '8' => 'b',
                other => other,
            })
            .collect()
    };
    vec![read('l'), read('i')]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(text: &str) -> String {
        let all: Vec<String> = words(text).into_iter().map(|word| word.text).collect();
        all.join(" ")
    }

    #[test]
    fn what_people_type_is_led_back_to_what_they_mean() {
        for (typed, meant) in [
            ("i dont wanna liev", "i do not want to live"),
            ("k i l l myself", "kill myself"),
            ("i w a n t t o d i e", "i want to die"),
            ("k i l l  m y s e l f", "kill myself"),
            ("wanna d1e", "want to die"),
            ("no kiero bivir", "no quiero vivir"),
            ("killmyself", "kill myself"),
            ("I WANT TO DIEEEE", "i want to die"),
            ("s.u.i.c.i.d.e", "suicide"),
            (
                "w e v j z v s a i d i w a n t t o d i e",
                "we v j z v said i want to die",
            ),
        ] {
            assert_eq!(repaired(typed), meant, "{typed}");
        }
    }

    #[test]
    fn known_words_of_both_languages_stay() {
        for text in [
            "oigo voces",
            "the voice of a diet",
            "un trio",
            "8:30",
            "kilo de arroz",
        ] {
            let plain: Vec<String> = text.split([' ', ':']).map(str::to_owned).collect();
            assert_eq!(repaired(text), plain.join(" "));
        }
    }
}
