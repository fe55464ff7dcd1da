//! What the supervisor (systemd) is told: when the process is up, what it is at, that it lives, that it stops.
//!
//! Without a supervisor that listens all of this does nothing.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio_util::sync::CancellationToken;

use super::standing::Standing;

/// How often it is told what the process is at, and that it lives.
const EVERY: Duration = Duration::from_secs(5);

/// Reports until `stop`. Standing by is up, too: a supervisor must not wait for the lead.
///
/// A process whose loop hangs sends no more signs of life, and one that is too stuck to run this sends none either.
pub(super) async fn report(standing: Standing, stop: CancellationToken) {
    tell(&[NotifyState::Ready]);
    while !stop.is_cancelled() {
        gives_a_sign(&standing);
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
    tell(&[NotifyState::Stopping]);
}

/// The same once, of a process that waits for Telegram before it begins: it is up, and must not be killed for that.
pub(super) fn waits(standing: &Standing) {
    tell(&[NotifyState::Ready]);
    gives_a_sign(standing);
}

fn gives_a_sign(standing: &Standing) {
    let health = standing.health();
    let at = if health.good {
        standing.readiness().line
    } else {
        health.line
    };
    tell(&[NotifyState::Status(&at)]);
    if health.good {
        tell(&[NotifyState::Watchdog]);
    }
}

fn tell(what: &[NotifyState]) {
    // Nobody listens, or nobody any more: no reason to stop.
    let _ = sd_notify::notify(what);
}
