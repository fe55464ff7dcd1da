//! Days of the week as people type them: `weekdays`, `mon wed fri`, `fines de semana`.

use chrono::Weekday;

/// One or more days of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Weekdays(u8);

impl Weekdays {
    /// Monday to Sunday.
    pub const DAILY: Self = Self(0b111_1111);
    /// Monday to Friday.
    pub const WORKDAYS: Self = Self(0b001_1111);
    /// Saturday and Sunday.
    pub const WEEKEND: Self = Self(0b110_0000);

    /// The days named; `None` when there are none.
    pub fn of(days: impl IntoIterator<Item = Weekday>) -> Option<Self> {
        let bits = days.into_iter().fold(0, |bits, day| bits | bit(day));
        (bits != 0).then_some(Self(bits))
    }

    /// Whether `day` is one of them.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & bit(day) != 0
    }

    /// The days, from Monday on.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        WEEK.into_iter().filter(move |day| self.contains(*day))
    }

    /// How many days they are.
    pub fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// As the fifth field of a crontab line: `*`, `1-5`, `1,3,5`, with Sunday as 0.
    pub fn to_cron(self) -> String {
        match self {
            Self::DAILY => "*".to_owned(),
            Self::WORKDAYS => "1-5".to_owned(),
            _ => {
                let mut numbers: Vec<u32> =
                    self.iter().map(|day| day.num_days_from_sunday()).collect();
                numbers.sort_unstable();
                let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
                numbers.join(",")
            }
        }
    }
}

/// The week as it is told here: from Monday.
pub const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

fn bit(day: Weekday) -> u8 {
    1 << day.num_days_from_monday()
}
