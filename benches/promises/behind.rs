//! How long a call for help, and other parents, wait behind a backlog, behind a flood from one chat, and behind a
//! database that somebody else has locked.
//!
//! Measured from the moment they write to the moment Telegram takes the answer.

use std::{collections::HashMap, time::Duration};

use anyhow::Context as _;
use slowbloom::sandbox::{Fault, Target};
use sqlx::{Connection as _, SqliteConnection};
use tokio::time::Instant;

use crate::{
    Asked, broadcast,
    figures::{Spread, say},
    promise,
    town::Town,
};

const HELP: &str = "I want to die";

/// Help waits for nothing but its chat's own second (SPEC, promise 3); this much is for the way there and back.
const HELP_WITHIN: Duration = Duration::from_secs(1);

/// The numbers of chats begin here: those who fill the queue, other parents, those who call for help.
const BEFORE: i64 = 1_000;
const OTHERS: i64 = 1_000_000;
const CALLERS: i64 = 2_000_000;

/// While Telegram refuses everything, a call for help asks again so many seconds after its first try
/// (`telegram/wait`: 30 s, then 60, then 120).
const HELP_ASKS: [u64; 3] = [30, 90, 210];

/// Who wrote, and when.
type Written = HashMap<i64, Instant>;

/// Many parents write at once, and the last of them calls for help.
pub(crate) async fn backlog(asked: &Asked) -> anyhow::Result<()> {
    let updates = asked.number("updates", 200).cast_signed();
    let town = Town::new().await?;
    let bot = broadcast::start(&town, 30)?;
    town.bot_is_up().await?;
    let (mut others, mut callers) = (Written::new(), Written::new());
    for round in 0..asked.number("rounds", 5).cast_signed() {
        let from = BEFORE + round * updates;
        for chat in from..from + updates {
            writes(&town, chat, "/signs", &mut others);
        }
        writes(&town, CALLERS + round, HELP, &mut callers);
        // 30 answers a second, and a pause.
        let pause = Duration::from_secs(updates.cast_unsigned() / 29 + 4);
        tokio::time::sleep(pause).await;
    }
    bot.stop()?;
    say("updates before the call for help", updates);
    help("the call for help", &waits(&town, &callers), HELP_WITHIN);
    say("the others' /signs, at 30/s", waits(&town, &others));
    broadcast::limits(&town);
    Ok(())
}

/// One chat writes without end, and then others do.
pub(crate) async fn flood(asked: &Asked) -> anyhow::Result<()> {
    const EACH: i64 = 10;
    let updates = asked.number("updates", 1_500);
    // `crisis=1`: the flood is one of calls for help, which are answered before everything.
    let words = ["/signs", HELP][usize::from(asked.number("crisis", 0) > 0)];
    let town = Town::new().await?;
    let bot = broadcast::start(&town, 30)?;
    town.bot_is_up().await?;
    let (mut others, mut callers) = (Written::new(), Written::new());
    for round in 0..asked.number("rounds", 5).cast_signed() {
        let loud = town.telegram.parent(BEFORE + round, "parent", "en");
        for _ in 0..updates {
            loud.says(words);
        }
        for number in round * EACH..(round + 1) * EACH {
            writes(&town, OTHERS + number, "/signs", &mut others);
        }
        writes(&town, CALLERS + round, HELP, &mut callers);
        // Up to 30 answers wait for the flood's own chat.
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    bot.stop()?;
    say("messages from one chat before the others'", updates);
    help("the call for help", &waits(&town, &callers), HELP_WITHIN);
    say("other parents' /signs", waits(&town, &others));
    broadcast::limits(&town);
    Ok(())
}

/// Somebody else holds the write lock of the database; parents are stuck in it, and then they and others call for help.
pub(crate) async fn locked(asked: &Asked) -> anyhow::Result<()> {
    const STUCK: i64 = 10;
    let seconds = asked.number("seconds", 20);
    let town = Town::new().await?;
    let tomorrow = town.in_seconds(70_000);
    let stuck: Vec<_> = (BEFORE..BEFORE + STUCK).collect();
    town.open_chats(stuck.iter().copied());
    town.subscribe_these(&stuck, |_| tomorrow).await?;
    let bot = broadcast::start(&town, 30)?;
    town.bot_is_up().await?;
    // The first text that is judged unpacks the net's lists, which is not what is measured.
    writes(&town, OTHERS, "/signs", &mut Written::new());
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut lock = SqliteConnection::connect(town.database()).await?;
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut lock).await?;
    let (mut same, mut others) = (Written::new(), Written::new());
    for chat in &stuck {
        town.telegram
            .parent(*chat, "parent", "en")
            .says("/time 9:00");
    }
    let end = town.clock.instant() + Duration::from_secs(seconds);
    let mut number = 0;
    while town.clock.instant() < end {
        tokio::time::sleep(Duration::from_millis(370)).await;
        writes(&town, CALLERS + number, HELP, &mut others);
        if let Some(chat) = usize::try_from(number).ok().and_then(|n| stuck.get(n)) {
            writes(&town, *chat, HELP, &mut same);
        }
        number += 1;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (same, others) = (helped(&town, &same), helped(&town, &others));
    lock.close().await?;
    bot.stop()?;
    let own_second = HELP_WITHIN + Duration::from_secs(1);
    help("help for those stuck in the database", &same, own_second);
    help("help for others meanwhile", &others, HELP_WITHIN);
    broadcast::limits(&town);
    Ok(())
}

/// Telegram refuses everything and asks for an hour: how often is it asked, and when does help come after it gave in?
pub(crate) async fn banned(asked: &Asked) -> anyhow::Result<()> {
    const EACH: i64 = 5;
    let seconds = asked.number("seconds", 60);
    let town = Town::new().await?;
    let bot = broadcast::start(&town, 30)?;
    town.bot_is_up().await?;
    town.telegram
        .keeps_failing(Target::Sending, Fault::TooMany(3600));
    let (mut others, mut callers) = (Written::new(), Written::new());
    for number in 0..EACH {
        writes(&town, OTHERS + number, "/signs", &mut others);
        writes(&town, CALLERS + number, HELP, &mut callers);
    }
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let calls = town.telegram.calls();
    town.telegram.recovers();
    let to = |from: i64| {
        let hers = calls.iter().filter_map(|call| call.chat);
        hers.filter(|chat| (from..from + EACH).contains(chat))
            .count()
    };
    say(
        "requests while refused: others, calls for help",
        format!(
            "{}, {} in {seconds} s, {EACH} chats each",
            to(OTHERS),
            to(CALLERS)
        ),
    );
    // Each chat may have asked before it was known that all are meant.
    let asked_again = HELP_ASKS.iter().filter(|at| **at <= seconds).count();
    let most = usize::try_from(2 * EACH)? + asked_again;
    promise::at_most("  all of them", to(OTHERS) + to(CALLERS), most);
    let next = HELP_ASKS.into_iter().find(|at| *at > seconds);
    let next = Duration::from_secs(next.context("seconds= is less than 210")?);
    tokio::time::sleep(next.saturating_sub(Duration::from_secs(seconds)) + Duration::from_secs(10))
        .await;
    bot.stop()?;
    let waits = waits(&town, &callers);
    help("the call for help", &waits, next + HELP_WITHIN);
    let said = town.telegram.everything_said();
    let answered = said.iter().filter(|said| others.contains_key(&said.chat));
    say(
        "others answered, who are barred for an hour",
        answered.count(),
    );
    Ok(())
}

fn help(name: &str, waits: &Spread, within: Duration) {
    say(name, waits);
    promise::percentile_within(name, waits, 100, within);
}

fn writes(town: &Town, chat: i64, text: &str, written: &mut Written) {
    written.insert(chat, town.clock.instant());
    town.telegram.parent(chat, "parent", "en").says(text);
}

/// How long each waited for the first message after hers.
fn waits(town: &Town, written: &Written) -> Spread {
    answered(town, written, |_| true)
}

/// How long each waited for the crisis lines.
fn helped(town: &Town, written: &Written) -> Spread {
    answered(town, written, |text| text.contains("reach a person"))
}

fn answered(town: &Town, written: &Written, which: impl Fn(&str) -> bool) -> Spread {
    let mut open = written.clone();
    let mut waits = Vec::new();
    for said in town.telegram.everything_said() {
        if let Some(since) = open.get(&said.chat).copied()
            && said.instant >= since
            && which(&said.text)
        {
            open.remove(&said.chat);
            waits.push(said.instant - since);
        }
    }
    promise::none("never answered", open.len());
    Spread::from_iter(waits)
}
