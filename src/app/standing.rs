//! Where the process stands, for everyone who asks: the load balancer, the supervisor, the webhook.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{
    metrics::{self, Numbers, Updates},
    watchdog::Beats,
};
use crate::{
    telegram::{Handled, Reception},
    web::{Report, Taken},
};

/// What the process is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Starting,
    /// Telegram has not answered yet, and is asked again.
    Unheard,
    /// Another process leads.
    StandingBy,
    Leading,
    /// It led when the database went away: it answers what can be answered, and sends no notes.
    WithoutDatabase,
    Stopping,
}

/// Where the process stands. Clones are the same one.
#[derive(Clone)]
pub(super) struct Standing(Arc<Mutex<Now>>);

struct Now {
    phase: Phase,
    /// What the watchdog has found.
    stuck: Option<String>,
    /// Who takes updates that come to the webhook; nobody while this process does not lead.
    reception: Option<Reception>,
    /// Where the numbers are read while this process leads.
    beats: Option<Arc<Beats>>,
}

impl Now {
    /// What the leader is at, and what keeps notes back.
    fn leading(&self) -> String {
        let beats = self.beats.as_ref();
        if let Some(trouble) = beats.and_then(|beats| beats.store.trouble()) {
            return format!("leading; {trouble}, so that notes wait");
        }
        if beats.is_some_and(|beats| beats.courier.waits_for_clock()) {
            return "leading; this machine's clock is days off from Telegram's, so that notes wait"
                .to_owned();
        }
        "leading".to_owned()
    }
}

impl Standing {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Now {
            phase: Phase::Starting,
            stuck: None,
            reception: None,
            beats: None,
        })))
    }

    pub(super) fn set(&self, phase: Phase) {
        let mut now = self.lock();
        // Stopping is the last of them, whatever is still going on.
        if now.phase != Phase::Stopping {
            now.phase = phase;
        }
    }

    /// Whether it leads, and nothing is in doubt.
    pub(super) fn leads(&self) -> bool {
        self.lock().phase == Phase::Leading
    }

    /// Notes down what is stuck, or that nothing is any more.
    pub(super) fn set_stuck(&self, stuck: Option<String>) {
        self.lock().stuck = stuck;
    }

    pub(super) fn is_stuck(&self) -> bool {
        self.lock().stuck.is_some()
    }

    /// From now on `reception` takes what comes to the webhook; with `None` Telegram is asked to come again.
    pub(super) fn receive(&self, reception: Option<Reception>) {
        self.lock().reception = reception;
    }

    /// Whether the process is well. A database or a Telegram that is away is no reason to restart it.
    pub(super) fn health(&self) -> Report {
        match &self.lock().stuck {
            Some(what) => bad(what),
            None => good("well"),
        }
    }

    /// Whether requests belong here. Without its database the leader still answers: someone may ask for help.
    pub(super) fn readiness(&self) -> Report {
        let now = self.lock();
        match now.phase {
            Phase::Starting => bad("starting"),
            Phase::Unheard => bad("starting: Telegram cannot be reached, and is asked again"),
            Phase::StandingBy => bad("standing by: another process leads"),
            Phase::Leading => good(&now.leading()),
            Phase::WithoutDatabase => {
                good("leading; the database is away, so that no notes are sent")
            }
            Phase::Stopping => bad("stopping"),
        }
    }

    /// From now on the numbers are read there.
    pub(super) fn count(&self, beats: Option<Arc<Beats>>) {
        self.lock().beats = beats;
    }

    /// The numbers for Prometheus.
    pub(super) fn metrics(&self) -> String {
        let (beats, reception, leads) = {
            let now = self.lock();
            let leads = now.phase == Phase::Leading;
            (now.beats.clone(), now.reception.clone(), leads)
        };
        let numbers = beats.map(|beats| Numbers {
            door: beats.door.snapshot(),
            lateness: beats.courier.lateness(),
            updates: match (&beats.poller, reception) {
                (Some(health), _) => Some(Updates::Polled(health())),
                (None, Some(reception)) => Some(Updates::Brought(reception.counts())),
                (None, None) => None,
            },
        });
        metrics::text(leads, numbers.as_ref())
    }

    /// Hands on what came to the webhook.
    pub(super) async fn take(&self, body: &[u8]) -> Taken {
        let reception = self.lock().reception.clone();
        let Some(reception) = reception else {
            return Taken::Later;
        };
        match reception.take(body).await {
            Handled::Done => Taken::Done,
            Handled::Owing => Taken::Later,
        }
    }

    /// Plain values, whole at any moment: a poisoned lock does them no harm.
    fn lock(&self) -> MutexGuard<'_, Now> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn good(line: &str) -> Report {
    Report {
        good: true,
        line: line.to_owned(),
    }
}

fn bad(line: &str) -> Report {
    Report {
        good: false,
        line: line.to_owned(),
    }
}
