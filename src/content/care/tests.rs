use super::*;
use crate::{content::crisis::numbers::numbers_in, domain::Country};

mod words;

fn care() -> Care {
    let folder = Folder::built_in();
    let directory = Directory::load(&folder).unwrap_or_else(|problems| panic!("{problems}"));
    Care::load(&folder, Arc::new(directory)).unwrap_or_else(|problems| panic!("{problems}"))
}

fn voice(country: &str, language: Language) -> Voice {
    let country = Country::from_code(country).unwrap();
    Voice { language, country }
}

const US: &str = "us";

/// Every reply there is, for every country, language, turn and set of inserts.
fn every_reply(mut look: impl FnMut(Voice, &str)) {
    let care = care();
    for lines in care.directory.countries() {
        for language in Language::ALL {
            let voice = Voice {
                language,
                country: lines.country(),
            };
            for set in 0..1_usize << Insert::ALL.len() {
                let in_set = |bit: &usize| set & (1 << bit) != 0;
                let inserts: Vec<Insert> = (0..Insert::ALL.len())
                    .filter(in_set)
                    .map(|bit| Insert::ALL[bit])
                    .collect();
                look(voice, &care.emergency(voice, &inserts, set, set % 2 == 0));
            }
            for turn in 0..6 {
                look(voice, &care.concern(voice, turn));
                look(voice, &care.scary(voice, turn));
                look(voice, &care.loss(voice, turn, turn % 2 == 0));
            }
        }
    }
}

#[test]
fn every_reply_says_danger_then_crisis_then_support_and_only_own_numbers() {
    let care = care();
    let mut seen = 0;
    every_reply(|voice, reply| {
        let lines = care.directory.get(voice.country);
        assert_eq!(
            lines.check_body(voice.language, reply),
            Ok(()),
            "{voice:?}: {reply}"
        );
        seen += 1;
    });
    assert_eq!(seen, 12 * 2 * (64 + 18));
}

#[test]
fn no_number_crosses_a_border() {
    // What only one country says: none of it may be said in another.
    let only = [
        ("us", "741741"),
        ("us", "988"),
        ("gb", "116 123"),
        ("in", "14416"),
        ("mx", "800 911 2000"),
        ("es", "024"),
    ];
    every_reply(|voice, reply| {
        for (country, number) in only {
            let shared = matches!(
                (number, voice.country.code()),
                ("988", "CA") | ("116 123", "IE")
            );
            if voice.country != Country::from_code(country).unwrap() && !shared {
                let normal = number.replace(' ', "");
                assert!(
                    numbers_in(reply).iter().all(|found| found.number != normal),
                    "{voice:?}: {reply}"
                );
            }
        }
    });
}

/// SAFETY A3-A7, B9-B12: words that no reply may hold.
#[test]
fn no_reply_orders_scolds_promises_or_names_a_means() {
    let never = [
        "should",
        "must",
        "at least",
        "cheer up",
        "everything will be",
        "is normal",
        "you are safe",
        "you would never",
        "won’t act",
        "you’re not going to",
        "understand how you feel",
        "monitor",
        "check on you",
        "here for you",
        "secret",
        "in trouble",
        "committed",
        "pills",
        "gun",
        "knife",
        "24/7",
        "/hide",
        "/discreet",
        "/mydata",
        "?!",
        "!",
        "deberías",
        "debes",
        "tienes que calmarte",
        "todo va a estar",
        "todo estará bien",
        "es normal",
        "estás a salvo y",
        "nunca lo harías",
        "entiendo cómo",
        "secreto",
        "en problemas",
        "pastillas",
        "/ocultar",
        "/discreto",
        "/misdatos",
    ];
    every_reply(|voice, reply| {
        // A condition, not a promise.
        let text = reply.to_lowercase().replace("if you are safe", "");
        for word in never {
            assert!(!text.contains(word), "{voice:?}: “{word}” in {reply}");
        }
        // B11: nothing asks what no human will read.
        let questions = text.matches('?').count();
        assert!(questions <= 1, "{voice:?}: {reply}");
    });
}

#[test]
fn an_emergency_reply_has_every_duty() {
    let care = care();
    let us = voice(US, Language::En);
    for turn in 0..10 {
        let reply = care.emergency(us, &[], turn, false);
        let mut lines = reply.lines();
        // B1
        let first = lines.next().unwrap();
        assert!(
            first.to_lowercase().contains("thank you")
                && first.contains("I’m a bot. No one else sees this chat")
        );
        // B2: in the first four lines, without a button.
        let top: Vec<&str> = reply.lines().take(4).collect();
        assert!(top[2].contains("911") && top[3].contains("988"), "{reply}");
        // B3, B4, B5, B6
        for duty in [
            "Free, day and night",
            "Can’t talk out loud? Text 988",
            "Ask someone to come and stay with you",
            "Move away from anything you could use",
            "Put your baby in a safe place, like the crib",
        ] {
            assert!(reply.contains(duty), "{duty}: {reply}");
        }
    }
}

#[test]
fn who_writes_again_reads_another_first_line_and_the_same_numbers() {
    let care = care();
    for lines in care.directory.countries() {
        for language in Language::ALL {
            let voice = Voice {
                language,
                country: lines.country(),
            };
            let replies: [&dyn Fn(usize) -> String; 4] = [
                &|turn| care.emergency(voice, &[Insert::Violence], turn, true),
                &|turn| care.concern(voice, turn),
                &|turn| care.scary(voice, turn),
                &|turn| care.loss(voice, turn, true),
            ];
            for reply in replies {
                let numbers = |text: &str| {
                    numbers_in(text)
                        .into_iter()
                        .map(|found| found.number)
                        .collect::<Vec<_>>()
                };
                let first = reply(0);
                for turn in 1..5 {
                    let again = reply(turn);
                    assert_ne!(first.lines().next(), again.lines().next());
                    assert_eq!(numbers(&first), numbers(&again));
                }
                assert!(!reply(usize::MAX).is_empty());
            }
        }
    }
}

#[test]
fn at_most_two_inserts_the_gravest_and_none_that_lays_down_a_baby_who_may_not_breathe() {
    let care = care();
    let us = voice(US, Language::En);
    let has = |reply: &str, insert: Insert| {
        let mark = match insert {
            Insert::Medical => "They will tell you what to do while help comes",
            Insert::Baby => "If you might hurt your baby",
            Insert::Psychosis => "are a medical emergency",
            Insert::Violence => "If someone is hurting you",
            Insert::Other => "If it is someone you love",
            Insert::OwnLife => return false,
        };
        reply.contains(mark)
    };
    let shown = |inserts: &[Insert]| -> Vec<Insert> {
        let reply = care.emergency(us, inserts, 0, false);
        Insert::ALL
            .into_iter()
            .filter(|insert| has(&reply, *insert))
            .collect()
    };
    assert_eq!(shown(&[]), []);
    for one in &Insert::ALL[..5] {
        assert_eq!(shown(&[*one]), [*one]);
    }
    assert_eq!(
        shown(&[Insert::Other, Insert::Violence, Insert::Baby]),
        [Insert::Baby, Insert::Violence]
    );
    assert_eq!(
        shown(&[Insert::Violence, Insert::Violence]),
        [Insert::Violence]
    );
    assert_eq!(shown(&[Insert::Baby, Insert::Medical]), [Insert::Medical]);
    assert!(
        !care
            .emergency(us, &[Insert::Medical], 0, false)
            .contains("crib")
    );
    assert!(
        care.emergency(us, &[Insert::Medical], 0, false)
            .starts_with("Call 911 now.")
    );
}

#[test]
fn what_is_said_about_notes_is_true() {
    let care = care();
    for (language, held, stopped, erase) in [
        (Language::En, "three days", "stopped all notes", "/delete"),
        (
            Language::Es,
            "tres días",
            "detuve todas las notas",
            "/borrar",
        ),
    ] {
        let us = voice(US, language);
        assert!(care.emergency(us, &[], 0, true).contains(held));
        assert!(!care.emergency(us, &[], 0, false).contains(held));
        let (known, unknown) = (care.loss(us, 0, true), care.loss(us, 0, false));
        assert!(known.contains(stopped) && known.contains(erase));
        assert!(!unknown.contains(stopped) && !unknown.contains(erase));
    }
}

#[test]
fn who_is_hurt_reads_her_line_first_and_no_reproach() {
    let care = care();
    for (language, line, crib, reproach) in [
        (
            Language::En,
            "If someone is hurting you, it is not your fault. Domestic Violence Hotline",
            "Put your baby in a safe place",
            "or someone else",
        ),
        (
            Language::Es,
            "Si alguien te lastima, no es tu culpa. Línea",
            "Deja a tu bebé en un lugar seguro",
            "lastimar a alguien",
        ),
    ] {
        let voice = voice(US, language);
        for with in [&[Insert::Violence][..], &[Insert::Violence, Insert::Other]] {
            let said = care.emergency(voice, with, 0, false);
            let at = |words: &str| {
                said.find(words)
                    .unwrap_or_else(|| panic!("{words}: {said}"))
            };
            assert!(at("988") < at(line) && at(line) < at(crib), "{said}");
            assert!(!said.contains(reproach), "{said}");
        }
        // Whoever speaks of hurting the baby or herself is told what to do about it, as before.
        for with in [Insert::Baby, Insert::OwnLife] {
            let said = care.emergency(voice, &[with, Insert::Violence], 0, false);
            assert!(said.contains(reproach), "{said}");
        }
    }
}

#[test]
fn violence_names_the_line_of_the_country_or_its_danger_number() {
    let care = care();
    let insert =
        |country| care.emergency(voice(country, Language::En), &[Insert::Violence], 0, false);
    assert!(insert(US).contains("+1 800-799-7233"));
    assert!(insert("au").contains("1800 737 732"));
    assert!(insert("in").contains("181"));
    assert!(
        insert("gb").contains("not your fault. In danger: call 999. If they may check this phone")
    );
}

#[test]
fn broken_replies_are_refused() {
    let cases = [
        (
            "{in_danger}, or {in_crisis}.\n\n{talk}",
            "{talk}\n\n{in_danger}, or {in_crisis}.",
            "the concern reply for US: a support line stands above",
        ),
        (
            "{danger} now, or {in_crisis}, if",
            "{danger} now, if",
            "names no crisis line",
        ),
        (
            "If you think you might hurt yourself, {in_danger}, or {in_crisis}. ",
            "",
            "the loss reply for US: does not say what to do in danger",
        ),
        (
            "\"I am so sorry.\",",
            "",
            "openings.loss: only 4 first lines",
        ),
        (
            "\"That sounds heavy.\"",
            "\"Call 1-800-273-8255.\"",
            "write 988",
        ),
        (
            "\"That sounds heavy.\"",
            "\"That <u>sounds</u> heavy.\"",
            "openings.concern",
        ),
        ("loud? {text_instead}", "loud? {text}", "{text}"),
        (
            "any_time = \"Tap /crisis any time.\"",
            "any_time = \"\"",
            "emergency.any_time: this is empty",
        ),
        ("reviewed = \"\"\n", "", "“reviewed” is missing"),
        (
            "Put your baby in a safe place",
            "Call 116 123. Put your baby in a safe place",
            "116123 is not a number",
        ),
    ];
    let folder = Folder::built_in();
    let directory = Arc::new(Directory::load(&folder).unwrap());
    let text = folder.text("en/care.toml").unwrap().to_owned();
    for (from, to, what) in cases {
        assert!(text.contains(from), "nothing to break: {from}");
        let copy = folder
            .clone()
            .with("en/care.toml", text.replacen(from, to, 1));
        let told = Care::load(&copy, Arc::clone(&directory))
            .map(drop)
            .unwrap_err()
            .to_string();
        assert!(
            told.contains("messages/en/care.toml") && told.contains(what),
            "{from} -> {to}: {told}"
        );
    }
}
