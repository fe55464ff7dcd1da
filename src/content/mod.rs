//! Everything the bot says: the `messages/` folder as typed values, checked when it is loaded.
//!
//! Pure after loading. Knows `domain`; must not know who a parent is, how a message travels, or what she typed.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::domain::Language;

pub mod article;
pub mod care;
pub mod crisis;
pub mod folder;
pub mod markup;
pub mod message;
pub mod notes;
pub mod pages;
pub mod phrases;
pub mod places;
pub mod plans;
pub mod practice;
pub mod wording;

pub use folder::{Folder, Problem, Problems};
pub use message::{Button, Keyboard, Message, Voice};

/// Everything the bot can say and offer. Shared by all tasks; replaced as a whole.
#[derive(Clone, Debug)]
pub struct Content {
    /// The therapist's article.
    pub article: article::Article,
    /// How to reach the practice, and who reviewed the words.
    pub practice: practice::Practice,
    /// The default schedules.
    pub plans: plans::Plans,
    /// Cities and regions.
    pub places: places::Places,
    /// The crisis lines of every country.
    pub crisis: Arc<crisis::Directory>,
    /// The replies to what may mean danger.
    pub care: care::Care,
    texts: PerLanguage<Texts>,
}

/// What exists in every language.
#[derive(Clone, Debug)]
pub struct Texts {
    /// Affirmations and practices.
    pub notes: notes::Notes,
    /// The long answers.
    pub pages: pages::Pages,
    /// The interface.
    pub phrases: phrases::Phrases,
}

impl Content {
    /// Reads and checks a whole folder. All problems are told, not only the first.
    pub fn load(folder: &Folder) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let practice = problems.take(practice::Practice::parse(folder));
        let plans = problems.take(plans::Plans::parse(folder));
        let places = problems.take(places(folder));
        let crisis = problems.take(crisis::Directory::load(folder)).map(Arc::new);
        let care = crisis
            .as_ref()
            .and_then(|crisis| problems.take(care::Care::load(folder, crisis.clone())));

        let article = problems.take(article::Article::parse(folder));
        let Some(article) = article else {
            return Err(problems);
        };
        let texts = PerLanguage::parse(&mut problems, |language, problems| {
            let notes = problems.take(notes::Notes::parse(folder, &article, language));
            let pages = problems.take(pages::Pages::parse(folder, &article, language));
            let phrases = problems.take(phrases::Phrases::parse(folder, language));
            Some(Texts {
                notes: notes?,
                pages: pages?,
                phrases: phrases?,
            })
        });
        let (Some(practice), Some(plans), Some(places), Some(crisis), Some(care), Some(texts)) =
            (practice, plans, places, crisis, care, texts)
        else {
            return Err(problems);
        };
        problems.or_ok(Self {
            article,
            practice,
            plans,
            places,
            crisis,
            care,
            texts,
        })
    }

    /// The copy that is built into the program, which a test proves to be without problems.
    pub fn built_in() -> Result<Self, Problems> {
        Self::load(&Folder::built_in())
    }

    /// What is said in one language.
    pub fn texts(&self, language: Language) -> &Texts {
        self.texts.get(language)
    }
}

fn places(folder: &Folder) -> Result<places::Places, Problem> {
    const FILE: &str = "places.toml";
    places::Places::parse(FILE, folder.text(FILE)?)
        .map_err(|error| Problem::in_file(FILE, format!("{error:#}")))
}

/// One value for each language.
#[derive(Clone, Debug)]
struct PerLanguage<T> {
    en: T,
    es: T,
}

impl<T> PerLanguage<T> {
    /// Reads every language, also when one of them has problems.
    fn parse(
        problems: &mut Problems,
        mut parse: impl FnMut(Language, &mut Problems) -> Option<T>,
    ) -> Option<Self> {
        let en = parse(Language::En, problems);
        let es = parse(Language::Es, problems);
        Some(Self { en: en?, es: es? })
    }

    fn get(&self, language: Language) -> &T {
        match language {
            Language::En => &self.en,
            Language::Es => &self.es,
        }
    }
}

/// The content in use at this moment; cheap to clone and to read, replaced when the folder is edited.
#[derive(Clone, Debug)]
pub struct Live(Arc<ArcSwap<Content>>);

impl Live {
    /// Starts with this content.
    pub fn new(content: Content) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(content)))
    }

    /// The present content. Keep it for one piece of work, so that a reply is made of one version.
    pub fn load(&self) -> Arc<Content> {
        self.0.load_full()
    }

    /// Puts new content in place of the present one, for everyone who holds a clone of this.
    pub fn replace(&self, content: Content) {
        self.0.store(Arc::new(content));
    }
}

#[cfg(test)]
mod testing;

#[cfg(test)]
mod tests {
    use super::{
        crisis::CountryLines,
        testing::{broken, expect},
        *,
    };

    #[test]
    fn what_ships_loads() {
        if let Err(problems) = Content::load(&Folder::built_in()) {
            panic!("{problems}");
        }
    }

    #[test]
    fn every_problem_is_told_not_only_the_first() {
        let folder = broken("practice.toml", "email = \"\"", "email = \"nobody\"")
            .with("schedules.toml", "default = 1")
            .without("es/notes.toml");
        let problems = Content::load(&folder).unwrap_err();
        for expected in [
            "practice.toml, line",
            "schedules.toml, line 1",
            "es/notes.toml: this file is missing",
        ] {
            expect(&problems, expected);
        }
    }

    #[test]
    fn pages_with_help_lines_leave_room_for_the_footer_in_every_country() {
        const FOOTER_UTF16: usize = 120 + 2;
        let content = Content::load(&Folder::built_in()).unwrap();
        for country in content.crisis.countries().map(CountryLines::country) {
            for language in Language::ALL {
                let voice = Voice { language, country };
                let pages = &content.texts(language).pages;
                let helplines = content.crisis.helplines(voice);
                for page in [
                    pages.support(helplines),
                    pages.therapy(&content.practice, helplines),
                ] {
                    let len = markup::visible_len_utf16(&page);
                    assert_eq!(markup::check(&page), Ok(()));
                    assert!(
                        len + FOOTER_UTF16 <= markup::MAX_MESSAGE_UTF16,
                        "{voice:?}: {len}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_problem_is_told_once_although_two_languages_stumble_over_it() {
        let folder = broken("en/notes.toml", "theme = ", "thema = ");
        let problems = Content::load(&folder).unwrap_err();
        let about_notes = problems
            .iter()
            .filter(|problem| problem.file == "en/notes.toml");
        assert_eq!(about_notes.count(), 1, "{problems}");
    }

    #[test]
    fn everyone_sees_replaced_content() {
        let content = Content::load(&Folder::built_in()).unwrap();
        let live = Live::new(content.clone());
        let (other, before) = (live.clone(), live.load());
        let mut changed = content;
        changed.practice.name = Some("Example Practice".to_owned());
        live.replace(changed);
        assert_eq!(
            other.load().practice.name.as_deref(),
            Some("Example Practice")
        );
        assert_eq!(before.practice.name, None);
    }

    #[test]
    fn content_can_be_shared_between_tasks() {
        fn shared<T: Send + Sync + 'static>() {}
        shared::<Content>();
        shared::<Live>();
    }
}
