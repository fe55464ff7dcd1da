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
