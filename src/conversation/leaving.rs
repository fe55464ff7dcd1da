//! Stopping at once, and erasing everything after one confirmation.

use crate::domain::{due, subscriber::Awaiting};

use super::{
    scene::{Change, Reply, Scene},
    setup,
    tap::Tap,
};

/// No more notes, at once.
pub fn stop(scene: &Scene) -> Reply {
    let buttons = &scene.phrases().buttons;
    let Some(subscriber) = scene.subscriber else {
        let rows = vec![
            vec![scene.button(&buttons.start_notes, &Tap::Start)],
            vec![
                scene.button(&buttons.everything, &Tap::Help),
                scene.crisis_button(),
            ],
        ];
        return Reply::new(scene.message(&scene.phrases().leaving.nothing_to_stop, rows));
    };
    let stopped = due::stopped(subscriber.clone(), scene.now);
    let body = scene.texts().pages.goodbye(scene.urgent());
    let rows = vec![
        vec![
            scene.button(&buttons.start_again, &Tap::Resume),
            scene.button(&buttons.erase, &Tap::AskErase),
        ],
        vec![scene.crisis_button()],
    ];
    Reply::new(scene.message(body, rows)).saving(stopped)
}

/// Asks before erasing.
pub fn ask_erase(scene: &Scene) -> Reply {
    if scene.subscriber.is_none() {
        return nothing_kept(scene);
    }
    setup::expecting(scene, erase_question(scene), Some(Awaiting::Erase))
}

/// A typed yes to the question, or what sounds like one. What cannot be undone takes a tap: nobody knows from a word
/// alone that it was this question that it answers.
pub fn not_yet(scene: &Scene) -> Reply {
    let mut reply = ask_erase(scene);
    if scene.subscriber.is_some() {
        for say in &mut reply.say {
            say.message
                .body
                .clone_from(&scene.phrases().leaving.not_yet);
        }
    }
    reply
}

/// The question itself, for whoever may have something stored.
pub fn erase_question(scene: &Scene) -> Reply {
    let buttons = &scene.phrases().buttons;
    let rows = vec![
        vec![scene.button(&buttons.erase_yes, &Tap::Erase)],
        vec![scene.button(&buttons.erase_no, &Tap::KeepData)],
        vec![scene.crisis_button()],
    ];
    Reply::new(scene.message(&scene.phrases().leaving.erase_question, rows))
}

/// Erases everything; the same answer when it was seen before.
pub fn erase(scene: &Scene) -> Reply {
    let words = &scene.phrases().leaving;
    let body = format!("{}\n\n{}", words.erased, words.erased_chat);
    let rows = vec![vec![
        scene.button(&scene.phrases().buttons.everything, &Tap::Help),
        scene.crisis_button(),
    ]];
    let mut reply = Reply::in_place(scene.message(body, rows));
    reply.change = Change::Erase;
    reply
}

/// Nothing was erased.
pub fn keep(scene: &Scene) -> Reply {
    let buttons = &scene.phrases().buttons;
    let rows = vec![vec![
        scene.button(&buttons.settings, &Tap::Settings),
        scene.crisis_button(),
    ]];
    let reply = Reply::in_place(scene.message(&scene.phrases().leaving.kept, rows));
    setup::expecting(scene, reply, None)
}

fn nothing_kept(scene: &Scene) -> Reply {
    let rows = vec![vec![
        scene.button(&scene.phrases().buttons.everything, &Tap::Help),
        scene.crisis_button(),
    ]];
    Reply::new(scene.message(&scene.phrases().leaving.nothing_to_erase, rows))
}
