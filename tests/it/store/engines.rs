//! The two engines: what only a server can do (go away and come back), and that neither is forgotten.

use std::fs;

use slowbloom::{
    domain::ChatId,
    store::{Store, StoreError},
};

use super::bench::{keys, now, parent};
use crate::support::postgres::Cluster;

#[tokio::test]
async fn a_server_that_was_away_is_used_again_by_itself() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let url = cluster.fresh_database().await;
    let store = Store::open(&url, keys()).await.unwrap();
    store.insert(&parent(1)).await.unwrap();
    let mut lead = store.try_lead().await.unwrap().unwrap();

    cluster.stop_server();
    assert!(!lead.still_held().await);
    assert!(store.try_lead().await.is_err());
    let refused = store.park(ChatId(1), b"a", now()).await;
    assert!(matches!(refused, Err(StoreError::Database(_))));
    assert!(store.ping().await.is_err());

    cluster.start_server();
    store.ping().await.unwrap();
    assert!(store.subscriber(ChatId(1)).await.unwrap().is_some());
    assert!(store.try_lead().await.unwrap().is_some());
}

#[tokio::test]
async fn errors_never_repeat_the_password() {
    for url in [
        "postgres://bloom:hush@127.0.0.1:1/bloom",
        "postgres://bloom:hush@127.0.0.1:99999/bloom",
        "mysql://bloom:hush@127.0.0.1/bloom",
    ] {
        let error = format!("{:?}", Store::open(url, keys()).await.unwrap_err());
        assert!(!error.contains("hush"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_with_the_reason() {
    let url = "postgres://bloom:hush@127.0.0.1:1/bloom";
    let error = format!("{:#}", Store::open(url, keys()).await.unwrap_err());
    assert_eq!(
        error,
        "cannot use the database postgres “bloom” on 127.0.0.1: nothing answers; is PostgreSQL running there, and is \
         DATABASE_URL right?"
    );
}

#[test]
fn both_engines_have_the_same_migrations() {
    let names = |engine| {
        let folder = format!("{}/migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
}
