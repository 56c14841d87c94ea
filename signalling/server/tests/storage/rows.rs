//! Conformance: journal rows, texts, snapshots.

use conference::{PersonId, TextId, Timestamp};
use media_control::ConferenceId;
use signalling_server::store::{NewText, Row, Rows, SnapshotRow, StoreFailure, Tail, Unique};
use std::sync::Arc;

fn id(name: &str) -> ConferenceId {
    ConferenceId::new(name).expect("a good id")
}

fn row(conference: &str, seq: u64, body: &str) -> Row {
    let mark = u8::try_from(seq % 250).expect("below 250");
    Row {
        conference: id(conference),
        seq,
        at: Timestamp(-5),
        version: 1,
        body: body.to_owned(),
        previous: [mark; 32],
        hash: [mark + 1; 32],
    }
}

fn text(number: u64, body: &str) -> NewText {
    NewText { conference: id("a"), id: TextId(number), person: Some(PersonId(7)), body: body.to_owned() }
}

rule_on_both!(rows_read_back_in_order_and_page_by_page, |subject| {
    let rows: Vec<Row> = (1..=7).map(|seq| row("a", seq, "{\"type\":\"Ổn\"}")).collect();
    subject.store.append(&rows[..4], &[]).await.unwrap();
    subject.store.append(&[row("b", 1, "{}")], &[]).await.unwrap();
    subject.store.append(&rows[4..], &[]).await.unwrap();
    assert_eq!(subject.store.rows(&id("a"), 0, 100).await.unwrap(), rows);
    assert_eq!(subject.store.rows(&id("a"), 3, 2).await.unwrap(), rows[2..4]);
    assert_eq!(subject.store.tail(&id("a")).await.unwrap(), Some(Tail { seq: 7, hash: [8; 32] }));
    assert_eq!(subject.store.tail(&id("c")).await.unwrap(), None);
    assert_eq!(subject.store.conferences_with_rows().await.unwrap(), ["a", "b"]);
});

rule_on_both!(occupied_position_refuses_the_whole_batch, |subject| {
    subject.store.append(&[row("a", 1, "one")], &[text(1, "một")]).await.unwrap();
    let batch = [row("b", 1, "other"), row("a", 1, "two")];
    let refused = subject.store.append(&batch, &[text(2, "hai")]).await;
    assert!(matches!(refused, Err(StoreFailure::Taken(Unique::JournalRow))), "{refused:?}");
    let refused = subject.store.append(&[row("a", 2, "two")], &[text(1, "khác")]).await;
    assert!(matches!(refused, Err(StoreFailure::Taken(Unique::JournalRow))), "{refused:?}");
    assert_eq!(subject.store.conferences_with_rows().await.unwrap(), ["a"]);
    assert_eq!(subject.store.rows(&id("a"), 1, 9).await.unwrap(), [row("a", 1, "one")]);
    let texts = subject.store.texts(&id("a"), &[TextId(1), TextId(2)]).await.unwrap();
    assert_eq!(texts, [(TextId(1), "một".to_owned())]);
});

rule_on_both!(one_of_many_writers_gets_a_position, |subject| {
    let second = subject.again().await;
    let writers: Vec<_> = (0..10)
        .map(|number| {
            let store = Arc::clone(if number % 2 == 0 { &subject.store } else { &second });
            tokio::spawn(async move { store.append(&[row("a", 1, &number.to_string())], &[]).await })
        })
        .collect();
    let mut won = 0;
    for writer in writers {
        match writer.await.unwrap() {
            Ok(()) => won += 1,
            Err(failure) => {
                assert!(matches!(failure, StoreFailure::Taken(Unique::JournalRow)), "{failure:?}");
            }
        }
    }
    assert_eq!(won, 1);
    second.close().await;
});

rule_on_both!(thousands_of_texts_are_found_at_once, |subject| {
    let texts: Vec<NewText> = (1..=1300).map(|number| text(number, "đ")).collect();
    subject.store.append(&[], &texts).await.unwrap();
    let asked: Vec<TextId> = (0..1400).map(TextId).collect();
    assert_eq!(subject.store.texts(&id("a"), &asked).await.unwrap().len(), 1300);
    assert_eq!(subject.store.texts(&id("a"), &[]).await.unwrap(), []);
    assert_eq!(subject.store.texts(&id("b"), &asked).await.unwrap(), []);
});

rule_on_both!(newest_snapshot_replaces_the_one_before, |subject| {
    let snapshot = |seq| SnapshotRow {
        conference: id("a"),
        seq,
        version: 3,
        body: format!("{{\"seq\":{seq}}}"),
        seal: [9; 32],
    };
    assert_eq!(subject.store.snapshot(&id("a")).await.unwrap(), None);
    subject.store.save_snapshot(&snapshot(10)).await.unwrap();
    subject.store.save_snapshot(&snapshot(20)).await.unwrap();
    assert_eq!(subject.store.snapshot(&id("a")).await.unwrap(), Some(snapshot(20)));
});
