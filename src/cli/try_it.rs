//! `slowbloom try`: the real bot against the built-in stand-in for Telegram, seen in a browser on this machine.

use std::{
    collections::HashMap,
    io::{self, Write as _},
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::ExitCode,
    sync::{Arc, OnceLock},
};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

use super::{logging, run};
use crate::{
    app::App,
    clock::Clock,
    config::Config,
    domain::{ChatId, Subscriber, zone::Zone},
    sandbox::{StandIn, TryHooks},
    store::Store,
};

/// The port that is tried first, so that the address is the same from one time to the next.
const USUAL_PORT: u16 = 8340;

/// What `try` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The port of the page on 127.0.0.1 [default: 8340, or a free one when that is taken]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let folder = tempfile::Builder::new()
        .prefix("slowbloom-try-")
        .tempdir()
        .context("cannot make a throw-away folder")?;
    let base = settings(folder.path(), None)?;
    logging::start(&base.log)?;
    super::wait_for(async {
        let stop = run::until_told_to_stop()?;
        show(args.port, folder.path(), &base, stop).await
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn show(
    port: Option<u16>,
    folder: &Path,
    base: &Config,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let clock = Clock::system();
    let bot = Bot {
        store: Arc::default(),
        clock: clock.clone(),
        zone: base.default_zone.clone(),
    };
    let telegram = open_page(port, &clock, &bot).await?;
    let config = settings(folder, Some(&telegram))?;
    let app = App::build(&config, clock).await?;
    bot.store
        .set(app.store.clone())
        .ok()
        .context("the bot is built once")?;
    let mut out = io::stdout();
    writeln!(out, "Slow Bloom is at {}/", telegram.url())?;
    writeln!(
        out,
        "Open that address in a browser. Nothing leaves this machine, and nothing is kept. Ctrl-C ends it."
    )?;
    out.flush()?;
    app.run(stop).await
}

/// The usual port, another one when that is taken, or exactly the one that was asked for.
async fn open_page(port: Option<u16>, clock: &Clock, bot: &Bot) -> anyhow::Result<StandIn> {
    let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let open = |port| StandIn::start_with_page(clock.clone(), at(port), bot.hooks());
    match port {
        Some(port) => open(port).await.with_context(|| {
            format!("cannot use port {port}; leave --port away to use a free one")
        }),
        None => match open(USUAL_PORT).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => open(0).await,
            opened => opened,
        }
        .context("cannot open a page on 127.0.0.1"),
    }
}

/// The operator's own settings, but with throw-away data and the stand-in in place of Telegram.
fn settings(folder: &Path, telegram: Option<&StandIn>) -> anyhow::Result<Config> {
    let path = |name: &str| folder.join(name).display().to_string();
    let mut instead = HashMap::from([
        ("DATABASE_URL", format!("sqlite://{}", path("slowbloom.db"))),
        ("DATA_KEY", String::new()),
        ("DATA_KEY_FILE", path("slowbloom.key")),
        ("TELOXIDE_PROXY", String::new()),
        ("HTTP_LISTEN", String::new()),
        ("WEBHOOK_URL", String::new()),
        ("WEBHOOK_SECRET", String::new()),
        ("TELOXIDE_TOKEN", String::new()),
        ("TELOXIDE_API_URL", String::new()),
    ]);
    if let Some(telegram) = telegram {
        instead.insert("TELOXIDE_TOKEN", telegram.token().to_owned());
        instead.insert("TELOXIDE_API_URL", telegram.url());
    }
    Ok(Config::from_env_but(|name| instead.get(name).cloned())?)
}

/// What the page asks of the running bot.
#[derive(Clone)]
struct Bot {
    store: Arc<OnceLock<Store>>,
    clock: Clock,
    zone: Zone,
}

impl Bot {
    fn hooks(&self) -> TryHooks {
        let (zones, notes, changes) = (self.clone(), self.clone(), self.clone());
        TryHooks {
            zone: Arc::new(move |chat| {
                let bot = zones.clone();
                Box::pin(async move { bot.zone_of(chat).await })
            }),
            next_note: Arc::new(move |chat| {
                let bot = notes.clone();
                Box::pin(async move { bot.next_note(chat).await })
            }),
            next_zone_change: Arc::new(move |chat| {
                let bot = changes.clone();
                Box::pin(async move { bot.zone_of(chat).await.next_transition(bot.clock.now()) })
            }),
        }
    }

    async fn zone_of(&self, chat: i64) -> Zone {
        self.subscriber(chat)
            .await
            .map_or_else(|| self.zone.clone(), |subscriber| subscriber.zone)
    }

    async fn next_note(&self, chat: i64) -> Option<DateTime<Utc>> {
        self.subscriber(chat).await?.next.map(|slot| slot.due)
    }

    async fn subscriber(&self, chat: i64) -> Option<Subscriber> {
        self.store
            .get()?
            .subscriber(ChatId(chat))
            .await
            .ok()
            .flatten()
    }
}
