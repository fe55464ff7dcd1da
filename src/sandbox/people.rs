//! What people do with their phones: write, tap, block, share; each deed becomes an update for the bot.

use std::fmt;

use serde_json::{Value, json};

use super::{
    chat::{Attachment, Author, Chat, ChatKind, Message, OpenTap, bot_json},
    format::{Entity, Formatted, utf16_len},
    keyboard::Action,
    model::{Model, Moment, Query, object},
    record::Said,
    refusal::Refusal,
    stand_in::{Shared, WaitedTooLong},
    transcript,
};

/// A person with a phone, and her private chat with the bot.
#[derive(Clone)]
pub struct Parent {
    pub(super) shared: Shared,
    /// Her user id, which is also the id of her chat.
    pub id: i64,
}

/// A group of people.
#[derive(Clone)]
pub struct Group {
    pub(super) shared: Shared,
    /// Its chat id, negative.
    pub id: i64,
}

/// A person cannot do this: there is no such button or message. Says what there is.
pub struct NotThere(String);

impl fmt::Display for NotThere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for NotThere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotThere {}

impl Parent {
    /// Writes a text, as it would come from the phone. Returns the message's id.
    pub fn says(&self, text: &str) -> i64 {
        self.deed(|model, at| write(model, self.id, self.id, Sent::Text(text), at))
    }

    /// Writes a text in a group.
    pub fn says_in(&self, group: &Group, text: &str) -> i64 {
        self.deed(|model, at| write(model, group.id, self.id, Sent::Text(text), at))
    }

    /// Forwards somebody's text to the bot.
    pub fn forwards(&self, text: &str) -> i64 {
        self.deed(|model, at| write(model, self.id, self.id, Sent::Forwarded(text), at))
    }

    /// Sends something that is not text.
    pub fn sends(&self, attachment: Attachment) -> i64 {
        self.deed(|model, at| write(model, self.id, self.id, Sent::Attached(attachment), at))
    }

    /// Changes a message of hers.
    pub fn edits(&self, message_id: i64, text: &str) -> Result<(), NotThere> {
        self.deed(|model, at| edit(model, self.id, message_id, text, at))
    }

    /// Changes her last message.
    pub fn edits_last(&self, text: &str) -> Result<(), NotThere> {
        let last = self.shared.with(|model| {
            let mut messages = model.chats[&self.id].messages.iter().rev();
            messages.find(|m| m.author != Author::Bot).map(|m| m.id)
        });
        let last = last.ok_or_else(|| NotThere("no message to edit".to_owned()))?;
        self.edits(last, text)
    }

    /// Taps the newest button with this label, under a message or in place of the keyboard.
    pub fn taps(&self, label: &str) -> Result<(), NotThere> {
        self.deed(|model, at| tap_label(model, self.id, label, at))
    }

    /// Taps the button with this label under this message.
    pub fn taps_on(&self, message_id: i64, label: &str) -> Result<(), NotThere> {
        self.deed(|model, at| {
            let chat = &model.chats[&self.id];
            let message = chat.find(message_id);
            let mut buttons = message.iter().flat_map(|m| m.keyboard.iter().flatten());
            let action = buttons.find(|b| b.label == label).map(|b| b.action.clone());
            let action = action.ok_or_else(|| no_button(chat, label))?;
            tap(model, self.id, message_id, label, &action, at);
            Ok(())
        })
    }

    /// Sends callback data that no button carries, as a forged client can. The message need not exist.
    pub fn taps_data(&self, message_id: i64, data: &str) {
        self.deed(|model, at| {
            let action = Action::Callback(data.to_owned());
            tap(model, self.id, message_id, "(forged)", &action, at);
        });
    }

    /// Blocks the bot.
    pub fn blocks(&self) {
        self.deed(|model, at| shut(model, self.id, true, at));
    }

    /// Lets the bot write again.
    pub fn unblocks(&self) {
        self.deed(|model, at| shut(model, self.id, false, at));
    }

    /// Her account is gone; the bot hears of it only when it writes.
    pub fn vanishes(&self) {
        self.deed(|model, _| {
            if let Some(person) = model.people.get_mut(&self.id) {
                person.deactivated = true;
            }
        });
    }

    /// The bot may write to her although no update shows that she ever wrote: a subscriber from earlier.
    pub fn wrote_before(&self) {
        self.deed(|model, _| {
            if let Some(chat) = model.chats.get_mut(&self.id) {
                chat.open = true;
            }
        });
    }

    /// Sets her phone to another language.
    pub fn speaks(&self, language_code: &str) {
        self.deed(|model, _| {
            if let Some(person) = model.people.get_mut(&self.id) {
                language_code.clone_into(&mut person.language_code);
            }
        });
    }

    /// Adds the bot to a group.
    pub fn adds_bot_to(&self, group: &Group) {
        self.deed(|model, at| {
            let Some(chat) = model.chats.get_mut(&group.id) else {
                return;
            };
            chat.open = true;
            chat.shut = false;
            let (chat, from) = (chat.json(), model.people[&self.id].json());
            let change = membership(&chat, &from, "left", "member", at);
            model.tell_bot("my_chat_member", change);
            let id = model.next_message_id();
            model.tell_bot(
                "message",
                json!({
                    "message_id": id, "from": from, "chat": chat, "date": at.clock.timestamp(),
                    "new_chat_members": [bot_json()], "new_chat_member": bot_json(),
                }),
            );
        });
    }

    /// The whole conversation as plain text:
    /// `mia: /start`, `bot: …` with buttons as `[Yes] [No]` below it, edits as `bot (edited): …`.
    pub fn transcript(&self) -> String {
        self.shared.with(|model| model.transcript(self.id))
    }

    /// What was added to the conversation since the last call of this.
    pub fn news(&self) -> String {
        self.shared.with(|model| {
            let Some(chat) = model.chats.get_mut(&self.id) else {
                return String::new();
            };
            let news = chat.log[chat.log_read..].join("\n");
            chat.log_read = chat.log.len();
            news
        })
    }

    /// Everything that the bot said here, in order.
    pub fn heard(&self) -> Vec<Said> {
        self.shared.with(|model| {
            let said = model.chats[&self.id].said.iter();
            said.map(|index| model.said[*index].clone()).collect()
        })
    }

    /// Waits for the next message or edit of the bot that this has not returned yet.
    pub async fn next_bot_message(&self) -> Result<Said, WaitedTooLong> {
        self.shared
            .until("the bot's next message", Some(self.id), |model| {
                let chat = model.chats.get_mut(&self.id)?;
                let index = *chat.said.get(chat.said_read)?;
                chat.said_read += 1;
                Some(model.said[index].clone())
            })
            .await
    }

    fn deed<R>(&self, work: impl FnOnce(&mut Model, Moment) -> R) -> R {
        let at = self.shared.moment();
        self.shared.change(|model| work(model, at))
    }
}

impl Group {
    /// Removes the bot.
    pub fn removes_bot(&self, by: &Parent) {
        let at = self.shared.moment();
        self.shared.change(|model| {
            let Some(chat) = model.chats.get_mut(&self.id) else {
                return;
            };
            chat.shut = true;
            let (chat, from) = (chat.json(), model.people[&by.id].json());
            model.tell_bot(
                "my_chat_member",
                membership(&chat, &from, "member", "kicked", at),
            );
        });
    }

    /// Whether the bot is in it.
    pub fn has_bot(&self) -> bool {
        self.shared.with(|model| {
            let chat = model.chats.get(&self.id);
            chat.is_some_and(|chat| chat.open && !chat.shut)
        })
    }
}

/// The bot leaves a group by itself.
pub(super) fn bot_leaves(model: &mut Model, chat: i64, at: Moment) -> Result<(), Refusal> {
    let chat = model.speakable(chat)?;
    if chat.kind == ChatKind::Private {
        return Err(Refusal::bad_request("chat is a private chat"));
    }
    chat.open = false;
    chat.log.push("bot leaves".to_owned());
    let change = membership(&chat.json(), &bot_json(), "member", "left", at);
    model.tell_bot("my_chat_member", change);
    Ok(())
}

enum Sent<'a> {
    Text(&'a str),
    Forwarded(&'a str),
    Attached(Attachment),
}

fn write(model: &mut Model, chat_id: i64, person: i64, sent: Sent<'_>, at: Moment) -> i64 {
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
        date: at.clock,
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
        model.tell_bot("message", json);
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

fn edit(
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
    message.edited = Some(at.clock);
    match &mut message.attachment {
        Some(Attachment::Photo(caption)) => text.clone_into(caption),
        _ => message.body = as_typed(text),
    }
    chat.log
        .push(transcript::line(&format!("{name} (edited)"), text));
    let json = chat.messages[position].json(&chat.json(), &from);
    model.tell_bot("edited_message", json);
    Ok(())
}

fn tap_label(model: &mut Model, person: i64, label: &str, at: Moment) -> Result<(), NotThere> {
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

fn no_button(chat: &Chat, label: &str) -> NotThere {
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

fn tap(model: &mut Model, person: i64, message_id: i64, label: &str, action: &Action, at: Moment) {
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
    model.tell_bot("callback_query", query);
}

fn shut(model: &mut Model, person: i64, shut: bool, at: Moment) {
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
    model.tell_bot("my_chat_member", change);
}

fn membership(chat: &Value, from: &Value, old: &str, new: &str, at: Moment) -> Value {
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
        "date": at.clock.timestamp(),
        "old_chat_member": member(old),
        "new_chat_member": member(new),
    })
}
