//! A token, a name, an id and words go through everything in this room, and must come out in no log line, no error and
//! no `Debug`.

use std::{
    fmt::Debug,
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::json;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::{
    filter::{LevelFilter, filter_fn},
    fmt::MakeWriter,
    layer::{Layer as _, SubscriberExt as _},
};

use super::{
    Telegram,
    door::{Class, Delivery, Door, Letter, Limits, Place, Wording},
    fake::{Fake, Says, TOKEN},
    inbox::{Handled, Inbox},
    redact, update,
};
use crate::{
    clock::Clock,
    content::{Keyboard, Message, Voice},
    domain::{ChatId, Country, Language},
};

const WORDS: &str = "canary-words";
const ID: i64 = 714_263_905;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn assert_clean(shown: &str) {
    for secret in [TOKEN, "canary", &ID.to_string()] {
        assert!(!shown.contains(secret), "{secret} in: {shown}");
    }
}

fn assert_hides(value: &impl Debug) {
    assert_clean(&format!("{value:?} {value:#?}"));
}

fn letter(place: Place) -> Letter {
    let message = Message {
        voice: Voice {
            language: Language::En,
            country: Country::ELSEWHERE,
        },
        body: WORDS.into(),
        keyboard: Keyboard::None,
    };
    Letter {
        place,
        ..Letter::new(ChatId(ID), Class::Answer, message)
    }
}

fn update_json() -> serde_json::Value {
    json!({"update_id": 5, "message": {"message_id": 3, "date": 1, "text": WORDS,
        "chat": {"id": ID, "type": "private", "first_name": "canary"},
        "from": {"id": ID, "first_name": "canary", "language_code": "en"}}})
}

#[test]
fn values_hide_what_they_hold() {
    let incoming = update::read(&update_json().to_string()).unwrap();
    assert_hides(&incoming);
    assert_hides(&incoming.kind);
    assert_hides(&incoming.chat);
    assert_hides(&letter(Place::New));
    assert_hides(&letter(Place::Edit(714_263_905)));
}

#[tokio::test]
async fn nothing_gets_into_the_log() {
    let log = Log::default();
    // Everything at TRACE, as an operator might set it, but for what the room silences.
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(log.clone())
        .with_filter(LevelFilter::TRACE);
    let subscriber = tracing_subscriber::registry()
        .with(filter_fn(|line| redact::may_log(line.target())))
        .with(lines);
    let _guard = tracing::subscriber::set_default(subscriber);
    // With one subscriber in the process, tracing asks the thread that first comes to a line whether anybody listens: one
    // of another test, where nobody does, would silence the line for this one.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());

    let fake = Fake::start(|method, payload| match method {
        "getUpdates" if payload.get("offset").is_none() => {
            Says::Result(json!([update_json(), {"update_id": 6, "message": WORDS}]))
        }
        "getUpdates" => Says::Raw(502, WORDS),
        "sendMessage" => {
            Says::Refusal(400, "Bad Request: \"canary-words\" is refused in 714263905")
        }
        _ => Says::Result(json!(true)),
    })
    .await;
    assert_hides(&fake.telegram);
    poll(&fake.telegram).await;
    send(&fake.telegram).await;

    let log = log.text();
    assert!(log.contains("Telegram refused a message"), "{log}");
    assert!(log.contains("cannot be read"), "{log}");
    assert_clean(&log);
}

async fn poll(telegram: &Telegram) {
    let mut inbox = Inbox::new(telegram.clone(), Clock::system());
    let stop = CancellationToken::new();
    let handle = |_| async { Handled::Done };
    for _ in 0..2 {
        let tick = inbox.tick(&handle, &stop).await.unwrap();
        assert_hides(&tick);
    }
    assert_hides(&inbox);
    inbox.finish(&handle, Duration::ZERO).await;
}

async fn send(telegram: &Telegram) {
    let wording = Wording {
        footer: Arc::new(|_| WORDS.into()),
        late: Arc::new(|_| WORDS.into()),
    };
    assert_hides(&wording);
    let limits = Limits {
        per_second: 30,
        paid: false,
    };
    let door = Door::start(telegram.clone(), wording, Clock::system(), limits);
    let receipt = door.post(letter(Place::New));
    assert_hides(&receipt);
    assert_hides(&door);
    assert_eq!(receipt.await, Delivery::Refused);
    assert_hides(&door.snapshot());
    let failure = telegram
        .request("sendMessage", &(), Duration::from_secs(5))
        .await
        .unwrap_err();
    assert_hides(&failure);
    assert_clean(&failure.to_string());
}
