//! Many messages that Telegram brings to the webhook at once: how long until all are answered, and the memory it takes.

use std::{net::TcpListener, time::Duration};

use crate::{
    bot::Bot,
    broadcast,
    figures::{ms, say},
    promise,
    town::{Town, is_taken},
};

/// What everybody writes: this many messages are the updates of one parent.
const MESSAGES: [&str; 4] = ["/signs", "/causes", "/support", "/about"];

pub(crate) async fn run(updates: u64) -> anyhow::Result<()> {
    let town = Town::new().await?;
    let parents = updates.cast_signed() / 4;
    for message in MESSAGES {
        for id in 1..=parents {
            town.telegram.parent(id, "mia", "en").says(message);
        }
    }
    // A port that is free now.
    let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let url = format!("http://{listen}/hook");
    let settings = [
        ("HTTP_LISTEN", listen.as_str()),
        ("WEBHOOK_URL", &url),
        ("SEND_RATE", "1000"),
        ("PAID_BROADCAST", "true"),
    ];
    let bot = Bot::start(&town, &settings)?;
    let set = |call: &slowbloom::sandbox::CallRecord| call.method == "setWebhook";
    town.wait_for(1, Duration::from_secs(30), set).await;
    let began = town.telegram.calls().into_iter().find(set);
    let count = usize::try_from(parents)? * MESSAGES.len();
    let taken = town.wait_for(count, Duration::from_mins(2), is_taken).await;
    let (_, peak) = bot.memory();
    bot.stop()?;
    say("updates brought at once", count);
    promise::exactly("answers taken", taken, count);
    let last = town.telegram.everything_said().pop();
    if let (Some(began), Some(last)) = (began, last) {
        let took = last.instant - began.instant;
        say("from the webhook's registration to the last", ms(took));
    }
    broadcast::limits(&town);
    promise::none(
        "not answered by 200 at the end",
        town.telegram.unconfirmed(),
    );
    let most = broadcast::MEMORY_SENDING;
    promise::below("memory at its highest", peak, most, "MB");
    Ok(())
}
