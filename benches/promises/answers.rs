//! How soon a parent is answered, with nothing else to do and in the middle of a broadcast.
//!
//! Measured from the moment she sends to the moment Telegram takes the answer, so the way through `getUpdates` counts too.

use std::{collections::HashMap, time::Duration};

use anyhow::ensure;
use chrono::TimeDelta;
use tokio::time::Instant;

use crate::{
    Asked, broadcast,
    figures::{Dice, Spread, say},
    promise,
    town::{Town, is_note, is_taken},
};

/// Between two parents' messages, in milliseconds: from, and so much more by chance.
const PAUSE: (u64, u64) = (100, 100);

/// How much longer than with nothing else to do an answer may take in a broadcast: one message's turn at 30 a second, and
/// half as much again.
const LONGER: Duration = Duration::from_millis(50);

/// What is written, with the name of its figure.
const WRITTEN: [(&str, &str); 2] = [
    ("/signs", "a parent's /signs"),
    ("I want to die", "a crisis message"),
];

/// A message that waits for its answer: what was written, and when.
type Waiting = HashMap<i64, (usize, Instant)>;

pub(crate) async fn run(asked: &Asked, rate: u32) -> anyhow::Result<()> {
    let samples = asked.number("samples", 250);
    let writers = samples * 2 * 2;
    let talk = writers / 2 * (PAUSE.0 + PAUSE.1 / 2) / 1000 + 5;
    let notes = asked.number("notes", u64::from(rate) * (talk + 5));
    let town = Town::new().await?;
    let everyone = writers + notes;
    town.open_chats(1..=everyone.cast_signed());
    let due = town.in_seconds((talk + 15 + everyone / 5_000).cast_signed());
    let tomorrow = due + TimeDelta::hours(20);
    // The first ones write, the others get notes.
    town.subscribe(everyone, |id| {
        if id > writers.cast_signed() {
            due
        } else {
            tomorrow
        }
    })
    .await?;
    let bot = broadcast::start(&town, rate)?;
    town.bot_is_up().await?;
    let mut dice = Dice::new(u64::from(rate));
    let half = (writers / 2).cast_signed();
    let idle = write(&town, 1..=half, &mut dice).await;
    ensure!(town.clock.now() < due, "the broadcast began too soon");
    town.until(due + TimeDelta::seconds(1)).await;
    let busy = write(&town, half + 1..=half * 2, &mut dice).await;
    let written = usize::try_from(writers)?;
    let all = usize::try_from(everyone)?;
    let still_busy = town.telegram.count_calls(is_taken) < all;
    let patience = Duration::from_secs(notes / u64::from(rate) * 2 + 30);
    let taken = town.wait_for(all, patience, is_taken).await;
    bot.stop()?;
    say(
        "written; notes due; messages taken",
        format!("{written}; {notes}; {taken}"),
    );
    ensure!(
        still_busy,
        "the broadcast was over before the questions: nothing was measured"
    );
    let mut idle = waits(&town, &idle).into_iter();
    let mut busy = waits(&town, &busy).into_iter();
    for (_, name) in WRITTEN {
        if let (Some(idle), Some(busy)) = (idle.next(), busy.next()) {
            let more = busy.percentile(99).saturating_sub(idle.percentile(99));
            say(&format!("{name}, idle"), &idle);
            say(&format!("{name}, in a broadcast"), &busy);
            promise::within("  p99 above idle", more, LONGER);
        }
    }
    promise::exactly("messages taken", taken, all);
    let said = town.telegram.everything_said();
    let from = said.iter().position(is_note).unwrap_or(0);
    let to = said.iter().rposition(is_note).map_or(0, |last| last + 1);
    broadcast::report(&town, &said[from..to], rate);
    Ok(())
}

/// Each of these parents writes one message, in turn one of each kind.
async fn write(town: &Town, ids: impl Iterator<Item = i64>, dice: &mut Dice) -> Waiting {
    let mut waiting = Waiting::new();
    for (id, kind) in ids.zip((0..WRITTEN.len()).cycle()) {
        let pause = PAUSE.0 + dice.roll(PAUSE.1);
        tokio::time::sleep(Duration::from_millis(pause)).await;
        waiting.insert(id, (kind, town.clock.instant()));
        town.telegram
            .parent(id, "parent", "en")
            .says(WRITTEN[kind].0);
    }
    // The last answers.
    tokio::time::sleep(Duration::from_secs(2)).await;
    waiting
}

/// How long each kind waited for the first message that answered it.
fn waits(town: &Town, waiting: &Waiting) -> [Spread; WRITTEN.len()] {
    let mut open = waiting.clone();
    let mut waits = [Vec::new(), Vec::new()];
    for said in town.telegram.everything_said() {
        if let Some((kind, since)) = open.remove(&said.chat) {
            waits[kind].push(said.instant - since);
        }
    }
    promise::none("never answered", open.len());
    waits.map(Spread::from_iter)
}
