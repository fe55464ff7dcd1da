//! A chat as the page draws it.

use serde::Serialize;
use serde_json::Value;

use super::super::{
    chat::{Attachment, Author, Chat, Message, Toast},
    itself,
    keyboard::{Action, Button},
    model::Model,
};
use crate::domain::zone::Zone;

/// The most messages on the page; older ones are of no use there.
const MOST_MESSAGES: usize = 200;

#[derive(Serialize)]
pub(super) struct View {
    version: u64,
    language: String,
    blocked: bool,
    /// The bot has not dealt with everything yet.
    waiting: bool,
    messages: Vec<Bubble>,
    keys: Vec<Vec<Key>>,
    toast: Option<ToastView>,
    bot: Profile,
}

#[derive(Serialize)]
struct Profile {
    name: String,
    description: String,
    short_description: String,
    commands: Value,
}

#[derive(Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "what the page draws, one mark each"
)]
struct Bubble {
    id: i64,
    mine: bool,
    text: String,
    entities: Value,
    /// On the parent's wall.
    day: String,
    time: String,
    edited: bool,
    silent: bool,
    forwarded: bool,
    attachment: Option<&'static str>,
    place: Option<[f64; 2]>,
    file: Option<String>,
    buttons: Vec<Vec<ButtonView>>,
}

#[derive(Serialize)]
struct ButtonView {
    label: String,
    url: Option<String>,
    copy: Option<String>,
    /// Tapped, and not answered yet.
    busy: bool,
}

#[derive(Serialize)]
struct Key {
    label: String,
    location: bool,
}

#[derive(Serialize)]
struct ToastView {
    number: u64,
    text: String,
    alert: bool,
}

pub(super) fn chat(model: &Model, id: i64, version: u64, zone: &Zone) -> Option<View> {
    let person = model.people.get(&id)?;
    let chat = model.chats.get(&id)?;
    let skipped = chat.messages.len().saturating_sub(MOST_MESSAGES);
    let language = person.language_code.as_str();
    // A bot's texts are kept by language, without the region: es-419 reads those in es.
    let spoken = language.split('-').next().unwrap_or(language);
    Some(View {
        version,
        language: language.to_owned(),
        blocked: chat.shut,
        waiting: !model.queue.is_empty(),
        messages: chat.messages[skipped..]
            .iter()
            .map(|message| bubble(chat, message, zone))
            .collect(),
        keys: keys(chat),
        toast: chat.toast.as_ref().map(toast),
        bot: Profile {
            name: itself::name_or_default(model.profile_text("name", spoken)),
            description: model.profile_text("description", spoken),
            short_description: model.profile_text("short_description", spoken),
            commands: model.commands_for(spoken),
        },
    })
}

fn bubble(chat: &Chat, message: &Message, zone: &Zone) -> Bubble {
    let wall = zone.wall(message.date);
    let (attachment, place) = match &message.attachment {
        None => (None, None),
        Some(Attachment::Voice) => (Some("voice"), None),
        Some(Attachment::Sticker) => (Some("sticker"), None),
        Some(Attachment::Photo(_)) => (Some("photo"), None),
        Some(Attachment::Location {
            latitude,
            longitude,
        }) => (Some("location"), Some([*latitude, *longitude])),
    };
    let text = match &message.attachment {
        Some(Attachment::Photo(caption)) => caption.clone(),
        _ => message.body.text.clone(),
    };
    Bubble {
        id: message.id,
        mine: message.author != Author::Bot,
        text,
        entities: message.body.entities_json(),
        day: wall.format("%Y-%m-%d").to_string(),
        time: wall.format("%H:%M").to_string(),
        edited: message.edited.is_some(),
        silent: message.silent,
        forwarded: message.forwarded,
        attachment,
        place,
        file: message.file.clone(),
        buttons: message
            .keyboard
            .iter()
            .map(|row| row.iter().map(|b| button(chat, message.id, b)).collect())
            .collect(),
    }
}

fn button(chat: &Chat, message: i64, button: &Button) -> ButtonView {
    let (url, copy) = match &button.action {
        Action::Callback(_) => (None, None),
        Action::Url(url) => (Some(url.clone()), None),
        Action::Copy(text) => (None, Some(text.clone())),
    };
    let mut taps = chat.open_taps.iter();
    ButtonView {
        busy: taps.any(|tap| tap.message == message && tap.label == button.label),
        label: button.label.clone(),
        url,
        copy,
    }
}

fn keys(chat: &Chat) -> Vec<Vec<Key>> {
    let rows = chat.reply_keyboard.iter().flatten();
    rows.map(|row| {
        row.iter()
            .map(|key| Key {
                label: key.label.clone(),
                location: key.asks_location,
            })
            .collect()
    })
    .collect()
}

fn toast(toast: &Toast) -> ToastView {
    ToastView {
        number: toast.number,
        text: toast.text.clone(),
        alert: toast.alert,
    }
}
