//! Whether a text speaks of what the article is about: that is why the parent came, and never an alarm.
//!
//! A lexicon of its own over the same words, so that nothing here can change what is found for safety.

use super::decide;
use super::lexicon::Lexicon;
use super::matcher::Spans;
use super::repair::Word;

/// Where a rule matched: first word, one past the last, the rule's file and line.
pub(super) type Found = (usize, usize, String);

/// Everything in these words that speaks of the bond.
pub(super) fn find(words: &[Word]) -> Vec<Found> {
    let lexicon = Lexicon::of_bonding();
    let mut spans = Spans::find(lexicon, &decide::places(lexicon, words));
    spans.mask(lexicon);
    spans
        .hits(lexicon)
        .iter()
        .map(|hit| (hit.start, hit.end, hit.program.name.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::triage::{Tier, explain, read};

    #[test]
    fn what_parents_come_with_is_no_alarm_and_is_known() {
        for text in [
            "I feel nothing for my baby",
            "what’s wrong with me",
            "WHATS WRONG WITH ME???",
            "I feel guilty that I'm not happy",
            "i feel numb when im with her",
            "I care for him but I don't feel joy",
            "i avoid holding him",
            "I feel more irritated than loving",
            "why am i not bonding with my baby",
            "havent bonded with my son yet",
            "my wife isn't bonding with our baby",
            "I can't bond with my grandson",
            "I don't feel like a dad yet",
            "my daughter doesnt want to hold her baby",
            "I expected to fall in love instantly and I didn't",
            "im just going through the motions",
            "she feels like a stranger to me",
            "am I the only mom who feels this way",
            "no siento nada cuando lo cargo",
            "¿Qué me pasa?",
            "que hay de malo en mi",
            "me siento culpable por no sentir alegría",
            "me siento desconectada de mi bebé",
            "mi esposa no siente conexión con la bebé",
            "no siento el vínculo con mi nieta",
            "todavía no me siento papá",
            "evito cargarlo",
            "no me nace quererla",
            "soy la única que no siente nada",
            "estoy en piloto automático",
        ] {
            let finding = read(text);
            assert_eq!(finding.tier, Tier::None, "{text}");
            assert!(finding.about_bonding, "{text}");
            let why = explain(text).lines.join("\n");
            assert!(why.contains("bonding:"), "{text} is not explained: {why}");
        }
    }

    #[test]
    fn what_is_denied_or_about_something_else_is_not() {
        for text in [
            "hello",
            "hola",
            "im so tired",
            "I love my baby so much",
            "I don't feel guilty",
            "I am not numb",
            "I have no trouble bonding with her",
            "we are bonding so well",
            "nothing is wrong with me",
            "the wifi won't connect",
            "what's wrong with this bot",
            "my arm feels numb",
            "my baby does not like the bottle",
            "amo a mi bebé",
            "no me siento culpable",
            "no me pasa nada",
            "no siento los pies",
            "no me sale la opción de guardar",
            "mi bebé no quiere comer",
            "8:30",
            "San Diego",
        ] {
            assert!(!read(text).about_bonding, "{text}");
        }
    }

    #[test]
    fn it_never_takes_the_place_of_help() {
        for (text, tier) in [
            (
                "I feel nothing for my baby and I want to die",
                Tier::Emergency,
            ),
            (
                "no siento nada por mi bebé y quiero morirme",
                Tier::Emergency,
            ),
            ("I feel numb, my baby died last week", Tier::Loss),
            ("I feel guilty and I can't cope anymore", Tier::Concern),
        ] {
            let finding = read(text);
            assert_eq!(finding.tier, tier, "{text}");
            assert!(!finding.about_bonding, "{text}");
        }
    }
}
