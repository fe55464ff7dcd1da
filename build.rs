//! Compiles the program again when a file of `messages/` is added or changed: the folder is built in.

fn main() {
    println!("cargo::rerun-if-changed=messages");
}
