//! Cities, regions and clocks, as parents type them; and mistakes in the file.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

const TEXT: &str = include_str!("../../../messages/places.toml");

fn places() -> &'static Places {
    static PLACES: LazyLock<Places> = LazyLock::new(|| Places::parse("places.toml", TEXT).unwrap());
    &PLACES
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    moment("2026-11-23T18:24:00Z")
}

fn exact(places: &Places, text: &str) -> Vec<String> {
    match places.find(text, now()) {
        Found::Exact(found) => found
            .iter()
            .map(|place| place.zone.name().to_owned())
            .collect(),
        other => panic!("{text}: {other:?}"),
    }
}

fn suggested(places: &Places, text: &str) -> Vec<String> {
    match places.find(text, now()) {
        Found::Suggestions(found) => found
            .iter()
            .map(|place| place.zone.name().to_owned())
            .collect(),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn a_name_is_found_in_either_language_and_any_dress() {
    let places = places();
    for (zone, names) in [
        (
            "America/New_York",
            "New York | nueva york | NYC |   new-york  | ＮＹＣ | Brooklyn | I live in Boston",
        ),
        (
            "America/Mexico_City",
            "ciudad de mexico | CDMX | Ciudad de México | vivo en Puebla",
        ),
        (
            "Europe/London",
            "Londres | LONDON, UK | england | London time",
        ),
        (
            "Europe/Berlin",
            "Munich | München | MUENCHEN | Múnich | múnich, alemania",
        ),
        (
            "America/Los_Angeles",
            "L.A. | los angeles, ca | san diego | San Diego, California | california | Portland OR | Pacific Time",
        ),
        (
            "America/Bogota",
            "bogotá | Bogota | colombia | Medellin Colombia",
        ),
        (
            "America/Argentina/Ushuaia",
            "Ushuaia | america/argentina/ushuaia",
        ),
        (
            "America/Los_Angeles",
            "America/Los_Angeles | america/los angeles",
        ),
        ("Asia/Kolkata", "Calcutta | Bombay | india"),
        ("UTC", "utc | UTC"),
    ] {
        for name in names.split(" | ") {
            assert_eq!(exact(places, name), [zone], "{name}");
        }
    }
}

#[test]
fn a_name_of_several_places_gives_them_all() {
    let places = places();
    assert_eq!(
        exact(places, "Birmingham"),
        ["Europe/London", "America/Chicago"]
    );
    assert_eq!(
        exact(places, "cordoba"),
        ["America/Argentina/Cordoba", "Europe/Madrid"]
    );
    assert_eq!(
        exact(places, "Georgia"),
        ["America/New_York", "Asia/Tbilisi"]
    );
    assert_eq!(
        exact(places, "España"),
        ["Europe/Madrid", "Atlantic/Canary"]
    );
    assert_eq!(
        exact(places, "Washington"),
        ["America/Los_Angeles", "America/New_York"]
    );
    assert!(exact(places, "USA").len() >= 6);
}

#[test]
fn what_a_city_lies_in_decides_between_its_namesakes() {
    let places = places();
    assert_eq!(exact(places, "Birmingham, UK"), ["Europe/London"]);
    assert_eq!(exact(places, "Birmingham Alabama"), ["America/Chicago"]);
    assert_eq!(exact(places, "Portland, ME"), ["America/New_York"]);
    assert_eq!(
        exact(places, "Córdoba (Argentina)"),
        ["America/Argentina/Cordoba"]
    );
    assert_eq!(exact(places, "Guadalajara, España"), ["Europe/Madrid"]);
    assert_eq!(suggested(places, "Smallville, Ohio"), ["America/New_York"]);
}

#[test]
fn a_slip_is_suggested_and_never_taken() {
    let places = places();
    assert_eq!(suggested(places, "Los Angelse")[0], "America/Los_Angeles");
    assert_eq!(suggested(places, "barcelna"), ["Europe/Madrid"]);
    assert_eq!(suggested(places, "san franc"), ["America/Los_Angeles"]);
    assert_eq!(suggested(places, "Londn"), ["Europe/London"]);
}

#[test]
fn nothing_near_is_none() {
    let places = places();
    for text in [
        "",
        "   ",
        "Xyzzyville",
        "ok",
        "hi",
        "in",
        "me",
        "8:30",
        "😀",
        "/timezone",
        "///",
        "Etc/Unknown",
    ] {
        assert_eq!(places.find(text, now()), Found::None, "{text}");
    }
}

#[test]
fn a_distance_from_utc_gives_the_regions_at_it() {
    let places = places();
    assert_eq!(suggested(places, "UTC-8")[0], "America/Los_Angeles");
    assert_eq!(suggested(places, "GMT+5:30"), ["Asia/Kolkata"]);
    assert_eq!(suggested(places, "+0545"), ["Asia/Kathmandu"]);
    assert!(suggested(places, "gmt").contains(&"Europe/London".to_owned()));
    assert!(suggested(places, "utc + 1").contains(&"Europe/Madrid".to_owned()));
    for nowhere in ["UTC+99", "+", "-", "UTC+4:7", "+1:2:3", "utc-"] {
        assert_eq!(places.find(nowhere, now()), Found::None, "{nowhere}");
    }
}

#[test]
fn regions_are_found_by_what_their_clock_shows() {
    let places = places();
    let shown = |text: &str| -> Vec<&str> {
        let found = places.regions_at(now(), TimeOfDay::parse(text).unwrap());
        found.into_iter().map(|region| region.zone.name()).collect()
    };
    assert_eq!(shown("10:24"), ["America/Los_Angeles", "America/Tijuana"]);
    assert_eq!(shown("10:20"), shown("10:24"));
    assert_eq!(shown("23:54"), ["Asia/Kolkata"]);
    assert_eq!(shown("10:34"), Vec::<&str>::new());
    // Past midnight on the one, before it on the other.
    let midnight = moment("2026-11-24T08:02:00Z");
    let late = places.regions_at(midnight, TimeOfDay::new(23, 58).unwrap());
    assert!(
        late.iter()
            .any(|region| region.zone.name() == "America/Los_Angeles")
    );
}

#[test]
fn clock_choices_are_distinct_and_lead_to_regions() {
    let places = places();
    for moment in [now(), moment("2027-07-01T12:00:00Z")] {
        let choices = places.clock_choices(moment, |_| true);
        assert!((28..=40).contains(&choices.len()), "{}", choices.len());
        assert!(
            choices
                .windows(2)
                .all(|pair| pair[0].offset.local_minus_utc() < pair[1].offset.local_minus_utc())
        );
        for choice in choices {
            let regions = places.regions_with_offset(moment, choice.offset);
            assert!(!regions.is_empty());
            assert!(
                regions
                    .iter()
                    .all(|region| region.zone.wall(moment) == choice.wall)
            );
        }
    }
}

#[test]
fn every_country_matches_the_country_of_its_zone() {
    let places = places();
    for place in places.regions.iter().chain(&places.cities) {
        if let Some(country) = place.zone.country() {
            assert_eq!(
                place.country,
                Some(country),
                "{} in {:?}",
                place.en,
                place.zone
            );
        }
    }
}

#[test]
fn a_mistake_in_the_file_is_named_with_its_line() {
    let check = |from: &str, to: &str, expected: &str| {
        let broken = TEXT.replacen(from, to, 1);
        assert_ne!(broken, TEXT, "{from}");
        let error = Places::parse("places.toml", &broken)
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("places.toml, line ") && error.contains(expected),
            "{error}"
        );
    };
    check(
        "zone = \"Europe/Rome\", country",
        "zone = \"Europe/Roma\", country",
        "Europe/Roma",
    );
    check("country = \"AS\"", "country = \"A\"", "two letters");
    check("\"Tucson\"", "\"Tucson | \"", "empty");
    check("\"Tucson\"", "\"Tucson\", \"tucson\"", "twice");
    check("ME = \"Maine\"", "ME = \"Mane\"", "Mane");
    check("names = [", "nmaes = [", "nmaes");
    check("[codes]", "[codes", "");
    let first = TEXT.find("Europe/Rome").unwrap();
    let line = TEXT[..first].matches('\n').count() + 1;
    let error = Places::parse("places.toml", &TEXT.replacen("Europe/Rome", "x", 1)).unwrap_err();
    assert!(
        error.to_string().contains(&format!("line {line}:")),
        "{error}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_a_panic(text in ".{0,90}", long in ".{3000,4096}") {
        let places = places();
        places.find(&text, now());
        prop_assert_eq!(places.find(&long, now()), Found::None);
    }

    #[test]
    fn no_text_of_place_words_is_a_panic(words in proptest::collection::vec("(utc|gmt|[+]|-|[0-9]|:|/| |new|york|,|é|america)", 0..20)) {
        places().find(&words.concat(), now());
    }
}
