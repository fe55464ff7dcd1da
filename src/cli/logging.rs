//! The log: lines on standard error, for people or for machines, without anything about a person.
//!
//! The libraries that talk to Telegram can print addresses with the token in them and message texts: they say nothing
//! here, whatever `RUST_LOG` asks for. The database library tells errors only, without values. Lines written through
//! the older `log` interface (teloxide, reqwest, rustls) are not taken in at all.

use anyhow::Context as _;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer, fmt::MakeWriter, layer::SubscriberExt as _, registry::LookupSpan,
};

use crate::{
    config::{Log, LogFormat},
    telegram::redact,
};

/// The database library: below errors it can print values.
const DATABASE: &str = "sqlx";

/// Starts the log for the whole program.
pub(super) fn start(log: &Log) -> anyhow::Result<()> {
    tracing::subscriber::set_global_default(lines(log, std::io::stderr)?)
        .context("the log was started twice")?;
    redact::tame_panics();
    Ok(())
}

fn lines<W>(log: &Log, to: W) -> anyhow::Result<impl Subscriber + Send + Sync + use<W>>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let asked = EnvFilter::try_new(&log.filter).context("RUST_LOG cannot be read as levels")?;
    let safe = tracing_subscriber::filter::filter_fn(is_safe);
    let registry = tracing_subscriber::registry().with(asked).with(safe);
    Ok(registry.with(shape(log.format, to)))
}

fn shape<S, W>(format: LogFormat, to: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(to);
    match format {
        LogFormat::Text => lines.with_ansi(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    }
}

fn is_safe(line: &Metadata<'_>) -> bool {
    let library = line.target().split("::").next().unwrap_or_default();
    redact::may_log(line.target()) && (library != DATABASE || *line.level() <= Level::ERROR)
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is logged by `speak` under these settings.
    fn logged(format: LogFormat, filter: &str, speak: impl FnOnce()) -> String {
        let paper = Paper::default();
        let log = Log {
            format,
            filter: filter.to_owned(),
        };
        let to = paper.clone();
        let lines = lines(&log, move || to.clone()).unwrap();
        tracing::subscriber::with_default(lines, speak);
        String::from_utf8(paper.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn libraries_that_know_the_token_stay_quiet_whatever_is_asked_for() {
        let asked = "trace,hyper_util::client=trace,sqlx::query=debug";
        let said = logged(LogFormat::Text, asked, || {
            tracing::debug!(target: "hyper_util::client::legacy", "/bot1:secret/getMe");
            tracing::info!(target: "sqlx::query", "secret");
            tracing::trace!(target: "reqwest", "secret");
            tracing::warn!(target: "hyper_util::client", "secret");
            tracing::warn!(target: "sqlx::pool", "secret");
            tracing::error!(target: "sqlx::pool", "the database is gone");
            tracing::trace!(target: "slowbloom::door", "a line of our own");
        });
        assert!(!said.contains("secret"), "{said}");
        assert!(
            said.contains("the database is gone") && said.contains("a line of our own"),
            "{said}"
        );
    }

    #[test]
    fn the_level_that_is_asked_for_holds_for_our_own_lines() {
        let said = logged(LogFormat::Text, "warn", || {
            tracing::info!(target: "slowbloom::app", "started");
            tracing::warn!(target: "slowbloom::app", "slow");
        });
        assert!(!said.contains("started") && said.contains("slow"), "{said}");
    }

    #[test]
    fn json_lines_are_json() {
        let said = logged(LogFormat::Json, "info", || {
            tracing::info!(target: "slowbloom::app", due = 3, "started");
        });
        let line: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(line["message"], "started");
        assert_eq!(line["due"], 3);
        assert_eq!(line["target"], "slowbloom::app");
    }
}
