//! Telegram: updates in (`inbox`), messages out (`door`), every refusal mapped (`outcome`).
//!
//! Knows the pure rooms; must not know the store.

pub mod api;
#[cfg(test)]
mod canary;
mod date;
pub mod door;
#[cfg(test)]
mod fake;
pub mod inbox;
pub mod outcome;
pub mod profile;
pub mod redact;
pub mod update;
mod wait;
pub mod webhook;

pub use api::{Me, Telegram};
pub use door::{Class, Delivery, Door, Letter, Limits, Place, Receipt, Wording};
pub use inbox::{Handled, Inbox};
pub use outcome::Failure;
pub use update::{Incoming, Kind, Part};
pub use webhook::{Kept, Reception, Registration, Reign};
