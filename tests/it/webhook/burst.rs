//! A thousand messages and presses at once, brought to the real program as Telegram brings them: over forty connections,
//! one chat in order, and again whatever was not answered by 200.

use std::{collections::HashMap, time::Duration};

use futures_util::future::{join, join_all};
use reqwest::StatusCode;
use slowbloom::{
    domain::ChatId,
    sandbox::{CallRecord, CallResult, PATIENCE, Parent},
    store::{Keys, Store},
};
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

use super::{Address, HEADER, SECRET, address, client, signs};
use crate::support::{figures::closing_line, program::Program, world::limits_were_kept};

/// What each parent sends at once, and what the answer to it begins with. What is no command is a press.
const SENDS: [(&str, &str); 4] = [
    ("/signs", "Signs You May Be"),
    ("/causes", "Why Bonding Doesn’t Always"),
    ("1:page:support", "How to Support Connection"),
    ("/about", "About Slow Bloom"),
];
/// Parents, so that it is a thousand updates.
const PARENTS: usize = 250;
/// Chats of those who do not know the secret: nobody ever writes to them.
const STRANGER: i64 = 9_999;
/// Telegram's own number of connections (`max_connections`): so many updates are in flight at most.
const CONNECTIONS: usize = 40;
/// As fast as Telegram ever allows.
const FAST: [(&str, &str); 2] = [("SEND_RATE", "1000"), ("PAID_BROADCAST", "true")];
/// The largest body that is read, in bytes.
const LARGEST: usize = 1024 * 1024;
/// A bound for the memory of a program that is built for tests, in MB; 100 updates of the largest size are 105.
const MOST_MEMORY: u64 = 150;

/// The program at its webhook, and parents who have not said anything yet.
struct Burst {
    address: Address,
    program: Program,
    store: Store,
    parents: Vec<Parent>,
}

impl Burst {
    async fn new(parents: usize, settings: &[(&str, &str)]) -> Self {
        let address = address();
        let mut program = Program::new().await;
        for (name, value) in address.settings().iter().chain(settings) {
            program.set(name, value);
        }
        let keys = Keys::load_or_create(&program.key_file()).unwrap();
        let store = Store::open(&program.database(), keys).await.unwrap();
        let ids = (1001..).take(parents);
        let parents = ids.map(|id| program.telegram.parent(id, "mia", "en"));
        let parents: Vec<_> = parents.inspect(Parent::wrote_before).collect();
        Self {
            address,
            program,
            store,
            parents,
        }
    }

    /// Everybody sends everything, before the program can answer any of it.
    fn breaks_loose(&self) {
        for (send, _) in SENDS {
            for parent in &self.parents {
                if send.starts_with('/') {
                    parent.says(send);
                } else {
                    parent.taps_data(1, send);
                }
            }
        }
    }

    fn updates(&self) -> usize {
        self.parents.len() * SENDS.len()
    }

    /// Returns when the bot has said so many things.
    async fn said(&self, count: usize) {
        let telegram = &self.program.telegram;
        let mut so_far = 0;
        while so_far < count {
            // Some at a time, as patience is for a standstill.
            so_far = count.min(so_far + 100);
            let many =
                |calls: &[CallRecord]| calls.iter().filter(|call| says(call)).count() >= so_far;
            let told = telegram.until_calls("so many answers", many).await;
            assert!(told.is_ok(), "{}", self.program.log());
        }
    }

    /// Whatever was answered by 200 was taken by Telegram, or is parked; how many answers are.
    async fn owes_nobody(&self) -> usize {
        let mut parked: HashMap<ChatId, usize> = HashMap::new();
        let mut after = None;
        loop {
            let page = self.store.parked(after, 200).await.unwrap();
            for row in page.rows {
                *parked.entry(row.chat).or_default() += 1;
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        for parent in &self.parents {
            let told = SENDS.len() - self.program.telegram.unconfirmed_of(parent.id);
            let parked = parked.get(&ChatId(parent.id)).copied().unwrap_or(0);
            assert!(
                parent.heard().len() + parked >= told,
                "{told} were answered by 200, {parked} are parked:\n{}",
                parent.transcript()
            );
        }
        parked.values().sum()
    }

    /// Waits until nothing is left to be done, and looks whether everybody was answered; how many answers came twice.
    async fn all_were_answered(&self) -> usize {
        self.said(self.updates()).await;
        let telegram = &self.program.telegram;
        telegram.all_confirmed().await.unwrap();
        let end = self.program.clock.instant() + PATIENCE;
        while !self.store.parked(None, 1).await.unwrap().rows.is_empty() {
            assert!(self.program.clock.instant() < end, "an answer stays parked");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for parent in &self.parents {
            let mut heard = parent.heard().into_iter();
            for (send, answer) in SENDS {
                assert!(
                    heard.any(|said| said.text.starts_with(answer)),
                    "{send} was not answered, or not in its order:\n{}",
                    parent.transcript()
                );
            }
        }
        telegram.everything_said().len() - self.updates()
    }

    fn memory(&self) -> String {
        let Some(most) = self.program.most_memory() else {
            return "not told by this system".to_owned();
        };
        assert!(most < MOST_MEMORY, "{most} MB");
        format!("{most} MB")
    }
}

impl Address {
    /// More than is read. `None`: the program hung up before all of it was sent.
    async fn posts_too_much(&self) -> Option<StatusCode> {
        let request = client().post(&self.url).header(HEADER, SECRET);
        let sent = request.body(vec![b' '; LARGEST + 1]).send().await;
        sent.ok().map(|response| response.status())
    }
}

fn says(call: &CallRecord) -> bool {
    call.method == "sendMessage" && call.result.took_effect()
}

/// Connections on which somebody only begins to send.
async fn idle(address: &Address, count: usize) -> Vec<TcpStream> {
    let mut idle = Vec::new();
    for _ in 0..count {
        let mut line = TcpStream::connect(&address.listen).await.unwrap();
        let head = b"POST /hook HTTP/1.1\r\nHost: x\r\n";
        line.write_all(head).await.unwrap();
        idle.push(line);
    }
    idle
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_a_thousand_is_answered_in_order_and_once() {
    let mut burst = Burst::new(PARENTS, &FAST).await;
    burst.breaks_loose();
    // Some of what was answered by 200 comes again all the same.
    burst.program.telegram.repeats_updates(100);
    burst.program.starts();
    burst.said(1).await;
    let _idle = idle(&burst.address, 100).await;
    let strangers = (0..200).map(|id| burst.address.post(None, signs(id, STRANGER)));
    let too_large = (0..30).map(|_| burst.address.posts_too_much());
    let (strangers, too_large) = join(join_all(strangers), join_all(too_large)).await;
    let status = StatusCode::UNAUTHORIZED;
    assert!(strangers.iter().all(|answer| answer.status() == status));
    let status = StatusCode::PAYLOAD_TOO_LARGE;
    assert!(too_large.iter().flatten().all(|turned| *turned == status));
    let again = burst.all_were_answered().await;
    closing_line(&format!(
        "webhook, {} updates at once of {PARENTS} chats over {CONNECTIONS} connections, 100 of them brought twice, among 200 \
         wrong secrets, 30 bodies over the limit and 100 idle connections: all answered in order, {again} twice; the \
         program held {} at most",
        burst.updates(),
        burst.memory()
    ));
    assert_eq!(again, 0);
    let to_stranger = |call: &CallRecord| call.chat == Some(STRANGER);
    assert_eq!(burst.program.telegram.count_calls(to_stranger), 0);
    limits_were_kept(&burst.program.telegram);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_of_a_burst_nothing_is_lost() {
    let mut burst = Burst::new(PARENTS, &FAST).await;
    burst.breaks_loose();
    let (kills, mut flying) = (3, 0);
    for kill in 1..=kills {
        burst.program.starts();
        burst.said(kill * burst.updates() / (kills + 1)).await;
        burst.program.is_killed();
        flying += CONNECTIONS + burst.owes_nobody().await;
    }
    burst.program.starts();
    let again = burst.all_were_answered().await;
    closing_line(&format!(
        "webhook, {} updates at once, {kills} kills: all answered in order, {again} twice (at most {flying} may: \
         brought or parked at the kills); the program held {} at most",
        burst.updates(),
        burst.memory()
    ));
    assert!(again <= flying);
    limits_were_kept(&burst.program.telegram);
}

#[tokio::test(flavor = "multi_thread")]
async fn left_in_the_middle_of_a_burst_polling_answers_the_rest() {
    let mut burst = Burst::new(PARENTS, &FAST).await;
    burst.breaks_loose();
    burst.program.starts();
    burst.said(burst.updates() / 3).await;
    let (status, took) = burst.program.is_told_to_stop().await;
    assert!(status.success(), "{}", burst.program.log());
    burst.owes_nobody().await;
    let left = burst.program.telegram.unconfirmed();
    burst.program.set("WEBHOOK_URL", "");
    burst.program.starts();
    let again = burst.all_were_answered().await;
    closing_line(&format!(
        "webhook, {} updates at once, told to stop in the middle ({took:.1?}) and started to poll: {left} were left; all \
         answered in order, {again} twice",
        burst.updates()
    ));
    assert!(left > 0 && again == 0, "{left} {again}");
    let calls = burst.program.telegram.calls();
    let mut from_leaving = calls
        .iter()
        .skip_while(|call| call.method != "deleteWebhook");
    assert!(from_leaving.all(|call| call.method != "setWebhook"));
    let refused = |call: &&CallRecord| matches!(call.result, CallResult::Refused(..));
    let polls = calls.iter().filter(|call| call.method == "getUpdates");
    assert_eq!(polls.filter(refused).count(), 0);
    limits_were_kept(&burst.program.telegram);
}
