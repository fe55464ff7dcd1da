//! The changes of a subscriber's row: each takes her as she is and returns her as she is afterwards, with the next
//! slot recomputed. Applying one twice, or to a row that changed meanwhile, does no harm.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    ERASE_AFTER_END, ERASE_AFTER_NOTICE, HOLD, TOO_LATE, last_day, next, notes_come, reachable,
};
use crate::domain::{
    NoteId, Pool, Subscriber, rotation,
    schedule::Schedule,
    subscriber::{Silence, Slot, Standing},
    time_of_day::TimeOfDay,
    weekdays::Weekdays,
    zone::Zone,
};

/// When “this evening” is, on her wall clock: before the quiet hours.
const EVENING: TimeOfDay = match TimeOfDay::new(19, 0) {
    Some(time) => time,
    None => unreachable!(),
};

/// After Telegram accepted `note`.
#[must_use]
pub fn after_sent(mut sub: Subscriber, note: &NoteId, now: DateTime<Utc>) -> Subscriber {
    // A moved note was counted when it first came; counting it again would begin a new round too soon.
    let again = sub.carried.as_ref() == Some(note) && sub.history.came.contains_key(note.as_str());
    if !again {
        sub.history = rotation::seen(sub.history, note);
        sub.history.sent = sub.history.sent.saturating_add(1);
    }
    sub.carried = None;
    brought(sub, now)
}

/// After a slot passed without a note. A later slot that is itself less than two hours late comes next.
#[must_use]
pub fn after_skipped(mut sub: Subscriber, now: DateTime<Utc>) -> Subscriber {
    // The row may have been given a later slot while this one was looked at: that one stands.
    if let Some(slot) = sub.next
        && slot.due <= now
    {
        sub.next = next(&sub, slot.due.max(now - TOO_LATE));
    }
    sub
}

/// After she was asked whether to go on. It counts as that day's note.
#[must_use]
pub fn after_asked(mut sub: Subscriber, now: DateTime<Utc>) -> Subscriber {
    sub.silence = Silence::AskedToGoOn;
    brought(sub, now)
}

/// After she was told that everything will be erased: no more notes, and in seven days nothing of her is left.
#[must_use]
pub fn after_noticed(mut sub: Subscriber, now: DateTime<Utc>) -> Subscriber {
    sub.silence = Silence::Noticed;
    sub.erase_at = Some(now + ERASE_AFTER_NOTICE);
    brought(sub, now)
}

/// No notes until `until`, or until she says so. Notes that she ended stay ended: a pause must not bring them back. Nor
/// does a short one cut a hold short: nobody can tell it from a pause, so what is left of any within [`HOLD`] stays.
#[must_use]
pub fn paused(mut sub: Subscriber, until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Subscriber {
    if sub.standing == Standing::Stopped {
        return sub;
    }
    sub.standing = match (sub.standing, until) {
        (_, None) => Standing::Paused,
        (Standing::PausedUntil(hold), Some(until)) => {
            Standing::PausedUntil(until.max(hold.min(now + HOLD)))
        }
        (_, Some(until)) => Standing::PausedUntil(until),
    };
    replanned(here(sub), now)
}

/// Notes come again, after a pause, a stop or a block. For whoever gets her notes anyway nothing moves: one that is due
/// and on its way out must not be forgotten because she said so.
#[must_use]
pub fn resumed(mut sub: Subscriber, now: DateTime<Utc>) -> Subscriber {
    let came_anyway = notes_come(&sub, now) && sub.next.is_some();
    sub.standing = Standing::Active;
    let sub = here(sub);
    if came_anyway {
        return sub;
    }
    replanned(sub, now)
}

/// No more notes; everything is erased in 30 days.
#[must_use]
pub fn stopped(mut sub: Subscriber, now: DateTime<Utc>) -> Subscriber {
    if sub.standing != Standing::Stopped {
        sub = here(sub);
        sub.standing = Standing::Stopped;
        sub.erase_at = Some(now + ERASE_AFTER_END);
    }
    sub.carried = None;
    replanned(sub, now)
}

/// Telegram refuses to write to her: nothing is sent, and everything is erased in 30 days unless she comes back.
#[must_use]
pub fn blocked(mut sub: Subscriber, now: DateTime<Utc>) -> Subscriber {
    if sub.blocked_since.is_none() {
        sub.blocked_since = Some(now);
        let erase_at = now + ERASE_AFTER_END;
        sub.erase_at = Some(sub.erase_at.map_or(erase_at, |sooner| sooner.min(erase_at)));
    }
    replanned(sub, now)
}

/// She unblocked the bot: what was before holds again.
#[must_use]
pub fn unblocked(mut sub: Subscriber, now: DateTime<Utc>) -> Subscriber {
    if sub.blocked_since.take().is_none() {
        return sub;
    }
    if sub.standing != Standing::Stopped {
        sub = here(sub);
    }
    replanned(touched(sub, now), now)
}

/// After an emergency reply: no notes for 72 hours. A longer pause stays, and so does a stop.
#[must_use]
pub fn held(mut sub: Subscriber, now: DateTime<Utc>) -> Subscriber {
    let until = now + HOLD;
    sub.standing = match sub.standing {
        Standing::Active => Standing::PausedUntil(until),
        Standing::PausedUntil(later) => Standing::PausedUntil(later.max(until)),
        longer @ (Standing::Paused | Standing::Stopped) => longer,
    };
    replanned(sub, now)
}

/// Where she moved a note to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// An hour from now, even into the quiet hours: she chose it.
    InAnHour,
    /// 19:00 today; tomorrow at her usual time when that has passed.
    ThisEvening,
    /// Her usual time tomorrow, whether or not tomorrow is one of her days.
    Tomorrow,
}

/// `note` comes again as the next one, in place of whatever was to come until the end of that day. While notes do
/// not come at all (paused, stopped, blocked) nothing changes.
#[must_use]
pub fn moved(mut sub: Subscriber, note: &NoteId, to: Moved, now: DateTime<Utc>) -> Subscriber {
    if !notes_come(&sub, now) {
        return sub;
    }
    if let Some(slot) = moved_slot(&sub, to, now) {
        // What is to come on an earlier day is not dropped for it: the note comes then.
        let sooner = sub.next.filter(|next| next.wall.date() < slot.wall.date());
        sub.carried = Some(note.clone());
        sub.next = Some(sooner.unwrap_or(slot));
    }
    sub
}

/// `note` never comes again.
#[must_use]
pub fn retired(mut sub: Subscriber, note: &NoteId) -> Subscriber {
    if !sub.history.retired.contains(note) {
        sub.history.retired.push(note.clone());
    }
    if sub.carried.as_ref() == Some(note) {
        sub.carried = None;
    }
    sub
}

/// She wrote or tapped: the questions to a silent reader begin anew, and an erasure for silence is called off.
#[must_use]
pub fn touched(mut sub: Subscriber, now: DateTime<Utc>) -> Subscriber {
    sub.last_active = now.date_naive().max(sub.last_active);
    let was = std::mem::take(&mut sub.silence);
    if was == Silence::Noticed && reachable(&sub) && sub.standing != Standing::Stopped {
        sub.erase_at = None;
    }
    // Only these hang on her silence; any other slot stays as it is, a moved one too.
    if was == Silence::Noticed || sub.standing == Standing::Paused {
        sub.next = next(&sub, now);
    }
    sub
}

/// The same slot by the zone rules of this program: for rows written by one with other rules. By these the last note
/// may have come on that very local day; then the next one comes on a later day.
#[must_use]
pub fn with_these_rules(mut sub: Subscriber, now: DateTime<Utc>) -> Subscriber {
    let Some(slot) = sub.next.filter(|_| !is_by_these_rules(&sub)) else {
        return sub;
    };
    let free = |slot: &Slot| {
        let moved_here = sub.carried.is_some();
        moved_here || last_day(&sub).is_none_or(|day| day < slot.wall.date())
    };
    sub.next = match Slot::at(&sub.zone, slot.wall) {
        Some(same) if same.due.timestamp() == slot.due.timestamp() => Some(slot),
        same => same.filter(free).or_else(|| next(&sub, now)),
    };
    sub
}

/// Whether at her slot's moment the clock there shows what the slot says (or there is none, or nobody knows that clock).
/// Where it does not, a gap of the clock may be the reason, too.
pub fn is_by_these_rules(sub: &Subscriber) -> bool {
    let shown_then = |slot: Slot| (sub.zone.wall(slot.due) - slot.wall).num_seconds() == 0;
    !sub.zone.is_known() || sub.next.is_none_or(shown_then)
}

/// A slot that is further away than this is looked at by [`brought_near`]: a daily schedule has none.
pub const FAR: TimeDelta = TimeDelta::hours(25);

/// As the row would be if the server's clock had never been far ahead: its next slot is no later than the first one
/// from now on. What was written down as sent a day or more after now was sent at some other time; it counts for
/// today, so that there are not two.
#[must_use]
pub fn brought_near(mut sub: Subscriber, now: DateTime<Utc>) -> Subscriber {
    let far = |slot: &Slot| sub.zone.is_known() && slot.due - now > FAR;
    let Some(slot) = sub.next.filter(far) else {
        return sub;
    };
    let today = now.date_naive();
    if sub
        .last_sent
        .is_some_and(|sent| sent - now >= TimeDelta::days(1))
    {
        sub.last_sent = Some(now);
    }
    if sub.last_active - today > TimeDelta::days(1) {
        sub.last_active = today;
    }
    if let Some(near) = next(&sub, now).filter(|near| near.due < slot.due) {
        sub.next = Some(near);
    }
    sub
}

/// Her clock is another one from now on. The very same one changes nothing.
#[must_use]
pub fn with_zone(mut sub: Subscriber, zone: Zone, after: DateTime<Utc>) -> Subscriber {
    if sub.zone == zone {
        return sub;
    }
    sub.zone = zone;
    replanned(sub, after)
}

/// Her notes come at another time of day, from `earliest` on; see [`with_plan`].
#[must_use]
pub fn with_time(
    sub: Subscriber,
    time: TimeOfDay,
    now: DateTime<Utc>,
    earliest: DateTime<Utc>,
) -> Subscriber {
    let schedule = sub.schedule.with_time(time);
    with_schedule(sub, schedule, now, earliest)
}

/// Her notes come on other days of the week, from `earliest` on; see [`with_plan`].
#[must_use]
pub fn with_days(
    sub: Subscriber,
    days: Weekdays,
    now: DateTime<Utc>,
    earliest: DateTime<Utc>,
) -> Subscriber {
    let schedule = sub.schedule.with_days(days);
    with_schedule(sub, schedule, now, earliest)
}

/// Her notes come on another schedule and from other pools, from `earliest` on.
///
/// The schedule that she has changes nothing. By another one, a note that is due at `now` and not sent yet (the program
/// was away, or is just sending) comes at the new time if that is still ahead on the same day, and at once if it is not:
/// a change must not cost her the day's note. It is taken away only by days that leave its own out, and by being too late.
#[must_use]
pub fn with_plan(
    mut sub: Subscriber,
    schedule: Schedule,
    pools: Vec<Pool>,
    now: DateTime<Utc>,
    earliest: DateTime<Utc>,
) -> Subscriber {
    sub.pools = pools;
    with_schedule(sub, schedule, now, earliest)
}

fn with_schedule(
    mut sub: Subscriber,
    schedule: Schedule,
    now: DateTime<Utc>,
    earliest: DateTime<Utc>,
) -> Subscriber {
    if sub.schedule == schedule {
        return sub;
    }
    sub.schedule = schedule;
    let comes = notes_come(&sub, now);
    let unsent = sub.next.filter(|slot| comes && slot.due <= now);
    sub.next = match unsent {
        // Not this one any more, but a later one that is not too late yet, as when it is skipped.
        Some(slot) if now - slot.due >= TOO_LATE => next(&sub, now - TOO_LATE),
        Some(slot) => owed(&sub, slot, next(&sub, earliest)),
        None => next(&sub, earliest),
    };
    sub
}

/// Which comes first: a slot that is due and not sent yet, or what the new schedule plans.
fn owed(sub: &Subscriber, unsent: Slot, planned: Option<Slot>) -> Option<Slot> {
    let day = unsent.wall.date();
    let later_that_day = planned.is_some_and(|slot| slot.wall.date() == day);
    if later_that_day || !sub.schedule.names(day) {
        planned
    } else {
        Some(unsent)
    }
}

fn replanned(mut sub: Subscriber, after: DateTime<Utc>) -> Subscriber {
    sub.next = next(&sub, after);
    sub
}

/// Something came at `now` in the place of the slot that was due. What she types next is about that, and no answer to
/// what was asked before.
fn brought(mut sub: Subscriber, now: DateTime<Utc>) -> Subscriber {
    sub.awaiting = None;
    if let Standing::PausedUntil(until) = sub.standing
        && until <= now
    {
        sub.standing = Standing::Active;
    }
    // The later of the two: after a step back of the server's clock the day of the last note still counts.
    sub.last_sent = Some(sub.last_sent.map_or(now, |last| last.max(now)));
    replanned(sub, now)
}

/// She is here: whatever silence or absence had set in motion is called off.
fn here(mut sub: Subscriber) -> Subscriber {
    sub.silence = Silence::Unasked;
    sub.blocked_since = None;
    sub.erase_at = None;
    sub
}

/// Whether “this evening” is still to come where she is.
pub fn evening_is_ahead(sub: &Subscriber, now: DateTime<Utc>) -> bool {
    this_evening(sub, now).is_some()
}

fn this_evening(sub: &Subscriber, now: DateTime<Utc>) -> Option<Slot> {
    let today = sub.zone.wall(now).date();
    Slot::at(&sub.zone, today.and_time(EVENING.into())).filter(|slot| slot.due > now)
}

fn moved_slot(sub: &Subscriber, to: Moved, now: DateTime<Utc>) -> Option<Slot> {
    let today = sub.zone.wall(now).date();
    match to {
        Moved::InAnHour => {
            let due = now + TimeDelta::hours(1);
            let wall = sub.zone.wall(due);
            Some(Slot { due, wall })
        }
        Moved::ThisEvening => {
            this_evening(sub, now).or_else(|| moved_slot(sub, Moved::Tomorrow, now))
        }
        Moved::Tomorrow => {
            let wall = today.succ_opt()?.and_time(sub.schedule.time().into());
            Slot::at(&sub.zone, wall)
        }
    }
}
