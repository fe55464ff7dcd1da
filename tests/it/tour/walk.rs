//! The walk through the real program: a parent for each language and country, side by side.

use std::collections::HashSet;

use slowbloom::{
    content::{Voice, crisis::CountryLines},
    conversation::command::Command,
    domain::{Country, Language},
    sandbox::{Action, Parent, Said},
};

use super::rules::{CONTENT, Seen, check};
use crate::support::{crowd::subscriber, world::World};

/// How many commands each parent types, and how many buttons she taps after each. Together they meet every command.
const COMMANDS: usize = 6;
const TAPS: usize = 2;

struct Walker {
    parent: Parent,
    voice: Voice,
    tapped: HashSet<String>,
    heard: usize,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_and_its_buttons_are_answered_by_the_real_program() {
    let world = World::new().await;
    let mut walkers = Vec::new();
    let countries: Vec<Country> = CONTENT
        .crisis
        .countries()
        .map(CountryLines::country)
        .collect();
    for (number, country) in countries.iter().enumerate() {
        for language in Language::ALL {
            let id = i64::try_from(walkers.len()).unwrap() + 500;
            let parent = subscriber(&world, id, language.code()).await;
            let name = CONTENT.crisis.get(*country).name(language);
            parent.says(&format!("/country {name}"));
            walkers.push(Walker::new(
                parent,
                Voice {
                    language,
                    country: *country,
                },
            ));
        }
        if number % 6 == 5 {
            world.answered().await;
        }
    }
    everyone_is_answered(&world, &mut walkers).await;
    let commands: Vec<Command> = Command::all().collect();
    for step in 0..COMMANDS {
        for (number, walker) in walkers.iter_mut().enumerate() {
            let command = commands[(number + step * 4) % commands.len()];
            walker
                .parent
                .says(&format!("/{}", command.name(walker.voice.language)));
        }
        everyone_is_answered(&world, &mut walkers).await;
        for _ in 0..TAPS {
            for walker in &mut walkers {
                walker.taps_something();
            }
            everyone_is_answered(&world, &mut walkers).await;
        }
    }
}

impl Walker {
    fn new(parent: Parent, voice: Voice) -> Self {
        Self {
            parent,
            voice,
            tapped: HashSet::new(),
            heard: 0,
        }
    }

    /// A button of the newest message that she has not tapped before, else help, which is everywhere.
    fn taps_something(&mut self) {
        let heard = self.parent.heard();
        let last = heard.last().unwrap();
        let fresh = last.keyboard.iter().flatten().find(|button| {
            matches!(button.action, Action::Callback(_)) && !self.tapped.contains(&button.label)
        });
        match fresh {
            Some(button) => {
                self.tapped.insert(button.label.clone());
                self.parent.taps_on(last.message_id, &button.label).unwrap();
            }
            None => {
                self.parent.says("/crisis");
            }
        }
    }
}

async fn everyone_is_answered(world: &World, walkers: &mut [Walker]) {
    world.answered().await;
    for walker in walkers {
        // An answer that Telegram cannot take within the second is parked and comes a little later.
        let said = walker.parent.next_bot_message().await.unwrap();
        walker.heard += 1;
        looks_right(walker, &said);
        while walker.parent.heard().len() > walker.heard {
            let said = walker.parent.next_bot_message().await.unwrap();
            walker.heard += 1;
            looks_right(walker, &said);
        }
    }
}

fn looks_right(walker: &Walker, said: &Said) {
    let rows: Vec<Vec<Seen>> = said
        .keyboard
        .iter()
        .map(|row| {
            row.iter()
                .map(|button| Seen {
                    label: &button.label,
                    data: match &button.action {
                        Action::Callback(data) => Some(data.as_str()),
                        Action::Url(_) | Action::Copy(_) => None,
                    },
                })
                .collect()
        })
        .collect();
    // She may have chosen another language or country meanwhile, or looks at the help of another country.
    let languages = Language::ALL;
    let countries = CONTENT.crisis.countries().map(CountryLines::country);
    let voice = countries
        .flat_map(|country| languages.map(|language| Voice { language, country }))
        .find(|voice| {
            said.text.ends_with(&slowbloom::content::markup::plain(
                CONTENT.crisis.footer(*voice),
            ))
        });
    let voice = voice.unwrap_or(walker.voice);
    check(&walker.parent.transcript(), voice, &said.text, &rows);
}
