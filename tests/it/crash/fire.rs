//! A town on fire: notes that are due, parents who talk, and the program in the middle of both.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    time::Duration,
};

use slowbloom::{
    domain::{ChatId, subscriber::Slot},
    sandbox::{CallRecord, PATIENCE, Parent},
    store::{Keys, Store},
};
use tokio::task::JoinSet;

use super::talk::{deeds_of, is_as_she_left_it, is_whole, talks, was_answered};
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
/// A little more than a chat waits between two messages.
const CHAT_SECOND: Duration = Duration::from_millis(1200);
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
    talking: JoinSet<(Parent, usize)>,
    /// How much had been said when the program was last started.
    life_began: usize,
    /// The chats whose note was still due when the program was killed.
    due: HashSet<i64>,
    /// What was in flight when the program was killed: notes that had arrived and were not noted down, parked answers,
    /// updates that were not acknowledged.
    flying: [usize; 3],
}

/// What came of it all.
pub(super) struct Ashes {
    pub(super) notes: usize,
    pub(super) lost: usize,
    pub(super) twice: usize,
    pub(super) asked: usize,
    pub(super) parents: usize,
    pub(super) again: usize,
    /// As in [`Fire`].
    pub(super) flying: [usize; 3],
}

impl Fire {
    /// The notes are due now; the program is not started yet, and nobody talks yet.
    pub(super) async fn new(load: Load) -> Self {
        let mut program = Program::new().await;
        let now = program.clock.now();
        // No note of whoever has just agreed falls due meanwhile.
        program.set("DEFAULT_TIMEZONE", zone_where(0..7, now).name());
        let keys = Keys::load_or_create(&program.key_file()).unwrap();
        let store = Store::open(&program.database(), keys).await.unwrap();
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
            program,
            store,
            load,
            talking: JoinSet::new(),
            life_began: 0,
            due: HashSet::new(),
            flying: [0; 3],
        }
    }

    /// Everybody who talks begins.
    pub(super) fn parents_talk(&mut self) {
        for id in (FIRST_WHO_TALKS..).take(self.load.parents) {
            let parent = self.program.telegram.parent(id, "mia", "en");
            self.talking.spawn(talks(parent));
        }
    }

    /// Starts the program, once it is counted which notes were in flight when its last life ended: they arrived in that
    /// life, and are still due.
    pub(super) fn starts(&mut self) {
        let said = self.program.telegram.everything_said();
        let life: HashSet<i64> = said[self.life_began..]
            .iter()
            .map(|said| said.chat)
            .collect();
        self.flying[0] += life.intersection(&self.due).count();
        self.life_began = said.len();
        self.due.clear();
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
        self.program.is_killed();
        self.due = self.due().await;
        self.flying[1] += self.parked().await;
        self.flying[2] += self.program.telegram.unconfirmed();
        for id in (FIRST_WHO_TALKS..).take(self.load.parents) {
            if let Some(row) = self.store.subscriber(ChatId(id)).await.unwrap() {
                is_whole(&row, self.program.clock.now());
            }
        }
    }

    /// The chats whose note is still due.
    async fn due(&self) -> HashSet<i64> {
        let now = self.program.clock.now();
        let mut chats = HashSet::new();
        let mut after = None;
        loop {
            let page = self.store.due(now, after.as_ref(), ROWS).await.unwrap();
            chats.extend(page.rows.iter().map(|row| row.chat.0));
            after = page.next;
            if after.is_none() {
                return chats;
            }
        }
    }

    /// How many answers are parked.
    async fn parked(&self) -> usize {
        let mut count = 0;
        let mut after = None;
        loop {
            let page = self.store.parked(after, ROWS).await.unwrap();
            count += page.rows.len();
            after = page.next;
            if after.is_none() {
                return count;
            }
        }
    }

    /// Lets everything come to its end: every parent has her answers, every note has come.
    pub(super) async fn burns_out(mut self) -> Ashes {
        let (mut parents, mut asked) = (Vec::new(), 0);
        while let Some(talked) = self.talking.join_next().await {
            let (parent, deeds) = talked.unwrap();
            parents.push(parent);
            asked += deeds;
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
        let notes = self.notes_by_chat();
        let answers: usize = parents.iter().map(|parent| parent.heard().len()).sum();
        Ashes {
            notes: self.load.notes,
            lost: self.load.notes - notes.len(),
            twice: notes.values().map(|count| count - 1).sum(),
            asked,
            parents: parents.len(),
            again: answers - asked,
            flying: self.flying,
        }
    }

    async fn nothing_is_due(&self) {
        let mut newest = self.program.clock.instant();
        let mut sends = 0;
        loop {
            let now = self.program.clock.now();
            if self.store.backlog(now).await.unwrap() == 0 && self.parked().await == 0 {
                return;
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
}

impl fmt::Display for Ashes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.notes > 0 {
            let Self {
                notes, lost, twice, ..
            } = self;
            parts.push(format!("{notes} notes: {lost} lost, {twice} twice"));
        }
        if self.parents > 0 {
            let Self {
                asked,
                parents,
                again,
                ..
            } = self;
            parts.push(format!(
                "{asked} messages and presses of {parents} parents: all answered, {again} twice, no setting half-changed"
            ));
        }
        f.write_str(&parts.join("; "))
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
