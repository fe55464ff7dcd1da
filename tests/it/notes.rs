//! Notes on time: exactly one for each occurrence, on the parent's own clock, whatever the clocks do.

mod changes;
mod clocks;
mod late;
mod unwritten;
mod which;
