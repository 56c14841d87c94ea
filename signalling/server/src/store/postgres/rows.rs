//! Journal rows, erasable texts and snapshots in PostgreSQL.

use super::PostgresStore;
use crate::store::convert::{self, signed};
use crate::store::{Answer, NewText, Row, Rows, SnapshotRow, StoreFailure, Tail, Unique};
use conference::TextId;
use media_control::ConferenceId;
use sqlx::{PgConnection, Row as _};

async fn insert_rows(tx: &mut PgConnection, rows: &[Row]) -> Answer<()> {
    // One statement for the whole batch: a round trip a row would cost more than the rows.
    sqlx::query(
        "INSERT INTO journal (conference, seq, at_ms, version, body, previous, hash) \
         SELECT * FROM UNNEST($1::TEXT[], $2::BIGINT[], $3::BIGINT[], $4::BIGINT[], $5::TEXT[], \
         $6::BYTEA[], $7::BYTEA[])",
    )
    .bind(rows.iter().map(|row| row.conference.as_str().to_owned()).collect::<Vec<String>>())
    .bind(rows.iter().map(|row| signed(row.seq)).collect::<Vec<i64>>())
    .bind(rows.iter().map(|row| row.at.0).collect::<Vec<i64>>())
    .bind(rows.iter().map(|row| i64::from(row.version)).collect::<Vec<i64>>())
    .bind(rows.iter().map(|row| row.body.clone()).collect::<Vec<String>>())
    .bind(rows.iter().map(|row| row.previous.to_vec()).collect::<Vec<Vec<u8>>>())
    .bind(rows.iter().map(|row| row.hash.to_vec()).collect::<Vec<Vec<u8>>>())
    .execute(tx)
    .await
    .map_err(|error| convert::taken(error, Unique::JournalRow))?;
    Ok(())
}

async fn insert_texts(tx: &mut PgConnection, texts: &[NewText]) -> Answer<()> {
    let person = |text: &NewText| text.person.map(|person| signed(person.0));
    sqlx::query(
        "INSERT INTO texts (conference, id, person, body) \
         SELECT * FROM UNNEST($1::TEXT[], $2::BIGINT[], $3::BIGINT[], $4::TEXT[])",
    )
    .bind(texts.iter().map(|text| text.conference.as_str().to_owned()).collect::<Vec<String>>())
    .bind(texts.iter().map(|text| signed(text.id.0)).collect::<Vec<i64>>())
    .bind(texts.iter().map(person).collect::<Vec<Option<i64>>>())
    .bind(texts.iter().map(|text| text.body.clone()).collect::<Vec<String>>())
    .execute(tx)
    .await
    .map_err(|error| convert::taken(error, Unique::JournalRow))?;
    Ok(())
}

impl Rows for PostgresStore {
    async fn append(&self, rows: &[Row], texts: &[NewText]) -> Answer<()> {
        let mut tx = self.pool.begin().await?;
        insert_rows(&mut tx, rows).await?;
        if !texts.is_empty() {
            insert_texts(&mut tx, texts).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn rows(&self, conference: &ConferenceId, first_seq: u64, limit: u32) -> Answer<Vec<Row>> {
        let rows =
            sqlx::query("SELECT * FROM journal WHERE conference = $1 AND seq >= $2 ORDER BY seq LIMIT $3")
                .bind(conference.as_str())
                .bind(signed(first_seq))
                .bind(i64::from(limit))
                .fetch_all(&self.pool)
                .await?;
        rows.iter().map(|row| Ok(convert::read_row!(row))).collect()
    }

    async fn tail(&self, conference: &ConferenceId) -> Answer<Option<Tail>> {
        let row =
            sqlx::query("SELECT seq, hash FROM journal WHERE conference = $1 ORDER BY seq DESC LIMIT 1")
                .bind(conference.as_str())
                .fetch_optional(&self.pool)
                .await?;
        row.map(|row| Ok(convert::read_tail!(row))).transpose()
    }

    async fn conferences_with_rows(&self) -> Answer<Vec<String>> {
        let rows = sqlx::query("SELECT DISTINCT conference FROM journal ORDER BY conference")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| Ok::<_, StoreFailure>(row.try_get(0)?)).collect()
    }

    async fn texts(&self, conference: &ConferenceId, ids: &[TextId]) -> Answer<Vec<(TextId, String)>> {
        let rows = sqlx::query("SELECT id, body FROM texts WHERE conference = $1 AND id = ANY($2)")
            .bind(conference.as_str())
            .bind(ids.iter().map(|id| signed(id.0)).collect::<Vec<i64>>())
            .fetch_all(&self.pool)
            .await?;
        let text = |row: &sqlx::postgres::PgRow| {
            let id = convert::unsigned(row.try_get("id")?, "id")?;
            Ok((TextId(id), row.try_get("body")?))
        };
        rows.iter().map(text).collect()
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
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    async fn snapshot(&self, conference: &ConferenceId) -> Answer<Option<SnapshotRow>> {
        let row = sqlx::query("SELECT * FROM snapshots WHERE conference = $1")
            .bind(conference.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| Ok(convert::read_snapshot!(row))).transpose()
    }
}
