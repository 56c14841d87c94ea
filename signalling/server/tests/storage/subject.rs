//! A fresh database of either kind, our store on it, and SQL behind the store's back.

use crate::folder::Folder;
use crate::postgres::{self, Server};
use signalling_server::store::Database;
use sqlx::Connection;
use std::path::PathBuf;
use std::sync::Arc;

/// What a rule is proven on.
pub struct Subject {
    pub store: Arc<Database>,
    pub folder: Folder,
    place: Place,
}

enum Place {
    File(PathBuf),
    Server { address: String },
}

impl Subject {
    pub async fn sqlite() -> Self {
        let folder = Folder::new();
        let file = folder.path().join("diemcau.sqlite");
        let store = Arc::new(Database::open_file(&file).await.expect("a fresh file"));
        Self { store, folder, place: Place::File(file) }
    }

    /// `None` when PostgreSQL is left out.
    pub async fn postgres() -> Option<Self> {
        let server = Server::shared()?;
        let address = server.fresh_database().await;
        let store = Arc::new(Database::open_server(&address).await.expect("a fresh database"));
        let place = Place::Server { address };
        Some(Self { store, folder: Folder::new(), place })
    }

    /// The same database through another store, as a second process would have it.
    pub async fn again(&self) -> Arc<Database> {
        Arc::new(match &self.place {
            Place::File(file) => Database::open_file(file).await.expect("our own file"),
            Place::Server { address } => Database::open_server(address).await.expect("our own database"),
        })
    }

    /// Carries SQL out without our store.
    pub async fn sql(&self, statements: &str) {
        let text = sqlx::AssertSqlSafe(statements.to_owned());
        match &self.place {
            Place::File(file) => {
                let address = format!("sqlite://{}", file.display());
                let mut raw = sqlx::SqliteConnection::connect(&address).await.expect("our file");
                sqlx::raw_sql(text).execute(&mut raw).await.expect(statements);
            }
            Place::Server { address } => {
                let mut raw = postgres::connect(address).await;
                sqlx::raw_sql(text).execute(&mut raw).await.expect(statements);
            }
        }
    }
}

/// `rule_on_both!(name_of_the_rule, |subject| { … });` makes a test for each database.
macro_rules! rule_on_both {
    ($rule:ident, |$subject:ident| $body:block) => {
        mod $rule {
            #[allow(unused_imports)]
            use super::*;

            async fn rule($subject: &crate::subject::Subject) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let subject = crate::subject::Subject::sqlite().await;
                rule(&subject).await;
                subject.store.close().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(subject) = crate::subject::Subject::postgres().await {
                    rule(&subject).await;
                    subject.store.close().await;
                }
            }
        }
    };
}
