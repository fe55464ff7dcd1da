//! What came of a fire: counted, judged by what was in flight at the kills, and said in a line.

use std::{collections::HashMap, fmt};

use slowbloom::sandbox::{Breach, Limit, StandIn};
use tokio::time::Instant;

use super::{
    lives::{Lives, Twice},
    talk::{HELP, Told},
};
use crate::support::world::limits_were_kept_but;

/// What came of it all.
pub(super) struct Ashes {
    notes: usize,
    pub(super) lost: usize,
    /// Notes that came twice.
    pub(super) twice: usize,
    asked: usize,
    parents: usize,
    /// Answers that came twice, but for help, which may.
    pub(super) again: usize,
    help_again: usize,
    pub(super) nothing_changed: usize,
    kills: Option<[Twice; 2]>,
}

impl Ashes {
    /// Nothing may have come twice but what was in flight at a kill; help neither, if there was none.
    pub(super) fn of(
        notes: usize,
        came: &HashMap<i64, Vec<Instant>>,
        told: &[Told],
        lives: &Lives,
    ) -> Self {
        let taken: Vec<Instant> = came.values().flatten().copied().collect();
        let pairs = |came: &Vec<Instant>| came.windows(2).map(|two| (two[0], two[1])).collect();
        let copies: Vec<_> = came
            .values()
            .flat_map(|came| -> Vec<_> { pairs(came) })
            .collect();
        let again = told.iter().flat_map(|told| &told.again);
        let help_again = told.iter().flat_map(|told| &told.help_again);
        let answers: Vec<_> = again.clone().chain(help_again.clone()).copied().collect();
        assert!(lives.any() || help_again.clone().next().is_none());
        let kills = lives
            .any()
            .then(|| [lives.of_notes(&taken, &copies), lives.of_answers(&answers)]);
        Self {
            notes,
            lost: notes - came.len(),
            twice: copies.len(),
            asked: told.iter().map(|told| told.asked).sum(),
            parents: told.len(),
            again: again.count(),
            help_again: help_again.count(),
            nothing_changed: told.iter().map(|told| told.nothing_changed).sum(),
            kills,
        }
    }
}

impl fmt::Display for Ashes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [of_notes, of_answers] = match &self.kills {
            Some(kills) => kills.each_ref().map(|twice| format!(" ({twice})")),
            None => [String::new(), String::new()],
        };
        let mut parts = Vec::new();
        if self.notes > 0 {
            let Self {
                notes, lost, twice, ..
            } = self;
            parts.push(format!(
                "{notes} notes: {lost} lost, {twice} twice{of_notes}"
            ));
        }
        if self.parents > 0 {
            let Self {
                asked,
                parents,
                again,
                help_again,
                nothing_changed,
                ..
            } = self;
            parts.push(format!(
                "{asked} messages and presses of {parents} parents, each with a cry for help: all answered, {again} \
                 twice, and help {help_again} times{of_answers}; {nothing_changed} told to try again; no setting \
                 half-changed"
            ));
        }
        f.write_str(&parts.join(";\n    "))
    }
}

/// Telegram's limits were kept. Only help may come within a second of a chat's last message, as whoever starts after a
/// kill does not know of that one.
pub(super) fn limits_were_kept_but_by_help(telegram: &StandIn) {
    let said = telegram.everything_said();
    limits_were_kept_but(telegram, |breach: &Breach| {
        let help = said.iter().filter(|said| said.text.contains(HELP));
        breach.limit == Limit::Chat && help.clone().any(|said| said.instant == breach.at)
    });
}
