//! The questions of set-up, with their buttons.

use super::{awaited, expecting};
use crate::{
    content::{
        Button, Keyboard, Message,
        places::{ClockChoice, Place},
        plans::PlanName,
    },
    conversation::{
        country,
        scene::{Reply, Scene},
        settings,
        tap::{Asking, Flow, Tap},
        wording::fill,
    },
    domain::{Country, subscriber::Awaiting, time_of_day::TimeOfDay, zone::Zone},
};

/// The hours that are offered with one tap.
const HOURS: [u32; 4] = [8, 10, 13, 19];

pub(super) fn zone_question(scene: &Scene, flow: Flow) -> Message {
    let zone = zone_of(scene);
    if !zone.is_known() {
        return clock_question(scene, flow, false);
    }
    let body = fill(
        &scene.phrases().setup.clock,
        &[("clock", &scene.clock(zone))],
    );
    let buttons = &scene.phrases().buttons;
    let mut rows = vec![
        vec![
            scene.button(&buttons.yes, &Tap::SetZone(zone.clone(), flow)),
            scene.button(&buttons.no, &Tap::Ask(Asking::Clock, flow)),
        ],
        vec![scene.button(&buttons.type_city, &Tap::Ask(Asking::City, flow))],
        vec![scene.button(&buttons.share_location, &Tap::Ask(Asking::Location, flow))],
    ];
    rows.push(way_on(scene, flow, Asking::Time));
    scene.message(body, rows)
}

/// Her zone; before she has one, the operator's.
pub(super) fn zone_of<'a>(scene: &Scene<'a>) -> &'a Zone {
    scene
        .subscriber
        .map_or(&scene.defaults.zone, |subscriber| &subscriber.zone)
}

/// The times that clocks show: those where the bot knows help lines, or every one. Across the date line the same time
/// is shown on two days; then the day is said, too.
pub(super) fn clock_question(scene: &Scene, flow: Flow, every: bool) -> Message {
    let buttons = &scene.phrases().buttons;
    let usual = |place: &Place| {
        let country = place.country.unwrap_or(Country::ELSEWHERE);
        country::with_lines(scene, country) != Country::ELSEWHERE
    };
    let places = &scene.content.places;
    let choices = places.clock_choices(scene.now, |place| every || usual(place));
    let label = |choice: &ClockChoice| {
        let time = scene.time_on(choice.wall);
        let shown = |other: &&ClockChoice| other.wall.time() == choice.wall.time();
        if choices.iter().filter(shown).count() > 1 {
            format!("{} {time}", scene.weekday(choice.wall))
        } else {
            time
        }
    };
    let clocks: Vec<Button> = choices
        .iter()
        .map(|choice| {
            let minutes_east = choice.offset.local_minus_utc() / 60;
            scene.button(&label(choice), &Tap::ClockIs(minutes_east, flow))
        })
        .collect();
    let mut rows: Vec<Vec<Button>> = clocks.chunks(3).map(<[Button]>::to_vec).collect();
    if !every {
        let more = Tap::Ask(Asking::EveryClock, flow);
        rows.push(vec![scene.button(&buttons.more_times, &more)]);
    }
    rows.push(vec![
        scene.button(&buttons.type_city, &Tap::Ask(Asking::City, flow)),
    ]);
    rows.push(way_on(scene, flow, Asking::Time));
    scene.message(&scene.phrases().setup.pick_clock, rows)
}

pub(super) fn city_question(scene: &Scene, flow: Flow) -> Message {
    let buttons = &scene.phrases().buttons;
    let rows = vec![
        vec![scene.button(&buttons.share_location, &Tap::Ask(Asking::Location, flow))],
        way_on(scene, flow, Asking::Time),
    ];
    scene.message(&scene.phrases().setup.type_city, rows)
}

pub(super) fn ask_location(scene: &Scene, flow: Flow) -> Reply {
    if scene.subscriber.is_none() {
        return settings::not_subscribed(scene);
    }
    let buttons = &scene.phrases().buttons;
    let keyboard = Keyboard::AskLocation {
        share: buttons.send_location.clone(),
        cancel: buttons.not_now.clone(),
    };
    let message = Message {
        voice: scene.voice(),
        body: scene.phrases().setup.share.clone(),
        keyboard,
    };
    expecting(
        scene,
        Reply::new(message),
        awaited(scene, Asking::Location, flow),
    )
}

pub(super) fn usual_keyboard(scene: &Scene, body: &str) -> Message {
    Message {
        voice: scene.voice(),
        body: body.to_owned(),
        keyboard: Keyboard::Usual,
    }
}

pub(super) fn time_question(scene: &Scene, flow: Flow) -> Message {
    let hours = HOURS.into_iter().filter_map(|hour| TimeOfDay::new(hour, 0));
    let rows = vec![
        hours
            .map(|time| scene.button(&scene.time(time), &Tap::SetTime(time, flow)))
            .collect(),
        vec![scene.button(
            &scene.phrases().setup.other_time,
            &Tap::Ask(Asking::OtherTime, flow),
        )],
        way_on(scene, flow, Asking::Plan),
    ];
    scene.message(&scene.phrases().setup.time, rows)
}

pub(super) fn other_time_question(scene: &Scene, flow: Flow) -> Message {
    scene.message(
        &scene.phrases().setup.type_time,
        vec![way_on(scene, flow, Asking::Plan)],
    )
}

pub(super) fn plan_question(scene: &Scene, flow: Flow) -> Message {
    let mut rows: Vec<Vec<Button>> = PlanName::ALL
        .into_iter()
        .map(|name| vec![scene.button(scene.plan_label(name), &Tap::SetPlan(name, flow))])
        .collect();
    rows.push(way_on(scene, flow, Asking::Summary));
    scene.message(&scene.phrases().setup.kind, rows)
}

/// The questions below which one of these answers may be typed, with the words of whose buttons it may be meant.
pub(in crate::conversation) fn standing(
    scene: &Scene,
    awaiting: Option<&Awaiting>,
) -> Vec<Message> {
    let flow = super::flow_of(awaiting);
    match awaiting {
        Some(
            Awaiting::ClockInSetup(_) | Awaiting::Clock(_) | Awaiting::ZoneInSetup | Awaiting::Zone,
        ) => {
            let buttons = &scene.phrases().buttons;
            let below_places = vec![
                scene.button(&buttons.by_clock, &Tap::Ask(Asking::Clock, flow)),
                scene.button(&buttons.other_place, &Tap::Ask(Asking::City, flow)),
            ];
            vec![
                zone_question(scene, flow),
                clock_question(scene, flow, false),
                scene.message("", vec![below_places]),
            ]
        }
        Some(Awaiting::TimeInSetup | Awaiting::Time) => vec![time_question(scene, flow)],
        // The last question of set-up expects nothing typed, but it may stand.
        Some(Awaiting::Erase) | None => {
            let fresh = scene
                .subscriber
                .is_some_and(|subscriber| super::is_fresh(scene, subscriber));
            let flow = if fresh { Flow::SetUp } else { Flow::Settings };
            vec![plan_question(scene, flow)]
        }
    }
}

/// The last row of every question: skip to the next one in set-up, back to the settings otherwise; and help.
pub fn way_on(scene: &Scene, flow: Flow, next: Asking) -> Vec<Button> {
    let buttons = &scene.phrases().buttons;
    let way = match flow {
        Flow::SetUp => scene.button(&buttons.skip, &Tap::Ask(next, flow)),
        Flow::Settings => scene.button(&buttons.back, &Tap::Settings),
    };
    vec![way, scene.crisis_button()]
}
