//! The state of the stand-in: who is there, what was said, what waits for the bot.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::{
    chat::{Author, Chat, ChatKind, File, Message, Person, Toast, bot_json},
    faults::Faults,
    keyboard::Markup,
    limits::Judge,
    record::{CallRecord, CallResult, Said},
    refusal::Refusal,
    transcript,
    updates::Queue,
};

/// A moment, by the movable clock and by the one that never steps.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    pub(super) clock: DateTime<Utc>,
    /// As Telegram dates it.
    pub(super) dated: DateTime<Utc>,
    pub(super) instant: Instant,
}

/// A tap on a button that the bot has not answered yet, or has.
pub(super) struct Query {
    pub(super) chat: i64,
    pub(super) asked: DateTime<Utc>,
}

/// What the bot says about itself, by kind, scope and language.
#[derive(Default)]
pub(super) struct Profile {
    /// By `scope|language`.
    pub(super) commands: HashMap<String, Value>,
    /// By `kind|language`.
    pub(super) texts: HashMap<String, String>,
    pub(super) menu_button: Option<Value>,
}

#[derive(Default)]
pub(super) struct Model {
    pub(super) people: HashMap<i64, Person>,
    pub(super) chats: HashMap<i64, Chat>,
    pub(super) queue: Queue,
    pub(super) queries: HashMap<String, Query>,
    pub(super) profile: Profile,
    pub(super) judge: Judge,
    pub(super) faults: Faults,
    pub(super) records: Vec<CallRecord>,
    pub(super) said: Vec<Said>,
    pub(super) toasts: Vec<(i64, Toast)>,
    /// How far Telegram's own clock is ahead of the machine's.
    pub(super) ahead: chrono::TimeDelta,
    last_message_id: i64,
    last_query: u64,
}

/// What a call wants to say, read and checked before the model is touched.
pub(super) struct Wording {
    pub(super) source: String,
    pub(super) body: super::format::Formatted,
    pub(super) markup: Option<Markup>,
    pub(super) markup_json: Value,
}

/// How a new message goes out.
pub(super) struct Manner {
    pub(super) silent: bool,
    pub(super) protected: bool,
    pub(super) paid: bool,
    pub(super) file: Option<File>,
}

impl Model {
    pub(super) fn open_record(
        &mut self,
        method: &'static str,
        (chat, offset): (Option<i64>, Option<i64>),
        at: Moment,
    ) -> usize {
        self.records.push(CallRecord {
            at: at.clock,
            instant: at.instant,
            method,
            chat,
            offset,
            result: CallResult::Open,
        });
        self.records.len() - 1
    }

    pub(super) fn close_record(&mut self, record: usize, result: CallResult) {
        self.records[record].result = result;
    }

    pub(super) fn next_message_id(&mut self) -> i64 {
        self.last_message_id += 1;
        self.last_message_id
    }

    pub(super) fn next_query_id(&mut self) -> String {
        self.last_query += 1;
        format!("{}", 7_000_000_000_u64 + self.last_query)
    }

    /// The chat, if the bot may speak there.
    pub(super) fn speakable(&mut self, chat: i64) -> Result<&mut Chat, Refusal> {
        let deactivated = self
            .people
            .get(&chat)
            .is_some_and(|person| person.deactivated);
        let Some(chat) = self.chats.get_mut(&chat) else {
            return Err(Refusal::bad_request("chat not found"));
        };
        match chat.kind {
            ChatKind::Private if deactivated => Err(Refusal::forbidden("user is deactivated")),
            ChatKind::Private if chat.shut => {
                Err(Refusal::forbidden("bot was blocked by the user"))
            }
            ChatKind::Private if !chat.open => Err(Refusal::forbidden(
                "bot can't initiate conversation with a user",
            )),
            ChatKind::Group if chat.shut => {
                Err(Refusal::forbidden("bot was kicked from the group chat"))
            }
            ChatKind::Group if !chat.open => {
                Err(Refusal::forbidden("bot is not a member of the group chat"))
            }
            ChatKind::Private | ChatKind::Group => Ok(chat),
        }
    }

    /// A message of the bot arrives in a chat.
    pub(super) fn deliver(
        &mut self,
        chat_id: i64,
        method: &'static str,
        wording: Wording,
        manner: Manner,
        at: Moment,
    ) -> Result<(i64, Value), Refusal> {
        let is_group = self.speakable(chat_id)?.kind == ChatKind::Group;
        self.judge
            .count(chat_id, is_group, manner.paid, at.instant)
            .map_err(Refusal::too_many)?;
        let id = self.next_message_id();
        let keyboard = match &wording.markup {
            Some(Markup::Inline(rows)) => rows.clone(),
            Some(Markup::Reply(_) | Markup::Remove | Markup::ForceReply) | None => Vec::new(),
        };
        let message = Message {
            id,
            author: Author::Bot,
            date: at.dated,
            edited: None,
            body: wording.body,
            attachment: None,
            file: manner.file.as_ref().map(|file| file.name.clone()),
            forwarded: false,
            keyboard,
            markup: wording.markup_json,
            silent: manner.silent,
            protected: manner.protected,
        };
        let said = Said {
            chat: chat_id,
            message_id: id,
            method,
            text: message.body.text.clone(),
            source: wording.source,
            keyboard: message.keyboard.clone(),
            silent: manner.silent,
            protected: manner.protected,
            paid: manner.paid,
            edit: false,
            file: manner.file,
            at: at.clock,
            instant: at.instant,
        };
        self.said.push(said);
        let index = self.said.len() - 1;
        let chat = self.speakable(chat_id)?;
        match &wording.markup {
            Some(Markup::Reply(rows)) => chat.reply_keyboard = Some(rows.clone()),
            Some(Markup::Remove) => chat.reply_keyboard = None,
            Some(Markup::Inline(_) | Markup::ForceReply) | None => {}
        }
        chat.log.push(transcript::bot_line(
            &message,
            wording.markup.as_ref(),
            false,
        ));
        chat.said.push(index);
        let json = message.json(&chat.json(), &bot_json());
        chat.messages.push(message);
        Ok((id, json))
    }

    /// The bot changes a message of its own: its text, its keyboard, or both.
    pub(super) fn revise(
        &mut self,
        chat_id: i64,
        message_id: i64,
        method: &'static str,
        wording: Wording,
        keep_body: bool,
        at: Moment,
    ) -> Result<Value, Refusal> {
        let index = self.said.len();
        let chat = self.speakable(chat_id)?;
        let Some(position) = chat.position(message_id) else {
            return Err(Refusal::bad_request("message to edit not found"));
        };
        let message = &mut chat.messages[position];
        if message.author != Author::Bot {
            return Err(Refusal::bad_request("message can't be edited"));
        }
        match method {
            "editMessageText" if message.file.is_some() => {
                return Err(Refusal::bad_request(
                    "there is no text in the message to edit",
                ));
            }
            "editMessageCaption" if message.file.is_none() => {
                return Err(Refusal::bad_request(
                    "there is no caption in the message to edit",
                ));
            }
            _ => {}
        }
        let keyboard = match wording.markup {
            Some(Markup::Inline(rows)) => rows,
            Some(Markup::Reply(_) | Markup::Remove | Markup::ForceReply) | None => Vec::new(),
        };
        let same_body = keep_body || message.body == wording.body;
        if same_body && message.keyboard == keyboard {
            return Err(Refusal::bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
            ));
        }
        if !keep_body {
            message.body = wording.body;
        }
        message.keyboard = keyboard;
        message.markup = wording.markup_json;
        message.edited = Some(at.dated);
        let said = Said {
            chat: chat_id,
            message_id,
            method,
            text: message.body.text.clone(),
            source: wording.source,
            keyboard: message.keyboard.clone(),
            silent: message.silent,
            protected: message.protected,
            paid: false,
            edit: true,
            file: None,
            at: at.clock,
            instant: at.instant,
        };
        let line = transcript::bot_line(message, None, true);
        let message = message.clone();
        chat.log.push(line);
        let json = message.json(&chat.json(), &bot_json());
        chat.said.push(index);
        self.said.push(said);
        Ok(json)
    }

    /// The commands that a phone in this language shows in a private chat.
    pub(super) fn commands_for(&self, language: &str) -> Value {
        ["all_private_chats", "default"]
            .into_iter()
            .flat_map(|scope| [format!("{scope}|{language}"), format!("{scope}|")])
            .find_map(|key| self.profile.commands.get(&key).cloned())
            .unwrap_or_else(|| Value::Array(Vec::new()))
    }

    /// A text of the bot's profile as a phone in this language shows it.
    pub(super) fn profile_text(&self, kind: &str, language: &str) -> String {
        [format!("{kind}|{language}"), format!("{kind}|")]
            .iter()
            .find_map(|key| self.profile.texts.get(key).cloned())
            .unwrap_or_default()
    }
}

/// An object with these fields, for answers built by hand.
pub(super) fn object(fields: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Object(
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<Map<_, _>>(),
    )
}
