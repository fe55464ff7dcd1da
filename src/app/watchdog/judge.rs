//! Whether a loop hangs: judged from when each last turned. Telegram or the database being away is not hanging:
//! the loops go on turning and say so.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    clock::Clock,
    courier::Courier,
    store::Store,
    telegram::{Door, door::Snapshot, inbox},
};

/// How long the poller may stand still: a poll has an end of its own, and what Telegram told it to wait it announces.
const POLLER: Duration = inbox::LONGEST_POLL.saturating_add(Duration::from_secs(5));
/// The courier turns every few seconds, and after each row; one statement to a database that is away takes up to 10 s.
const COURIER: Duration = Duration::from_secs(30);
/// The door's loop turns every few seconds.
const DOOR: Duration = Duration::from_secs(30);
/// How long letters that may leave, or are on their way, may stay where they are. A request is given up after 15 s.
const LETTERS: Duration = Duration::from_mins(2);
/// After so much longer nothing but a new process helps.
const PATIENCE: Duration = Duration::from_secs(15);
/// A gap between two looks that shows that the whole process slept (a paused machine): nothing is judged by it.
const SLEPT: Duration = Duration::from_secs(20);

/// Where the beats are read.
pub(in crate::app) struct Beats {
    pub(in crate::app) clock: Clock,
    pub(in crate::app) poller: Option<Box<dyn Fn() -> inbox::Polling + Send + Sync>>,
    pub(in crate::app) courier: Courier,
    pub(in crate::app) door: Door,
    pub(in crate::app) store: Store,
}

/// When each loop last turned, at one moment.
#[derive(Clone, Debug)]
pub(in crate::app) struct Sample {
    pub(super) now: Instant,
    /// `None` while it is not to run.
    poller: Option<Instant>,
    /// `None` while it is not to run.
    courier: Option<Instant>,
    door: Snapshot,
}

/// What hangs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// One sentence.
    pub(super) what: String,
    /// Whether it has hung for too long.
    pub(super) hopeless: bool,
}

/// Remembers what one look alone does not show.
#[derive(Debug)]
pub(super) struct Watchdog {
    looked: Instant,
    awake_since: Instant,
    /// Since when the courier is to run; the present while it is not.
    courier_since: Instant,
    /// The door's count of what became of letters, and since when it stands.
    letters: Option<(u64, Instant)>,
    stuck_since: Option<Instant>,
}

impl Beats {
    /// Reads them all. The courier rests while `courier_runs` is false.
    pub(in crate::app) fn sample(&self, courier_runs: bool) -> Sample {
        Sample {
            now: self.clock.instant(),
            poller: self.poller.as_ref().and_then(|health| health().last_turn),
            courier: self.courier.last_turn().filter(|_| courier_runs),
            door: self.door.snapshot(),
        }
    }
}

impl Watchdog {
    /// One that has looked at nothing yet.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            looked: now,
            awake_since: now,
            courier_since: now,
            letters: None,
            stuck_since: None,
        }
    }

    /// What hangs at this moment, if anything.
    pub(super) fn look(&mut self, sample: &Sample) -> Option<Found> {
        let now = sample.now;
        let slept = since(self.looked, now) > SLEPT;
        if slept {
            self.awake_since = now;
        }
        if sample.courier.is_none() {
            self.courier_since = now;
        }
        let found = self.hanging(sample);
        self.looked = now;
        let Some(what) = found else {
            self.stuck_since = None;
            return None;
        };
        let stuck_since = *self.stuck_since.get_or_insert(now);
        Some(Found {
            what,
            hopeless: since(stuck_since, now) >= PATIENCE,
        })
    }

    /// Everything that hangs: when one thread stands still, others often wait for it.
    fn hanging(&mut self, sample: &Sample) -> Option<String> {
        let now = sample.now;
        let awake_since = self.awake_since;
        let late = |turned: Instant, limit: Duration| {
            let idle = since(turned.max(awake_since), now);
            (idle > limit).then_some(idle.as_secs())
        };
        let courier = sample.courier.map(|turned| turned.max(self.courier_since));
        let courier = courier.and_then(|turned| late(turned, COURIER));
        let poller = sample.poller.and_then(|turned| late(turned, POLLER));
        let door = late(sample.door.last_turn, DOOR);
        let letters = late(self.letters_stand_since(sample), LETTERS).filter(|_| door.is_none());
        let hangs: Vec<String> = [
            courier
                .map(|s| format!("the courier hangs: it has not looked for due notes for {s} s")),
            poller.map(|s| format!("the poller hangs: it has not asked Telegram for {s} s")),
            door.map(|s| format!("the door hangs: it has not turned for {s} s")),
            letters.map(|s| format!("the door hangs: no letter has moved for {s} s")),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!hangs.is_empty()).then(|| hangs.join("; "))
    }

    /// Since when letters wait that need not, with nothing becoming of any.
    fn letters_stand_since(&mut self, sample: &Sample) -> Instant {
        let door = &sample.door;
        let moved = door.accepted
            + door.gone
            + door.refused
            + door.expired
            + door.unknown
            + door.told_to_wait
            + door.failed;
        let told_to_wait = door.held || door.storm || door.unauthorized;
        let may_move = door.in_flight > 0 || door.ready > 0 && !told_to_wait;
        match self.letters {
            Some((before, stands)) if may_move && before == moved => stands,
            _ => {
                self.letters = Some((moved, sample.now));
                sample.now
            }
        }
    }
}

fn since(before: Instant, now: Instant) -> Duration {
    now.saturating_duration_since(before)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A process of which everything turns at every second, unless the test stops it.
    pub(in super::super) struct Process {
        pub(in super::super) sample: Sample,
        watchdog: Watchdog,
        poller: bool,
        pub(in super::super) courier: bool,
        door: bool,
    }

    impl Process {
        pub(in super::super) fn new() -> Self {
            let now = Clock::system().instant();
            Self {
                sample: Sample {
                    now,
                    poller: Some(now),
                    courier: Some(now),
                    door: Snapshot::new(now),
                },
                watchdog: Watchdog::new(now),
                poller: true,
                courier: true,
                door: true,
            }
        }

        /// A second passes, in which everything turns that does.
        pub(in super::super) fn passes_a_second(&mut self) {
            self.sample.now += SECOND;
            let now = self.sample.now;
            if self.poller {
                self.sample.poller = self.sample.poller.map(|_| now);
            }
            if self.courier {
                self.sample.courier = self.sample.courier.map(|_| now);
            }
            if self.door {
                self.sample.door.last_turn = now;
            }
        }

        /// What is found after so many seconds, looking at each.
        fn after(&mut self, seconds: u32) -> Option<Found> {
            let mut found = None;
            for _ in 0..seconds {
                self.passes_a_second();
                found = self.watchdog.look(&self.sample);
            }
            found
        }
    }

    fn what(found: Option<Found>) -> String {
        found.map(|found| found.what).unwrap_or_default()
    }

    #[test]
    fn what_turns_is_well() {
        assert_eq!(Process::new().after(1000), None);
    }

    #[test]
    fn a_poller_that_turns_no_more_is_found_then_given_up_on() {
        let mut process = Process::new();
        process.poller = false;
        assert_eq!(process.after(40), None);
        let found = process.after(1).unwrap();
        assert_eq!(
            found.what,
            "the poller hangs: it has not asked Telegram for 41 s"
        );
        assert!(!found.hopeless);
        assert!(!process.after(14).unwrap().hopeless);
        assert!(process.after(1).unwrap().hopeless);
    }

    #[test]
    fn one_that_goes_on_is_well_again() {
        let mut process = Process::new();
        process.poller = false;
        process.after(50);
        process.poller = true;
        assert_eq!(process.after(1), None);
        process.poller = false;
        assert!(
            !process.after(50).unwrap().hopeless,
            "its patience is whole again"
        );
    }

    #[test]
    fn a_poller_that_was_told_to_wait_is_waited_for() {
        let mut process = Process::new();
        process.poller = false;
        process.sample.poller = Some(process.sample.now + SECOND * 600);
        assert_eq!(process.after(600 + 40), None);
        assert!(process.after(1).is_some());
    }

    #[test]
    fn a_courier_that_turns_no_more_is_found() {
        let mut process = Process::new();
        process.courier = false;
        assert_eq!(process.after(30), None);
        assert!(what(process.after(1)).starts_with("the courier hangs"));
    }

    #[test]
    fn a_courier_that_rests_is_not_judged_and_starts_anew() {
        let mut process = Process::new();
        let before = process.sample.courier.take();
        assert_eq!(process.after(600), None);
        process.courier = false;
        process.sample.courier = before;
        assert_eq!(process.after(30), None);
        assert!(process.after(1).is_some());
    }

    #[test]
    fn a_door_that_turns_no_more_is_found() {
        let mut process = Process::new();
        process.door = false;
        assert_eq!(process.after(30), None);
        assert!(what(process.after(1)).contains("has not turned"));
    }

    #[test]
    fn letters_that_stand_still_are_found() {
        for stands in [
            |door: &mut Snapshot| door.ready = 1,
            |door: &mut Snapshot| door.in_flight = 1,
        ] {
            let mut process = Process::new();
            stands(&mut process.sample.door);
            assert_eq!(process.after(121), None);
            assert!(what(process.after(1)).contains("no letter has moved"));
            process.sample.door.accepted += 1;
            assert_eq!(process.after(1), None);
        }
    }

    #[test]
    fn a_telegram_that_is_away_is_not_hanging() {
        for away in [
            |door: &mut Snapshot| door.held = true,
            |door: &mut Snapshot| door.storm = true,
            |door: &mut Snapshot| door.unauthorized = true,
            |door: &mut Snapshot| door.ready = 0,
        ] {
            let mut process = Process::new();
            process.sample.door.ready = 3;
            process.sample.door.notes_queued = 3;
            away(&mut process.sample.door);
            assert_eq!(process.after(1000), None);
        }
        let mut process = Process::new();
        process.sample.door.ready = 1;
        for _ in 0..20 {
            process.sample.door.failed += 1;
            assert_eq!(process.after(60), None, "it is tried");
        }
    }

    #[test]
    fn a_process_that_slept_is_given_time_to_wake() {
        let mut process = Process::new();
        process.after(5);
        process.sample.now += SECOND * 3600;
        (process.poller, process.courier, process.door) = (false, false, false);
        assert_eq!(process.after(1), None);
        assert_eq!(process.after(30), None);
        assert!(process.after(1).is_some());
    }
}
