//! The chat page: what it serves, to whom, and how it moves the clock.

use std::sync::Arc;

use chrono::TimeDelta;
use reqwest::header;
use serde_json::json;

use super::*;
use crate::domain::zone::Zone;

const MIA: i64 = PARENTS[0].0;

/// A bot with a daily note at 18:00 UTC for one parent, in Los Angeles; notes are sent by looking at the clock.
async fn page_at(clock: &Clock) -> (StandIn, reqwest::Client) {
    let now = clock.clone();
    let hooks = TryHooks {
        zone: Arc::new(|_| Box::pin(async { Zone::new("America/Los_Angeles").unwrap() })),
        next_note: Arc::new(move |chat| {
            let now = now.now();
            let today = now.date_naive().and_hms_opt(18, 0, 0).unwrap().and_utc();
            let next = if today > now {
                today
            } else {
                today + TimeDelta::days(1)
            };
            Box::pin(async move { (chat == MIA).then_some(next) })
        }),
        next_zone_change: Arc::new(|_| {
            Box::pin(async { Some("2027-03-14T10:00:00Z".parse().unwrap()) })
        }),
    };
    let listen = "127.0.0.1:0".parse().unwrap();
    let telegram = StandIn::start_with_page(clock.clone(), listen, hooks)
        .await
        .unwrap();
    (
        telegram,
        reqwest::Client::builder().no_proxy().build().unwrap(),
    )
}

async fn json_of(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn the_page_and_its_files_come_with_a_strict_policy() {
    let (telegram, client) = page_at(&Clock::system()).await;
    for path in [
        "/",
        "/page.css",
        "/page.js",
        "/bubble.js",
        "/words.js",
        "/clock.js",
        "/clock.js",
    ] {
        let response = client.get(telegram.url() + path).send().await.unwrap();
        assert!(response.status().is_success());
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(policy.starts_with("default-src 'none'"));
        let body = response.text().await.unwrap();
        assert!(
            !body.contains("style=\"") && !body.contains("onclick=\""),
            "{path} breaks the policy"
        );
    }
}

#[tokio::test]
async fn other_sites_are_kept_out() {
    let (telegram, client) = page_at(&Clock::system()).await;
    let url = format!("{}/page/chat/{MIA}", telegram.url());
    let rebound = client.get(&url).header(header::HOST, "evil.example");
    assert_eq!(json_of(rebound).await.0, 403);
    let say = json!({ "do": "say", "text": "hello" });
    let foreign = client
        .post(&url)
        .header(header::ORIGIN, "https://evil.example")
        .json(&say);
    assert_eq!(json_of(foreign).await.0, 403);
    assert_eq!(telegram.unconfirmed(), 0);
    let own = client
        .post(&url)
        .header(header::ORIGIN, telegram.url())
        .json(&say);
    assert_eq!(json_of(own).await.0, 200);
    let bot_api = format!("{}/bot{}/getMe", telegram.url(), telegram.token());
    let foreign = client
        .post(bot_api)
        .header(header::ORIGIN, "https://evil.example");
    assert_eq!(json_of(foreign).await.0, 404);
    let beyond = StandIn::start_with_page(
        Clock::system(),
        "0.0.0.0:0".parse().unwrap(),
        TryHooks {
            zone: Arc::new(|_| Box::pin(async { Zone::new("UTC").unwrap() })),
            next_note: Arc::new(|_| Box::pin(async { None })),
            next_zone_change: Arc::new(|_| Box::pin(async { None })),
        },
    );
    assert!(beyond.await.is_err(), "it listened beyond the loopback");
}

#[tokio::test]
async fn both_sides_of_the_conversation() {
    let clock = Clock::starting_at(noon());
    let (telegram, client) = page_at(&clock).await;
    let bot = Bot::of(&telegram);
    let url = format!("{}/page/chat/{MIA}", telegram.url());
    let deed = async |deed: Value| json_of(client.post(&url).json(&deed)).await;
    assert_eq!(deed(json!({ "do": "say", "text": "/start" })).await.0, 200);
    let keyboard = json!({ "inline_keyboard": [[{ "text": "Yes", "callback_data": "y" }]] });
    let hi = json!({ "chat_id": MIA, "text": "<b>Hi</b>", "parse_mode": "HTML", "reply_markup": keyboard });
    let id = bot.calls("sendMessage", hi).await["result"]["message_id"].clone();
    assert_eq!(
        deed(json!({ "do": "tap", "message": id, "label": "Yes" }))
            .await
            .0,
        200
    );
    let (status, missing) = deed(json!({ "do": "tap", "message": id, "label": "No" })).await;
    assert_eq!(
        (status, &missing["error"]),
        (409, &json!("no button \"No\"; there are: [Yes]"))
    );

    let (_, view) = json_of(client.get(&url)).await;
    let messages = view["messages"].as_array().unwrap();
    assert_eq!(
        (&messages[0]["mine"], &messages[0]["time"]),
        (&json!(true), &json!("04:00"))
    );
    assert_eq!(messages[1]["entities"][0]["type"], "bold");
    assert_eq!(messages[1]["buttons"][0][0]["busy"], true);
    let query = bot.polls(-1).await[0]["callback_query"]["id"].clone();
    bot.calls("answerCallbackQuery", json!({ "callback_query_id": query }))
        .await;
    let since = format!("{url}?since={}", view["version"]);
    let (_, view) = json_of(client.get(since)).await;
    assert_eq!(view["messages"][1]["buttons"][0][0]["busy"], false);
}

#[tokio::test]
async fn the_clock_stops_at_each_note_and_on_the_eve_of_the_change() {
    let clock = Clock::starting_at("2027-03-12T17:00:00Z".parse().unwrap());
    let (telegram, client) = page_at(&clock).await;
    let jump = async |parent: i64, to: &str| {
        let request = client.post(format!("{}/page/clock", telegram.url()));
        json_of(request.json(&json!({ "parent": parent, "to": to }))).await
    };
    let (_, read) = jump(MIA, "next_note").await;
    assert!(
        read["now"]
            .as_str()
            .unwrap()
            .starts_with("2027-03-12T10:00:0"),
        "{read}"
    );
    let (_, read) = jump(MIA, "eve_of_zone_change").await;
    assert!(
        read["now"]
            .as_str()
            .unwrap()
            .starts_with("2027-03-13T12:00:0"),
        "{read}"
    );
    assert_eq!(read["next_zone_change"], "2027-03-14T01:59:59");
    let (_, read) = jump(MIA, "day").await;
    assert!(
        read["now"]
            .as_str()
            .unwrap()
            .starts_with("2027-03-14T13:00:0"),
        "{read}"
    );
    let (status, why) = jump(PARENTS[1].0, "next_note").await;
    assert_eq!(status, 409);
    assert_eq!(
        why["error"],
        "No note is planned. Answer what the bot asks, or resume the notes."
    );
}
