//! What an outcome means for the letter that met it. Pure.

use std::time::Duration;

use super::{
    compose::{Dress, Form, is_edit},
    letter::{Class, Delivery, Letter},
};
use crate::domain::{ChatId, Outcome};

/// How long nothing is tried after Telegram refused the token.
const UNAUTHORIZED_PAUSE: Duration = Duration::from_secs(5);

/// How long a letter that may have arrived waits for its second and last try: the longer, the likelier is whatever broke
/// the connection over. A parent waits for an answer, nobody for a note.
const LAST_TRY_OF_A_NOTE: Duration = Duration::from_secs(5);
const LAST_TRY_OF_AN_ANSWER: Duration = Duration::from_millis(1500);

/// What is known from earlier attempts at one letter.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Attempts {
    /// Failures in a row that call for back-off.
    pub(super) failures: u32,
    /// Whether an attempt broke off after it was written.
    pub(super) ambiguous: bool,
    /// How the letter is put the next time.
    pub(super) form: Form,
}

/// What happens to the letter next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing more.
    Settled(Delivery),
    /// It is tried again after this long.
    Again(Duration),
    /// Its chat must wait.
    ChatWaits(Duration),
    /// Everything must wait.
    AllWait(Duration),
}

impl Verdict {
    /// Whether the letter is tried again, but not at once.
    pub(super) fn takes_long(&self) -> bool {
        match self {
            Self::Settled(_) => false,
            Self::Again(wait) | Self::ChatWaits(wait) | Self::AllWait(wait) => !wait.is_zero(),
        }
    }
}

/// Decides, and notes in `attempts` what the next attempt must know.
pub(super) fn judge(letter: &Letter, attempts: &mut Attempts, outcome: &Outcome) -> Verdict {
    let edit = is_edit(letter, attempts.form);
    match outcome {
        Outcome::Accepted { message_id } => Verdict::Settled(Delivery::Delivered {
            message_id: match (letter.place, message_id) {
                // “Not modified” names no message: it is the one that was to be edited.
                (super::Place::Edit(edited), 0) if edit => edited,
                _ => *message_id,
            },
        }),
        Outcome::Gone(why) => Verdict::Settled(Delivery::Gone(*why)),
        Outcome::Wait(wait) => Verdict::ChatWaits(*wait),
        Outcome::Retry => again(letter, attempts),
        // An edit done twice is an edit done once; a crisis reply may come twice but not never.
        Outcome::Ambiguous if edit || letter.class == Class::Crisis => again(letter, attempts),
        Outcome::Ambiguous if attempts.ambiguous => Verdict::Settled(Delivery::Unknown),
        Outcome::Ambiguous => {
            attempts.ambiguous = true;
            Verdict::Again(match letter.class {
                Class::Note => LAST_TRY_OF_A_NOTE,
                Class::Answer | Class::Crisis => LAST_TRY_OF_AN_ANSWER,
            })
        }
        Outcome::BadMarkup if attempts.form.dress == Dress::Whole => {
            attempts.form.dress = Dress::Plain;
            Verdict::Again(Duration::ZERO)
        }
        Outcome::TooLong if !attempts.form.short => {
            attempts.form.short = true;
            Verdict::Again(Duration::ZERO)
        }
        Outcome::Stale if edit => {
            attempts.form.as_new = true;
            Verdict::Again(Duration::ZERO)
        }
        // A crisis reply that Telegram refuses as it is may still pass without its markup and buttons.
        Outcome::Refused if letter.class == Class::Crisis && attempts.form.dress != Dress::Bare => {
            attempts.form.dress = Dress::Bare;
            Verdict::Again(Duration::ZERO)
        }
        Outcome::BadMarkup | Outcome::TooLong | Outcome::Stale | Outcome::Refused => {
            Verdict::Settled(Delivery::Refused)
        }
        Outcome::Unauthorized | Outcome::Conflict => Verdict::AllWait(UNAUTHORIZED_PAUSE),
    }
}

fn again(letter: &Letter, attempts: &mut Attempts) -> Verdict {
    let wait = back_off(letter.class, letter.chat, attempts.failures);
    attempts.failures = attempts.failures.saturating_add(1);
    Verdict::Again(wait)
}

/// Doubles with every failure up to the class's longest, less up to a quarter by a hash of the chat,
/// so that a thousand chats that failed together do not come back together.
fn back_off(class: Class, chat: ChatId, failures: u32) -> Duration {
    let (first, longest) = match class {
        Class::Crisis => (100, 500),
        Class::Answer => (250, 5_000),
        Class::Note => (500, 30_000),
    };
    let doubled = 2_u64.saturating_pow(failures.min(16)) * first;
    let wait = doubled.min(longest);
    let spread = scatter(chat.0.cast_unsigned() ^ u64::from(failures)) % (wait / 4 + 1);
    Duration::from_millis(wait - spread)
}

/// A well-mixed number of a number (the finalizer of splitmix64).
fn scatter(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::{super::letter::Place, *};
    use crate::{
        content::{Keyboard, Message, Voice},
        domain::{Country, Gone, Language},
    };

    fn letter(class: Class, place: Place) -> Letter {
        let message = Message {
            voice: Voice {
                language: Language::En,
                country: Country::ELSEWHERE,
            },
            body: "x".into(),
            keyboard: Keyboard::None,
        };
        Letter {
            place,
            ..Letter::new(ChatId(1), class, message)
        }
    }

    /// The verdict on the last of these outcomes, met one after the other.
    fn last(class: Class, place: Place, outcomes: &[Outcome]) -> Verdict {
        let letter = letter(class, place);
        let mut attempts = Attempts::default();
        let verdicts = outcomes
            .iter()
            .map(|outcome| judge(&letter, &mut attempts, outcome));
        verdicts.last().expect("an outcome")
    }

    const NEW: Place = Place::New;
    const EDIT: Place = Place::Edit(5);

    #[test]
    fn what_settles_a_letter() {
        use Outcome::{Accepted, Ambiguous, BadMarkup, Refused, Retry, Stale, TooLong};
        let delivered = |message_id| Delivery::Delivered { message_id };
        let rows: &[(Class, Place, &[Outcome], Delivery)] = &[
            (
                Class::Note,
                NEW,
                &[Accepted { message_id: 7 }],
                delivered(7),
            ),
            (
                Class::Note,
                EDIT,
                &[Accepted { message_id: 0 }],
                delivered(5),
            ),
            (Class::Note, NEW, &[Ambiguous, Ambiguous], Delivery::Unknown),
            (
                Class::Note,
                NEW,
                &[Ambiguous, Retry, Ambiguous],
                Delivery::Unknown,
            ),
            (
                Class::Answer,
                NEW,
                &[Ambiguous, Ambiguous],
                Delivery::Unknown,
            ),
            (Class::Note, NEW, &[BadMarkup, BadMarkup], Delivery::Refused),
            (Class::Note, NEW, &[TooLong, TooLong], Delivery::Refused),
            (Class::Note, NEW, &[Stale], Delivery::Refused),
            (Class::Note, NEW, &[Refused], Delivery::Refused),
            (Class::Crisis, NEW, &[Refused, Refused], Delivery::Refused),
            (
                Class::Crisis,
                NEW,
                &[Outcome::Gone(Gone::Blocked)],
                Delivery::Gone(Gone::Blocked),
            ),
        ];
        for (class, place, outcomes, expected) in rows {
            let verdict = last(*class, *place, outcomes);
            assert_eq!(
                verdict,
                Verdict::Settled(*expected),
                "{class:?} {outcomes:?}"
            );
        }
    }

    #[test]
    fn what_keeps_a_letter_going() {
        use Outcome::{Ambiguous, BadMarkup, Refused, Stale, TooLong, Unauthorized, Wait};
        let at_once = || Verdict::Again(Duration::ZERO);
        let nine = Duration::from_secs(9);
        let rows: &[(Class, Place, &[Outcome], Verdict)] = &[
            (
                Class::Note,
                NEW,
                &[Ambiguous],
                Verdict::Again(LAST_TRY_OF_A_NOTE),
            ),
            (Class::Note, NEW, &[BadMarkup], at_once()),
            (Class::Note, NEW, &[TooLong], at_once()),
            (Class::Note, NEW, &[TooLong, BadMarkup], at_once()),
            (Class::Note, EDIT, &[Stale], at_once()),
            (Class::Crisis, NEW, &[Refused], at_once()),
            (Class::Note, NEW, &[Wait(nine)], Verdict::ChatWaits(nine)),
            (
                Class::Note,
                NEW,
                &[Unauthorized],
                Verdict::AllWait(UNAUTHORIZED_PAUSE),
            ),
        ];
        for (class, place, outcomes, expected) in rows {
            let verdict = last(*class, *place, outcomes);
            assert_eq!(verdict, *expected, "{class:?} {outcomes:?}");
        }
    }

    #[test]
    fn a_crisis_reply_and_an_edit_are_tried_until_they_are_accepted() {
        for letter in [
            letter(Class::Crisis, Place::New),
            letter(Class::Answer, Place::Edit(3)),
        ] {
            let mut attempts = Attempts::default();
            for _ in 0..50 {
                let verdict = judge(&letter, &mut attempts, &Outcome::Ambiguous);
                assert!(matches!(verdict, Verdict::Again(_)));
            }
        }
    }

    #[test]
    fn back_off_doubles_up_to_its_cap() {
        let wait = |class, failures| back_off(class, ChatId(3), failures).as_millis();
        assert!((375..=500).contains(&wait(Class::Note, 0)));
        assert!((750..=1000).contains(&wait(Class::Note, 1)));
        assert!((22_500..=30_000).contains(&wait(Class::Note, 40)));
        assert!(wait(Class::Answer, 40) <= 5_000);
        assert!(wait(Class::Crisis, 40) <= 500);
    }
}
