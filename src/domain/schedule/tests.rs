//! Expressions, and what daylight saving does to them.

use proptest::prelude::*;

use super::*;

fn schedule(expression: &str) -> Schedule {
    Schedule::parse(expression).unwrap()
}

/// The next `count` due moments as the wall clock shows them, from `from` (UTC) on.
fn walls(expression: &str, zone: &str, from: &str, count: usize) -> Vec<String> {
    let (schedule, zone) = (schedule(expression), Zone::new(zone).unwrap());
    let mut after: DateTime<Utc> = from.parse().unwrap();
    let mut walls = Vec::new();
    for _ in 0..count {
        after = schedule.next_slot(&zone, after, None).unwrap().due;
        walls.push(zone.wall(after).format("%a %m-%d %H:%M").to_string());
    }
    walls
}

#[test]
fn expressions_are_read_as_operators_write_them() {
    for (written, canonical) in [
        ("0 8 * * *", "0 8 * * *"),
        ("  00  08 * *  * ", "0 8 * * *"),
        ("30 8 * * MON-FRI", "30 8 * * 1-5"),
        ("30 8 * * mon,Wed,FRI", "30 8 * * 1,3,5"),
        ("0 8 * * FRI-MON", "0 8 * * 0,1,5,6"),
        ("0 8 * * 5-7", "0 8 * * 0,5,6"),
        ("0 8 * * 0", "0 8 * * 0"),
        ("0 8 * * 7", "0 8 * * 0"),
        ("0 8 * * 0-6", "0 8 * * *"),
        ("0 8 * * 1-7", "0 8 * * *"),
        ("0 8 * * */2", "0 8 * * 0,2,4,6"),
        ("0 8 * * 1-5/2", "0 8 * * 1,3,5"),
        ("0 8 1,15 * *", "0 8 1,15 * *"),
        ("0 8 20/5 * *", "0 8 20,25,30 * *"),
        ("0 8 * JAN,JUN-AUG *", "0 8 * 1,6,7,8 *"),
        ("0 8 * 6-8 MON", "0 8 * 6,7,8 1"),
        ("0 8 29 2 *", "0 8 29 2 *"),
        ("59 23 */1 */1 *", "59 23 * * *"),
    ] {
        assert_eq!(schedule(written).expression(), canonical, "{written}");
        assert_eq!(schedule(canonical), schedule(written));
    }
}

#[test]
fn refusals_say_what_where_and_what_to_do() {
    for (expression, says) in [
        ("", "has 0 fields; write five"),
        ("8 * * *", "has 4 fields; write five"),
        ("0 0 8 * * *", "has 6 fields; write five"),
        ("@daily", "has 1 fields; write five"),
        (
            "* 8 * * *",
            "minute (first field); a schedule names one time of day",
        ),
        (
            "0 8,20 * * *",
            "hour (second field); a schedule names one time of day",
        ),
        ("0 8-10 * * *", "one time of day"),
        ("*/5 8 * * *", "one time of day"),
        (
            "60 8 * * *",
            "“60” as its minute (first field); write 0 to 59",
        ),
        ("0 24 * * *", "hour (second field); write 0 to 23"),
        ("0 8 32 * *", "day of month (third field); write 1 to 31"),
        ("0 8 0 * *", "day of month (third field)"),
        ("0 8 L * *", "L, W, # and ? are not supported"),
        ("0 8 15W * *", "L, W, # and ? are not supported"),
        ("0 8 * * 5#2", "L, W, # and ? are not supported"),
        ("0 8 ? * MON", "L, W, # and ? are not supported"),
        (
            "0 8 * 13 *",
            "month (fourth field); write 1 to 12 or JAN to DEC",
        ),
        (
            "0 8 * * FUN",
            "day of week (fifth field); write 0 to 7 or SUN to SAT",
        ),
        ("0 8 * * 8", "day of week (fifth field)"),
        ("0 8 * * */0", "day of week (fifth field)"),
        ("0 8 * * 1,", "day of week (fifth field)"),
        ("0 8 * * -", "day of week (fifth field)"),
        ("0 8 30 2 *", "never comes"),
        ("0 8 31 4,6,9,11 *", "never comes"),
        ("0 8 1 * MON", "restricts both the day of month"),
        ("0 99999999999 * * *", "hour (second field)"),
    ] {
        let error = Schedule::parse(expression).unwrap_err().to_string();
        assert!(error.contains(says), "{expression}: {error}");
        assert!(error.contains(expression), "{expression}: {error}");
    }
    let long = "0 8 * * ".to_owned() + &"1,".repeat(500);
    assert!(Schedule::parse(&long).unwrap_err().to_string().len() < 200);
}

#[test]
fn time_and_days_are_taken_out_and_put_in() {
    let workdays = schedule("30 8 * * MON-FRI");
    assert_eq!(workdays.time(), TimeOfDay::new(8, 30).unwrap());
    assert_eq!(workdays.days(), Some(Weekdays::WORKDAYS));
    let evening = workdays.with_time(TimeOfDay::new(20, 5).unwrap());
    assert_eq!(evening.expression(), "5 20 * * 1-5");
    assert_eq!(
        evening.with_days(Weekdays::DAILY).expression(),
        "5 20 * * *"
    );
    let monthly = schedule("0 9 1,15 * *");
    assert_eq!(monthly.days(), None);
    assert_eq!(schedule("0 9 * 6 MON").days(), None);
    assert_eq!(
        monthly
            .with_time(TimeOfDay::new(7, 0).unwrap())
            .expression(),
        "0 7 1,15 * *"
    );
    assert_eq!(
        monthly.with_days(Weekdays::WEEKEND).expression(),
        "0 9 * * 0,6"
    );
}

#[test]
fn a_parent_in_los_angeles_gets_one_a_day_through_the_gap_and_the_fold() {
    let march = walls(
        "30 2 * * *",
        "America/Los_Angeles",
        "2027-03-12T20:00:00Z",
        4,
    );
    assert_eq!(
        march,
        [
            "Sat 03-13 02:30",
            "Sun 03-14 03:00",
            "Mon 03-15 02:30",
            "Tue 03-16 02:30"
        ]
    );
    let november = walls(
        "30 1 * * *",
        "America/Los_Angeles",
        "2027-11-05T20:00:00Z",
        4,
    );
    assert_eq!(
        november,
        [
            "Sat 11-06 01:30",
            "Sun 11-07 01:30",
            "Mon 11-08 01:30",
            "Tue 11-09 01:30"
        ]
    );
    let usual = walls(
        "0 8 * * *",
        "America/Los_Angeles",
        "2027-03-12T20:00:00Z",
        3,
    );
    assert_eq!(
        usual,
        ["Sat 03-13 08:00", "Sun 03-14 08:00", "Mon 03-15 08:00"]
    );
}

#[test]
fn a_gap_at_midnight_leaves_the_day_its_note() {
    // Santiago's clocks go from 24:00 to 01:00 on Sunday 5 September 2027.
    let midnight = walls("0 0 * * *", "America/Santiago", "2027-09-03T12:00:00Z", 3);
    assert_eq!(
        midnight,
        ["Sat 09-04 00:00", "Sun 09-05 01:00", "Mon 09-06 00:00"]
    );
    let half_past = walls(
        "30 0 * * SUN",
        "America/Santiago",
        "2027-09-03T12:00:00Z",
        2,
    );
    assert_eq!(half_past, ["Sun 09-05 01:00", "Sun 09-12 00:30"]);
    // And back from 24:00 to 23:00 on Saturday 3 April: 23:30 comes twice, the note once.
    let back = walls("30 23 * * *", "America/Santiago", "2027-04-02T12:00:00Z", 3);
    assert_eq!(
        back,
        ["Fri 04-02 23:30", "Sat 04-03 23:30", "Sun 04-04 23:30"]
    );
}

#[test]
fn a_day_that_does_not_exist_has_no_note() {
    let apia = walls("0 8 * * *", "Pacific/Apia", "2011-12-29T00:00:00Z", 3);
    assert_eq!(
        apia,
        ["Thu 12-29 08:00", "Sat 12-31 08:00", "Sun 01-01 08:00"]
    );
    let fridays = walls("0 8 * * FRI", "Pacific/Apia", "2011-12-29T00:00:00Z", 1);
    assert_eq!(fridays, ["Fri 01-06 08:00"]);
}

#[test]
fn a_gap_into_the_next_day_brings_the_note_before_it() {
    // Toronto's clocks once went from 23:30 to 00:30.
    let toronto = Zone::new("America/Toronto").unwrap();
    let wall = "1919-03-30T23:45:00".parse().unwrap();
    let slot = Slot::at(&toronto, wall).unwrap();
    assert_eq!(
        toronto.wall(slot.due),
        "1919-03-30T23:29:59".parse().unwrap()
    );
    let after_midnight = Slot::at(&toronto, "1919-03-31T00:15:00".parse().unwrap()).unwrap();
    assert_eq!(
        toronto.wall(after_midnight.due),
        "1919-03-31T00:30:00".parse().unwrap()
    );
}

#[test]
fn a_day_that_has_had_its_note_gets_none() {
    let (daily, zone) = (schedule("0 8 * * *"), Zone::new("Europe/Madrid").unwrap());
    let night = "2027-01-10T01:00:00Z".parse().unwrap();
    let next = |day: &str| {
        let slot = daily.next_slot(&zone, night, Some(day.parse().unwrap()));
        slot.unwrap().wall.date().to_string()
    };
    assert_eq!(next("2027-01-09"), "2027-01-10");
    assert_eq!(next("2027-01-10"), "2027-01-11");
    assert_eq!(next("2027-01-12"), "2027-01-13");
}

#[test]
fn the_end_of_the_calendar_is_no_panic() {
    let (daily, zone) = (
        schedule("0 8 * * *"),
        Zone::new("Pacific/Kiritimati").unwrap(),
    );
    for after in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        daily.next_slot(&zone, after, None);
        daily.next_slot(&zone, after, Some(NaiveDate::MAX));
    }
}

#[test]
fn it_is_stored_as_its_expression() {
    let json = serde_json::to_string(&schedule("30 8 * * MON-FRI")).unwrap();
    assert_eq!(json, "\"30 8 * * 1-5\"");
    assert_eq!(
        serde_json::from_str::<Schedule>(&json).unwrap(),
        schedule("30 8 * * 1-5")
    );
    let error = serde_json::from_str::<Schedule>("\"0 8 30 2 *\"").unwrap_err();
    assert!(error.to_string().contains("never comes"));
}

proptest! {
    #[test]
    fn no_expression_is_a_panic(text in "[ 0-9a-zA-Z*,/#?-]{0,40}") {
        if let Ok(schedule) = Schedule::parse(&text) {
            prop_assert_eq!(Schedule::parse(schedule.expression()).unwrap(), schedule);
        }
    }

    #[test]
    fn every_time_on_any_days_is_an_expression(hour in 0_u32..24, minute in 0_u32..60, days in "[0-6](,[0-6]){0,4}") {
        let days = Weekdays::parse("mon wed").unwrap().iter().chain(
            days.split(',').map(|day| crate::domain::weekdays::WEEK[day.parse::<usize>().unwrap()]),
        );
        let (time, days) = (TimeOfDay::new(hour, minute).unwrap(), Weekdays::of(days).unwrap());
        let schedule = Schedule::of(time, days);
        prop_assert_eq!((schedule.time(), schedule.days()), (time, Some(days)));
    }
}
