//! Killed where it stands (SIGKILL): nothing is lost, and twice comes only what was in flight.

use super::fire::{Fire, Load, kills};
use crate::support::{figures::closing_line, world::limits_were_kept};

/// Killed so often while this burns.
async fn killed(load: Load, kills: usize) {
    let mut fire = Fire::new(load).await;
    fire.parents_talk();
    for turn in 0..kills {
        fire.starts();
        fire.waits_for_an_instant(turn, kills).await;
        fire.is_killed().await;
    }
    fire.starts();
    let telegram = fire.program.telegram.clone();
    let ashes = fire.burns_out().await;
    let [notes, answers, updates] = ashes.flying;
    closing_line(&format!(
        "{kills} kills: {ashes}. In flight at the kills, so that it may come twice: {notes} notes taken but not \
         noted down, {answers} parked answers, {updates} updates not acknowledged"
    ));
    assert_eq!(ashes.lost, 0);
    assert!(ashes.twice <= notes);
    assert!(ashes.again <= updates + answers);
    // Also across a kill: whoever starts next does not know to whom a message went a moment ago.
    limits_were_kept(&telegram);
}

/// A third of all kills, at least two, and the load that fits all.
fn share() -> (Load, usize) {
    (Load::of(kills()), kills().div_ceil(3).max(2))
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_amid_notes_that_are_all_due_at_once_none_is_lost() {
    let (load, kills) = share();
    killed(load.without_parents(), kills).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_amid_parents_who_talk_and_press_everyone_is_answered_and_nothing_is_half_changed() {
    let (load, kills) = share();
    killed(load.without_notes(), kills).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_amid_both_nothing_is_lost() {
    let (load, kills) = share();
    killed(load, kills).await;
}
