//! How updates are queued, confirmed, repeated and pushed.

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::json;
use tokio::sync::mpsc;

use super::*;

#[tokio::test]
async fn an_update_comes_again_until_the_offset_passes_it() {
    let (telegram, bot) = telegram().await;
    let mia = telegram.parent(101, "mia", "en");
    mia.says("one");
    mia.says("two");
    let first = bot.polls(0).await;
    assert_eq!(bot.polls(0).await, first);
    let id = first[0]["update_id"].as_i64().unwrap();
    assert_eq!(bot.polls(id + 1).await.len(), 1);
    assert_eq!(telegram.unconfirmed(), 1);
    assert_eq!(bot.polls(id + 2).await.len(), 0);
    telegram.all_confirmed().await.unwrap();
}

#[tokio::test]
async fn her_last_message_that_is_text_is_edited() {
    let (telegram, bot) = telegram().await;
    let mia = telegram.parent(101, "mia", "en");
    let written = mia.says("one");
    mia.sends(Attachment::Sticker);
    mia.edits_last("two").unwrap();
    let updates = bot.polls(0).await;
    let edited = &updates[2]["edited_message"];
    assert_eq!(edited["message_id"], written);
    assert_eq!(edited["text"], "two");
}

#[tokio::test]
async fn a_long_poll_ends_as_soon_as_somebody_writes() {
    let (telegram, bot) = telegram().await;
    let mia = telegram.parent(101, "mia", "en");
    let poll = bot.calls("getUpdates", json!({ "timeout": 50 }));
    let write = async {
        telegram
            .until_calls("the poll has begun", |calls| !calls.is_empty())
            .await
            .unwrap();
        mia.says("hello");
    };
    let (updates, ()) = tokio::join!(poll, write);
    assert_eq!(updates["result"][0]["message"]["text"], "hello");
}

#[tokio::test]
async fn a_second_poller_ends_the_first() {
    let (telegram, bot) = telegram().await;
    let first = bot.is_refused("getUpdates", json!({ "timeout": 50 }));
    let second = async {
        telegram
            .until_calls("the first has begun", |calls| !calls.is_empty())
            .await
            .unwrap();
        bot.polls(0).await
    };
    let (refusal, _) = tokio::join!(first, second);
    assert_eq!(
        refusal,
        "409 Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    );
}

#[tokio::test]
async fn only_allowed_kinds_are_queued() {
    let (telegram, bot) = telegram().await;
    let mia = telegram.parent(101, "mia", "en");
    bot.calls(
        "getUpdates",
        json!({ "timeout": 0, "allowed_updates": ["my_chat_member"] }),
    )
    .await;
    mia.says("/start");
    mia.blocks();
    let updates = bot.polls(0).await;
    assert_eq!(updates.len(), 1);
    assert_eq!(
        updates[0]["my_chat_member"]["new_chat_member"]["status"],
        "kicked"
    );
}

#[tokio::test]
async fn updates_can_be_anything_can_repeat_and_come_out_of_order() {
    let (telegram, bot) = telegram().await;
    let odd = telegram.raw_update(&json!({ "message": { "text": 7 } }));
    let odder = telegram.raw_update(&json!({ "from_the_future": {} }));
    telegram.reverses_batches(1);
    let ids = async |offset: i64| {
        let updates = bot.polls(offset).await;
        updates
            .iter()
            .map(|u| u["update_id"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(0).await, [odder, odd]);
    telegram.repeats_updates(1);
    assert_eq!(ids(odder + 1).await, [odder], "the last one comes again");
    assert_eq!(ids(odder + 1).await, Vec::<i64>::new());
}

#[tokio::test]
async fn a_webhook_confirms_by_200_and_gets_the_rest_again() {
    let (telegram, bot) = telegram().await;
    let (sender, mut received) = mpsc::unbounded_channel::<(String, i64)>();
    let app = Router::new()
        .route(
            "/hook",
            post(
                async |State(sender): State<mpsc::UnboundedSender<(String, i64)>>,
                       headers: HeaderMap,
                       body: String| {
                    let body: Value = serde_json::from_str(&body).unwrap();
                    let secret = headers["X-Telegram-Bot-Api-Secret-Token"]
                        .to_str()
                        .unwrap()
                        .to_owned();
                    sender
                        .send((secret, body["update_id"].as_i64().unwrap()))
                        .unwrap();
                    if body["message"]["text"] == "broken" {
                        StatusCode::INTERNAL_SERVER_ERROR
                    } else {
                        StatusCode::OK
                    }
                },
            ),
        )
        .with_state(sender);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, app).await });

    let set = json!({ "url": url, "secret_token": "s3cret" });
    assert_eq!(bot.calls("setWebhook", set).await["ok"], true);
    assert_eq!(
        bot.is_refused("getUpdates", json!({})).await,
        "409 Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    );
    let mia = telegram.parent(101, "mia", "en");
    mia.says("hello");
    let (secret, _) = received.recv().await.unwrap();
    assert_eq!(secret, "s3cret");
    telegram.all_confirmed().await.unwrap();

    mia.says("broken");
    let (_, first) = received.recv().await.unwrap();
    let (_, again) = received.recv().await.unwrap();
    assert_eq!(first, again);
    assert_eq!(telegram.unconfirmed(), 1);
    bot.calls("deleteWebhook", json!({})).await;
    assert_eq!(
        bot.polls(0).await.len(),
        1,
        "polling gets what the webhook did not take"
    );
}
