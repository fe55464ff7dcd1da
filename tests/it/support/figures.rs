//! Counts that a long test ends with. They are said also when it passes, so that every run of `./test` shows them.

use std::io::Write as _;

/// Says one figure or a few. `println!` would be swallowed when the test passes.
pub(crate) fn closing_line(figures: &str) {
    // Nobody may be reading.
    let _ = writeln!(std::io::stdout(), "  · {figures}");
}
