//! What parents and servers do to clocks minutes before and after a note.

use chrono::{DateTime, Duration, Utc};
use slowbloom::domain::zone::{Wall, Zone};

use crate::support::{diary::does, world::World};

const LA: &str = "America/Los_Angeles";

fn in_la(wall: &str) -> DateTime<Utc> {
    match Zone::new(LA).unwrap().resolve(wall.parse().unwrap()) {
        Wall::Exists(moment) => moment,
        other => panic!("{other:?}"),
    }
}

/// The next seven days of parents with notes at 10:00 in Los Angeles who each type something before the note of
/// Tuesday, and something after it.
async fn around_the_note(before: &str, after: &str, typed: &[[&str; 2]]) -> String {
    let world = World::new().await;
    let nothing: Vec<&[&str]> = vec![&[]; typed.len()];
    let parents = world.parents_who_typed(&nothing).await;
    for (wall, column) in [(before, 0), (after, 1)] {
        world.lives_until(in_la(wall)).await;
        // Each does one thing, and then another if there are two.
        for step in 0..2 {
            for (parent, typed) in parents.iter().zip(typed) {
                let mut deeds = typed[column].split(" > ").filter(|deed| !deed.is_empty());
                if let Some(deed) = deeds.nth(step) {
                    does(parent, deed);
                }
            }
            world.answered().await;
        }
    }
    world
        .lives_until("2027-03-12T06:00:00Z".parse().unwrap())
        .await;
    let mut lines = Vec::new();
    for (parent, typed) in parents.iter().zip(typed) {
        let zone = world.row(parent).await.unwrap().zone;
        let diary = world.diary(parent, zone.name());
        lines.push(format!("{}: {}", typed.join(" … "), diary.join(", ")));
    }
    lines.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn another_time_of_day_minutes_before_and_after_the_note() {
    let diaries = around_the_note(
        "2027-03-09T09:55:00",
        "2027-03-09T10:05:00",
        &[
            ["/time 9:50", ""],
            ["/time 9:58", ""],
            ["/time 10:10", ""],
            ["/time 23:50", ""],
            ["", "/time 9:50"],
            ["", "/time 10:10"],
            ["", "/time 23:50"],
            ["/time 9:58", "/time 10:00"],
            ["/time 10:10", "/time 10:00"],
        ],
    );
    expect_test::expect![[r"
        /time 9:50 … : Wed 03-10 09:50, Thu 03-11 09:50
        /time 9:58 … : Tue 03-09 09:58, Wed 03-10 09:58, Thu 03-11 09:58
        /time 10:10 … : Tue 03-09 10:10, Wed 03-10 10:10, Thu 03-11 10:10
        /time 23:50 … : Tue 03-09 23:50, Wed 03-10 23:50
         … /time 9:50: Tue 03-09 10:00, Wed 03-10 09:50, Thu 03-11 09:50
         … /time 10:10: Tue 03-09 10:00, Wed 03-10 10:10, Thu 03-11 10:10
         … /time 23:50: Tue 03-09 10:00, Wed 03-10 23:50
        /time 9:58 … /time 10:00: Tue 03-09 09:58, Wed 03-10 10:00, Thu 03-11 10:00
        /time 10:10 … /time 10:00: Wed 03-10 10:00, Thu 03-11 10:00"]]
    .assert_eq(&diaries.await);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_zone_west_and_east_minutes_before_and_after_the_note() {
    let diaries = around_the_note(
        "2027-03-09T09:55:00",
        "2027-03-09T10:05:00",
        &[
            ["/timezone Pacific/Honolulu > [Yes]", ""],
            ["", "/timezone Pacific/Honolulu > [Yes]"],
            ["/timezone America/New_York > [Yes]", ""],
            ["", "/timezone America/New_York > [Yes]"],
            ["/timezone Asia/Tokyo > [Yes]", ""],
            ["", "/timezone Asia/Tokyo > [Yes]"],
            [
                "/timezone Asia/Tokyo > [Yes]",
                "/timezone America/Los_Angeles > [Yes]",
            ],
            [
                "/timezone Pacific/Kiritimati > [Yes]",
                "/timezone Pacific/Niue > [Yes]",
            ],
            [
                "/timezone Pacific/Niue > [Yes]",
                "/timezone Pacific/Kiritimati > [Yes]",
            ],
        ],
    );
    expect_test::expect![[r"
        /timezone Pacific/Honolulu > [Yes] … : Tue 03-09 10:00, Wed 03-10 10:00, Thu 03-11 10:00
         … /timezone Pacific/Honolulu > [Yes]: Tue 03-09 08:00, Wed 03-10 10:00, Thu 03-11 10:00
        /timezone America/New_York > [Yes] … : Wed 03-10 10:00, Thu 03-11 10:00
         … /timezone America/New_York > [Yes]: Tue 03-09 13:00, Wed 03-10 10:00, Thu 03-11 10:00
        /timezone Asia/Tokyo > [Yes] … : Wed 03-10 10:00, Thu 03-11 10:00, Fri 03-12 10:00
         … /timezone Asia/Tokyo > [Yes]: Wed 03-10 03:00, Thu 03-11 10:00, Fri 03-12 10:00
        /timezone Asia/Tokyo > [Yes] … /timezone America/Los_Angeles > [Yes]: Wed 03-10 10:00, Thu 03-11 10:00
        /timezone Pacific/Kiritimati > [Yes] … /timezone Pacific/Niue > [Yes]: Tue 03-09 10:00, Wed 03-10 10:00, Thu 03-11 10:00
        /timezone Pacific/Niue > [Yes] … /timezone Pacific/Kiritimati > [Yes]: Wed 03-10 10:00, Thu 03-11 10:00, Fri 03-12 10:00"]].assert_eq(&diaries.await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_and_its_end_minutes_before_and_after_the_note() {
    let diaries = around_the_note(
        "2027-03-09T09:55:00",
        "2027-03-09T10:05:00",
        &[
            ["/pause 1", ""],
            ["", "/pause 1"],
            ["/pause 1", "/resume"],
            ["/pause > [Until I resume]", "/resume"],
            ["/stop", "/start"],
            ["/stop", "/start > [Notes on again]"],
            ["", "/stop"],
        ],
    );
    expect_test::expect![[r"
        /pause 1 … : Wed 03-10 10:00, Thu 03-11 10:00
         … /pause 1: Tue 03-09 10:00, Thu 03-11 10:00
        /pause 1 … /resume: Wed 03-10 10:00, Thu 03-11 10:00
        /pause > [Until I resume] … /resume: Wed 03-10 10:00, Thu 03-11 10:00
        /stop … /start: 
        /stop … /start > [Notes on again]: Wed 03-10 10:00, Thu 03-11 10:00
         … /stop: Tue 03-09 10:00"]]
    .assert_eq(&diaries.await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_that_ends_minutes_before_the_note() {
    let diaries = around_the_note(
        "2027-03-09T09:50:00",
        "2027-03-09T09:55:00",
        &[["/pause 3", "/resume"], ["/stop", "/resume"]],
    );
    expect_test::expect![[r"
        /pause 3 … /resume: Tue 03-09 10:00, Wed 03-10 10:00, Thu 03-11 10:00
        /stop … /resume: Tue 03-09 10:00, Wed 03-10 10:00, Thu 03-11 10:00"]]
    .assert_eq(&diaries.await);
}

/// The server's clock steps by an hour, back and forth, around notes at ten and just after midnight.
#[tokio::test(flavor = "multi_thread")]
async fn the_servers_clock_steps_by_an_hour() {
    let world = World::new().await;
    let parents = world.parents_who_typed(&[&[], &["/time 0:10"]]).await;
    let hour = Duration::hours(1);
    let steps = [
        ("2027-03-08T23:55:00", hour),
        ("2027-03-09T00:57:00", -hour),
        ("2027-03-09T00:15:00", -hour),
        ("2027-03-09T00:15:00", hour),
        ("2027-03-09T09:55:00", -hour),
        ("2027-03-09T09:56:00", hour),
        ("2027-03-09T10:58:00", -hour),
        ("2027-03-09T10:05:00", -hour),
        ("2027-03-09T10:05:00", hour),
    ];
    for (wall, step) in steps {
        world.at(LA, wall).await;
        world.later(step).await;
    }
    world
        .lives_until("2027-03-11T06:00:00Z".parse().unwrap())
        .await;
    assert_eq!(
        world.diary(&parents[0], LA),
        ["Tue 03-09 10:56", "Wed 03-10 10:00"]
    );
    assert_eq!(
        world.diary(&parents[1], LA),
        ["Tue 03-09 00:55", "Wed 03-10 00:10"]
    );
}
