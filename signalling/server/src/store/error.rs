//! Failures of the store.
//!
//! Returned by every store method. Logged once, at the edge; only [`StoreFailure::Taken`] is also
//! something a person asked for and is told.

use std::path::PathBuf;

/// The store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreFailure {
    #[error("database cannot be opened at {place}")]
    Open {
        /// File, or server address without password.
        place: String,
        #[source]
        source: sqlx::Error,
    },
    #[error("database has schema {found}, this program knows up to {known}; start a newer program")]
    NewerSchema { found: i64, known: i64 },
    #[error("database could not be copied to {} before migration {to}, nothing was changed", .backup.display())]
    Backup {
        backup: PathBuf,
        to: i64,
        #[source]
        source: sqlx::Error,
    },
    #[error("migration {to} failed, the database stays at schema {from}")]
    Migration {
        from: i64,
        to: i64,
        #[source]
        source: sqlx::Error,
    },
    #[error("{0} is taken already")]
    Taken(Unique),
    #[error("column {column} holds something that this program never wrote")]
    Unreadable { column: &'static str },
    #[error("database request failed")]
    Sql(#[from] sqlx::Error),
}

/// What must be unique and was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unique {
    User,
    Conference,
    /// The journal position was written by somebody else.
    JournalRow,
}

impl std::fmt::Display for Unique {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::User => "user name",
            Self::Conference => "conference id",
            Self::JournalRow => "journal row",
        })
    }
}
