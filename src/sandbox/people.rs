//! What people do with their phones: write, tap, block, share; each deed becomes an update for the bot.

use std::fmt;

use serde_json::json;

use super::{
    chat::{Attachment, Author, bot_json},
    deeds::{Sent, edit, membership, no_button, shut, tap, tap_label, write},
    keyboard::Action,
    model::{Model, Moment},
    record::Said,
    stand_in::{Shared, WaitedTooLong},
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
pub struct NotThere(pub(super) String);

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

    /// Changes her last message that is text: a sticker has nothing to change.
    pub fn edits_last(&self, text: &str) -> Result<(), NotThere> {
        let last = self.shared.with(|model| {
            let mut messages = model.chats[&self.id].messages.iter().rev();
            messages
                .find(|m| m.author != Author::Bot && m.attachment.is_none())
                .map(|m| m.id)
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
            model.queue.push("my_chat_member", &change);
            let id = model.next_message_id();
            model.queue.push(
                "message",
                &json!({
                    "message_id": id, "from": from, "chat": chat, "date": at.dated.timestamp(),
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
    /// Whether the bot is in it.
    pub fn has_bot(&self) -> bool {
        self.shared.with(|model| {
            let chat = model.chats.get(&self.id);
            chat.is_some_and(|chat| chat.open && !chat.shut)
        })
    }
}
