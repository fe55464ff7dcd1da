//! The numbers for Prometheus, as text: about letters and loops, never about a person or about what a text meant.

use std::fmt::Write as _;

use crate::{
    courier::lateness::{self, Lateness},
    telegram::{door::Snapshot, inbox::Polling, webhook::Received},
};

/// What a number is, in Prometheus's words.
#[derive(Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
}

/// How updates come, and what became of them.
pub(super) enum Updates {
    Polled(Polling),
    Brought(Received),
}

/// The numbers of a process that leads.
pub(super) struct Numbers {
    pub(super) door: Snapshot,
    pub(super) lateness: Lateness,
    /// `None` until it is known.
    pub(super) updates: Option<Updates>,
}

/// Everything at one moment. Counters begin anew with the process, and whenever it begins to lead.
pub(super) fn text(leads: bool, numbers: Option<&Numbers>) -> String {
    let mut text = String::new();
    let is_leading = "Whether this process leads.";
    line(
        &mut text,
        "leading",
        Kind::Gauge,
        is_leading,
        &[("", u64::from(leads))],
    );
    if let Some(numbers) = numbers {
        letters(&mut text, &numbers.door);
        late(&mut text, &numbers.lateness);
        match &numbers.updates {
            Some(Updates::Polled(polling)) => polled(&mut text, polling),
            Some(Updates::Brought(received)) => brought(&mut text, received),
            None => {}
        }
    }
    text
}

fn late(text: &mut String, lateness: &Lateness) {
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "# HELP slowbloom_note_lateness_seconds How long after they were due notes were accepted by Telegram.\n\
         # TYPE slowbloom_note_lateness_seconds histogram\n"
    );
    let mut up_to = 0;
    for (bound, notes) in lateness::BOUNDS.iter().zip(lateness.within) {
        up_to += notes;
        let seconds = std::time::Duration::from_millis(*bound).as_secs_f64();
        let _ = writeln!(
            text,
            "slowbloom_note_lateness_seconds_bucket{{le=\"{seconds}\"}} {up_to}"
        );
    }
    let (count, sum) = (lateness.count(), lateness.sum.as_secs_f64());
    let _ = write!(
        text,
        "slowbloom_note_lateness_seconds_bucket{{le=\"+Inf\"}} {count}\n\
         slowbloom_note_lateness_seconds_sum {sum}\n\
         slowbloom_note_lateness_seconds_count {count}\n"
    );
}

fn letters(text: &mut String, door: &Snapshot) {
    let queued = [
        ("{kind=\"answer\"}", door.answers_queued as u64),
        ("{kind=\"note\"}", door.notes_queued as u64),
    ];
    let settled = [
        ("{outcome=\"accepted\"}", door.accepted),
        ("{outcome=\"gone\"}", door.gone),
        ("{outcome=\"refused\"}", door.refused),
        ("{outcome=\"expired\"}", door.expired),
        ("{outcome=\"unknown\"}", door.unknown),
    ];
    let in_flight = [("", door.in_flight as u64)];
    let away = u64::from(door.storm || door.unauthorized);
    line(
        text,
        "letters_queued",
        Kind::Gauge,
        "Messages that wait to be sent.",
        &queued,
    );
    line(
        text,
        "letters_in_flight",
        Kind::Gauge,
        "Requests without an answer yet.",
        &in_flight,
    );
    line(
        text,
        "letters_total",
        Kind::Counter,
        "What became of messages.",
        &settled,
    );
    line(
        text,
        "telegram_429_total",
        Kind::Counter,
        "Requests that were told to wait.",
        &[("", door.told_to_wait)],
    );
    line(
        text,
        "telegram_failures_total",
        Kind::Counter,
        "Requests that failed and were tried again.",
        &[("", door.failed)],
    );
    line(
        text,
        "telegram_away",
        Kind::Gauge,
        "Whether Telegram cannot be reached or refuses the token.",
        &[("", away)],
    );
}

fn polled(text: &mut String, polling: &Polling) {
    updates(
        text,
        &[
            (
                "{transport=\"polling\",outcome=\"handled\"}",
                polling.handled,
            ),
            (
                "{transport=\"polling\",outcome=\"malformed\"}",
                polling.malformed,
            ),
            (
                "{transport=\"polling\",outcome=\"given_up\"}",
                polling.given_up,
            ),
        ],
        polling.panics,
    );
    line(
        text,
        "updates_unacknowledged",
        Kind::Gauge,
        "Updates that Telegram still holds.",
        &[("", polling.unacknowledged as u64)],
    );
    line(
        text,
        "polling_conflict",
        Kind::Gauge,
        "Whether another program polls.",
        &[("", u64::from(polling.conflict))],
    );
}

fn brought(text: &mut String, received: &Received) {
    updates(
        text,
        &[
            (
                "{transport=\"webhook\",outcome=\"handled\"}",
                received.handled,
            ),
            (
                "{transport=\"webhook\",outcome=\"malformed\"}",
                received.malformed,
            ),
            (
                "{transport=\"webhook\",outcome=\"given_up\"}",
                received.given_up,
            ),
        ],
        received.panics,
    );
}

fn updates(text: &mut String, outcomes: &[(&str, u64)], panics: u64) {
    line(
        text,
        "updates_total",
        Kind::Counter,
        "What became of updates, by the way they came.",
        outcomes,
    );
    line(
        text,
        "handler_panics_total",
        Kind::Counter,
        "Handlers that panicked.",
        &[("", panics)],
    );
}

fn line(text: &mut String, name: &str, kind: Kind, help: &str, values: &[(&str, u64)]) {
    let kind = match kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
    };
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "# HELP slowbloom_{name} {help}\n# TYPE slowbloom_{name} {kind}\n"
    );
    for (labels, value) in values {
        let _ = writeln!(text, "slowbloom_{name}{labels} {value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn every_line_is_one_that_prometheus_reads() {
        let mut door = Snapshot::new(Clock::system().instant());
        door.accepted = 7;
        for updates in [
            Updates::Polled(Polling::default()),
            Updates::Brought(Received::default()),
        ] {
            let numbers = Numbers {
                door: door.clone(),
                lateness: Lateness::default(),
                updates: Some(updates),
            };
            let text = text(true, Some(&numbers));
            assert!(
                text.contains("\nslowbloom_letters_total{outcome=\"accepted\"} 7\n"),
                "{text}"
            );
            assert!(text.starts_with("# HELP slowbloom_leading Whether this process leads.\n# TYPE slowbloom_leading gauge\nslowbloom_leading 1\n"));
            for line in text.lines().filter(|line| !line.starts_with("# ")) {
                let (name, value) = line.rsplit_once(' ').unwrap();
                assert!(
                    name.starts_with("slowbloom_") && value.parse::<u64>().is_ok(),
                    "{line}"
                );
            }
        }
    }

    #[test]
    fn a_histogram_counts_upwards() {
        let mut lateness = Lateness {
            later: 2,
            sum: std::time::Duration::from_millis(1500),
            ..Lateness::default()
        };
        (lateness.within[0], lateness.within[3]) = (1, 4);
        let mut said = String::new();
        late(&mut said, &lateness);
        for line in [
            "_bucket{le=\"0.05\"} 1\n",
            "_bucket{le=\"0.25\"} 1\n",
            "_bucket{le=\"0.5\"} 5\n",
            "_bucket{le=\"7200\"} 5\n",
            "_bucket{le=\"+Inf\"} 7\n",
            "_sum 1.5\n",
            "_count 7\n",
        ] {
            let line = format!("\nslowbloom_note_lateness_seconds{line}");
            assert!(said.contains(&line), "{line} in {said}");
        }
    }

    #[test]
    fn who_does_not_lead_says_only_that() {
        assert!(text(false, None).ends_with("\nslowbloom_leading 0\n"));
    }
}
