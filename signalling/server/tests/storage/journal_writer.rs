//! Group commit.

use crate::journal_chain::{arrival, batch, hand, id, open, opened, verified};
use signalling_server::journal::{JournalFailure, start_writer};
use std::sync::Arc;

rule_on_both!(parallel_conferences_are_all_committed_and_exported, |subject| {
    let journal = Arc::new(open(subject).await);
    let (writer, task) = start_writer(Arc::clone(&journal));
    let names: Vec<String> = (0..8).map(|number| format!("hop-{number}")).collect();
    let runners: Vec<_> = names
        .iter()
        .cloned()
        .map(|name| {
            let (journal, writer) = (Arc::clone(&journal), writer.clone());
            tokio::spawn(async move {
                journal.load(&id(&name)).await.unwrap();
                writer.commit(batch(&name, 0, vec![opened(), arrival(1)])).await.unwrap();
                let mut last = 0;
                for at in 1..=40 {
                    last = writer.commit(batch(&name, at, vec![hand(1)])).await.unwrap().last_seq;
                }
                last
            })
        })
        .collect();
    for runner in runners {
        assert_eq!(runner.await.unwrap(), 42);
    }
    drop(writer);
    task.await.unwrap();
    let report = verified(subject).await;
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.conferences, report.rows, report.unexported_rows), (8, 336, 0));
});

rule_on_both!(one_conferences_failure_does_not_fail_the_others, |subject| {
    let journal = Arc::new(open(subject).await);
    journal.load(&id("hop")).await.unwrap();
    journal.load(&id("kia")).await.unwrap();
    // Another node has taken over `hop`.
    let other = open(subject).await;
    other.load(&id("hop")).await.unwrap();
    other.commit(&[batch("hop", 1, vec![opened()])]).await.unwrap();
    let (writer, task) = start_writer(Arc::clone(&journal));
    let (first, second, third, fourth) = tokio::join!(
        writer.commit(batch("kia", 2, vec![opened()])),
        writer.commit(batch("hop", 2, vec![opened()])),
        writer.commit(batch("hop", 3, vec![hand(1)])),
        writer.commit(batch("kia", 3, vec![arrival(1)])),
    );
    assert!(matches!(second, Err(JournalFailure::Store(_))), "{second:?}");
    assert!(matches!(third, Err(JournalFailure::NotLoaded { .. })), "{third:?}");
    assert_eq!((first.unwrap().last_seq, fourth.unwrap().last_seq), (1, 2));
    assert_eq!(journal.load(&id("hop")).await.unwrap().next_seq, 2);
    writer.commit(batch("hop", 4, vec![arrival(1)])).await.unwrap();
    drop(writer);
    task.await.unwrap();
    assert!(verified(subject).await.is_sound());
});

#[tokio::test]
async fn commit_of_nothing_writes_nothing() {
    let subject = crate::subject::Subject::sqlite().await;
    let journal = open(&subject).await;
    journal.load(&id("hop")).await.unwrap();
    let committed = journal.commit(&[batch("hop", 1, vec![])]).await.unwrap();
    assert_eq!(committed[0].last_seq, 0);
    assert_eq!(verified(&subject).await.rows, 0);
}
