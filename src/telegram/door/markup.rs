//! Length, clipping and plain reading of the small HTML that messages use (`<b>`, `<i>`, `<blockquote>` and entities).
//!
//! A private stand-in until `content::markup` has these; the three functions are all that the door needs.

/// The length in UTF-16 units as Telegram counts it: after parsing, without tags.
pub(super) fn length(html: &str) -> usize {
    Pieces(html)
        .map(|piece| match piece {
            Piece::Tag(_) => 0,
            Piece::Shown(_, shown) => shown.len_utf16(),
        })
        .sum()
}

/// At most `limit` UTF-16 units of it, with an ellipsis where it was cut and every open tag closed.
pub(super) fn clip(html: &str, limit: usize) -> String {
    if length(html) <= limit {
        return html.to_owned();
    }
    let mut left = limit.saturating_sub(1);
    let mut kept = String::new();
    let mut open: Vec<&str> = Vec::new();
    for piece in Pieces(html) {
        match piece {
            Piece::Tag(tag) => {
                let name = tag.trim_matches(['<', '>', '/']);
                if tag.starts_with("</") {
                    open.pop();
                } else {
                    open.push(name.split(' ').next().unwrap_or(name));
                }
                kept.push_str(tag);
            }
            Piece::Shown(raw, shown) => {
                if shown.len_utf16() > left {
                    break;
                }
                left -= shown.len_utf16();
                kept.push_str(raw);
            }
        }
    }
    if limit > 0 {
        kept.push('…');
    }
    for name in open.iter().rev() {
        kept.push_str("</");
        kept.push_str(name);
        kept.push('>');
    }
    kept
}

/// What a reader sees: no tags, entities read.
pub(super) fn plain(html: &str) -> String {
    Pieces(html)
        .filter_map(|piece| match piece {
            Piece::Tag(_) => None,
            Piece::Shown(_, shown) => Some(shown),
        })
        .collect()
}

enum Piece<'a> {
    Tag(&'a str),
    Shown(&'a str, char),
}

struct Pieces<'a>(&'a str);

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let rest = self.0;
        let first = rest.chars().next()?;
        if first == '<'
            && let Some(end) = rest.find('>')
        {
            self.0 = &rest[end + 1..];
            return Some(Piece::Tag(&rest[..=end]));
        }
        let (length, shown) = entity(rest).unwrap_or((first.len_utf8(), first));
        self.0 = &rest[length..];
        Some(Piece::Shown(&rest[..length], shown))
    }
}

/// The entities that Telegram knows by name.
fn entity(html: &str) -> Option<(usize, char)> {
    [
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&amp;", '&'),
        ("&quot;", '"'),
    ]
    .into_iter()
    .find(|(name, _)| html.starts_with(name))
    .map(|(name, shown)| (name.len(), shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_seen() {
        assert_eq!(length("<b>a&amp;b</b>"), 3);
        assert_eq!(length("😀"), 2);
    }

    #[test]
    fn clips_between_characters_and_closes_tags() {
        assert_eq!(clip("<b>héllo</b>", 5), "<b>héllo</b>");
        assert_eq!(
            clip("<b>hello <i>you</i></b> there", 8),
            "<b>hello <i>y…</i></b>"
        );
        assert_eq!(clip("😀😀", 3), "😀…");
        assert_eq!(clip("a&lt;b&lt;", 3), "a&lt;…");
        assert_eq!(clip("abc", 0), "");
    }

    #[test]
    fn reads_plainly() {
        assert_eq!(plain("<i>a &lt; b &amp; c</i>"), "a < b & c");
    }
}
