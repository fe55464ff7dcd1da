//! The proof, when a page is loaded, that it holds what it owes.

use super::owed::Rule;
use crate::{
    content::{
        article::{Article, missing_unit},
        folder::{Folder, Problems},
        markup, wording,
    },
    domain::Language,
};

/// The longest page in visible UTF-16 units: leaves room for the footer within Telegram's 4,096.
pub const MAX_PAGE_UTF16: usize = 3900;

/// Longer runs of digits are telephone numbers, and those stand in the crisis files only, with source and date.
const MAX_DIGITS_IN_A_ROW: usize = 2;

/// How a Spanish page says that its quotes are our own translation.
const TRANSLATION_MARK: &str = "raducción nuestra";

/// Reads the pages of one language.
pub(super) struct Reader<'a> {
    folder: &'a Folder,
    article: &'a Article,
    language: Language,
    file: String,
}

impl<'a> Reader<'a> {
    pub(super) fn new(folder: &'a Folder, article: &'a Article, language: Language) -> Self {
        Self {
            folder,
            article,
            language,
            file: format!("{}/pages.toml", language.code()),
        }
    }

    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// Everything about one page that a program can judge.
    pub(super) fn check_page(
        &self,
        problems: &mut Problems,
        page: &toml::Spanned<String>,
        rule: &Rule,
    ) {
        let html = page.get_ref().as_str();
        let mut tell = |what: String| {
            problems.push(self.folder.problem_at(&self.file, page.span(), what));
        };
        if html.trim().is_empty() {
            return tell("this page is empty; write its text".to_owned());
        }
        for check in [
            markup::check(html),
            markup::check_placeholders(html, rule.places),
            no_long_numbers(html),
        ] {
            if let Err(what) = check {
                tell(what);
            }
        }
        let room = MAX_PAGE_UTF16 - rule.reserved_utf16;
        let len = markup::visible_len_utf16(html);
        if len > room {
            tell(format!(
                "this page has {len} characters; {room} is the most, shorten it"
            ));
        }
        wording::breaches(self.language, html)
            .into_iter()
            .for_each(&mut tell);
        self.check_quotes(html, rule)
            .into_iter()
            .for_each(&mut tell);
        for id in rule
            .shows
            .iter()
            .filter(|id| self.article.unit(id).is_none())
        {
            problems.push(missing_unit(id));
        }
    }

    /// What the page takes from the article: all of it, in order, and nothing that is not there.
    fn check_quotes(&self, html: &str, rule: &Rule) -> Vec<String> {
        let mut faults = Vec::new();
        let seen = markup::plain(html);
        if self.language == Language::En || rule.untranslated {
            let mut from = 0;
            for unit in rule.shows.iter().filter_map(|id| self.article.unit(id)) {
                match seen[from..].find(&unit.quote) {
                    Some(at) => from += at + unit.quote.len(),
                    None => faults.push(format!(
                        "the article's sentence “{}” must stand here word for word, in the article's order: {}",
                        unit.id, unit.quote
                    )),
                }
            }
        }
        if self.language == Language::En {
            for line in quoted_lines(html) {
                if !self.article.contains(&line) {
                    faults.push(format!(
                        "a block quote holds only the article's exact words, and these are not: {line}"
                    ));
                }
            }
        } else if html.contains("<blockquote>") && !seen.contains(TRANSLATION_MARK) {
            faults.push(format!(
                "say once that the quotes are a “t{TRANSLATION_MARK}”"
            ));
        }
        faults
    }

    /// The short words around what the operator filled in: plain, and with exactly their places.
    pub(super) fn check_words(
        &self,
        problems: &mut Problems,
        key: &str,
        text: &str,
        places: &[&str],
    ) {
        let mut faults = wording::breaches(self.language, text);
        faults.extend(markup::check_placeholders(text, places).err());
        if text.trim().is_empty() || text.contains(['<', '&']) {
            faults.push("write plain words here, without “<” and “&”".to_owned());
        }
        for what in faults {
            problems.push(self.folder.problem_of(&self.file, key, what));
        }
    }
}

fn no_long_numbers(html: &str) -> Result<(), String> {
    let too_long = html
        .split(|c: char| !c.is_ascii_digit())
        .any(|digits| digits.len() > MAX_DIGITS_IN_A_ROW);
    if too_long {
        return Err("telephone numbers stand in the crisis files only; use {in_danger}, {in_crisis} or {helplines} here".to_owned());
    }
    Ok(())
}

/// The lines of all block quotes as a reader sees them, without the dots of a list.
pub(super) fn quoted_lines(html: &str) -> Vec<String> {
    html.split("<blockquote>")
        .skip(1)
        .filter_map(|part| part.split("</blockquote>").next())
        .flat_map(|quote| {
            markup::plain(quote)
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .map(|line| line.trim().trim_start_matches('•').trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::content::testing::{broken, expect_problem};

    const EN: &str = "en/pages.toml";
    const ES: &str = "es/pages.toml";

    #[test]
    fn a_broken_page_is_told_with_its_line() {
        let check = |file, from: &str, to: &str, expected| {
            expect_problem(&broken(file, from, to), expected);
        };
        check(
            EN,
            "signs = ",
            "sings = ",
            "“sings” is not a name this file may hold",
        );
        check(ES, "signs = ", "causes = ", "es/pages.toml, line ");
        check(EN, "\nhelp = ", "\n[contact]\nhelp = ", "en/pages.toml");
        check(
            EN,
            "</blockquote>\n\nThis is not a test",
            "\n\nThis is not a test",
            "line 9: <blockquote> is never closed",
        );
        check(EN, "{version}", "0.1.0", "{version} must stand somewhere");
        check(
            EN,
            "Done.",
            "Done, {name}.",
            "nothing is known to put in place of {name}",
        );
        check(
            EN,
            "Done.",
            "Done. Call 911.",
            "telephone numbers stand in the crisis files only",
        );
        check(
            EN,
            "Done.",
            &"Done. ".repeat(700),
            "3900 is the most, shorten it",
        );
        check(
            EN,
            "Done.",
            "Done. You should rest.",
            "“should” shames or orders",
        );
        check(
            EN,
            "Web: {link}",
            "Web",
            "contact.link: {link} must stand somewhere",
        );
        check(
            EN,
            "Web: {link}",
            "<b>{link}</b>",
            "contact.link: write plain words here",
        );
    }

    #[test]
    fn the_article_is_quoted_word_for_word_in_full_and_in_order() {
        let check = |file, from: &str, to: &str, expected| {
            expect_problem(&broken(file, from, to), expected);
        };
        check(
            EN,
            "• You feel guilty for not feeling the way you thought you would\n",
            "",
            "the article's sentence “sign.guilt” must stand here word for word",
        );
        check(
            EN,
            "• You feel guilty for",
            "• You often feel guilty for",
            "a block quote holds only the article's exact words",
        );
        check(
            EN,
            " But remember: these symptoms are signals of stress, not proof that you’re a bad mother.",
            "",
            "“sign.not_proof” must stand here",
        );
        check(
            EN,
            "baby\n• You care for their needs but don’t feel joy or warmth\n",
            "baby\n",
            "“sign.no_joy” must stand here",
        );
        check(
            EN,
            "\n• You feel emotionally numb when you’re with your baby\n• You care for their needs but don’t feel joy or warmth",
            "\n• You care for their needs but don’t feel joy or warmth\n• You feel emotionally numb when you’re with your baby",
            "in the article's order",
        );
        check(
            ES,
            "should be in used only",
            "should be used only",
            "“disclaimer” must stand here word for word",
        );
        check(
            ES,
            "El artículo dice (traducción nuestra):",
            "El artículo dice:",
            "say once that the quotes are a “traducción nuestra”",
        );
    }
}
