//! What help does not wait for: a database that somebody else has locked, another message of the same chat, a note.

use std::{net::SocketAddr, process::Command, time::Duration};

use serde_json::json;
use slowbloom::sandbox::{CallRecord, Fault, Parent, Said, Target};
use sqlx::{Connection as _, PgConnection, SqliteConnection};

use crate::support::{
    postgres,
    program::Program,
    seeding::subscribers,
    world::{MONDAY, World},
};

const HELP: &str = "reach a person";
const SECRET: &str = "a-secret_of-this-test";

/// The write lock of the world's SQLite file, until it is dropped.
pub(super) async fn locked(world: &World) -> SqliteConnection {
    let url = format!("sqlite://{}/slowbloom.db", world.folder().display());
    let mut lock = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("BEGIN EXCLUSIVE")
        .execute(&mut lock)
        .await
        .unwrap();
    lock
}

/// The tables of a PostgreSQL database, so that nobody else can even read them.
async fn tables_locked(url: &str) -> PgConnection {
    let mut lock = PgConnection::connect(url).await.unwrap();
    for statement in ["BEGIN", "LOCK TABLE subscribers, parked"] {
        sqlx::query(statement).execute(&mut lock).await.unwrap();
    }
    lock
}

/// Returns when the bot has begun to listen.
async fn polls(world: &World) {
    let polled = |calls: &[CallRecord]| calls.iter().any(|call| call.method == "getUpdates");
    world
        .telegram
        .until_calls("it polls", polled)
        .await
        .unwrap();
}

/// The next thing that a parent is told.
async fn next(parent: &Parent) -> String {
    parent.next_bot_message().await.unwrap().text
}

fn to_her(world: &World, parent: &Parent) -> Vec<Said> {
    let mut said = world.telegram.everything_said();
    said.retain(|said| said.chat == parent.id);
    said
}

/// Nothing silent, which only notes are, comes after the first message with these words.
fn no_note_after(world: &World, parent: &Parent, words: &str) {
    let said = to_her(world, parent);
    let reply = said.iter().position(|said| said.text.contains(words));
    let reply = reply.unwrap_or_else(|| panic!("never told:\n{}", parent.transcript()));
    assert!(
        said[reply..].iter().all(|said| !said.silent),
        "a note after “{words}”:\n{}",
        parent.transcript()
    );
}

/// What followed from the call was owed, and is written down now.
async fn is_held(world: &World, parent: &Parent, until: &[&str]) {
    let next = world.next_note(parent).await.unwrap_or_default();
    assert!(until.iter().any(|day| next.starts_with(day)), "{next}");
}

/// Two parents are stuck in the database; help comes for one of them and for a third before the stuck are answered.
async fn help_comes_first(world: &World, stuck: &[Parent]) {
    for parent in stuck {
        parent.says("/time 9:00");
    }
    let luz = world.luz();
    luz.says("quiero morirme");
    assert!(next(&luz).await.contains("911"));
    stuck[0].says("I want to die");
    assert!(next(&stuck[0]).await.contains(HELP), "before her answer");
    assert_eq!(world.messages_to(&stuck[1]), 0, "she is stuck still");
    world.answered_only_in_part();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_database_holds_no_help_back() {
    let world = World::new().await;
    let stuck = subscribers(&world.telegram, &world.store, 2, world.clock.now()).await;
    let lock = locked(&world).await;
    help_comes_first(&world, &stuck).await;
    lock.close().await.unwrap();
    world.answered().await;
    is_held(&world, &stuck[0], &["Fri 2027-03-12"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_that_does_not_answer_holds_no_help_back() {
    let Some(url) = postgres::fresh_database().await else {
        return;
    };
    let world = World::with(MONDAY, &[("DATABASE_URL", &url)]).await;
    polls(&world).await;
    let stuck = subscribers(&world.telegram, &world.store, 2, world.clock.now()).await;
    let lock = tables_locked(&url).await;
    help_comes_first(&world, &stuck).await;
    lock.close().await.unwrap();
    world.answered().await;
    is_held(&world, &stuck[0], &["Fri 2027-03-12"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_webhook_a_locked_database_holds_no_help_back_either() {
    let free = std::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let listen = free.local_addr().unwrap().to_string();
    drop(free);
    let url = format!("http://{listen}/hook");
    let settings = [
        ("HTTP_LISTEN", listen.as_str()),
        ("WEBHOOK_URL", &url),
        ("WEBHOOK_SECRET", SECRET),
    ];
    let world = World::with(MONDAY, &settings).await;
    let set = world.telegram.until_calls("the webhook is set", |calls| {
        calls.iter().any(|call| call.method == "setWebhook")
    });
    set.await.unwrap();
    let stuck = subscribers(&world.telegram, &world.store, 2, world.clock.now()).await;
    let lock = locked(&world).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    // As Telegram would bring them, but for one chat side by side.
    let post = |update_id: i64, chat: i64, text: &str| {
        let person = json!({ "id": chat, "type": "private", "first_name": "mia" });
        let body = json!({ "update_id": update_id, "message": {
            "message_id": update_id, "date": 1_800_000_000, "chat": person, "text": text,
        } });
        let request = client
            .post(&url)
            .header("X-Telegram-Bot-Api-Secret-Token", SECRET)
            .body(body.to_string());
        tokio::spawn(async move { request.send().await.unwrap().status() })
    };
    let first = post(71, stuck[0].id, "/time 9:00");
    let luz = world.luz();
    luz.wrote_before();
    // When she is answered, the first is stuck.
    assert!(post(73, luz.id, "/signs").await.unwrap().is_success());
    let second = post(72, stuck[0].id, "I want to die");
    assert!(next(&stuck[0]).await.contains(HELP), "before her answer");
    assert!(!first.is_finished() && !second.is_finished(), "200 is last");
    lock.close().await.unwrap();
    assert!(first.await.unwrap().is_success());
    assert!(second.await.unwrap().is_success());
    assert!(
        post(72, stuck[0].id, "I want to die")
            .await
            .unwrap()
            .is_success()
    );
    is_held(&world, &stuck[0], &["Fri 2027-03-12"]).await;
    let helps = to_her(&world, &stuck[0]);
    let helps = helps.iter().filter(|said| said.text.contains(HELP));
    assert_eq!(helps.count(), 1, "once, though the update came again");
}

/// The hold cannot be written down yet, so her row still says that a note is due.
#[tokio::test(flavor = "multi_thread")]
async fn no_note_follows_a_call_for_help_even_while_the_hold_cannot_be_written_down() {
    let world = World::with("2027-03-09T17:58:00Z", &[]).await;
    let parents = subscribers(&world.telegram, &world.store, 2, world.clock.now()).await;
    let lock = locked(&world).await;
    parents[0].says("I want to die");
    assert!(next(&parents[0]).await.contains(HELP));
    world.clock.jump_to("2027-03-09T18:00:00Z".parse().unwrap());
    assert!(!next(&parents[1]).await.is_empty(), "notes go on");
    world.courier.tick(world.clock.now()).await.unwrap();
    lock.close().await.unwrap();
    world.answered().await;
    world.brings_what_is_due().await;
    no_note_after(&world, &parents[0], HELP);
    assert_eq!(world.notes_of(&parents[1]).len(), 1);
    // Three days from when it was written down.
    is_held(&world, &parents[0], &["Fri 2027-03-12", "Sat 2027-03-13"]).await;
}

/// In the middle of a broadcast, some of it failing, so that notes are due, queued, on their way and tried again.
#[tokio::test(flavor = "multi_thread")]
async fn no_note_follows_a_call_for_help_or_a_stop_in_the_middle_of_a_broadcast() {
    const NOTES: usize = 60;
    let world = World::new().await;
    let parents = subscribers(&world.telegram, &world.store, NOTES, world.clock.now()).await;
    for (turn, parent) in parents.iter().enumerate().step_by(3) {
        let fault = [Fault::CutAfter, Fault::Gateway(502), Fault::CutBefore][turn / 3 % 3];
        world.telegram.fails(Target::Chat(parent.id), fault, 1);
    }
    world.clock.jump_to("2027-03-09T18:00:00Z".parse().unwrap());
    for (turn, parent) in parents.iter().enumerate() {
        parent.says(["I want to die", "/stop"][turn % 2]);
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    world.answered().await;
    world.brings_what_is_due().await;
    for (turn, parent) in parents.iter().enumerate() {
        no_note_after(&world, parent, [HELP, "any more notes"][turn % 2]);
        assert!(world.notes_of(parent).len() <= 2);
    }
    // A crisis reply that failed is sent again at once, which the limit for one chat does not foresee.
    world.telegram.forget_breaches();
}

/// The button and the command show the same lines as the reply, so they wait for as little.
#[tokio::test(flavor = "multi_thread")]
async fn the_way_to_help_waits_for_no_database_either() {
    let Some(url) = postgres::fresh_database().await else {
        return;
    };
    let world = World::with(MONDAY, &[("DATABASE_URL", &url)]).await;
    polls(&world).await;
    let parents = subscribers(&world.telegram, &world.store, 2, world.clock.now()).await;
    let lock = tables_locked(&url).await;
    for parent in &parents {
        parent.says("/time 9:00");
    }
    parents[0].says("/crisis");
    parents[1].taps_data(1, "1:crisis");
    for parent in &parents {
        assert!(next(parent).await.contains("988"), "before her answer");
    }
    world.answered_only_in_part();
    lock.close().await.unwrap();
    world.answered().await;
    for parent in &parents {
        assert_eq!(world.messages_to(parent), 2, "{}", parent.transcript());
        assert_eq!(
            world.row(parent).await.unwrap().last_active,
            world.clock.now().date_naive()
        );
    }
}

/// All of it lies there when the bot comes back: help is said first, and then nothing that would mock it.
#[tokio::test(flavor = "multi_thread")]
async fn an_affirmation_that_was_asked_for_before_does_not_follow_help() {
    let mut world = World::new().await;
    let mia = world.mia();
    world.subscribes(&mia).await;
    world.stops().await;
    let before = world.messages_to(&mia);
    for text in ["/signs", "/affirmation", "I want to die", "/practice"] {
        mia.says(text);
    }
    world.restarts().await;
    world.answered().await;
    let said = to_her(&world, &mia);
    let heads: Vec<_> = said[before..].iter().map(|said| &said.text).collect();
    assert_eq!(heads.len(), 3, "{}", mia.transcript());
    assert!(heads[0].contains(HELP), "{}", heads[0]);
    assert!(heads[1].contains("sign"), "{}", heads[1]);
}

/// The session that holds the lead is frozen at the server, which therefore does not let go of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_lead_that_nobody_else_can_have_is_no_reason_to_stop_answering() {
    let Some(url) = postgres::fresh_database().await else {
        return;
    };
    let mut program = Program::new().await;
    program.set("DATABASE_URL", &url);
    program.starts();
    let (telegram, clock) = (program.telegram.clone(), program.clock.clone());
    let mia = telegram.parent(11, "mia", "en");
    mia.says("/signs");
    mia.next_bot_message().await.unwrap();
    let mut db = PgConnection::connect(&url).await.unwrap();
    let frozen: Vec<i32> = sqlx::query_scalar(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    signal(&frozen, "STOP");
    let began = clock.instant();
    // Long enough for it to notice, and to ask who leads, several times.
    for id in 21.. {
        let luz = telegram.parent(id, "luz", "es");
        luz.says("quiero morirme");
        let helped = luz.next_bot_message().await;
        if helped.is_err() || clock.instant() - began > Duration::from_secs(8) {
            signal(&frozen, "CONT");
            assert!(helped.unwrap().text.contains("911"));
            break;
        }
    }
    let log = program.log();
    assert!(log.contains("it is clear who leads"), "{log}");
    assert!(!log.contains("standing by"), "{log}");
}

fn signal(processes: &[i32], signal: &str) {
    for process in processes {
        let sent = Command::new("kill")
            .args([&format!("-{signal}"), &process.to_string()])
            .status();
        assert!(sent.unwrap().success());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_no_try_makes_readable_is_not_tried_for_ever() {
    let world = World::new().await;
    let mia = world.mia();
    world.subscribes(&mia).await;
    let mut database = locked(&world).await;
    for statement in ["UPDATE subscribers SET language = 'xx'", "COMMIT"] {
        sqlx::query(statement).execute(&mut database).await.unwrap();
    }
    world.says(&mia, "I want to die").await;
    assert!(world.last_to(&mia).contains(HELP));
    // Her blocking the bot cannot be written down either, and holds up nobody.
    mia.blocks();
    world.confirmed().await;
}
