//! `slowbloom keygen`: a new key for the data.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};

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
    let key = new_key()?;
    match &args.file {
        Some(path) => write(path, &key)?,
        None => writeln!(std::io::stdout(), "{}", key.expose_secret())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// 32 random bytes as 64 hexadecimal digits.
fn new_key() -> anyhow::Result<SecretString> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow::anyhow!("the machine has no randomness for a key: {error}"))?;
    Ok(blake3::Hash::from_bytes(bytes).to_hex().to_string().into())
}

/// Never over a file that is there: it may hold the only key to a database.
fn write(path: &Path, key: &SecretString) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options
        .open(path)
        .with_context(|| format!("cannot make the new file {}", path.display()))?;
    writeln!(file, "{}", key.expose_secret())
        .and_then(|()| file.sync_all())
        .with_context(|| format!("cannot write the key to {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_64_digits_and_differ() {
        let [one, two] = [new_key().unwrap(), new_key().unwrap()];
        assert_eq!(one.expose_secret().len(), 64);
        assert_ne!(one.expose_secret(), two.expose_secret());
    }

    #[test]
    fn the_file_is_the_owner_s_and_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slowbloom.key");
        let args = Args {
            file: Some(path.clone()),
        };
        run(&args).unwrap();
        let first = std::fs::read_to_string(&path).unwrap();
        assert_eq!(first.trim().len(), 64);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(run(&args).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), first);
    }
}
