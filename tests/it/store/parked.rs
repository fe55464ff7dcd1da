//! Parked answers: in order, as they were, and never without a limit.

use slowbloom::{
    domain::ChatId,
    store::{MAX_LETTER_BYTES, MAX_PARKED, MAX_PARKED_PER_CHAT, StoreError},
};

use super::{
    bench::{Bench, minutes, now},
    on_both_engines,
};

on_both_engines!(
    letters_come_back_in_order,
    a_damaged_letter_does_not_stop_the_others,
    the_oldest_of_one_chat_give_way,
    too_much_is_refused,
);

async fn waiting(bench: &Bench) -> Vec<(i64, Vec<u8>)> {
    let page = bench.store.parked(None, 1000).await.unwrap();
    let pairs = page
        .rows
        .into_iter()
        .map(|letter| (letter.chat.0, letter.bytes));
    pairs.collect()
}

async fn letters_come_back_in_order(bench: &Bench) {
    for (chat, bytes) in [(2, "one"), (1, "two"), (2, "three")] {
        let at = now() + minutes(chat);
        bench
            .store
            .park(ChatId(chat), bytes.as_bytes(), at)
            .await
            .unwrap();
    }
    let first = bench.store.parked(None, 2).await.unwrap();
    assert_eq!(first.rows[0].bytes, b"one");
    assert_eq!(first.rows[0].created_at, now() + minutes(2));
    assert_eq!(first.rows[1].chat, ChatId(1));
    let rest = bench.store.parked(first.next, 2).await.unwrap();
    assert_eq!(rest.rows[0].bytes, b"three");
    assert_eq!((rest.rows.len(), rest.next), (1, None));

    for _ in 0..2 {
        bench.store.unpark(first.rows[1].id).await.unwrap();
        assert_eq!(
            waiting(bench).await,
            [(2, b"one".to_vec()), (2, b"three".to_vec())]
        );
    }
}

async fn a_damaged_letter_does_not_stop_the_others(bench: &Bench) {
    bench.store.park(ChatId(1), b"one", now()).await.unwrap();
    bench.sql("UPDATE parked SET sealed = chat_hash").await;
    bench.store.park(ChatId(1), b"two", now()).await.unwrap();
    let page = bench.store.parked(None, 10).await.unwrap();
    assert_eq!((page.rows.len(), page.unreadable), (1, 1));
    assert_eq!(page.rows[0].bytes, b"two");
}

async fn the_oldest_of_one_chat_give_way(bench: &Bench) {
    bench.store.park(ChatId(2), b"other", now()).await.unwrap();
    for number in 0..=MAX_PARKED_PER_CHAT {
        let bytes = number.to_string();
        bench
            .store
            .park(ChatId(1), bytes.as_bytes(), now())
            .await
            .unwrap();
    }
    let waiting = waiting(bench).await;
    assert_eq!(i64::try_from(waiting.len()), Ok(MAX_PARKED_PER_CHAT + 1));
    assert_eq!(waiting[0], (2, b"other".to_vec()));
    assert_eq!(waiting[1], (1, b"1".to_vec()));
}

async fn too_much_is_refused(bench: &Bench) {
    let letter = vec![b'x'; MAX_LETTER_BYTES + 1];
    let longest = &letter[..MAX_LETTER_BYTES];
    bench.store.park(ChatId(1), longest, now()).await.unwrap();
    let refused = bench.store.park(ChatId(1), &letter, now()).await;
    assert!(matches!(refused, Err(StoreError::Full)));

    bench
        .sql(&format!(
            "INSERT INTO parked (chat_hash, sealed, created_at) \
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MAX_PARKED}) \
             SELECT p.chat_hash, p.chat_hash, n.i FROM parked p, n"
        ))
        .await;
    let refused = bench.store.park(ChatId(2), b"a", now()).await;
    assert!(matches!(refused, Err(StoreError::Full)));
}
