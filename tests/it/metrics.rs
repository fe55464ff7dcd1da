//! The numbers for Prometheus, as they come over HTTP.

use std::{collections::BTreeMap, net::SocketAddr};

use chrono::Duration;
use reqwest::Client;
use serde_json::json;

use crate::support::world::{MONDAY, World};

const SECRET: &str = "a-secret_of-this-test";

/// Each sample by its name and labels.
type Numbers = BTreeMap<String, String>;

/// A free address, and what is read there.
struct Prometheus {
    listen: String,
    hook: String,
}

impl Prometheus {
    fn new() -> Self {
        let free = std::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let listen = free.local_addr().unwrap().to_string();
        let hook = format!("http://{listen}/hook");
        Self { listen, hook }
    }

    async fn scrapes(&self) -> Numbers {
        let url = format!("http://{}/metrics", self.listen);
        let client = Client::builder().no_proxy().build().unwrap();
        let text = client.get(url).send().await.unwrap().text().await.unwrap();
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        let numbers: Numbers = samples
            .map(|line| {
                let (name, value) = line.rsplit_once(' ').unwrap();
                (name.to_owned(), value.to_owned())
            })
            .collect();
        are_documented_and_name_nobody(&numbers);
        numbers
    }

    async fn brings(&self, body: &str) {
        let client = Client::builder().no_proxy().build().unwrap();
        let post = client.post(&self.hook).body(body.to_owned());
        let post = post.header("X-Telegram-Bot-Api-Secret-Token", SECRET);
        assert!(post.send().await.unwrap().status().is_success());
    }
}

/// Every name stands in the page for operators, and no label tells of a person or of what somebody wrote.
fn are_documented_and_name_nobody(numbers: &Numbers) {
    let page = include_str!("../../docs/operating.md");
    for sample in numbers.keys() {
        let name = sample.split('{').next().unwrap();
        let parts = ["_bucket", "_sum", "_count"];
        let name = parts
            .iter()
            .find_map(|part| name.strip_suffix(part))
            .unwrap_or(name);
        assert!(
            page.contains(&format!("`{name}`")),
            "{name} is not in docs/operating.md"
        );
        let labels = sample.split(['{', '}']).nth(1).unwrap_or_default();
        for label in labels.split(',').filter(|label| !label.is_empty()) {
            let known = ["kind=", "outcome=", "transport=", "le="];
            assert!(
                known.iter().any(|known| label.starts_with(known)),
                "{sample}"
            );
        }
        for word in ["crisis", "emergency", "concern", "loss", "tier", "chat"] {
            assert!(!sample.contains(word), "{sample}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn how_late_notes_were_is_counted_when_telegram_took_them() {
    let prometheus = Prometheus::new();
    let world = World::with(MONDAY, &[("HTTP_LISTEN", &prometheus.listen)]).await;
    let mia = world.mia();
    world.subscribes(&mia).await;
    let name = |part: &str| format!("slowbloom_note_lateness_seconds{part}");
    let before = prometheus.scrapes().await;
    assert_eq!(before[&name("_count")], "0", "answers are no notes");
    let due = world.row(&mia).await.unwrap().next.unwrap().due;
    world.jump_to(due + Duration::seconds(90)).await;
    let first = prometheus.scrapes().await;
    assert_eq!(first[&name("_count")], "1");
    assert_eq!(first[&name("_bucket{le=\"60\"}")], "0");
    assert_eq!(first[&name("_bucket{le=\"300\"}")], "1");
    assert_eq!(first[&name("_bucket{le=\"+Inf\"}")], "1");
    let sum: f64 = first[&name("_sum")].parse().unwrap();
    assert!((90.0..120.0).contains(&sum), "{sum}");
    // Too late to be brought: skipped, and not counted.
    let due = world.row(&mia).await.unwrap().next.unwrap().due;
    world.jump_to(due + Duration::hours(3)).await;
    let second = prometheus.scrapes().await;
    assert_eq!(second[&name("_count")], "1");
    let updates = "slowbloom_updates_total{transport=\"polling\",outcome=\"handled\"}";
    assert_eq!(second[updates], "2", "/start and a tap");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_webhook_brings_is_counted() {
    let prometheus = Prometheus::new();
    let settings = [
        ("HTTP_LISTEN", prometheus.listen.as_str()),
        ("WEBHOOK_URL", &prometheus.hook),
        ("WEBHOOK_SECRET", SECRET),
    ];
    let world = World::with(MONDAY, &settings).await;
    let mia = world.mia();
    world.says(&mia, "/signs").await;
    world.says(&mia, "I want to die").await;
    prometheus.brings("{").await;
    let again = json!({ "update_id": 900, "poll": {} }).to_string();
    prometheus.brings(&again).await;
    prometheus.brings(&again).await;
    let numbers = prometheus.scrapes().await;
    let updates = |outcome: &str| {
        &numbers[&format!("slowbloom_updates_total{{transport=\"webhook\",outcome=\"{outcome}\"}}")]
    };
    assert_eq!(updates("handled"), "3", "each once, however often it comes");
    assert_eq!(updates("malformed"), "1");
    assert_eq!(updates("given_up"), "0");
    assert_eq!(numbers["slowbloom_handler_panics_total"], "0");
    assert!(!numbers.keys().any(|name| name.contains("polling")));
}
