//! Telegram: updates in (`inbox`), messages out (`door`), every refusal mapped (`outcome`).
//!
//! Knows the pure rooms; must not know the store.
