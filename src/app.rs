//! Builds everything, runs the loops, stops in order.

mod reload;

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context as _, anyhow, bail};
use secrecy::{ExposeSecret as _, SecretString};
use tokio_util::sync::CancellationToken;

use crate::{
    clock::Clock,
    config::{Config, DataKey},
    content::{Content, Live, Voice},
    conversation::{Defaults, profile},
    courier::Courier,
    domain::{Country, Outcome},
    inbound::Inbound,
    store::{Keys, Lead, Store},
    telegram::{self, Door, Inbox, Limits, Telegram, Wording},
};

/// How long messages that are on their way may take when the program is told to stop. With the rest of stopping in
/// order it stays below the 10 seconds that were promised.
const LAST_MESSAGES: Duration = Duration::from_secs(5);

/// How long answers that are being given may take when the program is told to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(3);

/// The bot, built and ready to run.
pub struct App {
    /// The journey of every note.
    pub courier: Courier,
    /// The journey of every update.
    pub inbound: Inbound,
    /// The one door out.
    pub door: Door,
    /// What is remembered.
    pub store: Store,
    inbox: Inbox,
    telegram: Telegram,
    content: Live,
    /// The folder that the messages come from, if they are not built in.
    messages: Option<PathBuf>,
    country: Country,
    lead: Lead,
}

impl App {
    /// Reads the messages, opens the database, and asks Telegram who the bot is.
    pub async fn build(config: &Config, clock: Clock) -> anyhow::Result<Self> {
        let content = load_content(config)?;
        let keys = load_keys(&config.data_key)?;
        let store = Store::open(config.database_url.expose_secret(), keys.clone()).await?;
        let Some(lead) = store.try_lead().await? else {
            bail!(
                "another slowbloom already runs on the database {}; stop it first, or give this one a database of \
                 its own (DATABASE_URL)",
                store.place()
            );
        };
        let telegram = Telegram::new(&config.api_url, token(config)?, config.proxy.as_ref())?;
        let me = telegram.me().await.map_err(|failure| explain(&failure))?;
        let defaults = Defaults {
            zone: config.default_zone.clone(),
            country: config.default_country,
            bot_name: me.username,
        };
        let limits = Limits {
            per_second: config.send_rate.get(),
            paid: config.paid_broadcast,
        };
        let door = Door::start(telegram.clone(), wording(&content), clock.clone(), limits);
        let rooms = (
            door.clone(),
            store.clone(),
            keys,
            content.clone(),
            clock.clone(),
            defaults,
        );
        let (door_, store_, keys_, content_, clock_, defaults_) = rooms.clone();
        let courier = Courier::new(door_, store_, keys_, content_, clock_, defaults_);
        let (door_, store_, keys_, content_, clock_, defaults_) = rooms;
        let inbound = Inbound::new(
            telegram.clone(),
            door_,
            store_,
            keys_,
            content_,
            clock_.clone(),
            defaults_,
        );
        let inbox = Inbox::new(telegram.clone(), clock_);
        Ok(Self {
            courier,
            inbound,
            door,
            store,
            inbox,
            telegram,
            content,
            messages: messages_folder(config),
            country: config.default_country,
            lead,
        })
    }

    /// Runs until `stop` is cancelled, then stops in order: no more updates, no more notes, the last messages out,
    /// the database closed. What was not finished is due or unacknowledged, and comes again after the next start.
    pub async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let resumed = self
            .inbound
            .resume_parked()
            .await
            .context("cannot read the parked answers")?;
        tracing::info!(parked = resumed, "Slow Bloom is running");
        let registration = tokio::spawn(register(
            self.telegram.clone(),
            self.content.clone(),
            self.country,
        ));
        let reloading = tokio::spawn(reload_messages(
            self.messages.clone(),
            self.content.clone(),
            stop.clone(),
        ));
        let courier = tokio::spawn({
            let (courier, stop) = (self.courier.clone(), stop.clone());
            async move { courier.run(stop).await }
        });
        let inbound = self.inbound.clone();
        let handle = move |update| {
            let inbound = inbound.clone();
            async move { inbound.handle(update).await }
        };
        let polled = self.inbox.run(handle, stop.clone(), LAST_ANSWERS).await;
        stop.cancel();
        registration.abort();
        drop(reloading.await);
        self.door.close(LAST_MESSAGES).await;
        drop(courier.await);
        self.courier.all_arrived().await;
        self.lead.release().await;
        self.store.close().await;
        tracing::info!("stopped in order");
        polled
    }
}

/// The messages: from the folder that is set, else from a folder `messages` in the working directory, else built in.
pub fn load_content(config: &Config) -> anyhow::Result<Live> {
    let read = match messages_folder(config) {
        Some(path) => reload::read(&path),
        None => Content::built_in().map_err(|problems| problems.to_string()),
    };
    let content = read.map_err(|problems| anyhow!("the messages cannot be used:\n  {problems}"))?;
    Ok(Live::new(content))
}

/// Where the messages come from, in words.
pub fn messages_place(config: &Config) -> String {
    messages_folder(config).map_or_else(
        || "the program itself".to_owned(),
        |path| format!("the folder {}", path.display()),
    )
}

fn messages_folder(config: &Config) -> Option<PathBuf> {
    let beside = || Some(PathBuf::from("messages")).filter(|path| path.is_dir());
    config.messages_dir.clone().or_else(beside)
}

/// The data key, made on first start when it lies in a file.
pub fn load_keys(key: &DataKey) -> anyhow::Result<Keys> {
    match key {
        DataKey::File(path) => Keys::load_or_create(path),
        DataKey::Given(_) => read_keys(key),
    }
}

/// The data key as it is; nothing is made.
pub fn read_keys(key: &DataKey) -> anyhow::Result<Keys> {
    match key {
        DataKey::Given(text) => {
            Keys::from_text(text.expose_secret()).context("DATA_KEY cannot be used")
        }
        DataKey::File(path) => Keys::load(path),
    }
}

/// A refusal of the first request, in words that say what to do.
pub fn explain(failure: &telegram::Failure) -> anyhow::Error {
    match failure.outcome {
        Outcome::Unauthorized => anyhow!(
            "Telegram does not know this token: copy it again from @BotFather into TELOXIDE_TOKEN"
        ),
        _ => anyhow!(
            "{failure}: is this machine online, and are TELOXIDE_API_URL and TELOXIDE_PROXY right, if they are set?"
        ),
    }
}

fn token(config: &Config) -> anyhow::Result<SecretString> {
    Ok(config.token()?.clone())
}

fn wording(content: &Live) -> Wording {
    let (footers, late) = (content.clone(), content.clone());
    Wording {
        footer: Arc::new(move |voice| footers.load().crisis.footer(voice).to_owned()),
        late: Arc::new(move |language| late.load().texts(language).phrases.answers.late.clone()),
    }
}

async fn reload_messages(folder: Option<PathBuf>, content: Live, stop: CancellationToken) {
    let Some(folder) = folder else { return };
    if let Err(error) = reload::watch(folder, content, stop).await {
        tracing::warn!("an edit of the messages will be seen at the next start only: {error:#}");
    }
}

/// Commands, descriptions and the menu button, in every language.
async fn register(telegram: Telegram, content: Live, country: Country) {
    let content = content.load();
    let shown = |language| {
        let profile = profile::of(&content, Voice { language, country });
        telegram::profile::Profile {
            commands: profile.commands,
            description: profile.description,
            short_description: profile.short_description,
        }
    };
    for unset in telegram::profile::register(&telegram, shown).await {
        tracing::warn!(what = unset.what, failure = %unset.failure, "not registered; tried again at the next start");
    }
}
