//! What the leader puts right in rows that no parent touched: moments that were worked out by other zone rules, and
//! moments that a wrong clock of the machine put far away.
//!
//! In the background, in pages, each row by a change that holds whatever else changes it meanwhile. Killed anywhere, it
//! begins anew and finds done what was done.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    clock::Clock,
    domain::{Subscriber, due, zone},
    store::{Cursor, Page, Store, StoreError},
    telegram::Telegram,
};

/// The fact that names the zone rules by which all moments in the database were worked out.
const ZONE_RULES: &str = "tzdata";

/// How many rows are read at once.
const ROWS: u32 = 200;

/// How often it is looked for moments that are far away; at once when the clock steps back.
const LOOK_EVERY: TimeDelta = TimeDelta::hours(1);

/// How soon a step of the clock is noticed, and how soon something that failed is tried again.
const NOTICE_EVERY: Duration = Duration::from_secs(5);

/// Whose rows are gone through.
#[derive(Clone, Copy)]
enum Who {
    Everyone,
    DueAfter(DateTime<Utc>),
}

/// The rooms that are needed for it.
#[derive(Clone, Debug)]
pub(super) struct Upkeep {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) telegram: Telegram,
}

impl Upkeep {
    /// Goes on until it is dropped.
    pub(super) async fn run(self) {
        let mut rules_renewed = false;
        let mut look_at = self.clock.now();
        loop {
            let now = self.clock.now();
            let due = now >= look_at || look_at - now > LOOK_EVERY;
            // By a clock that is not to be believed nothing is put right.
            if (due || !rules_renewed) && self.telegram.clock_is_off_by().await.is_none() {
                match self.look(&mut rules_renewed, due).await {
                    Ok(()) if due => look_at = now + LOOK_EVERY,
                    Ok(()) => {}
                    Err(error) => {
                        tracing::warn!(%error, "planned moments could not be gone through; trying again");
                    }
                }
            }
            self.clock.sleep_until(look_at.max(now), NOTICE_EVERY).await;
        }
    }

    async fn look(&self, rules_renewed: &mut bool, due: bool) -> Result<(), StoreError> {
        if !*rules_renewed {
            self.renew_rules().await?;
            *rules_renewed = true;
        }
        if due {
            self.bring_near().await?;
        }
        Ok(())
    }

    /// Once for each release of the zone rules: everyone's next note comes when the clock on her wall shows its time by
    /// the rules of this program. The fact is written last.
    async fn renew_rules(&self) -> Result<(), StoreError> {
        let rules = zone::tzdata_version();
        if self.store.fact(ZONE_RULES).await?.as_deref() == Some(rules) {
            return Ok(());
        }
        let rows = self.put_right(Who::Everyone, due::with_these_rules).await?;
        self.store.set_fact(ZONE_RULES, rules).await?;
        tracing::info!(
            rules,
            rows,
            "all moments are by the zone rules of this program now"
        );
        Ok(())
    }

    /// After the machine's clock was far ahead, nobody stays without notes until that far day.
    async fn bring_near(&self) -> Result<(), StoreError> {
        let far = self.clock.now() + due::FAR;
        let rows = self
            .put_right(Who::DueAfter(far), due::brought_near)
            .await?;
        if rows > 0 {
            tracing::warn!(
                rows,
                "notes that a wrong clock had put far away come at their time again"
            );
        }
        Ok(())
    }

    /// Goes through the rows page by page; how many were changed.
    async fn put_right(
        &self,
        who: Who,
        change: fn(Subscriber, DateTime<Utc>) -> Subscriber,
    ) -> Result<usize, StoreError> {
        let mut after = None;
        let mut changed = 0;
        loop {
            let read = self.page(who, after.as_ref()).await?;
            for row in read.rows {
                let now = self.clock.now();
                let put_right = |row: Subscriber| {
                    let after = change(row.clone(), now);
                    (after != row).then_some(after)
                };
                let chat = row.chat;
                // One at a time: several in one transaction could wait for each other with the courier's.
                if put_right(row).is_some() {
                    self.store.update(chat, put_right).await?;
                    changed += 1;
                }
            }
            after = read.next;
            if after.is_none() {
                return Ok(changed);
            }
        }
    }

    async fn page(
        &self,
        who: Who,
        after: Option<&Cursor>,
    ) -> Result<Page<Subscriber, Cursor>, StoreError> {
        match who {
            Who::Everyone => self.store.everyone(after, ROWS).await,
            Who::DueAfter(moment) => self.store.due_after(moment, after, ROWS).await,
        }
    }
}
