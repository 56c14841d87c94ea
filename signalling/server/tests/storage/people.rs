//! Conformance: persons, accounts, guests, sessions.

use conference::{PersonId, Role, Timestamp};
use media_control::ConferenceId;
use signalling_server::store::{
    Database, GuestPurge, GuestsPurged, NewAccount, NewText, People, Row, Rows, Session, SessionKind,
    StoreFailure, Unique,
};
use std::sync::Arc;

const NOW: Timestamp = Timestamp(1_795_000_000_000);

fn an() -> NewAccount {
    NewAccount {
        user: "an".to_owned(),
        name: "Nguyễn Văn Ân".to_owned(),
        unit: "Sở Nội vụ".to_owned(),
        role: Role::Delegate,
        password_hash: "$argon2id$v=19$an".to_owned(),
    }
}

fn demo() -> ConferenceId {
    ConferenceId::new("demo").expect("a good id")
}

fn session_of(person: PersonId, mark: u8, expires: i64) -> Session {
    Session {
        token_hash: [mark; 32],
        person,
        kind: SessionKind::Browser,
        created: NOW,
        expires: Timestamp(expires),
        seen: NOW,
        address: String::new(),
        agent: String::new(),
        second_factor: false,
    }
}

async fn made(store: &Database) -> PersonId {
    store.create_account(&an(), NOW).await.expect("a free user name")
}

rule_on_both!(account_reads_back_as_it_was_made, |subject| {
    let person = made(&subject.store).await;
    let account = subject.store.account_of_user("an").await.unwrap().expect("just made");
    assert_eq!(account.person.id, person);
    assert_eq!(account.person.name, "Nguyễn Văn Ân");
    assert_eq!((account.role, account.failures, account.locked_until), (Role::Delegate, 0, None));
    assert_eq!((account.disabled, account.person.guest_of.clone()), (false, None));
    assert_eq!(subject.store.account_of_person(person).await.unwrap(), Some(account.clone()));
    assert_eq!(subject.store.accounts().await.unwrap(), std::slice::from_ref(&account));
    assert_eq!(subject.store.person(person).await.unwrap(), Some(account.person));
    assert_eq!(subject.store.account_of_user("AN").await.unwrap(), None);
});

rule_on_both!(user_name_is_taken_once, |subject| {
    made(&subject.store).await;
    let second = subject.store.create_account(&an(), NOW).await;
    assert!(matches!(second, Err(StoreFailure::Taken(Unique::User))), "{second:?}");
    assert_eq!(subject.store.accounts().await.unwrap().len(), 1);
});

rule_on_both!(repeated_import_changes_the_role_but_not_the_password, |subject| {
    let first = subject.store.import_account(&an(), NOW).await.unwrap();
    let mut changed = an();
    changed.role = Role::Chair;
    changed.unit = "UBND tỉnh".to_owned();
    changed.password_hash = "other".to_owned();
    assert_eq!(subject.store.import_account(&changed, NOW).await.unwrap(), first);
    let account = subject.store.account_of_user("an").await.unwrap().unwrap();
    assert_eq!((account.role, account.person.unit.as_str()), (Role::Chair, "UBND tỉnh"));
    assert_eq!(account.password_hash, an().password_hash);
});

rule_on_both!(fifth_failure_locks_and_starts_the_count_again, |subject| {
    let person = made(&subject.store).await;
    let until = NOW.plus_ms(900_000);
    for count in 1..5 {
        let lockout = subject.store.record_login_failure(person, 5, until).await.unwrap();
        assert_eq!((lockout.failures, lockout.locked_until), (count, None));
    }
    let lockout = subject.store.record_login_failure(person, 5, until).await.unwrap();
    assert_eq!((lockout.failures, lockout.locked_until), (0, Some(until)));
    subject.store.clear_login_failures(person).await.unwrap();
    let account = subject.store.account_of_user("an").await.unwrap().unwrap();
    assert_eq!((account.failures, account.locked_until), (0, None));
});

rule_on_both!(parallel_guesses_all_count, |subject| {
    let person = made(&subject.store).await;
    let guesses: Vec<_> = (0..12)
        .map(|_| {
            let store = Arc::clone(&subject.store);
            tokio::spawn(async move { store.record_login_failure(person, 100, NOW).await })
        })
        .collect();
    for guess in guesses {
        guess.await.unwrap().unwrap();
    }
    assert_eq!(subject.store.account_of_user("an").await.unwrap().unwrap().failures, 12);
});

rule_on_both!(new_password_or_disabling_ends_every_session, |subject| {
    let person = made(&subject.store).await;
    for (mark, disable) in [(1, false), (2, true)] {
        subject.store.create_session(&session_of(person, mark, NOW.0 + 1)).await.unwrap();
        if disable {
            subject.store.set_disabled(person, true).await.unwrap();
        } else {
            subject.store.set_password(person, "new", NOW).await.unwrap();
        }
        assert_eq!(subject.store.session(&[mark; 32]).await.unwrap(), None);
    }
    let account = subject.store.account_of_user("an").await.unwrap().unwrap();
    assert_eq!((account.disabled, account.password_hash.as_str()), (true, "new"));
    subject.store.set_disabled(person, false).await.unwrap();
    assert!(!subject.store.account_of_user("an").await.unwrap().unwrap().disabled);
});

rule_on_both!(guest_belongs_to_one_conference_and_has_no_account, |subject| {
    let guest = subject.store.create_guest(&demo(), "Trần Thị Bình", "Xã Đồng Sơn", NOW).await.unwrap();
    let person = subject.store.person(guest).await.unwrap().expect("just made");
    assert_eq!((person.guest_of, person.unit.as_str()), (Some(demo()), "Xã Đồng Sơn"));
    assert_eq!(subject.store.account_of_person(guest).await.unwrap(), None);
    let other = subject.store.create_guest(&demo(), "Trần Thị Bình", "", NOW).await.unwrap();
    assert_ne!(guest, other);
});

rule_on_both!(session_lives_until_ended_or_swept, |subject| {
    let person = made(&subject.store).await;
    let (first, second) = (session_of(person, 1, NOW.0 + 10), session_of(person, 2, NOW.0 + 20));
    subject.store.create_session(&first).await.unwrap();
    subject.store.create_session(&second).await.unwrap();
    assert_eq!(subject.store.session(&[1; 32]).await.unwrap(), Some(first));
    subject.store.touch_session(&[1; 32], NOW.plus_ms(5), NOW.plus_ms(30)).await.unwrap();
    let touched = subject.store.session(&[1; 32]).await.unwrap().unwrap();
    assert_eq!((touched.seen, touched.expires), (NOW.plus_ms(5), NOW.plus_ms(30)));
    assert_eq!(subject.store.sweep_sessions(NOW.plus_ms(25)).await.unwrap(), 1);
    assert_eq!(subject.store.session(&[2; 32]).await.unwrap(), None);
    subject.store.end_session(&[1; 32]).await.unwrap();
    assert_eq!(subject.store.session(&[1; 32]).await.unwrap(), None);
});

rule_on_both!(erasing_a_person_takes_name_and_words_of_that_person_only, |subject| {
    let store = &subject.store;
    let an = made(store).await;
    let binh = store.create_guest(&demo(), "Bình", "", NOW).await.unwrap();
    let text = |id, person, body: &str| NewText {
        conference: demo(),
        id: conference::TextId(id),
        person: Some(person),
        body: body.to_owned(),
    };
    store.append(&[], &[text(1, an, "Ân"), text(2, binh, "Bình"), text(3, an, "xin chào")]).await.unwrap();
    assert_eq!(store.erase_person(an).await.unwrap(), 2);
    assert_eq!(store.person(an).await.unwrap().unwrap().name, "");
    let ids = [1, 2, 3].map(conference::TextId);
    let left = store.texts(&demo(), &ids).await.unwrap();
    assert_eq!(left, [(conference::TextId(2), "Bình".to_owned())]);
});

const DAY_MS: i64 = 24 * 3_600_000;

fn purge(after: u64, limit: u32) -> GuestPurge {
    GuestPurge { after: PersonId(after), limit, quiet_since: NOW, identity_ended: NOW.plus_ms(-30 * DAY_MS) }
}

async fn rows_at(store: &Database, conference: &ConferenceId, at: Timestamp) {
    let row = Row {
        conference: conference.clone(),
        seq: 1,
        at,
        version: 1,
        body: "{}".to_owned(),
        previous: [0; 32],
        hash: [1; 32],
    };
    store.append(&[row], &[]).await.unwrap();
}

rule_on_both!(guest_goes_when_the_conference_has_long_been_quiet, |subject| {
    let store = &subject.store;
    let busy = ConferenceId::new("dang-hop").expect("a good id");
    rows_at(store, &demo(), NOW.plus_ms(-DAY_MS)).await;
    rows_at(store, &busy, NOW.plus_ms(DAY_MS)).await;
    let account = made(store).await;
    let before = |days: i64| NOW.plus_ms(-days * DAY_MS);
    let quiet = store.create_guest(&demo(), "Bình", "", before(2)).await.unwrap();
    let late = store.create_guest(&demo(), "Chi", "", NOW).await.unwrap();
    let present = store.create_guest(&busy, "Dung", "", before(2)).await.unwrap();
    let ancient = store.create_guest(&busy, "Giang", "", before(31)).await.unwrap();
    let active = store.create_guest(&demo(), "Hà", "", before(2)).await.unwrap();
    store.create_session(&session_of(quiet, 1, NOW.0)).await.unwrap();
    subject.sql("UPDATE sessions SET seen_ms = 0").await;
    store.create_session(&session_of(active, 2, NOW.0 + 1)).await.unwrap();
    let text = NewText {
        conference: demo(),
        id: conference::TextId(1),
        person: Some(quiet),
        body: "Bình".to_owned(),
    };
    store.append(&[], &[text]).await.unwrap();

    let done = store.purge_guests(&purge(0, 100)).await.unwrap();
    assert_eq!(done, GuestsPurged { purged: 2, next: None });
    for (person, is_there) in
        [(account, true), (quiet, false), (late, true), (present, true), (ancient, false), (active, true)]
    {
        assert_eq!(store.person(person).await.unwrap().is_some(), is_there, "{person}");
    }
    assert_eq!(store.session(&[1; 32]).await.unwrap(), None);
    assert_eq!(store.rows(&demo(), 1, 10).await.unwrap().len(), 1, "the journal stays");
    assert_eq!(store.texts(&demo(), &[conference::TextId(1)]).await.unwrap().len(), 1);
});

rule_on_both!(purge_walks_in_bounded_steps_and_spares_makers_of_conferences, |subject| {
    let store = &subject.store;
    let mut guests = Vec::new();
    for name in ["một", "hai", "ba", "bốn", "năm"] {
        guests.push(store.create_guest(&demo(), name, "", NOW.plus_ms(-1)).await.unwrap());
    }
    let insert = "INSERT INTO conferences (id, title, label, waiting_room, guests, always_open, \
                  participant_limit, created_by, created_ms)";
    let (sqlite, postgres) = ("0, 0, 0", "FALSE, FALSE, FALSE");
    let flags = if matches!(**store, Database::Sqlite(_)) { sqlite } else { postgres };
    subject.sql(&format!("{insert} VALUES ('x', 'x', '', {flags}, 10, {}, 0)", guests[2])).await;
    let (mut after, mut steps) = (0, Vec::new());
    loop {
        let step = store.purge_guests(&purge(after, 2)).await.unwrap();
        steps.push(step.purged);
        let Some(next) = step.next else { break };
        after = next.0;
    }
    assert_eq!(steps, [2, 1, 1]);
    assert!(store.person(guests[2]).await.unwrap().is_some());
});
