//! A database that a newer program has written, with a zone that this one does not know: everybody else is as before,
//! and she loses nothing, is helped, and has a way out.

use super::*;

const NEWER_RULES: &str = "2099z";
const NEW_ZONE: &str = "Mars/Olympus_Mons";
/// What the log says about it.
const SENTENCE: &str = "time zones that this version does not know";

/// What stands in the row with that zone, and how often it was written.
async fn row(database: &mut SqliteConnection) -> String {
    let all = "SELECT zone || ' ' || revision || ' ' || due_at || ' ' || slot_wall || ' ' || standing \
        FROM subscribers WHERE zone = $1";
    let row = sqlx::query_scalar(all).bind(NEW_ZONE);
    row.fetch_one(database).await.unwrap()
}

async fn says(update: &Update, parent: &Parent, text: &str) -> String {
    parent.says(text);
    hears(update, parent).await
}

async fn taps(update: &Update, parent: &Parent, label: &str) -> String {
    parent.taps(label).unwrap();
    hears(update, parent).await
}

async fn hears(update: &Update, parent: &Parent) -> String {
    let said = parent.next_bot_message().await.unwrap().text;
    update.program.telegram.all_confirmed().await.unwrap();
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zone_that_only_a_newer_program_knows_costs_nobody_anything() {
    let mut update = Update::new(None).await;
    let moment = (update.program.clock.now() + TimeDelta::seconds(4)).trunc_subsecs(0);
    // On a planet where the clock shows something else at that moment.
    let luz = update.parent(2, moment, TimeDelta::minutes(-7)).await;
    let mut database = SqliteConnection::connect(&update.program.database())
        .await
        .unwrap();
    let moved = sqlx::query("UPDATE subscribers SET zone = $1, country = 'GB'").bind(NEW_ZONE);
    moved.execute(&mut database).await.unwrap();
    update.store.set_fact(FACT, NEWER_RULES).await.unwrap();
    let before = row(&mut database).await;
    let mut others = Vec::new();
    for id in 3..6 {
        // One after the other, so that it looks for what is due several times.
        let moment = moment + TimeDelta::seconds(2 * id);
        others.push((update.parent(id, moment, TimeDelta::zero()).await, moment));
    }
    update.program.starts();
    for (parent, moment) in &others {
        let at = update.note_of(parent).await;
        assert!(
            (*moment..*moment + LATE).contains(&at),
            "{at}, not {moment}"
        );
    }
    update.is_through().await;
    assert_eq!(row(&mut database).await, before, "left as it is");
    assert_eq!(luz.heard().len(), 0, "nobody knows when her note is due");
    let log = update.program.log();
    assert_eq!(log.matches(SENTENCE).count(), 1, "{log}");
    assert!(!log.contains("Mars") && !log.contains("ERROR"), "{log}");

    let reply = says(&update, &luz, "I want to die").await;
    assert!(reply.contains("116 123"), "her country’s lines: {reply}");
    let held = row(&mut database).await;
    assert!(
        held.starts_with(NEW_ZONE) && held.ends_with("paused"),
        "{held}"
    );
    let settings = says(&update, &luz, "/settings").await;
    assert!(settings.contains("Olympus Mons"), "{settings}");
    assert!(!settings.contains("Next note"), "{settings}");
    taps(&update, &luz, "Time zone").await;
    taps(&update, &luz, "Type my city").await;
    says(&update, &luz, "Berlin").await;
    let mended = taps(&update, &luz, "Yes").await;
    assert!(mended.contains("Next note"), "{mended}");
    let row = update.store.subscriber(ChatId(luz.id)).await;
    let row = row.unwrap().unwrap();
    assert_eq!(row.zone.name(), "Europe/Berlin");
    assert!(due::is_by_these_rules(&row) && row.next.is_some());
    let log = update.program.log();
    assert!(!log.contains("ERROR"), "{log}");
}
