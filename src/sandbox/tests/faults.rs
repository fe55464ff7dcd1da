//! Bad days, limits, and speed.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;

use super::*;

#[tokio::test]
async fn refusals_on_demand_for_one_chat_only() {
    let (telegram, bot) = telegram().await;
    telegram.parent(101, "mia", "en").says("/start");
    telegram.parent(102, "sam", "en").says("/start");
    telegram.fails(Target::Chat(101), Fault::TooMany(7), 1);
    bot.says(102, "hi").await;
    let body = bot
        .calls("sendMessage", json!({ "chat_id": 101, "text": "hi" }))
        .await;
    assert_eq!(
        body,
        json!({
            "ok": false, "error_code": 429, "description": "Too Many Requests: retry after 7",
            "parameters": { "retry_after": 7 },
        })
    );
    bot.says(101, "now it goes").await;
    let results: Vec<_> = telegram
        .calls()
        .into_iter()
        .map(|call| call.result)
        .collect();
    assert_eq!(results[1], CallResult::Faulted(Fault::TooMany(7)));
    assert!(results[2].took_effect());
}

#[tokio::test]
async fn connections_break_before_or_after_a_message_is_taken() {
    let (telegram, bot) = telegram().await;
    let mia = telegram.parent(101, "mia", "en");
    mia.says("/start");
    for (fault, heard) in [(Fault::CutBefore, 0), (Fault::CutAfter, 1)] {
        telegram.fails(Target::Sending, fault, 1);
        let request = bot.client.post(format!("{}/sendMessage", bot.base));
        let request = request.json(&json!({ "chat_id": 101, "text": "hi" }));
        assert!(request.send().await.is_err(), "{fault:?} gave an answer");
        assert_eq!(mia.heard().len(), heard, "{fault:?}");
    }
}

#[tokio::test]
async fn gateways_rubbish_and_drops() {
    let (telegram, bot) = telegram().await;
    telegram.parent(101, "mia", "en").says("/start");
    let send = async || {
        let request = bot.client.post(format!("{}/sendMessage", bot.base));
        let request = request.json(&json!({ "chat_id": 101, "text": "hi" }));
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    telegram.fails(Target::Sending, Fault::Gateway(502), 1);
    let (status, body) = send().await;
    assert_eq!(status, 502);
    assert!(body.starts_with("<html>"));
    telegram.fails(Target::Sending, Fault::Garbage, 1);
    let (status, body) = send().await;
    assert_eq!(status, 200);
    assert!(serde_json::from_str::<Value>(&body).is_err());
    telegram.fails(Target::Sending, Fault::Drip(Duration::from_micros(1)), 1);
    let (_, body) = send().await;
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["ok"], true);
    assert_eq!(telegram.everything_said().len(), 2);
}

#[tokio::test]
async fn what_keeps_failing_fails_until_it_recovers() {
    let (telegram, bot) = telegram().await;
    telegram.keeps_failing(Target::Method("getMe"), Fault::Unauthorized);
    for _ in 0..3 {
        assert_eq!(bot.is_refused("getMe", json!({})).await, "401 Unauthorized");
    }
    telegram.recovers();
    assert_eq!(bot.calls("getMe", json!({})).await["ok"], true);
}

#[tokio::test]
async fn the_judge_counts_and_refuses_only_when_told() {
    let (telegram, bot) = telegram().await;
    telegram.parent(101, "mia", "en").says("/start");
    let params = json!({ "chat_id": 101, "text": "again" });
    // Twenty in one go are over one a second however slow the machine is.
    let at_once = || join_all((0..20).map(|_| bot.calls("sendMessage", params.clone())));
    assert!(at_once().await.iter().all(|answer| answer["ok"] == true));
    assert!(
        telegram
            .breaches()
            .iter()
            .all(|breach| breach.limit == Limit::Chat)
    );
    assert!(!telegram.breaches().is_empty());
    telegram.enforces_limits(true);
    let answers = at_once().await;
    let refused = answers.iter().find(|answer| answer["ok"] == false).unwrap();
    assert_eq!(refused["description"], "Too Many Requests: retry after 1");
}

#[tokio::test]
async fn two_thousand_chats_at_once() {
    let (telegram, bot) = telegram().await;
    let chats = 1..=2000;
    for chat in chats.clone() {
        telegram.parent(chat, "somebody", "en").wrote_before();
    }
    join_all(chats.map(|chat| bot.says(chat, "<b>hi</b>"))).await;
    assert_eq!(telegram.everything_said().len(), 2000);
    assert_eq!(
        telegram.breaches().first().map(|breach| breach.limit),
        Some(Limit::Overall)
    );
}

#[tokio::test]
async fn a_document_with_its_caption() {
    let (telegram, bot) = telegram().await;
    let mia = telegram.parent(101, "mia", "en");
    mia.says("/mydata");
    let form = "--b\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n101\r\n\
        --b\r\nContent-Disposition: form-data; name=\"caption\"\r\n\r\nAll of it\r\n\
        --b\r\nContent-Disposition: form-data; name=\"document\"; filename=\"data.json\"\r\n\r\n{}\r\n--b--\r\n";
    let request = bot.client.post(format!("{}/sendDocument", bot.base));
    let request = request
        .header("content-type", "multipart/form-data; boundary=b")
        .body(form);
    assert!(request.send().await.unwrap().status().is_success());
    let said = mia.next_bot_message().await.unwrap();
    assert_eq!(said.text, "All of it");
    let file = said.file.unwrap();
    assert_eq!(
        (file.name.as_str(), file.bytes.as_slice()),
        ("data.json", b"{}".as_slice())
    );
}
