//! From matches to a finding: negation, fear, who it is about, and which tier wins.

use std::fmt::Write as _;

use super::features::{self, Window};
use super::finding::{Category, Explanation, Finding, Tier};
use super::language::language;
use super::lexicon::Lexicon;
use super::matcher::{Hit, Place, Spans};
use super::model::{self, Chances, LABELS, Weights};
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

/// Where a hit stands: what is around it decides what it means.
struct Scene<'a> {
    lexicon: &'a Lexicon,
    spans: &'a Spans,
    places: &'a [Place],
}

/// How far back, in words, a negation or a subject is looked for.
const REACH: usize = 8;

impl Scene<'_> {
    fn weigh(&self, hit: &Hit<'_>) -> Option<Say> {
        let Verdict::Means(tier, category) = hit.verdict() else {
            return None;
        };
        let mut say = Say {
            tier,
            category,
            other: false,
            softened: false,
            start: hit.start,
            end: hit.end,
            why: hit.program.name.clone(),
        };
        if !hit.program.firm && self.negated(hit) {
            if tier == Tier::Concern {
                return None;
            }
            soften(&mut say, "negated");
        } else if !hit.program.firm && self.past(hit) {
            soften(&mut say, "past");
        } else if hit.program.dreadable && self.dreaded() {
            say.tier = Tier::Concern;
            say.category = Category::ScaryThoughts;
            say.softened = true;
            say.why.push_str(" (feared)");
        }
        say.other = say.tier == Tier::Emergency && self.about_other(hit);
        Some(say)
    }

    fn at(&self, name: &str, place: usize) -> u64 {
        self.spans.lengths(place, self.lexicon.named(name))
    }

    /// A "not" that governs the match: only words that pass a negation on may stand between.
    fn negated(&self, hit: &Hit<'_>) -> bool {
        let mut end = hit.start;
        for _ in 0..REACH {
            if end == 0 || self.places.get(end).is_some_and(|place| place.breaks) {
                return false;
            }
            if self.ends("not-really-negation", end) {
                return false;
            }
            if self.ends("negation", end) {
                return true;
            }
            let Some(length) = (1..=4).rev().find(|length| {
                end >= *length && self.at("passes-negation", end - length) & (1 << length) != 0
            }) else {
                return false;
            };
            end -= length;
        }
        false
    }

    /// Whether a span of the class ends just before a place.
    fn ends(&self, name: &str, end: usize) -> bool {
        (1..=6.min(end)).any(|length| self.at(name, end - length) & (1 << length) != 0)
    }

    /// Words near the match that put it years back, and none that bring it back to today.
    fn past(&self, hit: &Hit<'_>) -> bool {
        let from = hit.start.saturating_sub(REACH);
        let to = hit.end + REACH;
        let past = self.lexicon.named("long-ago");
        let now = self.lexicon.named("again-now");
        self.spans.any(past, from, to) && !self.spans.any(now, from, to)
    }

    fn dreaded(&self) -> bool {
        let all = self.places.len();
        self.spans.any(self.lexicon.named("dread"), 0, all)
    }

    /// Whether the one it is about is someone else: the nearest subject before it, or in it.
    fn about_other(&self, hit: &Hit<'_>) -> bool {
        let from = hit.start.saturating_sub(REACH);
        (from..hit.end)
            .rev()
            .skip_while(|place| *place > hit.start)
            .find_map(|place| {
                if self.at("someone-else", place) != 0 {
                    Some(true)
                } else if self.at("myself-subject", place) != 0 {
                    Some(false)
                } else {
                    None
                }
            })
            .unwrap_or(false)
    }

    /// Whether the first one that a stretch is about is someone else.
    fn tells_of_other(&self, window: &Window) -> bool {
        (window.start..window.end)
            .find_map(|place| {
                if self.at("someone-else", place) != 0 {
                    Some(true)
                } else if self.at("myself-subject", place) != 0 {
                    Some(false)
                } else {
                    None
                }
            })
            .unwrap_or(false)
    }
}

/// Chance of an emergency, all kinds together, from which the model alone says so.
const SURE: f32 = 0.77;
/// The same where the rules saw a denial, a past or a fear.
const VERY_SURE: f32 = 0.93;
/// Chance of a loss from which the model alone says so.
const SURE_OF_LOSS: f32 = 0.55;
/// The same in a few words: a loss stops all notes, and few words prove little.
const SURE_OF_SHORT_LOSS: f32 = 0.8;
const FEW: usize = 6;
/// Fewer words than this are for the rules alone.
const FEWEST: usize = 2;
/// Chance of anything at all from which it is a concern.
const SUSPECTED: f32 = 0.65;

/// Chance of an emergency anywhere in the text below which the model doubts a rule that says so.
const DOUBTED: f32 = 0.4;

/// How likely a tier is, its categories together.
fn chance(chances: &Chances, tier: Tier) -> f32 {
    LABELS
        .iter()
        .zip(chances)
        .filter(|(label, _)| model::tier(**label) == tier)
        .map(|(_, chance)| chance)
        .sum()
}

/// Chance of anything at all below which a concern that only a rule sees is none.
const ORDINARY: f32 = 0.1;

/// The chances of emergency, loss and anything at all, each in the stretch where it is highest.
fn strongest(chances: &[Chances]) -> [f32; 3] {
    let most = |of: fn(&Chances) -> f32| chances.iter().map(of).fold(0.0, f32::max);
    [
        most(|chances| chance(chances, Tier::Emergency)),
        most(|chances| chance(chances, Tier::Loss)),
        most(|chances| 1.0 - chance(chances, Tier::None)),
    ]
}

/// What only a rule sees, and the model nowhere: an emergency is answered as a concern, so that help is shown all the
/// same; a concern is none.
fn doubt(says: &mut Vec<Say>, chances: &[Chances]) {
    let [emergency, _, anything] = strongest(chances);
    if anything < ORDINARY {
        // Not what she denies or says is over: those words were taken out of what the model sees.
        let vague = |say: &&mut Say| say.tier == Tier::Concern && !say.softened;
        for say in says.iter_mut().filter(vague) {
            say.tier = Tier::None;
            say.why.push_str(" (doubted)");
        }
    }
    if emergency < DOUBTED {
        for say in says.iter_mut().filter(|say| say.tier == Tier::Emergency) {
            say.tier = Tier::Concern;
            say.category = Category::Distress;
            say.other = false;
            say.why.push_str(" (doubted)");
        }
    }
}

/// What the model has to say about one stretch.
fn suspicion(window: &Window, chances: &Chances, softened: bool) -> Option<Say> {
    let needed = if softened { VERY_SURE } else { SURE };
    let anything = 1.0 - chance(chances, Tier::None);
    let words = window.end - window.start;
    if words < FEWEST {
        return None;
    }
    let loss = if words < FEW {
        SURE_OF_SHORT_LOSS
    } else {
        SURE_OF_LOSS
    };
    let tier = if chance(chances, Tier::Emergency) >= needed {
        Tier::Emergency
    } else if chance(chances, Tier::Loss) >= loss {
        Tier::Loss
    } else if anything >= SUSPECTED {
        Tier::Concern
    } else {
        return None;
    };
    Some(Say {
        tier,
        category: likeliest(chances, tier),
        other: false,
        softened: false,
        start: window.start,
        end: window.end,
        why: format!("model ({:.0}%)", anything * 100.0),
    })
}

/// The likeliest category of a tier.
fn likeliest(chances: &Chances, tier: Tier) -> Category {
    LABELS
        .iter()
        .zip(chances)
        .filter(|(label, _)| model::tier(**label) == tier)
        .max_by(|(_, one), (_, other)| one.total_cmp(other))
        .and_then(|(label, _)| *label)
        .unwrap_or(Category::Distress)
}

/// A denied or long past emergency is a concern.
fn soften(say: &mut Say, why: &str) {
    say.tier = Tier::Concern;
    say.softened = true;
    say.category = match say.category {
        Category::HarmToBaby => Category::ScaryThoughts,
        _ => Category::Distress,
    };
    say.why.push_str(" (");
    say.why.push_str(why);
    say.why.push(')');
}
