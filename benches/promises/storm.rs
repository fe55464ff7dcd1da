//! All faults mixed for some minutes: what was due arrives, nothing comes three times, nobody is hammered.

pub(crate) mod bad_chat;
mod judge;
mod report;

use std::time::Duration;

use chrono::TimeDelta;
pub(crate) use judge::comes_to_rest;
use slowbloom::sandbox::{CallRecord, Fault, Target};
use tokio::time::Instant;

use crate::{
    Asked, broadcast,
    figures::{Dice, say},
    town::{Town, is_taken},
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

/// A chat that is told to wait is written to so often in the storm; more than 30 answers would not be kept for it.
const WRITES_TO_REFUSING: usize = 20;

/// What the bot could not do when somebody called for help, and how long after that help may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    /// It had the message and could not send.
    Mute,
    /// It could not ask for messages either.
    DeafAndMute,
    /// Its poll hung without breaking; counted from the call itself, as nobody can know when it is over.
    PollHangs,
    /// Its token was refused for a moment.
    Unauthorized,
}

impl Trouble {
    const ALL: [(Self, &str); 4] = [
        (Self::Mute, "after an outage, reply under way"),
        (Self::DeafAndMute, "after an outage, written meanwhile"),
        (Self::PollHangs, "written while a poll hangs"),
        (Self::Unauthorized, "after a gust of 401"),
    ];

    /// One second is promised; each other part is a pause that `telegram` has for this trouble.
    const fn help_within(self) -> Duration {
        Duration::from_millis(match self {
            Self::Mute => 1_000,
            Self::DeafAndMute => 1_000 + 800,
            Self::PollHangs => 1_000 + 35_000,
            Self::Unauthorized => 1_000 + 5_000,
        })
    }
}

/// Somebody who called for help, and when help could come again.
struct Call {
    chat: i64,
    since: Instant,
    trouble: Trouble,
}

struct Storm {
    town: Town,
    dice: Dice,
    calls: Vec<Call>,
    /// The next who writes.
    writers: i64,
    /// The last who called for help.
    callers: i64,
    /// What the first of [`REFUSING`] has written.
    asked: usize,
    /// How often sending worked again after it had failed.
    comebacks: usize,
}

pub(crate) async fn run(asked: &Asked) -> anyhow::Result<()> {
    let seconds = asked.number("seconds", 180);
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
        asked: 0,
        comebacks: 0,
    };
    let began = storm.town.clock.instant();
    let hanging_polls = asked.number("hanging", (seconds / 90).max(1));
    let end = began + Duration::from_secs(seconds);
    storm.rage(end, hanging_polls).await;
    let ended = storm.town.clock.instant();
    storm.town.telegram.recovers();
    let rest = judge::comes_to_rest(&storm.town, AFTERWARDS).await?;
    storm.makes_up().await;
    bot.stop()?;
    say(
        "the storm, and rest after it",
        format!("{:.0?}, {rest:.1?}", ended - began),
    );
    storm.report(notes, ended);
    Ok(())
}

impl Storm {
    /// Gusts and lulls until `end`, with an outage of everything now and then, and parents who write all the time.
    /// After every fifth outage Telegram does not know the token for a moment; so many times a poll hangs.
    async fn rage(&mut self, end: Instant, mut hanging_polls: u64) {
        let mut outage_at = self.town.clock.instant() + Duration::from_secs(4);
        let mut outages = 0;
        self.lull();
        while self.town.clock.instant() < end {
            if self.town.clock.instant() >= outage_at {
                self.outage().await;
                outages += 1;
                if outages % 5 == 2 {
                    self.unauthorized().await;
                } else if outages % 5 == 3 && hanging_polls > 0 {
                    hanging_polls -= 1;
                    self.poll_hangs().await;
                }
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
        self.comebacks += usize::from(target != Target::Method("getUpdates"));
        self.town.telegram.keeps_failing(target, fault);
    }

    /// Telegram does not know the token for a moment, when something is sent. (A poll that is told so ends the program.)
    async fn unauthorized(&mut self) {
        self.clear_up();
        self.town
            .telegram
            .keeps_failing(Target::Sending, Fault::Unauthorized);
        let chat = self.cries_for_help();
        self.talk_for(300, 300).await;
        self.comebacks += 1;
        self.clear_up();
        self.remember(chat, Trouble::Unauthorized);
        self.talk_for(6_000, 0).await;
    }

    /// A poll hangs and does not break; somebody calls for help meanwhile.
    async fn poll_hangs(&mut self) {
        self.clear_up();
        self.town
            .telegram
            .fails(Target::Method("getUpdates"), Fault::Hang, 1);
        // The poll that waits is answered by these, and the next one hangs.
        self.talk_for(2_000, 0).await;
        let chat = self.cries_for_help();
        self.remember(chat, Trouble::PollHangs);
        let end = self.town.clock.instant() + Trouble::PollHangs.help_within();
        let helped = |call: &CallRecord| call.chat == Some(chat) && is_taken(call);
        while self.town.clock.instant() < end && self.town.telegram.count_calls(helped) == 0 {
            self.talk_for(500, 0).await;
        }
    }

    /// Those who had blocked the bot come back and ask for something.
    async fn makes_up(&mut self) {
        let before = self.town.telegram.count_calls(is_taken);
        let back = REFUSING.map(|(id, fault, _)| (id, fault));
        let back = back
            .into_iter()
            .filter(|(_, fault)| matches!(fault, Fault::Blocked | Fault::Deactivated));
        let mut count = before;
        for (id, _) in back {
            self.town.telegram.parent(id, "parent", "en").says("/start");
            count += 1;
        }
        self.town.wait_for(count, AFTERWARDS, is_taken).await;
    }

    fn remember(&mut self, chat: i64, trouble: Trouble) {
        let since = self.town.clock.instant();
        self.calls.push(Call {
            chat,
            since,
            trouble,
        });
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
        // A poll that hangs cannot be told from one that waits, so polls break in another way here (`poll_hangs`).
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
        self.comebacks += 1;
        self.clear_up();
        self.remember(before, Trouble::Mute);
        self.remember(meanwhile, Trouble::DeafAndMute);
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
            if self.dice.roll(8) == 0 && self.asked < WRITES_TO_REFUSING {
                self.asked += 1;
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
