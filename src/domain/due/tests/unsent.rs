//! A note that is due and not sent yet, and what the parent changes in that very moment.

use super::*;

/// Her note of Monday 09:00 is due and not sent yet.
const LATE: &str = "2027-01-04T09:10";

fn days(text: &str) -> Weekdays {
    Weekdays::parse(text).unwrap()
}

fn comes_now(sub: &Subscriber) -> bool {
    matches!(decide(sub, false, utc(LATE)), Occasion::Bring { .. })
}

#[test]
fn what_changes_nothing_leaves_it_due() {
    let now = utc(LATE);
    let pools = vec![Pool::Practices];
    for same in [
        resumed(mia(), now),
        with_time(mia(), time(9, 0), now),
        with_days(mia(), Weekdays::DAILY, now),
        with_zone(mia(), Zone::new("Europe/London").unwrap(), now),
        with_plan(mia(), mia().schedule, pools, now, now),
        // Within an hour of consent, too: it was planned with that in mind.
        changes::with_time(mia(), time(9, 0), now, now + FIRST_NOTE_NOT_BEFORE),
    ] {
        assert_eq!(same.next, mia().next);
        assert!(comes_now(&same));
    }
}

#[test]
fn a_resume_after_a_pause_that_is_over_leaves_it_due() {
    let before = utc("2027-01-04T08:00");
    let pause = paused(mia(), Some(utc("2027-01-04T08:30")), before);
    assert!(comes_now(&resumed(pause, utc(LATE))));
}

#[test]
fn a_moved_note_stays_where_it_was_moved_to() {
    let moved = moved(after_monday(), &note("a"), Moved::InAnHour, utc(LATE));
    for now in [utc("2027-01-04T09:30"), utc("2027-01-04T10:10")] {
        assert_eq!(resumed(moved.clone(), now), moved);
        assert_eq!(with_time(moved.clone(), time(9, 0), now), moved);
    }
}

#[test]
fn another_schedule_that_has_the_day_brings_it_at_once_or_later_that_day() {
    let now = utc(LATE);
    for kept in [
        with_days(mia(), days("mon"), now),
        with_time(mia(), time(8, 0), now),
        with_schedule_of(mia(), "0 9 4 * *", now),
    ] {
        assert_eq!(kept.next, mia().next);
        assert!(comes_now(&kept));
        let after = after_sent(kept, &note("a"), now);
        assert!(after.next.unwrap().wall.date() > now.date_naive());
    }
    assert_eq!(
        due(&with_time(mia(), time(13, 0), now)),
        "01-04 13:00",
        "and not twice"
    );
}

#[test]
fn days_without_its_own_take_it_away() {
    assert_eq!(
        due(&with_days(mia(), days("tue"), utc(LATE))),
        "01-05 09:00"
    );
}

#[test]
fn when_it_is_too_late_the_next_one_that_is_not_comes() {
    // The program was away since Monday; it is half past nine on Tuesday.
    let late = utc("2027-01-05T09:30");
    assert_eq!(
        due(&with_days(mia(), days("tue, wed"), late)),
        "01-05 09:00"
    );
    assert_eq!(due(&with_days(mia(), days("wed"), late)), "01-06 09:00");
}

#[test]
fn a_pause_and_a_stop_take_it_away() {
    let now = utc(LATE);
    let day = Some(now + TimeDelta::days(1));
    assert_eq!(due(&paused(mia(), day, now)), "01-06 09:00");
    assert_eq!(due(&stopped(mia(), now)), "never");
}
