//! Chats, the people in them, and messages as Telegram shows them to the bot.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    format::Formatted,
    keyboard::{Button, ReplyButton},
};

/// The bot's own user id and names.
pub(super) const BOT_ID: i64 = 4_242_424_242;
pub(super) const BOT_USERNAME: &str = "slow_bloom_try_bot";
pub(super) const BOT_NAME: &str = "Slow Bloom";

/// A person with a phone.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) language_code: String,
    pub(super) deactivated: bool,
}

impl Person {
    pub(super) fn json(&self) -> Value {
        json!({
            "id": self.id,
            "is_bot": false,
            "first_name": self.name,
            "language_code": self.language_code,
        })
    }
}

pub(super) fn bot_json() -> Value {
    json!({
        "id": BOT_ID,
        "is_bot": true,
        "first_name": BOT_NAME,
        "username": BOT_USERNAME,
    })
}

/// What a person can send that is not text.
#[derive(Clone, PartialEq)]
pub enum Attachment {
    /// A voice message.
    Voice,
    /// A sticker.
    Sticker,
    /// A photo, with what is written under it ("" for nothing).
    Photo(String),
    /// The place where the phone is, in degrees.
    Location {
        /// North is positive.
        latitude: f64,
        /// East is positive.
        longitude: f64,
    },
}

impl Attachment {
    /// The fields that it puts into the message.
    pub(super) fn fields(&self) -> Value {
        match self {
            Self::Voice => json!({ "voice": {
                "file_id": "voice-1", "file_unique_id": "v1", "duration": 4,
                "mime_type": "audio/ogg", "file_size": 9000,
            }}),
            Self::Sticker => json!({ "sticker": {
                "file_id": "sticker-1", "file_unique_id": "s1", "type": "regular",
                "width": 512, "height": 512, "is_animated": false, "is_video": false,
            }}),
            Self::Photo(caption) => {
                let mut fields = json!({ "photo": [{
                    "file_id": "photo-1", "file_unique_id": "p1",
                    "width": 90, "height": 67, "file_size": 1200,
                }]});
                if !caption.is_empty() {
                    fields["caption"] = json!(caption);
                }
                fields
            }
            Self::Location {
                latitude,
                longitude,
            } => {
                json!({ "location": { "latitude": latitude, "longitude": longitude } })
            }
        }
    }

    /// How a transcript names it.
    pub(super) fn line(&self) -> String {
        match self {
            Self::Voice => "[voice]".to_owned(),
            Self::Sticker => "[sticker]".to_owned(),
            Self::Photo(caption) if caption.is_empty() => "[photo]".to_owned(),
            Self::Photo(caption) => format!("[photo] {caption}"),
            Self::Location { .. } => "[location]".to_owned(),
        }
    }
}

/// A file that the bot sent.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ChatKind {
    Private,
    Group,
}

/// A conversation that the bot can be part of.
pub(super) struct Chat {
    pub(super) id: i64,
    pub(super) kind: ChatKind,
    pub(super) title: String,
    /// The parent has written, or the bot is a member of the group: the bot may speak.
    pub(super) open: bool,
    /// The parent blocked the bot, or the group removed it.
    pub(super) shut: bool,
    /// By id, ascending; deleted ones are gone.
    pub(super) messages: Vec<Message>,
    pub(super) reply_keyboard: Option<Vec<Vec<ReplyButton>>>,
    /// What happened, line by line, ready to read.
    pub(super) log: Vec<String>,
    /// How far `news` has read.
    pub(super) log_read: usize,
    /// What the bot said here: places in `Model::said`.
    pub(super) said: Vec<usize>,
    /// How far `next_bot_message` has read.
    pub(super) said_read: usize,
    /// The last answer to a button.
    pub(super) toast: Option<Toast>,
    /// Taps that the bot has not answered yet.
    pub(super) open_taps: Vec<OpenTap>,
}

/// A button that still shows that it was tapped.
#[derive(Clone)]
pub(super) struct OpenTap {
    pub(super) query: String,
    pub(super) message: i64,
    pub(super) label: String,
}

/// The short answer to a tap that shows over the chat.
#[derive(Clone)]
pub(super) struct Toast {
    pub(super) text: String,
    pub(super) alert: bool,
    /// Counts up, so that a page can tell a new one.
    pub(super) number: u64,
}

impl Chat {
    pub(super) fn new(id: i64, kind: ChatKind, title: &str) -> Self {
        Self {
            id,
            kind,
            title: title.to_owned(),
            open: false,
            shut: false,
            messages: Vec::new(),
            reply_keyboard: None,
            log: Vec::new(),
            log_read: 0,
            said: Vec::new(),
            said_read: 0,
            toast: None,
            open_taps: Vec::new(),
        }
    }

    pub(super) fn json(&self) -> Value {
        match self.kind {
            ChatKind::Private => {
                json!({ "id": self.id, "type": "private", "first_name": self.title })
            }
            ChatKind::Group => json!({ "id": self.id, "type": "group", "title": self.title }),
        }
    }

    pub(super) fn find(&self, message_id: i64) -> Option<&Message> {
        self.position(message_id).map(|at| &self.messages[at])
    }

    pub(super) fn position(&self, message_id: i64) -> Option<usize> {
        self.messages
            .binary_search_by_key(&message_id, |message| message.id)
            .ok()
    }
}

/// Who wrote a message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Author {
    Bot,
    Person(i64),
}

/// A message as it stands now.
#[derive(Clone)]
pub(super) struct Message {
    pub(super) id: i64,
    pub(super) author: Author,
    pub(super) date: DateTime<Utc>,
    pub(super) edited: Option<DateTime<Utc>>,
    /// The text, or the caption of a file.
    pub(super) body: Formatted,
    pub(super) attachment: Option<Attachment>,
    pub(super) file: Option<String>,
    pub(super) forwarded: bool,
    pub(super) keyboard: Vec<Vec<Button>>,
    /// The keyboard as the bot wrote it.
    pub(super) markup: Value,
    pub(super) silent: bool,
    pub(super) protected: bool,
}

impl Message {
    /// The message as the Bot API writes it.
    pub(super) fn json(&self, chat: &Value, from: &Value) -> Value {
        let mut value = json!({
            "message_id": self.id,
            "from": from,
            "chat": chat,
            "date": self.date.timestamp(),
        });
        if let Some(edited) = self.edited {
            value["edit_date"] = json!(edited.timestamp());
        }
        if self.forwarded {
            value["forward_origin"] = json!({
                "type": "hidden_user", "sender_user_name": "somebody",
                "date": self.date.timestamp(),
            });
        }
        if let Some(fields) = self.attachment.as_ref().map(Attachment::fields) {
            merge(&mut value, fields);
        }
        let (text, entities) = if let Some(name) = &self.file {
            value["document"] = json!({
                "file_id": "document-1", "file_unique_id": "d1", "file_name": name,
            });
            ("caption", "caption_entities")
        } else {
            ("text", "entities")
        };
        if !self.body.text.is_empty() && self.attachment.is_none() {
            value[text] = json!(self.body.text);
            if !self.body.entities.is_empty() {
                value[entities] = self.body.entities_json();
            }
        }
        if !self.keyboard.is_empty() {
            value["reply_markup"] = self.markup.clone();
        }
        if self.protected {
            value["has_protected_content"] = json!(true);
        }
        value
    }
}

fn merge(into: &mut Value, fields: Value) {
    if let (Some(object), Value::Object(fields)) = (into.as_object_mut(), fields) {
        object.extend(fields);
    }
}
