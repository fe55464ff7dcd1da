//! Set-up and the questions that settings share with it: where, when, what. Three taps at most.
//!
//! Every step can be skipped, repeated or abandoned: what was not chosen keeps its default, and each button
//! carries its whole answer, so that a restart in the middle loses nothing.

mod questions;

use chrono::{DateTime, FixedOffset, Utc};

use crate::{
    content::{Message, plans::PlanName},
    domain::{
        Subscriber, due,
        subscriber::{Awaiting, Standing},
        time_of_day::TimeOfDay,
        zone::Zone,
    },
};

use super::{
    country,
    scene::{self, Reply, Say, Scene},
    settings, summary,
    tap::{Asking, Flow, Tap},
    wording::fill,
};
pub use questions::way_on;
use questions::{
    ask_location, city_question, clock_question, other_time_question, plan_question, time_question,
    usual_keyboard, zone_question,
};

/// Asks a question with buttons.
pub fn ask(scene: &Scene, asking: Asking, flow: Flow, place: scene::Place) -> Reply {
    let message = match asking {
        Asking::Zone => zone_question(scene, flow),
        Asking::Clock => clock_question(scene, flow, false),
        Asking::EveryClock => clock_question(scene, flow, true),
        Asking::City => city_question(scene, flow),
        Asking::Location => return ask_location(scene, flow),
        Asking::Time => time_question(scene, flow),
        Asking::OtherTime => other_time_question(scene, flow),
        Asking::Plan => plan_question(scene, flow),
        Asking::Summary => return summary::show(scene, place),
        Asking::Days => settings::days_question(scene),
        Asking::Country => country::question(scene),
        Asking::Language => settings::language_question(scene),
        Asking::Pause => settings::pause_question(scene),
    };
    let reply = Reply {
        say: vec![Say { message, place }],
        ..Reply::default()
    };
    expecting(scene, reply, awaited(asking, flow))
}

/// The typed answer that a question expects: a time or a place may be typed wherever it is asked for.
pub const fn awaited(asking: Asking, flow: Flow) -> Option<Awaiting> {
    match (asking, flow) {
        (
            Asking::Zone | Asking::Clock | Asking::EveryClock | Asking::City | Asking::Location,
            flow,
        ) => Some(match flow {
            Flow::SetUp => Awaiting::ZoneInSetup,
            Flow::Settings => Awaiting::Zone,
        }),
        (Asking::Time | Asking::OtherTime, Flow::SetUp) => Some(Awaiting::TimeInSetup),
        (Asking::Time | Asking::OtherTime, Flow::Settings) => Some(Awaiting::Time),
        _ => None,
    }
}

/// The reply, with what may be typed next written down where it changes.
pub fn expecting(scene: &Scene, reply: Reply, awaiting: Option<Awaiting>) -> Reply {
    match scene.subscriber {
        Some(subscriber) if subscriber.awaiting != awaiting => reply.saving(Subscriber {
            awaiting,
            ..subscriber.clone()
        }),
        _ => reply,
    }
}

/// Her clock differs from UTC by so many minutes now: which region?
pub fn clock_is(scene: &Scene, minutes_east: i32, flow: Flow) -> Option<Reply> {
    let offset = FixedOffset::east_opt(minutes_east * 60)?;
    let regions = scene.content.places.regions_with_offset(scene.now, offset);
    let rows = regions
        .iter()
        .map(|place| {
            vec![scene.button(
                place.name(scene.language()),
                &Tap::SetZone(place.zone.clone(), flow),
            )]
        })
        .chain([vec![
            scene.button(
                &scene.phrases().buttons.other_place,
                &Tap::Ask(Asking::City, flow),
            ),
            scene.crisis_button(),
        ]])
        .collect();
    Some(Reply::in_place(
        scene.message(&scene.phrases().setup.pick_region, rows),
    ))
}

/// Sets the zone, and with it the country whose lines she sees, when the zone tells it; then goes on.
pub fn set_zone(scene: &Scene, subscriber: &Subscriber, zone: Zone, flow: Flow) -> Reply {
    let mut changed = answered(subscriber);
    if changed.zone != zone {
        if let Some(found) = zone.country() {
            changed.country = country::with_lines(scene, found);
        }
        changed = due::with_zone(changed, zone, earliest(scene, subscriber));
    }
    let clock = scene.clock(&changed.zone);
    let place = scene.place(&changed.zone);
    let said = fill(
        &scene.phrases().settings.zone_set,
        &[("zone", &place), ("clock", &clock)],
    );
    go_on(scene, changed, flow, Asking::Time, &said)
}

/// Sets the hour; then goes on.
pub fn set_time(scene: &Scene, subscriber: &Subscriber, time: TimeOfDay, flow: Flow) -> Reply {
    let earliest = earliest(scene, subscriber);
    let changed = due::with_time(answered(subscriber), time, scene.now, earliest);
    go_on(
        scene,
        changed,
        flow,
        Asking::Plan,
        &scene.phrases().settings.saved,
    )
}

/// Sets the kind of notes, at the hour she has; then goes on.
pub fn set_plan(scene: &Scene, subscriber: &Subscriber, name: PlanName, flow: Flow) -> Reply {
    let plan = scene.content.plans.get(name);
    let schedule = plan.schedule.with_time(subscriber.schedule.time());
    let earliest = earliest(scene, subscriber);
    let pools = plan.pools.clone();
    let changed = due::with_plan(answered(subscriber), schedule, pools, scene.now, earliest);
    go_on(
        scene,
        changed,
        flow,
        Asking::Summary,
        &scene.phrases().settings.saved,
    )
}

/// She shared a location: `zone` is what lies there.
pub fn location(scene: &Scene, zone: Option<Zone>) -> Reply {
    let Some(subscriber) = scene.subscriber else {
        return settings::not_subscribed(scene);
    };
    let words = &scene.phrases().setup;
    let flow = flow_of(subscriber.awaiting);
    let Some(zone) = zone else {
        return Reply::new(usual_keyboard(scene, &words.share_unknown))
            .and(city_question(scene, flow));
    };
    Reply::new(usual_keyboard(scene, &words.share_done)).and(place_question(
        scene,
        &scene.place(&zone),
        &zone,
        flow,
    ))
}

/// The phone's usual keyboard back, after “not now” on the key that shares a location.
pub fn location_called_off(scene: &Scene, flow: Flow) -> Reply {
    let reply = Reply::new(usual_keyboard(scene, &scene.phrases().setup.share_off));
    if scene.subscriber.is_none() {
        return reply;
    }
    let reply = reply.and(zone_question(scene, flow));
    expecting(scene, reply, awaited(Asking::Zone, flow))
}

/// “Los Angeles: is it 10:24 there now?”
pub fn place_question(scene: &Scene, place: &str, zone: &Zone, flow: Flow) -> Message {
    let words = &scene.phrases().setup;
    let body = fill(
        &words.clock_place,
        &[("place", place), ("clock", &scene.clock(zone))],
    );
    let buttons = &scene.phrases().buttons;
    scene.message(
        body,
        vec![
            vec![
                scene.button(&buttons.yes, &Tap::SetZone(zone.clone(), flow)),
                scene.button(&buttons.no, &Tap::Ask(Asking::Clock, flow)),
            ],
            vec![scene.crisis_button()],
        ],
    )
}

/// Whether an expected typed answer belongs to set-up.
pub const fn flow_of(awaiting: Option<Awaiting>) -> Flow {
    match awaiting {
        Some(Awaiting::ZoneInSetup | Awaiting::TimeInSetup) => Flow::SetUp,
        Some(Awaiting::Zone | Awaiting::Time) | None => Flow::Settings,
    }
}

/// The question of set-up that waits for a typed answer; `None` outside of it, or when her notes have ended since.
pub fn open_question(scene: &Scene) -> Option<Message> {
    let subscriber = scene.subscriber?;
    if subscriber.standing == Standing::Stopped {
        return None;
    }
    match subscriber.awaiting? {
        Awaiting::ZoneInSetup => Some(zone_question(scene, Flow::SetUp)),
        Awaiting::TimeInSetup => Some(time_question(scene, Flow::SetUp)),
        Awaiting::Zone | Awaiting::Time => None,
    }
}

/// The earliest moment for a note that is planned now: within an hour of consent none comes.
pub fn earliest(scene: &Scene, subscriber: &Subscriber) -> DateTime<Utc> {
    if is_fresh(scene, subscriber) {
        scene.now + due::FIRST_NOTE_NOT_BEFORE
    } else {
        scene.now
    }
}

/// Whether she agreed only today and no note has come yet.
pub fn is_fresh(scene: &Scene, subscriber: &Subscriber) -> bool {
    subscriber.last_sent.is_none() && subscriber.consented_on == scene.now.date_naive()
}

/// No typed answer is expected any more.
fn answered(subscriber: &Subscriber) -> Subscriber {
    Subscriber {
        awaiting: None,
        ..subscriber.clone()
    }
}

fn go_on(scene: &Scene, changed: Subscriber, flow: Flow, next: Asking, said: &str) -> Reply {
    let awaiting = match flow {
        Flow::SetUp => awaited(next, flow),
        Flow::Settings => None,
    };
    let changed = Subscriber {
        awaiting,
        ..changed
    };
    let then = scene.with(&changed);
    let reply = match flow {
        Flow::SetUp => ask(&then, next, flow, scene::Place::Tapped),
        Flow::Settings => settings::show_with(&then, said, scene::Place::Tapped),
    };
    reply.saving(changed)
}
