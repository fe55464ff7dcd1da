//! The second journey: a note falls due, and is brought.
