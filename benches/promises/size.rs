//! How big the program is, how much memory it takes, and how soon it polls, with few subscribers and with many.

use std::{fs, time::Duration};

use crate::{
    Asked,
    bot::{Bot, PROGRAM},
    broadcast,
    figures::{Spread, ms, say},
    promise,
    town::{Town, falls_due, is_note, is_poll, is_taken},
};
use chrono::TimeDelta;

/// Starts that are measured for each size.
const STARTS: usize = 7;

/// How long the bot idles before its memory and processor time are read.
const IDLE: Duration = Duration::from_secs(10);

/// So long without work means that it idles; and so long it may work at its first start.
const CALM: Duration = Duration::from_secs(2);
const UPKEEP: Duration = Duration::from_mins(5);

/// So many notes are sent to see what sending takes.
const SENT: u64 = 3_000;

/// SPEC, promise 11, in MB of 1,000,000 bytes, and what “idle CPU near zero” is taken to be: one percent.
const PROGRAM_SIZE: f64 = 20.0;
const MEMORY_IDLE: f64 = 25.0;
const START: Duration = Duration::from_millis(200);
const CPU_IDLE: Duration = Duration::from_millis(100);

#[expect(clippy::cast_precision_loss, reason = "a file's size in MB")]
pub(crate) async fn run(asked: &Asked) -> anyhow::Result<()> {
    let bytes = fs::metadata(PROGRAM)?.len();
    promise::below("the program", bytes as f64 / 1e6, PROGRAM_SIZE, "MB");
    for rows in [asked.number("few", 10_000), asked.number("many", 1_000_000)] {
        println!("-- {rows} subscribers");
        measure(rows).await?;
    }
    Ok(())
}

async fn measure(rows: u64) -> anyhow::Result<()> {
    let town = Town::new().await?;
    let sent = SENT.min(rows).cast_signed();
    town.open_chats(1..=sent);
    // Everybody's note is due within the next day; nobody's before all is measured.
    let tomorrow = town.in_seconds(20 * 3600);
    let began = town.clock.instant();
    town.subscribe(rows, |id| tomorrow + TimeDelta::seconds(id % 14_400))
        .await?;
    say("rows stored in", format!("{:.1?}", began.elapsed()));
    let file = fs::metadata(town.folder.path().join("bloom.db"))?.len();
    say("database file", format!("{} MB", file / 1_000_000));
    starts(&town).await?;

    let bot = Bot::start(&town, &[])?;
    town.bot_is_up().await?;
    settles(&town, &bot).await;
    let cpu = bot.cpu();
    tokio::time::sleep(IDLE).await;
    let (now, peak) = bot.memory();
    let used = bot.cpu().saturating_sub(cpu);
    promise::below("memory idle", now, MEMORY_IDLE, "MB");
    let own = bot.memory_of_its_own();
    say(
        "  highest since the start; not of files",
        format!("{peak:.1} MB; {own:.1} MB"),
    );
    promise::within("processor time in 10 s idle", used, CPU_IDLE);
    // What is loaded on need only: the lists of the safety net, and a few pages.
    for text in ["/signs", "I am so tired today", "estoy muy cansada hoy"] {
        town.telegram.parent(1, "parent", "en").says(text);
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    let (now, peak) = bot.memory();
    promise::below("memory idle after the first talk", now, MEMORY_IDLE, "MB");
    let own = bot.memory_of_its_own();
    say(
        "  highest since the start; not of files",
        format!("{peak:.1} MB; {own:.1} MB"),
    );
    bot.stop()?;
    sending(&town, sent).await
}

/// Once for each release of the zone rules every row is looked at, in the background (`app/upkeep`): here that is now.
async fn settles(town: &Town, bot: &Bot) {
    let began = town.clock.instant();
    let mut calm_since = began;
    let mut cpu = bot.cpu();
    while calm_since.elapsed() < CALM && began.elapsed() < UPKEEP {
        tokio::time::sleep(CALM / 4).await;
        let now = bot.cpu();
        if now.saturating_sub(cpu) > CALM / 4 / 20 {
            calm_since = town.clock.instant();
        }
        cpu = now;
    }
    let took = calm_since - began;
    let name = "busy after its first start";
    say(name, format!("{took:.1?}, {cpu:.1?} of processor time"));
}

/// From the start of the process to its first `getUpdates`.
async fn starts(town: &Town) -> anyhow::Result<()> {
    let mut took = Vec::new();
    for _ in 0..STARTS {
        let polls = town.telegram.count_calls(is_poll);
        let began = town.clock.instant();
        let bot = Bot::start(town, &[])?;
        town.bot_is_up().await?;
        let calls = town.telegram.calls();
        let first = calls.iter().filter(|call| is_poll(call)).nth(polls);
        took.extend(first.map(|call| call.instant - began));
        bot.stop()?;
    }
    let spread: Spread = took.into_iter().collect();
    say(
        "start to first poll",
        format!(
            "median {} · fastest {} · slowest {}",
            ms(spread.percentile(50)),
            ms(spread.percentile(1)),
            ms(spread.percentile(100))
        ),
    );
    promise::percentile_within("start to first poll", &spread, 100, START);
    Ok(())
}

/// Memory while thousands of notes go out as fast as ever allowed.
async fn sending(town: &Town, sent: i64) -> anyhow::Result<()> {
    let store = town.store().await?;
    let due = town.in_seconds(5);
    for id in 1..=sent {
        let chat = slowbloom::domain::ChatId(id);
        let soon = |row| Some(falls_due(row, due));
        store.update(chat, soon).await?;
    }
    store.close().await;
    let bot = broadcast::start(town, 1000)?;
    let all = usize::try_from(sent)?;
    let taken = town.wait_for(all, Duration::from_mins(1), is_taken).await;
    let (now, peak) = bot.memory();
    say(
        "memory while sending",
        format!("{now:.1} MB, {taken} of {sent} taken"),
    );
    let most = broadcast::MEMORY_SENDING;
    promise::below("  highest", peak, most, "MB");
    bot.stop()?;
    let mut said = town.telegram.everything_said();
    said.retain(is_note);
    broadcast::each_once(sent.cast_unsigned(), &said);
    broadcast::report(town, &said, 1000);
    Ok(())
}
