//! The real program is killed, or told to stop, again and again in the middle of its work: no note is lost, no message
//! stays unanswered, no setting is half-changed.
//!
//! Counted from the record of the stand-in. `SLOWBLOOM_KILLS` sets how often; the load grows with it, and from 40 on it
//! is 2,000 notes at once and 200 parents.

mod ashes;
mod away;
mod fire;
mod killed;
mod lives;
mod stopped;
mod talk;
