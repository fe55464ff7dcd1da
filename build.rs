//! Compiles the program again when a file of `messages/` or `migrations/` is added or changed: both are built in.

fn main() {
    println!("cargo::rerun-if-changed=messages");
    println!("cargo::rerun-if-changed=migrations");
}
