//! One chat that Telegram refuses for ever: the real program goes on answering everybody else, and does not ask for it
//! without end. A client that pauses for ten seconds after an error would be seen here.

use std::{collections::HashSet, time::Duration};

use slowbloom::sandbox::{CallRecord, Fault, Parent, Target};

use crate::support::{figures::closing_line, program::Program, world::limits_were_kept};

const OTHERS: usize = 20;
/// They ask as often, each time when all were answered; so often that a pause of ten seconds would fall among it.
const ROUNDS: [(&str, &str); 4] = [
    ("/signs", "Signs You May Be"),
    ("/causes", "Why Bonding Doesn’t Always"),
    ("/about", "About Slow Bloom"),
    ("/signs", "Signs You May Be"),
];
/// An answer takes milliseconds, and a second more after another in its chat; the rest is for a busy machine.
const ANSWERED_WITHIN: Duration = Duration::from_secs(3);

/// Everybody else says this now; the longest that one waited for the answer.
async fn round(program: &Program, others: &[Parent], (says, hears): (&str, &str)) -> Duration {
    let asked = program.clock.instant();
    for parent in others {
        parent.says(says);
    }
    let mut longest = Duration::ZERO;
    for parent in others {
        let said = parent.next_bot_message().await.unwrap();
        assert!(said.text.contains(hears), "{}", parent.transcript());
        let waited = said.instant - asked;
        assert!(waited < ANSWERED_WITHIN, "{waited:?}\n{}", program.log());
        longest = longest.max(waited);
    }
    longest
}

/// One chat meets this fault for ever while others talk. So many requests may be made for it at first, and then one in
/// each so many seconds.
async fn others_are_answered_beside(fault: Fault, at_first: u64, each: u64) {
    let mut program = Program::new().await;
    let telegram = program.telegram.clone();
    let bad = telegram.parent(1, "ana", "en");
    telegram.keeps_failing(Target::Chat(bad.id), fault);
    program.starts();
    // It is refused first, and meanwhile says more.
    bad.says("/signs");
    let tried = |calls: &[CallRecord]| calls.iter().any(|call| call.chat == Some(bad.id));
    telegram.until_calls("it is refused", tried).await.unwrap();
    let began = program.clock.instant();
    let others: Vec<Parent> = (101..)
        .take(OTHERS)
        .map(|id| telegram.parent(id, "mia", "en"))
        .collect();
    let mut longest = Duration::ZERO;
    for what in ROUNDS {
        bad.says("/causes");
        longest = longest.max(round(&program, &others, what).await);
    }
    let took = program.clock.instant() - began;
    let requests = telegram.count_calls(|call| call.chat == Some(bad.id));
    let most = at_first + took.as_secs() / each;
    closing_line(&format!(
        "one chat is refused for ever ({fault:?}): {} answers to {OTHERS} others, the longest took {longest:.1?}; in \
         {took:.1?} {requests} requests for the refused chat (of at most {most})",
        OTHERS * ROUNDS.len()
    ));
    assert!(requests as u64 <= most, "{requests} requests in {took:?}");
    assert!(bad.heard().is_empty());
    // Nothing of it was lost.
    telegram.recovers();
    while bad.heard().len() < 1 + ROUNDS.len() {
        bad.next_bot_message().await.unwrap();
    }
    telegram.all_confirmed().await.unwrap();
    let heard: HashSet<usize> = others.iter().map(|other| other.heard().len()).collect();
    assert_eq!(heard, HashSet::from([ROUNDS.len()]));
    limits_were_kept(&telegram);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_meets_errors_for_ever_holds_up_nobody() {
    // Its waits double: 0.25, 0.5, 1, 2, 4, and then 5 s, each a quarter less at most.
    others_are_answered_beside(Fault::Gateway(502), 5, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_is_told_to_wait_for_ever_holds_up_nobody() {
    others_are_answered_beside(Fault::TooMany(2), 2, 2).await;
}
