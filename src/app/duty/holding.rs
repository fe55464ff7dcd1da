//! Holding the lead: who leads is asked again and again, and no note is sent while that is in doubt.

use std::time::Duration;

use anyhow::anyhow;
use tokio::{sync::watch, time::timeout};

use super::{ASK_EVERY, Ended, Phase, Rooms, Standing, rounds::Rounds};
use crate::{
    store::{AnotherRuns, Lead},
    telegram::Reign,
};

/// How often the leader asks whether it still leads.
const KEEP_EVERY: Duration = Duration::from_millis(500);

/// After so long without an answer no more notes are sent until it comes. Whoever leads next would send once more what
/// is sent and cannot be written down.
const DOUBT_AFTER: Duration = Duration::from_millis(300);

/// The lead, and what the others of this process know about it.
pub(super) struct Holding {
    /// `None` while it is not clear who leads.
    pub(super) lead: Option<Lead>,
    pub(super) reign: watch::Sender<Reign>,
}

impl Holding {
    pub(super) fn of(lead: Lead) -> Self {
        let reign = Reign {
            mark: lead.since(),
            sure: true,
        };
        Self {
            lead: Some(lead),
            reign: watch::Sender::new(reign),
        }
    }

    fn lose(&mut self) -> Option<Lead> {
        let lead = self.lead.take()?;
        self.reign.send_modify(|reign| reign.sure = false);
        Some(lead)
    }

    fn regain(&mut self, lead: Lead) {
        self.reign.send_modify(|reign| {
            // Never less: the server's clock may have been put back.
            reign.mark = reign.mark.max(lead.since());
            reign.sure = true;
        });
        self.lead = Some(lead);
    }

    /// Whether it is still held. While that is in doubt, no notes are sent.
    async fn still_held(&mut self, rounds: &mut Rounds<'_>) -> bool {
        let Some(lead) = &mut self.lead else {
            return false;
        };
        let asked = rounds.present();
        let mut held = std::pin::pin!(lead.still_held());
        if let Ok(held) = timeout(DOUBT_AFTER, &mut held).await {
            if held {
                rounds.lead_was_held(asked);
            }
            return held;
        }
        rounds.end().await;
        let held = held.await;
        if held {
            rounds.lead_was_held(asked);
            rounds.begin();
        }
        held
    }
}

/// Holds the lead: returns when it is lost, or when a SQLite database is no longer where it was.
///
/// While the database does not answer nobody knows who leads. Notes stop at once, as another process may send them
/// soon; messages are still answered, because someone may ask for help, until the lead is back, another process has
/// it, or Telegram says that another one polls (or that another one has set the webhook: [`Registration::keep`]).
pub(super) async fn hold(
    holding: &mut Holding,
    rounds: &mut Rounds<'_>,
    rooms: &Rooms,
    standing: &Standing,
    rivals: impl Fn() -> u64,
) -> Ended {
    // The session that held the lead last, and who had shown themselves until it was lost.
    let (mut lost, mut known) = (None, 0);
    loop {
        tokio::time::sleep(if holding.lead.is_some() {
            KEEP_EVERY
        } else {
            ASK_EVERY
        })
        .await;
        if let Some(sentence) = rooms.store.misplaced().await {
            rounds.end().await;
            return Ended::ToStop(Err(anyhow!(sentence)));
        }
        if holding.still_held(rounds).await {
            continue;
        }
        rounds.end().await;
        // Dropped first: the old session may hold the lock that the new one asks for.
        if let Some(lead) = holding.lose() {
            (lost, known) = (lead.session().map(str::to_owned), rivals());
            tracing::warn!(
                "what holds the lead is gone or does not answer: no notes are sent until it is clear who leads"
            );
            standing.set(Phase::WithoutDatabase);
        }
        let asked = rounds.present();
        match rooms.store.try_lead().await {
            Ok(Some(again)) => {
                tracing::info!("the database is back, and this process still leads");
                holding.regain(again);
                standing.set(Phase::Leading);
                rounds.lead_was_held(asked);
                rounds.begin();
            }
            // It is nobody else: whoever calls for help is answered by us or not at all.
            Ok(None) if rooms.store.is_led_by(lost.as_deref()).await => {}
            Ok(None) => return Ended::Lost,
            Err(error) if error.is::<AnotherRuns>() => return Ended::ToStop(Err(error)),
            Err(_) if rivals() > known => return Ended::Lost,
            Err(_) => {}
        }
    }
}
