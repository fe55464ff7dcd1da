//! A Rust file as its words: without comments and literals, with line numbers, and with the paths it speaks of.

/// One file.
#[derive(Clone)]
pub(super) struct Source {
    /// From the top of the repository, with `/`.
    pub(super) path: String,
    /// The whole text.
    pub(super) text: String,
    /// Its words, in order.
    pub(super) words: Vec<Word>,
    /// Whether all of it is for tests.
    pub(super) for_tests: bool,
}

/// An identifier, a number, or a mark; `::` is one mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Counted from 1.
    pub(super) line: usize,
}

/// A path such as `std::env::var`; the trees of `use` are taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) steps: Vec<String>,
    pub(super) line: usize,
    /// The modules inside this file that it stands in.
    pub(super) inside: Vec<String>,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            words: words(text),
            for_tests: path.starts_with("tests/"),
        }
    }

    /// `src/telegram/door/pace.rs` is `["telegram", "door", "pace"]`; the crate's root is empty.
    pub(super) fn module(&self) -> Vec<String> {
        let inner = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let mut steps: Vec<_> = inner
            .trim_end_matches(".rs")
            .split('/')
            .map(str::to_owned)
            .collect();
        if matches!(
            steps.last().map(String::as_str),
            Some("mod" | "lib" | "main")
        ) {
            steps.pop();
        }
        steps
    }

    /// Every path in the file, single names too.
    pub(super) fn named(&self) -> Vec<Named> {
        let mut found = Vec::new();
        let mut inside: Vec<(String, usize)> = Vec::new();
        let mut depth = 0;
        let mut at = 0;
        while at < self.words.len() {
            match self.word(at) {
                "{" => depth += 1,
                "}" => {
                    depth -= 1;
                    inside.retain(|(_, opened)| *opened <= depth);
                }
                "mod" if self.word(at + 2) == "{" => {
                    inside.push((self.word(at + 1).to_owned(), depth + 1));
                }
                word if is_name(word) => {
                    let names: Vec<_> = inside.iter().map(|(name, _)| name.clone()).collect();
                    at = self.path_from(at, &[], &names, &mut found);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        found
    }

    /// The word at `at`; an empty one behind the end.
    pub(super) fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| &word.text)
    }

    /// Where each run of these words begins.
    pub(super) fn runs<'a>(&'a self, run: &'a [&str]) -> impl Iterator<Item = usize> + 'a {
        (0..self.words.len()).filter(move |at| {
            run.iter()
                .enumerate()
                .all(|(step, word)| self.word(at + step) == *word)
        })
    }

    /// The lines of items under `#[cfg(test)]`; all lines of a file that is only for tests.
    pub(super) fn is_test_line(&self, line: usize) -> bool {
        self.for_tests
            || self.test_items().any(|at| {
                let last = self.end_of_item(at);
                (self.words[at - 1].line..=self.words[last].line).contains(&line)
            })
    }

    /// The modules in files of their own that stand under `#[cfg(test)]` here.
    pub(super) fn test_modules(&self) -> impl Iterator<Item = Vec<String>> + '_ {
        self.test_items().filter_map(|at| {
            let item: Vec<_> = (at..=self.end_of_item(at))
                .map(|at| self.word(at))
                .collect();
            let [.., "mod", name, ";"] = item[..] else {
                return None;
            };
            Some([self.module(), vec![name.to_owned()]].concat())
        })
    }

    /// Where each item under `#[cfg(test)]` begins.
    fn test_items(&self) -> impl Iterator<Item = usize> + '_ {
        const MARK: &[&str] = &["#", "[", "cfg", "(", "test", ")", "]"];
        self.runs(MARK).map(|at| at + MARK.len())
    }

    /// Takes the path that begins at `at`, with `before` in front of it; returns where to go on.
    fn path_from(
        &self,
        mut at: usize,
        before: &[String],
        inside: &[String],
        found: &mut Vec<Named>,
    ) -> usize {
        let line = self.words[at].line;
        let mut steps = before.to_vec();
        loop {
            if self.word(at) == "{" {
                return self.tree_from(at + 1, &steps, inside, found);
            }
            steps.push(self.word(at).to_owned());
            at += 1;
            let goes_on = self.word(at) == "::"
                && (is_name(self.word(at + 1)) || matches!(self.word(at + 1), "{" | "*"));
            if !goes_on {
                break;
            }
            at += 1;
        }
        found.push(Named {
            steps,
            line,
            inside: inside.to_vec(),
        });
        at
    }

    /// Takes the branches of a `use` tree, behind its opening brace.
    fn tree_from(
        &self,
        mut at: usize,
        before: &[String],
        inside: &[String],
        found: &mut Vec<Named>,
    ) -> usize {
        while at < self.words.len() {
            match self.word(at) {
                "}" => return at + 1,
                "as" => at += 2,
                "," => at += 1,
                _ => at = self.path_from(at, before, inside, found),
            }
        }
        at
    }

    /// The last word of the item that begins at `at`: its closing brace or its semicolon.
    fn end_of_item(&self, at: usize) -> usize {
        let mut depth = 0_usize;
        for at in at..self.words.len() {
            match self.word(at) {
                "{" => depth += 1,
                "}" if depth <= 1 => return at,
                "}" => depth -= 1,
                ";" if depth == 0 => return at,
                _ => {}
            }
        }
        self.words.len() - 1
    }
}

fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Reads the words of `text`; comments and literals are left out.
fn words(text: &str) -> Vec<Word> {
    let text: Vec<char> = text.chars().collect();
    let mut words = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < text.len() {
        let skipped = unspoken(&text[at..]);
        let end = at + skipped.max(1);
        if skipped == 0 && !text[at].is_whitespace() {
            let length = length_of_word(&text[at..]);
            words.push(Word {
                text: text[at..at + length].iter().collect(),
                line,
            });
            at += length;
            continue;
        }
        line += text[at..end].iter().filter(|char| **char == '\n').count();
        at = end;
    }
    words
}

fn length_of_word(text: &[char]) -> usize {
    let in_word = |char: &&char| char.is_alphanumeric() || **char == '_';
    let name = text.iter().take_while(in_word).count();
    match text {
        _ if name > 0 => name,
        [':', ':', ..] => 2,
        _ => 1,
    }
}

/// The length of the comment or literal at the start of `text`; 0 when there is none.
fn unspoken(text: &[char]) -> usize {
    match text {
        ['/', '/', ..] => text.iter().take_while(|char| **char != '\n').count(),
        ['/', '*', ..] => block_comment(text),
        ['"', ..] => 1 + quoted(&text[1..]),
        ['b' | 'c', '"', ..] => 2 + quoted(&text[2..]),
        ['r', '"' | '#', ..] => raw(text, 1),
        ['b' | 'c', 'r', '"' | '#', ..] => raw(text, 2),
        ['\'', '\\', ..] => {
            let rest = text.iter().skip(3).take_while(|char| **char != '\'');
            4 + rest.count()
        }
        ['\'', _, '\'', ..] => 3,
        _ => 0,
    }
}

fn block_comment(text: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        match text[at..] {
            ['/', '*', ..] => depth += 1,
            ['*', '/', ..] => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length behind the opening quote, with the closing one.
fn quoted(text: &[char]) -> usize {
    let mut at = 0;
    while at < text.len() && text[at] != '"' {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// `r#"…"#` behind a prefix; a raw name such as `r#type` is no literal.
fn raw(text: &[char], prefix: usize) -> usize {
    let hashes = text[prefix..]
        .iter()
        .take_while(|char| **char == '#')
        .count();
    let open = prefix + hashes;
    if text.get(open) != Some(&'"') {
        return 0;
    }
    let close: Vec<char> = std::iter::once('"')
        .chain(std::iter::repeat_n('#', hashes))
        .collect();
    let inner = text[open + 1..]
        .windows(close.len())
        .position(|window| window == close);
    inner.map_or(text.len(), |inner| open + 1 + inner + close.len())
}

#[test]
fn comments_and_literals_are_not_read() {
    let text = "a // b\n/* c /* d */ e */ \"f \\\" g\" r#\"h \" i\"# 'j' '\\'' b\"k\" x<'l> r#type";
    let source = Source::new("src/x.rs", text);
    let read: Vec<_> = source.words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(read, ["a", "x", "<", "'", "l", ">", "r", "#", "type"]);
    assert_eq!(source.words[1].line, 2);
}

#[test]
fn the_trees_of_use_are_taken_apart() {
    let text =
        "use std::{env, io::{self, Write as _}};\nmod tests { fn f() { super::g::<u8>(); } }";
    let named = Source::new("src/x.rs", text).named();
    let has = |path: &str, line: usize, inside: &str| {
        named.iter().any(|one| {
            one.steps.join("::") == path && one.line == line && one.inside.join("::") == inside
        })
    };
    for path in ["std::env", "std::io::self", "std::io::Write"] {
        assert!(has(path, 1, ""), "{path} in {named:?}");
    }
    assert!(has("super::g", 2, "tests"), "{named:?}");
}

#[test]
fn lines_under_cfg_test_are_known() {
    let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() {}\n}\nfn c() {}\n#[cfg(test)]\nmod d;\nfn e() {}\n";
    let source = Source::new("src/x.rs", text);
    let lines: Vec<_> = (1..=9).filter(|line| source.is_test_line(*line)).collect();
    assert_eq!(lines, [2, 3, 4, 5, 7, 8]);
    assert_eq!(source.test_modules().collect::<Vec<_>>(), [["x", "d"]]);
}
