//! Builds everything, runs the loops, stops in order.

mod duty;
mod greeting;
mod metrics;
mod reload;
mod rooms;
mod standing;
mod supervisor;
mod upkeep;
mod watchdog;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, anyhow, bail, ensure};
use duty::{ASK_EVERY, Ended, LAST_WORDS};
use rooms::{Rooms, Webhook};
use secrecy::{ExposeSecret as _, SecretString};
use standing::{Phase, Standing};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::{
    clock::Clock,
    config::{self, Config, DataKey},
    content::{Content, Live},
    conversation::Defaults,
    courier::Courier,
    domain::Outcome,
    inbound::Inbound,
    store::{Keys, Lead, Store},
    telegram::{self, Door, Inbox, Limits, Registration, Telegram},
    web,
};

/// Where the messages lie, in the working directory, unless the settings say otherwise.
const BESIDE: &str = "messages";

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
    registration: Option<Registration>,
    rooms: Rooms,
    standing: Standing,
    /// `None` while another process leads.
    lead: Option<Lead>,
    _answers_until_dropped: Option<web::Serving>,
}

impl App {
    /// Reads the messages, opens the database, asks Telegram who the bot is (until it answers: a small machine boots
    /// before its router), and takes the lead if it is free.
    pub async fn build(config: &Config, clock: Clock) -> anyhow::Result<Self> {
        let standing = Standing::new();
        let content = load_content(config)?;
        check_country(config, &content.load())?;
        // Before a key is made: it would lie beside data that may come back with another.
        Store::look(config.database_url.expose_secret())?;
        let keys = load_keys(config)?;
        let webhook = config
            .webhook
            .as_ref()
            .map(|webhook| hooked(webhook, &keys));
        let answers = answers(&standing, webhook.as_ref())?;
        let serving = match config.http_listen {
            Some(address) => Some(web::serve(web::listen(address).await?, answers)?),
            None => None,
        };
        let store = Store::open(config.database_url.expose_secret(), keys.clone()).await?;
        // On SQLite a second process ends here. On PostgreSQL whoever does not reach Telegram must not keep the lead from
        // one who does.
        let lead = if store.is_shared() {
            None
        } else {
            store.try_lead().await?
        };
        let telegram = Telegram::new(&config.api_url, token(config)?, config.proxy.as_ref())?;
        let me = greeting::until_known(&telegram, &standing).await?;
        let lead = match lead {
            Some(lead) => Some(lead),
            None => store.try_lead().await?,
        };
        let rooms = Rooms {
            telegram,
            store: store.clone(),
            keys,
            content,
            clock,
            defaults: Defaults {
                zone: config.default_zone.clone(),
                country: config.default_country,
                bot_name: me.username,
            },
            limits: Limits {
                per_second: config.send_rate.get(),
                paid: config.paid_broadcast,
            },
            webhook,
            messages: messages_folder(config),
        };
        let duty = rooms.duty();
        Ok(Self {
            courier: duty.courier,
            inbound: duty.inbound,
            door: duty.door,
            inbox: duty.inbox,
            registration: duty.registration,
            store,
            rooms,
            standing,
            lead,
            _answers_until_dropped: serving,
        })
    }

    /// Stands by while another process leads, leads, and so on until `stop` is cancelled; then stops in order and
    /// closes the database. Ends early, with one sentence, when Telegram refuses the token or when a loop hangs.
    pub async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let (rooms, standing) = (self.rooms, self.standing);
        let _stops_with_us = stop.clone().drop_guard();
        tokio::spawn(supervisor::report(standing.clone(), stop.clone()));
        tokio::spawn(reload_messages(
            rooms.messages.clone(),
            rooms.content.clone(),
            stop.clone(),
        ));
        let stopping = {
            let (standing, stop) = (standing.clone(), stop.clone());
            async move {
                stop.cancelled().await;
                standing.set(Phase::Stopping);
            }
        };
        tokio::spawn(stopping);
        let mut free = self.lead;
        let mut duty = duty::Duty {
            courier: self.courier,
            inbound: self.inbound,
            door: self.door,
            inbox: self.inbox,
            registration: self.registration,
        };
        let ended = loop {
            let lead = match free.take() {
                Some(lead) => lead,
                None => match stand_by(&rooms.store, &standing, &stop).await {
                    Some(lead) => lead,
                    None => break Ok(()),
                },
            };
            let leading = Box::pin(duty.lead(lead, &rooms, &standing, &stop));
            match leading.await? {
                Ended::ToStop(ended) => break ended,
                Ended::Lost => tracing::warn!("another process may lead now: standing by"),
            }
            duty = rooms.duty();
        };
        // A statement that gets no answer would be waited for; nobody needs it any more.
        let _ = timeout(LAST_WORDS, rooms.store.close()).await;
        tracing::info!("stopped in order");
        ended
    }
}

/// Asks for the lead until it is free; `None` when it is time to stop.
async fn stand_by(store: &Store, standing: &Standing, stop: &CancellationToken) -> Option<Lead> {
    standing.set(Phase::StandingBy);
    let mut said = false;
    loop {
        let asked = store.try_lead().await;
        if stop.is_cancelled() {
            return None;
        }
        match asked {
            Ok(Some(lead)) => return Some(lead),
            _ if said => {}
            Ok(None) => tracing::info!("another process leads; standing by"),
            Err(error) => tracing::warn!("standing by: {error:#}"),
        }
        said = true;
        tokio::select! {
            () = stop.cancelled() => return None,
            () = tokio::time::sleep(ASK_EVERY) => {}
        }
    }
}

fn hooked(webhook: &config::Webhook, keys: &Keys) -> Webhook {
    Webhook {
        address: webhook.url.clone(),
        secret: webhook
            .secret
            .clone()
            .unwrap_or_else(|| keys.webhook_secret()),
    }
}

fn answers(standing: &Standing, webhook: Option<&Webhook>) -> anyhow::Result<web::Answers> {
    // Updates are worked on by the threads of the program, not by the one that answers over HTTP.
    let program = tokio::runtime::Handle::current();
    let hook = |webhook: &Webhook| {
        let standing = standing.clone();
        let address = webhook.address.parse::<axum::http::Uri>();
        anyhow::Ok(web::Hook {
            path: address
                .context("WEBHOOK_URL is no address")?
                .path()
                .to_owned(),
            secret: webhook.secret.clone(),
            take: Arc::new(move |body| {
                let standing = standing.clone();
                let work = program.spawn(async move { standing.take(&body).await });
                Box::pin(async move { work.await.unwrap_or(web::Taken::Later) })
            }),
        })
    };
    let (health, readiness, metrics) = (standing.clone(), standing.clone(), standing.clone());
    Ok(web::Answers {
        health: Arc::new(move || health.health()),
        readiness: Arc::new(move || readiness.readiness()),
        metrics: Arc::new(move || metrics.metrics()),
        hook: webhook.map(hook).transpose()?,
    })
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

/// What lies where a folder of messages is looked for and is none, so that the copy built in counts.
pub fn passed_over(config: &Config) -> Option<String> {
    let place = Path::new(BESIDE);
    let is_none = config.messages_dir.is_none() && !place.is_dir();
    (is_none && (place.is_symlink() || place.exists())).then(|| {
        format!(
            "“{BESIDE}” here is no folder: the messages built into the program are used; put the folder there, or move this \
             away"
        )
    })
}

fn messages_folder(config: &Config) -> Option<PathBuf> {
    let beside = || Some(PathBuf::from(BESIDE)).filter(|path| path.is_dir());
    config.messages_dir.clone().or_else(beside)
}

/// The data key, made on first start when it lies in a file.
pub fn load_keys(config: &Config) -> anyhow::Result<Keys> {
    refuse_lost_key(config)?;
    match &config.data_key {
        DataKey::File(path) => Keys::load_or_create(path),
        DataKey::Given(_) => read_keys(&config.data_key),
    }
}

/// With data but without its key nothing is made: a new key could not read the data, and would lie where the real one
/// belongs.
pub fn refuse_lost_key(config: &Config) -> anyhow::Result<()> {
    match &config.data_key {
        DataKey::File(path)
            if !path.exists() && Store::has_file(config.database_url.expose_secret()) =>
        {
            bail!(
                "the key file {} is missing, and the database {} cannot be read without it: put the key back from its \
             copy (to begin anew without the old data, move the database away)",
                path.display(),
                config.database()
            )
        }
        DataKey::File(_) | DataKey::Given(_) => Ok(()),
    }
}

/// The country that holds for whoever has chosen none has crisis lines.
pub fn check_country(config: &Config, content: &Content) -> anyhow::Result<()> {
    let lines = &content.crisis;
    let codes: Vec<String> = lines
        .countries()
        .map(|lines| lines.country().to_string())
        .collect();
    ensure!(
        lines.knows(config.default_country),
        "DEFAULT_COUNTRY={}: there are no crisis lines for it; allowed: {} (EU: another country of the European \
         Union, ZZ: elsewhere)",
        config.default_country,
        codes.join(", ")
    );
    Ok(())
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
            "{failure}: is this machine online, is its clock right, and are TELOXIDE_API_URL and TELOXIDE_PROXY, if they are set?"
        ),
    }
}

fn token(config: &Config) -> anyhow::Result<SecretString> {
    Ok(config.token()?.clone())
}

async fn reload_messages(folder: Option<PathBuf>, content: Live, stop: CancellationToken) {
    let Some(folder) = folder else { return };
    if let Err(error) = reload::watch(folder, content, stop).await {
        tracing::warn!("an edit of the messages will be seen at the next start only: {error:#}");
    }
}
