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
pub(super) use questions::standing;
pub use questions::way_on;
use questions::{
    ask_location, city_question, clock_question, other_time_question, plan_question, time_question,
    usual_keyboard, zone_of, zone_question,
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
    expecting(scene, reply, awaited(scene, asking, flow))
}

/// The typed answer that a question expects: a time or a place may be typed wherever it is asked for.
pub fn awaited(scene: &Scene, asking: Asking, flow: Flow) -> Option<Awaiting> {
    match (asking, flow) {
        (Asking::Zone, flow) if zone_of(scene).is_known() => {
            Some(awaited_clock(zone_of(scene), flow))
        }
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

/// Yes or no is expected: whether the clock of this zone is hers.
fn awaited_clock(zone: &Zone, flow: Flow) -> Awaiting {
    match flow {
        Flow::SetUp => Awaiting::ClockInSetup(zone.clone()),
        Flow::Settings => Awaiting::Clock(zone.clone()),
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
    let flow = flow_of(subscriber.awaiting.as_ref());
    let Some(zone) = zone else {
        return Reply::new(usual_keyboard(scene, &words.share_unknown))
            .and(city_question(scene, flow));
    };
    let question = place_question(scene, &scene.place(&zone), &zone, flow);
    let reply = Reply::new(usual_keyboard(scene, &words.share_done)).and(question);
    expecting(scene, reply, Some(awaited_clock(&zone, flow)))
}

/// The phone's usual keyboard back, after “not now” on the key that shares a location.
pub fn location_called_off(scene: &Scene, flow: Flow) -> Reply {
    let reply = Reply::new(usual_keyboard(scene, &scene.phrases().setup.share_off));
    if scene.subscriber.is_none() {
        return reply;
    }
    let reply = reply.and(zone_question(scene, flow));
    expecting(scene, reply, awaited(scene, Asking::Zone, flow))
}

/// “Los Angeles: is it 10:24 there now?”, after she typed it.
pub fn ask_place(scene: &Scene, place: &str, zone: &Zone, flow: Flow) -> Reply {
    let question = place_question(scene, place, zone, flow);
    expecting(scene, Reply::new(question), Some(awaited_clock(zone, flow)))
}

fn place_question(scene: &Scene, place: &str, zone: &Zone, flow: Flow) -> Message {
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
pub fn flow_of(awaiting: Option<&Awaiting>) -> Flow {
    if awaiting.is_some_and(Awaiting::is_in_setup) {
        Flow::SetUp
    } else {
        Flow::Settings
    }
}

/// The question of set-up that waits for a typed answer, and that answer; `None` outside of it, or when her notes have
/// ended since.
pub fn open_question(scene: &Scene) -> Option<(Message, Awaiting)> {
    let subscriber = scene.subscriber?;
    match subscriber.awaiting.as_ref()? {
        Awaiting::ClockInSetup(zone)
            if *zone != subscriber.zone && subscriber.standing != Standing::Stopped =>
        {
            let question = place_question(scene, &scene.place(zone), zone, Flow::SetUp);
            Some((question, awaited_clock(zone, Flow::SetUp)))
        }
        Awaiting::ClockInSetup(_) | Awaiting::ZoneInSetup => in_setup(scene, Asking::Zone),
        Awaiting::TimeInSetup => in_setup(scene, Asking::Time),
        Awaiting::Clock(_) | Awaiting::Zone | Awaiting::Time | Awaiting::Erase => None,
    }
}

/// A question of set-up that stood before something more important was said; `None` when notes have come or ended
/// since, or when she has been asked something else.
pub fn asked_before(scene: &Scene, asking: Asking) -> Option<(Message, Awaiting)> {
    let subscriber = scene.subscriber?;
    let still = subscriber.last_sent.is_none() && subscriber.awaiting.is_none();
    still.then(|| in_setup(scene, asking)).flatten()
}

fn in_setup(scene: &Scene, asking: Asking) -> Option<(Message, Awaiting)> {
    if scene.subscriber?.standing == Standing::Stopped {
        return None;
    }
    let question = match asking {
        Asking::Zone => zone_question(scene, Flow::SetUp),
        Asking::Time => time_question(scene, Flow::SetUp),
        _ => return None,
    };
    Some((question, awaited(scene, asking, Flow::SetUp)?))
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
pub(super) fn answered(subscriber: &Subscriber) -> Subscriber {
    Subscriber {
        awaiting: None,
        ..subscriber.clone()
    }
}

fn go_on(scene: &Scene, changed: Subscriber, flow: Flow, next: Asking, said: &str) -> Reply {
    let awaiting = match flow {
        Flow::SetUp => awaited(&scene.with(&changed), next, flow),
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
