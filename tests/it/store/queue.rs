//! The schedule is the queue: who is due comes in order, and nobody starves behind those being sent.

use chrono::{DateTime, Utc};
use slowbloom::{
    domain::{ChatId, Subscriber},
    store::Cursor,
};

use super::{
    bench::{Bench, minutes, now, parent, parent_due},
    on_both_engines,
};

on_both_engines!(
    the_longest_due_come_first,
    pages_reach_everyone_once,
    everyone_is_reached_due_or_not,
    who_is_due_later_is_reached_the_soonest_first,
    a_bad_row_does_not_stop_a_batch,
    next_due_looks_past_what_is_due,
);

fn chats(rows: &[Subscriber]) -> Vec<i64> {
    rows.iter().map(|row| row.chat.0).collect()
}

async fn due(bench: &Bench, after: Option<&Cursor>, limit: u32) -> (Vec<i64>, Option<Cursor>) {
    let page = bench.store.due(now(), after, limit).await.unwrap();
    (chats(&page.rows), page.next)
}

async fn the_longest_due_come_first(bench: &Bench) {
    for (chat, late) in [(1, 5), (2, 10), (3, -1), (4, 0)] {
        let row = parent_due(chat, now() - minutes(late));
        bench.store.insert(&row).await.unwrap();
    }
    bench.store.insert(&parent(5)).await.unwrap();
    assert_eq!(due(bench, None, 10).await, (vec![2, 1, 4], None));
    assert_eq!(bench.store.backlog(now()).await.unwrap(), 3);

    let sent = |row: Subscriber| Some(Subscriber { next: None, ..row });
    bench.store.update(ChatId(2), sent).await.unwrap();
    assert_eq!(due(bench, None, 10).await, (vec![1, 4], None));
    assert_eq!(bench.store.backlog(now()).await.unwrap(), 2);
}

async fn pages_reach_everyone_once(bench: &Bench) {
    // Many at one moment: only the hash tells them apart.
    for chat in 1..=7 {
        let row = parent_due(chat, now() - minutes(chat / 4));
        bench.store.insert(&row).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let (rows, next) = due(bench, cursor.as_ref(), 3).await;
        assert!(rows.len() <= 3);
        seen.extend(rows);
        let Some(next) = next else { break };
        cursor = Some(next);
    }
    seen.sort_unstable();
    assert_eq!(seen, [1, 2, 3, 4, 5, 6, 7]);
}

async fn everyone_is_reached_due_or_not(bench: &Bench) {
    for chat in 1..=5 {
        bench.store.insert(&parent(chat)).await.unwrap();
    }
    bench.store.insert(&parent_due(6, now())).await.unwrap();
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = bench.store.everyone(cursor.as_ref(), 4).await.unwrap();
        seen.extend(chats(&page.rows));
        let Some(next) = page.next else { break };
        cursor = Some(next);
    }
    seen.sort_unstable();
    assert_eq!(seen, [1, 2, 3, 4, 5, 6]);
}

/// Far beyond 2^31 seconds, too.
async fn who_is_due_later_is_reached_the_soonest_first(bench: &Bench) {
    let after_2038: DateTime<Utc> = "2040-01-01T08:00:00Z".parse().unwrap();
    for (chat, due) in [
        (1, after_2038),
        (2, now()),
        (3, now() + minutes(5)),
        (4, now() + minutes(1)),
    ] {
        bench.store.insert(&parent_due(chat, due)).await.unwrap();
    }
    bench.store.insert(&parent(5)).await.unwrap();
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = bench
            .store
            .due_after(now(), cursor.as_ref(), 2)
            .await
            .unwrap();
        seen.extend(chats(&page.rows));
        let Some(next) = page.next else { break };
        cursor = Some(next);
    }
    assert_eq!(seen, [4, 3, 1]);
    assert_eq!(bench.stored(1).await.next.unwrap().due, after_2038);
}

async fn a_bad_row_does_not_stop_a_batch(bench: &Bench) {
    bench
        .store
        .insert(&parent_due(1, now() - minutes(9)))
        .await
        .unwrap();
    bench.sql("UPDATE subscribers SET language = 'xx'").await;
    bench.store.insert(&parent_due(2, now())).await.unwrap();

    let page = bench.store.due(now(), None, 10).await.unwrap();
    assert_eq!((chats(&page.rows), page.unreadable), (vec![2], 1));
    let page = bench.store.due(now(), None, 1).await.unwrap();
    assert_eq!((chats(&page.rows), page.unreadable), (vec![], 1));
    assert_eq!(due(bench, page.next.as_ref(), 1).await.0, [2]);
}

async fn next_due_looks_past_what_is_due(bench: &Bench) {
    let next = async |after: DateTime<Utc>| bench.store.next_due(after).await.unwrap();
    assert_eq!(next(now()).await, None);
    for (chat, due) in [(1, now()), (2, now() + minutes(5)), (3, now() + minutes(1))] {
        bench.store.insert(&parent_due(chat, due)).await.unwrap();
    }
    assert_eq!(next(now() - minutes(1)).await, Some(now()));
    assert_eq!(next(now()).await, Some(now() + minutes(1)));
    assert_eq!(next(now() + minutes(5)).await, None);
    assert_eq!(next(DateTime::<Utc>::MIN_UTC).await, Some(now()));
}
