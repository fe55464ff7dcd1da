//! The promises that the figures are held to. A broken one is said where it happens, once more at the end, and the process fails.

use std::{
    fmt::Display,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::figures::{Spread, load, ms, say};

/// What is measured at the moment, and all that was broken so far, as it will be said at the end.
static BOOK: Mutex<Book> = Mutex::new(Book {
    measuring: String::new(),
    broken: Vec::new(),
});

struct Book {
    measuring: String,
    broken: Vec<String>,
}

/// Whether a busy machine can be why a promise is broken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blame {
    /// Never: it is a count.
    Bot,
    /// Maybe: it is a time.
    BotOrMachine,
}

/// Says a figure with its bound, and remembers it when the promise is not `kept`.
pub(crate) fn check(name: &str, figure: impl Display, bound: &str, kept: bool, blame: Blame) {
    let line = format!("{figure}   (promised: {bound})");
    if kept {
        return say(name, format!("{line} kept"));
    }
    let why = match blame {
        Blame::Bot => String::new(),
        Blame::BotOrMachine => format!("; a busy machine may be why: load {}", load()),
    };
    say(name, format!("{line} *** BROKEN ***{why}"));
    remember(&format!("{}: {line}{why}", name.trim()));
}

/// Something that must not happen at all: lost, three times, over a limit, never answered.
pub(crate) fn none(name: &str, count: usize) {
    at_most(name, count, 0);
}

/// A count with a bound.
pub(crate) fn at_most(name: &str, count: usize, most: usize) {
    let bound = format!("at most {most}");
    check(name, count, &bound, count <= most, Blame::Bot);
}

/// All of them, neither fewer nor more.
pub(crate) fn exactly(name: &str, count: usize, wanted: usize) {
    let bound = format!("exactly {wanted}");
    check(name, count, &bound, count == wanted, Blame::Bot);
}

/// One time with a bound.
pub(crate) fn within(name: &str, took: Duration, bound: Duration) {
    let kept = took <= bound;
    let bound = format!("at most {}", ms(bound));
    check(name, ms(took), &bound, kept, Blame::BotOrMachine);
}

/// A percentile of times with a bound; no samples at all break the promise.
pub(crate) fn percentile_within(name: &str, spread: &Spread, percent: usize, bound: Duration) {
    let name = match percent {
        100 => format!("{name}, longest"),
        _ => format!("{name}, p{percent}"),
    };
    if spread.len() == 0 {
        return check(&name, "never measured", "a figure", false, Blame::Bot);
    }
    within(&name, spread.percentile(percent), bound);
}

/// A share that a busy machine makes smaller.
pub(crate) fn at_least(name: &str, figure: f64, least: f64, unit: &str) {
    let bound = format!("at least {least} {unit}");
    let kept = figure >= least;
    let figure = format!("{figure:.1} {unit}");
    check(name, figure, &bound, kept, Blame::BotOrMachine);
}

/// A size that a machine does not make bigger by being busy.
pub(crate) fn below(name: &str, figure: f64, most: f64, unit: &str) {
    let bound = format!("under {most} {unit}");
    let kept = figure < most;
    check(
        name,
        format!("{figure:.2} {unit}"),
        &bound,
        kept,
        Blame::Bot,
    );
}

/// What follows is about this measurement.
pub(crate) fn begin(measuring: &str) {
    println!("\n== {measuring}   (load {})", load());
    measuring.clone_into(&mut book().measuring);
}

/// A measurement that ended in an error keeps nothing.
pub(crate) fn failed(error: &anyhow::Error) {
    println!("*** BROKEN *** it ended: {error:#}");
    remember(&format!("it ended: {error:#}"));
}

/// Says at the end what was broken; whether nothing was.
pub(crate) fn all_kept() -> bool {
    let broken = &book().broken;
    if broken.is_empty() {
        println!(
            "\nEvery promise that was looked at is kept. Load at the end: {}",
            load()
        );
    } else {
        println!("\n{} BROKEN (load at the end: {}):", broken.len(), load());
        for line in broken {
            println!("- {line}");
        }
    }
    broken.is_empty()
}

fn remember(line: &str) {
    let mut book = book();
    let line = format!("{}: {line}", book.measuring);
    book.broken.push(line);
}

fn book() -> MutexGuard<'static, Book> {
    BOOK.lock().unwrap_or_else(PoisonError::into_inner)
}
