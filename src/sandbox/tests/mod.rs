//! The stand-in itself, over real HTTP, as a bot meets it.

mod faults;
mod page;
mod refusals;
mod updates;

use chrono::{DateTime, Utc};
use expect_test::expect;
use serde_json::{Value, json};

use super::*;
use crate::clock::Clock;

/// A bot that is nothing but an HTTP client.
struct Bot {
    base: String,
    client: reqwest::Client,
}

impl Bot {
    fn of(telegram: &StandIn) -> Self {
        Self {
            base: format!("{}/bot{}", telegram.url(), telegram.token()),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    async fn calls(&self, method: &str, params: Value) -> Value {
        let request = self.client.post(format!("{}/{method}", self.base));
        let response = request.json(&params).send().await.unwrap();
        let status = response.status().as_u16();
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["ok"], json!(status == 200));
        if status != 200 {
            assert_eq!(body["error_code"], json!(status));
        }
        body
    }

    /// The code and wording of a refusal.
    async fn is_refused(&self, method: &str, params: Value) -> String {
        let body = self.calls(method, params).await;
        assert_eq!(body["ok"], json!(false), "{method} was accepted");
        format!(
            "{} {}",
            body["error_code"],
            body["description"].as_str().unwrap()
        )
    }

    async fn says(&self, chat: i64, text: &str) -> i64 {
        let body = self
            .calls(
                "sendMessage",
                json!({ "chat_id": chat, "text": text, "parse_mode": "HTML" }),
            )
            .await;
        body["result"]["message_id"].as_i64().unwrap()
    }

    async fn polls(&self, offset: i64) -> Vec<Value> {
        let body = self
            .calls("getUpdates", json!({ "offset": offset, "timeout": 0 }))
            .await;
        body["result"].as_array().unwrap().clone()
    }
}

fn noon() -> DateTime<Utc> {
    "2027-03-01T12:00:00Z".parse().unwrap()
}

async fn telegram() -> (StandIn, Bot) {
    telegram_at(Clock::starting_at(noon())).await
}

async fn telegram_at(clock: Clock) -> (StandIn, Bot) {
    let listen = "127.0.0.1:0".parse().unwrap();
    let telegram = StandIn::start(clock, listen).await.unwrap();
    let bot = Bot::of(&telegram);
    (telegram, bot)
}

#[tokio::test]
async fn a_conversation_and_its_transcript() {
    let (telegram, bot) = telegram().await;
    let mia = telegram.parent(101, "mia", "en");
    mia.says("/start");
    let updates = bot.polls(0).await;
    assert_eq!(updates[0]["message"]["text"], "/start");
    assert_eq!(updates[0]["message"]["from"]["language_code"], "en");
    let keyboard = json!({ "inline_keyboard": [[
        { "text": "Yes", "callback_data": "v1:yes" }, { "text": "No", "callback_data": "v1:no" },
    ], [{ "text": "Site", "url": "https://example.org" }]] });
    bot.calls("sendMessage", json!({
        "chat_id": 101, "text": "<b>Hi</b> &amp; welcome.\nShall we?", "parse_mode": "HTML", "reply_markup": keyboard,
    })).await;
    mia.taps("Yes").unwrap();
    let updates = bot
        .polls(updates[0]["update_id"].as_i64().unwrap() + 1)
        .await;
    assert_eq!(updates.len(), 1);
    let query = &updates[0]["callback_query"];
    assert_eq!(query["data"], "v1:yes");
    let message = query["message"]["message_id"].as_i64().unwrap();
    bot.calls(
        "answerCallbackQuery",
        json!({ "callback_query_id": query["id"], "text": "Saved" }),
    )
    .await;
    bot.calls(
        "editMessageText",
        json!({ "chat_id": 101, "message_id": message, "text": "Good." }),
    )
    .await;
    expect![[r"
        mia: /start
        bot: Hi & welcome.
             Shall we?
             [Yes] [No]
             [Site → https://example.org]
        mia taps [Yes]
        bot (toast): Saved
        bot (edited): Good."]]
    .assert_eq(&mia.transcript());
    assert_eq!(
        mia.next_bot_message().await.unwrap().text,
        "Hi & welcome.\nShall we?"
    );
    assert!(mia.next_bot_message().await.unwrap().edit);
    let wrong = mia.taps("Yes").unwrap_err().to_string();
    assert_eq!(wrong, "no button \"Yes\"; there are: ");
}
