//! The shape of an update on the wire: only what is needed, and forgiving about everything but the words.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _, IgnoredAny},
};
use serde_json::value::RawValue;

#[derive(Deserialize)]
pub(super) struct Number {
    pub(super) update_id: i64,
}

/// Only what is asked for in `allowed_updates`; anything else becomes [`Kind::Other`].
#[derive(Deserialize)]
pub(super) struct RawUpdate<'a> {
    pub(super) update_id: i64,
    #[serde(borrow, default)]
    pub(super) message: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) edited_message: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) callback_query: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) my_chat_member: Option<&'a RawValue>,
}

#[derive(Deserialize)]
pub(super) struct RawMessage {
    pub(super) chat: RawChat,
    #[serde(default, deserialize_with = "forgiving")]
    pub(super) message_id: Option<i64>,
    #[serde(default, deserialize_with = "forgiving")]
    pub(super) from: Option<RawUser>,
    #[serde(default, deserialize_with = "forgiving")]
    pub(super) date: Option<i64>,
    #[serde(default, deserialize_with = "forgiving")]
    pub(super) edit_date: Option<i64>,
    /// A string with half a surrogate pair is mended first; anything else must not cost the caption.
    #[serde(default, deserialize_with = "words")]
    pub(super) text: Option<String>,
    #[serde(default, deserialize_with = "words")]
    pub(super) caption: Option<String>,
    #[serde(default, deserialize_with = "forgiving")]
    pub(super) location: Option<RawLocation>,
    #[serde(default)]
    pub(super) forward_origin: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(super) struct RawChat {
    pub(super) id: i64,
    #[serde(default, rename = "type", deserialize_with = "forgiving")]
    pub(super) kind: Option<String>,
}

impl RawChat {
    /// Private chats have positive ids, groups and channels negative ones.
    pub(super) fn is_private(&self) -> bool {
        self.id > 0 && matches!(self.kind.as_deref(), Some("private" | "") | None)
    }
}

#[derive(Deserialize)]
pub(super) struct RawUser {
    pub(super) id: i64,
    #[serde(default, deserialize_with = "forgiving")]
    pub(super) language_code: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct RawLocation {
    pub(super) longitude: f64,
    pub(super) latitude: f64,
}

#[derive(Deserialize)]
pub(super) struct RawTap {
    pub(super) id: String,
    pub(super) from: RawUser,
    #[serde(default, deserialize_with = "forgiving")]
    pub(super) message: Option<RawTapped>,
    #[serde(default, deserialize_with = "forgiving")]
    pub(super) data: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct RawTapped {
    pub(super) chat: RawChat,
    pub(super) message_id: i64,
}

#[derive(Deserialize)]
pub(super) struct RawMember {
    pub(super) chat: RawChat,
    #[serde(default, deserialize_with = "forgiving")]
    pub(super) from: Option<RawUser>,
    #[serde(default, deserialize_with = "forgiving")]
    pub(super) date: Option<i64>,
    pub(super) new_chat_member: RawStatus,
}

#[derive(Deserialize)]
pub(super) struct RawStatus {
    #[serde(default)]
    pub(super) status: String,
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

/// As [`forgiving`], but for a string that cannot be read as it is: that is mended and read again as a whole.
fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    if !raw.get().starts_with('"') {
        return Ok(None);
    }
    serde_json::from_str(raw.get())
        .map(Some)
        .map_err(D::Error::custom)
}

/// Replaces every `\ud800`-`\udfff` that has no partner by the replacement character.
pub(super) fn mend_surrogates(json: &str) -> String {
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
