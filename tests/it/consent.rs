//! Nothing is stored and nothing is sent unasked before a parent agrees; everything else works all the same.

use chrono::Duration;
use expect_test::expect;
use slowbloom::{conversation::command::Command, domain::Language, sandbox::Parent};

use crate::{subscribing::AGREE, support::world::World};

#[tokio::test(flavor = "multi_thread")]
async fn before_she_agrees_everything_can_be_read_and_nothing_is_stored_or_sent_unasked() {
    let world = World::new().await;
    let mut asked: Vec<String> = Command::all()
        .flat_map(|command| Language::ALL.map(|language| format!("/{}", command.name(language))))
        .collect();
    let more = [
        "/time 8:30",
        "/days weekdays",
        "/timezone Lima",
        "/country GB",
        "/language es",
        "/pause 3",
        "why is this so hard",
        "stop",
    ];
    asked.extend(more.map(str::to_owned));
    // Each by a parent of her own: Telegram takes one message a second for a chat.
    let parents: Vec<Parent> = (100..)
        .zip(&asked)
        .map(|(id, _)| world.telegram.parent(id, "mia", "en"))
        .collect();
    for (parent, text) in parents.iter().zip(&asked) {
        parent.says(text);
    }
    world.answered().await;
    for (parent, text) in parents.iter().zip(&asked) {
        // So many at once are a little more than Telegram takes in a second.
        parent.next_bot_message().await.unwrap();
        assert_eq!(world.messages_to(parent), 1, "{text} has one answer");
        assert!(world.row(parent).await.is_none(), "{text} stored something");
    }
    let mia = world.mia();
    world.says(&mia, "/start").await;
    for label in [
        "More about privacy",
        "No thanks, let me look",
        "Get help now",
    ] {
        world.taps(&mia, label).await;
        assert!(world.row(&mia).await.is_none(), "{label} stored something");
    }
    let said = world.telegram.everything_said().len();
    for _ in 0..60 {
        world.later(Duration::hours(12)).await;
    }
    assert_eq!(
        world.telegram.everything_said().len(),
        said,
        "nothing comes unasked"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_she_asks_before_agreeing_is_answered_and_she_can_agree_afterwards() {
    let world = World::new().await;
    let mia = world.mia();
    world.says(&mia, "/signs").await;
    assert!(world.last_to(&mia).contains("Signs You May Be Struggling"));
    world.says(&mia, "/time 20:15").await;
    let news = mia.news();
    expect![[r"
             20:15
            bot: There are no settings yet, because you don’t get notes. Everything else works without them. If you would like a short note each day, tap below.

                 Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
                 [Get notes]
                 [All I can do] [Crisis help]"]]
    .assert_eq(news.split("mia: /time").last().unwrap());
    world.taps(&mia, "Get notes").await;
    world.taps(&mia, AGREE).await;
    assert!(world.last_to(&mia).starts_with("Is it 10:24 am"));
}

#[tokio::test(flavor = "multi_thread")]
async fn agreeing_twice_changes_nothing() {
    let world = World::new().await;
    let mia = world.mia();
    world.says(&mia, "/start").await;
    mia.taps(AGREE).unwrap();
    mia.taps(AGREE).unwrap();
    world.answered().await;
    let first = world.row(&mia).await.unwrap();
    assert_eq!(world.messages_to(&mia), 3, "the question is asked twice");
    world.taps(&mia, "Yes").await;
    world.taps(&mia, "8:00 am").await;
    world.next_note_comes(&mia).await;
    let before = world.row(&mia).await.unwrap();
    world.taps(&mia, AGREE).await;
    let after = world.row(&mia).await.unwrap();
    assert_eq!(after.consented_on, first.consented_on);
    assert_eq!(
        (after.schedule, after.next, after.last_sent),
        (before.schedule, before.next, before.last_sent)
    );
    assert!(
        world.last_to(&mia).starts_with("Your settings"),
        "set-up does not begin again: {}",
        world.last_to(&mia)
    );
}
