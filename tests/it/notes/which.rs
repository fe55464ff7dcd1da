//! Which note comes, and on which days.

use chrono::{DateTime, Utc};
use slowbloom::{
    content::Content,
    domain::{Language, NoteId, Pool, rotation},
    sandbox::{Action, Parent, Said},
};

use crate::support::world::World;

const LA: &str = "America/Los_Angeles";

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The name of the note that was sent: its button *not for me* carries it.
fn name(note: &Said) -> NoteId {
    let mut buttons = note.keyboard.iter().flatten();
    let name = buttons.find_map(|button| match &button.action {
        Action::Callback(data) => data.strip_prefix("1:retire:").map(NoteId::new),
        _ => None,
    });
    name.unwrap().unwrap()
}

fn pool(pool: Pool) -> Vec<NoteId> {
    let content = Content::built_in().unwrap();
    let notes = content.texts(Language::En).notes.of(pool);
    notes.map(|note| note.id.clone()).collect()
}

fn names(world: &World, parent: &Parent) -> Vec<NoteId> {
    world.notes_of(parent).iter().map(name).collect()
}

/// Her row as it is when all of `notes` have come, in this order.
async fn has_had(world: &World, parent: &Parent, notes: &[NoteId]) {
    let mut row = world.row(parent).await.unwrap();
    for note in notes {
        row.history = rotation::seen(row.history, note);
    }
    world.store.save(&row).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn none_comes_again_before_all_have_come_whatever_restarts() {
    let mut world = World::new().await;
    let parents = world.parents_who_typed(&[&[], &[]]).await;
    let (mia, lea) = (&parents[0], &parents[1]);
    let all = pool(Pool::Affirmations);
    let (had, new) = all.split_at(all.len() - 4);
    for parent in [mia, lea] {
        has_had(&world, parent, had).await;
    }
    world.lives_until(moment("2027-03-10T20:00:00Z")).await;
    world.restarts().await;
    world.lives_until(moment("2027-03-14T20:00:00Z")).await;
    for parent in [mia, lea] {
        let names = names(&world, parent);
        assert_eq!(names.len(), 6);
        let mut first: Vec<_> = names[..4].to_vec();
        first.sort();
        let mut expected = new.to_vec();
        expected.sort();
        assert_eq!(first, expected, "the four that she had not had");
        assert_eq!(names[4..], had[..2], "then those that are longest ago");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn practices_mix_in_when_she_asked_for_them() {
    let world = World::new().await;
    let parents = world.parents_who_typed(&[&["/settings"]]).await;
    let mia = &parents[0];
    world.taps(mia, "What I get").await;
    world
        .taps(mia, "Affirmations and gentle practice reminders")
        .await;
    world.lives_until(moment("2027-03-14T20:00:00Z")).await;
    let practices = pool(Pool::Practices);
    let mix: Vec<&str> = names(&world, mia)
        .iter()
        .map(|name| if practices.contains(name) { "p" } else { "a" })
        .collect();
    assert_eq!(mix, ["a", "a", "p", "a", "a", "p"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn three_a_week_weekly_and_days_of_her_own() {
    let world = World::new().await;
    let plans: [&[&str]; 5] = [
        &["/settings"],
        &["/settings"],
        &["/days weekdays"],
        &["/days weekends", "/time 11"],
        &["/days Tue Thu"],
    ];
    let parents = world.parents_who_typed(&plans).await;
    for (parent, plan) in parents
        .iter()
        .zip(["Three notes a week", "One note a week"])
    {
        world.taps(parent, "What I get").await;
        world.taps(parent, plan).await;
    }
    world.lives_until(moment("2027-03-22T20:00:00Z")).await;
    let diaries: Vec<String> = parents
        .iter()
        .map(|parent| world.diary(parent, LA).join(", "))
        .collect();
    expect_test::expect![[r"
        Wed 03-10 10:00, Fri 03-12 10:00, Mon 03-15 10:00, Wed 03-17 10:00, Fri 03-19 10:00, Mon 03-22 10:00
        Mon 03-15 10:00, Mon 03-22 10:00
        Tue 03-09 10:00, Wed 03-10 10:00, Thu 03-11 10:00, Fri 03-12 10:00, Mon 03-15 10:00, Tue 03-16 10:00, Wed 03-17 10:00, Thu 03-18 10:00, Fri 03-19 10:00, Mon 03-22 10:00
        Sat 03-13 11:00, Sun 03-14 11:00, Sat 03-20 11:00, Sun 03-21 11:00
        Tue 03-09 10:00, Thu 03-11 10:00, Tue 03-16 10:00, Thu 03-18 10:00"]].assert_eq(&diaries.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_rings_only_when_she_asked_for_sound() {
    let world = World::new().await;
    let parents = world.parents_who_typed(&[&["/settings"], &[]]).await;
    world.taps(&parents[0], "Ring when a note comes").await;
    world.lives_until(moment("2027-03-09T20:00:00Z")).await;
    let silent = |parent| world.notes_of(parent).iter().map(|n| n.silent).collect();
    let (rings, silent): (Vec<bool>, Vec<bool>) = (silent(&parents[0]), silent(&parents[1]));
    assert_eq!((rings, silent), (vec![false], vec![true]));
}

/// A practice that needs an alert parent does not come at night, at an hour that she chose herself.
#[tokio::test(flavor = "multi_thread")]
async fn at_night_no_note_comes_that_is_for_the_day() {
    let world = World::new().await;
    let times: [&[&str]; 2] = [&["/time 3:30", "/settings"], &["/settings"]];
    let parents = world.parents_who_typed(&times).await;
    let (practices, content) = (pool(Pool::Practices), Content::built_in().unwrap());
    let notes = &content.texts(Language::En).notes;
    let (by_day, by_night): (Vec<NoteId>, Vec<NoteId>) = practices
        .iter()
        .cloned()
        .partition(|id| notes.get(id).unwrap().is_for_daytime());
    assert!(!by_day.is_empty());
    for parent in &parents {
        world.taps(parent, "What I get").await;
        world
            .taps(parent, "Affirmations and gentle practice reminders")
            .await;
        has_had(&world, parent, &by_night).await;
    }
    world.lives_until(moment("2027-03-11T20:00:00Z")).await;
    let comes = |names: Vec<NoteId>| names.iter().any(|name| by_day.contains(name));
    assert!(!comes(names(&world, &parents[0])), "at night");
    assert!(comes(names(&world, &parents[1])), "by day");
}
