//! The pages that answer a command: signs, causes, support, disclaimer, about, …

use super::{
    article::Article,
    folder::{Folder, Problems},
    practice::Practice,
};
use crate::domain::Language;

/// The longest page in visible UTF-16 units: leaves room for the footer within Telegram's 4,096.
pub const MAX_PAGE_UTF16: usize = 3900;

/// Whom to reach in danger and in crisis, in the words of the parent's country and language,
/// each a short command in lower case without a full stop: `call 911`, `call or text 988`.
#[derive(Clone, Copy, Debug)]
pub struct Urgent<'a> {
    /// `{in_danger}`
    pub in_danger: &'a str,
    /// `{in_crisis}`
    pub in_crisis: &'a str,
}

/// All pages of one language, as HTML without footer.
#[derive(Clone, Debug)]
pub struct Pages {
    templates: Templates,
}

#[derive(Clone, Debug)]
struct Templates {}

impl Pages {
    /// Reads a language's `pages.toml`.
    pub fn parse(folder: &Folder, article: &Article, language: Language) -> Result<Self, Problems> {
        todo!()
    }

    /// `/signs`: the five signs, closed by the “not proof” sentence and support.
    pub fn signs(&self) -> &str {
        todo!()
    }

    /// `/causes`
    pub fn causes(&self) -> &str {
        todo!()
    }

    /// `/meaning`: what it does not mean, that it can grow, that nobody is alone with it.
    pub fn meaning(&self) -> &str {
        todo!()
    }

    /// `/support`; `helplines` is the list of the country's support lines, as plain text.
    pub fn support(&self, urgent: Urgent<'_>, helplines: &str) -> String {
        todo!()
    }

    /// `/therapy`; `helplines` as in [`Pages::support`].
    pub fn therapy(&self, practice: &Practice, urgent: Urgent<'_>, helplines: &str) -> String {
        todo!()
    }

    /// `/disclaimer`: the article's, word for word, then in plain words.
    pub fn disclaimer(&self, urgent: Urgent<'_>) -> String {
        todo!()
    }

    /// `/about`; `version` is the program's.
    pub fn about(&self, practice: &Practice, version: &str) -> String {
        todo!()
    }

    /// `/privacy`
    pub fn privacy(&self, practice: &Practice) -> String {
        todo!()
    }

    /// What `/start` asks before anything is stored.
    pub fn consent(&self, urgent: Urgent<'_>) -> String {
        todo!()
    }

    /// The goodbye after `/stop`.
    pub fn goodbye(&self, urgent: Urgent<'_>) -> String {
        todo!()
    }

    /// `/help`; `commands` is the list in groups, as HTML without placeholders.
    pub fn help(&self, commands: &str) -> String {
        todo!()
    }
}
