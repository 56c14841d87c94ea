//! The store in one SQLite file: the all-in-one installation.
//!
//! Opened by `deploy/diemcau` through [`super::Database`]. One connection writes, a few read (WAL
//! lets them). Never shares its file with another machine.

mod credentials;
mod people;
mod rows;

use super::schema::{Migration, pending};
use super::{Answer, StoreFailure};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Row as _, Sqlite, Transaction};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Every schema step of SQLite.
const MIGRATIONS: &[Migration] = &[
    Migration { to: 1, sql: include_str!("0001.sql") },
    Migration { to: 2, sql: include_str!("0002.sql") },
    Migration { to: 3, sql: include_str!("0003.sql") },
    Migration { to: 4, sql: include_str!("0004.sql") },
    Migration { to: 5, sql: include_str!("0005.sql") },
];
/// Connections that only read.
const READERS: u32 = 4;
/// How long a writer waits for another process, e.g. `diemcau admin` beside the server.
const BUSY: Duration = Duration::from_secs(10);

/// A SQLite file with our schema.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl SqliteStore {
    /// Opens or makes the file and brings its schema up to date; an existing older one is first
    /// copied to `FILE.schema-N.backup`.
    ///
    /// # Errors
    /// `Open`, `NewerSchema`, `Backup` or `Migration`.
    pub async fn open(file: &Path) -> Answer<Self> {
        Self::open_with(file, MIGRATIONS).await
    }

    /// As [`Self::open`] with other schema steps; for tests of migration.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_with(file: &Path, migrations: &'static [Migration]) -> Answer<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: a row that somebody was told of must survive a power cut, not only a crash.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY);
        let failed = |source| StoreFailure::Open { place: file.display().to_string(), source };
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await
            .map_err(failed)?;
        migrate(&writer, file, migrations).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.pragma("query_only", "ON"))
            .await
            .map_err(failed)?;
        Ok(Self { writer, readers })
    }

    /// A transaction that holds the write lock from its start, so that it cannot fail half-way
    /// because another process wrote in between.
    async fn write(&self) -> Answer<Transaction<'static, Sqlite>> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    pub(super) async fn writing(&self) -> Answer<Transaction<'static, Sqlite>> {
        self.write().await
    }

    pub(super) const fn reading(&self) -> &SqlitePool {
        &self.readers
    }

    /// Closes the file after the running requests.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

async fn migrate(pool: &SqlitePool, file: &Path, migrations: &'static [Migration]) -> Answer<()> {
    sqlx::raw_sql("CREATE TABLE IF NOT EXISTS schema (version INTEGER NOT NULL)").execute(pool).await?;
    let from: i64 =
        sqlx::query("SELECT COALESCE(MAX(version), 0) FROM schema").fetch_one(pool).await?.try_get(0)?;
    let steps = pending(migrations, from)?;
    if let (Some(step), true) = (steps.last(), from > 0) {
        back_up(pool, file, from, step.to).await?;
    }
    for step in steps {
        let failed = |source| StoreFailure::Migration { from: step.to - 1, to: step.to, source };
        let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::raw_sql(step.sql).execute(&mut *tx).await.map_err(failed)?;
        sqlx::query("INSERT INTO schema (version) VALUES ($1)")
            .bind(step.to)
            .execute(&mut *tx)
            .await
            .map_err(failed)?;
        tx.commit().await.map_err(failed)?;
    }
    Ok(())
}

/// A complete copy beside the file. A left-over of an interrupted attempt is replaced.
async fn back_up(pool: &SqlitePool, file: &Path, from: i64, to: i64) -> Answer<()> {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".schema-{from}.backup"));
    let backup = PathBuf::from(name);
    let failed = |source| StoreFailure::Backup { backup: backup.clone(), to, source };
    match std::fs::remove_file(&backup) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(failed(sqlx::Error::Io(error)));
        }
        _ => {}
    }
    let target = backup.to_string_lossy().into_owned();
    sqlx::query("VACUUM INTO $1").bind(target).execute(pool).await.map_err(failed)?;
    Ok(())
}

impl super::Facts for SqliteStore {
    async fn fact_or_set(&self, name: &str, value: &str) -> Answer<String> {
        let mut tx = self.write().await?;
        sqlx::query("INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
            .bind(name)
            .bind(value)
            .execute(&mut *tx)
            .await?;
        let row =
            sqlx::query("SELECT value FROM facts WHERE name = $1").bind(name).fetch_one(&mut *tx).await?;
        tx.commit().await?;
        Ok(row.try_get(0)?)
    }

    async fn ping(&self) -> Answer<()> {
        sqlx::query("SELECT 1").execute(&self.readers).await?;
        Ok(())
    }
}
