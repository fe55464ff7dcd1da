//! The country whose crisis lines a parent sees.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A country by its ISO 3166-1 alpha-2 code in capitals (`US`), with two codes that are not countries:
/// [`Country::EU`] and [`Country::ELSEWHERE`]. Whether there are crisis lines for it is the content's to say.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country([u8; 2]);

impl Country {
    /// "Another country of the European Union" (`EU` is reserved for this in ISO 3166-1).
    pub const EU: Self = Self(*b"EU");
    /// Anywhere that has no crisis file of its own (`ZZ` is user-assigned in ISO 3166-1).
    pub const ELSEWHERE: Self = Self(*b"ZZ");

    /// Reads two ASCII letters of any case.
    pub fn from_code(code: &str) -> Option<Self> {
        match code.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Some(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }

    /// Whether it is a member of the European Union (27 members since 2020-02-01), where 112 is the emergency number.
    pub fn is_in_eu(&self) -> bool {
        const MEMBERS: &str =
            "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK EU";
        MEMBERS.split(' ').any(|member| member == self.code())
    }

    /// The two capitals.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("ZZ")
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::from_code(&code).ok_or_else(|| {
            D::Error::custom(format!(
                "“{code}” is not a country code of two letters, like US"
            ))
        })
    }
}
