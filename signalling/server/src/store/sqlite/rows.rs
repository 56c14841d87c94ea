//! Journal rows, erasable texts and snapshots in SQLite.

use super::SqliteStore;
use crate::store::convert::{self, signed};
use crate::store::{Answer, NewText, Row, Rows, SnapshotRow, StoreFailure, Tail, Unique};
use conference::TextId;
use media_control::ConferenceId;
use sqlx::{Row as _, SqliteConnection};

/// Ids asked for in one statement.
const TEXTS_AT_ONCE: usize = 500;

async fn insert_row(tx: &mut SqliteConnection, row: &Row) -> Answer<()> {
    sqlx::query(
        "INSERT INTO journal (conference, seq, at_ms, version, body, previous, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(row.conference.as_str())
    .bind(signed(row.seq))
    .bind(row.at.0)
    .bind(i64::from(row.version))
    .bind(&row.body)
    .bind(&row.previous[..])
    .bind(&row.hash[..])
    .execute(tx)
    .await
    .map_err(|error| convert::taken(error, Unique::JournalRow))?;
    Ok(())
}

async fn insert_text(tx: &mut SqliteConnection, text: &NewText) -> Answer<()> {
    sqlx::query("INSERT INTO texts (conference, id, person, body) VALUES ($1, $2, $3, $4)")
        .bind(text.conference.as_str())
        .bind(signed(text.id.0))
        .bind(text.person.map(|person| signed(person.0)))
        .bind(&text.body)
        .execute(tx)
        .await
        .map_err(|error| convert::taken(error, Unique::JournalRow))?;
    Ok(())
}

impl Rows for SqliteStore {
    async fn append(&self, rows: &[Row], texts: &[NewText]) -> Answer<()> {
        let mut tx = self.write().await?;
        for row in rows {
            insert_row(&mut tx, row).await?;
        }
        for text in texts {
            insert_text(&mut tx, text).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn rows(&self, conference: &ConferenceId, first_seq: u64, limit: u32) -> Answer<Vec<Row>> {
        let rows =
            sqlx::query("SELECT * FROM journal WHERE conference = $1 AND seq >= $2 ORDER BY seq LIMIT $3")
                .bind(conference.as_str())
                .bind(signed(first_seq))
                .bind(i64::from(limit))
                .fetch_all(&self.readers)
                .await?;
        rows.iter().map(|row| Ok(convert::read_row!(row))).collect()
    }

    async fn tail(&self, conference: &ConferenceId) -> Answer<Option<Tail>> {
        let row =
            sqlx::query("SELECT seq, hash FROM journal WHERE conference = $1 ORDER BY seq DESC LIMIT 1")
                .bind(conference.as_str())
                .fetch_optional(&self.readers)
                .await?;
        row.map(|row| Ok(convert::read_tail!(row))).transpose()
    }

    async fn conferences_with_rows(&self) -> Answer<Vec<String>> {
        let rows = sqlx::query("SELECT DISTINCT conference FROM journal ORDER BY conference")
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(|row| Ok::<_, StoreFailure>(row.try_get(0)?)).collect()
    }

    async fn texts(&self, conference: &ConferenceId, ids: &[TextId]) -> Answer<Vec<(TextId, String)>> {
        let mut found = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(TEXTS_AT_ONCE) {
            let mut query = sqlx::QueryBuilder::new("SELECT id, body FROM texts WHERE conference = ");
            query.push_bind(conference.as_str()).push(" AND id IN (");
            let mut list = query.separated(", ");
            for id in chunk {
                list.push_bind(signed(id.0));
            }
            query.push(")");
            for row in query.build().fetch_all(&self.readers).await? {
                let id = convert::unsigned(row.try_get("id")?, "id")?;
                found.push((TextId(id), row.try_get("body")?));
            }
        }
        Ok(found)
    }

    async fn save_snapshot(&self, snapshot: &SnapshotRow) -> Answer<()> {
        sqlx::query(
            "INSERT INTO snapshots (conference, seq, version, body, seal) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (conference) DO UPDATE SET \
             seq = excluded.seq, version = excluded.version, body = excluded.body, \
             seal = excluded.seal",
        )
        .bind(snapshot.conference.as_str())
        .bind(signed(snapshot.seq))
        .bind(i64::from(snapshot.version))
        .bind(&snapshot.body)
        .bind(&snapshot.seal[..])
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn snapshot(&self, conference: &ConferenceId) -> Answer<Option<SnapshotRow>> {
        let row = sqlx::query("SELECT * FROM snapshots WHERE conference = $1")
            .bind(conference.as_str())
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| Ok(convert::read_snapshot!(row))).transpose()
    }
}
