//! The replies as they are written in one language, and the rules for each part.

use serde::Deserialize;

use crate::{
    content::{
        folder::{Folder, Problems},
        markup,
    },
    domain::Language,
};

/// How many first lines there are at least, so that a parent who writes again is not answered by the same words.
pub(super) const MIN_OPENINGS: usize = 5;

/// `<language>/care.toml`. All texts are HTML; those with places are said so.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CareFile {
    /// Which clinician and which native speaker have checked the wording; empty until they have.
    pub(super) reviewed: String,
    /// With places.
    pub(super) concern: String,
    /// With places.
    pub(super) scary: String,
    pub(super) openings: Openings,
    pub(super) emergency: Emergency,
    pub(super) inserts: Inserts,
    pub(super) loss: Loss,
}

/// First lines, taken in turn.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Openings {
    pub(super) emergency: Vec<String>,
    pub(super) concern: Vec<String>,
    pub(super) scary: Vec<String>,
    pub(super) loss: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Emergency {
    /// Says that this is a bot and nobody else reads.
    pub(super) bot: String,
    /// First line when a body is in danger. With places.
    pub(super) medical: String,
    /// With places.
    pub(super) danger_now: String,
    pub(super) meanwhile_heading: String,
    pub(super) meanwhile: Vec<String>,
    /// The same when a body is in danger: without laying the baby down, who may be the one.
    pub(super) meanwhile_medical: Vec<String>,
    /// For those who cannot talk out loud. With places.
    pub(super) quiet: String,
    /// That notes are held.
    pub(super) hold: String,
    pub(super) any_time: String,
}

/// All with places, but for `violence` and `violence_phone`: the country's line stands between these two.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Inserts {
    pub(super) baby: String,
    pub(super) psychosis: String,
    pub(super) violence: String,
    /// In place of a line where the country has none.
    pub(super) violence_no_line: String,
    pub(super) violence_phone: String,
    pub(super) other: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Loss {
    /// That notes were stopped.
    pub(super) stopped: String,
    /// With places.
    pub(super) body: String,
    /// How to erase what is stored.
    pub(super) erase: String,
}

/// The file of a language within `messages/`.
pub(super) const fn name(language: Language) -> &'static str {
    match language {
        Language::En => "en/care.toml",
        Language::Es => "es/care.toml",
    }
}

impl CareFile {
    pub(super) fn read(folder: &Folder, language: Language) -> Result<Self, Problems> {
        let name = name(language);
        let file: Self = folder.toml(name)?;
        let mut problems = Problems::default();
        let mut wrong = |key: &str, what: String| problems.push(folder.problem_of(name, key, what));
        for (key, openings) in file.openings.by_key() {
            if openings.len() < MIN_OPENINGS {
                wrong(
                    key,
                    format!(
                        "only {} first lines; write at least {MIN_OPENINGS}",
                        openings.len()
                    ),
                );
            }
        }
        for (key, text) in file.by_key() {
            if text.trim().is_empty() {
                wrong(key, "this is empty; it must be said".to_owned());
            }
            if let Err(what) = markup::check(text) {
                wrong(key, what);
            }
        }
        problems.or_ok(file)
    }

    fn by_key(&self) -> Vec<(&'static str, &str)> {
        let (emergency, inserts, loss) = (&self.emergency, &self.inserts, &self.loss);
        let mut texts = vec![
            ("concern", self.concern.as_str()),
            ("openings.scary", &self.scary),
            ("emergency.bot", &emergency.bot),
            ("emergency.medical", &emergency.medical),
            ("emergency.danger_now", &emergency.danger_now),
            ("emergency.meanwhile_heading", &emergency.meanwhile_heading),
            ("emergency.quiet", &emergency.quiet),
            ("emergency.hold", &emergency.hold),
            ("emergency.any_time", &emergency.any_time),
            ("inserts.baby", &inserts.baby),
            ("inserts.psychosis", &inserts.psychosis),
            ("inserts.violence", &inserts.violence),
            ("inserts.violence_no_line", &inserts.violence_no_line),
            ("inserts.violence_phone", &inserts.violence_phone),
            ("inserts.other", &inserts.other),
            ("loss.stopped", &loss.stopped),
            ("loss.body", &loss.body),
            ("loss.erase", &loss.erase),
        ];
        let lists = [
            ("emergency.meanwhile", &emergency.meanwhile),
            ("emergency.meanwhile_medical", &emergency.meanwhile_medical),
        ];
        for (key, list) in lists.into_iter().chain(self.openings.by_key()) {
            // An empty list would leave its heading alone.
            if list.is_empty() {
                texts.push((key, ""));
            }
            texts.extend(list.iter().map(|text| (key, text.as_str())));
        }
        texts
    }
}

impl Openings {
    /// How many turns until every list has been seen.
    pub(super) fn longest(&self) -> usize {
        self.by_key()
            .iter()
            .map(|(_, list)| list.len())
            .max()
            .unwrap_or_default()
    }

    fn by_key(&self) -> [(&'static str, &Vec<String>); 4] {
        [
            ("openings.emergency", &self.emergency),
            ("openings.concern", &self.concern),
            ("openings.scary", &self.scary),
            ("openings.loss", &self.loss),
        ]
    }
}
