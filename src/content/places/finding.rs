//! How a typed place is looked for: exactly, then as a city with its country, then near.

use chrono::{DateTime, FixedOffset, Utc};

use super::{Found, Place, Places};
use crate::domain::{
    Country,
    folding::{fold, key},
    zone::Zone,
};

/// The longest text in characters that can be a place.
const MAX_CHARS: usize = 80;
/// So many suggestions fit a phone's screen as buttons.
const MAX_SUGGESTIONS: usize = 6;

/// Words before a place that are not its name, longest first.
const BEFORE: &[&str] = &[
    "i live in",
    "i live near",
    "we live in",
    "i am in",
    "im in",
    "in the",
    "vivo cerca de",
    "vivo en",
    "estoy en",
    "cerca de",
    "hora de",
    "hora del",
    "soy de",
    "close to",
    "near",
    "from",
    "in",
    "en",
    "the",
];
/// Words after a place that are not its name.
const AFTER: &[&str] = &[
    "time zone",
    "timezone",
    "time",
    "please",
    "area",
    "por favor",
];

pub(super) fn find(places: &Places, text: &str, now: DateTime<Utc>) -> Found {
    if text.chars().nth(MAX_CHARS).is_some() {
        return Found::None;
    }
    if let Some(zone) = zone_by_name(text) {
        return Found::Exact(vec![zone]);
    }
    if let Some(offset) = distance_from_utc(text) {
        let regions = places.regions_with_offset(now, offset);
        return suggestions(regions.into_iter());
    }
    let typed = key(text);
    if typed.is_empty() {
        return Found::None;
    }
    let bare = strip(&typed);
    for name in [typed.as_str(), bare] {
        let exact = named(places, name);
        if !exact.is_empty() {
            return Found::Exact(different(exact.into_iter()).cloned().collect());
        }
    }
    qualified(places, bare).unwrap_or_else(|| near(places, bare))
}

/// A zone by its IANA name (`america/los angeles`), or UTC itself.
fn zone_by_name(text: &str) -> Option<Place> {
    let parts: Vec<&str> = text.trim().split('/').map(str::trim).collect();
    let name = parts.join("/").replace(' ', "_");
    if !name.contains('/') && !name.eq_ignore_ascii_case("utc") {
        return None;
    }
    let zone = Zone::new(&name)?;
    Some(Place {
        en: zone.name().to_owned(),
        es: zone.name().to_owned(),
        country: zone.country(),
        zone,
    })
}

/// `UTC-5`, `GMT+5:30`, `+2`: how far ahead of UTC. East is plus, as people mean it (and `Etc/GMT` does not).
fn distance_from_utc(text: &str) -> Option<FixedOffset> {
    let text: String = fold(text).split_whitespace().collect();
    let named = text
        .strip_prefix("utc")
        .or_else(|| text.strip_prefix("gmt"));
    if named == Some("") {
        return FixedOffset::east_opt(0);
    }
    let distance = named.unwrap_or(&text);
    let (sign, digits) = match distance.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once([':', '.']) {
        Some((hours, minutes)) if minutes.len() == 2 => (hours, minutes),
        Some(_) => return None,
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "0"),
    };
    let number = |text: &str| {
        let plain = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| text.parse::<i32>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let fits = hours <= 14 && minutes < 60;
    fits.then(|| FixedOffset::east_opt(sign * (hours * 3600 + minutes * 60)))
        .flatten()
}

/// The typed key without words such as “I live in”.
fn strip(typed: &str) -> &str {
    let mut bare = typed;
    for word in BEFORE {
        if let Some(rest) = bare
            .strip_prefix(word)
            .and_then(|rest| rest.strip_prefix(' '))
        {
            bare = rest;
        }
    }
    for word in AFTER {
        if let Some(rest) = bare
            .strip_suffix(word)
            .and_then(|rest| rest.strip_suffix(' '))
        {
            bare = rest;
        }
    }
    bare
}

/// The places of this name; those that are called so first, then those that are also called so.
fn named<'a>(places: &'a Places, name: &str) -> Vec<&'a Place> {
    let under = places.index.get(name).map(Vec::as_slice);
    let mut found: Vec<&Place> = under
        .unwrap_or_default()
        .iter()
        .filter_map(|at| places.cities.get(*at))
        .collect();
    found.sort_by_key(|place| key(&place.en) != name && key(&place.es) != name);
    found
}

/// `portland maine`: a name and, after it, what it lies in.
fn qualified(places: &Places, typed: &str) -> Option<Found> {
    let splits = typed
        .match_indices(' ')
        .map(|(at, _)| (&typed[..at], &typed[at + 1..]));
    let mut wider = None;
    for (head, tail) in splits {
        let mut around = named(places, tail);
        if around.is_empty()
            && let Some(meant) = places.codes.get(tail)
        {
            around = named(places, meant);
        }
        if around.is_empty() {
            continue;
        }
        let within: Vec<&Place> = named(places, head)
            .into_iter()
            .filter(|place| around.iter().any(|around| lies_in(place, around)))
            .collect();
        if !within.is_empty() {
            return Some(Found::Exact(
                different(within.into_iter()).cloned().collect(),
            ));
        }
        // A town nobody knows in a country that is known: the country's zones, to choose from.
        wider.get_or_insert_with(|| suggestions(around.into_iter()));
    }
    wider
}

/// Whether `place` can lie in `around`: the same zone, or the same country where that is what `around` names.
fn lies_in(place: &Place, around: &Place) -> bool {
    place.country == around.country && place.zone == around.zone
}

/// Names that are a slip or a beginning away.
fn near(places: &Places, typed: &str) -> Found {
    let length = typed.chars().count();
    let slips = match length {
        0..4 => return Found::None,
        4..8 => 1,
        _ => 2,
    };
    let mut ranked: Vec<(usize, &str, usize)> = Vec::new();
    for (name, under) in &places.index {
        let distance = if name.len().abs_diff(typed.len()) <= 2 * slips {
            strsim::osa_distance(name, typed)
        } else {
            usize::MAX
        };
        // What she began to write ranks behind a slip.
        let rank = if distance <= slips {
            distance
        } else if name.starts_with(typed) {
            slips + 1
        } else {
            continue;
        };
        ranked.extend(under.iter().map(|at| (rank, name.as_str(), *at)));
    }
    ranked.sort_unstable();
    suggestions(
        ranked
            .iter()
            .filter_map(|(_, _, at)| places.cities.get(*at)),
    )
}

fn suggestions<'a>(found: impl Iterator<Item = &'a Place>) -> Found {
    let found: Vec<Place> = different(found).take(MAX_SUGGESTIONS).cloned().collect();
    if found.is_empty() {
        Found::None
    } else {
        Found::Suggestions(found)
    }
}

/// Only the first of those that are the same clock in the same country.
fn different<'a>(places: impl Iterator<Item = &'a Place>) -> impl Iterator<Item = &'a Place> {
    let mut seen: Vec<(&Zone, Option<Country>)> = Vec::new();
    places.filter(move |place| {
        let which = (&place.zone, place.country);
        let new = !seen.contains(&which);
        if new {
            seen.push(which);
        }
        new
    })
}
