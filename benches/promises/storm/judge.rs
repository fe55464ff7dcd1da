//! What became of everything, counted from the stand-in's own record.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    time::Duration,
};

use slowbloom::sandbox::{CallRecord, CallResult, Fault};
use tokio::time::Instant;

use crate::{figures::say, promise, town::Town};

/// Waits until no note is due and no message unanswered, and nothing was sent for some seconds; tells how long it took.
pub(crate) async fn comes_to_rest(town: &Town, patience: Duration) -> anyhow::Result<Duration> {
    const CALM: Duration = Duration::from_secs(6);
    let store = town.store().await?;
    let began = town.clock.instant();
    let mut sends = 0;
    let mut since = began;
    loop {
        tokio::time::sleep(Duration::from_millis(250)).await;
        let now = town.clock.instant();
        let sent = town.telegram.count_calls(is_sending);
        if sent != sends {
            (sends, since) = (sent, now);
        }
        let due = store.backlog(town.clock.now()).await?;
        let parked = store.parked(None, 100).await?.rows.len();
        let unconfirmed = town.telegram.unconfirmed();
        let quiet = now - since > CALM && due == 0 && unconfirmed == 0 && parked == 0;
        if quiet || now - began > patience {
            store.close().await;
            let due = usize::try_from(due).unwrap_or(usize::MAX);
            promise::none("not at rest: notes due", due);
            promise::none("not at rest: updates not acknowledged", unconfirmed);
            promise::none("not at rest: answers parked", parked);
            return Ok(since.saturating_duration_since(began));
        }
    }
}

/// How many requests met which fault.
pub(super) fn faults(calls: &[CallRecord]) {
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    for call in calls {
        if let CallResult::Faulted(fault) | CallResult::Spoiled(fault, _) = call.result {
            let name = format!("{fault:?}");
            let kind = name.split('(').next().unwrap_or_default().to_owned();
            *met.entry(kind).or_default() += 1;
        }
    }
    let open = calls
        .iter()
        .filter(|call| call.result == CallResult::Open)
        .count();
    say(
        "requests, of which met a fault",
        format!("{}, {met:?}, never answered {open}", calls.len()),
    );
}

/// What became of one message each to these chats, which was to be sent again at most once when it was not known
/// whether it had arrived.
pub(super) fn deliveries(name: &str, calls: &[CallRecord], chats: Range<i64>) {
    let mut tries: HashMap<i64, (usize, usize)> = HashMap::new();
    for call in calls.iter().filter(|call| is_sending(call)) {
        if let Some(chat) = call.chat.filter(|chat| chats.contains(chat)) {
            let (taken, unclear) = tries.entry(chat).or_default();
            *taken += usize::from(call.result.took_effect());
            *unclear += usize::from(is_unclear(&call.result));
        }
    }
    let (mut once, mut twice, mut given_up, mut lost, mut too_often) = (0, 0, 0, 0, 0);
    for chat in chats.clone() {
        let (taken, unclear) = tries.get(&chat).copied().unwrap_or_default();
        match taken {
            0 if unclear >= 2 => given_up += 1,
            0 => lost += 1,
            1 => once += 1,
            2 => twice += 1,
            _ => too_often += 1,
        }
        too_often += usize::from(unclear > 2);
    }
    say(
        &format!("{name}: due, taken once, taken twice"),
        format!("{}, {once}, {twice}", chats.end - chats.start),
    );
    say(
        &format!("{name}: given up after two tries without an answer"),
        given_up,
    );
    promise::none(&format!("{name}: lost"), lost);
    promise::none(&format!("{name}: three times or more"), too_often);
}

/// The back-off of a class of letters (`telegram/door/verdict`): the first wait and the longest.
pub(super) type BackOff = (Duration, Duration);
pub(super) const NOTE: BackOff = (Duration::from_millis(500), Duration::from_secs(30));
pub(super) const ANSWER: BackOff = (Duration::from_millis(250), Duration::from_secs(5));

/// The most tries of one letter within `took`, when each wait is twice the last less a quarter.
pub(super) fn tries_with_back_off((mut wait, longest): BackOff, took: Duration) -> usize {
    let (mut tries, mut at) = (1, Duration::ZERO);
    loop {
        at += wait * 3 / 4;
        if at > took {
            return tries;
        }
        tries += 1;
        wait = (wait * 2).min(longest);
    }
}

/// The most requests within `took` to a chat that always asks for so many seconds.
pub(super) fn tries_with_429(seconds: u32, took: Duration) -> usize {
    usize::try_from(took.as_secs() / u64::from(seconds)).unwrap_or(0) + 1
}

/// When the first message to a chat was taken.
pub(super) fn taken(calls: &[CallRecord], chat: i64) -> Option<Instant> {
    let mut calls = calls.iter();
    let call = calls
        .find(|call| call.chat == Some(chat) && is_sending(call) && call.result.took_effect())?;
    Some(call.instant)
}

/// The most requests of a kind in one second.
pub(super) fn busiest_second(
    name: &str,
    calls: &[CallRecord],
    which: impl Fn(&CallRecord) -> bool,
) {
    let Some(first) = calls.first().map(|call| call.instant) else {
        return;
    };
    let mut seconds: HashMap<u64, usize> = HashMap::new();
    for call in calls.iter().filter(|call| which(call)) {
        *seconds.entry((call.instant - first).as_secs()).or_default() += 1;
    }
    say(
        &format!("{name} in the busiest second"),
        seconds.values().max().copied().unwrap_or_default(),
    );
}

fn is_sending(call: &CallRecord) -> bool {
    call.method == "sendMessage" || call.method == "editMessageText"
}

/// Whether the bot cannot know if its message arrived.
fn is_unclear(result: &CallResult) -> bool {
    match result {
        CallResult::Open => true,
        CallResult::Faulted(fault) => matches!(fault, Fault::CutBefore | Fault::Hang),
        CallResult::Spoiled(fault, _) => !matches!(fault, Fault::Drip(_)),
        CallResult::Accepted(_) | CallResult::Refused(..) => false,
    }
}
