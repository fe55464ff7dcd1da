//! One message as it is handed to the door: a body, its buttons, and whose language and crisis lines it speaks with.

use serde::{Deserialize, Serialize};

use crate::domain::{Country, Language};

/// In which language a message speaks and whose crisis lines its footer names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Voice {
    /// What the parent reads.
    pub language: Language,
    /// Whose crisis lines stand in the footer.
    pub country: Country,
}

/// A message without its footer: the door adds that, so that no author can forget it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Language and country of the footer.
    pub voice: Voice,
    /// The text, in the HTML that `markup` allows, without footer.
    pub body: String,
    /// What stands below it.
    pub keyboard: Keyboard,
}

impl Message {
    /// The same with a row of buttons above its own.
    #[must_use]
    pub fn with_first_row(mut self, row: Vec<Button>) -> Self {
        match &mut self.keyboard {
            Keyboard::Inline(rows) => rows.insert(0, row),
            Keyboard::None => self.keyboard = Keyboard::Inline(vec![row]),
            // The phone's own keys leave no room for buttons.
            Keyboard::AskLocation { .. } | Keyboard::Usual => {}
        }
        self
    }
}

/// What stands below a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Keyboard {
    /// Nothing.
    #[default]
    None,
    /// Rows of buttons in the message itself.
    Inline(Vec<Vec<Button>>),
    /// The phone's own “share my location” key in place of its keyboard, with a key that calls it off.
    AskLocation {
        /// Label of the key that shares.
        share: String,
        /// Label of the key that calls it off; its label is sent as text.
        cancel: String,
    },
    /// Gives the parent her usual keyboard back after [`Keyboard::AskLocation`].
    Usual,
}

/// A button in a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Button {
    /// Tells the bot something: `data` is at most 64 bytes.
    Tap {
        /// What it says.
        label: String,
        /// What the bot gets.
        data: String,
    },
    /// Opens a page in the browser, or Telegram's own share sheet (`https://t.me/share/url?…`).
    Link {
        /// What it says.
        label: String,
        /// An `https` address.
        url: String,
    },
    /// Puts a number into the phone's clipboard.
    Copy {
        /// What it says.
        label: String,
        /// What is copied, at most 256 characters.
        text: String,
    },
}
