//! Texts with `{name}` places that values are put into.

use std::collections::BTreeSet;

use super::escape;

/// Puts values into a text with `{name}` places. Values are escaped; the text itself is markup.
/// Fails on a place without a value and on a value without a place.
pub fn fill(template: &str, values: &[(&str, &str)]) -> Result<String, String> {
    let escaped: Vec<(&str, String)> = values
        .iter()
        .map(|(name, value)| (*name, escape(value)))
        .collect();
    let values: Vec<(&str, &str)> = escaped
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    fill_markup(template, &values)
}

/// The same with values that are markup themselves; they are not escaped.
pub fn fill_markup(template: &str, values: &[(&str, &str)]) -> Result<String, String> {
    let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
    check_placeholders(template, &names)?;
    let mut filled = String::with_capacity(template.len());
    for piece in pieces(template)? {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Place(name) => {
                let value = values.iter().find(|(known, _)| *known == name);
                filled.push_str(value.map_or("", |(_, value)| value));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, values: &[(&str, &str)], expected: Result<&str, &str>) {
        match (fill(template, values), expected) {
            (Ok(filled), Ok(expected)) => assert_eq!(filled, expected),
            (Err(what), Err(expected)) => assert!(what.contains(expected), "{template}: {what}"),
            (got, expected) => panic!("{template}: {got:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn values_are_put_in_and_escaped() {
        check("no places", &[], Ok("no places"));
        check(
            "<b>{a}</b>, {b}, {a}",
            &[("a", "1 < 2"), ("b", "{a}")],
            Ok("<b>1 &lt; 2</b>, {a}, 1 &lt; 2"),
        );
    }

    #[test]
    fn markup_is_put_in_as_it_is() {
        let filled = fill_markup("<i>{a}</i>", &[("a", "<b>x</b>")]);
        assert_eq!(filled.as_deref(), Ok("<i><b>x</b></i>"));
    }

    #[test]
    fn places_and_values_must_match() {
        check("{a}", &[], Err("nothing is known to put in place of {a}"));
        check(
            "{c}",
            &[("a", "1"), ("b", "2")],
            Err("this text may have {a}, {b}"),
        );
        check(
            "{a}",
            &[("a", "1"), ("b", "2")],
            Err("{b} must stand somewhere"),
        );
        for broken in ["{a", "a}", "{}", "{ a }", "{A}", "{{a}}"] {
            check(broken, &[("a", "1")], Err("may only stand around a name"));
        }
    }
}
