//! The store in PostgreSQL 15 or later: installations of several nodes.
//!
//! Opened by `deploy/diemcau` through [`super::Database`]. Any number of nodes may share it; the
//! journal's primary key refuses the second writer of a position.

mod credentials;
mod people;
mod rows;

use super::schema::{Migration, pending};
use super::{Answer, StoreFailure};
use sqlx::Row as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use std::str::FromStr;
use std::time::Duration;

/// Every schema step of PostgreSQL.
const MIGRATIONS: &[Migration] = &[
    Migration { to: 1, sql: include_str!("0001.sql") },
    Migration { to: 2, sql: include_str!("0002.sql") },
    Migration { to: 3, sql: include_str!("0003.sql") },
    Migration { to: 4, sql: include_str!("0004.sql") },
    Migration { to: 5, sql: include_str!("0005.sql") },
];
/// Connections to the server.
const CONNECTIONS: u32 = 8;
/// How long a request waits for a free connection or for the server to answer at all.
const ACQUIRE: Duration = Duration::from_secs(10);
/// Advisory lock under which nodes that start together take turns to migrate.
const MIGRATION_LOCK: i64 = 0x0064_6965_6d63_6175;

/// A PostgreSQL database with our schema.
#[derive(Clone, Debug)]
pub struct PostgresStore {
    pool: PgPool,
}

impl PostgresStore {
    /// Connects to `postgres://…` and brings the schema up to date. Backing up before an upgrade
    /// is the operator's part (`pg_dump`): this program has no place of its own for the copy.
    ///
    /// # Errors
    /// `Open`, `NewerSchema` or `Migration`.
    pub async fn open(url: &str) -> Answer<Self> {
        Self::open_with(url, MIGRATIONS).await
    }

    /// As [`Self::open`] with other schema steps; for tests of migration.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_with(url: &str, migrations: &'static [Migration]) -> Answer<Self> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|source| StoreFailure::Open { place: "postgres".to_owned(), source })?;
        // The address without its password.
        let place = format!(
            "postgres://{}:{}/{}",
            options.get_host(),
            options.get_port(),
            options.get_database().unwrap_or_default()
        );
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE)
            .connect_with(options)
            .await
            .map_err(|source| StoreFailure::Open { place, source })?;
        migrate(&pool, migrations).await?;
        Ok(Self { pool })
    }

    pub(super) async fn writing(&self) -> Answer<sqlx::Transaction<'static, sqlx::Postgres>> {
        Ok(self.pool.begin().await?)
    }

    pub(super) const fn reading(&self) -> &PgPool {
        &self.pool
    }

    /// Closes the connections after the running requests.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

async fn migrate(pool: &PgPool, migrations: &'static [Migration]) -> Answer<()> {
    let mut tx = pool.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(MIGRATION_LOCK).execute(&mut *tx).await?;
    sqlx::raw_sql("CREATE TABLE IF NOT EXISTS schema (version BIGINT NOT NULL)").execute(&mut *tx).await?;
    let from: i64 =
        sqlx::query("SELECT COALESCE(MAX(version), 0) FROM schema").fetch_one(&mut *tx).await?.try_get(0)?;
    for step in pending(migrations, from)? {
        // All steps are one transaction here: either the whole way or back to `from`.
        let failed = |source| StoreFailure::Migration { from, to: step.to, source };
        sqlx::raw_sql(step.sql).execute(&mut *tx).await.map_err(failed)?;
        sqlx::query("INSERT INTO schema (version) VALUES ($1)")
            .bind(step.to)
            .execute(&mut *tx)
            .await
            .map_err(failed)?;
    }
    Ok(tx.commit().await?)
}

impl super::Facts for PostgresStore {
    async fn fact_or_set(&self, name: &str, value: &str) -> Answer<String> {
        sqlx::query("INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
            .bind(name)
            .bind(value)
            .execute(&self.pool)
            .await?;
        let row =
            sqlx::query("SELECT value FROM facts WHERE name = $1").bind(name).fetch_one(&self.pool).await?;
        Ok(row.try_get(0)?)
    }

    async fn ping(&self) -> Answer<()> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }
}
