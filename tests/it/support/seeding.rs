//! Subscribers from earlier, put straight into the database.

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use slowbloom::{
    domain::{
        ChatId, Country, Language, Pool, Subscriber, due,
        schedule::Schedule,
        subscriber::{History, Silence, Standing},
        zone::Zone,
    },
    sandbox::{Parent, StandIn},
    store::Store,
};

/// A parent in Los Angeles with a daily affirmation at ten, who agreed the day before `now`.
pub(crate) fn subscriber(chat: i64, now: DateTime<Utc>) -> Subscriber {
    let yesterday = (now - TimeDelta::days(1)).date_naive();
    let row = Subscriber {
        chat: ChatId(chat),
        language: Language::En,
        country: Country::from_code("US").unwrap(),
        zone: Zone::new("America/Los_Angeles").unwrap(),
        schedule: Schedule::parse("0 10 * * *").unwrap(),
        pools: vec![Pool::Affirmations],
        sound: false,
        standing: Standing::Active,
        blocked_since: None,
        awaiting: None,
        consent_version: 1,
        consented_on: yesterday,
        last_active: yesterday,
        next: None,
        last_sent: None,
        carried: None,
        history: History::default(),
        silence: Silence::Unasked,
        erase_at: None,
        revision: 0,
    };
    let next = due::next(&row, now);
    Subscriber { next, ..row }
}

/// A zone without daylight saving in which the clock shows one of these hours, at least seven of them.
pub(crate) fn zone_where(hours: Range<u32>, now: DateTime<Utc>) -> Zone {
    // At most seven hours apart.
    let zones = [
        "America/Phoenix",
        "Atlantic/Reykjavik",
        "Asia/Dhaka",
        "Pacific/Guadalcanal",
    ];
    zones
        .into_iter()
        .map(|name| Zone::new(name).unwrap())
        .find(|zone| hours.contains(&zone.wall(now).hour()))
        .unwrap()
}

/// Stores so many of them, each of whom has written to the bot before.
pub(crate) async fn subscribers(
    telegram: &StandIn,
    store: &Store,
    count: usize,
    now: DateTime<Utc>,
) -> Vec<Parent> {
    let ids = || (1001..).take(count);
    let rows: Vec<_> = ids().map(|id| subscriber(id, now)).collect();
    store.insert_all(&rows).await.unwrap();
    let parents = ids().map(|id| telegram.parent(id, "parent", "en"));
    parents.inspect(Parent::wrote_before).collect()
}
