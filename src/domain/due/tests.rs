use chrono::NaiveDateTime;
use proptest::prelude::*;

use super::*;
use crate::domain::{
    ChatId, Country, Language, Pool, schedule::Schedule, subscriber::History,
    time_of_day::TimeOfDay, weekdays::Weekdays,
};

fn utc(text: &str) -> DateTime<Utc> {
    format!("{text}:00Z").parse().unwrap()
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

#[derive(Clone, Debug)]
enum Act {
    Zone(usize),
    Time(u32),
    Days(u8),
    Pause(i64),
    Resume,
    Hold,
    Move(usize),
    Touch,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0_usize..ZONES.len()).prop_map(Act::Zone),
        (0_u32..24).prop_map(Act::Time),
        (1_u8..128).prop_map(Act::Days),
        (0_i64..50).prop_map(Act::Pause),
        Just(Act::Resume),
        Just(Act::Hold),
        (0_usize..3).prop_map(Act::Move),
        Just(Act::Touch),
    ]
}

const ZONES: [&str; 7] = [
    "Europe/London",
    "America/Los_Angeles",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Africa/Cairo",
    "America/Santiago",
    "Australia/Lord_Howe",
];

fn act_on(sub: Subscriber, act: &Act, now: DateTime<Utc>) -> Subscriber {
    match act {
        Act::Zone(which) => with_zone(sub, Zone::new(ZONES[*which]).unwrap(), now),
        Act::Time(hour) => with_time(sub, time(*hour, 30), now),
        Act::Days(bits) => {
            let week = crate::domain::weekdays::WEEK.into_iter().enumerate();
            let days = week
                .filter(|(at, _)| bits & (1 << at) != 0)
                .map(|(_, day)| day);
            with_days(sub, Weekdays::of(days).unwrap(), now)
        }
        Act::Pause(hours) => paused(sub, Some(now + TimeDelta::hours(*hours)), now),
        Act::Resume => resumed(sub, now),
        Act::Hold => held(sub, now),
        Act::Move(to) => {
            let to = [Moved::InAnHour, Moved::ThisEvening, Moved::Tomorrow][*to];
            moved(sub, &note("a"), to, now)
        }
        Act::Touch => touched(sub, now),
    }
}

proptest! {
    /// Whatever she does between the notes, no local day of her present zone has two of them, but for the
    /// one that she moved to later on the same day.
    #[test]
    fn never_two_on_one_local_day(acts in proptest::collection::vec((act(), 0_i64..2_000), 1..40)) {
        let mut now = utc("2027-03-01T07:00");
        let mut sub = mia();
        sub.next = next(&sub, now);
        let mut last: Option<DateTime<Utc>> = None;
        for (act, minutes) in acts {
            let until = now + TimeDelta::minutes(minutes);
            while let Some(slot) = sub.next.filter(|slot| slot.due <= until) {
                prop_assert!(slot.due >= now, "{} is before {now}", slot.due);
                now = slot.due;
                let carried = match decide(&sub, false, now) {
                    Occasion::Bring { carried, .. } => carried,
                    other => panic!("{other:?}"),
                };
                let day = |moment| sub.zone.wall(moment).date();
                if carried.is_none() {
                    prop_assert!(last.is_none_or(|last| day(last) < day(now)));
                }
                last = Some(now);
                sub = after_sent(sub, &carried.unwrap_or(note("a")), now);
            }
            now = until;
            sub = act_on(sub, &act, now);
        }
    }
}
