//! What an answer depends on, and what an answer is.

use chrono::{DateTime, Utc};

use crate::{
    content::{Button, Content, Keyboard, Message, Texts, Voice, pages::Urgent, phrases::Phrases},
    domain::{ChatId, Country, Language, Subscriber, zone::Zone},
};

use super::tap::Tap;

/// Everything that an answer may depend on.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// What the bot can say.
    pub content: &'a Content,
    /// Who writes, if she agreed.
    pub subscriber: Option<&'a Subscriber>,
    /// The chat she writes in.
    pub chat: ChatId,
    /// Decides the chat's own order of notes; tells nothing about the chat.
    pub order_key: u64,
    /// The language of her Telegram.
    pub phone_language: Language,
    /// What holds for someone who has chosen nothing.
    pub defaults: &'a Defaults,
    /// The present moment.
    pub now: DateTime<Utc>,
}

/// What holds for someone who has chosen nothing: the operator's settings.
#[derive(Clone, Debug)]
pub struct Defaults {
    /// `DEFAULT_TIMEZONE`.
    pub zone: Zone,
    /// `DEFAULT_COUNTRY`.
    pub country: Country,
    /// The bot's own user name, without `@`.
    pub bot_name: String,
}

/// What to say, and what to write down.
#[derive(Debug, Default)]
pub struct Reply {
    /// The messages, in order.
    pub say: Vec<Say>,
    /// The change to what is stored.
    pub change: Change,
}

/// One message and where it goes.
#[derive(Debug)]
pub struct Say {
    /// The message, without footer.
    pub message: Message,
    /// Where it goes.
    pub place: Place,
}

/// Where a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Below everything.
    New,
    /// In place of the message whose button was tapped.
    Tapped,
}

/// The change to what is stored.
#[derive(Debug, Default)]
pub enum Change {
    /// None.
    #[default]
    Nothing,
    /// A new subscriber.
    Enroll(Box<Subscriber>),
    /// The subscriber as she is from now on.
    Save(Box<Subscriber>),
    /// Everything about this chat goes.
    Erase,
}

impl Reply {
    /// One new message, nothing written down.
    pub fn new(message: Message) -> Self {
        Self {
            say: vec![Say {
                message,
                place: Place::New,
            }],
            change: Change::Nothing,
        }
    }

    /// One message in place of the tapped one, nothing written down.
    pub fn in_place(message: Message) -> Self {
        Self {
            say: vec![Say {
                message,
                place: Place::Tapped,
            }],
            change: Change::Nothing,
        }
    }

    /// The same, with the subscriber written down as she is now.
    #[must_use]
    pub fn saving(mut self, subscriber: Subscriber) -> Self {
        self.change = Change::Save(Box::new(subscriber));
        self
    }

    /// The same, followed by another new message.
    #[must_use]
    pub fn and(mut self, message: Message) -> Self {
        self.say.push(Say {
            message,
            place: Place::New,
        });
        self
    }
}

impl<'a> Scene<'a> {
    /// The language of the answer: her choice, else that of her phone.
    pub fn language(&self) -> Language {
        self.subscriber
            .map_or(self.phone_language, |subscriber| subscriber.language)
    }

    /// The country whose lines she sees: her choice, else the operator's.
    pub fn country(&self) -> Country {
        self.subscriber
            .map_or(self.defaults.country, |subscriber| subscriber.country)
    }

    /// Language and country of the answer.
    pub fn voice(&self) -> Voice {
        Voice {
            language: self.language(),
            country: self.country(),
        }
    }

    /// Everything that is said in the answer's language.
    pub fn texts(&self) -> &'a Texts {
        self.content.texts(self.language())
    }

    /// The interface in the answer's language.
    pub fn phrases(&self) -> &'a Phrases {
        &self.texts().phrases
    }

    /// A country's name in the answer's language.
    pub fn country_name(&self, country: Country) -> &'a str {
        self.content.crisis.get(country).name(self.language())
    }

    /// What to do in danger and in crisis, in half a sentence each.
    pub fn urgent(&self) -> Urgent<'a> {
        let lines = &self.content.crisis;
        Urgent {
            in_danger: lines.in_danger(self.voice()),
            in_crisis: lines.in_crisis(self.voice()),
        }
    }

    /// A message with rows of buttons.
    pub fn message(&self, body: impl Into<String>, rows: Vec<Vec<Button>>) -> Message {
        let keyboard = if rows.is_empty() {
            Keyboard::None
        } else {
            Keyboard::Inline(rows)
        };
        Message {
            voice: self.voice(),
            body: body.into(),
            keyboard,
        }
    }

    /// A button that says something to the bot.
    pub fn button(&self, label: &str, tap: &Tap) -> Button {
        Button::Tap {
            label: label.to_owned(),
            data: tap.encode(),
        }
    }

    /// The button that no answer goes without.
    pub fn crisis_button(&self) -> Button {
        self.button(&self.phrases().buttons.crisis_help, &Tap::Crisis)
    }

    /// The scene as it is once `subscriber` is stored.
    pub fn with<'b>(&'b self, subscriber: &'b Subscriber) -> Scene<'b> {
        Scene {
            subscriber: Some(subscriber),
            ..*self
        }
    }
}

/// The scene in the language of some words, whatever hers is otherwise.
pub(super) struct Spoken {
    subscriber: Option<Subscriber>,
    phone_language: Language,
}

impl Spoken {
    /// In this language; in hers, if no word tells one.
    pub(super) fn new(scene: &Scene, language: Option<Language>) -> Self {
        let language = language.unwrap_or_else(|| scene.language());
        let subscriber = scene.subscriber.map(|subscriber| Subscriber {
            language,
            ..subscriber.clone()
        });
        Self {
            subscriber,
            phone_language: language,
        }
    }

    /// For saying only: what is written down keeps her own language.
    pub(super) fn scene<'a>(&'a self, scene: &Scene<'a>) -> Scene<'a> {
        Scene {
            subscriber: self.subscriber.as_ref(),
            phone_language: self.phone_language,
            ..*scene
        }
    }
}
