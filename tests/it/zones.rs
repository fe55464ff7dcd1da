//! Every zone of the bundled rules, 2024 to 2037: one note on each local day that the schedule names.
//!
//! The oracle knows nothing of the bot's rule. It cuts a zone's time into stretches of one offset and looks for the
//! first moment of a local day at which the clock there shows the schedule's time or a later one; where there is
//! none left, the day's last second.

use std::thread;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use jiff::{
    Timestamp,
    tz::{TimeZone, TimeZoneDatabase},
};
use slowbloom::domain::{schedule::Schedule, zone::Zone};

/// Walked day by day; of the others the days around each change of the clock, and some more.
const NASTY: [&str; 14] = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Godthab",
    "America/Los_Angeles",
    "America/Nuuk",
    "America/Santiago",
    "America/Scoresbysund",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/London",
    "Pacific/Apia",
];

type Names = fn(Weekday) -> bool;

fn schedules() -> Vec<(Schedule, NaiveTime, Names)> {
    let every: Names = |_| true;
    let workdays: Names = |day| !matches!(day, Weekday::Sat | Weekday::Sun);
    let three: Names = |day| matches!(day, Weekday::Mon | Weekday::Wed | Weekday::Fri);
    let sundays: Names = |day| day == Weekday::Sun;
    [
        ("0 0 * * *", 0, 0, every),
        ("30 0 * * *", 0, 30, every),
        ("30 2 * * *", 2, 30, every),
        ("0 8 * * *", 8, 0, every),
        ("30 23 * * *", 23, 30, every),
        ("15 1 * * MON-FRI", 1, 15, workdays),
        ("0 3 * * MON,WED,FRI", 3, 0, three),
        ("0 0 * * 7", 0, 0, sundays),
    ]
    .into_iter()
    .map(|(expression, hour, minute, names)| {
        let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
        (Schedule::parse(expression).unwrap(), time, names)
    })
    .collect()
}

/// Seconds since 1970 at which a stretch of one offset begins, and the offset in seconds.
fn stretches(zone: &TimeZone) -> Vec<(i64, i64)> {
    let start: Timestamp = "2023-12-01T00:00:00Z".parse().unwrap();
    let end: Timestamp = "2038-02-01T00:00:00Z".parse().unwrap();
    let changes = zone.following(start).map(|change| change.timestamp());
    std::iter::once(start)
        .chain(changes.take_while(|change| *change < end))
        .map(|from| (from.as_second(), zone.to_offset(from).seconds().into()))
        .collect()
}

/// When the note of the local `day` is due; `None` on a day that does not exist.
fn expected(stretches: &[(i64, i64)], day: NaiveDate, time: NaiveTime) -> Option<DateTime<Utc>> {
    let seconds = |day: NaiveDate, time| day.and_time(time).and_utc().timestamp();
    let midnight = seconds(day, NaiveTime::MIN);
    let (wanted, end) = (seconds(day, time), midnight + 86_400);
    let mut last = None;
    for (at, (from, offset)) in stretches.iter().enumerate() {
        let until = stretches.get(at + 1).map_or(i64::MAX, |(next, _)| *next);
        // The part of the local day, as the clock shows it, that lies in this stretch.
        let first = (from + offset).max(midnight);
        let after = until.saturating_add(*offset).min(end);
        if first >= after {
            continue;
        }
        if wanted < after {
            return DateTime::from_timestamp(first.max(wanted) - offset, 0);
        }
        last = Some(after - 1 - offset);
    }
    DateTime::from_timestamp(last?, 0)
}

/// Walks the schedule over the local days `from` to `to` and compares every slot with the oracle's.
fn walk(
    zone: &Zone,
    stretches: &[(i64, i64)],
    (schedule, time, names): &(Schedule, NaiveTime, Names),
    (from, to): (NaiveDate, NaiveDate),
) -> usize {
    let mut days = from
        .iter_days()
        .take_while(|day| *day <= to)
        .filter(|day| names(day.weekday()))
        .filter_map(|day| Some((day, expected(stretches, day, *time)?)));
    let first = from.and_time(NaiveTime::MIN).and_utc() - TimeDelta::days(3);
    let yesterday = from.checked_sub_days(Days::new(1));
    let mut slot = schedule.next_slot(zone, first, yesterday);
    let mut walked = 0;
    loop {
        let got = slot.filter(|slot| slot.wall.date() <= to);
        let want = days.next();
        assert_eq!(
            got.map(|slot| (slot.wall.date(), slot.due)),
            want,
            "{zone} {schedule}"
        );
        let Some(now) = got else { return walked };
        assert_eq!(zone.wall(now.due).date(), now.wall.date());
        walked += 1;
        let next = schedule.next_slot(zone, now.due, None);
        let guarded = schedule.next_slot(zone, now.due, Some(now.wall.date()));
        assert_eq!(next, guarded, "two on one local day: {zone} {schedule}");
        assert!(next.is_some_and(|next| next.due > now.due));
        slot = next;
    }
}

fn day(year: i32, ordinal: u32) -> NaiveDate {
    NaiveDate::from_yo_opt(year, ordinal).unwrap()
}

/// The spans of local days that are walked in a zone.
fn spans(name: &str, stretches: &[(i64, i64)]) -> Vec<(NaiveDate, NaiveDate)> {
    let (first, last) = (day(2024, 1), day(2037, 365));
    if NASTY.contains(&name) {
        return vec![(first, last)];
    }
    let around_changes = stretches.iter().skip(1).map(|(from, _)| {
        let change = DateTime::from_timestamp(*from, 0).unwrap().date_naive();
        (change - Days::new(3), change + Days::new(3))
    });
    // A few days a year that differ from zone to zone.
    let seed: u32 = name.bytes().map(u32::from).sum();
    let others = (2024..=2037_u32).map(|year| {
        let start = day(year.cast_signed(), 1 + (seed + year * 97) % 360);
        (start, start + Days::new(2))
    });
    around_changes
        .chain(others)
        .map(|(from, to)| (from.max(first), to.min(last)))
        .filter(|(from, to)| from <= to)
        .collect()
}

#[test]
fn every_zone_has_one_slot_on_each_local_day_that_the_schedule_names() {
    let schedules = schedules();
    let rules = TimeZoneDatabase::bundled();
    let names = Zone::all();
    assert!(names.len() > 590);
    let check = |name: &String| -> usize {
        let zone = Zone::new(name).unwrap();
        let stretches = stretches(&rules.get(name).unwrap());
        let spans = spans(name, &stretches);
        let walks = schedules
            .iter()
            .flat_map(|schedule| spans.iter().map(move |span| (schedule, *span)));
        walks
            .map(|(schedule, span)| walk(&zone, &stretches, schedule, span))
            .sum()
    };
    let (check, names) = (&check, &names);
    let walked: usize = thread::scope(|scope| {
        let workers: Vec<_> = (0..4)
            .map(|worker| {
                scope.spawn(move || {
                    names
                        .iter()
                        .skip(worker)
                        .step_by(4)
                        .map(check)
                        .sum::<usize>()
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap())
            .sum()
    });
    assert!(walked > 700_000, "{walked}");
}
