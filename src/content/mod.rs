//! Everything the bot says: the `messages/` folder as typed values, checked when it is loaded.
//!
//! Pure after loading. Knows `domain`; must not know who a parent is, how a message travels, or what she typed.

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

pub use message::{Button, Keyboard, Message, Voice};
