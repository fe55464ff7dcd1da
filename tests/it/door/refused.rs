//! What Telegram refuses, and what follows.

use chrono::{DateTime, Duration, Utc};
use slowbloom::{
    domain::subscriber::Standing,
    sandbox::{CallResult, Fault, Parent, Target},
};

use crate::support::{seeding::subscribers, world::World};

const LA: &str = "America/Los_Angeles";

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// How many requests were made to say something to a chat.
fn requests_to(world: &World, parent: &Parent) -> usize {
    let calls = world.telegram.calls();
    let to_her = calls.iter().filter(|call| call.chat == Some(parent.id));
    to_her
        .filter(|call| call.method != "answerCallbackQuery")
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_blocks_gets_nothing_and_who_unblocks_gets_her_settings_back() {
    let world = World::new().await;
    let parents = world
        .parents_who_typed(&[
            &["/time 13:00"],
            &["/time 13:00", "/pause 30"],
            &["/stop"],
            &[],
        ])
        .await;
    for parent in &parents {
        parent.blocks();
    }
    world.answered().await;
    let before: Vec<usize> = parents.iter().map(|p| requests_to(&world, p)).collect();
    world.lives_until(moment("2027-03-20T20:00:00Z")).await;
    let after: Vec<usize> = parents.iter().map(|p| requests_to(&world, p)).collect();
    assert_eq!(before, after, "not one request while she blocks");

    for parent in &parents[..3] {
        parent.unblocks();
    }
    world.answered().await;
    let mut back = Vec::new();
    for parent in &parents {
        back.push(world.next_note(parent).await);
    }
    let back: Vec<_> = back.iter().map(Option::as_deref).collect();
    assert_eq!(
        back,
        [
            Some("Sun 2027-03-21 13:00"),
            Some("Wed 2027-04-07 13:00"),
            None,
            None
        ]
    );
    let stopped = world.row(&parents[2]).await.unwrap();
    assert_eq!(stopped.standing, Standing::Stopped);
    assert!(
        stopped.erase_at.is_some(),
        "a stop still ends after 30 days"
    );

    world.lives_until(moment("2027-04-08T20:00:00Z")).await;
    world.erased(&parents[2]).await;
    world.erased(&parents[3]).await;
    assert_eq!(world.diary(&parents[0], LA).len(), 19);
    assert_eq!(
        world.diary(&parents[1], LA),
        ["Wed 04-07 13:00", "Thu 04-08 13:00"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_chat_is_asked_once_and_comes_back_when_she_writes() {
    let world = World::new().await;
    let parents = subscribers(&world.telegram, &world.store, 4, world.clock.now()).await;
    let refusals = [
        Fault::Blocked,
        Fault::Deactivated,
        Fault::Refused("chat not found"),
    ];
    for (parent, refusal) in parents.iter().zip(refusals) {
        world
            .telegram
            .keeps_failing(Target::Chat(parent.id), refusal);
    }
    world.lives_until(moment("2027-03-12T20:00:00Z")).await;
    for parent in &parents[..3] {
        assert_eq!(requests_to(&world, parent), 1);
        assert!(world.row(parent).await.unwrap().blocked_since.is_some());
        assert_eq!(world.next_note(parent).await, None);
    }
    assert_eq!(world.diary(&parents[3], LA).len(), 4, "the others go on");

    world.telegram.recovers();
    for parent in &parents[..3] {
        world.says(parent, "/start").await;
        assert_eq!(
            world.next_note(parent).await.as_deref(),
            Some("Sat 2027-03-13 10:00")
        );
        assert_eq!(world.row(parent).await.unwrap().erase_at, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_chat_is_erased_after_thirty_days() {
    let world = World::new().await;
    let parents = subscribers(&world.telegram, &world.store, 1, world.clock.now()).await;
    parents[0].vanishes();
    world.lives_until(moment("2027-03-09T20:00:00Z")).await;
    assert_eq!(requests_to(&world, &parents[0]), 1);
    world.later(Duration::days(29)).await;
    assert!(world.row(&parents[0]).await.is_some());
    world.later(Duration::days(1)).await;
    world.erased(&parents[0]).await;
    assert_eq!(requests_to(&world, &parents[0]), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_for_one_chat_holds_up_that_chat_only() {
    let world = World::new().await;
    let parents = subscribers(&world.telegram, &world.store, 10, world.clock.now()).await;
    let told = &parents[0];
    world
        .telegram
        .fails(Target::Chat(told.id), Fault::TooMany(2), 1);
    world.jump_to(moment("2027-03-09T18:00:00Z")).await;
    let said = world.telegram.everything_said();
    assert_eq!(said.len(), 10, "everyone gets hers");
    assert_eq!(said[9].chat, told.id, "and she hers last");
    assert_eq!(
        requests_to(&world, told),
        2,
        "asked again once, after the wait"
    );
    let calls = world.telegram.calls();
    let mut hers = calls.iter().filter(|call| call.chat == Some(told.id));
    let (first, second) = (hers.next().unwrap(), hers.next().unwrap());
    assert!(second.instant - first.instant >= std::time::Duration::from_secs(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_for_the_whole_bot_is_kept_by_the_whole_bot() {
    let world = World::new().await;
    let parents = subscribers(&world.telegram, &world.store, 40, world.clock.now()).await;
    let wait = std::time::Duration::from_secs(2);
    world.telegram.fails(Target::Sending, Fault::TooMany(2), 12);
    world.jump_to(moment("2027-03-09T18:00:00Z")).await;
    for parent in &parents {
        assert_eq!(world.notes_of(parent).len(), 1);
    }
    // Three chats in a row that are told to wait are the bot; until that is clear a few more may have left.
    let calls = world.telegram.calls();
    let waits: Vec<_> = calls
        .iter()
        .filter(|call| matches!(call.result, CallResult::Faulted(_)))
        .collect();
    let barred_since = waits[2].instant + std::time::Duration::from_millis(500);
    let during = calls
        .iter()
        .filter(|call| call.method == "sendMessage")
        .filter(|call| call.instant > barred_since && call.instant < waits[2].instant + wait);
    assert_eq!(during.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_markup_goes_out_plain_and_what_is_too_long_shortened_with_the_whole_footer() {
    let world = World::new().await;
    let (plain, short) = (world.mia(), world.telegram.parent(13, "ana", "en"));
    world.telegram.fails(
        Target::Chat(plain.id),
        Fault::Refused("can't parse entities: Unsupported start tag \"x\" at byte offset 3"),
        1,
    );
    world.telegram.fails(
        Target::Chat(short.id),
        Fault::Refused("message is too long"),
        1,
    );
    plain.says("/disclaimer");
    short.says("/disclaimer");
    world.answered().await;
    let source = &plain.heard()[0].source;
    assert!(!source.contains("<i>"), "{source}");
    // That the footer is whole is looked at when the world ends.
    assert_eq!(short.heard().len(), 1);
    assert_eq!(requests_to(&world, &short), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_telegram_refuses_for_good_is_not_asked_for_ever() {
    let world = World::new().await;
    let parents = subscribers(&world.telegram, &world.store, 2, world.clock.now()).await;
    world.telegram.keeps_failing(
        Target::Chat(parents[0].id),
        Fault::Refused("REPLY_MARKUP_INVALID"),
    );
    world.lives_until(moment("2027-03-09T20:00:00Z")).await;
    assert_eq!(requests_to(&world, &parents[0]), 1);
    assert_eq!(
        world.next_note(&parents[0]).await.as_deref(),
        Some("Wed 2027-03-10 10:00")
    );
    assert_eq!(world.notes_of(&parents[1]).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crisis_reply_comes_however_it_was_refused_before() {
    let world = World::new().await;
    let refusals = [
        "something passing",
        "can't parse entities: nobody knows why",
        "message is too long",
    ];
    let mut parents = Vec::new();
    for (id, why) in (21..).zip(refusals) {
        let parent = world.telegram.parent(id, "mia", "en");
        world
            .telegram
            .fails(Target::Chat(id), Fault::Refused(why), 4);
        parent.says("I want to kill myself");
        parents.push(parent);
    }
    for parent in &parents {
        parent.next_bot_message().await.unwrap();
    }
    world.answered().await;
    for parent in &parents {
        assert_eq!(parent.heard().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_a_message_that_is_gone_becomes_a_new_one() {
    let world = World::new().await;
    let mia = world.mia();
    world.subscribes(&mia).await;
    let before = world.messages_to(&mia);
    mia.taps_data(999_999, "1:settings");
    world.answered().await;
    assert_eq!(world.messages_to(&mia), before + 1);
    assert!(
        world.last_to(&mia).starts_with("Your settings"),
        "{}",
        world.last_to(&mia)
    );
    // The same answer into the same message is “not modified”, which is as good as said.
    world.taps(&mia, "Days").await;
    let asked = mia.heard().last().unwrap().clone();
    for _ in 0..2 {
        mia.taps_data(asked.message_id, "1:ask:days:s");
        world.answered().await;
    }
    assert_eq!(world.messages_to(&mia), before + 1);
}
