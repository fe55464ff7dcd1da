//! The table of subscribers: her row, the queue of due notes, and what is counted.

use chrono::{DateTime, Utc};

use super::{
    Page, Store, StoreError,
    pools::{Pick, execute, run, transact},
    row::Row,
};
use crate::domain::{ChatId, Subscriber};

/// Adds a row; its columns are bound by `bind_columns!` and then the sealed id.
const INSERT: &str = "INSERT INTO subscribers (chat_hash, revision, language, country, zone, schedule, pools, sound, \
    standing, paused_until, blocked_since, awaiting, consent_version, consented_on, last_active, due_at, slot_wall, \
    last_sent, carried, history, silence, erase_at, chat_sealed) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23) \
    ON CONFLICT (chat_hash) DO NOTHING";

/// Writes a row over the revision that was read; its columns are bound by `bind_columns!`.
const SAVE: &str = "UPDATE subscribers SET revision = revision + 1, language = $3, country = $4, zone = $5, \
    schedule = $6, pools = $7, sound = $8, standing = $9, paused_until = $10, blocked_since = $11, awaiting = $12, \
    consent_version = $13, consented_on = $14, last_active = $15, due_at = $16, slot_wall = $17, last_sent = $18, \
    carried = $19, history = $20, silence = $21, erase_at = $22 \
    WHERE chat_hash = $1 AND revision = $2";

/// Binds $1 to $22, in the one order that `insert` and `save` share.
macro_rules! bind_columns {
    ($query:expr, $row:ident) => {
        $query
            .bind(&$row.chat_hash)
            .bind($row.revision)
            .bind(&$row.language)
            .bind(&$row.country)
            .bind(&$row.zone)
            .bind(&$row.schedule)
            .bind(&$row.pools)
            .bind($row.sound)
            .bind(&$row.standing)
            .bind($row.paused_until)
            .bind($row.blocked_since)
            .bind(&$row.awaiting)
            .bind($row.consent_version)
            .bind(&$row.consented_on)
            .bind(&$row.last_active)
            .bind($row.due_at)
            .bind(&$row.slot_wall)
            .bind($row.last_sent)
            .bind(&$row.carried)
            .bind(&$row.history)
            .bind(&$row.silence)
            .bind($row.erase_at)
    };
}

/// What became of [`Store::save`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is stored, and the row's revision is one higher.
    Done,
    /// The row was changed or erased since it was read, and nothing was written: read it again and decide again.
    Changed,
}

/// A place among the rows, to go on reading from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    due_at: i64,
    chat_hash: Vec<u8>,
}

/// How many subscribers there are. The four kinds do not overlap and sum up to the total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// All rows.
    pub total: i64,
    /// Those who get notes.
    pub active: i64,
    /// Those who paused them.
    pub paused: i64,
    /// Those who ended them and are kept until their day of erasure.
    pub stopped: i64,
    /// Those who blocked the bot, whatever their standing is underneath.
    pub blocked: i64,
}

impl Store {
    /// The parent's row, if she agreed to have one.
    pub async fn subscriber(&self, chat: ChatId) -> Result<Option<Subscriber>, StoreError> {
        let hash = self.keys.hash(chat);
        let row: Option<Row> = run!(self.reading(), |db| sqlx::query_as(
            "SELECT * FROM subscribers WHERE chat_hash = $1"
        )
        .bind(hash.as_slice())
        .fetch_optional(db))?;
        row.map(|row| row.into_subscriber(&self.keys)).transpose()
    }

    /// Stores a new parent; `false`, and nothing changed, when she has a row already.
    ///
    /// The row begins at a revision of its own, not at the one given, so that a write that was meant for a row since
    /// erased can never hit its successor. Read it again before [`Store::save`].
    pub async fn insert(&self, subscriber: &Subscriber) -> Result<bool, StoreError> {
        let row = Row::beginning(subscriber, &self.keys);
        let done = execute!(
            self.writing(),
            bind_columns!(sqlx::query(INSERT), row).bind(&row.chat_sealed)
        )?;
        Ok(done == 1)
    }

    /// Stores many new parents in one transaction, each as [`Store::insert`] would; how many had no row before.
    /// A thousand at a time stay far below the time that one statement may take.
    pub async fn insert_all(&self, subscribers: &[Subscriber]) -> Result<u64, StoreError> {
        transact!(self.writing(), |tx| {
            let mut inserted = 0;
            for subscriber in subscribers {
                let row = Row::beginning(subscriber, &self.keys);
                let done = bind_columns!(sqlx::query(INSERT), row)
                    .bind(&row.chat_sealed)
                    .execute(&mut *tx)
                    .await?;
                inserted += done.rows_affected();
            }
            Ok::<_, sqlx::Error>(inserted)
        })
    }

    /// Stores what was decided about a parent, unless her row was changed since it was read.
    pub async fn save(&self, subscriber: &Subscriber) -> Result<Saved, StoreError> {
        let row = Row::from_subscriber(subscriber, &self.keys);
        let done = execute!(self.writing(), bind_columns!(sqlx::query(SAVE), row))?;
        Ok(if done == 1 {
            Saved::Done
        } else {
            Saved::Changed
        })
    }

    /// Applies a pure change to a parent's row while no one else can write it.
    ///
    /// `change` gives the row as it should be, or `None` to leave it. The result is the row as it now stands, `None`
    /// when there is none.
    pub async fn update(
        &self,
        chat: ChatId,
        change: impl FnMut(Subscriber) -> Option<Subscriber>,
    ) -> Result<Option<Subscriber>, StoreError> {
        let mut stands = self.update_all(&mut [(chat, change)]).await?;
        stands.pop().transpose().map(Option::flatten)
    }

    /// As [`Store::update`] for many parents, in one transaction: writing to the disk takes as long for one row as for
    /// a hundred. All or none of it is stored; a row that cannot be read is passed over, and its result says so.
    pub async fn update_all<C>(
        &self,
        changes: &mut [(ChatId, C)],
    ) -> Result<Vec<Result<Option<Subscriber>, StoreError>>, StoreError>
    where
        C: FnMut(Subscriber) -> Option<Subscriber>,
    {
        // Locked, not tried again and again: two writers in step with each other would let the slower one never win.
        let pick = self.writing();
        let read = match pick {
            Pick::Sqlite(..) => "SELECT * FROM subscribers WHERE chat_hash = $1",
            Pick::Postgres(..) => "SELECT * FROM subscribers WHERE chat_hash = $1 FOR UPDATE",
        };
        transact!(pick, |tx| {
            let mut stands = Vec::with_capacity(changes.len());
            for (chat, change) in changes {
                let row: Option<Row> = sqlx::query_as(read)
                    .bind(self.keys.hash(*chat).as_slice())
                    .fetch_optional(&mut *tx)
                    .await?;
                let before = match row.map(|row| row.into_subscriber(&self.keys)).transpose() {
                    Ok(Some(before)) => before,
                    nothing_to_do => {
                        stands.push(nothing_to_do);
                        continue;
                    }
                };
                let Some(mut after) = change(before.clone()) else {
                    stands.push(Ok(Some(before)));
                    continue;
                };
                (after.chat, after.revision) = (*chat, before.revision);
                let row = Row::from_subscriber(&after, &self.keys);
                bind_columns!(sqlx::query(SAVE), row)
                    .execute(&mut *tx)
                    .await?;
                after.revision += 1;
                stands.push(Ok(Some(after)));
            }
            Ok::<_, sqlx::Error>(stands)
        })
    }

    /// Erases every trace of a parent at once, answers parked for her too. `false` when she had no row.
    pub async fn erase(&self, chat: ChatId) -> Result<bool, StoreError> {
        let hash = self.keys.hash(chat);
        let erased = transact!(self.writing(), |tx| {
            sqlx::query("DELETE FROM parked WHERE chat_hash = $1")
                .bind(hash.as_slice())
                .execute(&mut *tx)
                .await?;
            let done = sqlx::query("DELETE FROM subscribers WHERE chat_hash = $1")
                .bind(hash.as_slice())
                .execute(&mut *tx)
                .await?;
            Ok::<_, sqlx::Error>(done.rows_affected())
        })?;
        self.empty_log().await;
        Ok(erased == 1)
    }

    /// Erases everyone whose moment of erasure has come, answers parked for them too; how many they were.
    pub async fn erase_expired(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let now = now.timestamp();
        let erased = transact!(self.writing(), |tx| {
            sqlx::query(
                "DELETE FROM parked WHERE chat_hash IN (SELECT chat_hash FROM subscribers WHERE erase_at <= $1)",
            )
            .bind(now)
            .execute(&mut *tx)
            .await?;
            let done = sqlx::query("DELETE FROM subscribers WHERE erase_at <= $1")
                .bind(now)
                .execute(&mut *tx)
                .await?;
            Ok::<_, sqlx::Error>(done.rows_affected())
        })?;
        // Even if there was nobody: the log may still wait from an erasure during a backup.
        self.empty_log().await;
        Ok(erased)
    }

    /// Those whose note is due at `now`, the longest due first, beginning after `after`.
    ///
    /// A row stays due until it is saved with another slot, so rows that are being sent come again when reading
    /// begins anew; go on with [`Page::next`] to get past them.
    pub async fn due(
        &self,
        now: DateTime<Utc>,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Subscriber, Cursor>, StoreError> {
        let (due_at, chat_hash) = after.map_or((i64::MIN, [].as_slice()), |cursor| {
            (cursor.due_at, cursor.chat_hash.as_slice())
        });
        let rows: Vec<Row> = run!(self.reading(), |db| sqlx::query_as(
            "SELECT * FROM subscribers WHERE due_at <= $1 AND (due_at, chat_hash) > ($2, $3) \
             ORDER BY due_at, chat_hash LIMIT $4"
        )
        .bind(now.timestamp())
        .bind(due_at)
        .bind(chat_hash)
        .bind(i64::from(limit))
        .fetch_all(db))?;
        Ok(self.page(rows, limit))
    }

    /// Every parent in an order that only the store knows, beginning after `after`: for going through them all.
    pub async fn everyone(
        &self,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Subscriber, Cursor>, StoreError> {
        let chat_hash = after.map_or([].as_slice(), |cursor| cursor.chat_hash.as_slice());
        let rows: Vec<Row> = run!(self.reading(), |db| sqlx::query_as(
            "SELECT * FROM subscribers WHERE chat_hash > $1 ORDER BY chat_hash LIMIT $2"
        )
        .bind(chat_hash)
        .bind(i64::from(limit))
        .fetch_all(db))?;
        Ok(self.page(rows, limit))
    }

    /// Those whose note is due later than `moment`, the soonest first, beginning after `after`.
    pub async fn due_after(
        &self,
        moment: DateTime<Utc>,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Subscriber, Cursor>, StoreError> {
        let (due_at, chat_hash) = after.map_or((i64::MIN, [].as_slice()), |cursor| {
            (cursor.due_at, cursor.chat_hash.as_slice())
        });
        let rows: Vec<Row> = run!(self.reading(), |db| sqlx::query_as(
            "SELECT * FROM subscribers WHERE due_at > $1 AND (due_at, chat_hash) > ($2, $3) \
             ORDER BY due_at, chat_hash LIMIT $4"
        )
        .bind(moment.timestamp())
        .bind(due_at)
        .bind(chat_hash)
        .bind(i64::from(limit))
        .fetch_all(db))?;
        Ok(self.page(rows, limit))
    }

    /// The earliest moment after `after` at which a note falls due. Rows due before then are left out: they are being
    /// sent, or cannot be read, and waiting for them would be waiting for nothing.
    pub async fn next_due(
        &self,
        after: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let due: Option<i64> = run!(self.reading(), |db| sqlx::query_scalar(
            "SELECT MIN(due_at) FROM subscribers WHERE due_at > $1"
        )
        .bind(after.timestamp())
        .fetch_one(db))?;
        Ok(due.and_then(|seconds| DateTime::from_timestamp(seconds, 0)))
    }

    /// How many notes are due at `now` and not yet sent.
    pub async fn backlog(&self, now: DateTime<Utc>) -> Result<i64, StoreError> {
        run!(self.reading(), |db| sqlx::query_scalar(
            "SELECT COUNT(*) FROM subscribers WHERE due_at <= $1"
        )
        .bind(now.timestamp())
        .fetch_one(db))
    }

    /// How many subscribers there are, by standing.
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        run!(self.reading(), |db| sqlx::query_as(
            "SELECT COUNT(*) AS total, \
             COUNT(*) FILTER (WHERE blocked_since IS NULL AND standing = 'active') AS active, \
             COUNT(*) FILTER (WHERE blocked_since IS NULL AND standing = 'paused') AS paused, \
             COUNT(*) FILTER (WHERE blocked_since IS NULL AND standing = 'stopped') AS stopped, \
             COUNT(*) FILTER (WHERE blocked_since IS NOT NULL) AS blocked \
             FROM subscribers"
        )
        .fetch_one(db))
    }

    fn page(&self, rows: Vec<Row>, limit: u32) -> Page<Subscriber, Cursor> {
        let read = rows.len();
        let next = rows
            .last()
            .filter(|_| read >= limit as usize)
            .map(|row| Cursor {
                due_at: row.due_at.unwrap_or_default(),
                chat_hash: row.chat_hash.clone(),
            });
        let rows: Vec<_> = rows
            .into_iter()
            .filter_map(|row| row.into_subscriber(&self.keys).ok())
            .collect();
        Page {
            unreadable: read - rows.len(),
            rows,
            next,
        }
    }
}
