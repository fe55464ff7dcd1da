//! A loop that hangs is said, and ends the process.
//!
//! From a thread of its own, which waits for nothing that could hang with the loops: not for the runtime, and not for
//! the log, whose reader may be what everything waits for.

mod judge;

use std::{
    fs::File,
    io::{self, Write as _},
    os::fd::AsFd as _,
    process,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use judge::Watchdog;
pub(super) use judge::{Beats, Sample};

use super::standing::Standing;

/// How often it is looked, unless a test has no time.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long the last sentence may take: standard error may be what hangs.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Looks until it is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    _until_dropped: mpsc::Sender<()>,
}

/// Looks at the loops, and says in `standing` what hangs; when it has hung for so long that only a new process helps,
/// that is the end, with what hangs in one sentence.
pub(super) fn watch_over(
    sample: impl Fn() -> Sample + Send + 'static,
    standing: Standing,
    every: Duration,
    end: impl FnOnce(&str) + Send + 'static,
) -> io::Result<Watch> {
    let (until_dropped, dropped) = mpsc::channel();
    thread::Builder::new()
        .name("watchdog".to_owned())
        .spawn(move || {
            let mut watchdog = Watchdog::new(sample().now);
            while dropped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                let found = watchdog.look(&sample());
                if let Some(found) = found.as_ref().filter(|found| found.hopeless) {
                    let sentence = format!("{}; ending, to be started again", found.what);
                    standing.set_stuck(Some(sentence.clone()));
                    return end(&sentence);
                }
                let new = found.is_some() && !standing.is_stuck();
                let what = found.map(|found| found.what);
                standing.set_stuck(what.clone());
                if let Some(what) = what.filter(|_| new) {
                    aside(move || tracing::error!("{what}; the process ends if this goes on"));
                }
            }
        })?;
    Ok(Watch {
        _until_dropped: until_dropped,
    })
}

/// Ends the process with this sentence on standard error. There is nothing to stop in order.
pub(super) fn end(sentence: &str) {
    let line = format!("slowbloom: {sentence}\n");
    let (said, heard) = mpsc::channel();
    aside(move || {
        // Past the lock of standard error: whoever holds it may be what hangs.
        let past_the_lock = io::stderr().as_fd().try_clone_to_owned();
        if let Ok(handle) = past_the_lock {
            // Nobody is left to tell when this cannot be written.
            let _ = File::from(handle).write_all(line.as_bytes());
        }
        let _ = said.send(());
    });
    let _ = heard.recv_timeout(LAST_WORDS);
    process::exit(1);
}

/// In a thread of its own, for nobody to wait for.
fn aside(work: impl FnOnce() + Send + 'static) {
    // Without a thread to say it in it stays unsaid, and what follows happens all the same.
    let _ = thread::Builder::new().spawn(work);
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::{judge::tests::Process, *};

    #[test]
    fn what_hangs_is_said_in_health_and_then_ends_the_process() {
        let standing = Standing::new();
        let mut process = Process::new();
        process.courier = false;
        let seen = Arc::new(Mutex::new((process, Vec::new())));
        let (looked_at, health) = (seen.clone(), standing.clone());
        let sample = move || {
            let (process, reports) = &mut *looked_at.lock().unwrap();
            reports.push(health.health());
            process.passes_a_second();
            process.sample.clone()
        };
        let (ended, ends) = mpsc::channel();
        let end = move |sentence: &str| ended.send(sentence.to_owned()).unwrap();
        let _watch = watch_over(sample, standing.clone(), Duration::ZERO, end).unwrap();
        let sentence = ends.recv().unwrap();
        assert!(
            sentence.starts_with("the courier hangs")
                && sentence.ends_with("; ending, to be started again"),
            "{sentence}"
        );
        assert_eq!(standing.health().line, sentence);
        let (_, health) = &*seen.lock().unwrap();
        let well = health.iter().take_while(|report| report.good).count();
        assert!((31..=33).contains(&well), "{well}");
        assert!((46..=48).contains(&health.len()), "{}", health.len());
        assert!(health[40].line.starts_with("the courier hangs"));
    }

    #[test]
    fn it_looks_no_more_when_it_is_dropped() {
        let standing = Standing::new();
        let held = Arc::new(());
        let (process, still_held) = (Process::new(), held.clone());
        let sample = move || {
            assert_eq!(*still_held, ());
            process.sample.clone()
        };
        let watch = watch_over(sample, standing, Duration::from_hours(1), |_| {}).unwrap();
        drop(watch);
        while Arc::strong_count(&held) > 1 {
            thread::yield_now();
        }
    }
}
