//! The first minute: welcome, consent, and what comes at once after it.

use crate::{
    content::Message,
    domain::{
        Language, Subscriber, due,
        subscriber::{History, Silence, Standing},
    },
};

use super::{
    crisis, reading,
    scene::{Change, Place, Reply, Say, Scene},
    settings, setup,
    tap::{Asking, Flow, Tap},
};

/// The consent text's version; raised when what is stored or sent changes, so that everyone is asked again.
pub const CONSENT_VERSION: u16 = 1;

/// `/start`: the welcome for a newcomer, the settings for a subscriber. For one whose notes are off they say so and
/// offer them again: she may only be looking, and it may have been a loss that ended them.
pub fn start(scene: &Scene) -> Reply {
    if scene.subscriber.is_none() {
        return Reply::new(consent(scene));
    }
    settings::show(scene, Place::New)
}

/// What this is, what it is not, help, what is stored; and four buttons.
pub fn consent(scene: &Scene) -> Message {
    let buttons = &scene.phrases().buttons;
    let body = scene.texts().pages.consent(scene.urgent());
    scene.message(
        body,
        vec![
            vec![scene.button(&buttons.agree, &Tap::Agree(scene.language()))],
            vec![scene.button(&buttons.more_privacy, &Tap::Page(reading::Page::Privacy))],
            vec![scene.button(&buttons.just_look, &Tap::JustLook)],
            vec![scene.button(&buttons.help_now, &Tap::Crisis)],
        ],
    )
}

/// She agreed, in this language. Seen twice, or from an old button: she stays as she is.
pub fn agree(scene: &Scene, language: Language) -> Reply {
    if let Some(subscriber) = scene.subscriber {
        if subscriber.standing == Standing::Stopped {
            return settings::resume_from(scene, &scene.phrases().answers.welcome_back);
        }
        return if setup::is_fresh(scene, subscriber) {
            setup::ask(scene, Asking::Zone, Flow::SetUp, Place::New)
        } else {
            settings::show(scene, Place::New)
        };
    }
    let newcomer = Subscriber {
        awaiting: setup::awaited(scene, Asking::Zone, Flow::SetUp),
        ..newcomer(scene, language)
    };
    let mut reply = setup::ask(
        &scene.with(&newcomer),
        Asking::Zone,
        Flow::SetUp,
        Place::New,
    );
    reply.change = Change::Enroll(Box::new(newcomer));
    reply
}

/// “Just let me look”: everything that works without being stored.
pub fn just_look(scene: &Scene) -> Reply {
    let mut rows = reading::menu_rows(scene);
    rows.push(vec![
        scene.button(&scene.phrases().buttons.start_notes, &Tap::Start),
    ]);
    Reply {
        say: vec![Say {
            message: scene.message(&scene.phrases().answers.look, rows),
            place: Place::New,
        }],
        ..Reply::default()
    }
}

/// “Get help now” is the same page as `/crisis`.
pub fn help_now(scene: &Scene) -> Reply {
    crisis::page(scene, scene.country())
}

fn newcomer(scene: &Scene, language: Language) -> Subscriber {
    let plan = scene.content.plans.get(scene.content.plans.default_plan());
    let today = scene.now.date_naive();
    let newcomer = Subscriber {
        chat: scene.chat,
        language,
        country: scene.defaults.country,
        zone: scene.defaults.zone.clone(),
        schedule: plan.schedule.clone(),
        pools: plan.pools.clone(),
        sound: false,
        standing: Standing::Active,
        blocked_since: None,
        awaiting: None,
        consent_version: CONSENT_VERSION,
        consented_on: today,
        last_active: today,
        next: None,
        last_sent: None,
        carried: None,
        history: History::default(),
        silence: Silence::Unasked,
        erase_at: None,
        revision: 0,
    };
    let next = due::next(&newcomer, scene.now + due::FIRST_NOTE_NOT_BEFORE);
    Subscriber { next, ..newcomer }
}
