//! Facts about the database itself: which key fits it, and what the program notes down about its own state.

use anyhow::{Context, ensure};

use super::{
    Store, StoreError,
    pools::{execute, run},
};

const KEY_CHECK: &str = "key_check";

impl Store {
    /// A fact that was noted down with [`Store::set_fact`].
    pub async fn fact(&self, name: &str) -> Result<Option<String>, StoreError> {
        run!(self.reading(), |db| sqlx::query_scalar(
            "SELECT value FROM meta WHERE name = $1"
        )
        .bind(name)
        .fetch_optional(db))
    }

    /// Notes down a fact about the database as a whole (for example by which zone rules its moments were worked
    /// out); never about a person.
    pub async fn set_fact(&self, name: &str, value: &str) -> Result<(), StoreError> {
        execute!(
            self.writing(),
            sqlx::query(
                "INSERT INTO meta (name, value) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value"
            )
            .bind(name)
            .bind(value)
        )?;
        Ok(())
    }

    /// Remembers the key in a new database; refuses any other key ever after.
    pub(super) async fn check_key(&self) -> anyhow::Result<()> {
        let known = match self.fact(KEY_CHECK).await? {
            Some(known) => known,
            None => self.remember_key().await?,
        };
        ensure!(
            known == self.keys.check_value(),
            "this key does not fit this database ({}): put back the data key that it was made with; \
             if that key is lost, what is stored cannot be read any more",
            self.place
        );
        Ok(())
    }

    async fn remember_key(&self) -> anyhow::Result<String> {
        // Of two processes that start at once, the first one's key counts for both.
        execute!(
            self.writing(),
            sqlx::query(
                "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING"
            )
            .bind(KEY_CHECK)
            .bind(self.keys.check_value())
        )?;
        self.fact(KEY_CHECK)
            .await?
            .context("the database forgot the key check just written")
    }
}
