//! The one integration binary: the real program over real HTTP against the stand-in for Telegram.
#![expect(
    clippy::unwrap_used,
    reason = "a test's helper that cannot go on says so by panicking"
)]

mod tidy;
