//! The end of polling: what was begun comes to its end, and Telegram is told what is done.

use std::time::Duration;

use super::{Handled, Inbox, question::Question};
use crate::telegram::update::Incoming;

/// How long the last acknowledgement on the way out may take.
const FAREWELL: Duration = Duration::from_secs(2);

impl Inbox {
    /// Lets handlers finish within `within`, then tells Telegram what is done. Nothing new is begun but what follows from
    /// replies to calls for help: otherwise these would be given once more by the next process, and with them every
    /// answer to an update behind.
    pub async fn finish<H, F>(&mut self, handle: &H, within: Duration)
    where
        H: Fn(Incoming) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Handled> + Send + 'static,
    {
        let deadline = self.clock.instant() + within;
        while let Ok(Some(landed)) =
            tokio::time::timeout_at(deadline, self.at_work.join_next_with_id()).await
        {
            self.landed(landed);
            let following = self.window.start_what_follows();
            self.hand_in(following, handle);
        }
        self.acknowledge();
        if self.window.offset().is_some() {
            let question = Question {
                offset: self.window.offset(),
                limit: 1,
                hold: Duration::ZERO,
            };
            // What this returns stays unacknowledged: its numbers are not below the offset.
            if let Err(failure) = question.ask(&self.telegram, FAREWELL).await {
                tracing::warn!(%failure, "could not acknowledge the last updates; they will come again");
            }
        }
    }
}
