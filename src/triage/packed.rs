//! The large lists, packed when the program is built and unpacked when the first message is read.

/// What `build.rs` packed, as it was.
pub(super) fn unpack(packed: &[u8]) -> Vec<u8> {
    miniz_oxide::inflate::decompress_to_vec(packed).expect("packed by this program's own build")
}
