//! Order, limits and ends, over simulated time.

use std::time::Duration;

use super::{
    letter,
    room::{OK, Room, Sent, TRIP, fullest_second, ms, utc, who},
};
use crate::{
    domain::{Gone, Outcome},
    telegram::door::{
        Class::{Answer, Crisis, Note},
        Delivery, Letter, Place,
    },
};

#[test]
fn crisis_before_answers_before_notes_and_each_in_its_order() {
    let mut room = Room::new(30);
    for (chat, class) in [(1, Note), (2, Note), (3, Answer), (4, Answer), (5, Crisis)] {
        room.say(chat, class);
    }
    let log = room.run_well(ms(1000));
    assert_eq!(
        who(&log),
        [(5, Crisis), (3, Answer), (4, Answer), (1, Note), (2, Note)]
    );
}

#[test]
fn of_answers_that_wait_the_one_to_the_oldest_update_leaves_first() {
    let mut room = Room::new(30);
    for (chat, turn) in [(1, 9), (2, 7), (3, 8), (4, 5_000_000_000)] {
        room.post(Letter {
            turn: Some(turn),
            ..letter(chat, Answer, "x")
        });
    }
    let log = room.run_well(ms(1000));
    let chats: Vec<_> = log.iter().map(|sent| sent.chat).collect();
    assert_eq!(chats, [2, 3, 1, 4]);
}

#[test]
fn held_back_for_a_second_only_crisis_replies_leave() {
    let mut room = Room::new(30);
    let now = room.moment();
    room.desk.hold_back(now);
    for (chat, class) in [(1, Note), (2, Answer), (3, Crisis)] {
        room.say(chat, class);
    }
    assert_eq!(who(&room.run_well(ms(999))), [(3, Crisis)]);
    assert_eq!(who(&room.run_well(ms(1100))), [(2, Answer), (1, Note)]);
}

#[test]
fn one_chat_gets_a_new_message_a_second_and_holds_nobody_up() {
    let mut room = Room::new(30);
    for _ in 0..3 {
        room.say(1, Answer);
    }
    room.say(2, Answer);
    let log = room.run_well(ms(5000));
    let first: Vec<_> = log.iter().filter(|sent| sent.chat == 1).collect();
    assert_eq!(first.len(), 3);
    assert!(
        first
            .windows(2)
            .all(|pair| pair[1].at >= pair[0].at + ms(1000))
    );
    assert!(log.iter().any(|sent| sent.chat == 2 && sent.at < ms(100)));
}

#[test]
fn edits_do_not_wait_for_the_chats_second() {
    let mut room = Room::new(30);
    room.say(1, Answer);
    room.run_well(ms(100));
    room.post(Letter {
        place: Place::Edit(1),
        ..letter(1, Answer, "x")
    });
    assert_eq!(room.run_well(ms(200)).len(), 1);
}

#[test]
fn of_many_edits_the_newest_of_each_message_leaves_after_a_few() {
    let mut room = Room::new(30);
    let edit = |message| Letter {
        place: Place::Edit(message),
        ..letter(1, Answer, "x")
    };
    for taps in 1..=4 {
        room.post(edit(7));
        assert_eq!(room.run_well(ms(taps * 100)).len(), 1);
    }
    let receipts: Vec<_> = [7, 8, 7, 8, 7]
        .map(|message| room.post(edit(message)))
        .into();
    let waiting = room.post_patiently(edit(8));
    assert!(waiting.waits.blocking_recv().is_ok(), "it is told so");
    room.say(1, Answer);
    assert_eq!(room.run_well(ms(500)).len(), 0, "they are spaced");
    let log = room.run_well(ms(5000));
    assert_eq!(log.len(), 3, "one of each message, and the answer");
    assert!(log[1].at >= log[0].at + ms(1000));
    let settled: Vec<_> = receipts
        .into_iter()
        .map(|mut receipt| receipt.try_recv().unwrap())
        .collect();
    let overtaken = [Delivery::Overtaken; 4];
    assert_eq!(settled[..4], overtaken);
    assert_eq!(settled[4], Delivery::Delivered { message_id: 1 });
}

#[test]
fn a_crisis_reply_passes_a_hanging_request_of_its_own_chat() {
    let mut room = Room::new(30);
    room.say(1, Note);
    room.run(ms(10), |_| (Duration::from_secs(15), Outcome::Ambiguous));
    room.say(1, Answer);
    room.say(1, Crisis);
    let log = room.run_well(ms(2000));
    assert_eq!(
        who(&log),
        [(1, Crisis)],
        "the answer keeps its place behind the note"
    );
    assert!(log[0].at <= ms(1000));
}

#[test]
fn an_answer_overtakes_its_chats_untried_note_and_no_other() {
    let mut room = Room::new(30);
    let mut own = room.say(1, Note);
    let mut other = room.say(2, Note);
    room.say(1, Answer);
    let log = room.run_well(ms(900));
    assert_eq!(who(&log), [(1, Answer), (2, Note)]);
    assert_eq!(own.try_recv(), Ok(Delivery::Overtaken));
    assert_eq!(other.try_recv(), Ok(Delivery::Delivered { message_id: 1 }));
}

#[test]
fn a_note_that_may_have_arrived_is_not_overtaken() {
    let mut room = Room::new(30);
    let mut note = room.say(1, Note);
    room.run(ms(50), |_| (TRIP, Outcome::Ambiguous));
    room.say(1, Answer);
    let log = room.run(ms(6000), |_| (TRIP, Outcome::Ambiguous));
    assert_eq!(log[0].class, Note);
    assert_eq!(note.try_recv(), Ok(Delivery::Unknown));
}

#[test]
fn what_has_become_pointless_is_not_sent() {
    let mut room = Room::new(30);
    room.say(1, Answer);
    let wait = Outcome::Wait(Duration::from_mins(1));
    room.run(ms(50), |_| (TRIP, wait.clone()));
    let mut note = room.post(Letter {
        not_after: Some(utc(ms(20_000))),
        ..letter(1, Note, "x")
    });
    let mut other = room.post(Letter {
        not_after: Some(utc(ms(40))),
        ..letter(2, Note, "x")
    });
    assert!(room.run_well(ms(19_000)).is_empty());
    assert_eq!(other.try_recv(), Ok(Delivery::Expired));
    assert!(note.try_recv().is_err());
    let log = room.run_well(ms(90_000));
    assert_eq!(who(&log), [(1, Answer)]);
    assert_eq!(note.try_recv(), Ok(Delivery::Expired));
}

#[test]
fn a_chat_that_is_gone_takes_its_whole_queue_with_it() {
    let mut room = Room::new(30);
    let mut receipts = vec![room.say(1, Note), room.say(1, Note), room.say(1, Note)];
    let blocked = Outcome::Gone(Gone::Blocked);
    let log = room.run(ms(5000), |_| (TRIP, blocked.clone()));
    assert_eq!(log.len(), 1);
    for receipt in &mut receipts {
        assert_eq!(receipt.try_recv(), Ok(Delivery::Gone(Gone::Blocked)));
    }
    room.say(1, Answer);
    assert_eq!(room.run_well(ms(9000)).len(), 1, "she came back");
}

#[test]
fn closing_lets_what_is_on_its_way_and_crisis_replies_finish() {
    let mut room = Room::new(30);
    let mut flying = room.say(1, Note);
    room.run(ms(10), |_| (ms(500), OK));
    let mut queued = room.say(2, Note);
    let mut crisis = room.say(3, Crisis);
    let now = room.moment();
    room.desk.close(now);
    let mut after = room.say(4, Answer);
    let log = room.run_well(ms(1000));
    assert_eq!(who(&log), [(3, Crisis)]);
    assert!(matches!(flying.try_recv(), Ok(Delivery::Delivered { .. })));
    assert!(matches!(crisis.try_recv(), Ok(Delivery::Delivered { .. })));
    assert_eq!(queued.try_recv(), Ok(Delivery::Closed));
    assert_eq!(after.try_recv(), Ok(Delivery::Closed));
    assert!(room.desk.is_empty());
}

#[test]
fn a_broadcast_uses_the_rate_and_an_answer_in_it_does_not_wait() {
    for (rate, count) in [(30, 1500), (1000, 20_000)] {
        let mut room = Room::new(rate);
        for chat in 1..=count {
            room.say(chat, Note);
        }
        let mut log = room.run_well(ms(5000));
        room.say(-1, Answer);
        log.extend(room.run_well(ms(90_000)));
        assert!(fullest_second(&log) <= rate as usize);
        let notes: Vec<_> = log.iter().filter(|sent| sent.class == Note).collect();
        let took = notes[notes.len() - 1].at;
        let used = f64::from(u32::try_from(notes.len()).unwrap() - 1)
            / took.as_secs_f64()
            / f64::from(rate);
        assert!((0.97..=1.0).contains(&used), "{rate}/s: {used}");
        let answer = log.iter().find(|sent| sent.class == Answer).unwrap();
        assert!(answer.at <= ms(5036));
    }
}

#[test]
fn hanging_requests_are_capped_and_crisis_replies_go_beyond_the_cap() {
    let mut room = Room::new(1000);
    for chat in 1..=400 {
        room.say(chat, Note);
    }
    let hang = |_: &Sent| (Duration::from_secs(15), Outcome::Ambiguous);
    assert_eq!(room.run(ms(2000), hang).len(), 256);
    room.say(999, Crisis);
    assert_eq!(who(&room.run(ms(2100), hang)), [(999, Crisis)]);
}

#[test]
fn nothing_is_kept_about_a_chat_that_has_been_served() {
    let mut room = Room::new(30);
    for chat in 1..=20 {
        room.say(chat, Answer);
    }
    room.run_well(ms(10_000));
    assert!(room.desk.is_empty());
    assert_eq!(room.desk.snapshot(room.moment().instant).chats, 0);
}
