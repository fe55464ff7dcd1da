//! A desk with simulated time: no network, no waiting, every moment chosen by the test.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::{sync::oneshot, time::Instant};

use super::letter;
use crate::{
    clock::Clock,
    domain::Outcome,
    telegram::door::{
        Class, Delivery, Letter, Receipt,
        desk::Desk,
        letter::Reply,
        next::{Flight, Next, Now},
    },
};

pub(super) const OK: Outcome = Outcome::Accepted { message_id: 1 };
pub(super) const TRIP: Duration = Duration::from_millis(40);

pub(super) const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// One request as it left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) at: Duration,
    pub(super) chat: i64,
    pub(super) class: Class,
}

/// A desk with a clock of its own.
pub(super) struct Room {
    pub(super) desk: Desk,
    start: Instant,
    now: Duration,
    flying: Vec<(Duration, Box<Flight>, Outcome)>,
    /// Whether Telegram answers the harmless question, and how often it was asked.
    pub(super) answers: bool,
    asked: Vec<Duration>,
    pub(super) questions: usize,
}

impl Room {
    pub(super) fn new(per_second: u32) -> Self {
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

    pub(super) fn moment(&self) -> Now {
        Now {
            instant: self.start + self.now,
            utc: utc(self.now),
        }
    }

    pub(super) fn post(&mut self, letter: Letter) -> oneshot::Receiver<Delivery> {
        self.post_patiently(letter).delivery
    }

    pub(super) fn post_patiently(&mut self, letter: Letter) -> Receipt {
        let (reply, receipt) = Reply::new();
        let now = self.moment();
        self.desk.post(letter, reply, now);
        receipt
    }

    pub(super) fn say(&mut self, chat: i64, class: Class) -> oneshot::Receiver<Delivery> {
        self.post(letter(chat, class, "x"))
    }

    /// Lets time pass up to `until`; `telegram` gives how long each request takes and what comes of it.
    pub(super) fn run(
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

    pub(super) fn run_well(&mut self, until: Duration) -> Vec<Sent> {
        self.run(until, |_| (TRIP, OK))
    }
}

pub(super) fn utc(after: Duration) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::from_std(after).unwrap()
}

pub(super) fn who(log: &[Sent]) -> Vec<(i64, Class)> {
    log.iter().map(|sent| (sent.chat, sent.class)).collect()
}

pub(super) fn fullest_second(log: &[Sent]) -> usize {
    let within = |i: usize| log.partition_point(|sent| sent.at < log[i].at + ms(1000)) - i;
    (0..log.len()).map(within).max().unwrap_or(0)
}
