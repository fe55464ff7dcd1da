//! Answers that Telegram could not take at once: what is to be said, sealed, in order, and gone once said.

use chrono::{DateTime, Utc};

use super::{
    Keys, Page, Store, StoreError,
    pools::{execute, run, transact},
};
use crate::domain::ChatId;

/// The table's name, which its sealed values are bound to.
const TABLE: &str = "parked";
/// The most bytes of one letter. Telegram's longest message is 4,096 characters; with buttons, and as JSON, that is
/// well under a quarter of this.
pub const MAX_LETTER_BYTES: usize = 128 * 1024;
/// The most letters for one chat; the oldest give way. Nobody reads a hundred late answers.
pub const MAX_PARKED_PER_CHAT: i64 = 100;
/// The most letters in all. Beyond it [`Store::park`] refuses, the update stays unacknowledged, and Telegram keeps it.
pub const MAX_PARKED: i64 = 50_000;

/// The place of a letter in the order in which letters were parked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ParkedId(pub i64);

/// A letter that waits to be delivered.
#[derive(Clone, PartialEq, Eq)]
pub struct Parked {
    /// Its place in the order.
    pub id: ParkedId,
    /// To whom.
    pub chat: ChatId,
    /// What was handed to [`Store::park`].
    pub bytes: Vec<u8>,
    /// Since when it waits, to the second.
    pub created_at: DateTime<Utc>,
}

impl std::fmt::Debug for Parked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Parked({})", self.id.0)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    chat_hash: Vec<u8>,
    sealed: Vec<u8>,
    created_at: i64,
}

impl Store {
    /// Keeps a letter until [`Store::unpark`]. Refused with [`StoreError::Full`] beyond the limits above.
    pub async fn park(
        &self,
        chat: ChatId,
        bytes: &[u8],
        now: DateTime<Utc>,
    ) -> Result<ParkedId, StoreError> {
        if bytes.len() > MAX_LETTER_BYTES {
            return Err(StoreError::Full);
        }
        let hash = self.keys.hash(chat);
        let plain = [chat.0.to_le_bytes().as_slice(), bytes].concat();
        let sealed = self.keys.seal(TABLE, &hash, &plain);
        let id: Option<i64> = transact!(self.writing(), |tx| {
            let id: Option<i64> = sqlx::query_scalar(
                "INSERT INTO parked (chat_hash, sealed, created_at) SELECT $1, $2, $3 \
                 WHERE (SELECT COUNT(*) FROM parked) < $4 RETURNING id",
            )
            .bind(hash.as_slice())
            .bind(&sealed)
            .bind(now.timestamp())
            .bind(MAX_PARKED)
            .fetch_optional(&mut *tx)
            .await?;
            sqlx::query(
                "DELETE FROM parked WHERE chat_hash = $1 AND id <= \
                 (SELECT id FROM parked WHERE chat_hash = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)",
            )
            .bind(hash.as_slice())
            .bind(MAX_PARKED_PER_CHAT)
            .execute(&mut *tx)
            .await?;
            Ok::<_, sqlx::Error>(id)
        })?;
        id.map(ParkedId).ok_or(StoreError::Full)
    }

    /// The letters that wait, in the order in which they were parked, beginning after `after`.
    pub async fn parked(
        &self,
        after: Option<ParkedId>,
        limit: u32,
    ) -> Result<Page<Parked, ParkedId>, StoreError> {
        let rows: Vec<Row> = run!(self.reading(), |db| {
            sqlx::query_as(
            "SELECT id, chat_hash, sealed, created_at FROM parked WHERE id > $1 ORDER BY id LIMIT $2"
        )
        .bind(after.map_or(i64::MIN, |id| id.0))
        .bind(i64::from(limit))
        .fetch_all(db)
        })?;
        let read = rows.len();
        let next = rows
            .last()
            .filter(|_| read >= limit as usize)
            .map(|row| ParkedId(row.id));
        let rows: Vec<_> = rows
            .into_iter()
            .filter_map(|row| row.unseal(&self.keys))
            .collect();
        Ok(Page {
            unreadable: read - rows.len(),
            rows,
            next,
        })
    }

    /// Forgets a letter that was delivered or has become pointless. Forgetting it twice is no error.
    pub async fn unpark(&self, id: ParkedId) -> Result<(), StoreError> {
        execute!(
            self.writing(),
            sqlx::query("DELETE FROM parked WHERE id = $1").bind(id.0)
        )?;
        Ok(())
    }
}

impl Row {
    fn unseal(self, keys: &Keys) -> Option<Parked> {
        let plain = keys.unseal(TABLE, &self.chat_hash, &self.sealed)?;
        let (chat, bytes) = plain.split_first_chunk()?;
        Some(Parked {
            id: ParkedId(self.id),
            chat: ChatId(i64::from_le_bytes(*chat)),
            bytes: bytes.to_vec(),
            created_at: DateTime::from_timestamp(self.created_at, 0)?,
        })
    }
}
