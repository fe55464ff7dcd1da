//! Telegram brings messages to the webhook: told 200 last, held to its secret, and left again cleanly.

mod burst;

use std::{net::SocketAddr, time::Duration};

use reqwest::{Client, Response, StatusCode};
use serde_json::json;
use slowbloom::sandbox::{CallRecord, Fault, Parent, Target};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::world::{MONDAY, World};

const SECRET: &str = "a-secret_of-this-test";
const HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";

/// Where the bot listens and what Telegram is told.
struct Address {
    listen: String,
    url: String,
}

/// A port that is free now.
fn address() -> Address {
    let free = std::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let listen = free.local_addr().unwrap().to_string();
    let url = format!("http://{listen}/hook");
    Address { listen, url }
}

async fn world(address: &Address) -> World {
    let world = World::with(MONDAY, &address.settings()).await;
    let set = |calls: &[CallRecord]| calls.iter().any(|call| call.method == "setWebhook");
    world
        .telegram
        .until_calls("the webhook is set", set)
        .await
        .unwrap();
    world
}

/// Waits until the bot has said so many things to a parent.
async fn hears(parent: &Parent, messages: usize) {
    while parent.heard().len() < messages {
        parent.next_bot_message().await.unwrap();
    }
}

impl Address {
    fn settings(&self) -> [(&str, &str); 3] {
        [
            ("HTTP_LISTEN", &self.listen),
            ("WEBHOOK_URL", &self.url),
            ("WEBHOOK_SECRET", SECRET),
        ]
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let response = client().get(format!("http://{}{path}", self.listen));
        let response = response.send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    }

    async fn post(&self, secret: Option<&str>, body: impl Into<reqwest::Body>) -> Response {
        let mut request = client().post(&self.url).body(body);
        if let Some(secret) = secret {
            request = request.header(HEADER, secret);
        }
        request.send().await.unwrap()
    }
}

fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

/// Sends the head of a request and then its body in chunks, as far as it is taken; returns the first line of the answer.
async fn answer_to(address: &Address, length: &str, body: impl Iterator<Item = String>) -> String {
    let mut line = TcpStream::connect(&address.listen).await.unwrap();
    let head = format!("POST /hook HTTP/1.1\r\nHost: x\r\n{HEADER}: {SECRET}\r\n{length}\r\n\r\n");
    line.write_all(head.as_bytes()).await.unwrap();
    for chunk in body {
        // It may be answered, and the line closed, before all of it is there.
        if line.write_all(chunk.as_bytes()).await.is_err() {
            break;
        }
    }
    let mut answer = [0; 64];
    let read = line.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
    answer.lines().next().unwrap().to_owned()
}

/// `/signs` from a parent, as Telegram would bring it.
fn signs(update_id: i64, parent: i64) -> String {
    let message = json!({
        "message_id": update_id,
        "date": 1_800_000_000,
        "chat": { "id": parent, "type": "private", "first_name": "mia" },
        "from": { "id": parent, "is_bot": false, "first_name": "mia", "language_code": "en" },
        "text": "/signs",
    });
    json!({ "update_id": update_id, "message": message }).to_string()
}

fn calls(world: &World, method: &str) -> usize {
    let calls = world.telegram.calls();
    calls.iter().filter(|call| call.method == method).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_subscribes_by_webhook_and_gets_her_note() {
    let address = address();
    let world = world(&address).await;
    let mia = world.mia();
    world.subscribes(&mia).await;
    world.says(&mia, "/signs").await;
    assert!(
        world.last_to(&mia).contains("not proof"),
        "{}",
        mia.transcript()
    );
    world.next_note_comes(&mia).await;
    assert_eq!(calls(&world, "getUpdates"), 0, "nobody polls");
    assert_eq!(
        address.get("/readyz").await,
        (StatusCode::OK, "leading\n".to_owned())
    );
    let (_, metrics) = address.get("/metrics").await;
    assert!(metrics.contains("slowbloom_leading 1\n"), "{metrics}");
    assert!(metrics.contains("slowbloom_letters_total{outcome=\"accepted\"} "));
    assert_eq!(
        address.get("/healthz").await,
        (StatusCode::OK, "well\n".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_know_the_secret_is_turned_away_and_nothing_is_done() {
    let address = address();
    let world = world(&address).await;
    let mia = world.mia();
    mia.wrote_before();
    let almost = &SECRET[..SECRET.len() - 1];
    let longer = format!("{SECRET}1");
    for secret in [
        None,
        Some(""),
        Some(almost),
        Some(longer.as_str()),
        Some("A-secret_of-this-test"),
    ] {
        let response = address.post(secret, signs(1, 11)).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{secret:?}");
    }
    let known = address.post(Some(SECRET), signs(2, 11)).await;
    assert_eq!(known.status(), StatusCode::OK);
    assert_eq!(mia.heard().len(), 1, "one of six was let in");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_comes_last_and_an_update_that_comes_again_is_not_answered_again() {
    let address = address();
    let world = world(&address).await;
    let mia = world.mia();
    mia.wrote_before();
    // The first answer never comes: 200 has to wait until the answer is parked.
    world.telegram.fails(Target::Sending, Fault::Hang, 1);
    let started = world.clock.instant();
    let response = address.post(Some(SECRET), signs(71, 11)).await;
    assert_eq!(response.status(), StatusCode::OK);
    let waited = world.clock.instant() - started;
    assert!(
        waited >= Duration::from_millis(300),
        "parked after a while, not at once: {waited:?}"
    );
    assert!(world.store.parked(None, 10).await.unwrap().rows.len() == 1);
    hears(&mia, 1).await;
    for _ in 0..3 {
        let again = address.post(Some(SECRET), signs(71, 11)).await;
        assert_eq!(again.status(), StatusCode::OK);
    }
    assert_eq!(mia.heard().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_cannot_be_read_does_no_harm() {
    let address = address();
    let world = world(&address).await;
    let too_large = "HTTP/1.1 413 Payload Too Large";
    let length = format!("Content-Length: {}", 1024 * 1024 + 1);
    let answer = answer_to(&address, &length, std::iter::empty()).await;
    assert_eq!(answer, too_large, "by its length alone");
    // One that says nothing of its length and would never end: sixteen chunks are a mebibyte.
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    let endless = std::iter::repeat_n(chunk, 17);
    let answer = answer_to(&address, "Transfer-Encoding: chunked", endless).await;
    assert_eq!(answer, too_large);
    for rubbish in ["", "{", "[]", "null", "{\"update_id\":5}", "\u{0}\u{1}"] {
        let response = address.post(Some(SECRET), rubbish).await;
        assert_eq!(
            response.status(),
            StatusCode::OK,
            "it would come again for ever: {rubbish:?}"
        );
    }
    let largest = " ".repeat(1024 * 1024 - 1000) + &signs(6, 11);
    world.mia().wrote_before();
    assert_eq!(
        address.post(Some(SECRET), largest).await.status(),
        StatusCode::OK
    );
    assert!(world.last_to(&world.mia()).contains("not proof"));
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_nothing_else() {
    let address = address();
    let _world = world(&address).await;
    for path in ["/", "/hook/", "/healthz/x", "/.env", "//hook"] {
        assert_eq!(address.get(path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(address.get("/hook").await.0, StatusCode::METHOD_NOT_ALLOWED);
    let posted = client()
        .post(format!("http://{}/healthz", address.listen))
        .send()
        .await;
    assert_eq!(posted.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_webhook_mode_polling_takes_over_what_is_left() {
    let address = address();
    let mut world = world(&address).await;
    let mia = world.mia();
    world.subscribes(&mia).await;
    world.stops().await;
    mia.says("/signs");
    assert_eq!(
        world.telegram.unconfirmed(),
        1,
        "kept by Telegram while nobody listens"
    );
    world.set("WEBHOOK_URL", "");
    world.restarts().await;
    world.answered().await;
    assert!(world.last_to(&mia).contains("not proof"));
    assert_eq!(calls(&world, "deleteWebhook"), 1);
    world.set("WEBHOOK_URL", &address.url);
    world.restarts().await;
    world.says(&mia, "/causes").await;
    assert_eq!(calls(&world, "setWebhook"), 2);
}
