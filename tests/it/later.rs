//! What a parent can do with a note that came: later, not for me, fewer, a pause; and what follows from silence.

use chrono::{DateTime, Duration, Utc};
use slowbloom::{
    content::Content,
    domain::{Language, Pool, rotation, subscriber::Standing},
    sandbox::{Action, Parent, Said},
};

use crate::support::world::World;

const LA: &str = "America/Los_Angeles";

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The callback data of a button under a message.
fn data_of(said: &Said, label: &str) -> String {
    let mut buttons = said.keyboard.iter().flatten();
    let button = buttons.find(|button| button.label == label).unwrap();
    match &button.action {
        Action::Callback(data) => data.clone(),
        _ => panic!("{label} is no tap"),
    }
}

fn latest(parent: &Parent) -> Said {
    parent.heard().last().unwrap().clone()
}

/// What the note says, without its footer.
fn body(said: &Said) -> String {
    let lines: Vec<&str> = said.text.split("\n\n").collect();
    lines[..lines.len() - 1].join("\n\n")
}

/// Parents on the Tuesday on which the first notes have just come.
async fn tuesday_ten(typed: &[&[&str]]) -> (World, Vec<Parent>) {
    let world = World::new().await;
    let parents = world.parents_who_typed(typed).await;
    world.lives_until(moment("2027-03-09T18:00:00Z")).await;
    (world, parents)
}

#[tokio::test(flavor = "multi_thread")]
async fn another_time_moves_this_note_only() {
    let (world, parents) = tuesday_ten(&[&[], &[], &[], &["/days Tue"]]).await;
    let choices = ["In an hour", "This evening", "Tomorrow", "Tomorrow"];
    for parent in &parents {
        parent.taps("Another time").unwrap();
    }
    world.answered().await;
    for (parent, choice) in parents.iter().zip(choices) {
        parent.taps(choice).unwrap();
    }
    world.answered().await;
    world.lives_until(moment("2027-03-12T06:00:00Z")).await;
    let diaries: Vec<String> = parents
        .iter()
        .map(|parent| world.diary(parent, LA).join(", "))
        .collect();
    expect_test::expect![[r"
        Tue 03-09 10:00, Tue 03-09 11:00, Wed 03-10 10:00, Thu 03-11 10:00
        Tue 03-09 10:00, Tue 03-09 19:00, Wed 03-10 10:00, Thu 03-11 10:00
        Tue 03-09 10:00, Wed 03-10 10:00, Thu 03-11 10:00
        Tue 03-09 10:00, Wed 03-10 10:00"]]
    .assert_eq(&diaries.join("\n"));
    for parent in &parents {
        let notes: Vec<String> = world.notes_of(parent).iter().map(body).collect();
        assert_eq!(notes[0], notes[1], "the same note comes again");
        assert!(
            notes.get(2).is_none_or(|third| *third != notes[0]),
            "and then another one"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn this_evening_is_tomorrow_when_the_evening_has_come() {
    let world = World::new().await;
    let parents = world.parents_who_typed(&[&["/time 18:30"]]).await;
    world.at(LA, "2027-03-08T18:30:00").await;
    world.taps(&parents[0], "Another time").await;
    world.at(LA, "2027-03-08T19:10:00").await;
    world.taps(&parents[0], "This evening").await;
    assert!(
        world
            .last_to(&parents[0])
            .contains("Tuesday, March 9 at 6:30 pm"),
        "{}",
        world.last_to(&parents[0])
    );
    world.lives_until(moment("2027-03-11T05:00:00Z")).await;
    let diary = world.diary(&parents[0], LA);
    assert_eq!(
        diary,
        ["Mon 03-08 18:30", "Tue 03-09 18:30", "Wed 03-10 18:30"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn this_evening_is_not_offered_when_the_evening_has_come() {
    let world = World::new().await;
    let parents = world.parents_who_typed(&[&["/time 20:30"]]).await;
    world.at(LA, "2027-03-08T20:30:00").await;
    world.taps(&parents[0], "Another time").await;
    let asked = parents[0].transcript();
    assert!(asked.contains("[In an hour] [Tomorrow]"), "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn moved_twice_from_two_phones_it_comes_once() {
    let (world, parents) = tuesday_ten(&[&[]]).await;
    let mia = &parents[0];
    let note = latest(mia);
    world.taps(mia, "Another time").await;
    let asked = latest(mia);
    for choice in ["In an hour", "In an hour", "This evening", "In an hour"] {
        mia.taps_data(note.message_id, &data_of(&asked, choice));
    }
    world.answered().await;
    world.lives_until(moment("2027-03-10T06:00:00Z")).await;
    assert_eq!(world.diary(mia, LA), ["Tue 03-09 10:00", "Tue 03-09 11:00"]);

    // It has come. The old buttons, which another phone may still show, are stale now.
    let before = world.row(mia).await;
    for choice in ["In an hour", "Tomorrow"] {
        mia.taps_data(note.message_id, &data_of(&asked, choice));
        world.answered().await;
        let said = world.last_to(mia);
        assert!(said.starts_with("That note has moved on."), "{said}");
    }
    assert_eq!(world.row(mia).await.unwrap().next, before.unwrap().next);
    world.lives_until(moment("2027-03-10T20:00:00Z")).await;
    assert_eq!(world.diary(mia, LA)[2..], ["Wed 03-10 10:00"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_under_yesterdays_note_moves_nothing() {
    let (world, parents) = tuesday_ten(&[&[]]).await;
    let mia = &parents[0];
    let tuesday = latest(mia);
    world.lives_until(moment("2027-03-10T18:00:00Z")).await;
    mia.taps_on(tuesday.message_id, "Another time").unwrap();
    world.answered().await;
    world.taps(mia, "In an hour").await;
    let said = world.last_to(mia);
    assert!(said.starts_with("That note has moved on."), "{said}");
    assert_eq!(
        world.next_note(mia).await.as_deref(),
        Some("Thu 2027-03-11 10:00")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn not_for_me_and_it_never_comes_again() {
    let (world, parents) = tuesday_ten(&[&[], &[]]).await;
    let (mia, lea) = (&parents[0], &parents[1]);
    // lea first asks for it again in an hour, and then on her other phone says that it is not for her.
    let note = latest(lea);
    world.taps(lea, "Another time").await;
    world.taps(lea, "In an hour").await;
    lea.taps_data(note.message_id, &data_of(&note, "Not for me"));
    world.answered().await;
    let row = world.row(lea).await.unwrap();
    assert_eq!(row.carried, None);
    world.lives_until(moment("2027-03-09T19:30:00Z")).await;
    let notes = world.notes_of(lea);
    assert_eq!(notes.len(), 2, "something else comes at that hour");
    assert_ne!(body(&notes[0]), body(&notes[1]));

    world.taps(mia, "Not for me").await;
    assert!(
        world.last_to(mia).starts_with("Thank you for telling me."),
        "{}",
        world.last_to(mia)
    );
    assert_eq!(world.row(mia).await.unwrap().history.retired.len(), 1);
    let stood = world.row(mia).await.unwrap();
    for made_up in [
        "1:retire:no_such_note",
        "1:move:no_such_note:1800000000:h",
        "1:move:common:8210266876799:h",
        "1:move:common:-8334601228800:h",
    ] {
        mia.taps_data(1, made_up);
        world.answered().await;
    }
    assert_eq!(
        world.row(mia).await.unwrap(),
        stood,
        "what a forged button makes up is not kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn when_all_are_set_aside_none_comes() {
    let (world, parents) = tuesday_ten(&[&[]]).await;
    let mia = &parents[0];
    let content = Content::built_in().unwrap();
    let all = content.texts(Language::En).notes.of(Pool::Affirmations);
    let mut row = world.row(mia).await.unwrap();
    row.history.retired = all.map(|note| note.id.clone()).collect();
    row.history
        .retired
        .retain(|id| !row.history.came.contains_key(id.as_str()));
    world.store.save(&row).await.unwrap();
    world.taps(mia, "Not for me").await;
    assert!(
        world.last_to(mia).starts_with("That was the last one"),
        "{}",
        world.last_to(mia)
    );
    let before = world.messages_to(mia);
    world.lives_until(moment("2027-03-13T06:00:00Z")).await;
    assert_eq!(world.messages_to(mia), before);
    assert_eq!(
        world.next_note(mia).await.as_deref(),
        Some("Sat 2027-03-13 10:00"),
        "her schedule goes on, for when she changes what she gets"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_or_a_pause() {
    let (world, parents) = tuesday_ten(&[&[], &[], &[]]).await;
    let choices = ["Three notes a week", "One note a week", "3 days"];
    for parent in &parents {
        parent.taps("Fewer or pause").unwrap();
    }
    world.answered().await;
    for (parent, choice) in parents.iter().zip(choices) {
        parent.taps(choice).unwrap();
    }
    world.answered().await;
    world.lives_until(moment("2027-03-16T06:00:00Z")).await;
    let diaries: Vec<String> = parents
        .iter()
        .map(|parent| world.diary(parent, LA).join(", "))
        .collect();
    expect_test::expect![[r"
        Tue 03-09 10:00, Wed 03-10 10:00, Fri 03-12 10:00, Mon 03-15 10:00
        Tue 03-09 10:00, Mon 03-15 10:00
        Tue 03-09 10:00, Sat 03-13 10:00, Sun 03-14 10:00, Mon 03-15 10:00"]]
    .assert_eq(&diaries.join("\n"));
}

/// Her row as it is when every note of her pool has come.
async fn has_seen_all(world: &World, parent: &Parent) {
    let content = Content::built_in().unwrap();
    let mut row = world.row(parent).await.unwrap();
    for note in content.texts(Language::En).notes.of(Pool::Affirmations) {
        row.history = rotation::seen(row.history, &note.id);
    }
    world.store.save(&row).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_pool_and_ten_weeks_she_is_asked_once_whether_to_go_on() {
    let world = World::new().await;
    let parents = world.parents_who_typed(&[&[], &[], &[]]).await;
    let (silent, answers, new) = (&parents[0], &parents[1], &parents[2]);
    Box::pin(has_seen_all(&world, silent)).await;
    Box::pin(has_seen_all(&world, answers)).await;
    world.jump_to(moment("2027-05-16T20:00:00Z")).await;
    world.lives_until(moment("2027-05-17T20:00:00Z")).await;
    let question = "You have had notes for a while now.";
    for parent in [silent, answers] {
        assert!(world.last_to(parent).starts_with(question));
        assert_eq!(world.diary(parent, LA), [""; 0], "in the note's place");
    }
    assert_eq!(world.diary(new, LA), ["Mon 05-17 10:00"]);
    world.taps(answers, "Yes, go on").await;
    assert!(
        world
            .last_to(answers)
            .starts_with("All right. Your notes go on.")
    );
    world.lives_until(moment("2027-05-19T20:00:00Z")).await;
    for parent in [silent, answers] {
        assert_eq!(
            world.diary(parent, LA),
            ["Tue 05-18 10:00", "Wed 05-19 10:00"],
            "asked once, and without an answer they go on"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_ninety_days_there_is_one_notice_and_a_week_later_nothing_is_left() {
    let world = World::new().await;
    let parents = world
        .parents_who_typed(&[&[], &[], &["/pause", "[Until I resume]"]])
        .await;
    let (silent, keeps, paused) = (&parents[0], &parents[1], &parents[2]);
    world.jump_to(moment("2027-06-05T20:00:00Z")).await;
    world.lives_until(moment("2027-06-06T20:00:00Z")).await;
    for parent in &parents {
        let said = world.last_to(parent);
        assert!(said.starts_with("You have not been here"), "{said}");
    }
    let said = silent.heard().len();
    world.taps(keeps, "Keep my notes").await;
    assert_eq!(
        world.next_note(keeps).await.as_deref(),
        Some("Mon 2027-06-07 10:00")
    );
    world.lives_until(moment("2027-06-08T20:00:00Z")).await;
    assert_eq!(world.diary(keeps, LA).len(), 2);
    assert_eq!(silent.heard().len(), said, "nothing comes after the notice");

    world.later(Duration::days(7)).await;
    world.erased(silent).await;
    world.erased(paused).await;
    let row = world.row(keeps).await.unwrap();
    assert_eq!((row.standing, row.erase_at), (Standing::Active, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn words_typed_after_the_notice_are_told_that_everything_stays() {
    let world = World::new().await;
    let parents = world
        .parents_who_typed(&[
            &[],
            &["/language es"],
            &["/pause", "[Until I resume]"],
            &[],
            &[],
        ])
        .await;
    world.jump_to(moment("2027-06-05T20:00:00Z")).await;
    world.lives_until(moment("2027-06-06T20:00:00Z")).await;
    for (parent, typed, said) in [
        (
            &parents[0],
            "yes please keep them",
            "All right. Your notes go on.",
        ),
        (&parents[1], "sí, por favor", "Está bien. Tus notas siguen."),
        (&parents[2], "yes", "All right. Nothing was erased."),
        (
            &parents[3],
            "I feel numb when I hold my baby",
            "All right. Your notes go on.",
        ),
        (&parents[4], "no, erase it", "Nothing is erased yet."),
    ] {
        world.says(parent, typed).await;
        let told = world.last_to(parent);
        assert!(told.starts_with(said), "{typed}: {told}");
        assert_eq!(world.row(parent).await.unwrap().erase_at, None, "{typed}");
    }
}
