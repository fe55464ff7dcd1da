//! What Telegram hands in, read from the raw JSON into what the conversation needs.
//!
//! teloxide's own types lose the text of a message with an entity they do not know; here text and caption are read first
//! and everything else is forgiven. Must not know what any of it means, and never shows a text or an id.

use std::{collections::HashMap, fmt};

use chrono::{DateTime, Utc};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::value::RawValue;

use crate::domain::ChatId;

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
    /// Whether it was answered already and only its effect is still owed (see the inbox).
    pub answered: bool,
    /// What it is.
    pub kind: Kind,
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

/// Reads one update. Every text that Telegram can send gets through, whatever else the update holds.
pub fn read(json: &str) -> Result<Incoming, Malformed> {
    let numbered = serde_json::from_str::<Number>(json).map_err(|_| Malformed::Unnumbered)?;
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
            answered: false,
            kind: Kind::Other,
        })
    }
}

fn message(id: i64, raw: &RawValue, edited: bool) -> serde_json::Result<Incoming> {
    let message: RawMessage = serde_json::from_str(raw.get())?;
    let caption = message.text.is_none();
    let kind = if !message.chat.is_private() {
        Kind::Group
    } else if let Some(text) = message.text.or(message.caption) {
        Kind::Text(Words {
            text,
            message_id: narrow(message.message_id).unwrap_or_default(),
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
        answered: false,
        kind,
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
        answered: false,
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
        answered: false,
        kind: match (member.chat.is_private(), out) {
            (true, true) => Kind::Blocked,
            (true, false) => Kind::Unblocked,
            (false, true) => Kind::Other,
            (false, false) => Kind::Group,
        },
    }
}

#[derive(Deserialize)]
struct Number {
    update_id: i64,
}

/// Only what is asked for in `allowed_updates`; anything else becomes [`Kind::Other`].
#[derive(Deserialize)]
struct RawUpdate<'a> {
    update_id: i64,
    #[serde(borrow, default)]
    message: Option<&'a RawValue>,
    #[serde(borrow, default)]
    edited_message: Option<&'a RawValue>,
    #[serde(borrow, default)]
    callback_query: Option<&'a RawValue>,
    #[serde(borrow, default)]
    my_chat_member: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct RawMessage {
    chat: RawChat,
    #[serde(default)]
    message_id: i64,
    #[serde(default, deserialize_with = "forgiving")]
    from: Option<RawUser>,
    #[serde(default, deserialize_with = "forgiving")]
    date: Option<i64>,
    #[serde(default, deserialize_with = "forgiving")]
    edit_date: Option<i64>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    caption: Option<String>,
    #[serde(default, deserialize_with = "forgiving")]
    location: Option<RawLocation>,
    #[serde(default)]
    forward_origin: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct RawChat {
    id: i64,
    #[serde(default, rename = "type")]
    kind: String,
}

impl RawChat {
    /// Private chats have positive ids, groups and channels negative ones.
    fn is_private(&self) -> bool {
        self.id > 0 && matches!(self.kind.as_str(), "private" | "")
    }
}

#[derive(Deserialize)]
struct RawUser {
    id: i64,
    #[serde(default, deserialize_with = "forgiving")]
    language_code: Option<String>,
}

#[derive(Deserialize)]
struct RawLocation {
    longitude: f64,
    latitude: f64,
}

#[derive(Deserialize)]
struct RawTap {
    id: String,
    from: RawUser,
    #[serde(default, deserialize_with = "forgiving")]
    message: Option<RawTapped>,
    #[serde(default, deserialize_with = "forgiving")]
    data: Option<String>,
}

#[derive(Deserialize)]
struct RawTapped {
    chat: RawChat,
    message_id: i64,
}

#[derive(Deserialize)]
struct RawMember {
    chat: RawChat,
    #[serde(default, deserialize_with = "forgiving")]
    from: Option<RawUser>,
    #[serde(default, deserialize_with = "forgiving")]
    date: Option<i64>,
    new_chat_member: RawStatus,
}

#[derive(Deserialize)]
struct RawStatus {
    #[serde(default)]
    status: String,
}

/// A field that may be missing, null or of an unexpected shape without spoiling the rest.
fn forgiving<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(raw.get()).ok())
}

fn moment(seconds: Option<i64>) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds?, 0)
}

/// Telegram's message ids fit 32 bits; one that does not is no message of ours.
fn narrow(message_id: i64) -> Option<i32> {
    i32::try_from(message_id).ok()
}

/// Replaces every `\ud800`-`\udfff` that has no partner by the replacement character.
fn mend_surrogates(json: &str) -> String {
    let mut mended = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        mended.push_str(before);
        let pair = surrogate(escape, 0xD800..0xDC00).is_some()
            && escape
                .get(6..)
                .is_some_and(|low| surrogate(low, 0xDC00..0xE000).is_some());
        let (kept, length) = if pair {
            (&escape[..12], 12)
        } else if surrogate(escape, 0xD800..0xE000).is_some() {
            ("\\ufffd", 6)
        } else {
            // The backslash and what it escapes, so that an escaped backslash is not taken for the start of another.
            let length = 1 + escape[1..].chars().next().map_or(0, char::len_utf8);
            (&escape[..length], length)
        };
        mended.push_str(kept);
        rest = &escape[length..];
    }
    mended.push_str(rest);
    mended
}

fn surrogate(escape: &str, range: std::ops::Range<u32>) -> Option<u32> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16)
        .ok()
        .filter(|unit| range.contains(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incoming(json: &str) -> Incoming {
        read(json).expect("a readable update")
    }

    fn words(json: &str) -> Words {
        match incoming(json).kind {
            Kind::Text(words) => words,
            other => panic!("expected words, got {other:?}"),
        }
    }

    fn message(rest: &str) -> String {
        format!(
            r#"{{"update_id":5,"message":{{"message_id":9,"date":1700000000,"chat":{{"id":42,"type":"private"}},"from":{{"id":42,"is_bot":false,"first_name":"mia","language_code":"es-419"}},{rest}}}}}"#
        )
    }

    #[test]
    fn a_text_keeps_its_words_beside_an_unknown_entity() {
        let json = message(
            r#""text":"remind me at 8:30","entities":[{"type":"date_time","offset":13,"length":4,"x":{}}]"#,
        );
        assert_eq!(words(&json).text, "remind me at 8:30");
        let update = incoming(&json);
        assert_eq!(update.chat, ChatId(42));
        assert_eq!(update.language_tag.as_deref(), Some("es-419"));
        assert_eq!(update.sent_at, DateTime::from_timestamp(1_700_000_000, 0));
    }

    #[test]
    fn captions_edits_and_forwards_are_words() {
        let caption = words(&message(r#""photo":[],"caption":"look""#));
        assert!(caption.caption && caption.text == "look");
        let forwarded = words(&message(r#""text":"x","forward_origin":{"type":"user"}"#));
        assert!(forwarded.forwarded && !forwarded.caption);
        let edited = message(r#""text":"x","edit_date":1700000100"#)
            .replace("\"message\"", "\"edited_message\"");
        assert!(words(&edited).edited);
        assert_eq!(
            incoming(&edited).sent_at,
            DateTime::from_timestamp(1_700_000_100, 0)
        );
    }

    #[test]
    fn an_id_beyond_two_to_the_31_and_fields_of_odd_shapes() {
        let json = r#"{"update_id":9000000000,"message":{"message_id":1,"date":"soon","from":7,"chat":{"id":42,"type":"private"},"text":"hola","location":"here"}}"#;
        let update = incoming(json);
        assert_eq!(update.id, 9_000_000_000);
        assert_eq!(words(json).text, "hola");
        assert_eq!(update.sent_at, None);
    }

    #[test]
    fn half_a_surrogate_pair_does_not_swallow_the_words() {
        let json = message(r#""text":"help \ud83d me \\ud83d \ud83d\ude00 \n now \udc00""#);
        assert_eq!(
            words(&json).text,
            "help \u{fffd} me \\ud83d 😀 \n now \u{fffd}"
        );
    }

    #[test]
    fn what_has_no_words() {
        let kind = |rest: &str| incoming(&message(rest)).kind;
        assert!(kind(r#""voice":{}"#) == Kind::Unreadable);
        assert!(kind(r#""hologram_of_next_year":{}"#) == Kind::Unreadable);
        assert!(kind(r#""pinned_message":{}"#) == Kind::Other);
        assert!(
            kind(r#""location":{"longitude":-3.7,"latitude":40.4}"#)
                == Kind::Location {
                    longitude: -3.7,
                    latitude: 40.4
                }
        );
    }

    #[test]
    fn taps() {
        let json = r#"{"update_id":6,"callback_query":{"id":"77","from":{"id":42,"language_code":"en"},"message":{"message_id":3,"date":0,"chat":{"id":42,"type":"private"}},"data":"v1.x"}}"#;
        let update = incoming(json);
        assert_eq!(update.chat, ChatId(42));
        assert!(
            update.kind
                == Kind::Tap {
                    query_id: "77".into(),
                    data: Some("v1.x".into()),
                    message_id: Some(3)
                }
        );
        let bare = r#"{"update_id":6,"callback_query":{"id":"77","from":{"id":42}}}"#;
        assert_eq!(incoming(bare).chat, ChatId(42));
    }

    #[test]
    fn blocking_unblocking_and_groups() {
        let member = |chat: &str, status: &str| {
            incoming(&format!(
                r#"{{"update_id":7,"my_chat_member":{{"chat":{chat},"from":{{"id":42}},"date":1,"old_chat_member":{{}},"new_chat_member":{{"status":"{status}"}}}}}}"#
            ))
            .kind
        };
        let private = r#"{"id":42,"type":"private"}"#;
        let group = r#"{"id":-100,"type":"supergroup"}"#;
        assert!(member(private, "kicked") == Kind::Blocked);
        assert!(member(private, "member") == Kind::Unblocked);
        assert!(member(group, "administrator") == Kind::Group);
        assert!(member(group, "left") == Kind::Other);
        let said = r#"{"update_id":8,"message":{"chat":{"id":-100,"type":"group"},"text":"hi"}}"#;
        assert!(incoming(said).kind == Kind::Group);
    }

    #[test]
    fn rubbish_is_told_apart() {
        let cases = [
            ("{", Malformed::Unnumbered),
            (r#"{"update_id":"five"}"#, Malformed::Unnumbered),
            (r#"{"update_id":5,"message":7}"#, Malformed::Numbered(5)),
            (
                r#"{"update_id":5,"message":{"chat":{"id":"x"}}}"#,
                Malformed::Numbered(5),
            ),
        ];
        for (json, expected) in cases {
            assert_eq!(read(json).expect_err("malformed"), expected, "{json}");
        }
        assert!(incoming(r#"{"update_id":5,"poll":{"id":"1"}}"#).kind == Kind::Other);
    }

    #[test]
    fn debug_shows_neither_words_nor_ids() {
        let shown = format!("{:?}", incoming(&message(r#""text":"secret words""#)));
        assert_eq!(shown, "Incoming(Text(…))");
    }
}
