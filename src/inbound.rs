//! The first journey: a parent writes, and is answered.
