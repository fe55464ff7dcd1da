//! How long the program takes to end when it is told to (SIGTERM) in the middle of its work.

use std::time::Duration;

use slowbloom::sandbox::{Fault, Target};

use crate::{
    broadcast,
    figures::{Spread, say},
    promise,
    town::{Town, is_note, is_taken},
};

/// Notes that are all due at once: enough for every start to be in the middle of them.
const NOTES_A_STOP: u64 = 150;
/// So many of them are taken before the program is told to stop.
const TAKEN: usize = 60;

/// SPEC, promise 2.
const END: Duration = Duration::from_secs(10);

pub(crate) async fn run(stops: u64) -> anyhow::Result<()> {
    let town = Town::new().await?;
    let notes = (stops + 1) * NOTES_A_STOP;
    town.open_chats(1..=notes.cast_signed());
    let due = town.clock.now();
    town.subscribe(notes, |_| due).await?;
    let mut took = Vec::new();
    for _ in 0..stops {
        took.push(stop_amid_notes(&town, false).await?);
    }
    let spread: Spread = took.into_iter().collect();
    say("SIGTERM amid notes, to the end", &spread);
    promise::percentile_within("SIGTERM amid notes", &spread, 100, END);
    let hanging = stop_amid_notes(&town, true).await?;
    promise::within("the same while every request hangs", hanging, END);
    // The rest, so that it is known what was lost.
    let bot = broadcast::start(&town, 30)?;
    let count = usize::try_from(notes)?;
    town.wait_for(count, Duration::from_mins(2), is_taken).await;
    bot.stop()?;
    let mut said = town.telegram.everything_said();
    said.retain(is_note);
    broadcast::each_once(notes, &said);
    broadcast::limits(&town);
    Ok(())
}

/// Starts the bot and stops it when it is at work.
async fn stop_amid_notes(town: &Town, hangs: bool) -> anyhow::Result<Duration> {
    let before = town.telegram.count_calls(is_taken);
    let bot = broadcast::start(town, 30)?;
    let patience = Duration::from_secs(30);
    town.wait_for(before + TAKEN, patience, is_taken).await;
    if hangs {
        town.telegram.keeps_failing(Target::All, Fault::Hang);
        // Until some do.
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let told = town.clock.instant();
    bot.stop()?;
    let took = town.clock.instant() - told;
    town.telegram.recovers();
    Ok(took)
}
