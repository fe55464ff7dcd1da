//! Many notes due at once: limits kept, rate used, lateness, memory.

use std::{collections::BTreeMap, time::Duration};

use anyhow::ensure;
use slowbloom::sandbox::Said;

use crate::{
    Asked,
    bot::Bot,
    figures::{Spread, real, say},
    promise,
    town::{Town, is_note, is_taken},
};

/// Notes fall due so long after the rows were made, in seconds: the bot starts meanwhile.
const HEAD_START: i64 = 5;

/// What of the allowed rate must be used from the first message to the last, in percent. The door aims at 98.
const SHARE: f64 = 97.0;

/// SPEC, promise 11: memory while sending, in MB.
pub(crate) const MEMORY_SENDING: f64 = 60.0;

pub(crate) async fn run(asked: &Asked, notes: u64, rate: u32) -> anyhow::Result<()> {
    let town = Town::on(asked.database.as_deref()).await?;
    town.open_chats(1..=notes.cast_signed());
    let due = town.in_seconds(HEAD_START + notes.cast_signed() / 10_000);
    town.subscribe(notes, |_| due).await?;
    let bot = start(&town, rate)?;
    town.bot_is_up().await?;
    ensure!(
        town.clock.now() < due,
        "the machine is too slow: nothing was measured"
    );
    let idle_cpu = bot.cpu();
    let count = usize::try_from(notes)?;
    let patience = Duration::from_secs(notes / u64::from(rate) * 3 + 30);
    town.until(due).await;
    let taken = town.wait_for(count, patience, is_taken).await;
    let busy_cpu = bot.cpu().saturating_sub(idle_cpu);
    // Time for whatever would come twice.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (_, peak) = bot.memory();
    bot.stop()?;
    let mut said = town.telegram.everything_said();
    said.retain(is_note);
    say("notes due, taken", format!("{notes}, {taken}"));
    each_once(notes, &said);
    report(&town, &said, rate);
    let lateness: Spread = said
        .iter()
        .map(|said| (said.at - due).to_std().unwrap_or_default())
        .collect();
    say("lateness (accepted − due)", lateness);
    promise::below("memory at its highest", peak, MEMORY_SENDING, "MB");
    say("processor time of the bot", format!("{busy_cpu:.1?}"));
    Ok(())
}

/// Starts the bot with this sending rate.
pub(crate) fn start(town: &Town, rate: u32) -> anyhow::Result<Bot> {
    let rate_text = rate.to_string();
    let paid = if rate > 30 { "true" } else { "false" };
    Bot::start(town, &[("SEND_RATE", &rate_text), ("PAID_BROADCAST", paid)])
}

/// Nobody's note is lost, and nobody's came twice: there were no faults.
pub(crate) fn each_once(notes: u64, said: &[Said]) {
    let mut chats: Vec<_> = said.iter().map(|said| said.chat).collect();
    chats.sort_unstable();
    chats.dedup();
    let due = usize::try_from(notes).unwrap_or(usize::MAX);
    promise::none("notes lost", due.saturating_sub(chats.len()));
    promise::none("notes that came twice", said.len() - chats.len());
}

/// No message was over one of Telegram's limits.
pub(crate) fn limits(town: &Town) {
    let breaches = town.telegram.breaches();
    promise::none("messages over a limit of Telegram", breaches.len());
    // How many, and how far over: one more than 30 may have been held up on its way.
    let mut kinds = BTreeMap::<String, usize>::new();
    for breach in breaches {
        let kind = format!("{:?}, {} in its window", breach.limit, breach.in_window);
        *kinds.entry(kind).or_default() += 1;
    }
    if !kinds.is_empty() {
        say("  by limit", format!("{kinds:?}"));
    }
}

/// Telegram's limits, and the share of the allowed rate from the first message to the last.
pub(crate) fn report(town: &Town, said: &[Said], rate: u32) {
    limits(town);
    let (Some(first), Some(last)) = (said.first(), said.last()) else {
        return;
    };
    let took = last.instant - first.instant;
    let used = real(said.len() - 1) / took.as_secs_f64();
    let share = 100.0 * used / f64::from(rate);
    say(
        "rate used from the first to the last",
        format!("{used:.2}/s of {rate}/s, over {took:.1?}"),
    );
    promise::at_least("share of the allowed rate", share, SHARE, "%");
    let mut seconds = vec![0_usize; usize::try_from(took.as_secs()).unwrap_or(0)];
    for said in said {
        let second = usize::try_from((said.instant - first.instant).as_secs()).unwrap_or(0);
        if let Some(count) = seconds.get_mut(second) {
            *count += 1;
        }
    }
    if let (Some(least), Some(most)) = (seconds.iter().min(), seconds.iter().max()) {
        say(
            "fewest and most in one whole second",
            format!("{least}, {most}"),
        );
    }
}
