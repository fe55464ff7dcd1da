//! What the real program does when its database is taken from it: the file deleted or replaced, the disk full, the
//! database locked by somebody else for ever.

use std::{fs, path::PathBuf, time::Duration};

use slowbloom::{
    domain::{ChatId, Subscriber, subscriber::Slot},
    sandbox::Parent,
    store::{Keys, Store},
};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use tokio::time::{Instant, sleep};

use crate::support::{postgres, program::Program, seeding::subscriber};

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const PATIENCE: Duration = Duration::from_secs(40);
const ASK_EVERY: Duration = Duration::from_millis(20);

/// The program, what is stored, and a parent whose note is due in a few seconds.
struct Machine {
    program: Program,
    store: Store,
    mia: Parent,
}

impl Machine {
    async fn new(url: Option<String>) -> Self {
        let mut program = Program::new().await;
        let url = url.unwrap_or_else(|| program.database());
        program.set("DATABASE_URL", &url);
        program.set("DATA_KEY", KEY);
        program.set("DATA_KEY_FILE", "");
        program.listens();
        let store = Store::open(&url, keys()).await.unwrap();
        let mia = program.telegram.parent(1, "mia", "en");
        mia.wrote_before();
        program.starts();
        let machine = Self {
            program,
            store,
            mia,
        };
        machine.is_as_always().await;
        machine
    }

    /// Her note falls due in a moment.
    async fn note_falls_due(&self) {
        let mut row = subscriber(1, self.program.clock.now());
        let due = self.program.clock.now() + Duration::from_secs(4);
        let wall = row.zone.wall(due);
        row.next = Some(Slot { due, wall });
        self.store.insert(&row).await.unwrap();
    }

    async fn row(&self) -> Subscriber {
        self.store.subscriber(ChatId(1)).await.unwrap().unwrap()
    }

    async fn is_as_always(&self) {
        let began = self.program.clock.instant();
        while self.program.asked("/readyz").await != Some((true, "leading".to_owned())) {
            let waited = self.program.clock.instant() - began;
            assert!(
                waited < PATIENCE,
                "{:?}\n{}",
                self.program.asked("/readyz").await,
                self.program.log()
            );
            sleep(ASK_EVERY).await;
        }
    }

    async fn note_comes(&self) {
        if self.mia.heard().is_empty() {
            self.mia.next_bot_message().await.unwrap();
        }
    }

    /// Waits until it is written down that the note came; it came once.
    async fn note_came_once(&self) {
        let began = self.program.clock.instant();
        while self.row().await.last_sent.is_none() {
            assert!(
                self.program.clock.instant() - began < PATIENCE,
                "{}",
                self.program.log()
            );
            sleep(ASK_EVERY).await;
        }
        assert_eq!(self.mia.heard().len(), 1);
    }

    /// Whatever is wrong, who is in danger is answered.
    async fn helps(&self) {
        let luz = self.program.telegram.parent(77, "luz", "en");
        luz.says("I want to die");
        assert!(luz.next_bot_message().await.unwrap().text.contains("988"));
    }

    /// It ends by itself; the last line of its log.
    async fn ends(&mut self) -> String {
        assert_eq!(
            self.program.ends().await.code(),
            Some(1),
            "{}",
            self.program.log()
        );
        self.program.log().lines().last().unwrap().to_owned()
    }

    fn file(&self, suffix: &str) -> PathBuf {
        self.program.folder().join(format!("slowbloom.db{suffix}"))
    }
}

fn keys() -> Keys {
    Keys::from_text(KEY).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_file_that_is_deleted_is_noticed_and_saved() {
    let mut machine = Machine::new(None).await;
    machine.note_falls_due().await;
    fs::remove_file(machine.file("")).unwrap();
    let last = machine.ends().await;
    assert!(
        last.contains("was deleted or moved away while the bot ran"),
        "{last}"
    );
    assert!(
        last.contains("slowbloom.db.saved: put that in its place, remove "),
        "{last}"
    );
    // Started again, it does not begin anew behind everybody's back.
    machine.program.starts();
    let last = machine.ends().await;
    assert!(last.contains("is missing, and was here before"), "{last}");
    assert!(!machine.file("").exists());
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(machine.file(suffix));
    }
    fs::rename(machine.file(".saved"), machine.file("")).unwrap();
    machine.store = Store::open(&machine.program.database(), keys())
        .await
        .unwrap();
    machine.program.starts();
    machine.note_comes().await;
    machine.note_came_once().await;
    // To begin anew is possible, and is said.
    machine.program.is_told_to_stop().await;
    machine.store.close().await;
    fs::remove_file(machine.file("")).unwrap();
    fs::remove_file(machine.file(".lock")).unwrap();
    machine.program.starts();
    machine.is_as_always().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_file_that_is_replaced_is_noticed_and_used_from_the_next_start_on() {
    let mut machine = Machine::new(None).await;
    let backup = machine.file(".backup");
    machine.note_falls_due().await;
    machine.store.backup(&backup).await.unwrap();
    machine.store.erase(ChatId(1)).await.unwrap();
    fs::rename(backup, machine.file("")).unwrap();
    let last = machine.ends().await;
    assert!(
        last.contains("was replaced by another one while the bot ran"),
        "{last}"
    );
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(machine.file(suffix));
    }
    machine.store = Store::open(&machine.program.database(), keys())
        .await
        .unwrap();
    machine.program.starts();
    machine.note_comes().await;
    machine.note_came_once().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_it_goes_on_as_far_as_it_can_and_recovers_by_itself() {
    let machine = Machine::new(None).await;
    machine.note_falls_due().await;
    machine.program.may_write_files_of("4096");
    machine.note_comes().await;
    let line = machine
        .program
        .until_it_answers("/readyz", "cannot be written", PATIENCE)
        .await;
    assert_eq!(
        line,
        "leading; the database cannot be written: the disk refuses (is it full, or broken?), so that notes wait"
    );
    machine.helps().await;
    machine.mia.says("/time 19:00");
    let answer = machine.mia.next_bot_message().await.unwrap();
    assert!(
        !answer.text.contains("7:00"),
        "nothing was changed: {}",
        answer.text
    );
    assert_eq!(machine.program.asked("/healthz").await.unwrap().1, "well");
    assert!(
        machine.row().await.last_sent.is_none(),
        "it cannot be written down"
    );
    machine.program.may_write_files_of("unlimited");
    machine.is_as_always().await;
    let began = machine.program.clock.instant();
    while machine.row().await.last_sent.is_none() {
        assert!(machine.program.clock.instant() - began < PATIENCE);
        sleep(ASK_EVERY).await;
    }
    assert_eq!(machine.mia.heard().len(), 2, "a note and an answer");
    machine.mia.says("/time 19:00");
    assert!(
        machine
            .mia
            .next_bot_message()
            .await
            .unwrap()
            .text
            .contains("7:00")
    );
    machine.program.telegram.all_confirmed().await.unwrap();
    assert_eq!(machine.row().await.schedule.expression(), "0 19 * * *");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_another_program_locks_is_waited_for() {
    let machine = Machine::new(None).await;
    machine.note_falls_due().await;
    let mut other = SqliteConnection::connect(&machine.program.database())
        .await
        .unwrap();
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .unwrap();
    machine.note_comes().await;
    let line = machine
        .program
        .until_it_answers("/readyz", "cannot be written", PATIENCE)
        .await;
    assert!(line.contains("another program locks it"), "{line}");
    machine.helps().await;
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    machine.is_as_always().await;
    machine.note_came_once().await;
}

/// For longer than anything that hangs would live: the database being away is not hanging.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn on_postgres_a_table_that_somebody_locks_for_long_is_waited_for() {
    let Some(url) = postgres::fresh_database().await else {
        return;
    };
    let mut machine = Machine::new(Some(url.clone())).await;
    machine.note_falls_due().await;
    let mut other = PgConnection::connect(&url).await.unwrap();
    for statement in ["BEGIN", "LOCK TABLE subscribers IN ACCESS EXCLUSIVE MODE"] {
        sqlx::query(statement).execute(&mut other).await.unwrap();
    }
    let line = machine
        .program
        .until_it_answers("/readyz", "cannot be read", PATIENCE)
        .await;
    assert!(line.contains("it does not answer"), "{line}");
    machine.helps().await;
    let mut most = 0;
    let end = Instant::now() + Duration::from_secs(50);
    while Instant::now() < end {
        assert!(machine.program.runs(), "{}", machine.program.log());
        let health = machine.program.asked("/healthz").await;
        assert_eq!(health.unwrap_or_default().1, "well");
        let waiting: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM pg_locks WHERE NOT granted")
            .fetch_one(&mut other)
            .await
            .unwrap();
        most = most.max(waiting);
        sleep(Duration::from_millis(500)).await;
    }
    assert!(most <= 8, "{most} statements wait for a lock: they pile up");
    assert!(machine.mia.heard().is_empty());
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    machine.note_comes().await;
    machine.is_as_always().await;
    machine.note_came_once().await;
}
