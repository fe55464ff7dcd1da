//! The one integration binary: the whole bot over real HTTP against the stand-in for Telegram, mostly in this process
//! (`support::world`); where processes are killed, stand by or are called by an operator, the built program.
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes what is expected that way"
)]
#![expect(
    clippy::unwrap_used,
    reason = "in a test, what was not expected is a failure; clippy sees tests only where `#[test]` stands"
)]

mod alive;
mod answers;
mod canary;
mod care;
mod clock;
mod command_line;
mod commands;
mod consent;
mod crash;
mod disk;
mod door;
mod editing;
mod erasing;
mod floods;
mod inbox;
mod later;
mod limits;
mod metrics;
mod notes;
mod page;
mod places;
mod rules;
mod settings;
mod standby;
mod store;
mod subscribing;
mod supervisor;
mod support;
mod tidy;
mod tour;
mod webhook;
mod words;
mod zones;
