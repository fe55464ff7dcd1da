//! The real program is killed again and again in the middle of its work: no note is lost, no message stays unanswered.
//!
//! Counted from the record of the stand-in. `SLOWBLOOM_KILLS` sets how often; the load grows with it.

use std::{collections::HashMap, time::Duration};

use slowbloom::{
    domain::{ChatId, subscriber::Slot},
    sandbox::{CallRecord, Fault, PATIENCE, Parent, StandIn, Target},
    store::{Keys, Store},
};
use tokio::{task::JoinSet, time::Instant};

use crate::support::{program::Program, seeding::subscriber, world::limits_were_kept};

/// How often the program is killed when nothing else is said.
const KILLS: usize = 4;
/// Notes that fall due at once, and parents who talk, for each kill.
const NOTES: usize = 30;
const TALKING: usize = 5;
/// Chats from here on belong to parents who get notes; the ones before to parents who talk.
const FIRST_WITH_NOTES: i64 = 10_001;
/// A request that arrived at most this long before a kill counts as in flight: accepted perhaps, but perhaps not
/// written down yet. At 30 a second that is six of them.
const IN_FLIGHT: Duration = Duration::from_millis(200);

/// What a parent does one after the other, and what the answer to it contains.
const DEEDS: [(&str, &str); 6] = [
    ("/start", "I’m a bot, not a person"),
    ("1:agree:en", "where you are"),
    ("/time 13:05", "1:05 pm"),
    ("/signs", "Signs You May Be"),
    ("1:plan:three:s", "Three notes a week"),
    ("/days weekends", "weekends"),
];
const DEEDS_DONE: &str = "5 13 * * 0,6";

struct Fire {
    program: Program,
    store: Store,
    talking: JoinSet<Parent>,
    notes: usize,
}

impl Fire {
    /// So many notes are due now; the program is not started yet.
    async fn new(notes: usize) -> Self {
        let program = Program::new().await;
        let keys = Keys::load_or_create(&program.key_file()).unwrap();
        let store = Store::open(&program.database(), keys).await.unwrap();
        let now = program.clock.now();
        for id in (FIRST_WITH_NOTES..).take(notes) {
            program.telegram.parent(id, "parent", "en").wrote_before();
            let mut row = subscriber(id, now);
            let wall = row.zone.wall(now);
            row.next = Some(Slot { due: now, wall });
            store.insert(&row).await.unwrap();
        }
        Self {
            program,
            store,
            talking: JoinSet::new(),
            notes,
        }
    }

    /// So many parents begin to talk.
    fn parents_talk(&mut self, count: usize) {
        for id in (101..).take(count) {
            let parent = self.program.telegram.parent(id, "mia", "en");
            self.talking.spawn(talks(parent));
        }
    }

    /// Returns at an instant that is chosen by `turn`: after some more requests, and then some more milliseconds.
    async fn waits_for_an_instant(&self, turn: usize) {
        let before = sent(&self.program.telegram.calls()).count();
        let chance = mixed(turn as u64);
        let more = 5 + usize::try_from(chance % 30).unwrap();
        // Near the end there may be fewer left.
        let _ = self
            .program
            .telegram
            .until_calls("some more were sent", |calls| {
                sent(calls).count() >= before + more
            })
            .await;
        tokio::time::sleep(Duration::from_millis(chance >> 8 & 31)).await;
    }

    /// Lets everything come to its end: every parent has her answers, every note has come.
    async fn burns_out(&mut self) -> Vec<Parent> {
        let mut parents = Vec::new();
        while let Some(parent) = self.talking.join_next().await {
            parents.push(parent.unwrap());
        }
        self.program.telegram.all_confirmed().await.unwrap();
        let mut newest = self.program.clock.instant();
        let mut sends = 0;
        loop {
            let now = self.program.clock.now();
            let parked = self.store.parked(None, 1).await.unwrap().rows.len();
            if self.store.backlog(now).await.unwrap() == 0 && parked == 0 {
                return parents;
            }
            let before = std::mem::replace(&mut sends, self.program.telegram.calls().len());
            if sends > before {
                newest = self.program.clock.instant();
            }
            let waited = self.program.clock.instant() - newest;
            assert!(waited < PATIENCE, "notes are still due and none comes");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// How many notes each chat got.
    fn notes_by_chat(&self) -> HashMap<i64, usize> {
        let mut notes = HashMap::new();
        for said in self.program.telegram.everything_said() {
            if said.chat >= FIRST_WITH_NOTES {
                *notes.entry(said.chat).or_default() += 1;
            }
        }
        notes
    }

    /// Every parent who talked was answered to everything, and what she set holds.
    async fn all_were_answered(&self, parents: &[Parent]) {
        for parent in parents {
            let heard = parent.heard();
            for (deed, answer) in DEEDS {
                assert!(
                    heard.iter().any(|said| said.text.contains(answer)),
                    "{deed} was never answered:\n{}",
                    parent.transcript()
                );
            }
            let row = self.store.subscriber(ChatId(parent.id)).await.unwrap();
            let schedule = row.unwrap().schedule;
            assert_eq!(schedule.expression(), DEEDS_DONE, "{}", parent.transcript());
        }
    }
}

/// One deed after the other, each when the one before was answered.
async fn talks(parent: Parent) -> Parent {
    for (deed, _) in DEEDS {
        if deed.starts_with("1:") {
            parent.taps_data(1, deed);
        } else {
            parent.says(deed);
        }
        // While the program is killed every second, those at the end of a long line wait for the last start.
        let mut patience = 10;
        while let Err(waited) = parent.next_bot_message().await {
            patience -= 1;
            assert!(patience > 0, "{waited}");
        }
    }
    parent
}

/// Messages that Telegram took.
fn sent(calls: &[CallRecord]) -> impl Iterator<Item = &CallRecord> {
    calls
        .iter()
        .filter(|call| call.method == "sendMessage" && call.result.took_effect())
}

/// How many notes were in flight when the program was killed.
fn in_flight(telegram: &StandIn, killed: Instant) -> usize {
    let calls = telegram.calls();
    let sends = calls.iter().filter(|call| call.method == "sendMessage");
    sends
        .filter(|call| call.chat.is_some_and(|chat| chat >= FIRST_WITH_NOTES))
        .filter(|call| call.instant <= killed && call.instant + IN_FLIGHT > killed)
        .count()
}

/// A number that is well mixed and the same in every run (the finalizer of splitmix64).
fn mixed(number: u64) -> u64 {
    let mut x = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a test may take is not a setting of the program"
)]
fn kills() -> usize {
    std::env::var("SLOWBLOOM_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok())
        .unwrap_or(KILLS)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_instant_no_note_is_lost_and_every_message_is_answered() {
    let kills = kills();
    let mut fire = Fire::new(NOTES * kills).await;
    let (mut flying, mut unacknowledged) = (0, 0);
    for turn in 0..kills {
        // First among notes alone, then among both.
        if turn == kills / 2 {
            fire.parents_talk(TALKING * kills);
        }
        fire.program.starts();
        fire.waits_for_an_instant(turn).await;
        fire.program.is_killed();
        flying += in_flight(&fire.program.telegram, fire.program.clock.instant());
        unacknowledged += fire.program.telegram.unconfirmed();
    }
    fire.program.starts();
    let parents = fire.burns_out().await;
    let notes = fire.notes_by_chat();
    let lost = fire.notes - notes.len();
    let twice: usize = notes.values().map(|count| count - 1).sum();
    let asked = parents.len() * DEEDS.len();
    let answers: usize = parents.iter().map(|parent| parent.heard().len()).sum();
    let again = answers - asked;
    println!(
        "{kills} kills: {} notes, {lost} lost, {twice} twice, {flying} in flight at the kills; \
         {asked} messages of {} parents, {again} answered twice, {unacknowledged} unacknowledged at the kills",
        fire.notes,
        parents.len(),
    );
    assert_eq!(lost, 0);
    assert!(twice <= flying);
    assert!(again <= unacknowledged);
    fire.all_were_answered(&parents).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_it_ends_in_time_and_nothing_is_lost_or_comes_twice() {
    let stops = kills().div_ceil(2);
    let mut fire = Fire::new(NOTES * stops).await;
    let mut longest = Duration::ZERO;
    for turn in 0..stops {
        if turn == stops / 2 {
            fire.parents_talk(TALKING * stops);
        }
        fire.program.starts();
        fire.waits_for_an_instant(1000 + turn).await;
        let (status, took) = fire.program.is_told_to_stop().await;
        assert!(status.success(), "{status}\n{}", fire.program.log());
        longest = longest.max(took);
    }
    fire.program.starts();
    let parents = fire.burns_out().await;
    let notes = fire.notes_by_chat();
    let twice: usize = notes.values().map(|count| count - 1).sum();
    println!(
        "{stops} stops: {} notes, {} lost, {twice} twice; the longest took {longest:?}",
        fire.notes,
        fire.notes - notes.len()
    );
    assert_eq!((notes.len(), twice), (fire.notes, 0));
    assert!(longest < Duration::from_secs(10));
    for parent in &parents {
        assert_eq!(parent.heard().len(), DEEDS.len(), "{}", parent.transcript());
    }
    fire.all_were_answered(&parents).await;
    limits_were_kept(&fire.program.telegram);
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_while_telegram_hangs_it_ends_in_time() {
    let mut fire = Fire::new(40).await;
    fire.parents_talk(3);
    fire.program.starts();
    fire.waits_for_an_instant(2000).await;
    fire.program
        .telegram
        .keeps_failing(Target::All, Fault::Hang);
    let (status, took) = fire.program.is_told_to_stop().await;
    println!("while Telegram hangs, stopping took {took:?}");
    assert!(status.success(), "{status}\n{}", fire.program.log());
    assert!(took < Duration::from_secs(10), "{took:?}");
    fire.program.telegram.recovers();
    fire.program.starts();
    let parents = fire.burns_out().await;
    assert_eq!(fire.notes_by_chat().len(), fire.notes);
    fire.all_were_answered(&parents).await;
}
