//! How long to wait after failures, and how a wait that Telegram asks for (429) is kept where help hangs on it. Pure.

use std::time::Duration;

/// A first refusal is kept at most this long. Somebody may be dying; and one request in half a minute is no abuse.
const LONGEST_AT_FIRST: Duration = Duration::from_secs(30);

/// How long a crisis reply, or the poll that would hear the call for one, waits when Telegram asks for `wait` after
/// `refused` refusals in a row: never longer than asked, and twice as long each time, so that a Telegram that goes on
/// refusing sees seven requests in an hour.
pub(super) fn for_help(wait: Duration, refused: u32) -> Duration {
    wait.min(LONGEST_AT_FIRST.saturating_mul(2_u32.saturating_pow(refused.min(16))))
}

/// The pause after a failure that came after `before` others in a row: twice as long each time, up to `longest`.
pub(super) fn doubled(first: Duration, before: u32, longest: Duration) -> Duration {
    first
        .saturating_mul(2_u32.saturating_pow(before.min(16)))
        .min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_wait_is_kept_and_a_long_one_is_asked_about_seven_times_an_hour() {
        let second = Duration::from_secs(1);
        assert_eq!(for_help(second * 7, 0), second * 7);
        let (mut left, mut asked) = (second * 3600, 0);
        while left > Duration::ZERO {
            left = left.saturating_sub(for_help(left, asked));
            asked += 1;
        }
        assert_eq!(asked, 7);
        assert_eq!(for_help(second * 3600, u32::MAX), second * 3600);
    }
}
