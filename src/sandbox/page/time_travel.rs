//! Moving the clock of `slowbloom try`, one note at a time, so that no note on the way is overslept.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{PARENTS, Page};

/// The eve of a clock change begins this long before it: noon when clocks change at two.
const EVE: TimeDelta = TimeDelta::hours(14);
/// A journey longer than this does not stop at every note.
const LEAP: TimeDelta = TimeDelta::days(8);
/// How long to wait in real time for a due note to be sent, in steps.
const STEP: Duration = Duration::from_millis(25);
const STEPS: u32 = 80;
/// The most notes on one journey; a week of two parents with a snoozed one has not many more.
const MOST_STOPS: u32 = 20;

/// Where the clock can be moved to.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Destination {
    NextNote,
    Hour,
    Day,
    EveOfZoneChange,
}

/// The clock on the parent's wall and what it is heading for, as `YYYY-MM-DDTHH:MM:SS` there.
#[derive(Serialize)]
pub(super) struct Reading {
    now: String,
    zone: String,
    next_note: Option<String>,
    next_zone_change: Option<String>,
}

pub(super) async fn reading(page: &Page, parent: i64) -> Reading {
    let zone = (page.hooks.zone)(parent).await;
    let note = (page.hooks.next_note)(parent).await;
    let change = (page.hooks.next_zone_change)(parent).await;
    let wall = |at: DateTime<Utc>| zone.wall(at).format("%Y-%m-%dT%H:%M:%S").to_string();
    Reading {
        now: wall(page.shared.clock().now()),
        next_note: note.map(wall),
        // The last second before the change: afterwards the wall shows another hour.
        next_zone_change: change.map(|at| wall(at - TimeDelta::seconds(1))),
        zone: zone.name().to_owned(),
    }
}

pub(super) async fn travel(
    page: &Page,
    parent: i64,
    destination: Destination,
) -> Result<(), &'static str> {
    let now = page.shared.clock().now();
    let target = match destination {
        Destination::Hour => now + TimeDelta::hours(1),
        Destination::Day => now + TimeDelta::days(1),
        Destination::NextNote => (page.hooks.next_note)(parent)
            .await
            .ok_or("No note is planned. Answer what the bot asks, or resume the notes.")?,
        Destination::EveOfZoneChange => {
            let change = (page.hooks.next_zone_change)(parent)
                .await
                .ok_or("Clocks in this time zone do not change.")?;
            // On the eve itself the next stop is just after the change.
            if change - EVE > now {
                change - EVE
            } else {
                change + TimeDelta::minutes(1)
            }
        }
    };
    // Weeks are leapt over, as when the phone was off; the last day is lived through.
    if target - now > LEAP {
        move_forward(page, target - TimeDelta::days(1));
    }
    for _ in 0..MOST_STOPS {
        let Some((who, due)) = first_due(page).await.filter(|(_, due)| *due <= target) else {
            break;
        };
        move_forward(page, due);
        wait_until_sent(page, who, due).await;
    }
    move_forward(page, target);
    Ok(())
}

async fn first_due(page: &Page) -> Option<(i64, DateTime<Utc>)> {
    let mut first: Option<(i64, DateTime<Utc>)> = None;
    for (parent, _) in PARENTS {
        if let Some(due) = (page.hooks.next_note)(parent).await
            && first.is_none_or(|(_, earliest)| due < earliest)
        {
            first = Some((parent, due));
        }
    }
    first
}

fn move_forward(page: &Page, to: DateTime<Utc>) {
    if to > page.shared.clock().now() {
        page.shared.clock().jump_to(to);
        page.shared.change(|_| ());
    }
}

/// Returns when the note has another due time, or after a while: a note that is stuck does not stop the clock.
async fn wait_until_sent(page: &Page, parent: i64, due: DateTime<Utc>) {
    for _ in 0..STEPS {
        if (page.hooks.next_note)(parent).await != Some(due) {
            return;
        }
        tokio::time::sleep(STEP).await;
    }
}
