//! The settings on one screen, and the answers that change one of them.

use chrono::TimeDelta;

use crate::{
    content::{Button, Message},
    domain::{Language, Subscriber, due, subscriber::Standing, weekdays::Weekdays},
};

use super::{
    resting,
    scene::{Place, Reply, Say, Scene},
    setup,
    tap::{Asking, Flow, MAX_PAUSE_DAYS, Tap},
    wording::fill,
};

/// The pauses that are offered with one tap, in days.
const PAUSES: [u16; 4] = [1, 3, 7, 30];

/// The settings screen, or why there is none.
pub fn show(scene: &Scene, place: Place) -> Reply {
    setup::expecting(scene, show_with(scene, "", place), None)
}

/// The settings screen below a sentence.
pub fn show_with(scene: &Scene, said: &str, place: Place) -> Reply {
    let Some(subscriber) = scene.subscriber else {
        return not_subscribed(scene);
    };
    let screen = lines(scene, subscriber).join("\n");
    let body = if said.is_empty() {
        screen
    } else {
        format!("{said}\n\n{screen}")
    };
    let buttons = &scene.phrases().buttons;
    let mut rows = change_rows(scene);
    let sound = if subscriber.sound {
        (&buttons.sound_off, false)
    } else {
        (&buttons.sound_on, true)
    };
    rows.push(vec![scene.button(sound.0, &Tap::SetSound(sound.1))]);
    let resume = scene.button(&buttons.resume, &Tap::Resume);
    match subscriber.standing {
        Standing::Active => rows.push(vec![
            scene.button(&buttons.pause, &Tap::Ask(Asking::Pause, Flow::Settings)),
            scene.button(&buttons.stop, &Tap::Stop),
        ]),
        Standing::PausedUntil(_) | Standing::Paused => {
            rows.push(vec![resume, scene.button(&buttons.stop, &Tap::Stop)]);
        }
        Standing::Stopped => rows.insert(0, vec![resume]),
    }
    rows.push(vec![
        scene.button(&buttons.erase, &Tap::AskErase),
        scene.crisis_button(),
    ]);
    Reply {
        say: vec![Say {
            message: scene.message(body, rows),
            place,
        }],
        ..Reply::default()
    }
}

/// There are no settings without consent; the way to them.
pub fn not_subscribed(scene: &Scene) -> Reply {
    let rows = vec![
        vec![scene.button(&scene.phrases().buttons.start_notes, &Tap::Start)],
        vec![
            scene.button(&scene.phrases().buttons.everything, &Tap::Help),
            scene.crisis_button(),
        ],
    ];
    Reply::new(scene.message(&scene.phrases().settings.not_subscribed, rows))
}

/// Buttons that change one thing each.
pub fn change_rows(scene: &Scene) -> Vec<Vec<Button>> {
    let buttons = &scene.phrases().buttons;
    let ask = |label: &str, asking| scene.button(label, &Tap::Ask(asking, Flow::Settings));
    vec![
        vec![
            ask(&buttons.change_time, Asking::Time),
            ask(&buttons.change_days, Asking::Days),
        ],
        vec![
            ask(&buttons.change_kind, Asking::Plan),
            ask(&buttons.change_zone, Asking::Zone),
        ],
        vec![
            ask(&buttons.change_country, Asking::Country),
            ask(&buttons.change_language, Asking::Language),
        ],
    ]
}

/// On which days?
pub fn days_question(scene: &Scene) -> Message {
    let words = &scene.phrases().settings;
    let choices = [
        (&words.every_day, Weekdays::DAILY),
        (&words.weekdays, Weekdays::WORKDAYS),
        (&words.weekends, Weekdays::WEEKEND),
        (&words.mon_wed_fri, Weekdays::MON_WED_FRI),
    ];
    let mut rows: Vec<Vec<Button>> = choices
        .into_iter()
        .map(|(label, days)| vec![scene.button(label, &Tap::SetDays(days))])
        .collect();
    rows.push(back_row(scene));
    scene.message(&words.days_question, rows)
}

/// Sets the days.
pub fn set_days(scene: &Scene, subscriber: &Subscriber, days: Weekdays) -> Reply {
    let earliest = setup::earliest(scene, subscriber);
    let changed = due::with_days(subscriber.clone(), days, scene.now, earliest);
    saved(scene, changed)
}

/// Which language?
pub fn language_question(scene: &Scene) -> Message {
    let mut rows = vec![languages(scene)];
    rows.push(back_row(scene));
    scene.message(&scene.phrases().settings.language_question, rows)
}

/// The languages to choose from.
pub fn languages(scene: &Scene) -> Vec<Button> {
    vec![
        scene.button("English", &Tap::SetLanguage(Language::En)),
        scene.button("Español", &Tap::SetLanguage(Language::Es)),
    ]
}

/// Sets the language; without consent it holds for this answer only.
pub fn set_language(scene: &Scene, language: Language) -> Reply {
    let Some(subscriber) = scene.subscriber else {
        let spoken = Scene {
            phone_language: language,
            ..*scene
        };
        return Reply::new(super::welcome::consent(&spoken));
    };
    let changed = Subscriber {
        language,
        ..subscriber.clone()
    };
    let then = scene.with(&changed);
    let reply = show_with(&then, &then.phrases().settings.language_set, Place::Tapped);
    reply.saving(changed)
}

/// Whether notes ring.
pub fn set_sound(scene: &Scene, subscriber: &Subscriber, sound: bool) -> Reply {
    saved(
        scene,
        Subscriber {
            sound,
            ..subscriber.clone()
        },
    )
}

/// Pause for how long?
pub fn pause_question(scene: &Scene) -> Message {
    if let Some(off) = resting::off(scene) {
        return off;
    }
    let words = &scene.phrases().pause;
    let mut rows = pause_rows(scene);
    rows.push(back_row(scene));
    scene.message(&words.question, rows)
}

/// The pauses to choose from.
pub fn pause_rows(scene: &Scene) -> Vec<Vec<Button>> {
    let words = &scene.phrases().pause;
    let labels = [&words.days_1, &words.days_3, &words.days_7, &words.days_30];
    let days: Vec<Button> = PAUSES
        .into_iter()
        .zip(labels)
        .map(|(days, label)| scene.button(label, &Tap::Pause(days)))
        .collect();
    let mut rows: Vec<Vec<Button>> = days.chunks(2).map(<[Button]>::to_vec).collect();
    rows.push(vec![scene.button(&words.until_resumed, &Tap::PauseOpen)]);
    rows
}

/// Pauses for some days, or until she resumes.
pub fn pause(scene: &Scene, subscriber: &Subscriber, days: Option<u16>) -> Reply {
    if let Some(off) = resting::off(scene) {
        return Reply::in_place(off);
    }
    let until = days.map(|days| scene.now + TimeDelta::days(i64::from(days.min(MAX_PAUSE_DAYS))));
    let changed = due::paused(subscriber.clone(), until, scene.now);
    let words = &scene.phrases().pause;
    let said = match (until, changed.next) {
        (None, _) => words.done.clone(),
        (Some(_), Some(next)) if changed.zone.is_known() => {
            let wall = changed.zone.wall(next.due);
            fill(
                &words.done_until,
                &[("date", &scene.date(wall)), ("time", &scene.time_on(wall))],
            )
        }
        // No note is to come at all; the screen says why.
        (Some(_), _) => return show(&scene.with(&changed), Place::Tapped).saving(changed),
    };
    let buttons = &scene.phrases().buttons;
    let rows = vec![
        vec![
            scene.button(&buttons.resume, &Tap::Resume),
            scene.button(&buttons.settings, &Tap::Settings),
        ],
        vec![scene.crisis_button()],
    ];
    Reply::in_place(scene.message(said, rows)).saving(changed)
}

/// Notes on again.
pub fn resume(scene: &Scene) -> Reply {
    resume_from(scene, &scene.phrases().pause.resumed)
}

/// Notes on again, with a sentence of the caller's; for whoever never agreed, the consent text.
pub fn resume_from(scene: &Scene, said: &str) -> Reply {
    let Some(subscriber) = scene.subscriber else {
        return Reply::new(super::welcome::consent(scene));
    };
    let resumed = due::resumed(subscriber.clone(), scene.now);
    let then = scene.with(&resumed);
    show_with(&then, said, Place::New).saving(resumed)
}

fn saved(scene: &Scene, changed: Subscriber) -> Reply {
    let then = scene.with(&changed);
    show_with(&then, &scene.phrases().settings.saved, Place::Tapped).saving(changed)
}

/// The last row of a question: back to the settings, or to everything where there are none; and help.
pub fn back_row(scene: &Scene) -> Vec<Button> {
    let buttons = &scene.phrases().buttons;
    let way = match scene.subscriber {
        Some(_) => scene.button(&buttons.back, &Tap::Settings),
        None => scene.button(&buttons.everything, &Tap::Help),
    };
    vec![way, scene.crisis_button()]
}

fn lines(scene: &Scene, subscriber: &Subscriber) -> Vec<String> {
    let words = &scene.phrases().settings;
    let country = scene.country_name(subscriber.country);
    let place = scene.place(&subscriber.zone);
    let zone = if subscriber.zone.is_known() {
        let clock = scene.clock(&subscriber.zone);
        fill(&words.zone, &[("zone", &place), ("clock", &clock)])
    } else {
        fill(&words.zone_unknown, &[("zone", &place)])
    };
    let mut lines = vec![
        words.title.clone(),
        fill(&words.kind, &[("kind", &scene.kind(subscriber))]),
        fill(&words.days, &[("days", &scene.days(&subscriber.schedule))]),
        fill(
            &words.time,
            &[("time", &scene.time(subscriber.schedule.time()))],
        ),
        zone,
        fill(&words.country, &[("country", country)]),
        words.language.clone(),
        if subscriber.sound {
            &words.sound_on
        } else {
            &words.sound_off
        }
        .clone(),
    ];
    lines.extend(resting::said(scene));
    let coming = subscriber.next.filter(|_| {
        let on = matches!(
            subscriber.standing,
            Standing::Active | Standing::PausedUntil(_)
        );
        on && subscriber.zone.is_known()
    });
    if let Some(next) = coming {
        let wall = subscriber.zone.wall(next.due);
        lines.push(fill(
            &words.next,
            &[("date", &scene.date(wall)), ("time", &scene.time_on(wall))],
        ));
    }
    lines
}
