//! The rules that every text of a country is held against before it may be said.

use super::{
    file::{Kind, Line},
    numbers::{numbers_in, stale_in},
    phrases::Phrases,
};
use crate::content::markup;

/// The longest body, in UTF-16 units as a reader sees it: Telegram's 4096 less footer and room to spare.
pub const MAX_BODY_UTF16: usize = 3900;

/// All rules for a whole message: its numbers, its order, its markup and its length.
pub fn check_body(lines: &[Line], phrases: &Phrases, html: &str) -> Result<(), String> {
    markup::check(html)?;
    let length = markup::visible_len_utf16(html);
    if length > MAX_BODY_UTF16 {
        return Err(format!(
            "{length} characters, but at most {MAX_BODY_UTF16} fit; shorten it"
        ));
    }
    check_said(lines, html)?;
    check_danger(lines, phrases, html)?;
    check_crisis(lines, html)?;
    check_order(lines, phrases, html)
}

/// Every number is one of this country's, and none is stale.
pub fn check_said(lines: &[Line], text: &str) -> Result<(), String> {
    if let Some(stale) = stale_in(text) {
        return Err(format!(
            "{} may not be said any more: {}",
            stale.mark, stale.why
        ));
    }
    let foreign = numbers_in(text)
        .into_iter()
        .find(|found| !belongs(lines, &found.number));
    match foreign {
        Some(found) => Err(format!(
            "{} is not a number of any line in this country's file; mend it, or add the line with its source",
            found.number
        )),
        None => Ok(()),
    }
}

/// The danger number, or the words in its place, is said.
pub fn check_danger(lines: &[Line], phrases: &Phrases, text: &str) -> Result<(), String> {
    match danger_at(lines, phrases, text) {
        Some(_) => Ok(()),
        None => Err(format!(
            "does not say what to do in danger (“{}”)",
            phrases.in_danger
        )),
    }
}

/// Some crisis line is said.
pub fn check_crisis(lines: &[Line], text: &str) -> Result<(), String> {
    match crisis_at(lines, text) {
        Some(_) => Ok(()),
        None => Err("names no crisis line of this file".to_owned()),
    }
}

/// What to do in danger and in a crisis is said before any support line: those do not answer everyone, nor always.
pub fn check_order(lines: &[Line], phrases: &Phrases, text: &str) -> Result<(), String> {
    let Some(support) = support_at(lines, text) else {
        return Ok(());
    };
    let before = |at: Option<usize>| at.is_some_and(|at| at < support);
    if !before(danger_at(lines, phrases, text)) {
        return Err("a support line stands above what to do in danger; move it below".to_owned());
    }
    if !before(crisis_at(lines, text)) {
        return Err("a support line stands above the crisis line; move it below".to_owned());
    }
    Ok(())
}

fn belongs(lines: &[Line], number: &str) -> bool {
    lines.iter().any(|line| {
        // Some services have digits in their name that are not their number: 1800RESPECT.
        let in_name = numbers_in(&line.name.en);
        let in_name = in_name.into_iter().map(|found| found.number);
        line.numbers().chain(in_name).any(|own| own == number)
    })
}

fn danger_at(lines: &[Line], phrases: &Phrases, text: &str) -> Option<usize> {
    first_of(lines, Kind::Emergency, text).or_else(|| {
        // A country whose emergency number is not proved says it in words.
        let proved = lines.iter().any(|line| line.kind == Kind::Emergency);
        let (text, words) = (text.to_lowercase(), phrases.in_danger.to_lowercase());
        text.find(&words).filter(|_| !proved)
    })
}

fn crisis_at(lines: &[Line], text: &str) -> Option<usize> {
    let by_number = first_of(lines, Kind::Crisis, text);
    let by_link = lines
        .iter()
        .filter(|line| line.kind == Kind::Crisis)
        .filter_map(|line| text.find(line.link.as_deref()?.strip_prefix("https://")?))
        .min();
    by_number.into_iter().chain(by_link).min()
}

fn support_at(lines: &[Line], text: &str) -> Option<usize> {
    first_of(lines, Kind::Support, text)
}

fn first_of(lines: &[Line], kind: Kind, text: &str) -> Option<usize> {
    numbers_in(text)
        .into_iter()
        .find(|found| {
            lines
                .iter()
                .filter(|line| line.kind == kind)
                .any(|line| line.numbers().any(|own| own == found.number))
        })
        .map(|found| found.at)
}
