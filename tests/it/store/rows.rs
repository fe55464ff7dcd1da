//! Her row: everything she set comes back as it was, nothing is lost to a race, and erased is erased.

use slowbloom::{
    domain::{
        ChatId, Country, Language, NoteId, Pool, Subscriber,
        schedule::Schedule,
        subscriber::{Awaiting, History, Silence, Slot, Standing},
        zone::Zone,
    },
    store::{Counts, Saved, StoreError},
};

use super::{
    bench::{Bench, minutes, now, parent},
    on_both_engines,
};

on_both_engines!(
    every_value_comes_back_as_it_was,
    a_second_insert_changes_nothing,
    a_write_on_an_old_revision_changes_nothing,
    a_write_for_an_erased_row_never_hits_its_successor,
    update_says_how_the_row_stands,
    racing_updates_lose_nothing,
    erasing_leaves_nothing,
    only_the_expired_are_erased,
    counts_tell_the_standings_apart,
    a_row_that_makes_no_sense_is_an_error_for_her_only,
    a_zone_that_only_newer_rules_know_stays_as_it_was_written,
    facts_are_kept,
);

fn variants() -> Vec<Subscriber> {
    let full = Subscriber {
        language: Language::Es,
        country: Country::EU,
        zone: Zone::new("Europe/Madrid").unwrap(),
        schedule: Schedule::parse("30 20 * * 1,3,5").unwrap(),
        pools: vec![Pool::Practices, Pool::Affirmations],
        sound: true,
        blocked_since: Some(now() - minutes(5)),
        consent_version: u16::MAX,
        consented_on: "2026-12-31".parse().unwrap(),
        last_active: "2027-02-28".parse().unwrap(),
        next: Some(Slot {
            due: now(),
            wall: "2027-03-01T08:00:00".parse().unwrap(),
        }),
        last_sent: Some(now() - minutes(1440)),
        carried: NoteId::new("small.step_1"),
        history: History {
            came: [("small.step_1".to_owned(), 2)].into(),
            retired: vec![NoteId::new("one").unwrap(), NoteId::new("two").unwrap()],
            sent: 7,
        },
        erase_at: Some(now() + minutes(43_200)),
        ..parent(1)
    };
    let standings = [
        Standing::Active,
        Standing::Paused,
        Standing::PausedUntil(now()),
        Standing::Stopped,
    ];
    let awaited = [
        None,
        Some(Awaiting::ZoneInSetup),
        Some(Awaiting::Zone),
        Some(Awaiting::TimeInSetup),
        Some(Awaiting::Time),
        Some(Awaiting::ClockInSetup(Zone::new("Asia/Tokyo").unwrap())),
        Some(Awaiting::Clock(Zone::kept("Mars/Olympus"))),
        Some(Awaiting::Erase),
    ];
    let silences = [Silence::Unasked, Silence::AskedToGoOn, Silence::Noticed];
    let mut all = vec![parent(1), full.clone()];
    all.extend(standings.map(|standing| Subscriber {
        standing,
        ..full.clone()
    }));
    all.extend(awaited.map(|awaiting| Subscriber {
        awaiting,
        ..full.clone()
    }));
    all.extend(silences.map(|silence| Subscriber {
        silence,
        ..full.clone()
    }));
    all
}

async fn every_value_comes_back_as_it_was(bench: &Bench) {
    assert!(bench.store.insert(&parent(2)).await.unwrap());
    for (chat, written) in (100..).zip(variants()) {
        // Once as a new row, once written over an old one.
        let chat = ChatId(chat);
        let new = Subscriber {
            chat,
            ..written.clone()
        };
        assert!(bench.store.insert(&new).await.unwrap());
        let read = bench.stored(chat.0).await;
        assert_eq!(
            read,
            Subscriber {
                revision: read.revision,
                ..new
            }
        );

        let revision = bench.stored(2).await.revision;
        let over = Subscriber {
            chat: ChatId(2),
            revision,
            ..written
        };
        assert_eq!(bench.store.save(&over).await.unwrap(), Saved::Done);
        let read = bench.stored(2).await;
        assert_eq!(
            read,
            Subscriber {
                revision: revision + 1,
                ..over
            }
        );
    }
}

async fn a_second_insert_changes_nothing(bench: &Bench) {
    assert!(bench.store.insert(&parent(1)).await.unwrap());
    let before = bench.stored(1).await;
    let other = Subscriber {
        sound: true,
        ..parent(1)
    };
    assert!(!bench.store.insert(&other).await.unwrap());
    assert_eq!(bench.stored(1).await, before);
}

async fn a_write_on_an_old_revision_changes_nothing(bench: &Bench) {
    bench.store.insert(&parent(1)).await.unwrap();
    let read = bench.stored(1).await;
    let first = Subscriber {
        sound: true,
        ..read.clone()
    };
    let second = Subscriber {
        language: Language::Es,
        ..read
    };
    assert_eq!(bench.store.save(&first).await.unwrap(), Saved::Done);
    assert_eq!(bench.store.save(&second).await.unwrap(), Saved::Changed);
    let stands = bench.stored(1).await;
    assert!(stands.sound);
    assert_eq!(stands.language, Language::En);
    assert_eq!(bench.store.save(&parent(2)).await.unwrap(), Saved::Changed);
    assert_eq!(bench.store.subscriber(ChatId(2)).await.unwrap(), None);
}

async fn a_write_for_an_erased_row_never_hits_its_successor(bench: &Bench) {
    bench.store.insert(&parent(1)).await.unwrap();
    let in_flight = bench.stored(1).await;
    bench.store.erase(ChatId(1)).await.unwrap();
    bench.store.insert(&parent(1)).await.unwrap();
    assert_eq!(bench.store.save(&in_flight).await.unwrap(), Saved::Changed);
}

async fn update_says_how_the_row_stands(bench: &Bench) {
    let nobody = bench
        .store
        .update(ChatId(1), |_| panic!("there is no row"))
        .await;
    assert_eq!(nobody.unwrap(), None);

    bench.store.insert(&parent(1)).await.unwrap();
    let before = bench.stored(1).await;
    let left = bench.store.update(ChatId(1), |_| None).await.unwrap();
    assert_eq!(left, Some(before.clone()));
    let changed = bench
        .store
        .update(ChatId(1), |row| Some(Subscriber { sound: true, ..row }))
        .await
        .unwrap();
    assert_eq!(changed, Some(bench.stored(1).await));
    assert_eq!(changed.unwrap().revision, before.revision + 1);
}

async fn racing_updates_lose_nothing(bench: &Bench) {
    const EACH: u32 = 400;
    bench.store.insert(&parent(1)).await.unwrap();
    let racer = || {
        let store = bench.store.clone();
        tokio::spawn(async move {
            for _ in 0..EACH {
                let one_more = |mut row: Subscriber| {
                    row.history.sent += 1;
                    Some(row)
                };
                store.update(ChatId(1), one_more).await.unwrap();
            }
        })
    };
    let (one, other) = (racer(), racer());
    one.await.unwrap();
    other.await.unwrap();
    assert_eq!(bench.stored(1).await.history.sent, 2 * EACH);
}

async fn erasing_leaves_nothing(bench: &Bench) {
    for chat in [1, 2] {
        bench.store.insert(&parent(chat)).await.unwrap();
        bench.store.park(ChatId(chat), b"a", now()).await.unwrap();
    }
    assert!(bench.store.erase(ChatId(1)).await.unwrap());
    assert_eq!(bench.store.subscriber(ChatId(1)).await.unwrap(), None);
    assert_eq!(
        (bench.rows("subscribers").await, bench.rows("parked").await),
        (1, 1)
    );
    assert!(!bench.store.erase(ChatId(1)).await.unwrap());

    assert!(bench.store.erase(ChatId(2)).await.unwrap());
    assert_eq!(
        (bench.rows("subscribers").await, bench.rows("parked").await),
        (0, 0)
    );
}

async fn only_the_expired_are_erased(bench: &Bench) {
    let at = |chat, erase_at| Subscriber {
        erase_at,
        ..parent(chat)
    };
    for row in [
        at(1, Some(now())),
        at(2, Some(now() + minutes(1))),
        at(3, None),
    ] {
        bench.store.insert(&row).await.unwrap();
        bench.store.park(row.chat, b"a", now()).await.unwrap();
    }
    assert_eq!(
        bench.store.erase_expired(now() - minutes(1)).await.unwrap(),
        0
    );
    assert_eq!(bench.store.erase_expired(now()).await.unwrap(), 1);
    assert_eq!(bench.store.subscriber(ChatId(1)).await.unwrap(), None);
    assert_eq!(
        (bench.rows("subscribers").await, bench.rows("parked").await),
        (2, 2)
    );
}

async fn counts_tell_the_standings_apart(bench: &Bench) {
    assert_eq!(bench.store.counts().await.unwrap(), Counts::default());
    let blocked_since = Some(now());
    let paused = Standing::PausedUntil(now());
    let rows = [
        parent(1),
        Subscriber {
            standing: paused,
            ..parent(2)
        },
        Subscriber {
            standing: Standing::Paused,
            ..parent(3)
        },
        Subscriber {
            standing: Standing::Stopped,
            ..parent(4)
        },
        Subscriber {
            standing: Standing::Stopped,
            blocked_since,
            ..parent(5)
        },
        Subscriber {
            blocked_since,
            ..parent(6)
        },
    ];
    for row in &rows {
        bench.store.insert(row).await.unwrap();
    }
    let expected = Counts {
        total: 6,
        active: 1,
        paused: 2,
        stopped: 1,
        blocked: 2,
    };
    assert_eq!(bench.store.counts().await.unwrap(), expected);
}

async fn a_row_that_makes_no_sense_is_an_error_for_her_only(bench: &Bench) {
    bench.store.insert(&parent(1)).await.unwrap();
    for (column, value) in [
        ("language", "'xx'"),
        ("pools", "''"),
        ("history", "'{'"),
        ("standing", "'odd'"),
        ("last_active", "'someday'"),
        ("consent_version", "-1"),
        ("chat_sealed", "chat_hash"),
    ] {
        bench.store.erase(ChatId(1)).await.unwrap();
        bench.store.insert(&parent(1)).await.unwrap();
        bench
            .sql(&format!("UPDATE subscribers SET {column} = {value}"))
            .await;
        let error = bench.store.subscriber(ChatId(1)).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Unreadable(_)),
            "{column}: {error:?}"
        );
    }
    bench.store.insert(&parent(2)).await.unwrap();
    bench.stored(2).await;
    assert!(bench.store.erase(ChatId(1)).await.unwrap());
}

async fn a_zone_that_only_newer_rules_know_stays_as_it_was_written(bench: &Bench) {
    bench.store.insert(&parent(1)).await.unwrap();
    bench
        .sql("UPDATE subscribers SET zone = 'Mars/Olympus'")
        .await;
    let row = bench.stored(1).await;
    assert!(!row.zone.is_known());
    let ring = |row| Some(Subscriber { sound: true, ..row });
    bench.store.update(ChatId(1), ring).await.unwrap();
    let after = bench.stored(1).await;
    assert!(after.sound);
    assert_eq!(after.zone.name(), "Mars/Olympus");
}

async fn facts_are_kept(bench: &Bench) {
    assert_eq!(bench.store.fact("zone_rules").await.unwrap(), None);
    for value in ["2026e", "2026f"] {
        bench.store.set_fact("zone_rules", value).await.unwrap();
        assert_eq!(
            bench.store.fact("zone_rules").await.unwrap().as_deref(),
            Some(value)
        );
    }
}
