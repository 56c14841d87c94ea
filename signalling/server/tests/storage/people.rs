//! Conformance: persons, accounts, guests, sessions.

use conference::{PersonId, Role, Timestamp};
use media_control::ConferenceId;
use signalling_server::store::{
    Database, NewAccount, NewText, People, Rows, Session, SessionKind, StoreFailure, Unique,
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
