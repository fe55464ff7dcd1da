//! `slowbloom run`: the bot itself.

use std::process::ExitCode;

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::logging;
use crate::{
    app::{self, App},
    clock::Clock,
    config::Config,
};

/// What `run` takes: nothing; the settings say it all.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args) -> anyhow::Result<ExitCode> {
    let config = Config::from_env()?;
    logging::start(&config.log)?;
    config.token()?;
    for warning in config
        .warnings
        .iter()
        .cloned()
        .chain(app::passed_over(&config))
    {
        tracing::warn!("{warning}");
    }
    super::wait_for(async {
        let stop = until_told_to_stop()?;
        let built = App::build(&config, Clock::system());
        match stop.run_until_cancelled(built).await {
            Some(app) => app?.run(stop).await,
            None => Ok(()),
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Cancelled at the first Ctrl-C or SIGTERM.
pub(super) fn until_told_to_stop() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for Ctrl-C")?;
    let told = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        told.cancel();
    });
    Ok(stop)
}
