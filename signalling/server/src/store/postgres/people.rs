//! Persons, accounts, guests and sessions in PostgreSQL.

use super::PostgresStore;
use crate::store::convert::{self, signed};
use crate::store::credentials::FORMER_PASSWORDS;
use crate::store::{
    Account, Answer, Digest, GuestPurge, GuestsPurged, Lockout, NewAccount, People, Person, Session, Unique,
};
use conference::{PersonId, Timestamp};
use media_control::ConferenceId;
use sqlx::{PgConnection, Row as _};

const ACCOUNT: &str = "SELECT p.id, p.name, p.unit, p.guest_of, a.login, a.password_hash, a.role, \
    a.failures, a.locked_until_ms, a.disabled, a.password_set_ms, a.unit_code, \
    EXISTS (SELECT 1 FROM second_factors f WHERE f.person = a.person AND f.confirmed) AS second_factor \
    FROM accounts a JOIN persons p ON p.id = a.person";

async fn insert_person(
    tx: &mut PgConnection,
    name: &str,
    unit: &str,
    guest_of: Option<&ConferenceId>,
    now: Timestamp,
) -> Answer<i64> {
    let row = sqlx::query(
        "INSERT INTO persons (name, unit, guest_of, created_ms) VALUES ($1, $2, $3, $4) RETURNING id",
    )
    .bind(name)
    .bind(unit)
    .bind(guest_of.map(ConferenceId::as_str))
    .bind(now.0)
    .fetch_one(tx)
    .await?;
    Ok(row.try_get(0)?)
}

pub(super) async fn insert_account(
    tx: &mut PgConnection,
    account: &NewAccount,
    now: Timestamp,
) -> Answer<PersonId> {
    let person = insert_person(tx, &account.name, &account.unit, None, now).await?;
    sqlx::query(
        "INSERT INTO accounts (person, login, password_hash, role, password_set_ms) \
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(person)
    .bind(&account.user)
    .bind(&account.password_hash)
    .bind(convert::role_word(account.role))
    .bind(now.0)
    .execute(tx)
    .await
    .map_err(|error| convert::taken(error, Unique::User))?;
    Ok(PersonId(convert::unsigned(person, "id")?))
}

async fn end_sessions_of(tx: &mut PgConnection, person: PersonId) -> Answer<()> {
    sqlx::query("DELETE FROM sessions WHERE person = $1").bind(signed(person.0)).execute(tx).await?;
    Ok(())
}

impl People for PostgresStore {
    async fn create_account(&self, account: &NewAccount, now: Timestamp) -> Answer<PersonId> {
        let mut tx = self.pool.begin().await?;
        let person = insert_account(&mut tx, account, now).await?;
        tx.commit().await?;
        Ok(person)
    }

    async fn import_account(&self, account: &NewAccount, now: Timestamp) -> Answer<PersonId> {
        let mut tx = self.pool.begin().await?;
        let found = sqlx::query("UPDATE accounts SET role = $2 WHERE login = $1 RETURNING person")
            .bind(&account.user)
            .bind(convert::role_word(account.role))
            .fetch_optional(&mut *tx)
            .await?;
        let person = match found {
            None => insert_account(&mut tx, account, now).await?,
            Some(row) => {
                let person: i64 = row.try_get(0)?;
                sqlx::query("UPDATE persons SET name = $2, unit = $3 WHERE id = $1")
                    .bind(person)
                    .bind(&account.name)
                    .bind(&account.unit)
                    .execute(&mut *tx)
                    .await?;
                PersonId(convert::unsigned(person, "person")?)
            }
        };
        tx.commit().await?;
        Ok(person)
    }

    async fn account_of_user(&self, user: &str) -> Answer<Option<Account>> {
        let mut query = sqlx::QueryBuilder::new(ACCOUNT);
        query.push(" WHERE a.login = ").push_bind(user);
        let row = query.build().fetch_optional(&self.pool).await?;
        row.map(|row| Ok(convert::read_account!(row))).transpose()
    }

    async fn account_of_person(&self, person: PersonId) -> Answer<Option<Account>> {
        let mut query = sqlx::QueryBuilder::new(ACCOUNT);
        query.push(" WHERE a.person = ").push_bind(signed(person.0));
        let row = query.build().fetch_optional(&self.pool).await?;
        row.map(|row| Ok(convert::read_account!(row))).transpose()
    }

    async fn accounts(&self) -> Answer<Vec<Account>> {
        let mut query = sqlx::QueryBuilder::new(ACCOUNT);
        query.push(" ORDER BY a.login");
        let rows = query.build().fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok(convert::read_account!(row))).collect()
    }

    async fn record_login_failure(
        &self,
        person: PersonId,
        limit: u32,
        locked_until: Timestamp,
    ) -> Answer<Lockout> {
        let mut tx = self.pool.begin().await?;
        let row = sqlx::query(
            "UPDATE accounts SET \
               locked_until_ms = CASE WHEN failures + 1 >= $2 THEN $3 ELSE locked_until_ms END, \
               failures = CASE WHEN failures + 1 >= $2 THEN 0 ELSE failures + 1 END \
             WHERE person = $1 RETURNING failures, locked_until_ms",
        )
        .bind(signed(person.0))
        .bind(i64::from(limit))
        .bind(locked_until.0)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        let locked: Option<i64> = row.try_get("locked_until_ms")?;
        Ok(Lockout {
            failures: convert::small(row.try_get("failures")?, "failures")?,
            locked_until: locked.map(Timestamp),
        })
    }

    async fn clear_login_failures(&self, person: PersonId) -> Answer<()> {
        sqlx::query("UPDATE accounts SET failures = 0, locked_until_ms = NULL WHERE person = $1")
            .bind(signed(person.0))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn set_password(&self, person: PersonId, password_hash: &str, now: Timestamp) -> Answer<()> {
        let mut tx = self.pool.begin().await?;
        sqlx::query(
            "INSERT INTO former_passwords (person, password_hash) \
             SELECT person, password_hash FROM accounts WHERE person = $1",
        )
        .bind(signed(person.0))
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "DELETE FROM former_passwords WHERE person = $1 AND id NOT IN \
             (SELECT id FROM former_passwords WHERE person = $1 ORDER BY id DESC LIMIT $2)",
        )
        .bind(signed(person.0))
        .bind(FORMER_PASSWORDS)
        .execute(&mut *tx)
        .await?;
        sqlx::query("UPDATE accounts SET password_hash = $2, password_set_ms = $3 WHERE person = $1")
            .bind(signed(person.0))
            .bind(password_hash)
            .bind(now.0)
            .execute(&mut *tx)
            .await?;
        end_sessions_of(&mut tx, person).await?;
        Ok(tx.commit().await?)
    }

    async fn set_disabled(&self, person: PersonId, disabled: bool) -> Answer<()> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("UPDATE accounts SET disabled = $2 WHERE person = $1")
            .bind(signed(person.0))
            .bind(disabled)
            .execute(&mut *tx)
            .await?;
        if disabled {
            end_sessions_of(&mut tx, person).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn person(&self, person: PersonId) -> Answer<Option<Person>> {
        let row = sqlx::query("SELECT id, name, unit, guest_of FROM persons WHERE id = $1")
            .bind(signed(person.0))
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| Ok(convert::read_person!(row))).transpose()
    }

    async fn create_guest(
        &self,
        conference: &ConferenceId,
        name: &str,
        unit: &str,
        now: Timestamp,
    ) -> Answer<PersonId> {
        let mut tx = self.pool.begin().await?;
        let id = insert_person(&mut tx, name, unit, Some(conference), now).await?;
        tx.commit().await?;
        Ok(PersonId(convert::unsigned(id, "id")?))
    }

    async fn erase_person(&self, person: PersonId) -> Answer<u64> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("UPDATE persons SET name = '', unit = '' WHERE id = $1")
            .bind(signed(person.0))
            .execute(&mut *tx)
            .await?;
        for sql in super::super::invitations_sql::ERASE {
            sqlx::query(sql).bind(signed(person.0)).execute(&mut *tx).await?;
        }
        let erased = sqlx::query("DELETE FROM texts WHERE person = $1")
            .bind(signed(person.0))
            .execute(&mut *tx)
            .await?
            .rows_affected();
        tx.commit().await?;
        Ok(erased)
    }

    async fn create_session(&self, session: &Session) -> Answer<()> {
        sqlx::query(
            "INSERT INTO sessions (token_hash, person, kind, created_ms, expires_ms, seen_ms, address, \
             agent, second_factor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(&session.token_hash[..])
        .bind(signed(session.person.0))
        .bind(convert::kind_word(session.kind))
        .bind(session.created.0)
        .bind(session.expires.0)
        .bind(session.seen.0)
        .bind(&session.address)
        .bind(&session.agent)
        .bind(session.second_factor)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    async fn session(&self, token_hash: &Digest) -> Answer<Option<Session>> {
        let row = sqlx::query("SELECT * FROM sessions WHERE token_hash = $1")
            .bind(&token_hash[..])
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| Ok(convert::read_session!(row))).transpose()
    }

    async fn touch_session(&self, token_hash: &Digest, seen: Timestamp, expires: Timestamp) -> Answer<()> {
        sqlx::query("UPDATE sessions SET seen_ms = $2, expires_ms = $3 WHERE token_hash = $1")
            .bind(&token_hash[..])
            .bind(seen.0)
            .bind(expires.0)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn end_session(&self, token_hash: &Digest) -> Answer<()> {
        sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
            .bind(&token_hash[..])
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn sweep_sessions(&self, now: Timestamp) -> Answer<u64> {
        let swept =
            sqlx::query("DELETE FROM sessions WHERE expires_ms < $1").bind(now.0).execute(&self.pool).await?;
        Ok(swept.rows_affected())
    }

    async fn purge_guests(&self, purge: &GuestPurge) -> Answer<GuestsPurged> {
        let mut tx = self.pool.begin().await?;
        let (after, limit) = (signed(purge.after.0), i64::from(purge.limit));
        let last = sqlx::query(
            "SELECT COUNT(*), MAX(id) FROM (SELECT id FROM persons WHERE id > $1 ORDER BY id LIMIT $2) AS step",
        )
        .bind(after)
        .bind(limit)
        .fetch_one(&mut *tx)
        .await?;
        let looked: i64 = last.try_get(0)?;
        let Some(last) = last.try_get::<Option<i64>, _>(1)? else {
            return Ok(GuestsPurged { purged: 0, next: None });
        };
        let gone = sqlx::query(
            "SELECT id FROM persons WHERE id > $1 AND id <= $2 AND guest_of IS NOT NULL AND created_ms < $3 \
               AND (created_ms < $4 OR COALESCE((SELECT at_ms FROM journal \
                 WHERE conference = persons.guest_of ORDER BY seq DESC LIMIT 1), 0) < $3) \
               AND NOT EXISTS (SELECT 1 FROM sessions WHERE person = persons.id AND seen_ms >= $3) \
               AND NOT EXISTS (SELECT 1 FROM conferences WHERE created_by = persons.id)",
        )
        .bind(after)
        .bind(last)
        .bind(purge.quiet_since.0)
        .bind(purge.identity_ended.0)
        .fetch_all(&mut *tx)
        .await?;
        for row in &gone {
            let id: i64 = row.try_get(0)?;
            sqlx::query("DELETE FROM sessions WHERE person = $1").bind(id).execute(&mut *tx).await?;
            sqlx::query("DELETE FROM persons WHERE id = $1").bind(id).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        let next = (looked == limit).then_some(PersonId(convert::unsigned(last, "id")?));
        Ok(GuestsPurged { purged: gone.len() as u64, next })
    }
}
