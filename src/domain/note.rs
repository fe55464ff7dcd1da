//! The names of notes and the pools they lie in.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// A note's name, the same in every language: ASCII lower-case letters, digits, `_` and `.`, 1 to 32 bytes,
/// so that it fits a button beside its verb.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct NoteId(Arc<str>);

impl NoteId {
    /// The longest name in bytes.
    pub const MAX_LEN: usize = 32;

    /// Takes a name that keeps the rule above.
    pub fn new(name: &str) -> Option<Self> {
        let fits = (1..=Self::MAX_LEN).contains(&name.len());
        let plain = name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.'));
        (fits && plain).then(|| Self(name.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NoteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for NoteId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::new(&name).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "the id “{name}” must be 1 to 32 lower-case letters, digits, “_” or “.”"
            ))
        })
    }
}

/// What kind of note it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pool {
    /// A kind sentence.
    Affirmations,
    /// A gentle thing to try, if it feels OK.
    Practices,
}
