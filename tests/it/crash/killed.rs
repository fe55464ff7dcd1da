//! Killed where it stands (SIGKILL): nothing is lost, and twice comes only what was in flight.

use super::{
    ashes::limits_were_kept_but_by_help,
    fire::{Fire, Load, kills},
};
use crate::support::{figures::closing_line, postgres, program::Program};

/// Killed so often while this burns.
async fn killed(what: &str, mut fire: Fire, kills: usize) {
    fire.parents_talk();
    for turn in 0..kills {
        fire.starts();
        fire.waits_for_an_instant(turn, kills).await;
        fire.is_killed().await;
    }
    fire.starts();
    let telegram = fire.program.telegram.clone();
    let ashes = fire.burns_out().await;
    closing_line(&format!("{what}, {kills} kills: {ashes}"));
    assert_eq!(ashes.lost, 0);
    // A database that is not disturbed has time for everybody.
    assert_eq!(ashes.nothing_changed, 0);
    // Also across a kill: whoever starts next does not know to whom a message went a moment ago.
    limits_were_kept_but_by_help(&telegram);
}

/// A third of the kills, at least two, and the load that fits all.
fn share() -> (Load, usize) {
    (Load::of(kills()), kills().div_ceil(3).max(2))
}

/// Some kills more, and a load that fits them.
fn smaller_share() -> (Load, usize) {
    (Load::of(kills() / 3), kills().div_ceil(8))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn killed_amid_notes_that_are_all_due_at_once_none_is_lost() {
    let (load, kills) = share();
    killed("SQLite", Fire::new(load.without_parents()).await, kills).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn killed_amid_parents_who_talk_and_press_everyone_is_answered_and_nothing_is_half_changed() {
    let (load, kills) = share();
    killed("SQLite", Fire::new(load.without_notes()).await, kills).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn killed_amid_both_nothing_is_lost() {
    let (load, kills) = share();
    killed("SQLite", Fire::new(load).await, kills).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn killed_amid_both_on_postgres_nothing_is_lost() {
    let Some(url) = postgres::fresh_database().await else {
        return;
    };
    let (load, kills) = smaller_share();
    let fire = Fire::on(Program::new().await, &url, load).await;
    killed("PostgreSQL", fire, kills).await;
}

/// What they say and press is brought to the program, over forty connections, and changes settings.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn killed_amid_parents_who_talk_by_webhook_everyone_is_answered_and_nothing_is_half_changed()
{
    let (load, kills) = smaller_share();
    let mut program = Program::new().await;
    program.has_a_webhook();
    let database = program.database();
    let fire = Fire::on(program, &database, load.without_notes()).await;
    let telegram = fire.program.telegram.clone();
    killed("SQLite, webhook", fire, kills).await;
    assert_eq!(
        telegram.count_calls(|call| call.method == "getUpdates"),
        0,
        "nobody polls"
    );
}
