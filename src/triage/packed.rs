//! The large lists, packed when the program is built and unpacked when the first message is read.

/// What `build.rs` packed, as it was.
pub(super) fn unpack(packed: &[u8]) -> Vec<u8> {
    let mut whole = miniz_oxide::inflate::decompress_to_vec(packed)
        .expect("packed by this program's own build");
    // Unpacking leaves room for as much again, for as long as the program runs.
    whole.shrink_to_fit();
    whole
}
