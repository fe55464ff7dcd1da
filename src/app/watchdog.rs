//! Whether a loop hangs: judged from when each last turned. Telegram or the database being away is not hanging:
//! the loops go on turning and say so.

use std::time::Duration;

use tokio::time::Instant;

use super::standing::Standing;
use crate::{
    clock::Clock,
    courier::Courier,
    telegram::{Door, door::Snapshot, inbox},
};

/// A poll may take 35 s and its back-off as long as Telegram says, which the poller announces.
const POLLER: Duration = inbox::POLL.saturating_mul(3);
/// The courier looks every few seconds; a full look at a slow database takes longer.
const COURIER: Duration = Duration::from_mins(1);
/// The door's loop turns every few seconds.
const DOOR: Duration = Duration::from_mins(1);
/// How long letters that may leave, or are on their way, may stay where they are. A request is given up after 15 s.
const LETTERS: Duration = Duration::from_mins(2);
/// After so much longer nothing but a new process helps.
const PATIENCE: Duration = Duration::from_mins(1);
/// A gap between two looks that shows that the whole process slept (a paused machine): nothing is judged by it.
const SLEPT: Duration = Duration::from_secs(20);

/// How often it is looked, unless a test has no time.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Looks at the loops, and says in `standing` what hangs; returns it when it has hung for so long that only a new
/// process helps.
pub(super) async fn watch_over(
    sample: impl Fn() -> Sample,
    standing: &Standing,
    every: Duration,
) -> String {
    let mut watchdog = Watchdog::new(sample().now);
    loop {
        let found = watchdog.look(&sample());
        if let Some(found) = &found {
            if !standing.is_stuck() {
                tracing::error!("{}; the process ends if this goes on", found.what);
            }
            if found.hopeless {
                return found.what.clone();
            }
        }
        standing.set_stuck(found.map(|found| found.what));
        tokio::time::sleep(every).await;
    }
}

/// Where the beats are read.
pub(super) struct Beats {
    pub(super) clock: Clock,
    pub(super) poller: Option<Box<dyn Fn() -> inbox::Polling + Send + Sync>>,
    pub(super) courier: Courier,
    pub(super) door: Door,
}

/// When each loop last turned, at one moment.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    now: Instant,
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
    pub(super) fn sample(&self, courier_runs: bool) -> Sample {
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

    fn hanging(&mut self, sample: &Sample) -> Option<String> {
        let now = sample.now;
        let awake_since = self.awake_since;
        let late = |turned: Instant, limit: Duration| {
            let idle = since(turned.max(awake_since), now);
            (idle > limit).then_some(idle.as_secs())
        };
        let courier = sample.courier.map(|turned| turned.max(self.courier_since));
        if let Some(seconds) = sample.poller.and_then(|turned| late(turned, POLLER)) {
            return Some(format!(
                "the poller hangs: it has not asked Telegram for {seconds} s"
            ));
        }
        if let Some(seconds) = courier.and_then(|turned| late(turned, COURIER)) {
            return Some(format!(
                "the courier hangs: it has not looked for due notes for {seconds} s"
            ));
        }
        if let Some(seconds) = late(sample.door.last_turn, DOOR) {
            return Some(format!("the door hangs: it has not turned for {seconds} s"));
        }
        let stands = self.letters_stand_since(sample);
        late(stands, LETTERS)
            .map(|seconds| format!("the door hangs: no letter has moved for {seconds} s"))
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
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A process of which everything turns at every second, unless the test stops it.
    struct Process {
        sample: Sample,
        watchdog: Watchdog,
        poller: bool,
        courier: bool,
        door: bool,
    }

    impl Process {
        fn new() -> Self {
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

        /// What is found after so many seconds, looking at each.
        fn after(&mut self, seconds: u32) -> Option<Found> {
            let mut found = None;
            for _ in 0..seconds {
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
        assert_eq!(process.after(75), None);
        let found = process.after(1).unwrap();
        assert_eq!(
            found.what,
            "the poller hangs: it has not asked Telegram for 76 s"
        );
        assert!(!found.hopeless);
        assert!(!process.after(59).unwrap().hopeless);
        assert!(process.after(1).unwrap().hopeless);
    }

    #[test]
    fn one_that_goes_on_is_well_again() {
        let mut process = Process::new();
        process.poller = false;
        process.after(100);
        process.poller = true;
        assert_eq!(process.after(1), None);
        process.poller = false;
        assert!(
            !process.after(100).unwrap().hopeless,
            "its patience is whole again"
        );
    }

    #[test]
    fn a_poller_that_was_told_to_wait_is_waited_for() {
        let mut process = Process::new();
        process.poller = false;
        process.sample.poller = Some(process.sample.now + SECOND * 600);
        assert_eq!(process.after(600 + 75), None);
        assert!(process.after(1).is_some());
    }

    #[test]
    fn a_courier_that_turns_no_more_is_found() {
        let mut process = Process::new();
        process.courier = false;
        assert_eq!(process.after(60), None);
        assert!(what(process.after(1)).starts_with("the courier hangs"));
    }

    #[test]
    fn a_courier_that_rests_is_not_judged_and_starts_anew() {
        let mut process = Process::new();
        let before = process.sample.courier.take();
        assert_eq!(process.after(600), None);
        process.courier = false;
        process.sample.courier = before;
        assert_eq!(process.after(60), None);
        assert!(process.after(1).is_some());
    }

    #[test]
    fn a_door_that_turns_no_more_is_found() {
        let mut process = Process::new();
        process.door = false;
        assert_eq!(process.after(60), None);
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

    #[tokio::test]
    async fn what_hangs_is_said_in_health_and_then_ends_the_process() {
        let standing = Standing::new();
        let mut process = Process::new();
        process.courier = false;
        let process = std::cell::RefCell::new((process, Vec::new()));
        let sample = || {
            let (process, health) = &mut *process.borrow_mut();
            health.push(standing.health());
            process.sample.now += SECOND;
            process.sample.door.last_turn = process.sample.now;
            process.sample.poller = Some(process.sample.now);
            process.sample.clone()
        };
        let what = watch_over(sample, &standing, Duration::ZERO).await;
        assert!(what.starts_with("the courier hangs"), "{what}");
        let (_, health) = process.into_inner();
        let well = health.iter().take_while(|report| report.good).count();
        assert!((61..=63).contains(&well), "{well}");
        assert!((121..=123).contains(&health.len()), "{}", health.len());
        assert!(health[100].line.starts_with("the courier hangs"));
    }

    #[test]
    fn a_process_that_slept_is_given_time_to_wake() {
        let mut process = Process::new();
        process.after(5);
        process.sample.now += SECOND * 3600;
        (process.poller, process.courier, process.door) = (false, false, false);
        assert_eq!(process.after(1), None);
        assert_eq!(process.after(60), None);
        assert!(process.after(1).is_some());
    }
}
