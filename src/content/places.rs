//! Cities and regions by the names that people type, and the zones they lie in.
//!
//! `places.toml` is written by hand; the last parts of the IANA zone names are added to it. A name is found when it
//! is equal but for case, accents and punctuation; a near miss is only ever suggested.

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset, NaiveDateTime, Offset, TimeDelta, Timelike, Utc};

use crate::domain::{Country, Language, folding::key, time_of_day::TimeOfDay, zone::Zone};

mod file;
mod finding;
#[cfg(test)]
mod tests;

/// A city, state, country or region, and the zone it lies in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its English name.
    pub en: String,
    /// Its Spanish name.
    pub es: String,
    /// Whose clock it has.
    pub zone: Zone,
    /// The country it lies in; `None` when the zone is no place on earth (UTC).
    pub country: Option<Country>,
}

/// What a typed place turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is one of these (several for a name such as Birmingham).
    Exact(Vec<Place>),
    /// Nothing has this name, but these are near. Never take one without asking.
    Suggestions(Vec<Place>),
    /// Nothing is near.
    None,
}

/// A time that clocks somewhere on earth show at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockChoice {
    /// What those clocks show.
    pub wall: NaiveDateTime,
    /// How far ahead of UTC they are.
    pub offset: FixedOffset,
}

/// Every place the bot knows.
#[derive(Clone, Debug)]
pub struct Places {
    regions: Vec<Place>,
    cities: Vec<Place>,
    /// Indices into `cities` by the key of each name.
    index: HashMap<String, Vec<usize>>,
    /// What two letters after a city's name mean (`ME`): the key of a place.
    codes: HashMap<String, String>,
}

impl Place {
    /// Its name in `language`.
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Es => &self.es,
        }
    }
}

impl Places {
    /// Reads `text`, the content of `file` (which is only named in errors, with the line).
    pub fn parse(file: &str, text: &str) -> anyhow::Result<Self> {
        let file::Contents {
            regions,
            cities,
            codes,
        } = file::read(file, text)?;
        let mut all = Self {
            regions,
            cities: Vec::new(),
            index: HashMap::new(),
            codes,
        };
        for (place, names) in cities {
            all.add(place, &names);
        }
        all.add_zone_names();
        Ok(all)
    }

    /// The regions among which a parent chooses when only her clock is known, in the file's order.
    pub fn regions(&self) -> &[Place] {
        &self.regions
    }

    /// The regions whose clocks show `shown` at `now`, give or take the minutes that a tap takes.
    pub fn regions_at(&self, now: DateTime<Utc>, shown: TimeOfDay) -> Vec<&Place> {
        // Every zone is a multiple of 15 minutes from UTC, so that half of that is never another zone's clock.
        const TOLERANCE: TimeDelta = TimeDelta::minutes(7);
        const DAY: i64 = 24 * 60;
        let shown = i64::from(shown.hour() * 60 + shown.minute());
        let fits = |region: &&Place| {
            let wall = region.zone.wall(now);
            let clock = i64::from(wall.hour() * 60 + wall.minute());
            let apart = (clock - shown).rem_euclid(DAY);
            TimeDelta::minutes(apart.min(DAY - apart)) <= TOLERANCE
        };
        self.regions.iter().filter(fits).collect()
    }

    /// The regions whose clocks show this hour at `now`, whatever the minutes.
    pub fn regions_in_hour(&self, now: DateTime<Utc>, hour: u32) -> Vec<&Place> {
        let fits = |region: &&Place| region.zone.wall(now).hour() == hour;
        self.regions.iter().filter(fits).collect()
    }

    /// The regions whose clocks are `offset` ahead of UTC at `now`.
    pub fn regions_with_offset(&self, now: DateTime<Utc>, offset: FixedOffset) -> Vec<&Place> {
        let fits = |region: &&Place| region.zone.offset(now) == offset;
        self.regions.iter().filter(fits).collect()
    }

    /// The different times that the clocks of these regions show at `now`, from west to east.
    pub fn clock_choices(
        &self,
        now: DateTime<Utc>,
        these: impl Fn(&Place) -> bool,
    ) -> Vec<ClockChoice> {
        let mut offsets: Vec<FixedOffset> = self
            .regions
            .iter()
            .filter(|region| these(region))
            .map(|region| region.zone.offset(now))
            .collect();
        offsets.sort_unstable_by_key(|offset| offset.fix().local_minus_utc());
        offsets.dedup();
        let choice = |offset: FixedOffset| ClockChoice {
            wall: now.with_timezone(&offset).naive_local(),
            offset,
        };
        offsets.into_iter().map(choice).collect()
    }

    /// What `text`, as a parent typed it, may mean: a city, a state, a country, a zone (`America/Lima`), a city with
    /// its state or country (`Portland, Maine`), or a distance from UTC (`UTC-5`, read at `now`).
    pub fn find(&self, text: &str, now: DateTime<Utc>) -> Found {
        finding::find(self, text, now)
    }

    fn add(&mut self, place: Place, names: &[String]) {
        let at = self.cities.len();
        for name in names {
            let under = self.index.entry(key(name)).or_default();
            if under.last() != Some(&at) {
                under.push(at);
            }
        }
        self.cities.push(place);
    }

    /// `America/Argentina/Ushuaia` adds Ushuaia, unless the file has a place of that name.
    fn add_zone_names(&mut self) {
        for zone in Zone::all().iter().filter_map(|name| Zone::new(name)) {
            let Some((area, last)) = zone.name().split_once('/') else {
                continue;
            };
            let name = last.rsplit('/').next().unwrap_or(last).replace('_', " ");
            if !AREAS.contains(&area) || self.index.contains_key(&key(&name)) {
                continue;
            }
            // An old name leads to the zone's name of today.
            let zone = Zone::new(zone.primary_name()).unwrap_or(zone);
            let place = Place {
                en: name.clone(),
                es: name.clone(),
                country: zone.country(),
                zone,
            };
            self.add(place, &[name]);
        }
    }
}

/// The first parts of zone names whose last parts are places. Not `Etc`, and not the old `US`, `Canada` and the like.
const AREAS: [&str; 10] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
];
