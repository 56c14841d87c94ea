//! Invitations, templates, addresses and calendar keys in SQL, for both databases.
//!
//! One text for both dialects, for the reason that stands in `plans_sql`.

use super::convert::{self, signed};
use super::planning::{InvitationRow, Inviting, TemplateRow};
use super::plans_sql::IDS_AT_ONCE;
use super::{Answer, Digest, PostgresStore, SqliteStore, StoreFailure};
use conference::{PersonId, Timestamp};
use media_control::ConferenceId;
use sqlx::{QueryBuilder, Row as _};

fn person(id: Option<i64>, column: &'static str) -> Result<Option<PersonId>, StoreFailure> {
    id.map(|id| convert::unsigned(id, column).map(PersonId)).transpose()
}

/// What goes with a person beside their name and texts.
pub(super) const ERASE: [&str; 4] = [
    "DELETE FROM dispatches WHERE target IN (SELECT id FROM invitations WHERE person = $1)",
    "UPDATE invitations SET name = '', unit = '', email = '', reason = '', token_hash = NULL WHERE person = $1",
    "DELETE FROM addresses WHERE person = $1",
    "DELETE FROM calendar_keys WHERE person = $1",
];

macro_rules! read_invitation {
    ($row:expr) => {{
        let conference: String = $row.try_get("conference")?;
        let hash: Option<Vec<u8>> = $row.try_get("token_hash")?;
        InvitationRow {
            id: $row.try_get("id")?,
            conference: convert::conference_of(&conference)?,
            place: convert::small($row.try_get("place")?, "place")?,
            person: person($row.try_get("person")?, "person")?,
            user: $row.try_get("login")?,
            email: $row.try_get("email")?,
            name: $row.try_get("name")?,
            unit: $row.try_get("unit")?,
            role: $row.try_get("role")?,
            answer: $row.try_get("answer")?,
            reason: $row.try_get("reason")?,
            answered: $row.try_get::<Option<i64>, _>("answered_ms")?.map(Timestamp),
            delegate_of: $row.try_get("delegate_of")?,
            token_hash: hash.map(|hash| convert::digest(hash, "token_hash")).transpose()?,
            token_expires: Timestamp($row.try_get("token_expires_ms")?),
        }
    }};
}

macro_rules! write_invitation {
    ($tx:expr, $sql:expr, $row:expr) => {
        sqlx::query($sql)
            .bind(&$row.id)
            .bind($row.conference.as_str())
            .bind(i64::from($row.place))
            .bind($row.person.map(|person| signed(person.0)))
            .bind(&$row.email)
            .bind(&$row.name)
            .bind(&$row.unit)
            .bind(&$row.role)
            .bind(&$row.answer)
            .bind(&$row.reason)
            .bind($row.answered.map(|at| at.0))
            .bind($row.delegate_of.as_deref())
            .bind($row.token_hash.as_ref().map(|hash| &hash[..]))
            .bind($row.token_expires.0)
            .execute(&mut *$tx)
            .await?
    };
}

pub(super) const INSERT_INVITATION: &str = "INSERT INTO invitations (id, conference, place, person, email, name, \
    unit, role, answer, reason, answered_ms, delegate_of, token_hash, token_expires_ms) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const REPLACE_INVITATION: &str = "INSERT INTO invitations (id, conference, place, person, email, name, \
    unit, role, answer, reason, answered_ms, delegate_of, token_hash, token_expires_ms) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
    ON CONFLICT (id) DO UPDATE SET person = excluded.person, email = excluded.email, \
    name = excluded.name, unit = excluded.unit, role = excluded.role, answer = excluded.answer, \
    reason = excluded.reason, answered_ms = excluded.answered_ms, \
    delegate_of = excluded.delegate_of, token_hash = excluded.token_hash, \
    token_expires_ms = excluded.token_expires_ms";

pub(super) use write_invitation;

macro_rules! inviting {
    ($store:ty, $db:ty) => {
        impl Inviting for $store {
            async fn invite(&self, new: &[InvitationRow]) -> Answer<()> {
                let mut tx = self.writing().await?;
                for row in new {
                    write_invitation!(tx, INSERT_INVITATION, row);
                }
                Ok(tx.commit().await?)
            }

            async fn invitations(&self, id: &ConferenceId) -> Answer<Vec<InvitationRow>> {
                let rows = sqlx::query(
                    "SELECT i.*, COALESCE(a.login, '') AS login FROM invitations i \
                        LEFT JOIN accounts a ON a.person = i.person \
                        WHERE i.conference = $1 ORDER BY i.place, i.delegate_of IS NOT NULL, i.id",
                )
                .bind(id.as_str())
                .fetch_all(self.reading())
                .await?;
                rows.iter().map(|row| Ok(read_invitation!(row))).collect()
            }

            async fn invitation_of_token(&self, hash: &Digest) -> Answer<Option<InvitationRow>> {
                let row = sqlx::query(
                    "SELECT i.*, COALESCE(a.login, '') AS login FROM invitations i \
                        LEFT JOIN accounts a ON a.person = i.person WHERE i.token_hash = $1",
                )
                .bind(&hash[..])
                .fetch_optional(self.reading())
                .await?;
                row.map(|row| Ok(read_invitation!(row))).transpose()
            }

            async fn invitation(&self, conference: &ConferenceId, id: &str) -> Answer<Option<InvitationRow>> {
                let row = sqlx::query(
                    "SELECT i.*, COALESCE(a.login, '') AS login FROM invitations i \
                        LEFT JOIN accounts a ON a.person = i.person \
                        WHERE i.conference = $1 AND i.id = $2",
                )
                .bind(conference.as_str())
                .bind(id)
                .fetch_optional(self.reading())
                .await?;
                row.map(|row| Ok(read_invitation!(row))).transpose()
            }

            async fn change_invitation(&self, row: &InvitationRow) -> Answer<()> {
                let mut tx = self.writing().await?;
                write_invitation!(tx, REPLACE_INVITATION, row);
                Ok(tx.commit().await?)
            }

            async fn withdraw_invitation(&self, id: &str) -> Answer<()> {
                let mut tx = self.writing().await?;
                sqlx::query("DELETE FROM invitations WHERE id = $1").bind(id).execute(&mut *tx).await?;
                Ok(tx.commit().await?)
            }

            async fn templates(&self) -> Answer<Vec<TemplateRow>> {
                let rows = sqlx::query("SELECT * FROM templates ORDER BY name, id")
                    .fetch_all(self.reading())
                    .await?;
                rows.iter()
                    .map(|row| {
                        Ok(TemplateRow {
                            id: row.try_get("id")?,
                            name: row.try_get("name")?,
                            created: Timestamp(row.try_get("created_ms")?),
                            created_by: person(row.try_get("created_by")?, "created_by")?,
                            body: row.try_get("body")?,
                        })
                    })
                    .collect()
            }

            async fn save_template(&self, row: &TemplateRow, limit: u32) -> Answer<bool> {
                let mut tx = self.writing().await?;
                let saved = sqlx::query(
                    "INSERT INTO templates (id, name, created_ms, created_by, body) \
                         SELECT $1, $2, $3, $4, $5 WHERE (SELECT COUNT(*) FROM templates) < $6",
                )
                .bind(&row.id)
                .bind(&row.name)
                .bind(row.created.0)
                .bind(row.created_by.map(|person| signed(person.0)))
                .bind(&row.body)
                .bind(i64::from(limit))
                .execute(&mut *tx)
                .await?;
                tx.commit().await?;
                Ok(saved.rows_affected() > 0)
            }

            async fn delete_template(&self, id: &str) -> Answer<bool> {
                let mut tx = self.writing().await?;
                let gone =
                    sqlx::query("DELETE FROM templates WHERE id = $1").bind(id).execute(&mut *tx).await?;
                tx.commit().await?;
                Ok(gone.rows_affected() > 0)
            }

            async fn addresses(&self, people: &[PersonId]) -> Answer<Vec<(PersonId, String)>> {
                let mut found = Vec::new();
                for chunk in people.chunks(IDS_AT_ONCE) {
                    let mut query =
                        QueryBuilder::<$db>::new("SELECT person, email FROM addresses WHERE person IN (");
                    let mut list = query.separated(", ");
                    for person in chunk {
                        list.push_bind(signed(person.0));
                    }
                    query.push(")");
                    for row in query.build().fetch_all(self.reading()).await? {
                        let id = convert::unsigned(row.try_get("person")?, "person")?;
                        found.push((PersonId(id), row.try_get("email")?));
                    }
                }
                Ok(found)
            }

            async fn set_address(&self, person: PersonId, email: &str) -> Answer<()> {
                let mut tx = self.writing().await?;
                let sql = if email.is_empty() {
                    "DELETE FROM addresses WHERE person = $1 AND $2 = ''"
                } else {
                    "INSERT INTO addresses (person, email) VALUES ($1, $2) \
                         ON CONFLICT (person) DO UPDATE SET email = excluded.email"
                };
                sqlx::query(sql).bind(signed(person.0)).bind(email).execute(&mut *tx).await?;
                Ok(tx.commit().await?)
            }

            async fn calendar_key(&self, person: PersonId) -> Answer<Option<Timestamp>> {
                let row = sqlx::query("SELECT made_ms FROM calendar_keys WHERE person = $1")
                    .bind(signed(person.0))
                    .fetch_optional(self.reading())
                    .await?;
                row.map(|row| Ok(Timestamp(row.try_get(0)?))).transpose()
            }

            async fn set_calendar_key(
                &self,
                person: PersonId,
                key: Option<(&Digest, Timestamp)>,
            ) -> Answer<()> {
                let mut tx = self.writing().await?;
                sqlx::query("DELETE FROM calendar_keys WHERE person = $1")
                    .bind(signed(person.0))
                    .execute(&mut *tx)
                    .await?;
                if let Some((hash, made)) = key {
                    sqlx::query("INSERT INTO calendar_keys (person, key_hash, made_ms) VALUES ($1, $2, $3)")
                        .bind(signed(person.0))
                        .bind(&hash[..])
                        .bind(made.0)
                        .execute(&mut *tx)
                        .await?;
                }
                Ok(tx.commit().await?)
            }

            async fn person_of_calendar_key(&self, hash: &Digest) -> Answer<Option<PersonId>> {
                let row = sqlx::query("SELECT person FROM calendar_keys WHERE key_hash = $1")
                    .bind(&hash[..])
                    .fetch_optional(self.reading())
                    .await?;
                row.map(|row| Ok(PersonId(convert::unsigned(row.try_get(0)?, "person")?))).transpose()
            }
        }
    };
}

inviting!(SqliteStore, sqlx::Sqlite);
inviting!(PostgresStore, sqlx::Postgres);
