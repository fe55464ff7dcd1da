//! Killed between a reply to a call for help and the hold that follows from it: no note comes in between.

use std::time::Duration;

use slowbloom::{
    domain::{ChatId, subscriber::Slot, subscriber::Standing},
    sandbox::{CallRecord, CallResult, Fault, Target},
    store::{Keys, Store},
};
use sqlx::{Connection as _, SqliteConnection};

use crate::support::{program::Program, seeding::subscriber};

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// For longer than a new process keeps quiet anyway.
const UNHEARD: Duration = Duration::from_secs(3);

/// The first and the last poll that failed lie so far apart.
fn polls_failed_for_long(calls: &[CallRecord]) -> bool {
    let mut failed = calls.iter().filter(|call| {
        call.method == "getUpdates"
            && matches!(call.result, CallResult::Faulted(Fault::Gateway(502)))
    });
    let first = failed.next().map(|call| call.instant);
    let last = failed.next_back().map(|call| call.instant);
    first
        .zip(last)
        .is_some_and(|(first, last)| last - first > UNHEARD)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_note_comes_before_the_call_for_help_is_heard_again() {
    let mut program = Program::new().await;
    let url = program.database();
    program.set("DATA_KEY", KEY);
    program.set("DATA_KEY_FILE", "");
    let store = Store::open(&url, Keys::from_text(KEY).unwrap())
        .await
        .unwrap();
    let row = subscriber(1, program.clock.now());
    store.insert(&row).await.unwrap();
    let mia = program.telegram.parent(1, "mia", "en");
    mia.wrote_before();
    program.starts();
    let polled = |calls: &[CallRecord]| calls.iter().any(|call| call.method == "getUpdates");
    program
        .telegram
        .until_calls("it polls", polled)
        .await
        .unwrap();

    // Nothing can be written, so that the reply leaves and the hold does not follow.
    let mut lock = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut lock)
        .await
        .unwrap();
    mia.says("I want to die");
    assert!(mia.next_bot_message().await.unwrap().text.contains("988"));
    program.is_killed();
    lock.close().await.unwrap();

    let due = program.clock.now();
    let changed = store.update(ChatId(1), |mut row| {
        let wall = row.zone.wall(due);
        row.next = Some(Slot { due, wall });
        Some(row)
    });
    changed.await.unwrap();
    let polls = Target::Method("getUpdates");
    program.telegram.keeps_failing(polls, Fault::Gateway(502));
    program.starts();
    program
        .telegram
        .until_calls("its polls fail", polls_failed_for_long)
        .await
        .unwrap();
    program.telegram.recovers();
    assert!(mia.next_bot_message().await.unwrap().text.contains("988"));
    let held = |row: &slowbloom::domain::Subscriber| matches!(row.standing, Standing::PausedUntil(until) if until > due);
    while !held(&store.subscriber(ChatId(1)).await.unwrap().unwrap()) {
        tokio::task::yield_now().await;
    }
    let notes = program.telegram.everything_said();
    let notes = notes.iter().filter(|said| said.silent).count();
    assert_eq!(notes, 0, "{}", mia.transcript());
}
