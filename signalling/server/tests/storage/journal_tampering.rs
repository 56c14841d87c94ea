//! Every kind of tampering, done by SQL behind the journal's back, is found and named.

use crate::journal_chain::{batch, findings, hand, id, open, sample, verified};
use crate::subject::Subject;
use expect_test::{Expect, expect};
use signalling_server::journal::{HEAD_FILE, JournalFailure, KEY_FILE, verify_folder};

/// Tampers with the sample and compares the findings.
async fn check(subject: &Subject, sql: &str, expected: Expect) {
    drop(sample(subject).await);
    subject.sql(sql).await;
    expected.assert_eq(&findings(subject).await);
}

rule_on_both!(untouched_journal_is_sound, |subject| {
    check(
        subject,
        "SELECT 1",
        expect![[r#"
        sound
    "#]],
    )
    .await;
    let report = verified(subject).await;
    assert_eq!((report.conferences, report.rows, report.unexported_rows), (2, 8, 0));
});

rule_on_both!(changed_body_is_named, |subject| {
    let sql =
        "UPDATE journal SET body = replace(body, 'delegate', 'chair') WHERE conference = 'hop' AND seq = 3";
    check(
        subject,
        sql,
        expect![[r#"
        conference hop: row 3 was changed
    "#]],
    )
    .await;
});

rule_on_both!(changed_time_is_named, |subject| {
    let sql = "UPDATE journal SET at_ms = at_ms + 1 WHERE conference = 'hop' AND seq = 6";
    check(
        subject,
        sql,
        expect![[r#"
        conference hop: row 6 was changed
    "#]],
    )
    .await;
});

rule_on_both!(changed_version_is_named, |subject| {
    let sql = "UPDATE journal SET version = 2 WHERE conference = 'hop' AND seq = 1";
    check(
        subject,
        sql,
        expect![[r#"
        conference hop: row 1 was changed
    "#]],
    )
    .await;
});

rule_on_both!(exchanged_hash_is_named, |subject| {
    let sql = "UPDATE journal SET hash = previous WHERE conference = 'hop' AND seq = 2";
    check(
        subject,
        sql,
        expect![[r#"
        conference hop: row 2 was changed
    "#]],
    )
    .await;
});

rule_on_both!(two_changed_rows_are_both_named, |subject| {
    let sql = "UPDATE journal SET body = '{}' WHERE conference = 'hop' AND seq IN (2, 3)";
    check(
        subject,
        sql,
        expect![[r#"
        conference hop: row 2 was changed
        conference hop: row 3 was changed
    "#]],
    )
    .await;
});

rule_on_both!(missing_row_is_named, |subject| {
    check(
        subject,
        "DELETE FROM journal WHERE conference = 'hop' AND seq = 3",
        expect![[r#"
        conference hop: row 3 is missing
    "#]],
    )
    .await;
});

rule_on_both!(missing_first_row_is_named, |subject| {
    check(
        subject,
        "DELETE FROM journal WHERE conference = 'hop' AND seq = 1",
        expect![[r#"
        conference hop: row 1 is missing
    "#]],
    )
    .await;
});

rule_on_both!(missing_row_is_named_although_the_gap_was_closed, |subject| {
    let sql = "DELETE FROM journal WHERE conference = 'hop' AND seq = 3; \
        UPDATE journal SET seq = seq + 1000 WHERE conference = 'hop' AND seq > 3; \
        UPDATE journal SET seq = seq - 1001 WHERE seq > 1000";
    check(
        subject,
        sql,
        expect![[r#"
        conference hop: row 3 is missing
    "#]],
    )
    .await;
});

rule_on_both!(missing_and_changed_rows_are_told_apart, |subject| {
    let sql = "DELETE FROM journal WHERE conference = 'hop' AND seq = 2; \
        UPDATE journal SET body = '{}' WHERE conference = 'hop' AND seq IN (3, 5)";
    check(
        subject,
        sql,
        expect![[r#"
        conference hop: row 2 is missing
        conference hop: row 3 was changed
        conference hop: row 5 was changed
    "#]],
    )
    .await;
});

rule_on_both!(reordered_rows_are_named, |subject| {
    let sql = "UPDATE journal SET seq = 1000 WHERE conference = 'hop' AND seq = 4; \
        UPDATE journal SET seq = 4 WHERE conference = 'hop' AND seq = 5; \
        UPDATE journal SET seq = 5 WHERE seq = 1000";
    check(
        subject,
        sql,
        expect![[r#"
        conference hop: row 5 was moved to place 4
        conference hop: row 4 was moved to place 5
    "#]],
    )
    .await;
});

rule_on_both!(row_moved_to_the_end_is_named, |subject| {
    let sql = "UPDATE journal SET seq = 7 WHERE conference = 'hop' AND seq = 3";
    check(
        subject,
        sql,
        expect![[r#"
        conference hop: row 3 was moved to place 7
    "#]],
    )
    .await;
});

rule_on_both!(inserted_row_is_named, |subject| {
    let sql = "UPDATE journal SET seq = seq + 1000 WHERE conference = 'hop' AND seq > 2; \
        UPDATE journal SET seq = seq - 999 WHERE seq > 1000; \
        INSERT INTO journal SELECT conference, 3, at_ms, version, body, previous, hash \
        FROM journal WHERE conference = 'hop' AND seq = 2";
    check(
        subject,
        sql,
        expect![[r#"
        conference hop: row 3 was inserted
    "#]],
    )
    .await;
});

rule_on_both!(row_added_at_the_end_is_named, |subject| {
    let sql = "INSERT INTO journal SELECT conference, 7, at_ms, version, body, hash, hash \
        FROM journal WHERE conference = 'hop' AND seq = 6";
    check(
        subject,
        sql,
        expect![[r#"
        conference hop: row 7 was inserted
    "#]],
    )
    .await;
});

rule_on_both!(row_moved_to_another_conference_is_named_in_both, |subject| {
    let sql = "UPDATE journal SET conference = 'hop', seq = 7 WHERE conference = 'kia' AND seq = 2";
    check(
        subject,
        sql,
        expect![[r#"
        conference hop: row 7 was inserted
        conference kia: rows 2 to 2 were cut off
    "#]],
    )
    .await;
});

rule_on_both!(cut_off_end_is_named, |subject| {
    check(
        subject,
        "DELETE FROM journal WHERE conference = 'hop' AND seq >= 5",
        expect![[r#"
        conference hop: rows 5 to 6 were cut off
    "#]],
    )
    .await;
    let refused = open(subject).await.load(&id("hop")).await;
    assert!(matches!(refused, Err(JournalFailure::CutOff { rows: 4, exported: 6, .. })), "{refused:?}");
});

rule_on_both!(conference_that_vanished_is_named, |subject| {
    check(
        subject,
        "DELETE FROM journal WHERE conference = 'kia'",
        expect![[r#"
        conference kia: rows 1 to 2 were cut off
    "#]],
    )
    .await;
});

rule_on_both!(emptied_journal_is_named, |subject| {
    check(
        subject,
        "DELETE FROM journal",
        expect![[r#"
        conference hop: rows 1 to 6 were cut off
        conference kia: rows 1 to 2 were cut off
    "#]],
    )
    .await;
});

rule_on_both!(rows_under_an_impossible_name_are_named, |subject| {
    let sql = "INSERT INTO journal SELECT 'Họp 1', seq, at_ms, version, body, previous, hash \
        FROM journal WHERE conference = 'kia'";
    check(
        subject,
        sql,
        expect![[r#"
        rows stand under "Họp 1", which is no conference id
    "#]],
    )
    .await;
});

rule_on_both!(history_set_back_and_continued_is_named, |subject| {
    drop(sample(subject).await);
    // An old backup is played back and the head file put away for a while: the server goes on
    // with the right key, and the rows fit one another.
    subject.sql("DELETE FROM journal WHERE conference = 'hop' AND seq >= 5").await;
    let head = subject.folder.path().join(HEAD_FILE);
    let kept = std::fs::read(&head).unwrap();
    std::fs::remove_file(&head).unwrap();
    let journal = open(subject).await;
    journal.load(&id("hop")).await.unwrap();
    journal.commit(&[batch("hop", 9, vec![hand(1), hand(2), hand(1)])]).await.unwrap();
    std::fs::write(&head, kept).unwrap();
    expect![[r#"
        conference hop: row 6 replaces an earlier row 6
    "#]]
    .assert_eq(&findings(subject).await);
    let refused = open(subject).await.load(&id("hop")).await;
    assert!(matches!(refused, Err(JournalFailure::Broken { seq: 6, .. })), "{refused:?}");
});

rule_on_both!(conference_with_a_broken_chain_does_not_open_and_others_do, |subject| {
    drop(sample(subject).await);
    subject.sql("UPDATE journal SET body = '{}' WHERE conference = 'hop' AND seq = 3").await;
    let journal = open(subject).await;
    let refused = journal.load(&id("hop")).await;
    assert!(matches!(refused, Err(JournalFailure::Broken { seq: 3, .. })), "{refused:?}");
    assert_eq!(journal.load(&id("kia")).await.unwrap().next_seq, 3);
    let commit = journal.commit(&[batch("hop", 9, vec![hand(1)])]).await;
    assert!(matches!(commit, Err(JournalFailure::NotLoaded { .. })), "{commit:?}");
});

rule_on_both!(another_key_is_told_apart_from_tampering, |subject| {
    drop(sample(subject).await);
    std::fs::write(subject.folder.path().join(KEY_FILE), "ab".repeat(32)).unwrap();
    let outcome = verify_folder(&subject.store, subject.folder.path()).await;
    assert!(matches!(outcome, Err(JournalFailure::WrongKey)), "{outcome:?}");
});
