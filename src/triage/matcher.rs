//! Runs the compiled rules over a text's words, in time linear in their number.
//!
//! Every class span is found once; a rule then moves a 64-bit set of places along its steps,
//! so its cost is bounded whatever the text, and no rule reaches further than 64 words.

use super::lexicon::{ClassId, Lexicon, Program, Step, WordId};
use super::rules::Verdict;

/// A word as the matcher needs it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The ids the word may stand for: itself, or what it may be a slip for. Empty when no rule knows it.
    pub(super) ids: Vec<WordId>,
    /// Whether a sentence begins here.
    pub(super) breaks: bool,
}

/// Where a rule matched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit<'a> {
    pub(super) program: &'a Program,
    /// First word.
    pub(super) start: usize,
    /// One past the last word.
    pub(super) end: usize,
}

/// A text's class spans: at each place, which classes begin there and how long they may be (bit n: n words).
#[derive(Debug)]
pub(super) struct Spans {
    at: Vec<Vec<(ClassId, u64)>>,
    breaks: Vec<bool>,
    present: Vec<bool>,
    /// Work done, for the test that it stays bounded.
    pub(super) steps: u64,
}

/// Longest phrase that is looked for, in words.
const LONGEST: usize = 16;

impl Spans {
    /// Finds every class in the words.
    pub(super) fn find(lexicon: &Lexicon, places: &[Place]) -> Self {
        let mut spans = Self {
            at: Vec::with_capacity(places.len()),
            breaks: places.iter().map(|place| place.breaks).collect(),
            present: vec![false; lexicon.classes()],
            steps: 0,
        };
        for start in 0..places.len() {
            let mut found: Vec<(ClassId, u64)> = Vec::new();
            let mut nodes = vec![0];
            for (length, place) in places[start..].iter().take(LONGEST).enumerate() {
                if length > 0 && place.breaks {
                    break;
                }
                let mut next = Vec::new();
                for node in nodes {
                    for id in &place.ids {
                        spans.steps += 1;
                        if let Some(node) = lexicon.next(node, *id) {
                            next.push(node);
                            for class in lexicon.outputs(node) {
                                found.push((*class, 1 << (length + 1)));
                            }
                        }
                    }
                }
                if next.is_empty() {
                    break;
                }
                nodes = next;
            }
            found.sort_unstable();
            found.dedup_by(|later, first| {
                let same = later.0 == first.0;
                if same {
                    first.1 |= later.1;
                }
                same
            });
            for (class, _) in &found {
                spans.present[usize::from(*class)] = true;
            }
            spans.at.push(found);
        }
        spans
    }

    /// Runs the masks and the rules that claim their words; spans that touch one are forgotten.
    pub(super) fn mask<'a>(&mut self, lexicon: &'a Lexicon) -> Vec<Hit<'a>> {
        let hits = self.run(|class| lexicon.masks(class));
        let mut covered = vec![false; self.at.len()];
        for hit in &hits {
            covered[hit.start..hit.end].fill(true);
        }
        for start in 0..self.at.len() {
            let free = covered[start..]
                .iter()
                .take(LONGEST)
                .take_while(|covered| !**covered)
                .count();
            // Bits 1..=free stay.
            let keep = ((1_u64 << free) - 1) << 1;
            self.at[start].retain_mut(|(_, lengths)| {
                *lengths &= keep;
                *lengths != 0
            });
        }
        hits
    }

    /// Every rule that matches, at most once for each place it can begin at.
    pub(super) fn hits<'a>(&mut self, lexicon: &'a Lexicon) -> Vec<Hit<'a>> {
        self.run(|class| lexicon.programs(class))
    }

    /// The lengths at which a class stands at a place, as bits.
    pub(super) fn lengths(&self, place: usize, class: ClassId) -> u64 {
        self.at.get(place).map_or(0, |found| {
            found
                .binary_search_by_key(&class, |(id, _)| *id)
                .map_or(0, |index| found[index].1)
        })
    }

    /// Every class that begins at a place, with its lengths as bits.
    pub(super) fn classes_at(&self, place: usize) -> &[(ClassId, u64)] {
        self.at.get(place).map_or(&[], Vec::as_slice)
    }

    /// Whether any of these places begins a span of the class.
    pub(super) fn any(&self, class: ClassId, from: usize, to: usize) -> bool {
        (from..to.min(self.at.len())).any(|place| self.lengths(place, class) != 0)
    }

    fn run<'a>(&mut self, rack: impl Fn(ClassId) -> &'a [Program]) -> Vec<Hit<'a>> {
        let mut hits = Vec::new();
        for start in 0..self.at.len() {
            for index in 0..self.at[start].len() {
                let (class, lengths) = self.at[start][index];
                for program in rack(class) {
                    self.steps += 1;
                    let possible = program
                        .needs
                        .iter()
                        .all(|class| self.present[usize::from(*class)]);
                    if possible
                        && (!program.at_start || start == 0 || self.breaks[start])
                        && let Some(end) = self.walk(program, start, lengths)
                    {
                        hits.push(Hit {
                            program,
                            start,
                            end,
                        });
                    }
                }
            }
        }
        hits
    }

    /// Runs one rule from one place; the nearest end it can reach.
    fn walk(&mut self, program: &Program, start: usize, first: u64) -> Option<usize> {
        let mut reached = first;
        for step in &program.steps {
            self.steps += 1 + u64::from(reached.count_ones());
            reached = match *step {
                Step::Class { id, optional } => {
                    let moved = self.advance(start, reached, id);
                    if optional { reached | moved } else { moved }
                }
                Step::Gap(width) => self.gap(start, reached, width),
                Step::Not(id) => keep(reached, |offset| self.lengths(start + offset, id) == 0),
                Step::Start => keep(reached, |offset| self.starts(start + offset)),
                Step::End => keep(reached, |offset| self.starts(start + offset)),
            };
            if reached == 0 {
                return None;
            }
        }
        Some(start + reached.trailing_zeros() as usize)
    }

    fn advance(&self, start: usize, reached: u64, class: ClassId) -> u64 {
        let mut moved = 0;
        let mut rest = reached;
        while rest != 0 {
            let offset = rest.trailing_zeros();
            rest &= rest - 1;
            let place = start + offset as usize;
            if place < self.at.len() && !self.breaks[place] {
                moved |= self.lengths(place, class).wrapping_shl(offset);
            }
        }
        moved
    }

    fn gap(&self, start: usize, reached: u64, width: u8) -> u64 {
        let mut all = reached;
        let mut edge = reached;
        for _ in 0..width {
            edge = keep(edge, |offset| {
                let place = start + offset;
                place < self.at.len() && !self.breaks[place]
            }) << 1;
            all |= edge;
        }
        all
    }

    fn starts(&self, place: usize) -> bool {
        self.breaks.get(place).is_none_or(|breaks| *breaks)
    }
}

fn keep(set: u64, wanted: impl Fn(usize) -> bool) -> u64 {
    let mut kept = 0;
    let mut rest = set;
    while rest != 0 {
        let bit = rest & rest.wrapping_neg();
        if wanted(bit.trailing_zeros() as usize) {
            kept |= bit;
        }
        rest &= rest - 1;
    }
    kept
}

/// Whether a hit is a mask's; masks and meanings lie on different shelves.
impl Hit<'_> {
    pub(super) fn verdict(&self) -> Verdict {
        self.program.verdict
    }
}
