//! Notes that rest after a care reply, or because she said so: nothing brings them back but her own tap.

use chrono::Duration;
use slowbloom::{domain::subscriber::Standing, sandbox::Parent};

use crate::support::{crowd::subscriber, world::World};

/// What each language says: a loss, an emergency, and what the buttons are called.
struct Words {
    loss: &'static str,
    emergency: &'static str,
    meant_else: &'static str,
    on_again: &'static str,
    only_one: &'static str,
    off: &'static str,
    paused_until: &'static str,
    one_more: &'static str,
}

const ENGLISH: Words = Words {
    loss: "my baby died last week",
    emergency: "I want to die",
    meant_else: "I meant something else",
    on_again: "Notes on again",
    only_one: "Only one now",
    off: "Your notes are off. You can turn them on again any time.",
    paused_until: "Your notes are paused until Thursday, March 11. You can turn them on again any time.",
    one_more: "Would you like only one now?",
};

const SPANISH: Words = Words {
    loss: "mi bebé murió la semana pasada",
    emergency: "quiero morirme",
    meant_else: "Quise decir otra cosa",
    on_again: "Reanudar las notas",
    only_one: "Solo una ahora",
    off: "Tus notas están apagadas. Puedes reanudarlas cuando quieras.",
    paused_until: "Tus notas están en pausa hasta el jueves 11 de marzo. Puedes reanudarlas cuando quieras.",
    one_more: "¿Quieres solo una ahora?",
};

async fn both(world: &World) -> [(Parent, &'static Words); 2] {
    [
        (subscriber(world, 21, "en").await, &ENGLISH),
        (subscriber(world, 22, "es").await, &SPANISH),
    ]
}

fn says(world: &World, parent: &Parent, words: &str) {
    let said = world.last_to(parent);
    assert!(said.contains(words), "“{words}” is not in:\n{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loss_that_was_none_is_undone_by_her_own_tap_and_by_nothing_else() {
    let world = World::new().await;
    for (parent, words) in both(&world).await {
        let before = world.next_note(&parent).await;
        assert!(before.is_some());
        world.says(&parent, words.loss).await;
        world.taps(&parent, words.meant_else).await;
        says(&world, &parent, words.off);
        assert_eq!(
            world.next_note(&parent).await,
            None,
            "asking changes nothing"
        );
        world.taps(&parent, words.on_again).await;
        assert_eq!(world.next_note(&parent).await, before);
        world.taps(&parent, words.meant_else).await;
        assert!(
            !world.last_to(&parent).contains(words.off),
            "they are on, so it is the menu"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_who_lost_her_baby_and_only_looks_stays_without_notes() {
    let world = World::new().await;
    for (parent, words) in both(&world).await {
        world.says(&parent, words.loss).await;
        for look in ["/start", "/settings", "/signs", "/pause", "/pause 3"] {
            world.says(&parent, look).await;
            assert_eq!(world.next_note(&parent).await, None, "{look}");
            if look != "/signs" {
                says(&world, &parent, words.off);
            }
        }
        world.says(&parent, "/start").await;
        world.taps(&parent, words.on_again).await;
        assert!(world.next_note(&parent).await.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_loss_no_practice_comes_unless_she_asks_once_more() {
    let world = World::new().await;
    for (parent, words) in both(&world).await {
        world.says(&parent, words.loss).await;
        for asked in ["/practice", "/affirmation"] {
            world.says(&parent, asked).await;
            says(&world, &parent, words.off);
            says(&world, &parent, words.one_more);
        }
        let came = world.row(&parent).await.unwrap().history.came.len();
        world.taps(&parent, words.only_one).await;
        let row = world.row(&parent).await.unwrap();
        assert_eq!(row.history.came.len(), came + 1, "one note came");
        assert_eq!(row.standing, Standing::Stopped, "and no more than one");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn for_three_days_after_an_emergency_no_note_comes_on_request_either() {
    let world = World::new().await;
    for (parent, words) in both(&world).await {
        world.says(&parent, words.emergency).await;
        for asked in ["/practice", "/affirmation"] {
            world.says(&parent, asked).await;
            says(&world, &parent, words.paused_until);
            let came = world.row(&parent).await.unwrap().history.came;
            assert!(came.is_empty(), "{asked} brought a note");
        }
        assert!(!parent.transcript().contains(words.only_one));
    }
    world.later(Duration::hours(71)).await;
    let world_now = world.clock.now();
    for (id, words) in [(21, &ENGLISH), (22, &SPANISH)] {
        let parent = world.telegram.parent(id, "mia", "en");
        world.says(&parent, "/practice").await;
        says(&world, &parent, words.paused_until);
    }
    world.jump_to(world_now + Duration::hours(2)).await;
    let parent = world.telegram.parent(21, "mia", "en");
    world.says(&parent, "/practice").await;
    let said = world.last_to(&parent);
    assert!(
        !said.contains("paused"),
        "after three days they come: {said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_that_was_none_is_lifted_by_her_own_tap() {
    let world = World::new().await;
    for (parent, words) in both(&world).await {
        let before = world.next_note(&parent).await;
        world.says(&parent, words.emergency).await;
        world.taps(&parent, words.meant_else).await;
        says(&world, &parent, words.paused_until);
        assert_ne!(world.next_note(&parent).await, before, "not by itself");
        world.taps(&parent, words.on_again).await;
        assert_eq!(world.next_note(&parent).await, before);
        world.says(&parent, "/practice").await;
        let came = world.row(&parent).await.unwrap().history.came;
        assert_eq!(came.len(), 1, "notes come on request again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_set_up_what_was_meant_else_leads_back_to_the_open_question() {
    let world = World::new().await;
    let mia = world.mia();
    world.says(&mia, "/start").await;
    world.taps(&mia, "Yes, I’m 18+ and I agree").await;
    world.says(&mia, "I want to die").await;
    world.taps(&mia, "I meant something else").await;
    says(&world, &mia, "All right, back to where we were.");
    says(&world, &mia, ENGLISH.paused_until);
    says(&world, &mia, "Is it 10:24 am where you are?");
    world.taps(&mia, "Yes").await;
    says(&world, &mia, "When would you like your note?");
    world.says(&mia, "quiero morirme").await;
    world.taps(&mia, "Quise decir otra cosa").await;
    says(&world, &mia, "When would you like your note?");
    // With a loss, set-up is over.
    world.says(&mia, "my baby died last week").await;
    world.says(&mia, "thank you").await;
    says(&world, &mia, "You’re welcome.");
    world.taps(&mia, "I meant something else").await;
    says(&world, &mia, ENGLISH.off);
    assert!(!world.last_to(&mia).contains("When would you like"));
}
