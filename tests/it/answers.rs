//! What counts as an answer: yes and no in words, the words of a button; and what never does: thanks, a laugh, words after
//! a care reply or a note.

use slowbloom::{domain::Language, sandbox::Parent};

use crate::support::{crowd::subscriber, world::World};

/// What each language says and is told.
struct Words {
    language: &'static str,
    agree: &'static str,
    clock: &'static str,
    pick_clock: &'static str,
    when: &'static str,
    fallback: &'static str,
    thanks: [&'static str; 2],
    night: [&'static str; 2],
    laugh: &'static str,
    emergency: &'static str,
    concern: &'static str,
    meant_else: &'static str,
    back: &'static str,
    yes: &'static str,
    help: &'static str,
}

const ENGLISH: Words = Words {
    language: "en",
    agree: "Yes, I’m 18+ and I agree",
    clock: "Is it 10:24 am where you are?",
    pick_clock: "What does your clock say now?",
    when: "When would you like your note?",
    fallback: "I’m a simple bot",
    thanks: ["thank you", "You’re welcome."],
    night: ["good night", "Good night."],
    laugh: "lol",
    emergency: "I want to die",
    concern: "i can't cope",
    meant_else: "I meant something else",
    back: "Back",
    yes: "yes please",
    help: "Crisis help",
};

const SPANISH: Words = Words {
    language: "es",
    agree: "Sí, tengo 18+ y acepto",
    clock: "¿Tu reloj marca 10:24?",
    pick_clock: "¿Qué hora marca tu reloj?",
    when: "¿A qué hora te gustaría recibir tu nota?",
    fallback: "Soy un bot sencillo.",
    thanks: ["gracias", "De nada."],
    night: ["buenas noches", "Buenas noches."],
    laugh: "jaja",
    emergency: "quiero morirme",
    concern: "no puedo más",
    meant_else: "Quise decir otra cosa",
    back: "Volver",
    yes: "sí",
    help: "Ayuda en crisis",
};

async fn in_set_up(world: &World, id: i64, words: &Words) -> Parent {
    let parent = world.telegram.parent(id, "mia", words.language);
    world.says(&parent, "/start").await;
    world.taps(&parent, words.agree).await;
    says(world, &parent, words.clock);
    parent
}

fn says(world: &World, parent: &Parent, words: &str) {
    let said = world.last_to(parent);
    assert!(said.contains(words), "“{words}” is not in:\n{said}");
}

async fn gets(world: &World, parent: &Parent, typed: &str, answer: &str) {
    world.says(parent, typed).await;
    let said = world.last_to(parent);
    assert!(
        said.contains(answer),
        "{typed} → “{answer}” is not in:\n{said}"
    );
}

fn labels(parent: &Parent) -> Vec<String> {
    let said = parent.heard().pop().unwrap();
    said.labels()
        .concat()
        .into_iter()
        .map(str::to_owned)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_care_reply_closes_the_open_question_and_its_button_leads_back_to_it() {
    let world = World::new().await;
    for (id, words) in [(31, &ENGLISH), (41, &SPANISH)] {
        for (id, called, back) in [
            (id, words.emergency, words.meant_else),
            (id + 1, words.concern, words.back),
        ] {
            let parent = in_set_up(&world, id, words).await;
            world.says(&parent, called).await;
            let before = world.row(&parent).await.unwrap();
            assert_eq!(before.awaiting, None, "{called}");
            for typed in [words.laugh, "Denver", "8"] {
                gets(&world, &parent, typed, words.fallback).await;
            }
            world.says(&parent, called).await;
            let after = world.row(&parent).await.unwrap();
            assert_eq!((after.zone, after.schedule), (before.zone, before.schedule));

            let parent = in_set_up(&world, id + 2, words).await;
            world.says(&parent, called).await;
            world.taps(&parent, back).await;
            says(&world, &parent, words.clock);
            gets(&world, &parent, words.yes, words.when).await;
            world.says(&parent, called).await;
            world.taps(&parent, back).await;
            says(&world, &parent, words.when);
            world.says(&parent, "20h").await;
            let time = world.row(&parent).await.unwrap().schedule.time();
            assert_eq!(time.hour(), 20, "the question is open again");
            world.telegram.forget_breaches();
            world.says(&parent, "/delete").await;
            let erase = ["Yes, erase everything", "Sí, borrar todo"];
            world
                .taps(&parent, erase[usize::from(words.language == "es")])
                .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_she_types_after_a_note_is_no_answer_to_an_older_question() {
    for (id, words, typed) in [
        (31, &ENGLISH, "that was lovely"),
        (32, &SPANISH, "qué bonito"),
    ] {
        let world = World::new().await;
        let parent = in_set_up(&world, id, words).await;
        world.next_note_comes(&parent).await;
        gets(&world, &parent, typed, words.fallback).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thanks_good_night_and_laughter_are_no_place_and_no_time() {
    let world = World::new().await;
    for (id, words) in [(31, &ENGLISH), (32, &SPANISH)] {
        let parent = in_set_up(&world, id, words).await;
        for step in [words.clock, words.when] {
            for [typed, answer] in [
                words.thanks,
                words.night,
                [words.laugh, words.fallback],
                ["hola", "bot"],
                ["hello", "bot"],
            ] {
                gets(&world, &parent, typed, answer).await;
            }
            world.says(&parent, words.laugh).await;
            world.taps(&parent, words.back).await;
            says(&world, &parent, step);
            if step == words.clock {
                gets(&world, &parent, words.yes, words.when).await;
            }
        }
        gets(&world, &parent, words.yes, words.when).await;
        gets(&world, &parent, "no", words.when).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_yes_or_no_to_the_clock_is_as_the_tap() {
    let world = World::new().await;
    for (id, words) in [(31, &ENGLISH), (41, &SPANISH)] {
        let parent = in_set_up(&world, id, words).await;
        gets(&world, &parent, "no", words.pick_clock).await;
        // There is nothing to say yes to; so the question comes again, and nothing is set.
        gets(&world, &parent, words.yes, words.clock).await;
        gets(&world, &parent, "Tokyo", "2").await;
        gets(&world, &parent, words.yes, words.when).await;
        let zone = world.row(&parent).await.unwrap().zone;
        assert_eq!(zone.name(), "Asia/Tokyo", "yes to the city that was asked");
        // The same in the settings.
        world.says(&parent, "/timezone").await;
        gets(&world, &parent, "Lima", "Lima").await;
        gets(&world, &parent, "no", words.pick_clock).await;
        gets(&world, &parent, "Lima", "Lima").await;
        world.says(&parent, words.yes).await;
        let row = world.row(&parent).await.unwrap();
        assert_eq!(row.zone.name(), "America/Lima");
        assert_eq!(row.awaiting, None);
        assert_eq!(row.language, Language::from_tag(words.language));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_a_button_are_read_like_a_tap() {
    let world = World::new().await;
    let mia = in_set_up(&world, 31, &ENGLISH).await;
    for (typed, answer) in [
        ("type my city", "Type your city"),
        ("Go by my clock", ENGLISH.pick_clock),
        ("skip this", ENGLISH.when),
        ("Another time", "Type the time that suits you"),
        ("7 pm", "What would you like?"),
        ("One note a week", "All set."),
        ("what I get", "What would you like?"),
        ("Three notes a week", "All set."),
        ("support options", "Support"),
        ("Practices", "skin"),
        ("all I can do", "/signs"),
        ("Stop notes", "30 days"),
        ("erase my data", "Erase it?"),
        ("no, keep it", "Nothing was erased."),
    ] {
        world.says(&mia, typed).await;
        let said = world.last_to(&mia);
        // Which practice comes hangs on the key of this world.
        let is_note = typed == "Practices" && mia.transcript().contains("[Another one]");
        assert!(is_note || said.contains(answer), "{typed}: {said}");
    }
    let luz = in_set_up(&world, 32, &SPANISH).await;
    for (typed, answer) in [
        ("escribir mi ciudad", "Escribe tu ciudad"),
        ("saltar esto", SPANISH.when),
        ("otra hora", "Escribe la hora"),
        ("las 8", "¿Qué te gustaría recibir?"),
        ("una nota por semana", "Todo listo."),
        ("pausa", "¿Por cuánto tiempo?"),
        ("/pausa", "¿Por cuánto tiempo?"),
        ("7 días", "En pausa."),
        ("reanudar las notas", "Tus ajustes"),
    ] {
        gets(&world, &luz, typed, answer).await;
    }
    let sam = world.telegram.parent(33, "sam", "en");
    world.says(&sam, "/start").await;
    gets(&world, &sam, "yes", "Are you 18").await;
    assert!(world.row(&sam).await.is_none(), "to agree takes a tap");
    gets(&world, &sam, "no", "Here is what I can show you").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_yes_to_erasing_leads_to_the_tap() {
    let world = World::new().await;
    for (id, language, typed, not_yet, [yes, no], kept) in [
        (
            31,
            "en",
            ["yes", "yes please", "erase it", "Yes, erase everything"],
            "Nothing is erased yet.",
            ["Yes, erase everything", "No, keep it"],
            "Nothing was erased.",
        ),
        (
            32,
            "es",
            ["sí", "si por favor", "bórralo", "Sí, borrar todo"],
            "Todavía no se borró nada.",
            ["Sí, borrar todo", "No, conservarlo"],
            "No borré nada.",
        ),
    ] {
        let parent = subscriber(&world, id, language).await;
        world.says(&parent, "/delete").await;
        for typed in typed {
            gets(&world, &parent, typed, not_yet).await;
            assert_eq!(labels(&parent)[..2], [yes, no]);
        }
        gets(&world, &parent, "borrar", "?").await;
        gets(&world, &parent, "no", kept).await;
        let words = if language == "en" { &ENGLISH } else { &SPANISH };
        gets(&world, &parent, words.yes, words.fallback).await;
        world.says(&parent, "/delete").await;
        world.says(&parent, typed[0]).await;
        world.taps(&parent, yes).await;
        assert!(world.row(&parent).await.is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_loss_thanks_are_met_without_signs_or_practices() {
    let world = World::new().await;
    for (id, words, loss) in [
        (31, &ENGLISH, "my baby died last week"),
        (32, &SPANISH, "mi bebé murió la semana pasada"),
    ] {
        let parent = subscriber(&world, id, words.language).await;
        world.says(&parent, loss).await;
        for [typed, answer] in [words.thanks, words.night, [words.laugh, words.fallback]] {
            gets(&world, &parent, typed, answer).await;
            let labels = labels(&parent);
            assert_eq!(labels.len(), 2, "{labels:?}");
            assert_eq!(labels[1], words.help);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_command_is_answered_in_her_own_language() {
    let world = World::new().await;
    let luz = subscriber(&world, 31, "es").await;
    gets(&world, &luz, "/mydata", SPANISH.fallback).await;
    let mia = subscriber(&world, 32, "en").await;
    gets(&world, &mia, "/misdatos", ENGLISH.fallback).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn own_days_say_what_comes_on_them() {
    let world = World::new().await;
    for (id, language, only, with) in [
        (
            31,
            "en",
            "What you get: Affirmations\n",
            "What you get: Affirmations and gentle practice reminders\n",
        ),
        (
            32,
            "es",
            "Qué recibes: Afirmaciones\n",
            "Qué recibes: Afirmaciones y prácticas suaves\n",
        ),
    ] {
        let parent = subscriber(&world, id, language).await;
        gets(&world, &parent, "/days weekdays", only).await;
        let practices = with.trim_end().split(": ").nth(1).unwrap();
        world.says(&parent, practices).await;
        gets(&world, &parent, "/days weekdays", with).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_countries_has_a_way_to_help() {
    let world = World::new().await;
    for (id, words, others) in [
        (31, &ENGLISH, "Other countries"),
        (32, &SPANISH, "Otros países"),
    ] {
        let parent = world.telegram.parent(id, "mia", words.language);
        world.says(&parent, "/crisis").await;
        world.taps(&parent, others).await;
        assert_eq!(labels(&parent).last().unwrap(), words.help);
    }
}
