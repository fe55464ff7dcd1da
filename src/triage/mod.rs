//! What a typed text may mean for someone's safety: text in, tier and category out.
//!
//! Pure, in memory, before everything else. Nothing of the text leaves this room:
//! a [`Finding`] holds no word of it, and only [`explain`], for the audit verb, shows any.
//! Order: normalise → repair → meaning families and idiom masks → concepts and linear model → decide.

mod audit;
mod bonding;
mod concepts;
mod decide;
pub mod features;
mod finding;
mod fold;
mod language;
mod lexicon;
mod matcher;
pub mod model;
mod packed;
mod repair;
mod rules;
mod tokens;
mod vocabulary;
mod words;

#[cfg(test)]
mod tests;

pub use audit::{AuditError, audit_line};
pub use decide::{explain, read, read_with};
pub use finding::{Category, Explanation, Finding, Tier};
