//! Days of the week as people type them: `weekdays`, `mon wed fri`, `fines de semana`.

use chrono::Weekday;

use super::Language;

mod reading;
#[cfg(test)]
mod tests;

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

/// One or more days of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Weekdays(u8);

/// Why a text is not taken as days of the week, for a kind answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDays {
    /// There are none in it, or something else besides.
    Nothing,
    /// Every day was excepted.
    NoneLeft,
}

impl Weekdays {
    /// Monday to Sunday.
    pub const DAILY: Self = Self(0b111_1111);
    /// Monday to Friday.
    pub const WORKDAYS: Self = Self(0b001_1111);
    /// Saturday and Sunday.
    pub const WEEKEND: Self = Self(0b110_0000);
    /// Monday, Wednesday and Friday.
    pub const MON_WED_FRI: Self = Self(0b001_0101);

    /// One bit a day, Monday the lowest: as in buttons.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Days by their bits; `None` for no day at all and for an eighth one.
    pub const fn from_bits(bits: u8) -> Option<Self> {
        if bits == 0 || bits > Self::DAILY.0 {
            None
        } else {
            Some(Self(bits))
        }
    }

    /// The days named; `None` when there are none.
    pub fn of(days: impl IntoIterator<Item = Weekday>) -> Option<Self> {
        let bits = days.into_iter().fold(0, |bits, day| bits | bit(day));
        (bits != 0).then_some(Self(bits))
    }

    /// Reads days in any usual spelling, English or Spanish, small slips forgiven.
    pub fn parse(text: &str) -> Result<Self, NotDays> {
        reading::read(text)
    }

    /// Whether `day` is one of them.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & bit(day) != 0
    }

    /// The days, from Monday on.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        WEEK.into_iter().filter(move |day| self.contains(*day))
    }

    /// How many days they are, 1 to 7.
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

    /// In words, to stand within a sentence: `every day`, `Monday to Friday`, `lunes, miércoles y viernes`.
    /// [`Self::parse`] reads it back.
    pub fn describe(self, language: Language) -> String {
        let names = names(language);
        let name = |day: Weekday| names[day.num_days_from_monday() as usize];
        let left_out = WEEK.into_iter().find(|day| !self.contains(*day));
        match (language, self.count(), left_out) {
            (Language::En, 7, _) => "every day".to_owned(),
            (Language::Es, 7, _) => "todos los días".to_owned(),
            (Language::En, 6, Some(day)) => format!("every day except {}", name(day)),
            (Language::Es, 6, Some(day)) => format!("todos los días menos el {}", name(day)),
            (Language::En, ..) if self == Self::WORKDAYS => "Monday to Friday".to_owned(),
            (Language::Es, ..) if self == Self::WORKDAYS => "de lunes a viernes".to_owned(),
            _ => {
                let and = match language {
                    Language::En => " and ",
                    Language::Es => " y ",
                };
                let days: Vec<&str> = self.iter().map(name).collect();
                match days.split_last() {
                    Some((last, [])) => (*last).to_owned(),
                    Some((last, first)) => format!("{}{and}{last}", first.join(", ")),
                    None => String::new(),
                }
            }
        }
    }
}

/// The names of the days from Monday on, as they stand within a sentence.
fn names(language: Language) -> [&'static str; 7] {
    match language {
        Language::En => [
            "Monday",
            "Tuesday",
            "Wednesday",
            "Thursday",
            "Friday",
            "Saturday",
            "Sunday",
        ],
        Language::Es => [
            "lunes",
            "martes",
            "miércoles",
            "jueves",
            "viernes",
            "sábado",
            "domingo",
        ],
    }
}

fn bit(day: Weekday) -> u8 {
    1 << day.num_days_from_monday()
}
