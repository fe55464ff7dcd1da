//! The stand-in for Telegram: a model with state that `slowbloom try` and every test talk to over HTTP.
