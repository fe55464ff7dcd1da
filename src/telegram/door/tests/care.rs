//! What a call for help does at the door: it waits for next to nothing, and no note comes after it.

use std::time::Duration;

use super::{
    letter,
    room::{OK, Room, Sent, TRIP, fullest_second, ms, who},
};
use crate::{
    domain::{ChatId, Outcome},
    telegram::door::{
        Class::{Answer, Crisis, Note},
        Delivery, Letter,
    },
};

const HOUR: Duration = Duration::from_hours(1);

fn times(log: &[Sent], class: crate::telegram::door::Class) -> Vec<u64> {
    log.iter()
        .filter(|sent| sent.class == class)
        .map(|sent| sent.at.as_secs())
        .collect()
}

#[test]
fn an_hour_for_one_chat_is_kept_by_its_answers_and_asked_about_by_its_crisis_reply() {
    let mut room = Room::new(30);
    room.say(1, Answer);
    room.say(1, Crisis);
    let mut since = None;
    let log = room.run(HOUR + ms(2000), |sent| {
        let first = *since.get_or_insert(sent.at);
        let left = (first + HOUR).saturating_sub(sent.at);
        let wait = Outcome::Wait(left);
        (TRIP, if left.is_zero() { OK.clone() } else { wait })
    });
    assert_eq!(times(&log, Crisis), [0, 30, 90, 210, 450, 930, 1890, 3600]);
    assert_eq!(times(&log, Answer), [3601], "the answer waits to the end");
}

#[test]
fn an_hour_for_the_whole_bot_is_asked_about_by_one_crisis_reply_at_a_time() {
    let mut room = Room::new(30);
    for chat in 1..=3 {
        room.say(chat, Note);
    }
    let banned = Outcome::Wait(HOUR);
    room.run(ms(200), |_| (TRIP, banned.clone()));
    for chat in 11..=20 {
        room.say(chat, Crisis);
    }
    room.say(4, Answer);
    let log = room.run(ms(1_000_000), |_| (TRIP, banned.clone()));
    assert_eq!(times(&log, Crisis), [30, 60, 120, 240, 480, 960]);
    assert_eq!(log.len(), 6, "nothing else leaves");
    // Telegram takes crisis replies again, and says nothing of the rest: for them its word stands.
    let log = room.run_well(ms(3_000_000));
    assert_eq!(log.len(), 10, "{:?}", who(&log));
    assert!(log.iter().all(|sent| sent.class == Crisis));
    assert!(log[9].at < log[0].at + ms(1000), "nine after the first");
    let log = room.run_well(HOUR * 2);
    assert_eq!(log.len(), 4);
}

#[test]
fn crisis_replies_that_are_refused_together_are_refused_once() {
    let mut room = Room::new(30);
    for chat in 1..=5 {
        room.say(chat, Crisis);
    }
    let log = room.run(ms(25_000), |_| (TRIP, Outcome::Wait(HOUR)));
    assert_eq!(log.len(), 5);
    let log = room.run_well(ms(40_000));
    assert_eq!(times(&log, Crisis), [30; 5]);
}

#[test]
fn a_short_wait_is_kept_by_crisis_replies_too() {
    let mut room = Room::new(30);
    room.say(1, Crisis);
    let wait = Outcome::Wait(Duration::from_secs(7));
    let log = room.run(ms(20_000), |sent| {
        let early = sent.at < ms(7000);
        (TRIP, if early { wait.clone() } else { OK })
    });
    assert_eq!(times(&log, Crisis), [0, 7]);
}

#[test]
fn crisis_replies_take_their_place_from_notes_and_wait_a_moment_at_most() {
    let mut room = Room::new(30);
    for chat in 1..=300 {
        room.say(chat, Note);
    }
    let mut log = room.run_well(ms(3017));
    room.say(999, Crisis);
    let more = room.run_well(ms(8000));
    let help = more.iter().find(|sent| sent.class == Crisis).unwrap();
    assert!(help.at <= ms(3057), "{:?}", help.at);
    log.extend(more);
    assert!(fullest_second(&log) <= 30);
}

#[test]
fn a_window_full_of_hanging_requests_does_not_hold_help_back() {
    let mut room = Room::new(30);
    for chat in 1..=60 {
        room.say(chat, Note);
    }
    let hang = |_: &Sent| (Duration::from_secs(15), Outcome::Ambiguous);
    room.run(ms(1200), hang);
    room.say(999, Crisis);
    let log = room.run(ms(1210), hang);
    assert_eq!(who(&log), [(999, Crisis)]);
}

#[test]
fn copies_of_a_crisis_reply_count_and_notes_yield_to_them() {
    let mut room = Room::new(30);
    for chat in 1..=300 {
        room.say(chat, Note);
    }
    room.run_well(ms(2000));
    let now = room.moment().instant;
    for _ in 0..10 {
        room.desk.repeated(now);
    }
    let log = room.run_well(ms(3000));
    assert!(log.len() <= 20, "{} notes beside ten copies", log.len());
}

#[test]
fn a_call_for_help_takes_back_every_note_of_its_chat_and_stops_the_next_ones() {
    let mut room = Room::new(30);
    let mut queued = room.say(1, Note);
    let mut other = room.say(2, Note);
    let now = room.moment();
    room.desk.hush(ChatId(1), now);
    let mut late = room.say(1, Note);
    room.say(1, Crisis);
    let log = room.run_well(ms(5000));
    assert_eq!(who(&log), [(1, Crisis), (2, Note)]);
    assert_eq!(queued.try_recv(), Ok(Delivery::Held));
    assert_eq!(late.try_recv(), Ok(Delivery::Held));
    assert!(matches!(other.try_recv(), Ok(Delivery::Delivered { .. })));
    room.run_well(Duration::from_mins(11));
    room.say(1, Note);
    assert_eq!(room.run_well(Duration::from_mins(12)).len(), 1);
}

#[test]
fn a_note_that_failed_on_its_way_is_not_tried_again_after_a_call_for_help() {
    for (outcome, delivery) in [
        (Outcome::Retry, Delivery::Held),
        (Outcome::Ambiguous, Delivery::Unknown),
    ] {
        let mut room = Room::new(30);
        let mut note = room.say(1, Note);
        room.run(ms(10), |_| (ms(500), outcome.clone()));
        let now = room.moment();
        room.desk.hush(ChatId(1), now);
        room.say(1, Crisis);
        assert_eq!(who(&room.run_well(ms(40_000))), [(1, Crisis)]);
        assert_eq!(note.try_recv(), Ok(delivery));
    }
    // The same while it waits for its second try.
    let mut room = Room::new(30);
    let mut note = room.say(1, Note);
    room.run(ms(1000), |_| (TRIP, Outcome::Ambiguous));
    let now = room.moment();
    room.desk.drop_notes(ChatId(1), now);
    room.say(1, Answer);
    assert_eq!(who(&room.run_well(ms(40_000))), [(1, Answer)]);
    assert_eq!(note.try_recv(), Ok(Delivery::Unknown));
}

#[test]
fn a_note_that_was_decided_before_an_answer_does_not_come_after_it() {
    let mut room = Room::new(30);
    let decided = Some(room.moment().instant);
    room.run_well(ms(50));
    room.say(1, Answer);
    let note = |decided| Letter {
        decided,
        ..letter(1, Note, "x")
    };
    let mut outdated = room.post(note(decided));
    assert_eq!(outdated.try_recv(), Ok(Delivery::Overtaken));
    room.run_well(ms(60));
    let fresh = Some(room.moment().instant);
    room.post(note(fresh));
    assert_eq!(
        who(&room.run_well(ms(9000))),
        [(1, Note)],
        "decided with what the answer changed"
    );
    room.run_well(Duration::from_mins(5));
    let mut ancient = room.post(note(fresh));
    assert_eq!(ancient.try_recv(), Ok(Delivery::Overtaken));
}

#[test]
fn an_affirmation_that_was_asked_for_before_is_taken_back_and_one_asked_for_after_is_not() {
    let mut room = Room::new(30);
    let affirmation = || Letter {
        gives_way: true,
        ..letter(1, Answer, "x")
    };
    room.say(1, Answer);
    let mut before = room.post(affirmation());
    let now = room.moment();
    room.desk.hush(ChatId(1), now);
    room.say(1, Crisis);
    room.post(affirmation());
    let log = room.run_well(ms(9000));
    assert_eq!(who(&log), [(1, Crisis), (1, Answer), (1, Answer)]);
    assert_eq!(before.try_recv(), Ok(Delivery::Held));
}

#[test]
fn whoever_must_wait_long_is_told_at_once() {
    let waits = |room: &mut Room, letter| room.post_patiently(letter).waits.try_recv().is_ok();
    let mut room = Room::new(30);
    let told: Vec<_> = (1..=20)
        .map(|chat| waits(&mut room, letter(chat, Answer, "x")))
        .collect();
    assert!(told[..8].iter().all(|told| !told) && told[8..].iter().all(|told| *told));
    assert!(!waits(&mut room, letter(99, Crisis, "x")));
    assert!(waits(&mut room, letter(1, Answer, "x")), "a second of hers");
    room.run_well(ms(5000));
    assert!(!waits(&mut room, letter(1, Answer, "x")));
    room.run_well(ms(5100));
    assert!(waits(&mut room, letter(1, Answer, "x")));
}
