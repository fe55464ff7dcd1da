//! The judge of Telegram's limits: sliding windows over what was accepted, by a clock that never steps.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use tokio::time::Instant;

/// A limit on sending (Telegram's Bots FAQ, "My bot is hitting limits" and `allow_paid_broadcast`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// 30 messages a second over all chats.
    Overall,
    /// 1 message a second in one chat.
    Chat,
    /// 20 messages a minute in one group.
    Group,
    /// 1000 messages a second with paid broadcast.
    Paid,
}

impl Limit {
    const fn most(self) -> usize {
        match self {
            Self::Overall => 30,
            Self::Chat => 1,
            Self::Group => 20,
            Self::Paid => 1000,
        }
    }

    const fn window(self) -> Duration {
        match self {
            Self::Overall | Self::Chat | Self::Paid => Duration::from_secs(1),
            Self::Group => Duration::from_mins(1),
        }
    }
}

/// One message that was more than a limit allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The limit that was passed.
    pub limit: Limit,
    /// How many messages stood in the window with this one.
    pub in_window: usize,
    /// When it arrived.
    pub at: Instant,
}

#[derive(Default)]
pub(super) struct Judge {
    overall: VecDeque<Instant>,
    paid: VecDeque<Instant>,
    chats: HashMap<i64, VecDeque<Instant>>,
    groups: HashMap<i64, VecDeque<Instant>>,
    breaches: Vec<Breach>,
    /// Refuse with 429 instead of only counting.
    pub(super) strict: bool,
}

impl Judge {
    /// Counts a message, or refuses it with a wait in seconds when strict.
    pub(super) fn count(
        &mut self,
        chat: i64,
        is_group: bool,
        paid: bool,
        at: Instant,
    ) -> Result<(), u32> {
        let broad = if paid { Limit::Paid } else { Limit::Overall };
        let windows = [
            Some((
                broad,
                if paid {
                    &mut self.paid
                } else {
                    &mut self.overall
                },
            )),
            Some((Limit::Chat, self.chats.entry(chat).or_default())),
            is_group.then(|| (Limit::Group, self.groups.entry(chat).or_default())),
        ];
        let mut windows: Vec<_> = windows.into_iter().flatten().collect();
        let mut wait = None;
        for (limit, window) in &mut windows {
            while window
                .front()
                .is_some_and(|first| at.duration_since(*first) >= limit.window())
            {
                window.pop_front();
            }
            if window.len() >= limit.most() {
                self.breaches.push(Breach {
                    limit: *limit,
                    in_window: window.len() + 1,
                    at,
                });
                wait = wait.max(Some(limit.window().as_secs()));
            }
        }
        if let Some(wait) = wait.filter(|_| self.strict) {
            return Err(u32::try_from(wait).unwrap_or(u32::MAX));
        }
        for (_, window) in windows {
            window.push_back(at);
        }
        Ok(())
    }

    pub(super) fn breaches(&self) -> &[Breach] {
        &self.breaches
    }

    pub(super) fn forget_breaches(&mut self) {
        self.breaches.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn a_window_slides() {
        let start = Clock::system().instant();
        let mut judge = Judge::default();
        for chat in 0..30 {
            judge.count(chat, false, false, start).unwrap();
        }
        assert_eq!(judge.breaches(), []);
        let almost = start + Duration::from_millis(999);
        judge.count(30, false, false, almost).unwrap();
        assert_eq!(
            judge.breaches(),
            [Breach {
                limit: Limit::Overall,
                in_window: 31,
                at: almost
            }]
        );
        judge.forget_breaches();
        judge
            .count(31, false, false, start + Duration::from_secs(1))
            .unwrap();
        assert_eq!(judge.breaches(), [], "the first 30 have left the window");
    }

    #[test]
    fn one_chat_a_group_and_paid_broadcast_have_limits_of_their_own() {
        let start = Clock::system().instant();
        let mut judge = Judge::default();
        let kinds = |judge: &Judge| judge.breaches().iter().map(|b| b.limit).collect::<Vec<_>>();

        judge.count(7, false, false, start).unwrap();
        judge.count(7, false, false, start).unwrap();
        assert_eq!(kinds(&judge), [Limit::Chat]);
        judge.forget_breaches();

        for second in 1..=21 {
            let at = start + Duration::from_secs(second);
            judge.count(-5, true, false, at).unwrap();
        }
        assert_eq!(kinds(&judge), [Limit::Group]);
        judge.forget_breaches();

        let later = start + Duration::from_secs(100);
        for chat in 0..1001 {
            judge.count(chat, false, true, later).unwrap();
        }
        assert_eq!(kinds(&judge), [Limit::Paid]);
    }

    #[test]
    fn when_strict_it_refuses_and_does_not_count_what_it_refused() {
        let start = Clock::system().instant();
        let mut judge = Judge {
            strict: true,
            ..Judge::default()
        };
        judge.count(7, false, false, start).unwrap();
        assert_eq!(judge.count(7, false, false, start), Err(1));
        judge
            .count(7, false, false, start + Duration::from_secs(1))
            .unwrap();
    }
}
