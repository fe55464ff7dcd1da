//! The first question to Telegram, asked until it is answered: who is this bot?

use std::time::Duration;

use super::{
    explain,
    standing::{Phase, Standing},
    supervisor,
};
use crate::{
    domain::Outcome,
    telegram::{Me, Telegram},
};

/// The first pause; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause. With the time that a request may take it stays below what a supervisor waits for a sign of life.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// So long a pause that Telegram asks for is kept.
const LONGEST_ASKED: Duration = Duration::from_secs(30);

/// Asks until Telegram answers; fails at once when it does not know the token.
pub(super) async fn until_known(telegram: &Telegram, standing: &Standing) -> anyhow::Result<Me> {
    let mut pause = FIRST_PAUSE;
    let mut said = None;
    loop {
        let failure = match telegram.me().await {
            Ok(me) => {
                standing.set(Phase::Starting);
                return Ok(me);
            }
            Err(failure) if failure.outcome == Outcome::Unauthorized => {
                return Err(explain(&failure));
            }
            Err(failure) => failure,
        };
        standing.set(Phase::Unheard);
        supervisor::waits(standing);
        let asked = match failure.outcome {
            Outcome::Wait(asked) => asked.min(LONGEST_ASKED),
            _ => Duration::ZERO,
        };
        let sentence = explain(&failure).to_string();
        if said.as_ref() != Some(&sentence) {
            tracing::warn!("cannot begin yet, and asks again: {sentence}");
            said = Some(sentence);
        }
        tokio::time::sleep(pause.max(asked)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
