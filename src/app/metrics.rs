//! The numbers for Prometheus, as text: about letters and loops, never about a person or about what a text meant.

use std::fmt::Write as _;

use crate::telegram::{door::Snapshot, inbox::Polling};

/// What a number is, in Prometheus's words.
#[derive(Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
}

/// Everything at one moment. Counters begin anew with the process, and whenever it begins to lead.
pub(super) fn text(leads: bool, door: Option<&Snapshot>, polling: Option<&Polling>) -> String {
    let mut text = String::new();
    let is_leading = "Whether this process leads.";
    line(
        &mut text,
        "leading",
        Kind::Gauge,
        is_leading,
        &[("", u64::from(leads))],
    );
    if let Some(door) = door {
        letters(&mut text, door);
    }
    if let Some(polling) = polling {
        updates(&mut text, polling);
    }
    text
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

fn updates(text: &mut String, polling: &Polling) {
    let handled = [
        ("{outcome=\"handled\"}", polling.handled),
        ("{outcome=\"malformed\"}", polling.malformed),
        ("{outcome=\"given_up\"}", polling.given_up),
    ];
    let waiting = [("", polling.unacknowledged as u64)];
    let conflict = [("", u64::from(polling.conflict))];
    line(
        text,
        "updates_total",
        Kind::Counter,
        "What became of updates that were polled.",
        &handled,
    );
    line(
        text,
        "updates_unacknowledged",
        Kind::Gauge,
        "Updates that Telegram still holds.",
        &waiting,
    );
    line(
        text,
        "handler_panics_total",
        Kind::Counter,
        "Handlers that panicked.",
        &[("", polling.panics)],
    );
    line(
        text,
        "polling_conflict",
        Kind::Gauge,
        "Whether another program polls.",
        &conflict,
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
        let text = text(true, Some(&door), Some(&Polling::default()));
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

    #[test]
    fn who_does_not_lead_says_only_that() {
        assert!(text(false, None, None).ends_with("\nslowbloom_leading 0\n"));
    }
}
