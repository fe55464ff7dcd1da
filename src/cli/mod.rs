//! The program's verbs, one file each; what the command line means, and how an error is said.
//!
//! Exit codes: 0 all is well, 1 something failed, 2 the command line or the settings are wrong.

mod check;
mod keygen;
mod logging;
mod run;
mod triage;
mod try_it;

use std::{ffi::OsString, io, process::ExitCode};

use anyhow::Context as _;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::config::{self, Problems};

/// The command line or the settings are wrong.
const WRONG_USE: u8 = 2;

const EXAMPLES: &str = "\
Examples:
  slowbloom try                see it as a parent would, with no token and no account
  slowbloom check              before every restart: is everything in order?
  slowbloom run                the bot itself; stops in order on Ctrl-C or SIGTERM";

/// A Telegram companion for parents whose bond with their baby is slow to come.
#[derive(Debug, Parser)]
#[command(name = "slowbloom", version, arg_required_else_help = true)]
struct CommandLine {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Runs the bot
    Run(run::Args),
    /// Shows the bot in your browser, with a built-in stand-in for Telegram: no token, no network
    Try(try_it::Args),
    /// Looks at settings, messages, crisis lines, database and token, and says what is wrong
    Check(check::Args),
    /// Says how typed messages are understood: JSON lines on standard input, one answer a line
    Triage(triage::Args),
    /// Makes a new key for the data
    Keygen(keygen::Args),
}

/// Does what the command line says. Everything that goes wrong is said here, once, on standard error.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let verb = match read(args) {
        Ok(command_line) => command_line.verb,
        Err(error) => {
            // Help and version come this way too. Nobody is left to tell when this cannot be printed.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(WRONG_USE));
        }
    };
    let done = match verb {
        Verb::Run(args) => run::run(&args),
        Verb::Try(args) => try_it::run(&args),
        Verb::Check(args) => check::run(&args),
        Verb::Triage(args) => triage::run(&args),
        Verb::Keygen(args) => keygen::run(&args),
    };
    done.unwrap_or_else(|error| report(&error))
}

fn read(args: impl IntoIterator<Item = OsString>) -> Result<CommandLine, clap::Error> {
    let short = format!("{EXAMPLES}\n\nSettings come from the environment or .env: see --help.");
    let long = format!("{EXAMPLES}\n\n{}", config::help());
    let command = CommandLine::command()
        .after_help(short)
        .after_long_help(long);
    CommandLine::from_arg_matches(&command.try_get_matches_from(args)?)
}

fn report(error: &anyhow::Error) -> ExitCode {
    if is_broken_pipe(error) {
        // Whoever reads our output (`| head`) has had enough.
        return ExitCode::SUCCESS;
    }
    eprintln!("slowbloom: {error:#}");
    if error.is::<Problems>() {
        ExitCode::from(WRONG_USE)
    } else {
        ExitCode::FAILURE
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Runs a verb that waits for the network or the clock. What still runs when it is done is left behind: a thread that
/// hangs must not keep the program from ending.
fn wait_for<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the threads that the bot runs on")?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(args: &[&str]) -> String {
        let args = args.iter().map(OsString::from);
        let error = read(args).expect_err("only help, version and slips are asked for here");
        error.to_string()
    }

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn help_names_every_verb_and_every_setting() {
        let help = said(&["slowbloom", "--help"]);
        let verbs = ["run", "try", "check", "triage", "keygen"];
        let settings = config::SETTINGS.iter().map(|setting| setting.name);
        for name in verbs.into_iter().chain(settings) {
            assert!(help.contains(name), "{name} is missing in:\n{help}");
        }
    }

    #[test]
    fn an_unknown_verb_is_answered_with_what_was_meant() {
        assert!(said(&["slowbloom", "chek"]).contains("check"));
    }

    #[test]
    fn what_hangs_does_not_keep_the_program_from_ending() {
        let (_never, waits) = std::sync::mpsc::channel::<()>();
        let done = wait_for(async {
            tokio::task::spawn_blocking(move || waits.recv());
            Ok(7)
        });
        assert_eq!(done.expect("nothing fails here"), 7);
    }

    #[test]
    fn wrong_settings_and_failures_have_different_exit_codes() {
        let settings = anyhow::Error::from(
            config::Config::read(|name| (name == "SEND_RATE").then(|| "x".to_owned()))
                .expect_err("x is not a rate"),
        );
        let shown = |code: ExitCode| format!("{code:?}");
        assert_eq!(shown(report(&settings)), shown(ExitCode::from(2)));
        let failure = anyhow::anyhow!("the disk is full");
        assert_eq!(shown(report(&failure)), shown(ExitCode::from(1)));
    }
}
