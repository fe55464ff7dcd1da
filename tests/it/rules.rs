//! Zone rules that are newer than the rows: the real program plans everyone anew, once, and a kill in the middle of it
//! does no harm.

mod newer;

use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use slowbloom::{
    domain::{ChatId, Subscriber, due, subscriber::Slot, zone},
    sandbox::Parent,
    store::{Keys, Store},
};
use sqlx::{Connection as _, SqliteConnection};
use tokio::time::sleep;

use crate::support::{
    postgres,
    program::Program,
    seeding::{subscriber, zone_where},
};

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const FACT: &str = "tzdata";
const OLD_RULES: &str = "2019c";
/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_mins(1);
const ASK_EVERY: Duration = Duration::from_millis(20);
/// Rows of parents whose notes come on another day: enough to be killed among.
const OTHERS: i64 = 600;
/// Before the first notes come the program is started, killed and started again.
const FIRST_NOTES_IN: TimeDelta = TimeDelta::seconds(25);
/// How late a note may come on a busy machine.
const LATE: TimeDelta = TimeDelta::seconds(6);

/// A database of an older program, and the program of today.
struct Update {
    program: Program,
    store: Store,
}

impl Update {
    async fn new(url: Option<String>) -> Self {
        let mut program = Program::new().await;
        let url = url.unwrap_or_else(|| program.database());
        program.set("DATABASE_URL", &url);
        program.set("DATA_KEY", KEY);
        program.set("DATA_KEY_FILE", "");
        program.listens();
        let keys = Keys::from_text(KEY).unwrap();
        let store = Store::open(&url, keys).await.unwrap();
        store.set_fact(FACT, OLD_RULES).await.unwrap();
        Self { program, store }
    }

    /// A parent whose clock shows at `moment` what her note was planned for; by the old rules that was so much later.
    async fn parent(&self, id: i64, moment: DateTime<Utc>, off: TimeDelta) -> Parent {
        self.store.insert(&self.row(id, moment, off)).await.unwrap();
        let parent = self.program.telegram.parent(id, "mia", "en");
        parent.wrote_before();
        parent
    }

    fn row(&self, id: i64, moment: DateTime<Utc>, off: TimeDelta) -> Subscriber {
        let mut row = subscriber(id, self.program.clock.now());
        // A late note keeps out of the quiet hours.
        row.zone = zone_where(10..18, moment);
        let wall = row.zone.wall(moment);
        let due = moment + off;
        row.next = Some(Slot { due, wall });
        row
    }

    async fn others(&self) {
        let tomorrow = self.program.clock.now() + TimeDelta::hours(20);
        let rows: Vec<_> = (10_001..=10_000 + OTHERS)
            .map(|id| self.row(id, tomorrow, TimeDelta::hours(1)))
            .collect();
        for some in rows.chunks(500) {
            self.store.insert_all(some).await.unwrap();
        }
    }

    async fn everyone(&self) -> Vec<Subscriber> {
        let mut rows = Vec::new();
        let mut after = None;
        loop {
            let page = self.store.everyone(after.as_ref(), 1000).await.unwrap();
            rows.extend(page.rows);
            after = page.next;
            if after.is_none() {
                return rows;
            }
        }
    }

    async fn by_old_rules(&self) -> usize {
        let rows = self.everyone().await;
        rows.iter()
            .filter(|row| !due::is_by_these_rules(row))
            .count()
    }

    async fn rules(&self) -> Option<String> {
        self.store.fact(FACT).await.unwrap()
    }

    /// Waits until the program has begun with it, and kills it before it is through.
    async fn is_killed_in_the_middle(&mut self) {
        let before = self.by_old_rules().await;
        self.program.starts();
        let began = self.program.clock.instant();
        while self.by_old_rules().await > before - 40 {
            assert!(
                self.program.clock.instant() - began < PATIENCE,
                "{}",
                self.program.log()
            );
            sleep(ASK_EVERY).await;
        }
        self.program.is_killed();
        let left = self.by_old_rules().await;
        println!("killed with {left} of {before} left");
        assert!(left > 0, "it was through already");
        assert_eq!(
            self.rules().await.as_deref(),
            Some(OLD_RULES),
            "the fact is written last"
        );
    }

    async fn is_through(&self) {
        let began = self.program.clock.instant();
        while self.rules().await.as_deref() != Some(zone::tzdata_version()) {
            assert!(
                self.program.clock.instant() - began < PATIENCE,
                "{}",
                self.program.log()
            );
            sleep(ASK_EVERY).await;
        }
        assert_eq!(self.by_old_rules().await, 0);
    }

    /// When the only note of a parent came.
    async fn note_of(&self, parent: &Parent) -> DateTime<Utc> {
        let began = self.program.clock.instant();
        while parent.heard().is_empty() {
            assert!(
                self.program.clock.instant() - began < PATIENCE,
                "{}",
                self.program.log()
            );
            sleep(ASK_EVERY).await;
        }
        assert_eq!(parent.heard().len(), 1);
        parent.heard()[0].at
    }

    /// Waits until the next note of a parent is planned for another day.
    async fn is_planned_on(&self, parent: &Parent) {
        let began = self.program.clock.instant();
        loop {
            let row = self
                .store
                .subscriber(ChatId(parent.id))
                .await
                .unwrap()
                .unwrap();
            if let Some(sent) = row.last_sent {
                let last_day = row.zone.wall(sent).date();
                assert!(row.next.unwrap().wall.date() > last_day, "two on one day");
                return;
            }
            assert!(self.program.clock.instant() - began < PATIENCE);
            sleep(ASK_EVERY).await;
        }
    }
}

async fn notes_come_by_the_new_rules(mut update: Update) -> Update {
    let hour = TimeDelta::hours(1);
    update.others().await;
    let moment = (update.program.clock.now() + FIRST_NOTES_IN).trunc_subsecs(0);
    let too_early = update.parent(1, moment, -hour).await;
    let too_late = update.parent(2, moment, hour).await;
    let right = update.parent(3, moment, TimeDelta::zero()).await;
    // By the new rules it should have come while nothing ran.
    let missed = update
        .parent(4, moment - TimeDelta::minutes(15), hour)
        .await;
    update.is_killed_in_the_middle().await;
    update.program.starts();
    let at = update.note_of(&missed).await;
    assert!(at < moment, "half an hour late is not too late: {at}");
    for parent in [&too_early, &too_late, &right] {
        let at = update.note_of(parent).await;
        println!("{:?} after the clock on the wall showed it", at - moment);
        assert!((moment..moment + LATE).contains(&at), "{at}, not {moment}");
    }
    update.is_through().await;
    for parent in [&too_early, &too_late, &right, &missed] {
        update.is_planned_on(parent).await;
        assert_eq!(parent.heard().len(), 1);
    }
    assert!(update.program.is_told_to_stop().await.0.success());
    update
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn notes_come_by_the_new_rules_and_the_next_start_writes_nothing() {
    let mut update = notes_come_by_the_new_rules(Update::new(None).await).await;
    let mut database = SqliteConnection::connect(&update.program.database())
        .await
        .unwrap();
    for statement in [
        "CREATE TABLE written (what TEXT)",
        "CREATE TRIGGER a AFTER UPDATE ON meta BEGIN INSERT INTO written VALUES (new.name); END",
        "CREATE TRIGGER b AFTER INSERT ON meta BEGIN INSERT INTO written VALUES (new.name); END",
        "CREATE TRIGGER c AFTER UPDATE ON subscribers BEGIN INSERT INTO written VALUES ('row'); END",
    ] {
        sqlx::query(statement).execute(&mut database).await.unwrap();
    }
    let written = async |database: &mut SqliteConnection| -> Vec<String> {
        // Each leader notes down that it leads; that is not the rules' doing.
        let all = sqlx::query_scalar("SELECT what FROM written WHERE what <> 'leader'");
        all.fetch_all(database).await.unwrap()
    };
    update.program.starts();
    update
        .program
        .until_it_answers("/readyz", "leading", PATIENCE)
        .await;
    // It looks at once; nothing tells that it found nothing to do.
    sleep(Duration::from_secs(3)).await;
    assert_eq!(written(&mut database).await, [""; 0]);
    // What watches does see something.
    update.store.set_fact(FACT, OLD_RULES).await.unwrap();
    assert_eq!(written(&mut database).await, [FACT]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn on_postgres_notes_come_by_the_new_rules() {
    if let Some(url) = postgres::fresh_database().await {
        notes_come_by_the_new_rules(Update::new(Some(url)).await).await;
    }
}
