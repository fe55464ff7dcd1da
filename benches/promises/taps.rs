//! Parents who press buttons one after the other, each of which changes the message above it: how many edits that makes.
//!
//! Telegram names no limit for edits, so their number is said and not judged.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use slowbloom::sandbox::{Action, Said};

use crate::{
    Asked, broadcast,
    figures::say,
    promise,
    storm::comes_to_rest,
    town::{Town, is_taken},
};

const PARENTS: i64 = 20;
/// From one press of a parent to her next.
const PRESS_EVERY: Duration = Duration::from_millis(300);

pub(crate) async fn run(asked: &Asked) -> anyhow::Result<()> {
    let presses = usize::try_from(asked.number("presses", 20))?;
    let town = Town::new().await?;
    town.open_chats(1..=PARENTS);
    let tomorrow = town.in_seconds(70_000);
    town.subscribe(PARENTS.unsigned_abs(), |_| tomorrow).await?;
    let bot = broadcast::start(&town, 30)?;
    town.bot_is_up().await?;
    for id in 1..=PARENTS {
        town.telegram.parent(id, "parent", "en").says("/settings");
    }
    let count = usize::try_from(PARENTS)?;
    town.wait_for(count, Duration::from_secs(30), is_taken)
        .await;
    let shown = town.telegram.everything_said();
    // The first two questions, in turn: a message that stays as it is would be refused.
    let buttons = shown.iter().flat_map(|said| said.keyboard.iter().flatten());
    let data: Vec<_> = buttons
        .filter_map(|button| match &button.action {
            Action::Callback(data) => Some(data),
            _ => None,
        })
        .take(2)
        .collect();
    let [one, other] = data[..] else {
        anyhow::bail!("the settings have no two buttons");
    };
    for press in 0..presses {
        for said in &shown {
            let parent = town.telegram.parent(said.chat, "parent", "en");
            parent.taps_data(said.message_id, [one, other][press % 2]);
        }
        tokio::time::sleep(PRESS_EVERY).await;
    }
    comes_to_rest(&town, Duration::from_mins(1)).await?;
    bot.stop()?;
    let mut edits = town.telegram.everything_said();
    edits.retain(|said| said.edit);
    // All pressed the same, so all see the same in the end.
    let screen_of: HashMap<i64, &str> = edits
        .iter()
        .map(|said| (said.chat, said.text.as_str()))
        .collect();
    let screens: HashSet<_> = screen_of.values().collect();
    promise::exactly("parents whose message changed", screen_of.len(), count);
    promise::exactly("different screens at the end", screens.len(), 1);
    say(
        "presses, edits",
        format!("{}, {}", presses * count, edits.len()),
    );
    let each = (1..=PARENTS).map(|id| busiest(edits.iter().filter(|said| said.chat == id)));
    say("most edits within a second: all, one chat", {
        let one_chat = each.max().unwrap_or(0);
        format!("{}, {one_chat}   (not judged)", busiest(edits.iter()))
    });
    broadcast::limits(&town);
    Ok(())
}

/// The most within any second.
fn busiest<'a>(edits: impl Iterator<Item = &'a Said>) -> usize {
    let times: Vec<_> = edits.map(|said| said.instant).collect();
    let within = |from: usize| {
        let end = times[from] + Duration::from_secs(1);
        times[from..].iter().take_while(|at| **at < end).count()
    };
    (0..times.len()).map(within).max().unwrap_or(0)
}
