//! The first minute: a parent subscribes and gets her note.

use crate::support::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_subscribes_in_three_taps_and_gets_her_note() {
    let world = World::new().await;
    let mia = world.mia();
    world.says(&mia, "/start").await;
    assert!(
        world.row(&mia).await.is_none(),
        "nothing is stored before she agrees"
    );
    world.taps(&mia, "Yes, I’m 18+ and I agree").await;
    world.taps(&mia, "Yes").await;
    world.taps(&mia, "1:00 pm").await;
    world.taps(&mia, "A daily affirmation").await;
    assert_eq!(
        world.next_note(&mia).await.as_deref(),
        Some("Mon 2027-03-08 13:00")
    );
    world.at("America/Los_Angeles", "2027-03-08T13:00:00").await;
    println!("{}", mia.transcript());
    assert_eq!(
        world.next_note(&mia).await.as_deref(),
        Some("Tue 2027-03-09 13:00")
    );
}
