//! Acknowledge last: first the window alone (`window`), then the whole inbox over real HTTP.

mod window;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{
    Handled::{Done, Owing},
    Inbox, Tick,
};
use crate::{
    clock::Clock,
    domain::Outcome,
    telegram::{
        Failure,
        fake::{Fake, Says},
        update::{self, Incoming, Kind, Malformed, Part},
    },
};

fn raw(id: i64, chat: i64) -> Value {
    json!({"update_id": id, "message": {"message_id": 1, "date": 1, "chat": {"id": chat, "type": "private"}, "text": format!("words {id}")}})
}

fn said(id: i64, chat: i64) -> Result<Incoming, Malformed> {
    update::read(&raw(id, chat).to_string())
}

/// A Telegram with these updates, which forgets only what a later offset acknowledges.
async fn holding(updates: Vec<Value>) -> Fake {
    Fake::start(move |method, payload| {
        if method != "getUpdates" {
            return Says::Result(json!(true));
        }
        let offset = payload["offset"].as_i64().unwrap_or(0);
        let waiting = updates
            .iter()
            .filter(|update| update["update_id"].as_i64().is_none_or(|id| id >= offset));
        let waiting: Vec<_> = waiting.cloned().collect();
        if waiting.is_empty() && payload["timeout"] != 0 {
            return Says::Hangs;
        }
        Says::Result(json!(waiting))
    })
    .await
}

fn inbox(fake: &Fake) -> Inbox {
    Inbox::new(fake.telegram.clone(), Clock::system())
}

#[tokio::test]
async fn acknowledges_only_after_the_handler() {
    let fake = holding(vec![raw(5_000_000_000, 1)]).await;
    let asked_meanwhile = Arc::new(AtomicUsize::new(0));
    let mut inbox = inbox(&fake);
    let stop = CancellationToken::new();
    let count = asked_meanwhile.clone();
    let handle = move |incoming: Incoming| {
        let count = count.clone();
        async move {
            assert!(matches!(incoming.kind, Kind::Text(_)));
            count.fetch_add(1, Ordering::Relaxed);
            Done
        }
    };
    let tick = inbox.tick(&handle, &stop).await.unwrap();
    assert_eq!(
        tick,
        Tick::Polled {
            received: 1,
            acknowledged: 1
        }
    );
    assert_eq!(asked_meanwhile.load(Ordering::Relaxed), 1);
    inbox.finish(&handle, Duration::from_secs(5)).await;
    let polls = fake.asked("getUpdates");
    assert_eq!(polls[0].get("offset"), None);
    assert_eq!(
        polls[0]["allowed_updates"],
        json!([
            "message",
            "edited_message",
            "callback_query",
            "my_chat_member"
        ])
    );
    assert_eq!(polls[1]["offset"], json!(5_000_000_001_i64));
    assert_eq!(
        fake.asked("deleteWebhook"),
        [json!({"drop_pending_updates": false})]
    );
}

#[tokio::test]
async fn what_is_owed_or_panicked_is_handed_in_again_by_the_next_poll() {
    let fake = holding(vec![
        raw(1, 1),
        raw(2, 2),
        raw(3, 3),
        json!({"update_id": 4, "message": 0}),
    ])
    .await;
    let seen: Arc<Mutex<HashMap<i64, Vec<bool>>>> = Arc::default();
    let stop = CancellationToken::new();
    let mut inbox = inbox(&fake);
    let record = seen.clone();
    let handle = move |incoming: Incoming| {
        let times = {
            let mut seen = record.lock().unwrap();
            let times = seen.entry(incoming.id).or_default();
            times.push(incoming.part == Part::Effect);
            times.len()
        };
        async move {
            match (incoming.id, times) {
                (1, 1) => Owing,
                (2, 1) => panic!("of the test"),
                _ => Done,
            }
        }
    };
    inbox.tick(&handle, &stop).await.unwrap();
    assert_eq!(inbox.window.offset(), None);
    inbox.tick(&handle, &stop).await.unwrap();
    assert_eq!(inbox.window.offset(), Some(5));
    let seen = seen.lock().unwrap();
    assert_eq!(seen[&1], [false, true]);
    assert_eq!(seen[&2], [false, false]);
    assert_eq!(seen[&3], [false]);
    let health = inbox.health()();
    assert_eq!((health.handled, health.malformed, health.panics), (4, 1, 1));
}

#[tokio::test]
async fn a_stuck_handler_holds_up_neither_the_others_nor_the_end() {
    let fake = holding(vec![raw(1, 1), raw(2, 2)]).await;
    let stop = CancellationToken::new();
    let mut inbox = inbox(&fake);
    let handle = |incoming: Incoming| async move {
        if incoming.id == 1 {
            std::future::pending::<()>().await;
        }
        Done
    };
    let tick = inbox.tick(&handle, &stop).await.unwrap();
    assert_eq!(
        tick,
        Tick::Polled {
            received: 2,
            acknowledged: 0
        }
    );
    stop.cancel();
    assert_eq!(inbox.tick(&handle, &stop).await.unwrap(), Tick::Stopped);
    inbox.finish(&handle, Duration::ZERO).await;
    assert_eq!(
        inbox.window.offset(),
        None,
        "what is not done stays with Telegram"
    );
}

#[tokio::test]
async fn a_wrong_token_ends_it_with_one_sentence() {
    let fake = Fake::start(|_, _| Says::Refusal(401, "Unauthorized")).await;
    let run = inbox(&fake).run(|_| async { Done }, CancellationToken::new(), Duration::ZERO);
    let sentence = run.await.unwrap_err().to_string();
    assert!(sentence.contains("TELOXIDE_TOKEN"), "{sentence}");
}

#[tokio::test]
async fn a_webhook_in_the_way_is_removed() {
    let first = AtomicUsize::new(0);
    let fake = Fake::start(move |method, _| match method {
        "getUpdates" if first.fetch_add(1, Ordering::Relaxed) == 0 => Says::Refusal(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        ),
        "getUpdates" => Says::Result(json!([])),
        _ => Says::Result(json!(true)),
    })
    .await;
    let stop = CancellationToken::new();
    let mut inbox = inbox(&fake);
    let handle = |_: Incoming| async { Done };
    let conflict = inbox.tick(&handle, &stop).await.unwrap();
    assert!(matches!(conflict, Tick::Failed(_)));
    let after = inbox.tick(&handle, &stop).await.unwrap();
    assert!(matches!(after, Tick::Polled { .. }));
    assert_eq!(fake.asked("deleteWebhook").len(), 2);
}

#[tokio::test]
async fn failures_are_survived() {
    let turn = AtomicUsize::new(0);
    let fake = Fake::start(move |method, _| {
        if method != "getUpdates" {
            return Says::Result(json!(true));
        }
        match turn.fetch_add(1, Ordering::Relaxed) {
            0 => Says::Raw(502, "<html>"),
            1 => Says::BreaksOff,
            2 => Says::Raw(200, "{\"ok\":true,\"result\":7}"),
            _ => Says::Result(json!([])),
        }
    })
    .await;
    let stop = CancellationToken::new();
    let mut inbox = inbox(&fake);
    let handle = |_: Incoming| async { Done };
    let mut ticks = Vec::new();
    for _ in 0..4 {
        ticks.push(inbox.tick(&handle, &stop).await.unwrap());
    }
    let wait = Duration::from_millis;
    assert_eq!(
        ticks,
        [
            Tick::Failed(wait(200)),
            Tick::Failed(wait(400)),
            Tick::Failed(wait(800)),
            Tick::Polled {
                received: 0,
                acknowledged: 0
            }
        ]
    );
}

#[tokio::test]
async fn a_call_for_help_is_heard_while_its_own_chat_and_another_are_stuck() {
    let mut help = raw(3, 1);
    help["message"]["text"] = "I want to die".into();
    let (stuck, polls) = (vec![raw(1, 1), raw(2, 2)], AtomicUsize::new(0));
    let fake = Fake::start(move |method, _| {
        if method != "getUpdates" {
            return Says::Result(json!(true));
        }
        let mut waiting = stuck.clone();
        if polls.fetch_add(1, Ordering::Relaxed) > 0 {
            waiting.push(help.clone());
        }
        Says::Result(json!(waiting))
    })
    .await;
    let replied: Arc<Mutex<Vec<(i64, Part)>>> = Arc::default();
    let (stop, record) = (CancellationToken::new(), replied.clone());
    let handle = move |incoming: Incoming| {
        let record = record.clone();
        async move {
            if incoming.part == Part::Whole {
                std::future::pending::<()>().await;
            }
            record.lock().unwrap().push((incoming.id, incoming.part));
            Done
        }
    };
    let mut inbox = inbox(&fake);
    for _ in 0..3 {
        inbox.tick(&handle, &stop).await.unwrap();
    }
    assert_eq!(*replied.lock().unwrap(), [(3, Part::Reply)]);
    assert_eq!(inbox.window.offset(), None);
}

#[tokio::test]
async fn told_to_stop_while_help_is_given_it_does_what_follows_and_acknowledges_both() {
    let mut help = raw(1, 1);
    help["message"]["text"] = "I want to die".into();
    let fake = holding(vec![help, raw(2, 1), raw(3, 3)]).await;
    let handled: Arc<Mutex<Vec<(i64, Part)>>> = Arc::default();
    let given = Arc::new(tokio::sync::Notify::new());
    let (record, on_its_way) = (handled.clone(), given.clone());
    let handle = move |incoming: Incoming| {
        let (record, on_its_way) = (record.clone(), on_its_way.clone());
        async move {
            if incoming.part == Part::Reply {
                on_its_way.notified().await;
            }
            record.lock().unwrap().push((incoming.id, incoming.part));
            Done
        }
    };
    let mut inbox = inbox(&fake);
    inbox
        .tick(&handle, &CancellationToken::new())
        .await
        .unwrap();
    given.notify_one();
    inbox.finish(&handle, Duration::from_secs(5)).await;
    assert_eq!(
        *handled.lock().unwrap(),
        [(3, Part::Whole), (1, Part::Reply), (1, Part::Effect)]
    );
    let last = fake.asked("getUpdates").pop().unwrap();
    assert_eq!(last["offset"], json!(2), "the one behind it is not begun");
}

#[tokio::test]
async fn a_poll_that_is_told_to_wait_for_an_hour_asks_again_after_half_a_minute() {
    let fake = holding(vec![]).await;
    let mut inbox = inbox(&fake);
    let stop = CancellationToken::new();
    stop.cancel();
    let hour = Outcome::Wait(Duration::from_hours(1));
    let failure = Failure::unanswered(hour, "too many requests");
    for seconds in [30, 60, 120] {
        let now = inbox.clock.instant();
        inbox.failed(&failure, &stop).await.unwrap();
        let until = inbox.health()().last_turn.unwrap();
        assert_eq!((until - now).as_secs(), seconds);
    }
}
