//! `.env` in the working directory: read, never put into the environment, never repeated in an error.

use std::{
    collections::HashMap,
    fs,
    io::{self, Read},
    os::unix::fs::PermissionsExt as _,
};

use super::{Problems, SETTINGS};

const FILE: &str = ".env";

/// Read or write for everyone.
const EVERYONE: u32 = 0o006;

/// How many letters a name may be away from a setting's to be taken for a slip.
const SLIP: usize = 2;

/// What the file sets; nothing when there is no file.
pub(super) fn read() -> Result<HashMap<String, String>, Problems> {
    match fs::read_to_string(FILE) {
        Ok(text) => parse(&text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(HashMap::new()),
        Err(error) => Err(Problems::one(format!(
            "{FILE} cannot be read: {}",
            remedy(&error)
        ))),
    }
}

/// What to do when others on the machine can read or change the file, and one of `values` must not be seen.
pub(super) fn open_door(values: &HashMap<String, String>) -> Option<String> {
    let mode = fs::metadata(FILE).ok()?.permissions().mode();
    let hides = SETTINGS
        .iter()
        .filter(|setting| setting.secret)
        .filter_map(|setting| Some((setting.name, values.get(setting.name)?)))
        // The place of a file is no secret.
        .find(|(_, value)| !value.starts_with("sqlite:"));
    let (name, _) = hides.filter(|_| mode & EVERYONE != 0)?;
    Some(format!(
        "{FILE} holds {name} and is open to everyone on this machine; close it with: chmod 600 {FILE}"
    ))
}

/// The values by name. The first of two lines with one name counts, as with every reader of such files.
pub(super) fn parse(text: &str) -> Result<HashMap<String, String>, Problems> {
    let mut values = HashMap::new();
    let mut lines = Lines {
        // Some editors put an invisible mark at the start.
        rest: text.trim_start_matches('\u{feff}').as_bytes(),
        begun: 0,
        within: false,
    };
    let mut wrong = None;
    for entry in dotenvy::from_read_iter(&mut lines) {
        match entry {
            Ok((_, value)) if value.is_empty() => {}
            Ok((name, value)) => {
                values.entry(name).or_insert(value);
            }
            Err(error) => {
                wrong = Some(error);
                break;
            }
        }
    }
    if let Some(error) = wrong {
        return Err(Problems::one(explain(&error, lines.begun)));
    }
    Problems::none_of(values.keys().filter_map(|name| slip(name)))?;
    Ok(values)
}

/// A text that is given out a line at a time, so that it is known how far the reader of such files came.
struct Lines<'a> {
    rest: &'a [u8],
    /// How many lines were given out, or begun to be.
    begun: usize,
    /// Whether the last of them is not over.
    within: bool,
}

impl Read for Lines<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let line = self.rest.iter().position(|byte| *byte == b'\n');
        let line = line.map_or(self.rest.len(), |end| end + 1);
        let given = line.min(into.len());
        if given == 0 {
            return Ok(0);
        }
        let (now, later) = self.rest.split_at(given);
        into[..given].copy_from_slice(now);
        self.begun += usize::from(!self.within);
        self.within = given < line;
        self.rest = later;
        Ok(given)
    }
}

/// Names the line by its number, never its text, which may be a secret. `last` is the last line that was read.
fn explain(error: &dotenvy::Error, last: usize) -> String {
    // A value in quotes may go over several lines, and one whose quotation mark is missing goes on to the end.
    let several = match error {
        dotenvy::Error::LineParse(wrong, _) => wrong.lines().count().saturating_sub(1),
        _ => 0,
    };
    format!(
        "{FILE}, line {}: not of the form NAME=value; a value with spaces, # or $ goes in 'single quotes'",
        last - several
    )
}

/// Why a file cannot be read, and what to do where that can be said.
fn remedy(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "this user may not; give it to the user that runs the bot".to_owned()
        }
        io::ErrorKind::InvalidData => "it is no UTF-8 text; save it as such".to_owned(),
        _ => error.to_string(),
    }
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
