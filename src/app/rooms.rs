//! What the journeys are built on, kept for the whole life of the process: a process that loses the lead builds
//! new journeys when it leads again, so that nothing of the old ones is left.

use std::{collections::HashSet, path::PathBuf, sync::Arc, time::Duration};

use secrecy::SecretString;

use super::duty::Duty;
use crate::{
    clock::Clock,
    content::{Live, Voice},
    conversation::{Defaults, profile},
    courier::Courier,
    domain::{Country, Outcome},
    inbound::Inbound,
    store::{Keys, Store},
    telegram::{self, Door, Inbox, Limits, Registration, Telegram, Wording},
};

/// How long until what Telegram could not take of the commands and descriptions is tried again: at first, and at most.
/// Nobody waits for them, and Telegram is strict about how often they change.
const INTRODUCE_AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(10));

/// The rooms, and what they were set to.
#[derive(Clone, Debug)]
pub(super) struct Rooms {
    pub(super) telegram: Telegram,
    pub(super) store: Store,
    pub(super) keys: Keys,
    pub(super) content: Live,
    pub(super) clock: Clock,
    pub(super) defaults: Defaults,
    pub(super) limits: Limits,
    pub(super) webhook: Option<Webhook>,
    /// The folder that the messages come from, if they are not built in.
    pub(super) messages: Option<PathBuf>,
}

/// Where Telegram brings updates, and what it proves itself with.
#[derive(Clone, Debug)]
pub(super) struct Webhook {
    pub(super) address: String,
    pub(super) secret: SecretString,
}

impl Rooms {
    /// Journeys that have not begun, and an open door.
    pub(super) fn duty(&self) -> Duty {
        let door = Door::start(
            self.telegram.clone(),
            wording(&self.content),
            self.clock.clone(),
            self.limits,
        );
        Duty {
            courier: Courier::new(
                self.telegram.clone(),
                door.clone(),
                self.store.clone(),
                self.keys.clone(),
                self.content.clone(),
                self.clock.clone(),
                self.defaults.clone(),
            ),
            inbound: Inbound::new(
                self.telegram.clone(),
                door.clone(),
                self.store.clone(),
                self.keys.clone(),
                self.content.clone(),
                self.clock.clone(),
                self.defaults.clone(),
            ),
            inbox: Inbox::new(self.telegram.clone(), self.clock.clone()),
            registration: self.webhook.as_ref().map(|webhook| {
                let (address, secret) = (webhook.address.clone(), webhook.secret.clone());
                Registration::new(self.telegram.clone(), address, secret)
            }),
            door,
        }
    }
}

fn wording(content: &Live) -> Wording {
    let (footers, late) = (content.clone(), content.clone());
    Wording {
        footer: Arc::new(move |voice| footers.load().crisis.footer(voice).to_owned()),
        late: Arc::new(move |language| late.load().texts(language).phrases.answers.late.clone()),
    }
}

/// Commands, descriptions and the menu button, in every language. What Telegram cannot take now is tried again until it
/// can; what it refuses is not.
pub(super) async fn introduce(telegram: Telegram, content: Live, country: Country) {
    let shown = |language| {
        let profile = profile::of(&content.load(), Voice { language, country });
        telegram::profile::Profile {
            commands: profile.commands,
            description: profile.description,
            short_description: profile.short_description,
        }
    };
    let (mut pause, longest) = INTRODUCE_AGAIN;
    let mut refused = HashSet::new();
    let mut said = false;
    loop {
        let mut again = None;
        for unset in telegram::profile::register(&telegram, shown).await {
            let asked = match unset.failure.outcome {
                Outcome::Retry | Outcome::Ambiguous => Duration::ZERO,
                Outcome::Wait(asked) => asked,
                _ => {
                    if refused.insert((unset.what, unset.language)) {
                        tracing::warn!(what = unset.what, failure = %unset.failure, "not registered; tried again at the next start");
                    }
                    continue;
                }
            };
            again = again.max(Some(asked));
            if !std::mem::replace(&mut said, true) {
                tracing::warn!(what = unset.what, failure = %unset.failure, "not registered yet; trying again");
            }
        }
        let Some(asked) = again else {
            if said && refused.is_empty() {
                tracing::info!("commands and descriptions are registered now");
            }
            return;
        };
        tokio::time::sleep(pause.max(asked)).await;
        pause = (pause * 2).min(longest);
    }
}
