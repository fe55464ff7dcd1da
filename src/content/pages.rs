//! The pages that answer a command: signs, causes, support, disclaimer, about, …
//!
//! What a page takes from the article stands in block quotes; in English it is proved to be there word for word.

use serde::Deserialize;

use super::{
    article::Article,
    folder::{Folder, Problems},
    markup,
    practice::Practice,
};
use crate::domain::Language;

mod owed;
mod rules;
mod words;

pub use rules::MAX_PAGE_UTF16;
use rules::Reader;
use words::{ContactWords, ReviewWords};

/// Whom to reach in danger and in crisis, in the words of the parent's country and language:
/// each a short command in lower case without a full stop, `call 911`, `call or text 988`. Plain text.
#[derive(Clone, Copy, Debug)]
pub struct Urgent<'a> {
    /// `{in_danger}`
    pub in_danger: &'a str,
    /// `{in_crisis}`
    pub in_crisis: &'a str,
}

impl<'a> Urgent<'a> {
    fn values(self) -> [(&'static str, &'a str); 2] {
        [("in_danger", self.in_danger), ("in_crisis", self.in_crisis)]
    }
}

/// All pages of one language, as HTML without footer.
#[derive(Clone, Debug)]
pub struct Pages {
    language: Language,
    signs: String,
    causes: String,
    meaning: String,
    support: String,
    therapy: String,
    disclaimer: String,
    about: String,
    privacy: String,
    consent: String,
    goodbye: String,
    help: String,
    bonding: String,
    contact: ContactWords,
    review: ReviewWords,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PagesFile {
    signs: toml::Spanned<String>,
    causes: toml::Spanned<String>,
    meaning: toml::Spanned<String>,
    support: toml::Spanned<String>,
    therapy: toml::Spanned<String>,
    disclaimer: toml::Spanned<String>,
    about: toml::Spanned<String>,
    privacy: toml::Spanned<String>,
    consent: toml::Spanned<String>,
    goodbye: toml::Spanned<String>,
    help: toml::Spanned<String>,
    bonding: toml::Spanned<String>,
    contact: ContactWords,
    review: ReviewWords,
}

impl Pages {
    /// Reads a language's `pages.toml`.
    pub fn parse(folder: &Folder, article: &Article, language: Language) -> Result<Self, Problems> {
        let reader = Reader::new(folder, article, language);
        let file: PagesFile = folder.toml(reader.file())?;
        let mut problems = Problems::default();
        for (key, words, places) in file.contact.all().into_iter().chain(file.review.all()) {
            reader.check_words(&mut problems, key, words, places);
        }
        let mut page = |text: toml::Spanned<String>, rule: &owed::Rule| {
            reader.check_page(&mut problems, &text, rule);
            text.into_inner().trim().to_owned()
        };
        let pages = Self {
            language,
            signs: page(file.signs, &owed::SIGNS),
            causes: page(file.causes, &owed::CAUSES),
            meaning: page(file.meaning, &owed::MEANING),
            support: page(file.support, &owed::SUPPORT),
            therapy: page(file.therapy, &owed::THERAPY),
            disclaimer: page(file.disclaimer, &owed::DISCLAIMER),
            about: page(file.about, &owed::ABOUT),
            privacy: page(file.privacy, &owed::PRIVACY),
            consent: page(file.consent, &owed::CONSENT),
            goodbye: page(file.goodbye, &owed::GOODBYE),
            help: page(file.help, &owed::HELP),
            bonding: page(file.bonding, &owed::BONDING),
            contact: file.contact,
            review: file.review,
        };
        problems.or_ok(pages)
    }

    /// `/signs`: the five signs, closed by the “not proof” sentence and support.
    pub fn signs(&self) -> &str {
        &self.signs
    }

    /// `/causes`: why bonding does not always happen at once.
    pub fn causes(&self) -> &str {
        &self.causes
    }

    /// `/meaning`: what it does not mean, that it can grow, that nobody is alone with it.
    pub fn meaning(&self) -> &str {
        &self.meaning
    }

    /// `/support`; `helplines` says what to do in danger and in crisis and lists the country's lines, as HTML.
    pub fn support(&self, helplines: &str) -> String {
        filled_with_markup(&self.support, &[("helplines", helplines)])
    }

    /// `/therapy`; `helplines` as in [`Pages::support`].
    pub fn therapy(&self, practice: &Practice, helplines: &str) -> String {
        let contact = markup::escape(&self.contact.block(practice));
        let values = [("helplines", helplines), ("contact", contact.as_str())];
        filled_with_markup(&self.therapy, &values)
    }

    /// `/disclaimer`: the article's, word for word, then in plain words.
    pub fn disclaimer(&self, urgent: Urgent<'_>) -> String {
        filled(&self.disclaimer, &urgent.values())
    }

    /// `/about`; `version` is the program's.
    pub fn about(&self, practice: &Practice, version: &str) -> String {
        let review = self.review.line(practice.review(self.language));
        filled(&self.about, &[("review", &review), ("version", version)])
    }

    /// `/privacy`: what is stored, for how long, and whom to ask.
    pub fn privacy(&self, practice: &Practice) -> String {
        let words = &self.contact;
        let values = [
            ("operator", words.operator(practice)),
            ("contact", words.address(practice)),
            ("policy", &words.policy(practice)),
        ];
        filled(&self.privacy, &values).trim_end().to_owned()
    }

    /// What `/start` asks before anything is stored.
    pub fn consent(&self, urgent: Urgent<'_>) -> String {
        filled(&self.consent, &urgent.values())
    }

    /// The goodbye after `/stop`.
    pub fn goodbye(&self, urgent: Urgent<'_>) -> String {
        filled(&self.goodbye, &urgent.values())
    }

    /// `/help`; `commands` is the list in groups, as HTML.
    pub fn help(&self, commands: &str) -> String {
        filled_with_markup(&self.help, &[("commands", commands)])
    }

    /// To what a parent writes of the bond in her own words.
    pub fn bonding(&self) -> &str {
        &self.bonding
    }
}

const CHECKED: &str = "the places of each page are checked when it is loaded";

fn filled(template: &str, values: &[(&str, &str)]) -> String {
    markup::fill(template, values).expect(CHECKED)
}

fn filled_with_markup(template: &str, values: &[(&str, &str)]) -> String {
    markup::fill_markup(template, values).expect(CHECKED)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const URGENT: Urgent<'_> = Urgent {
        in_danger: "call 911",
        in_crisis: "call or text 988",
    };

    fn pages(language: Language) -> Pages {
        let folder = Folder::built_in();
        let article = Article::parse(&folder).unwrap();
        Pages::parse(&folder, &article, language).unwrap()
    }

    fn full_practice() -> Practice {
        Practice {
            name: Some("Example & Practice".to_owned()),
            areas: Some("San Diego".to_owned()),
            link: Some("https://example.com/?a=1&b=2".to_owned()),
            email: Some("hello@example.com".to_owned()),
            policy: Some("https://example.com/privacy".to_owned()),
            ..Practice::default()
        }
    }

    fn all(pages: &Pages, practice: &Practice) -> Vec<String> {
        vec![
            pages.signs().to_owned(),
            pages.causes().to_owned(),
            pages.meaning().to_owned(),
            pages.support("<b>Lines</b>\n• A line"),
            pages.therapy(practice, "• A line"),
            pages.disclaimer(URGENT),
            pages.about(practice, "0.1.0"),
            pages.privacy(practice),
            pages.consent(URGENT),
            pages.goodbye(URGENT),
            pages.help("<b>Commands</b>"),
            pages.bonding().to_owned(),
        ]
    }

    #[test]
    fn every_page_is_good_markup_with_every_place_filled() {
        for language in Language::ALL {
            for practice in [Practice::default(), full_practice()] {
                for page in all(&pages(language), &practice) {
                    assert_eq!(markup::check(&page), Ok(()), "{page}");
                    assert!(!page.contains(['{', '}']), "{page}");
                }
            }
        }
    }

    #[test]
    fn contact_is_shown_as_far_as_it_is_known() {
        let pages = pages(Language::En);
        let therapy = pages.therapy(&full_practice(), "");
        assert!(therapy.contains("Example &amp; Practice\nWorks in: San Diego\nWeb: https://example.com/?a=1&amp;b=2\nE-mail: hello@example.com\n"));
        let empty = Practice::default();
        assert!(
            pages
                .therapy(&empty, "")
                .contains("have not added their own contact here")
        );
        assert!(
            pages
                .privacy(&empty)
                .contains("have not added an address yet")
        );
        assert!(!pages.privacy(&empty).contains("Full policy"));
        assert!(
            pages
                .privacy(&full_practice())
                .ends_with("Full policy: https://example.com/privacy")
        );
        assert!(
            pages
                .about(&empty, "0.1.0")
                .contains("No clinician has reviewed")
        );
    }

    #[test]
    fn both_languages_quote_the_same_number_of_lines() {
        let (en, es) = (pages(Language::En), pages(Language::Es));
        let lines = |page: &String| rules::quoted_lines(page).len();
        for (en, es) in [
            (&en.signs, &es.signs),
            (&en.causes, &es.causes),
            (&en.meaning, &es.meaning),
            (&en.support, &es.support),
            (&en.therapy, &es.therapy),
            (&en.bonding, &es.bonding),
        ] {
            assert_eq!(lines(en), lines(es), "{en}\n{es}");
        }
    }

    #[test]
    fn commands_are_named_in_the_language_of_the_page() {
        let known = |language| match language {
            Language::En => [
                "/support",
                "/crisis",
                "/meaning",
                "/therapy",
                "/stop",
                "/settings",
                "/delete",
                "/start",
            ],
            Language::Es => [
                "/apoyo",
                "/ayuda_ya",
                "/significado",
                "/terapia",
                "/parar",
                "/ajustes",
                "/borrar",
                "/start",
            ],
        };
        for language in Language::ALL {
            let known: BTreeSet<&str> = known(language).into_iter().collect();
            let pages = pages(language);
            let texts = all(&pages, &Practice::default())
                .join(" ")
                .replace("/aviso", " ");
            let seen = markup::plain(&texts);
            let named: BTreeSet<&str> = seen
                .split(|c: char| !(c.is_alphanumeric() || c == '/' || c == '_'))
                .filter(|word| word.starts_with('/') && word.len() > 2)
                .collect();
            assert_eq!(named, known);
        }
    }
}
