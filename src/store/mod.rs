//! What is remembered between restarts: subscribers and parked answers, in SQLite or PostgreSQL.
//!
//! Knows `domain`; must not know Telegram, the content or the conversation.
