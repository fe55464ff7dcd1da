//! Which note comes next: an order of each parent's own, without repeats before the whole pool was seen.
//!
//! The history numbers the notes in the order in which they last came. What has not come for longest goes first;
//! among those that never came the order is a hash of the parent's key and the note's id. So between two showings of
//! a note every other one has come, however often notes are added, removed and retired meanwhile.

use super::{NoteId, Pool, subscriber::History};

/// The note to bring next from `pool`, by an order of `key`'s own; `None` when all of them are retired.
pub fn next_note(history: &History, pool: &[NoteId], key: u64) -> Option<NoteId> {
    let open = pool.iter().filter(|id| !history.retired.contains(id));
    open.min_by_key(|id| (last_came(history, id), place(key, id), *id))
        .cloned()
}

/// The whole pool in the order in which `key` would see it the first time: for someone of whom nothing is stored.
pub fn order(pool: &[NoteId], key: u64) -> Vec<NoteId> {
    let mut order = pool.to_vec();
    order.sort_by_key(|id| place(key, id));
    order
}

/// The history once `id` has been shown.
#[must_use]
pub fn seen(mut history: History, id: &NoteId) -> History {
    let newest = history.came.values().copied().max().unwrap_or(0);
    history
        .came
        .insert(id.as_str().to_owned(), newest.saturating_add(1));
    history
}

/// Whether every note of `pool` that she has not retired has come at least once.
pub fn whole_pool_seen(history: &History, pool: &[NoteId]) -> bool {
    pool.iter()
        .all(|id| history.retired.contains(id) || last_came(history, id) > 0)
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

fn last_came(history: &History, id: &NoteId) -> u32 {
    history.came.get(id.as_str()).copied().unwrap_or(0)
}

/// A note's place in the order of `key`. Never change this: every parent's order hangs on it.
fn place(key: u64, id: &NoteId) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&key.to_le_bytes());
    hasher.update(id.as_str().as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_le_bytes(first)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn note(number: usize) -> NoteId {
        NoteId::new(&format!("note_{number}")).unwrap()
    }

    fn pool(size: usize) -> Vec<NoteId> {
        (0..size).map(note).collect()
    }

    fn bring(history: &mut History, pool: &[NoteId], key: u64) -> Option<NoteId> {
        let id = next_note(history, pool, key)?;
        *history = seen(std::mem::take(history), &id);
        Some(id)
    }

    #[test]
    fn the_order_is_stable_for_ever() {
        let mut history = History::default();
        let order: Vec<NoteId> = (0..6)
            .filter_map(|_| bring(&mut history, &pool(5), 42))
            .collect();
        expect_test::expect!["[note_4, note_3, note_1, note_2, note_0, note_4]"]
            .assert_eq(&format!("{order:?}"));
    }

    #[test]
    fn parents_have_orders_of_their_own() {
        let orders: HashSet<Vec<NoteId>> = (0..20)
            .map(|key| {
                let mut history = History::default();
                (0..5)
                    .filter_map(|_| bring(&mut history, &pool(10), key))
                    .collect()
            })
            .collect();
        assert!(orders.len() > 15, "{}", orders.len());
    }

    #[test]
    fn retired_notes_never_come_and_an_empty_pool_is_none() {
        let mut history = History {
            retired: pool(4),
            ..History::default()
        };
        for _ in 0..5 {
            assert_eq!(bring(&mut history, &pool(5), 7), Some(note(4)));
        }
        assert_eq!(bring(&mut history, &pool(4), 7), None);
        assert_eq!(bring(&mut history, &[], 7), None);
        assert!(whole_pool_seen(&history, &pool(5)));
        assert!(!whole_pool_seen(&history, &pool(6)));
    }

    #[test]
    fn of_two_pools_every_third_note_is_a_practice() {
        let both = [Pool::Affirmations, Pool::Practices];
        let firsts: Vec<Pool> = (0..6).map(|sent| turn(&both, sent)[0]).collect();
        let [a, p] = both;
        assert_eq!(firsts, [a, a, p, a, a, p]);
        assert_eq!(turn(&both, 2), [p, a]);
        assert_eq!(turn(&[p, a], 0), [a, p]);
        assert_eq!(turn(&[a], 2), [a]);
    }

    /// What happens to the content and to the parent between two notes.
    #[derive(Clone, Debug)]
    enum Event {
        Bring,
        Add(usize),
        Remove(usize),
        Retire(usize),
        OtherPool,
        Restart,
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            10 => Just(Event::Bring),
            1 => (0_usize..14).prop_map(Event::Add),
            1 => (0_usize..14).prop_map(Event::Remove),
            1 => (0_usize..14).prop_map(Event::Retire),
            2 => Just(Event::OtherPool),
            1 => Just(Event::Restart),
        ]
    }

    proptest! {
        /// Between two showings of a note every other note that was there all the time has come.
        #[test]
        fn no_note_comes_twice_before_the_whole_pool_was_seen(
            events in proptest::collection::vec(event(), 1..150),
            key in any::<u64>(),
        ) {
            let mut history = History::default();
            let mut notes = pool(8);
            let other: Vec<NoteId> = (50..53).map(note).collect();
            let mut round: HashSet<NoteId> = HashSet::new();
            for event in events {
                match event {
                    Event::Bring => {
                        let Some(id) = bring(&mut history, &notes, key) else { continue };
                        let open = |id: &&NoteId| !history.retired.contains(id);
                        if round.contains(&id) {
                            // A new round: only when every open note was in the one before.
                            let missing = notes.iter().filter(open).find(|id| !round.contains(*id));
                            prop_assert_eq!(missing, None, "{:?} came again before", id);
                            round.clear();
                        }
                        round.insert(id);
                    }
                    Event::Add(number) => {
                        if !notes.contains(&note(number)) {
                            notes.push(note(number));
                        }
                    }
                    Event::Remove(number) => notes.retain(|id| *id != note(number)),
                    Event::Retire(number) => {
                        if history.retired.len() < 4 {
                            history.retired.push(note(number));
                        }
                    }
                    Event::OtherPool => {
                        bring(&mut history, &other, key);
                    }
                    Event::Restart => {
                        let stored = serde_json::to_string(&history).unwrap();
                        history = serde_json::from_str(&stored).unwrap();
                    }
                }
            }
        }
    }
}
