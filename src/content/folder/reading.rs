//! Where a mistake in a TOML file stands, and how it is said to a person who does not program. Pure.

use toml::de::DeTable;

/// The line of a place in a text, counted from 1.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or(text);
    before.matches('\n').count() + 1
}

/// The line on which a key like `settings.saved` has its value.
pub(super) fn line_of_key(text: &str, key: &str) -> Option<usize> {
    let file = DeTable::parse(text).ok()?;
    let mut table = Some(file.get_ref());
    let mut value = None;
    for name in key.split('.') {
        let found = table?.get(name)?;
        table = found.get_ref().as_table();
        value = Some(found.span());
    }
    Some(line_of(text, value?.start))
}

/// The reader's own messages, in words for a person who does not program.
pub(super) fn plain_words(message: &str, text: &str) -> String {
    let is_toml = text.parse::<toml::Table>().is_ok();
    if !is_toml {
        return format!("{message}; check the quotation marks, commas and brackets here");
    }
    if let Some(key) = quoted_after(message, "missing field ") {
        return format!("“{key}” is missing; copy it from the original file and write its text");
    }
    if let Some(key) = quoted_after(message, "unknown field ") {
        return format!("“{key}” is not a name this file may hold; check its spelling ({message})");
    }
    if message.starts_with("invalid type: ") && message.ends_with("expected a string") {
        return format!("write this value in quotation marks ({message})");
    }
    if let Some((word, allowed)) = of_a_list(message) {
        return format!("“{word}” is not allowed here; write {allowed}");
    }
    message.to_owned()
}

/// The word that is none of a list, and the list: “a”, “b” or “c”.
fn of_a_list(message: &str) -> Option<(&str, String)> {
    let rest = message.strip_prefix("unknown variant ")?;
    let mut quoted = rest.split('`').skip(1).step_by(2);
    let word = quoted.next()?;
    let mut allowed: Vec<String> = quoted.map(|word| format!("“{word}”")).collect();
    let last = allowed.pop()?;
    Some(match allowed.as_slice() {
        [] => (word, last),
        others => (word, format!("{} or {last}", others.join(", "))),
    })
}

fn quoted_after<'a>(message: &'a str, start: &str) -> Option<&'a str> {
    message.strip_prefix(start)?.split('`').nth(1)
}
