//! What to do with a subscriber whose note has fallen due, and when the next one falls due.
//!
//! [`decide`] looks at one row, [`next`] is the one place that computes a next slot, and [`changes`] are what
//! happens to a row.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

use super::{
    NoteId, Subscriber,
    subscriber::{Silence, Slot, Standing},
    zone::Zone,
};

pub mod changes;
#[cfg(test)]
mod tests;

pub use changes::*;

/// The first note comes no sooner than this after she agreed (SPEC 1.1: nothing jumps at her).
pub const FIRST_NOTE_NOT_BEFORE: TimeDelta = TimeDelta::hours(1);
/// A note that is this late is no longer sent but skipped (SPEC 1.4).
pub const TOO_LATE: TimeDelta = TimeDelta::hours(2);
/// A note that is more than this late counts as late: it keeps out of the quiet hours.
pub const LATE: TimeDelta = TimeDelta::minutes(10);
/// The local hours without pushes that she did not choose: from 20:00 on (SPEC 1.4) …
pub const QUIET_FROM_HOUR: u32 = 20;
/// … until 08:00.
pub const QUIET_UNTIL_HOUR: u32 = 8;
/// After so long without a tap, and with the whole pool seen, she is asked whether to go on (SPEC 1.4).
pub const ASK_AFTER: TimeDelta = TimeDelta::weeks(10);
/// After so long without a tap she is told that everything will be erased (SPEC 1.4).
pub const NOTICE_AFTER: TimeDelta = TimeDelta::days(90);
/// So long after the notice everything is erased (SPEC 1.4).
pub const ERASE_AFTER_NOTICE: TimeDelta = TimeDelta::days(7);
/// So long after she stopped, or blocked the bot, everything is erased (SPEC 3.4).
pub const ERASE_AFTER_END: TimeDelta = TimeDelta::days(30);
/// For so long no notes come after an emergency reply (SAFETY B19).
pub const HOLD: TimeDelta = TimeDelta::hours(72);

/// What is to be done with a row at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Send a note, then save [`after_sent`].
    Bring {
        /// The slot it fills.
        slot: Slot,
        /// The note she moved to this slot; without one the rotation chooses.
        carried: Option<NoteId>,
    },
    /// Send nothing and save [`after_skipped`]: it is too late, or it would come in her quiet hours.
    Skip,
    /// Ask whether to go on, in the note's place, then save [`after_asked`].
    AskToGoOn,
    /// Tell her that all is erased in seven days, in the note's place, then save [`after_noticed`].
    LastNotice,
    /// Nothing is due.
    Nothing,
}

/// What is to be done with `sub` at `now`. `pool_seen` says whether she has seen every note of her pools
/// ([`rotation::whole_pool_seen`]).
pub fn decide(sub: &Subscriber, pool_seen: bool, now: DateTime<Utc>) -> Occasion {
    let Some(slot) = sub.next.filter(|slot| slot.due <= now) else {
        return Occasion::Nothing;
    };
    if !sub.zone.is_known() {
        // Nobody knows whether it is night there. A newer program will know when it is due.
        return Occasion::Nothing;
    }
    // A row that ought not to be due is put right by being skipped.
    let comes = notes_come(sub, now);
    let paused = sub.standing == Standing::Paused && reachable(sub);
    if !(comes || paused) || too_late(&sub.zone, &slot, now) {
        return Occasion::Skip;
    }
    let quiet_for = now.date_naive() - sub.last_active;
    if quiet_for >= NOTICE_AFTER {
        Occasion::LastNotice
    } else if paused {
        Occasion::Skip
    } else if quiet_for >= ASK_AFTER && pool_seen && sub.silence == Silence::Unasked {
        Occasion::AskToGoOn
    } else {
        Occasion::Bring {
            slot,
            carried: sub.carried.clone(),
        }
    }
}

/// Whether a wall clock shows one of the quiet hours.
pub fn is_quiet(wall: NaiveDateTime) -> bool {
    !(QUIET_UNTIL_HOUR..QUIET_FROM_HOUR).contains(&wall.hour())
}

/// The next slot of `sub` after `after`: `None` while nothing is to come.
///
/// While she has paused without an end it is the moment of the notice after 90 days of silence. It is never on a
/// local day, by her present zone, on which (or before which) she already had a note.
pub fn next(sub: &Subscriber, after: DateTime<Utc>) -> Option<Slot> {
    if !reachable(sub) {
        return None;
    }
    let after = match sub.standing {
        Standing::Stopped => return None,
        Standing::Active => after,
        Standing::PausedUntil(until) => after.max(until),
        Standing::Paused => {
            let notice = sub.last_active.checked_add_signed(NOTICE_AFTER)?;
            after.max(notice.and_time(NaiveTime::MIN).and_utc())
        }
    };
    sub.schedule.next_slot(&sub.zone, after, last_day(sub))
}

/// Whether Telegram takes messages to her and she has not had the last notice.
fn reachable(sub: &Subscriber) -> bool {
    sub.blocked_since.is_none() && sub.silence != Silence::Noticed
}

fn notes_come(sub: &Subscriber, now: DateTime<Utc>) -> bool {
    let standing = match sub.standing {
        Standing::Active => true,
        Standing::PausedUntil(until) => until <= now,
        Standing::Paused | Standing::Stopped => false,
    };
    standing && reachable(sub)
}

fn last_day(sub: &Subscriber) -> Option<NaiveDate> {
    sub.last_sent.map(|sent| sub.zone.wall(sent).date())
}

fn too_late(zone: &Zone, slot: &Slot, now: DateTime<Utc>) -> bool {
    let late = now - slot.due;
    let wall = zone.wall(now);
    late >= TOO_LATE || (late > LATE && is_quiet(wall) && wall.hour() != slot.wall.hour())
}
