//! The first journey: a parent writes, and is answered.
//!
//! Load → respond → save → send; a call for help is replied to first, and what follows from it comes in its turn. An update counts as handled only when its effect is stored and its answer
//! was taken by Telegram, or parked where Telegram cannot take it now. Everything may be seen twice.

mod care;
mod groups;
mod owed;
mod post;

use chrono::{DateTime, Utc};

use crate::{
    clock::Clock,
    content::{Content, Live},
    conversation::{self, Change, Defaults, Reply, Request, Scene, Tap},
    domain::{ChatId, Language, Subscriber, due},
    locate::Atlas,
    store::{Keys, Saved, Store, StoreError},
    telegram::{Class, Door, Handled, Incoming, Kind, Part, Telegram},
    triage::Tier,
};

/// How often a decision is made anew because the row was changed meanwhile.
const MAX_ATTEMPTS: usize = 16;

/// The journey of every update. Clones are the same journey.
#[derive(Clone, Debug)]
pub struct Inbound {
    telegram: Telegram,
    door: Door,
    store: Store,
    keys: Keys,
    content: Live,
    clock: Clock,
    defaults: std::sync::Arc<Defaults>,
    openings: care::Openings,
    owed: owed::Owed,
    waiting: post::Waiting,
    resumed: post::Resumed,
    atlas: Atlas,
    groups: groups::Groups,
}

/// Who asked, how, and when: what an answer needs to know of an update besides the request.
#[derive(Clone, Copy)]
struct Asked {
    update: i64,
    chat: ChatId,
    phone_language: Language,
    /// By Telegram's clock, which dates messages; the machine's own may be off.
    at: DateTime<Utc>,
    tapped: Option<i32>,
    /// Whether newer taps will change the tapped message anyway.
    overtaken: bool,
    /// Whether it is for an affirmation or a practice.
    for_note: bool,
}

impl Inbound {
    /// Builds the journey on its rooms.
    pub fn new(
        telegram: Telegram,
        door: Door,
        store: Store,
        keys: Keys,
        content: Live,
        clock: Clock,
        defaults: Defaults,
    ) -> Self {
        let defaults = std::sync::Arc::new(defaults);
        Self {
            telegram,
            door,
            store,
            keys,
            content,
            clock,
            defaults,
            openings: care::Openings::default(),
            owed: owed::Owed::default(),
            waiting: post::Waiting::default(),
            resumed: post::Resumed::default(),
            atlas: Atlas::default(),
            groups: groups::Groups::default(),
        }
    }

    /// Handles one update to its end.
    pub async fn handle(&self, update: Incoming) -> Handled {
        let asked = self.asked(&update);
        let resumed = self.resumed.answers(asked);
        // Other updates that come again are handled as a whole.
        let part = if update.is_urgent() {
            update.part
        } else {
            Part::Whole
        };
        match update.kind {
            Kind::Text(words) if words.finding.tier != Tier::None => {
                let part = match part {
                    Part::Reply if resumed => return Handled::Done,
                    _ if resumed => Part::Effect,
                    part => part,
                };
                self.care(&words.finding, asked, part).await
            }
            // Its effect was stored before its answer was parked.
            Kind::Text(_) | Kind::Tap { .. } | Kind::Location { .. } | Kind::Unreadable
                if resumed =>
            {
                Handled::Done
            }
            Kind::Text(words) => {
                let request = Request::Text(words.text, words.finding);
                self.answer(request, asked, part).await
            }
            Kind::Tap {
                query_id,
                data,
                message_id,
            } => {
                if part != Part::Effect {
                    self.end_spinner(query_id);
                }
                let tap = data.as_deref().and_then(Tap::decode);
                let asked = Asked {
                    tapped: message_id,
                    ..asked
                };
                self.answer(Request::Tap(tap), asked, part).await
            }
            Kind::Location {
                longitude,
                latitude,
            } => {
                let zone = self.atlas.zone_at(longitude, latitude).await;
                self.answer(Request::Location(zone), asked, part).await
            }
            Kind::Unreadable => self.answer(Request::Unreadable, asked, part).await,
            Kind::Blocked => self.note_down(asked.chat, due::blocked).await,
            Kind::Unblocked => self.note_down(asked.chat, due::unblocked).await,
            Kind::Group => {
                self.groups
                    .leave(&self.telegram, asked.chat, self.clock.instant());
                Handled::Done
            }
            Kind::Other => Handled::Done,
        }
    }

    /// What all answers to an update need to know of it.
    fn asked(&self, update: &Incoming) -> Asked {
        Asked {
            update: update.id,
            chat: update.chat,
            phone_language: update
                .language_tag
                .as_deref()
                .map(Language::from_tag)
                .unwrap_or_default(),
            at: update
                .sent_at
                .unwrap_or_else(|| self.telegram.time(&self.clock)),
            tapped: None,
            overtaken: update.part == Part::Overtaken,
            for_note: false,
        }
    }

    /// Answers a request that needs no care reply: as a whole, or, if it asks where help is, in two parts.
    async fn answer(&self, request: Request, asked: Asked, part: Part) -> Handled {
        let for_note = conversation::asks_for_note(&request);
        let asked = Asked { for_note, ..asked };
        match part {
            // She has called for help since: no affirmation comes after that.
            Part::Whole if for_note && self.openings.opened_after(asked) => Handled::Done,
            Part::Whole | Part::Overtaken => self.converse(request, asked).await,
            Part::Reply => self.show_help(&request, asked).await,
            Part::Effect => self.was_here(&request, asked).await,
        }
    }

    /// Stores what a request changes, then answers it.
    async fn converse(&self, request: Request, asked: Asked) -> Handled {
        let content = self.content.load();
        for _ in 0..MAX_ATTEMPTS {
            let subscriber = match self.store.subscriber(asked.chat).await {
                Ok(subscriber) => subscriber,
                Err(error) => return self.without_store(&request, &content, asked, &error).await,
            };
            let reply =
                conversation::respond(&request, &self.scene(&content, subscriber.as_ref(), asked));
            match self.commit(reply.change, asked.chat).await {
                Ok(Saved::Done) => return self.say(reply.say, Class::Answer, asked).await,
                Ok(Saved::Changed) => {}
                Err(error) => return self.without_store(&request, &content, asked, &error).await,
            }
        }
        self.without_store(&request, &content, asked, &StoreError::NoAnswer)
            .await
    }

    /// The database cannot be used: what can be read is still shown, anything else is told so. Nothing was changed.
    async fn without_store(
        &self,
        request: &Request,
        content: &Content,
        asked: Asked,
        error: &StoreError,
    ) -> Handled {
        tracing::error!(%error, "a request could not be served from the database");
        let scene = self.scene(content, None, asked);
        let Reply { say, change } = conversation::respond_without_store(request, &scene);
        let say = match self.commit(change, asked.chat).await {
            Ok(_) => say,
            Err(_) => conversation::nothing_changed(&scene).say,
        };
        self.say(say, Class::Answer, asked).await
    }

    async fn commit(&self, change: Change, chat: ChatId) -> Result<Saved, StoreError> {
        let now_due = |row: &Subscriber| row.next.is_some_and(|slot| slot.due <= self.clock.now());
        let no_note_now = match &change {
            Change::Save(row) => !now_due(row),
            Change::Erase => true,
            Change::Enroll(_) | Change::Nothing => false,
        };
        let saved = self.store_change(change, chat).await?;
        if saved == Saved::Done && no_note_now {
            // One may be on its way that was decided before.
            self.door.drop_notes(chat);
        }
        Ok(saved)
    }

    async fn store_change(&self, change: Change, chat: ChatId) -> Result<Saved, StoreError> {
        match change {
            Change::Nothing => Ok(Saved::Done),
            Change::Save(subscriber) => self.store.save(&subscriber).await,
            Change::Enroll(subscriber) => Ok(if self.store.insert(&subscriber).await? {
                Saved::Done
            } else {
                Saved::Changed
            }),
            Change::Erase => self.store.erase(chat).await.map(|_| Saved::Done),
        }
    }

    async fn note_down(
        &self,
        chat: ChatId,
        change: impl Fn(Subscriber, DateTime<Utc>) -> Subscriber,
    ) -> Handled {
        match self
            .store
            .update(chat, |subscriber| {
                Some(change(subscriber, self.clock.now()))
            })
            .await
        {
            // No try makes it readable, and no note comes from it.
            Ok(_) | Err(StoreError::Unreadable(_)) => Handled::Done,
            Err(error) => {
                tracing::error!(%error, "a blocked or unblocked chat could not be written down yet");
                Handled::Owing
            }
        }
    }

    fn scene<'a>(
        &'a self,
        content: &'a Content,
        subscriber: Option<&'a Subscriber>,
        asked: Asked,
    ) -> Scene<'a> {
        Scene {
            content,
            subscriber,
            chat: asked.chat,
            order_key: self.keys.rotation_key(asked.chat),
            phone_language: asked.phone_language,
            defaults: &self.defaults,
            now: self.clock.now(),
        }
    }

    /// The spinner on a tapped button ends at once, whatever comes of the tap.
    fn end_spinner(&self, query_id: String) {
        let telegram = self.telegram.clone();
        tokio::spawn(async move {
            // An old or unknown query is refused; the answer itself still goes out.
            drop(telegram.answer_tap(&query_id).await);
        });
    }
}
