//! The `slowbloom` program; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    slowbloom::cli::main(std::env::args_os())
}
