//! What a parent can type with a slash, in English and in Spanish.

use crate::{
    content::phrases,
    domain::{Language, folding::fold},
};

/// A command, whatever language its name was typed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each is explained by the table of commands in the README and by /help"
)]
pub enum Command {
    Start,
    Affirmation,
    Practice,
    Signs,
    Causes,
    Meaning,
    Support,
    Therapy,
    Crisis,
    Disclaimer,
    About,
    Settings,
    Time,
    Days,
    Timezone,
    Country,
    Language,
    Pause,
    Resume,
    Stop,
    Delete,
    Privacy,
    Help,
}

/// Every command with its English name, its Spanish name, and further names that work.
const NAMES: [(Command, &str, &str, &[&str]); 23] = [
    (
        Command::Crisis,
        "crisis",
        "ayuda_ya",
        // Who asks for help outright gets it, however it is asked.
        &[
            "sos",
            "emergency",
            "emergencia",
            "this is an emergency",
            "es una emergencia",
            "911",
            "988",
            "112",
            "999",
            "call 911",
            "should i call 911",
            "hotline",
            "suicide hotline",
            "suicide hotline number",
            "need suicide hotline",
            "i need a hotline",
            "suicide line",
            "crisis line",
            "crisis hotline",
            "helpline",
            "save me",
            "please help",
            "socorro",
            "auxilio",
            "salvame",
            "por favor ayuda",
            "ayuda por favor",
            "linea de crisis",
            "linea de ayuda",
            "linea de suicidio",
            "linea de prevencion del suicidio",
        ],
    ),
    (
        Command::Start,
        "start",
        "suscribir",
        &["subscribe", "empezar", "iniciar"],
    ),
    (
        Command::Affirmation,
        "affirmation",
        "afirmacion",
        &["note", "nota", "see a note now", "ver una nota ahora"],
    ),
    (
        Command::Practice,
        "practice",
        "practica",
        &["practices", "practicas"],
    ),
    (Command::Signs, "signs", "senales", &[]),
    (Command::Causes, "causes", "causas", &[]),
    (Command::Meaning, "meaning", "significado", &[]),
    (Command::Support, "support", "apoyo", &[]),
    (
        Command::Therapy,
        "therapy",
        "terapia",
        &["contact", "contacto"],
    ),
    (Command::Disclaimer, "disclaimer", "aviso", &[]),
    (Command::About, "about", "acerca", &[]),
    (Command::Settings, "settings", "ajustes", &[]),
    (Command::Time, "time", "hora", &[]),
    (Command::Days, "days", "dias", &[]),
    (Command::Timezone, "timezone", "zona", &[]),
    (Command::Country, "country", "pais", &[]),
    (Command::Language, "language", "idioma", &[]),
    (Command::Pause, "pause", "pausar", &["pausa"]),
    (Command::Resume, "resume", "reanudar", &[]),
    (
        Command::Stop,
        "stop",
        "parar",
        &["unsubscribe", "cancel", "cancelar"],
    ),
    (Command::Delete, "delete", "borrar", &[]),
    (Command::Privacy, "privacy", "privacidad", &[]),
    (Command::Help, "help", "ayuda", &[]),
];

/// Words that stop the notes without a slash.
const STOP_WORDS: [&str; 5] = ["stop", "unsubscribe", "cancel", "parar", "basta"];

/// What a typed text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed<'a> {
    /// A command with what stands behind it.
    Command(Command, &'a str),
    /// A command that names another bot (`/start@other`).
    ForAnotherBot,
    /// Anything else.
    Words(&'a str),
}

/// Reads a typed text; `bot_name` is the bot's own user name without `@`.
pub fn read<'a>(text: &'a str, bot_name: &str) -> Typed<'a> {
    let text = text.trim();
    let Some(command) = text.strip_prefix('/') else {
        let word = fold(text.trim_matches(|c: char| !c.is_alphanumeric()));
        return if STOP_WORDS.contains(&word.as_str()) {
            Typed::Command(Command::Stop, "")
        } else {
            named(&word).map_or(Typed::Words(text), |command| Typed::Command(command, ""))
        };
    };
    let (name, argument) = command
        .split_once(char::is_whitespace)
        .unwrap_or((command, ""));
    let (name, addressee) = name.split_once('@').unwrap_or((name, bot_name));
    if !addressee.eq_ignore_ascii_case(bot_name) {
        return Typed::ForAnotherBot;
    }
    let argument = argument.trim();
    match named(&fold(name)) {
        // “/ayuda ya” for /ayuda_ya: nobody in need has to find the underscore.
        Some(Command::Help) if fold(argument) == "ya" => Typed::Command(Command::Crisis, ""),
        Some(command) => Typed::Command(command, argument),
        None => Typed::Words(text),
    }
}

/// The command of that name, in lower case and without accents: people type `/señales` and `/días`, though Telegram
/// allows no such names; and the name alone without its slash.
fn named(name: &str) -> Option<Command> {
    NAMES
        .iter()
        .find(|(_, english, spanish, more)| {
            name == *english || name == *spanish || more.contains(&name)
        })
        .map(|(command, ..)| *command)
}

impl Command {
    /// Every command, in the order of Telegram's list: help now comes first.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(command, ..)| *command)
    }

    /// Its name in a language, without slash.
    pub fn name(self, language: Language) -> &'static str {
        NAMES.iter().find(|(command, ..)| *command == self).map_or(
            "",
            |(_, english, spanish, _)| match language {
                Language::En => english,
                Language::Es => spanish,
            },
        )
    }

    /// What it does, in the words of the content.
    pub fn description(self, words: &phrases::Commands) -> &str {
        match self {
            Self::Start => &words.start,
            Self::Affirmation => &words.affirmation,
            Self::Practice => &words.practice,
            Self::Signs => &words.signs,
            Self::Causes => &words.causes,
            Self::Meaning => &words.meaning,
            Self::Support => &words.support,
            Self::Therapy => &words.therapy,
            Self::Crisis => &words.crisis,
            Self::Disclaimer => &words.disclaimer,
            Self::About => &words.about,
            Self::Settings => &words.settings,
            Self::Time => &words.time,
            Self::Days => &words.days,
            Self::Timezone => &words.timezone,
            Self::Country => &words.country,
            Self::Language => &words.language,
            Self::Pause => &words.pause,
            Self::Resume => &words.resume,
            Self::Stop => &words.stop,
            Self::Delete => &words.delete,
            Self::Privacy => &words.privacy,
            Self::Help => &words.help,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_reaches_its_command() {
        for (text, expected) in [
            ("/start", Typed::Command(Command::Start, "")),
            ("/START", Typed::Command(Command::Start, "")),
            (
                "/start@slow_bot deep-link",
                Typed::Command(Command::Start, "deep-link"),
            ),
            ("/suscribir", Typed::Command(Command::Start, "")),
            ("/time 8:30 pm", Typed::Command(Command::Time, "8:30 pm")),
            ("/hora\n20h", Typed::Command(Command::Time, "20h")),
            ("/ayuda_ya", Typed::Command(Command::Crisis, "")),
            ("/ayuda ya", Typed::Command(Command::Crisis, "")),
            ("/Señales", Typed::Command(Command::Signs, "")),
            (
                "/días entre semana",
                Typed::Command(Command::Days, "entre semana"),
            ),
            ("Ajustes.", Typed::Command(Command::Settings, "")),
            ("help", Typed::Command(Command::Help, "")),
            ("help with signs", Typed::Words("help with signs")),
            ("  Stop! ", Typed::Command(Command::Stop, "")),
            ("¡Basta!", Typed::Command(Command::Stop, "")),
            ("/start@other", Typed::ForAnotherBot),
            ("stop crying please", Typed::Words("stop crying please")),
            ("/nonsense", Typed::Words("/nonsense")),
            ("/", Typed::Words("/")),
            ("", Typed::Words("")),
        ] {
            assert_eq!(read(text, "Slow_Bot"), expected, "{text}");
        }
    }

    #[test]
    fn names_keep_telegrams_rule() {
        for command in Command::all() {
            for language in Language::ALL {
                let name = command.name(language);
                assert!((1..=32).contains(&name.len()), "{name}");
                assert!(
                    name.bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
                    "{name}"
                );
            }
        }
    }
}
