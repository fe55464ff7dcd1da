//! The files of a SQLite store: nobody else reads them, a thief learns nothing, and only the right key opens them.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use slowbloom::{
    domain::ChatId,
    store::{Keys, Store},
};

use super::bench::{Bench, keys, now, parent, parent_due};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn only_the_owner_can_open_what_is_made() {
    let bench = Bench::sqlite().await;
    bench.store.insert(&parent(1)).await.unwrap();
    let _lead = bench.store.try_lead().await.unwrap();
    let folder = bench.folder.path().join("made");
    bench.store.backup(&folder.join("copy.db")).await.unwrap();
    assert_eq!(mode(&folder), 0o700);
    let names: Vec<_> = files(&folder)
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        names,
        [
            "bloom.db",
            "bloom.db-shm",
            "bloom.db-wal",
            "bloom.db.lock",
            "copy.db"
        ]
    );
    for file in files(&folder) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn a_stolen_database_names_nobody() {
    const CHAT: i64 = 987_654_321;
    let bench = Bench::sqlite().await;
    bench.store.insert(&parent_due(CHAT, now())).await.unwrap();
    bench
        .store
        .park(ChatId(CHAT), b"kind words", now())
        .await
        .unwrap();
    let folder = bench.folder.path().join("made");
    bench.store.backup(&folder.join("copy.db")).await.unwrap();
    let searched = [
        CHAT.to_string().into_bytes(),
        CHAT.to_le_bytes()[..4].to_vec(),
        CHAT.to_be_bytes()[4..].to_vec(),
        b"kind words".to_vec(),
    ];
    let mut seen = 0;
    for file in files(&folder) {
        let bytes = fs::read(&file).unwrap();
        // The search itself works: what is not secret is found.
        seen += usize::from(contains(&bytes, b"America/Los_Angeles"));
        for needle in &searched {
            assert!(
                !contains(&bytes, needle),
                "{} holds {needle:?}",
                file.display()
            );
        }
    }
    assert!(seen >= 2, "neither the database nor its copy was searched");
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

#[tokio::test]
async fn another_key_is_refused() {
    let bench = Bench::sqlite().await;
    let other = Keys::from_text(&"ab".repeat(32)).unwrap();
    let error = Store::open(&bench.url, other.clone()).await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("this key does not fit this database")
    );
    assert!(Store::attach(&bench.url, other).await.is_err());
    Store::open(&bench.url, keys()).await.unwrap();
}

#[tokio::test]
async fn a_newer_database_is_refused() {
    let bench = Bench::sqlite().await;
    bench
        .sql(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (9999, 'of tomorrow', TRUE, x'00', 0)",
        )
        .await;
    for error in [
        Store::open(&bench.url, keys()).await.unwrap_err(),
        Store::attach(&bench.url, keys()).await.unwrap_err(),
    ] {
        assert!(
            error.to_string().contains("was made by a newer slowbloom"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn attaching_makes_nothing() {
    let bench = Bench::sqlite().await;
    let other = format!("sqlite://{}/other.db", bench.folder.path().display());
    assert!(Store::attach(&other, keys()).await.unwrap().is_none());
    assert_eq!(files(bench.folder.path()).len(), 1);

    fs::write(bench.folder.path().join("other.db"), "").unwrap();
    assert!(Store::attach(&other, keys()).await.unwrap().is_none());

    bench.store.insert(&parent(1)).await.unwrap();
    let beside = Store::attach(&bench.url, keys()).await.unwrap().unwrap();
    assert_eq!(beside.counts().await.unwrap().total, 1);
}

#[tokio::test]
async fn tables_do_not_change_under_a_program_that_uses_them() {
    let bench = Bench::sqlite().await;
    let _lead = bench.store.try_lead().await.unwrap();
    bench.sql("DELETE FROM _sqlx_migrations").await;
    let error = Store::open(&bench.url, keys()).await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("another slowbloom already runs"),
        "{error}"
    );
}

#[tokio::test]
async fn a_backup_opens_with_the_same_key_and_never_overwrites() {
    let bench = Bench::sqlite().await;
    bench.store.insert(&parent(1)).await.unwrap();
    let copy = bench.folder.path().join("copy.db");
    bench.store.backup(&copy).await.unwrap();
    let url = format!("sqlite://{}", copy.display());
    let copied = Store::open(&url, keys()).await.unwrap();
    assert_eq!(
        copied.subscriber(ChatId(1)).await.unwrap(),
        Some(bench.stored(1).await)
    );
    copied.close().await;
    assert!(bench.store.backup(&copy).await.is_err());
}

#[tokio::test]
async fn a_place_that_makes_no_sense_is_said() {
    for url in [
        "sqlite://",
        "sqlite::memory:",
        "sqlite://a.db?mode=ro",
        "bloom.db",
        "",
    ] {
        let error = Store::open(url, keys()).await.unwrap_err().to_string();
        assert!(error.starts_with("DATABASE_URL must"), "{url}: {error}");
    }
}
