//! What a typed text may mean for someone's safety: text in, tier and category out.
//!
//! Pure, in memory, before everything else. Nothing of the text leaves this room.
