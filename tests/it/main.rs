//! The one integration binary: the real program over real HTTP against the stand-in for Telegram.
#![expect(
    clippy::unwrap_used,
    reason = "in a test, what was not expected is a failure; clippy sees tests only where `#[test]` stands"
)]

mod care;
mod command_line;
mod commands;
mod consent;
mod door;
mod editing;
mod erasing;
mod inbox;
mod later;
mod notes;
mod page;
mod places;
mod settings;
mod standby;
mod store;
mod subscribing;
mod supervisor;
mod support;
mod tidy;
mod webhook;
mod words;
mod zones;
