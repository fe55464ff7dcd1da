//! Crisis replies before answers before notes, each chat in its order, all of it under Telegram's limits.

use crate::support::{
    seeding::subscribers,
    world::{MONDAY, World},
};

const TEN: &str = "2027-03-09T18:00:00Z";

/// How many messages the bot sent to others from the place `from` on until it first said `words` to `chat`.
fn said_before(world: &World, from: usize, chat: i64, words: &str) -> usize {
    let said = world.telegram.everything_said();
    let said = &said[from..];
    said.iter()
        .position(|said| said.chat == chat && said.text.contains(words))
        .unwrap_or_else(|| panic!("{words} was never said"))
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_middle_of_a_broadcast_answers_come_first_and_crisis_replies_before_them() {
    const NOTES: usize = 120;
    const ASKING: usize = 30;
    let world = World::with(MONDAY, &[]).await;
    let parents = subscribers(&world.telegram, &world.store, NOTES, world.clock.now()).await;
    let asking: Vec<_> = (11..)
        .take(ASKING)
        .map(|id| world.telegram.parent(id, "mia", "en"))
        .collect();
    let luz = world.luz();

    world.clock.jump_to(TEN.parse().unwrap());
    world
        .telegram
        .until_calls("some notes are out", |calls| {
            calls
                .iter()
                .filter(|call| call.method == "sendMessage")
                .count()
                >= 10
        })
        .await
        .unwrap();
    let from = world.telegram.everything_said().len();
    for mia in &asking {
        mia.says("/signs");
    }
    luz.says("quiero morirme");
    world.answered().await;
    world.brings_what_is_due().await;

    // What stood between: a few notes that had left before the question was there, and the crisis reply itself.
    let crisis = said_before(&world, from, luz.id, "911");
    assert!(
        crisis < 12,
        "{crisis} messages went before the crisis reply"
    );
    let last_answer = asking
        .iter()
        .map(|mia| said_before(&world, from, mia.id, "sign"))
        .max()
        .unwrap();
    assert!(
        last_answer < ASKING + 12,
        "{last_answer} messages went before the last of {ASKING} answers"
    );
    for parent in &parents {
        assert_eq!(world.notes_of(parent).len(), 1);
    }
}

/// The judge of limits looks when the world ends; how fast it is, the benchmarks say.
#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_keeps_to_thirty_a_second() {
    const NOTES: usize = 150;
    let world = World::with(MONDAY, &[]).await;
    let parents = subscribers(&world.telegram, &world.store, NOTES, world.clock.now()).await;
    world.jump_to(TEN.parse().unwrap()).await;
    for parent in &parents {
        assert_eq!(world.notes_of(parent).len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_chat_gets_its_answers_in_the_order_of_its_questions() {
    let world = World::new().await;
    let mia = world.mia();
    let questions = ["/signs", "/causes", "/meaning", "/about"];
    for question in questions {
        mia.says(question);
    }
    world.answered().await;
    let answers: Vec<String> = mia.heard().into_iter().map(|said| said.text).collect();
    let mut one_by_one = Vec::new();
    let luz = world.telegram.parent(77, "luz", "en");
    for question in questions {
        world.says(&luz, question).await;
        one_by_one.push(world.last_to(&luz));
    }
    assert_eq!(answers, one_by_one);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_a_database_from_earlier_is_sent_at_once_after_a_start() {
    let mut world = World::with(MONDAY, &[]).await;
    let parents = subscribers(&world.telegram, &world.store, 3, world.clock.now()).await;
    world.stops().await;
    world.clock.jump_to(TEN.parse().unwrap());
    world.restarts().await;
    world.brings_what_is_due().await;
    for parent in &parents {
        assert_eq!(
            world.diary(parent, "America/Los_Angeles"),
            ["Tue 03-09 10:00"]
        );
    }
}
