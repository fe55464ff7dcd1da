//! The real porter over real HTTP: what is on the wire, and what comes of every answer.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::letter;
use crate::{
    clock::Clock,
    content::{
        Button, Keyboard,
        markup::{self, MAX_MESSAGE_UTF16},
    },
    domain::{ChatId, Gone, Language},
    telegram::{
        door::{
            Class::{Answer, Crisis, Note},
            Delivery, Door, Letter, Limits, Place, Wording,
        },
        fake::{Fake, Says},
    },
};

const FOOTER: &str = "Not medical care. Crisis: 988";

fn wording() -> Wording {
    Wording {
        footer: Arc::new(|_| FOOTER.to_owned()),
        late: Arc::new(|language| match language {
            Language::En => "I was offline.".to_owned(),
            Language::Es => "Estuve sin conexión.".to_owned(),
        }),
    }
}

fn open(fake: &Fake, paid: bool) -> Door {
    let limits = Limits {
        per_second: 1000,
        paid,
    };
    Door::start(fake.telegram.clone(), wording(), Clock::system(), limits)
}

fn sent(message_id: i32) -> Says {
    Says::Result(json!({"message_id": message_id, "date": 0, "chat": {"id": 1}}))
}

/// Answers the first requests by `first`, one after the other, and all later ones with message 9.
async fn scripted(first: Vec<fn() -> Says>) -> Fake {
    let next = AtomicUsize::new(0);
    Fake::start(move |_, _| {
        let answer = first.get(next.fetch_add(1, Ordering::Relaxed));
        answer.map_or_else(|| sent(9), |says| says())
    })
    .await
}

fn texts(requests: &[Value]) -> Vec<&str> {
    requests
        .iter()
        .filter_map(|request| request["text"].as_str())
        .collect()
}

#[tokio::test]
async fn a_note_on_the_wire() {
    let fake = scripted(vec![]).await;
    let mut note = letter(7, Note, "You are <b>not</b> alone.");
    let tap = |label: &str| Button::Tap {
        label: label.into(),
        data: "v1.later".into(),
    };
    note.message.keyboard = Keyboard::Inline(vec![vec![tap("Another time")]]);
    let delivery = open(&fake, true).post(note).await;
    assert_eq!(delivery, Delivery::Delivered { message_id: 9 });
    assert_eq!(
        fake.asked("sendMessage"),
        [json!({
            "chat_id": 7,
            "text": format!("You are <b>not</b> alone.\n\n<i>{FOOTER}</i>"),
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": true},
            "disable_notification": true,
            "allow_paid_broadcast": true,
            "reply_markup": {"inline_keyboard": [[{"text": "Another time", "callback_data": "v1.later"}]]},
        })]
    );
}

#[tokio::test]
async fn every_keyboard() {
    let fake = scripted(vec![]).await;
    let door = open(&fake, false);
    let ask = Keyboard::AskLocation {
        share: "Share".into(),
        cancel: "No".into(),
    };
    let buttons = Keyboard::Inline(vec![
        vec![Button::Link {
            label: "Page".into(),
            url: "https://example.org/".into(),
        }],
        vec![Button::Link {
            label: "Broken".into(),
            url: "no address".into(),
        }],
        vec![Button::Copy {
            label: "Copy".into(),
            text: "988".into(),
        }],
    ]);
    for (chat, keyboard) in [(1, ask), (2, Keyboard::Usual), (3, buttons)] {
        let mut letter = letter(chat, Answer, "x");
        letter.message.keyboard = keyboard;
        door.post(letter).await;
    }
    let markups: Vec<_> = fake
        .asked("sendMessage")
        .into_iter()
        .map(|request| request["reply_markup"].clone())
        .collect();
    assert_eq!(
        markups,
        [
            json!({"keyboard": [[{"text": "Share", "request_location": true}], [{"text": "No"}]], "resize_keyboard": true, "one_time_keyboard": true}),
            json!({"remove_keyboard": true}),
            json!({"inline_keyboard": [[{"text": "Page", "url": "https://example.org/"}], [{"text": "Copy", "copy_text": {"text": "988"}}]]}),
        ]
    );
}

#[tokio::test]
async fn the_footer_stays_whole_below_the_longest_body() {
    let fake = scripted(vec![]).await;
    let body = "<b>😀 long</b> &amp; ".repeat(900);
    open(&fake, false).post(letter(1, Answer, &body)).await;
    let requests = fake.asked("sendMessage");
    let text = texts(&requests)[0];
    assert!(text.contains('…'));
    assert!(text.ends_with(&format!("\n\n<i>{FOOTER}</i>")));
    assert!(
        (MAX_MESSAGE_UTF16 - 20..=MAX_MESSAGE_UTF16).contains(&markup::visible_len_utf16(text))
    );
}

#[tokio::test]
async fn an_answer_that_comes_late_says_so() {
    let fake = scripted(vec![]).await;
    let door = open(&fake, false);
    let now = Clock::system().now();
    for (chat, minutes) in [(1, 9), (2, 11)] {
        let asked_at = Some(now - TimeDelta::minutes(minutes));
        door.post(Letter {
            asked_at,
            ..letter(chat, Answer, "Hello.")
        })
        .await;
    }
    let requests = fake.asked("sendMessage");
    let texts = texts(&requests);
    assert!(texts[0].starts_with("Hello."));
    assert!(texts[1].starts_with("I was offline.\n\nHello."));
}

#[tokio::test]
async fn refused_markup_goes_out_plain_and_with_its_footer() {
    let refusal = || Says::Refusal(400, "Bad Request: can't parse entities: x");
    let fake = scripted(vec![refusal]).await;
    let delivery = open(&fake, false)
        .post(letter(1, Answer, "a <b>b</b> &lt;"))
        .await;
    assert_eq!(delivery, Delivery::Delivered { message_id: 9 });
    let second = &fake.asked("sendMessage")[1];
    assert_eq!(second["text"], format!("a b <\n\n{FOOTER}"));
    assert_eq!(second["parse_mode"], Value::Null);
}

#[tokio::test]
async fn too_long_for_telegram_is_shortened_once() {
    let refusal = || Says::Refusal(400, "Bad Request: message is too long");
    let fake = scripted(vec![refusal]).await;
    open(&fake, false)
        .post(letter(1, Answer, &"x".repeat(5000)))
        .await;
    let requests = fake.asked("sendMessage");
    let texts = texts(&requests);
    assert!(markup::visible_len_utf16(texts[1]) < markup::visible_len_utf16(texts[0]));
    assert!(texts[1].contains(FOOTER));
}

#[tokio::test]
async fn edits() {
    let stale = || Says::Refusal(400, "Bad Request: message to edit not found");
    let same = || Says::Refusal(400, "Bad Request: message is not modified: x");
    let fake = scripted(vec![stale, || sent(9), same]).await;
    let door = open(&fake, false);
    let edit = |chat| Letter {
        place: Place::Edit(5),
        ..letter(chat, Answer, "x")
    };
    let instead = door.post(edit(1)).await;
    assert_eq!(instead, Delivery::Delivered { message_id: 9 });
    assert_eq!(fake.asked("sendMessage").len(), 1);
    let unchanged = door.post(edit(2)).await;
    assert_eq!(unchanged, Delivery::Delivered { message_id: 5 });
    let edits = fake.asked("editMessageText");
    assert_eq!(edits[1]["message_id"], 5);
    assert!(texts(&edits).iter().all(|text| text.contains(FOOTER)));
}

#[tokio::test]
async fn a_5xx_is_tried_again_and_a_broken_answer_only_once() {
    let fake = scripted(vec![
        || Says::Raw(502, "<html>Bad Gateway</html>"),
        || Says::BreaksOff,
        || Says::Raw(200, "rubbish"),
    ])
    .await;
    let delivery = open(&fake, false).post(letter(1, Answer, "x")).await;
    assert_eq!(delivery, Delivery::Unknown);
    assert_eq!(fake.asked("sendMessage").len(), 3);
}

#[tokio::test]
async fn a_crisis_reply_is_sent_until_it_is_accepted() {
    let fake = scripted(vec![
        || Says::BreaksOff,
        || Says::BreaksOff,
        || Says::Raw(500, ""),
        || Says::Wait(1),
    ])
    .await;
    let delivery = open(&fake, false).post(letter(1, Crisis, "x")).await;
    assert_eq!(delivery, Delivery::Delivered { message_id: 9 });
    assert_eq!(fake.asked("sendMessage").len(), 5);
}

#[tokio::test]
async fn a_crisis_reply_goes_round_a_connection_that_hangs() {
    let fake = scripted(vec![|| Says::Hangs]).await;
    let delivery = open(&fake, false).post(letter(1, Crisis, "x")).await;
    assert_eq!(delivery, Delivery::Delivered { message_id: 9 });
    assert_eq!(fake.asked("sendMessage").len(), 2);
}

#[tokio::test]
async fn a_blocked_chat_is_gone() {
    let blocked = || Says::Refusal(403, "Forbidden: bot was blocked by the user");
    let fake = scripted(vec![blocked]).await;
    let delivery = open(&fake, false).post(letter(1, Note, "x")).await;
    assert_eq!(delivery, Delivery::Gone(Gone::Blocked));
}

#[tokio::test]
async fn closing_gives_back_what_hangs_and_what_comes_after() {
    let fake = Fake::start(|_, _| Says::Hangs).await;
    let door = open(&fake, false);
    let hanging = door.post(letter(1, Note, "x"));
    door.close(Duration::ZERO).await;
    assert_eq!(hanging.await, Delivery::Closed);
    assert_eq!(door.post(letter(2, Crisis, "x")).await, Delivery::Closed);
}

#[tokio::test]
async fn a_letter_outlives_its_receipt_and_the_door_its_handles() {
    let fake = scripted(vec![]).await;
    let door = open(&fake, false);
    drop(door.post(letter(1, Note, "first")));
    let last = door.post(letter(2, Note, "last"));
    drop(door);
    assert_eq!(last.await, Delivery::Delivered { message_id: 9 });
    assert_eq!(fake.asked("sendMessage").len(), 2);
}

#[tokio::test]
async fn who_answers_a_flood_is_told_at_once_that_it_will_take_long() {
    let fake = Fake::start(|_, _| Says::Hangs).await;
    let door = open(&fake, false);
    let mut receipts: Vec<_> = (0..50).map(|_| door.post(letter(1, Answer, "x"))).collect();
    for receipt in &mut receipts[2..] {
        // An hour: it is not the patience that ends.
        assert_eq!(receipt.soon(Duration::from_hours(1)).await, None);
    }
    let mut other = door.post(letter(2, Answer, "x"));
    assert_eq!(other.soon(Duration::ZERO).await, None);
    door.close(Duration::ZERO).await;
    assert_eq!(
        receipts[0].soon(Duration::from_hours(1)).await,
        Some(Delivery::Closed)
    );
}

#[test]
fn a_parked_letter_comes_back_as_it_was() {
    let letter = Letter {
        asked_at: Some(Clock::system().now()),
        answers: Some(3),
        ..letter(42, Answer, "secret words")
    };
    let sealed = serde_json::to_string(&letter).unwrap();
    assert_eq!(serde_json::from_str::<Letter>(&sealed).unwrap(), letter);
    assert_eq!(letter.chat, ChatId(42));
    assert_eq!(format!("{letter:?}"), "Letter(Answer, new)");
}
