//! The answer of this room: tier, categories, language. Holds no word of the text.

use crate::domain::Language;

/// How much a text needs help, in rising order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tier {
    /// Nothing for the safety net.
    #[default]
    None,
    /// Heavy, or close to an emergency.
    Concern,
    /// The baby died, or is no longer with the parent.
    Loss,
    /// Someone may be in danger.
    Emergency,
}

impl Tier {
    /// The word the audit verb writes.
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Concern => "concern",
            Self::Loss => "loss",
            Self::Emergency => "emergency",
        }
    }
}

/// What a finding is about, in order of precedence: the first is answered first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// Breathing, seizure, heavy bleeding, an overdose taken.
    Medical,
    /// Harm to the baby, done, wanted or feared.
    HarmToBaby,
    /// Voices, visions, beliefs, days without sleep and full of energy.
    Psychosis,
    /// A wish to be dead, active or passive.
    Suicide,
    /// Hurting oneself.
    SelfInjury,
    /// Being hurt, threatened or locked in by someone.
    Violence,
    /// The baby died, or is no longer with the parent.
    Loss,
    /// Unwanted frightening thoughts.
    ScaryThoughts,
    /// Too heavy to carry.
    Distress,
    /// It is about someone the writer worries for: never alone, always beside another.
    SomeoneElse,
}

impl Category {
    /// Every category, in order of precedence.
    pub const ALL: [Self; 10] = [
        Self::Medical,
        Self::HarmToBaby,
        Self::Psychosis,
        Self::Suicide,
        Self::SelfInjury,
        Self::Violence,
        Self::Loss,
        Self::ScaryThoughts,
        Self::Distress,
        Self::SomeoneElse,
    ];

    /// The word the audit verb, the lexicon and the corpus use.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Medical => "medical",
            Self::HarmToBaby => "baby",
            Self::Psychosis => "psychosis",
            Self::Suicide => "suicide",
            Self::SelfInjury => "self-injury",
            Self::Violence => "violence",
            Self::Loss => "loss",
            Self::ScaryThoughts => "scary-thoughts",
            Self::Distress => "distress",
            Self::SomeoneElse => "someone-else",
        }
    }

    /// The category of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|category| category.code() == code)
    }
}

/// What a text may mean. Holds no word of the text, so it may be printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finding {
    /// How much help is needed.
    pub tier: Tier,
    /// What it is about, the most urgent first; empty exactly when the tier is none.
    pub categories: Vec<Category>,
    /// The language of the words that matched; none when no word tells.
    pub language: Option<Language>,
    /// Whether it speaks of the bond with the baby, in the article's words or others; only where the tier is none.
    pub about_bonding: bool,
}

impl Finding {
    /// The category that is answered first.
    pub fn primary(&self) -> Option<Category> {
        self.categories.first().copied()
    }

    /// Whether it is, among others, about this.
    pub fn has(&self, category: Category) -> bool {
        self.categories.contains(&category)
    }
}

/// Why a finding is what it is. Its text quotes the message: for the audit verb's output only.
#[derive(Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The same finding that [`read`] gives.
    pub finding: Finding,
    /// Plain lines: the normalised text, then each rule and what it matched.
    pub lines: Vec<String>,
}

impl std::fmt::Debug for Explanation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Explanation")
            .field("finding", &self.finding)
            .finish_non_exhaustive()
    }
}
