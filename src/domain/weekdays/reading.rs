//! How typed days are understood: words → days, spans of days, and exceptions.

use chrono::Weekday;

use super::{NotDays, WEEK, Weekdays, bit};
use crate::domain::folding::fold;

/// The longest text in characters that can be a choice of days; what is longer is something else.
const MAX_CHARS: usize = 120;

pub(super) fn read(text: &str) -> Result<Weekdays, NotDays> {
    if text.chars().nth(MAX_CHARS).is_some() {
        return Err(NotDays::Nothing);
    }
    let words = words(&fold(text))?;
    // What stands after an “except” is taken away; without anything before it, from the whole week.
    let exception = words.iter().position(|word| *word == Word::Except);
    let (wanted, unwanted) = words.split_at(exception.unwrap_or(words.len()));
    let unwanted = days(unwanted)?;
    let mut wanted = days(wanted)?;
    if exception.is_some() {
        if unwanted == 0 {
            return Err(NotDays::Nothing);
        }
        if wanted == 0 {
            wanted = Weekdays::DAILY.0;
        }
    }
    match (wanted, wanted & !unwanted) {
        (0, _) => Err(NotDays::Nothing),
        (_, 0) => Err(NotDays::NoneLeft),
        (_, left) => Ok(Weekdays(left)),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Day(Weekday),
    Group(Weekdays),
    /// “to”, “a”, “-”: a span, where it stands between two days.
    To,
    Except,
}

/// The days that the words name, as bits.
fn days(words: &[Word]) -> Result<u8, NotDays> {
    let mut bits = 0;
    let mut rest = words;
    loop {
        rest = match rest {
            [] => return Ok(bits),
            [Word::Day(first), Word::To, Word::Day(last), rest @ ..] => {
                bits |= span(*first, *last);
                rest
            }
            [Word::Day(day), rest @ ..] => {
                bits |= bit(*day);
                rest
            }
            [Word::Group(days), rest @ ..] => {
                bits |= days.0;
                rest
            }
            // “all but not sunday”, “change to fridays”.
            [Word::Except, rest @ ..] => rest,
            [Word::To, rest @ ..] if bits == 0 => rest,
            [Word::To, ..] => return Err(NotDays::Nothing),
        }
    }
}

/// From `first` to `last`, over the end of the week if need be.
fn span(first: Weekday, last: Weekday) -> u8 {
    let mut bits = bit(first);
    let mut day = first;
    while day != last {
        day = day.succ();
        bits |= bit(day);
    }
    bits
}

/// Two or three words that mean one thing, before they are looked at singly.
const PHRASES: &[(&str, &str)] = &[
    ("fines de semana", "weekend"),
    ("fin de semana", "weekend"),
    ("entre semana", "weekdays"),
    ("dias de semana", "weekdays"),
    ("dias de la semana", "weekdays"),
    ("dias laborables", "weekdays"),
    ("dias habiles", "weekdays"),
    ("week days", "weekdays"),
    ("week end", "weekend"),
    ("work days", "weekdays"),
    ("working days", "weekdays"),
    ("todos los dias", "daily"),
    ("toda la semana", "daily"),
    ("cada dia", "daily"),
    ("every single day", "daily"),
    ("every day", "daily"),
    ("each day", "daily"),
    ("all days", "daily"),
    ("whole week", "daily"),
    ("all week", "daily"),
    ("7 days a week", "daily"),
];

const FILLERS: &[&str] = &[
    "and", "y", "e", "on", "the", "los", "las", "el", "la", "every", "each", "cada", "only",
    "just", "solo", "please", "por", "favor", "from", "de", "desde", "en", "dia", "dias", "day",
    "days", "for", "send", "it", "me", "notes", "note", "notas", "nota", "set", "change",
    "tambien", "also", "todos", "all",
];

fn words(text: &str) -> Result<Vec<Word>, NotDays> {
    let text: String = text
        .chars()
        .map(|c| match c {
            '-' => " - ".to_owned(),
            '\'' => String::new(),
            c if c.is_alphanumeric() => c.to_string(),
            _ => " ".to_owned(),
        })
        .collect();
    let mut text = format!(
        " {} ",
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    );
    for (phrase, word) in PHRASES {
        text = text.replace(&format!(" {phrase} "), &format!(" {word} "));
    }
    text.split_whitespace()
        .filter(|word| !FILLERS.contains(word))
        .map(|word| meaning(word).ok_or(NotDays::Nothing))
        .collect()
}

fn meaning(word: &str) -> Option<Word> {
    Some(match word {
        "to" | "thru" | "through" | "till" | "until" | "a" | "al" | "hasta" | "-" => Word::To,
        "no" | "not" | "except" | "excepto" | "salvo" | "menos" | "sin" | "without" | "but"
        | "minus" | "pero" | "never" => Word::Except,
        "daily" | "everyday" | "diario" | "diaria" | "diariamente" | "always" | "siempre" => {
            Word::Group(Weekdays::DAILY)
        }
        "weekdays" | "weekday" | "workdays" | "workday" | "laborables" => {
            Word::Group(Weekdays::WORKDAYS)
        }
        "weekend" | "weekends" | "finde" | "findes" => Word::Group(Weekdays::WEEKEND),
        _ => Word::Day(day(word)?),
    })
}

/// Each day's full names first, then its usual short ones. Short ones that are also ordinary words (do, ma, mi) are
/// left out.
const DAYS: [(Weekday, [&str; 2], &[&str]); 7] = [
    (
        WEEK[0],
        ["monday", "lunes"],
        &["mon", "mo", "lun", "lu", "l"],
    ),
    (
        WEEK[1],
        ["tuesday", "martes"],
        &["tue", "tues", "tu", "mar", "mart"],
    ),
    (
        WEEK[2],
        ["wednesday", "miercoles"],
        &["wed", "weds", "we", "mie", "mier", "x"],
    ),
    (
        WEEK[3],
        ["thursday", "jueves"],
        &["thu", "thur", "thurs", "th", "jue", "ju", "j"],
    ),
    (
        WEEK[4],
        ["friday", "viernes"],
        &["fri", "fr", "vie", "vier", "vi", "v"],
    ),
    (WEEK[5], ["saturday", "sabado"], &["sat", "sab", "sa"]),
    (WEEK[6], ["sunday", "domingo"], &["sun", "su", "dom", "d"]),
];

fn day(word: &str) -> Option<Weekday> {
    let exact = DAYS.iter().find(|(_, full, short)| {
        let plural = word.strip_suffix('s').unwrap_or(word);
        full.contains(&word)
            || short.contains(&word)
            || full.contains(&plural)
            || short.contains(&plural)
    });
    if let Some((day, ..)) = exact {
        return Some(*day);
    }
    // One slip in a word of five letters, two from seven on; only where one day alone is nearest.
    let slips = match word.chars().count() {
        0..5 => return None,
        5 | 6 => 1,
        _ => 2,
    };
    let distance = |names: &[&str; 2]| {
        let spellings = names
            .iter()
            .flat_map(|name| [(*name).to_owned(), format!("{name}s")]);
        spellings
            .map(|name| strsim::osa_distance(&name, word))
            .min()
    };
    let mut near: Vec<(usize, Weekday)> = DAYS
        .iter()
        .filter_map(|(day, full, _)| Some((distance(full)?, *day)))
        .filter(|(distance, _)| *distance <= slips)
        .collect();
    near.sort_unstable_by_key(|(distance, _)| *distance);
    match near[..] {
        [(_, day)] => Some(day),
        [(nearest, day), (next, _), ..] if nearest < next => Some(day),
        _ => None,
    }
}
