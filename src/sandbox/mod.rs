//! The stand-in for Telegram: a model with state that `slowbloom try` and every test talk to over HTTP.
//!
//! It is an independent judge: it refuses what Telegram refuses, in Telegram's words, and must not know the bot's
//! rooms (content, conversation, store, telegram) nor a Telegram library. `Clock` tells it the date of messages.

mod calls;
mod chat;
mod deeds;
mod faults;
mod format;
mod itself;
mod keyboard;
mod limits;
mod methods;
mod model;
mod page;
mod people;
mod record;
mod refusal;
mod server;
mod stand_in;
mod transcript;
mod updates;
mod webhook;
mod wire;

pub use chat::{Attachment, File};
pub use faults::{Fault, Target};
pub use format::{Entity, Formatted, parse_html};
pub use keyboard::{Action, Button, ReplyButton};
pub use limits::{Breach, Limit};
pub use page::{Hook, PARENTS, TryHooks};
pub use people::{Group, NotThere, Parent};
pub use record::{CallRecord, CallResult, Said};
pub use stand_in::{PATIENCE, StandIn, WaitedTooLong};

#[cfg(test)]
mod tests;
