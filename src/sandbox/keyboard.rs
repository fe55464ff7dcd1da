//! Keyboards under and beside messages: what Telegram takes and what it refuses.

use serde_json::Value;

use super::refusal::Refusal;

/// The most bytes of `callback_data` (Bot API, `InlineKeyboardButton`).
const MOST_CALLBACK_BYTES: usize = 64;
/// The most characters that a copy button copies (Bot API, `CopyTextButton`).
const MOST_COPY_CHARACTERS: usize = 256;
/// The most buttons on one keyboard (observed at Telegram's servers; more is "reply markup is too long").
const MOST_BUTTONS: usize = 100;

/// A button under a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// What it does.
    pub action: Action,
}

/// What a button under a message does.
#[derive(Clone, PartialEq, Eq)]
pub enum Action {
    /// Sends this to the bot.
    Callback(String),
    /// Opens this address.
    Url(String),
    /// Copies this text.
    Copy(String),
}

/// A button that takes the place of the phone's keyboard.
#[derive(Clone, PartialEq, Eq)]
pub struct ReplyButton {
    /// What stands on it, and what it says when tapped.
    pub label: String,
    /// It shares the phone's location instead of saying its label.
    pub asks_location: bool,
}

/// What came with a message as `reply_markup`.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Markup {
    Inline(Vec<Vec<Button>>),
    Reply(Vec<Vec<ReplyButton>>),
    Remove,
    ForceReply,
}

/// Reads `reply_markup` as Telegram does.
pub(super) fn parse(markup: &Value) -> Result<Markup, Refusal> {
    let Some(object) = markup.as_object() else {
        return Err(Refusal::bad_request("object expected as reply markup"));
    };
    if let Some(rows) = object.get("inline_keyboard") {
        return inline(rows).map(Markup::Inline);
    }
    if let Some(rows) = object.get("keyboard") {
        return reply(rows).map(Markup::Reply);
    }
    if object.get("remove_keyboard").and_then(Value::as_bool) == Some(true) {
        return Ok(Markup::Remove);
    }
    if object.get("force_reply").and_then(Value::as_bool) == Some(true) {
        return Ok(Markup::ForceReply);
    }
    Err(Refusal::bad_request("object expected as reply markup"))
}

/// Reads the `reply_markup` of an edit, where only an inline keyboard can stand.
pub(super) fn parse_inline(markup: &Value) -> Result<Vec<Vec<Button>>, Refusal> {
    match parse(markup)? {
        Markup::Inline(rows) => Ok(rows),
        Markup::Reply(_) | Markup::Remove | Markup::ForceReply => {
            Err(Refusal::bad_request("inline keyboard expected"))
        }
    }
}

fn inline(rows: &Value) -> Result<Vec<Vec<Button>>, Refusal> {
    let keyboard = rows_of(rows, "inline keyboard", inline_button)?;
    if keyboard.iter().map(Vec::len).sum::<usize>() > MOST_BUTTONS {
        return Err(Refusal::bad_request("reply markup is too long"));
    }
    Ok(keyboard)
}

fn reply(rows: &Value) -> Result<Vec<Vec<ReplyButton>>, Refusal> {
    let keyboard = rows_of(rows, "keyboard", reply_button)?;
    if keyboard.is_empty() {
        return Err(Refusal::bad_request("reply keyboard must be non-empty"));
    }
    Ok(keyboard)
}

fn rows_of<T>(
    rows: &Value,
    what: &str,
    button: fn(&Value) -> Result<T, Refusal>,
) -> Result<Vec<Vec<T>>, Refusal> {
    let Some(rows) = rows.as_array() else {
        return Err(Refusal::bad_request(format!(
            "field \"{}\" of the reply markup must be an Array",
            what.replace(' ', "_")
        )));
    };
    let mut keyboard = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(row) = row.as_array() else {
            return Err(Refusal::bad_request(format!(
                "field \"{}\" of the reply markup must be an Array of Arrays",
                what.replace(' ', "_")
            )));
        };
        let row = row.iter().map(button).collect::<Result<Vec<_>, _>>()?;
        if !row.is_empty() {
            keyboard.push(row);
        }
    }
    Ok(keyboard)
}

fn inline_button(button: &Value) -> Result<Button, Refusal> {
    let label = label_of(button, "inline keyboard button")?;
    let field = |name: &str| button.get(name).and_then(Value::as_str);
    let action = if let Some(url) = field("url").filter(|url| !url.is_empty()) {
        check_url(url)?;
        Action::Url(url.to_owned())
    } else if let Some(data) = field("callback_data").filter(|data| !data.is_empty()) {
        if data.len() > MOST_CALLBACK_BYTES {
            return Err(Refusal::bad_request("BUTTON_DATA_INVALID"));
        }
        Action::Callback(data.to_owned())
    } else if let Some(text) = button
        .get("copy_text")
        .and_then(|copy| copy.get("text"))
        .and_then(Value::as_str)
    {
        if text.is_empty() || text.chars().count() > MOST_COPY_CHARACTERS {
            return Err(Refusal::bad_request("BUTTON_COPY_TEXT_INVALID"));
        }
        Action::Copy(text.to_owned())
    } else {
        return Err(Refusal::bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ));
    };
    Ok(Button { label, action })
}

fn reply_button(button: &Value) -> Result<ReplyButton, Refusal> {
    if let Some(label) = button.as_str() {
        return Ok(ReplyButton {
            label: label.to_owned(),
            asks_location: false,
        });
    }
    Ok(ReplyButton {
        label: label_of(button, "keyboard button")?,
        asks_location: button.get("request_location").and_then(Value::as_bool) == Some(true),
    })
}

fn label_of(button: &Value, what: &str) -> Result<String, Refusal> {
    let Some(object) = button.as_object() else {
        return Err(Refusal::bad_request(format!(
            "can't parse {what}: {what} must be an Object"
        )));
    };
    match object.get("text") {
        None => Err(Refusal::bad_request(format!(
            "can't parse {what}: Can't find field \"text\""
        ))),
        Some(Value::String(label)) if label.trim().is_empty() => Err(Refusal::bad_request(
            format!("{what} text must be non-empty"),
        )),
        Some(Value::String(label)) => Ok(label.clone()),
        Some(_) => Err(Refusal::bad_request(format!(
            "can't parse {what}: Field \"text\" must be of type String"
        ))),
    }
}

/// Telegram takes web addresses and its own; a telephone link is refused.
fn check_url(url: &str) -> Result<(), Refusal> {
    let wrong = |why: &str| {
        Refusal::bad_request(format!(
            "inline keyboard button URL '{url}' is invalid: {why}"
        ))
    };
    let lower = url.to_ascii_lowercase();
    let host = match lower.split_once("://") {
        Some(("http" | "https", rest)) => rest.split(['/', '?', '#']).next().unwrap_or_default(),
        Some(("tg", _)) => return Ok(()),
        Some(_) => return Err(wrong("Unsupported URL protocol")),
        None if lower.starts_with("tel:") || lower.starts_with("mailto:") => {
            return Err(wrong("Unsupported URL protocol"));
        }
        None => lower.split(['/', '?', '#']).next().unwrap_or_default(),
    };
    if host.contains('.') && !host.starts_with('.') && !host.ends_with('.') && !host.contains(' ') {
        Ok(())
    } else {
        Err(wrong("Wrong HTTP URL"))
    }
}
