//! What a parent types: commands with or without an argument, expected answers, anything else.

use crate::{
    content::{
        Button,
        places::{self, Found},
    },
    domain::{
        Language, Pool, Subscriber, subscriber::Awaiting, time_of_day::TimeOfDay,
        weekdays::Weekdays,
    },
};

use super::{
    command::{self, Command, Typed},
    country, crisis, leaving, notes,
    reading::{self, Page},
    scene::{Change, Place, Reply, Scene},
    settings, setup,
    tap::{Asking, Flow, MAX_PAUSE_DAYS, Tap},
    welcome,
};

/// Longer texts are not read as answers or commands (they were triaged whole); in characters.
const LONGEST_ANSWER: usize = 200;

/// Answers a typed text that needs no care reply.
pub fn answer(scene: &Scene, text: &str) -> Reply {
    if text.chars().count() > LONGEST_ANSWER {
        return reading::menu(scene, &scene.phrases().answers.too_long);
    }
    match command::read(text, &scene.defaults.bot_name) {
        Typed::Command(command, argument) => run(scene, command, argument),
        Typed::ForAnotherBot => reading::menu(scene, &scene.phrases().answers.other_bot),
        Typed::Words(words) => expected(scene, words),
    }
}

/// Whether a text asks for something that can be read without knowing who asks.
pub fn needs_no_store(scene: &Scene, text: &str) -> bool {
    match command::read(text, &scene.defaults.bot_name) {
        Typed::Command(command, argument) => match command {
            Command::Affirmation
            | Command::Practice
            | Command::Signs
            | Command::Causes
            | Command::Meaning
            | Command::Support
            | Command::Therapy
            | Command::Crisis
            | Command::Disclaimer
            | Command::About
            | Command::Privacy
            | Command::Help => true,
            Command::Country => !argument.is_empty(),
            _ => false,
        },
        Typed::ForAnotherBot => true,
        Typed::Words(_) => false,
    }
}

fn run(scene: &Scene, command: Command, argument: &str) -> Reply {
    match command {
        Command::Start => welcome::start(scene),
        Command::Affirmation => notes::now(scene, Pool::Affirmations, None),
        Command::Practice => notes::now(scene, Pool::Practices, None),
        Command::Signs => reading::page(scene, Page::Signs),
        Command::Causes => reading::page(scene, Page::Causes),
        Command::Meaning => reading::page(scene, Page::Meaning),
        Command::Support => reading::page(scene, Page::Support),
        Command::Therapy => reading::page(scene, Page::Therapy),
        Command::Disclaimer => reading::page(scene, Page::Disclaimer),
        Command::About => reading::page(scene, Page::About),
        Command::Privacy => reading::page(scene, Page::Privacy),
        Command::Help => reading::help(scene),
        Command::Crisis => crisis::page(scene, scene.country()),
        Command::Country if !argument.is_empty() => country::typed(scene, argument),
        Command::Country if scene.subscriber.is_none() => crisis::countries(scene),
        Command::Language => language(scene, argument),
        Command::Stop => leaving::stop(scene),
        Command::Delete => leaving::ask_erase(scene),
        Command::Resume => settings::resume(scene),
        Command::Settings
        | Command::Country
        | Command::Time
        | Command::Days
        | Command::Timezone
        | Command::Pause => match scene.subscriber {
            Some(subscriber) => setting(scene, subscriber, command, argument),
            None => settings::not_subscribed(scene),
        },
    }
}

fn setting(scene: &Scene, subscriber: &Subscriber, command: Command, argument: &str) -> Reply {
    let asking = match command {
        Command::Time => Asking::Time,
        Command::Days => Asking::Days,
        Command::Timezone => Asking::Zone,
        Command::Pause => Asking::Pause,
        Command::Country => Asking::Country,
        _ => return settings::show(scene, Place::New),
    };
    if argument.is_empty() {
        return setup::ask(scene, asking, Flow::Settings, Place::New);
    }
    match asking {
        Asking::Time => time(scene, subscriber, argument, Flow::Settings),
        Asking::Days => days(scene, subscriber, argument),
        Asking::Zone => zone(scene, argument, Flow::Settings),
        _ => pause(scene, subscriber, argument),
    }
}

fn expected(scene: &Scene, words: &str) -> Reply {
    let Some(subscriber) = scene.subscriber else {
        return reading::menu(scene, &scene.phrases().answers.not_understood);
    };
    let buttons = &scene.phrases().buttons;
    let flow = setup::flow_of(subscriber.awaiting);
    match subscriber.awaiting {
        Some(Awaiting::Zone | Awaiting::ZoneInSetup) if words == buttons.not_now => {
            setup::location_called_off(scene, flow)
        }
        Some(Awaiting::Zone | Awaiting::ZoneInSetup) => zone(scene, words, flow),
        Some(Awaiting::Time | Awaiting::TimeInSetup) => time(scene, subscriber, words, flow),
        None => reading::menu(scene, &scene.phrases().answers.not_understood),
    }
}

fn time(scene: &Scene, subscriber: &Subscriber, words: &str, flow: Flow) -> Reply {
    if let Ok(time) = TimeOfDay::parse(words) {
        return setup::set_time(scene, subscriber, time, flow);
    }
    let question = setup::ask(scene, Asking::Time, flow, Place::New);
    asking_again(question, &scene.phrases().setup.time_unknown)
}

fn days(scene: &Scene, subscriber: &Subscriber, words: &str) -> Reply {
    if let Ok(days) = Weekdays::parse(words) {
        return settings::set_days(scene, subscriber, days);
    }
    let question = setup::ask(scene, Asking::Days, Flow::Settings, Place::New);
    asking_again(question, &scene.phrases().settings.days_unknown)
}

fn zone(scene: &Scene, words: &str, flow: Flow) -> Reply {
    let setup = &scene.phrases().setup;
    let (said, found) = match scene.content.places.find(words, scene.now) {
        Found::Exact(found) => match found.as_slice() {
            [only] => return Reply::new(setup::place_question(scene, &only.zone, flow)),
            _ => (&setup.pick_place, found),
        },
        Found::Suggestions(found) => (&setup.place_unknown, found),
        Found::None => (&setup.place_unknown, Vec::new()),
    };
    let to_zone = |place: &places::Place| {
        let tap = Tap::SetZone(place.zone.clone(), flow);
        vec![scene.button(place.name(scene.language()), &tap)]
    };
    let mut rows: Vec<Vec<Button>> = found.iter().map(to_zone).collect();
    let buttons = &scene.phrases().buttons;
    rows.push(vec![
        scene.button(&buttons.other_place, &Tap::Ask(Asking::Clock, flow)),
    ]);
    rows.push(vec![scene.button(
        &buttons.share_location,
        &Tap::Ask(Asking::Location, flow),
    )]);
    rows.push(vec![scene.crisis_button()]);
    Reply::new(scene.message(said, rows))
}

fn pause(scene: &Scene, subscriber: &Subscriber, words: &str) -> Reply {
    let first = words.split_whitespace().next().unwrap_or_default();
    if let Ok(days @ 1..=MAX_PAUSE_DAYS) = first.parse::<u16>() {
        return settings::pause(scene, subscriber, Some(days));
    }
    let question = setup::ask(scene, Asking::Pause, Flow::Settings, Place::New);
    asking_again(question, &scene.phrases().pause.unknown)
}

fn language(scene: &Scene, words: &str) -> Reply {
    let word = words.to_lowercase();
    match word.get(..2) {
        Some("en" | "in") => settings::set_language(scene, Language::En),
        Some("es" | "sp") => settings::set_language(scene, Language::Es),
        _ => {
            let mut question = settings::language_question(scene);
            if !word.is_empty() {
                question
                    .body
                    .clone_from(&scene.phrases().settings.language_unknown);
            }
            Reply::new(question)
        }
    }
}

/// A question again, with a sentence that says why. Nothing is written down: what was awaited stays awaited.
fn asking_again(mut question: Reply, said: &str) -> Reply {
    for say in &mut question.say {
        said.clone_into(&mut say.message.body);
    }
    question.change = Change::Nothing;
    question
}
