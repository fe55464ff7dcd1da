//! Notes that rest: paused, held after a call for help, or ended. What is said of it, and the way back.
//!
//! The row does not tell a hold from a pause that she chose, so that nobody can read from it that she called for help.
//! Whatever rests therefore rests on request too, and never comes back but by her own tap.

use crate::{
    content::{Button, Message},
    domain::{
        Pool,
        subscriber::{Awaiting, Standing},
    },
};

use super::{
    reading::{self, Page},
    scene::{Reply, Scene},
    setup,
    tap::{Asking, Tap},
};

/// That her notes rest, until when, and that she can have them back; `None` while they come, or for whoever gets none.
pub(super) fn said(scene: &Scene) -> Option<String> {
    let subscriber = scene.subscriber?;
    let words = &scene.phrases().settings;
    match subscriber.standing {
        Standing::PausedUntil(until) if until > scene.now => {
            let date = scene.date(subscriber.zone.wall(until));
            Some(super::wording::fill(
                &words.paused_until,
                &[("date", &date)],
            ))
        }
        Standing::Active | Standing::PausedUntil(_) => None,
        Standing::Paused => Some(words.paused.clone()),
        Standing::Stopped => Some(words.stopped.clone()),
    }
}

/// In place of a note that she asked for while her notes rest.
///
/// With an end (it may be a hold, SAFETY B19) none comes until then. Without one (she said so, or her baby died, for
/// whom “skin-to-skin with your baby” would be the worst of words) one comes when she asks for it once more.
pub(super) fn instead_of_note(scene: &Scene, pool: Pool) -> Option<Reply> {
    let resting = said(scene)?;
    let (words, buttons) = (&scene.phrases().notes, &scene.phrases().buttons);
    let (then, mut rows) = if has_an_end(scene) {
        (&words.none_until_then, Vec::new())
    } else {
        let one = scene.button(&buttons.only_one, &Tap::OnlyOne(pool));
        (&words.only_one, vec![vec![one]])
    };
    rows.push(vec![resume_button(scene)]);
    rows.push(vec![
        scene.button(&buttons.support, &Tap::Page(Page::Support)),
        scene.crisis_button(),
    ]);
    Some(Reply::new(scene.message(format!("{resting} {then}"), rows)))
}

/// Whether it is known when notes come again; it may be the end of a hold.
pub(super) fn has_an_end(scene: &Scene) -> bool {
    scene
        .subscriber
        .is_some_and(|subscriber| matches!(subscriber.standing, Standing::PausedUntil(_)))
}

/// In place of a question that makes no sense to someone whose notes are off; `None` when they are not.
pub(super) fn off(scene: &Scene) -> Option<Message> {
    let stopped = scene
        .subscriber
        .is_some_and(|subscriber| subscriber.standing == Standing::Stopped);
    stopped.then(|| {
        let settings = scene.button(&scene.phrases().buttons.settings, &Tap::Settings);
        let rows = vec![
            vec![resume_button(scene)],
            vec![settings, scene.crisis_button()],
        ];
        scene.message(&scene.phrases().settings.stopped, rows)
    })
}

/// “I meant something else”, below a care reply: back to the open question of set-up, else the menu, with help still
/// there. What the reply changed stays, as nobody can know whether it was meant; it is said, and undone by one tap.
///
/// `asked` is the question that stood when she was replied to: by that reply it was closed, and is asked anew.
pub fn meant_else(scene: &Scene, asked: Option<Asking>) -> Reply {
    let answers = &scene.phrases().answers;
    let resting = said(scene);
    let question = setup::open_question(scene)
        .or_else(|| asked.and_then(|asking| setup::asked_before(scene, asking)));
    let (first, then, awaiting) = match question {
        Some((question, awaiting)) => (&answers.meant_else_in_setup, question, Some(awaiting)),
        None => (
            &answers.meant_else,
            reading::menu_message(scene, ""),
            scene
                .subscriber
                .and_then(|subscriber| subscriber.awaiting.clone()),
        ),
    };
    let mut parts = vec![first.as_str()];
    parts.extend(resting.as_deref());
    parts.extend(Some(then.body.as_str()).filter(|body| !body.is_empty()));
    let body = parts.join("\n\n");
    let message = Message { body, ..then };
    let message = match resting {
        Some(_) => message.with_first_row(vec![resume_button(scene)]),
        None => message,
    };
    setup::expecting(scene, Reply::new(message), awaiting)
}

/// What “I meant something else” says, below a reply that closes the open question: the button remembers it, so that
/// nothing in her row tells that there was such a reply.
pub(super) fn way_back(scene: &Scene) -> Tap {
    let awaiting = scene.subscriber.and_then(|of| of.awaiting.as_ref());
    match awaiting {
        Some(Awaiting::ClockInSetup(_) | Awaiting::ZoneInSetup) => Tap::BackTo(Asking::Zone),
        Some(Awaiting::TimeInSetup) => Tap::BackTo(Asking::Time),
        _ => Tap::MeantElse,
    }
}

fn resume_button(scene: &Scene) -> Button {
    scene.button(&scene.phrases().buttons.resume, &Tap::Resume)
}
