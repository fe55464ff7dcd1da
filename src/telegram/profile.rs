//! What Telegram shows about the bot before and beside the chat: command lists, descriptions, menu button.
//!
//! Sets only what differs, so that a restart costs a few questions and no change. Must not know where the texts come from.

use std::time::Duration;

use teloxide::{
    payloads::{
        GetChatMenuButton, GetMyCommands, GetMyDescription, GetMyShortDescription,
        SetChatMenuButton, SetMyCommands, SetMyDescription, SetMyShortDescription,
    },
    types::{BotCommand, MenuButton},
};

use super::{Failure, Telegram, api::CALL_TIMEOUT};
use crate::domain::{Language, Outcome};

/// The longest description in characters (<https://core.telegram.org/bots/api#setmydescription>).
pub const LONGEST_DESCRIPTION: usize = 512;

/// The longest short description in characters (<https://core.telegram.org/bots/api#setmyshortdescription>).
pub const LONGEST_SHORT_DESCRIPTION: usize = 120;

/// The most commands in one list (<https://core.telegram.org/bots/api#setmycommands>).
pub const MOST_COMMANDS: usize = 100;

/// The longest 429 that is waited out here: the profile is not worth holding up the start.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What is shown to parents of one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Commands without their slash, and what they do (1 to 256 characters), in the order of the list.
    pub commands: Vec<(String, String)>,
    /// Shown in the empty chat before Start; at most [`LONGEST_DESCRIPTION`].
    pub description: String,
    /// Shown on the bot's own page; at most [`LONGEST_SHORT_DESCRIPTION`].
    pub short_description: String,
}

/// One thing that could not be set.
#[derive(Clone, Debug)]
pub struct Unset {
    /// What it was, in a word or two.
    pub what: &'static str,
    /// For whom; `None` for everyone without a list of their own.
    pub language: Option<Language>,
    /// Why.
    pub failure: Failure,
}

/// Registers everything: English also for everyone whose language the bot does not speak.
/// Returns what could not be set; nothing here is worth stopping for.
pub async fn register(telegram: &Telegram, profile_in: impl Fn(Language) -> Profile) -> Vec<Unset> {
    let mut unset = Vec::new();
    let own = Language::ALL
        .map(Some)
        .into_iter()
        .filter(|language| *language != Some(Language::default()));
    let languages: Vec<Option<Language>> = std::iter::once(None).chain(own).collect();
    for language in languages {
        let profile = profile_in(language.unwrap_or_default());
        let code = language.map(|language| language.code().to_owned());
        let done = [
            (
                "commands",
                commands(telegram, &profile.commands, code.clone()).await,
            ),
            (
                "description",
                description(telegram, &profile.description, code.clone()).await,
            ),
            (
                "short description",
                short_description(telegram, &profile.short_description, code).await,
            ),
        ];
        for (what, result) in done {
            if let Err(failure) = result {
                unset.push(Unset {
                    what,
                    language,
                    failure,
                });
            }
        }
    }
    if let Err(failure) = menu_button(telegram).await {
        unset.push(Unset {
            what: "menu button",
            language: None,
            failure,
        });
    }
    unset
}

async fn commands(
    telegram: &Telegram,
    wanted: &[(String, String)],
    code: Option<String>,
) -> Result<(), Failure> {
    let wanted: Vec<_> = wanted
        .iter()
        .map(|(command, description)| BotCommand::new(command, description))
        .collect();
    let mut ask = GetMyCommands::new();
    ask.language_code.clone_from(&code);
    if telegram.call(&ask, CALL_TIMEOUT).await? == wanted {
        return Ok(());
    }
    let mut set = SetMyCommands::new(wanted);
    set.language_code = code;
    patiently(|| telegram.call(&set, CALL_TIMEOUT)).await
}

async fn description(
    telegram: &Telegram,
    wanted: &str,
    code: Option<String>,
) -> Result<(), Failure> {
    let mut ask = GetMyDescription::new();
    ask.language_code.clone_from(&code);
    if telegram.call(&ask, CALL_TIMEOUT).await?.description == wanted {
        return Ok(());
    }
    let mut set = SetMyDescription::new();
    set.description = Some(wanted.to_owned());
    set.language_code = code;
    patiently(|| telegram.call(&set, CALL_TIMEOUT)).await
}

async fn short_description(
    telegram: &Telegram,
    wanted: &str,
    code: Option<String>,
) -> Result<(), Failure> {
    let mut ask = GetMyShortDescription::new();
    ask.language_code.clone_from(&code);
    if telegram.call(&ask, CALL_TIMEOUT).await?.short_description == wanted {
        return Ok(());
    }
    let mut set = SetMyShortDescription::new();
    set.short_description = Some(wanted.to_owned());
    set.language_code = code;
    patiently(|| telegram.call(&set, CALL_TIMEOUT)).await
}

async fn menu_button(telegram: &Telegram) -> Result<(), Failure> {
    let now = telegram
        .call(&GetChatMenuButton::new(), CALL_TIMEOUT)
        .await?;
    if now == MenuButton::Commands {
        return Ok(());
    }
    let mut set = SetChatMenuButton::new();
    set.menu_button = Some(MenuButton::Commands);
    patiently(|| telegram.call(&set, CALL_TIMEOUT)).await
}

/// Once more after a 429 that asks for a short wait: Telegram is strict about how often a profile changes.
async fn patiently<T, F>(call: impl Fn() -> F) -> Result<(), Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    match call().await {
        Err(Failure {
            outcome: Outcome::Wait(wait),
            ..
        }) if wait <= LONGEST_WAIT => {
            tokio::time::sleep(wait).await;
            call().await.map(drop)
        }
        result => result.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashMap, sync::Mutex};

    use serde_json::{Value, json};

    use super::*;
    use crate::telegram::fake::{Fake, Says};

    fn profile(language: Language) -> Profile {
        let (start, description) = match language {
            Language::En => ("Begin", "A companion"),
            Language::Es => ("Empezar", "Una compañía"),
        };
        Profile {
            commands: vec![("start".into(), start.into())],
            description: description.into(),
            short_description: description.into(),
        }
    }

    /// Remembers what is set by field and language, and gives it back when asked.
    async fn remembering() -> Fake {
        let set: Mutex<HashMap<(String, String), Value>> = Mutex::default();
        Fake::start(move |method, payload| {
            let mut set = set.lock().unwrap();
            let language = payload["language_code"].as_str().unwrap_or("").to_owned();
            let key = (method[3..].to_owned(), language);
            if method.starts_with("set") {
                set.insert(key, payload.clone());
                return Says::Result(json!(true));
            }
            let known = set.get(&key).cloned().unwrap_or_default();
            Says::Result(match method {
                "getMyCommands" => known.get("commands").cloned().unwrap_or(json!([])),
                "getMyDescription" => {
                    json!({"description": known["description"].as_str().unwrap_or("")})
                }
                "getMyShortDescription" => {
                    json!({"short_description": known["short_description"].as_str().unwrap_or("")})
                }
                _ => known
                    .get("menu_button")
                    .cloned()
                    .unwrap_or(json!({"type": "default"})),
            })
        })
        .await
    }

    #[tokio::test]
    async fn sets_everything_once_for_everyone_and_for_spanish() {
        let fake = remembering().await;
        for _ in 0..2 {
            assert!(register(&fake.telegram, profile).await.is_empty());
        }
        assert_eq!(
            fake.asked("setMyCommands"),
            [
                json!({"commands": [{"command": "start", "description": "Begin"}]}),
                json!({"commands": [{"command": "start", "description": "Empezar"}], "language_code": "es"}),
            ]
        );
        assert_eq!(fake.asked("setMyDescription").len(), 2);
        assert_eq!(fake.asked("setMyShortDescription").len(), 2);
        assert_eq!(
            fake.asked("setChatMenuButton"),
            [json!({"menu_button": {"type": "commands"}})]
        );
    }

    #[tokio::test]
    async fn a_failure_is_reported_and_the_rest_is_set() {
        let fake = Fake::start(|method, _| match method {
            "getMyCommands" => Says::Refusal(400, "Bad Request: x"),
            "getMyDescription" => Says::Result(json!({"description": ""})),
            "getMyShortDescription" => Says::Result(json!({"short_description": ""})),
            "getChatMenuButton" => Says::Result(json!({"type": "commands"})),
            _ => Says::Result(json!(true)),
        })
        .await;
        let unset = register(&fake.telegram, profile).await;
        let what: Vec<_> = unset
            .iter()
            .map(|unset| (unset.what, unset.language))
            .collect();
        assert_eq!(what, [("commands", None), ("commands", Some(Language::Es))]);
        assert_eq!(fake.asked("setMyDescription").len(), 2);
    }
}
