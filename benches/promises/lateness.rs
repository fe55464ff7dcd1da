//! Notes that fall due one by one while nothing else is to be done.

use std::time::Duration;

use chrono::TimeDelta;

use crate::{
    broadcast,
    figures::{Spread, say},
    town::{Town, is_note, is_taken},
};

pub(crate) async fn run(notes: u64) -> anyhow::Result<()> {
    let town = Town::new().await?;
    town.open_chats(1..=notes.cast_signed());
    let first = town.in_seconds(3);
    town.subscribe(notes, |id| first + TimeDelta::seconds(id))
        .await?;
    let bot = broadcast::start(&town, 30)?;
    town.bot_is_up().await?;
    let count = usize::try_from(notes)?;
    let patience = Duration::from_secs(notes + 30);
    town.wait_for(count, patience, is_taken).await;
    bot.stop()?;
    let mut said = town.telegram.everything_said();
    said.retain(is_note);
    let lateness: Spread = said
        .iter()
        .map(|said| {
            let due = first + TimeDelta::seconds(said.chat);
            (said.at - due).to_std().unwrap_or_default()
        })
        .collect();
    say(
        "notes due one a second, taken",
        format!("{notes}, {}", said.len()),
    );
    say("lateness (accepted − due)", lateness);
    say(
        "breaches of a sliding window",
        town.telegram.breaches().len(),
    );
    Ok(())
}
