//! Notes that were sent and cannot be written down: no more are sent until they can, so that little would come twice.

use chrono::{DateTime, Utc};
use slowbloom::sandbox::CallRecord;
use sqlx::{Connection as _, SqliteConnection};

use crate::support::{seeding::subscribers, world::World};

/// What may have been on its way when the first note could not be written down.
const ON_THEIR_WAY: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn while_nothing_can_be_written_down_no_more_notes_are_sent() {
    let world = World::new().await;
    let parents = subscribers(&world.telegram, &world.store, 60, world.clock.now()).await;
    let url = format!("sqlite://{}/slowbloom.db", world.folder().display());
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    let refuse =
        "CREATE TRIGGER refuse BEFORE UPDATE ON subscribers BEGIN SELECT RAISE(FAIL, 'no'); END";
    sqlx::query(refuse).execute(&mut other).await.unwrap();
    let ten: DateTime<Utc> = "2027-03-09T18:00:05Z".parse().unwrap();
    world.clock.jump_to(ten);
    let said = |calls: &[CallRecord]| calls.iter().any(|call| call.method == "sendMessage");
    world
        .telegram
        .until_calls("the first note", said)
        .await
        .unwrap();
    // Each of these takes her a second, in which thirty notes could leave.
    let mia = world.mia();
    for _ in 0..3 {
        world.says(&mia, "/signs").await;
    }
    let sent: usize = parents.iter().map(|one| world.messages_to(one)).sum();
    assert!((1..=ON_THEIR_WAY).contains(&sent), "{sent} were sent");

    sqlx::query("DROP TRIGGER refuse")
        .execute(&mut other)
        .await
        .unwrap();
    world.brings_what_is_due().await;
    while parents.iter().any(|one| world.messages_to(one) == 0) {
        world.brings_what_is_due().await;
    }
    for parent in &parents {
        assert_eq!(world.messages_to(parent), 1, "{}", parent.transcript());
    }
}
