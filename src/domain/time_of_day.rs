//! A time of day as people type it: `8`, `8:30`, `20h`, `8 pm`, `las 8`.

use chrono::NaiveTime;

/// An hour and a minute on somebody's wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay {
    hour: u8,
    minute: u8,
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

    /// 0 to 23.
    pub fn hour(self) -> u32 {
        self.hour.into()
    }

    /// 0 to 59.
    pub fn minute(self) -> u32 {
        self.minute.into()
    }
}

impl From<TimeOfDay> for NaiveTime {
    fn from(time: TimeOfDay) -> Self {
        Self::from_hms_opt(time.hour(), time.minute(), 0).unwrap_or(Self::MIN)
    }
}
