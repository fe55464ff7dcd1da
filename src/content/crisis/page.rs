//! The help page and the list of helplines: frames in each language, filled with a country's lines.

use serde::Deserialize;

use super::file::{InEach, Kind, Line, Phrases, Topic};
use crate::{
    content::{
        folder::{Folder, Problems},
        markup,
    },
    domain::Language,
};

/// What stands around the lines, in HTML, with places such as `{danger}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Frame {
    opening: String,
    danger: String,
    violence: String,
    parents: String,
    psychosis: String,
    support: String,
    /// The first line above the helplines.
    help_now: String,
    /// Label of a button that copies a `{number}`.
    copy: String,
    /// Label of a button that opens a line's page, by its `{name}`.
    open: String,
    /// Label of the button that finds helplines anywhere.
    anywhere: String,
}

/// The page that lists helplines of every country (ThroughLine; mark V).
const ANYWHERE: &str = "https://findahelpline.com";

#[derive(Clone, Debug)]
pub(super) struct Frames(InEach<Frame>);

impl Frames {
    pub(super) fn load(folder: &Folder, problems: &mut Problems) -> Option<Self> {
        let en = problems.take(folder.toml("en/crisis.toml"));
        let es = problems.take(folder.toml("es/crisis.toml"));
        Some(Self(InEach { en: en?, es: es? }))
    }

    pub(super) const fn of(&self, language: Language) -> &Frame {
        self.0.of(language)
    }
}

/// Danger first, then crisis lines, then support lines; nothing about what a country has no line for.
pub(super) fn page(
    lines: &[Line],
    phrases: &Phrases,
    frame: &Frame,
    language: Language,
) -> Result<String, String> {
    let list = |heading: &str, wanted: &dyn Fn(&Line) -> bool| {
        list_of(lines, &markup::escape(heading), wanted, language)
    };
    let crisis = |line: &Line| line.kind == Kind::Crisis;
    let support = |line: &Line| line.kind == Kind::Support;
    let sections = [
        Some(frame.opening.clone()),
        Some(phrases.fill(&frame.danger)?),
        list(&phrases.talk_now, &|line| crisis(line) && is_to_talk(line)),
        list(&frame.violence, &|line| {
            crisis(line) && line.topic == Topic::Violence
        }),
        list(&frame.parents, &|line| {
            support(line) && line.day_and_night()
        }),
        Some(phrases.fill(&frame.psychosis)?),
        list(&frame.support, &|line| {
            support(line) && !line.day_and_night()
        }),
        Some(markup::escape(&phrases.elsewhere)),
    ];
    Ok(sections
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("\n\n"))
}

/// What to do in danger and in a crisis, then lines for those who are in neither.
pub(super) fn helplines(
    lines: &[Line],
    phrases: &Phrases,
    frame: &Frame,
    language: Language,
) -> Result<String, String> {
    let help_now = phrases.fill(&frame.help_now)?;
    let calm = |line: &Line| line.kind == Kind::Support || line.topic == Topic::Child;
    let some_calm = lines.iter().any(calm);
    let wanted = |line: &Line| {
        if some_calm {
            calm(line)
        } else {
            line.kind == Kind::Crisis && is_to_talk(line)
        }
    };
    Ok(list_of(lines, &help_now, &wanted, language).unwrap_or(help_now))
}

/// The first few numbers to talk to someone; the emergency number where there is none.
pub(super) fn copyable(
    lines: &[Line],
    frame: &Frame,
    most: usize,
) -> Result<Vec<(String, String)>, String> {
    let to_talk = lines
        .iter()
        .filter(|line| is_to_talk(line) && line.area.is_none());
    let mut numbers: Vec<&String> = to_talk.filter_map(|line| line.number.as_ref()).collect();
    if numbers.is_empty() {
        numbers = lines
            .iter()
            .filter_map(|line| line.number.as_ref())
            .collect();
    }
    numbers
        .into_iter()
        .take(most)
        .map(|number| {
            // A label is not HTML: nothing in it is escaped.
            let label = frame.copy.replace("{number}", number);
            if label == frame.copy {
                return Err("copy in crisis.toml must hold {number}".to_owned());
            }
            Ok((label, number.clone()))
        })
        .collect()
}

/// The pages of the lines to talk to, then the page for every country.
pub(super) fn links(lines: &[Line], frame: &Frame, language: Language) -> Vec<(String, String)> {
    let own = lines
        .iter()
        .filter(|line| is_to_talk(line))
        .filter_map(|line| Some((line, line.link.as_ref()?)))
        .filter(|(_, link)| *link != ANYWHERE)
        .map(|(line, link)| {
            let label = frame.open.replace("{name}", line.name.of(language));
            (label, link.clone())
        });
    own.chain([(frame.anywhere.clone(), ANYWHERE.to_owned())])
        .collect()
}

fn is_to_talk(line: &Line) -> bool {
    line.kind != Kind::Emergency
        && matches!(
            line.topic,
            Topic::Suicide | Topic::Anyone | Topic::Perinatal
        )
}

fn list_of(
    lines: &[Line],
    heading: &str,
    wanted: &dyn Fn(&Line) -> bool,
    language: Language,
) -> Option<String> {
    let mut list = String::new();
    for line in lines.iter().filter(|line| wanted(line)) {
        list.push_str("\n• ");
        list.push_str(&markup::escape(line.says.of(language)));
    }
    (!list.is_empty()).then(|| format!("{heading}{list}"))
}
