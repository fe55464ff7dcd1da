//! The complete crawl through the pure conversation.

use std::collections::{HashSet, VecDeque};

use chrono::{DateTime, Utc};
use slowbloom::{
    content::{Button, Keyboard, Message, markup},
    conversation::{
        self, Change, Defaults, Reply, Request, Scene, Tap, command::Command, notes,
        respond_without_store,
    },
    domain::{
        ChatId, Country, Language, Subscriber,
        subscriber::{Slot, Standing},
        zone::Zone,
    },
    triage,
};

use super::rules::{CONTENT, Seen, check};
use crate::support::world::MONDAY;

/// Texts that lead to answers that no button leads to.
const TYPED: [&str; 17] = [
    "hello",
    "hola",
    "I feel nothing for my baby",
    "me siento desconectada de mi bebé",
    "8:30",
    "25:99",
    "Madrid",
    "Springfield",
    "Atlantis",
    "qqqq",
    "UTC-5",
    "/nonsense",
    "/start@other",
    "Not now",
    "Ahora no",
    "/pause 3",
    "/country fr",
];

/// Where the crawl is: who she is by now, and what she does next.
struct Step {
    subscriber: Option<Subscriber>,
    request: Request,
    name: String,
}

/// What an answer depends on besides what was asked: standing and language, and what is expected to be typed.
type Kind = (String, Option<String>);

fn kind_of(subscriber: Option<&Subscriber>) -> Kind {
    let Some(subscriber) = subscriber else {
        return ("nobody".to_owned(), None);
    };
    let standing = match subscriber.standing {
        Standing::PausedUntil(_) => "paused for a while".to_owned(),
        other => format!("{other:?}"),
    };
    (
        format!("{standing} {}", subscriber.language.code()),
        // Which zone was asked about makes no other kind of answer.
        Some(
            format!("{:?}", subscriber.awaiting)
                .split('(')
                .take(2)
                .collect(),
        ),
    )
}

struct Crawl {
    language: Language,
    defaults: Defaults,
    now: DateTime<Utc>,
    seen: HashSet<(String, Kind)>,
    kinds: HashSet<Kind>,
    read: HashSet<String>,
    queue: VecDeque<Step>,
}

#[test]
fn every_answer_keeps_the_rules_whoever_she_is() {
    for language in Language::ALL {
        for lines in CONTENT.crisis.countries() {
            let answers = Crawl::new(language, lines.country()).run();
            assert!(answers > 1000, "only {answers} answers were found");
        }
    }
}

impl Crawl {
    fn new(language: Language, country: Country) -> Self {
        Self {
            language,
            defaults: Defaults {
                zone: Zone::new("America/Los_Angeles").unwrap(),
                country,
                bot_name: "slow_bloom_try_bot".to_owned(),
            },
            now: MONDAY.parse().unwrap(),
            seen: HashSet::new(),
            kinds: HashSet::new(),
            read: HashSet::new(),
            queue: VecDeque::new(),
        }
    }

    /// Goes everywhere; how many answers it met.
    fn run(&mut self) -> usize {
        self.commands(None);
        let mut answers = 0;
        while let Some(step) = self.queue.pop_front() {
            let reply = conversation::respond(&step.request, &self.scene(step.subscriber.as_ref()));
            assert!(!reply.say.is_empty(), "{} is not answered", step.name);
            answers += reply.say.len();
            self.look_at(&step, &reply);
            let blind = respond_without_store(&step.request, &self.scene(None));
            assert!(
                !blind.say.is_empty(),
                "{} is not answered without a database",
                step.name
            );
            for say in &blind.say {
                self.message(&step.name, &say.message);
            }
            let after = after(step.subscriber, reply.change);
            for say in reply.say {
                for tap in taps(&say.message) {
                    // What is said of a zone is the same in every country: once is enough.
                    let of_a_zone = matches!(tap, Tap::ClockIs(..) | Tap::SetZone(..));
                    if of_a_zone && !self.is_thorough() {
                        continue;
                    }
                    self.go(after.clone(), Request::Tap(Some(tap.clone())), tap.encode());
                }
            }
            if self.kinds.insert(kind_of(after.as_ref())) {
                self.commands(after.as_ref());
                self.notes(after);
            }
        }
        answers
    }

    fn is_thorough(&self) -> bool {
        self.defaults.country.code() == "US"
    }

    fn scene<'a>(&'a self, subscriber: Option<&'a Subscriber>) -> Scene<'a> {
        Scene {
            content: &CONTENT,
            subscriber,
            chat: ChatId(11),
            order_key: 7,
            phone_language: self.language,
            defaults: &self.defaults,
            now: self.now,
        }
    }

    /// Everything that can be typed, in each kind of state once.
    fn commands(&mut self, subscriber: Option<&Subscriber>) {
        let names = Command::all().flat_map(|command| {
            Language::ALL.map(|language| format!("/{}", command.name(language)))
        });
        for text in names.chain(TYPED.map(str::to_owned)) {
            self.go(
                subscriber.cloned(),
                Request::Text(text.clone(), triage::read(&text)),
                text,
            );
        }
        let places = [None, Zone::new("Europe/Madrid")];
        for place in places {
            let name = format!("location {}", place.is_some());
            self.go(subscriber.cloned(), Request::Location(place), name);
        }
        self.go(
            subscriber.cloned(),
            Request::Unreadable,
            "sticker".to_owned(),
        );
        self.go(subscriber.cloned(), Request::Tap(None), "stale".to_owned());
    }

    /// What comes unasked, with its buttons: a note, the question after ten weeks, the notice after ninety days.
    fn notes(&mut self, subscriber: Option<Subscriber>) {
        let Some(mut subscriber) = subscriber else {
            return;
        };
        subscriber.last_sent = Some(self.now);
        let scene = self.scene(Some(&subscriber));
        let slot = Slot {
            due: self.now,
            wall: subscriber.zone.wall(self.now),
        };
        let note = notes::choose(&scene, &subscriber, slot, None);
        let mut come = vec![notes::go_on_question(&scene), notes::last_notice(&scene)];
        come.extend(note.map(|note| notes::due_message(&scene, note, self.now)));
        for message in come {
            self.message("what comes unasked", &message);
            for tap in taps(&message) {
                self.go(
                    Some(subscriber.clone()),
                    Request::Tap(Some(tap.clone())),
                    tap.encode(),
                );
            }
        }
    }

    /// Goes on from here, once for each kind of state.
    fn go(&mut self, subscriber: Option<Subscriber>, request: Request, name: String) {
        let mut kind = kind_of(subscriber.as_ref());
        if !matches!(request, Request::Text(..)) {
            kind.1 = None;
        }
        if self.seen.insert((name.clone(), kind)) {
            self.queue.push_back(Step {
                subscriber,
                request,
                name,
            });
        }
    }

    fn look_at(&mut self, step: &Step, reply: &Reply) {
        for say in &reply.say {
            self.message(&step.name, &say.message);
        }
        // The same request seen again, on the row as it was left: nothing that was chosen is turned back.
        if let (Some(before), Change::Save(after)) = (&step.subscriber, &reply.change) {
            assert_eq!(after.consented_on, before.consented_on, "{}", step.name);
            let again = conversation::respond(&step.request, &self.scene(Some(after)));
            if let Change::Save(twice) = again.change
                && !step.name.contains("now:")
                && !step.name.contains("more:")
                && matches!(step.request, Request::Tap(_))
            {
                assert_eq!(
                    (
                        &twice.schedule,
                        &twice.zone,
                        twice.country,
                        twice.language,
                        twice.sound,
                        twice.standing
                    ),
                    (
                        &after.schedule,
                        &after.zone,
                        after.country,
                        after.language,
                        after.sound,
                        after.standing
                    ),
                    "{} seen twice is not as once",
                    step.name
                );
            }
        }
    }

    fn message(&mut self, name: &str, message: &Message) {
        let once = format!("{}{:?}{:?}", message.body, message.keyboard, message.voice);
        if !self.read.insert(once) {
            return;
        }
        let name = format!(
            "{} in {:?} for {}",
            name, message.voice.language, message.voice.country
        );
        let rows: Vec<Vec<Seen>> = match &message.keyboard {
            Keyboard::Inline(rows) => rows
                .iter()
                .map(|row| row.iter().map(seen).collect())
                .collect(),
            Keyboard::None | Keyboard::AskLocation { .. } | Keyboard::Usual => Vec::new(),
        };
        assert!(
            !matches!(message.keyboard, Keyboard::None),
            "{name}: no buttons, no way on\n{}",
            message.body
        );
        markup::check(&message.body)
            .unwrap_or_else(|why| panic!("{name}: {why}\n{}", message.body));
        let footer = CONTENT.crisis.footer(message.voice);
        let text = markup::plain(&format!("{}\n\n{footer}", message.body));
        check(&name, message.voice, &text, &rows);
    }
}

fn taps(message: &Message) -> Vec<Tap> {
    let Keyboard::Inline(rows) = &message.keyboard else {
        return Vec::new();
    };
    let data = rows.iter().flatten().filter_map(|button| seen(button).data);
    data.filter_map(Tap::decode).collect()
}

fn seen(button: &Button) -> Seen<'_> {
    match button {
        Button::Tap { label, data } => Seen {
            label,
            data: Some(data),
        },
        Button::Link { label, .. } | Button::Copy { label, .. } => Seen { label, data: None },
    }
}

/// Who she is after a change.
fn after(before: Option<Subscriber>, change: Change) -> Option<Subscriber> {
    match change {
        Change::Nothing => before,
        Change::Enroll(subscriber) | Change::Save(subscriber) => Some(*subscriber),
        Change::Erase => None,
    }
}
