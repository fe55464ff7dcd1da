//! Methods about the bot itself: who it is, its commands and descriptions, where its updates go.

use serde_json::{Value, json};

use super::{
    calls::Params,
    chat::{BOT_NAME, bot_json},
    methods::{Done, done},
    model::Model,
    refusal::Refusal,
    updates::Webhook,
};

/// The most commands in one list (Bot API, setMyCommands).
const MOST_COMMANDS: usize = 100;
/// The longest description and short description of a bot (Bot API).
const LONGEST_DESCRIPTION: usize = 512;
const LONGEST_SHORT_DESCRIPTION: usize = 120;
/// The longest name of a bot (Bot API, setMyName).
const LONGEST_NAME: usize = 64;

/// Carries out a method about the bot itself.
pub(super) fn perform(
    model: &mut Model,
    method: &'static str,
    params: &Params,
) -> Result<Done, Refusal> {
    let language = params.text("language_code").unwrap_or_default().to_owned();
    match method {
        "getMe" => Ok(me().into()),
        "setWebhook" => set_webhook(model, params),
        "deleteWebhook" => {
            if params.flag("drop_pending_updates") {
                model.queue.forget_all();
            }
            model.queue.webhook = None;
            Ok(done())
        }
        "getWebhookInfo" => Ok(webhook_info(model).into()),
        "setMyCommands" => set_commands(model, params, &language),
        "getMyCommands" => {
            let key = format!("{}|{language}", scope_of(params)?);
            let commands = model.profile.commands.get(&key).cloned();
            Ok(commands.unwrap_or_else(|| json!([])).into())
        }
        "deleteMyCommands" => {
            let key = format!("{}|{language}", scope_of(params)?);
            model.profile.commands.remove(&key);
            Ok(done())
        }
        "setMyName" => set_text(model, params, "name", LONGEST_NAME, &language),
        "setMyDescription" => {
            set_text(model, params, "description", LONGEST_DESCRIPTION, &language)
        }
        "setMyShortDescription" => set_text(
            model,
            params,
            "short_description",
            LONGEST_SHORT_DESCRIPTION,
            &language,
        ),
        "getMyName" => Ok(json!({ "name": model.profile_text("name", &language) }).into()),
        "getMyDescription" => {
            Ok(json!({ "description": model.profile_text("description", &language) }).into())
        }
        "getMyShortDescription" => Ok(
            json!({ "short_description": model.profile_text("short_description", &language) })
                .into(),
        ),
        "setChatMenuButton" => {
            model.profile.menu_button = params.structure("menu_button")?;
            Ok(done())
        }
        "getChatMenuButton" => {
            let button = model.profile.menu_button.clone();
            Ok(button
                .unwrap_or_else(|| json!({ "type": "default" }))
                .into())
        }
        _ => Err(Refusal::not_found()),
    }
}

fn me() -> Value {
    let mut me = bot_json();
    for (field, value) in [
        ("can_join_groups", true),
        ("can_read_all_group_messages", false),
        ("supports_inline_queries", false),
        ("can_connect_to_business", false),
        ("has_main_web_app", false),
    ] {
        me[field] = json!(value);
    }
    me
}

fn set_webhook(model: &mut Model, params: &Params) -> Result<Done, Refusal> {
    let url = params.text("url").unwrap_or_default();
    if params.flag("drop_pending_updates") {
        model.queue.forget_all();
    }
    model.queue.set_allowed(params.texts("allowed_updates")?);
    if url.is_empty() {
        model.queue.webhook = None;
        return Ok(done());
    }
    // Telegram takes https only; the stand-in also takes the loopback, where tests listen.
    let loopback = url.starts_with("http://127.0.0.1") || url.starts_with("http://localhost");
    if !url.starts_with("https://") && !loopback {
        return Err(Refusal::bad_request(
            "bad webhook: An HTTPS URL must be provided for webhook",
        ));
    }
    let secret = params.text("secret_token").map(str::to_owned);
    let unfit = |secret: &String| {
        secret.is_empty()
            || secret.len() > 256
            || !secret
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    };
    if secret.as_ref().is_some_and(unfit) {
        return Err(Refusal::bad_request(
            "secret token contains unallowed characters",
        ));
    }
    let most = params.number("max_connections").unwrap_or(40);
    model.queue.webhook = Some(Webhook {
        url: url.to_owned(),
        secret,
        max_connections: usize::try_from(most).unwrap_or(40).clamp(1, 100),
    });
    Ok(done())
}

fn webhook_info(model: &Model) -> Value {
    let webhook = model.queue.webhook.as_ref();
    let mut info = json!({
        "url": webhook.map(|webhook| webhook.url.as_str()).unwrap_or_default(),
        "has_custom_certificate": false,
        "pending_update_count": model.queue.len(),
    });
    if let Some(webhook) = webhook {
        info["max_connections"] = json!(webhook.max_connections);
    }
    if let Some(error) = &model.queue.last_webhook_error {
        info["last_error_message"] = json!(error);
    }
    info
}

fn scope_of(params: &Params) -> Result<String, Refusal> {
    let scope = params.structure("scope")?;
    let kind = scope.as_ref().and_then(|scope| scope["type"].as_str());
    Ok(kind.unwrap_or("default").to_owned())
}

fn set_commands(model: &mut Model, params: &Params, language: &str) -> Result<Done, Refusal> {
    let commands = params.structure("commands")?.unwrap_or_default();
    let Some(list) = commands.as_array() else {
        return Err(Refusal::bad_request("can't parse commands list"));
    };
    if list.len() > MOST_COMMANDS {
        return Err(Refusal::bad_request("BOT_COMMANDS_TOO_MUCH"));
    }
    for command in list {
        let name = command["command"].as_str().unwrap_or_default();
        let name = name.strip_prefix('/').unwrap_or(name);
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.is_empty() || name.len() > 32 || !name.chars().all(fits) {
            return Err(Refusal::bad_request("BOT_COMMAND_INVALID"));
        }
        let description = command["description"].as_str().unwrap_or_default();
        if description.is_empty() {
            return Err(Refusal::bad_request(
                "command description must be non-empty",
            ));
        }
        if description.chars().count() > 256 {
            return Err(Refusal::bad_request("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
    }
    check_language(language)?;
    let key = format!("{}|{language}", scope_of(params)?);
    model.profile.commands.insert(key, commands);
    Ok(done())
}

fn set_text(
    model: &mut Model,
    params: &Params,
    kind: &str,
    longest: usize,
    language: &str,
) -> Result<Done, Refusal> {
    check_language(language)?;
    let text = params.text(kind).unwrap_or_default();
    if text.chars().count() > longest {
        return Err(Refusal::bad_request(format!(
            "bot {} is too long",
            kind.replace('_', " ")
        )));
    }
    let key = format!("{kind}|{language}");
    model.profile.texts.insert(key, text.to_owned());
    Ok(done())
}

/// Languages of a bot's profile are two-letter codes or nothing.
fn check_language(language: &str) -> Result<(), Refusal> {
    let two_letters = language.len() == 2 && language.bytes().all(|b| b.is_ascii_lowercase());
    if language.is_empty() || two_letters {
        Ok(())
    } else {
        Err(Refusal::bad_request(
            "language code must be a two-letter ISO 639-1 code",
        ))
    }
}

/// The bot's name where it never set one.
pub(super) fn name_or_default(name: String) -> String {
    if name.is_empty() {
        BOT_NAME.to_owned()
    } else {
        name
    }
}
