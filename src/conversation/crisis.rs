//! Help now: the crisis lines of a country. Works for everyone, always, and stores nothing.

use crate::{
    content::{Button, Message, Voice},
    domain::Country,
};

use super::{
    scene::{Reply, Scene},
    tap::Tap,
};

/// Help now, for a country.
pub fn page(scene: &Scene, country: Country) -> Reply {
    Reply::new(message(scene, country))
}

/// The countries to choose from, to look at help there.
pub fn countries(scene: &Scene) -> Reply {
    let voice = Voice {
        language: scene.language(),
        country: Country::ELSEWHERE,
    };
    let body = scene.content.crisis.page(voice);
    let mut rows = super::country::rows(scene, Tap::CrisisIn);
    rows.push(vec![scene.crisis_button()]);
    Reply::new(Message {
        voice,
        ..scene.message(body, rows)
    })
}

/// Buttons that copy a number or open a chat, for a country.
pub fn line_rows(scene: &Scene, country: Country) -> Vec<Vec<Button>> {
    let voice = Voice {
        language: scene.language(),
        country,
    };
    let lines = &scene.content.crisis;
    // One a row: a label that is cut short hides the very digits it is there for.
    let copies = lines.copyable(voice).iter().cloned();
    let copies = copies.map(|(label, text)| vec![Button::Copy { label, text }]);
    let chats = lines.links(voice).iter().cloned();
    copies
        .chain(chats.map(|(label, url)| vec![Button::Link { label, url }]))
        .collect()
}

fn message(scene: &Scene, country: Country) -> Message {
    let voice = Voice {
        language: scene.language(),
        country,
    };
    let mut rows = line_rows(scene, country);
    rows.push(vec![scene.button(
        &scene.phrases().buttons.other_countries,
        &Tap::CrisisCountries,
    )]);
    Message {
        voice,
        ..scene.message(scene.content.crisis.page(voice), rows)
    }
}
