//! What the tests stand on.

pub(crate) mod crowd;
pub(crate) mod diary;
pub(crate) mod postgres;
pub(crate) mod program;
pub(crate) mod seeding;
pub(crate) mod world;
