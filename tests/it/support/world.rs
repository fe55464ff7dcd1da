//! The real bot on a real SQLite file, talking over HTTP to the stand-in for Telegram, with a clock that moves.
//!
//! Tests speak as a parent and read the transcript. They never sleep: they wait until every update is confirmed, or
//! move the clock and let the courier look.

use std::{collections::HashMap, net::SocketAddr, path::Path, sync::LazyLock};

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use slowbloom::{
    app::App,
    clock::Clock,
    config::Config,
    content::{Content, Voice, crisis::CountryLines, markup::plain},
    courier::Courier,
    domain::{ChatId, Language, Subscriber, zone::Zone},
    sandbox::{Breach, Limit, PATIENCE, Parent, StandIn},
    store::Store,
};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How often it is looked whether an answer is still parked.
const LOOK_AGAIN: std::time::Duration = std::time::Duration::from_millis(5);

/// A Monday, 10:24 in Los Angeles.
pub(crate) const MONDAY: &str = "2027-03-08T18:24:00Z";

/// A whole small world around one bot.
pub(crate) struct World {
    pub(crate) telegram: StandIn,
    pub(crate) clock: Clock,
    pub(crate) store: Store,
    pub(crate) courier: Courier,
    settings: HashMap<String, String>,
    running: Option<(CancellationToken, JoinHandle<anyhow::Result<()>>)>,
    folder: TempDir,
}

impl World {
    /// On [`MONDAY`], with the settings that hold when nothing is set.
    pub(crate) async fn new() -> Self {
        Self::with(MONDAY, &[]).await
    }

    /// At a moment, with settings.
    pub(crate) async fn with(now: &str, settings: &[(&str, &str)]) -> Self {
        let clock = Clock::starting_at(now.parse().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let telegram = StandIn::start(clock.clone(), SocketAddr::from(([127, 0, 0, 1], 0)))
            .await
            .unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let mut all = HashMap::from([
            ("TELOXIDE_TOKEN".to_owned(), telegram.token().to_owned()),
            ("TELOXIDE_API_URL".to_owned(), telegram.url()),
            (
                "DATABASE_URL".to_owned(),
                format!("sqlite://{}", path("slowbloom.db")),
            ),
            ("DATA_KEY_FILE".to_owned(), path("slowbloom.key")),
        ]);
        all.extend(
            settings
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let (store, courier, running) = start(&all, &clock).await;
        Self {
            telegram,
            clock,
            store,
            courier,
            settings: all,
            running: Some(running),
            folder,
        }
    }

    /// A parent whose Telegram speaks English.
    pub(crate) fn mia(&self) -> Parent {
        self.telegram.parent(11, "mia", "en")
    }

    /// A parent whose Telegram speaks Mexican Spanish.
    pub(crate) fn luz(&self) -> Parent {
        self.telegram.parent(12, "luz", "es-MX")
    }

    /// Returns when every update is confirmed; an answer may still be parked.
    pub(crate) async fn confirmed(&self) {
        self.telegram.all_confirmed().await.unwrap();
    }

    /// Returns when the bot has answered everything: every update is confirmed, and no answer is parked any more.
    pub(crate) async fn answered(&self) {
        self.confirmed().await;
        let looks = PATIENCE.as_millis() / LOOK_AGAIN.as_millis();
        for _ in 0..looks {
            if self.store.parked(None, 1).await.unwrap().rows.is_empty() {
                return;
            }
            // A database tells nobody that a row is gone, so this is looked for.
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        panic!("an answer stays parked");
    }

    /// Proves that something is still unacknowledged: its effect is not stored yet.
    pub(crate) fn answered_only_in_part(&self) {
        assert!(
            self.telegram.unconfirmed() > 0,
            "what is not stored is not acknowledged"
        );
    }

    /// A parent says something and is answered.
    pub(crate) async fn says(&self, parent: &Parent, text: &str) {
        parent.says(text);
        self.answered().await;
    }

    /// A parent taps the newest button with this label and is answered.
    pub(crate) async fn taps(&self, parent: &Parent, label: &str) {
        parent.taps(label).unwrap();
        self.answered().await;
    }

    /// A parent agrees and takes the default for everything.
    pub(crate) async fn subscribes(&self, parent: &Parent) {
        self.says(parent, "/start").await;
        let agree = if parent.transcript().contains("Sí, tengo") {
            "Sí, tengo 18+ y acepto"
        } else {
            "Yes, I’m 18+ and I agree"
        };
        self.taps(parent, agree).await;
    }

    /// Moves the clock to a wall-clock time in a zone and brings what is due.
    pub(crate) async fn at(&self, zone: &str, wall: &str) {
        let wall: NaiveDateTime = wall.parse().unwrap();
        let zone = Zone::new(zone).unwrap();
        let moment = match zone.resolve(wall) {
            slowbloom::domain::zone::Wall::Exists(moment) => moment,
            other => panic!("{wall} does not name one moment there: {other:?}"),
        };
        self.jump_to(moment).await;
    }

    /// Moves the clock on and brings what is due.
    pub(crate) async fn later(&self, by: Duration) {
        self.jump_to(self.clock.now() + by).await;
    }

    /// Moves the clock and brings what is due.
    pub(crate) async fn jump_to(&self, moment: DateTime<Utc>) {
        self.clock.jump_to(moment);
        self.brings_what_is_due().await;
    }

    /// Lets the courier look until nothing is due any more, or what is due cannot be brought.
    pub(crate) async fn brings_what_is_due(&self) {
        let mut due = i64::MAX;
        loop {
            let tick = self.courier.tick(self.clock.now()).await.unwrap();
            self.courier.all_arrived().await;
            // The bot's own loop may have taken the rows, so an idle tick alone does not mean that nothing is due.
            let still_due = self.store.backlog(self.clock.now()).await.unwrap();
            if still_due == 0 || (tick.posted + tick.skipped == 0 && still_due == due) {
                return;
            }
            due = still_due;
        }
    }

    /// Where the database and its key lie.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What is stored about a parent.
    pub(crate) async fn row(&self, parent: &Parent) -> Option<Subscriber> {
        self.store.subscriber(ChatId(parent.id)).await.unwrap()
    }

    /// The next note of a parent, on her wall clock.
    pub(crate) async fn next_note(&self, parent: &Parent) -> Option<String> {
        let row = self.row(parent).await?;
        Some(
            row.zone
                .wall(row.next?.due)
                .format("%a %Y-%m-%d %H:%M")
                .to_string(),
        )
    }

    /// Moves the clock to the next note of a parent and brings it; tells when that was, on her wall clock.
    pub(crate) async fn next_note_comes(&self, parent: &Parent) -> String {
        let due = self.row(parent).await.unwrap().next.unwrap().due;
        let wall = self.next_note(parent).await.unwrap();
        self.jump_to(due).await;
        wall
    }

    /// How many messages (not edits) the bot has sent to a parent.
    pub(crate) fn messages_to(&self, parent: &Parent) -> usize {
        self.telegram
            .everything_said()
            .iter()
            .filter(|said| said.chat == parent.id && !said.edit)
            .count()
    }

    /// The newest text the bot said to a parent, with its footer.
    pub(crate) fn last_to(&self, parent: &Parent) -> String {
        let said = self.telegram.everything_said();
        said.iter()
            .rev()
            .find(|said| said.chat == parent.id)
            .map(|said| said.text.clone())
            .unwrap_or_default()
    }

    /// Every byte that lies in the folder of the database.
    pub(crate) fn bytes_on_disk(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        files
            .flat_map(|file| std::fs::read(file.unwrap().path()).unwrap())
            .collect()
    }

    /// Stops the bot in order and starts it again on the same data.
    pub(crate) async fn restarts(&mut self) {
        self.stops().await;
        let (store, courier, running) = start(&self.settings, &self.clock).await;
        (self.store, self.courier, self.running) = (store, courier, Some(running));
    }

    /// Changes a setting for the next start; an empty value takes it away.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.settings.insert(name.to_owned(), value.to_owned());
    }

    /// Stops the bot in order.
    pub(crate) async fn stops(&mut self) {
        if let Some((stop, running)) = self.running.take() {
            stop.cancel();
            running.await.unwrap().unwrap();
        }
    }
}

/// Every message of every test carries its footer: this is looked at whenever a world ends.
impl Drop for World {
    fn drop(&mut self) {
        if let Some((stop, _)) = self.running.take() {
            stop.cancel();
        }
        if std::thread::panicking() {
            return;
        }
        let footers = footers();
        for said in self.telegram.everything_said() {
            assert!(
                footers
                    .iter()
                    .any(|footer| said.text.ends_with(footer.as_str())),
                "a message without its footer:\n{}",
                said.text
            );
        }
        let toasts = self.telegram.toasts();
        assert!(
            toasts.iter().all(|(_, text)| text.is_empty()),
            "a toast has no room for a footer: {toasts:?}"
        );
        limits_were_kept(&self.telegram);
    }
}

/// How many messages more than allowed may arrive in one second on a machine that is busy with many tests: they left
/// evenly spaced, and were held up on the way. `cargo bench --bench promises`, alone on its machine, allows none.
const HELD_UP: usize = 3;

/// Telegram's limits were kept, as far as a busy machine can tell.
pub(crate) fn limits_were_kept(telegram: &StandIn) {
    limits_were_kept_but(telegram, |_| false);
}

/// The same, but for what is forgiven.
pub(crate) fn limits_were_kept_but(telegram: &StandIn, forgiven: impl Fn(&Breach) -> bool) {
    let broken = |breach: &Breach| {
        (breach.limit != Limit::Overall || breach.in_window > 30 + HELD_UP) && !forgiven(breach)
    };
    let breaches: Vec<Breach> = telegram.breaches().into_iter().filter(broken).collect();
    assert!(
        breaches.is_empty(),
        "Telegram's limits were not kept: {breaches:?}"
    );
}

/// Every footer there is, as a parent reads it.
pub(crate) fn footers() -> &'static [String] {
    static FOOTERS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let content = Content::built_in().unwrap();
        let countries = content.crisis.countries().map(CountryLines::country);
        let voices =
            countries.flat_map(|country| Language::ALL.map(|language| Voice { language, country }));
        voices
            .map(|voice| plain(content.crisis.footer(voice)))
            .collect()
    });
    &FOOTERS
}

async fn start(
    settings: &HashMap<String, String>,
    clock: &Clock,
) -> (
    Store,
    Courier,
    (CancellationToken, JoinHandle<anyhow::Result<()>>),
) {
    let config = Config::read(|name| settings.get(name).cloned()).unwrap();
    let app = App::build(&config, clock.clone()).await.unwrap();
    let (store, courier) = (app.store.clone(), app.courier.clone());
    let stop = CancellationToken::new();
    let running = tokio::spawn(app.run(stop.clone()));
    (store, courier, (stop, running))
}
