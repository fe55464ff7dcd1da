//! A wait that Telegram asks of the whole bot: answers and notes keep it to its end, crisis replies ask whether it is
//! over. Pure.

use std::time::Duration;

use tokio::time::Instant;

use super::{super::wait::for_help, letter::Class};

/// How long a crisis reply that is on its way keeps the next one waiting.
const ONE_BY_ONE: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct Ban {
    /// No answer and no note leaves before this.
    until: Option<Instant>,
    /// No crisis reply leaves before this.
    help_until: Option<Instant>,
    /// Since when the latest refusal is known.
    known: Option<Instant>,
    /// How many crisis replies in a row were told to wait.
    refused: u32,
    /// They leave one by one, so that each answer speaks for all of them: while one is on its way, none before this.
    next_help: Option<Instant>,
}

impl Ban {
    /// Telegram refused a letter of this class, which left at `left`.
    pub(super) fn set(&mut self, class: Class, wait: Duration, left: Instant, now: Instant) {
        self.until = self.until.max(Some(now + wait));
        if self.known.is_some_and(|known| left < known) {
            // It was on its way already: the same refusal, not another one.
            return;
        }
        self.known = Some(now);
        self.help_until = Some(now + for_help(wait, self.refused));
        self.refused += u32::from(class == Class::Crisis);
    }

    /// Forgets what is over; returns when to look again if something is not.
    pub(super) fn let_go(&mut self, now: Instant) -> Option<Instant> {
        let over = |until: &mut Option<Instant>| {
            until.take_if(|until| *until <= now);
            *until
        };
        let help = over(&mut self.help_until).max(over(&mut self.next_help));
        let rest = over(&mut self.until);
        if rest.is_none() {
            *self = Self::default();
            return None;
        }
        [help, rest].into_iter().flatten().min()
    }

    /// Whether answers and notes must wait.
    pub(super) fn stands(&self) -> bool {
        self.until.is_some()
    }

    /// Whether answers and notes must wait at `now`, if nobody has looked since.
    pub(super) fn stands_at(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| until > now)
    }

    /// Whether crisis replies must wait.
    pub(super) fn bars_help(&self) -> bool {
        self.help_until.is_some() || self.next_help.is_some()
    }

    /// A crisis reply leaves.
    pub(super) fn help_leaves(&mut self, now: Instant) {
        if self.stands() {
            self.next_help = Some(now + ONE_BY_ONE);
        }
    }

    /// A crisis reply was accepted: the next may leave. For the others Telegram's word stands.
    pub(super) fn help_was_accepted(&mut self) {
        (self.help_until, self.next_help, self.refused) = (None, None, 0);
    }
}
