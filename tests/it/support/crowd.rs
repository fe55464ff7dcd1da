//! Many parents at once: each says one thing, so that the pace of one message a second for a chat holds up no test.

use std::sync::LazyLock;

use slowbloom::{
    content::Content,
    conversation::{self, Change, Defaults, Request, Scene, Tap},
    domain::{ChatId, Country, Language, Subscriber, zone::Zone},
    sandbox::{Parent, Said},
};

use super::world::World;

/// Fewer than Telegram takes in a second, so that each answer comes before its update is confirmed.
const AT_ONCE: usize = 20;

static CONTENT: LazyLock<Content> = LazyLock::new(|| Content::built_in().unwrap());

/// Whether the parents of a crowd agreed before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agreed {
    Yes,
    No,
}

/// The operator's own country.
pub(crate) fn us() -> Country {
    Country::from_code("US").unwrap()
}

/// A parent who agreed earlier and chose nothing.
pub(crate) async fn subscriber(world: &World, id: i64, language: &str) -> Parent {
    let parent = world.telegram.parent(id, "mia", language);
    parent.wrote_before();
    world.store.insert(&row(world, id, language)).await.unwrap();
    parent
}

fn row(world: &World, id: i64, language: &str) -> Subscriber {
    let language = Language::from_tag(language);
    let defaults = Defaults {
        zone: Zone::new("America/Los_Angeles").unwrap(),
        country: us(),
        bot_name: String::new(),
    };
    let scene = Scene {
        content: &CONTENT,
        subscriber: None,
        chat: ChatId(id),
        order_key: 0,
        phone_language: language,
        defaults: &defaults,
        now: world.clock.now(),
    };
    let agreed = conversation::respond(&Request::Tap(Some(Tap::Agree(language))), &scene);
    let Change::Enroll(subscriber) = agreed.change else {
        panic!("agreeing enrolls");
    };
    Subscriber {
        awaiting: None,
        ..*subscriber
    }
}

/// Each text said by a parent of its own; with the last thing that she was told.
pub(crate) async fn each_says(
    world: &World,
    language: &str,
    agreed: Agreed,
    texts: &[&str],
) -> Vec<(Parent, Said)> {
    let mut told = Vec::new();
    let mut parents = Vec::new();
    let first = 1000 + i64::try_from(world.telegram.everything_said().len()).unwrap();
    for (id, _) in (first..).zip(texts) {
        parents.push(match agreed {
            Agreed::Yes => subscriber(world, id, language).await,
            Agreed::No => world.telegram.parent(id, "mia", language),
        });
    }
    for some in parents
        .iter()
        .zip(texts)
        .collect::<Vec<_>>()
        .chunks(AT_ONCE)
    {
        for (parent, text) in some {
            parent.says(text);
        }
        world.answered().await;
        for (parent, text) in some {
            parent.next_bot_message().await.unwrap();
            let said = parent.heard().pop();
            told.push((
                (*parent).clone(),
                said.unwrap_or_else(|| panic!("no answer to {text}")),
            ));
        }
    }
    told
}

/// The answers as a table: what was typed, the first line of the answer, its buttons.
pub(crate) async fn table(world: &World, language: &str, agreed: Agreed, texts: &[&str]) -> String {
    let told = each_says(world, language, agreed, texts).await;
    let lines = texts.iter().zip(&told).map(|(text, (_, said))| {
        let rows: Vec<String> = said.labels().iter().map(|row| row.join(", ")).collect();
        // Which note it is hangs on the key of this world.
        let first = match rows.first() {
            Some(row) if row.starts_with("Another one,") || row.starts_with("Otra,") => "(a note)",
            _ => said.text.lines().next().unwrap_or_default(),
        };
        format!("{text} → {first} [{}]\n", rows.join(" | "))
    });
    lines.collect()
}
