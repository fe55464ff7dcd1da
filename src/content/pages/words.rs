//! The words around what the operator filled in, or did not. Plain text: it is escaped with the page it is put into.

use serde::Deserialize;

use crate::content::practice::{Practice, Review};

/// The words around what the operator filled in, or did not.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContactWords {
    areas: String,
    link: String,
    phone: String,
    email: String,
    unknown: String,
    unnamed_operator: String,
    no_address: String,
    policy: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewWords {
    done: String,
    open: String,
}

/// A key of the file, its words, and the places that stand in them.
pub(super) type Words<'a> = (&'static str, &'a str, &'static [&'static str]);

impl ReviewWords {
    /// Who reviewed the words, or that nobody has yet.
    pub(super) fn line(&self, review: Option<&Review>) -> String {
        match review {
            Some(review) => {
                let on = review.on.to_string();
                fill_plain(&self.done, &[("by", &review.by), ("on", &on)])
            }
            None => self.open.clone(),
        }
    }

    pub(super) fn all(&self) -> [Words<'_>; 2] {
        [
            ("review.done", &self.done, &["by", "on"]),
            ("review.open", &self.open, &[]),
        ]
    }
}

impl ContactWords {
    pub(super) fn all(&self) -> [Words<'_>; 8] {
        [
            ("contact.areas", &self.areas, &["areas"]),
            ("contact.link", &self.link, &["link"]),
            ("contact.phone", &self.phone, &["phone"]),
            ("contact.email", &self.email, &["email"]),
            ("contact.unknown", &self.unknown, &[]),
            ("contact.unnamed_operator", &self.unnamed_operator, &[]),
            ("contact.no_address", &self.no_address, &[]),
            ("contact.policy", &self.policy, &["policy"]),
        ]
    }

    /// How to reach the practice, a line for each thing that was filled in. Plain text.
    pub(super) fn block(&self, practice: &Practice) -> String {
        if !practice.is_reachable() {
            return self.unknown.clone();
        }
        let lines = [
            practice.name.clone(),
            labelled(&self.areas, "areas", practice.areas.as_deref()),
            labelled(&self.link, "link", practice.link.as_deref()),
            labelled(&self.phone, "phone", practice.phone.as_deref()),
            labelled(&self.email, "email", practice.email.as_deref()),
        ];
        let lines: Vec<String> = lines.into_iter().flatten().collect();
        lines.join("\n")
    }

    /// Who runs the bot.
    pub(super) fn operator<'a>(&'a self, practice: &'a Practice) -> &'a str {
        practice.operator().unwrap_or(&self.unnamed_operator)
    }

    /// The one address for questions and complaints.
    pub(super) fn address<'a>(&'a self, practice: &'a Practice) -> &'a str {
        [&practice.email, &practice.phone, &practice.link]
            .into_iter()
            .find_map(|address| address.as_deref())
            .unwrap_or(&self.no_address)
    }

    /// Where the full policy is; empty when there is none.
    pub(super) fn policy(&self, practice: &Practice) -> String {
        labelled(&self.policy, "policy", practice.policy.as_deref()).unwrap_or_default()
    }
}

fn labelled(template: &str, name: &str, value: Option<&str>) -> Option<String> {
    value.map(|value| fill_plain(template, &[(name, value)]))
}

/// For words that are escaped later, with the page that they are put into.
fn fill_plain(template: &str, values: &[(&str, &str)]) -> String {
    values
        .iter()
        .fold(template.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
}
