//! Updates in: none is lost, none is acknowledged before it is handled, and none does harm when it comes again.

use std::{net::TcpListener, os::unix::net::UnixDatagram, time::Duration};

use serde_json::json;
use slowbloom::{
    domain::Subscriber,
    sandbox::{CallRecord, CallResult, Fault, StandIn, Target},
};

use crate::support::{
    program::Program,
    seeding::{subscriber, subscribers},
    world::World,
};

const PATIENCE: Duration = Duration::from_secs(40);

/// The place of the first poll that acknowledged the update.
fn acknowledged_at(calls: &[CallRecord], update: i64) -> usize {
    calls
        .iter()
        .position(|call| call.method == "getUpdates" && call.offset.is_some_and(|at| at > update))
        .unwrap()
}

/// The id of the update that comes next.
fn next_update(world: &World) -> i64 {
    world.telegram.raw_update(&json!({ "poll": {} })) + 1
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_is_acknowledged_after_its_answer_was_taken_and_its_effect_stored() {
    let world = World::new().await;
    let parents = subscribers(&world.telegram, &world.store, 5, world.clock.now()).await;
    for mia in &parents {
        let update = next_update(&world);
        world.says(mia, "/time 13:00").await;
        let row = world.row(mia).await.unwrap();
        assert_eq!(row.schedule.expression(), "0 13 * * *");
        let calls = world.telegram.calls();
        let answer = calls
            .iter()
            .position(|call| call.chat == Some(mia.id) && call.result.took_effect());
        assert!(
            answer.unwrap() < acknowledged_at(&calls, update),
            "Telegram was told before she was answered"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_is_acknowledged_when_its_answer_is_parked_and_not_before() {
    let world = World::new().await;
    let mia = world.mia();
    world.telegram.keeps_failing(Target::Sending, Fault::Hang);
    mia.says("/signs");
    world.confirmed().await;
    // Nothing was accepted, so it must be parked by the time at which it is acknowledged.
    assert_eq!(world.messages_to(&mia), 0);
    assert_eq!(world.store.parked(None, 9).await.unwrap().rows.len(), 1);
    world.telegram.recovers();
}

#[tokio::test(flavor = "multi_thread")]
async fn updates_that_come_twice_are_answered_once() {
    let world = World::new().await;
    let mia = world.mia();
    world.telegram.repeats_updates(20);
    world.subscribes(&mia).await;
    for said in ["/signs", "/time 13:00", "/affirmation"] {
        world.says(&mia, said).await;
    }
    assert_eq!(world.messages_to(&mia), 5);
    assert_eq!(world.row(&mia).await.unwrap().history.came.len(), 1);
}

/// As after a crash between the answer and its acknowledgement.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_comes_again_changes_nothing_more() {
    let world = World::new().await;
    let deeds = [
        "1:agree:en",
        "1:time:1930:u",
        "1:zone:America/Denver:s",
        "1:plan:three:u",
        "1:days:3",
        "1:country:CA",
        "1:language:es",
        "1:sound:1",
        "1:pause",
        "1:resume",
        "1:retire:common",
        "1:stop",
        "1:erase?",
        "1:erase!",
    ];
    for (id, deed) in (501..).zip(deeds) {
        let mia = world.telegram.parent(id, "mia", "en");
        mia.wrote_before();
        if deed != "1:agree:en" {
            let row = subscriber(id, world.clock.now());
            world.store.insert(&row).await.unwrap();
        }
        let mut rows = Vec::new();
        for _ in 0..2 {
            mia.taps_data(1, deed);
            world.answered().await;
            let row = world.row(&mia).await;
            rows.push(row.map(|row| Subscriber { revision: 0, ..row }));
        }
        assert_eq!(rows[0], rows[1], "{deed}");
        let said: Vec<String> = mia.heard().into_iter().map(|said| said.text).collect();
        assert!(!said.is_empty(), "{deed} is answered");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_out_of_order_is_handled_in_order() {
    let mut world = World::new().await;
    let mia = world.mia();
    world.subscribes(&mia).await;
    world.stops().await;
    for time in ["8:00", "9:00", "11:00", "12:00"] {
        mia.says(&format!("/time {time}"));
    }
    world.telegram.reverses_batches(3);
    world.restarts().await;
    world.answered().await;
    let row = world.row(&mia).await.unwrap();
    assert_eq!(
        row.schedule.expression(),
        "0 12 * * *",
        "the last word holds"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn updates_that_cannot_be_read_are_passed_over() {
    let world = World::new().await;
    let mia = world.mia();
    let chat = json!({ "id": mia.id, "type": "private" });
    for malformed in [
        json!({}),
        json!({ "message": 5 }),
        json!({ "message": { "text": ["a"], "chat": 5 } }),
        json!({ "message": { "message_id": 1, "date": -1, "chat": {}, "text": "hi" } }),
        json!({ "callback_query": { "id": 7 } }),
        json!({ "callback_query": { "id": "7", "from": { "id": "x" }, "data": {} } }),
        json!({ "my_chat_member": { "chat": chat } }),
        json!({ "something_new": { "nested": [[[[[[]]]]]] } }),
        json!({ "edited_message": null }),
    ] {
        world.telegram.raw_update(&malformed);
    }
    world.says(&mia, "/signs").await;
    assert_eq!(world.messages_to(&mia), 1, "{}", mia.transcript());
}

#[tokio::test(flavor = "multi_thread")]
async fn update_ids_beyond_thirty_two_bits_are_acknowledged() {
    let world = World::new().await;
    let update = next_update(&world);
    assert!(update > i64::from(u32::MAX));
    world.says(&world.mia(), "/signs").await;
    let calls = world.telegram.calls();
    assert_eq!(
        calls[acknowledged_at(&calls, update)].offset,
        Some(update + 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_from_one_chat_holds_up_nobody() {
    const FLOOD: usize = 150;
    let world = World::new().await;
    let (loud, mia) = (world.telegram.parent(31, "ana", "en"), world.mia());
    for number in 0..FLOOD {
        loud.says(&format!("{number}"));
    }
    mia.says("/signs");
    mia.next_bot_message().await.unwrap();
    // Far from each is answered, and what waits is bounded.
    world.confirmed().await;
    let waiting = world.store.parked(None, 100).await.unwrap().rows.len();
    let answers = world.messages_to(&loud) + waiting;
    assert!((1..FLOOD / 2).contains(&answers), "{answers} answers");
}

#[tokio::test(flavor = "multi_thread")]
async fn polling_goes_on_after_every_kind_of_failure() {
    let world = World::new().await;
    let mia = world.mia();
    for fault in [
        Fault::Conflict,
        Fault::TooMany(1),
        Fault::Gateway(502),
        Fault::CutBefore,
        Fault::CutAfter,
        Fault::Garbage,
    ] {
        world.telegram.fails(Target::Method("getUpdates"), fault, 1);
        world.says(&mia, "/signs").await;
    }
    assert_eq!(world.messages_to(&mia), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_ends_the_program_with_one_clear_sentence() {
    let mut program = Program::new().await;
    program
        .telegram
        .keeps_failing(Target::All, Fault::Unauthorized);
    program.starts();
    assert!(!program.ends().await.success());
    let log = program.log();
    assert!(log.contains("Telegram does not know this token"), "{log}");

    // The same when it is revoked while the program runs.
    program.telegram.recovers();
    program.starts();
    let polls = |calls: &[CallRecord]| calls.iter().any(|call| call.method == "getUpdates");
    let polled = program.telegram.until_calls("the first polls", polls);
    polled.await.unwrap();
    program
        .telegram
        .keeps_failing(Target::All, Fault::Unauthorized);
    // Ends the poll that is open.
    program.telegram.parent(11, "mia", "en").says("/signs");
    assert!(!program.ends().await.success());
    let log = program.log();
    let said = log.matches("Telegram does not know this token").count();
    assert_eq!(said, 2, "{log}");
    assert!(
        !log.contains(program.telegram.token()),
        "the token is shown"
    );
}

/// A small machine that boots before its router.
#[tokio::test(flavor = "multi_thread")]
async fn a_telegram_that_is_away_at_the_start_is_waited_for() {
    const WAITS: &str = "starting: Telegram cannot be reached, and is asked again";
    let mut program = Program::new().await;
    let notify = program.folder().join("notify");
    let supervisor = UnixDatagram::bind(&notify).unwrap();
    supervisor.set_read_timeout(Some(PATIENCE)).unwrap();
    program.set("NOTIFY_SOCKET", notify.to_str().unwrap());
    let away = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = away.local_addr().unwrap();
    drop(away);
    program.set("TELOXIDE_API_URL", &format!("http://{address}"));
    program.listens();
    program.starts();
    program.until_it_answers("/readyz", WAITS, PATIENCE).await;
    assert_eq!(program.asked("/healthz").await.unwrap().1, "well");
    let mut told = [0; 512];
    let length = supervisor.recv(&mut told).unwrap();
    assert!(told[..length].starts_with(b"READY=1"), "it is up");
    let (status, _) = program.is_told_to_stop().await;
    assert!(status.success(), "it can be stopped meanwhile");

    program.starts();
    program.until_it_answers("/readyz", WAITS, PATIENCE).await;
    let back = StandIn::start(program.clock.clone(), address)
        .await
        .unwrap();
    program
        .until_it_answers("/readyz", "leading", PATIENCE)
        .await;
    let mia = back.parent(11, "mia", "en");
    mia.says("/signs");
    mia.next_bot_message().await.unwrap();
    let log = program.log();
    let said = log.matches("cannot begin yet, and asks again: Telegram could not be reached");
    assert_eq!(said.count(), 2, "once a start: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_poller_is_told_of_in_one_sentence_and_not_in_a_hundred() {
    let mut program = Program::new().await;
    program
        .telegram
        .fails(Target::Method("getUpdates"), Fault::Conflict, 2);
    program.starts();
    let mia = program.telegram.parent(11, "mia", "en");
    mia.says("/signs");
    mia.next_bot_message().await.unwrap();
    let log = program.log();
    let said = log.matches("another program takes this bot's messages");
    assert_eq!(said.count(), 1, "{log}");
    let (status, _) = program.is_told_to_stop().await;
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_word_about_the_token_or_somebody_elses_is_not_believed() {
    let world = World::new().await;
    let mia = world.mia();
    let faults = [
        (Fault::Unauthorized, 2),
        // A proxy's page, and a captive portal's.
        (Fault::Gateway(404), 3),
        (Fault::Gateway(401), 3),
    ];
    for (fault, times) in faults {
        let method = Target::Method("getUpdates");
        world.telegram.fails(method, fault, times);
        world.says(&mia, "/signs").await;
    }
    // For longer than a word of Telegram's own would be believed.
    world
        .telegram
        .keeps_failing(Target::All, Fault::Gateway(404));
    mia.says("/signs");
    let met = |calls: &[CallRecord]| {
        let mut met = calls.iter().filter(|call| {
            call.method == "getUpdates"
                && matches!(call.result, CallResult::Faulted(Fault::Gateway(404)))
        });
        let first = met.next().map(|call| call.instant);
        let last = met.next_back().map(|call| call.instant);
        first
            .zip(last)
            .is_some_and(|(first, last)| last - first > std::time::Duration::from_secs(5))
    };
    let long = world.telegram.until_calls("polls for five seconds", met);
    long.await.unwrap();
    world.telegram.recovers();
    world.answered().await;
    assert_eq!(world.messages_to(&mia), faults.len() + 1);
}
