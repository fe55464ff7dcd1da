//! Pauses, holds, stops, blocks and silence.

use super::*;

#[test]
fn a_pause_holds_its_notes_back_and_ends_by_itself() {
    let now = utc("2027-01-04T08:00");
    let three_days = paused(mia(), Some(now + TimeDelta::days(3)), now);
    assert_eq!(due(&three_days), "01-07 09:00");
    let after = after_sent(three_days, &note("a"), utc("2027-01-07T09:00"));
    assert_eq!(after.standing, Standing::Active);
    // A row that is due in the middle of a pause is put right.
    let mut odd = paused(mia(), Some(utc("2027-01-20T08:00")), now);
    odd.next = mia().next;
    assert_eq!(decide(&odd, false, utc("2027-01-04T09:00")), Occasion::Skip);
    assert_eq!(
        due(&after_skipped(odd, utc("2027-01-04T09:00"))),
        "01-20 09:00"
    );
}

#[test]
fn a_hold_never_shortens_a_pause_nor_undoes_a_stop() {
    let now = utc("2027-01-04T08:00");
    let hold = now + HOLD;
    assert_eq!(held(mia(), now).standing, Standing::PausedUntil(hold));
    assert_eq!(due(&held(mia(), now)), "01-07 09:00");
    let longer = now + TimeDelta::days(30);
    let month = paused(mia(), Some(longer), now);
    assert_eq!(held(month, now).standing, Standing::PausedUntil(longer));
    let short = paused(mia(), Some(now + TimeDelta::days(1)), now);
    assert_eq!(held(short, now).standing, Standing::PausedUntil(hold));
    assert_eq!(
        held(paused(mia(), None, now), now).standing,
        Standing::Paused
    );
    assert_eq!(held(stopped(mia(), now), now).standing, Standing::Stopped);
    // The note that she moved does not slip through.
    let moved = moved(
        after_monday(),
        &note("a"),
        Moved::InAnHour,
        utc("2027-01-04T09:05"),
    );
    assert_eq!(due(&held(moved, utc("2027-01-04T09:10"))), "01-08 09:00");
}

#[test]
fn after_a_stop_nothing_comes_and_all_is_erased_unless_she_starts_again() {
    let now = utc("2027-01-04T08:00");
    let sub = stopped(mia(), now);
    assert_eq!(
        (due(&sub).as_str(), sub.erase_at),
        ("never", Some(now + ERASE_AFTER_END))
    );
    let again = stopped(sub.clone(), now + TimeDelta::days(9));
    assert_eq!(again.erase_at, sub.erase_at);
    let wrote = touched(sub.clone(), now + TimeDelta::days(9));
    assert_eq!(
        (due(&wrote).as_str(), wrote.erase_at),
        ("never", sub.erase_at)
    );
    assert_eq!(paused(sub.clone(), None, now), sub);
    assert_eq!(due(&with_time(sub.clone(), time(13, 0), now)), "never");
    let back = resumed(sub, now + TimeDelta::days(1));
    assert_eq!((due(&back).as_str(), back.erase_at), ("01-05 09:00", None));
}

#[test]
fn a_block_stops_everything_and_gives_it_back() {
    let now = utc("2027-01-04T08:00");
    let sub = blocked(mia(), now);
    assert_eq!(
        (due(&sub).as_str(), sub.erase_at),
        ("never", Some(now + ERASE_AFTER_END))
    );
    let again = blocked(sub.clone(), now + TimeDelta::days(3));
    assert_eq!(again, sub);
    let back = unblocked(sub, utc("2027-01-09T12:00"));
    assert_eq!((due(&back).as_str(), back.erase_at), ("01-10 09:00", None));
    let pause = blocked(paused(mia(), None, now), now);
    assert_eq!(unblocked(pause, now).standing, Standing::Paused);
    let stop = stopped(mia(), now);
    let there_and_back = unblocked(blocked(stop.clone(), now), now);
    assert_eq!(
        (there_and_back.standing, there_and_back.erase_at),
        (Standing::Stopped, stop.erase_at)
    );
    assert_eq!(unblocked(mia(), now), mia());
}

#[test]
fn silence_is_asked_about_once_and_ends_in_one_notice() {
    let mut sub = mia();
    let at = |sub: &mut Subscriber, text: &str| {
        sub.next = Some(Slot {
            due: utc(text),
            wall: utc(text).naive_utc(),
        });
        utc(text)
    };
    // Ten weeks after 4 January; without the whole pool seen the notes just go on.
    let now = at(&mut sub, "2027-03-14T09:00");
    assert!(matches!(decide(&sub, true, now), Occasion::Bring { .. }));
    let now = at(&mut sub, "2027-03-15T09:00");
    assert!(matches!(decide(&sub, false, now), Occasion::Bring { .. }));
    assert_eq!(decide(&sub, true, now), Occasion::AskToGoOn);
    let mut sub = after_asked(sub, now);
    assert_eq!(
        (sub.silence, sub.last_sent),
        (Silence::AskedToGoOn, Some(now))
    );
    let now = at(&mut sub, "2027-03-16T09:00");
    assert!(matches!(decide(&sub, true, now), Occasion::Bring { .. }));
    let now = at(&mut sub, "2027-04-03T09:00");
    assert!(matches!(decide(&sub, true, now), Occasion::Bring { .. }));
    let now = at(&mut sub, "2027-04-04T09:00");
    assert_eq!(decide(&sub, false, now), Occasion::LastNotice);
    let sub = after_noticed(sub, now);
    assert_eq!(
        (due(&sub).as_str(), sub.erase_at),
        ("never", Some(now + ERASE_AFTER_NOTICE))
    );
    assert_eq!(due(&with_time(sub.clone(), time(13, 0), now)), "never");
    let back = touched(sub, utc("2027-04-06T12:00"));
    assert_eq!((due(&back).as_str(), back.erase_at), ("04-07 08:00", None));
    assert_eq!(back.silence, Silence::Unasked);
}

#[test]
fn a_pause_without_end_is_ended_by_silence() {
    let sub = paused(mia(), None, utc("2027-01-04T08:00"));
    assert_eq!(due(&sub), "04-04 08:00");
    assert_eq!(
        decide(&sub, false, utc("2027-04-04T08:00")),
        Occasion::LastNotice
    );
    let active = touched(sub, utc("2027-02-01T08:00"));
    assert_eq!(active.standing, Standing::Paused);
    assert_eq!(due(&active), "05-02 08:00");
}
