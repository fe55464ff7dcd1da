//! The pages that answer a command or a button with something to read.

/// A page by name; what stands on it is the content's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The five signs, closed by “not proof”.
    Signs,
    /// Why bonding does not always happen at once.
    Causes,
    /// What it does not mean.
    Meaning,
    /// Practices, people to tell, therapy, helplines.
    Support,
    /// How to reach a therapist.
    Therapy,
    /// The disclaimer.
    Disclaimer,
    /// Where the words come from.
    About,
    /// What is stored.
    Privacy,
}

impl Page {
    /// Every page.
    pub const ALL: [Self; 8] = [
        Self::Signs,
        Self::Causes,
        Self::Meaning,
        Self::Support,
        Self::Therapy,
        Self::Disclaimer,
        Self::About,
        Self::Privacy,
    ];

    /// Its name in buttons.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signs => "signs",
            Self::Causes => "causes",
            Self::Meaning => "meaning",
            Self::Support => "support",
            Self::Therapy => "therapy",
            Self::Disclaimer => "disclaimer",
            Self::About => "about",
            Self::Privacy => "privacy",
        }
    }

    /// The page of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.name() == name)
    }
}
