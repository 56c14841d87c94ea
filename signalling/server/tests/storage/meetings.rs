//! Conformance: conferences as set up, site trees, facts.

use conference::{MeetingKind, Secrecy, Settings, Timestamp};
use media_control::ConferenceId;
use signalling_server::store::{Facts, InvitedSite, Meeting, Meetings, Site, StoreFailure, Unique};

fn meeting(id: &str, created: i64) -> Meeting {
    Meeting {
        id: ConferenceId::new(id).expect("a good id"),
        title: "Giao ban tháng 11".to_owned(),
        label: "Nội bộ".to_owned(),
        settings: Settings {
            waiting_room: true,
            guests: false,
            always_open: true,
            limit: 277,
            opens: Some(Timestamp(1_800_000_000_000)),
            kind: MeetingKind::Questioning,
            secrecy: Secrecy::StateSecret,
        },
        created_by: None,
        created: Timestamp(created),
    }
}

fn site(id: &str, parent: Option<&str>) -> Site {
    Site {
        id: id.to_owned(),
        name: format!("Điểm cầu {id}"),
        kind: "commune".to_owned(),
        parent: parent.map(str::to_owned),
        sector: Some("education".to_owned()),
        sample: parent.is_some(),
    }
}

rule_on_both!(conference_reads_back_as_it_was_made, |subject| {
    let made = meeting("giao-ban", 5);
    subject.store.create_meeting(&made, &[]).await.unwrap();
    assert_eq!(subject.store.meeting(&made.id).await.unwrap(), Some(made.clone()));
    let second = subject.store.create_meeting(&made, &[]).await;
    assert!(matches!(second, Err(StoreFailure::Taken(Unique::Conference))), "{second:?}");
});

rule_on_both!(repeated_import_of_a_conference_takes_over_its_settings, |subject| {
    subject.store.import_meeting(&meeting("demo", 5)).await.unwrap();
    let mut changed = meeting("demo", 9);
    changed.title = "Họp thử".to_owned();
    changed.settings.waiting_room = false;
    subject.store.import_meeting(&changed).await.unwrap();
    changed.created = Timestamp(5);
    assert_eq!(subject.store.meetings(10).await.unwrap(), [changed]);
});

rule_on_both!(newest_conferences_come_first, |subject| {
    for (id, created) in [("a", 1), ("c", 3), ("b", 3), ("d", 2)] {
        subject.store.create_meeting(&meeting(id, created), &[]).await.unwrap();
    }
    let newest = subject.store.meetings(3).await.unwrap();
    assert_eq!(newest.iter().map(|m| m.id.as_str()).collect::<Vec<_>>(), ["b", "c", "d"]);
});

rule_on_both!(site_tree_holds_exactly_the_sites_of_its_last_import, |subject| {
    let first = [site("tinh", None), site("z", Some("tinh")), site("a", Some("tinh"))];
    subject.store.replace_sites("bac-giang", &first).await.unwrap();
    subject.store.replace_sites("hai-cap", &first[..1]).await.unwrap();
    assert_eq!(subject.store.sites("bac-giang").await.unwrap(), first);
    subject.store.replace_sites("bac-giang", &first[..2]).await.unwrap();
    assert_eq!(subject.store.sites("bac-giang").await.unwrap(), first[..2]);
    assert_eq!(subject.store.site_trees().await.unwrap(), ["bac-giang", "hai-cap"]);
    assert_eq!(subject.store.sites("khac").await.unwrap(), []);
});

rule_on_both!(invited_sites_keep_their_order_and_outlive_their_tree, |subject| {
    let tree = [site("tinh", None), site("z", Some("tinh")), site("a", Some("tinh"))];
    subject.store.replace_sites("bac-giang", &tree).await.unwrap();
    let invited = |id: &str| InvitedSite { tree: "bac-giang".to_owned(), id: id.to_owned() };
    let made = meeting("giao-ban", 5);
    subject.store.create_meeting(&made, &[invited("z"), invited("a")]).await.unwrap();
    let told = |sites: &[Site]| {
        sites.iter().map(|site| (site.id.clone(), site.name.clone(), site.parent.clone())).collect::<Vec<_>>()
    };
    let above = Some("Điểm cầu tinh".to_owned());
    let z = ("z".to_owned(), "Điểm cầu z".to_owned(), above.clone());
    let a = ("a".to_owned(), "Điểm cầu a".to_owned(), above);
    assert_eq!(told(&subject.store.invited_sites(&made.id).await.unwrap()), [z.clone(), a.clone()]);

    subject.store.replace_sites("bac-giang", &tree[..2]).await.unwrap();
    let left = ("a".to_owned(), "a".to_owned(), None);
    assert_eq!(told(&subject.store.invited_sites(&made.id).await.unwrap()), [z.clone(), left]);
    subject.store.invite_sites(&made.id, &[invited("z")]).await.unwrap();
    assert_eq!(told(&subject.store.invited_sites(&made.id).await.unwrap()), [z]);
    assert_eq!(subject.store.invited_sites(&ConferenceId::new("khac").unwrap()).await.unwrap(), []);
});

rule_on_both!(fact_keeps_its_first_value, |subject| {
    subject.store.ping().await.unwrap();
    assert_eq!(subject.store.fact_or_set("key", "one").await.unwrap(), "one");
    assert_eq!(subject.store.fact_or_set("key", "two").await.unwrap(), "one");
});
