//! A town on fire: notes that are due, parents who talk, and the program in the middle of both.

use std::{collections::HashMap, time::Duration};

use slowbloom::{
    domain::{ChatId, subscriber::Slot},
    sandbox::{CallRecord, PATIENCE, Parent},
    store::{Keys, Store},
};
use tokio::{task::JoinSet, time::Instant};

use super::{
    ashes::Ashes,
    lives::{Kill, Lives, Pulse},
    talk::{CHAT_SECOND, Told, deeds_of, is_as_she_left_it, is_whole, talks, was_answered},
};
use crate::support::{
    program::Program,
    seeding::{subscriber, zone_where},
};

/// Kills in all when nothing else is said, and from how many on the load is full.
const KILLS: usize = 3;
const FULL: usize = 40;
/// The full load: notes that fall due at once, and parents who talk.
const NOTES: usize = 2_000;
const PARENTS: usize = 200;
/// Chats from here on belong to parents who get notes; the ones before to parents who talk.
const FIRST_WITH_NOTES: i64 = 10_001;
const FIRST_WHO_TALKS: i64 = 101;
/// So many rows are read at once.
const ROWS: u32 = 500;

/// What burns.
#[derive(Clone, Copy)]
pub(super) struct Load {
    pub(super) notes: usize,
    pub(super) parents: usize,
}

impl Load {
    /// The share of the full load that fits so many kills.
    pub(super) fn of(kills: usize) -> Self {
        let share = |full: usize| (full * kills / FULL).min(full);
        Self {
            notes: share(NOTES),
            parents: share(PARENTS),
        }
    }

    pub(super) fn without_notes(self) -> Self {
        Self { notes: 0, ..self }
    }

    pub(super) fn without_parents(self) -> Self {
        Self { parents: 0, ..self }
    }

    /// How many messages the program has to send.
    fn messages(self) -> usize {
        let parents = (FIRST_WHO_TALKS..).take(self.parents);
        self.notes + parents.map(|id| deeds_of(id).len()).sum::<usize>()
    }
}

pub(super) struct Fire {
    pub(super) program: Program,
    store: Store,
    load: Load,
    talking: JoinSet<Parent>,
    lives: Lives,
    pulse: Pulse,
}

impl Fire {
    /// The notes are due now; the program is not started yet, and nobody talks yet.
    pub(super) async fn new(load: Load) -> Self {
        let program = Program::new().await;
        let database = program.database();
        Self::on(program, &database, load).await
    }

    /// The same on this database, by a program that may have been told more.
    pub(super) async fn on(mut program: Program, database: &str, load: Load) -> Self {
        program.set("DATABASE_URL", database);
        let now = program.clock.now();
        // No note of whoever has just agreed falls due meanwhile.
        program.set("DEFAULT_TIMEZONE", zone_where(0..7, now).name());
        let keys = Keys::load_or_create(&program.key_file()).unwrap();
        let store = Store::open(database, keys).await.unwrap();
        let mut rows = Vec::new();
        for id in (FIRST_WITH_NOTES..).take(load.notes) {
            program.telegram.parent(id, "parent", "en").wrote_before();
            let mut row = subscriber(id, now);
            let wall = row.zone.wall(now);
            row.next = Some(Slot { due: now, wall });
            rows.push(row);
        }
        store.insert_all(&rows).await.unwrap();
        Self {
            store,
            load,
            talking: JoinSet::new(),
            lives: Lives::default(),
            pulse: Pulse::of(program.folder().join("pulse"), program.clock.clone()),
            program,
        }
    }

    /// The parents who talk.
    fn parents(&self) -> impl Iterator<Item = Parent> {
        let ids = (FIRST_WHO_TALKS..).take(self.load.parents);
        ids.map(|id| self.program.telegram.parent(id, "mia", "en"))
    }

    /// Everybody who talks begins.
    pub(super) fn parents_talk(&mut self) {
        for parent in self.parents().collect::<Vec<_>>() {
            self.talking.spawn(talks(parent));
        }
    }

    /// Starts the program.
    pub(super) fn starts(&mut self) {
        self.lives.begins(self.program.clock.instant());
        self.program.starts();
    }

    /// Returns at an instant that `turn` chooses: after some more messages, and then some more milliseconds. All
    /// `turns` together are spread over the whole fire; every third time it is soon after the start.
    pub(super) async fn waits_for_an_instant(&self, turn: usize, turns: usize) {
        let chance = mixed(turn as u64);
        let most = if turn % 3 == 2 {
            20
        } else {
            // On average two thirds of it, on two of three turns.
            self.load.messages() * 2 / turns
        };
        let some = usize::try_from(chance >> 16).unwrap() % most.max(1);
        let all = self.load.messages();
        let telegram = &self.program.telegram;
        let mut said = telegram.count_calls(says);
        let until = (said + some).min(all);
        while said < until {
            // Some at a time, as patience is for a standstill.
            said = until.min(said + 100);
            let more =
                |calls: &[CallRecord]| calls.iter().filter(|call| says(call)).count() >= said;
            let told = telegram.until_calls("some more were sent", more).await;
            assert!(told.is_ok(), "{}", self.program.log());
        }
        tokio::time::sleep(Duration::from_millis(chance & 63)).await;
    }

    /// Kills it, counts what was in flight, and looks at what is stored.
    pub(super) async fn is_killed(&mut self) {
        let now = self.program.clock.instant();
        self.program.is_killed();
        let mut kill = Kill::new(now, self.pulse.slowest(now));
        let parked = self.parked().await;
        for parent in self.parents() {
            let parked = parked.get(&parent.id).copied().unwrap_or_default();
            kill.answers += self.in_flight(&parent, parked);
            if let Some(row) = self.store.subscriber(ChatId(parent.id)).await.unwrap() {
                is_whole(&row, self.program.clock.now());
            }
        }
        self.lives.ends(kill);
    }

    /// How many answers to her may come twice now that the program is killed: taken while their update was not confirmed,
    /// or while they were still parked; or both parked and not confirmed.
    fn in_flight(&self, parent: &Parent, parked: usize) -> usize {
        let open = || self.program.telegram.unconfirmed_of(parent.id);
        loop {
            let unconfirmed = open();
            let told = Told::of(parent);
            // She may have done something in between: whoever heard an answer goes on.
            if unconfirmed == open() {
                let unanswered = told.asked - told.answered;
                return (unconfirmed + parked).saturating_sub(unanswered);
            }
        }
    }

    /// How many answers are parked for each chat.
    async fn parked(&self) -> HashMap<i64, usize> {
        let mut parked = HashMap::new();
        let mut after = None;
        loop {
            let page = self.store.parked(after, ROWS).await.unwrap();
            for row in page.rows {
                *parked.entry(row.chat.0).or_default() += 1;
            }
            after = page.next;
            if after.is_none() {
                return parked;
            }
        }
    }

    /// Its database was away: opens it anew.
    pub(super) async fn looks_again(&mut self, database: &str) {
        let keys = Keys::load_or_create(&self.program.key_file()).unwrap();
        self.store = Store::open(database, keys).await.unwrap();
    }

    /// Lets everything come to its end: every parent has her answers, every note has come.
    pub(super) async fn burns_out(mut self) -> Ashes {
        let mut parents = Vec::new();
        while let Some(talked) = self.talking.join_next().await {
            parents.push(talked.unwrap());
        }
        self.program.telegram.all_confirmed().await.unwrap();
        self.nothing_is_due().await;
        // Whatever came twice without need would have to wait for its chat's second.
        tokio::time::sleep(CHAT_SECOND).await;
        for parent in &parents {
            was_answered(parent);
            let row = self.store.subscriber(ChatId(parent.id)).await.unwrap();
            is_as_she_left_it(&row.unwrap(), self.program.clock.now());
        }
        let told: Vec<_> = parents.iter().map(Told::of).collect();
        Ashes::of(self.load.notes, &self.notes_by_chat(), &told, &self.lives)
    }

    async fn nothing_is_due(&self) {
        let mut newest = self.program.clock.instant();
        let mut sends = 0;
        loop {
            let now = self.program.clock.now();
            if self.store.backlog(now).await.unwrap() == 0 && self.parked().await.is_empty() {
                return;
            }
            let before = std::mem::replace(&mut sends, self.program.telegram.calls().len());
            if sends > before {
                newest = self.program.clock.instant();
            }
            let waited = self.program.clock.instant() - newest;
            assert!(
                waited < PATIENCE,
                "{} notes are still due, {} answers are parked, and none comes:\n{}",
                self.store.backlog(now).await.unwrap(),
                self.parked().await.len(),
                self.program.log()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// When each chat got its notes.
    fn notes_by_chat(&self) -> HashMap<i64, Vec<Instant>> {
        let mut notes: HashMap<_, Vec<_>> = HashMap::new();
        for said in self.program.telegram.everything_said() {
            if said.chat >= FIRST_WITH_NOTES {
                notes.entry(said.chat).or_default().push(said.instant);
            }
        }
        notes
    }
}

/// Requests that say something.
fn says(call: &CallRecord) -> bool {
    matches!(call.method, "sendMessage" | "editMessageText")
}

/// A number that is well mixed and the same in every run (the finalizer of splitmix64).
fn mixed(number: u64) -> u64 {
    let mut x = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// How often the program is killed, in all tests together.
#[expect(
    clippy::disallowed_methods,
    reason = "how long a test may take is not a setting of the program"
)]
pub(super) fn kills() -> usize {
    std::env::var("SLOWBLOOM_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok())
        .unwrap_or(KILLS)
}
