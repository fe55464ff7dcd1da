//! What time it is by Telegram: every answer is dated. The machine's own clock may be years off, after a start without
//! a battery or with a broken time server, and a bot that believed it would skip notes, and erase what it must not.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{DATE, HeaderMap};
use tokio::time::Instant;

use super::Telegram;
use crate::clock::Clock;

/// A machine's clock that is so far off is not believed. One that is less off is an operator's wrong time zone at worst:
/// notes then come at a wrong hour, by as much, at night too. Whether an answer comes late is not measured by it ([`Telegram::time`]).
const FAR_OFF: TimeDelta = TimeDelta::days(1);

/// So little is no difference: dates have whole seconds, and an answer is on its way for some.
const NEGLIGIBLE: TimeDelta = TimeDelta::seconds(5);

/// The newest answer.
#[derive(Clone, Copy, Debug)]
struct Answer {
    date: DateTime<Utc>,
    /// When it was asked for, and when it came, by the machine's clock.
    asked_at: DateTime<Utc>,
    came_at: DateTime<Utc>,
    came: Instant,
}

impl Answer {
    /// How far the machine's clock, which reads `now`, is ahead of Telegram's, if the machine did not sleep since.
    fn ahead(&self, now: DateTime<Utc>, instant: Instant) -> Option<TimeDelta> {
        let since = instant.saturating_duration_since(self.came);
        Some(now - self.date - TimeDelta::from_std(since).ok()?)
    }

    /// The same, but no more than must be: an answer that was long on its way is dated long ago, and after a sleep the
    /// clock seems to have been put forward. Neither makes a right clock wrong.
    fn surely_ahead(&self, now: DateTime<Utc>, instant: Instant) -> TimeDelta {
        let when_it_came = self.came_at - self.date;
        let readings = [
            self.asked_at - self.date,
            when_it_came,
            self.ahead(now, instant).unwrap_or(when_it_came),
        ];
        let (least, most) = readings
            .iter()
            .fold((readings[0], readings[0]), |(least, most), reading| {
                (least.min(*reading), most.max(*reading))
            });
        let ahead = TimeDelta::zero().clamp(least, most);
        if ahead.abs() < NEGLIGIBLE {
            TimeDelta::zero()
        } else {
            ahead
        }
    }
}

/// The newest answer that was dated.
#[derive(Clone, Debug, Default)]
pub(super) struct Dated(Arc<Mutex<Option<Answer>>>);

impl Dated {
    /// The machine's own time, which is what dates are compared with.
    pub(super) fn machine() -> DateTime<Utc> {
        Clock::system().now()
    }

    /// Takes down the date of an answer that was asked for at this time of the machine.
    pub(super) fn note(&self, headers: &HeaderMap, asked_at: DateTime<Utc>) {
        let date = headers.get(DATE).and_then(|date| date.to_str().ok());
        if let Some(date) = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()) {
            *self.lock() = Some(Answer {
                date: date.to_utc(),
                asked_at,
                came_at: Self::machine(),
                came: Clock::system().instant(),
            });
        }
    }

    /// How far the machine's clock is ahead of Telegram's, if that is far. Nothing is known when no answer was dated.
    fn far_off(&self) -> Option<TimeDelta> {
        let answer = (*self.lock())?;
        let ahead = answer.ahead(Self::machine(), Clock::system().instant())?;
        (ahead.abs() >= FAR_OFF).then_some(ahead)
    }

    /// How far the machine's clock is ahead of Telegram's for sure; nothing when no answer was dated.
    fn off(&self) -> TimeDelta {
        let answer = *self.lock();
        answer.map_or_else(TimeDelta::zero, |answer| {
            answer.surely_ahead(Self::machine(), Clock::system().instant())
        })
    }

    /// Plain values, whole at any moment: a poisoned lock does them no harm.
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Answer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Telegram {
    /// What `clock` would read if the machine's clock were as right as Telegram's: to compare with the dates of messages.
    /// As long as no answer was dated, what it reads.
    pub fn time(&self, clock: &Clock) -> DateTime<Utc> {
        let now = clock.now();
        now.checked_sub_signed(self.dated.off()).unwrap_or(now)
    }

    /// How far the machine's clock is ahead of Telegram's (behind it, when negative), if it is so far off that it must
    /// not be believed.
    pub async fn clock_is_off_by(&self) -> Option<TimeDelta> {
        self.dated.far_off()?;
        // Or the machine slept since: then a new answer says so. Without one the doubt stays.
        let _ = self.me().await;
        self.dated.far_off()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dated(date: &str) -> Dated {
        let dated = Dated::default();
        let headers = HeaderMap::from_iter([(DATE, date.parse().unwrap())]);
        dated.note(&headers, Dated::machine());
        dated
    }

    fn as_header(ahead: TimeDelta) -> String {
        let date = Clock::system().now() + ahead;
        date.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    #[test]
    fn a_clock_that_is_about_right_is_believed() {
        for off in [
            TimeDelta::zero(),
            TimeDelta::hours(23),
            TimeDelta::hours(-23),
        ] {
            assert_eq!(dated(&as_header(off)).far_off(), None, "{off}");
        }
        assert_eq!(Dated::default().far_off(), None);
        assert_eq!(dated("yesterday").far_off(), None);
    }

    #[test]
    fn one_that_is_days_or_decades_off_is_not() {
        for days in [2, -2, 30, 20_000, -20_000] {
            let ahead = dated(&as_header(-TimeDelta::days(days))).far_off().unwrap();
            assert_eq!(
                (ahead + TimeDelta::minutes(1)).num_days(),
                days.max(days + i64::from(days < 0)),
                "{ahead}"
            );
        }
        assert!(dated("Sun, 06 Nov 1994 08:49:37 GMT").far_off().unwrap() > FAR_OFF);
    }

    /// How far ahead the clock is held to be that was so far ahead when an answer was asked for, when it came, and
    /// a minute later.
    fn surely(asked: i64, came: i64, later: i64) -> i64 {
        let date = Dated::machine();
        let instant = Clock::system().instant();
        let answer = Answer {
            date,
            asked_at: date + TimeDelta::seconds(asked),
            came_at: date + TimeDelta::seconds(came),
            came: instant,
        };
        let minute = TimeDelta::minutes(1);
        let now = date + minute + TimeDelta::seconds(later);
        let ahead = answer.surely_ahead(now, instant + minute.to_std().unwrap());
        ahead.num_seconds()
    }

    #[test]
    fn a_clock_that_is_hours_off_is_known_to_be() {
        for off in [3600, -3600, 20_000 * 86_400, 600, -600] {
            assert_eq!(surely(off, off, off), off);
        }
        assert_eq!(surely(3550, 3600, 3600), 3550, "a long poll");
        assert_eq!(Dated::default().off(), TimeDelta::zero());
    }

    #[test]
    fn a_right_clock_stays_right() {
        assert_eq!(surely(0, 1, 1), 0);
        assert_eq!(surely(4, 4, 4), 0, "nobody's clock is right to the second");
        assert_eq!(surely(-30, 0, 0), 0, "a long poll");
        assert_eq!(surely(0, 3600, 3600), 0, "long on its way");
        assert_eq!(surely(0, 0, 3600), 0, "the machine slept since");
    }

    #[test]
    fn a_wrong_clock_that_was_set_right_is_right_at_once() {
        assert_eq!(surely(3600, 3600, 0), 0);
        assert_eq!(surely(-3600, -3600, 0), 0);
    }
}
