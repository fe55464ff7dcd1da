//! `slowbloom triage`: how typed messages are understood, so that anyone can audit the safety net.

use std::{
    io::{self, BufRead, Write},
    process::ExitCode,
};

use anyhow::Context as _;

use crate::triage::audit_line;

/// What `triage` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Reads lines such as   {\"id\": 1, \"text\": \"I am dead tired\"}
and writes            {\"id\": 1, \"tier\": \"none\", \"category\": \"none\", \"lang\": \"en\"}
with the tier emergency, loss, concern or none. Nothing is stored.")]
pub(super) struct Args {
    /// Adds what led to each answer
    #[arg(long)]
    explain: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    answer(io::stdin().lock(), io::stdout().lock(), args.explain)?;
    Ok(ExitCode::SUCCESS)
}

/// One answer a line, as soon as the line is there. Empty lines are passed over.
fn answer(from: impl BufRead, mut to: impl Write, explain: bool) -> anyhow::Result<()> {
    for (index, line) in from.lines().enumerate() {
        let here = || format!("line {} of the input", index + 1);
        let line = line.with_context(here)?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = audit_line(&line, explain).with_context(here)?;
        writeln!(to, "{answer}")?;
        to.flush()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_cannot_be_read_is_named_by_its_number_and_not_repeated() {
        let input = "\n  \n{\"id\": 1, \"txt\": \"hush\"}\n";
        let error = answer(input.as_bytes(), Vec::new(), false).unwrap_err();
        let said = format!("{error:#}");
        assert!(
            said.starts_with("line 3 of the input: ") && !said.contains("hush"),
            "{said}"
        );
    }
}
