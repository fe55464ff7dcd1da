//! Bad days, over simulated time: waits, failing chats, outages, a wrong token.

use std::time::Duration;

use super::room::{OK, Room, Sent, TRIP, ms, who};
use crate::{
    domain::Outcome,
    telegram::door::{
        Class::{Answer, Crisis, Note},
        Delivery,
        next::Now,
    },
};

#[test]
fn a_429_bars_its_chat_and_nobody_else() {
    let mut room = Room::new(30);
    room.say(1, Answer);
    let wait = Outcome::Wait(Duration::from_secs(7));
    room.run(ms(50), |_| (TRIP, wait.clone()));
    room.say(1, Crisis);
    room.say(2, Answer);
    let log = room.run_well(ms(10_000));
    assert_eq!(who(&log), [(2, Answer), (1, Crisis), (1, Answer)]);
    assert!(log[1].at >= ms(7040));
}

#[test]
fn waits_of_several_chats_together_bar_the_whole_bot() {
    let mut room = Room::new(30);
    let mut receipts: Vec<_> = (1..=100).map(|chat| room.say(chat, Note)).collect();
    let wait = Outcome::Wait(Duration::from_secs(5));
    let log = room.run(ms(5000), |_| (TRIP, wait.clone()));
    assert!(log.len() <= 5, "{} requests into a closed door", log.len());
    room.run_well(ms(12_000));
    for receipt in &mut receipts {
        assert!(matches!(receipt.try_recv(), Ok(Delivery::Delivered { .. })));
    }
}

#[test]
fn an_outage_costs_few_tries_and_everything_is_back_soon() {
    let mut room = Room::new(30);
    let mut notes: Vec<_> = (1..=200).map(|chat| room.say(chat, Note)).collect();
    let mut crisis = room.say(999, Crisis);
    let outage = ms(60_000);
    room.answers = false;
    // Cut connections: each try may have arrived, and a note has only two.
    let log = room.run(outage, |_| (ms(5), Outcome::Ambiguous));
    let tries = log.iter().filter(|sent| sent.class != Crisis).count();
    assert!(tries <= 5, "{tries} notes tried during the outage");
    assert!(
        (80..=125).contains(&room.questions),
        "{} questions",
        room.questions
    );
    room.answers = true;
    let log = room.run_well(outage + ms(1000));
    assert!(crisis.try_recv().is_ok());
    assert!(log.iter().any(|sent| sent.class == Note));
    room.run_well(outage + ms(9000));
    for note in &mut notes {
        assert!(matches!(note.try_recv(), Ok(Delivery::Delivered { .. })));
    }
}

#[test]
fn crisis_replies_do_not_wait_for_the_question() {
    let mut room = Room::new(30);
    for chat in 1..=9 {
        room.say(chat, Note);
    }
    room.answers = false;
    room.run(ms(30_000), |_| (ms(5), Outcome::Retry));
    room.say(999, Crisis);
    let log = room.run(ms(40_000), |_| (ms(5), Outcome::Retry));
    assert!(log.iter().all(|sent| sent.class == Crisis));
    let pauses = log
        .windows(2)
        .all(|pair| pair[1].at <= pair[0].at + ms(550));
    assert!(
        pauses && log.len() >= 20,
        "{} tries in ten seconds",
        log.len()
    );
    // Its acceptance is as good as an answer to the question.
    let log = room.run_well(ms(41_000));
    assert!(log.iter().any(|sent| sent.class == Note));
}

#[test]
fn a_hanging_try_does_not_keep_the_others_waiting() {
    let mut room = Room::new(30);
    for chat in 1..=50 {
        room.say(chat, Note);
    }
    room.answers = false;
    room.run(ms(10_000), |_| (ms(5), Outcome::Retry));
    room.answers = true;
    let mut tries = 0;
    let log = room.run(ms(16_000), |_| {
        tries += 1;
        let first = (Duration::from_secs(15), Outcome::Ambiguous);
        if tries == 1 { first } else { (TRIP, OK) }
    });
    assert_eq!(log.len(), 50);
}

#[test]
fn when_only_letters_fail_they_are_tried_one_by_one_and_less_and_less_often() {
    let mut room = Room::new(30);
    let mut notes: Vec<_> = (1..=200).map(|chat| room.say(chat, Note)).collect();
    let log = room.run(ms(60_000), |_| (ms(5), Outcome::Ambiguous));
    assert!((10..=25).contains(&log.len()), "{} tries", log.len());
    room.run_well(ms(75_000));
    for note in &mut notes {
        assert!(matches!(note.try_recv(), Ok(Delivery::Delivered { .. })));
    }
}

#[test]
fn one_failing_chat_backs_off_while_the_others_go_on() {
    let mut room = Room::new(30);
    room.say(1, Note);
    for chat in 2..=100 {
        room.say(chat, Note);
    }
    let log = room.run(ms(60_000), |sent| {
        (
            TRIP,
            if sent.chat == 1 {
                Outcome::Retry
            } else {
                OK.clone()
            },
        )
    });
    let tries = log.iter().filter(|sent| sent.chat == 1).count();
    assert!((4..=12).contains(&tries), "{tries} tries in a minute");
    assert_eq!(log.iter().filter(|sent| sent.chat != 1).count(), 99);
    assert!(log.iter().all(|sent| sent.chat == 1 || sent.at < ms(4000)));
}

#[test]
fn a_wrong_token_keeps_the_letters_and_asks_rarely() {
    let mut room = Room::new(30);
    let mut note = room.say(1, Note);
    room.say(2, Note);
    let log = room.run(ms(20_000), |_| (TRIP, Outcome::Unauthorized));
    assert!(log.len() <= 10);
    assert!(room.desk.snapshot(room.moment().instant).unauthorized);
    room.run_well(ms(30_000));
    assert!(matches!(note.try_recv(), Ok(Delivery::Delivered { .. })));
    assert!(!room.desk.snapshot(room.moment().instant).unauthorized);
}

#[test]
fn a_refused_crisis_reply_is_tried_again_slowly_and_holds_up_nobody() {
    let mut room = Room::new(30);
    let mut crisis = room.say(1, Crisis);
    for chat in 2..=20 {
        room.say(chat, Answer);
    }
    let refuses_her = |sent: &Sent| {
        let outcome = if sent.chat == 1 { Outcome::Refused } else { OK };
        (TRIP, outcome)
    };
    let log = room.run(ms(100_000), refuses_her);
    let others = log.iter().filter(|sent| sent.chat != 1);
    assert!(others.clone().all(|sent| sent.at < ms(1000)) && others.count() == 19);
    let hers = log.iter().filter(|sent| sent.chat == 1).count();
    assert!((7..=9).contains(&hers), "{hers} tries");
    assert!(crisis.try_recv().is_err(), "not given up");
    // She calls again: both are tried at once, and then Telegram takes them.
    room.say(1, Crisis);
    assert_eq!(room.run_well(ms(102_000)).len(), 2);
    assert!(matches!(crisis.try_recv(), Ok(Delivery::Delivered { .. })));
}

#[test]
fn a_wrong_token_said_to_one_chat_keeps_nobody_from_help() {
    for outcome in [Outcome::Unauthorized, Outcome::Conflict] {
        let mut room = Room::new(30);
        room.say(1, Answer);
        let says = |sent: &Sent| (TRIP, if sent.chat < 10 { outcome.clone() } else { OK });
        room.run(ms(100), says);
        for chat in 10..=14 {
            room.say(chat, Crisis);
        }
        room.say(2, Crisis);
        room.say(20, Answer);
        let log = room.run(ms(4900), says);
        let helped = log.iter().filter(|sent| sent.chat >= 10);
        assert!(helped.clone().all(|sent| sent.at < ms(300)) && helped.count() == 5);
        let hers = log.iter().filter(|sent| sent.chat == 2).count();
        assert!((4..=6).contains(&hers), "{hers} tries");
        assert_eq!(log.len(), 5 + hers, "answers wait");
    }
}

#[test]
fn notes_wait_from_the_moment_on_that_was_set_for_them_and_nothing_else_does() {
    let mut room = Room::new(30);
    let until = |room: &mut Room, more: u64| {
        let now = room.moment();
        room.desk.notes_until(Now {
            instant: now.instant + ms(more),
            utc: now.utc + chrono::TimeDelta::try_milliseconds(more.cast_signed()).unwrap(),
        });
    };
    until(&mut room, 1000);
    for chat in 1..=60 {
        room.say(chat, Note);
    }
    let log = room.run_well(ms(5000));
    assert!((25..=31).contains(&log.len()), "{}", log.len());
    room.say(98, Answer);
    room.say(99, Crisis);
    assert_eq!(who(&room.run_well(ms(6000))), [(99, Crisis), (98, Answer)]);
    until(&mut room, 3000);
    let more = room.run_well(ms(9000));
    assert_eq!(log.len() + more.len(), 60);
}
