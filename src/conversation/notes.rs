//! A note now, and what can be done with a note that came.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    content::{Button, Message, notes::Note, plans::PlanName},
    domain::{
        NoteId, Pool, Subscriber, due,
        due::Moved,
        rotation,
        subscriber::{Slot, Standing},
    },
};

use super::{
    resting,
    scene::{Place, Reply, Say, Scene},
    settings,
    tap::{Asking, Flow, Tap},
    wording::fill,
};

/// The message of a note that fell due. `came` is when it was handed over to be sent; the buttons carry it.
pub fn due_message(scene: &Scene, note: &Note, came: DateTime<Utc>) -> Message {
    let buttons = &scene.phrases().buttons;
    scene.message(
        note.body(),
        vec![
            vec![
                scene.button(&buttons.another_time, &Tap::AskMove(note.id.clone(), came)),
                scene.button(&buttons.not_for_me, &Tap::Retire(note.id.clone())),
            ],
            vec![
                scene.button(&buttons.fewer_or_pause, &Tap::FewerOrPause),
                scene.button(&buttons.help_now, &Tap::Crisis),
            ],
        ],
    )
}

/// The question to a parent who has seen everything and has been silent for ten weeks.
pub fn go_on_question(scene: &Scene) -> Message {
    let buttons = &scene.phrases().buttons;
    scene.message(
        &scene.phrases().notes.go_on,
        vec![
            vec![
                scene.button(&buttons.go_on, &Tap::GoOn),
                scene.button(&buttons.fewer_or_pause, &Tap::FewerOrPause),
            ],
            vec![
                scene.button(&buttons.stop, &Tap::Stop),
                scene.crisis_button(),
            ],
        ],
    )
}

/// The notice before everything is erased.
pub fn last_notice(scene: &Scene) -> Message {
    let buttons = &scene.phrases().buttons;
    scene.message(
        &scene.phrases().notes.last_notice,
        vec![
            vec![scene.button(&buttons.keep, &Tap::GoOn)],
            vec![
                scene.button(&buttons.erase, &Tap::AskErase),
                scene.crisis_button(),
            ],
        ],
    )
}

/// One note of a pool now. A subscriber gets the next one of her own order; for anyone else nothing is stored,
/// so the order starts at a place that changes from day to day. While her notes rest, none.
pub fn now(scene: &Scene, pool: Pool, after: Option<&NoteId>) -> Reply {
    resting::instead_of_note(scene, pool).unwrap_or_else(|| only_one(scene, pool, after))
}

/// She asked once more while her notes rest without an end. The button may be older than what has them rest now.
pub fn once_more(scene: &Scene, pool: Pool) -> Reply {
    match resting::instead_of_note(scene, pool) {
        Some(reply) if resting::has_an_end(scene) => reply,
        _ => only_one(scene, pool, None),
    }
}

/// The same also while her notes rest.
fn only_one(scene: &Scene, pool: Pool, after: Option<&NoteId>) -> Reply {
    let ids = note_ids(scene, pool);
    let Some(subscriber) = scene.subscriber else {
        return match passing(scene, &ids, after) {
            Some(note) => Reply::new(on_request(scene, note)),
            None => none_left(scene),
        };
    };
    match rotation::next_note(&subscriber.history, &ids, scene.order_key)
        .and_then(|id| scene.texts().notes.get(&id))
    {
        Some(note) => {
            let mut changed = subscriber.clone();
            changed.history = rotation::seen(changed.history, &note.id);
            Reply::new(on_request(scene, note)).saving(changed)
        }
        None => none_left(scene),
    }
}

/// Another note from the pool of this one.
pub fn another(scene: &Scene, id: &NoteId) -> Reply {
    let pool = scene
        .texts()
        .notes
        .get(id)
        .map_or(Pool::Affirmations, |note| note.pool);
    now(scene, pool, Some(id))
}

/// When shall this note come again?
pub fn ask_move(scene: &Scene, id: &NoteId, came: DateTime<Utc>) -> Reply {
    let buttons = &scene.phrases().buttons;
    let Some(note) = scene.texts().notes.get(id) else {
        return moved_on(scene);
    };
    let to = |label: &str, when| scene.button(label, &Tap::MoveNote(id.clone(), came, when));
    let body = format!("{}\n\n{}", note.body(), scene.phrases().notes.when);
    let mut times = vec![
        to(&buttons.in_an_hour, Moved::InAnHour),
        to(&buttons.tomorrow, Moved::Tomorrow),
    ];
    if scene
        .subscriber
        .is_some_and(|subscriber| due::evening_is_ahead(subscriber, scene.now))
    {
        times.insert(1, to(&buttons.this_evening, Moved::ThisEvening));
    }
    Reply::in_place(scene.message(
        body,
        vec![
            times,
            vec![
                scene.button(&buttons.back, &Tap::KeepNote(id.clone(), came)),
                scene.crisis_button(),
            ],
        ],
    ))
}

/// Back from “when?”: the note as it was.
pub fn keep(scene: &Scene, id: &NoteId, came: DateTime<Utc>) -> Reply {
    match scene.texts().notes.get(id) {
        Some(note) => Reply::in_place(due_message(scene, note, came)),
        None => moved_on(scene),
    }
}

/// Brings this note at another time, in place of a note of its own: never a second one.
pub fn move_to(
    scene: &Scene,
    subscriber: &Subscriber,
    id: &NoteId,
    came: DateTime<Utc>,
    when: Moved,
) -> Reply {
    if subscriber.standing != Standing::Active || !subscriber.zone.is_known() {
        return settings::show(scene, Place::Tapped);
    }
    if scene.texts().notes.get(id).is_none() {
        return moved_on(scene);
    }
    let moved = subscriber
        .last_sent
        .filter(|last| is_latest(*last, came))
        .map(|_| due::moved(subscriber.clone(), id, when, scene.now));
    let Some((moved, next)) = moved.and_then(|moved| moved.next.map(|next| (moved, next))) else {
        return moved_on(scene);
    };
    let wall = moved.zone.wall(next.due);
    let said = fill(
        &scene.phrases().notes.moved,
        &[("date", &scene.date(wall)), ("time", &scene.time_on(wall))],
    );
    Reply::in_place(scene.message(said, settings_row(scene))).saving(moved)
}

/// That note came long ago, or is no more.
fn moved_on(scene: &Scene) -> Reply {
    Reply::in_place(scene.message(&scene.phrases().notes.moved_already, settings_row(scene)))
}

fn settings_row(scene: &Scene) -> Vec<Vec<Button>> {
    let settings = scene.button(&scene.phrases().buttons.settings, &Tap::Settings);
    vec![vec![settings, scene.crisis_button()]]
}

/// This note is not for her: it never comes again.
pub fn retire(scene: &Scene, subscriber: &Subscriber, id: &NoteId) -> Reply {
    // Names that a forged button makes up are not kept: whoever makes up a thousand would have a row without end.
    if scene.texts().notes.get(id).is_none() {
        return moved_on(scene);
    }
    let changed = due::retired(subscriber.clone(), id);
    let left = subscriber.pools.iter().any(|pool| {
        rotation::next_note(&changed.history, &note_ids(scene, *pool), scene.order_key).is_some()
    });
    let words = &scene.phrases().notes;
    let buttons = &scene.phrases().buttons;
    let rows = vec![
        vec![
            scene.button(&buttons.another, &Tap::AnotherNote(id.clone())),
            scene.button(&buttons.fewer_or_pause, &Tap::FewerOrPause),
        ],
        vec![scene.crisis_button()],
    ];
    Reply::in_place(scene.message(
        if left {
            &words.retired
        } else {
            &words.retired_last
        },
        rows,
    ))
    .saving(changed)
}

/// Fewer, or a pause?
pub fn fewer_or_pause(scene: &Scene) -> Reply {
    if let Some(off) = resting::off(scene) {
        return Reply::new(off);
    }
    let buttons = &scene.phrases().buttons;
    let mut rows = vec![vec![
        scene.button(
            &buttons.fewer,
            &Tap::SetPlan(PlanName::ThreeAWeek, Flow::Settings),
        ),
        scene.button(
            &buttons.weekly,
            &Tap::SetPlan(PlanName::Weekly, Flow::Settings),
        ),
    ]];
    rows.extend(settings::pause_rows(scene));
    rows.push(vec![
        scene.button(
            &buttons.change_kind,
            &Tap::Ask(Asking::Plan, Flow::Settings),
        ),
        scene.button(&buttons.stop, &Tap::Stop),
    ]);
    rows.push(vec![scene.crisis_button()]);
    let message = scene.message(&scene.phrases().notes.fewer_or_pause, rows);
    Reply {
        say: vec![Say {
            message,
            place: Place::New,
        }],
        ..Reply::default()
    }
}

/// “Yes, go on”, or “keep my notes” after the last notice.
pub fn go_on(scene: &Scene, subscriber: &Subscriber) -> Reply {
    let changed = due::touched(subscriber.clone(), scene.now);
    let then = scene.with(&changed);
    settings::show_with(&then, kept(scene, &changed), Place::Tapped).saving(changed)
}

/// That everything stays as it is, after the last notice.
pub(super) fn kept<'a>(scene: &Scene<'a>, subscriber: &Subscriber) -> &'a str {
    match subscriber.standing {
        Standing::Active => &scene.phrases().notes.kept,
        Standing::PausedUntil(_) | Standing::Paused | Standing::Stopped => {
            &scene.phrases().leaving.kept
        }
    }
}

/// The note for a slot: the one she moved there, else the next of her own order from the pool whose turn it is.
pub fn choose<'a>(
    scene: &Scene<'a>,
    subscriber: &Subscriber,
    slot: Slot,
    carried: Option<&NoteId>,
) -> Option<&'a Note> {
    if let Some(note) = carried.and_then(|id| scene.texts().notes.get(id)) {
        return Some(note);
    }
    if subscriber.history.came.is_empty() {
        // The very first note is the one that stands first in the file: it is written to be read first.
        return subscriber
            .pools
            .first()
            .and_then(|pool| scene.texts().notes.of(*pool).next());
    }
    let by_day = !due::is_quiet(slot.wall);
    rotation::turn(&subscriber.pools, subscriber.history.sent)
        .into_iter()
        .find_map(|pool| {
            let notes = scene
                .texts()
                .notes
                .of(pool)
                .filter(|note| by_day || !note.is_for_daytime());
            let ids: Vec<NoteId> = notes.map(|note| note.id.clone()).collect();
            let id = rotation::next_note(&subscriber.history, &ids, scene.order_key)?;
            scene.texts().notes.get(&id)
        })
}

/// Whether she has had every note of her pools.
pub fn whole_pool_seen(scene: &Scene, subscriber: &Subscriber) -> bool {
    subscriber
        .pools
        .iter()
        .all(|pool| rotation::whole_pool_seen(&subscriber.history, &note_ids(scene, *pool)))
}

/// The names of the notes of a pool.
pub fn note_ids(scene: &Scene, pool: Pool) -> Vec<NoteId> {
    scene
        .texts()
        .notes
        .of(pool)
        .map(|note| note.id.clone())
        .collect()
}

/// A note that was accepted this soon after it was handed over is the one whose buttons carry that moment. Shorter
/// than any move, so that the buttons of a note that was moved and has come again are stale.
const SAME_NOTE: TimeDelta = TimeDelta::minutes(50);

fn is_latest(last_sent: DateTime<Utc>, came: DateTime<Utc>) -> bool {
    // No moment is computed from `came`: a forged button may carry the last one that there is.
    (TimeDelta::zero()..SAME_NOTE).contains(&(last_sent - came))
}

fn passing<'a>(scene: &Scene<'a>, ids: &[NoteId], after: Option<&NoteId>) -> Option<&'a Note> {
    let order = rotation::order(ids, scene.order_key);
    let days = usize::try_from(scene.now.timestamp().div_euclid(86_400)).unwrap_or_default();
    let place = after.and_then(|id| order.iter().position(|known| known == id));
    let next = place.map_or(days, |place| place + 1);
    let id = order.get(next.checked_rem(order.len())?)?;
    scene.texts().notes.get(id)
}

fn on_request(scene: &Scene, note: &Note) -> Message {
    let buttons = &scene.phrases().buttons;
    let another = scene.button(&buttons.another, &Tap::AnotherNote(note.id.clone()));
    let first: Vec<Button> = match scene.subscriber {
        Some(_) => vec![
            another,
            scene.button(&buttons.not_for_me, &Tap::Retire(note.id.clone())),
        ],
        None => vec![another, scene.button(&buttons.start_notes, &Tap::Start)],
    };
    scene.message(note.body(), vec![first, vec![scene.crisis_button()]])
}

fn none_left(scene: &Scene) -> Reply {
    let buttons = &scene.phrases().buttons;
    Reply::new(scene.message(
        &scene.phrases().notes.none_left,
        vec![vec![
            scene.button(&buttons.support, &Tap::Page(super::page::Page::Support)),
            scene.crisis_button(),
        ]],
    ))
}
