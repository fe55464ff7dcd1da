//! The door as a whole: the desk over simulated time, then the real porter over real HTTP.

mod care;
mod room;
mod simulated;
mod storms;
mod wire;

use crate::{
    content::{Keyboard, Message, Voice},
    domain::{ChatId, Country, Language},
    telegram::door::{Class, Letter},
};

/// A letter that says `body` to chat number `chat`.
fn letter(chat: i64, class: Class, body: &str) -> Letter {
    let voice = Voice {
        language: Language::En,
        country: Country::ELSEWHERE,
    };
    let message = Message {
        voice,
        body: body.to_owned(),
        keyboard: Keyboard::None,
    };
    Letter::new(ChatId(chat), class, message)
}
