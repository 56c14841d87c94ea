//! The outbox in SQL, for both databases.
//!
//! One text for both dialects, for the reason that stands in `plans_sql`.

use super::convert::{self, signed};
use super::dispatch::{DispatchFilter, DispatchRow, Dispatches, NewDispatch, Settled, WebhookRow};
use super::{Answer, PostgresStore, SqliteStore};
use conference::Timestamp;
use sqlx::{QueryBuilder, Row as _};

macro_rules! read_dispatch {
    ($row:expr) => {
        DispatchRow {
            id: convert::unsigned($row.try_get("id")?, "id")?,
            token: $row.try_get("token")?,
            conference: $row.try_get("conference")?,
            target: $row.try_get("target")?,
            word: $row.try_get("word")?,
            state: $row.try_get("state")?,
            attempts: convert::small($row.try_get("attempts")?, "attempts")?,
            next: Timestamp($row.try_get("next_ms")?),
            touched: Timestamp($row.try_get("touched_ms")?),
            ends: Timestamp($row.try_get("ends_ms")?),
            said: $row.try_get("said")?,
            body: $row.try_get("body")?,
        }
    };
}

macro_rules! dispatches {
    ($store:ty, $db:ty) => {
        impl Dispatches for $store {
            async fn put_out(&self, new: &[NewDispatch], now: Timestamp, limit: u32) -> Answer<u32> {
                let mut tx = self.writing().await?;
                let mut taken = 0;
                for row in new {
                    let done = sqlx::query(
                        "INSERT INTO dispatches (channel, token, conference, target, word, state, attempts, \
                         next_ms, made_ms, touched_ms, ends_ms, said, body) \
                         SELECT $1, $2, $3, $4, $5, 'waiting', 0, $6, $7, $7, $8, '', $9 \
                         WHERE (SELECT COUNT(*) FROM dispatches WHERE channel = $1 AND state = 'waiting') < $10 \
                         ON CONFLICT (token) DO NOTHING",
                    )
                    .bind(row.channel)
                    .bind(&row.token)
                    .bind(&row.conference)
                    .bind(&row.target)
                    .bind(&row.word)
                    .bind(row.next.0)
                    .bind(now.0)
                    .bind(row.ends.0)
                    .bind(&row.body)
                    .bind(i64::from(limit))
                    .execute(&mut *tx)
                    .await?;
                    taken += u32::from(done.rows_affected() > 0);
                }
                tx.commit().await?;
                Ok(taken)
            }

            async fn due(&self, channel: &str, now: Timestamp, limit: u32) -> Answer<Vec<DispatchRow>> {
                let rows = sqlx::query(
                    "SELECT * FROM dispatches WHERE channel = $1 AND state = 'waiting' AND next_ms <= $2 \
                     ORDER BY next_ms, id LIMIT $3",
                )
                .bind(channel)
                .bind(now.0)
                .bind(i64::from(limit))
                .fetch_all(self.reading())
                .await?;
                rows.iter().map(|row| Ok(read_dispatch!(row))).collect()
            }

            async fn hold(&self, id: u64, seen: Timestamp, until: Timestamp) -> Answer<bool> {
                let mut tx = self.writing().await?;
                // One statement decides between two nodes that read the same row: the second finds
                // another time in it, in either database.
                let done = sqlx::query(
                    "UPDATE dispatches SET next_ms = $3 \
                     WHERE id = $1 AND state = 'waiting' AND next_ms = $2",
                )
                .bind(signed(id))
                .bind(seen.0)
                .bind(until.0)
                .execute(&mut *tx)
                .await?;
                tx.commit().await?;
                Ok(done.rows_affected() > 0)
            }

            async fn settle(&self, settled: &Settled) -> Answer<bool> {
                let mut tx = self.writing().await?;
                let done = sqlx::query(
                    "UPDATE dispatches SET state = $2, attempts = $3, next_ms = $4, touched_ms = $5, \
                     said = $6 WHERE id = $1 AND state = 'waiting' AND next_ms = $7",
                )
                .bind(signed(settled.id))
                .bind(settled.state)
                .bind(i64::from(settled.attempts))
                .bind(settled.next.0)
                .bind(settled.touched.0)
                .bind(&settled.said)
                .bind(settled.held.0)
                .execute(&mut *tx)
                .await?;
                tx.commit().await?;
                Ok(done.rows_affected() > 0)
            }

            async fn dispatches(&self, filter: &DispatchFilter) -> Answer<Vec<DispatchRow>> {
                let mut query = QueryBuilder::<$db>::new("SELECT * FROM dispatches WHERE channel = ");
                query.push_bind(filter.channel);
                if !filter.conference.is_empty() {
                    query.push(" AND conference = ").push_bind(filter.conference.clone());
                }
                if !filter.target.is_empty() {
                    query.push(" AND target = ").push_bind(filter.target.clone());
                }
                if !filter.state.is_empty() {
                    query.push(" AND state = ").push_bind(filter.state.clone());
                }
                if filter.before > 0 {
                    query.push(" AND id < ").push_bind(signed(filter.before));
                }
                query.push(" ORDER BY id DESC LIMIT ").push_bind(i64::from(filter.limit));
                let rows = query.build().fetch_all(self.reading()).await?;
                rows.iter().map(|row| Ok(read_dispatch!(row))).collect()
            }

            async fn try_again(
                &self,
                channel: &str,
                id: u64,
                now: Timestamp,
                ends: Timestamp,
            ) -> Answer<bool> {
                let mut tx = self.writing().await?;
                let done = sqlx::query(
                    "UPDATE dispatches SET state = 'waiting', attempts = 0, next_ms = $3, touched_ms = $3, \
                     ends_ms = $4 WHERE channel = $1 AND id = $2 AND state IN ('refused', 'given_up')",
                )
                .bind(channel)
                .bind(signed(id))
                .bind(now.0)
                .bind(ends.0)
                .execute(&mut *tx)
                .await?;
                tx.commit().await?;
                Ok(done.rows_affected() > 0)
            }

            async fn waiting(&self, channel: &str) -> Answer<u64> {
                let row = sqlx::query(
                    "SELECT COUNT(*) FROM dispatches WHERE channel = $1 AND state = 'waiting'",
                )
                .bind(channel)
                .fetch_one(self.reading())
                .await?;
                convert::unsigned(row.try_get(0)?, "count")
            }

            async fn purge_dispatches(&self, before: Timestamp) -> Answer<u64> {
                let mut tx = self.writing().await?;
                let done =
                    sqlx::query("DELETE FROM dispatches WHERE state <> 'waiting' AND touched_ms < $1")
                        .bind(before.0)
                        .execute(&mut *tx)
                        .await?;
                tx.commit().await?;
                Ok(done.rows_affected())
            }

            async fn webhooks(&self) -> Answer<Vec<WebhookRow>> {
                let rows = sqlx::query("SELECT * FROM webhooks ORDER BY made_ms, id")
                    .fetch_all(self.reading())
                    .await?;
                rows.iter()
                    .map(|row| {
                        Ok(WebhookRow {
                            id: row.try_get("id")?,
                            url: row.try_get("url")?,
                            secret: row.try_get("secret")?,
                            events: row.try_get("events")?,
                            active: row.try_get::<i64, _>("active")? != 0,
                            made: Timestamp(row.try_get("made_ms")?),
                        })
                    })
                    .collect()
            }

            async fn save_webhook(&self, row: &WebhookRow, limit: u32) -> Answer<bool> {
                let mut tx = self.writing().await?;
                let done = sqlx::query(
                    "INSERT INTO webhooks (id, url, secret, events, active, made_ms) \
                     SELECT $1, $2, $3, $4, $5, $6 \
                     WHERE (SELECT COUNT(*) FROM webhooks WHERE id <> $1) < $7 \
                     ON CONFLICT (id) DO UPDATE SET url = excluded.url, secret = excluded.secret, \
                     events = excluded.events, active = excluded.active",
                )
                .bind(&row.id)
                .bind(&row.url)
                .bind(&row.secret[..])
                .bind(&row.events)
                .bind(i64::from(row.active))
                .bind(row.made.0)
                .bind(i64::from(limit))
                .execute(&mut *tx)
                .await?;
                tx.commit().await?;
                Ok(done.rows_affected() > 0)
            }

            async fn delete_webhook(&self, id: &str) -> Answer<bool> {
                let mut tx = self.writing().await?;
                let done =
                    sqlx::query("DELETE FROM webhooks WHERE id = $1").bind(id).execute(&mut *tx).await?;
                sqlx::query("DELETE FROM dispatches WHERE channel = 'hook' AND target = $1")
                    .bind(id)
                    .execute(&mut *tx)
                    .await?;
                tx.commit().await?;
                Ok(done.rows_affected() > 0)
            }
        }
    };
}

dispatches!(SqliteStore, sqlx::Sqlite);
dispatches!(PostgresStore, sqlx::Postgres);
