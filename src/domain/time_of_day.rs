//! A time of day as people type it: `8`, `8:30`, `20h`, `8 pm`, `las 8`.

use std::fmt;

use chrono::{NaiveTime, Timelike};

use super::Language;

mod reading;
#[cfg(test)]
mod tests;

/// An hour and a minute on somebody's wall clock.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay {
    hour: u8,
    minute: u8,
}

/// Why a text is not taken as a time of day, for a kind answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotATime {
    /// There is no time in it.
    Nothing,
    /// The hour is past 24 (`25:00`).
    NoSuchHour,
    /// The minute is past 59 (`8:75`).
    NoSuchMinute,
    /// The hour and the half of the day do not go together (`13 pm`).
    NoSuchHalf,
    /// It can be read in two ways, or names two times (`8 or 9`, `8:3`).
    Unclear,
}

impl TimeOfDay {
    /// `hour` 0 to 23, `minute` 0 to 59.
    pub const fn new(hour: u32, minute: u32) -> Option<Self> {
        if hour < 24 && minute < 60 {
            #[expect(clippy::cast_possible_truncation, reason = "both were just bounded")]
            Some(Self {
                hour: hour as u8,
                minute: minute as u8,
            })
        } else {
            None
        }
    }

    /// Reads a time in any usual spelling, English or Spanish. A bare `8` is eight in the morning.
    pub fn parse(text: &str) -> Result<Self, NotATime> {
        reading::read(text)
    }

    /// 0 to 23.
    pub fn hour(self) -> u32 {
        self.hour.into()
    }

    /// 0 to 59.
    pub fn minute(self) -> u32 {
        self.minute.into()
    }

    /// As it is written in `language`: `8:30 am`, `8:30`. [`Self::parse`] reads it back.
    pub fn show(self, language: Language) -> String {
        let Self { hour, minute } = self;
        match (language, hour, minute) {
            (Language::Es, ..) => format!("{hour}:{minute:02}"),
            // “12:00 pm” is read as midnight by some.
            (Language::En, 12, 0) => "12:00 noon".to_owned(),
            (Language::En, 0, 0) => "12:00 midnight".to_owned(),
            (Language::En, ..) => {
                let half = if hour < 12 { "am" } else { "pm" };
                let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
                format!("{hour}:{minute:02} {half}")
            }
        }
    }
}

impl fmt::Debug for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

impl From<TimeOfDay> for NaiveTime {
    fn from(time: TimeOfDay) -> Self {
        Self::from_hms_opt(time.hour(), time.minute(), 0).unwrap_or(Self::MIN)
    }
}

impl From<NaiveTime> for TimeOfDay {
    /// Drops the seconds.
    fn from(time: NaiveTime) -> Self {
        Self::new(time.hour(), time.minute()).unwrap_or(Self { hour: 0, minute: 0 })
    }
}
