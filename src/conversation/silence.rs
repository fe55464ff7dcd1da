//! What is typed after a long silence, to “would you like them to go on?” and to the notice before erasing.
//!
//! The row tells that one of them was the last thing she was asked. Whatever she writes calls the erasing off; here it is said.

use crate::domain::{folding::key, subscriber::Silence};

use super::{
    Request, command, everyday, leaving, notes,
    scene::{Reply, Scene},
    typed,
};

/// The answer to words that were typed after one of these questions; `None` where they are answered as ever.
pub(super) fn answer(request: &Request, scene: &Scene, was: Silence) -> Option<Reply> {
    let (Request::Text(text, finding), Some(subscriber)) = (request, scene.subscriber) else {
        return None;
    };
    let command::Typed::Words(words) = command::read(text, &scene.defaults.bot_name) else {
        return None;
    };
    let said = everyday::read(scene.content, words).and_then(|said| said.answer());
    match (was, said) {
        (Silence::Noticed, _) if subscriber.erase_at.is_some() => None,
        (Silence::Noticed, _) if finding.about_bonding => {
            let mut reply = typed::answer(scene, text, finding);
            for say in &mut reply.say {
                let kept = notes::kept(scene, subscriber);
                say.message.body = format!("{kept}\n\n{}", say.message.body);
            }
            Some(reply)
        }
        (Silence::Noticed, Some(false)) => Some(leaving::not_yet(scene)),
        (Silence::Noticed, _) if speaks_of_erasing(words) => Some(leaving::not_yet(scene)),
        (Silence::Noticed, _) | (Silence::AskedToGoOn, Some(true)) => {
            Some(notes::go_on(scene, subscriber))
        }
        (Silence::AskedToGoOn, Some(false)) => Some(notes::fewer_or_pause(scene)),
        (Silence::AskedToGoOn | Silence::Unasked, _) => None,
    }
}

/// Whether words speak of erasing, in either language.
pub(super) fn speaks_of_erasing(words: &str) -> bool {
    const BEGINNINGS: [&str; 5] = ["eras", "delet", "borr", "elimin", "forget"];
    key(words)
        .split(' ')
        .any(|word| BEGINNINGS.iter().any(|begins| word.starts_with(begins)))
}
