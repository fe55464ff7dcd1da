//! When notes come: a five-field cron expression read on the parent's wall clock.
//!
//! The `cron` crate is asked about wall-clock time only, never about a zone; what a gap or a fold of
//! daylight saving does to a reading is decided here, in [`Slot::at`].

use std::{fmt, sync::Arc};

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{
    subscriber::Slot,
    time_of_day::TimeOfDay,
    weekdays::Weekdays,
    zone::{Wall, Zone},
};

mod crontab;
#[cfg(test)]
mod tests;

pub use crontab::ScheduleError;

/// A validated five-field crontab expression (minute, hour, day of month, month, day of week).
/// It names one time of day, so it has at most one occurrence on a local day. Cheap to clone.
#[derive(Clone)]
pub struct Schedule {
    time: TimeOfDay,
    days: Option<Weekdays>,
    expression: Arc<str>,
    occurrences: Arc<cron::Schedule>,
}

impl Schedule {
    /// Reads a crontab expression as operators write it: `30 8 * * MON-FRI`, `0 20 1,15 * *`.
    pub fn parse(expression: &str) -> Result<Self, ScheduleError> {
        let fields = crontab::parse(expression)?;
        let occurrences: cron::Schedule = fields
            .for_the_cron_crate()
            .parse()
            .map_err(|_| ScheduleError::never(expression))?;
        let schedule = Self {
            time: fields.time,
            days: fields.days_alone(),
            expression: fields.to_string().into(),
            occurrences: Arc::new(occurrences),
        };
        if schedule.first_day_from(LEAP_DAY_TO_COME).is_none() {
            return Err(ScheduleError::never(expression));
        }
        Ok(schedule)
    }

    /// Every day of `days` at `time`.
    pub fn of(time: TimeOfDay, days: Weekdays) -> Self {
        let expression = format!("{} {} * * {}", time.minute(), time.hour(), days.to_cron());
        Self::parse(&expression).expect("a time of day and days of the week make an expression")
    }

    /// The five fields, as stored.
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// The time of day it names.
    pub fn time(&self) -> TimeOfDay {
        self.time
    }

    /// The days of the week it names; `None` when it names days of the month or months.
    pub fn days(&self) -> Option<Weekdays> {
        self.days
    }

    /// The same days at another time.
    #[must_use]
    pub fn with_time(&self, time: TimeOfDay) -> Self {
        let days = self.expression.splitn(3, ' ').nth(2).unwrap_or("* * *");
        Self::parse(&format!("{} {} {days}", time.minute(), time.hour()))
            .expect("another time of day leaves an expression valid")
    }

    /// The same time on these days of the week, whatever days it named before.
    #[must_use]
    pub fn with_days(&self, days: Weekdays) -> Self {
        Self::of(self.time, days)
    }

    /// The first slot that is due after `after`, on a local day after `after_day`.
    ///
    /// Slots of one schedule in one zone are strictly increasing and never two on one local day.
    pub fn next_slot(
        &self,
        zone: &Zone,
        after: DateTime<Utc>,
        after_day: Option<NaiveDate>,
    ) -> Option<Slot> {
        // A slot that a gap moved can lie a day away from where its wall time would be.
        let yesterday = zone.wall(after).date().checked_sub_days(Days::new(1))?;
        let mut day = match after_day {
            Some(seen) => yesterday.max(seen.succ_opt()?),
            None => yesterday,
        };
        loop {
            day = self.first_day_from(day)?;
            let wall = day.and_time(self.time.into());
            match Slot::at(zone, wall) {
                Some(slot) if slot.due > after => return Some(slot),
                _ => day = day.succ_opt()?,
            }
        }
    }

    /// Whether the expression names this day.
    pub fn names(&self, day: NaiveDate) -> bool {
        self.first_day_from(day) == Some(day)
    }

    /// The first day from `day` on that the expression names, by the calendar alone.
    fn first_day_from(&self, day: NaiveDate) -> Option<NaiveDate> {
        let just_before = day
            .and_time(NaiveTime::MIN)
            .checked_sub_signed(TimeDelta::seconds(1))?;
        // The wall clock is handed over as if it were UTC: a clock without gaps and folds.
        let wall = self.occurrences.after(&just_before.and_utc()).next()?;
        Some(wall.date_naive())
    }
}

/// 29 February can be eight years away; from here on every date that exists comes within the cron crate's calendar.
const LEAP_DAY_TO_COME: NaiveDate = match NaiveDate::from_ymd_opt(2024, 1, 1) {
    Some(day) => day,
    None => unreachable!(),
};

impl Slot {
    /// The slot of a wall-clock reading. A reading in a gap is due at the first moment that exists, or, where
    /// the gap reaches into the next day, at the last second before it; a reading in a fold at the first of its two
    /// moments. `None` on a local day that does not exist at all (Apia left out 30 December 2011).
    pub fn at(zone: &Zone, wall: NaiveDateTime) -> Option<Self> {
        let due = match zone.resolve(wall) {
            Wall::Exists(moment) | Wall::Fold { first: moment, .. } => Some(moment),
            Wall::Gap {
                first_after,
                last_before,
            } => [first_after, last_before]
                .into_iter()
                .find(|moment| zone.wall(*moment).date() == wall.date()),
        }?;
        Some(Self { due, wall })
    }
}

impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        self.expression == other.expression
    }
}

impl Eq for Schedule {}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{}”", self.expression)
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.expression)
    }
}

impl Serialize for Schedule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.expression)
    }
}

impl<'de> Deserialize<'de> for Schedule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
