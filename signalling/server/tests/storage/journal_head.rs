//! Key and head file: they may lag behind the database, never lead it, and show tampering.

use crate::folder::Folder;
use crate::journal_chain::{batch, findings, hand, id, open, sample, verified};
use expect_test::expect;
use signalling_server::journal::{HEAD_FILE, JournalFailure, JournalKey, KEY_FILE};
use std::os::unix::fs::PermissionsExt;

rule_on_both!(crash_between_commit_and_export_is_no_alarm, |subject| {
    let journal = sample(subject).await;
    journal.commit(&[batch("hop", 9, vec![hand(1), hand(2)])]).await.unwrap();
    drop(journal); // killed before export
    let report = verified(subject).await;
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.rows, report.unexported_rows), (10, 2));
    let journal = open(subject).await;
    assert_eq!(journal.load(&id("hop")).await.unwrap().next_seq, 9);
    journal.export().await.unwrap();
    assert_eq!(verified(subject).await.unexported_rows, 0);
});

rule_on_both!(half_written_last_line_is_no_alarm, |subject| {
    let journal = sample(subject).await;
    journal.commit(&[batch("hop", 9, vec![hand(1)])]).await.unwrap();
    journal.export().await.unwrap();
    drop(journal);
    let head = subject.folder.path().join(HEAD_FILE);
    let bytes = std::fs::read(&head).unwrap();
    for cut in [1, 30, 90] {
        std::fs::write(&head, &bytes[..bytes.len() - cut]).unwrap();
        assert_eq!(findings(subject).await, "sound\n", "cut by {cut}");
    }
    // The next start cuts the rest off, so that the next line is whole again.
    let journal = open(subject).await;
    journal.load(&id("hop")).await.unwrap();
    journal.export().await.unwrap();
    let report = verified(subject).await;
    assert!(report.is_sound() && report.unexported_rows == 0, "{report:?}");
});

rule_on_both!(failed_commit_is_never_exported, |subject| {
    let journal = sample(subject).await;
    let ours = crate::journal_chain::open(subject).await;
    ours.load(&id("hop")).await.unwrap();
    journal.commit(&[batch("hop", 9, vec![hand(1)])]).await.unwrap();
    let overtaken = ours.commit(&[batch("hop", 9, vec![hand(2)])]).await;
    assert!(matches!(overtaken, Err(JournalFailure::Store(_))), "{overtaken:?}");
    ours.export().await.unwrap();
    journal.export().await.unwrap();
    assert_eq!(findings(subject).await, "sound\n");
    let again = ours.commit(&[batch("hop", 9, vec![hand(2)])]).await;
    assert!(matches!(again, Err(JournalFailure::NotLoaded { .. })), "{again:?}");
    assert_eq!(ours.load(&id("hop")).await.unwrap().next_seq, 8);
});

rule_on_both!(missing_head_file_is_named, |subject| {
    drop(sample(subject).await);
    std::fs::remove_file(subject.folder.path().join(HEAD_FILE)).unwrap();
    expect![[r#"
        head file is missing, a cut-off end cannot be seen
    "#]]
    .assert_eq(&findings(subject).await);
});

rule_on_both!(edited_head_file_is_named_and_stops_the_start, |subject| {
    drop(sample(subject).await);
    let head = subject.folder.path().join(HEAD_FILE);
    let text = std::fs::read_to_string(&head).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let edited = text.replacen("kia 2 ", "kia 1 ", 1);
    let without_second = text.replacen(&format!("{}\n", lines[1]), "", 1);
    let swapped = format!("{}\n{}\n", lines[1], lines[0]);
    for (forged, line) in [(edited, 2), (without_second, 2), (swapped, 1), ("\n".to_owned(), 1)] {
        std::fs::write(&head, forged).unwrap();
        assert!(findings(subject).await.contains(&format!("head file: line {line} ")));
        let refused =
            signalling_server::journal::Journal::open(subject.store.clone(), subject.folder.path()).await;
        assert!(matches!(refused, Err(JournalFailure::HeadForged { .. })), "{refused:?}");
    }
});

#[test]
fn key_is_made_once_and_only_its_owner_may_read_it() {
    let folder = Folder::new();
    let file = folder.path().join(KEY_FILE);
    assert!(matches!(JournalKey::load(&file), Err(JournalFailure::Key { .. })));
    let made = JournalKey::load_or_create(&file).unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(JournalKey::load_or_create(&file).unwrap().identity(), made.identity());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing left beside it");
}

#[test]
fn starts_at_the_same_time_agree_on_one_key() {
    let folder = Folder::new();
    let file = folder.path().join(KEY_FILE);
    let barrier = std::sync::Barrier::new(2);
    let start = || {
        barrier.wait();
        JournalKey::load_or_create(&file).map(|key| key.identity())
    };
    let (one, two) = std::thread::scope(|scope| {
        let (one, two) = (scope.spawn(start), scope.spawn(start));
        (one.join().unwrap(), two.join().unwrap())
    });
    assert_eq!(one.unwrap(), two.unwrap());
}

#[test]
fn malformed_key_is_refused() {
    let folder = Folder::new();
    let file = folder.path().join(KEY_FILE);
    for text in ["", "abcd", &"zz".repeat(32), &"ab".repeat(33)] {
        std::fs::write(&file, text).unwrap();
        assert!(matches!(JournalKey::load_or_create(&file), Err(JournalFailure::KeyMalformed { .. })));
    }
}
