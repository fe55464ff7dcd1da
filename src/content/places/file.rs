//! The shape of `places.toml`, and what is checked in it.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::{Context as _, anyhow, bail};
use serde::Deserialize;
use toml::Spanned;

use super::Place;
use crate::domain::{Country, folding::key, zone::Zone};

pub(super) struct Contents {
    pub(super) regions: Vec<Place>,
    /// Each place with every name it is found under.
    pub(super) cities: Vec<(Place, Vec<String>)>,
    pub(super) codes: HashMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    regions: Vec<RawRegion>,
    cities: Vec<RawCities>,
    #[serde(default)]
    codes: BTreeMap<String, Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRegion {
    en: Spanned<String>,
    es: Spanned<String>,
    zone: Spanned<String>,
    country: Spanned<String>,
}

/// Places of one zone and one country.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCities {
    zone: Spanned<String>,
    country: Spanned<String>,
    /// `English | Spanish | other spellings`; one name alone is both.
    names: Vec<Spanned<String>>,
}

pub(super) fn read(file: &str, text: &str) -> anyhow::Result<Contents> {
    let reader = Reader { file, text };
    let raw: Raw = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        anyhow!("{}: {}", reader.place(start), error.message())
    })?;
    let regions = raw
        .regions
        .iter()
        .map(|region| reader.region(region))
        .collect::<anyhow::Result<Vec<_>>>()?;
    if regions.is_empty() {
        bail!("{file}: “regions” is empty; list at least one");
    }
    let cities = reader.cities(&raw.cities)?;
    let known: HashSet<String> = cities
        .iter()
        .flat_map(|(_, names)| names.iter().map(|name| key(name)))
        .collect();
    let mut codes = HashMap::new();
    for (code, name) in &raw.codes {
        let meant = key(name.get_ref());
        if !known.contains(&meant) {
            let at = reader.place(name.span().start);
            bail!(
                "{at}: “{}” is not among the names of “cities”",
                name.get_ref()
            );
        }
        codes.insert(key(code), meant);
    }
    Ok(Contents {
        regions,
        cities,
        codes,
    })
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
}

impl Reader<'_> {
    /// File and line of a byte of the text.
    fn place(&self, at: usize) -> String {
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        format!("{}, line {line}", self.file)
    }

    fn region(&self, raw: &RawRegion) -> anyhow::Result<Place> {
        Ok(Place {
            en: self.name(&raw.en, raw.en.get_ref())?,
            es: self.name(&raw.es, raw.es.get_ref())?,
            zone: self.zone(&raw.zone)?,
            country: Some(self.country(&raw.country)?),
        })
    }

    fn cities(&self, raw: &[RawCities]) -> anyhow::Result<Vec<(Place, Vec<String>)>> {
        let mut cities = Vec::new();
        let mut seen = HashSet::new();
        for group in raw {
            let zone = self.zone(&group.zone)?;
            let country = self.country(&group.country)?;
            for line in &group.names {
                let names = line
                    .get_ref()
                    .split('|')
                    .map(|name| self.name(line, name))
                    .collect::<anyhow::Result<Vec<_>>>()?;
                let en = names.first().context("split gives at least one part")?;
                if !seen.insert((key(en), zone.clone(), country)) {
                    bail!(
                        "{}: “{en}” stands twice in this zone",
                        self.place(line.span().start)
                    );
                }
                let place = Place {
                    en: en.clone(),
                    es: names.get(1).unwrap_or(en).clone(),
                    zone: zone.clone(),
                    country: Some(country),
                };
                cities.push((place, names));
            }
        }
        Ok(cities)
    }

    fn name(&self, from: &Spanned<String>, name: &str) -> anyhow::Result<String> {
        let name = name.trim();
        if key(name).is_empty() {
            bail!("{}: a name is empty", self.place(from.span().start));
        }
        Ok(name.to_owned())
    }

    fn zone(&self, name: &Spanned<String>) -> anyhow::Result<Zone> {
        let zone = Zone::new(name.get_ref()).filter(|zone| zone.name() == name.get_ref());
        zone.with_context(|| {
            format!(
                "{}: “{}” is not an IANA time zone; write it like America/Los_Angeles",
                self.place(name.span().start),
                name.get_ref()
            )
        })
    }

    fn country(&self, code: &Spanned<String>) -> anyhow::Result<Country> {
        Country::from_code(code.get_ref()).with_context(|| {
            format!(
                "{}: “{}” is not a country code of two letters, like US",
                self.place(code.span().start),
                code.get_ref()
            )
        })
    }
}
