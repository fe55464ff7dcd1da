//! One process leads: the others stand by, or say that they are one too many.

use slowbloom::store::Store;

use super::bench::{Bench, keys};

#[tokio::test]
async fn on_sqlite_a_second_one_says_so() {
    let bench = Bench::sqlite().await;
    let second = Store::open(&bench.url, keys()).await.unwrap();
    let mut lead = bench.store.try_lead().await.unwrap().unwrap();
    assert!(lead.still_held().await);
    let error = second.try_lead().await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("another slowbloom already runs on this database")
    );

    lead.release().await;
    assert!(second.try_lead().await.unwrap().is_some());
}

#[tokio::test]
async fn on_postgres_a_second_one_stands_by() {
    let Some(bench) = Bench::postgres().await else {
        return;
    };
    let second = Store::open(&bench.url, keys()).await.unwrap();
    let mut lead = bench.store.try_lead().await.unwrap().unwrap();
    assert!(lead.still_held().await);
    assert!(second.try_lead().await.unwrap().is_none());

    lead.release().await;
    assert!(second.try_lead().await.unwrap().is_some());
}

#[tokio::test]
async fn a_leader_whose_session_ends_notices_and_another_takes_over() {
    let Some(bench) = Bench::postgres().await else {
        return;
    };
    let mut lead = bench.store.try_lead().await.unwrap().unwrap();
    bench
        .sql(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
        .await;
    assert!(!lead.still_held().await);
    assert!(bench.store.try_lead().await.unwrap().is_some());
}
