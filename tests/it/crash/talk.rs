//! What parents say and press while the program is killed, and what is stored about them after each of it.

use chrono::{DateTime, Utc};
use slowbloom::{
    domain::{Pool, Subscriber, due, subscriber::Standing},
    sandbox::Parent,
};

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

/// What she is told when the disk of a busy machine did not keep up; then she does it again.
const NOTHING_CHANGED: &str = "nothing was changed. Please try again";

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
        deed("/signs", "Signs You May Be", ""),
        deed(
            "/time 8:30 pm",
            "8:30 pm",
            "30 20 * * 1,3,5, affirmations and practices, silent, on",
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

/// One deed after the other, each when the one before was answered; how often she did something.
pub(super) async fn talks(parent: Parent) -> (Parent, usize) {
    let mut done = 0;
    for deed in deeds_of(parent.id) {
        does(&parent, deed.does);
        done += 1;
        // While the program is killed now and then, those at the end of a long line wait for the last start.
        let mut patience = 3;
        loop {
            match parent.next_bot_message().await {
                Ok(said) if said.text.contains(deed.hears) => break,
                Ok(said) if said.text.contains(NOTHING_CHANGED) => {
                    does(&parent, deed.does);
                    done += 1;
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
    (parent, done)
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
