//! Acknowledge last: first the window alone, then the whole inbox over real HTTP.

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
    Handled::{self, Done, Owing},
    Inbox, Tick,
    window::{FULL, Moved, Window},
};
use crate::{
    clock::Clock,
    domain::ChatId,
    telegram::{
        fake::{Fake, Says},
        update::{self, Incoming, Kind, Malformed},
    },
};

fn raw(id: i64, chat: i64) -> Value {
    json!({"update_id": id, "message": {"message_id": 1, "date": 1, "chat": {"id": chat, "type": "private"}, "text": format!("words {id}")}})
}

fn said(id: i64, chat: i64) -> Result<Incoming, Malformed> {
    update::read(&raw(id, chat).to_string())
}

/// Starts everything that can start and ends it as `handled` says (`None`: it panics); returns the order of starts.
fn handle_all(
    window: &mut Window,
    handled: impl Fn(&Incoming) -> Option<Handled>,
) -> Vec<(i64, bool)> {
    let mut order = Vec::new();
    loop {
        let starting = window.start();
        if starting.is_empty() {
            return order;
        }
        for incoming in starting {
            order.push((incoming.id, incoming.answered));
            window.finished(incoming.id, incoming.chat, handled(&incoming));
        }
    }
}

fn acknowledged(window: &mut Window) -> usize {
    window.acknowledge().acknowledged
}

#[test]
fn even_the_highest_number_is_acknowledged() {
    let mut window = Window::default();
    window.take_in(vec![said(i64::MAX, 1)]);
    handle_all(&mut window, |_| Some(Done));
    assert_eq!(acknowledged(&mut window), 1);
    assert_eq!(window.offset(), Some(i64::MAX));
}

#[test]
fn the_offset_moves_past_the_longest_run_that_is_done() {
    let mut window = Window::default();
    window.take_in((10..15).map(|id| said(id, id)).collect());
    let starting = window.start();
    assert_eq!(starting.len(), 5, "chats side by side");
    for incoming in starting {
        if incoming.id != 12 {
            window.finished(incoming.id, incoming.chat, Some(Done));
        }
    }
    assert_eq!(acknowledged(&mut window), 2);
    assert_eq!(window.offset(), Some(12));
    window.finished(12, ChatId(12), Some(Done));
    assert_eq!(acknowledged(&mut window), 3);
    assert_eq!(window.offset(), Some(15));
}

#[test]
fn one_chat_is_handled_in_order_whatever_the_order_of_the_batch() {
    let mut window = Window::default();
    window.take_in(vec![said(3, 1), said(1, 1), said(2, 2)]);
    let first = window.start();
    assert_eq!(first.iter().map(|i| i.id).collect::<Vec<_>>(), [1, 2]);
    assert!(window.start().is_empty(), "chat 1 is at work");
    window.finished(1, ChatId(1), Some(Done));
    assert_eq!(window.start()[0].id, 3);
}

#[test]
fn what_was_seen_is_not_handled_twice() {
    let mut window = Window::default();
    window.take_in(vec![said(1, 1), said(2, 2), said(2, 2)]);
    assert_eq!(window.start().len(), 2);
    window.take_in(vec![said(1, 1), said(2, 2)]);
    assert!(window.start().is_empty());
    window.finished(1, ChatId(1), Some(Done));
    window.finished(2, ChatId(2), Some(Done));
    assert_eq!(acknowledged(&mut window), 2);
    window.take_in(vec![said(1, 1)]);
    assert!(window.start().is_empty());
    assert!(window.is_empty());
}

#[test]
fn an_owed_update_comes_again_as_answered_and_holds_the_offset() {
    let mut window = Window::default();
    window.take_in(vec![said(1, 1), said(2, 2)]);
    let owing = |incoming: &Incoming| Some(if incoming.id == 1 { Owing } else { Done });
    handle_all(&mut window, owing);
    assert_eq!(acknowledged(&mut window), 0);
    window.take_in(vec![said(1, 1), said(2, 2), said(3, 1)]);
    let order = handle_all(&mut window, |_| Some(Done));
    assert_eq!(order, [(1, true), (3, false)]);
    assert_eq!(acknowledged(&mut window), 3);
}

#[test]
fn a_full_window_of_owed_updates_moves_on() {
    let full = i64::try_from(FULL).unwrap();
    let mut window = Window::default();
    window.take_in((1..full).map(|id| said(id, id)).collect());
    handle_all(&mut window, |_| Some(Owing));
    assert_eq!(acknowledged(&mut window), 0, "one more has room");
    window.take_in(vec![said(full, full)]);
    handle_all(&mut window, |_| Some(Owing));
    let moved = window.acknowledge();
    assert_eq!(
        moved,
        Moved {
            acknowledged: FULL,
            given_up: FULL
        }
    );
    assert_eq!(window.offset(), Some(full + 1));
}

#[test]
fn a_panic_does_not_acknowledge_and_the_second_one_gives_up() {
    let mut window = Window::default();
    window.take_in(vec![said(1, 1), said(2, 1), said(3, 3)]);
    let panics = |incoming: &Incoming| (incoming.id != 1).then_some(Done);
    let order = handle_all(&mut window, panics);
    assert_eq!(order, [(1, false), (3, false)], "2 waits behind 1");
    assert_eq!(acknowledged(&mut window), 0);
    window.take_in(vec![said(1, 1), said(2, 1), said(3, 3)]);
    let order = handle_all(&mut window, panics);
    assert_eq!(order, [(1, false), (2, false)]);
    assert_eq!(acknowledged(&mut window), 3);
}

#[test]
fn rubbish_is_counted_and_passed() {
    let mut window = Window::default();
    let batch = vec![
        said(1, 1),
        Err(Malformed::Numbered(2)),
        Err(Malformed::Unnumbered),
        said(3, 1),
    ];
    assert_eq!(window.take_in(batch), 2);
    handle_all(&mut window, |_| Some(Done));
    assert_eq!(acknowledged(&mut window), 3);
}

#[test]
fn numbers_that_begin_anew_are_handled() {
    let mut window = Window::default();
    window.take_in(vec![said(9_000_000_000, 1)]);
    handle_all(&mut window, |_| Some(Done));
    acknowledged(&mut window);
    window.take_in(vec![said(17, 1)]);
    assert_eq!(handle_all(&mut window, |_| Some(Done)), [(17, false)]);
    acknowledged(&mut window);
    assert_eq!(window.offset(), Some(18));
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
    inbox.finish(Duration::from_secs(5)).await;
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
            times.push(incoming.answered);
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
    inbox.finish(Duration::ZERO).await;
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
