//! Conformance: sessions as their owner sees them, former passwords, second factors, units, imports.

use conference::{PersonId, Role, Timestamp};
use signalling_server::store::{
    Credentials, Database, ImportedAccount, NewAccount, People, Session, SessionKind, StoreFailure, Unique,
    Unit,
};

const NOW: Timestamp = Timestamp(1_795_000_000_000);

async fn made(store: &Database, user: &str) -> PersonId {
    let account = NewAccount {
        user: user.to_owned(),
        name: "Nguyễn Văn Ân".to_owned(),
        unit: "Sở Nội vụ".to_owned(),
        role: Role::Delegate,
        password_hash: "first".to_owned(),
    };
    store.create_account(&account, NOW).await.expect("a free user name")
}

fn session_of(person: PersonId, mark: u8, seen: i64, left: i64) -> Session {
    Session {
        token_hash: [mark; 32],
        person,
        kind: SessionKind::Browser,
        created: NOW,
        expires: NOW.plus_ms(left),
        seen: NOW.plus_ms(seen),
        address: "10.20.0.5".to_owned(),
        agent: "Mozilla/5.0 Chrome".to_owned(),
        second_factor: mark == 2,
    }
}

rule_on_both!(owner_sees_living_sessions_and_ends_the_others, |subject| {
    let store = &subject.store;
    let (an, binh) = (made(store, "an").await, made(store, "binh").await);
    let sessions = [
        session_of(an, 1, 5, 100),
        session_of(an, 2, 9, 100),
        session_of(an, 3, 7, 10),
        session_of(binh, 4, 1, 100),
    ];
    for session in &sessions {
        store.create_session(session).await.unwrap();
    }
    assert_eq!(store.session(&[2; 32]).await.unwrap().as_ref(), Some(&sessions[1]));
    let seen = store.sessions_of(an, NOW.plus_ms(10)).await.unwrap();
    assert_eq!(seen, [sessions[1].clone(), sessions[0].clone()]);
    assert_eq!(store.end_other_sessions(an, &[1; 32]).await.unwrap(), 2);
    assert_eq!(store.sessions_of(an, NOW).await.unwrap().len(), 1);
    assert_eq!(store.sessions_of(binh, NOW).await.unwrap().len(), 1, "nobody else is signed out");
});

rule_on_both!(nine_passwords_before_the_present_one_are_remembered, |subject| {
    let store = &subject.store;
    let an = made(store, "an").await;
    for number in 0..12 {
        store.set_password(an, &format!("hash {number}"), NOW.plus_ms(number)).await.unwrap();
    }
    let former = store.former_passwords(an).await.unwrap();
    let expected: Vec<String> = (2..11).rev().map(|number| format!("hash {number}")).collect();
    assert_eq!(former, expected);
    let account = store.account_of_person(an).await.unwrap().unwrap();
    assert_eq!((account.password_hash.as_str(), account.password_set), ("hash 11", NOW.plus_ms(11)));
});

rule_on_both!(second_factor_counts_once_confirmed_and_each_code_once, |subject| {
    let store = &subject.store;
    let an = made(store, "an").await;
    let is_asked = async || store.account_of_person(an).await.unwrap().unwrap().second_factor;
    assert!(store.propose_second_factor(an, b"one").await.unwrap());
    assert!(store.propose_second_factor(an, b"two").await.unwrap(), "not confirmed, so replaced");
    assert!(!is_asked().await);
    store.confirm_second_factor(an, 7, &[[1; 32], [2; 32]]).await.unwrap();
    assert!(is_asked().await);
    let factor = store.second_factor(an).await.unwrap().unwrap();
    assert_eq!((factor.sealed.as_slice(), factor.is_confirmed, factor.last_step), (&b"two"[..], true, 7));
    assert!(!store.propose_second_factor(an, b"three").await.unwrap());
    let used = [store.use_step(an, 7).await, store.use_step(an, 8).await, store.use_step(an, 8).await];
    assert_eq!(used.map(Result::unwrap), [false, true, false]);
    assert!(store.use_recovery_code(an, &[2; 32]).await.unwrap());
    assert!(!store.use_recovery_code(an, &[2; 32]).await.unwrap());
    assert_eq!(store.recovery_codes_left(an).await.unwrap(), 1);
    let binh = made(store, "binh").await;
    store.renew_recovery_codes(binh, &[[9; 32]]).await.unwrap();
    store.renew_recovery_codes(an, &[[3; 32], [4; 32], [5; 32]]).await.unwrap();
    assert!(!store.use_recovery_code(an, &[1; 32]).await.unwrap(), "the old ones are void");
    assert!(store.use_recovery_code(an, &[4; 32]).await.unwrap());
    let left = [store.recovery_codes_left(an).await, store.recovery_codes_left(binh).await];
    assert_eq!(left.map(Result::unwrap), [2, 1]);
    store.remove_second_factor(an).await.unwrap();
    assert_eq!(store.second_factor(an).await.unwrap(), None);
    assert_eq!((store.recovery_codes_left(an).await.unwrap(), is_asked().await), (0, false));
});

fn unit(code: &str, name: &str, parent: Option<&str>) -> Unit {
    Unit { code: code.to_owned(), name: name.to_owned(), parent: parent.map(str::to_owned) }
}

fn imported(user: &str, existing: Option<PersonId>, role: Role) -> ImportedAccount {
    ImportedAccount {
        existing,
        user: user.to_owned(),
        name: format!("Tên {user}"),
        unit: "Sở Y tế".to_owned(),
        unit_code: Some("syt".to_owned()),
        role,
        password_hash: "$invitation$".to_owned(),
    }
}

rule_on_both!(import_makes_and_changes_accounts_and_leaves_passwords_alone, |subject| {
    let store = &subject.store;
    let an = made(store, "an").await;
    let binh = made(store, "binh").await;
    for (person, mark) in [(an, 1), (binh, 2)] {
        store.create_session(&session_of(person, mark, 0, 100)).await.unwrap();
    }
    let people = [
        imported("an", Some(an), Role::Chair),
        imported("binh", Some(binh), Role::Delegate),
        imported("chi", None, Role::Clerk),
    ];
    store.import_people(&people, NOW).await.unwrap();
    let changed = store.account_of_user("an").await.unwrap().unwrap();
    assert_eq!((changed.role, changed.password_hash.as_str()), (Role::Chair, "first"));
    assert_eq!((changed.person.name.as_str(), changed.unit_code.as_deref()), ("Tên an", Some("syt")));
    let new = store.account_of_user("chi").await.unwrap().unwrap();
    assert_eq!((new.role, new.password_hash.as_str()), (Role::Clerk, "$invitation$"));
    assert_eq!(store.session(&[1; 32]).await.unwrap(), None, "another role: sign in again");
    assert!(store.session(&[2; 32]).await.unwrap().is_some(), "the same role: stay");
});

rule_on_both!(import_that_fails_half_way_changes_nothing, |subject| {
    let store = &subject.store;
    made(store, "an").await;
    let people = [imported("binh", None, Role::Clerk), imported("an", None, Role::Clerk)];
    let failed = store.import_people(&people, NOW).await;
    assert!(matches!(failed, Err(StoreFailure::Taken(Unique::User))), "{failed:?}");
    assert_eq!(store.accounts().await.unwrap().len(), 1);
});

rule_on_both!(renamed_unit_renames_the_line_under_its_people, |subject| {
    let store = &subject.store;
    let first = [unit("syt", "Sở Y tế", None), unit("bv1", "Bệnh viện 1", Some("syt"))];
    store.import_units(&first).await.unwrap();
    store.import_people(&[imported("an", None, Role::Clerk)], NOW).await.unwrap();
    store.import_units(&[unit("syt", "Sở Y tế tỉnh", None)]).await.unwrap();
    assert_eq!(store.units().await.unwrap(), [first[1].clone(), unit("syt", "Sở Y tế tỉnh", None)]);
    let an = store.account_of_user("an").await.unwrap().unwrap();
    assert_eq!(an.person.unit, "Sở Y tế tỉnh");
});
