//! Reading a request: which method, which parameters.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{chat::File, refusal::Refusal};

/// Methods that the stand-in knows, as the Bot API's pages write them; Telegram takes any letter case.
const METHODS: [&str; 27] = [
    "getMe",
    "getUpdates",
    "setWebhook",
    "deleteWebhook",
    "getWebhookInfo",
    "sendMessage",
    "sendDocument",
    "sendChatAction",
    "editMessageText",
    "editMessageCaption",
    "editMessageReplyMarkup",
    "deleteMessage",
    "deleteMessages",
    "answerCallbackQuery",
    "leaveChat",
    "setMyCommands",
    "getMyCommands",
    "deleteMyCommands",
    "setMyName",
    "getMyName",
    "setMyDescription",
    "getMyDescription",
    "setMyShortDescription",
    "getMyShortDescription",
    "setChatMenuButton",
    "getChatMenuButton",
    "getChat",
];

/// The method of this name.
pub(super) fn method(name: &str) -> Option<&'static str> {
    METHODS
        .into_iter()
        .find(|method| method.eq_ignore_ascii_case(name))
}

/// The parameters of a request, from JSON, a form or a query string.
#[derive(Default)]
pub(super) struct Params {
    fields: Map<String, Value>,
    files: HashMap<String, File>,
}

impl Params {
    pub(super) fn from_json(body: &[u8]) -> Result<Self, Refusal> {
        if body.is_empty() {
            return Ok(Self::default());
        }
        let fields = serde_json::from_slice(body)
            .map_err(|_| Refusal::bad_request("can't parse request body JSON object"))?;
        Ok(Self {
            fields,
            files: HashMap::new(),
        })
    }

    pub(super) fn set(&mut self, name: String, value: Value) {
        self.fields.insert(name, value);
    }

    pub(super) fn attach(&mut self, name: String, file: File) {
        self.files.insert(name, file);
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Value::as_str)
    }

    /// A number, also when written as text.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        match self.fields.get(name)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A truth value, also when written as text.
    pub(super) fn flag(&self, name: &str) -> bool {
        match self.fields.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => text.eq_ignore_ascii_case("true") || text == "1",
            _ => false,
        }
    }

    /// A structured value, also when written as text that holds JSON, as forms do it.
    pub(super) fn structure(&self, name: &str) -> Result<Option<Value>, Refusal> {
        match self.fields.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text).map(Some).map_err(|_| {
                Refusal::bad_request(format!(
                    "can't parse {}: Unexpected character",
                    name.replace('_', " ")
                ))
            }),
            Some(value) => Ok(Some(value.clone())),
        }
    }

    /// A list of texts.
    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        let Some(value) = self.structure(name)? else {
            return Ok(None);
        };
        serde_json::from_value(value)
            .map(Some)
            .map_err(|_| Refusal::bad_request(format!("{name} must be an Array of String")))
    }

    /// The chat that the request is about.
    pub(super) fn chat(&self) -> Option<i64> {
        self.number("chat_id")
    }

    /// An uploaded file, named directly or as `attach://name`.
    pub(super) fn file(&self, name: &str) -> Option<&File> {
        let part = self
            .text(name)
            .and_then(|text| text.strip_prefix("attach://"))
            .unwrap_or(name);
        self.files.get(part)
    }
}
