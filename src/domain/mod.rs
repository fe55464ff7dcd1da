//! Who a subscriber is, when a note falls due, which note is next, what a refusal means.
//!
//! Pure: values in, values out. It takes `now`, never a clock; it never awaits; it knows no other room.

pub mod chat;
pub mod country;
pub mod due;
pub mod folding;
pub mod language;
pub mod note;
pub mod outcome;
pub mod rotation;
pub mod schedule;
pub mod subscriber;
pub mod time_of_day;
pub mod weekdays;
pub mod zone;

pub use chat::ChatId;
pub use country::Country;
pub use language::Language;
pub use note::{NoteId, Pool};
pub use outcome::{Gone, Outcome};
pub use subscriber::Subscriber;
