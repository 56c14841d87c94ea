//! What was committed is what is loaded, with and without snapshots.

use crate::journal_chain::{arrival, batch, hand, id, open, opened, sample};
use conference::{Event, TextId, evolve};
use media_control::ParticipantId;
use signalling_server::journal::{JournalFailure, SNAPSHOT_EVERY_ROWS};

rule_on_both!(conference_without_rows_begins_empty, |subject| {
    let loaded = open(subject).await.load(&id("moi")).await.unwrap();
    assert_eq!((loaded.next_seq, loaded.replayed_rows), (1, 0));
    assert_eq!(loaded.state, conference::State::new(id("moi")));
    assert!(loaded.texts.is_empty());
});

rule_on_both!(hands_and_words_survive_a_restart, |subject| {
    drop(sample(subject).await);
    let loaded = open(subject).await.load(&id("hop")).await.unwrap();
    assert_eq!((loaded.next_seq, loaded.replayed_rows), (7, 6));
    assert_eq!(loaded.state.hands(), [ParticipantId(2), ParticipantId(1)]);
    assert!(loaded.state.is_locked());
    assert_eq!(loaded.texts.text(TextId(3)), "chữ 3");
});

/// Rows of many pages: two hands up and down.
fn many(count: usize) -> Vec<Event> {
    let down = |number| Event::HandLowered { participant: ParticipantId(number), by: None };
    (0..count).map(|n| if n % 2 == 0 { hand(1) } else { down(1) }).collect()
}

rule_on_both!(snapshot_shortens_replay_and_changes_nothing, |subject| {
    let journal = open(subject).await;
    let mut state = journal.load(&id("dai")).await.unwrap().state;
    let mut events = vec![opened(), arrival(1), arrival(2)];
    events.extend(many(2200));
    let committed = journal.commit(&[batch("dai", 1, events.clone())]).await.unwrap()[0];
    assert_eq!((committed.last_seq, committed.snapshot_due), (2203, true));
    events.iter().for_each(|event| evolve(&mut state, event));
    let plain = open(subject).await.load(&id("dai")).await.unwrap();
    assert_eq!((&plain.state, plain.replayed_rows), (&state, 2203));
    journal.save_snapshot(&state, 2203).await.unwrap();
    let later = journal.commit(&[batch("dai", 2, vec![hand(2)])]).await.unwrap()[0];
    assert!(!later.snapshot_due && later.last_seq % SNAPSHOT_EVERY_ROWS != 0);
    evolve(&mut state, &hand(2));
    let short = open(subject).await.load(&id("dai")).await.unwrap();
    assert_eq!((&short.state, short.replayed_rows), (&state, 1));
    assert_eq!(short.texts, plain.texts);
});

rule_on_both!(tampered_snapshot_is_left_aside, |subject| {
    let journal = sample(subject).await;
    let state = journal.load(&id("hop")).await.unwrap().state;
    journal.save_snapshot(&state, 6).await.unwrap();
    for sql in [
        "UPDATE snapshots SET body = replace(body, '\"locked\":true', '\"locked\":false')",
        "UPDATE snapshots SET seq = 5",
        "UPDATE snapshots SET seq = 60",
        "UPDATE snapshots SET version = 9",
    ] {
        assert_eq!(journal.load(&id("hop")).await.unwrap().replayed_rows, 0, "sound before");
        subject.sql(sql).await;
        let loaded = journal.load(&id("hop")).await.unwrap();
        assert_eq!((&loaded.state, loaded.replayed_rows), (&state, 6), "{sql}");
        journal.save_snapshot(&state, 6).await.unwrap();
    }
    let nowhere = journal.save_snapshot(&state, 60).await;
    assert!(matches!(nowhere, Err(JournalFailure::Broken { seq: 60, .. })));
});
