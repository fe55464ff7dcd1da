//! What Telegram hands in, read from the raw JSON into what the conversation needs.
//!
//! teloxide's own types lose the text of a message with an entity they do not know; here text and caption are read first
//! and everything else is forgiven. Triage judges every text here, so that a call for help is known before anything of its
//! batch is handled. Must not know what an answer says, and never shows a text or an id.

mod raw;

#[cfg(test)]
mod tests;

use std::{collections::HashMap, fmt, panic::catch_unwind};

use chrono::{DateTime, Utc};
use raw::{Number, RawMember, RawMessage, RawTap, RawUpdate, mend_surrogates};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::{
    conversation,
    domain::ChatId,
    triage::{self, Category, Finding, Tier},
};

/// One update, as the handler sees it.
#[derive(Clone, PartialEq)]
pub struct Incoming {
    /// Telegram's number of the update; grows, may pass 2^31.
    pub id: i64,
    /// Where it came from. For [`Kind::Group`], the group.
    pub chat: ChatId,
    /// The IETF tag of the language the sender's Telegram is set to, if it says so.
    pub language_tag: Option<String>,
    /// When it was written (or last edited); a tap has no time.
    pub sent_at: Option<DateTime<Utc>>,
    /// How much of it is to be handled now.
    pub part: Part,
    /// What it is.
    pub kind: Kind,
}

/// How much of an update is to be handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// Only the reply, at once, whatever else of its chat is still at work.
    Reply,
    /// Only what follows from it: it was replied to already.
    Effect,
    /// All of it but what it would show in place of the tapped message: newer taps on that message wait behind it.
    Overtaken,
}

/// What an update is.
#[derive(Clone, PartialEq)]
pub enum Kind {
    /// Something written: a message, a caption, an edit of either.
    Text(Words),
    /// A place shared once.
    Location {
        /// Degrees east.
        longitude: f64,
        /// Degrees north.
        latitude: f64,
    },
    /// A voice message, photo, sticker or anything else without a word in it.
    Unreadable,
    /// A button pressed.
    Tap {
        /// What to acknowledge.
        query_id: String,
        /// What the button carries; `None` when Telegram leaves it out.
        data: Option<String>,
        /// The message that the button stands in; `None` when it is too old to name.
        message_id: Option<i32>,
    },
    /// The parent blocked the bot.
    Blocked,
    /// The parent unblocked it (or pressed Start for the first time).
    Unblocked,
    /// Anything from a group or channel: leave it.
    Group,
    /// Nothing to answer: service messages, moving locations, what is not known yet.
    Other,
}

/// Something written.
#[derive(Clone, PartialEq, Eq)]
pub struct Words {
    /// The text or the caption, as typed, at most 4,096 UTF-16 units by Telegram's rule (not checked here).
    pub text: String,
    /// Telegram's id of the message.
    pub message_id: i32,
    /// Whether it is a changed message.
    pub edited: bool,
    /// Whether it stands below a photo, voice message or the like.
    pub caption: bool,
    /// Whether somebody else wrote it.
    pub forwarded: bool,
    /// What it may mean for someone's safety.
    pub finding: Finding,
}

impl Incoming {
    /// The message on which it is a tap.
    pub(super) fn taps_on(&self) -> Option<i32> {
        match &self.kind {
            Kind::Tap { message_id, .. } => *message_id,
            _ => None,
        }
    }

    /// Whether it may be a call for help, or asks where help is: it waits behind nothing.
    pub fn is_urgent(&self) -> bool {
        match &self.kind {
            Kind::Text(words) => {
                words.finding.tier != Tier::None || conversation::commands_help(&words.text)
            }
            Kind::Tap { data, .. } => data.as_deref().is_some_and(conversation::taps_for_help),
            _ => false,
        }
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Incoming({:?})", self.kind)
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(…)",
            Self::Location { .. } => "Location(…)",
            Self::Unreadable => "Unreadable",
            Self::Tap { .. } => "Tap(…)",
            Self::Blocked => "Blocked",
            Self::Unblocked => "Unblocked",
            Self::Group => "Group",
            Self::Other => "Other",
        })
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Words(…)")
    }
}

/// An update that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// Its number can be read, so it can be acknowledged and skipped.
    Numbered(i64),
    /// Not even that.
    Unnumbered,
}

/// The highest number that is believed to be an update's: the Bot API's numbers have at most 52 significant bits. To
/// acknowledge a higher one would be to ask for nothing that comes after it.
const HIGHEST: i64 = 1 << 52;

/// Reads one update. Every text that Telegram can send gets through, whatever else the update holds.
pub fn read(json: &str) -> Result<Incoming, Malformed> {
    let numbered = serde_json::from_str::<Number>(json).map_err(|_| Malformed::Unnumbered)?;
    if numbered.update_id > HIGHEST {
        return Err(Malformed::Unnumbered);
    }
    let unreadable = Malformed::Numbered(numbered.update_id);
    parse(json)
        // Half a surrogate pair makes a whole text unreadable for serde; the words around it still matter.
        .or_else(|_| parse(&mend_surrogates(json)))
        .map_err(|_| unreadable)
}

fn parse(json: &str) -> serde_json::Result<Incoming> {
    let update = serde_json::from_str::<RawUpdate>(json)?;
    let id = update.update_id;
    if let Some(raw) = update.message {
        message(id, raw, false)
    } else if let Some(raw) = update.edited_message {
        message(id, raw, true)
    } else if let Some(raw) = update.callback_query {
        Ok(tap(id, serde_json::from_str(raw.get())?))
    } else if let Some(raw) = update.my_chat_member {
        Ok(membership(id, serde_json::from_str(raw.get())?))
    } else {
        Ok(Incoming {
            id,
            chat: ChatId(0),
            language_tag: None,
            sent_at: None,
            part: Part::Whole,
            kind: Kind::Other,
        })
    }
}

fn message(id: i64, raw: &RawValue, edited: bool) -> serde_json::Result<Incoming> {
    let message: RawMessage = serde_json::from_str(raw.get())?;
    let text = message.text.filter(|text| !text.is_empty());
    let caption = text.is_none();
    let kind = if !message.chat.is_private() {
        Kind::Group
    } else if let Some(text) = text.or(message.caption) {
        Kind::Text(Words {
            finding: judge(&text),
            text,
            message_id: message.message_id.and_then(narrow).unwrap_or_default(),
            edited,
            caption,
            forwarded: message.forward_origin.is_some(),
        })
    } else if edited {
        // A live location moves by edits: one answer was enough.
        Kind::Other
    } else if let Some(place) = message.location {
        Kind::Location {
            longitude: place.longitude,
            latitude: place.latitude,
        }
    } else {
        wordless(raw)?
    };
    Ok(Incoming {
        id,
        chat: ChatId(message.chat.id),
        language_tag: message.from.and_then(|user| user.language_code),
        sent_at: moment(message.edit_date.or(message.date)),
        part: Part::Whole,
        kind,
    })
}

/// A judge that fails must cost nobody help, nor stop the reading of everybody's messages: whom it cannot judge is
/// shown where help is.
fn judge(text: &str) -> Finding {
    catch_unwind(|| triage::read(text)).unwrap_or_else(|_| Finding {
        tier: Tier::Concern,
        categories: vec![Category::Distress],
        ..Finding::default()
    })
}

/// Service messages in private chats, which nobody wrote and nobody waits for an answer to.
const SERVICE: [&str; 22] = [
    "boost_added",
    "chat_background_set",
    "chat_shared",
    "checklist_tasks_added",
    "checklist_tasks_done",
    "connected_website",
    "direct_message_price_changed",
    "giveaway_completed",
    "gift",
    "group_chat_created",
    "message_auto_delete_timer_changed",
    "paid_message_price_changed",
    "passport_data",
    "pinned_message",
    "proximity_alert_triggered",
    "refunded_payment",
    "successful_payment",
    "unique_gift",
    "user_shared",
    "users_shared",
    "web_app_data",
    "write_access_allowed",
];

/// A message without a word: service messages need no answer; everything else, known or not yet, was sent by a person.
fn wordless(raw: &RawValue) -> serde_json::Result<Kind> {
    #[expect(
        clippy::zero_sized_map_values,
        reason = "serde reads the keys of an object only into a map"
    )]
    let keys: HashMap<String, IgnoredAny> = serde_json::from_str(raw.get())?;
    let service = SERVICE.iter().any(|key| keys.contains_key(*key));
    Ok(if service {
        Kind::Other
    } else {
        Kind::Unreadable
    })
}

fn tap(id: i64, tap: RawTap) -> Incoming {
    let (chat, in_group, message_id) = match tap.message {
        Some(message) => (
            message.chat.id,
            !message.chat.is_private(),
            narrow(message.message_id),
        ),
        None => (tap.from.id, false, None),
    };
    Incoming {
        id,
        chat: ChatId(chat),
        language_tag: tap.from.language_code,
        sent_at: None,
        part: Part::Whole,
        kind: if in_group {
            Kind::Group
        } else {
            Kind::Tap {
                query_id: tap.id,
                data: tap.data,
                message_id,
            }
        },
    }
}

fn membership(id: i64, member: RawMember) -> Incoming {
    let status = member.new_chat_member.status.as_str();
    let out = matches!(status, "kicked" | "left");
    Incoming {
        id,
        chat: ChatId(member.chat.id),
        language_tag: member.from.and_then(|user| user.language_code),
        sent_at: moment(member.date),
        part: Part::Whole,
        kind: match (member.chat.is_private(), out) {
            (true, true) => Kind::Blocked,
            (true, false) => Kind::Unblocked,
            (false, true) => Kind::Other,
            (false, false) => Kind::Group,
        },
    }
}

fn moment(seconds: Option<i64>) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds?, 0)
}

/// Telegram's message ids fit 32 bits; one that does not is no message of ours.
fn narrow(message_id: i64) -> Option<i32> {
    i32::try_from(message_id).ok()
}
