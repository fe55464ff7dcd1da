//! The little HTML that messages may use: what is allowed, escaping, and length as Telegram counts it.
//!
//! Allowed are `<b>`, `<i>`, `<blockquote>`, and the entities `&lt;` `&gt;` `&amp;` `&quot;`.

use std::{borrow::Cow, collections::BTreeSet};

/// The most characters of one Telegram message, in UTF-16 units after its markup was taken out
/// (Bot API, `sendMessage`: "1-4096 characters after entities parsing").
pub const MAX_MESSAGE_UTF16: usize = 4096;

const TAGS: [&str; 3] = ["b", "i", "blockquote"];
const ENTITIES: [(&str, char); 4] = [
    ("&lt;", '<'),
    ("&gt;", '>'),
    ("&amp;", '&'),
    ("&quot;", '"'),
];

/// Proves that a text holds only allowed, balanced markup. The error says what to do.
pub fn check(html: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    for token in tokens(html) {
        match token {
            Token::Text(text) => check_text(text)?,
            Token::Entity(..) => {}
            Token::Open(tag) if open.contains(&tag) => {
                return Err(format!(
                    "<{tag}> stands inside another <{tag}>; close the first one before"
                ));
            }
            Token::Open(tag) => open.push(tag),
            Token::Close(tag) => match open.pop() {
                Some(last) if last == tag => {}
                Some(last) => {
                    return Err(format!(
                        "</{tag}> comes where </{last}> is expected; close in the opposite order"
                    ));
                }
                None => return Err(format!("</{tag}> closes what was never opened")),
            },
        }
    }
    match open.pop() {
        Some(tag) => Err(format!("<{tag}> is never closed; add </{tag}>")),
        None => Ok(()),
    }
}

fn check_text(text: &str) -> Result<(), String> {
    if text.contains('<') {
        return Err(
            "“<” may only begin <b>, <i> or <blockquote> (or their ends, such as </b>); \
                    for the sign itself write &lt;"
                .to_owned(),
        );
    }
    if text.contains('&') {
        return Err("for the sign “&” write &amp;".to_owned());
    }
    Ok(())
}

/// Makes any text safe to stand between markup.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match ENTITIES.iter().find(|(_, sign)| *sign == c) {
            Some((entity, _)) => escaped.push_str(entity),
            None => escaped.push(c),
        }
    }
    escaped
}

/// The text as a reader sees it: without markup.
pub fn plain(html: &str) -> String {
    let mut plain = String::with_capacity(html.len());
    for token in tokens(html) {
        match token {
            Token::Text(text) => plain.push_str(text),
            Token::Entity(_, sign) => plain.push(sign),
            Token::Open(_) | Token::Close(_) => {}
        }
    }
    plain
}

/// Its length as Telegram counts it: UTF-16 units of what a reader sees.
pub fn visible_len_utf16(html: &str) -> usize {
    tokens(html).map(|token| token.visible_utf16()).sum()
}

/// Shortens to at most `max_utf16` visible units, at the end of a word where there is one, ending in “…”
/// and with every open tag closed. A text that fits comes back as it is.
pub fn clip(html: &str, max_utf16: usize) -> Cow<'_, str> {
    if visible_len_utf16(html) <= max_utf16 {
        return Cow::Borrowed(html);
    }
    let Some(room) = max_utf16.checked_sub(1) else {
        return Cow::Borrowed("");
    };
    let mut clipped = String::new();
    let mut open: Vec<&str> = Vec::new();
    let mut used = 0;
    for token in tokens(html) {
        let fits = used + token.visible_utf16() <= room;
        match token {
            Token::Open(tag) => {
                open.push(tag);
                clipped.push_str(&format!("<{tag}>"));
            }
            Token::Close(tag) => {
                open.pop();
                clipped.push_str(&format!("</{tag}>"));
            }
            Token::Entity(entity, _) if fits => clipped.push_str(entity),
            Token::Text(text) if fits => clipped.push_str(text),
            Token::Text(text) => {
                clipped.push_str(words_within(text, room - used, clipped.is_empty()));
                break;
            }
            Token::Entity(..) => break,
        }
        used += token.visible_utf16();
    }
    clipped.truncate(clipped.trim_end().len());
    clipped.push('…');
    for tag in open.iter().rev() {
        clipped.push_str(&format!("</{tag}>"));
    }
    Cow::Owned(clipped)
}

/// The longest start of `text` within `room` that ends with a word; a single long word is cut.
fn words_within(text: &str, room: usize, at_start: bool) -> &str {
    let mut used = 0;
    let end = text
        .char_indices()
        .find(|(_, c)| {
            used += c.len_utf16();
            used > room
        })
        .map_or(text.len(), |(index, _)| index);
    let start = &text[..end];
    if text[end..].starts_with(char::is_whitespace) {
        return start;
    }
    match start.rfind(char::is_whitespace) {
        Some(space) => &start[..space],
        None if at_start => start,
        None => "",
    }
}

/// Puts values into a text with `{name}` places. Values are escaped; the text itself is markup.
/// Fails on a place without a value and on a value without a place.
pub fn fill(template: &str, values: &[(&str, &str)]) -> Result<String, String> {
    let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
    check_placeholders(template, &names)?;
    let mut filled = String::with_capacity(template.len());
    for piece in pieces(template)? {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Place(name) => {
                let value = values.iter().find(|(known, _)| *known == name);
                filled.push_str(&escape(value.map_or("", |(_, value)| value)));
            }
        }
    }
    Ok(filled)
}

/// Proves that a text has exactly these `{name}` places, each at least once.
pub fn check_placeholders(template: &str, names: &[&str]) -> Result<(), String> {
    let found: BTreeSet<&str> = pieces(template)?
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Place(name) => Some(name),
            Piece::Text(_) => None,
        })
        .collect();
    if let Some(unknown) = found.iter().find(|name| !names.contains(name)) {
        return Err(format!(
            "nothing is known to put in place of {{{unknown}}} here; {}",
            known_places(names)
        ));
    }
    match names.iter().find(|name| !found.contains(**name)) {
        Some(missing) => Err(format!("{{{missing}}} must stand somewhere in this text")),
        None => Ok(()),
    }
}

fn known_places(names: &[&str]) -> String {
    if names.is_empty() {
        return "this text has no places to fill".to_owned();
    }
    let known: Vec<String> = names.iter().map(|name| format!("{{{name}}}")).collect();
    format!("this text may have {}", known.join(", "))
}

enum Piece<'a> {
    Text(&'a str),
    Place(&'a str),
}

fn pieces(template: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some(start) = rest.find(['{', '}']) {
        let (before, tail) = rest.split_at(start);
        pieces.push(Piece::Text(before));
        let name = tail
            .strip_prefix('{')
            .and_then(|inside| inside.split_once('}'));
        match name {
            Some((name, after)) if is_name(name) => {
                pieces.push(Piece::Place(name));
                rest = after;
            }
            _ => return Err("“{” and “}” may only stand around a name, like {version}".to_owned()),
        }
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[derive(Clone, Copy)]
enum Token<'a> {
    Text(&'a str),
    Entity(&'a str, char),
    Open(&'a str),
    Close(&'a str),
}

impl Token<'_> {
    fn visible_utf16(self) -> usize {
        match self {
            Self::Text(text) => text.encode_utf16().count(),
            Self::Entity(..) => 1,
            Self::Open(_) | Self::Close(_) => 0,
        }
    }
}

/// Splits into text and known markup; whatever is not known markup counts as text.
fn tokens(html: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((token, len)) = markup_at_start(rest) {
            rest = &rest[len..];
            return Some(token);
        }
        // The first character is text in any case, markup or not.
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let end = rest[first..]
            .find(['<', '&'])
            .map_or(rest.len(), |at| first + at);
        let (text, tail) = rest.split_at(end);
        rest = tail;
        Some(Token::Text(text))
    })
}

fn markup_at_start(html: &str) -> Option<(Token<'_>, usize)> {
    if html.starts_with('&') {
        let (entity, sign) = ENTITIES
            .iter()
            .find(|(entity, _)| html.starts_with(entity))?;
        return Some((Token::Entity(&html[..entity.len()], *sign), entity.len()));
    }
    let inside = &html.strip_prefix('<')?[..html.find('>')? - 1];
    let len = inside.len() + 2;
    match inside.strip_prefix('/') {
        Some(tag) => TAGS.contains(&tag).then_some((Token::Close(tag), len)),
        None => TAGS.contains(&inside).then_some((Token::Open(inside), len)),
    }
}
