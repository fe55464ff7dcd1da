//! Builds in what lies in folders: compiles again when a message or a migration changes, and packs the safety net's
//! word lists and weights, which are large, so that the program stays small.

use std::{env, error::Error, fs, path::Path};

/// What `src/triage` unpacks when the first message is read.
const PACKED: [&str; 4] = [
    "lexicon/concepts.txt",
    "lexicon/known-en.txt",
    "lexicon/known-es.txt",
    "model/weights.bin",
];

/// The usual level of DEFLATE: higher ones take much longer to build and save little.
const LEVEL: u8 = 6;

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script by the environment where to write"
)]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=messages");
    println!("cargo::rerun-if-changed=migrations");
    let out = env::var("OUT_DIR")?;
    for name in PACKED {
        let path = Path::new("src/triage").join(name);
        println!("cargo::rerun-if-changed={}", path.display());
        let packed = miniz_oxide::deflate::compress_to_vec(&fs::read(&path)?, LEVEL);
        let file = path.file_name().ok_or("a packed file has a name")?;
        fs::write(
            Path::new(&out).join(file).with_added_extension("deflate"),
            packed,
        )?;
    }
    Ok(())
}
