//! From matches to a finding: negation, fear, who it is about, and which tier wins.

mod scene;
mod suspicion;

use std::fmt::Write as _;

use scene::Scene;
use suspicion::{doubt, strongest, suspicion};

use super::bonding;
use super::features;
use super::finding::{Category, Explanation, Finding, Tier};
use super::language::language;
use super::lexicon::Lexicon;
use super::matcher::{Place, Spans};
use super::model::{self, Chances, Weights};
use super::repair::{self, Word};
use super::rules::Verdict;

/// Reads a text. Never fails, never panics, costs time linear in the text's length.
pub fn read(text: &str) -> Finding {
    read_with(text, &model::BUILT_IN)
}

/// The same with other weights, for scoring weights on messages they were not trained on.
pub fn read_with(text: &str, weights: &Weights) -> Finding {
    Reading::of(text, weights).finding()
}

/// Reads a text and says why.
pub fn explain(text: &str) -> Explanation {
    let reading = Reading::of(text, &model::BUILT_IN);
    Explanation {
        finding: reading.finding(),
        lines: reading.lines(),
    }
}

/// Steps the matcher takes for a text, for the proof that they stay bounded.
#[cfg(test)]
pub(super) fn steps(text: &str) -> u64 {
    let lexicon = Lexicon::get();
    let words = repair::words(text);
    let mut spans = Spans::find(lexicon, &places(lexicon, &words));
    spans.mask(lexicon);
    spans.hits(lexicon);
    spans.steps
}

/// One rule's say, after negation and fear were weighed.
#[derive(Debug)]
struct Say {
    tier: Tier,
    category: Category,
    other: bool,
    /// Denied, long past or feared: the model needs more to say otherwise.
    softened: bool,
    start: usize,
    end: usize,
    why: String,
}

/// A text as read.
struct Reading {
    words: Vec<Word>,
    says: Vec<Say>,
    masks: Vec<(usize, usize, String)>,
    /// The model's chances of emergency, loss and anything at all, each where it is highest.
    shares: [f32; 3],
}

impl Reading {
    fn of(text: &str, weights: &Weights) -> Self {
        let lexicon = Lexicon::get();
        let words = repair::words(text);
        let places = places(lexicon, &words);
        let mut spans = Spans::find(lexicon, &places);
        let masks = spans.mask(lexicon);
        let hits = spans.hits(lexicon);
        let scene = Scene {
            lexicon,
            spans: &spans,
            places: &places,
        };
        let mut says: Vec<Say> = masks
            .iter()
            .chain(&hits)
            .filter_map(|hit| scene.weigh(hit))
            .collect();
        let mut masked = vec![false; words.len()];
        for hit in &masks {
            masked[hit.start..hit.end].fill(true);
        }
        // The model judges what is left when the denied, past and feared words are taken out.
        for say in says.iter().filter(|say| say.softened) {
            masked[say.start..say.end].fill(true);
        }
        let softened = says.iter().any(|say| say.softened);
        let windows = features::windows(lexicon, &words, &spans, &masked);
        let chances: Vec<Chances> = windows
            .iter()
            .map(|window| weights.chances(&window.features))
            .collect();
        doubt(&mut says, &chances);
        let stretches = windows.iter().zip(&chances);
        for (window, chances) in stretches {
            let Some(mut say) = suspicion(window, chances, softened) else {
                continue;
            };
            say.other = say.tier == Tier::Emergency && scene.tells_of_other(window);
            says.push(say);
        }
        let shares = strongest(&chances);
        let masks = masks
            .iter()
            .filter(|hit| hit.verdict() == Verdict::Mask)
            .map(|hit| (hit.start, hit.end, hit.program.name.clone()))
            .collect();
        Self {
            words,
            says,
            masks,
            shares,
        }
    }

    fn finding(&self) -> Finding {
        let tier = self
            .says
            .iter()
            .map(|say| say.tier)
            .max()
            .unwrap_or_default();
        if tier == Tier::None {
            return Finding {
                language: language(&self.words),
                about_bonding: !bonding::find(&self.words).is_empty(),
                ..Finding::default()
            };
        }
        let mut categories: Vec<Category> = self
            .says
            .iter()
            .filter(|say| say.tier == tier)
            .map(|say| say.category)
            .collect();
        let others = self.says.iter().filter(|say| say.tier == tier);
        if others.clone().any(|say| say.other) {
            categories.push(Category::SomeoneElse);
        }
        categories.sort_unstable();
        categories.dedup();
        let span = self.says.iter().filter(|say| say.tier == tier);
        let matched: Vec<Word> = span
            .flat_map(|say| self.words[say.start..say.end].iter().cloned())
            .collect();
        Finding {
            tier,
            categories,
            language: language(&matched).or_else(|| language(&self.words)),
            about_bonding: false,
        }
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("text: {}", self.phrase(0, self.words.len()))];
        for (start, end, rule) in &self.masks {
            lines.push(format!("{rule} idiom \"{}\"", self.phrase(*start, *end)));
        }
        for say in &self.says {
            let mut line = String::new();
            // Writing to a String cannot fail.
            let _ = write!(
                line,
                "{} {} {} \"{}\"",
                say.why,
                say.tier.code(),
                say.category.code(),
                self.phrase(say.start, say.end),
            );
            lines.push(line);
        }
        let [emergency, loss, anything] = self.shares.map(|share| share * 100.0);
        lines.push(format!(
            "model at most: emergency {emergency:.0}%, loss {loss:.0}%, anything {anything:.0}%"
        ));
        for (start, end, rule) in bonding::find(&self.words) {
            lines.push(format!("{rule} bonding \"{}\"", self.phrase(start, end)));
        }
        lines
    }

    fn phrase(&self, start: usize, end: usize) -> String {
        let words: Vec<&str> = self.words[start..end]
            .iter()
            .map(|word| word.text.as_str())
            .collect();
        words.join(" ")
    }
}

pub(super) fn places(lexicon: &Lexicon, words: &[Word]) -> Vec<Place> {
    words
        .iter()
        .map(|word| Place {
            ids: std::iter::once(&word.text)
                .chain(&word.others)
                .filter_map(|text| lexicon.word(text))
                .collect(),
            breaks: word.breaks,
        })
        .collect()
}
