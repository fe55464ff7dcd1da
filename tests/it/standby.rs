//! Two processes on one PostgreSQL database: one leads, the other stands by and takes over. Real processes, a real
//! server, and the stand-in for Telegram as the judge.

mod balancer;
mod cut;
mod frozen;
mod line;
mod machines;

use std::time::Duration;

use machines::{ASK_EVERY, KEY, Machine, NOTES, PATIENCE, Pair, answers, parents_ask};
use slowbloom::{
    sandbox::CallRecord,
    store::{Keys, Store},
};

use crate::support::{
    figures::closing_line,
    postgres::{self, Cluster},
    program::Program,
    world::{MONDAY, World},
};

/// The promise: another one takes over within this time.
const TAKE_OVER: Duration = Duration::from_secs(10);

/// At most so many notes may come twice when a process is killed or frozen: what may be between being accepted and
/// being written down, at 30 a second.
const IN_FLIGHT: usize = 8;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn when_the_leader_is_killed_the_other_takes_over() {
    let Some(url) = postgres::fresh_database().await else {
        return;
    };
    let mut pair = Pair::new(url).await;
    let parents = pair.notes_fall_due().await;
    pair.until_sent(20).await;
    let asking = parents_ask(&pair.telegram().clone(), 1, 10);
    pair.machines[0].program.is_killed();
    let killed = pair.now();
    let took = pair.machines[1].until_it_says("leading").await;
    let first = pair.first_accepted_after(killed + took).await - killed;
    assert!(took < TAKE_OVER && first < TAKE_OVER, "{took:?} {first:?}");
    let twice = pair.every_note_arrives(&parents).await;
    closing_line(&format!(
        "the leader is killed (kill -9): taken over after {took:.1?}, the first message accepted after {first:.1?}; of \
         {NOTES} notes 0 lost, {twice} twice"
    ));
    assert!(twice <= IN_FLIGHT, "{twice} notes came twice");
    pair.telegram().all_confirmed().await.unwrap();
    let answers = answers(pair.telegram(), &asking);
    assert!(
        answers.iter().all(|times| (1..=2).contains(times)),
        "{answers:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn when_the_leader_stops_in_order_the_other_takes_over_and_nothing_comes_twice() {
    let Some(url) = postgres::fresh_database().await else {
        return;
    };
    let mut pair = Pair::new(url).await;
    let parents = pair.notes_fall_due().await;
    pair.until_sent(20).await;
    let (status, stopped) = pair.machines[0].program.is_told_to_stop().await;
    assert!(
        status.success() && stopped < Duration::from_secs(10),
        "{status} after {stopped:?}"
    );
    let took = pair.machines[1].until_it_says("leading").await;
    assert!(took < TAKE_OVER);
    assert_eq!(pair.every_note_arrives(&parents).await, 0);
    closing_line(&format!(
        "the leader stops in order: in {stopped:.1?}, taken over {took:.1?} later; of {NOTES} notes 0 lost, 0 twice"
    ));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn when_the_leaders_session_is_cut_one_of_the_two_leads_again() {
    let Some(url) = postgres::fresh_database().await else {
        return;
    };
    let pair = Pair::new(url).await;
    let parents = pair.notes_fall_due().await;
    pair.until_sent(20).await;
    let cut = pair.machines[0].now();
    pair.sql(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    )
    .await;
    // Until it is noticed, both may lead.
    let [one, other] = &pair.machines;
    while !one.program.log().contains("still leads")
        && !other.program.log().contains("Slow Bloom is running")
    {
        assert!(one.now() - cut < TAKE_OVER, "nobody noticed");
        tokio::time::sleep(ASK_EVERY).await;
    }
    let (leader, other) = if one.program.log().contains("still leads") {
        (one, other)
    } else {
        (other, one)
    };
    other.until_it_says("standing by").await;
    leader.until_it_says("leading").await;
    let led = one.now() - cut;
    assert!(led < TAKE_OVER, "{led:?}");
    let first = pair.first_accepted_after(cut + led).await - cut;
    assert!(first < TAKE_OVER, "{first:?}");
    let twice = pair.every_note_arrives(&parents).await;
    closing_line(&format!(
        "the leader's session is ended: one leads after {led:.1?}, the first message accepted after {first:.1?}; {twice} \
         of {NOTES} notes twice"
    ));
    assert!(twice <= IN_FLIGHT, "{twice} notes came twice");
    parents_ask(pair.telegram(), 1, 5);
    pair.telegram().all_confirmed().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn a_frozen_leader_is_replaced_and_stands_by_when_it_wakes() {
    let Some(url) = postgres::fresh_database().await else {
        return;
    };
    let pair = Pair::new(url).await;
    let parents = pair.notes_fall_due().await;
    pair.until_sent(20).await;
    pair.machines[0].program.gets("STOP");
    let froze = pair.now();
    let took = pair.machines[1].until_it_says("leading").await;
    let first = pair.first_accepted_after(froze + took).await - froze;
    assert!(took < TAKE_OVER && first < TAKE_OVER, "{took:?} {first:?}");
    pair.until_sent(60).await;
    pair.machines[0].program.gets("CONT");
    pair.machines[0].until_it_says("standing by").await;
    let twice = pair.every_note_arrives(&parents).await;
    closing_line(&format!(
        "the leader is frozen: taken over after {took:.1?}, the first message accepted after {first:.1?}; {twice} of \
         {NOTES} notes twice"
    ));
    assert!(twice <= IN_FLIGHT, "{twice} notes came twice");
    pair.machines[1].until_it_says("leading").await;
    parents_ask(pair.telegram(), 1, 5);
    pair.telegram().all_confirmed().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn a_database_that_goes_away_and_comes_back_loses_nothing() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let url = cluster.fresh_database().await;
    let program = Program::new().await;
    let store = Store::open(&url, Keys::from_text(KEY).unwrap())
        .await
        .unwrap();
    let mut machine = Machine::new(program, &url);
    machine.program.starts();
    machine.until_it_says("leading").await;
    let twin = Machine::new(machine.program.twin(), &url);
    let pair = Pair {
        machines: [machine, twin],
        store,
        url,
    };
    let parents = pair.notes_fall_due().await;
    pair.until_sent(20).await;
    cluster.stop_server();
    pair.machines[0]
        .until_it_says("leading; the database is away")
        .await;
    let quiet = pair.telegram().everything_said().len();
    let mia = pair.telegram().parent(1, "mia", "en");
    let asked = pair.machines[0].now();
    mia.says("I want to die");
    let help = mia.next_bot_message().await.unwrap();
    println!(
        "help {:?} after the cry for it, without a database",
        pair.machines[0].now() - asked
    );
    assert!(help.text.contains("988"), "{}", help.text);
    let luz = pair.telegram().parent(2, "luz", "es");
    luz.says("/signs");
    luz.next_bot_message().await.unwrap();
    let said = pair.telegram().everything_said().len();
    assert_eq!(said, quiet + 2, "no notes while nobody knows who leads");
    cluster.start_server();
    let back = pair.machines[0].now();
    pair.machines[0].until_it_says("leading").await;
    let twice = pair.every_note_arrives(&parents).await;
    println!(
        "all {NOTES} notes {:?} after it was back, {twice} twice",
        pair.machines[0].now() - back
    );
    assert!(twice <= IN_FLIGHT);
    pair.telegram().all_confirmed().await.unwrap();
    assert_eq!(mia.heard().len(), 1, "help came once");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn a_webhook_that_comes_to_the_one_that_stands_by_comes_again() {
    let Some(url) = postgres::fresh_database().await else {
        return;
    };
    let program = Program::new().await;
    let twin = program.twin();
    let mut machines = [Machine::new(program, &url), Machine::new(twin, &url)];
    let hook = format!("http://{}/hook", machines[1].listen);
    for (machine, at) in machines.iter_mut().zip(["leading", "standing by"]) {
        machine.program.set("WEBHOOK_URL", &hook);
        machine.program.starts();
        machine.until_it_says(at).await;
    }
    let telegram = machines[0].program.telegram.clone();
    let set = |calls: &[CallRecord]| calls.iter().any(|call| call.method == "setWebhook");
    telegram
        .until_calls("the webhook is set", set)
        .await
        .unwrap();
    let mia = telegram.parent(1, "mia", "en");
    mia.says("/signs");
    let refused = machines[0].now();
    while !telegram
        .webhook_error()
        .is_some_and(|error| error.contains("503"))
    {
        assert!(machines[0].now() - refused < PATIENCE);
        tokio::time::sleep(ASK_EVERY).await;
    }
    assert_eq!(telegram.unconfirmed(), 1);
    machines[0].program.is_killed();
    mia.next_bot_message().await.unwrap();
    telegram.all_confirmed().await.unwrap();
    println!(
        "answered {:?} after the leader was killed",
        machines[0].now() - refused
    );
    assert_eq!(mia.heard().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn on_sqlite_the_second_one_says_so_and_ends() {
    let mut program = Program::new().await;
    program.starts();
    program
        .telegram
        .until_calls("the first polls", |calls| {
            calls.iter().any(|call| call.method == "getUpdates")
        })
        .await
        .unwrap();
    let mut second = program.twin();
    second.set("DATABASE_URL", &program.database());
    second.set("DATA_KEY_FILE", &program.key_file().display().to_string());
    second.starts();
    let status = second.ends().await;
    assert_eq!(status.code(), Some(1));
    let log = second.log();
    assert!(
        log.contains("slowbloom: another slowbloom already runs on this database"),
        "{log}"
    );
    program.telegram.parent(1, "mia", "en").says("/signs");
    program.telegram.all_confirmed().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn the_whole_journey_on_postgres_by_the_address_alone() {
    let Some(url) = postgres::fresh_database().await else {
        return;
    };
    let mut world = World::with(MONDAY, &[("DATABASE_URL", &url)]).await;
    let mia = world.mia();
    world.says(&mia, "/start").await;
    assert!(
        world.row(&mia).await.is_none(),
        "nothing is stored before she agrees"
    );
    world.taps(&mia, "Yes, I’m 18+ and I agree").await;
    assert_eq!(world.next_note_comes(&mia).await, "Tue 2027-03-09 10:00");
    let heard = mia.heard().len();
    world.restarts().await;
    world.brings_what_is_due().await;
    assert_eq!(mia.heard().len(), heard, "not a second time");
    assert_eq!(world.next_note_comes(&mia).await, "Wed 2027-03-10 10:00");
    world.says(&mia, "/stop").await;
    assert_eq!(world.next_note(&mia).await, None);
    world.says(&mia, "/delete").await;
}
