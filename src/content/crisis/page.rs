//! The help page and the list of helplines: frames in each language, filled with a country's lines.

use serde::Deserialize;

use super::{
    file::{InEach, Kind, Line, Topic},
    phrases::Phrases,
};
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
    /// Label of the button that finds helplines anywhere.
    anywhere: String,
}

/// The page that lists helplines of every country (mark V).
const ANYWHERE: &str = "https://findahelpline.com";

/// The place of the number in the label of a copy button.
const NUMBER: &str = "{number}";

#[derive(Clone, Debug)]
pub(super) struct Frames(InEach<Frame>);

impl Frames {
    pub(super) fn load(folder: &Folder, problems: &mut Problems) -> Option<Self> {
        let mut read = |file: &str| {
            let frame: Frame = problems.take(folder.toml(file))?;
            let faults = frame.faults();
            for (key, what) in &faults {
                problems.push(folder.problem_of(file, key, what));
            }
            faults.is_empty().then_some(frame)
        };
        let (en, es) = (read("en/crisis.toml"), read("es/crisis.toml"));
        Some(Self(InEach { en: en?, es: es? }))
    }

    pub(super) const fn of(&self, language: Language) -> &Frame {
        self.0.of(language)
    }
}

impl Frame {
    fn faults(&self) -> Vec<(&'static str, String)> {
        let texts = [
            ("opening", &self.opening),
            ("danger", &self.danger),
            ("violence", &self.violence),
            ("parents", &self.parents),
            ("psychosis", &self.psychosis),
            ("support", &self.support),
            ("help_now", &self.help_now),
        ];
        let mut faults: Vec<_> = texts
            .into_iter()
            .filter_map(|(key, text)| {
                let checked = Phrases::check_places(text).and_then(|()| markup::check(text));
                checked.err().map(|what| (key, what))
            })
            .collect();
        if !self.copy.contains(NUMBER) {
            faults.push((
                "copy",
                format!("must hold {NUMBER}, the number that is copied"),
            ));
        }
        faults
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
            crisis(line) && is_about_violence(line)
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

/// What to do in danger and in a crisis, then lines for those who are in neither; crisis lines where there are none.
pub(super) fn helplines(
    lines: &[Line],
    phrases: &Phrases,
    frame: &Frame,
    language: Language,
) -> Result<String, String> {
    let help_now = phrases.fill(&frame.help_now)?;
    let some_support = lines.iter().any(|line| line.kind == Kind::Support);
    let wanted = |line: &Line| {
        if some_support {
            line.kind == Kind::Support
        } else {
            line.kind == Kind::Crisis && is_to_talk(line)
        }
    };
    Ok(list_of(lines, &help_now, &wanted, language).unwrap_or(help_now))
}

/// The first few numbers at which someone answers at any hour; the emergency number where there is none.
pub(super) fn copyable(lines: &[Line], frame: &Frame, most: usize) -> Vec<(String, String)> {
    let to_talk = lines
        .iter()
        .filter(|line| is_to_talk(line) && line.day_and_night() && line.area.is_none());
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
        // A label is not HTML: nothing in it is escaped.
        .map(|number| (frame.copy.replace(NUMBER, number), number.clone()))
        .collect()
}

/// The pages of the lines to talk to, then the page for every country.
pub(super) fn links(lines: &[Line], frame: &Frame, language: Language) -> Vec<(String, String)> {
    let own = lines
        .iter()
        .filter(|line| is_to_talk(line))
        .filter_map(|line| {
            let label = line.link_label.as_ref()?.of(language);
            Some((label.clone(), line.link.clone()?))
        });
    let own = own.filter(|(_, link)| link != ANYWHERE);
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

fn is_about_violence(line: &Line) -> bool {
    matches!(line.topic, Topic::Violence | Topic::Child)
}

fn list_of(
    lines: &[Line],
    heading: &str,
    wanted: &dyn Fn(&Line) -> bool,
    language: Language,
) -> Option<String> {
    let mut list = String::new();
    for line in lines
        .iter()
        .filter(|line| line.part_of.is_none() && wanted(line))
    {
        list.push_str("\n• ");
        list.push_str(&markup::escape(line.says.of(language)));
    }
    (!list.is_empty()).then(|| format!("{heading}{list}"))
}
