//! Words that no author may use, so that a note or page cannot shame, order, promise or diagnose.
//!
//! The lists are SAFETY.md 2.1. They catch slips; a clinician's reading catches the rest.

use crate::domain::Language;

/// What may not be said, and the reason that the author is given.
struct Rule {
    why: &'static str,
    en: &'static [&'static str],
    es: &'static [&'static str],
}

/// Compared in lower case at word boundaries; an ending `*` allows any ending.
const RULES: [Rule; 5] = [
    Rule {
        why: "a claim that the article does not make (A2)",
        en: &[
            "studies show",
            "proven",
            "guarantee*",
            "always",
            "never fails",
            "cure*",
        ],
        es: &[
            "estudios muestran",
            "comprobado",
            "garantiz*",
            "siempre",
            "nunca falla",
            "cura*",
        ],
    },
    Rule {
        why: "a word about suicide or self-harm (A3)",
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
            "autolesi*",
            "cortarte",
            "intento fallido",
        ],
    },
    Rule {
        why: "a word that shames or orders (A4)",
        en: &[
            "should",
            "shouldn’t",
            "must",
            "have to feel",
            "just",
            "good mother would",
            "at least",
            "cheer up",
            "think positive",
        ],
        es: &[
            "deberías",
            "debes",
            "debe",
            "tienes que sentir",
            "tienes que",
            "solo tienes",
            "por lo menos",
            "al menos",
            "anímate",
            "piensa positivo",
            "piensa en positivo",
        ],
    },
    Rule {
        why: "a false comfort (A5)",
        en: &[
            "would never hurt",
            "will be fine",
            "will be ok",
            "be okay",
            "this is normal",
            "don’t worry",
            "you are safe",
            "you’re safe",
        ],
        es: &[
            "nunca le harías",
            "nunca harías daño",
            "todo va a estar bien",
            "todo estará bien",
            "todo saldrá bien",
            "esto es normal",
            "es normal",
            "no te preocupes",
            "estás a salvo",
        ],
    },
    Rule {
        why: "a promise that a program cannot keep (A7)",
        en: &[
            "here for you",
            "check on you",
            "monitoring",
            "i understand",
            "how you feel",
            "24/7",
        ],
        es: &[
            "aquí para ti",
            "estar pendiente",
            "monitore*",
            "te entiendo",
            "entiendo cómo",
            "cómo te sientes",
            "24/7",
        ],
    },
];
