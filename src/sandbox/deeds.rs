//! What becomes of a deed: the chat changes, and the bot gets its update.

use serde_json::{Value, json};

use super::{
    chat::{Attachment, Author, Chat, ChatKind, Message, OpenTap, bot_json},
    format::{Entity, Formatted, utf16_len},
    keyboard::Action,
    model::{Model, Moment, Query, object},
    people::NotThere,
    refusal::Refusal,
    transcript,
};

/// The bot leaves a group by itself.
pub(super) fn bot_leaves(model: &mut Model, chat: i64, at: Moment) -> Result<(), Refusal> {
    let chat = model.speakable(chat)?;
    if chat.kind == ChatKind::Private {
        return Err(Refusal::bad_request("chat is a private chat"));
    }
    chat.open = false;
    chat.log.push("bot leaves".to_owned());
    let change = membership(&chat.json(), &bot_json(), "member", "left", at);
    model.queue.push("my_chat_member", &change);
    Ok(())
}

pub(super) enum Sent<'a> {
    Text(&'a str),
    Forwarded(&'a str),
    Attached(Attachment),
}

pub(super) fn write(
    model: &mut Model,
    chat_id: i64,
    person: i64,
    sent: Sent<'_>,
    at: Moment,
) -> i64 {
    // A phone cannot write to a blocked bot: it offers to unblock it first.
    if chat_id == person && model.chats[&chat_id].shut {
        shut(model, chat_id, false, at);
    }
    let id = model.next_message_id();
    let name = model.people[&person].name.clone();
    let from = model.people[&person].json();
    let (body, attachment, forwarded, line) = match sent {
        Sent::Text(text) => (as_typed(text), None, false, text.to_owned()),
        Sent::Forwarded(text) => (as_typed(text), None, true, format!("[forwarded] {text}")),
        Sent::Attached(attachment) => {
            let line = attachment.line();
            let caption = match &attachment {
                Attachment::Photo(caption) => Formatted::plain(caption),
                _ => Formatted::default(),
            };
            (caption, Some(attachment), false, line)
        }
    };
    let message = Message {
        id,
        author: Author::Person(person),
        date: at.dated,
        edited: None,
        body,
        attachment,
        file: None,
        forwarded,
        keyboard: Vec::new(),
        markup: Value::Null,
        silent: false,
        protected: false,
    };
    let Some(chat) = model.chats.get_mut(&chat_id) else {
        return id;
    };
    if chat.kind == ChatKind::Private {
        chat.open = true;
    }
    chat.log.push(transcript::line(&name, &line));
    let json = message.json(&chat.json(), &from);
    chat.messages.push(message);
    // In a group a bot in privacy mode gets commands only.
    let heard = chat.kind == ChatKind::Private || (chat.open && line.starts_with('/'));
    if heard {
        model.queue.push("message", &json);
    }
    id
}

/// A typed text with the entities that Telegram marks by itself: a command at its start.
fn as_typed(text: &str) -> Formatted {
    let mut body = Formatted::plain(text);
    let command = body.text.split_whitespace().next().unwrap_or_default();
    if command.len() > 1 && command.starts_with('/') {
        body.entities.push(Entity {
            kind: "bot_command",
            offset: 0,
            length: utf16_len(command),
            url: None,
        });
    }
    body
}

pub(super) fn edit(
    model: &mut Model,
    person: i64,
    message_id: i64,
    text: &str,
    at: Moment,
) -> Result<(), NotThere> {
    let someone = &model.people[&person];
    let (name, from) = (someone.name.clone(), someone.json());
    let chat = model.chats.get_mut(&person);
    let place = chat.and_then(|chat| chat.position(message_id).map(|position| (chat, position)));
    let Some((chat, position)) = place else {
        return Err(NotThere("no such message to edit".to_owned()));
    };
    let message = &mut chat.messages[position];
    if message.author == Author::Bot {
        return Err(NotThere("that message is the bot's".to_owned()));
    }
    message.edited = Some(at.dated);
    match &mut message.attachment {
        Some(Attachment::Photo(caption)) => text.clone_into(caption),
        _ => message.body = as_typed(text),
    }
    chat.log
        .push(transcript::line(&format!("{name} (edited)"), text));
    let json = chat.messages[position].json(&chat.json(), &from);
    model.queue.push("edited_message", &json);
    Ok(())
}

pub(super) fn tap_label(
    model: &mut Model,
    person: i64,
    label: &str,
    at: Moment,
) -> Result<(), NotThere> {
    let chat = &model.chats[&person];
    let found = chat.messages.iter().rev().find_map(|message| {
        let mut buttons = message.keyboard.iter().flatten();
        let button = buttons.find(|button| button.label == label)?;
        Some((message.id, button.action.clone()))
    });
    if let Some((message, action)) = found {
        tap(model, person, message, label, &action, at);
        return Ok(());
    }
    let mut keys = chat.reply_keyboard.iter().flatten().flatten();
    match keys.find(|key| key.label == label) {
        Some(key) if key.asks_location => Err(NotThere(format!(
            "\"{label}\" shares a location: send one as an attachment"
        ))),
        Some(_) => {
            write(model, person, person, Sent::Text(label), at);
            Ok(())
        }
        None => Err(no_button(chat, label)),
    }
}

pub(super) fn no_button(chat: &Chat, label: &str) -> NotThere {
    let mut labels: Vec<_> = chat
        .messages
        .iter()
        .flat_map(|message| message.keyboard.iter().flatten())
        .map(|button| format!("[{}]", button.label))
        .collect();
    let keys = chat.reply_keyboard.iter().flatten().flatten();
    labels.extend(keys.map(|key| format!("{{{}}}", key.label)));
    NotThere(format!(
        "no button \"{label}\"; there are: {}",
        labels.join(" ")
    ))
}

pub(super) fn tap(
    model: &mut Model,
    person: i64,
    message_id: i64,
    label: &str,
    action: &Action,
    at: Moment,
) {
    let id = model.next_query_id();
    let someone = &model.people[&person];
    let (name, from) = (someone.name.clone(), someone.json());
    let Some(chat) = model.chats.get_mut(&person) else {
        return;
    };
    chat.log.push(format!("{name} taps [{label}]"));
    let Action::Callback(data) = action else {
        // Links open and texts are copied on the phone; the bot hears nothing of it.
        return;
    };
    let chat_json = chat.json();
    // Of a message that is gone, Telegram tells only where it was.
    let message = match chat.find(message_id) {
        Some(message) => message.json(&chat_json, &bot_json()),
        None => json!({ "message_id": message_id, "chat": chat_json, "date": 0 }),
    };
    chat.open_taps.push(OpenTap {
        query: id.clone(),
        message: message_id,
        label: label.to_owned(),
    });
    model.queries.insert(
        id.clone(),
        Query {
            chat: person,
            asked: at.clock,
        },
    );
    let query = object([
        ("id", json!(id)),
        ("from", from),
        ("message", message),
        ("chat_instance", json!("1")),
        ("data", json!(data)),
    ]);
    model.queue.push("callback_query", &query);
}

pub(super) fn shut(model: &mut Model, person: i64, shut: bool, at: Moment) {
    let someone = &model.people[&person];
    let (name, from) = (someone.name.clone(), someone.json());
    let Some(chat) = model.chats.get_mut(&person) else {
        return;
    };
    if chat.shut == shut {
        return;
    }
    chat.shut = shut;
    let (deed, old, new) = if shut {
        ("blocks the bot", "member", "kicked")
    } else {
        ("unblocks the bot", "kicked", "member")
    };
    chat.log.push(format!("{name} {deed}"));
    let change = membership(&chat.json(), &from, old, new, at);
    model.queue.push("my_chat_member", &change);
}

pub(super) fn membership(chat: &Value, from: &Value, old: &str, new: &str, at: Moment) -> Value {
    let member = |status: &str| {
        let mut member = json!({ "user": bot_json(), "status": status });
        if status == "kicked" {
            member["until_date"] = json!(0);
        }
        member
    };
    json!({
        "chat": chat,
        "from": from,
        "date": at.dated.timestamp(),
        "old_chat_member": member(old),
        "new_chat_member": member(new),
    })
}
