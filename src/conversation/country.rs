//! The country whose crisis lines a parent sees: a setting, never guessed from her language.

use crate::{
    content::{Button, Message, crisis::CountryLines, places::Found},
    domain::{Country, Language, Subscriber},
};

use super::{
    crisis,
    scene::{Place, Reply, Scene},
    settings,
    tap::Tap,
    wording::fill,
};

/// Which country's help lines?
pub fn question(scene: &Scene) -> Message {
    let mut rows = rows(scene, Tap::SetCountry);
    rows.push(settings::back_row(scene));
    scene.message(&scene.phrases().settings.country_question, rows)
}

/// A button for each country that has crisis lines of its own, two in a row.
pub fn rows(scene: &Scene, tap: impl Fn(Country) -> Tap) -> Vec<Vec<Button>> {
    let countries = scene.content.crisis.countries();
    let buttons: Vec<Button> = countries
        .map(|lines| scene.button(lines.name(scene.language()), &tap(lines.country())))
        .collect();
    buttons.chunks(2).map(<[Button]>::to_vec).collect()
}

/// Sets the country; without consent it holds for this answer only.
pub fn set(scene: &Scene, country: Country) -> Reply {
    let country = with_lines(scene, country);
    let name = scene.country_name(country);
    let Some(subscriber) = scene.subscriber else {
        let mut reply = crisis::page(scene, country);
        let said = fill(
            &scene.phrases().settings.country_shown,
            &[("country", name)],
        );
        for say in &mut reply.say {
            say.message.body = format!("{said}\n\n{}", say.message.body);
        }
        return reply;
    };
    let changed = Subscriber {
        country,
        ..subscriber.clone()
    };
    let then = scene.with(&changed);
    let said = fill(&scene.phrases().settings.country_set, &[("country", name)]);
    settings::show_with(&then, &said, Place::Tapped).saving(changed)
}

/// The country by a typed name or code.
pub fn typed(scene: &Scene, text: &str) -> Reply {
    if let Some(country) = named(scene, text) {
        return set(scene, country);
    }
    let elsewhere = scene.country_name(Country::ELSEWHERE);
    let said = fill(
        &scene.phrases().settings.country_unknown,
        &[("elsewhere", elsewhere)],
    );
    let question = question(scene);
    Reply::new(Message {
        body: said,
        ..question
    })
}

/// The country itself if it has lines of its own, else what stands in for it: the European Union, or elsewhere.
pub fn with_lines(scene: &Scene, country: Country) -> Country {
    if scene.content.crisis.knows(country) {
        country
    } else if country.is_in_eu() {
        Country::EU
    } else {
        Country::ELSEWHERE
    }
}

/// The country that a text names: by a name in any language, by a place that lies in it, or by its code.
fn named(scene: &Scene, text: &str) -> Option<Country> {
    let wanted = deunicode::deunicode(text).to_lowercase();
    let by_name = scene
        .content
        .crisis
        .countries()
        .find(|lines| {
            Language::ALL.iter().any(|&language| {
                deunicode::deunicode(lines.name(language)).to_lowercase() == wanted
            })
        })
        .map(CountryLines::country);
    let places = || match scene.content.places.find(text, scene.now) {
        Found::Exact(places) => places.first().and_then(|place| place.country),
        Found::Suggestions(_) | Found::None => None,
    };
    by_name
        .or_else(places)
        .or_else(|| Country::from_code(wanted.trim()))
}
