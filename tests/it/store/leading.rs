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
async fn a_link_to_the_file_is_the_same_file() {
    let bench = Bench::sqlite().await;
    let file = bench.folder.path().join("made/bloom.db");
    let link = bench.folder.path().join("link.db");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let _lead = bench.store.try_lead().await.unwrap().unwrap();
    let by_link = format!("sqlite://{}", link.display());
    let second = Store::open(&by_link, keys()).await.unwrap();
    let error = second.try_lead().await.unwrap_err().to_string();
    assert!(
        error.starts_with("another slowbloom already runs"),
        "{error}"
    );

    std::fs::hard_link(&file, bench.folder.path().join("name.db")).unwrap();
    for name in ["name.db", "made/bloom.db"] {
        let by_name = format!("sqlite://{}/{name}", bench.folder.path().display());
        let error = Store::open(&by_name, keys()).await.unwrap_err();
        let error = error.to_string();
        assert!(error.contains("has a second name (a hard link)"), "{error}");
    }
}

#[tokio::test]
async fn a_lock_file_that_is_removed_keeps_nobody_away_and_its_holder_notices() {
    let bench = Bench::sqlite().await;
    let lock = bench.folder.path().join("made/bloom.db.lock");
    let mut lead = bench.store.try_lead().await.unwrap().unwrap();
    std::fs::remove_file(&lock).unwrap();
    assert!(!lead.still_held().await);
    let second = Store::open(&bench.url, keys()).await.unwrap();
    let mut other = second.try_lead().await.unwrap().unwrap();
    assert!(!lead.still_held().await && other.still_held().await);
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
