//! What an outcome means for the letter that met it. Pure.

use std::time::Duration;

use super::{
    compose::{Dress, Form, is_edit},
    letter::{Class, Delivery, Letter},
};
use crate::domain::{ChatId, Gone, Outcome};

/// How long no answer and no note is tried after Telegram refused the token, or said that another program runs.
const UNAUTHORIZED_PAUSE: Duration = Duration::from_secs(5);

/// How long a crisis reply waits then: what was said to one chat's request may be no word about the whole bot.
const HELP_UNAUTHORIZED_PAUSE: Duration = Duration::from_secs(1);

/// How long a crisis reply that Telegram refuses even without markup and buttons waits for its next try: from, to. Twice as
/// long each time, as whoever does not want it now may take it a little later.
const REFUSED_HELP: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// For so long it is tried: 124 requests. What was refused for an hour will be refused.
const REFUSED_HELP_FOR: Duration = Duration::from_hours(1);

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
    /// How often a crisis reply was refused in its barest form, and for how long it has waited since the first time.
    pub(super) refusals: u32,
    pub(super) refused_for: Duration,
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
    /// Every answer and note must wait for `rest`; this letter, if it is a crisis reply, for `help`.
    RestWaits {
        /// How long answers and notes wait.
        rest: Duration,
        /// How long a crisis reply waits.
        help: Duration,
    },
}

impl Verdict {
    /// Whether the letter is tried again, but not at once.
    pub(super) fn takes_long(&self) -> bool {
        match self {
            Self::Settled(_) => false,
            Self::Again(wait) | Self::ChatWaits(wait) => !wait.is_zero(),
            Self::RestWaits { .. } => true,
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
        // She wrote a moment ago, so that there is a chat.
        Outcome::Gone(Gone::NotFound) if letter.class == Class::Crisis => {
            insist(attempts, Delivery::Gone(Gone::NotFound))
        }
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
        Outcome::BadMarkup | Outcome::TooLong | Outcome::Stale | Outcome::Refused
            if letter.class == Class::Crisis =>
        {
            insist(attempts, Delivery::Refused)
        }
        Outcome::BadMarkup | Outcome::TooLong | Outcome::Stale | Outcome::Refused => {
            Verdict::Settled(Delivery::Refused)
        }
        Outcome::Unauthorized | Outcome::Conflict => Verdict::RestWaits {
            rest: UNAUTHORIZED_PAUSE,
            help: HELP_UNAUTHORIZED_PAUSE,
        },
    }
}

/// A crisis reply that Telegram refuses as it is may still pass without its markup and buttons, or a little later: some
/// refusals are a passing trouble of Telegram's, and whose end it is nobody can tell from its words.
fn insist(attempts: &mut Attempts, in_the_end: Delivery) -> Verdict {
    if attempts.form.dress != Dress::Bare {
        attempts.form.dress = Dress::Bare;
        return Verdict::Again(Duration::ZERO);
    }
    if attempts.refused_for >= REFUSED_HELP_FOR {
        return Verdict::Settled(in_the_end);
    }
    let (first, longest) = REFUSED_HELP;
    let wait = (first * 2_u32.saturating_pow(attempts.refusals.min(8))).min(longest);
    attempts.refusals += 1;
    attempts.refused_for += wait;
    Verdict::Again(wait)
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
        domain::{Country, Language},
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
            (Class::Answer, NEW, &[Refused], Delivery::Refused),
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
            (Class::Crisis, NEW, &[BadMarkup, BadMarkup], at_once()),
            (Class::Crisis, NEW, &[TooLong, TooLong], at_once()),
            (Class::Crisis, EDIT, &[Stale, Stale], at_once()),
            (
                Class::Note,
                NEW,
                &[Unauthorized],
                Verdict::RestWaits {
                    rest: UNAUTHORIZED_PAUSE,
                    help: HELP_UNAUTHORIZED_PAUSE,
                },
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
    fn a_crisis_reply_that_is_refused_in_every_form_is_tried_for_an_hour() {
        use Outcome::{BadMarkup, Refused, TooLong};
        for refusal in [Refused, BadMarkup, TooLong, Outcome::Gone(Gone::NotFound)] {
            let letter = letter(Class::Crisis, Place::New);
            let mut attempts = Attempts::default();
            let mut waits = Vec::new();
            while let Verdict::Again(wait) = judge(&letter, &mut attempts, &refusal) {
                waits.push(wait);
            }
            assert_eq!(attempts.form.dress, Dress::Bare, "{refusal:?}");
            waits.retain(|wait| !wait.is_zero());
            let seconds: Vec<_> = waits.iter().map(Duration::as_secs).collect();
            assert_eq!(seconds[..7], [1, 2, 4, 8, 16, 30, 30]);
            let all: u64 = seconds.iter().sum();
            assert!((3600..3630).contains(&all), "{all} s");
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
