//! Sessions as their owner sees them, second factors and units in PostgreSQL.

use super::PostgresStore;
use super::people::insert_account;
use crate::store::convert::{self, signed};
use crate::store::credentials::{FORMER_PASSWORDS, SESSION_LIST_LIMIT};
use crate::store::{Answer, Credentials, Digest, ImportedAccount, NewAccount, SecondFactor, Session, Unit};
use conference::{PersonId, Timestamp};
use sqlx::{PgConnection, Row as _};

async fn replace_recovery_codes(tx: &mut PgConnection, person: PersonId, codes: &[Digest]) -> Answer<()> {
    sqlx::query("DELETE FROM recovery_codes WHERE person = $1")
        .bind(signed(person.0))
        .execute(&mut *tx)
        .await?;
    for code in codes {
        sqlx::query("INSERT INTO recovery_codes (person, hash) VALUES ($1, $2)")
            .bind(signed(person.0))
            .bind(&code[..])
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

impl Credentials for PostgresStore {
    async fn sessions_of(&self, person: PersonId, now: Timestamp) -> Answer<Vec<Session>> {
        let rows = sqlx::query(
            "SELECT * FROM sessions WHERE person = $1 AND expires_ms > $2 ORDER BY seen_ms DESC LIMIT $3",
        )
        .bind(signed(person.0))
        .bind(now.0)
        .bind(SESSION_LIST_LIMIT)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok(convert::read_session!(row))).collect()
    }

    async fn end_other_sessions(&self, person: PersonId, kept: &Digest) -> Answer<u64> {
        let ended = sqlx::query("DELETE FROM sessions WHERE person = $1 AND token_hash <> $2")
            .bind(signed(person.0))
            .bind(&kept[..])
            .execute(&self.pool)
            .await?;
        Ok(ended.rows_affected())
    }

    async fn former_passwords(&self, person: PersonId) -> Answer<Vec<String>> {
        let rows = sqlx::query(
            "SELECT password_hash FROM former_passwords WHERE person = $1 ORDER BY id DESC LIMIT $2",
        )
        .bind(signed(person.0))
        .bind(FORMER_PASSWORDS)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    async fn second_factor(&self, person: PersonId) -> Answer<Option<SecondFactor>> {
        let row = sqlx::query("SELECT sealed, confirmed, last_step FROM second_factors WHERE person = $1")
            .bind(signed(person.0))
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| {
            Ok(SecondFactor {
                sealed: row.try_get("sealed")?,
                is_confirmed: row.try_get("confirmed")?,
                last_step: convert::unsigned(row.try_get("last_step")?, "last_step")?,
            })
        })
        .transpose()
    }

    async fn propose_second_factor(&self, person: PersonId, sealed: &[u8]) -> Answer<bool> {
        let kept = sqlx::query(
            "INSERT INTO second_factors (person, sealed, confirmed, last_step) VALUES ($1, $2, FALSE, 0) \
             ON CONFLICT (person) DO UPDATE SET sealed = excluded.sealed \
             WHERE NOT second_factors.confirmed",
        )
        .bind(signed(person.0))
        .bind(sealed)
        .execute(&self.pool)
        .await?;
        Ok(kept.rows_affected() > 0)
    }

    async fn confirm_second_factor(
        &self,
        person: PersonId,
        step: u64,
        recovery_codes: &[Digest],
    ) -> Answer<()> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("UPDATE second_factors SET confirmed = TRUE, last_step = $2 WHERE person = $1")
            .bind(signed(person.0))
            .bind(signed(step))
            .execute(&mut *tx)
            .await?;
        replace_recovery_codes(&mut tx, person, recovery_codes).await?;
        Ok(tx.commit().await?)
    }

    async fn renew_recovery_codes(&self, person: PersonId, recovery_codes: &[Digest]) -> Answer<()> {
        let mut tx = self.pool.begin().await?;
        replace_recovery_codes(&mut tx, person, recovery_codes).await?;
        Ok(tx.commit().await?)
    }

    async fn use_step(&self, person: PersonId, step: u64) -> Answer<bool> {
        let used =
            sqlx::query("UPDATE second_factors SET last_step = $2 WHERE person = $1 AND last_step < $2")
                .bind(signed(person.0))
                .bind(signed(step))
                .execute(&self.pool)
                .await?;
        Ok(used.rows_affected() > 0)
    }

    async fn use_recovery_code(&self, person: PersonId, hash: &Digest) -> Answer<bool> {
        let used = sqlx::query("DELETE FROM recovery_codes WHERE person = $1 AND hash = $2")
            .bind(signed(person.0))
            .bind(&hash[..])
            .execute(&self.pool)
            .await?;
        Ok(used.rows_affected() > 0)
    }

    async fn recovery_codes_left(&self, person: PersonId) -> Answer<u32> {
        let row = sqlx::query("SELECT COUNT(*) FROM recovery_codes WHERE person = $1")
            .bind(signed(person.0))
            .fetch_one(&self.pool)
            .await?;
        convert::small(row.try_get(0)?, "recovery_codes")
    }

    async fn remove_second_factor(&self, person: PersonId) -> Answer<()> {
        let mut tx = self.pool.begin().await?;
        for statement in
            ["DELETE FROM second_factors WHERE person = $1", "DELETE FROM recovery_codes WHERE person = $1"]
        {
            sqlx::query(statement).bind(signed(person.0)).execute(&mut *tx).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn units(&self) -> Answer<Vec<Unit>> {
        let rows =
            sqlx::query("SELECT code, name, parent FROM units ORDER BY code").fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| {
                Ok(Unit {
                    code: row.try_get("code")?,
                    name: row.try_get("name")?,
                    parent: row.try_get("parent")?,
                })
            })
            .collect()
    }

    async fn import_units(&self, units: &[Unit]) -> Answer<()> {
        let mut tx = self.pool.begin().await?;
        for unit in units {
            sqlx::query(
                "INSERT INTO units (code, name, parent) VALUES ($1, $2, $3) \
                 ON CONFLICT (code) DO UPDATE SET name = excluded.name, parent = excluded.parent",
            )
            .bind(&unit.code)
            .bind(&unit.name)
            .bind(&unit.parent)
            .execute(&mut *tx)
            .await?;
            // The line under a name follows the unit's name.
            sqlx::query(
                "UPDATE persons SET unit = $2 WHERE unit <> $2 AND id IN \
                 (SELECT person FROM accounts WHERE unit_code = $1)",
            )
            .bind(&unit.code)
            .bind(&unit.name)
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }

    async fn import_people(&self, people: &[ImportedAccount], now: Timestamp) -> Answer<()> {
        let mut tx = self.pool.begin().await?;
        for one in people {
            let person = match one.existing {
                Some(person) => {
                    let person = signed(person.0);
                    let role = convert::role_word(one.role);
                    sqlx::query(
                        "DELETE FROM sessions WHERE person = $1 AND EXISTS \
                         (SELECT 1 FROM accounts WHERE person = $1 AND role <> $2)",
                    )
                    .bind(person)
                    .bind(role)
                    .execute(&mut *tx)
                    .await?;
                    sqlx::query("UPDATE accounts SET role = $2 WHERE person = $1")
                        .bind(person)
                        .bind(role)
                        .execute(&mut *tx)
                        .await?;
                    sqlx::query("UPDATE persons SET name = $2, unit = $3 WHERE id = $1")
                        .bind(person)
                        .bind(&one.name)
                        .bind(&one.unit)
                        .execute(&mut *tx)
                        .await?;
                    person
                }
                None => {
                    let new = NewAccount {
                        user: one.user.clone(),
                        name: one.name.clone(),
                        unit: one.unit.clone(),
                        role: one.role,
                        password_hash: one.password_hash.clone(),
                    };
                    signed(insert_account(&mut tx, &new, now).await?.0)
                }
            };
            sqlx::query("UPDATE accounts SET unit_code = $2 WHERE person = $1")
                .bind(person)
                .bind(&one.unit_code)
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }
}
