//! What the model learns from: the labelled lines of the corpus, and what the bot itself says.

use std::error::Error;
use std::fs;
use std::path::Path;

use slowbloom::triage::Category;
use slowbloom::triage::model::LABELS;

/// In place of a file's number: the bot's own words, which are in nobody's exam.
pub(crate) const OWN: usize = usize::MAX;

/// One line of the corpus.
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) label: usize,
    pub(crate) spanish: bool,
    /// The number of its file.
    pub(crate) file: usize,
}

/// Every labelled line of the training files.
pub(crate) fn lines(corpus: &Path) -> Result<Vec<Line>, Box<dyn Error>> {
    let mut files: Vec<_> = fs::read_dir(corpus)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_some_and(|name| name.starts_with("train-"))
        })
        .collect();
    files.sort();
    let mut lines = Vec::new();
    for (number, file) in files.into_iter().enumerate() {
        let mut label = LABELS.len() - 1;
        let mut spanish = false;
        for line in fs::read_to_string(&file)?.lines() {
            if let Some(head) = line.strip_prefix("## ") {
                label = label_of(head).ok_or_else(|| format!("{head}: no such label"))?;
                spanish = head.ends_with("es");
            } else if !line.trim().is_empty() && !line.starts_with("# ") {
                lines.push(Line {
                    text: line.to_owned(),
                    label,
                    spanish,
                    file: number,
                });
            }
        }
    }
    Ok(lines)
}

/// Everything the bot says is ordinary when a parent sends it back, and so is every place that she may live in.
pub(crate) fn own_words(messages: &Path) -> Result<Vec<Line>, Box<dyn Error>> {
    let mut lines = Vec::new();
    for (folder, spanish) in [("en", false), ("es", true)] {
        for table in tables(&messages.join(folder))? {
            say(&table.into(), spanish, &mut lines);
        }
    }
    for country in tables(&messages.join("crisis"))? {
        for (language, spanish) in [("en", false), ("es", true)] {
            if let Some(texts) = country.get(language) {
                say(texts, spanish, &mut lines);
            }
        }
    }
    let places = fs::read_to_string(messages.join("places.toml"))?.parse::<toml::Table>()?;
    let mut names = Vec::new();
    for table in places["cities"].as_array().into_iter().flatten() {
        if let Some(all) = table.get("names") {
            collect(all, &mut names);
        }
    }
    let names = names.iter().flat_map(|names| names.split(" | "));
    for (place, frame) in names.zip(PLACED.iter().cycle()) {
        for (text, spanish) in [
            (place.to_owned(), frame.1),
            (frame.0.replace('_', place), frame.1),
        ] {
            lines.push(own(text, spanish));
        }
    }
    Ok(lines)
}

/// How a place is named, and whether that is Spanish.
const PLACED: [(&str, bool); 8] = [
    ("I live in _", false),
    ("vivo en _", true),
    ("I'm in _", false),
    ("estoy en _", true),
    ("I'm from _", false),
    ("soy de _", true),
    ("we live in _", false),
    ("vivimos en _", true),
];

/// The tables of a folder's files, in their order.
fn tables(folder: &Path) -> Result<Vec<toml::Table>, Box<dyn Error>> {
    let mut files: Vec<_> = fs::read_dir(folder)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "toml"))
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|file| Ok(fs::read_to_string(file)?.parse()?))
        .collect()
}

fn say(texts: &toml::Value, spanish: bool, lines: &mut Vec<Line>) {
    let mut said = Vec::new();
    collect(texts, &mut said);
    let parts = said.iter().flat_map(|text| text.lines());
    lines.extend(
        parts
            .filter(|line| line.len() > 1)
            .map(|line| own(line.trim().to_owned(), spanish)),
    );
}

fn own(text: String, spanish: bool) -> Line {
    Line {
        text,
        label: LABELS.len() - 1,
        spanish,
        file: OWN,
    }
}

fn collect(value: &toml::Value, texts: &mut Vec<String>) {
    match value {
        toml::Value::String(text) => texts.push(text.clone()),
        toml::Value::Array(all) => all.iter().for_each(|one| collect(one, texts)),
        toml::Value::Table(table) => table.iter().for_each(|(_, one)| collect(one, texts)),
        _ => {}
    }
}

/// `E suicide en` to the label's number.
fn label_of(head: &str) -> Option<usize> {
    let code = head.split(' ').nth(1)?;
    if head.starts_with('N') {
        return Some(LABELS.len() - 1);
    }
    let category = Category::from_code(code)?;
    LABELS.iter().position(|label| *label == Some(category))
}
