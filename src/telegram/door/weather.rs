//! Whether it is one chat that fails, or the network, or the whole bot. Pure.

use std::time::Duration;

use tokio::time::Instant;

use crate::domain::ChatId;

/// So many different chats failing, with nothing answered in between, mean that it is not the chats.
const SEVERAL: usize = 3;

/// 429s to several chats within this time mean the whole bot.
const TOGETHER: Duration = Duration::from_millis(1500);

/// How often a harmless request asks whether the network is back.
const ASK_EVERY: Duration = Duration::from_millis(500);

/// Telegram answers but takes no letters: one of them tries after this long, then twice as long, up to the longest.
const TRY_AGAIN: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(4));

/// A letter that tries and has no answer after this long is no reason to keep the others waiting.
const HANGS: Duration = Duration::from_secs(2);

/// What the latest answers, taken together, tell.
#[derive(Debug, Default)]
pub(super) struct Weather {
    /// Different chats whose requests got no answer since the last answer of any kind.
    unanswered: Vec<ChatId>,
    /// Set while the network counts as gone.
    storm: Option<Storm>,
    /// Different chats that were told to wait, and when, since the last acceptance.
    told: Vec<(Instant, ChatId)>,
}

/// A storm is not waited out with letters: each try would cost a note one of the two that it has. So a harmless request
/// asks first, and only when that is answered does one letter go ahead of the others.
#[derive(Debug)]
struct Storm {
    stage: Stage,
    /// How long the next wait is after a letter that failed although the question was answered.
    wait: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing leaves; then a question.
    AskAt(Instant),
    /// The question is on its way.
    Asked,
    /// One letter may leave.
    TryOne,
    /// It left, for this chat; if it hangs, the question is asked again from then on.
    Tried(ChatId, Instant),
}

/// What may leave besides crisis replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leave {
    /// Everything.
    All,
    /// One letter.
    One,
    /// Nothing but the question, from this moment on.
    Question(Instant),
    /// Nothing until something comes back.
    Nothing,
}

impl Weather {
    /// Whether the network counts as gone.
    pub(super) fn storm(&self) -> bool {
        self.storm.is_some()
    }

    pub(super) fn leave(&self) -> Leave {
        match self.storm.as_ref().map(|storm| storm.stage) {
            None => Leave::All,
            Some(Stage::TryOne) => Leave::One,
            Some(Stage::AskAt(at) | Stage::Tried(_, at)) => Leave::Question(at),
            Some(Stage::Asked) => Leave::Nothing,
        }
    }

    /// The question leaves.
    pub(super) fn asks(&mut self) {
        if let Some(storm) = &mut self.storm {
            storm.stage = Stage::Asked;
        }
    }

    /// The question came back, answered or not.
    pub(super) fn asked(&mut self, answered: bool, now: Instant) {
        if let Some(storm) = &mut self.storm {
            storm.stage = if answered {
                Stage::TryOne
            } else {
                Stage::AskAt(now + ASK_EVERY)
            };
        }
    }

    /// An answer or note leaves.
    pub(super) fn sent(&mut self, chat: ChatId, now: Instant) {
        if let Some(storm) = &mut self.storm {
            storm.stage = Stage::Tried(chat, now + HANGS);
        }
    }

    /// A request got no answer (or a 5xx).
    pub(super) fn unanswered(&mut self, chat: ChatId, now: Instant) {
        if !self.unanswered.contains(&chat) && self.unanswered.len() < SEVERAL {
            self.unanswered.push(chat);
        }
        match &mut self.storm {
            Some(storm) if matches!(storm.stage, Stage::Tried(tried, _) if tried == chat) => {
                storm.stage = Stage::AskAt(now + storm.wait);
                storm.wait = (storm.wait * 2).min(TRY_AGAIN.1);
            }
            None if self.unanswered.len() == SEVERAL => {
                self.storm = Some(Storm {
                    stage: Stage::AskAt(now + ASK_EVERY),
                    wait: TRY_AGAIN.0,
                });
            }
            Some(_) | None => {}
        }
    }

    /// Telegram answered a letter. True when that ends a storm.
    pub(super) fn answered(&mut self) -> bool {
        self.unanswered.clear();
        self.storm.take().is_some()
    }

    /// A request that left at `left` was accepted: the whole bot is not barred if a 429 had come before that.
    pub(super) fn accepted(&mut self, left: Instant) {
        if self.told.first().is_some_and(|(at, _)| *at < left) {
            self.told.clear();
        }
    }

    /// A 429 for this chat. True when it is the whole bot that must wait.
    pub(super) fn told_to_wait(&mut self, chat: ChatId, now: Instant) -> bool {
        self.told
            .retain(|(at, other)| *at + TOGETHER > now && *other != chat);
        self.told.push((now, chat));
        if self.told.len() > SEVERAL {
            self.told.remove(0);
        }
        self.told.len() == SEVERAL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Instant {
        crate::clock::Clock::system().instant()
    }

    #[test]
    fn one_failing_chat_is_no_storm_three_are() {
        let now = start();
        let mut weather = Weather::default();
        for _ in 0..10 {
            weather.unanswered(ChatId(1), now);
        }
        assert!(!weather.storm());
        weather.unanswered(ChatId(2), now);
        assert!(!weather.answered());
        weather.unanswered(ChatId(3), now);
        assert!(!weather.storm(), "the count began anew");
        weather.unanswered(ChatId(1), now);
        weather.unanswered(ChatId(2), now);
        assert!(weather.storm());
        assert!(weather.answered() && !weather.storm());
    }

    #[test]
    fn waits_of_three_chats_together_are_the_bots() {
        let now = start();
        let second = Duration::from_secs(1);
        let mut weather = Weather::default();
        assert!(!weather.told_to_wait(ChatId(1), now));
        assert!(!weather.told_to_wait(ChatId(1), now));
        assert!(!weather.told_to_wait(ChatId(2), now + second));
        assert!(
            !weather.told_to_wait(ChatId(3), now + second * 2),
            "too far apart"
        );
        assert!(weather.told_to_wait(ChatId(4), now + second * 2));
    }

    #[test]
    fn an_acceptance_in_between_means_single_chats() {
        let now = start();
        let later = now + Duration::from_millis(100);
        let mut weather = Weather::default();
        weather.told_to_wait(ChatId(1), now);
        weather.told_to_wait(ChatId(2), now);
        weather.accepted(now - Duration::from_millis(5));
        assert!(
            weather.told_to_wait(ChatId(3), later),
            "that one had left before"
        );
        weather.accepted(later + Duration::from_millis(1));
        assert!(!weather.told_to_wait(ChatId(4), later));
    }
}
