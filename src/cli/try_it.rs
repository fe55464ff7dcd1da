//! `slowbloom try`: the real bot against the built-in stand-in for Telegram, seen in a browser on this machine.

use std::process::ExitCode;

use super::logging;
use crate::config::Config;

/// What `try` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The port of the page on 127.0.0.1; 0 picks a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let config = Config::from_env()?;
    logging::start(&config.log)?;
    super::wait_for(async {
        anyhow::bail!("this version cannot show the bot on port {} yet", args.port)
    })
}
