//! Telegram's HTML: from marked-up source to plain text and entities, refusing what Telegram refuses.

use serde_json::{Value, json};

/// Tags that Telegram knows, with the entity that each becomes (Bot API, "HTML style").
const TAGS: [(&str, &str); 17] = [
    ("a", "text_link"),
    ("b", "bold"),
    ("strong", "bold"),
    ("i", "italic"),
    ("em", "italic"),
    ("u", "underline"),
    ("ins", "underline"),
    ("s", "strikethrough"),
    ("strike", "strikethrough"),
    ("del", "strikethrough"),
    ("tg-spoiler", "spoiler"),
    ("span", "spoiler"),
    ("code", "code"),
    ("pre", "pre"),
    ("blockquote", "blockquote"),
    ("tg-emoji", "custom_emoji"),
    ("tg-time", "date_time"),
];

/// A formatted stretch of a text.
#[derive(Clone, PartialEq, Eq)]
pub struct Entity {
    /// Telegram's name of the kind (`bold`, `text_link`).
    pub kind: &'static str,
    /// Where it starts, in UTF-16 units.
    pub offset: usize,
    /// How long it is, in UTF-16 units.
    pub length: usize,
    /// Where a link leads.
    pub url: Option<String>,
}

/// A text as Telegram keeps it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Formatted {
    /// The text without markup.
    pub text: String,
    /// Its formatting, by offset.
    pub entities: Vec<Entity>,
}

impl Formatted {
    /// A text without formatting, trimmed as Telegram trims.
    pub fn plain(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            entities: Vec::new(),
        }
        .trimmed()
    }

    /// Its length in UTF-16 units, which is what Telegram's limits count.
    pub fn utf16_len(&self) -> usize {
        utf16_len(&self.text)
    }

    /// The entities as the Bot API writes them.
    pub(super) fn entities_json(&self) -> Value {
        self.entities
            .iter()
            .map(|entity| {
                let mut value = json!({
                    "type": entity.kind,
                    "offset": entity.offset,
                    "length": entity.length,
                });
                if let Some(url) = &entity.url {
                    value["url"] = json!(url);
                }
                value
            })
            .collect()
    }

    fn trimmed(self) -> Self {
        let without_end = self.text.trim_end();
        let text = without_end.trim_start();
        let cut = utf16_len(without_end) - utf16_len(text);
        let end = utf16_len(text);
        let entities = self
            .entities
            .into_iter()
            .filter_map(|entity| {
                let from = entity.offset.saturating_sub(cut);
                let to = (entity.offset + entity.length).saturating_sub(cut).min(end);
                (from < to).then_some(Entity {
                    offset: from,
                    length: to - from,
                    ..entity
                })
            })
            .collect();
        Self {
            text: text.to_owned(),
            entities,
        }
    }
}

/// Parses Telegram's HTML. The error is what stands after "can't parse entities: ".
pub fn parse_html(source: &str) -> Result<Formatted, String> {
    let mut parser = Parser {
        source,
        at: 0,
        text: String::new(),
        length: 0,
        open: Vec::new(),
        entities: Vec::new(),
    };
    parser.run()?;
    if let Some(tag) = parser.open.last() {
        return Err(format!(
            "Can't find end tag corresponding to start tag \"{}\"",
            tag.name
        ));
    }
    let mut entities = parser.entities;
    // An outer entity comes before an inner one that starts at the same place.
    entities.sort_by_key(|entity| (entity.offset, usize::MAX - entity.length));
    Ok(Formatted {
        text: parser.text,
        entities,
    }
    .trimmed())
}

/// The length of a text in UTF-16 units.
pub(super) fn utf16_len(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

struct OpenTag {
    name: String,
    kind: &'static str,
    offset: usize,
    url: Option<String>,
}

struct Parser<'a> {
    source: &'a str,
    /// Byte offset into `source`.
    at: usize,
    text: String,
    /// Length of `text` in UTF-16 units.
    length: usize,
    open: Vec<OpenTag>,
    entities: Vec<Entity>,
}

impl Parser<'_> {
    fn run(&mut self) -> Result<(), String> {
        while let Some(c) = self.rest().chars().next() {
            match c {
                '<' if self.rest().starts_with("</") => self.end_tag()?,
                '<' => self.start_tag()?,
                '&' => self.reference(),
                c => {
                    self.at += c.len_utf8();
                    self.push(c);
                }
            }
        }
        Ok(())
    }

    fn rest(&self) -> &str {
        &self.source[self.at..]
    }

    fn push(&mut self, c: char) {
        self.text.push(c);
        self.length += c.len_utf16();
    }

    /// `&lt;`, `&gt;`, `&amp;`, `&quot;` and numbers; any other `&` stands for itself.
    fn reference(&mut self) {
        let (c, length) = decode_reference(self.rest()).unwrap_or(('&', 1));
        self.at += length;
        self.push(c);
    }

    fn start_tag(&mut self) -> Result<(), String> {
        let begin = self.at;
        let rest = &self.source[begin + 1..];
        let name_length = rest
            .find(|c: char| c.is_whitespace() || c == '>')
            .unwrap_or(rest.len());
        let name = rest[..name_length].to_lowercase();
        let close = end_of_tag(&rest[name_length..])
            .ok_or_else(|| format!("Unclosed start tag at byte offset {begin}"))?;
        let Some((_, kind)) = TAGS.iter().find(|(tag, _)| *tag == name) else {
            return Err(format!(
                "Unsupported start tag \"{name}\" at byte offset {begin}"
            ));
        };
        let attributes = &rest[name_length..name_length + close];
        if name == "span" && attribute(attributes, "class").as_deref() != Some("tg-spoiler") {
            return Err(format!(
                "Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"
            ));
        }
        self.open.push(OpenTag {
            name,
            kind,
            offset: self.length,
            url: attribute(attributes, "href"),
        });
        self.at = begin + 1 + name_length + close + 1;
        Ok(())
    }

    fn end_tag(&mut self) -> Result<(), String> {
        let begin = self.at;
        let Some(tag) = self.open.pop() else {
            return Err(format!("Unexpected end tag at byte offset {begin}"));
        };
        let rest = &self.source[begin + 2..];
        let close = rest
            .find('>')
            .ok_or_else(|| format!("Unclosed end tag at byte offset {begin}"))?;
        let name = rest[..close].trim().to_lowercase();
        if !name.is_empty() && name != tag.name {
            return Err(format!(
                "Unmatched end tag at byte offset {begin}, expected \"</{}>\", found \"</{name}>\"",
                tag.name
            ));
        }
        let length = self.length - tag.offset;
        // A link without an address is no link, and an empty stretch is no entity.
        if length > 0 && (tag.kind != "text_link" || tag.url.is_some()) {
            self.entities.push(Entity {
                kind: tag.kind,
                offset: tag.offset,
                length,
                url: tag.url,
            });
        }
        self.at = begin + 2 + close + 1;
        Ok(())
    }
}

/// Where the `>` of a start tag is, skipping quoted attribute values.
fn end_of_tag(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in rest.char_indices() {
        match (quote, c) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

fn attribute(attributes: &str, name: &str) -> Option<String> {
    let lower = attributes.to_ascii_lowercase();
    let at = lower.find(&format!("{name}="))? + name.len() + 1;
    let rest = &attributes[at..];
    let value = match rest.chars().next()? {
        quote @ ('"' | '\'') => rest[1..].split(quote).next()?,
        _ => rest.split_whitespace().next()?,
    };
    let mut decoded = String::new();
    let mut rest = value;
    while let Some(c) = rest.chars().next() {
        let (c, length) = match c {
            '&' => decode_reference(rest).unwrap_or(('&', 1)),
            c => (c, c.len_utf8()),
        };
        decoded.push(c);
        rest = &rest[length..];
    }
    Some(decoded)
}

/// The character that a reference at the start of `rest` names, and the reference's length in bytes.
fn decode_reference(rest: &str) -> Option<(char, usize)> {
    for (name, c) in [
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&amp;", '&'),
        ("&quot;", '"'),
    ] {
        if rest.starts_with(name) {
            return Some((c, name.len()));
        }
    }
    let digits = rest.strip_prefix("&#")?;
    let end = digits.find(';').filter(|end| *end <= 8)?;
    let number = match digits[..end].strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits[..end].parse().ok()?,
    };
    let c = char::from_u32(number).filter(|c| *c != '\0')?;
    Some((c, 2 + end + 1))
}
