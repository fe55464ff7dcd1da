//! `slowbloom run`: the bot itself.

use std::process::ExitCode;

use super::logging;
use crate::config::Config;

/// What `run` takes: nothing; the settings say it all.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args) -> anyhow::Result<ExitCode> {
    let config = Config::from_env()?;
    logging::start(&config.log)?;
    config.token()?;
    super::wait_for(async { anyhow::bail!("this version cannot run the bot yet") })
}
