//! The lives of the program that kills ended, and what may come twice because of each kill. Counted from what the
//! stand-in saw and when; must not ask the program's database what was noted down.

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use slowbloom::clock::Clock;
use tokio::{task::JoinHandle, time::Instant};

/// A note is noted down within this after Telegram took it, on a disk that keeps up: one commit that is under way when
/// the answer arrives, and its own.
const A_MOMENT: Duration = Duration::from_millis(250);
/// An update is confirmed within this after Telegram took its answer: a batch waits for its slowest answer until that is
/// parked, 0.4 s, and for 0.25 s to be confirmed together.
const CONFIRMED_WITHIN: Duration = Duration::from_secs(1);
/// Telegram's limit, and how many more a busy machine may let arrive together.
const A_SECOND: usize = 30;
const TOGETHER: usize = 4;
/// How often the machine is asked how long it takes now, and how far back that counts.
const MEASURE_EVERY: Duration = Duration::from_millis(100);
const LATELY: Duration = Duration::from_secs(2);

/// One kill.
pub(super) struct Kill {
    at: Instant,
    /// When the program was started again; whatever was in its sockets has arrived by then.
    over: Instant,
    /// The longest that the machine itself took for a write just before.
    slowest: Duration,
    /// Answers that were taken while their update was not confirmed, or that were still parked.
    pub(super) answers: usize,
}

/// All kills so far, in order.
#[derive(Default)]
pub(super) struct Lives(Vec<Kill>);

/// What came twice.
pub(super) struct Twice {
    /// How many may have.
    may: usize,
    /// The most after one kill, and the most that may have.
    most: usize,
    most_may: usize,
    /// How long before its kill the earliest of them had been taken.
    earliest: Duration,
}

impl Kill {
    pub(super) fn new(at: Instant, slowest: Duration) -> Self {
        Self {
            at,
            over: at,
            slowest,
            answers: 0,
        }
    }

    /// How long before it something may have been taken without being settled.
    fn window(&self, usually: Duration) -> Duration {
        // The commit that is under way, and its own.
        usually + self.slowest * 2
    }

    /// How long before it something was taken; zero for what was in the socket.
    fn since(&self, taken: Instant) -> Duration {
        self.at.saturating_duration_since(taken)
    }
}

impl Lives {
    pub(super) fn ends(&mut self, kill: Kill) {
        self.0.push(kill);
    }

    pub(super) fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// It is started again.
    pub(super) fn begins(&mut self, now: Instant) {
        if let Some(kill) = self.0.last_mut() {
            kill.over = kill.over.max(now);
        }
    }

    /// Notes come twice only when they were taken within a moment before a kill. `taken`: all of them; `copies`: each
    /// two of one note that followed one another.
    pub(super) fn of_notes(&self, taken: &[Instant], copies: &[(Instant, Instant)]) -> Twice {
        let may: Vec<usize> = (0..self.0.len())
            .map(|life| {
                let kill = &self.0[life];
                let in_flight = |taken: &&Instant| {
                    let window = kill.window(A_MOMENT);
                    self.life_of(**taken) == Some(life) && kill.since(**taken) <= window
                };
                taken.iter().filter(in_flight).count()
            })
            .collect();
        let twice = self.judged(copies, A_MOMENT, &may);
        let slowest = self.0.iter().map(|kill| kill.window(A_MOMENT)).max();
        let window = usize::try_from(slowest.unwrap_or_default().as_millis()).unwrap();
        let most = A_SECOND * window / 1000 + TOGETHER;
        assert!(
            twice.most <= most,
            "{} came twice after one kill",
            twice.most
        );
        twice
    }

    /// Answers come twice only when they had been taken and their update was not confirmed yet.
    pub(super) fn of_answers(&self, copies: &[(Instant, Instant)]) -> Twice {
        let may: Vec<usize> = self.0.iter().map(|kill| kill.answers).collect();
        self.judged(copies, CONFIRMED_WITHIN, &may)
    }

    fn judged(&self, copies: &[(Instant, Instant)], usually: Duration, may: &[usize]) -> Twice {
        let mut times = vec![0; self.0.len()];
        let mut earliest = Duration::ZERO;
        for (taken, again) in copies {
            let life = self.life_of(*taken);
            let life = life.filter(|life| *again >= self.0[*life].over);
            let life = life.expect("something came twice without a kill in between");
            let kill = &self.0[life];
            let (since, window) = (kill.since(*taken), kill.window(usually));
            assert!(
                since <= window,
                "taken {since:?} before kill {life}, came again; {window:?} may be"
            );
            earliest = earliest.max(since);
            times[life] += 1;
        }
        for (life, (times, may)) in times.iter().zip(may).enumerate() {
            assert!(
                times <= may,
                "{times} came twice after kill {life}, {may} may"
            );
        }
        Twice {
            may: may.iter().sum(),
            most: times.iter().copied().max().unwrap_or_default(),
            most_may: may.iter().copied().max().unwrap_or_default(),
            earliest,
        }
    }

    /// The life in which this was, if it ended by a kill.
    fn life_of(&self, moment: Instant) -> Option<usize> {
        self.0.iter().position(|kill| moment < kill.over)
    }
}

impl fmt::Display for Twice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            may,
            most,
            most_may,
            earliest,
        } = self;
        write!(
            f,
            "{may} were in flight at the kills, at most {most_may} at one"
        )?;
        if *most > 0 {
            write!(
                f,
                "; twice came at most {most} of one, taken at most {earliest:.0?} before it"
            )?;
        }
        Ok(())
    }
}

/// How long this machine takes for a small write to the disk, measured beside the program all the time.
pub(super) struct Pulse {
    took: Arc<Mutex<Vec<(Instant, Duration)>>>,
    measures: JoinHandle<()>,
}

impl Pulse {
    pub(super) fn of(file: PathBuf, clock: Clock) -> Self {
        let took = Arc::<Mutex<Vec<_>>>::default();
        let measured = took.clone();
        let task = tokio::spawn(async move {
            loop {
                let began = clock.instant();
                tokio::time::sleep(MEASURE_EVERY).await;
                let file = file.clone();
                let written = tokio::task::spawn_blocking(move || {
                    let file = std::fs::File::create(file)?;
                    std::io::Write::write_all(&mut &file, &[1; 4096])?;
                    file.sync_all()
                });
                // When the test ends, its folder goes first.
                drop(written.await);
                let end = clock.instant();
                let took = (end - began).saturating_sub(MEASURE_EVERY);
                measured.lock().unwrap().push((end, took));
            }
        });
        Self {
            took,
            measures: task,
        }
    }

    /// The longest lately.
    pub(super) fn slowest(&self, now: Instant) -> Duration {
        let took = self.took.lock().unwrap();
        let lately = took.iter().filter(|(end, _)| now - *end < LATELY);
        lately.map(|(_, took)| *took).max().unwrap_or_default()
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.measures.abort();
    }
}
