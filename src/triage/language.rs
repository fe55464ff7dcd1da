//! Which language a message, or a part of it, is in: the reply is given in it.

use super::repair::Word;
use crate::domain::Language;

/// Words that only one of the languages has. Not “por”: “x” is written out to it, and a lone “x” is no Spanish.
const TELLING: [(Language, &[&str]); 2] = [
    (
        Language::En,
        &[
            "i", "the", "my", "to", "and", "is", "it", "of", "not", "do", "am", "have", "that",
            "you", "was", "for", "with", "be", "are", "she", "her", "him", "his", "they", "this",
            "can", "will", "would", "want", "baby", "myself", "what", "all", "just", "when",
            "about", "so", "if", "at", "on", "out", "up", "get", "like", "from", "how", "but",
            "feel", "kill", "die", "wife", "husband", "at", "an", "been", "or", "what", "hello",
            "help", "hey", "hi", "thanks", "thank", "please", "good", "why", "english",
        ],
    ),
    (
        Language::Es,
        &[
            "que", "de", "la", "el", "mi", "y", "en", "un", "una", "con", "lo", "se", "es",
            "estoy", "los", "las", "para", "bebe", "esta", "yo", "le", "mas", "pero", "muy", "al",
            "del", "quiero", "ya", "todo", "cuando", "porque", "como", "su", "ella", "hijo",
            "hija", "siento", "tengo", "te", "nada", "esto", "este", "sin", "nos", "ni", "si",
            "morir", "vida", "matar", "dano", "muerte", "esposo", "esposa", "voces", "sola",
            "hola", "ayuda", "ayudame", "gracias", "entiendo", "buenos", "buenas", "favor",
            "espanol", "necesito", "puedo", "noche", "noches", "dias", "hablo", "vinculo", "amor",
            "socorro", "auxilio", "salvame",
        ],
    ),
];

/// The language most of the telling words belong to.
pub(super) fn language(words: &[Word]) -> Option<Language> {
    let [english, spanish] = TELLING.map(|(_, list)| {
        words
            .iter()
            .filter(|word| list.contains(&word.text.as_str()))
            .count()
    });
    match english.cmp(&spanish) {
        std::cmp::Ordering::Greater => Some(Language::En),
        std::cmp::Ordering::Less => Some(Language::Es),
        std::cmp::Ordering::Equal => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::repair::words;

    #[test]
    fn a_text_is_of_the_language_that_its_words_tell() {
        for (text, told) in [
            ("I want to sleep", Some(Language::En)),
            ("quiero dormir", Some(Language::Es)),
            ("gracias x todo", Some(Language::Es)),
            ("socorro", Some(Language::Es)),
            ("x", None),
            (&"x".repeat(4096), None),
            ("48", None),
        ] {
            assert_eq!(language(&words(text)), told, "{text:.20}");
        }
    }
}
