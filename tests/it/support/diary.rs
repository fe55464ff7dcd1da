//! Parents by the dozen, and the notes that each of them got, on her own wall clock.

use std::time::Duration as StdDuration;

use chrono::{DateTime, Utc};
use slowbloom::{
    domain::zone::Zone,
    sandbox::{PATIENCE, Parent, Said},
};

use super::world::World;

/// The button that only a note has, in both languages.
const UNDER_EVERY_NOTE: [&str; 2] = ["Another time", "En otro momento"];

impl World {
    /// Parents who agreed and then typed these commands, or tapped these `[buttons]`; they do it side by side.
    pub(crate) async fn parents_who_typed(&self, commands: &[&[&str]]) -> Vec<Parent> {
        let mut parents = Vec::new();
        for id in (101..).take(commands.len()) {
            let parent = self.telegram.parent(id, "parent", "en");
            parent.says("/start");
            parents.push(parent);
        }
        self.answered().await;
        for parent in &parents {
            parent.taps("Yes, I’m 18+ and I agree").unwrap();
        }
        self.answered().await;
        let longest = commands.iter().map(|typed| typed.len()).max().unwrap_or(0);
        for step in 0..longest {
            for (parent, typed) in parents.iter().zip(commands) {
                if let Some(command) = typed.get(step) {
                    does(parent, command);
                }
            }
            self.answered().await;
        }
        parents
    }

    /// Lives from one due moment to the next until this moment.
    pub(crate) async fn lives_until(&self, end: DateTime<Utc>) {
        while let Some(due) = self.store.next_due(self.clock.now()).await.unwrap() {
            if due > end {
                break;
            }
            self.jump_to(due).await;
        }
        self.jump_to(end).await;
    }

    /// Returns when nothing is stored about a parent any more: the bot sweeps by itself.
    pub(crate) async fn erased(&self, parent: &Parent) {
        let end = self.clock.instant() + PATIENCE;
        while self.row(parent).await.is_some() {
            assert!(self.clock.instant() < end, "she is still stored");
            tokio::time::sleep(StdDuration::from_millis(20)).await;
        }
    }

    /// Every scheduled note that a parent got.
    pub(crate) fn notes_of(&self, parent: &Parent) -> Vec<Said> {
        let mut said = self.telegram.everything_said();
        said.retain(|said| said.chat == parent.id && is_note(said));
        said
    }

    /// When a parent got her notes, on the wall clock of a zone.
    pub(crate) fn diary(&self, parent: &Parent, zone: &str) -> Vec<String> {
        let zone = Zone::new(zone).unwrap();
        let notes = self.notes_of(parent);
        let times = notes.iter().map(|note| zone.wall(note.at));
        times
            .map(|wall| wall.format("%a %m-%d %H:%M").to_string())
            .collect()
    }
}

/// Types a command, or taps a `[button]`.
pub(crate) fn does(parent: &Parent, what: &str) {
    let button = what
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    match button {
        Some(label) => parent.taps(label).unwrap(),
        None => drop(parent.says(what)),
    }
}

/// Whether it is a scheduled note, and not a note on request or an answer.
pub(crate) fn is_note(said: &Said) -> bool {
    !said.edit
        && said
            .keyboard
            .iter()
            .flatten()
            .any(|button| UNDER_EVERY_NOTE.contains(&button.label.as_str()))
}
