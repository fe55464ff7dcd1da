//! Notes that fall due one by one while nothing else is to be done.

use std::time::Duration;

use chrono::TimeDelta;

use crate::{
    Asked, broadcast,
    figures::{Spread, say},
    promise,
    town::{Town, is_note, is_taken},
};

/// SPEC, promise 5.
const LATE: Duration = Duration::from_secs(1);

pub(crate) async fn run(asked: &Asked) -> anyhow::Result<()> {
    let notes = asked.number("notes", 200);
    let town = Town::on(asked.database.as_deref()).await?;
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
    say("notes due one a second", notes);
    broadcast::each_once(notes, &said);
    say("lateness (accepted − due)", &lateness);
    promise::percentile_within("lateness", &lateness, 99, LATE);
    broadcast::limits(&town);
    Ok(())
}
