//! Words that are no answer and no command: what the article is about, and what is not understood.
//!
//! Both are answered in the language of the words, with a way to keep it. Nothing of the words is kept or said again.

use crate::{content::Message, domain::Language, triage::Finding};

use super::{
    crisis,
    everyday::Everyday,
    reading, resting,
    scene::{Reply, Scene, Spoken},
    settings, setup,
    tap::Tap,
};

/// To what the article is about (SAFETY 3.5: its own words are never an alarm): a few of its sentences and the menu.
pub(super) fn of_bonding(scene: &Scene, finding: &Finding) -> Reply {
    in_their_language(scene, finding, |scene| {
        scene.texts().pages.bonding().to_owned()
    })
}

/// To thanks, to a good night, and to other words that ask for nothing.
pub(super) fn everyday(scene: &Scene, said: &Everyday, words: &str, finding: &Finding) -> Reply {
    if !(said.thanks() || said.good_night()) {
        return not_understood(scene, words, finding);
    }
    in_their_language(scene, finding, |scene| {
        let answers = &scene.phrases().answers;
        let answer = if said.good_night() {
            &answers.good_night
        } else {
            &answers.thanks
        };
        answer.clone()
    })
}

/// To anything else.
pub(super) fn not_understood(scene: &Scene, words: &str, finding: &Finding) -> Reply {
    if words.starts_with('/') {
        // The name of a command is in neither language.
        return reading::menu(scene, &scene.phrases().answers.not_understood);
    }
    if !is_another_script(words) {
        return in_their_language(scene, finding, |scene| {
            scene.phrases().answers.not_understood.clone()
        });
    }
    // Someone who writes neither English nor Spanish may read one of them.
    let both = Language::ALL.map(|language| {
        let texts = scene.content.texts(language);
        texts.phrases.answers.not_understood.as_str()
    });
    reading::menu(scene, &both.join("\n\n"))
}

/// To a text that is too long to be an answer.
pub(super) fn too_long(scene: &Scene, finding: &Finding) -> Reply {
    if finding.about_bonding {
        return of_bonding(scene, finding);
    }
    in_their_language(scene, finding, |scene| {
        scene.phrases().answers.too_long.clone()
    })
}

/// To the bare word “help” or “ayuda”. One word says little: whoever has chosen a language is answered in that one.
pub(super) fn help(scene: &Scene, finding: &Finding) -> Reply {
    let unchosen = finding.language.filter(|_| scene.subscriber.is_none());
    let spoken = Spoken::new(scene, unchosen);
    let reply = reading::help(&spoken.scene(scene));
    with_languages(scene, finding, reply)
}

/// To words that ask for help now: in their language, unless she has chosen one.
pub(super) fn crisis(scene: &Scene, finding: &Finding) -> Reply {
    let unchosen = finding.language.filter(|_| scene.subscriber.is_none());
    let spoken = Spoken::new(scene, unchosen);
    crisis::page(&spoken.scene(scene), scene.country())
}

fn in_their_language(scene: &Scene, finding: &Finding, said: impl Fn(&Scene) -> String) -> Reply {
    let spoken = Spoken::new(scene, finding.language);
    let theirs = &spoken.scene(scene);
    let mut message = if resting::off(scene).is_some() {
        // It may have been a loss that ended her notes: nothing about a baby is offered.
        quiet_message(theirs, &said(theirs))
    } else {
        reading::menu_message(theirs, &said(theirs))
    };
    if setup::open_question(scene).is_some() {
        // The question of set-up stays open; this leads back to it.
        let back = theirs.button(&theirs.phrases().buttons.back, &Tap::MeantElse);
        message = message.with_first_row(vec![back]);
    }
    with_languages(scene, finding, Reply::new(message))
}

fn quiet_message(scene: &Scene, said: &str) -> Message {
    let everything = scene.button(&scene.phrases().buttons.everything, &Tap::Help);
    scene.message(said, vec![vec![everything, scene.crisis_button()]])
}

/// With a row of languages above the buttons, if the answer is not in the one that she is answered in otherwise.
fn with_languages(scene: &Scene, finding: &Finding, mut reply: Reply) -> Reply {
    if finding
        .language
        .is_some_and(|language| language != scene.language())
    {
        for say in std::mem::take(&mut reply.say) {
            let message = say.message.with_first_row(settings::languages(scene));
            reply.say.push(super::Say { message, ..say });
        }
    }
    reply
}

/// Whether most letters are not Latin ones: then it is neither English nor Spanish.
fn is_another_script(words: &str) -> bool {
    const LAST_LATIN: char = '\u{24F}';
    let letters: Vec<char> = words
        .chars()
        .filter(|letter| letter.is_alphabetic())
        .collect();
    let others = letters
        .iter()
        .filter(|letter| **letter > LAST_LATIN)
        .count();
    others * 2 > letters.len()
}
