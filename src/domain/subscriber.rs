//! One parent who agreed to get notes, and everything that is stored about her.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ChatId, Country, Language, NoteId, Pool, schedule::Schedule, zone::Zone};

/// A parent's whole row. Nothing else about her is kept anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscriber {
    /// Where to write to; stored encrypted.
    pub chat: ChatId,
    /// What she reads.
    pub language: Language,
    /// Whose crisis lines she sees.
    pub country: Country,
    /// Whose wall clock her schedule is read on.
    pub zone: Zone,
    /// When notes come, on her wall clock.
    pub schedule: Schedule,
    /// What the notes are drawn from; never empty.
    pub pools: Vec<Pool>,
    /// Whether a note rings; silent by default.
    pub sound: bool,
    /// Whether notes come at present.
    pub standing: Standing,
    /// Since when Telegram refuses to write to her (she blocked the bot); her standing waits underneath.
    pub blocked_since: Option<DateTime<Utc>>,
    /// The one typed answer that is expected next, if any.
    pub awaiting: Option<Awaiting>,
    /// Which consent text she agreed to.
    pub consent_version: u16,
    /// The day (UTC) on which she agreed.
    pub consented_on: NaiveDate,
    /// The last day (UTC) on which she wrote or tapped.
    pub last_active: NaiveDate,
    /// The next note; `None` while none is to come.
    pub next: Option<Slot>,
    /// When the last note was accepted by Telegram.
    pub last_sent: Option<DateTime<Utc>>,
    /// The note that she moved to another time: the next one to come.
    pub carried: Option<NoteId>,
    /// Which notes she has had, and which she never wants again.
    pub history: History,
    /// How far the questions to a silent reader have gone.
    pub silence: Silence,
    /// When the whole row is to be erased, if that is settled.
    pub erase_at: Option<DateTime<Utc>>,
    /// Counts the writes of this row; a write succeeds only on the revision that it read.
    pub revision: i64,
}

/// One occurrence of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The moment at which the note is due.
    pub due: DateTime<Utc>,
    /// The wall-clock time that the schedule named: differs from the local time of `due` only in a gap.
    pub wall: NaiveDateTime,
}

/// Whether notes come at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They come.
    Active,
    /// They come again after this moment.
    PausedUntil(DateTime<Utc>),
    /// They come again when she says so.
    Paused,
    /// She ended them (or the loss reply did).
    Stopped,
}

/// A typed answer that is expected. Anything else that she types is still answered as usual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Awaiting {
    /// Whether this zone's clock is hers: yes, no, or a city; asked in set-up (the next question follows).
    ClockInSetup(Zone),
    /// The same, asked in the settings.
    Clock(Zone),
    /// A city or zone, asked for in set-up (the next question follows).
    ZoneInSetup,
    /// A city or zone, asked for in the settings.
    Zone,
    /// A time of day, asked for in set-up.
    TimeInSetup,
    /// A time of day, asked for in the settings.
    Time,
    /// Whether to erase everything.
    Erase,
}

impl Awaiting {
    /// Whether it was asked in set-up.
    pub const fn is_in_setup(&self) -> bool {
        matches!(
            self,
            Self::ClockInSetup(_) | Self::ZoneInSetup | Self::TimeInSetup
        )
    }
}

/// Which notes a parent has had. Stored as JSON; note ids only, never their text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// For each note she has had: its number (1, 2, …) in the order in which they last came.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub came: BTreeMap<String, u32>,
    /// Notes she tapped “not for me” on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retired: Vec<NoteId>,
    /// How many scheduled notes have been sent: decides whose turn it is among the pools.
    #[serde(default)]
    pub sent: u32,
}

/// How far the questions to a silent reader have gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Silence {
    /// Nothing has been asked since she last wrote or tapped.
    #[default]
    Unasked,
    /// She was asked once whether to go on.
    AskedToGoOn,
    /// She was told that everything is erased in seven days.
    Noticed,
}
