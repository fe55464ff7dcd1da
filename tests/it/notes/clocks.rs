//! Seven notes across the days on which clocks are put forward and back.

use chrono::Duration;
use expect_test::{Expect, expect};

use crate::support::world::World;

/// Parents in a zone, one for each of these times, live for seven days; what they got stands side by side.
async fn seven_days(zone: &str, from: &str, times: &[&str], expected: Expect) {
    let world = World::with(from, &[]).await;
    let zone_command = format!("/timezone {zone}");
    let time_commands: Vec<String> = times.iter().map(|time| format!("/time {time}")).collect();
    let typed: Vec<Vec<&str>> = time_commands
        .iter()
        .map(|time| vec![zone_command.as_str(), "[Yes]", time])
        .collect();
    let typed: Vec<&[&str]> = typed.iter().map(Vec::as_slice).collect();
    let parents = world.parents_who_typed(&typed).await;
    let begin = world.clock.now();
    world.lives_until(begin + Duration::days(7)).await;

    let diaries: Vec<Vec<String>> = parents
        .iter()
        .map(|parent| world.diary(parent, zone))
        .collect();
    for (parent, diary) in parents.iter().zip(&diaries) {
        let notes = world.notes_of(parent);
        assert_eq!(notes.len(), 7, "one a day: {diary:?}");
        assert!(notes.iter().all(|note| note.silent), "none rings");
        let mut days: Vec<&str> = diary.iter().map(|line| &line[..9]).collect();
        days.dedup();
        assert_eq!(days.len(), 7, "never two on one day: {diary:?}");
        let mut texts: Vec<&str> = notes.iter().map(|note| note.text.as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), 7, "none comes twice");
    }
    let lines: Vec<String> = (0..7)
        .map(|day| {
            let row: Vec<&str> = diaries.iter().map(|diary| diary[day].as_str()).collect();
            row.join(" | ")
        })
        .collect();
    expected.assert_eq(&lines.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn in_los_angeles() {
    let zone = "America/Los_Angeles";
    let spring = seven_days(
        zone,
        "2027-03-11T20:00:00Z",
        &["10:00", "2:30"],
        expect![[r"
            Fri 03-12 10:00 | Fri 03-12 02:30
            Sat 03-13 10:00 | Sat 03-13 02:30
            Sun 03-14 10:00 | Sun 03-14 03:00
            Mon 03-15 10:00 | Mon 03-15 02:30
            Tue 03-16 10:00 | Tue 03-16 02:30
            Wed 03-17 10:00 | Wed 03-17 02:30
            Thu 03-18 10:00 | Thu 03-18 02:30"]],
    );
    let autumn = seven_days(
        zone,
        "2027-11-04T20:00:00Z",
        &["10:00", "1:30"],
        expect![[r"
            Fri 11-05 10:00 | Fri 11-05 01:30
            Sat 11-06 10:00 | Sat 11-06 01:30
            Sun 11-07 10:00 | Sun 11-07 01:30
            Mon 11-08 10:00 | Mon 11-08 01:30
            Tue 11-09 10:00 | Tue 11-09 01:30
            Wed 11-10 10:00 | Wed 11-10 01:30
            Thu 11-11 10:00 | Thu 11-11 01:30"]],
    );
    tokio::join!(spring, autumn);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_santiago() {
    let zone = "America/Santiago";
    let autumn = seven_days(
        zone,
        "2027-04-01T20:00:00Z",
        &["10:00", "23:30"],
        expect![[r"
            Fri 04-02 10:00 | Thu 04-01 23:30
            Sat 04-03 10:00 | Fri 04-02 23:30
            Sun 04-04 10:00 | Sat 04-03 23:30
            Mon 04-05 10:00 | Sun 04-04 23:30
            Tue 04-06 10:00 | Mon 04-05 23:30
            Wed 04-07 10:00 | Tue 04-06 23:30
            Thu 04-08 10:00 | Wed 04-07 23:30"]],
    );
    let spring = seven_days(
        zone,
        "2027-09-02T20:00:00Z",
        &["10:00", "0:30"],
        expect![[r"
            Fri 09-03 10:00 | Fri 09-03 00:30
            Sat 09-04 10:00 | Sat 09-04 00:30
            Sun 09-05 10:00 | Sun 09-05 01:00
            Mon 09-06 10:00 | Mon 09-06 00:30
            Tue 09-07 10:00 | Tue 09-07 00:30
            Wed 09-08 10:00 | Wed 09-08 00:30
            Thu 09-09 10:00 | Thu 09-09 00:30"]],
    );
    tokio::join!(autumn, spring);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_lord_howe_island_where_clocks_move_by_half_an_hour() {
    let zone = "Australia/Lord_Howe";
    let autumn = seven_days(
        zone,
        "2027-04-01T20:00:00Z",
        &["10:00", "1:45"],
        expect![[r"
            Fri 04-02 10:00 | Sat 04-03 01:45
            Sat 04-03 10:00 | Sun 04-04 01:45
            Sun 04-04 10:00 | Mon 04-05 01:45
            Mon 04-05 10:00 | Tue 04-06 01:45
            Tue 04-06 10:00 | Wed 04-07 01:45
            Wed 04-07 10:00 | Thu 04-08 01:45
            Thu 04-08 10:00 | Fri 04-09 01:45"]],
    );
    let spring = seven_days(
        zone,
        "2027-09-30T20:00:00Z",
        &["10:00", "2:15"],
        expect![[r"
            Fri 10-01 10:00 | Sat 10-02 02:15
            Sat 10-02 10:00 | Sun 10-03 02:30
            Sun 10-03 10:00 | Mon 10-04 02:15
            Mon 10-04 10:00 | Tue 10-05 02:15
            Tue 10-05 10:00 | Wed 10-06 02:15
            Wed 10-06 10:00 | Thu 10-07 02:15
            Thu 10-07 10:00 | Fri 10-08 02:15"]],
    );
    tokio::join!(autumn, spring);
}
