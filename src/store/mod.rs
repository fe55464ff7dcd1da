//! What is remembered between restarts: subscribers and parked answers, in SQLite or PostgreSQL.
//!
//! Knows `domain`; must not know Telegram, the content or the conversation. Chat ids are stored only encrypted and
//! found by keyed hash ([`keys`]). No connection is held across anything but one query or one short transaction.
//!
//! There is no data key per parent: it would have to lie in her own row, and so in every backup beside what it
//! seals. What makes an old backup of an erased row unreadable is losing the data key, or the backup's own end.

mod db;
mod error;
pub mod keys;
mod leader;
mod meta;
mod parked;
mod place;
mod pools;
mod row;
mod subscribers;
mod trouble;

pub use db::Store;
pub use error::StoreError;
pub use keys::Keys;
pub use leader::{AnotherRuns, Lead};
pub use parked::{MAX_LETTER_BYTES, MAX_PARKED, MAX_PARKED_PER_CHAT, Parked, ParkedId};
pub use subscribers::{Counts, Cursor, Saved};

/// Some rows of many, in a fixed order, and where to go on reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, C> {
    /// The rows that could be read.
    pub rows: Vec<T>,
    /// How many rows were passed over because they cannot be read (a damaged value).
    pub unreadable: usize,
    /// Where the next page begins; `None` when this was the last.
    pub next: Option<C>,
}
