//! Where the files of `messages/` come from: the copy inside the program, or a folder beside it.
//!
//! Reading the folder is the only input of this room; after that it works on text in memory.
//! Also the one reader of TOML, so that every mistake is told with its file and line.

use std::{
    collections::BTreeMap,
    fmt,
    io::{self, ErrorKind},
    ops::Range,
    path::Path,
};

mod reading;

use anyhow::{Context as _, anyhow, ensure};
use include_dir::{Dir, include_dir};
use reading::{line_of, line_of_key, plain_words};
use serde::de::DeserializeOwned;

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/messages");

/// The longest file that is read, in bytes: ten times the longest one that ships.
const MAX_FILE_BYTES: u64 = 512 * 1024;

/// The most files that are read; more means that the wrong folder was named.
const MAX_FILES: usize = 200;

/// How deep folders may lie in each other; `messages/` needs 1.
const MAX_DEPTH: usize = 3;

/// The text files of `messages/` (`.toml` and `.txt`) by their name within it, such as `en/notes.toml`.
#[derive(Clone)]
pub struct Folder {
    files: BTreeMap<String, String>,
}

impl Folder {
    /// The files that were compiled into the program.
    pub fn built_in() -> Self {
        let mut files = BTreeMap::new();
        collect_built_in(&BUILT_IN, &mut files);
        Self { files }
    }

    /// Reads a folder from disk. Fails when it cannot be read, or is too large to be a folder of messages.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let mut files = BTreeMap::new();
        read_into(&mut files, path, "", 0)?;
        ensure!(
            !files.is_empty(),
            "the folder {} holds no .toml or .txt file; is it the messages folder?",
            path.display()
        );
        Ok(Self { files })
    }

    /// The same folder with one file added or replaced. For tests of broken copies.
    #[must_use]
    pub fn with(mut self, file: &str, text: impl Into<String>) -> Self {
        self.files.insert(file.to_owned(), text.into());
        self
    }

    /// The same folder without one file. For tests of broken copies.
    #[must_use]
    pub fn without(mut self, file: &str) -> Self {
        self.files.remove(file);
        self
    }

    /// The text of a file.
    pub fn text(&self, file: &str) -> Result<&str, Problem> {
        match self.files.get(file) {
            Some(text) => Ok(text),
            None => Err(Problem::in_file(
                file,
                "this file is missing; copy it from the original messages folder",
            )),
        }
    }

    /// The names of all files directly in one sub-folder, sorted (`crisis` → `crisis/au.toml`, `crisis/ca.toml`, …).
    pub fn names_in(&self, sub_folder: &str) -> Vec<&str> {
        self.files
            .keys()
            .filter(|name| {
                name.strip_prefix(sub_folder)
                    .and_then(|rest| rest.strip_prefix('/'))
                    .is_some_and(|rest| !rest.contains('/'))
            })
            .map(String::as_str)
            .collect()
    }

    /// Reads a TOML file into a type that has `deny_unknown_fields`.
    pub fn toml<T: DeserializeOwned>(&self, file: &str) -> Result<T, Problem> {
        let text = self.text(file)?;
        toml::from_str(text).map_err(|error| Problem {
            file: file.to_owned(),
            line: error.span().map(|span| line_of(text, span.start)),
            what: plain_words(error.message(), text),
        })
    }

    /// A problem with a value that was read as `toml::Spanned`: names the line on which the value stands.
    pub fn problem_at(&self, file: &str, span: Range<usize>, what: impl Into<String>) -> Problem {
        let text = self.files.get(file).map_or("", String::as_str);
        Problem {
            file: file.to_owned(),
            line: Some(line_of(text, span.start)),
            what: what.into(),
        }
    }

    /// A problem with a value that was read as it is: names the key (`settings.saved`) and the line on which it stands.
    pub fn problem_of(&self, file: &str, key: &str, what: impl fmt::Display) -> Problem {
        let text = self.files.get(file).map_or("", String::as_str);
        Problem {
            file: file.to_owned(),
            line: line_of_key(text, key),
            what: format!("{key}: {what}"),
        }
    }
}

impl fmt::Debug for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.files.keys()).finish()
    }
}

/// One thing that is wrong in the messages folder: where, what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file within the folder, such as `en/notes.toml`.
    pub file: String,
    /// The line, counted from 1, where one line can be named.
    pub line: Option<usize>,
    /// What is wrong and what to do.
    pub what: String,
}

impl Problem {
    /// A problem of a whole file.
    pub fn in_file(file: &str, what: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            what: what.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "messages/{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.what)
    }
}

/// Everything that is wrong in the messages folder, so that a person mends it in one go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Adds one; the same problem is kept once.
    pub fn push(&mut self, problem: Problem) {
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    /// The value of a result, or nothing and its problems added to these.
    pub fn take<T, P: Into<Self>>(&mut self, result: Result<T, P>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(problems) => {
                for problem in problems.into().0 {
                    self.push(problem);
                }
                None
            }
        }
    }

    /// `value` when nothing is wrong, else the problems.
    pub fn or_ok<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }

    /// The problems in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(f, "{line_break}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

fn collect_built_in(dir: &Dir<'static>, files: &mut BTreeMap<String, String>) {
    for file in dir.files() {
        let name = file.path().to_string_lossy().replace('\\', "/");
        if let (true, Some(text)) = (is_message_file(&name), file.contents_utf8()) {
            files.insert(name, text.to_owned());
        }
    }
    for sub in dir.dirs() {
        collect_built_in(sub, files);
    }
}

fn read_into(
    files: &mut BTreeMap<String, String>,
    path: &Path,
    prefix: &str,
    depth: usize,
) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(path)
        .map_err(|error| unreadable(&format!("the messages folder {}", path.display()), error))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("{} cannot be listed", path.display()))?;
        let path = entry.path();
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        // Editors leave such files beside the one that is being edited.
        if name.starts_with('.') {
            continue;
        }
        let inner = format!("{prefix}{name}");
        // Follows links: container platforms mount folders of settings as links.
        let unreadable = |error| unreadable(&path.display().to_string(), error);
        let about = std::fs::metadata(&path).map_err(unreadable)?;
        if about.is_dir() {
            if depth < MAX_DEPTH {
                read_into(files, &path, &format!("{inner}/"), depth + 1)?;
            }
        } else if is_message_file(&inner) {
            ensure!(
                about.len() <= MAX_FILE_BYTES,
                "{} is over {MAX_FILE_BYTES} bytes, too long for a file of messages",
                path.display()
            );
            ensure!(
                files.len() < MAX_FILES,
                "over {MAX_FILES} files; is this the messages folder?"
            );
            let text = std::fs::read_to_string(&path).map_err(unreadable)?;
            // Some editors put an invisible mark at the start, and Windows ends lines with two characters.
            let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
            files.insert(inner, text);
        }
    }
    Ok(())
}

fn unreadable(what: &str, error: io::Error) -> anyhow::Error {
    match error.kind() {
        ErrorKind::NotFound => anyhow!("{what} does not exist"),
        ErrorKind::NotADirectory => anyhow!("{what} is no folder"),
        ErrorKind::PermissionDenied => {
            anyhow!("this user may not read {what}; give it to the user that runs the bot")
        }
        ErrorKind::InvalidData => anyhow!("{what} cannot be read as UTF-8 text; save it as such"),
        _ => anyhow::Error::new(error).context(format!("{what} cannot be read")),
    }
}

fn is_message_file(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "toml" || extension == "txt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Pair {
        #[expect(dead_code, reason = "only its presence matters here")]
        one: String,
        two: toml::Spanned<i64>,
    }

    fn check(text: &str, expected: &str) {
        let folder = Folder::built_in().with("en/x.toml", text);
        let problem = folder.toml::<Pair>("en/x.toml").unwrap_err().to_string();
        assert!(problem.contains(expected), "{problem}");
    }

    #[test]
    fn mistakes_in_toml_are_told_with_their_line() {
        check("one = \"a\"\ntwo = ", "messages/en/x.toml, line 2: ");
        check("one = \"a\"", "“two” is missing; copy it");
        check(
            "one = \"a\"\ntwo = 2\nthree = 3",
            "line 3: “three” is not a name this file may hold",
        );
        check(
            "one = 1\ntwo = 2",
            "line 1: write this value in quotation marks (invalid type",
        );
        check("one = \"a\ntwo = 2", "line 1: ");
    }

    #[test]
    fn a_value_knows_its_line() {
        let folder = Folder::built_in().with("en/x.toml", "one = \"é\"\n\ntwo = 2");
        let pair: Pair = folder.toml("en/x.toml").unwrap();
        let problem = folder.problem_at("en/x.toml", pair.two.span(), "too small");
        assert_eq!(problem.to_string(), "messages/en/x.toml, line 3: too small");
    }

    #[test]
    fn a_folder_on_disk_reads_like_the_one_built_in() {
        let dir = tempfile::tempdir().unwrap();
        let built_in = Folder::built_in();
        for (name, text) in &built_in.files {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            // As an editor on Windows may leave it.
            std::fs::write(path, format!("\u{feff}{}", text.replace('\n', "\r\n"))).unwrap();
        }
        std::fs::write(dir.path().join(".notes.toml.swp"), [0xff]).unwrap();
        std::fs::write(dir.path().join("photo.png"), [0xff]).unwrap();
        assert_eq!(Folder::read(dir.path()).unwrap().files, built_in.files);
    }

    #[test]
    fn a_folder_that_cannot_be_read_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let check = |path: &Path, expected: &str| {
            let error = format!("{:#}", Folder::read(path).unwrap_err());
            assert!(error.contains(expected), "{error}");
        };
        check(&dir.path().join("nowhere"), "nowhere does not exist");
        check(dir.path(), "holds no .toml or .txt file");
        std::fs::write(dir.path().join("a.toml"), [0xff]).unwrap();
        check(dir.path(), "a.toml cannot be read as UTF-8 text");
        check(&dir.path().join("a.toml"), "a.toml is no folder");
    }

    #[test]
    fn names_in_a_sub_folder() {
        let folder = Folder {
            files: BTreeMap::new(),
        }
        .with("crisis/us.toml", "")
        .with("crisis/au.toml", "")
        .with("crisis/old/us.toml", "")
        .with("crisis.toml", "");
        assert_eq!(
            folder.names_in("crisis"),
            ["crisis/au.toml", "crisis/us.toml"]
        );
    }
}
