//! The one integration binary: the real program over real HTTP against the stand-in for Telegram.

mod zones;
