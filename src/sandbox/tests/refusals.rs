//! Every refusal in Telegram's wording.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::*;

/// Sends `fields` to a parent who has written, and gives what Telegram says.
async fn refusal_of(fields: Value) -> String {
    let (telegram, bot) = telegram().await;
    telegram.parent(101, "mia", "en").says("/start");
    let mut params = json!({ "chat_id": 101, "text": "hi", "parse_mode": "HTML" });
    for (name, value) in fields.as_object().unwrap() {
        params[name] = value.clone();
    }
    let refusal = bot.is_refused("sendMessage", params).await;
    assert!(telegram.everything_said().is_empty());
    refusal
}

fn inline(button: &Value) -> Value {
    json!({ "reply_markup": { "inline_keyboard": [[button]] } })
}

#[tokio::test]
async fn texts() {
    let too_long = "x".repeat(4097);
    // Astral characters count twice: 2049 of them are 4098 units.
    let too_wide = "😀".repeat(2049);
    for (text, refusal) in [
        ("", "message text is empty"),
        (" \n ", "text must be non-empty"),
        ("<b></b>", "text must be non-empty"),
        (too_long.as_str(), "message is too long"),
        (too_wide.as_str(), "message is too long"),
        (
            "<b>x",
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        (
            "x</b>",
            "can't parse entities: Unexpected end tag at byte offset 1",
        ),
        (
            "é<h1>x</h1>",
            "can't parse entities: Unsupported start tag \"h1\" at byte offset 2",
        ),
        (
            "a < b",
            "can't parse entities: Unclosed start tag at byte offset 2",
        ),
        (
            "<b>x</i>",
            "can't parse entities: Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\"",
        ),
    ] {
        assert_eq!(
            refusal_of(json!({ "text": text })).await,
            format!("400 Bad Request: {refusal}")
        );
    }
}

#[tokio::test]
async fn the_longest_text_is_counted_after_the_markup_is_taken_off() {
    let (telegram, bot) = telegram().await;
    telegram.parent(101, "mia", "en").says("/start");
    bot.says(101, &format!("<b>{}</b>&amp;", "x".repeat(4095)))
        .await;
    assert_eq!(telegram.everything_said()[0].text.len(), 4096);
}

#[tokio::test]
async fn keyboards() {
    for (button, refusal) in [
        (
            json!({ "text": "x", "callback_data": "é".repeat(33) }),
            "BUTTON_DATA_INVALID",
        ),
        (
            json!({ "text": "x" }),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            json!({ "callback_data": "x" }),
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (
            json!({ "text": "x", "url": "tel:988" }),
            "inline keyboard button URL 'tel:988' is invalid: Unsupported URL protocol",
        ),
        (
            json!({ "text": "x", "url": "https://nowhere" }),
            "inline keyboard button URL 'https://nowhere' is invalid: Wrong HTTP URL",
        ),
        (
            json!({ "text": "x", "copy_text": { "text": "" } }),
            "BUTTON_COPY_TEXT_INVALID",
        ),
    ] {
        assert_eq!(
            refusal_of(inline(&button)).await,
            format!("400 Bad Request: {refusal}")
        );
    }
    assert_eq!(
        refusal_of(json!({ "reply_markup": [] })).await,
        "400 Bad Request: object expected as reply markup"
    );
}

#[tokio::test]
async fn chats() {
    let (telegram, bot) = telegram().await;
    let mia = telegram.parent(101, "mia", "en");
    let send = async |chat: i64| {
        bot.is_refused("sendMessage", json!({ "chat_id": chat, "text": "hi" }))
            .await
    };
    assert_eq!(send(999).await, "400 Bad Request: chat not found");
    assert_eq!(
        send(101).await,
        "403 Forbidden: bot can't initiate conversation with a user"
    );
    mia.says("/start");
    bot.says(101, "hi").await;
    mia.blocks();
    assert_eq!(
        send(101).await,
        "403 Forbidden: bot was blocked by the user"
    );
    mia.unblocks();
    bot.says(101, "hi").await;
    mia.vanishes();
    assert_eq!(send(101).await, "403 Forbidden: user is deactivated");
    assert_eq!(
        bot.is_refused("sendMessage", json!({ "text": "hi" })).await,
        "400 Bad Request: chat_id is empty"
    );
}

#[tokio::test]
async fn edits() {
    let (telegram, bot) = telegram().await;
    let mia = telegram.parent(101, "mia", "en");
    let hers = mia.says("/start");
    let id = bot.says(101, "<b>hi</b>").await;
    let edit = async |message: i64, text: &str| {
        let params =
            json!({ "chat_id": 101, "message_id": message, "text": text, "parse_mode": "HTML" });
        bot.is_refused("editMessageText", params).await
    };
    assert!(
        edit(id, "<b>hi</b>")
            .await
            .starts_with("400 Bad Request: message is not modified: ")
    );
    assert_eq!(
        edit(id + 50, "x").await,
        "400 Bad Request: message to edit not found"
    );
    assert_eq!(
        edit(hers, "x").await,
        "400 Bad Request: message can't be edited"
    );
    // The same words in another dress are a change.
    let params = json!({ "chat_id": 101, "message_id": id, "text": "hi" });
    assert_eq!(bot.calls("editMessageText", params).await["ok"], true);
    let keyboard = json!({ "keyboard": [["x"]] });
    let params =
        json!({ "chat_id": 101, "message_id": id, "text": "new", "reply_markup": keyboard });
    assert_eq!(
        bot.is_refused("editMessageText", params).await,
        "400 Bad Request: inline keyboard expected"
    );
}

#[tokio::test]
async fn deleting() {
    let clock = Clock::starting_at(noon());
    let (telegram, bot) = telegram_at(clock.clone()).await;
    telegram.parent(101, "mia", "en").says("/start");
    let (old, new) = (bot.says(101, "one").await, bot.says(101, "two").await);
    let delete = |id: i64| json!({ "chat_id": 101, "message_id": id });
    assert_eq!(bot.calls("deleteMessage", delete(new)).await["ok"], true);
    assert_eq!(
        bot.is_refused("deleteMessage", delete(new)).await,
        "400 Bad Request: message to delete not found"
    );
    clock.jump(TimeDelta::hours(49));
    assert_eq!(
        bot.is_refused("deleteMessage", delete(old)).await,
        "400 Bad Request: message can't be deleted"
    );
}

#[tokio::test]
async fn taps_that_are_forged_or_older_than_a_quarter_of_an_hour() {
    let clock = Clock::starting_at(noon());
    let (telegram, bot) = telegram_at(clock.clone()).await;
    let mia = telegram.parent(101, "mia", "en");
    mia.says("/start");
    mia.taps_data(999, "forged");
    let query = bot.polls(-1).await[0]["callback_query"]["id"].clone();
    let too_old =
        "400 Bad Request: query is too old and response timeout expired or query ID is invalid";
    let answer = |id: &Value| json!({ "callback_query_id": id });
    assert_eq!(
        bot.is_refused("answerCallbackQuery", answer(&json!("1")))
            .await,
        too_old
    );
    assert_eq!(
        bot.calls("answerCallbackQuery", answer(&query)).await["ok"],
        true
    );
    clock.jump(TimeDelta::minutes(16));
    assert_eq!(
        bot.is_refused("answerCallbackQuery", answer(&query)).await,
        too_old
    );
}

#[tokio::test]
async fn wrong_tokens_and_unknown_methods() {
    let (telegram, bot) = telegram().await;
    assert_eq!(bot.is_refused("sendPoem", json!({})).await, "404 Not Found");
    let stranger = Bot {
        base: format!("{}/bot1:wrong", telegram.url()),
        client: bot.client.clone(),
    };
    assert_eq!(
        stranger.is_refused("getMe", json!({})).await,
        "401 Unauthorized"
    );
    assert_eq!(
        bot.calls("GETME", json!({})).await["result"]["is_bot"],
        true
    );
}

#[tokio::test]
async fn a_group_that_the_bot_is_not_in() {
    let (telegram, bot) = telegram().await;
    let mia = telegram.parent(101, "mia", "en");
    let group = telegram.group(-5, "playground");
    let params = json!({ "chat_id": -5, "text": "hi" });
    mia.adds_bot_to(&group);
    assert!(group.has_bot());
    let leave = json!({ "chat_id": -5 });
    assert_eq!(bot.calls("leaveChat", leave.clone()).await["ok"], true);
    assert!(!group.has_bot());
    assert_eq!(
        bot.is_refused("sendMessage", params).await,
        "403 Forbidden: bot is not a member of the group chat"
    );
}

#[test]
fn markup_becomes_entities_counted_in_utf16() {
    let parsed = parse_html("😀 <b>bold <i>both</i></b> &lt;&#128512;&gt; <a href=\"https://e.org/?a=1&amp;b=2\">link</a> ")
        .unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(parsed.text, "😀 bold both <😀> link");
    let entities: Vec<_> = parsed
        .entities
        .iter()
        .map(|e| (e.kind, e.offset, e.length))
        .collect();
    assert_eq!(
        entities,
        [("bold", 3, 9), ("italic", 8, 4), ("text_link", 18, 4)]
    );
    assert_eq!(
        parsed.entities[2].url.as_deref(),
        Some("https://e.org/?a=1&b=2")
    );
}
