//! What bad input gets: a kind, useful answer, or silence and leaving in a group; never a lost setting.

use expect_test::expect;
use serde_json::json;
use slowbloom::{
    domain::Subscriber,
    sandbox::{Attachment, CallRecord, Parent},
};

use crate::support::{crowd::subscriber, world::World};

async fn english(world: &World) -> Parent {
    subscriber(world, 21, "en").await
}

/// What she chose, without what any word of hers changes.
async fn choices(world: &World, parent: &Parent) -> Subscriber {
    Subscriber {
        revision: 0,
        awaiting: None,
        ..world.row(parent).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_she_sends_is_answered_and_changes_nothing() {
    let world = World::new().await;
    let mia = english(&world).await;
    let before = choices(&world, &mia).await;
    let long = "na ".repeat(1700);
    let texts = [
        long.as_str(),
        "🌷🌷🌷",
        ".",
        "   \u{200b} ",
        "{clock} <b>&amp; %s $(ls) '; DROP TABLE subscribers",
        "\u{202e}olleh\u{202c} \u{fffd}",
        "1:erase!",
    ];
    for text in texts {
        world.says(&mia, text).await;
        let said = world.last_to(&mia);
        assert!(said.starts_with("I’m a simple bot"), "{text:.20}: {said}");
    }
    assert_eq!(world.messages_to(&mia), texts.len());
    assert_eq!(choices(&world, &mia).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_holds_no_words_is_answered_honestly() {
    let world = World::new().await;
    let mia = english(&world).await;
    for attachment in [
        Attachment::Voice,
        Attachment::Sticker,
        Attachment::Photo(String::new()),
    ] {
        mia.sends(attachment);
        world.answered().await;
    }
    assert_eq!(world.messages_to(&mia), 3);
    expect![[r"
        mia: [voice]
        bot: I can’t see or hear this, and no person does either. You can write to me, or pick one below.

             Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
             [Signs] [Practices]
             [Support options] [Crisis help]
             [Settings] [All I can do]
        mia: [sticker]
        bot: I can’t see or hear this, and no person does either. You can write to me, or pick one below.

             Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
             [Signs] [Practices]
             [Support options] [Crisis help]
             [Settings] [All I can do]
        mia: [photo]
        bot: I can’t see or hear this, and no person does either. You can write to me, or pick one below.

             Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
             [Signs] [Practices]
             [Support options] [Crisis help]
             [Settings] [All I can do]"]].assert_eq(&mia.news());
}

#[tokio::test(flavor = "multi_thread")]
async fn captions_edits_and_forwarded_texts_are_read_like_messages() {
    let world = World::new().await;
    let mia = english(&world).await;
    mia.sends(Attachment::Photo("/signs".to_owned()));
    world.answered().await;
    assert!(world.last_to(&mia).starts_with("Signs You May"));
    world.says(&mia, "/sings").await;
    mia.edits_last("/causes").unwrap();
    world.answered().await;
    assert!(world.last_to(&mia).starts_with("Why Bonding"));
    mia.forwards("/meaning");
    world.answered().await;
    assert!(world.last_to(&mia).contains("What This Doesn’t Mean"));
    world.says(&mia, "/time").await;
    world.says(&mia, "25:99").await;
    mia.sends(Attachment::Sticker);
    world.answered().await;
    mia.edits_last("20:45").unwrap();
    world.answered().await;
    assert_eq!(
        world.next_note(&mia).await.as_deref(),
        Some("Mon 2027-03-08 20:45"),
        "an answer that she mends counts"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_or_outdated_button_gets_the_menu() {
    let world = World::new().await;
    let mia = english(&world).await;
    world.says(&mia, "/settings").await;
    let before = choices(&world, &mia).await;
    let forged = [
        "",
        "0:help",
        "2:time:0800:s",
        "1:time:9999:s",
        "1:zone:Mars/Olympus:s",
        "1:pause:9999",
        "1:erase",
        "1:days:0",
        "💥",
        "1:move:no-such-note:99999999999999999999:h",
    ];
    for data in forged {
        mia.taps_data(999_999, data);
        world.answered().await;
        let said = world.last_to(&mia);
        assert!(
            said.starts_with("That button is from an older message."),
            "{data}: {said}"
        );
    }
    assert_eq!(choices(&world, &mia).await, before);
    let answered = world.telegram.calls();
    let spinners = answered
        .iter()
        .filter(|call| call.method == "answerCallbackQuery")
        .count();
    assert!(
        spinners >= forged.len(),
        "each spinner is ended: {spinners}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_well_formed_button_of_a_note_that_never_came_does_no_harm() {
    let world = World::new().await;
    let mia = english(&world).await;
    let before = choices(&world, &mia).await;
    for data in [
        "1:move:no-such-note:1:h",
        "1:when:no-such-note:1",
        "1:keep:no-such-note:1",
        "1:more:no-such-note",
    ] {
        mia.taps_data(999_999, data);
        world.answered().await;
    }
    let after = choices(&world, &mia).await;
    assert_eq!(
        (after.next, after.carried, after.schedule),
        (before.next, None, before.schedule)
    );
    world.taps(&mia, "Settings").await;
    assert!(
        world.last_to(&mia).starts_with("Your settings"),
        "no dead end: {}",
        mia.transcript()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_of_old_messages_do_what_they_say() {
    let world = World::new().await;
    let mia = world.mia();
    world.subscribes(&mia).await;
    world.says(&mia, "/time").await;
    let question = mia.heard().last().unwrap().message_id;
    world.says(&mia, "/days").await;
    world.says(&mia, "/signs").await;
    mia.taps_on(question, "8:00 am").unwrap();
    world.answered().await;
    assert_eq!(
        world.next_note(&mia).await.as_deref(),
        Some("Tue 2027-03-09 08:00")
    );
    let note = world.next_note_comes(&mia).await;
    assert_eq!(note, "Tue 2027-03-09 08:00");
    let first = mia.heard().last().unwrap().message_id;
    world.next_note_comes(&mia).await;
    let before = choices(&world, &mia).await;
    mia.taps_on(first, "Another time").unwrap();
    world.answered().await;
    world.taps(&mia, "Tomorrow").await;
    assert!(
        world.last_to(&mia).starts_with("That note has moved on."),
        "yesterday's note is not brought a second time: {}",
        world.last_to(&mia)
    );
    assert_eq!(choices(&world, &mia).await.next, before.next);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_are_never_said_nor_obeyed() {
    let world = World::new().await;
    let names = [
        "<b>{clock}</b>",
        "/delete at once",
        "'); DROP TABLE subscribers;--",
        "\u{202e}\u{0}\n\n🧨",
    ];
    for (id, name) in (31..).zip(names) {
        let parent = world.telegram.parent(id, name, "xx-\u{0}<");
        world.says(&parent, "/start").await;
        world.taps(&parent, "Yes, I’m 18+ and I agree").await;
        world.taps(&parent, "Yes").await;
        for said in parent.heard() {
            assert!(!said.source.contains(name), "{}", said.source);
        }
        assert!(world.row(&parent).await.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_hears_nothing_and_is_left() {
    let world = World::new().await;
    let mia = world.mia();
    let group = world.telegram.group(-77, "parents");
    mia.adds_bot_to(&group);
    mia.says_in(&group, "/start@slow_bloom_try_bot");
    let left = |calls: &[CallRecord]| calls.iter().any(|call| call.method == "leaveChat");
    world.telegram.until_calls("it leaves", left).await.unwrap();
    world.answered().await;
    assert!(!group.has_bot());
    assert!(world.telegram.everything_said().is_empty());
    assert!(world.row(&mia).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_updates_are_passed_over_and_the_next_one_is_answered() {
    let world = World::new().await;
    let mia = world.mia();
    let chat = json!({ "id": 11, "type": "private" });
    let updates = [
        json!({}),
        json!({ "message": null }),
        json!({ "message": { "chat": "eleven" } }),
        json!({ "message": { "message_id": -1, "date": "yesterday", "chat": chat } }),
        json!({ "message": { "message_id": 9, "date": 1, "chat": chat, "text": 5 } }),
        json!({ "callback_query": { "id": 5, "from": { "id": 11 }, "data": [] } }),
        json!({ "edited_message": [1, 2] }),
        json!({ "my_chat_member": { "chat": chat } }),
        json!({ "shipping_query": { "id": "1" } }),
        json!({ "message": { "message_id": 9, "date": 9_999_999_999_999_i64, "chat": chat, "text": "/signs",
            "entities": [{ "type": "unheard_of", "offset": -5, "length": 99 }] } }),
    ];
    for update in &updates {
        world.telegram.raw_update(update);
    }
    world.says(&mia, "/causes").await;
    assert!(
        world.last_to(&mia).starts_with("Why Bonding"),
        "{}",
        mia.transcript()
    );
    assert!(
        mia.transcript().contains("Signs You May"),
        "an unknown entity does not cost the text"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_article_is_about_is_answered_with_its_words_and_a_way_on() {
    let world = World::new().await;
    let (mia, luz) = (world.mia(), subscriber(&world, 22, "es").await);
    world.says(&mia, "I feel nothing for my baby").await;
    expect![[r"
        mia: I feel nothing for my baby
        bot: Thank you for writing that. I’m a bot: I can’t know what is going on, and no person reads this chat. It sounds like what the article is about. In its words:

             If you’re feeling disconnected from your baby, please know this: you are not alone, and you aren’t failing. Bonding challenges are more common than most people realize, and there are ways to nurture connection over time.
             Not bonding with your baby right away does not mean you’re unloving, incapable, or unfit.

             Pick one below if you like. If things feel unsafe or too heavy, tap Crisis help.

             Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
             [Signs] [Practices]
             [Support options] [Crisis help]
             [Get notes] [All I can do]"]].assert_eq(&mia.news());
    assert!(world.row(&mia).await.is_none());
    world.says(&luz, "me siento desconectada de mi bebé").await;
    let said = world.last_to(&luz);
    assert!(
        said.contains("no te pasa solo a ti y no estás fallando"),
        "{said}"
    );
    let long = "I feel nothing when I hold her, and I do everything right. ".repeat(6);
    world.says(&mia, &long).await;
    assert!(
        world.last_to(&mia).contains("you are not alone"),
        "also when it is long: {}",
        world.last_to(&mia)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn in_set_up_words_about_the_bond_are_answered_and_the_question_stays_open() {
    let world = World::new().await;
    let mia = world.mia();
    world.says(&mia, "/start").await;
    world.taps(&mia, "Yes, I’m 18+ and I agree").await;
    world.says(&mia, "what's wrong with me").await;
    assert!(world.last_to(&mia).contains("you are not alone"));
    world.taps(&mia, "Back").await;
    let said = world.last_to(&mia);
    assert!(said.contains("Is it 10:24 am where you are?"), "{said}");
    world.says(&mia, "Denver").await;
    assert!(world.last_to(&mia).starts_with("Denver"));
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_the_other_language_are_answered_in_it_with_a_way_to_keep_it() {
    let world = World::new().await;
    let (mia, luz) = (english(&world).await, subscriber(&world, 22, "es").await);
    let sam = world.telegram.parent(23, "sam", "en");
    for text in ["hola", "ayuda", "no entiendo nada"] {
        world.says(&sam, text).await;
        let said = world.last_to(&sam);
        assert!(said.starts_with("Soy un bot"), "{text}: {said}");
    }
    world.says(&sam, "socorro").await;
    let in_spanish = world.last_to(&sam);
    world.says(&luz, "/crisis").await;
    assert_eq!(in_spanish, world.last_to(&luz));
    world.says(&sam, &"x".repeat(4096)).await;
    let said = world.last_to(&sam);
    assert!(!said.contains("bot sencillo"), "{said}");
    world.says(&mia, "socorro").await;
    assert_ne!(in_spanish, world.last_to(&mia), "she chose English");
    world.says(&mia, "ayuda").await;
    assert!(world.last_to(&mia).starts_with("I’m a bot"));
    assert!(mia.transcript().contains("[English] [Español]"));
    world.says(&mia, "good morning").await;
    assert!(world.last_to(&mia).starts_with("I’m a simple bot"));
    world.says(&mia, "hola").await;
    world.taps(&mia, "Español").await;
    world.says(&mia, "/signs").await;
    assert!(world.last_to(&mia).starts_with("Señales de que"));
    for text in ["hello", "what is this thing for"] {
        world.says(&luz, text).await;
        let said = world.last_to(&luz);
        assert!(said.starts_with("I’m a simple bot"), "{text}: {said}");
        assert!(luz.transcript().contains("[English] [Español]"));
    }
    world.says(&luz, "/help").await;
    assert!(
        world.last_to(&luz).starts_with("Soy un bot"),
        "a command is a command in either language"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_script_is_answered_in_both_languages_with_help_below() {
    let world = World::new().await;
    let mia = world.mia();
    world.says(&mia, "Мне очень тяжело сегодня").await;
    let said = world.last_to(&mia);
    assert!(
        said.contains("I’m a simple bot") && said.contains("Soy un bot sencillo"),
        "{said}"
    );
    assert!(mia.transcript().contains("[Crisis help]"));
    world.says(&mia, "good night").await;
    assert!(
        !world.last_to(&mia).contains("Soy un bot"),
        "one language when it may be read"
    );
}
