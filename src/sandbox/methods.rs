//! What each method does to the model, and when it is refused.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    calls::Params,
    chat::{Author, File, Toast},
    deeds,
    format::{Formatted, parse_html},
    itself, keyboard,
    model::{Manner, Model, Moment, Wording},
    refusal::Refusal,
    transcript,
};

/// The longest message (Bot API, sendMessage), in UTF-16 units after the markup is taken off.
const LONGEST_TEXT: usize = 4096;
/// The longest caption (Bot API, sendDocument), in UTF-16 units.
const LONGEST_CAPTION: usize = 1024;
/// The longest toast (Bot API, answerCallbackQuery), in characters.
const LONGEST_TOAST: usize = 200;
/// How long a tap can be answered (observed; Telegram names no figure).
const QUERY_LIFE: TimeDelta = TimeDelta::minutes(15);
/// How old a message of its own the bot may still delete (Bot API, deleteMessage).
const DELETABLE: TimeDelta = TimeDelta::hours(48);
/// The most messages in one `deleteMessages` (Bot API).
const MOST_DELETED: usize = 100;
/// What a method gave back.
pub(super) struct Done {
    pub(super) result: Value,
    /// The message that it made.
    pub(super) message: Option<i64>,
}

impl From<Value> for Done {
    fn from(result: Value) -> Self {
        Self {
            result,
            message: None,
        }
    }
}

pub(super) fn done() -> Done {
    json!(true).into()
}

/// The wording of a call that says something, read and checked; `None` for the others.
pub(super) fn wording(method: &str, params: &Params) -> Result<Option<Wording>, Refusal> {
    let (field, longest) = match method {
        "sendMessage" | "editMessageText" => ("text", LONGEST_TEXT),
        "sendDocument" | "editMessageCaption" => ("caption", LONGEST_CAPTION),
        "editMessageReplyMarkup" => ("", 0),
        _ => return Ok(None),
    };
    let source = params.text(field).unwrap_or_default();
    if field == "text" && source.is_empty() {
        return Err(Refusal::bad_request("message text is empty"));
    }
    let body = match params.text("parse_mode").unwrap_or_default() {
        "" => Formatted::plain(source),
        mode if mode.eq_ignore_ascii_case("html") => parse_html(source)
            .map_err(|why| Refusal::bad_request(format!("can't parse entities: {why}")))?,
        _ => return Err(Refusal::bad_request("unsupported parse_mode")),
    };
    if field == "text" && body.text.is_empty() {
        return Err(Refusal::bad_request("text must be non-empty"));
    }
    if body.utf16_len() > longest && field == "text" {
        return Err(Refusal::bad_request("message is too long"));
    }
    if body.utf16_len() > longest && field == "caption" {
        return Err(Refusal::bad_request("message caption is too long"));
    }
    let markup_json = params.structure("reply_markup")?.unwrap_or_default();
    let markup = match &markup_json {
        Value::Null => None,
        value if method.starts_with("edit") => {
            Some(keyboard::Markup::Inline(keyboard::parse_inline(value)?))
        }
        value => Some(keyboard::parse(value)?),
    };
    Ok(Some(Wording {
        source: source.to_owned(),
        body,
        markup,
        markup_json,
    }))
}

/// Carries out a method other than `getUpdates`.
pub(super) fn perform(
    model: &mut Model,
    method: &'static str,
    params: &Params,
    wording: Option<Wording>,
    at: Moment,
) -> Result<Done, Refusal> {
    match (method, wording) {
        ("sendMessage", Some(wording)) => send(model, method, params, wording, None, at),
        ("sendDocument", Some(wording)) => {
            let file = params
                .file("document")
                .cloned()
                .ok_or_else(|| Refusal::bad_request("there is no document in the request"))?;
            send(model, method, params, wording, Some(file), at)
        }
        ("editMessageText" | "editMessageCaption" | "editMessageReplyMarkup", Some(wording)) => {
            let (chat, message) = (chat_of(params)?, message_of(params, "edit")?);
            let keep_body = method == "editMessageReplyMarkup";
            model
                .revise(chat, message, method, wording, keep_body, at)
                .map(Done::from)
        }
        ("deleteMessage", _) => {
            let (chat, message) = (chat_of(params)?, message_of(params, "delete")?);
            delete(model, chat, message, at).map(|()| done())
        }
        ("deleteMessages", _) => delete_several(model, params, at),
        ("answerCallbackQuery", _) => answer_query(model, params, at),
        ("sendChatAction", _) => model.speakable(chat_of(params)?).map(|_| done()),
        ("leaveChat", _) => deeds::bot_leaves(model, chat_of(params)?, at).map(|()| done()),
        ("getChat", _) => {
            let chat = chat_of(params)?;
            let chat = model.chats.get(&chat);
            chat.map(|chat| chat.json().into())
                .ok_or_else(|| Refusal::bad_request("chat not found"))
        }
        _ => itself::perform(model, method, params),
    }
}

fn chat_of(params: &Params) -> Result<i64, Refusal> {
    params
        .chat()
        .ok_or_else(|| Refusal::bad_request("chat_id is empty"))
}

fn message_of(params: &Params, deed: &str) -> Result<i64, Refusal> {
    match params.number("message_id") {
        Some(id) if id > 0 => Ok(id),
        _ => Err(Refusal::bad_request(format!("message to {deed} not found"))),
    }
}

fn send(
    model: &mut Model,
    method: &'static str,
    params: &Params,
    wording: Wording,
    file: Option<File>,
    at: Moment,
) -> Result<Done, Refusal> {
    let manner = Manner {
        silent: params.flag("disable_notification"),
        protected: params.flag("protect_content"),
        paid: params.flag("allow_paid_broadcast"),
        file,
    };
    let (id, result) = model.deliver(chat_of(params)?, method, wording, manner, at)?;
    Ok(Done {
        result,
        message: Some(id),
    })
}

fn delete(model: &mut Model, chat: i64, message: i64, at: Moment) -> Result<(), Refusal> {
    let Some(chat) = model.chats.get_mut(&chat) else {
        return Err(Refusal::bad_request("chat not found"));
    };
    let Some(position) = chat.position(message) else {
        return Err(Refusal::bad_request("message to delete not found"));
    };
    if at.dated - chat.messages[position].date > DELETABLE {
        return Err(Refusal::bad_request("message can't be deleted"));
    }
    let gone = chat.messages.remove(position);
    let whose = match gone.author {
        Author::Bot => "its own",
        Author::Person(_) => "their",
    };
    let first = gone.body.text.lines().next().unwrap_or_default();
    chat.log
        .push(format!("bot deletes {whose} message: {first}"));
    Ok(())
}

fn delete_several(model: &mut Model, params: &Params, at: Moment) -> Result<Done, Refusal> {
    let chat = chat_of(params)?;
    let ids: Vec<i64> = params
        .structure("message_ids")?
        .and_then(|ids| serde_json::from_value(ids).ok())
        .unwrap_or_default();
    if ids.is_empty() {
        return Err(Refusal::bad_request(
            "message identifiers are not specified",
        ));
    }
    if ids.len() > MOST_DELETED {
        return Err(Refusal::bad_request(
            "too many message identifiers specified",
        ));
    }
    if !model.chats.contains_key(&chat) {
        return Err(Refusal::bad_request("chat not found"));
    }
    for id in ids {
        // "If some of the specified messages can't be found, they are skipped" (Bot API); so are those too old.
        delete(model, chat, id, at).ok();
    }
    Ok(done())
}

fn answer_query(model: &mut Model, params: &Params, at: Moment) -> Result<Done, Refusal> {
    let text = params.text("text").unwrap_or_default();
    if text.chars().count() > LONGEST_TOAST {
        return Err(Refusal::bad_request("MESSAGE_TOO_LONG"));
    }
    let id = params.text("callback_query_id").unwrap_or_default();
    let query = model
        .queries
        .get(id)
        .filter(|query| at.clock - query.asked <= QUERY_LIFE);
    let Some(chat_id) = query.map(|query| query.chat) else {
        return Err(Refusal::bad_request(
            "query is too old and response timeout expired or query ID is invalid",
        ));
    };
    if let Some(chat) = model.chats.get_mut(&chat_id) {
        chat.open_taps.retain(|tap| tap.query != id);
    }
    let alert = params.flag("show_alert");
    if !text.is_empty() {
        let toast = Toast {
            text: text.to_owned(),
            alert,
            number: model.toasts.len() as u64 + 1,
        };
        if let Some(chat) = model.chats.get_mut(&chat_id) {
            let who = if alert { "bot (alert)" } else { "bot (toast)" };
            chat.log.push(transcript::line(who, text));
            chat.toast = Some(toast.clone());
        }
        model.toasts.push((chat_id, toast));
    }
    Ok(done())
}
