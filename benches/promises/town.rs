//! A town of parents: the stand-in for Telegram, a database with their rows, and the clock of this machine.

use std::{net::SocketAddr, time::Duration};

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use slowbloom::{
    clock::Clock,
    domain::{
        ChatId, Country, Language, Pool, Subscriber,
        schedule::Schedule,
        subscriber::{History, Silence, Slot, Standing},
        time_of_day::TimeOfDay,
        weekdays::Weekdays,
        zone::Zone,
    },
    sandbox::{CallRecord, Said, StandIn},
    store::{Keys, Store},
};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, postgres::PgConnectOptions};
use tempfile::TempDir;

/// Rows are stored so many at a time.
const BATCH: usize = 5_000;

/// How often the record is looked at while something is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(100);

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// Everything around one bot.
pub(crate) struct Town {
    pub(crate) telegram: StandIn,
    pub(crate) clock: Clock,
    pub(crate) folder: TempDir,
    database: String,
}

impl Town {
    /// On a SQLite file of its own.
    pub(crate) async fn new() -> anyhow::Result<Self> {
        Self::on(None).await
    }

    /// On a database of its own on this PostgreSQL server, if there is one.
    pub(crate) async fn on(server: Option<&str>) -> anyhow::Result<Self> {
        let clock = Clock::system();
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let folder = tempfile::tempdir()?;
        let database = match server {
            Some(server) => empty_database(server).await?,
            None => format!("sqlite://{}/bloom.db", folder.path().display()),
        };
        Ok(Self {
            telegram: StandIn::start(clock.clone(), listen).await?,
            clock,
            folder,
            database,
        })
    }

    pub(crate) fn database(&self) -> &str {
        &self.database
    }

    #[expect(clippy::unused_self, reason = "a town's key, whatever it is")]
    pub(crate) fn key(&self) -> &'static str {
        KEY
    }

    pub(crate) async fn store(&self) -> anyhow::Result<Store> {
        Store::open(&self.database, Keys::from_text(KEY)?).await
    }

    /// The parents with the numbers 1 to `count` subscribe; `due` says when the next note of each is due.
    pub(crate) async fn subscribe(
        &self,
        count: u64,
        due: impl Fn(i64) -> DateTime<Utc>,
    ) -> anyhow::Result<()> {
        let ids: Vec<_> = (1..=count.cast_signed()).collect();
        self.subscribe_these(&ids, due).await
    }

    /// The parents with these numbers subscribe.
    pub(crate) async fn subscribe_these(
        &self,
        ids: &[i64],
        due: impl Fn(i64) -> DateTime<Utc>,
    ) -> anyhow::Result<()> {
        let store = self.store().await?;
        let now = self.clock.now();
        let zone = Zone::new("America/Los_Angeles").context("a zone")?;
        for ids in ids.chunks(BATCH) {
            let rows: Vec<_> = ids
                .iter()
                .map(|id| subscriber(*id, &zone, due(*id), now))
                .collect();
            store.insert_all(&rows).await?;
        }
        store.close().await;
        Ok(())
    }

    /// The parents with these numbers have a chat with the bot.
    pub(crate) fn open_chats(&self, ids: impl Iterator<Item = i64>) {
        for id in ids {
            self.telegram.parent(id, "parent", "en").wrote_before();
        }
    }

    /// A whole second of the clock, so long from now at least.
    pub(crate) fn in_seconds(&self, seconds: i64) -> DateTime<Utc> {
        let now = self.clock.now() + TimeDelta::seconds(seconds + 1);
        now.with_nanosecond(0).unwrap_or(now)
    }

    /// Waits until so many requests are of this kind; says how many there are when `patience` is over.
    pub(crate) async fn wait_for(
        &self,
        count: usize,
        patience: Duration,
        which: impl Fn(&CallRecord) -> bool,
    ) -> usize {
        let end = self.clock.instant() + patience;
        loop {
            let there = self.telegram.count_calls(&which);
            if there >= count || self.clock.instant() >= end {
                return there;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until the bot polls.
    pub(crate) async fn bot_is_up(&self) -> anyhow::Result<()> {
        let polls = self.telegram.count_calls(is_poll);
        let there = self
            .wait_for(polls + 1, Duration::from_secs(30), is_poll)
            .await;
        anyhow::ensure!(there > polls, "the bot does not poll");
        Ok(())
    }

    /// Waits for a moment of the clock.
    pub(crate) async fn until(&self, moment: DateTime<Utc>) {
        while self.clock.now() < moment {
            self.clock.sleep_until(moment, Duration::from_mins(1)).await;
        }
    }
}

/// The database `slowbloom_bench` of this server, with nothing in it.
async fn empty_database(server: &str) -> anyhow::Result<String> {
    let options: PgConnectOptions = server
        .parse()
        .context("database= takes a URL of PostgreSQL")?;
    let mut admin = PgConnection::connect_with(&options).await?;
    for statement in [
        "DROP DATABASE IF EXISTS slowbloom_bench",
        "CREATE DATABASE slowbloom_bench",
    ] {
        sqlx::query(statement).execute(&mut admin).await?;
    }
    admin.close().await?;
    let url = options.database("slowbloom_bench").to_url_lossy();
    Ok(url.to_string())
}

pub(crate) fn is_poll(call: &CallRecord) -> bool {
    call.method == "getUpdates"
}

/// Whether it is a new message that Telegram took.
pub(crate) fn is_taken(call: &CallRecord) -> bool {
    call.method == "sendMessage" && call.result.took_effect()
}

/// Whether it is a scheduled note: only those do not ring.
pub(crate) fn is_note(said: &Said) -> bool {
    said.silent && !said.edit
}

/// Somebody who agreed yesterday and has had no note yet.
fn subscriber(id: i64, zone: &Zone, due: DateTime<Utc>, now: DateTime<Utc>) -> Subscriber {
    let (schedule, slot) = chosen(zone, due);
    Subscriber {
        chat: ChatId(id),
        language: Language::En,
        country: Country::from_code("US").expect("a country"),
        zone: zone.clone(),
        schedule,
        pools: vec![Pool::Affirmations],
        sound: false,
        standing: Standing::Active,
        blocked_since: None,
        awaiting: None,
        consent_version: 1,
        consented_on: now.date_naive() - TimeDelta::days(1),
        last_active: now.date_naive() - TimeDelta::days(1),
        next: Some(slot),
        last_sent: None,
        carried: None,
        history: History::default(),
        silence: Silence::Unasked,
        erase_at: None,
        revision: 0,
    }
}

/// The row with its next note at this moment.
pub(crate) fn falls_due(row: Subscriber, due: DateTime<Utc>) -> Subscriber {
    let (schedule, slot) = chosen(&row.zone, due);
    Subscriber {
        schedule,
        next: Some(slot),
        ..row
    }
}

/// As if she had chosen just this hour: in the night, no note comes at one that was not chosen.
fn chosen(zone: &Zone, due: DateTime<Utc>) -> (Schedule, Slot) {
    let wall = zone.wall(due);
    let time = TimeOfDay::new(wall.hour(), wall.minute());
    let time = time.expect("a wall clock shows a time of day");
    (Schedule::of(time, Weekdays::DAILY), Slot { due, wall })
}
