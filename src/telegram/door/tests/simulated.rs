//! The desk over simulated time: no network, no waiting, every moment chosen by the test.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::{sync::oneshot, time::Instant};

use super::letter;
use crate::{
    clock::Clock,
    domain::{Gone, Outcome},
    telegram::door::{
        Class::{self, Answer, Crisis, Note},
        Delivery, Letter, Place,
        desk::{Desk, Flight, Next, Now},
    },
};

const OK: Outcome = Outcome::Accepted { message_id: 1 };
const TRIP: Duration = Duration::from_millis(40);

const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// One request as it left.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sent {
    at: Duration,
    chat: i64,
    class: Class,
}

/// A desk with a clock of its own.
struct Room {
    desk: Desk,
    start: Instant,
    now: Duration,
    flying: Vec<(Duration, Box<Flight>, Outcome)>,
    /// Whether Telegram answers the harmless question, and how often it was asked.
    answers: bool,
    asked: Vec<Duration>,
    questions: usize,
}

impl Room {
    fn new(per_second: u32) -> Self {
        let start = Clock::system().instant();
        Self {
            desk: Desk::new(per_second, start),
            start,
            now: Duration::ZERO,
            flying: Vec::new(),
            answers: true,
            asked: Vec::new(),
            questions: 0,
        }
    }

    fn moment(&self) -> Now {
        Now {
            instant: self.start + self.now,
            utc: utc(self.now),
        }
    }

    fn post(&mut self, letter: Letter) -> oneshot::Receiver<Delivery> {
        let (reply, receipt) = oneshot::channel();
        let now = self.moment();
        self.desk.post(letter, reply, now);
        receipt
    }

    fn say(&mut self, chat: i64, class: Class) -> oneshot::Receiver<Delivery> {
        self.post(letter(chat, class, "x"))
    }

    /// Lets time pass up to `until`; `telegram` gives how long each request takes and what comes of it.
    fn run(
        &mut self,
        until: Duration,
        mut telegram: impl FnMut(&Sent) -> (Duration, Outcome),
    ) -> Vec<Sent> {
        let mut log = Vec::new();
        loop {
            while let Some(at) = self.flying.iter().position(|(back, ..)| *back <= self.now) {
                let (_, flight, outcome) = self.flying.remove(at);
                let now = self.moment();
                self.desk.landed(*flight, &outcome, now);
            }
            if let Some(at) = self.asked.pop_if(|back| *back <= self.now) {
                assert!(at <= self.now);
                let now = self.moment();
                self.desk.asked(self.answers, now);
            }
            match self.desk.next(self.moment()) {
                Next::Ask => {
                    self.questions += 1;
                    self.asked.push(self.now + TRIP);
                }
                Next::Send(flight) => {
                    let sent = Sent {
                        at: self.now,
                        chat: flight.item.letter.chat.0,
                        class: flight.item.letter.class,
                    };
                    let (trip, outcome) = telegram(&sent);
                    self.flying.push((self.now + trip, flight, outcome));
                    log.push(sent);
                }
                Next::Wait(wake) => {
                    let wake = wake.map(|at| at - self.start);
                    assert!(wake.is_none_or(|at| at > self.now), "the desk spins");
                    let back = self.flying.iter().map(|(back, ..)| back);
                    let back = back.chain(&self.asked).min().copied();
                    match [wake, back].into_iter().flatten().min() {
                        Some(next) if next <= until => self.now = next,
                        _ => {
                            self.now = until;
                            return log;
                        }
                    }
                }
            }
        }
    }

    fn run_well(&mut self, until: Duration) -> Vec<Sent> {
        self.run(until, |_| (TRIP, OK))
    }
}

fn utc(after: Duration) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::from_std(after).unwrap()
}

fn who(log: &[Sent]) -> Vec<(i64, Class)> {
    log.iter().map(|sent| (sent.chat, sent.class)).collect()
}

fn fullest_second(log: &[Sent]) -> usize {
    let within = |i: usize| log.partition_point(|sent| sent.at < log[i].at + ms(1000)) - i;
    (0..log.len()).map(within).max().unwrap_or(0)
}

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
