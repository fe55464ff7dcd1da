//! What a rule's match means where it stands: negation, past, fear, and who it is about.

use super::Say;
use crate::triage::{
    features::Window,
    finding::{Category, Tier},
    lexicon::Lexicon,
    matcher::{Hit, Place, Spans},
    rules::Verdict,
};

/// Where a hit stands: what is around it decides what it means.
pub(super) struct Scene<'a> {
    pub(super) lexicon: &'a Lexicon,
    pub(super) spans: &'a Spans,
    pub(super) places: &'a [Place],
}

/// How far back, in words, a negation or a subject is looked for.
const REACH: usize = 8;

impl Scene<'_> {
    pub(super) fn weigh(&self, hit: &Hit<'_>) -> Option<Say> {
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
    pub(super) fn tells_of_other(&self, window: &Window) -> bool {
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
