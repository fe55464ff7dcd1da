//! The grand tour: every command and every button that can be reached, in both languages and for every country.
//!
//! One crawl goes through the pure conversation, where nothing costs time, and is complete; one walk goes through the
//! real program over HTTP, as far as Telegram's limits let it.

mod crawl;
mod rules;
mod walk;
