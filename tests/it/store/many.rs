//! Many rows in one transaction, each treated as it would be alone.

use slowbloom::{
    domain::{ChatId, Subscriber},
    store::StoreError,
};

use super::{
    bench::{Bench, parent},
    on_both_engines,
};

on_both_engines!(
    those_who_are_new_are_stored_and_the_others_left_as_they_were,
    each_change_meets_its_own_row,
    a_row_that_makes_no_sense_holds_up_nobody,
);

async fn those_who_are_new_are_stored_and_the_others_left_as_they_were(bench: &Bench) {
    let rings = Subscriber {
        sound: true,
        ..parent(1)
    };
    assert!(bench.store.insert(&rings).await.unwrap());
    let rows = [parent(1), parent(2), parent(3), parent(2)];
    assert_eq!(bench.store.insert_all(&rows).await.unwrap(), 2);
    assert_eq!(bench.rows("subscribers").await, 3);
    assert!(bench.stored(1).await.sound);
    assert_ne!(
        bench.stored(2).await.revision,
        bench.stored(3).await.revision,
        "each begins at a revision of its own"
    );
    assert_eq!(bench.store.insert_all(&[]).await.unwrap(), 0);
}

async fn each_change_meets_its_own_row(bench: &Bench) {
    bench
        .store
        .insert_all(&[parent(1), parent(2)])
        .await
        .unwrap();
    let before = bench.stored(1).await.revision;
    let ring = |row: Subscriber| {
        let sound = row.chat == ChatId(1);
        sound.then_some(Subscriber { sound, ..row })
    };
    let mut changes = [1, 2, 3].map(|chat| (ChatId(chat), ring));
    let stands = bench.store.update_all(&mut changes).await.unwrap();
    let [one, two, three] = <[_; 3]>::try_from(stands).unwrap().map(Result::unwrap);
    assert_eq!(one, Some(bench.stored(1).await));
    assert_eq!(bench.stored(1).await.revision, before + 1);
    assert!(bench.stored(1).await.sound);
    assert_eq!(two, Some(bench.stored(2).await), "left as it was");
    assert!(!bench.stored(2).await.sound);
    assert_eq!(three, None, "there is no such row");
}

async fn a_row_that_makes_no_sense_holds_up_nobody(bench: &Bench) {
    bench.store.insert_all(&[parent(1)]).await.unwrap();
    bench.sql("UPDATE subscribers SET language = 'xx'").await;
    bench.store.insert_all(&[parent(2)]).await.unwrap();
    let ring = |row| Some(Subscriber { sound: true, ..row });
    let mut changes = [1, 2].map(|chat| (ChatId(chat), ring));
    let stands = bench.store.update_all(&mut changes).await.unwrap();
    assert!(matches!(
        stands.as_slice(),
        [Err(StoreError::Unreadable("language")), Ok(Some(_))]
    ));
    assert!(bench.stored(2).await.sound);
}
