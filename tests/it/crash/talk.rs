//! What parents say and press while the program is killed, what they hear, and what is stored about them after each
//! of it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use slowbloom::{
    domain::{Pool, Subscriber, due, subscriber::Standing},
    sandbox::{Parent, Said},
};
use tokio::time::Instant;

use crate::support::diary::does;

/// Something that a parent does, what the answer to it contains, and what is stored about her from then on.
pub(super) struct Deed {
    /// What she types, or the `[button]` that she presses.
    does: &'static str,
    hears: &'static str,
    /// As [`settings`] tells it; empty: as before.
    sets: &'static str,
}

const fn deed(does: &'static str, hears: &'static str, sets: &'static str) -> Deed {
    Deed { does, hears, sets }
}

/// What she is told when the database cannot be used; then she does it again.
pub(super) const NOTHING_CHANGED: &str = "nothing was changed. Please try again";
/// What nobody may be left alone with, and what only the reply to it contains.
pub(super) const CRY: &str = "I want to die";
pub(super) const HELP: &str = "please reach a person right now";
/// A little more than a chat waits between two messages.
pub(super) const CHAT_SECOND: Duration = Duration::from_millis(1200);

/// Every other parent does the first, the others do the second. Most of it sets several things with one press.
const TALKS: [&[Deed]; 2] = [
    &[
        deed("/start", "I’m a bot, not a person", ""),
        deed(
            "[Yes, I’m 18+ and I agree]",
            "where you are",
            "0 10 * * *, affirmations, silent, on",
        ),
        deed("[Yes]", "When would you like", ""),
        deed(
            "[1:00 pm]",
            "What would you like?",
            "0 13 * * *, affirmations, silent, on",
        ),
        deed(
            "[Three notes a week]",
            "All set.",
            "0 13 * * 1,3,5, affirmations and practices, silent, on",
        ),
        // Her notes are held for three days.
        deed(
            CRY,
            HELP,
            "0 13 * * 1,3,5, affirmations and practices, silent, paused",
        ),
        deed("/signs", "Signs You May Be", ""),
        deed(
            "/time 8:30 pm",
            "8:30 pm",
            "30 20 * * 1,3,5, affirmations and practices, silent, paused",
        ),
    ],
    &[
        deed("/start", "I’m a bot, not a person", ""),
        deed(
            "[Yes, I’m 18+ and I agree]",
            "where you are",
            "0 10 * * *, affirmations, silent, on",
        ),
        deed("/settings", "Your settings", ""),
        deed(
            "[Ring when a note comes]",
            "Notes ring",
            "0 10 * * *, affirmations, rings, on",
        ),
        deed("[Pause]", "For how long?", ""),
        deed(
            "[3 days]",
            "Paused. Your next note",
            "0 10 * * *, affirmations, rings, paused",
        ),
        deed(CRY, HELP, ""),
        deed(
            "/stop",
            "send any more notes",
            "0 10 * * *, affirmations, rings, off",
        ),
    ],
];

/// What this parent does, one after the other.
pub(super) fn deeds_of(chat: i64) -> &'static [Deed] {
    TALKS[usize::from(chat % 2 != 0)]
}

/// One deed after the other, each when the one before was answered.
pub(super) async fn talks(parent: Parent) -> Parent {
    for deed in deeds_of(parent.id) {
        if deed.does == CRY {
            // Nobody types within a second; and only help may go on within one after a kill.
            tokio::time::sleep(CHAT_SECOND).await;
        }
        does(&parent, deed.does);
        // While the program is killed now and then, those at the end of a long line wait for the last start.
        let mut patience = 3;
        loop {
            match parent.next_bot_message().await {
                Ok(said) if said.text.contains(deed.hears) => break,
                Ok(said) if said.text.contains(NOTHING_CHANGED) => {
                    tokio::time::sleep(CHAT_SECOND).await;
                    does(&parent, deed.does);
                }
                // An answer that came once more.
                Ok(_) => {}
                Err(waited) => {
                    patience -= 1;
                    assert!(patience > 0, "{waited}");
                }
            }
        }
    }
    parent
}

/// What a parent did and was told, as the stand-in has it.
#[derive(Default)]
pub(super) struct Told {
    /// How often she did something.
    pub(super) asked: usize,
    /// How much of it was answered.
    pub(super) answered: usize,
    /// So many of the answers said that nothing was changed.
    pub(super) nothing_changed: usize,
    /// Answers that came once more: when the one before came, and when it came again.
    pub(super) again: Vec<(Instant, Instant)>,
    /// The same of help.
    pub(super) help_again: Vec<(Instant, Instant)>,
}

impl Told {
    pub(super) fn of(parent: &Parent) -> Self {
        let did = |line: &&str| line.starts_with("mia: ") || line.starts_with("mia taps ");
        let mut told = Self {
            asked: parent.transcript().lines().filter(did).count(),
            ..Self::default()
        };
        let deeds = deeds_of(parent.id);
        // When the answer to each deed came last.
        let mut answers: Vec<Instant> = Vec::new();
        for said in parent.heard() {
            let hears = |deed: &Deed| said.text.contains(deed.hears);
            if deeds.get(answers.len()).is_some_and(hears) {
                answers.push(said.instant);
            } else if said.text.contains(NOTHING_CHANGED) {
                told.nothing_changed += 1;
            } else {
                // Done once more, a deed may be answered in other words; then it was the last one.
                let before = deeds[..answers.len()].iter().rposition(hears);
                let deed = before.unwrap_or(answers.len().saturating_sub(1));
                told.came_again(deeds[deed].does == CRY, answers.get_mut(deed), &said);
            }
        }
        told.answered = answers.len() + told.nothing_changed;
        told
    }

    fn came_again(&mut self, help: bool, before: Option<&mut Instant>, said: &Said) {
        let before = before.expect("something was said to somebody who had not said anything");
        let copies = (*before, said.instant);
        *before = said.instant;
        if help {
            self.help_again.push(copies);
        } else {
            self.again.push(copies);
        }
    }
}

/// Everything that she did was answered.
pub(super) fn was_answered(parent: &Parent) {
    let heard = parent.heard();
    for deed in deeds_of(parent.id) {
        assert!(
            heard.iter().any(|said| said.text.contains(deed.hears)),
            "{} was never answered:\n{}",
            deed.does,
            parent.transcript()
        );
    }
}

/// What is stored about her is what one of her deeds makes of it, as a whole.
pub(super) fn is_whole(row: &Subscriber, now: DateTime<Utc>) {
    let set = settings(row);
    let deeds = deeds_of(row.chat.0);
    assert!(
        deeds.iter().any(|deed| deed.sets == set),
        "half-changed: {set}"
    );
    let next = due::next(row, now);
    assert_eq!(row.next, next, "the next note does not fit: {set}");
}

/// What is stored about her is what her last deed made of it.
pub(super) fn is_as_she_left_it(row: &Subscriber, now: DateTime<Utc>) {
    is_whole(row, now);
    let last = deeds_of(row.chat.0).iter().rev();
    let last = last.map(|deed| deed.sets).find(|sets| !sets.is_empty());
    assert_eq!(Some(settings(row).as_str()), last);
}

/// What a parent can set, in one line.
fn settings(row: &Subscriber) -> String {
    let pools: Vec<_> = row
        .pools
        .iter()
        .map(|pool| match pool {
            Pool::Affirmations => "affirmations",
            Pool::Practices => "practices",
        })
        .collect();
    let sound = if row.sound { "rings" } else { "silent" };
    let standing = match row.standing {
        Standing::Active => "on",
        Standing::PausedUntil(_) | Standing::Paused => "paused",
        Standing::Stopped => "off",
    };
    let expression = row.schedule.expression();
    format!("{expression}, {}, {sound}, {standing}", pools.join(" and "))
}
