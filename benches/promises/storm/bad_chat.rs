//! One chat fails in each way in turn, while others write: how long do they wait, and how often is it tried?

use std::time::Duration;

use slowbloom::sandbox::{CallRecord, Fault, Target};
use tokio::time::Instant;

use super::{WRITERS, judge};
use crate::{
    Asked, broadcast,
    figures::{Spread, ms, say},
    promise,
    town::{Town, is_taken},
};

const BAD: i64 = 1;

/// The bad chat writes once in so many messages of the others.
const WRITES_ONCE_IN: u64 = 20;

/// What Telegram answers at once keeps nobody waiting.
const NOBODY_WAITS: Duration = Duration::from_millis(50);
/// Where no answer comes, the bad chat's is parked after 0.4 s; until then nothing new is asked for.
const UNTIL_IT_IS_PARKED: Duration = Duration::from_millis(500);

pub(crate) async fn run(asked: &Asked) -> anyhow::Result<()> {
    let samples = asked.number("samples", 100);
    let ways = [
        None,
        Some(Fault::TooMany(3)),
        Some(Fault::Gateway(502)),
        Some(Fault::CutBefore),
        Some(Fault::CutAfter),
        Some(Fault::Hang),
        Some(Fault::Drip(Duration::from_millis(20))),
        Some(Fault::Garbage),
        Some(Fault::Blocked),
    ];
    let town = Town::new().await?;
    town.open_chats([BAD].into_iter());
    let tomorrow = town.in_seconds(70_000);
    town.subscribe_these(&[BAD], |_| tomorrow).await?;
    let bot = broadcast::start(&town, 30)?;
    town.bot_is_up().await?;
    let mut chat = WRITERS;
    // The first text that is judged unpacks the net's lists, which is not what is measured.
    town.telegram.parent(chat, "parent", "en").says("/signs");
    town.wait_for(1, Duration::from_secs(10), is_taken).await;
    for way in ways {
        if let Some(fault) = way {
            town.telegram.keeps_failing(Target::Chat(BAD), fault);
        }
        let began = town.clock.instant();
        let mut written = Vec::new();
        for sample in 0..samples {
            tokio::time::sleep(Duration::from_millis(100)).await;
            if sample % WRITES_ONCE_IN == 0 {
                town.telegram.parent(BAD, "parent", "en").says("/signs");
            }
            chat += 1;
            written.push((chat, town.clock.instant()));
            town.telegram.parent(chat, "parent", "en").says("/signs");
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        let calls = town.telegram.calls();
        others(way, &calls, &written);
        let questions = usize::try_from(samples.div_ceil(WRITES_ONCE_IN))?;
        tries(way, &calls, (began, town.clock.instant()), questions);
        town.telegram.recovers();
        // What waits for the bad chat leaves now.
        tokio::time::sleep(Duration::from_secs(8)).await;
    }
    bot.stop()?;
    broadcast::limits(&town);
    Ok(())
}

fn others(way: Option<Fault>, calls: &[CallRecord], written: &[(i64, Instant)]) {
    let waits: Spread = written
        .iter()
        .filter_map(|(chat, since)| Some(judge::taken(calls, *chat)? - *since))
        .collect();
    let name = way.map_or("none".to_owned(), |fault| format!("{fault:?}"));
    say(&format!("one bad chat: {name}"), &waits);
    promise::none("  others never answered", written.len() - waits.len());
    let most = match way {
        None | Some(Fault::TooMany(_) | Fault::Gateway(_) | Fault::Garbage | Fault::Blocked) => {
            NOBODY_WAITS
        }
        Some(_) => UNTIL_IT_IS_PARKED,
    };
    promise::percentile_within("  others", &waits, 99, most);
}

/// How often the bad chat was tried, against what the back-off allows.
fn tries(way: Option<Fault>, calls: &[CallRecord], when: (Instant, Instant), questions: usize) {
    let tries = calls
        .iter()
        .filter(|call| call.chat == Some(BAD) && call.instant >= when.0)
        .count();
    let took = when.1 - when.0;
    let most = match way {
        Some(Fault::TooMany(seconds)) => judge::tries_with_429(seconds, took),
        Some(Fault::Gateway(_)) => judge::tries_with_back_off(judge::ANSWER, took),
        // It is not known whether it arrived: once more.
        Some(
            Fault::CutBefore | Fault::CutAfter | Fault::Hang | Fault::Drip(_) | Fault::Garbage,
        ) => 2 * questions,
        _ => questions,
    };
    let name = format!("  requests to it in {}", ms(took));
    promise::at_most(&name, tries, most);
}
