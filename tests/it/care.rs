//! What a parent says at 3 a.m. is answered before everything, for everyone, whatever else is going on.

mod killed;
mod owed;
mod resting;
mod waiting;

use slowbloom::sandbox::Attachment;

use crate::support::world::World;

/// What every emergency reply in the United States must show.
const HELP: [&str; 2] = ["911", "988"];

async fn is_answered_with_help(world: &World, text: &str) {
    let mia = world.mia();
    world.says(&mia, text).await;
    let said = world.last_to(&mia);
    assert!(
        HELP.iter().all(|number| said.contains(number)),
        "{text} was answered with:\n{said}"
    );
    assert!(
        said.contains("I’m a bot"),
        "{text} was answered with:\n{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn before_consent_nothing_is_stored_and_help_comes() {
    let world = World::new().await;
    is_answered_with_help(&world, "I want to die").await;
    assert!(world.row(&world.mia()).await.is_none());
    assert!(
        !world.last_to(&world.mia()).contains("hold my notes"),
        "she gets no notes that could be held"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_middle_of_set_up_help_comes_and_set_up_goes_on() {
    let world = World::new().await;
    let mia = world.mia();
    world.subscribes(&mia).await;
    world.taps(&mia, "Type my city").await;
    is_answered_with_help(&world, "i dont want to be here anymore").await;
    world.taps(&mia, "I meant something else").await;
    world.says(&mia, "Denver").await;
    assert!(
        world.last_to(&mia).contains("Denver") || world.last_to(&mia).contains("Mountain"),
        "{}",
        mia.transcript()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_holds_the_notes_for_three_days_and_says_so() {
    let world = World::new().await;
    let mia = world.mia();
    world.subscribes(&mia).await;
    is_answered_with_help(&world, "I keep thinking about driving off the bridge").await;
    assert!(
        world.last_to(&mia).contains("three days"),
        "{}",
        world.last_to(&mia)
    );
    assert_eq!(
        world.next_note(&mia).await.as_deref(),
        Some("Fri 2027-03-12 10:00")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_that_is_older_than_the_call_for_help_brings_no_note() {
    let world = World::new().await;
    let mia = world
        .parents_who_typed(&[&["/pause", "/affirmation"]])
        .await;
    let mia = &mia[0];
    world.says(mia, "/resume").await;
    world.says(mia, "I want to die").await;
    mia.taps_data(1, "1:one:affirmation");
    world.answered().await;
    let last = world.last_to(mia);
    assert!(last.contains("paused until"), "{last}");
    // Quiet for a day is not less quiet than what was promised.
    world.says(mia, "/pause 1").await;
    let next = world.next_note(mia).await.unwrap();
    assert!(next.starts_with("Fri 2027-03-12"), "{next}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loss_stops_all_notes() {
    let world = World::new().await;
    let mia = world.mia();
    world.subscribes(&mia).await;
    world.says(&mia, "my baby died last night").await;
    assert!(
        world.last_to(&mia).contains("I have stopped all notes"),
        "{}",
        world.last_to(&mia)
    );
    assert_eq!(world.next_note(&mia).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_stop_and_after_delete_help_comes() {
    let world = World::new().await;
    let mia = world.mia();
    world.subscribes(&mia).await;
    world.says(&mia, "/stop").await;
    is_answered_with_help(&world, "I want to kill myself").await;
    world.says(&mia, "/delete").await;
    world.taps(&mia, "Yes, erase everything").await;
    is_answered_with_help(&world, "I want to kill myself").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn captions_edits_and_forwards_are_read_like_messages() {
    let world = World::new().await;
    let mia = world.mia();
    for text in ["hello", "good morning"] {
        world.says(&mia, text).await;
    }
    mia.edits_last("I want to die").unwrap();
    world.answered().await;
    assert!(world.last_to(&mia).contains("988") && world.last_to(&mia).contains("reach a person"));
    mia.forwards("my wife says she wants to die");
    world.answered().await;
    assert!(
        world.last_to(&mia).contains("someone you love"),
        "{}",
        world.last_to(&mia)
    );
    mia.sends(Attachment::Photo(
        "I took a whole bottle of tylenol".to_owned(),
    ));
    world.answered().await;
    assert!(
        world.last_to(&mia).contains("Call 911 now"),
        "{}",
        world.last_to(&mia)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reply_speaks_the_language_of_the_words_and_of_the_parents_country() {
    let world = World::new().await;
    let mia = world.mia();
    world.says(&mia, "me quiero morir").await;
    assert!(
        world.last_to(&mia).contains("988 y oprime 2"),
        "{}",
        world.last_to(&mia)
    );
    world.subscribes(&mia).await;
    world.says(&mia, "/country United Kingdom").await;
    world.says(&mia, "I want to die").await;
    let said = world.last_to(&mia);
    assert!(
        said.contains("999") && said.contains("116 123") && !said.contains("988"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_joke_or_a_denial_never_takes_the_help_away() {
    let world = World::new().await;
    let mia = world.mia();
    world.says(&mia, "I want to die").await;
    let first = world.last_to(&mia);
    world.taps(&mia, "I meant something else").await;
    assert!(
        mia.transcript().ends_with("Crisis help]") || mia.transcript().contains("[Crisis help]")
    );
    world.says(&mia, "I want to die").await;
    let second = world.last_to(&mia);
    assert_ne!(
        first.lines().next(),
        second.lines().next(),
        "the first line varies"
    );
    assert!(HELP.iter().all(|number| second.contains(number)));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_down_help_comes_and_what_can_be_read_is_read() {
    let mut world = World::new().await;
    let mia = world.mia();
    world.subscribes(&mia).await;
    // Closed under the running bot: every query fails from now on.
    world.store.close().await;

    for _ in mia.heard() {
        mia.next_bot_message().await.unwrap();
    }
    mia.says("/signs");
    let said = mia.next_bot_message().await.unwrap().text;
    assert!(said.contains("emotionally numb"), "{said}");
    mia.says("/time 9:00");
    assert!(
        mia.next_bot_message()
            .await
            .unwrap()
            .text
            .contains("nothing was changed")
    );
    mia.taps_data(2, "1:erase!");
    assert!(
        mia.next_bot_message()
            .await
            .unwrap()
            .text
            .contains("nothing was changed")
    );
    mia.says("I want to die");
    let said = mia.next_bot_message().await.unwrap().text;
    assert!(HELP.iter().all(|number| said.contains(number)), "{said}");
    let luz = world.luz();
    luz.says("quiero morirme");
    assert!(
        luz.next_bot_message()
            .await
            .unwrap()
            .text
            .contains("988 y oprime 2"),
        "others are answered too"
    );
    world.answered_only_in_part();

    // The hold was owed; with the database back it is written down, and help is not repeated.
    let replies = world.messages_to(&mia);
    world.restarts().await;
    world.answered().await;
    assert_eq!(
        world.next_note(&mia).await.as_deref(),
        Some("Fri 2027-03-12 10:00")
    );
    assert!(
        world.messages_to(&mia) <= replies + 1,
        "after a restart the reply may come once more, not more often"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_breathe_needs_an_ambulance_and_no_line_that_listens() {
    let world = World::new().await;
    let mia = world.mia();
    for (text, listens) in [
        ("my wife can't breathe", false),
        ("she isnt breathing", false),
        ("my wife says she wants to die", true),
    ] {
        world.says(&mia, text).await;
        let reply = world.last_to(&mia);
        assert_eq!(
            reply.contains("someone you love"),
            listens,
            "{text}: {reply}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_hurt_at_home_is_never_told_to_stay_with_the_one_who_hurts_her() {
    for (text, not_your_fault, stay, reproach) in [
        (
            "my husband hit me",
            "it is not your fault",
            "stay with them",
            "or someone else",
        ),
        (
            "mi esposo me pega",
            "no es tu culpa",
            "quédate con esa persona",
            "lastimar a alguien",
        ),
    ] {
        let world = World::new().await;
        let mia = world.mia();
        world.says(&mia, text).await;
        let said = world.last_to(&mia);
        assert!(said.contains(not_your_fault), "{said}");
        assert!(!said.contains(stay), "{said}");
        assert!(!said.contains(reproach), "{said}");
    }
}
