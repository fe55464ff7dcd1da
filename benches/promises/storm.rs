//! All faults mixed for some minutes: what was due arrives, nothing comes three times, nobody is hammered.

mod judge;

use std::time::Duration;

use chrono::TimeDelta;
use slowbloom::sandbox::{Fault, Target};
use tokio::time::Instant;

use crate::{
    Asked, broadcast,
    figures::{Dice, Spread, ms, say},
    town::{Town, is_poll},
};

/// Notes that fall due in each second of the storm.
const NOTES_A_SECOND: u64 = 10;

/// Between two parents' messages.
const WRITES_EVERY: Duration = Duration::from_millis(400);

/// Chats to which nothing can ever be sent while the storm lasts, each for a reason of its own.
const REFUSING: [(i64, Fault, &str); 4] = [
    (1, Fault::TooMany(3), "429, retry_after 3"),
    (2, Fault::Gateway(500), "500 with HTML"),
    (3, Fault::Blocked, "403 blocked"),
    (4, Fault::Deactivated, "403 deactivated"),
];

/// The numbers of chats begin here: those who get notes, those who write, those who call for help.
const NOTED: i64 = 1_000;
const WRITERS: i64 = 1_000_000;
const CALLERS: i64 = 2_000_000;

/// How long everything may take to come to rest after the storm: a hanging request alone takes 15 s.
const AFTERWARDS: Duration = Duration::from_secs(90);

/// Somebody who called for help in an outage, and when the network came back.
struct Call {
    chat: i64,
    back: Instant,
    /// The bot had the message in hand.
    before: bool,
}

struct Storm {
    town: Town,
    dice: Dice,
    calls: Vec<Call>,
    /// The next who writes.
    writers: i64,
    /// The last who called for help.
    callers: i64,
}

pub(crate) async fn run(asked: &Asked) -> anyhow::Result<()> {
    let seconds = asked.number("seconds", 60);
    let notes = (seconds * NOTES_A_SECOND).cast_signed();
    let town = Town::new().await?;
    let ids = REFUSING.map(|(id, ..)| id).into_iter();
    let ids: Vec<_> = ids.chain(NOTED..NOTED + notes).collect();
    town.open_chats(ids.iter().copied());
    let first = town.in_seconds(4);
    let a_second = NOTES_A_SECOND.cast_signed();
    let due = |id: i64| first + TimeDelta::seconds((id - NOTED).max(0) / a_second);
    town.subscribe_these(&ids, due).await?;
    let bot = broadcast::start(&town, 30)?;
    town.bot_is_up().await?;
    let mut storm = Storm {
        town,
        dice: Dice::new(asked.number("seed", 7)),
        calls: Vec::new(),
        writers: WRITERS,
        callers: CALLERS,
    };
    let began = storm.town.clock.instant();
    storm.rage(began + Duration::from_secs(seconds)).await;
    let ended = storm.town.clock.instant();
    storm.town.telegram.recovers();
    let rest = judge::comes_to_rest(&storm.town, AFTERWARDS).await?;
    bot.stop()?;

    let calls = storm.town.telegram.calls();
    say(
        "the storm, and rest after it",
        format!("{:.0?}, {rest:.1?}", ended - began),
    );
    judge::faults(&calls);
    judge::deliveries("notes", &calls, NOTED..NOTED + notes, &storm.town);
    judge::deliveries("answers", &calls, WRITERS..storm.writers, &storm.town);
    let helped: Vec<_> = storm.calls.iter().map(|call| call.chat).collect();
    judge::help(&calls, &helped);
    for (before, name) in [
        (true, "replies under way"),
        (false, "messages written meanwhile"),
    ] {
        let waits: Spread = storm
            .calls
            .iter()
            .filter(|call| call.before == before)
            .filter_map(|call| {
                Some(judge::taken(&calls, call.chat)?.saturating_duration_since(call.back))
            })
            .collect();
        say(&format!("crisis after an outage: {name}"), waits);
    }
    for (id, _, why) in REFUSING {
        let mut requests: Vec<_> = calls.iter().filter(|call| call.chat == Some(id)).collect();
        requests.retain(|call| call.instant < ended);
        say(
            &format!("requests to a chat that says {why}"),
            requests.len(),
        );
    }
    judge::busiest_second("polls", &calls, is_poll);
    judge::busiest_second("requests", &calls, |_| true);
    say(
        "breaches of a sliding window",
        format!("{:?}", judge::breaches(&storm.town)),
    );
    Ok(())
}

impl Storm {
    /// Gusts and lulls until `end`, with an outage of everything now and then, and parents who write all the time.
    async fn rage(&mut self, end: Instant) {
        let mut outage_at = self.town.clock.instant() + Duration::from_secs(4);
        self.lull();
        while self.town.clock.instant() < end {
            if self.town.clock.instant() >= outage_at {
                self.outage().await;
                outage_at = self.town.clock.instant() + Duration::from_secs(4);
            } else {
                self.gust();
                self.talk_for(50, 800).await;
                self.lull();
                self.talk_for(200, 1000).await;
            }
        }
    }

    /// Only what always fails, fails.
    fn clear_up(&self) {
        self.town.telegram.recovers();
        for (id, fault, _) in REFUSING {
            self.town.telegram.keeps_failing(Target::Chat(id), fault);
        }
    }

    /// Only what always fails, fails; and single faults wait for single requests.
    fn lull(&mut self) {
        let single = self.any_fault();
        let poll = self.fault_of_a_poll();
        let repeats = usize::try_from(self.dice.roll(3)).unwrap_or(0);
        let reversed = usize::try_from(self.dice.roll(3)).unwrap_or(0);
        self.clear_up();
        let telegram = &self.town.telegram;
        telegram.fails(Target::Sending, single, 1);
        telegram.fails(Target::Method("getUpdates"), poll, 1);
        telegram.repeats_updates(repeats);
        telegram.reverses_batches(reversed);
    }

    /// Everything of one kind fails in one way for a moment.
    fn gust(&mut self) {
        let target = match self.dice.roll(4) {
            0 => Target::All,
            1 => Target::Method("getUpdates"),
            _ => Target::Sending,
        };
        let fault = match target {
            Target::Sending => self.any_fault(),
            _ => self.fault_of_a_poll(),
        };
        self.town.telegram.keeps_failing(target, fault);
    }

    /// The network is gone for one to four seconds. Somebody calls for help while the bot still hears but cannot speak,
    /// somebody else while it does not even hear.
    async fn outage(&mut self) {
        let fault = match self.dice.roll(3) {
            0 => Fault::Gateway(502),
            1 => Fault::CutBefore,
            _ => Fault::Hang,
        };
        self.clear_up();
        // Whatever the last gust did to the poll is over.
        tokio::time::sleep(Duration::from_secs(2)).await;
        self.town.telegram.keeps_failing(Target::Sending, fault);
        let before = self.cries_for_help();
        self.talk_for(500, 1500).await;
        // A poll that hangs cannot be told from one that waits, so polls break in another way.
        let deaf = if fault == Fault::Hang {
            Fault::CutBefore
        } else {
            fault
        };
        self.town
            .telegram
            .keeps_failing(Target::Method("getUpdates"), deaf);
        let meanwhile = self.cries_for_help();
        self.talk_for(500, 2500).await;
        self.clear_up();
        let back = self.town.clock.instant();
        let call = |chat, before| Call { chat, back, before };
        self.calls
            .extend([call(before, true), call(meanwhile, false)]);
        tokio::time::sleep(Duration::from_secs(2)).await;
    }

    fn cries_for_help(&mut self) -> i64 {
        self.callers += 1;
        let chat = self.callers;
        self.town
            .telegram
            .parent(chat, "parent", "en")
            .says("I want to die");
        chat
    }

    /// Parents write for so many milliseconds, at least `least` and up to `more` longer.
    async fn talk_for(&mut self, least: u64, more: u64) {
        let length = Duration::from_millis(least + self.dice.roll(more));
        let end = self.town.clock.instant() + length;
        while self.town.clock.instant() + WRITES_EVERY < end {
            tokio::time::sleep(WRITES_EVERY).await;
            self.town
                .telegram
                .parent(self.writers, "parent", "en")
                .says("/signs");
            self.writers += 1;
            if self.dice.roll(8) == 0 {
                self.town
                    .telegram
                    .parent(REFUSING[0].0, "parent", "en")
                    .says("/signs");
            }
        }
        tokio::time::sleep_until(end).await;
    }

    fn any_fault(&mut self) -> Fault {
        match self.dice.roll(8) {
            0 => Fault::TooMany(1),
            1 => Fault::TooMany(2),
            2 => Fault::Gateway(500),
            3 => Fault::CutBefore,
            4 => Fault::CutAfter,
            5 => Fault::Hang,
            6 => Fault::Drip(Duration::from_millis(20)),
            _ => Fault::Garbage,
        }
    }

    fn fault_of_a_poll(&mut self) -> Fault {
        match self.dice.roll(6) {
            0 => Fault::TooMany(1),
            1 => Fault::Gateway(502),
            2 => Fault::CutBefore,
            3 => Fault::CutAfter,
            4 => Fault::Conflict,
            _ => Fault::Garbage,
        }
    }
}

/// One chat fails in each way in turn, while others write: how long do they wait?
pub(crate) async fn bad_chat(asked: &Asked) -> anyhow::Result<()> {
    const BAD: i64 = 1;
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
    for way in ways {
        if let Some(fault) = way {
            town.telegram.keeps_failing(Target::Chat(BAD), fault);
        }
        let began = town.clock.instant();
        let mut written = Vec::new();
        for sample in 0..samples {
            tokio::time::sleep(Duration::from_millis(100)).await;
            if sample % 20 == 0 {
                town.telegram.parent(BAD, "parent", "en").says("/signs");
            }
            chat += 1;
            written.push((chat, town.clock.instant()));
            town.telegram.parent(chat, "parent", "en").says("/signs");
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        let calls = town.telegram.calls();
        let waits: Spread = written
            .iter()
            .filter_map(|(chat, since)| Some(judge::taken(&calls, *chat)? - *since))
            .collect();
        let to_it = calls
            .iter()
            .filter(|call| call.chat == Some(BAD) && call.instant >= began);
        let name = way.map_or("none".to_owned(), |fault| format!("{fault:?}"));
        say(
            &format!("one bad chat: {name}"),
            format!(
                "others p50 {} · p90 {} · p99 {} ({} of {samples} answered); {} requests to it in {:.0?}",
                ms(waits.percentile(50)),
                ms(waits.percentile(90)),
                ms(waits.percentile(99)),
                waits.len(),
                to_it.count(),
                began.elapsed()
            ),
        );
        town.telegram.recovers();
        // What waits for the bad chat leaves now.
        tokio::time::sleep(Duration::from_secs(8)).await;
    }
    bot.stop()
}
