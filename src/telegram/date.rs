//! What time it is by Telegram: every answer is dated. The machine's own clock may be years off, after a start without
//! a battery or with a broken time server, and a bot that believed it would skip notes, and erase what it must not.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{DATE, HeaderMap};
use tokio::time::Instant;

use super::Telegram;
use crate::clock::Clock;

/// A machine's clock that is so far off is not believed. Less is an operator's wrong time zone at worst: then notes come
/// at a wrong hour, and nothing is harmed.
const FAR_OFF: TimeDelta = TimeDelta::days(1);

/// The newest answer.
#[derive(Clone, Copy, Debug)]
struct Answer {
    date: DateTime<Utc>,
    came: Instant,
}

/// The newest answer that was dated.
#[derive(Clone, Debug, Default)]
pub(super) struct Dated(Arc<Mutex<Option<Answer>>>);

impl Dated {
    /// Takes down the date of an answer.
    pub(super) fn note(&self, headers: &HeaderMap) {
        let date = headers.get(DATE).and_then(|date| date.to_str().ok());
        if let Some(date) = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()) {
            *self.lock() = Some(Answer {
                date: date.to_utc(),
                came: Clock::system().instant(),
            });
        }
    }

    /// How far the machine's clock is ahead of Telegram's, if that is far. Nothing is known when no answer was dated.
    fn far_off(&self) -> Option<TimeDelta> {
        let machine = Clock::system();
        let answer = (*self.lock())?;
        let since = machine.instant().saturating_duration_since(answer.came);
        let ahead = machine.now() - answer.date - TimeDelta::from_std(since).ok()?;
        (ahead.abs() >= FAR_OFF).then_some(ahead)
    }

    /// Plain values, whole at any moment: a poisoned lock does them no harm.
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Answer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Telegram {
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
        dated.note(&headers);
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
}
