//! One subscriber as the database has her: text, bytes and whole numbers, equal on both engines.
//!
//! A moment is stored in whole seconds (UTC), rounded down; a day and a wall-clock time as ISO text.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::{Keys, StoreError, keys::random_start};
use crate::domain::{
    ChatId, Country, Language, NoteId, Pool, Subscriber,
    schedule::Schedule,
    subscriber::{Awaiting, Silence, Slot, Standing},
    zone::Zone,
};

/// The table's name, which its sealed values are bound to.
const TABLE: &str = "subscribers";
/// A local time as stored: sorts rightly, and a person can read it.
const WALL_FORMAT: &str = "%Y-%m-%dT%H:%M:%S";

/// The columns of `subscribers`.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub chat_hash: Vec<u8>,
    pub chat_sealed: Vec<u8>,
    pub revision: i64,
    pub language: String,
    pub country: String,
    pub zone: String,
    pub schedule: String,
    pub pools: String,
    pub sound: i64,
    pub standing: String,
    pub paused_until: Option<i64>,
    pub blocked_since: Option<i64>,
    pub awaiting: Option<String>,
    pub consent_version: i64,
    pub consented_on: String,
    pub last_active: String,
    pub due_at: Option<i64>,
    pub slot_wall: Option<String>,
    pub last_sent: Option<i64>,
    pub carried: Option<String>,
    pub history: String,
    pub silence: String,
    pub erase_at: Option<i64>,
}

impl Row {
    /// The row of a new parent: it begins at a revision of its own.
    pub(super) fn beginning(subscriber: &Subscriber, keys: &Keys) -> Self {
        Self {
            revision: random_start(),
            ..Self::from_subscriber(subscriber, keys)
        }
    }

    pub(super) fn from_subscriber(subscriber: &Subscriber, keys: &Keys) -> Self {
        let chat_hash = keys.hash(subscriber.chat);
        let (standing, paused_until) = standing_to_columns(subscriber.standing);
        Self {
            chat_sealed: keys.seal(TABLE, &chat_hash, &subscriber.chat.0.to_le_bytes()),
            chat_hash: chat_hash.to_vec(),
            revision: subscriber.revision,
            language: subscriber.language.code().into(),
            country: subscriber.country.code().into(),
            zone: subscriber.zone.name().into(),
            schedule: subscriber.schedule.expression().into(),
            pools: subscriber
                .pools
                .iter()
                .map(|pool| pool_code(*pool))
                .collect::<Vec<_>>()
                .join(","),
            sound: subscriber.sound.into(),
            standing: standing.into(),
            paused_until,
            blocked_since: seconds(subscriber.blocked_since),
            awaiting: subscriber.awaiting.as_ref().map(awaiting_code),
            consent_version: subscriber.consent_version.into(),
            consented_on: subscriber.consented_on.to_string(),
            last_active: subscriber.last_active.to_string(),
            due_at: subscriber.next.map(|slot| slot.due.timestamp()),
            slot_wall: subscriber
                .next
                .map(|slot| slot.wall.format(WALL_FORMAT).to_string()),
            last_sent: seconds(subscriber.last_sent),
            carried: subscriber.carried.as_ref().map(|id| id.as_str().into()),
            history: serde_json::to_string(&subscriber.history)
                .expect("names and numbers always have a JSON form"),
            silence: silence_code(subscriber.silence).into(),
            erase_at: seconds(subscriber.erase_at),
        }
    }

    pub(super) fn into_subscriber(self, keys: &Keys) -> Result<Subscriber, StoreError> {
        let Self { standing, .. } = &self;
        Ok(Subscriber {
            chat: self.chat(keys).ok_or(bad("chat"))?,
            language: Language::from_code(&self.language).ok_or(bad("language"))?,
            country: Country::from_code(&self.country).ok_or(bad("country"))?,
            zone: Zone::kept(&self.zone),
            schedule: Schedule::parse(&self.schedule)
                .ok()
                .ok_or(bad("schedule"))?,
            pools: self
                .pools
                .split(',')
                .map(|code| ALL_POOLS.into_iter().find(|pool| pool_code(*pool) == code))
                .collect::<Option<_>>()
                .ok_or(bad("pools"))?,
            sound: self.sound != 0,
            standing: standing_from_columns(standing, self.paused_until).ok_or(bad("standing"))?,
            blocked_since: moment(self.blocked_since, "blocked_since")?,
            awaiting: self
                .awaiting
                .as_deref()
                .map(|code| awaiting_from_code(code).ok_or(bad("awaiting")))
                .transpose()?,
            consent_version: self
                .consent_version
                .try_into()
                .map_err(|_| bad("consent_version"))?,
            consented_on: day(&self.consented_on, "consented_on")?,
            last_active: day(&self.last_active, "last_active")?,
            next: self.slot()?,
            last_sent: moment(self.last_sent, "last_sent")?,
            carried: self
                .carried
                .as_deref()
                .map(|id| NoteId::new(id).ok_or(bad("carried")))
                .transpose()?,
            history: serde_json::from_str(&self.history).map_err(|_| bad("history"))?,
            silence: find(ALL_SILENCES, silence_code, &self.silence).ok_or(bad("silence"))?,
            erase_at: moment(self.erase_at, "erase_at")?,
            revision: self.revision,
        })
    }

    fn chat(&self, keys: &Keys) -> Option<ChatId> {
        let plain = keys.unseal(TABLE, &self.chat_hash, &self.chat_sealed)?;
        Some(ChatId(i64::from_le_bytes(plain.try_into().ok()?)))
    }

    fn slot(&self) -> Result<Option<Slot>, StoreError> {
        let (Some(due), Some(wall)) = (moment(self.due_at, "due_at")?, &self.slot_wall) else {
            return Ok(None);
        };
        let wall =
            NaiveDateTime::parse_from_str(wall, WALL_FORMAT).map_err(|_| bad("slot_wall"))?;
        Ok(Some(Slot { due, wall }))
    }
}

fn bad(column: &'static str) -> StoreError {
    StoreError::Unreadable(column)
}

fn seconds(moment: Option<DateTime<Utc>>) -> Option<i64> {
    moment.map(|moment| moment.timestamp())
}

fn moment(seconds: Option<i64>, column: &'static str) -> Result<Option<DateTime<Utc>>, StoreError> {
    seconds
        .map(|seconds| DateTime::from_timestamp(seconds, 0).ok_or(bad(column)))
        .transpose()
}

fn day(text: &str, column: &'static str) -> Result<NaiveDate, StoreError> {
    text.parse().map_err(|_| bad(column))
}

// The codes are written out, and not derived from the names in the code: a renamed variant must not change what a
// stored row means.

const ALL_POOLS: [Pool; 2] = [Pool::Affirmations, Pool::Practices];

fn pool_code(pool: Pool) -> &'static str {
    match pool {
        Pool::Affirmations => "affirmations",
        Pool::Practices => "practices",
    }
}

fn awaiting_code(awaiting: &Awaiting) -> String {
    match awaiting {
        Awaiting::ClockInSetup(zone) => format!("clock_in_setup:{}", zone.name()),
        Awaiting::Clock(zone) => format!("clock:{}", zone.name()),
        Awaiting::ZoneInSetup => "zone_in_setup".into(),
        Awaiting::Zone => "zone".into(),
        Awaiting::TimeInSetup => "time_in_setup".into(),
        Awaiting::Time => "time".into(),
        Awaiting::Erase => "erase".into(),
    }
}

fn awaiting_from_code(code: &str) -> Option<Awaiting> {
    Some(match code.split_once(':') {
        Some(("clock_in_setup", zone)) => Awaiting::ClockInSetup(Zone::kept(zone)),
        Some(("clock", zone)) => Awaiting::Clock(Zone::kept(zone)),
        Some(_) => return None,
        None => match code {
            "zone_in_setup" => Awaiting::ZoneInSetup,
            "zone" => Awaiting::Zone,
            "time_in_setup" => Awaiting::TimeInSetup,
            "time" => Awaiting::Time,
            "erase" => Awaiting::Erase,
            _ => return None,
        },
    })
}

const ALL_SILENCES: [Silence; 3] = [Silence::Unasked, Silence::AskedToGoOn, Silence::Noticed];

fn silence_code(silence: Silence) -> &'static str {
    match silence {
        Silence::Unasked => "unasked",
        Silence::AskedToGoOn => "asked",
        Silence::Noticed => "noticed",
    }
}

fn find<T: Copy, const N: usize>(
    all: [T; N],
    code_of: fn(T) -> &'static str,
    code: &str,
) -> Option<T> {
    all.into_iter().find(|value| code_of(*value) == code)
}

fn standing_to_columns(standing: Standing) -> (&'static str, Option<i64>) {
    match standing {
        Standing::Active => ("active", None),
        Standing::PausedUntil(moment) => ("paused", Some(moment.timestamp())),
        Standing::Paused => ("paused", None),
        Standing::Stopped => ("stopped", None),
    }
}

fn standing_from_columns(standing: &str, paused_until: Option<i64>) -> Option<Standing> {
    match (standing, paused_until) {
        ("active", _) => Some(Standing::Active),
        ("paused", None) => Some(Standing::Paused),
        ("paused", Some(seconds)) => {
            DateTime::from_timestamp(seconds, 0).map(Standing::PausedUntil)
        }
        ("stopped", _) => Some(Standing::Stopped),
        _ => None,
    }
}
