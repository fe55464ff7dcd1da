//! A machine whose clock is days or decades off: nothing is sent, skipped or erased by it, and when it is right again
//! nobody stays without notes until a day that it named. By how little or much it is off, an answer that comes at once
//! does not say that it comes late, and one that comes late says so.
//!
//! A process cannot be given another clock from outside; what it can be given is a Telegram that dates its answers
//! otherwise.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use slowbloom::{
    domain::{
        ChatId, Subscriber, due,
        schedule::Schedule,
        subscriber::{Slot, Standing},
    },
    sandbox::{Fault, PATIENCE, Parent, Target},
    store::{Keys, Store},
};
use tokio::time::sleep;

use crate::support::{program::Program, seeding::subscriber, world::World};

/// Longer than it takes to look at what is due when the clock is believed: that is the first thing it does.
const LONG_ENOUGH: Duration = Duration::from_secs(3);
const LATE: &str = "I was offline, so this comes late.";
const ASK_EVERY: Duration = Duration::from_millis(20);

async fn program() -> (Program, Store) {
    let mut program = Program::new().await;
    program.listens();
    let keys = Keys::load_or_create(&program.key_file()).unwrap();
    let store = Store::open(&program.database(), keys).await.unwrap();
    (program, store)
}

/// A note that is due then.
fn at(row: &Subscriber, due: DateTime<Utc>) -> Slot {
    let wall = row.zone.wall(due);
    Slot { due, wall }
}

async fn stored(store: &Store, id: i64) -> Subscriber {
    store.subscriber(ChatId(id)).await.unwrap().unwrap()
}

/// Rows as they are at this moment: a note tomorrow, one today, someone who left, someone silent for 65 days.
async fn rows(store: &Store, now: DateTime<Utc>) -> Vec<Subscriber> {
    let mut tomorrow = subscriber(1, now);
    tomorrow.last_sent = Some(now - TimeDelta::hours(1));
    tomorrow.next = Some(at(&tomorrow, now + TimeDelta::hours(23)));
    let mut today = subscriber(2, now);
    today.next = Some(at(&today, now + TimeDelta::hours(2)));
    let left = due::stopped(subscriber(3, now), now);
    let mut silent = subscriber(4, now);
    silent.last_active = (now - TimeDelta::days(65)).date_naive();
    silent.next = Some(at(&silent, now + TimeDelta::minutes(30)));
    let mut rows = Vec::new();
    for row in [tomorrow, today, left, silent] {
        store.insert(&row).await.unwrap();
        rows.push(stored(store, row.chat.0).await);
    }
    rows
}

/// The machine's clock is so far ahead of the true time.
async fn nothing_happens_by_a_clock_that_is_ahead_by(off: TimeDelta) {
    let (mut program, store) = program().await;
    let rows = rows(&store, program.clock.now() - off).await;
    program.telegram.is_ahead(-off);
    program.starts();
    program
        .until_it_answers("/readyz", "clock is days off from Telegram's", PATIENCE)
        .await;
    let mia = program.telegram.parent(9, "mia", "en");
    mia.says("I want to die");
    let help = mia.next_bot_message().await.unwrap().text;
    assert!(help.contains("988") && !help.starts_with(LATE), "{help}");
    sleep(LONG_ENOUGH).await;
    for row in &rows {
        assert_eq!(stored(&store, row.chat.0).await, *row);
    }
    assert_eq!(program.telegram.everything_said().len(), 1);
    assert_eq!(program.asked("/healthz").await.unwrap().1, "well");
    // Set right again: in this test it is Telegram that comes round.
    program.telegram.is_ahead(TimeDelta::zero());
    let began = program.clock.instant();
    while program.asked("/readyz").await.unwrap().1 != "leading" {
        assert!(
            program.clock.instant() - began < PATIENCE,
            "{}",
            program.log()
        );
        sleep(ASK_EVERY).await;
    }
    assert!(program.log().contains("clock is right again"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_skipped_or_erased_by_a_clock_thirty_days_ahead() {
    nothing_happens_by_a_clock_that_is_ahead_by(TimeDelta::days(30)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_planned_by_a_clock_that_began_in_1970() {
    nothing_happens_by_a_clock_that_is_ahead_by(-TimeDelta::days(20_000)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_skipped_or_erased_by_a_clock_of_2099() {
    nothing_happens_by_a_clock_that_is_ahead_by(TimeDelta::days(26_000)).await;
}

/// What an older program, or the moment before it was noticed, has left in the rows.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_wrong_clock_put_far_away_is_brought_near_and_nothing_else() {
    let (mut program, store) = program().await;
    let now = program.clock.now();
    let then = now + TimeDelta::days(30);
    let mut skipped = subscriber(1, then);
    skipped.last_sent = Some(now - TimeDelta::days(2));
    let mut sent = subscriber(2, then);
    sent.last_sent = Some(then);
    sent.next = due::next(&sent, then);
    let mut weekly = subscriber(3, now);
    weekly.schedule = Schedule::parse("0 10 * * MON").unwrap();
    weekly.next = due::next(&weekly, now);
    let mut paused = subscriber(4, now);
    paused.standing = Standing::PausedUntil(now + TimeDelta::days(7));
    paused.next = due::next(&paused, now);
    let mut held = subscriber(5, now);
    held = due::held(held, now);
    for row in [&skipped, &sent, &weekly, &paused, &held] {
        store.insert(row).await.unwrap();
    }
    let mut reasonable = Vec::new();
    for id in 3..=5 {
        reasonable.push(stored(&store, id).await);
    }
    program.starts();
    let began = program.clock.instant();
    while stored(&store, 1).await.next == skipped.next || stored(&store, 2).await.next == sent.next
    {
        assert!(
            program.clock.instant() - began < PATIENCE,
            "{}",
            program.log()
        );
        sleep(ASK_EVERY).await;
    }
    let today = skipped.zone.wall(now).date();
    let days_away = async |id| {
        let slot = stored(&store, id).await.next.unwrap();
        assert_eq!(slot.wall.format("%H:%M").to_string(), "10:00");
        (slot.wall.date() - today).num_days()
    };
    let first = i64::from(skipped.zone.wall(now).format("%H").to_string().as_str() >= "10");
    assert_eq!(days_away(1).await, first, "the first one from now on");
    assert_eq!(days_away(2).await, 1, "she may have had one today");
    for row in &reasonable {
        assert_eq!(stored(&store, row.chat.0).await, *row);
    }
}

async fn until_next_is(world: &World, mia: &Parent, wall: &str) {
    let began = world.clock.instant();
    loop {
        let next = world.next_note(mia).await;
        if next.as_deref() == Some(wall) {
            return;
        }
        assert!(
            world.clock.instant() - began < PATIENCE,
            "{next:?}, not {wall}"
        );
        sleep(ASK_EVERY).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_ahead_for_a_while_costs_no_parent_a_month() {
    let world = World::new().await;
    let (mia, luz) = (world.mia(), world.luz());
    world.subscribes(&mia).await;
    world.subscribes(&luz).await;
    let monday = world.clock.now();
    // Thirty days ahead: what was due is skipped; the next one even comes.
    world.later(TimeDelta::days(30) + TimeDelta::hours(2)).await;
    assert_eq!(
        world.next_note(&mia).await.as_deref(),
        Some("Thu 2027-04-08 10:00")
    );
    world.says(&luz, "/time 19:00").await;
    world.next_note_comes(&mia).await;
    // Right again, and nothing is said to anyone.
    world.jump_to(monday + TimeDelta::hours(1)).await;
    until_next_is(&world, &mia, "Tue 2027-03-09 10:00").await;
    until_next_is(&world, &luz, "Mon 2027-03-08 19:00").await;
    world.lives_until(monday + TimeDelta::days(3)).await;
    let zone = "America/Los_Angeles";
    assert_eq!(
        world.diary(&mia, zone),
        [
            "Thu 04-08 10:00",
            "Tue 03-09 10:00",
            "Wed 03-10 10:00",
            "Thu 03-11 10:00"
        ]
    );
    assert_eq!(
        world.diary(&luz, zone),
        ["Mon 03-08 19:00", "Tue 03-09 19:00", "Wed 03-10 19:00"]
    );
}

/// What the bot says next, and whether it says that this comes late.
async fn hears(parent: &Parent, what: &str) -> bool {
    let said = parent.next_bot_message().await.unwrap().text;
    assert!(said.contains(what), "{said}");
    said.starts_with(LATE)
}

/// The machine's clock is so far ahead of Telegram's.
async fn only_what_is_late_says_so(off: TimeDelta) {
    let mut world = World::new().await;
    world.telegram.is_ahead(-off);
    let mia = world.mia();
    mia.says("/signs");
    assert!(!hears(&mia, "sign").await, "it came at once");
    mia.says("I want to die");
    assert!(!hears(&mia, "988").await, "it came at once");
    mia.edits_last("I want to die.").unwrap();
    assert!(!hears(&mia, "988").await, "it came at once");
    world.answered().await;
    world.stops().await;
    mia.says("/signs");
    world.clock.jump(TimeDelta::minutes(9));
    world.restarts().await;
    assert!(!hears(&mia, "sign").await, "it came soon");
    world.answered().await;
    world.stops().await;
    mia.says("I want to die");
    world.clock.jump(TimeDelta::hours(1));
    world.restarts().await;
    assert!(hears(&mia, "988").await, "it waited for an hour");
    world.answered().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_late_says_so_by_a_right_clock() {
    only_what_is_late_says_so(TimeDelta::zero()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_late_says_so_by_a_clock_an_hour_ahead() {
    only_what_is_late_says_so(TimeDelta::hours(1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_late_says_so_by_a_clock_an_hour_behind() {
    only_what_is_late_says_so(-TimeDelta::hours(1)).await;
}

/// The clock is set right while an answer waits: it is as late as it is by Telegram's.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_waits_while_the_clock_is_set_right_is_not_late_by_that() {
    let mut world = World::new().await;
    let (mia, luz) = (world.mia(), world.luz());
    // By a clock an hour behind; and a tap, which has no date.
    world.telegram.is_ahead(TimeDelta::hours(1));
    world.says(&mia, "/start").await;
    mia.next_bot_message().await.unwrap();
    world
        .telegram
        .keeps_failing(Target::Sending, Fault::Gateway(502));
    luz.says("/help");
    mia.taps("Yes, I’m 18+ and I agree").unwrap();
    world.confirmed().await;
    world.stops().await;
    world.telegram.is_ahead(TimeDelta::zero());
    world.clock.jump(TimeDelta::hours(1));
    world.telegram.recovers();
    world.restarts().await;
    assert!(!hears(&mia, "").await);
    assert!(
        !luz.next_bot_message()
            .await
            .unwrap()
            .text
            .contains("Estuve sin")
    );
}
