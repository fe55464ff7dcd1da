//! The little HTML that messages may use: what is allowed, escaping, and length as Telegram counts it.
//!
//! Allowed are `<b>`, `<i>`, `<blockquote>`, and the entities `&lt;` `&gt;` `&amp;` `&quot;`.

use std::borrow::Cow;

mod template;

pub use template::{check_placeholders, fill, fill_markup};

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
    tokens(html).map(Token::visible_utf16).sum()
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
                clipped.extend(["<", tag, ">"]);
            }
            Token::Close(tag) => {
                open.pop();
                clipped.extend(["</", tag, ">"]);
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
        clipped.extend(["</", tag, ">"]);
    }
    Cow::Owned(clipped)
}

/// Longer than any word of a language that is written with spaces, in bytes.
const LONGEST_WORD: usize = 64;

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
        // No word is as long as this: it is a text without spaces, and dropping it would leave nothing.
        None if at_start || start.len() > LONGEST_WORD => start,
        None => "",
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_html() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("<b>".to_owned()),
            Just("</b>".to_owned()),
            Just("<blockquote>".to_owned()),
            Just("</blockquote>".to_owned()),
            Just("&amp;".to_owned()),
            Just("<".to_owned()),
            Just("&".to_owned()),
            Just(" ".to_owned()),
            "[a-zé💛 \n]{0,12}",
            any::<char>().prop_map(String::from),
        ];
        prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
    }

    /// Markup that `check` accepts, nested two deep.
    fn good_html() -> impl Strategy<Value = String> {
        let text = "[a-zé💛 .<&>\n]{0,30}".prop_map(|text| escape(&text));
        let bold = text.clone().prop_map(|text| format!("<b>{text}</b>"));
        let line =
            prop::collection::vec(prop_oneof![text, bold], 0..5).prop_map(|all| all.concat());
        let quote = line
            .clone()
            .prop_map(|line| format!("<blockquote>{line}</blockquote>"));
        prop::collection::vec(prop_oneof![line, quote], 0..5).prop_map(|all| all.concat())
    }

    #[test]
    fn check_accepts_and_explains() {
        let check = |html: &str, expected: &str| match check(html) {
            Ok(()) => assert_eq!(expected, "", "{html} was accepted"),
            Err(what) => {
                assert!(
                    !expected.is_empty() && what.contains(expected),
                    "{html}: {what}"
                );
            }
        };
        check("plain, “quoted” and 1 > 0", "");
        check("<b>bold <i>and more</i></b> &amp; &lt;3", "");
        check(
            "<blockquote>one</blockquote><blockquote>two</blockquote>",
            "",
        );
        check("<b>bold", "<b> is never closed");
        check("bold</b>", "closes what was never opened");
        check("<b><i>crossed</b></i>", "</b> comes where </i> is expected");
        check("<blockquote><blockquote>", "inside another <blockquote>");
        check("<u>no</u>", "may only begin");
        check("<a href=\"https://example.com\">no</a>", "may only begin");
        check("a < b", "write &lt;");
        check("you & me", "write &amp;");
        check("&nbsp;", "write &amp;");
    }

    #[test]
    fn length_is_what_telegram_counts() {
        for (html, len) in [
            ("", 0),
            ("<b>é</b>", 1),
            ("💛", 2),
            ("&amp;", 1),
            ("&nbsp;", 6),
            ("<u>", 3),
        ] {
            assert_eq!(visible_len_utf16(html), len, "{html}");
        }
    }

    #[test]
    fn clip_ends_at_a_word_and_closes_what_is_open() {
        for (html, max, clipped) in [
            ("short", 5, "short"),
            ("one two three", 9, "one two…"),
            ("one two three", 8, "one two…"),
            ("<b>one two</b>", 5, "<b>one…</b>"),
            ("one <b>two</b> three", 9, "one <b>two</b>…"),
            ("incomprehensible", 5, "inco…"),
            ("💛💛", 3, "💛…"),
            ("a &amp; b", 4, "a &amp;…"),
            ("any", 0, ""),
        ] {
            assert_eq!(clip(html, max), clipped, "{html} in {max}");
        }
    }

    proptest! {
        #[test]
        fn escaped_text_reads_as_it_was_typed(text in any::<String>()) {
            let escaped = escape(&text);
            prop_assert_eq!(check(&escaped), Ok(()));
            prop_assert_eq!(plain(&escaped), text);
        }

        #[test]
        fn length_is_that_of_the_plain_text(html in any_html()) {
            prop_assert_eq!(visible_len_utf16(&html), plain(&html).encode_utf16().count());
        }

        #[test]
        fn clip_keeps_its_limit_for_any_text(html in any_html(), max in 0usize..40) {
            prop_assert!(visible_len_utf16(&clip(&html, max)) <= max);
        }

        #[test]
        fn clip_keeps_good_markup_good(html in good_html(), max in 1usize..60) {
            prop_assert_eq!(check(&html), Ok(()));
            let clipped = clip(&html, max);
            prop_assert_eq!(check(&clipped), Ok(()));
            let seen = plain(&clipped);
            let start = seen.strip_suffix('…').unwrap_or(&seen);
            prop_assert!(plain(&html).starts_with(start));
        }
    }
}
