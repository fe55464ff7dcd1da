//! Pauses and holds, one after the other.

use super::*;

#[test]
fn a_short_pause_does_not_cut_a_hold_short_nor_a_hold_a_pause() {
    let now = utc("2027-01-04T12:00");
    let days = |days| now + TimeDelta::days(days);
    let standing = |sub: Subscriber| sub.standing;
    let day_in_a_hold = paused(held(mia(), now), Some(days(1)), now);
    assert_eq!(standing(day_in_a_hold), Standing::PausedUntil(days(3)));
    let week_in_a_hold = paused(held(mia(), now), Some(days(7)), now);
    assert_eq!(standing(week_in_a_hold), Standing::PausedUntil(days(7)));
    let month = paused(mia(), Some(days(30)), now);
    let less = paused(month.clone(), Some(days(1)), now);
    assert_eq!(
        standing(less),
        Standing::PausedUntil(days(3)),
        "it may be a hold"
    );
    assert_eq!(standing(held(month, now)), Standing::PausedUntil(days(30)));
}
