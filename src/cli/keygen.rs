//! `slowbloom keygen`: a new key for the data.

use std::{
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::ensure;
use secrecy::ExposeSecret as _;

use crate::store::Keys;

/// What `keygen` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Keep a copy of the key apart from the copies of the database: neither is of use without the other,
and a lost key cannot be made again.")]
pub(super) struct Args {
    /// Writes the key into this new file, readable by its owner only, in place of printing it
    #[arg(long, value_name = "PATH")]
    file: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.file {
        Some(path) => {
            // Never over a file that is there: it may hold the only key to a database.
            ensure!(
                !path.try_exists()?,
                "{} is there already; name a new file",
                path.display()
            );
            Keys::load_or_create(path)?;
            writeln!(
                io::stdout(),
                "wrote {}; keep a copy of it, apart from the copies of the database",
                path.display()
            )?;
        }
        None => writeln!(io::stdout(), "{}", Keys::generate_text().expose_secret())?,
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slowbloom.key");
        let args = Args {
            file: Some(path.clone()),
        };
        run(&args).unwrap();
        let first = std::fs::read_to_string(&path).unwrap();
        assert_eq!(first.trim().len(), 64);
        assert!(run(&args).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), first);
    }
}
