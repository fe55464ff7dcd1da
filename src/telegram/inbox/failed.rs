//! A poll that failed: how long to wait, and when to give up.

use std::time::Duration;

use anyhow::bail;
use tokio_util::sync::CancellationToken;

use super::{Inbox, SAME_OFFSET, Tick, health::lock};
use crate::{
    domain::Outcome,
    telegram::{Failure, api::UNKNOWN_FOR, wait},
};

/// Back-off after failed polls: from, to. Below a second: with the network back, a call for help may be the first to come.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(200), Duration::from_millis(800));

/// The longest pause when another program polls: it does not go away by being asked. The first are shorter, as it may
/// be one that is about to notice that it leads no more, and nobody listens while it has stopped and this one waits.
const CONFLICT_PAUSE: Duration = Duration::from_secs(5);

impl Inbox {
    /// A failed poll: fatal for a wrong token, else a pause.
    pub(super) async fn failed(
        &mut self,
        failure: &Failure,
        stop: &CancellationToken,
    ) -> anyhow::Result<Tick> {
        let wait = match &failure.outcome {
            Outcome::Unauthorized => {
                if self.is_surely_unknown().await {
                    bail!(
                        "Telegram does not know this token: check TELOXIDE_TOKEN against what BotFather shows"
                    );
                }
                self.back_off(failure)
            }
            Outcome::Conflict if failure.is_webhook_in_the_way() => {
                self.webhook_gone = false;
                SAME_OFFSET
            }
            Outcome::Conflict => {
                // Once per conflict, not once per poll.
                if lock(&self.health).is_ended_by_another() {
                    tracing::error!(
                        "another program takes this bot's messages with the same token: stop it, or get a new token from BotFather"
                    );
                }
                wait::doubled(SAME_OFFSET, self.failures, CONFLICT_PAUSE)
            }
            // Whoever does not listen does not hear a call for help.
            Outcome::Wait(wait) => {
                self.refused = self.refused.saturating_add(1);
                wait::for_help(*wait, self.refused - 1)
            }
            _ => self.back_off(failure),
        };
        self.failures = self.failures.saturating_add(1);
        lock(&self.health).last_turn = Some(self.clock.instant() + wait);
        tokio::select! {
            () = tokio::time::sleep(wait) => Ok(Tick::Failed(wait)),
            () = stop.cancelled() => Ok(Tick::Stopped),
        }
    }

    fn back_off(&self, failure: &Failure) -> Duration {
        let (first, longest) = BACK_OFF;
        if self.failures == 0 {
            tracing::warn!(%failure, "cannot poll; trying again");
        }
        wait::doubled(first, self.failures, longest)
    }

    /// Whether Telegram has said for a while that it does not know the token, and says so once more when it is asked for
    /// nothing else. One such answer is not enough to leave everybody without help.
    async fn is_surely_unknown(&mut self) -> bool {
        let now = self.clock.instant();
        let since = *self.unknown_since.get_or_insert(now);
        if now - since < UNKNOWN_FOR {
            return false;
        }
        // If it is known after all, the next time begins anew.
        self.unknown_since = None;
        self.telegram.is_unknown().await
    }
}
