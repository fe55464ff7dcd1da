//! Everything that a network and Telegram can do to a bot, all at once.

use std::{collections::HashMap, time::Duration};

use slowbloom::sandbox::{Fault, Target};

use crate::support::{seeding::subscribers, world::World};

const FAULTS: [Fault; 7] = [
    Fault::Gateway(502),
    Fault::CutAfter,
    Fault::TooMany(1),
    Fault::CutBefore,
    Fault::Gateway(500),
    Fault::Garbage,
    Fault::Drip(Duration::from_millis(1)),
];

#[tokio::test(flavor = "multi_thread")]
async fn in_a_storm_of_faults_every_note_comes_at_most_twice_and_every_question_is_answered() {
    const NOTES: usize = 120;
    const ASKING: usize = 20;
    let world = World::new().await;
    let parents = subscribers(&world.telegram, &world.store, NOTES, world.clock.now()).await;
    let asking: Vec<_> = (101..)
        .take(ASKING)
        .map(|id| world.telegram.parent(id, "mia", "en"))
        .collect();
    // Which chats meet what is the same in every run: every third, one fault after the other.
    for (turn, parent) in parents.iter().chain(&asking).step_by(3).enumerate() {
        let fault = FAULTS[turn % FAULTS.len()];
        world.telegram.fails(Target::Chat(parent.id), fault, 1);
    }
    for fault in &FAULTS[..3] {
        world
            .telegram
            .fails(Target::Method("getUpdates"), *fault, 1);
    }
    world.clock.jump_to("2027-03-09T18:00:00Z".parse().unwrap());
    for mia in &asking {
        mia.says("/signs");
    }
    world.answered().await;
    world.brings_what_is_due().await;

    let mut notes: HashMap<usize, usize> = HashMap::new();
    for parent in &parents {
        assert_eq!(
            world.next_note(parent).await.as_deref(),
            Some("Wed 2027-03-10 10:00")
        );
        *notes.entry(world.notes_of(parent).len()).or_default() += 1;
    }
    println!("{NOTES} notes in a storm, by how often they came: {notes:?}");
    assert!(
        notes.keys().all(|times| (1..=2).contains(times)),
        "{notes:?}"
    );
    for mia in &asking {
        assert!(
            (1..=2).contains(&world.messages_to(mia)),
            "{}",
            mia.transcript()
        );
    }
    let requests = world.telegram.calls().len();
    assert!(
        requests < 600,
        "{requests} requests for {NOTES} notes: a hot loop"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_outage_help_comes_first_and_nobody_is_forgotten() {
    const NOTES: usize = 60;
    let world = World::new().await;
    let parents = subscribers(&world.telegram, &world.store, NOTES, world.clock.now()).await;
    let (mia, luz) = (world.mia(), world.luz());
    world
        .telegram
        .keeps_failing(Target::Sending, Fault::Gateway(502));
    world.clock.jump_to("2027-03-09T18:00:00Z".parse().unwrap());
    mia.says("/signs");
    luz.says("quiero morirme");
    world.confirmed().await;
    let requests = world.telegram.calls().len();
    world.telegram.recovers();
    let back = world.clock.instant();
    let help = luz.next_bot_message().await.unwrap();
    println!("help came {:?} after the network", help.instant - back);
    // Promised within a second; a loaded machine gets more.
    assert!(help.instant - back < Duration::from_secs(5));
    world.answered().await;
    world.brings_what_is_due().await;
    for parent in &parents {
        assert_eq!(world.notes_of(parent).len(), 1);
    }
    assert_eq!(world.messages_to(&mia), 1);
    assert!(
        requests < 200,
        "{requests} requests into an outage: a hot loop"
    );
}
