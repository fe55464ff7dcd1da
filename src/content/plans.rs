//! The default schedules that a parent chooses from.
