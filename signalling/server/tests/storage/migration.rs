//! Schema steps: forward only, backed up, refused when newer.

use crate::folder::Folder;
use crate::postgres::Server;
use signalling_server::store::{Facts, Migration, PostgresStore, SqliteStore, StoreFailure};

const FIRST: Migration =
    Migration { to: 1, sql: "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);" };
const OLD: &[Migration] = &[FIRST];
const NEW: &[Migration] = &[
    FIRST,
    Migration { to: 2, sql: "CREATE TABLE more (x INTEGER); INSERT INTO facts VALUES ('step', 'two');" },
];
const FAULTY: &[Migration] =
    &[FIRST, Migration { to: 2, sql: "CREATE TABLE half (x INTEGER); CREATE TABEL other (x INTEGER);" }];

async fn fact<S: Facts>(store: &S, name: &str) -> String {
    store.fact_or_set(name, "unset").await.expect("facts table")
}

#[tokio::test]
async fn older_sqlite_file_is_copied_and_brought_up_to_date() {
    let folder = Folder::new();
    let file = folder.path().join("x.sqlite");
    let store = SqliteStore::open_with(&file, OLD).await.unwrap();
    store.fact_or_set("who", "old").await.unwrap();
    store.close().await;
    let backup = folder.path().join("x.sqlite.schema-1.backup");
    assert!(!backup.exists(), "a fresh file needs no copy");
    let store = SqliteStore::open_with(&file, NEW).await.unwrap();
    assert_eq!((fact(&store, "who").await, fact(&store, "step").await), ("old".into(), "two".into()));
    store.close().await;
    let copy = SqliteStore::open_with(&backup, OLD).await.expect("the copy is a whole database");
    assert_eq!((fact(&copy, "who").await, fact(&copy, "step").await), ("old".into(), "unset".into()));
    copy.close().await;
}

#[tokio::test]
async fn newer_sqlite_schema_is_refused_and_left_alone() {
    let folder = Folder::new();
    let file = folder.path().join("x.sqlite");
    SqliteStore::open_with(&file, NEW).await.unwrap().close().await;
    let refused = SqliteStore::open_with(&file, OLD).await;
    assert!(matches!(refused, Err(StoreFailure::NewerSchema { found: 2, known: 1 })), "{refused:?}");
    SqliteStore::open_with(&file, NEW).await.unwrap().close().await;
}

#[tokio::test]
async fn faulty_step_leaves_sqlite_at_the_schema_before() {
    let folder = Folder::new();
    let file = folder.path().join("x.sqlite");
    SqliteStore::open_with(&file, OLD).await.unwrap().close().await;
    let failed = SqliteStore::open_with(&file, FAULTY).await;
    assert!(matches!(failed, Err(StoreFailure::Migration { from: 1, to: 2, .. })), "{failed:?}");
    // Had `half` stayed, making it again would fail.
    const MENDED: &[Migration] = &[FIRST, Migration { to: 2, sql: "CREATE TABLE half (x INTEGER);" }];
    SqliteStore::open_with(&file, MENDED).await.unwrap().close().await;
}

#[tokio::test]
async fn sqlite_file_that_cannot_be_made_is_named() {
    let folder = Folder::new();
    let file = folder.path().join("missing/x.sqlite");
    let failed = SqliteStore::open(&file).await.expect_err("no such folder");
    assert!(failed.to_string().contains("missing/x.sqlite"), "{failed}");
}

#[tokio::test]
async fn postgres_goes_forward_only_and_all_or_nothing() {
    let Some(server) = Server::shared() else { return };
    let address = server.fresh_database().await;
    let store = PostgresStore::open_with(&address, OLD).await.unwrap();
    store.fact_or_set("who", "old").await.unwrap();
    store.close().await;
    let failed = PostgresStore::open_with(&address, FAULTY).await;
    assert!(matches!(failed, Err(StoreFailure::Migration { from: 1, to: 2, .. })), "{failed:?}");
    let store = PostgresStore::open_with(&address, NEW).await.unwrap();
    assert_eq!((fact(&store, "who").await, fact(&store, "step").await), ("old".into(), "two".into()));
    store.close().await;
    let refused = PostgresStore::open_with(&address, OLD).await;
    assert!(matches!(refused, Err(StoreFailure::NewerSchema { found: 2, known: 1 })), "{refused:?}");
}

#[tokio::test]
async fn nodes_that_start_together_migrate_once() {
    let Some(server) = Server::shared() else { return };
    let address = server.fresh_database().await;
    let starts: Vec<_> = (0..4)
        .map(|_| {
            let address = address.clone();
            tokio::spawn(async move { PostgresStore::open(&address).await })
        })
        .collect();
    for start in starts {
        start.await.unwrap().expect("taking turns").close().await;
    }
}
