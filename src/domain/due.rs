//! What to do with a subscriber whose note has fallen due, and when the next one falls due.
