//! The promises of speed, size and steadiness, measured on the real program against the stand-in for Telegram.
//!
//! `cargo bench --bench promises -- broadcast-30 seconds=120`: names choose what is measured (without one, all of it),
//! `name=number` changes a size, `database=postgres://…` the database where that is measured. docs/benchmarks.md says what each
//! figure means. A broken promise (`promise`) makes the process fail.

mod answers;
mod behind;
mod bot;
mod broadcast;
mod figures;
mod lateness;
mod promise;
mod size;
mod stop;
mod storm;
mod taps;
mod town;
mod triage;
mod webhook;

use std::process::ExitCode;

use anyhow::{Context as _, bail};

/// What was asked for on the command line.
struct Asked {
    names: Vec<String>,
    numbers: Vec<(String, u64)>,
    /// A PostgreSQL server, instead of SQLite.
    database: Option<String>,
}

const ALL: [&str; 16] = [
    "triage",
    "broadcast-30",
    "broadcast-1000",
    "answers-30",
    "answers-1000",
    "lateness",
    "size",
    "backlog",
    "flood",
    "locked",
    "banned",
    "taps",
    "stop",
    "webhook",
    "bad-chat",
    "storm",
];

/// What can also be measured on PostgreSQL.
const ON_POSTGRES: [&str; 3] = ["broadcast-30", "broadcast-1000", "lateness"];

impl Asked {
    fn read() -> anyhow::Result<Self> {
        let mut asked = Self {
            names: Vec::new(),
            numbers: Vec::new(),
            database: None,
        };
        // cargo adds `--bench`.
        for word in std::env::args().skip(1).filter(|word| word != "--bench") {
            match word.split_once('=') {
                Some(("database", url)) => asked.database = Some(url.to_owned()),
                Some((name, number)) => {
                    let number = number.parse().with_context(|| word.clone())?;
                    asked.numbers.push((name.to_owned(), number));
                }
                None if ALL.contains(&word.as_str()) => asked.names.push(word),
                None => bail!("there is no {word}; there are: {}", ALL.join(", ")),
            }
        }
        if asked.names.is_empty() {
            asked.names = ALL.map(str::to_owned).into();
        }
        let elsewhere = |name: &String| !ON_POSTGRES.contains(&name.as_str());
        if asked.database.is_some() && asked.names.iter().any(elsewhere) {
            bail!("database= is for {} only", ON_POSTGRES.join(", "));
        }
        Ok(asked)
    }

    /// A size, unless the command line says otherwise.
    fn number(&self, name: &str, usual: u64) -> u64 {
        let said = self.numbers.iter().rev().find(|(said, _)| said == name);
        said.map_or(usual, |(_, number)| *number)
    }
}

fn main() -> anyhow::Result<ExitCode> {
    let asked = Asked::read()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    println!("{}", figures::machine());
    for name in &asked.names {
        promise::begin(name);
        if let Err(error) = runtime.block_on(measure(name, &asked)) {
            promise::failed(&error);
        }
    }
    Ok(if promise::all_kept() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn measure(name: &str, asked: &Asked) -> anyhow::Result<()> {
    match name {
        "triage" => triage::run(asked),
        "broadcast-30" => broadcast::run(asked, asked.number("notes", 3_000), 30).await,
        "broadcast-1000" => broadcast::run(asked, asked.number("notes", 20_000), 1_000).await,
        "answers-30" => answers::run(asked, 30).await,
        "answers-1000" => answers::run(asked, 1_000).await,
        "lateness" => lateness::run(asked).await,
        "size" => size::run(asked).await,
        "backlog" => behind::backlog(asked).await,
        "flood" => behind::flood(asked).await,
        "banned" => behind::banned(asked).await,
        "locked" => behind::locked(asked).await,
        "taps" => taps::run(asked).await,
        "stop" => stop::run(asked.number("stops", 5)).await,
        "webhook" => webhook::run(asked.number("updates", 1_000)).await,
        "bad-chat" => storm::bad_chat::run(asked).await,
        _ => storm::run(asked).await,
    }
}
