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
    let unread = answer(
        io::stdin().lock(),
        io::stdout().lock(),
        io::stderr(),
        args.explain,
    )?;
    Ok(if unread == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// One answer a line, as soon as the line is there. Empty lines are passed over; a line that cannot be read is named
/// in `complaints` and counted, and the rest is still answered.
fn answer(
    mut from: impl BufRead,
    mut to: impl Write,
    mut complaints: impl Write,
    explain: bool,
) -> anyhow::Result<usize> {
    let mut unread = 0;
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if from
            .read_until(b'\n', &mut line)
            .context("cannot read the input")?
            == 0
        {
            break;
        }
        // Bytes that are no UTF-8 become a sign that stands for them: the words around them still count.
        let text = String::from_utf8_lossy(&line);
        if text.trim().is_empty() {
            continue;
        }
        match audit_line(&text, explain) {
            Ok(answer) => {
                writeln!(to, "{answer}")?;
                to.flush()?;
            }
            Err(error) => {
                unread += 1;
                writeln!(complaints, "line {number} of the input: {error}")?;
            }
        }
    }
    Ok(unread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_cannot_be_read_is_named_by_its_number_and_the_rest_is_answered() {
        let input = b"\n  \n{\"id\": 1, \"txt\": \"hush\"}\n\xff\xfe\n{\"id\": 2, \"text\": \"good night\"}\n";
        let (mut answers, mut complaints) = (Vec::new(), Vec::new());
        let unread = answer(input.as_slice(), &mut answers, &mut complaints, false).unwrap();
        let (answers, complaints) = (
            String::from_utf8(answers).unwrap(),
            String::from_utf8(complaints).unwrap(),
        );
        assert_eq!(unread, 2);
        assert!(
            complaints.starts_with("line 3 of the input: ") && complaints.contains("line 4 "),
            "{complaints}"
        );
        assert!(!complaints.contains("hush"), "{complaints}");
        assert_eq!(answers.lines().count(), 1, "{answers}");
        assert!(answers.contains("\"tier\":\"none\""), "{answers}");
    }
}
