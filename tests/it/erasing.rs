//! Leaving: /stop keeps her settings for 30 days, /delete leaves nothing, and silence ends in a notice and an end.

use std::{collections::BTreeMap, fs};

use chrono::Duration;
use slowbloom::{
    content::Content,
    conversation::command::Command,
    domain::{ChatId, Language, Pool, Subscriber, subscriber::History},
    sandbox::Parent,
};

use crate::support::{crowd::subscriber, world::World};

/// A zone that no other parent of these tests has: it shows whether a row is still in the files.
const CANARY_ZONE: &str = "Atlantic/Faroe";

/// Everything in the folder of the database, the write-ahead log too.
fn files_hold(world: &World, what: &[u8]) -> bool {
    fs::read_dir(world.folder()).unwrap().any(|entry| {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        bytes.windows(what.len()).any(|window| window == what)
    })
}

async fn with_a_rare_zone(world: &World) -> Parent {
    let mia = world.mia();
    world.subscribes(&mia).await;
    world.says(&mia, &format!("/timezone {CANARY_ZONE}")).await;
    world.taps(&mia, "Yes").await;
    world.says(&mia, "/time 6:07 pm").await;
    mia
}

#[tokio::test(flavor = "multi_thread")]
async fn delete_asks_once_and_then_leaves_no_trace() {
    let world = World::new().await;
    let mia = with_a_rare_zone(&world).await;
    assert!(
        files_hold(&world, CANARY_ZONE.as_bytes()),
        "the search would find it"
    );
    world.says(&mia, "/delete").await;
    assert!(
        world.row(&mia).await.is_some(),
        "nothing goes before she confirms"
    );
    world.taps(&mia, "No, keep it").await;
    assert!(world.row(&mia).await.is_some());
    world.says(&mia, "/borrar").await;
    world.taps(&mia, "Yes, erase everything").await;
    assert!(world.row(&mia).await.is_none());
    assert_eq!(world.store.counts().await.unwrap().total, 0);
    for trace in [CANARY_ZONE, "7 18 * * *"] {
        assert!(
            !files_hold(&world, trace.as_bytes()),
            "{trace} is still in the files"
        );
    }
    let said = world.last_to(&mia);
    assert!(
        said.contains("is erased") && said.contains("Delete Chat"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn after_delete_nothing_comes_and_old_buttons_bring_nothing_back() {
    let world = World::new().await;
    let mia = world.mia();
    world.subscribes(&mia).await;
    world.next_note_comes(&mia).await;
    world.says(&mia, "/time").await;
    world.says(&mia, "/delete").await;
    world.taps(&mia, "Yes, erase everything").await;
    let said = world.messages_to(&mia);
    for _ in 0..10 {
        world.later(Duration::days(1)).await;
    }
    assert_eq!(world.messages_to(&mia), said);
    for label in ["8:00 am", "Yes", "Not for me", "Another time"] {
        world.taps(&mia, label).await;
        assert!(world.row(&mia).await.is_none(), "{label} stored something");
        assert!(
            world.last_to(&mia).starts_with("There are no settings yet"),
            "{}",
            world.last_to(&mia)
        );
    }
    world.says(&mia, "/start").await;
    assert!(
        world.last_to(&mia).starts_with("Hi. I’m a bot"),
        "she is asked again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn erasing_twice_says_the_same() {
    let world = World::new().await;
    let mia = world.mia();
    world.subscribes(&mia).await;
    world.says(&mia, "/delete").await;
    mia.taps("Yes, erase everything").unwrap();
    mia.taps("Yes, erase everything").unwrap();
    world.answered().await;
    assert!(world.last_to(&mia).contains("is erased"));
    world.says(&mia, "/delete").await;
    assert!(
        world
            .last_to(&mia)
            .starts_with("I keep nothing about this chat.")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_keeps_her_settings_for_thirty_days() {
    let world = World::new().await;
    let mia = with_a_rare_zone(&world).await;
    world.says(&mia, "stop").await;
    let said = world.messages_to(&mia);
    for _ in 0..29 {
        world.later(Duration::days(1)).await;
        world.store.erase_expired(world.clock.now()).await.unwrap();
    }
    assert_eq!(world.messages_to(&mia), said, "no note after /stop");
    world.says(&mia, "/start").await;
    let back = world.last_to(&mia);
    assert!(
        back.starts_with("Your settings")
            && back.contains("Your notes are off")
            && back.contains("Time: 6:07 pm"),
        "{back}"
    );
    assert!(world.next_note(&mia).await.is_none(), "she only looked");
    world.taps(&mia, "Notes on again").await;
    assert_eq!(world.row(&mia).await.unwrap().zone.name(), CANARY_ZONE);
    assert!(world.next_note(&mia).await.is_some());
    world.later(Duration::days(2)).await;
    world.store.erase_expired(world.clock.now()).await.unwrap();
    assert!(world.row(&mia).await.is_some(), "the old end is called off");
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_days_after_stop_everything_is_erased() {
    let world = World::new().await;
    let mia = with_a_rare_zone(&world).await;
    world.says(&mia, "/parar").await;
    // Reading a page does not bring her notes back, nor put off the end.
    world.later(Duration::days(20)).await;
    world.says(&mia, "/signs").await;
    world.later(Duration::days(10)).await;
    world.store.erase_expired(world.clock.now()).await.unwrap();
    assert!(world.row(&mia).await.is_none());
    assert!(!files_hold(&world, CANARY_ZONE.as_bytes()));
    world.says(&mia, "/start").await;
    assert!(world.last_to(&mia).starts_with("Hi. I’m a bot"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_blocks_the_bot_gets_nothing_and_finds_everything_when_she_returns() {
    let world = World::new().await;
    let mia = with_a_rare_zone(&world).await;
    mia.blocks();
    world.answered().await;
    assert_eq!(world.next_note(&mia).await, None);
    world.later(Duration::days(10)).await;
    mia.unblocks();
    world.answered().await;
    assert!(world.next_note(&mia).await.is_some());
    assert_eq!(world.row(&mia).await.unwrap().zone.name(), CANARY_ZONE);
    mia.blocks();
    world.answered().await;
    world.later(Duration::days(30)).await;
    world.store.erase_expired(world.clock.now()).await.unwrap();
    assert!(world.row(&mia).await.is_none());
}

/// She has not been here for so many days, and has had every affirmation there is.
async fn silent_for(world: &World, parent: &Parent, days: i64) {
    let content = Content::built_in().unwrap();
    let notes = &content.texts(Language::En).notes;
    let every_note = notes.of(Pool::Affirmations);
    let came: BTreeMap<String, u32> = every_note
        .map(|note| (note.id.as_str().to_owned(), 1))
        .collect();
    let last_active = (world.clock.now() - Duration::days(days)).date_naive();
    let silent = |row: Subscriber| {
        Some(Subscriber {
            last_active,
            history: History {
                came: came.clone(),
                ..row.history
            },
            ..row
        })
    };
    world.store.update(ChatId(parent.id), silent).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_ten_silent_weeks_she_is_asked_once_and_silence_means_yes() {
    let world = World::new().await;
    let mia = subscriber(&world, 21, "en").await;
    Box::pin(silent_for(&world, &mia, 68)).await;
    for _ in 0..4 {
        world.next_note_comes(&mia).await;
    }
    let heard = mia.heard();
    let asked: Vec<bool> = heard
        .iter()
        .map(|said| said.text.contains("Would you like them to go on?"))
        .collect();
    assert_eq!(asked, [false, true, false, false], "{}", mia.transcript());
    world.taps(&mia, "Yes, go on").await;
    assert!(
        world
            .last_to(&mia)
            .starts_with("All right. Your notes go on.")
    );
    for _ in 0..2 {
        world.next_note_comes(&mia).await;
        assert!(
            !world.last_to(&mia).contains("go on?"),
            "not before ten weeks have passed again"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_ninety_silent_days_there_is_one_notice_and_seven_days_later_nothing_is_left() {
    for stays in [false, true] {
        let world = World::new().await;
        let mia = subscriber(&world, 21, "es").await;
        Box::pin(silent_for(&world, &mia, 88)).await;
        world.next_note_comes(&mia).await;
        assert_eq!(world.next_note_comes(&mia).await, "Wed 2027-03-10 10:00");
        assert!(
            world.last_to(&mia).starts_with("Hace unos tres meses"),
            "{}",
            world.last_to(&mia)
        );
        assert_eq!(
            world.next_note(&mia).await,
            None,
            "no note after the notice"
        );
        let said = world.messages_to(&mia);
        world.later(Duration::days(6)).await;
        world.store.erase_expired(world.clock.now()).await.unwrap();
        assert!(world.row(&mia).await.is_some());
        if stays {
            world.taps(&mia, "Conservar mis notas").await;
            assert!(
                world
                    .last_to(&mia)
                    .starts_with("Está bien. Tus notas siguen.")
            );
            assert!(world.next_note(&mia).await.is_some());
        }
        world.later(Duration::days(1)).await;
        world.store.erase_expired(world.clock.now()).await.unwrap();
        assert_eq!(world.row(&mia).await.is_some(), stays);
        assert!(
            stays || world.messages_to(&mia) == said,
            "erased without another word"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_stop_everything_can_still_be_read() {
    let world = World::new().await;
    let mia = subscriber(&world, 21, "en").await;
    world.says(&mia, "/stop").await;
    for command in [Command::Crisis, Command::Support, Command::Privacy] {
        world
            .says(&mia, &format!("/{}", command.name(Language::En)))
            .await;
        assert_eq!(world.next_note(&mia).await, None);
    }
    assert_eq!(world.messages_to(&mia), 4);
}
