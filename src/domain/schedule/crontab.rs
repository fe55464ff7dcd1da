//! A crontab line as operators write it, read into sets of numbers and written for the `cron` crate.

use std::fmt;

use chrono::Weekday;

use crate::domain::{
    time_of_day::TimeOfDay,
    weekdays::{WEEK, Weekdays},
};

/// The longest expression that is read, in bytes; a longer one is a mistake.
const MAX_LEN: usize = 200;

/// Why an expression is refused: what is wrong, where, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the schedule “{expression}” {problem}")]
pub struct ScheduleError {
    expression: String,
    problem: String,
}

impl ScheduleError {
    pub(super) fn never(expression: &str) -> Self {
        Self::new(
            expression,
            "names a day that never comes; check its day of month and its month",
        )
    }

    fn new(expression: &str, problem: impl Into<String>) -> Self {
        let mut shown: String = expression.chars().take(60).collect();
        if shown.len() < expression.len() {
            shown.push('…');
        }
        Self {
            expression: shown,
            problem: problem.into(),
        }
    }
}

/// The five fields, understood. Displays as the canonical expression.
pub(super) struct Fields {
    pub(super) time: TimeOfDay,
    month_days: Set,
    months: Set,
    week_days: Weekdays,
}

pub(super) fn parse(expression: &str) -> Result<Fields, ScheduleError> {
    let refuse = |problem: String| ScheduleError::new(expression, problem);
    if expression.len() > MAX_LEN {
        return Err(refuse(format!("is longer than {MAX_LEN} characters")));
    }
    let fields: Vec<&str> = expression.split_whitespace().collect();
    let [minute, hour, month_days, months, week_days] = fields[..] else {
        return Err(refuse(format!(
            "has {} fields; write five: minute, hour, day of month, month, day of week, like “0 8 * * MON-FRI”",
            fields.len()
        )));
    };
    let minute = single(minute, &MINUTE).map_err(refuse)?;
    let hour = single(hour, &HOUR).map_err(refuse)?;
    let time =
        TimeOfDay::new(hour, minute).ok_or_else(|| refuse("names no time of day".to_owned()))?;
    let fields = Fields {
        time,
        month_days: Set::read(month_days, &MONTH_DAY).map_err(refuse)?,
        months: Set::read(months, &MONTH).map_err(refuse)?,
        week_days: read_week_days(week_days).map_err(refuse)?,
    };
    if !fields.month_days.is_full(&MONTH_DAY) && fields.week_days != Weekdays::DAILY {
        return Err(refuse(
            "restricts both the day of month (third field) and the day of week (fifth field), which cron programs \
             read in different ways; write “*” for one of them"
                .to_owned(),
        ));
    }
    Ok(fields)
}

impl Fields {
    /// The days of the week, when nothing else restricts the days.
    pub(super) fn days_alone(&self) -> Option<Weekdays> {
        let every_date = self.month_days.is_full(&MONTH_DAY) && self.months.is_full(&MONTH);
        every_date.then_some(self.week_days)
    }

    /// The crate wants seconds first and names the days of the week, since it counts them from 1 = Sunday.
    pub(super) fn for_the_cron_crate(&self) -> String {
        let names: Vec<&str> = self
            .week_days
            .iter()
            .map(|day| WEEK_DAY.names[day.num_days_from_sunday() as usize])
            .collect();
        format!(
            "0 {} {} {} {} {}",
            self.time.minute(),
            self.time.hour(),
            self.month_days.write(&MONTH_DAY),
            self.months.write(&MONTH),
            names.join(",")
        )
    }
}

impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {} {} {}",
            self.time.minute(),
            self.time.hour(),
            self.month_days.write(&MONTH_DAY),
            self.months.write(&MONTH),
            self.week_days.to_cron()
        )
    }
}

/// What may stand in one field.
struct Kind {
    /// How the field is called in an error.
    called: &'static str,
    min: u32,
    max: u32,
    /// Three-letter names of the numbers from `min` on.
    names: &'static [&'static str],
}

const MINUTE: Kind = Kind {
    called: "minute (first field)",
    min: 0,
    max: 59,
    names: &[],
};
const HOUR: Kind = Kind {
    called: "hour (second field)",
    min: 0,
    max: 23,
    names: &[],
};
const MONTH_DAY: Kind = Kind {
    called: "day of month (third field)",
    min: 1,
    max: 31,
    names: &[],
};
const MONTH: Kind = Kind {
    called: "month (fourth field)",
    min: 1,
    max: 12,
    names: &[
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ],
};
/// 0 and 7 are both Sunday.
const WEEK_DAY: Kind = Kind {
    called: "day of week (fifth field)",
    min: 0,
    max: 7,
    names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
};

/// Numbers of one field, as bits.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Set(u64);

impl Set {
    /// Reads lists of numbers, names and ranges with steps: `1,15`, `MON-FRI`, `*/2`, `FRI-MON`.
    fn read(field: &str, kind: &Kind) -> Result<Self, String> {
        let mut bits = 0;
        for item in field.split(',') {
            let (range, step) = match item.split_once('/') {
                Some((range, step)) => (range, Some(number(step, field, kind, 1)?)),
                None => (item, None),
            };
            let (first, last) = if range == "*" {
                (kind.min, kind.last_of_all())
            } else if let Some((first, last)) = range.split_once('-') {
                (value(first, field, kind)?, value(last, field, kind)?)
            } else {
                let first = value(range, field, kind)?;
                // “5/10” means “from 5 on”.
                (
                    first,
                    if step.is_some() {
                        kind.last_of_all()
                    } else {
                        first
                    },
                )
            };
            for one in kind.walk(first, last).step_by(step.unwrap_or(1) as usize) {
                bits |= 1 << one;
            }
        }
        Ok(Self(bits))
    }

    fn is_full(self, kind: &Kind) -> bool {
        (kind.min..=kind.max).all(|one| self.0 & (1 << one) != 0)
    }

    fn write(self, kind: &Kind) -> String {
        if self.is_full(kind) {
            return "*".to_owned();
        }
        let numbers: Vec<String> = (kind.min..=kind.max)
            .filter(|one| self.0 & (1 << one) != 0)
            .map(|one| one.to_string())
            .collect();
        numbers.join(",")
    }
}

impl Kind {
    /// The last value of `*`: 7 is only another name of Sunday.
    fn last_of_all(&self) -> u32 {
        if self.max == 7 { 6 } else { self.max }
    }

    /// The values from `first` to `last`, over the end and on from the start if need be (`FRI-MON`).
    fn walk(&self, first: u32, last: u32) -> Box<dyn Iterator<Item = u32>> {
        if first <= last {
            Box::new(first..=last)
        } else {
            Box::new((first..=self.last_of_all()).chain(self.min..=last))
        }
    }
}

fn read_week_days(field: &str) -> Result<Weekdays, String> {
    let set = Set::read(field, &WEEK_DAY)?;
    let named = |day: &Weekday| {
        let number = day.num_days_from_sunday();
        set.0 & (1 << number) != 0 || (number == 0 && set.0 & (1 << 7) != 0)
    };
    Weekdays::of(WEEK.into_iter().filter(named))
        .ok_or_else(|| format!("names no {}", WEEK_DAY.called))
}

/// A schedule names one time of day: otherwise two notes could fall on one local day.
fn single(field: &str, kind: &Kind) -> Result<u32, String> {
    if field.contains(['*', ',', '-', '/']) {
        return Err(format!(
            "has “{field}” as its {}; a schedule names one time of day, so write one number",
            kind.called
        ));
    }
    value(field, field, kind)
}

fn value(text: &str, field: &str, kind: &Kind) -> Result<u32, String> {
    let name = kind
        .names
        .iter()
        .position(|name| name.eq_ignore_ascii_case(text));
    match name.and_then(|index| u32::try_from(index).ok()) {
        Some(index) => Ok(kind.min + index),
        None => number(text, field, kind, kind.min),
    }
}

fn number(text: &str, field: &str, kind: &Kind, min: u32) -> Result<u32, String> {
    let digits = !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    let number = digits.then(|| text.parse().ok()).flatten();
    number
        .filter(|number| (min..=kind.max).contains(number))
        .ok_or_else(|| {
            let names = match kind.names {
                [first, .., last] => format!(" or {first} to {last}"),
                _ => String::new(),
            };
            let special = if text.contains(['L', 'W', '#', '?']) {
                "; L, W, # and ? are not supported"
            } else {
                ""
            };
            format!(
                "has “{}” as its {}; write {} to {}{names}{special}",
                field.chars().take(20).collect::<String>(),
                kind.called,
                kind.min,
                kind.max,
            )
        })
}
