//! What to answer: a pure function of the request, the subscriber, the content and the time.
//!
//! Knows `content`, `domain` and what `triage` found; must not know how a message travels or where it is stored.
//! One flow a file: [`welcome`], [`setup`], [`settings`], [`notes`], [`reading`], [`crisis`], [`country`], [`care`],
//! [`leaving`], [`resting`], `silence`, `heard`; [`typed`] reads what is typed (with `everyday` and `labels`), [`tap`] what
//! is tapped.

pub mod care;
pub mod command;
pub mod country;
pub mod crisis;
mod everyday;
mod heard;
mod labels;
pub mod leaving;
pub mod notes;
mod page;
pub mod profile;
pub mod reading;
pub mod resting;
pub mod scene;
pub mod settings;
pub mod setup;
mod silence;
mod summary;
pub mod tap;
pub mod typed;
pub mod welcome;
mod wording;

pub use scene::{Change, Defaults, Place, Reply, Say, Scene};
pub use tap::Tap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    domain::{Subscriber, due, zone::Zone},
    triage::Finding,
};

/// So long a typed answer is expected. Activity is kept by the day only, so it is a day or two.
const ANSWER_EXPECTED_FOR: TimeDelta = TimeDelta::days(2);

/// What a parent did.
#[derive(Clone, PartialEq)]
pub enum Request {
    /// Wrote, edited, forwarded or captioned this text, in which triage found nothing that needs a care reply.
    Text(String, Finding),
    /// Tapped a button; `None` when no button of this version says that.
    Tap(Option<Tap>),
    /// Shared a location, in which this zone lies (nothing else of it is handed on).
    Location(Option<Zone>),
    /// Sent something that holds no words: a voice message, a photo, a sticker.
    Unreadable,
}

/// Whether this text is the command that shows where help is.
pub fn commands_help(text: &str) -> bool {
    matches!(
        command::read(text, ""),
        command::Typed::Command(command::Command::Crisis, _)
    )
}

/// Whether what a button carries shows where help is.
pub fn taps_for_help(data: &str) -> bool {
    matches!(
        Tap::decode(data),
        Some(Tap::Crisis | Tap::CrisisIn(_) | Tap::CrisisCountries)
    )
}

/// Whether a request is for an affirmation or a practice: not what anyone needs right after a call for help.
pub fn asks_for_note(request: &Request) -> bool {
    match request {
        Request::Text(text, _) => matches!(
            command::read(text, ""),
            command::Typed::Command(
                command::Command::Affirmation | command::Command::Practice,
                _
            )
        ),
        Request::Tap(tap) => {
            matches!(
                tap,
                Some(Tap::NoteNow(_) | Tap::OnlyOne(_) | Tap::AnotherNote(_))
            )
        }
        Request::Location(_) | Request::Unreadable => false,
    }
}

/// Answers a request. Seen twice, it says the same again and changes nothing more.
pub fn respond(request: &Request, scene: &Scene) -> Reply {
    let touched = scene
        .subscriber
        .map(|subscriber| touched(subscriber, scene.now));
    let Some(subscriber) = &touched else {
        return answer(request, scene);
    };
    let then = scene.with(subscriber);
    let was_asked = scene.subscriber.map(|subscriber| subscriber.silence);
    let mut reply = was_asked
        .and_then(|silence| silence::answer(request, &then, silence))
        .unwrap_or_else(|| answer(request, &then));
    if matches!(reply.change, Change::Nothing) && scene.subscriber != Some(subscriber) {
        reply.change = Change::Save(Box::new(subscriber.clone()));
    }
    reply
}

/// Answers while the database cannot be used: what can be read is shown as to a newcomer, anything else is told that
/// nothing was changed. Erasing needs no row that can be read, so it is still asked for and tried.
pub fn respond_without_store(request: &Request, scene: &Scene) -> Reply {
    match request {
        Request::Tap(Some(Tap::AskErase)) => return leaving::erase_question(scene),
        Request::Tap(Some(Tap::Erase)) => return leaving::erase(scene),
        Request::Text(text, _) if typed::asks_to_erase(scene, text) => {
            return leaving::erase_question(scene);
        }
        _ => {}
    }
    let readable = match request {
        Request::Text(text, finding) => typed::needs_no_store(scene, text, finding),
        Request::Tap(Some(tap)) => matches!(
            tap,
            Tap::JustLook
                | Tap::Help
                | Tap::MeantElse
                | Tap::BackTo(_)
                | Tap::Page(_)
                | Tap::Crisis
                | Tap::CrisisIn(_)
                | Tap::CrisisCountries
                | Tap::NoteNow(_)
                | Tap::OnlyOne(_)
                | Tap::AnotherNote(_)
        ),
        Request::Tap(None) | Request::Unreadable => true,
        Request::Location(_) => false,
    };
    if readable {
        return answer(request, scene);
    }
    nothing_changed(scene)
}

/// The database cannot be used, and so nothing was changed.
pub fn nothing_changed(scene: &Scene) -> Reply {
    reading::menu(scene, &scene.phrases().answers.store_down)
}

/// She is here: whoever writes has not blocked the bot, even if Telegram refused her chat before and sent no update when
/// it was back. What was asked a while ago is forgotten: days later her words are no answer to it.
fn touched(subscriber: &Subscriber, now: DateTime<Utc>) -> Subscriber {
    let away = now.date_naive() - subscriber.last_active;
    let awaiting = subscriber
        .awaiting
        .clone()
        .filter(|_| away < ANSWER_EXPECTED_FOR);
    Subscriber {
        awaiting,
        ..due::touched(due::unblocked(subscriber.clone(), now), now)
    }
}

fn answer(request: &Request, scene: &Scene) -> Reply {
    match request {
        Request::Text(text, finding) => typed::answer(scene, text, finding),
        Request::Location(zone) => setup::location(scene, zone.clone()),
        Request::Unreadable => reading::menu(scene, &scene.phrases().answers.unreadable),
        Request::Tap(None) => reading::menu(scene, &scene.phrases().answers.stale_button),
        Request::Tap(Some(tap)) => tapped(scene, tap)
            .unwrap_or_else(|| reading::menu(scene, &scene.phrases().answers.stale_button)),
    }
}

/// Taps that need no subscriber; `None` for a button whose meaning is gone.
fn tapped(scene: &Scene, tap: &Tap) -> Option<Reply> {
    Some(match tap {
        Tap::Agree(language) => welcome::agree(scene, *language),
        Tap::JustLook => welcome::just_look(scene),
        Tap::Help => reading::help(scene),
        Tap::MeantElse => resting::meant_else(scene, None),
        Tap::BackTo(asking) => resting::meant_else(scene, Some(*asking)),
        Tap::Page(page) => reading::page(scene, *page),
        Tap::Crisis => welcome::help_now(scene),
        Tap::CrisisIn(country) => crisis::page(scene, country::with_lines(scene, *country)),
        Tap::CrisisCountries => crisis::countries(scene),
        Tap::NoteNow(pool) => notes::now(scene, *pool, None),
        Tap::OnlyOne(pool) => notes::once_more(scene, *pool),
        Tap::AnotherNote(id) => notes::another(scene, id),
        Tap::Start => welcome::start(scene),
        Tap::SetLanguage(language) => settings::set_language(scene, *language),
        Tap::SetCountry(country) => country::set(scene, *country),
        Tap::Stop => leaving::stop(scene),
        Tap::AskErase => leaving::ask_erase(scene),
        Tap::Erase => leaving::erase(scene),
        Tap::KeepData => leaving::keep(scene),
        Tap::Resume => settings::resume(scene),
        of_a_subscriber => match scene.subscriber {
            Some(subscriber) => return tapped_by_subscriber(scene, subscriber, of_a_subscriber),
            None => settings::not_subscribed(scene),
        },
    })
}

fn tapped_by_subscriber(scene: &Scene, subscriber: &Subscriber, tap: &Tap) -> Option<Reply> {
    Some(match tap {
        Tap::Settings => settings::show(scene, Place::Tapped),
        Tap::Ask(asking, flow) => setup::ask(scene, *asking, *flow, Place::Tapped),
        Tap::ClockIs(minutes_east, flow) => return setup::clock_is(scene, *minutes_east, *flow),
        Tap::SetZone(zone, flow) => setup::set_zone(scene, subscriber, zone.clone(), *flow),
        Tap::SetTime(time, flow) => setup::set_time(scene, subscriber, *time, *flow),
        Tap::SetPlan(name, flow) => setup::set_plan(scene, subscriber, *name, *flow),
        Tap::SetDays(days) => settings::set_days(scene, subscriber, *days),
        Tap::SetSound(on) => settings::set_sound(scene, subscriber, *on),
        Tap::AskMove(id, came) => notes::ask_move(scene, id, *came),
        Tap::KeepNote(id, came) => notes::keep(scene, id, *came),
        Tap::MoveNote(id, came, when) => notes::move_to(scene, subscriber, id, *came, *when),
        Tap::Retire(id) => notes::retire(scene, subscriber, id),
        Tap::FewerOrPause => notes::fewer_or_pause(scene),
        Tap::Pause(days) => settings::pause(scene, subscriber, Some(*days)),
        Tap::PauseOpen => settings::pause(scene, subscriber, None),
        Tap::GoOn => notes::go_on(scene, subscriber),
        _ => return None,
    })
}
