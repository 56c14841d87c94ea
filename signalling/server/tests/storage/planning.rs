//! Conformance: plans, invitations, templates, addresses and calendar keys.

use conference::{PersonId, Role, Settings, Timestamp};
use media_control::ConferenceId;
use signalling_server::store::{
    InvitationRow, InvitedSite, Inviting, Meeting, Meetings, NewAccount, NewPlanned, People, Plan, Planned,
    PlannedFilter, Planning, Site, StoreFailure, TemplateRow, Unique,
};

const HOUR_MS: i64 = 3_600_000;

fn id(id: &str) -> ConferenceId {
    ConferenceId::new(id).expect("a good id")
}

fn planned(name: &str, starts: Option<i64>, series: &str) -> NewPlanned {
    NewPlanned {
        meeting: Meeting {
            id: id(name),
            title: format!("Họp {name}"),
            label: String::new(),
            settings: Settings::default(),
            created_by: None,
            created: Timestamp(1),
        },
        sites: Vec::new(),
        plan: Plan {
            starts: starts.map(Timestamp),
            series: series.to_owned(),
            body: r#"{"note":"100% _"}"#.to_owned(),
            ..Plan::open(format!("hop {name} 100% _"))
        },
        invitations: Vec::new(),
    }
}

fn invitation(conference: &str, name: &str, person: Option<u64>, role: &str) -> InvitationRow {
    InvitationRow {
        id: format!("{conference}-{name}"),
        conference: id(conference),
        place: 0,
        person: person.map(PersonId),
        user: String::new(),
        email: format!("{name}@example.vn"),
        name: name.to_owned(),
        unit: "Sở Y tế".to_owned(),
        role: role.to_owned(),
        answer: "waiting".to_owned(),
        reason: String::new(),
        answered: None,
        delegate_of: None,
        token_hash: Some([7; 32]),
        token_expires: Timestamp(9),
    }
}

fn all() -> PlannedFilter {
    PlannedFilter {
        text: String::new(),
        from: Timestamp(i64::MIN),
        until: Timestamp(i64::MAX),
        timeless: true,
        kind: String::new(),
        standing: String::new(),
        now: Timestamp(0),
        only: Vec::new(),
        except: Vec::new(),
        of: None,
        site_names: [String::new(), String::new()],
        offset: 0,
        limit: 50,
        ascending: false,
    }
}

fn names((found, total): (Vec<Planned>, u32)) -> (Vec<String>, u32) {
    (found.into_iter().map(|planned| planned.meeting.id.to_string()).collect(), total)
}

fn sorted(names: &[&str], total: u32) -> (Vec<String>, u32) {
    (names.iter().map(|name| (*name).to_owned()).collect(), total)
}

rule_on_both!(plan_reads_back_with_what_it_invites, |subject| {
    let mut new = planned("giao-ban", Some(HOUR_MS), "loat");
    new.sites = vec![InvitedSite { tree: "bg".to_owned(), id: "a".to_owned() }];
    let mut second = invitation("giao-ban", "binh", None, "delegate");
    (second.token_hash, second.place, second.answer) = (None, 1, "yes".to_owned());
    new.invitations = vec![invitation("giao-ban", "an", None, "chair"), second];
    subject.store.create_planned(&[new.clone()]).await.unwrap();
    let found = subject.store.planned(&id("giao-ban")).await.unwrap().unwrap();
    assert_eq!((&found.meeting, &found.plan), (&new.meeting, &new.plan));
    assert_eq!((found.sites, found.people, found.answered), (1, 2, 1));
    assert_eq!(subject.store.invitations(&id("giao-ban")).await.unwrap(), new.invitations);
    let by_token = subject.store.invitation_of_token(&[7; 32]).await.unwrap();
    assert_eq!(by_token.as_ref(), new.invitations.first());
    assert_eq!(subject.store.invitation_of_token(&[8; 32]).await.unwrap(), None);

    let again = subject.store.create_planned(&[planned("moi", None, ""), new.clone()]).await;
    assert!(matches!(again, Err(StoreFailure::Taken(Unique::Conference))), "{again:?}");
    assert_eq!(subject.store.planned(&id("moi")).await.unwrap(), None, "all or none");

    let mut meeting = new.meeting.clone();
    meeting.title = "Họp khác".to_owned();
    let plan = Plan { cancelled: Some(Timestamp(5)), sequence: 3, ..new.plan.clone() };
    subject.store.change_planned(&meeting, &plan, Some(&[])).await.unwrap();
    let found = subject.store.planned(&id("giao-ban")).await.unwrap().unwrap();
    assert_eq!((found.meeting, found.plan, found.sites), (meeting, plan, 0));
});

rule_on_both!(conference_made_without_a_plan_is_found_by_its_title, |subject| {
    let meeting = planned("duong", None, "").meeting;
    let meeting = Meeting { id: id("duong"), title: "Đường vào thôn".to_owned(), ..meeting };
    subject.store.create_meeting(&meeting, &[]).await.unwrap();
    subject.store.import_meeting(&meeting).await.unwrap();
    let filter = PlannedFilter { text: "duong vao".to_owned(), ..all() };
    assert_eq!(names(subject.store.planned_list(&filter).await.unwrap()), sorted(&["duong"], 1));
});

rule_on_both!(list_is_narrowed_by_text_time_state_and_person, |subject| {
    let store = &subject.store;
    let tree = [Site {
        id: "a".to_owned(),
        name: "Xã Tân Mỹ".to_owned(),
        kind: "commune".to_owned(),
        parent: None,
        sector: None,
        sample: false,
    }];
    store.replace_sites("bg", &tree).await.unwrap();
    let person = store
        .create_account(
            &NewAccount {
                user: "an".to_owned(),
                name: "An".to_owned(),
                unit: String::new(),
                role: Role::Delegate,
                password_hash: "$argon2id$".to_owned(),
            },
            Timestamp(1),
        )
        .await
        .unwrap();
    let mut with_site = planned("b", Some(2 * HOUR_MS), "");
    with_site.sites = vec![InvitedSite { tree: "bg".to_owned(), id: "a".to_owned() }];
    let mut invites = planned("c", Some(3 * HOUR_MS), "");
    invites.invitations = vec![invitation("c", "an", Some(person.0), "chair")];
    let mut off = planned("d", Some(4 * HOUR_MS), "");
    off.plan.cancelled = Some(Timestamp(1));
    store
        .create_planned(&[planned("a", Some(HOUR_MS), ""), with_site, invites, off, planned("e", None, "")])
        .await
        .unwrap();
    let list = async |filter: PlannedFilter| names(store.planned_list(&filter).await.unwrap());
    assert_eq!(list(all()).await, sorted(&["d", "c", "b", "a", "e"], 5));
    let page = PlannedFilter { offset: 1, limit: 2, ascending: true, ..all() };
    assert_eq!(list(page).await, sorted(&["b", "c"], 5));
    let between =
        PlannedFilter { from: Timestamp(HOUR_MS), until: Timestamp(3 * HOUR_MS), timeless: false, ..all() };
    assert_eq!(list(between).await, sorted(&["b", "a"], 2));
    // Marks of a pattern are letters like others.
    assert_eq!(list(PlannedFilter { text: "100% _".to_owned(), ..all() }).await.1, 5);
    assert_eq!(list(PlannedFilter { text: "%b%".to_owned(), ..all() }).await.1, 0);
    assert_eq!(list(PlannedFilter { text: "h_p".to_owned(), ..all() }).await.1, 0);
    assert_eq!(list(PlannedFilter { only: vec![id("a"), id("e")], ..all() }).await, sorted(&["a", "e"], 2));
    assert_eq!(list(PlannedFilter { kind: "lecture".to_owned(), ..all() }).await.1, 0);
    let mine =
        PlannedFilter {
            of: Some(person), site_names: ["Xã Tân Mỹ".to_owned(), "An".to_owned()], ..all()
        };
    assert_eq!(list(mine).await, sorted(&["c", "b"], 2));

    store.note_ended(&id("c"), Some(Timestamp(9))).await.unwrap();
    let at = Timestamp(3 * HOUR_MS);
    let standing = |word: &str| PlannedFilter { standing: word.to_owned(), now: at, ..all() };
    assert_eq!(list(standing("open")).await, sorted(&["b", "e"], 2));
    assert_eq!(list(standing("passed")).await, sorted(&["a"], 1));
    assert_eq!(list(standing("ended")).await, sorted(&["c"], 1));
    assert_eq!(list(standing("cancelled")).await, sorted(&["d"], 1));
});

rule_on_both!(series_and_reminders_are_found_by_their_times, |subject| {
    let store = &subject.store;
    let day = 24 * HOUR_MS;
    let all = [1, 2, 3].map(|number| planned(&format!("s{number}"), Some(number * day), "loat"));
    store.create_planned(&all).await.unwrap();
    let later = store.series("loat", Timestamp(2 * day)).await.unwrap();
    assert_eq!(names((later, 0)).0, ["s2", "s3"]);
    assert_eq!(store.series("", Timestamp(0)).await.unwrap(), []);
    let remind = async |minutes: u32, now: i64| {
        let until = Timestamp(now + i64::from(minutes) * 60_000);
        names((store.to_remind(Timestamp(now), until, minutes, 10).await.unwrap(), 0)).0
    };
    assert_eq!(remind(1440, day / 2).await, ["s1"]);
    store.note_reminded(&id("s1"), 1440).await.unwrap();
    assert_eq!(remind(1440, day / 2).await, Vec::<String>::new());
    assert_eq!(remind(60, day - HOUR_MS / 2).await, ["s1"]);
    store.note_reminded(&id("s1"), 60).await.unwrap();
    assert_eq!(remind(60, day - HOUR_MS / 2).await, Vec::<String>::new());
});

rule_on_both!(clash_names_sites_and_chairs_of_overlapping_meetings, |subject| {
    let store = &subject.store;
    let site = InvitedSite { tree: "bg".to_owned(), id: "a".to_owned() };
    let mut first = planned("a", Some(HOUR_MS), "");
    first.sites = vec![site.clone()];
    first.invitations = vec![invitation("a", "an", Some(5), "chair")];
    let mut other = planned("b", Some(HOUR_MS), "");
    other.invitations =
        vec![InvitationRow { token_hash: None, ..invitation("b", "an", Some(5), "delegate") }];
    store.create_planned(&[first, other]).await.unwrap();
    let clash = async |except: &str, from: i64, until: i64| {
        let sites = std::slice::from_ref(&site);
        let (from, until) = (Timestamp(from), Timestamp(until));
        let found = store.clashes(&id(except), from, until, sites, &[PersonId(5)]).await.unwrap();
        found
            .into_iter()
            .map(|clash| (clash.is_site, clash.id, clash.conference.to_string()))
            .collect::<Vec<_>>()
    };
    let both = vec![(true, "a".to_owned(), "a".to_owned()), (false, "5".to_owned(), "a".to_owned())];
    assert_eq!(clash("c", HOUR_MS + 1, 3 * HOUR_MS).await, both);
    assert_eq!(clash("a", HOUR_MS, 2 * HOUR_MS).await, [], "not with itself");
    assert_eq!(clash("c", 2 * HOUR_MS, 3 * HOUR_MS).await, [], "one after the other");
});

rule_on_both!(standing_tells_invitation_chair_and_maker, |subject| {
    let store = &subject.store;
    let account = NewAccount {
        user: "an".to_owned(),
        name: "An".to_owned(),
        unit: String::new(),
        role: Role::Chair,
        password_hash: "$argon2id$".to_owned(),
    };
    let person = store.create_account(&account, Timestamp(1)).await.unwrap();
    let mut new = planned("a", None, "");
    new.meeting.created_by = Some(person);
    let mut declined = invitation("a", "an", Some(person.0), "chair");
    declined.answer = "no".to_owned();
    new.invitations = vec![declined];
    store.create_planned(&[new]).await.unwrap();
    let standing = store.standing(&id("a"), person).await.unwrap();
    assert_eq!(standing.invited, Some(("chair".to_owned(), "no".to_owned())));
    assert!(standing.names_chair && standing.is_maker);
    let nobody = store.standing(&id("a"), PersonId(999)).await.unwrap();
    assert!(nobody.invited.is_none() && nobody.names_chair && !nobody.is_maker);
    let row = store.invitation(&id("a"), "a-an").await.unwrap().unwrap();
    assert_eq!(row.user, "an", "with the login of the account");
    store.erase_person(person).await.unwrap();
    let row = store.invitation(&id("a"), "a-an").await.unwrap().unwrap();
    assert_eq!((row.name.as_str(), row.email.as_str(), row.token_hash), ("", "", None));
});

rule_on_both!(invitation_is_changed_and_withdrawn, |subject| {
    let store = &subject.store;
    store.create_planned(&[planned("a", None, "")]).await.unwrap();
    let mut row = invitation("a", "an", None, "delegate");
    store.invite(&[row.clone()]).await.unwrap();
    (row.answer, row.reason, row.answered) = ("no".to_owned(), "Đi công tác".to_owned(), Some(Timestamp(4)));
    store.change_invitation(&row).await.unwrap();
    assert_eq!(store.invitations(&id("a")).await.unwrap(), [row.clone()]);
    store.withdraw_invitation(&row.id).await.unwrap();
    assert_eq!(store.invitations(&id("a")).await.unwrap(), []);
});

rule_on_both!(templates_are_bounded_and_forgotten_by_name, |subject| {
    let row = |id: &str, name: &str| TemplateRow {
        id: id.to_owned(),
        name: name.to_owned(),
        created: Timestamp(3),
        created_by: Some(PersonId(4)),
        body: "{}".to_owned(),
    };
    assert!(subject.store.save_template(&row("1", "b"), 2).await.unwrap());
    assert!(subject.store.save_template(&row("2", "a"), 2).await.unwrap());
    assert!(!subject.store.save_template(&row("3", "c"), 2).await.unwrap());
    assert_eq!(subject.store.templates().await.unwrap(), [row("2", "a"), row("1", "b")]);
    assert!(subject.store.delete_template("1").await.unwrap());
    assert!(!subject.store.delete_template("1").await.unwrap());
});

rule_on_both!(addresses_and_calendar_keys_belong_to_one_person_each, |subject| {
    let store = &subject.store;
    store.set_address(PersonId(1), "an@example.vn").await.unwrap();
    store.set_address(PersonId(1), "an@moi.example.vn").await.unwrap();
    store.set_address(PersonId(2), "binh@example.vn").await.unwrap();
    store.set_address(PersonId(2), "").await.unwrap();
    let known = store.addresses(&[PersonId(1), PersonId(2)]).await.unwrap();
    assert_eq!(known, [(PersonId(1), "an@moi.example.vn".to_owned())]);

    store.set_calendar_key(PersonId(1), Some((&[1; 32], Timestamp(5)))).await.unwrap();
    store.set_calendar_key(PersonId(1), Some((&[2; 32], Timestamp(6)))).await.unwrap();
    assert_eq!(store.calendar_key(PersonId(1)).await.unwrap(), Some(Timestamp(6)));
    assert_eq!(store.person_of_calendar_key(&[1; 32]).await.unwrap(), None, "the old key has ended");
    assert_eq!(store.person_of_calendar_key(&[2; 32]).await.unwrap(), Some(PersonId(1)));
    store.set_calendar_key(PersonId(1), None).await.unwrap();
    assert_eq!(store.calendar_key(PersonId(1)).await.unwrap(), None);
});
