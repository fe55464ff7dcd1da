//! The words that times are made of, English and Spanish, folded.

use super::{NotATime, Part};

/// What one word means in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Hour and minute written as one: `8:30`, `0830`, `8h`.
    Clock(u32, u32),
    /// A number by itself.
    Number(u32),
    Half,
    Quarter,
    Past,
    /// “to”, “menos”.
    To,
    /// “y”.
    And,
    At,
    Part(Part),
    /// Says nothing about the time, and belongs to asking for one.
    Filler,
    /// Turns the time into another one, or into none: “after”, “or”.
    Otherwise,
    /// Not a word of ours.
    Stranger,
}

/// Words that turn a time into something else: “not at 8”, “after 8”, “8 or 9”.
const OTHERWISE: &[&str] = &[
    "not", "no", "dont", "never", "except", "after", "before", "between", "until", "or", "despues",
    "antes", "entre", "hasta", "nunca", "salvo", "excepto", "o", "ago", "hace", "and", "minutes",
    "minutos",
];

const FILLERS: &[&str] = &[
    "the", "in", "of", "please", "por", "favor", "la", "las", "los", "el", "de", "del", "en",
    "oclock", "clock", "h", "hs", "hr", "hrs", "hour", "hours", "hora", "horas", "m", "min",
    "punto", "sharp", "every", "day", "cada", "dia", "todos", "dias", "my", "time", "it", "note",
    "notes", "nota", "notas", "send", "set", "me", "for", "para", "que", "sea", "pon", "ponlo",
    "quiero", "i", "want", "id", "like", "would", "can", "you", "make", "change", "cambia",
    "mejor", "better", "about", "around", "sobre", "hacia", "tipo", "maybe", "quizas", "ok",
    "okay", "yes", "si", "gracias", "thanks", "mi", "esta", "this",
];

const NUMBERS: &[(&str, u32)] = &[
    ("zero", 0),
    ("cero", 0),
    ("one", 1),
    ("una", 1),
    ("uno", 1),
    ("two", 2),
    ("dos", 2),
    ("three", 3),
    ("tres", 3),
    ("four", 4),
    ("cuatro", 4),
    ("five", 5),
    ("cinco", 5),
    ("six", 6),
    ("seis", 6),
    ("seven", 7),
    ("siete", 7),
    ("eight", 8),
    ("ocho", 8),
    ("nine", 9),
    ("nueve", 9),
    ("ten", 10),
    ("diez", 10),
    ("eleven", 11),
    ("once", 11),
    ("twelve", 12),
    ("doce", 12),
    ("thirteen", 13),
    ("trece", 13),
    ("fourteen", 14),
    ("catorce", 14),
    ("fifteen", 15),
    ("quince", 15),
    ("sixteen", 16),
    ("dieciseis", 16),
    ("seventeen", 17),
    ("diecisiete", 17),
    ("eighteen", 18),
    ("dieciocho", 18),
    ("nineteen", 19),
    ("diecinueve", 19),
    ("veintiuna", 21),
    ("veintiuno", 21),
    ("veintidos", 22),
    ("veintitres", 23),
    ("veinticuatro", 24),
    ("veinticinco", 25),
];

const TENS: &[(&str, u32)] = &[
    ("twenty", 20),
    ("veinte", 20),
    ("thirty", 30),
    ("treinta", 30),
    ("forty", 40),
    ("fourty", 40),
    ("cuarenta", 40),
    ("fifty", 50),
    ("cincuenta", 50),
];

/// The words of a folded text.
pub(super) fn split(text: &str) -> Result<Vec<Word>, NotATime> {
    let text = text.replace("o'clock", " ").replace('\'', "");
    // A sign turns a number into something else: a span, a date, a sum.
    if text.contains(['-', '/', '+', '%', '$', '€', '£', '#', '*', '=', '<', '>']) {
        return Err(NotATime::Nothing);
    }
    let mut rest = halves_of_the_day(&text);
    let mut words = Vec::new();
    while let Some(first) = rest.chars().next() {
        let length = if first.is_ascii_digit() {
            let (word, length) = digits(&rest)?;
            words.push(word);
            length
        } else if first.is_alphabetic() {
            let length = rest
                .find(|c: char| !c.is_alphabetic())
                .unwrap_or(rest.len());
            push_name(&rest[..length], &mut words);
            length
        } else {
            first.len_utf8()
        };
        rest.drain(..length);
    }
    Ok(words)
}

/// “a. m.”, “p.m.” and the like made one word.
fn halves_of_the_day(text: &str) -> String {
    let mut text = text.to_owned();
    for half in ["a", "p"] {
        for spelling in [". m.", ".m.", ". m", ".m", " m.", " m"] {
            let written = format!("{half}{spelling}");
            // Only where the letter begins a word and the m ends one.
            while let Some(at) = text.find(&written).filter(|at| {
                let before = text[..*at].chars().next_back();
                let after = text[*at + written.len()..].chars().next();
                !before.is_some_and(char::is_alphabetic)
                    && !after.is_some_and(char::is_alphanumeric)
            }) {
                text.replace_range(at..at + written.len(), &format!(" {half}m "));
            }
        }
    }
    text
}

/// A number at the start of `text` with what belongs to it, and its length in bytes.
fn digits(text: &str) -> Result<(Word, usize), NotATime> {
    let run = |text: &str| {
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len())
    };
    let number = |text: &str| text.parse::<u32>().map_err(|_| NotATime::Nothing);
    let length = run(text);
    let (first, rest) = text.split_at(length);
    match length {
        1 | 2 => {}
        3 | 4 => {
            let (hour, minute) = first.split_at(length - 2);
            return Ok((Word::Clock(number(hour)?, number(minute)?), length));
        }
        _ => return Err(NotATime::Nothing),
    }
    let hour = number(first)?;
    let Some(mark) = rest
        .chars()
        .next()
        .filter(|c| matches!(c, ':' | '.' | ',' | 'h' | ';'))
    else {
        return Ok((Word::Number(hour), length));
    };
    let minutes = &rest[1..];
    match run(minutes) {
        2 => {
            let end = length + 3;
            // Seconds, as a phone's clock may add them, do not matter.
            let seconds = match text[end..].strip_prefix(':') {
                Some(seconds) if run(seconds) == 2 => 3,
                _ => 0,
            };
            Ok((Word::Clock(hour, number(&minutes[..2])?), end + seconds))
        }
        0 if mark == 'h' && !minutes.starts_with(char::is_alphabetic) => {
            Ok((Word::Clock(hour, 0), length + 1))
        }
        0 => Ok((Word::Number(hour), length)),
        _ => Err(NotATime::Unclear),
    }
}

fn push_name(name: &str, words: &mut Vec<Word>) {
    let lookup = |table: &[(&str, u32)]| {
        let found = table.iter().find(|(word, _)| *word == name);
        found.map(|(_, number)| *number)
    };
    if let Some(number) = lookup(TENS) {
        words.push(Word::Number(number));
    } else if let Some(number) = lookup(NUMBERS) {
        push_number(number, words);
    } else {
        words.push(meaning(name));
    }
}

/// Joins “forty five” and “cuarenta y cinco”.
fn push_number(number: u32, words: &mut Vec<Word>) {
    let joins = |tens: u32| {
        (20..=50).contains(&tens) && tens.is_multiple_of(10) && (1..=9).contains(&number)
    };
    match words.as_mut_slice() {
        [.., Word::Number(tens)] if joins(*tens) => *tens += number,
        [.., Word::Number(tens), Word::And] if joins(*tens) && *tens >= 30 => {
            *tens += number;
            words.pop();
        }
        _ => words.push(Word::Number(number)),
    }
}

fn meaning(name: &str) -> Word {
    match name {
        "at" | "a" => Word::At,
        "half" | "media" => Word::Half,
        "quarter" | "cuarto" => Word::Quarter,
        "past" => Word::Past,
        "to" | "til" | "till" | "menos" => Word::To,
        "y" => Word::And,
        "am" => Word::Part(Part::Am),
        "pm" => Word::Part(Part::Pm),
        "morning" | "mornings" => Word::Part(Part::Morning),
        "manana" | "mananas" => Word::Part(Part::Manana),
        "madrugada" => Word::Part(Part::SmallHours),
        "afternoon" | "afternoons" | "tarde" | "tardes" => Word::Part(Part::Afternoon),
        "evening" | "evenings" => Word::Part(Part::Evening),
        "night" | "nights" | "tonight" | "noche" | "noches" => Word::Part(Part::Night),
        "noon" | "midday" | "mediodia" => Word::Part(Part::Noon),
        "midnight" | "medianoche" => Word::Part(Part::Midnight),
        _ if OTHERWISE.contains(&name) => Word::Otherwise,
        _ if FILLERS.contains(&name) => Word::Filler,
        _ => Word::Stranger,
    }
}
