//! The words of a button, typed instead of tapped.
//!
//! No dialogue is remembered: looked at are the buttons below the question that stands, and those that mean the same
//! wherever they are.

use crate::{
    content::{Button, Keyboard, Message},
    domain::{Language, folding::key, subscriber::Awaiting},
};

use super::{
    crisis, leaving, notes,
    reading::{self, Page},
    scene::{Scene, Spoken},
    settings, setup,
    tap::Tap,
    welcome,
};

/// Labels are shorter, in characters.
const LONGEST: usize = 60;

/// What the button of that label says, in whatever language it was shown.
pub(super) fn tap(scene: &Scene, words: &str) -> Option<Tap> {
    let wanted = key(words);
    if wanted.is_empty() || words.chars().nth(LONGEST).is_some() {
        return None;
    }
    Language::ALL.into_iter().find_map(|language| {
        let spoken = Spoken::new(scene, Some(language));
        let messages = shown(&spoken.scene(scene));
        let mut buttons = messages.into_iter().flat_map(buttons_of);
        buttons.find_map(|(label, data)| {
            let tap = Tap::decode(&data).filter(may_be_typed);
            tap.filter(|_| key(&label) == wanted)
        })
    })
}

fn buttons_of(message: Message) -> Vec<(String, String)> {
    let Keyboard::Inline(rows) = message.keyboard else {
        return Vec::new();
    };
    let taps = rows
        .into_iter()
        .flatten()
        .filter_map(|button| match button {
            Button::Tap { label, data } => Some((label, data)),
            _ => None,
        });
    taps.collect()
}

fn shown(scene: &Scene) -> Vec<Message> {
    let awaiting = scene.subscriber.and_then(|of| of.awaiting.as_ref());
    let mut messages = Vec::new();
    let mut replies = vec![
        reading::menu(scene, ""),
        reading::page(scene, Page::Signs),
        reading::page(scene, Page::Support),
        crisis::page(scene, scene.country()),
    ];
    if scene.subscriber.is_some() {
        messages.extend(setup::standing(scene, awaiting));
        messages.push(settings::days_question(scene));
        messages.push(settings::pause_question(scene));
        replies.push(settings::show_with(scene, "", super::Place::New));
        replies.push(notes::fewer_or_pause(scene));
        if awaiting == Some(&Awaiting::Erase) {
            replies.push(leaving::erase_question(scene));
        }
    } else {
        messages.push(welcome::consent(scene));
    }
    let said = replies.into_iter().flat_map(|reply| reply.say);
    messages.extend(said.map(|say| say.message));
    messages
}

/// Not a time (typed times are read as such), not a yes to what may be another question, and nothing that a note
/// carries or that cannot be undone.
fn may_be_typed(tap: &Tap) -> bool {
    !matches!(
        tap,
        Tap::SetZone(..)
            | Tap::ClockIs(..)
            | Tap::SetTime(..)
            | Tap::NoteNow(_)
            | Tap::OnlyOne(_)
            | Tap::AnotherNote(_)
            | Tap::Erase
    )
}
