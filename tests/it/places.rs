//! Where she is: the clock on her wall, a city, a zone, a location shared once. Never taken without her word.

use expect_test::expect;
use slowbloom::{
    domain::{Country, subscriber::Subscriber},
    sandbox::{Attachment, Parent},
};

use crate::support::{
    crowd::{Agreed, subscriber, table, us},
    world::World,
};

const BUENOS_AIRES: Attachment = Attachment::Location {
    latitude: -34.6,
    longitude: -58.4,
};

/// In set-up, asked for a city.
async fn asked_for_a_city(world: &World, parent: &Parent) {
    world.says(parent, "/start").await;
    world.taps(parent, "Yes, I’m 18+ and I agree").await;
    world.taps(parent, "Type my city").await;
}

async fn row(world: &World, parent: &Parent) -> Subscriber {
    world.row(parent).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_on_her_wall_finds_the_zone_that_keeps_its_hour() {
    let world = World::new().await;
    let mia = world.mia();
    world.says(&mia, "/start").await;
    world.taps(&mia, "Yes, I’m 18+ and I agree").await;
    mia.news();
    world.taps(&mia, "No").await;
    world.taps(&mia, "11:24 am").await;
    expect![[r#"
        mia taps [No]
        bot (edited): What does your clock say now? The minutes don’t matter.

             Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
             [8:24 am] [9:24 am] [10:24 am]
             [11:24 am] [12:24 pm] [1:24 pm]
             [2:24 pm] [2:54 pm] [5:24 pm]
             [6:24 pm] [7:24 pm] [8:24 pm]
             [11:54 pm] [2:24 am] [3:09 am]
             [3:54 am] [4:24 am] [4:54 am]
             [5:24 am] [7:24 am] [8:09 am]
             [More times]
             [Type my city]
             [Skip this] [Crisis help]
        mia taps [11:24 am]
        bot (edited): Which of these is closest to you? Then your note keeps its hour when the clocks change.

             Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
             [British Columbia]
             [Arizona]
             [US Mountain: Colorado, Utah, New Mexico]
             [Yukon]
             [Sonora]
             [Sinaloa, Nayarit, Baja California Sur]
             [None of these] [Crisis help]"#]].assert_eq(&mia.news());
    world.taps(&mia, "Arizona").await;
    assert_eq!(row(&world, &mia).await.zone.name(), "America/Phoenix");
    assert!(
        world
            .last_to(&mia)
            .starts_with("When would you like your note?")
    );
    // Six days later California's clocks change and Arizona's do not.
    world.taps(&mia, "10:00 am").await;
    world.taps(&mia, "A daily affirmation").await;
    world.at("America/Phoenix", "2027-03-16T09:59:00").await;
    assert_eq!(world.next_note_comes(&mia).await, "Tue 2027-03-16 10:00");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_time_there_is_comes_on_request_with_the_day_where_two_days_show_it() {
    for (language, more, day, region) in [
        ("en", "More times", "Tuesday 7:24 am", "New Zealand"),
        ("es", "Más horas", "martes 7:24", "Nueva Zelanda"),
    ] {
        let world = World::new().await;
        let parent = subscriber(&world, 21, language).await;
        world.says(&parent, "/timezone").await;
        world.taps(&parent, "No").await;
        let count = |parent: &Parent| {
            let heard = parent.heard();
            heard.last().unwrap().keyboard.iter().flatten().count()
        };
        let usual = count(&parent);
        world.taps(&parent, more).await;
        assert!(usual < 27 && count(&parent) > usual + 8, "{usual}");
        let labels: Vec<String> = {
            let heard = parent.heard();
            let buttons = heard.last().unwrap().keyboard.iter().flatten();
            buttons.map(|button| button.label.clone()).collect()
        };
        let once: std::collections::HashSet<&String> = labels.iter().collect();
        assert_eq!(once.len(), labels.len(), "no label twice: {labels:?}");
        world.taps(&parent, day).await;
        world.taps(&parent, region).await;
        assert_eq!(row(&world, &parent).await.zone.name(), "Pacific/Auckland");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_typed_where_her_clock_was_asked_for_is_read_as_her_clock() {
    for (typed, region) in [
        ("7am", "New Zealand"),
        ("11 am", "Arizona"),
        ("1pm", "Peru"),
        ("1:40 pm", "Peru"),
    ] {
        let world = World::new().await;
        let mia = world.mia();
        world.says(&mia, "/start").await;
        world.taps(&mia, "Yes, I’m 18+ and I agree").await;
        world.taps(&mia, "No").await;
        world.says(&mia, typed).await;
        let said = world.last_to(&mia);
        assert!(
            said.starts_with("Which of these is closest to you?"),
            "{typed}: {said}"
        );
        world.taps(&mia, region).await;
        assert!(
            world
                .last_to(&mia)
                .starts_with("When would you like your note?")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_are_no_place_are_met_kindly_and_the_question_stays_open() {
    for (language, typed, said) in [
        ("en", "im so tired", "I did not find that, and that’s fine."),
        ("en", "lol", "I’m a simple bot"),
        ("es", "estoy cansada", "No encontré eso, y no pasa nada."),
        ("es", "jaja", "Soy un bot sencillo."),
    ] {
        let world = World::new().await;
        let parent = subscriber(&world, 21, language).await;
        world.says(&parent, "/timezone").await;
        world.says(&parent, typed).await;
        let answer = world.last_to(&parent);
        assert!(answer.starts_with(said), "{typed}: {answer}");
        world.says(&parent, "Lima").await;
        assert!(world.last_to(&parent).starts_with("Lima:"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn places_are_found_however_they_are_typed_and_typos_are_only_suggested() {
    let world = World::new().await;
    let typed = [
        "/timezone são paulo",
        "/timezone MEXICO CITY",
        "/timezone Ciudad de México",
        "/timezone sant diego",
        "/timezone los angles",
        "/timezone portland, maine",
        "/timezone Portland",
        "/timezone california",
        "/timezone i live near madrid",
        "/timezone europe/berlin",
        "/timezone UTC-5",
        "/timezone 3:24",
        "/timezone qqqq",
        "/timezone 🌵",
        "/timezone Mars/Olympus",
    ];
    expect![[r#"
        /timezone são paulo → São Paulo: is it 3:24 pm there now? [Yes, No | Crisis help]
        /timezone MEXICO CITY → Mexico City: is it 12:24 pm there now? [Yes, No | Crisis help]
        /timezone Ciudad de México → Mexico City: is it 12:24 pm there now? [Yes, No | Crisis help]
        /timezone sant diego → I did not find that, and that’s fine. Try the nearest big city, or tap one of these. [San Diego | None of these | Share my location once | Back, Crisis help]
        /timezone los angles → I did not find that, and that’s fine. Try the nearest big city, or tap one of these. [Los Angeles | None of these | Share my location once | Back, Crisis help]
        /timezone portland, maine → Portland, Maine: is it 1:24 pm there now? [Yes, No | Crisis help]
        /timezone Portland → I know a few places like that. Which one is yours? [Portland | Portland, Maine | None of these | Share my location once | Back, Crisis help]
        /timezone california → California: is it 10:24 am there now? [Yes, No | Crisis help]
        /timezone i live near madrid → Madrid: is it 7:24 pm there now? [Yes, No | Crisis help]
        /timezone europe/berlin → Germany: is it 7:24 pm there now? [Yes, No | Crisis help]
        /timezone UTC-5 → Which of these is closest to you? Then your note keeps its hour when the clocks change. [Manitoba | US Eastern: New York, Florida, Georgia | Ontario and Quebec | Cancún and Quintana Roo | Colombia | Peru | None of these | Share my location once | Back, Crisis help]
        /timezone 3:24 → Which of these is closest to you? Then your note keeps its hour when the clocks change. [Japan | South Korea | Chile | Paraguay | Argentina | Uruguay | Brazil: São Paulo, Rio, Brasília | None of these | Share my location once | Back, Crisis help]
        /timezone qqqq → I did not find that, and that’s fine. Try the nearest big city, or tap one of these. [Go by my clock | Share my location once | Back, Crisis help]
        /timezone 🌵 → I did not find that, and that’s fine. Try the nearest big city, or tap one of these. [Go by my clock | Share my location once | Back, Crisis help]
        /timezone Mars/Olympus → I did not find that, and that’s fine. Try the nearest big city, or tap one of these. [Go by my clock | Share my location once | Back, Crisis help]
    "#]].assert_eq(&table(&world, "en", Agreed::Yes, &typed).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_changes_until_she_says_yes() {
    let world = World::new().await;
    let mia = world.mia();
    asked_for_a_city(&world, &mia).await;
    world.says(&mia, "madird").await;
    world.says(&mia, "Atlantis").await;
    assert_eq!(row(&world, &mia).await.zone.name(), "America/Los_Angeles");
    world.says(&mia, "Madrid").await;
    assert!(
        world
            .last_to(&mia)
            .starts_with("Madrid: is it 7:24 pm there now?"),
        "{}",
        world.last_to(&mia)
    );
    assert_eq!(row(&world, &mia).await.zone.name(), "America/Los_Angeles");
    world.taps(&mia, "Yes").await;
    let after = row(&world, &mia).await;
    assert_eq!(after.zone.name(), "Europe/Madrid");
    assert_eq!(
        after.country,
        Country::from_code("ES").unwrap(),
        "the country follows the zone"
    );
    assert!(
        world.last_to(&mia).ends_with("/crisis") && world.last_to(&mia).contains("112"),
        "and with it the lines below each message: {}",
        world.last_to(&mia)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_country_is_never_guessed_from_the_language() {
    let world = World::new().await;
    let luz = world.telegram.parent(12, "luz", "es-MX");
    world.subscribes(&luz).await;
    assert_eq!(row(&world, &luz).await.country, us());
    world.says(&luz, "/idioma english").await;
    world.says(&luz, "/language español").await;
    assert_eq!(row(&world, &luz).await.country, us());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_country_she_chose_stays_when_the_zone_stays() {
    let world = World::new().await;
    let mia = subscriber(&world, 21, "en").await;
    world.says(&mia, "/country Canada").await;
    world.says(&mia, "/timezone").await;
    world.taps(&mia, "Yes").await;
    assert_eq!(
        row(&world, &mia).await.country,
        Country::from_code("CA").unwrap()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_location_is_looked_up_and_forgotten() {
    let world = World::new().await;
    let mia = world.mia();
    world.says(&mia, "/start").await;
    world.taps(&mia, "Yes, I’m 18+ and I agree").await;
    mia.news();
    world.taps(&mia, "Share my location once").await;
    mia.sends(BUENOS_AIRES);
    world.answered().await;
    world.taps(&mia, "Yes").await;
    expect![[r"
        mia taps [Share my location once]
        bot: Tap the key below to share your location once. I look up the time zone here, and keep only that.

             Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
             {Share my location}
             {Not now}
        mia: [location]
        bot: Thank you. I looked up the time zone, and did not keep the place.

             Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
             {keyboard removed}
        bot: Argentina: is it 3:24 pm there now?

             Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
             [Yes] [No]
             [Crisis help]
        mia taps [Yes]
        bot (edited): When would you like your note?

             Education only, not therapy. In danger or in crisis? Tap /crisis for free help in your country, day or night.
             [8:00 am] [10:00 am] [1:00 pm] [7:00 pm]
             [Another time]
             [Skip this] [Crisis help]"]].assert_eq(&mia.news());
    let after = row(&world, &mia).await;
    assert_eq!(after.zone.name(), "America/Argentina/Buenos_Aires");
    assert_eq!(
        after.country,
        Country::ELSEWHERE,
        "no lines of that country are known"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn not_now_puts_the_location_key_away_in_whatever_language_it_was_shown() {
    let world = World::new().await;
    let mia = subscriber(&world, 21, "en").await;
    world.says(&mia, "/timezone").await;
    world.taps(&mia, "Share my location once").await;
    world.says(&mia, "/language es").await;
    world.taps(&mia, "Not now").await;
    let news = mia.news();
    assert!(news.contains("{keyboard removed}"), "{news}");
    assert!(
        world.last_to(&mia).starts_with("¿Tu reloj marca 10:24"),
        "{news}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_without_a_zone_and_one_that_cannot_be() {
    let world = World::new().await;
    let mia = subscriber(&world, 21, "en").await;
    for (latitude, longitude) in [(0.0, -160.0), (91.0, 500.0)] {
        mia.sends(Attachment::Location {
            latitude,
            longitude,
        });
        world.answered().await;
        assert_eq!(row(&world, &mia).await.zone.name(), "America/Los_Angeles");
    }
    expect![[r"
        mia: [location]
        bot: I can’t find a time zone for that place. You can type a city instead.

             Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
             {keyboard removed}
        bot: Type your city, or the nearest big one. A time zone name works too, like America/New_York.

             Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
             [Share my location once]
             [Back] [Crisis help]
        mia: [location]
        bot: I can’t find a time zone for that place. You can type a city instead.

             Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
             {keyboard removed}
        bot: Type your city, or the nearest big one. A time zone name works too, like America/New_York.

             Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
             [Share my location once]
             [Back] [Crisis help]"]].assert_eq(&mia.news());
}

#[tokio::test(flavor = "multi_thread")]
async fn before_she_agrees_a_location_is_not_even_looked_at() {
    let world = World::new().await;
    let mia = world.mia();
    mia.sends(BUENOS_AIRES);
    world.answered().await;
    assert!(world.last_to(&mia).starts_with("There are no settings yet"));
    assert!(world.row(&mia).await.is_none());
}
