//! What the tests stand on.

pub(crate) mod browser;
pub(crate) mod crowd;
pub(crate) mod diary;
pub(crate) mod figures;
pub(crate) mod postgres;
pub(crate) mod program;
pub(crate) mod seeding;
pub(crate) mod world;

/// With this set to 1, a machine without PostgreSQL or a browser fails the tests instead of skipping them.
const REQUIRE_ALL: &str = "SLOWBLOOM_REQUIRE_ALL";

fn all_required() -> bool {
    environment(REQUIRE_ALL) == "1"
}

#[expect(
    clippy::disallowed_methods,
    reason = "what a test machine has is not a setting of the program"
)]
fn environment(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}
