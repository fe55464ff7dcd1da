//! How to reach the practice that runs this bot. Empty until the operator fills it in; nothing is invented.
//!
//! Also who reviewed the words, which `slowbloom check` reports.

use chrono::NaiveDate;
use serde::Deserialize;

use super::folder::{Folder, Problem, Problems};
use crate::domain::Language;

const FILE: &str = "practice.toml";

/// The longest value in characters: a line that still reads well on a phone.
const MAX_VALUE_CHARS: usize = 200;

/// The fewest digits of a telephone number.
const MIN_PHONE_DIGITS: usize = 5;

/// The practice's own contact, as the operator filled it in. Nothing here is checked beyond its shape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Practice {
    /// The name of the practice or the therapist.
    pub name: Option<String>,
    /// Who runs the bot and answers for the data; the practice itself if it has a name and this is empty.
    pub operator: Option<String>,
    /// Where to book or read more (`https`).
    pub link: Option<String>,
    /// A telephone number.
    pub phone: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// Where it works, in words.
    pub areas: Option<String>,
    /// The full privacy policy (`https`).
    pub policy: Option<String>,
    /// Who reviewed the English words.
    pub reviewed_english: Option<Review>,
    /// Who reviewed the Spanish words.
    pub reviewed_spanish: Option<Review>,
}

/// Who read the words of one language and stands by them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Name or initials and profession, as the operator wrote it.
    pub by: String,
    /// The day of the review.
    pub on: NaiveDate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PracticeFile {
    name: toml::Spanned<String>,
    operator: toml::Spanned<String>,
    link: toml::Spanned<String>,
    phone: toml::Spanned<String>,
    email: toml::Spanned<String>,
    areas: toml::Spanned<String>,
    policy: toml::Spanned<String>,
    review: ReviewFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReviewFile {
    english: ReviewRow,
    spanish: ReviewRow,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReviewRow {
    by: toml::Spanned<String>,
    on: toml::Spanned<String>,
}

impl Practice {
    /// Reads `practice.toml`.
    pub fn parse(folder: &Folder) -> Result<Self, Problems> {
        let file: PracticeFile = folder.toml(FILE)?;
        let mut problems = Problems::default();
        let mut value = |value: toml::Spanned<String>, shape: Shape| {
            problems.take(optional(folder, &value, shape)).flatten()
        };
        let mut practice = Self {
            name: value(file.name, Shape::Words),
            operator: value(file.operator, Shape::Words),
            link: value(file.link, Shape::Https),
            phone: value(file.phone, Shape::Phone),
            email: value(file.email, Shape::Email),
            areas: value(file.areas, Shape::Words),
            policy: value(file.policy, Shape::Https),
            reviewed_english: None,
            reviewed_spanish: None,
        };
        practice.reviewed_english = problems
            .take(review(folder, &file.review.english))
            .flatten();
        practice.reviewed_spanish = problems
            .take(review(folder, &file.review.spanish))
            .flatten();
        problems.or_ok(practice)
    }

    /// Who runs the bot, if that was filled in.
    pub fn operator(&self) -> Option<&str> {
        self.operator.as_deref().or(self.name.as_deref())
    }

    /// Whether a parent can reach the practice by anything that was filled in.
    pub fn is_reachable(&self) -> bool {
        self.link.is_some() || self.phone.is_some() || self.email.is_some()
    }

    /// Who reviewed the words of a language; nobody until the operator writes it down.
    pub fn review(&self, language: Language) -> Option<&Review> {
        match language {
            Language::En => self.reviewed_english.as_ref(),
            Language::Es => self.reviewed_spanish.as_ref(),
        }
    }
}

fn optional(
    folder: &Folder,
    value: &toml::Spanned<String>,
    shape: Shape,
) -> Result<Option<String>, Problem> {
    let text = value.get_ref().trim();
    if text.is_empty() {
        return Ok(None);
    }
    let problem = |what: String| folder.problem_at(FILE, value.span(), what);
    if text.chars().count() > MAX_VALUE_CHARS {
        return Err(problem(format!(
            "shorten this to {MAX_VALUE_CHARS} characters"
        )));
    }
    if text.contains(['\n', '{', '}']) {
        return Err(problem(
            "write this in one line, without “{” and “}”".to_owned(),
        ));
    }
    match shape.complaint(text) {
        Some(what) => Err(problem(format!("{what}; or leave it empty"))),
        None => Ok(Some(text.to_owned())),
    }
}

fn review(folder: &Folder, row: &ReviewRow) -> Result<Option<Review>, Problem> {
    let by = optional(folder, &row.by, Shape::Words)?;
    let on = row.on.get_ref().trim();
    match (by, on) {
        (None, "") => Ok(None),
        (None, _) => Err(folder.problem_at(
            FILE,
            row.by.span(),
            "“by” is empty: write who reviewed the words on that day, or leave “on” empty too",
        )),
        (Some(by), on) => match NaiveDate::parse_from_str(on, "%Y-%m-%d") {
            Ok(on) => Ok(Some(Review { by, on })),
            Err(_) => Err(folder.problem_at(
                FILE,
                row.on.span(),
                "“on” is no day: write the day of the review like 2027-01-31, or leave “by” empty too",
            )),
        },
    }
}

/// What a value looks like.
#[derive(Clone, Copy)]
enum Shape {
    Words,
    Https,
    Phone,
    Email,
}

impl Shape {
    /// What to write instead, unless `text` has this shape.
    fn complaint(self, text: &str) -> Option<&'static str> {
        let (fits, complaint) = match self {
            Self::Words => (true, ""),
            Self::Https => (
                is_https(text),
                "write the whole address, beginning with https://",
            ),
            Self::Phone => (
                is_phone(text),
                "write the number with its country code, like +1 555 010 0000",
            ),
            Self::Email => (
                is_email(text),
                "write an e-mail address like hello@example.com",
            ),
        };
        (!fits).then_some(complaint)
    }
}

fn is_https(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .and_then(|rest| rest.split(['/', '?', '#']).next());
    host.is_some_and(is_host) && !text.contains(char::is_whitespace)
}

fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plain = text
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '.'));
    plain && digits >= MIN_PHONE_DIGITS
}

fn is_email(text: &str) -> bool {
    text.split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && is_host(host))
        && !text.contains(char::is_whitespace)
}

fn is_host(host: &str) -> bool {
    host.contains('.') && !host.contains('@') && !host.starts_with('.') && !host.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::testing::{broken, expect_problem};

    #[test]
    fn the_template_invents_nothing() {
        assert_eq!(
            Practice::parse(&Folder::built_in()).unwrap(),
            Practice::default()
        );
    }

    #[test]
    fn what_is_filled_in_is_kept() {
        let check = |key: &str, value: &str, get: fn(&Practice) -> Option<&str>| {
            let folder = broken(
                FILE,
                &format!("\n{key} = \"\""),
                &format!("\n{key} = \" {value} \""),
            );
            assert_eq!(get(&Practice::parse(&folder).unwrap()), Some(value));
        };
        check("name", "Example Practice", |practice| {
            practice.name.as_deref()
        });
        check("name", "Example Practice", Practice::operator);
        check("link", "https://example.com/book?a=1", |practice| {
            practice.link.as_deref()
        });
        check("phone", "+1 (555) 010-0000", |practice| {
            practice.phone.as_deref()
        });
        check("email", "hello@example.com", |practice| {
            practice.email.as_deref()
        });
    }

    #[test]
    fn wrong_shapes_are_told() {
        let check = |key: &str, value: &str, expected: &str| {
            let folder = broken(
                FILE,
                &format!("\n{key} = \"\""),
                &format!("\n{key} = \"{value}\""),
            );
            expect_problem(&folder, expected);
        };
        for link in [
            "http://example.com",
            "example.com",
            "https://localhost",
            "https://a b.com",
            "https://me@example.com",
            "javascript:alert(1)",
        ] {
            check(
                "link",
                link,
                "write the whole address, beginning with https://; or leave it empty",
            );
        }
        for email in [
            "hello",
            "@example.com",
            "a@b",
            "a b@example.com",
            "a@b@example.com",
        ] {
            check("email", email, "write an e-mail address like");
        }
        for phone in ["123", "call me", "+1 555 010 0000 ext. five"] {
            check("phone", phone, "write the number with its country code");
        }
        check("name", &"x".repeat(201), "shorten this to 200 characters");
        check("name", "{version}", "without “{” and “}”");
        check(
            "policy",
            "none",
            "practice.toml, line 25: write the whole address",
        );
    }

    #[test]
    fn a_review_has_a_name_and_a_day() {
        let review = |by: &str, on: &str| {
            broken(
                FILE,
                "by = \"\"\non = \"\"",
                &format!("by = \"{by}\"\non = \"{on}\""),
            )
        };
        let practice =
            Practice::parse(&review("R. R., perinatal clinician", "2027-01-31")).unwrap();
        let english = practice
            .review(Language::En)
            .map(|review| review.on.to_string());
        assert_eq!(english.as_deref(), Some("2027-01-31"));
        assert_eq!(practice.review(Language::Es), None);
        expect_problem(
            &review("R. R.", "31/01/2027"),
            "write the day of the review like 2027-01-31",
        );
        expect_problem(
            &review("", "2027-01-31"),
            "“by” is empty: write who reviewed the words",
        );
    }
}
