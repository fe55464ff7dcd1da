//! Every setting, by buttons and typed; nothing is lost by what cannot be read.

use chrono::Duration;
use expect_test::expect;
use slowbloom::{
    domain::{Country, Language, subscriber::Standing},
    sandbox::Parent,
};

use crate::support::{crowd::subscriber, world::World};

async fn english(world: &World) -> Parent {
    subscriber(world, 21, "en").await
}

/// The settings as she reads them, without footer and buttons.
async fn screen(world: &World, parent: &Parent) -> String {
    world.says(parent, "/settings").await;
    let text = world.last_to(parent);
    text.split("\n\n").next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_on_one_screen() {
    let world = World::new().await;
    let mia = english(&world).await;
    let luz = subscriber(&world, 22, "es").await;
    expect![[r"
        Your settings
        What you get: A daily affirmation
        Days: every day
        Time: 10:00 am
        Time zone: US Pacific: California, Washington, Oregon, Nevada (it is 10:24 am there now)
        Help lines for: United States
        Language: English
        Notes come silently
        Next note: Tuesday, March 9 at 10:00 am"]]
    .assert_eq(&screen(&world, &mia).await);
    expect![[r"
        Tus ajustes
        Qué recibes: Una afirmación al día
        Días: todos los días
        Hora: 10:00
        Zona horaria: Pacífico de EE. UU.: California, Washington, Oregón, Nevada (hora actual: 10:24)
        Líneas de ayuda de: Estados Unidos
        Idioma: español
        Las notas llegan en silencio
        Próxima nota: martes 9 de marzo a las 10:00"]].assert_eq(&screen(&world, &luz).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_setting_changes_by_buttons() {
    let world = World::new().await;
    let mia = english(&world).await;
    world.says(&mia, "/settings").await;
    let steps: [&[&str]; 8] = [
        &["Time", "7:00 pm"],
        &["Days", "weekends"],
        &["What I get", "Affirmations and gentle practice reminders"],
        &[
            "Time zone",
            "No",
            "1:24 pm",
            "US Eastern: New York, Florida, Georgia",
        ],
        &["Country", "Ireland"],
        &["Ring when a note comes"],
        &["Pause", "Until I resume"],
        &["Settings", "Language", "Español"],
    ];
    for label in steps.concat() {
        world.taps(&mia, label).await;
    }
    expect![[r#"
        Tus ajustes
        Qué recibes: Afirmaciones y prácticas suaves
        Días: todos los días
        Hora: 19:00
        Zona horaria: Este de EE. UU.: Nueva York, Florida, Georgia (hora actual: 13:24)
        Líneas de ayuda de: Irlanda
        Idioma: español
        Las notas suenan
        Tus notas están en pausa hasta que las reanudes."#]]
    .assert_eq(&screen(&world, &mia).await);
    let row = world.row(&mia).await.unwrap();
    assert_eq!(row.country, Country::from_code("IE").unwrap());
    assert_eq!(row.language, Language::Es);
    assert!(row.sound);
    assert_eq!(row.standing, Standing::Paused);
    // One message to begin with and one for the last /settings: the rest was said in place.
    assert_eq!(world.messages_to(&mia), 2, "{}", mia.transcript());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_can_be_typed_wherever_it_is_asked_for() {
    let world = World::new().await;
    let mia = english(&world).await;
    world.says(&mia, "/time").await;
    world.says(&mia, "25:99").await;
    expect![[r"
        I can’t read that as a time of day. Try something like 8:30, 20h or 8 pm. Nothing was changed.

        Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis"]].assert_eq(&world.last_to(&mia));
    assert_eq!(
        world.next_note(&mia).await.as_deref(),
        Some("Tue 2027-03-09 10:00")
    );
    world.says(&mia, "quarter to nine").await;
    assert_eq!(
        world.next_note(&mia).await.as_deref(),
        Some("Tue 2027-03-09 08:45")
    );
    world.says(&mia, "/time").await;
    world.taps(&mia, "Another time").await;
    world.says(&mia, "8 pm").await;
    assert_eq!(
        world.next_note(&mia).await.as_deref(),
        Some("Mon 2027-03-08 20:00")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sentence_is_never_taken_for_a_bad_time() {
    let world = World::new().await;
    let mia = english(&world).await;
    world.says(&mia, "/time").await;
    world
        .says(&mia, "the two of us sat by the window today")
        .await;
    assert!(
        world.last_to(&mia).starts_with("I’m a simple bot"),
        "{}",
        world.last_to(&mia)
    );
    world.says(&mia, "8 pm").await;
    assert!(
        world.last_to(&mia).starts_with("Saved."),
        "the question still stands"
    );
    world.says(&mia, "/time").await;
    world.later(Duration::days(3)).await;
    world.says(&mia, "hello").await;
    assert!(
        world.last_to(&mia).starts_with("I’m a simple bot"),
        "days later it is no answer any more: {}",
        world.last_to(&mia)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_ends_a_question() {
    let world = World::new().await;
    let mia = english(&world).await;
    world.says(&mia, "/time").await;
    world.taps(&mia, "Back").await;
    world.says(&mia, "8 pm").await;
    assert!(world.last_to(&mia).starts_with("I’m a simple bot"));
    assert_eq!(
        world.next_note(&mia).await.as_deref(),
        Some("Tue 2027-03-09 10:00")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_ends_by_itself_or_when_she_says_so() {
    let world = World::new().await;
    let mia = english(&world).await;
    world.says(&mia, "/pause").await;
    world.taps(&mia, "3 days").await;
    assert!(
        world
            .last_to(&mia)
            .starts_with("Paused. Your next note comes on Friday, March 12 at 10:00 am."),
        "{}",
        world.last_to(&mia)
    );
    assert_eq!(world.next_note_comes(&mia).await, "Fri 2027-03-12 10:00");
    world.says(&mia, "/pause").await;
    world.taps(&mia, "Until I resume").await;
    let said = world.messages_to(&mia);
    world.later(Duration::days(40)).await;
    assert_eq!(world.messages_to(&mia), said, "no note while paused");
    world.taps(&mia, "Notes on again").await;
    assert_eq!(
        world.next_note(&mia).await.as_deref(),
        Some("Thu 2027-04-22 10:00")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_of_notes_is_so_after_stopping() {
    let world = World::new().await;
    let mia = english(&world).await;
    world.says(&mia, "/pause").await;
    world.says(&mia, "/stop").await;
    assert_eq!(world.next_note(&mia).await, None);
    world.taps(&mia, "1 day").await;
    let said = world.last_to(&mia);
    assert!(
        said.contains("Your notes are off") && !said.contains("Paused"),
        "{said}"
    );
    world.says(&mia, "/time 9").await;
    let said = world.last_to(&mia);
    assert!(
        said.contains("Time: 9:00 am") && said.contains("Your notes are off"),
        "{said}"
    );
    assert!(!said.contains("Next note"), "{said}");
    world.taps(&mia, "Notes on again").await;
    assert_eq!(
        world.next_note(&mia).await.as_deref(),
        Some("Tue 2027-03-09 09:00")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_notes_are_two_taps_from_a_note_and_can_be_undone() {
    let world = World::new().await;
    let mia = english(&world).await;
    world.next_note_comes(&mia).await;
    world.taps(&mia, "Fewer or pause").await;
    world.taps(&mia, "Three notes a week").await;
    assert!(world.last_to(&mia).contains("Three notes a week"));
    assert_eq!(
        world.next_note(&mia).await.as_deref(),
        Some("Wed 2027-03-10 10:00")
    );
    world.taps(&mia, "What I get").await;
    world.taps(&mia, "A daily affirmation").await;
    assert!(world.last_to(&mia).contains("Days: every day"));
}

#[tokio::test(flavor = "multi_thread")]
async fn on_her_own_days_it_says_what_comes_and_when() {
    let world = World::new().await;
    let mia = english(&world).await;
    world.says(&mia, "/days tue thu").await;
    let said = world.last_to(&mia);
    assert!(
        said.contains("What you get: Affirmations\n") && said.contains("Days: Tuesday, Thursday"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_ring_only_when_she_says_so() {
    let world = World::new().await;
    let mia = english(&world).await;
    world.next_note_comes(&mia).await;
    assert!(mia.heard().last().unwrap().silent);
    world.says(&mia, "/settings").await;
    world.taps(&mia, "Ring when a note comes").await;
    world.next_note_comes(&mia).await;
    assert!(!mia.heard().last().unwrap().silent);
    world.says(&mia, "/settings").await;
    world.taps(&mia, "Come silently").await;
    world.next_note_comes(&mia).await;
    assert!(mia.heard().last().unwrap().silent);
}

#[tokio::test(flavor = "multi_thread")]
async fn her_language_is_hers_whatever_her_phone_speaks() {
    let world = World::new().await;
    let mia = english(&world).await;
    mia.speaks("es");
    world.says(&mia, "/signs").await;
    assert!(world.last_to(&mia).starts_with("Signs You May"));
    world.says(&mia, "/idioma español").await;
    world.says(&mia, "/signs").await;
    assert!(world.last_to(&mia).starts_with("Señales de que"));
}
