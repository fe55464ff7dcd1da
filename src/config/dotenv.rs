//! `.env` in the working directory: read, never put into the environment, never repeated in an error.

use std::{collections::HashMap, fs, io};

use super::{Problems, SETTINGS};

const FILE: &str = ".env";

/// How many letters a name may be away from a setting's to be taken for a slip.
const SLIP: usize = 2;

/// What the file sets; nothing when there is no file.
pub(super) fn read() -> Result<HashMap<String, String>, Problems> {
    match fs::read_to_string(FILE) {
        Ok(text) => parse(&text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(HashMap::new()),
        Err(error) => Err(Problems::one(format!("{FILE} cannot be read: {error}"))),
    }
}

/// The values by name. The first of two lines with one name counts, as with every reader of such files.
pub(super) fn parse(text: &str) -> Result<HashMap<String, String>, Problems> {
    let mut values = HashMap::new();
    for entry in dotenvy::from_read_iter(text.as_bytes()) {
        let (name, value) = entry.map_err(|error| Problems::one(explain(&error, text)))?;
        if !value.is_empty() {
            values.entry(name).or_insert(value);
        }
    }
    Problems::none_of(values.keys().filter_map(|name| slip(name)))?;
    Ok(values)
}

/// Names the line by its number: its text may be a secret.
fn explain(error: &dotenvy::Error, text: &str) -> String {
    let line = match error {
        dotenvy::Error::LineParse(wrong, _) => text.lines().position(|line| line == wrong),
        _ => None,
    };
    let place = line.map_or_else(|| FILE.to_owned(), |at| format!("{FILE}, line {}", at + 1));
    format!(
        "{place}: not of the form NAME=value; a value with spaces, # or $ goes in 'single quotes'"
    )
}

/// A misspelled name would be a setting that silently does nothing.
fn slip(name: &str) -> Option<String> {
    if SETTINGS.iter().any(|setting| setting.name == name) {
        return None;
    }
    let meant = SETTINGS
        .iter()
        .find(|setting| strsim::osa_distance(setting.name, &name.to_ascii_uppercase()) <= SLIP)?;
    Some(format!(
        "{FILE}: {name} is not a setting; did you mean {}?",
        meant.name
    ))
}
