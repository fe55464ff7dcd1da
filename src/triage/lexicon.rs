//! The meaning families, compiled: phrases in one automaton over words, rules as short programs over classes.
//!
//! Built once from the files in `lexicon/`, which are never shown to anyone.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::rules::{Book, Part, Rule, Verdict};
use super::tokens;

/// The lexicon's files: name for `--explain`, and text.
const FILES: &[(&str, &str)] = &[
    ("words", include_str!("lexicon/words.txt")),
    ("masks", include_str!("lexicon/masks.txt")),
    ("self", include_str!("lexicon/self.txt")),
    ("baby", include_str!("lexicon/baby.txt")),
    ("psychosis", include_str!("lexicon/psychosis.txt")),
    ("violence", include_str!("lexicon/violence.txt")),
    ("medical", include_str!("lexicon/medical.txt")),
    ("loss", include_str!("lexicon/loss.txt")),
    ("distress", include_str!("lexicon/distress.txt")),
    ("themes", include_str!("lexicon/themes.txt")),
];

/// The other lexicon: what the article is about.
const BONDING: &[(&str, &str)] = &[("bonding", include_str!("lexicon/bonding.txt"))];

pub(super) type WordId = u32;
pub(super) type ClassId = u16;
type Node = u32;

/// One step of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Class { id: ClassId, optional: bool },
    Gap(u8),
    Not(ClassId),
    Start,
    End,
}

/// A rule ready to run.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) name: String,
    pub(super) verdict: Verdict,
    pub(super) firm: bool,
    pub(super) dreadable: bool,
    pub(super) at_start: bool,
    /// The classes after the first; the first is the key in [`Lexicon::programs`].
    pub(super) steps: Vec<Step>,
    /// Classes that must all occur somewhere in the text.
    pub(super) needs: Vec<ClassId>,
}

/// Everything compiled.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    words: HashMap<String, WordId>,
    edges: HashMap<(Node, WordId), Node>,
    outputs: Vec<Vec<ClassId>>,
    class_ids: HashMap<String, ClassId>,
    masks: Vec<Vec<Program>>,
    programs: Vec<Vec<Program>>,
    named: HashMap<String, ClassId>,
    /// For the named classes, which have the lowest ids: a hash of the name.
    families: Vec<u16>,
}

impl Lexicon {
    /// The lexicon of the files built in.
    pub(super) fn get() -> &'static Self {
        static LEXICON: OnceLock<Lexicon> = OnceLock::new();
        LEXICON.get_or_init(|| {
            Self::build(FILES).expect("the lexicon built in is proved readable by a test")
        })
    }

    /// The lexicon of what parents come with.
    pub(super) fn of_bonding() -> &'static Self {
        static LEXICON: OnceLock<Lexicon> = OnceLock::new();
        LEXICON.get_or_init(|| {
            Self::build(BONDING).expect("the lexicon built in is proved readable by a test")
        })
    }

    /// # Errors
    /// The first line that cannot be read or names what does not exist.
    fn build(files: &[(&str, &str)]) -> Result<Self, String> {
        let mut book = Book::default();
        for (file, text) in files {
            book.read(file, text)?;
        }
        let mut lexicon = Self {
            outputs: vec![Vec::new()],
            ..Self::default()
        };
        let mut names: Vec<&String> = book.classes.keys().collect();
        names.sort();
        for name in names {
            let id = lexicon.class(&book, &format!("<{name}>"))?;
            lexicon.named.insert(name.clone(), id);
            lexicon.families.push(name_hash(name));
        }
        for rule in &book.rules {
            lexicon
                .add(&book, rule)
                .map_err(|error| format!("{}: {error}", rule.name))?;
        }
        let classes = lexicon.class_ids.len();
        lexicon.masks.resize_with(classes, Vec::new);
        lexicon.programs.resize_with(classes, Vec::new);
        Ok(lexicon)
    }

    pub(super) fn word(&self, word: &str) -> Option<WordId> {
        self.words.get(word).copied()
    }

    pub(super) fn vocabulary(&self) -> impl Iterator<Item = &str> {
        self.words.keys().map(String::as_str)
    }

    pub(super) fn classes(&self) -> usize {
        self.class_ids.len()
    }

    /// The class of this name in the files.
    pub(super) fn named(&self, name: &str) -> ClassId {
        self.named
            .get(name)
            .copied()
            .expect("names used in code are proved to exist by a test")
    }

    /// The number of a class that has a name, the same in every build of the same files' names.
    pub(super) fn family(&self, class: ClassId) -> Option<u16> {
        self.families.get(usize::from(class)).copied()
    }

    pub(super) fn masks(&self, first: ClassId) -> &[Program] {
        &self.masks[usize::from(first)]
    }

    pub(super) fn programs(&self, first: ClassId) -> &[Program] {
        &self.programs[usize::from(first)]
    }

    pub(super) fn next(&self, node: Node, word: WordId) -> Option<Node> {
        self.edges.get(&(node, word)).copied()
    }

    pub(super) fn outputs(&self, node: Node) -> &[ClassId] {
        &self.outputs[node as usize]
    }

    fn class(&mut self, book: &Book, text: &str) -> Result<ClassId, String> {
        if let Some(id) = self.class_ids.get(text) {
            return Ok(*id);
        }
        let id = ClassId::try_from(self.class_ids.len()).map_err(|_| "too many classes")?;
        self.class_ids.insert(text.to_owned(), id);
        let mut seen = HashSet::new();
        for phrase in book.phrases(text)? {
            let words: Vec<String> = tokens::rough(&phrase)
                .into_iter()
                .flat_map(|rough| tokens::written_out(&rough.text).unwrap_or(vec![rough.text]))
                .collect();
            if !words.is_empty() && seen.insert(words.clone()) {
                self.insert(&words, id);
            }
        }
        Ok(id)
    }

    fn insert(&mut self, words: &[String], class: ClassId) {
        let mut node: Node = 0;
        for word in words {
            let fresh = WordId::try_from(self.words.len()).unwrap_or(WordId::MAX);
            let word = *self.words.entry(word.clone()).or_insert(fresh);
            let fresh = Node::try_from(self.outputs.len()).unwrap_or(Node::MAX);
            node = *self.edges.entry((node, word)).or_insert(fresh);
            if node == fresh {
                self.outputs.push(Vec::new());
            }
        }
        self.outputs[node as usize].push(class);
    }

    fn add(&mut self, book: &Book, rule: &Rule) -> Result<(), String> {
        let mut steps = Vec::new();
        let mut needs = Vec::new();
        let mut first = None;
        let mut at_start = false;
        for part in &rule.parts {
            match part {
                Part::Phrase { text, optional } => {
                    let id = self.class(book, text)?;
                    if first.is_none() {
                        first = Some(id);
                        continue;
                    }
                    if !optional {
                        needs.push(id);
                    }
                    steps.push(Step::Class {
                        id,
                        optional: *optional,
                    });
                }
                Part::Gap(width) => steps.push(Step::Gap(*width)),
                Part::Not(text) => steps.push(Step::Not(self.class(book, text)?)),
                Part::Start if first.is_none() => at_start = true,
                Part::Start => steps.push(Step::Start),
                Part::End => steps.push(Step::End),
            }
        }
        let first = usize::from(first.ok_or("an empty sequence")?);
        let program = Program {
            name: rule.name.clone(),
            verdict: rule.verdict,
            firm: rule.firm,
            dreadable: rule.dreadable,
            at_start,
            steps,
            needs,
        };
        let rack = if rule.claims {
            &mut self.masks
        } else {
            &mut self.programs
        };
        if rack.len() <= first {
            rack.resize_with(first + 1, Vec::new);
        }
        rack[first].push(program);
        Ok(())
    }
}

/// Sixteen bits of a name, so that the model's features survive new classes.
fn name_hash(name: &str) -> u16 {
    name.bytes().fold(0x811C, |hash: u16, byte| {
        (hash ^ u16::from(byte)).wrapping_mul(0x0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lexicon_can_be_read() {
        for files in [FILES, BONDING] {
            if let Err(error) = Lexicon::build(files) {
                panic!("{error}");
            }
        }
    }
}
