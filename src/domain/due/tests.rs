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
    let stepped_back = with_time(sub, time(9, 0), utc("2027-01-04T08:00"));
    assert_eq!(due(&stepped_back), "01-05 09:00");
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
    let sub = with_time(mia(), time(9, 0), now + FIRST_NOTE_NOT_BEFORE);
    assert_eq!(due(&sub), "01-05 09:00");
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
