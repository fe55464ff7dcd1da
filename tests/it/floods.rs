//! Somebody who taps, shares and writes as fast as a script can holds up nobody, and a Telegram that answers too fast is
//! not asked as fast. By counts: what was done for the loud one before somebody else was helped.

use std::{collections::HashSet, time::Duration};

use serde_json::json;
use slowbloom::sandbox::{Attachment, CallRecord, CallResult, Fault, Said, StandIn, Target};

use crate::support::{program::Program, world::World};

const HELP: &str = "I want to die";

fn accepted(telegram: &StandIn, method: &str) -> usize {
    telegram.count_calls(|call| call.method == method && call.result.took_effect())
}

/// How often a change of a message arrived in the fullest second.
fn fullest_second(edits: &[&Said]) -> usize {
    let begins = edits.iter().map(|edit| edit.instant);
    let within = begins.map(|begin| {
        let end = begin + Duration::from_secs(1);
        let inside = edits
            .iter()
            .filter(|edit| (begin..end).contains(&edit.instant));
        inside.count()
    });
    within.max().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_of_taps_show_the_newest_and_hold_up_nobody() {
    const TAPS: usize = 500;
    let world = World::new().await;
    let (loud, mia) = (world.telegram.parent(31, "ana", "en"), world.mia());
    world.subscribes(&loud).await;
    world.says(&loud, "/settings").await;
    let message = loud.heard().last().unwrap().message_id;
    let taps_before = accepted(&world.telegram, "answerCallbackQuery");
    let edits_before = accepted(&world.telegram, "editMessageText");
    for tap in 0..TAPS {
        let data = ["1:ask:time:s", "1:settings", "1:country:CA"][tap % 3];
        loud.taps_data(message, data);
    }
    loud.taps_data(message, "1:ask:days:s");
    mia.says(HELP);
    mia.next_bot_message().await.unwrap();
    // Telegram gives a hundred unacknowledged updates, so most of the taps are done with by now. What they showed is not
    // worth a hundred changes of one message.
    let shown = accepted(&world.telegram, "editMessageText") - edits_before;
    assert!(shown < 50, "{shown} edits before she was helped");
    world.answered().await;

    let said = world.telegram.everything_said();
    let edits: Vec<&Said> = said
        .iter()
        .filter(|said| said.chat == loud.id && said.edit)
        .collect();
    let last = edits.last().unwrap();
    assert!(last.text.contains("days"), "{}", last.text);
    // Four at once and then one a second; two more for a machine that is busy with many tests.
    assert!(fullest_second(&edits) <= 7, "{}", fullest_second(&edits));
    let row = world.row(&loud).await.unwrap();
    assert_eq!(
        row.country.code(),
        "CA",
        "what nobody saw was done all the same"
    );
    world
        .telegram
        .until_calls("every spinner ends", |calls| {
            let ended = |call: &&CallRecord| call.method == "answerCallbackQuery";
            calls.iter().filter(ended).count() > taps_before + TAPS
        })
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_share_their_location_the_map_is_in_memory_once() {
    const SHARING: i64 = 50;
    // The map takes 34 MB, and the program in a test build some more than in the shipped one.
    const MOST_MB: u64 = 250;
    let mut program = Program::new().await;
    let everybody: Vec<_> = (100..100 + SHARING)
        .map(|id| program.telegram.parent(id, "mia", "en"))
        .collect();
    for mia in &everybody {
        mia.sends(Attachment::Location {
            latitude: 40.4,
            longitude: -3.7,
        });
    }
    let loud = program.telegram.parent(31, "ana", "en");
    for east in 0..200_i32 {
        loud.sends(Attachment::Location {
            latitude: 41.0,
            longitude: f64::from(east) / 50.0,
        });
    }
    let calls = program.telegram.parent(11, "mia", "en");
    calls.says(HELP);
    program.starts();
    calls.next_bot_message().await.unwrap();
    let ids: HashSet<i64> = everybody.iter().map(|mia| mia.id).collect();
    program
        .telegram
        .until_calls("everybody is answered", |calls| {
            let answered = calls.iter().filter(|call| call.result.took_effect());
            let chats: HashSet<i64> = answered.filter_map(|call| call.chat).collect();
            ids.is_subset(&chats)
        })
        .await
        .unwrap();
    if let Some(most) = program.most_memory() {
        assert!(most < MOST_MB, "{most} MB for {SHARING} locations");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_left_once_and_nobody_waits_for_it() {
    const WORDS: usize = 300;
    let world = World::new().await;
    let mia = world.mia();
    let group = world.telegram.group(-77, "parents");
    world
        .telegram
        .keeps_failing(Target::Method("leaveChat"), Fault::Hang);
    mia.adds_bot_to(&group);
    for _ in 0..WORDS {
        mia.says_in(&group, "/start");
    }
    mia.says(HELP);
    mia.next_bot_message().await.unwrap();
    world.confirmed().await;
    let left = world
        .telegram
        .count_calls(|call| call.method == "leaveChat");
    assert!((1..=3).contains(&left), "left {left} times");
    world.telegram.recovers();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_at_once_with_nothing_new_is_not_asked_for_at_once_again() {
    const POLLS: usize = 12;
    let mut program = Program::new().await;
    // It has no number, so it can never be acknowledged by itself.
    program.telegram.raw_update(&json!(7));
    program.starts();
    let polls = |calls: &[CallRecord]| -> Vec<CallRecord> {
        let polls = calls.iter().filter(|call| call.method == "getUpdates");
        polls.cloned().collect()
    };
    program
        .telegram
        .until_calls("it goes on asking", |calls| polls(calls).len() >= POLLS)
        .await
        .unwrap();
    let polls = polls(&program.telegram.calls());
    let took = polls[POLLS - 1].instant - polls[0].instant;
    assert!(took > Duration::from_secs(2), "{POLLS} polls in {took:?}");
    let mia = program.telegram.parent(11, "mia", "en");
    mia.says("/signs");
    mia.next_bot_message().await.unwrap();
    let log = program.log();
    let said = log.matches("skipped updates that cannot be read").count();
    assert_eq!(said, 1, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_could_not_be_registered_are_tried_again() {
    let mut program = Program::new().await;
    program
        .telegram
        .fails(Target::Method("setMyCommands"), Fault::Gateway(502), 2);
    program
        .telegram
        .fails(Target::Method("setMyDescription"), Fault::CutBefore, 1);
    program.starts();
    // For everyone, and in Spanish.
    let twice = |calls: &[CallRecord], method: &str| {
        let done = calls
            .iter()
            .filter(|call| call.method == method && matches!(call.result, CallResult::Accepted(_)));
        done.count() == 2
    };
    program
        .telegram
        .until_calls("everything is registered", |calls| {
            twice(calls, "setMyCommands") && twice(calls, "setMyDescription")
        })
        .await
        .unwrap();
}
