//! Answers that Telegram cannot take now: parked, sealed, delivered after a restart, and gone once said.

use chrono::Duration;
use serde_json::json;
use slowbloom::{
    content::{Keyboard, Message, Voice},
    domain::{ChatId, Country, Language},
    sandbox::{Fault, Target},
    telegram::{Class, Letter},
};

use crate::support::world::World;

async fn parked(world: &World) -> usize {
    world.store.parked(None, 100).await.unwrap().rows.len()
}

/// Returns when nothing is parked any more.
async fn nothing_is_parked(world: &World) {
    let end = world.clock.instant() + slowbloom::sandbox::PATIENCE;
    while parked(world).await > 0 {
        assert!(world.clock.instant() < end, "it is still parked");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_survives_a_restart_and_says_that_it_is_late() {
    let mut world = World::new().await;
    // Of an id whose bytes do not stand on a disk by chance.
    let mia = world.telegram.parent(7_391_846_205, "mia", "en");
    world
        .telegram
        .keeps_failing(Target::Sending, Fault::Gateway(502));
    mia.says("/signs");
    world.confirmed().await;
    assert_eq!(parked(&world).await, 1, "confirmed only when it is parked");
    assert!(world.row(&mia).await.is_none(), "and nothing else is kept");

    let disk = world.bytes_on_disk();
    assert!(contains(&disk, b"SQLite format 3"), "this is the database");
    for readable in [
        b"sign".as_slice(),
        b"Sign",
        b" 988",
        b"7391846205",
        &mia.id.to_le_bytes(),
        &mia.id.to_be_bytes()[3..],
    ] {
        assert!(!contains(&disk, readable), "{readable:?} can be read");
    }

    world.stops().await;
    world.clock.jump(Duration::minutes(11));
    world.telegram.recovers();
    world.restarts().await;
    let said = mia.next_bot_message().await.unwrap().text;
    assert!(
        said.starts_with("I was offline, so this comes late."),
        "{said}"
    );
    assert!(said.contains("sign"), "{said}");
    nothing_is_parked(&world).await;
    world.restarts().await;
    world.says(&mia, "/help").await;
    assert_eq!(world.messages_to(&mia), 2, "it came once");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_come_in_their_order_when_the_network_is_back() {
    let world = World::new().await;
    let mia = world.mia();
    world
        .telegram
        .keeps_failing(Target::Sending, Fault::Gateway(502));
    for question in ["/signs", "/causes"] {
        mia.says(question);
        world.confirmed().await;
    }
    world.telegram.recovers();
    world.says(&mia, "/about").await;
    nothing_is_parked(&world).await;
    let answers: Vec<String> = mia.heard().into_iter().map(|said| said.text).collect();
    assert_eq!(answers.len(), 3, "{answers:?}");
    assert!(!answers[0].contains("late"), "{}", answers[0]);
    let luz = world.telegram.parent(77, "luz", "en");
    for (question, answer) in ["/signs", "/causes", "/about"].into_iter().zip(answers) {
        world.says(&luz, question).await;
        assert_eq!(world.last_to(&luz), answer);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_parked_for_a_chat_that_is_gone_is_dropped() {
    let world = World::new().await;
    let mia = world.mia();
    world
        .telegram
        .keeps_failing(Target::Chat(mia.id), Fault::Gateway(502));
    mia.says("/signs");
    world.confirmed().await;
    world.telegram.recovers();
    world
        .telegram
        .keeps_failing(Target::Chat(mia.id), Fault::Blocked);
    nothing_is_parked(&world).await;
    assert_eq!(world.messages_to(&mia), 0);
}

/// As after a crash between parking and acknowledging.
#[tokio::test(flavor = "multi_thread")]
async fn an_update_whose_answer_was_parked_before_a_crash_is_not_answered_again() {
    let mut world = World::new().await;
    let mia = world.mia();
    let next = world.telegram.raw_update(&json!({ "poll": {} })) + 1;
    world.confirmed().await;
    let voice = Voice {
        language: Language::En,
        country: Country::from_code("US").unwrap(),
    };
    let message = Message {
        voice,
        body: "parked before".to_owned(),
        keyboard: Keyboard::None,
    };
    let letter = Letter {
        answers: Some(next),
        ..Letter::new(ChatId(mia.id), Class::Answer, message)
    };
    let bytes = serde_json::to_vec(&letter).unwrap();
    let now = world.clock.now();
    world.store.park(letter.chat, &bytes, now).await.unwrap();
    world.stops().await;
    for question in ["/signs", "/causes"] {
        mia.says(question);
    }
    world.restarts().await;
    world.answered().await;
    let heard: Vec<String> = mia.heard().into_iter().map(|said| said.text).collect();
    assert_eq!(heard.len(), 2, "{heard:?}");
    assert!(heard[0].starts_with("parked before"), "{}", heard[0]);
    assert!(heard[1].starts_with("Why Bonding"), "{}", heard[1]);
}
