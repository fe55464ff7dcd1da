//! Words that no author may use, so that a note or page cannot shame, order, promise or diagnose.
//!
//! The lists are those of SAFETY.md 2.1. They catch slips; a clinician's reading catches the rest.
//! What is quoted (“…” or a block quote) is someone else's word and is left alone.

use super::markup;
use crate::domain::Language;

/// What may not be said, and the reason that the author is given.
struct Rule {
    why: &'static str,
    en: &'static [&'static str],
    es: &'static [&'static str],
}

/// Compared in lower case as whole words; a final `*` allows any ending.
const RULES: [Rule; 6] = [
    Rule {
        why: "claims more than the article does (rule A2)",
        en: &[
            "studies show",
            "proven",
            "guarantee*",
            "always",
            "never fails",
            "cure*",
        ],
        es: &[
            "los estudios",
            "comprobado",
            "garantiz*",
            "siempre",
            "nunca falla",
            "cura",
            "curar*",
        ],
    },
    Rule {
        why: "speaks of suicide or self-harm (rule A3)",
        en: &[
            "suicid*",
            "overdose*",
            "kill*",
            "self-harm",
            "cut yourself",
            "failed attempt",
            "successful attempt",
        ],
        es: &[
            "suicid*",
            "sobredosis",
            "matar*",
            "matas*",
            "autolesi*",
            "cortarte",
            "intento fallido",
            "intento exitoso",
        ],
    },
    Rule {
        why: "shames or orders (rule A4)",
        en: &[
            "should",
            "shouldn’t",
            "must",
            "just",
            "a good mother would",
            "at least",
            "cheer up",
            "think positive",
        ],
        es: &[
            "deberías",
            "debes",
            "debe",
            "tienes que",
            "una buena madre",
            "por lo menos",
            "al menos",
            "anímate",
            "piensa positivo",
            "piensa en positivo",
        ],
    },
    Rule {
        why: "comforts falsely (rule A5)",
        en: &[
            "would never hurt",
            "will be fine",
            "will be ok",
            "will be okay",
            "this is normal",
            "it’s normal",
            "don’t worry",
            "you are safe",
            "you’re safe",
        ],
        es: &[
            "nunca le harías",
            "nunca harías daño",
            "va a estar bien",
            "estará bien",
            "saldrá bien",
            "es normal",
            "no te preocupes",
            "estás a salvo",
        ],
    },
    Rule {
        why: "promises what a program cannot keep (rule A7)",
        en: &[
            "i’m here for you",
            "i am here for you",
            "check in on you",
            "we are monitoring",
            "i understand",
            "24/7",
        ],
        es: &[
            "estoy aquí para ti",
            "estaré pendiente",
            "monitore*",
            "te entiendo",
            "entiendo cómo te sientes",
            "24/7",
        ],
    },
    Rule {
        why: "speaks to mothers only; say “parent” or “you” (rule A8)",
        en: &["mother*", "mom", "moms", "mommy", "mum", "mums"],
        es: &[],
    },
];

/// Harmless although a rule's word stands in them; the first two are the article's own.
const HARMLESS: [&str; 4] = ["not always", "no siempre", "doesn’t always", "not just"];

/// Spanish names both parents, so that one of these words alone speaks to mothers only (rule A8).
const ES_MOTHER: [&str; 5] = ["mamá", "mamás", "madre", "madres", "mami"];
const ES_FATHER: [&str; 4] = ["papá", "papás", "padre", "padres"];

/// Every breach of the rules in the author's own words, as a sentence that says what to change.
pub fn breaches(language: Language, html: &str) -> Vec<String> {
    let mut words = own_words(html).to_lowercase().replace('\'', "’");
    for harmless in HARMLESS {
        words = words.replace(harmless, " ");
    }
    let mut breaches = Vec::new();
    for rule in &RULES {
        let list = match language {
            Language::En => rule.en,
            Language::Es => rule.es,
        };
        for pattern in list.iter().filter(|pattern| stands_in(pattern, &words)) {
            let word = pattern.trim_end_matches('*');
            breaches.push(format!("“{word}” {}; say it another way", rule.why));
        }
    }
    let names = |list: &[&str]| list.iter().any(|word| stands_in(word, &words));
    if language == Language::Es && names(&ES_MOTHER) && !names(&ES_FATHER) {
        breaches.push(
            "names mothers only; name fathers too, or say it without either (rule A8)".to_owned(),
        );
    }
    breaches
}

/// What a reader sees, without what is quoted.
fn own_words(html: &str) -> String {
    let mut own = String::new();
    for (index, part) in html.split("<blockquote>").enumerate() {
        let after_quote = match part.split_once("</blockquote>") {
            Some((_, after)) if index > 0 => after,
            _ => part,
        };
        own.push_str(after_quote);
        own.push('\n');
    }
    let seen = markup::plain(&own);
    let mut unquoted = String::new();
    for (index, part) in seen.split('“').enumerate() {
        match part.split_once('”') {
            Some((_, after)) if index > 0 => unquoted.push_str(after),
            _ => unquoted.push_str(part),
        }
        unquoted.push(' ');
    }
    unquoted
}

fn stands_in(pattern: &str, words: &str) -> bool {
    let (word, any_ending) = match pattern.strip_suffix('*') {
        Some(stem) => (stem, true),
        None => (pattern, false),
    };
    words.match_indices(word).any(|(start, _)| {
        let before = words[..start].chars().next_back();
        let after = words[start + word.len()..].chars().next();
        let outside = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
        outside(before) && (any_ending || outside(after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_caught_and_ordinary_words_are_not() {
        let check = |language, text: &str, caught: bool| {
            assert_eq!(
                !breaches(language, text).is_empty(),
                caught,
                "{text}: {:?}",
                breaches(language, text)
            );
        };
        let en = |text, caught| check(Language::En, text, caught);
        let es = |text, caught| check(Language::Es, text, caught);
        en("You should rest.", true);
        en("No “shoulds” today.", false);
        en(
            "<blockquote>you “should” feel, moms</blockquote> Rest.",
            false,
        );
        en("<blockquote>quoted</blockquote> You must rest.", true);
        en("A shoulder to lean on, a justice, a mustard seed", false);
        en("Bonding is not always immediate.", false);
        en("Bonding always comes.", true);
        en("It's normal", true);
        en("Don't worry", true);
        en("For every mother.", true);
        en("A moment together", false);
        en("This is guaranteed.", true);
        es("Deberías descansar.", true);
        es("Hoy, sin “debería”.", false);
        es("El vínculo no siempre es inmediato.", false);
        es("Para todas las mamás.", true);
        es("Para mamás y papás.", false);
        es("Todo va a estar bien.", true);
        es("Una oscuridad", false);
    }
}
