//! What follows from a call for help or a loss, while the database is locked and more wait than Telegram keeps for us.

use std::time::Duration;

use chrono::TimeDelta;
use slowbloom::{
    domain::subscriber::Standing,
    sandbox::{PATIENCE, Parent},
};
use sqlx::Connection as _;

use super::waiting::locked;
use crate::support::{seeding::subscribers, world::World};

/// Of so many open updates Telegram shows no more than the first hundred.
const STRANGERS: i64 = 110;

/// One calls for help, one tells of a loss, and both are answered. Then others write until the two are acknowledged,
/// although nothing could be written down. Ends when the lock has gone.
async fn acknowledged_unwritten(world: &World) -> Vec<Parent> {
    let parents = subscribers(&world.telegram, &world.store, 2, world.clock.now()).await;
    let lock = locked(world).await;
    for (parent, (text, reply)) in parents.iter().zip([
        ("I want to kill myself", "reach a person"),
        ("my baby died yesterday", "I have stopped all notes"),
    ]) {
        parent.says(text);
        let said = parent.next_bot_message().await.unwrap().text;
        assert!(said.contains(reply), "{said}");
    }
    for chat in 0..STRANGERS {
        world
            .telegram
            .parent(5000 + chat, "luz", "es")
            .says("/signs");
    }
    until(world, "they are acknowledged", async || {
        let open = |parent: &Parent| world.telegram.unconfirmed_of(parent.id);
        parents.iter().map(open).sum::<usize>() == 0
    })
    .await;
    for parent in &parents {
        let row = world.row(parent).await.unwrap();
        assert_eq!(row.standing, Standing::Active, "nothing is written yet");
    }
    lock.close().await.unwrap();
    parents
}

/// Whether the notes of the first are held and those of the second stopped.
async fn are_written(world: &World, parents: &[Parent]) -> bool {
    let first = world.row(&parents[0]).await.unwrap().standing;
    let second = world.row(&parents[1]).await.unwrap().standing;
    matches!(first, Standing::PausedUntil(_)) && second == Standing::Stopped
}

/// Neither Telegram nor a database row tells anybody that it changes, so this is looked for.
async fn until(world: &World, what: &str, holds: impl AsyncFn() -> bool) {
    let end = world.clock.instant() + PATIENCE;
    while !holds().await {
        assert!(world.clock.instant() < end, "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_follows_is_written_when_the_lock_goes_though_telegram_brings_it_no_more() {
    let world = World::new().await;
    let parents = acknowledged_unwritten(&world).await;
    let written = async || are_written(&world, &parents).await;
    until(&world, "both are written", written).await;
    world.answered().await;
    world.later(TimeDelta::hours(48)).await;
    for parent in &parents {
        assert_eq!(world.notes_of(parent).len(), 0, "{}", parent.transcript());
    }
    assert_eq!(
        world.next_note(&parents[0]).await.as_deref(),
        Some("Fri 2027-03-12 10:00")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_follows_is_written_when_the_program_stops_as_the_lock_goes() {
    let mut world = World::new().await;
    let parents = acknowledged_unwritten(&world).await;
    world.stops().await;
    world.restarts().await;
    assert!(are_written(&world, &parents).await);
}
