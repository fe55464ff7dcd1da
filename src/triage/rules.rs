//! The language the lexicon files are written in: classes of words, and rules over them.
//!
//! ```text
//! = want                      a class: one phrase family, alternatives parted by | or lines
//!   want to | (would|do) like to | quiero
//! E suicide: <want> .. <die>  a rule: tier, flags, category, then a sequence
//! M: dead tired               a mask: these words mean nothing here
//! B: feel nothing             what the article is about: no alarm, but an answer of its own
//! ```
//! In a sequence: `word`, `(one|other)`, `<class>`, `[may be missing]`, `..` up to three words between,
//! `..5` up to five, `!(not|these)` not followed by these. `^` and `$` are the ends of a sentence.
//! Flags after the tier: `!` a negation before it changes nothing, `~` a fear about it makes it a scary thought,
//! `=` its words mean this and nothing else.

use std::collections::HashMap;

use super::finding::{Category, Tier};

/// What a rule says when it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The words mean nothing for safety.
    Mask,
    /// The words speak of the bond with the baby.
    Bonding,
    /// The words mean this.
    Means(Tier, Category),
}

/// A part of a rule's sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// One of these phrases, in the class syntax.
    Phrase { text: String, optional: bool },
    /// Up to this many words of any kind, within one sentence.
    Gap(u8),
    /// None of these phrases may stand here.
    Not(String),
    /// A sentence begins here.
    Start,
    /// A sentence ends here.
    End,
}

/// A rule as read from its file.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// File and line, for `--explain`.
    pub(super) name: String,
    pub(super) verdict: Verdict,
    /// A negation before the match changes nothing.
    pub(super) firm: bool,
    /// Fear of it, without intent, makes it a scary thought.
    pub(super) dreadable: bool,
    /// The words mean this and nothing else.
    pub(super) claims: bool,
    pub(super) parts: Vec<Part>,
}

/// All files read.
#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    /// Class name to its alternatives, still unexpanded.
    pub(super) classes: HashMap<String, String>,
    pub(super) rules: Vec<Rule>,
}

impl Book {
    /// Reads one lexicon file.
    ///
    /// # Errors
    /// The first line that cannot be read, with file and line.
    pub(super) fn read(&mut self, file: &str, text: &str) -> Result<(), String> {
        let mut open: Option<String> = None;
        for (index, line) in text.lines().enumerate() {
            let name = format!("{file}:{}", index + 1);
            let line = line.split(" # ").next().unwrap_or_default();
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(class) = line.strip_prefix("= ") {
                let class = class.trim().to_owned();
                self.classes.entry(class.clone()).or_default();
                open = Some(class);
            } else if line.starts_with([' ', '\t']) {
                let class = open
                    .as_ref()
                    .ok_or_else(|| format!("{name}: a line of phrases before any class"))?;
                let all = self.classes.entry(class.clone()).or_default();
                if !all.is_empty() {
                    all.push('|');
                }
                all.push_str(line.trim().trim_matches('|'));
            } else {
                open = None;
                let rule = rule(&name, line).map_err(|error| format!("{name}: {error}"))?;
                self.rules.push(rule);
            }
        }
        Ok(())
    }

    /// Every phrase a text in class syntax stands for.
    ///
    /// # Errors
    /// An unknown class, an unclosed bracket, or classes that contain themselves.
    pub(super) fn phrases(&self, text: &str) -> Result<Vec<String>, String> {
        let mut reader = Reader {
            book: self,
            letters: text.chars().collect(),
            at: 0,
            depth: 0,
        };
        let all = reader.alternatives(None)?;
        Ok(all
            .into_iter()
            .map(|phrase| phrase.join(" "))
            .filter(|phrase| !phrase.is_empty())
            .collect())
    }
}

fn rule(name: &str, line: &str) -> Result<Rule, String> {
    let (head, sequence) = line
        .split_once(':')
        .ok_or("a rule is `TIER category: sequence`")?;
    let mut words = head.split_whitespace();
    let tier = words.next().ok_or("no tier")?;
    let firm = tier.contains('!');
    let dreadable = tier.contains('~');
    let claims = tier.contains('=') || tier == "M";
    let tier = match tier.trim_end_matches(['!', '~', '=']) {
        "E" => Some(Tier::Emergency),
        "L" => Some(Tier::Loss),
        "C" => Some(Tier::Concern),
        "M" | "B" => None,
        other => return Err(format!("no tier is called {other}")),
    };
    let verdict = match tier {
        None if claims => Verdict::Mask,
        None => Verdict::Bonding,
        Some(tier) => {
            let code = words.next().ok_or("no category")?;
            let category =
                Category::from_code(code).ok_or_else(|| format!("no category is called {code}"))?;
            Verdict::Means(tier, category)
        }
    };
    let mut parts = pieces(sequence)?
        .iter()
        .map(|piece| part(piece))
        .collect::<Result<Vec<_>, _>>()?;
    // What may be missing at the front changes nothing about whether the rest matches.
    while matches!(parts.first(), Some(Part::Phrase { optional: true, .. })) {
        parts.remove(0);
    }
    match parts.iter().find(|part| **part != Part::Start) {
        Some(Part::Phrase {
            optional: false, ..
        }) => Ok(Rule {
            name: name.to_owned(),
            verdict,
            firm,
            dreadable,
            claims,
            parts,
        }),
        _ => Err("a sequence begins with words that must be there".to_owned()),
    }
}

/// Cuts a sequence at spaces outside brackets.
fn pieces(sequence: &str) -> Result<Vec<String>, String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut depth = 0_i32;
    for letter in sequence.chars() {
        match letter {
            '(' | '[' | '<' => depth += 1,
            ')' | ']' | '>' => depth -= 1,
            _ => {}
        }
        if letter.is_whitespace() && depth == 0 {
            if !piece.is_empty() {
                pieces.push(std::mem::take(&mut piece));
            }
        } else {
            piece.push(letter);
        }
    }
    if depth != 0 {
        return Err("a bracket is not closed".to_owned());
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    Ok(pieces)
}

fn part(piece: &str) -> Result<Part, String> {
    if piece == "^" {
        return Ok(Part::Start);
    }
    if piece == "$" {
        return Ok(Part::End);
    }
    if let Some(width) = piece.strip_prefix("..") {
        let width = if width.is_empty() {
            3
        } else {
            width.parse().map_err(|_| format!("{piece} is no gap"))?
        };
        return Ok(Part::Gap(width));
    }
    if let Some(phrase) = piece.strip_prefix('!') {
        return Ok(Part::Not(phrase.to_owned()));
    }
    let inner = piece
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    Ok(Part::Phrase {
        text: inner.unwrap_or(piece).to_owned(),
        optional: inner.is_some(),
    })
}

/// A phrase as its words.
type Words = Vec<String>;

/// Reads the class syntax into plain phrases.
struct Reader<'a> {
    book: &'a Book,
    letters: Vec<char>,
    at: usize,
    depth: u8,
}

impl Reader<'_> {
    fn alternatives(&mut self, until: Option<char>) -> Result<Vec<Words>, String> {
        let mut all = Vec::new();
        let mut current: Vec<Words> = vec![Vec::new()];
        loop {
            let letter = self.letters.get(self.at).copied();
            self.at += 1;
            match letter {
                None if until.is_some() => return Err("a bracket is not closed".to_owned()),
                close if close == until => {
                    all.append(&mut current);
                    return Ok(all);
                }
                Some('|') => all.append(&mut std::mem::replace(&mut current, vec![Vec::new()])),
                Some('(') => current = cross(&current, &self.alternatives(Some(')'))?),
                Some('[') => {
                    let mut inner = self.alternatives(Some(']'))?;
                    inner.push(Vec::new());
                    current = cross(&current, &inner);
                }
                Some('<') => {
                    let inner = self.class()?;
                    current = cross(&current, &inner);
                }
                Some(letter) if letter.is_whitespace() => {}
                Some(_) => {
                    let word = self.word();
                    for phrase in &mut current {
                        phrase.push(word.clone());
                    }
                }
                None => {}
            }
        }
    }

    fn word(&mut self) -> String {
        let start = self.at - 1;
        while self
            .letters
            .get(self.at)
            .is_some_and(|letter| !letter.is_whitespace() && !"|()[]<>".contains(*letter))
        {
            self.at += 1;
        }
        self.letters[start..self.at].iter().collect()
    }

    fn class(&mut self) -> Result<Vec<Words>, String> {
        let name = self.word_until('>')?;
        if self.depth > 6 {
            return Err(format!("class {name} contains itself"));
        }
        let text = self
            .book
            .classes
            .get(&name)
            .ok_or_else(|| format!("no class is called {name}"))?;
        Reader {
            book: self.book,
            letters: text.chars().collect(),
            at: 0,
            depth: self.depth + 1,
        }
        .alternatives(None)
    }

    fn word_until(&mut self, close: char) -> Result<String, String> {
        let start = self.at;
        while let Some(letter) = self.letters.get(self.at) {
            self.at += 1;
            if *letter == close {
                return Ok(self.letters[start..self.at - 1].iter().collect());
            }
        }
        Err("a < is not closed".to_owned())
    }
}

fn cross(left: &[Words], right: &[Words]) -> Vec<Words> {
    let mut all = Vec::with_capacity(left.len() * right.len());
    for first in left {
        for second in right {
            let mut words = first.clone();
            words.extend(second.iter().cloned());
            all.push(words);
        }
    }
    all
}
