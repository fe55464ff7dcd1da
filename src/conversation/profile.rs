//! What Telegram shows about the bot: its commands and its descriptions, in every language.

use crate::content::{Content, Voice};

use super::{command::Command, wording::fill};

/// What Telegram shows about the bot in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Name (without slash) and description of every command.
    pub commands: Vec<(String, String)>,
    /// Shown before a parent taps Start; at most 512 characters.
    pub description: String,
    /// Shown in the profile; at most 120 characters.
    pub short_description: String,
}

/// The profile in a language, with the crisis lines of the operator's own country.
pub fn of(content: &Content, voice: Voice) -> Profile {
    let phrases = &content.texts(voice.language).phrases;
    let (in_danger, in_crisis) = (
        content.crisis.in_danger(voice),
        content.crisis.in_crisis(voice),
    );
    let commands = Command::all().map(|command| {
        (
            command.name(voice.language).to_owned(),
            command.description(&phrases.commands).to_owned(),
        )
    });
    Profile {
        commands: commands.collect(),
        description: fill(
            &phrases.profile.description,
            &[("in_danger", in_danger), ("in_crisis", in_crisis)],
        ),
        short_description: fill(
            &phrases.profile.short_description,
            &[("in_crisis", in_crisis)],
        ),
    }
}
