//! The summary in plain words that set-up ends with: what, when, where, and the first note.

use crate::domain::{Pool, subscriber::Standing};

use super::{
    scene::{Place, Reply, Say, Scene},
    settings, setup,
    tap::Tap,
    wording::fill,
};

/// The summary; the settings for whoever paused or ended her notes since.
pub(super) fn show(scene: &Scene, place: Place) -> Reply {
    let subscriber = match scene.subscriber {
        Some(subscriber)
            if subscriber.standing == Standing::Active && subscriber.zone.is_known() =>
        {
            subscriber
        }
        // “All set” is for whoever gets notes; the settings say that they are paused or off, or why none come, and offer
        // them again.
        Some(_) => return settings::show(scene, place),
        None => return settings::not_subscribed(scene),
    };
    let words = &scene.phrases().summary;
    let line = fill(
        &words.line,
        &[
            ("what", &scene.kind(subscriber)),
            ("days", &scene.days(&subscriber.schedule)),
            ("time", &scene.time(subscriber.schedule.time())),
            ("zone", &scene.place(&subscriber.zone)),
        ],
    );
    let country = scene.country_name(subscriber.country);
    let mut parts = vec![
        words.ready.clone(),
        line,
        fill(&scene.phrases().settings.country, &[("country", country)]),
    ];
    if let Some(next) = subscriber.next {
        let wall = subscriber.zone.wall(next.due);
        let template = if subscriber.last_sent.is_none() && !subscriber.sound {
            &words.first
        } else {
            &words.next
        };
        parts.push(fill(
            template,
            &[("date", &scene.date(wall)), ("time", &scene.time_on(wall))],
        ));
    }
    parts.push(words.stop_hint.clone());
    let mut rows = vec![vec![scene.button(
        &scene.phrases().buttons.see_note,
        &Tap::NoteNow(Pool::Affirmations),
    )]];
    rows.extend(settings::change_rows(scene));
    rows.push(vec![scene.crisis_button()]);
    let reply = Reply {
        say: vec![Say {
            message: scene.message(parts.join("\n\n"), rows),
            place,
        }],
        ..Reply::default()
    };
    setup::expecting(scene, reply, None)
}
