#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes its snapshots so"
)]

use std::collections::BTreeSet;

use expect_test::expect;

use super::*;

mod broken;

fn directory() -> Directory {
    Directory::load(&Folder::built_in()).unwrap_or_else(|problems| panic!("{problems}"))
}

fn voice(country: &str, language: Language) -> Voice {
    let country = Country::from_code(country).unwrap();
    Voice { language, country }
}

fn every_voice(directory: &Directory) -> Vec<Voice> {
    directory
        .countries()
        .flat_map(|lines| Language::ALL.map(|language| (lines.country(), language)))
        .map(|(country, language)| Voice { language, country })
        .collect()
}

#[test]
fn every_country_is_offered_in_order_and_by_name() {
    let directory = directory();
    let codes: Vec<_> = directory
        .countries()
        .map(|lines| lines.country().to_string())
        .collect();
    assert_eq!(codes.join(" "), "US CA GB IE AU NZ MX ES IN ZA EU ZZ");
    let us = directory.get(Country::from_code("us").unwrap());
    assert_eq!(us.name(Language::Es), "Estados Unidos");
    assert_eq!(us.reviewed(), None);
}

#[test]
fn an_unknown_country_gets_no_number_of_any_country() {
    let directory = directory();
    for language in Language::ALL {
        let unknown = voice("fr", language);
        assert!(!directory.knows(unknown.country));
        assert_eq!(directory.get(unknown.country).country(), Country::ELSEWHERE);
        for text in [
            directory.page(unknown),
            directory.footer(unknown),
            directory.helplines(unknown),
        ] {
            assert_eq!(numbers::numbers_in(text), [], "{text}");
        }
        assert_eq!(directory.copyable(unknown), []);
    }
}

#[test]
fn no_country_says_a_number_of_another() {
    let directory = directory();
    for voice in every_voice(&directory) {
        let own: BTreeSet<String> = directory
            .get(voice.country)
            .lines()
            .iter()
            .flat_map(|line| line.numbers().chain(numbers::normal(&line.name.en)))
            .collect();
        for text in [
            directory.page(voice),
            directory.footer(voice),
            directory.helplines(voice),
        ] {
            for found in numbers::numbers_in(text) {
                assert!(own.contains(&found.number), "{voice:?}: {}", found.number);
            }
        }
        for (label, number) in directory.copyable(voice) {
            assert!(own.contains(&numbers::normal(number).unwrap()));
            assert!(label.contains(number.as_str()));
        }
    }
}

#[test]
fn no_support_line_stands_above_a_crisis_line() {
    let directory = directory();
    for voice in every_voice(&directory) {
        let lines = directory.get(voice.country).lines();
        let kind_of = |number: &str| {
            let kinds = lines
                .iter()
                .filter(|line| line.numbers().any(|own| own == number));
            kinds.map(|line| line.kind).min()
        };
        let page = directory.page(voice);
        let mut supported = false;
        for found in numbers::numbers_in(page) {
            match kind_of(&found.number) {
                Some(Kind::Support) => supported = true,
                Some(Kind::Crisis) => assert!(!supported, "{voice:?}: {}", found.number),
                // The danger number is said again lower down.
                Some(Kind::Emergency) | None => {}
            }
        }
    }
}

#[test]
fn links_are_https_and_the_last_one_works_anywhere() {
    let directory = directory();
    for voice in every_voice(&directory) {
        let links = directory.links(voice);
        assert!(
            links
                .iter()
                .all(|(label, url)| !label.is_empty() && url.starts_with("https://"))
        );
        assert_eq!(links.last().unwrap().1, "https://findahelpline.com");
    }
    let us = directory.links(voice("us", Language::En));
    assert_eq!(
        us[0],
        (
            "988 chat".to_owned(),
            "https://chat.988lifeline.org".to_owned()
        )
    );
}

#[test]
fn clauses_fit_into_sentences() {
    let directory = directory();
    let us = voice("us", Language::En);
    assert_eq!(directory.in_danger(us), "call 911");
    assert_eq!(directory.in_crisis(us), "call or text 988");
    let mx = voice("mx", Language::Es);
    assert_eq!(directory.in_danger(mx), "llama al 911");
    // Canada's emergency number was seen in one place only.
    let ca = voice("ca", Language::En);
    assert_eq!(directory.in_danger(ca), "call your local emergency number");
    assert_eq!(
        directory.copyable(us)[0],
        ("Copy 988".to_owned(), "988".to_owned())
    );
}

#[test]
fn a_line_is_overdue_after_ninety_days_and_not_before() {
    let directory = directory();
    let checked = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    assert_eq!(directory.overdue(checked + Days::new(90)), []);
    let overdue = directory.overdue(checked + Days::new(91));
    let all: usize = directory.countries().map(|lines| lines.lines().len()).sum();
    assert_eq!(overdue.len(), all);
    assert_eq!(
        (overdue[0].file.as_str(), overdue[0].id.as_str()),
        ("crisis/us.toml", "us-911")
    );
}

#[test]
fn a_check_is_ahead_from_the_day_after_tomorrow_on() {
    let directory = directory();
    let checked = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    assert_eq!(directory.ahead(checked - Days::new(1)), []);
    let all: usize = directory.countries().map(|lines| lines.lines().len()).sum();
    assert_eq!(directory.ahead(checked - Days::new(2)).len(), all);
}

#[test]
fn a_day_of_a_check_that_is_none_is_named_with_its_line() {
    let us = "crisis/us.toml";
    let with = |day: &str| {
        let text = Folder::built_in().text(us).unwrap().replacen(
            "verified_on = \"2026-11-23\"",
            &format!("verified_on = {day}"),
            1,
        );
        Directory::load(&Folder::built_in().with(us, text))
    };
    for day in [
        "\"23.11.2026\"",
        "\"2026-13-01\"",
        "\"\"",
        "7",
        "2026-11-23T08:00:00Z",
    ] {
        let told = with(day).unwrap_err().to_string();
        assert!(
            told.contains("crisis/us.toml, line 54: verified_on: write the day")
                && told.contains("like 2027-01-31"),
            "{day}: {told}"
        );
    }
    let unquoted = with("2027-01-31").unwrap();
    assert_eq!(
        unquoted.get(Country::from_code("US").unwrap()).lines()[0]
            .verified_on
            .to_string(),
        "2027-01-31"
    );
}

#[test]
fn other_texts_are_held_against_the_same_numbers() {
    let directory = directory();
    let us = voice("us", Language::En);
    assert_eq!(directory.check_text(us, "Call 988, day and night."), Ok(()));
    assert!(
        directory
            .check_text(us, "Call 116 123.")
            .unwrap_err()
            .contains("116123")
    );
    assert!(
        directory
            .check_text(us, "Call 1-800-273-8255.")
            .unwrap_err()
            .contains("write 988")
    );
}

#[test]
fn the_file_for_everywhere_else_may_not_be_missing() {
    let told = Directory::load(&Folder::built_in().without("crisis/zz.toml")).unwrap_err();
    assert!(
        told.to_string()
            .contains("crisis/zz.toml: this file is missing")
    );
    let told = Directory::load(&Folder::built_in().without("es/crisis.toml")).unwrap_err();
    assert!(told.to_string().contains("es/crisis.toml"));
}

fn all_that_is_said(country: &str, language: Language) -> String {
    let (directory, voice) = (directory(), voice(country, language));
    format!("{}\n\n{}\n", directory.footer(voice), directory.page(voice))
}

#[test]
fn united_states_in_english() {
    expect![[r#"
        Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis

        You don’t have to handle this alone.

        Danger right now? Call 911 or go to the nearest ER. That means you, your baby, or anyone else. Put your baby in a safe place, like the crib. Ask someone to come and stay with you.

        Talk to a person now. Free, day and night:
        • 988 Lifeline: call or text 988. Chat: chat.988lifeline.org
        • Crisis Text Line: text HOME to 741741
        • San Diego County: +1 888-724-7240, day and night

        Someone hurts or scares you?
        • Domestic Violence Hotline: +1 800-799-7233, or text START to 88788. Day and night.
        • Childhelp, when a child is or could be hurt: call or text +1 800-422-4453, day and night

        For parents:
        • Maternal Mental Health Hotline: call or text +1 833-852-6262. Free, day and night.

        Hearing or seeing things others don’t? Strange new fears or beliefs? No sleep at all but full of energy? After a birth this is an emergency. It can be treated. Call 911 or go to the nearest ER now.

        Support that is not for emergencies:
        • Postpartum Support International: +1 800-944-4773. They reply 8am to 11pm ET.

        Not in the US? Tap /country, or go to findahelpline.com
    "#]].assert_eq(&all_that_is_said("us", Language::En));
}

#[test]
fn united_states_in_spanish() {
    expect![[r#"
        Solo informa, no es terapia. ¿Peligro? 911. ¿Crisis? 988, oprime 2. Línea materna: +1 833-852-6262. /crisis

        No tienes que pasar por esto sin ayuda.

        ¿Peligro ahora? Llama al 911 o ve a la sala de emergencias más cercana. Puede ser por ti, tu bebé u otra persona. Deja a tu bebé en un lugar seguro, como la cuna. Pide que alguien venga y se quede contigo.

        Habla ya con una persona. Gratis, de día y de noche:
        • Línea 988: llama al 988 y oprime 2, o envía AYUDA al 988
        • Crisis Text Line: envía HOLA al 741741
        • Condado de San Diego: +1 888-724-7240, día y noche

        ¿Alguien te lastima o te da miedo?
        • Línea contra la Violencia Doméstica: +1 800-799-7233, día y noche.
        • Childhelp, si un niño o una niña sufre maltrato o podría sufrirlo: llama al +1 800-422-4453, día y noche

        Para mamás y papás:
        • Línea Nacional de Salud Mental Materna: llama o envía un texto al +1 833-852-6262. Gratis, día y noche, en español.

        ¿Oyes o ves cosas que otros no? ¿Miedos o ideas muy raras? ¿No duermes nada y sientes mucha energía? Después de un parto, esto es una emergencia. Tiene tratamiento. Llama al 911 o ve ahora a la sala de emergencias más cercana.

        Apoyo que no es para emergencias:
        • Postpartum Support International: llama al +1 800-944-4773 y oprime 1, o envía un texto al +1 971-203-7773. Responden de 8am a 11pm, hora del Este.

        ¿No estás en EE. UU.? Toca /pais o entra a findahelpline.com
    "#]].assert_eq(&all_that_is_said("us", Language::Es));
}

#[test]
fn united_kingdom_in_english() {
    expect![[r#"
        Education only, not therapy. Danger? Call 999. Crisis? Samaritans 116 123, free, day and night. /crisis

        You don’t have to handle this alone.

        Danger right now? Call 999 or go to the nearest A&amp;E. That means you, your baby, or anyone else. Put your baby in a safe place, like the crib. Ask someone to come and stay with you.

        Talk to a person now, day and night:
        • Samaritans: call 116 123. Free.
        • In England, NHS 111: call 111 and choose the mental health option, or go to 111.nhs.uk

        Hearing or seeing things others don’t? Strange new fears or beliefs? No sleep at all but full of energy? After a birth this is an emergency. It can be treated. Call 999 or go to the nearest A&amp;E now.

        Not in the UK? Tap /country, or go to findahelpline.com
    "#]].assert_eq(&all_that_is_said("gb", Language::En));
}

#[test]
fn mexico_in_spanish() {
    expect![[r#"
        Solo informa, no es terapia. ¿Peligro? 911. ¿Crisis? Línea de la Vida 800 911 2000, día y noche. /crisis

        No tienes que pasar por esto sin ayuda.

        ¿Peligro ahora? Llama al 911 o ve a la sala de urgencias más cercana. Puede ser por ti, tu bebé u otra persona. Deja a tu bebé en un lugar seguro, como la cuna. Pide que alguien venga y se quede contigo.

        Habla ya con una persona. Gratis, de día y de noche:
        • Línea de la Vida: llama al 800 911 2000

        ¿Oyes o ves cosas que otros no? ¿Miedos o ideas muy raras? ¿No duermes nada y sientes mucha energía? Después de un parto, esto es una emergencia. Tiene tratamiento. Llama al 911 o ve ahora a la sala de urgencias más cercana.

        ¿No estás en México? Toca /pais o entra a findahelpline.com
    "#]].assert_eq(&all_that_is_said("mx", Language::Es));
}
