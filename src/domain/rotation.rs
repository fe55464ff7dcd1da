//! Which note comes next: an order of each parent's own, without repeats before the whole pool was seen.
//!
//! A note carries the number of the round in which it last came. The lowest number goes first; within one number
//! the order is a hash of the parent's key, the number and the note's id. Notes may be added, removed and retired
//! at any time: what has not been seen for longest still goes first.

use super::{NoteId, Pool, subscriber::History};

/// The note to bring next from `pool`, by an order of `key`'s own; `None` when all of them are retired.
pub fn next_note(history: &History, pool: &[NoteId], key: u64) -> Option<NoteId> {
    let open = pool.iter().filter(|id| !history.retired.contains(id));
    open.min_by_key(|id| {
        let round = round_of(history, id);
        (round, place(key, round, id), *id)
    })
    .cloned()
}

/// The whole pool in the order in which `key` would see it the first time: for someone of whom nothing is stored.
pub fn order(pool: &[NoteId], key: u64) -> Vec<NoteId> {
    let mut order = pool.to_vec();
    order.sort_by_key(|id| place(key, 0, id));
    order
}

/// The history once `id` has been shown.
#[must_use]
pub fn seen(mut history: History, id: &NoteId) -> History {
    let newest = history.rounds.values().copied().max().unwrap_or(1);
    let round = if round_of(&history, id) < newest {
        newest
    } else {
        newest.saturating_add(1)
    };
    history.rounds.insert(id.as_str().to_owned(), round);
    history
}

/// Whether every note of `pool` that she has not retired has come at least once.
pub fn whole_pool_seen(history: &History, pool: &[NoteId]) -> bool {
    pool.iter()
        .all(|id| history.retired.contains(id) || round_of(history, id) > 0)
}

/// The pools to draw from, in the order in which they are tried: of two, two affirmations, then a practice.
pub fn turn(pools: &[Pool], sent: u32) -> Vec<Pool> {
    let mut order = pools.to_vec();
    order.sort_by_key(|pool| match pool {
        Pool::Affirmations => sent % 3 == 2,
        Pool::Practices => sent % 3 != 2,
    });
    order.dedup();
    order
}

fn round_of(history: &History, id: &NoteId) -> u32 {
    history.rounds.get(id.as_str()).copied().unwrap_or(0)
}

/// A note's place within its round. Never change this: every parent's order hangs on it.
fn place(key: u64, round: u32, id: &NoteId) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&key.to_le_bytes());
    hasher.update(&round.to_le_bytes());
    hasher.update(id.as_str().as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_le_bytes(first)
}
