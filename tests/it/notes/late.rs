//! After a downtime: at most one late note, and nobody is woken.

use chrono::{DateTime, Duration, Utc};

use crate::support::world::{MONDAY, World};

const LA: &str = "America/Los_Angeles";

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Stops the bot, lets time pass and starts it again.
async fn down_until(world: &mut World, end: &str) {
    world.stops().await;
    world.clock.jump_to(moment(end));
    world.restarts().await;
    world.brings_what_is_due().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_that_is_less_than_two_hours_late_is_still_sent() {
    let mut world = World::new().await;
    let parents = world.parents_who_typed(&[&[]]).await;
    world.at(LA, "2027-03-09T09:00:00").await;
    down_until(&mut world, "2027-03-09T19:59:00Z").await;
    assert_eq!(world.diary(&parents[0], LA), ["Tue 03-09 11:59"]);
    world.lives_until(moment("2027-03-10T19:00:00Z")).await;
    assert_eq!(
        world.diary(&parents[0], LA),
        ["Tue 03-09 11:59", "Wed 03-10 10:00"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_that_is_two_hours_late_waits_for_its_next_day() {
    let mut world = World::new().await;
    let parents = world.parents_who_typed(&[&[]]).await;
    world.at(LA, "2027-03-09T09:00:00").await;
    down_until(&mut world, "2027-03-09T20:01:00Z").await;
    assert_eq!(world.diary(&parents[0], LA), [""; 0]);
    assert_eq!(
        world.next_note(&parents[0]).await.as_deref(),
        Some("Wed 2027-03-10 10:00")
    );
    world.lives_until(moment("2027-03-10T19:00:00Z")).await;
    assert_eq!(world.diary(&parents[0], LA), ["Wed 03-10 10:00"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn down_for_a_week_brings_no_burst() {
    let mut world = World::new().await;
    let parents = world
        .parents_who_typed(&[&[], &["/time 11:30"], &["/time 13:00"]])
        .await;
    world.at(LA, "2027-03-08T11:00:00").await;
    // The clocks were put forward meanwhile: 19:00 UTC is noon.
    down_until(&mut world, "2027-03-15T19:00:00Z").await;
    world.lives_until(moment("2027-03-15T23:00:00Z")).await;
    assert_eq!(world.diary(&parents[0], LA), [""; 0], "10:00 is over");
    assert_eq!(world.diary(&parents[1], LA), ["Mon 03-15 12:00"]);
    assert_eq!(world.diary(&parents[2], LA), ["Mon 03-15 13:00"]);
}

/// From 18:45 to 00:45: notes for the evening are too late, or would wake her.
#[tokio::test(flavor = "multi_thread")]
async fn six_hours_down_across_the_quiet_hours_wake_nobody() {
    let mut world = World::new().await;
    let times = [
        "/time 18:50",
        "/time 19:30",
        "/time 19:59",
        "/time 22:30",
        "/time 23:00",
        "/time 0:30",
        "/time 8:00",
    ];
    let commands: Vec<[&str; 1]> = times.iter().map(|time| [*time]).collect();
    let commands: Vec<&[&str]> = commands.iter().map(<[&str; 1]>::as_slice).collect();
    let parents = world.parents_who_typed(&commands).await;
    world.at(LA, "2027-03-08T18:45:00").await;
    down_until(&mut world, "2027-03-09T08:45:00Z").await;
    world.lives_until(moment("2027-03-10T08:29:00Z")).await;
    let diaries: Vec<String> = times
        .iter()
        .zip(&parents)
        .map(|(time, parent)| format!("{time}: {}", world.diary(parent, LA).join(", ")))
        .collect();
    expect_test::expect![[r"
        /time 18:50: Tue 03-09 18:50
        /time 19:30: Tue 03-09 19:30
        /time 19:59: Tue 03-09 19:59
        /time 22:30: Tue 03-09 22:30
        /time 23:00: Tue 03-09 23:00
        /time 0:30: Tue 03-09 00:45
        /time 8:00: Tue 03-09 08:00"]]
    .assert_eq(&diaries.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_that_comes_back_late_into_the_evening_does_not_ring_after_eight() {
    let mut world = World::with(MONDAY, &[]).await;
    let parents = world.parents_who_typed(&[&["/time 19:00"]]).await;
    world.at(LA, "2027-03-08T18:30:00").await;
    down_until(&mut world, "2027-03-09T04:01:00Z").await;
    assert_eq!(world.diary(&parents[0], LA), [""; 0]);
    world.later(Duration::hours(23)).await;
    assert_eq!(world.diary(&parents[0], LA), ["Tue 03-09 19:01"]);
}

/// A note is due, the program is away, and its parent changes nothing: she gets it when the program is back.
#[tokio::test(flavor = "multi_thread")]
async fn what_she_does_meanwhile_does_not_cost_her_the_days_note() {
    const DEEDS: [&str; 6] = [
        "/resume",
        "/time 10:00",
        "/days every day",
        "/start",
        "/time 9:30",
        "/resume",
    ];
    let mut world = World::new().await;
    let nothing: Vec<&[&str]> = vec![&[]; 5 * DEEDS.len()];
    let parents = world.parents_who_typed(&nothing).await;
    world.at(LA, "2027-03-09T09:00:00").await;
    world.stops().await;
    world.clock.jump_to(moment("2027-03-09T18:05:00Z"));
    for (parent, deed) in parents.iter().zip(DEEDS.iter().cycle()) {
        parent.says(deed);
    }
    world.clock.jump_to(moment("2027-03-09T18:10:00Z"));
    world.restarts().await;
    world.answered().await;
    world.brings_what_is_due().await;
    for (parent, deed) in parents.iter().zip(DEEDS.iter().cycle()) {
        assert_eq!(world.diary(parent, LA), ["Tue 03-09 10:10"], "{deed}");
    }
}
