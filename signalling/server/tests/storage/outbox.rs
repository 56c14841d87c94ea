//! Conformance: what waits to leave the system, and web-hooks.

use conference::Timestamp;
use signalling_server::store::{DispatchFilter, Dispatches, NewDispatch, Settled, WebhookRow};

fn new(token: &str, next: i64) -> NewDispatch {
    NewDispatch {
        channel: "mail",
        token: token.to_owned(),
        conference: "hop".to_owned(),
        target: format!("to-{token}"),
        word: "invitation".to_owned(),
        next: Timestamp(next),
        ends: Timestamp(1_000),
        body: "{}".to_owned(),
    }
}

fn settled(id: u64, held: i64, state: &'static str, next: i64) -> Settled {
    Settled {
        id,
        held: Timestamp(held),
        state,
        attempts: 1,
        next: Timestamp(next),
        touched: Timestamp(50),
        said: "250 ok".to_owned(),
    }
}

rule_on_both!(the_same_thing_is_put_in_once_and_only_so_many_wait, |subject| {
    let store = &subject.store;
    let put = store.put_out(&[new("a", 5), new("b", 3), new("a", 9)], Timestamp(1), 3).await.unwrap();
    assert_eq!(put, 2);
    let put = store.put_out(&[new("c", 4), new("d", 4)], Timestamp(1), 3).await.unwrap();
    assert_eq!((put, store.waiting("mail").await.unwrap()), (1, 3));
    assert_eq!(store.waiting("hook").await.unwrap(), 0);
    let due = store.due("mail", Timestamp(4), 10).await.unwrap();
    assert_eq!(due.iter().map(|row| row.token.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    assert_eq!(store.due("mail", Timestamp(9), 1).await.unwrap().len(), 1);
});

rule_on_both!(settled_row_is_not_due_until_it_is_tried_again, |subject| {
    let store = &subject.store;
    store.put_out(&[new("a", 0), new("b", 0)], Timestamp(1), 10).await.unwrap();
    let due = store.due("mail", Timestamp(0), 10).await.unwrap();
    assert!(store.settle(&settled(due[0].id, 0, "refused", 0)).await.unwrap());
    assert!(store.settle(&settled(due[1].id, 0, "waiting", 70)).await.unwrap());
    assert!(store.due("mail", Timestamp(60), 10).await.unwrap().is_empty());
    assert_eq!(store.due("mail", Timestamp(70), 10).await.unwrap()[0].attempts, 1);
    let filter = DispatchFilter {
        channel: "mail",
        state: "refused".to_owned(),
        limit: 9,
        ..DispatchFilter::default()
    };
    let refused = store.dispatches(&filter).await.unwrap();
    assert_eq!((refused.len(), refused[0].said.as_str()), (1, "250 ok"));
    assert!(!store.try_again("mail", due[1].id, Timestamp(80), Timestamp(900)).await.unwrap());
    assert!(!store.try_again("hook", due[0].id, Timestamp(80), Timestamp(900)).await.unwrap());
    assert!(store.try_again("mail", due[0].id, Timestamp(80), Timestamp(900)).await.unwrap());
    let again = store.due("mail", Timestamp(80), 10).await.unwrap();
    assert_eq!((again.len(), again[1].attempts, again[1].ends), (2, 0, Timestamp(900)));

    assert!(store.settle(&settled(due[0].id, 80, "sent", 0)).await.unwrap());
    assert_eq!(store.purge_dispatches(Timestamp(50)).await.unwrap(), 0);
    assert_eq!(store.purge_dispatches(Timestamp(51)).await.unwrap(), 1, "what waits stays");
    let all = DispatchFilter {
        channel: "mail",
        conference: "hop".to_owned(),
        limit: 9,
        ..DispatchFilter::default()
    };
    assert_eq!(store.dispatches(&all).await.unwrap().len(), 1);
});

rule_on_both!(row_is_held_by_one_node_and_taken_over_when_that_one_dies, |subject| {
    let (one, two) = (&subject.store, subject.again().await);
    let names: Vec<String> = (0..40).map(|number| format!("t{number}")).collect();
    let all: Vec<NewDispatch> = names.iter().map(|name| new(name, 5)).collect();
    one.put_out(&all, Timestamp(1), 100).await.unwrap();
    // Two nodes read the same rows and reach for each at the same time.
    let (mine, theirs) = (one.due("mail", Timestamp(9), 100).await, two.due("mail", Timestamp(9), 100).await);
    let (mine, theirs) = (mine.unwrap(), theirs.unwrap());
    assert_eq!((mine.len(), &mine), (40, &theirs));
    let mut taken = [0, 0];
    for (left, right) in mine.iter().zip(&theirs) {
        let (a, b) = tokio::join!(
            one.hold(left.id, left.next, Timestamp(100)),
            two.hold(right.id, right.next, Timestamp(101))
        );
        let (a, b) = (a.unwrap(), b.unwrap());
        assert!(a != b, "exactly one of them has it");
        taken[usize::from(b)] += 1;
    }
    assert_eq!(taken[0] + taken[1], 40);
    for store in [one, &two] {
        assert!(store.due("mail", Timestamp(99), 100).await.unwrap().is_empty(), "held by somebody");
    }
    // Its node is dead: due again, the other takes it, and the dead one's late word changes nothing.
    let left = two.due("mail", Timestamp(200), 1).await.unwrap().remove(0);
    assert!(two.hold(left.id, left.next, Timestamp(300)).await.unwrap());
    assert!(!one.settle(&settled(left.id, left.next.0, "refused", 0)).await.unwrap());
    assert!(two.settle(&settled(left.id, 300, "sent", 0)).await.unwrap());
    assert!(!one.hold(left.id, Timestamp(0), Timestamp(400)).await.unwrap(), "what was sent is not held");
    assert_eq!(one.waiting("mail").await.unwrap(), 39);
    two.close().await;
});

rule_on_both!(webhook_goes_with_its_deliveries, |subject| {
    let store = &subject.store;
    let hook = |id: &str, made: i64| WebhookRow {
        id: id.to_owned(),
        url: "https://x.example.vn".to_owned(),
        secret: vec![1, 2, 3],
        events: "meeting.planned test".to_owned(),
        active: true,
        made: Timestamp(made),
    };
    assert!(store.save_webhook(&hook("b", 2), 2).await.unwrap());
    assert!(store.save_webhook(&hook("a", 1), 2).await.unwrap());
    assert!(!store.save_webhook(&hook("c", 3), 2).await.unwrap());
    let changed = WebhookRow { active: false, ..hook("b", 2) };
    assert!(store.save_webhook(&changed, 2).await.unwrap());
    assert_eq!(store.webhooks().await.unwrap(), [hook("a", 1), changed]);
    let delivery = NewDispatch { channel: "hook", target: "a".to_owned(), ..new("x", 0) };
    store.put_out(&[delivery], Timestamp(0), 9).await.unwrap();
    assert!(store.delete_webhook("a").await.unwrap());
    assert!(!store.delete_webhook("a").await.unwrap());
    assert_eq!(store.waiting("hook").await.unwrap(), 0);
});
