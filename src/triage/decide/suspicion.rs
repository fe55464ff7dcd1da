//! What the model adds to the rules, and what of theirs it doubts.

use super::Say;
use crate::triage::{
    features::Window,
    finding::{Category, Tier},
    model::{self, Chances, LABELS},
};

/// Chance of an emergency, all kinds together, from which the model alone says so.
const SURE: f32 = 0.77;
/// The same where the rules saw a denial, a past or a fear.
const VERY_SURE: f32 = 0.93;
/// Chance of a loss from which the model alone says so.
const SURE_OF_LOSS: f32 = 0.55;
/// The same in a few words: a loss stops all notes, and few words prove little.
const SURE_OF_SHORT_LOSS: f32 = 0.8;
const FEW: usize = 6;
/// Fewer words than this are for the rules alone.
const FEWEST: usize = 2;
/// Chance of anything at all from which it is a concern.
const SUSPECTED: f32 = 0.65;

/// Chance of an emergency anywhere in the text below which the model doubts a rule that says so.
const DOUBTED: f32 = 0.4;

/// How likely a tier is, its categories together.
fn chance(chances: &Chances, tier: Tier) -> f32 {
    LABELS
        .iter()
        .zip(chances)
        .filter(|(label, _)| model::tier(**label) == tier)
        .map(|(_, chance)| chance)
        .sum()
}

/// Chance of anything at all below which a concern that only a rule sees is none.
const ORDINARY: f32 = 0.1;

/// The chances of emergency, loss and anything at all, each in the stretch where it is highest.
pub(super) fn strongest(chances: &[Chances]) -> [f32; 3] {
    let most = |of: fn(&Chances) -> f32| chances.iter().map(of).fold(0.0, f32::max);
    [
        most(|chances| chance(chances, Tier::Emergency)),
        most(|chances| chance(chances, Tier::Loss)),
        most(|chances| 1.0 - chance(chances, Tier::None)),
    ]
}

/// What only a rule sees, and the model nowhere: an emergency is answered as a concern, so that help is shown all the
/// same; a concern is none.
pub(super) fn doubt(says: &mut [Say], chances: &[Chances]) {
    let [emergency, _, anything] = strongest(chances);
    if anything < ORDINARY {
        // Not what she denies or says is over: those words were taken out of what the model sees.
        let vague = |say: &&mut Say| say.tier == Tier::Concern && !say.softened;
        for say in says.iter_mut().filter(vague) {
            say.tier = Tier::None;
            say.why.push_str(" (doubted)");
        }
    }
    if emergency < DOUBTED {
        for say in says.iter_mut().filter(|say| say.tier == Tier::Emergency) {
            say.tier = Tier::Concern;
            say.category = Category::Distress;
            say.other = false;
            say.why.push_str(" (doubted)");
        }
    }
}

/// What the model has to say about one stretch.
pub(super) fn suspicion(window: &Window, chances: &Chances, softened: bool) -> Option<Say> {
    let needed = if softened { VERY_SURE } else { SURE };
    let anything = 1.0 - chance(chances, Tier::None);
    let words = window.end - window.start;
    if words < FEWEST {
        return None;
    }
    let loss = if words < FEW {
        SURE_OF_SHORT_LOSS
    } else {
        SURE_OF_LOSS
    };
    let tier = if chance(chances, Tier::Emergency) >= needed {
        Tier::Emergency
    } else if chance(chances, Tier::Loss) >= loss {
        Tier::Loss
    } else if anything >= SUSPECTED {
        Tier::Concern
    } else {
        return None;
    };
    Some(Say {
        tier,
        category: likeliest(chances, tier),
        other: false,
        softened: false,
        start: window.start,
        end: window.end,
        why: format!("model ({:.0}%)", anything * 100.0),
    })
}

/// The likeliest category of a tier.
fn likeliest(chances: &Chances, tier: Tier) -> Category {
    LABELS
        .iter()
        .zip(chances)
        .filter(|(label, _)| model::tier(**label) == tier)
        .max_by(|(_, one), (_, other)| one.total_cmp(other))
        .and_then(|(label, _)| *label)
        .unwrap_or(Category::Distress)
}
