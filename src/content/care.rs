//! The replies to what a parent says at 3 a.m.: emergency, concern, scary thoughts, loss.
//!
//! Pure after loading, and composed from parts that were all checked there, so that a reply cannot fail. Every reply
//! says what to do in danger and in a crisis before it names any support line (see [`super::crisis::gate`]).
//! Knows nothing of how the words were recognized, nor who said them.

use std::sync::Arc;

use crate::{
    content::{
        Voice,
        crisis::{CountryLines, Directory, InEach, Topic},
        folder::{Folder, Problem, Problems},
        markup,
    },
    domain::Language,
};

mod file;

use file::CareFile;

/// How many inserts a reply holds at most: more would push the numbers off the screen.
const MAX_INSERTS: usize = 2;

/// What an emergency is about, beside the parent's own life. In this order inserts are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Insert {
    /// A body in danger: not breathing, bleeding. Changes the first line.
    Medical,
    /// Harm to the baby.
    Baby,
    /// Signs of psychosis.
    Psychosis,
    /// Violence at home.
    Violence,
    /// It is about someone else.
    Other,
}

impl Insert {
    /// Every insert, in the order in which they are chosen.
    pub const ALL: [Self; 5] = [
        Self::Medical,
        Self::Baby,
        Self::Psychosis,
        Self::Violence,
        Self::Other,
    ];
}

/// The replies in every language, for every country.
#[derive(Clone, Debug)]
pub struct Care {
    files: InEach<CareFile>,
    directory: Arc<Directory>,
}

impl Care {
    /// Reads `<language>/care.toml` and holds every reply in every country against the rules.
    pub fn load(folder: &Folder, directory: Arc<Directory>) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let mut read = |language| problems.take(CareFile::read(folder, language));
        let (en, es) = (read(Language::En), read(Language::Es));
        let (Some(en), Some(es)) = (en, es) else {
            return Err(problems);
        };
        let care = Self {
            files: InEach { en, es },
            directory,
        };
        for language in Language::ALL {
            for lines in care.directory.countries() {
                if let Err(what) = care.check(lines, language) {
                    problems.push(Problem::in_file(file::name(language), what));
                }
            }
        }
        problems.or_ok(care)
    }

    /// To words of an emergency. `opening` picks the first line, in turn, so that a parent who writes again is not
    /// answered by the same words; the numbers stay. At most two inserts are shown, the gravest ones.
    /// `hold` says that notes are held for three days: only true for a parent who gets notes.
    pub fn emergency(
        &self,
        voice: Voice,
        inserts: &[Insert],
        opening: usize,
        hold: bool,
    ) -> String {
        let lines = self.directory.get(voice.country);
        said(self.try_emergency(lines, voice.language, inserts, opening, hold))
    }

    /// To words of strain.
    pub fn concern(&self, voice: Voice, opening: usize) -> String {
        let lines = self.directory.get(voice.country);
        said(self.try_concern(lines, voice.language, opening))
    }

    /// To scary thoughts that are not wanted.
    pub fn scary(&self, voice: Voice, opening: usize) -> String {
        let lines = self.directory.get(voice.country);
        said(self.try_scary(lines, voice.language, opening))
    }

    /// To the loss of the baby. `subscriber` says that notes were stopped, and how to erase what is stored: only true
    /// for a parent of whom something is stored.
    pub fn loss(&self, voice: Voice, opening: usize, subscriber: bool) -> String {
        let lines = self.directory.get(voice.country);
        said(self.try_loss(lines, voice.language, opening, subscriber))
    }

    /// Who has checked the wording in this language, if anyone has.
    pub fn reviewed(&self, language: Language) -> Option<&str> {
        let who = self.files.of(language).reviewed.trim();
        Some(who).filter(|who| !who.is_empty())
    }

    fn try_emergency(
        &self,
        lines: &CountryLines,
        language: Language,
        inserts: &[Insert],
        opening: usize,
        hold: bool,
    ) -> Result<String, String> {
        let file = self.files.of(language);
        let texts = &file.emergency;
        let phrases = lines.phrases(language);
        let medical = inserts.contains(&Insert::Medical);

        let mut paragraphs = Vec::new();
        if medical {
            paragraphs.push(phrases.fill(&texts.medical)?);
            paragraphs.push(texts.bot.clone());
        } else {
            paragraphs.push(format!(
                "{} {}",
                in_turn(&file.openings.emergency, opening),
                texts.bot
            ));
        }
        let mut call = vec![phrases.fill(&texts.danger_now)?];
        call.extend(phrases.call.iter().map(|item| markup::escape(item)));
        paragraphs.push(bullets(&call));
        let meanwhile = if medical {
            &texts.meanwhile_medical
        } else {
            &texts.meanwhile
        };
        paragraphs.push(format!(
            "{}\n{}",
            texts.meanwhile_heading,
            bullets(meanwhile)
        ));
        paragraphs.push(phrases.fill(&texts.quiet)?);
        for insert in chosen(inserts) {
            paragraphs.push(self.insert(lines, language, insert)?);
        }
        paragraphs.push(if hold {
            format!("{} {}", texts.hold, texts.any_time)
        } else {
            texts.any_time.clone()
        });
        Ok(paragraphs.join("\n\n"))
    }

    fn insert(
        &self,
        lines: &CountryLines,
        language: Language,
        insert: Insert,
    ) -> Result<String, String> {
        let texts = &self.files.of(language).inserts;
        let phrases = lines.phrases(language);
        match insert {
            // Medical changes the first line instead.
            Insert::Medical => Ok(String::new()),
            Insert::Baby => phrases.fill(&texts.baby),
            Insert::Psychosis => phrases.fill(&texts.psychosis),
            Insert::Other => phrases.fill(&texts.other),
            Insert::Violence => {
                let line = lines.about(Topic::Violence, language);
                let whom = if line.is_empty() {
                    phrases.fill(&texts.violence_no_line)?
                } else {
                    markup::escape(&line)
                };
                Ok(format!(
                    "{} {whom} {}",
                    texts.violence, texts.violence_phone
                ))
            }
        }
    }

    fn try_concern(
        &self,
        lines: &CountryLines,
        language: Language,
        opening: usize,
    ) -> Result<String, String> {
        let file = self.files.of(language);
        let body = lines.phrases(language).fill(&file.concern)?;
        Ok(format!(
            "{} {body}",
            in_turn(&file.openings.concern, opening)
        ))
    }

    fn try_scary(
        &self,
        lines: &CountryLines,
        language: Language,
        opening: usize,
    ) -> Result<String, String> {
        let file = self.files.of(language);
        let body = lines.phrases(language).fill(&file.scary)?;
        Ok(format!("{} {body}", in_turn(&file.openings.scary, opening)))
    }

    fn try_loss(
        &self,
        lines: &CountryLines,
        language: Language,
        opening: usize,
        subscriber: bool,
    ) -> Result<String, String> {
        let file = self.files.of(language);
        let texts = &file.loss;
        let body = lines.phrases(language).fill(&texts.body)?;
        let opening = in_turn(&file.openings.loss, opening);
        Ok(if subscriber {
            format!("{opening} {} {body} {}", texts.stopped, texts.erase)
        } else {
            format!("{opening} {body}")
        })
    }

    /// Every reply there can be in this country and language.
    fn check(&self, lines: &CountryLines, language: Language) -> Result<(), String> {
        let openings = &self.files.of(language).openings;
        let check = |reply: &str, said: Result<String, String>| {
            said.and_then(|html| lines.check_body(language, &html))
                .map_err(|what| format!("{reply} for {}: {what}", lines.country()))
        };
        for inserts in sets_of_inserts() {
            let said = self.try_emergency(lines, language, &inserts, 0, true);
            check("the emergency reply", said)?;
        }
        for turn in 0..openings.longest() {
            check(
                "the emergency reply",
                self.try_emergency(lines, language, &[], turn, true),
            )?;
            check("the concern reply", self.try_concern(lines, language, turn))?;
            check("the scary reply", self.try_scary(lines, language, turn))?;
            check("the loss reply", self.try_loss(lines, language, turn, true))?;
        }
        Ok(())
    }
}

/// The inserts that are shown: the gravest, at most two. What a baby needs who might be hurt (to be laid down and
/// left) is wrong for one who does not breathe, so `Medical` takes the place of `Baby`.
fn chosen(inserts: &[Insert]) -> impl Iterator<Item = Insert> {
    let medical = inserts.contains(&Insert::Medical);
    Insert::ALL
        .into_iter()
        .filter(|insert| inserts.contains(insert))
        .filter(move |insert| *insert != Insert::Medical && !(medical && *insert == Insert::Baby))
        .take(MAX_INSERTS)
}

/// Every insert by itself and with every other, and where bodies are in danger too: all that can stand in one reply.
fn sets_of_inserts() -> impl Iterator<Item = [Insert; MAX_INSERTS + 1]> {
    Insert::ALL
        .into_iter()
        .flat_map(|one| Insert::ALL.into_iter().map(move |other| (one, other)))
        .filter(|(one, other)| one <= other)
        .flat_map(|(one, other)| [[one, other, other], [Insert::Medical, one, other]])
}

fn in_turn(openings: &[String], turn: usize) -> &str {
    match openings.len() {
        0 => "",
        count => &openings[turn % count],
    }
}

fn bullets(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| format!("• {item}")).collect();
    items.join("\n")
}

/// Loading has composed every reply there is, so composing one again does not fail.
fn said(reply: Result<String, String>) -> String {
    reply.expect("Care::load has composed this reply before")
}

#[cfg(test)]
mod tests;
