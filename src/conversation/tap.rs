//! What a button says to the bot: a [`Tap`] as the text in its `callback_data`, and back.
//!
//! The text carries the whole meaning and a version, so that old buttons, restarts and two devices just work.
//! Taps *set* a value, they never toggle one. Anything that does not parse is a stale or forged button.

use chrono::{DateTime, Utc};

use crate::{
    content::plans::PlanName,
    domain::{
        Country, Language, NoteId, Pool, due::Moved, time_of_day::TimeOfDay, weekdays::Weekdays,
        zone::Zone,
    },
};

use super::page::Page;

/// The version in front of every tap. A change of meaning gets a new version; an old one may stay readable.
const VERSION: &str = "1";

/// The longest `callback_data` that Telegram takes, in bytes (Bot API, `InlineKeyboardButton`).
pub const MAX_BYTES: usize = 64;

/// Everything that a button can ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tap {
    /// She is 18 or older and agrees to what the consent text says, in this language.
    Agree(Language),
    /// Shows what can be had without agreeing.
    JustLook,
    /// The list of everything.
    Help,
    /// “I meant something else”: the list, with help still there.
    MeantElse,
    /// The same, back to this question of set-up, which stood when she was replied to.
    BackTo(Asking),
    /// A page.
    Page(Page),
    /// Help now, for her own country.
    Crisis,
    /// Help now, for this country; stores nothing.
    CrisisIn(Country),
    /// The list of countries, to look at help there.
    CrisisCountries,
    /// One note from this pool now.
    NoteNow(Pool),
    /// One note from this pool now, although her notes are off.
    OnlyOne(Pool),
    /// Another note from the pool of this one.
    AnotherNote(NoteId),
    /// The consent text again.
    Start,
    /// The settings screen.
    Settings,
    /// A question of set-up or settings.
    Ask(Asking, Flow),
    /// Her clock differs from UTC by this many minutes at present.
    ClockIs(i32, Flow),
    /// Her zone.
    SetZone(Zone, Flow),
    /// Her hour.
    SetTime(TimeOfDay, Flow),
    /// Her kind of notes.
    SetPlan(PlanName, Flow),
    /// Her days.
    SetDays(Weekdays),
    /// Her country.
    SetCountry(Country),
    /// Her language.
    SetLanguage(Language),
    /// Whether notes ring.
    SetSound(bool),
    /// Under a note, which was handed over at that moment: when else?
    AskMove(NoteId, DateTime<Utc>),
    /// Under a note: back from “when else?”.
    KeepNote(NoteId, DateTime<Utc>),
    /// Brings this note, which was handed over at that moment, at another time.
    MoveNote(NoteId, DateTime<Utc>, Moved),
    /// This note is not for her.
    Retire(NoteId),
    /// Under a note: fewer, or a pause?
    FewerOrPause,
    /// For this many days.
    Pause(u16),
    /// Until she resumes.
    PauseOpen,
    /// Notes on again.
    Resume,
    /// No more notes.
    Stop,
    /// Asks before erasing.
    AskErase,
    /// Erases.
    Erase,
    /// Does not erase.
    KeepData,
    /// Goes on after “would you like them to go on?”, or keeps her notes after the last notice.
    GoOn,
}

/// Whether an answer is part of set-up (the next question follows) or of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// First zone, then hour, then kind, then the summary.
    SetUp,
    /// One setting, then the settings screen.
    Settings,
}

/// What is asked with buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// Is it 10:24 where you are?
    Zone,
    /// What does your clock say? The times of the countries whose help lines are known.
    Clock,
    /// The same with every time that there is.
    EveryClock,
    /// Which city? (typed)
    City,
    /// Share a location once.
    Location,
    /// When would you like your note?
    Time,
    /// Which hour? (typed)
    OtherTime,
    /// What would you like?
    Plan,
    /// On which days?
    Days,
    /// Which country's help lines?
    Country,
    /// Which language?
    Language,
    /// The summary that set-up ends with.
    Summary,
    /// Pause for how long?
    Pause,
}

impl Tap {
    /// The `callback_data`, at most [`MAX_BYTES`] long.
    pub fn encode(&self) -> String {
        let words = match self {
            Self::Agree(language) => format!("agree:{}", language.code()),
            Self::JustLook => "look".into(),
            Self::Help => "help".into(),
            Self::MeantElse => "else".into(),
            Self::BackTo(asking) => format!("else:{}", name_in(&QUESTIONS, *asking)),
            Self::Page(page) => format!("page:{}", page.name()),
            Self::Crisis => "crisis".into(),
            Self::CrisisIn(country) => format!("crisis:{country}"),
            Self::CrisisCountries => "countries".into(),
            Self::NoteNow(pool) => format!("now:{}", name_in(&POOLS, *pool)),
            Self::OnlyOne(pool) => format!("one:{}", name_in(&POOLS, *pool)),
            Self::AnotherNote(id) => format!("more:{}", id.as_str()),
            Self::Start => "start".into(),
            Self::Settings => "settings".into(),
            Self::Ask(asking, flow) => {
                format!("ask:{}:{}", name_in(&QUESTIONS, *asking), flow.letter())
            }
            Self::ClockIs(minutes, flow) => format!("clock:{minutes}:{}", flow.letter()),
            Self::SetZone(zone, flow) => format!("zone:{}:{}", zone.name(), flow.letter()),
            Self::SetTime(time, flow) => format!(
                "time:{:02}{:02}:{}",
                time.hour(),
                time.minute(),
                flow.letter()
            ),
            Self::SetPlan(plan, flow) => {
                format!("plan:{}:{}", name_in(&PLANS, *plan), flow.letter())
            }
            Self::SetDays(days) => format!("days:{}", days.bits()),
            Self::SetCountry(country) => format!("country:{country}"),
            Self::SetLanguage(language) => format!("language:{}", language.code()),
            Self::SetSound(on) => format!("sound:{}", u8::from(*on)),
            Self::AskMove(id, came) => format!("when:{}:{}", id.as_str(), came.timestamp()),
            Self::KeepNote(id, came) => format!("keep:{}:{}", id.as_str(), came.timestamp()),
            Self::MoveNote(id, came, when) => format!(
                "move:{}:{}:{}",
                id.as_str(),
                came.timestamp(),
                name_in(&MOVES, *when)
            ),
            Self::Retire(id) => format!("retire:{}", id.as_str()),
            Self::FewerOrPause => "fewer".into(),
            Self::Pause(days) => format!("pause:{days}"),
            Self::PauseOpen => "pause".into(),
            Self::Resume => "resume".into(),
            Self::Stop => "stop".into(),
            Self::AskErase => "erase?".into(),
            Self::Erase => "erase!".into(),
            Self::KeepData => "keep".into(),
            Self::GoOn => "goon".into(),
        };
        let data = format!("{VERSION}:{words}");
        debug_assert!(
            data.len() <= MAX_BYTES,
            "a button's data must fit Telegram's limit: {data}"
        );
        data
    }

    /// Reads `callback_data`; `None` for anything that no button of this version says.
    pub fn decode(data: &str) -> Option<Self> {
        let mut words = data.split(':');
        if words.next()? != VERSION {
            return None;
        }
        let words: Vec<&str> = words.collect();
        match words.as_slice() {
            [word] => Self::decode_word(word),
            [verb, argument] => Self::decode_with(verb, argument),
            ["when", id, came] => Some(Self::AskMove(NoteId::new(id)?, moment(came)?)),
            ["keep", id, came] => Some(Self::KeepNote(NoteId::new(id)?, moment(came)?)),
            [verb, argument, flow] => Self::decode_in_flow(verb, argument, flow),
            ["move", id, came, when] => Some(Self::MoveNote(
                NoteId::new(id)?,
                moment(came)?,
                find_in(&MOVES, when)?,
            )),
            _ => None,
        }
    }

    fn decode_word(word: &str) -> Option<Self> {
        Some(match word {
            "look" => Self::JustLook,
            "help" => Self::Help,
            "else" => Self::MeantElse,
            "crisis" => Self::Crisis,
            "countries" => Self::CrisisCountries,
            "start" => Self::Start,
            "settings" => Self::Settings,
            "fewer" => Self::FewerOrPause,
            "pause" => Self::PauseOpen,
            "resume" => Self::Resume,
            "stop" => Self::Stop,
            "erase?" => Self::AskErase,
            "erase!" => Self::Erase,
            "keep" => Self::KeepData,
            "goon" => Self::GoOn,
            _ => return None,
        })
    }

    fn decode_with(verb: &str, argument: &str) -> Option<Self> {
        Some(match verb {
            "agree" => Self::Agree(Language::from_code(argument)?),
            "else" => Self::BackTo(find_in(&QUESTIONS, argument)?),
            "page" => Self::Page(Page::from_name(argument)?),
            "crisis" => Self::CrisisIn(Country::from_code(argument)?),
            "now" => Self::NoteNow(find_in(&POOLS, argument)?),
            "one" => Self::OnlyOne(find_in(&POOLS, argument)?),
            "more" => Self::AnotherNote(NoteId::new(argument)?),
            "days" => Self::SetDays(Weekdays::from_bits(argument.parse().ok()?)?),
            "country" => Self::SetCountry(Country::from_code(argument)?),
            "language" => Self::SetLanguage(Language::from_code(argument)?),
            "sound" => Self::SetSound(match argument {
                "1" => true,
                "0" => false,
                _ => return None,
            }),
            "retire" => Self::Retire(NoteId::new(argument)?),
            "pause" => Self::Pause(
                argument
                    .parse()
                    .ok()
                    .filter(|days| (1..=MAX_PAUSE_DAYS).contains(days))?,
            ),
            _ => return None,
        })
    }

    fn decode_in_flow(verb: &str, argument: &str, flow: &str) -> Option<Self> {
        let flow = Flow::from_letter(flow)?;
        Some(match verb {
            "ask" => Self::Ask(find_in(&QUESTIONS, argument)?, flow),
            "clock" => Self::ClockIs(
                argument
                    .parse()
                    .ok()
                    .filter(|minutes| (-24 * 60..=24 * 60).contains(minutes))?,
                flow,
            ),
            "zone" => Self::SetZone(Zone::new(argument)?, flow),
            "time" => Self::SetTime(time_from_digits(argument)?, flow),
            "plan" => Self::SetPlan(find_in(&PLANS, argument)?, flow),
            _ => return None,
        })
    }
}

/// The longest pause in days that a button or `/pause` takes; longer ones are “until I resume”.
pub const MAX_PAUSE_DAYS: u16 = 30;

impl Flow {
    const fn letter(self) -> char {
        match self {
            Self::SetUp => 'u',
            Self::Settings => 's',
        }
    }

    fn from_letter(letter: &str) -> Option<Self> {
        match letter {
            "u" => Some(Self::SetUp),
            "s" => Some(Self::Settings),
            _ => None,
        }
    }
}

const QUESTIONS: [(Asking, &str); 13] = [
    (Asking::Zone, "zone"),
    (Asking::Clock, "clock"),
    (Asking::EveryClock, "clocks"),
    (Asking::City, "city"),
    (Asking::Location, "location"),
    (Asking::Time, "time"),
    (Asking::OtherTime, "othertime"),
    (Asking::Plan, "plan"),
    (Asking::Days, "days"),
    (Asking::Country, "country"),
    (Asking::Language, "language"),
    (Asking::Summary, "summary"),
    (Asking::Pause, "pause"),
];

const MOVES: [(Moved, &str); 3] = [
    (Moved::InAnHour, "h"),
    (Moved::ThisEvening, "e"),
    (Moved::Tomorrow, "t"),
];

const PLANS: [(PlanName, &str); 4] = [
    (PlanName::Daily, "daily"),
    (PlanName::DailyWithPractices, "practices"),
    (PlanName::ThreeAWeek, "three"),
    (PlanName::Weekly, "weekly"),
];

fn name_in<T: PartialEq + Copy>(table: &[(T, &'static str)], value: T) -> &'static str {
    table
        .iter()
        .find(|(known, _)| *known == value)
        .map_or("", |(_, name)| name)
}

fn find_in<T: Copy>(table: &[(T, &'static str)], name: &str) -> Option<T> {
    table
        .iter()
        .find(|(_, known)| *known == name)
        .map(|(value, _)| *value)
}

const POOLS: [(Pool, &str); 2] = [
    (Pool::Affirmations, "affirmation"),
    (Pool::Practices, "practice"),
];

fn moment(seconds: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds.parse().ok()?, 0)
}

fn time_from_digits(digits: &str) -> Option<TimeOfDay> {
    if digits.len() != 4 || !digits.is_ascii() {
        return None;
    }
    TimeOfDay::new(digits[..2].parse().ok()?, digits[2..].parse().ok()?)
}

#[cfg(test)]
mod tests;
