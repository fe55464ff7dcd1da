//! The rules of the day, one by one.

use super::*;
use crate::domain::{
    ChatId, Country, Language, Pool, schedule::Schedule, subscriber::History,
    time_of_day::TimeOfDay, weekdays::Weekdays,
};
use chrono::NaiveDateTime;

fn utc(text: &str) -> DateTime<Utc> {
    format!("{text}:00Z").parse().unwrap()
}

mod any_life;
mod coming_and_going;
mod pauses;
mod unsent;

/// Without an hour after consent to keep.
fn with_time(sub: Subscriber, time: TimeOfDay, now: DateTime<Utc>) -> Subscriber {
    changes::with_time(sub, time, now, now)
}

fn with_days(sub: Subscriber, days: Weekdays, now: DateTime<Utc>) -> Subscriber {
    changes::with_days(sub, days, now, now)
}

/// Planned anew, whatever was due.
fn planned(mut sub: Subscriber, now: DateTime<Utc>) -> Subscriber {
    sub.next = next(&sub, now);
    sub
}

/// The moment at which a clock in London shows this; all days here are winter days, so that it is UTC.
fn mia() -> Subscriber {
    let now = utc("2027-01-04T07:00");
    let sub = Subscriber {
        chat: ChatId(1),
        language: Language::En,
        country: Country::from_code("GB").unwrap(),
        zone: Zone::new("Europe/London").unwrap(),
        schedule: Schedule::parse("0 9 * * *").unwrap(),
        pools: vec![Pool::Affirmations],
        sound: false,
        standing: Standing::Active,
        blocked_since: None,
        awaiting: None,
        consent_version: 1,
        consented_on: now.date_naive(),
        last_active: now.date_naive(),
        next: None,
        last_sent: None,
        carried: None,
        history: History::default(),
        silence: Silence::Unasked,
        erase_at: None,
        revision: 1,
    };
    resumed(sub, now)
}

fn note(name: &str) -> NoteId {
    NoteId::new(name).unwrap()
}

fn due(sub: &Subscriber) -> String {
    sub.next.map_or("never".to_owned(), |slot| {
        slot.due.format("%m-%d %H:%M").to_string()
    })
}

fn time(hour: u32, minute: u32) -> TimeOfDay {
    TimeOfDay::new(hour, minute).unwrap()
}

/// Mia after her note of Monday 4 January, sent on time.
fn after_monday() -> Subscriber {
    after_sent(mia(), &note("a"), utc("2027-01-04T09:00"))
}

#[test]
fn a_note_is_brought_when_due_and_until_it_is_two_hours_late() {
    let sub = mia();
    let slot = sub.next.unwrap();
    let bring = Occasion::Bring {
        slot,
        carried: None,
    };
    assert_eq!(
        decide(&sub, false, utc("2027-01-04T08:59")),
        Occasion::Nothing
    );
    assert_eq!(decide(&sub, false, utc("2027-01-04T09:00")), bring);
    assert_eq!(decide(&sub, false, utc("2027-01-04T10:59")), bring);
    assert_eq!(decide(&sub, false, utc("2027-01-04T11:00")), Occasion::Skip);
    assert_eq!(decide(&sub, false, utc("2027-01-09T09:30")), Occasion::Skip);
}

#[test]
fn after_an_outage_only_the_latest_slot_comes_and_only_within_its_two_hours() {
    let skipped = |now| due(&after_skipped(mia(), utc(now)));
    assert_eq!(skipped("2027-01-04T11:00"), "01-05 09:00");
    assert_eq!(skipped("2027-01-07T08:00"), "01-07 09:00");
    assert_eq!(skipped("2027-01-07T09:30"), "01-07 09:00");
    assert_eq!(skipped("2027-01-07T11:00"), "01-08 09:00");
    // A row that was changed meanwhile keeps its later slot.
    let moved_on = with_time(mia(), time(13, 0), utc("2027-01-04T11:00"));
    assert_eq!(
        due(&after_skipped(moved_on, utc("2027-01-04T11:01"))),
        "01-04 13:00"
    );
}

#[test]
fn a_late_note_keeps_out_of_the_quiet_hours_unless_she_chose_that_hour() {
    let at = |hour: u32, minute: u32, now: &str| {
        let sub = with_time(mia(), time(hour, minute), utc("2027-01-04T00:00"));
        matches!(decide(&sub, false, utc(now)), Occasion::Bring { .. })
    };
    assert!(at(19, 30, "2027-01-04T19:59"));
    assert!(!at(19, 30, "2027-01-04T20:00"));
    assert!(at(19, 55, "2027-01-04T20:05"));
    assert!(at(22, 0, "2027-01-04T22:00"));
    assert!(at(22, 0, "2027-01-04T22:59"));
    assert!(!at(22, 0, "2027-01-04T23:00"));
    assert!(!at(6, 30, "2027-01-04T07:59"));
    assert!(at(6, 30, "2027-01-04T08:00"));
}

#[test]
fn the_next_slot_is_never_on_a_day_that_had_a_note() {
    let sub = after_monday();
    assert_eq!(due(&sub), "01-05 09:00");
    let later = with_time(sub.clone(), time(13, 0), utc("2027-01-04T10:00"));
    assert_eq!(due(&later), "01-05 13:00");
    let paused = paused(sub, Some(utc("2027-01-04T10:05")), utc("2027-01-04T10:00"));
    assert_eq!(
        due(&resumed(paused, utc("2027-01-04T10:01"))),
        "01-05 09:00"
    );
}

#[test]
fn a_change_of_zone_neither_doubles_a_day_nor_brings_the_past() {
    let zone = |name: &str| Zone::new(name).unwrap();
    // Sent Monday 09:00 in London: Monday 04:00 in New York, Monday 22:00 in Auckland.
    let sub = after_monday();
    let new_york = with_zone(
        sub.clone(),
        zone("America/New_York"),
        utc("2027-01-04T09:05"),
    );
    assert_eq!(due(&new_york), "01-05 14:00");
    let auckland = with_zone(
        sub.clone(),
        zone("Pacific/Auckland"),
        utc("2027-01-04T09:05"),
    );
    assert_eq!(due(&auckland), "01-04 20:00");
    assert_eq!(
        auckland.next.unwrap().wall.to_string(),
        "2027-01-05 09:00:00"
    );
    // Minutes before the note: it comes when her new clock says so.
    let before = with_zone(mia(), zone("America/New_York"), utc("2027-01-04T08:55"));
    assert_eq!(due(&before), "01-04 14:00");
    // And back again.
    let back = with_zone(before, zone("Europe/London"), utc("2027-01-04T09:05"));
    assert_eq!(due(&back), "01-05 09:00");
}

#[test]
fn a_step_of_the_servers_clock_brings_nothing_twice() {
    let sub = after_monday();
    let stepped_back = with_time(sub, time(9, 1), utc("2027-01-04T08:00"));
    assert_eq!(due(&stepped_back), "01-05 09:01");
}

#[test]
fn a_note_that_was_saved_late_does_not_lose_the_next_one() {
    // She chose Wednesdays while the note was on its way: its saving is applied to the changed row.
    let wednesdays = Weekdays::parse("wed").unwrap();
    let changed = with_days(mia(), wednesdays, utc("2027-01-04T09:00"));
    assert_eq!(due(&changed), "01-06 09:00");
    assert_eq!(
        due(&after_sent(changed, &note("a"), utc("2027-01-04T09:00"))),
        "01-06 09:00"
    );
}

#[test]
fn moving_a_note_makes_no_second_one() {
    let now = utc("2027-01-04T09:05");
    for (to, when) in [
        (Moved::InAnHour, "01-04 10:05"),
        (Moved::ThisEvening, "01-04 19:00"),
        (Moved::Tomorrow, "01-05 09:00"),
    ] {
        let moved = moved(after_monday(), &note("a"), to, now);
        assert_eq!(due(&moved), when);
        let slot = moved.next.unwrap();
        let bring = Occasion::Bring {
            slot,
            carried: Some(note("a")),
        };
        assert_eq!(decide(&moved, false, slot.due), bring);
        let after = after_sent(moved, &note("a"), slot.due);
        assert_eq!(after.carried, None);
        assert_eq!(after.history.sent, 1);
        let next_day = slot.wall.date().succ_opt().unwrap();
        assert_eq!(after.next.unwrap().wall.date(), next_day);
    }
}

#[test]
fn a_moved_note_may_come_in_quiet_hours_and_on_a_day_of_rest() {
    let at = |to, now| due(&moved(after_monday(), &note("a"), to, utc(now)));
    assert_eq!(at(Moved::InAnHour, "2027-01-04T22:00"), "01-04 23:00");
    assert_eq!(at(Moved::ThisEvening, "2027-01-04T19:00"), "01-05 09:00");
    let weekly = with_days(
        after_monday(),
        Weekdays::parse("mon").unwrap(),
        utc("2027-01-04T09:05"),
    );
    assert_eq!(due(&weekly), "01-11 09:00");
    let tomorrow = moved(weekly, &note("a"), Moved::Tomorrow, utc("2027-01-04T09:05"));
    assert_eq!(due(&tomorrow), "01-05 09:00");
    let after = after_sent(tomorrow, &note("a"), utc("2027-01-05T09:00"));
    assert_eq!(due(&after), "01-11 09:00");
    // Past midnight it takes the place of the new day's note.
    let night = moved(
        after_monday(),
        &note("a"),
        Moved::InAnHour,
        utc("2027-01-04T23:30"),
    );
    let after = after_sent(night, &note("a"), utc("2027-01-05T00:30"));
    assert_eq!(due(&after), "01-06 09:00");
}

#[test]
fn a_moved_note_that_was_missed_is_still_the_next_one() {
    let moved = moved(
        after_monday(),
        &note("a"),
        Moved::InAnHour,
        utc("2027-01-04T09:05"),
    );
    let skipped = after_skipped(moved, utc("2027-01-04T13:00"));
    assert_eq!(due(&skipped), "01-05 09:00");
    assert_eq!(skipped.carried, Some(note("a")));
    assert_eq!(retired(skipped, &note("a")).carried, None);
}

#[test]
fn nothing_is_moved_while_no_notes_come() {
    let now = utc("2027-01-04T09:05");
    for sub in [
        stopped(mia(), now),
        blocked(mia(), now),
        paused(mia(), None, now),
        held(mia(), now),
    ] {
        assert_eq!(moved(sub.clone(), &note("a"), Moved::InAnHour, now), sub);
    }
}

#[test]
fn a_tap_leaves_a_moved_note_where_it_was_moved_to() {
    let moved = moved(
        after_monday(),
        &note("a"),
        Moved::InAnHour,
        utc("2027-01-04T09:05"),
    );
    assert_eq!(due(&touched(moved, utc("2027-01-04T09:20"))), "01-04 10:05");
}

#[test]
fn the_first_note_comes_no_sooner_than_the_caller_says() {
    let now = utc("2027-01-04T08:30");
    let sub = changes::with_time(mia(), time(9, 15), now, now + FIRST_NOTE_NOT_BEFORE);
    assert_eq!(due(&sub), "01-05 09:15");
}

#[test]
fn newer_rules_move_the_moment_and_not_the_clock() {
    let mut sub = mia();
    let wall: NaiveDateTime = "2027-07-01T09:00:00".parse().unwrap();
    sub.next = Some(Slot {
        due: utc("2027-07-01T09:00"),
        wall,
    });
    let slot = with_these_rules(sub, utc("2027-06-01T09:00")).next.unwrap();
    assert_eq!((slot.due, slot.wall), (utc("2027-07-01T08:00"), wall));
}

#[test]
fn what_the_rules_do_not_move_stays_as_it_is() {
    let mut sub = with_time(mia(), time(9, 0), utc("2027-01-04T08:00"));
    assert!(is_by_these_rules(&sub));
    assert_eq!(with_these_rules(sub.clone(), utc("2027-01-04T08:00")), sub);
    // The second of the two moments that a clock shows twice: she moved a note there.
    let second = Slot {
        due: utc("2027-10-31T01:30"),
        wall: "2027-10-31T01:30:00".parse().unwrap(),
    };
    sub.next = Some(second);
    assert_eq!(with_these_rules(sub.clone(), utc("2027-10-31T01:00")), sub);
    // In a gap no clock shows it.
    sub.next = Slot::at(&sub.zone, "2027-03-28T01:30:00".parse().unwrap());
    assert!(!is_by_these_rules(&sub));
    assert_eq!(with_these_rules(sub.clone(), utc("2027-03-27T01:00")), sub);
}

#[test]
fn in_a_zone_that_nobody_knows_nothing_comes_and_nothing_is_moved() {
    let now = utc("2027-01-04T07:00");
    let mut sub = mia();
    sub.zone = Zone::kept("Mars/Olympus");
    let due = now - TimeDelta::minutes(7);
    let wall = now.naive_utc();
    sub.next = Some(Slot { due, wall });
    assert_eq!(decide(&sub, false, now), Occasion::Nothing);
    assert_eq!(with_these_rules(sub.clone(), now), sub);
    let due = now + TimeDelta::days(30);
    sub.next = Some(Slot { due, wall });
    assert_eq!(brought_near(sub.clone(), now), sub);
}

#[test]
fn newer_rules_never_bring_two_on_one_day() {
    // By the old rules the last note came on 30 June; by these an hour later, on 1 July.
    let mut sub = with_time(mia(), time(23, 30), utc("2027-06-30T08:00"));
    sub.last_sent = Some(utc("2027-06-30T23:30"));
    let wall: NaiveDateTime = "2027-07-01T23:30:00".parse().unwrap();
    sub.next = Some(Slot {
        due: utc("2027-07-01T23:30"),
        wall,
    });
    let slot = with_these_rules(sub.clone(), utc("2027-07-01T08:00")).next;
    assert_eq!(slot.unwrap().due, utc("2027-07-02T22:30"));
    // One that she moved to the same day comes then.
    sub.carried = Some(note("a"));
    let slot = with_these_rules(sub, utc("2027-07-01T08:00")).next;
    assert_eq!(slot.unwrap().due, utc("2027-07-01T22:30"));
}

#[test]
fn after_a_clock_that_was_far_ahead_the_next_note_is_near() {
    let now = utc("2027-01-04T12:00");
    let ahead = utc("2027-02-04T12:00");
    let near = |sub: Subscriber| due(&brought_near(sub, now));
    let skipped = planned(mia(), ahead);
    assert_eq!(due(&skipped), "02-05 09:00");
    assert_eq!(near(skipped.clone()), "01-05 09:00");
    let later_today = with_time(mia(), time(13, 0), ahead);
    assert_eq!(near(later_today.clone()), "01-04 13:00");
    let sent = after_sent(later_today, &note("a"), utc("2027-02-05T13:00"));
    assert_eq!(near(sent.clone()), "01-05 13:00", "it may have come today");
    let sent = after_sent(brought_near(sent, now), &note("b"), utc("2027-01-05T13:00"));
    assert_eq!(due(&sent), "01-06 13:00");
}

#[test]
fn what_is_far_for_a_reason_stays_there() {
    let now = utc("2027-01-04T12:00");
    let stays = |sub: Subscriber| assert_eq!(brought_near(sub.clone(), now), sub);
    stays(paused(mia(), Some(now + TimeDelta::days(7)), now));
    stays(held(mia(), now));
    stays(paused(mia(), None, now));
    stays(stopped(mia(), now));
    stays(with_schedule_of(mia(), "0 9 * * MON", now));
    stays(with_schedule_of(mia(), "0 9 1 * *", now));
    // A step back of an hour, or a day: her last note counts on the day that it came.
    let sent = after_sent(mia(), &note("a"), now + TimeDelta::hours(23));
    stays(sent);
}

fn with_schedule_of(sub: Subscriber, expression: &str, now: DateTime<Utc>) -> Subscriber {
    let schedule = Schedule::parse(expression).unwrap();
    with_plan(sub, schedule, vec![Pool::Affirmations], now, now)
}

/// 2^31 seconds after 1970 is a moment of 19 January 2038.
#[test]
fn notes_come_after_the_year_2038() {
    let mut sub = planned(mia(), utc("2038-01-18T10:00"));
    for day in ["01-19 09:00", "01-20 09:00", "01-21 09:00"] {
        assert_eq!(due(&sub), day);
        let now = sub.next.unwrap().due;
        assert!(matches!(
            decide(&sub, false, now),
            Occasion::Bring { .. } | Occasion::LastNotice
        ));
        sub = after_sent(sub, &note("a"), now);
    }
    assert!(sub.next.unwrap().due.timestamp() > i64::from(i32::MAX));
}
