//! Time zones, by the rules bundled into the program (never the machine's own, which may be years old).

use std::fmt;

use chrono::{DateTime, NaiveDateTime, Utc};

/// An IANA time zone that the bundled rules know, in its canonical spelling (`America/Los_Angeles`).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Zone {
    name: String,
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Zone {
    /// Looks a zone up by its IANA name, in any letter case.
    pub fn new(name: &str) -> Option<Self> {
        name.contains('/').then(|| Self { name: name.into() })
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a clock on the wall there shows at `moment`.
    pub fn wall(&self, _moment: DateTime<Utc>) -> NaiveDateTime {
        todo!()
    }
}
