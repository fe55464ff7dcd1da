//! More notes at once than the courier hands out at a time, as fast as Telegram ever allows. How fast it really is,
//! `cargo bench --bench promises` measures; the judge of limits looks when the world ends.

use std::collections::HashSet;

use slowbloom::sandbox::{Fault, Target};

use crate::support::{
    diary::is_note,
    seeding::subscribers,
    world::{MONDAY, World},
};

const TEN: &str = "2027-03-09T18:00:00Z";
const NOTES: usize = 1_200;
const PAID: [(&str, &str); 2] = [("SEND_RATE", "1000"), ("PAID_BROADCAST", "true")];

async fn chats_that_got_a_note(world: &World) -> HashSet<i64> {
    world.jump_to(TEN.parse().unwrap()).await;
    let said = world.telegram.everything_said();
    let notes: Vec<_> = said.iter().filter(|said| is_note(said)).collect();
    assert!(notes.iter().all(|note| note.paid));
    let chats: HashSet<_> = notes.iter().map(|note| note.chat).collect();
    assert_eq!(chats.len(), notes.len(), "nobody got two");
    chats
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_one_note_however_many_are_due_at_once() {
    let world = World::with(MONDAY, &PAID).await;
    subscribers(&world.telegram, &world.store, NOTES, world.clock.now()).await;
    assert_eq!(chats_that_got_a_note(&world).await.len(), NOTES);
    assert_eq!(world.store.backlog(world.clock.now()).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_blocked_the_bot_do_not_stop_those_who_are_written_down_with_them() {
    let world = World::with(MONDAY, &PAID).await;
    let parents = subscribers(&world.telegram, &world.store, NOTES, world.clock.now()).await;
    let blocked: Vec<_> = parents.iter().step_by(100).collect();
    for parent in &blocked {
        world
            .telegram
            .keeps_failing(Target::Chat(parent.id), Fault::Blocked);
    }
    let chats = chats_that_got_a_note(&world).await;
    assert_eq!(chats.len(), NOTES - blocked.len());
    for parent in blocked {
        let row = world.row(parent).await.unwrap();
        assert!(row.blocked_since.is_some() && row.next.is_none());
    }
    assert_eq!(world.store.backlog(world.clock.now()).await.unwrap(), 0);
}
