//! How a typed time is understood: text → words and numbers → one clock reading and perhaps a part of the day.

use super::{NotATime, TimeOfDay};
use crate::domain::folding::fold;

mod words;

use words::Word;

/// The longest text in characters that can be a time; what is longer is something else.
const MAX_CHARS: usize = 80;
/// A time among more words than this is part of a story, not an answer.
const MAX_WORDS: usize = 6;

pub(super) fn read(text: &str) -> Result<TimeOfDay, NotATime> {
    if text.chars().nth(MAX_CHARS).is_some() {
        return Err(NotATime::Nothing);
    }
    let words = words::split(&fold(text))?;
    let strangers = words.iter().filter(|word| **word == Word::Stranger).count();
    if strangers > 0 && words.len() > MAX_WORDS + 2 {
        return Err(NotATime::Nothing);
    }
    let part = part_of_day(&words)?;
    let said = readings(&words)?;
    if words.contains(&Word::Otherwise) {
        let named = part.is_some() || !said.is_empty();
        return Err(if named {
            NotATime::Unclear
        } else {
            NotATime::Nothing
        });
    }
    let reading = match (said.as_slice(), part) {
        ([], Some(Part::Noon)) => return Ok(NOON),
        ([], Some(Part::Midnight)) => return Ok(MIDNIGHT),
        ([], _) => return Err(NotATime::Nothing),
        ([one], _) => *one,
        _ => return Err(NotATime::Unclear),
    };
    // “I have 2 kids” is no time: among other words a number must look like one.
    if strangers > 0 && !reading.looks_like_a_time && part.is_none() {
        return Err(NotATime::Nothing);
    }
    reading.in_part(part)
}

const NOON: TimeOfDay = TimeOfDay {
    hour: 12,
    minute: 0,
};
const MIDNIGHT: TimeOfDay = TimeOfDay { hour: 0, minute: 0 };

/// A part of the day, and how it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Am,
    Pm,
    Morning,
    /// “de la mañana”: at 12 it is noon.
    Manana,
    /// “de la madrugada”.
    SmallHours,
    Afternoon,
    Evening,
    Night,
    Noon,
    Midnight,
}

/// What a clock was said to show.
#[derive(Clone, Copy, Debug)]
struct Reading {
    hour: u32,
    minute: u32,
    /// “ten to eight”: so many minutes before that.
    before: u32,
    /// Written with its minutes or after “at”: cannot be the number of something else.
    looks_like_a_time: bool,
}

impl Reading {
    fn at(hour: u32, minute: u32) -> Self {
        Self {
            hour,
            minute,
            before: 0,
            looks_like_a_time: true,
        }
    }

    fn before(hour: u32, before: u32) -> Self {
        Self {
            before,
            ..Self::at(hour, 0)
        }
    }

    fn in_part(self, part: Option<Part>) -> Result<TimeOfDay, NotATime> {
        const DAY: u32 = 24 * 60;
        let Self { hour, minute, .. } = self;
        if minute > 59 || self.before > 59 {
            return Err(NotATime::NoSuchMinute);
        }
        if hour > 24 || (hour == 24 && minute > 0) {
            return Err(NotATime::NoSuchHour);
        }
        let hour = match part {
            None => hour % 24,
            Some(part) => part.hour(hour).ok_or(NotATime::NoSuchHalf)?,
        };
        let minutes = (DAY + hour * 60 + minute - self.before) % DAY;
        TimeOfDay::new(minutes / 60, minutes % 60).ok_or(NotATime::NoSuchHour)
    }
}

impl Part {
    /// The hour 0 to 23 that `hour` is in this part of the day, if it can be in it.
    fn hour(self, hour: u32) -> Option<u32> {
        use Part::{
            Afternoon, Am, Evening, Manana, Midnight, Morning, Night, Noon, Pm, SmallHours,
        };
        match (self, hour) {
            (Am | Morning | SmallHours | Evening | Night | Midnight, 12)
            | (Night | Midnight, 24)
            | (Midnight, 0) => Some(0),
            (Pm | Manana | Afternoon | Noon, 12)
            | (Am | Morning | Manana, 0..=11)
            | (SmallHours, 0..=6)
            | (Night, 0..=4)
            | (Afternoon | Evening | Night, 13..=23) => Some(hour),
            (Pm | Afternoon | Evening, 1..=11) | (Night, 5..=11) | (Noon, 1..=3) => Some(hour + 12),
            _ => None,
        }
    }
}

/// The one part of the day that is named; two different ones are unclear (“8 in the morning or evening”).
fn part_of_day(words: &[Word]) -> Result<Option<Part>, NotATime> {
    let mut named = words.iter().filter_map(|word| match word {
        Word::Part(part) => Some(*part),
        _ => None,
    });
    let first = named.next();
    if named.any(|other| Some(other) != first) {
        return Err(NotATime::Unclear);
    }
    Ok(first)
}

/// Every clock reading in the text, in order.
fn readings(words: &[Word]) -> Result<Vec<Reading>, NotATime> {
    let mut found = Vec::new();
    let mut rest: Vec<Word> = words
        .iter()
        .copied()
        .filter(|word| !matches!(word, Word::Part(_) | Word::Filler))
        .collect();
    let mut after_at = false;
    while let Some(first) = rest.first().copied() {
        let taken = match first {
            Word::At => {
                after_at = true;
                rest.remove(0);
                continue;
            }
            Word::Stranger | Word::Otherwise | Word::To => {
                after_at = false;
                rest.remove(0);
                continue;
            }
            _ => take_reading(&rest)?,
        };
        let (mut reading, length) = taken;
        reading.looks_like_a_time |= after_at;
        after_at = false;
        found.push(reading);
        rest.drain(..length);
    }
    Ok(found)
}

/// The reading at the start of `words`, and how many words it takes.
fn take_reading(words: &[Word]) -> Result<(Reading, usize), NotATime> {
    use Word::{And, Clock, Half, Number, Past, Quarter, To};
    Ok(match *words {
        [Clock(hour, minute), ..] => (Reading::at(hour, minute), 1),
        [Half, Number(hour), ..] => (Reading::at(hour, 30), 2),
        [Half, Past, Number(hour), ..] | [Number(hour), And, Half, ..] => {
            (Reading::at(hour, 30), 3)
        }
        [Quarter, Past, Number(hour), ..] | [Number(hour), And, Quarter, ..] => {
            (Reading::at(hour, 15), 3)
        }
        [Quarter, To, Number(hour), ..] | [Number(hour), To, Quarter, ..] => {
            (Reading::before(hour, 15), 3)
        }
        [Number(minutes), Past, Number(hour), ..] => (Reading::at(hour, minutes), 3),
        // “8 to 9” is a span, “ten to nine” is not; in Spanish the hour comes first.
        [Number(first), To, Number(second), ..] => match (first, second) {
            (_, 5 | 10 | 20 | 25) if first <= 12 && !is_round(first) => {
                (Reading::before(first, second), 3)
            }
            (5 | 10 | 20 | 25, 1..=12) if !is_round(second) => (Reading::before(second, first), 3),
            _ => return Err(NotATime::Unclear),
        },
        [Number(hour), And, Number(minute), ..] if minute >= 10 || minute == 5 => {
            (Reading::at(hour, minute), 3)
        }
        [Number(_), And, ..] => return Err(NotATime::Unclear),
        [Number(hour), Number(minute), ..] if minute >= 10 => (Reading::at(hour, minute), 2),
        [Number(hour), ..] => {
            let bare = Reading {
                looks_like_a_time: false,
                ..Reading::at(hour, 0)
            };
            (bare, 1)
        }
        _ => return Err(NotATime::Unclear),
    })
}

/// Numbers that are an hour as well as a usual count of minutes.
fn is_round(number: u32) -> bool {
    matches!(number, 5 | 10)
}
