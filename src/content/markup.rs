//! The little HTML that messages may use: what is allowed, escaping, and length as Telegram counts it.
