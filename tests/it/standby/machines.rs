//! Machines with one process each, on one database and one stand-in for Telegram.

use std::{collections::HashMap, net::SocketAddr, time::Duration};

use reqwest::StatusCode;
use slowbloom::{
    clock::Clock,
    domain::subscriber::Slot,
    sandbox::{CallRecord, CallResult, Parent, StandIn},
    store::{Keys, Store},
};
use sqlx::{Connection as _, PgConnection};
use tokio::time::Instant;

use super::balancer::balances;
use crate::support::{program::Program, seeding::subscriber};

pub(super) const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// How long anything that is not measured may take before the test fails.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// How often a process, which cannot call back, is asked how far it is.
pub(super) const ASK_EVERY: Duration = Duration::from_millis(20);

/// Notes that fall due: at 30 a second they take four seconds.
pub(super) const NOTES: i64 = 120;

/// Chats from here on belong to parents who get notes.
const FIRST_WITH_NOTES: i64 = 1001;

/// A little more than a chat waits between two messages.
const CHAT_SECOND: Duration = Duration::from_millis(1200);

/// How updates come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Polls,
    /// By a load balancer.
    Webhook,
}

/// A machine with one process.
pub(super) struct Machine {
    pub(super) program: Program,
    pub(super) listen: String,
}

/// Two machines, one database.
pub(super) struct Pair {
    pub(super) machines: [Machine; 2],
    pub(super) store: Store,
    pub(super) url: String,
}

impl Machine {
    pub(super) fn new(mut program: Program, url: &str) -> Self {
        let free = std::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let listen = free.local_addr().unwrap().to_string();
        program.set("DATABASE_URL", url);
        program.set("DATA_KEY", KEY);
        program.set("DATA_KEY_FILE", "");
        program.set("HTTP_LISTEN", &listen);
        Self { program, listen }
    }

    /// What `/readyz` says; nothing while nobody listens.
    pub(super) async fn says(&self) -> Option<(StatusCode, String)> {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("http://{}/readyz", self.listen);
        let asked = client.get(url).timeout(Duration::from_secs(1)).send().await;
        let answer = asked.ok()?;
        let status = answer.status();
        Some((status, answer.text().await.ok()?.trim().to_owned()))
    }

    /// Waits until `/readyz` begins like this; how long that took.
    pub(super) async fn until_it_says(&self, line: &str) -> Duration {
        let began = self.now();
        loop {
            let said = self.says().await;
            if let Some((status, said)) = &said
                && said.starts_with(line)
            {
                assert_eq!(status.is_success(), line.starts_with("leading"));
                return self.now() - began;
            }
            let waited = self.now() - began;
            assert!(
                waited < PATIENCE,
                "{said:?}, not {line:?}, after {waited:?}:\n{}",
                self.program.log()
            );
            tokio::time::sleep(ASK_EVERY).await;
        }
    }

    pub(super) fn now(&self) -> Instant {
        self.program.clock.instant()
    }
}

impl Pair {
    /// The first leads, the other stands by.
    pub(super) async fn new(url: String) -> Self {
        Self::on(&url, [&url, &url], Way::Polls).await
    }

    /// The same, each with an address of its own for the database at `url`.
    pub(super) async fn on(url: &str, urls: [&str; 2], way: Way) -> Self {
        let store = Store::open(url, Keys::from_text(KEY).unwrap())
            .await
            .unwrap();
        let program = Program::new().await;
        let twin = program.twin();
        // Taken before the machines choose free ports, as a port that is free may be given to whoever asks next.
        let at = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = tokio::net::TcpListener::bind(at).await.unwrap();
        let mut machines = [Machine::new(program, urls[0]), Machine::new(twin, urls[1])];
        if way == Way::Webhook {
            let hook = listener.local_addr().unwrap();
            let hook = format!("http://{hook}/hook?by=telegram");
            balances(
                listener,
                [0, 1].map(|at: usize| machines[at].listen.clone()),
            );
            for machine in &mut machines {
                machine.program.set("WEBHOOK_URL", &hook);
            }
        }
        machines[0].program.starts();
        machines[0].until_it_says("leading").await;
        machines[1].program.starts();
        machines[1].until_it_says("standing by").await;
        Self {
            machines,
            store,
            url: url.to_owned(),
        }
    }

    pub(super) fn now(&self) -> Instant {
        self.machines[0].now()
    }

    /// Both go on saying this for so long.
    pub(super) async fn stays_for(&self, long: Duration, lines: [&str; 2]) {
        let began = self.now();
        while self.now() - began < long {
            for (machine, line) in self.machines.iter().zip(lines) {
                let said = machine.says().await.unwrap().1;
                assert!(said.starts_with(line), "{said}\n{}", machine.program.log());
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
    }

    /// When Telegram took the first message after `then`.
    pub(super) async fn first_accepted_after(&self, then: Instant) -> Instant {
        let taken = |call: &&CallRecord| {
            call.method == "sendMessage"
                && call.instant > then
                && matches!(call.result, CallResult::Accepted(_))
        };
        let telegram = self.telegram();
        let came = telegram
            .until_calls("a message is accepted", |calls| {
                calls.iter().any(|call| taken(&call))
            })
            .await;
        let logs = || self.machines.each_ref().map(|at| at.program.log());
        assert!(came.is_ok(), "{came:?}\n{}", logs().join("---\n"));
        telegram.calls().iter().find(taken).unwrap().instant
    }

    pub(super) fn telegram(&self) -> &StandIn {
        &self.machines[0].program.telegram
    }

    /// Notes that fall due at once, in a moment.
    pub(super) async fn notes_fall_due(&self) -> Vec<Parent> {
        let now = self.machines[0].program.clock.now();
        let mut parents = Vec::new();
        for id in (FIRST_WITH_NOTES..).take(usize::try_from(NOTES).unwrap()) {
            let parent = self.telegram().parent(id, "mia", "en");
            parent.wrote_before();
            parents.push(parent);
            let mut row = subscriber(id, now);
            let wall = row.zone.wall(now);
            row.next = Some(Slot { due: now, wall });
            self.store.insert(&row).await.unwrap();
        }
        parents
    }

    /// Waits until the bot has sent so many messages.
    pub(super) async fn until_sent(&self, messages: usize) {
        let began = self.machines[0].now();
        while self.telegram().everything_said().len() < messages {
            let waited = self.machines[0].now() - began;
            assert!(
                waited < PATIENCE,
                "{} of {messages} after {waited:?}:\n{}",
                self.telegram().everything_said().len(),
                self.machines[1].program.log()
            );
            tokio::time::sleep(ASK_EVERY).await;
        }
    }

    /// How many notes have come that are not written down yet.
    pub(super) async fn not_written_down(&self) -> usize {
        let now = self.machines[0].program.clock.now();
        let due = usize::try_from(self.store.backlog(now).await.unwrap()).unwrap();
        let sent = self.telegram().everything_said().len();
        (sent + due).saturating_sub(usize::try_from(NOTES).unwrap())
    }

    /// When Telegram took notes in this time.
    pub(super) fn notes_between(&self, from: Instant, to: Instant) -> Vec<Instant> {
        let calls = self.telegram().calls();
        calls
            .iter()
            .filter(|call| call.chat >= Some(FIRST_WITH_NOTES) && call.method == "sendMessage")
            .map(|call| call.instant)
            .filter(|at| *at > from && *at < to)
            .collect()
    }

    /// Waits until every note is there and nothing more can come; how many came twice. None may come three times.
    pub(super) async fn every_note_arrives(&self, parents: &[Parent]) -> usize {
        let began = self.machines[0].now();
        let missing = || {
            parents
                .iter()
                .filter(|parent| parent.heard().is_empty())
                .count()
        };
        while missing() > 0 {
            let waited = self.machines[0].now() - began;
            assert!(
                waited < PATIENCE,
                "{} notes are missing after {waited:?}",
                missing()
            );
            tokio::time::sleep(ASK_EVERY).await;
        }
        // What is still due comes once more.
        while self
            .store
            .backlog(self.machines[0].program.clock.now())
            .await
            .unwrap()
            > 0
        {
            assert!(
                self.machines[0].now() - began < PATIENCE,
                "notes are still due:\n{}",
                self.machines[1].program.log()
            );
            tokio::time::sleep(ASK_EVERY).await;
        }
        // Whatever came twice without need would have to wait for its chat's second.
        tokio::time::sleep(CHAT_SECOND).await;
        let heard: Vec<_> = parents.iter().map(|parent| parent.heard().len()).collect();
        assert!(heard.iter().all(|times| *times <= 2));
        heard.iter().filter(|times| **times == 2).count()
    }

    pub(super) async fn sql(&self, statement: &'static str) {
        let mut db = PgConnection::connect(&self.url).await.unwrap();
        sqlx::query(statement).execute(&mut db).await.unwrap();
    }
}

/// A parent calls for help; how long she waits for it.
pub(super) async fn helped(telegram: &StandIn, id: i64, clock: &Clock) -> Duration {
    let mia = telegram.parent(id, "mia", "en");
    let called = clock.instant();
    mia.says("I want to die");
    let help = mia.next_bot_message().await.unwrap();
    assert!(help.text.contains("988"), "{}", help.text);
    clock.instant() - called
}

/// How often each parent was answered since `before` messages were said.
pub(super) fn answers(telegram: &StandIn, parents: &[Parent]) -> Vec<usize> {
    let mut answers = HashMap::new();
    for said in telegram.everything_said() {
        *answers.entry(said.chat).or_insert(0) += 1;
    }
    parents
        .iter()
        .map(|parent| answers.get(&parent.id).copied().unwrap_or_default())
        .collect()
}

/// Parents who ask for the signs, one after the other, all the time.
pub(super) fn parents_ask(telegram: &StandIn, first: i64, count: i64) -> Vec<Parent> {
    let parents: Vec<_> = (first..first + count)
        .map(|id| telegram.parent(id, "mia", "en"))
        .collect();
    for parent in &parents {
        parent.says("/signs");
    }
    parents
}
