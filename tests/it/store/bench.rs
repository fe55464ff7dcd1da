//! One empty store on one engine, and made-up parents to put into it.

use chrono::{DateTime, TimeDelta, Utc};
use slowbloom::{
    domain::{
        ChatId, Country, Language, Pool, Subscriber,
        schedule::Schedule,
        subscriber::{History, Silence, Slot, Standing},
        zone::Zone,
    },
    store::{Keys, Store},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

use crate::support::postgres;

/// The data key of every test that is not about keys.
pub(super) const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

pub(super) struct Bench {
    pub(super) store: Store,
    pub(super) url: String,
    /// Where the SQLite file lies; empty for PostgreSQL.
    pub(super) folder: TempDir,
}

impl Bench {
    pub(super) async fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}/made/bloom.db", folder.path().display());
        Self::open(url, folder).await
    }

    pub(super) async fn postgres() -> Option<Self> {
        let url = postgres::fresh_database().await?;
        Some(Self::open(url, TempDir::new().unwrap()).await)
    }

    async fn open(url: String, folder: TempDir) -> Self {
        let store = Store::open(&url, keys()).await.unwrap();
        Self { store, url, folder }
    }

    /// Does to the database what the store itself never would.
    pub(super) async fn sql(&self, statement: &str) {
        let statement = AssertSqlSafe(statement.to_owned());
        if self.store.is_shared() {
            let mut db = PgConnection::connect(&self.url).await.unwrap();
            sqlx::query(statement).execute(&mut db).await.unwrap();
        } else {
            let mut db = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::query(statement).execute(&mut db).await.unwrap();
        }
    }

    /// How many rows a table has.
    pub(super) async fn rows(&self, table: &str) -> i64 {
        let statement = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        if self.store.is_shared() {
            let mut db = PgConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(statement).fetch_one(&mut db).await
        } else {
            let mut db = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(statement).fetch_one(&mut db).await
        }
        .unwrap()
    }

    /// The row as it is stored; fails when there is none.
    pub(super) async fn stored(&self, chat: i64) -> Subscriber {
        self.store.subscriber(ChatId(chat)).await.unwrap().unwrap()
    }
}

pub(super) fn keys() -> Keys {
    Keys::from_text(KEY).unwrap()
}

/// The start of every test: a Monday.
pub(super) fn now() -> DateTime<Utc> {
    "2027-03-01T16:00:00Z".parse().unwrap()
}

pub(super) fn minutes(minutes: i64) -> TimeDelta {
    TimeDelta::minutes(minutes)
}

/// A parent who just agreed, with nothing due.
pub(super) fn parent(chat: i64) -> Subscriber {
    Subscriber {
        chat: ChatId(chat),
        language: Language::En,
        country: Country::from_code("US").unwrap(),
        zone: Zone::new("America/Los_Angeles").unwrap(),
        schedule: Schedule::parse("0 8 * * *").unwrap(),
        pools: vec![Pool::Affirmations],
        sound: false,
        standing: Standing::Active,
        blocked_since: None,
        awaiting: None,
        consent_version: 1,
        consented_on: now().date_naive(),
        last_active: now().date_naive(),
        next: None,
        last_sent: None,
        carried: None,
        history: History::default(),
        silence: Silence::Unasked,
        erase_at: None,
        revision: 0,
    }
}

/// A parent whose note is due at `due`.
pub(super) fn parent_due(chat: i64, due: DateTime<Utc>) -> Subscriber {
    Subscriber {
        next: Some(Slot {
            due,
            wall: due.naive_utc(),
        }),
        ..parent(chat)
    }
}
