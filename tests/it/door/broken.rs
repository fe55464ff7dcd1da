//! A network that fails: everything arrives in the end, and what may have arrived is sent again at most once.

use chrono::{DateTime, Utc};
use slowbloom::sandbox::{Fault, Parent, Target};

use crate::support::{seeding::subscribers, world::World};

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Twelve notes fall due while `fault` meets the next requests; tells how many notes came, parent by parent.
async fn notes_through(fault: Fault, times: u32) -> Vec<usize> {
    let world = World::new().await;
    let parents = subscribers(&world.telegram, &world.store, 12, world.clock.now()).await;
    world.telegram.fails(Target::Sending, fault, times);
    world.jump_to(moment("2027-03-09T18:00:00Z")).await;
    for parent in &parents {
        assert_eq!(
            world.next_note(parent).await.as_deref(),
            Some("Wed 2027-03-10 10:00")
        );
    }
    parents
        .iter()
        .map(|parent| world.notes_of(parent).len())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_certainly_did_not_arrive_is_sent_again_until_it_does() {
    let gateway = notes_through(Fault::Gateway(502), 6);
    let internal = notes_through(Fault::Gateway(500), 2);
    let (gateway, internal) = tokio::join!(gateway, internal);
    assert_eq!(gateway, [1; 12]);
    assert_eq!(internal, [1; 12]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_arrived_is_sent_again_at_most_once() {
    let cut_before = notes_through(Fault::CutBefore, 6);
    let cut_after = notes_through(Fault::CutAfter, 6);
    let garbage = notes_through(Fault::Garbage, 6);
    let (cut_before, cut_after, garbage) = tokio::join!(cut_before, cut_after, garbage);
    assert!(cut_before.iter().all(|notes| *notes == 1), "{cut_before:?}");
    for notes in [cut_after, garbage] {
        assert!(
            notes.iter().all(|notes| (1..=2).contains(notes)),
            "{notes:?}"
        );
        assert_eq!(notes.iter().sum::<usize>(), 12 + 6, "{notes:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_whose_connection_always_breaks_gets_its_note_twice_and_not_more() {
    let world = World::new().await;
    let parents = subscribers(&world.telegram, &world.store, 3, world.clock.now()).await;
    world
        .telegram
        .keeps_failing(Target::Chat(parents[0].id), Fault::CutAfter);
    world.jump_to(moment("2027-03-09T18:00:00Z")).await;
    let notes: Vec<usize> = parents
        .iter()
        .map(|parent| world.notes_of(parent).len())
        .collect();
    assert_eq!(notes, [2, 1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_drips_is_an_answer() {
    let world = World::new().await;
    let parents = subscribers(&world.telegram, &world.store, 2, world.clock.now()).await;
    let drip = Fault::Drip(std::time::Duration::from_millis(2));
    world.telegram.fails(Target::Sending, drip, 2);
    world.jump_to(moment("2027-03-09T18:00:00Z")).await;
    for parent in &parents {
        assert_eq!(world.notes_of(parent).len(), 1);
    }
}

/// Says something and waits for the answer itself, not for its confirmation.
async fn asks(parent: &Parent, text: &str) -> String {
    parent.says(text);
    parent.next_bot_message().await.unwrap().text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_hangs_holds_up_nobody() {
    let world = World::new().await;
    let hanging = world.telegram.parent(31, "ana", "en");
    world
        .telegram
        .fails(Target::Chat(hanging.id), Fault::Hang, 1);
    hanging.says("/signs");
    let mia = world.mia();
    for question in ["/causes", "/meaning"] {
        asks(&mia, question).await;
    }
    assert_eq!(world.messages_to(&hanging), 0, "hers still hangs");
    assert_eq!(world.messages_to(&mia), 2);
    let late = hanging.next_bot_message().await.unwrap();
    assert!(late.text.contains("sign"), "{}", late.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crisis_reply_is_sent_until_it_is_accepted() {
    let world = World::new().await;
    let mia = world.mia();
    for fault in [
        Fault::Gateway(502),
        Fault::CutBefore,
        Fault::CutAfter,
        Fault::Garbage,
        Fault::CutAfter,
        Fault::Gateway(500),
    ] {
        world.telegram.fails(Target::Chat(mia.id), fault, 1);
    }
    mia.says("I want to die");
    world.answered().await;
    world
        .telegram
        .until_calls("it is accepted", |calls| {
            calls.iter().any(|call| {
                call.chat == Some(mia.id)
                    && matches!(call.result, slowbloom::sandbox::CallResult::Accepted(_))
            })
        })
        .await
        .unwrap();
    let copies = world.messages_to(&mia);
    assert_eq!(
        copies, 4,
        "three of them arrived although the answer was lost"
    );
    // Sent again at once, which the limit for one chat does not foresee.
    world.telegram.forget_breaches();
}
