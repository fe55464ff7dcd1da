//! The notes: affirmations and practices, each with the source sentence it is drawn from.
