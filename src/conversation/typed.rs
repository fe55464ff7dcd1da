//! What a parent types: commands with or without an argument, expected answers, anything else.

use crate::{
    content::{
        Button,
        places::{self, Found},
    },
    domain::{
        Language, Pool, Subscriber, folding::fold, subscriber::Awaiting, time_of_day::TimeOfDay,
        weekdays::Weekdays,
    },
    triage::Finding,
};

use super::{
    command::{self, Command, Typed},
    country, crisis,
    everyday::{self, Everyday},
    heard, labels, leaving, notes,
    reading::{self, Page},
    resting,
    scene::{Place, Reply, Scene},
    settings, setup, silence,
    tap::{Asking, Flow, MAX_PAUSE_DAYS, Tap},
    welcome,
};

/// Longer texts are not read as answers or commands (they were triaged whole); in characters.
const LONGEST_ANSWER: usize = 200;

/// Answers a typed text that needs no care reply, and in which triage found no more than this.
pub fn answer(scene: &Scene, text: &str, finding: &Finding) -> Reply {
    if text.chars().count() > LONGEST_ANSWER {
        return heard::too_long(scene, finding);
    }
    match command::read(text, &scene.defaults.bot_name) {
        Typed::Command(Command::Help, _) if !text.trim_start().starts_with('/') => {
            heard::help(scene, finding)
        }
        Typed::Command(Command::Crisis, _) if !text.trim_start().starts_with('/') => {
            heard::crisis(scene, finding)
        }
        Typed::Command(command, argument) => run(scene, command, argument),
        Typed::ForAnotherBot => reading::menu(scene, &scene.phrases().answers.other_bot),
        Typed::Words(words) => expected(scene, words, finding),
    }
}

/// Whether a text asks to erase everything.
pub fn asks_to_erase(scene: &Scene, text: &str) -> bool {
    matches!(
        command::read(text, &scene.defaults.bot_name),
        Typed::Command(Command::Delete, _)
    )
}

/// Whether a text asks for something that can be read without knowing who asks.
pub fn needs_no_store(scene: &Scene, text: &str, finding: &Finding) -> bool {
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
        Typed::Words(_) => finding.about_bonding,
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

fn expected(scene: &Scene, words: &str, finding: &Finding) -> Reply {
    let awaiting = scene.subscriber.and_then(|of| of.awaiting.as_ref());
    let flow = setup::flow_of(awaiting);
    // Set-up is over for someone whose notes have ended in the middle of it: “thank you” is no place.
    let awaiting = awaiting.filter(|_| flow == Flow::Settings || resting::off(scene).is_none());
    if is_not_now(scene, words) {
        return setup::location_called_off(scene, flow);
    }
    if finding.about_bonding {
        return heard::of_bonding(scene, finding);
    }
    let button = labels::tap(scene, words);
    if let Some(reply) = button.and_then(|tap| super::tapped(scene, &tap)) {
        return reply;
    }
    if let Some(said) = everyday::read(scene.content, words) {
        return everyday_words(scene, &said, awaiting)
            .unwrap_or_else(|| heard::everyday(scene, &said, words, finding));
    }
    let (Some(subscriber), Some(awaiting)) = (scene.subscriber, awaiting) else {
        return heard::not_understood(scene, words, finding);
    };
    match awaiting {
        // A wrong name of a command, or a whole sentence: she speaks of something else.
        _ if words.starts_with('/') => heard::not_understood(scene, words, finding),
        Awaiting::Erase if is_sentence(words) && !silence::speaks_of_erasing(words) => {
            heard::not_understood(scene, words, finding)
        }
        Awaiting::Erase => leaving::not_yet(scene),
        Awaiting::Time | Awaiting::TimeInSetup
            if is_sentence(words) && TimeOfDay::parse(words).is_err() =>
        {
            heard::not_understood(scene, words, finding)
        }
        Awaiting::Time | Awaiting::TimeInSetup => time(scene, subscriber, words, flow),
        Awaiting::Zone | Awaiting::ZoneInSetup | Awaiting::Clock(_) | Awaiting::ClockInSetup(_)
            if is_sentence(words)
                && matches!(scene.content.places.find(words, scene.now), Found::None) =>
        {
            heard::not_understood(scene, words, finding)
        }
        Awaiting::Zone | Awaiting::ZoneInSetup | Awaiting::Clock(_) | Awaiting::ClockInSetup(_) => {
            zone(scene, words, flow)
        }
    }
}

/// A typed yes or no to the question that stands; `None` if it is none, or if nothing stands that it answers.
fn everyday_words(scene: &Scene, said: &Everyday, awaiting: Option<&Awaiting>) -> Option<Reply> {
    let yes = said.answer()?;
    let Some(subscriber) = scene.subscriber else {
        // A newcomer has been asked one thing only. To agree takes a tap, below the words that say to what.
        return Some(if yes {
            Reply::new(welcome::consent(scene))
        } else {
            welcome::just_look(scene)
        });
    };
    let flow = setup::flow_of(awaiting);
    let ask = |asking| setup::ask(scene, asking, flow, Place::New);
    Some(match (awaiting?, yes) {
        (Awaiting::ClockInSetup(zone) | Awaiting::Clock(zone), true) => {
            setup::set_zone(scene, subscriber, zone.clone(), flow)
        }
        (Awaiting::ZoneInSetup | Awaiting::Zone, true) => ask(Asking::Zone),
        (
            Awaiting::ClockInSetup(_) | Awaiting::Clock(_) | Awaiting::ZoneInSetup | Awaiting::Zone,
            false,
        ) => ask(Asking::Clock),
        (Awaiting::TimeInSetup | Awaiting::Time, _) => ask(Asking::Time),
        (Awaiting::Erase, true) => leaving::not_yet(scene),
        (Awaiting::Erase, false) => leaving::keep(scene),
    })
}

/// The key beside “share my location”, in whatever language it was shown: it must never stay on her screen.
fn is_not_now(scene: &Scene, words: &str) -> bool {
    Language::ALL
        .iter()
        .any(|&language| scene.content.texts(language).phrases.buttons.not_now == words)
}

fn is_sentence(words: &str) -> bool {
    words.split_whitespace().nth(LONGEST_NAME).is_some()
}

/// The most words that a mistyped time or place has; a longer text that cannot be read is about something else.
const LONGEST_NAME: usize = 4;

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
    let buttons = &scene.phrases().buttons;
    let (said, by_clock, found) = match scene.content.places.find(words, scene.now) {
        Found::Exact(found) => match found.as_slice() {
            [only] => {
                // “New York”, as she knows it; but not the technical name of a zone.
                let name = only.name(scene.language());
                let named = scene.place(&only.zone);
                let name = if name.contains('/') { &named } else { name };
                return setup::ask_place(scene, name, &only.zone, flow);
            }
            _ => (&setup.pick_place, &buttons.other_place, found),
        },
        // “UTC-5” is known, only not which of its regions is meant.
        Found::Suggestions(found) if words.contains(|c: char| c.is_ascii_digit()) => {
            (&setup.pick_region, &buttons.other_place, found)
        }
        Found::Suggestions(found) => (&setup.place_unknown, &buttons.other_place, found),
        Found::None => match by_clock(scene, words) {
            found if found.is_empty() => (&setup.place_unknown, &buttons.by_clock, found),
            found => (&setup.pick_region, &buttons.other_place, found),
        },
    };
    let to_zone = |place: &places::Place| {
        let tap = Tap::SetZone(place.zone.clone(), flow);
        vec![scene.button(place.name(scene.language()), &tap)]
    };
    let mut rows: Vec<Vec<Button>> = found.iter().map(to_zone).collect();
    rows.push(vec![scene.button(by_clock, &Tap::Ask(Asking::Clock, flow))]);
    rows.push(vec![scene.button(
        &buttons.share_location,
        &Tap::Ask(Asking::Location, flow),
    )]);
    rows.push(setup::way_on(scene, flow, Asking::Time));
    // Another place may be typed next.
    let reply = Reply::new(scene.message(said, rows));
    setup::expecting(scene, reply, setup::awaited(scene, Asking::City, flow))
}

/// The regions whose clocks show the time that she typed in place of a place, or at least its hour: “7am” is enough.
/// “3:20” may be in the afternoon too.
fn by_clock(scene: &Scene, words: &str) -> Vec<places::Place> {
    let Ok(time) = TimeOfDay::parse(words) else {
        return Vec::new();
    };
    let either_half = !words.chars().any(char::is_alphabetic);
    let afternoon = TimeOfDay::new(time.hour() + 12, time.minute()).filter(|_| either_half);
    let times: Vec<TimeOfDay> = std::iter::once(time).chain(afternoon).collect();
    let places = &scene.content.places;
    let exact = times
        .iter()
        .flat_map(|time| places.regions_at(scene.now, *time));
    let mut regions: Vec<_> = exact.cloned().collect();
    if regions.is_empty() {
        let near = times
            .iter()
            .flat_map(|time| places.regions_in_hour(scene.now, time.hour()));
        regions.extend(near.cloned());
    }
    regions
}

fn pause(scene: &Scene, subscriber: &Subscriber, words: &str) -> Reply {
    if let Some(days) = pause_days(words) {
        return settings::pause(scene, subscriber, Some(days));
    }
    let question = setup::ask(scene, Asking::Pause, Flow::Settings, Place::New);
    asking_again(question, &scene.phrases().pause.unknown)
}

/// `3`, `3 days`, `1 semana`, `a week`: how many days, if it is a pause that is offered.
fn pause_days(words: &str) -> Option<u16> {
    let words = fold(words);
    let mut words = words.split_whitespace();
    let number: u16 = match words.next()? {
        "a" | "one" | "un" | "una" => 1,
        digits => digits.parse().ok()?,
    };
    let unit = match words.next() {
        None | Some("d" | "day" | "days" | "dia" | "dias") => 1,
        Some("week" | "weeks" | "semana" | "semanas") => 7,
        Some(_) => return None,
    };
    let days = number.checked_mul(unit)?;
    (1..=MAX_PAUSE_DAYS).contains(&days).then_some(days)
}

fn language(scene: &Scene, words: &str) -> Reply {
    let word = fold(words);
    match word.as_str() {
        "en" | "eng" | "english" | "ingles" => settings::set_language(scene, Language::En),
        "es" | "spa" | "esp" | "spanish" | "espanol" | "castellano" => {
            settings::set_language(scene, Language::Es)
        }
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

/// A question again, with a sentence that says why.
fn asking_again(mut question: Reply, said: &str) -> Reply {
    for say in &mut question.say {
        said.clone_into(&mut say.message.body);
    }
    question
}
