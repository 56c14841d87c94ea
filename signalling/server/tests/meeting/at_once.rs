//! Two who lead act at the same instant; sites go and come back in the middle of what concerns them; the
//! server is killed while a roll call is marked.
//!
//! Everybody sees one order, who comes second is told why, and the journal leads to the same state again.

use crate::client::Client;
use crate::running::{post, stage};
use crate::stage::{Stage, bearer};
use conference::Role;
use serde_json::{Value, json};
use std::time::Duration;

const HOP: &str = "/api/v1/conferences/hop";

/// What `token` is shown of the conference by the API.
async fn shown(stage: &Stage, token: &str) -> Value {
    let answer = stage.http().get(HOP, &[("authorization", &bearer(token))]).await;
    assert_eq!(answer.status, 200);
    answer.json()
}

/// Both ask before either is answered; the two answers, in the order of `clients`.
async fn both(clients: [&mut Client; 2], requests: [Value; 2]) -> [Value; 2] {
    let [first, second] = clients;
    let [one, two] = requests;
    let (a, b) = tokio::join!(
        async {
            let id = first.ask(one).await;
            first.answer(id).await
        },
        async {
            let id = second.ask(two).await;
            second.answer(id).await
        }
    );
    [a, b]
}

/// How many were done, and the codes of the refusals.
fn outcome(answers: &[Value; 2]) -> (usize, Vec<String>) {
    let refused = answers.iter().filter(|it| it["type"] == "refused");
    let codes = refused.map(|it| it["error"].as_str().expect("a code").to_owned()).collect();
    (answers.iter().filter(|it| it["type"] == "done").count(), codes)
}

#[tokio::test]
async fn two_who_lead_at_once_are_in_one_order_for_everybody() {
    let stage = stage().await;
    let mut chair = stage.join("hop", "Chủ tịch", Role::Chair).await;
    let mut secretary = stage.join("hop", "Thư ký", Role::Secretary).await;
    let mut site = stage.join("hop", "Xã Tân Mỹ", Role::SiteOperator).await;
    let mut other = stage.join("hop", "Xã Lan Mẫu", Role::SiteOperator).await;
    for round in 0..12 {
        // The floor: one of two grants, or a grant and a mute of all.
        let grant = |who: u64| json!({"type": "grant_floor", "participant": who, "seen": 0});
        let requests = [grant(site.participant), grant(other.participant)];
        let answers = both([&mut chair, &mut secretary], requests).await;
        assert_eq!(outcome(&answers), (1, vec!["floor_changed".to_owned()]), "round {round}");
        let mute = || json!({"type": "mute_all"});
        let answers = both([&mut chair, &mut secretary], [mute(), mute()]).await;
        assert_eq!(outcome(&answers), (2, Vec::new()), "silencing whoever is silent already harms nobody");
        let release = || json!({"type": "release_floor"});
        let answers = both([&mut secretary, &mut chair], [release(), release()]).await;
        assert_eq!(outcome(&answers), (2, Vec::new()));
        let on = json!({"type": "set_media", "microphone": true, "camera": true, "screen": false});
        site.done(on.clone()).await;
        other.done(on).await;
    }
    let start = || json!({"type": "start_roll_call"});
    let answers = both([&mut chair, &mut secretary], [start(), start()]).await;
    assert_eq!(outcome(&answers), (2, Vec::new()), "one roll call begins");
    for result in ["present", "no_sound", "absent"] {
        let view = shown(&stage, &secretary.token).await;
        let current = view["roll_call"]["current"].as_str().expect("a site is called").to_owned();
        let left = view["roll_call"]["left"].as_u64().expect("a number");
        let mark = || json!({"type": "mark_site", "site": current, "result": result, "seen_ms": 0});
        let answers = both([&mut chair, &mut secretary], [mark(), mark()]).await;
        assert_eq!(outcome(&answers), (1, vec!["site_marked".to_owned()]), "{current}");
        let view = shown(&stage, &secretary.token).await;
        assert_eq!(view["roll_call"]["left"].as_u64(), Some(left - 1), "no site is skipped");
    }
    // Whoever listens was told the same, in the same order.
    let end = json!({"type": "chat", "text": "hết"});
    chair.done(end).await;
    let mut heard = Vec::new();
    for client in [&mut site, &mut other] {
        heard.push(
            client.deltas_until("chat", &["floor", "stage", "roll_call", "sites_changed", "muted"]).await,
        );
    }
    assert_eq!(heard[0], heard[1]);
    assert!(heard[0].len() > 12 * 3, "{}", heard[0].len());
    let before = shown(&stage, &secretary.token).await;
    let secretary = secretary.token.clone();
    let stage = stage.crash().await;
    let after = shown(&stage, &secretary).await;
    for part in ["floor", "roll_call", "sites", "agenda"] {
        assert_eq!(before[part], after[part], "{part} is the fold of the journal");
    }
}

#[tokio::test]
async fn act_for_a_site_that_has_just_gone_is_refused_and_harms_nothing() {
    let stage = stage().await;
    let mut chair = stage.join("hop", "Chủ tịch", Role::Chair).await;
    let mut site = stage.join("hop", "Xã Tân Mỹ", Role::SiteOperator).await;
    site.done(json!({"type": "request_floor"})).await;
    let (own, token) = (site.participant, chair.token.clone());
    drop(site);
    chair.changed(own, |p| p["presence"] == "reconnecting").await;
    let grant = json!({"type": "grant_floor", "participant": own});
    assert_eq!(chair.refused(grant.clone()).await, "away");
    assert_eq!(chair.refused(json!({"type": "grant_floor"})).await, "nobody_waits", "nobody else waits");
    let by_site = json!({"site": "bg-tan-my"});
    let refused = post(&stage, &format!("{HOP}/floor/grant"), &token, &by_site).await;
    assert_eq!((refused.status, refused.json()["why"].clone()), (409, json!("away")));
    // Silencing the gone is harmless, and holds when they come back.
    chair.done(json!({"type": "mute", "participant": own})).await;
    assert_eq!(
        chair
            .refused(json!({"type": "set_stage", "layout": "one", "participants": [99], "free": false}))
            .await,
        "no_such_participant"
    );

    stage.hand.advance(Duration::from_secs(61));
    chair.delta("left").await;
    for request in [
        grant,
        json!({"type": "mute", "participant": own}),
        json!({"type": "remove", "participant": own}),
        json!({"type": "seat", "participant": own, "site": "bg-tan-my"}),
        json!({"type": "name_deputy", "participant": own}),
    ] {
        assert_eq!(chair.refused(request.clone()).await, "no_such_participant", "{request}");
    }
    let refused = post(&stage, &format!("{HOP}/floor/grant"), &token, &by_site).await;
    assert_eq!((refused.status, refused.json()["why"].clone()), (409, json!("site_absent")));
    let view = shown(&stage, &token).await;
    assert_eq!((&view["floor"]["turn"], &view["floor"]["speech"]), (&Value::Null, &json!([])));
    // The roll call calls it nevertheless: that it is absent is what the roll call is for.
    chair.done(json!({"type": "start_roll_call"})).await;
    let absent = json!({"type": "mark_site", "site": "bg-tan-my", "result": "absent"});
    chair.done(absent).await;
    assert_eq!(shown(&stage, &token).await["roll_call"]["left"], 2);
}

#[tokio::test]
async fn turn_outlives_its_connection_and_the_server_for_ten_seconds() {
    let stage = stage().await;
    let mut chair = stage.join("hop", "Chủ tịch", Role::Chair).await;
    let site = stage.join("hop", "Xã Tân Mỹ", Role::SiteOperator).await;
    let own = site.participant;
    chair.done(json!({"type": "mute_all"})).await;
    chair.done(json!({"type": "grant_floor", "participant": own})).await;
    let held = |f: &Value| f["delta"]["floor"]["turn"]["held_until_ms"].is_i64();
    let goes_on = |f: &Value| {
        let turn = &f["delta"]["floor"]["turn"];
        turn["participant"] == own && turn["held_until_ms"].is_null()
    };
    chair.until(goes_on).await;
    let left = site.cut();
    chair.until(held).await;
    stage.hand.advance(Duration::from_secs(9));
    let mut site = stage.connect("hop", &left.token).await;
    site.ask(left.hello()).await;
    let resumed = site.wait("resumed").await;
    site.resume = resumed["resume"].as_str().expect("a token").to_owned();
    chair.until(goes_on).await;
    site.done(json!({"type": "set_media", "microphone": true, "camera": true, "screen": false})).await;

    // The server dies and starts in the middle of the turn: chair and site take their places back.
    let (lead, speaker) = (chair.cut(), site.cut());
    let stage = stage.crash().await;
    let mut chair = stage.connect("hop", &lead.token).await;
    chair.ask(lead.hello()).await;
    chair.welcome().await;
    let mut site = stage.connect("hop", &speaker.token).await;
    site.ask(speaker.hello()).await;
    let back = site.welcome().await;
    assert_eq!(back["conference"]["floor"]["turn"]["participant"], own);
    let view = shown(&stage, &lead.token).await;
    assert_eq!(
        (&view["floor"]["turn"]["participant"], &view["floor"]["turn"]["held_until_ms"]),
        (&json!(own), &Value::Null)
    );

    // Whoever stays away longer loses the turn, and the place a minute later only.
    drop(site);
    chair.until(held).await;
    stage.hand.advance(Duration::from_secs(11));
    let over = |f: &Value| f["delta"]["kind"] == "floor" && f["delta"]["floor"]["turn"].is_null();
    chair.until(over).await;
    let view = shown(&stage, &lead.token).await;
    assert_eq!(view["floor"]["turn"], Value::Null);
}

#[tokio::test]
async fn what_was_answered_before_a_kill_in_the_roll_call_is_there_afterwards() {
    let stage = stage().await;
    let secretary = stage.token("hop", "Thư ký", Role::Secretary).await;
    let roll = format!("{HOP}/roll-call");
    post(&stage, &roll, &secretary, &json!({})).await;
    let note =
        |number: u32| json!({"result": "no_picture", "people": number, "note": format!("lần {number}")});
    let mut answered = 0;
    for number in 1..=40 {
        // Two are under way when the server is killed: each of them is kept whole or not at all.
        let marked = post(&stage, &format!("{roll}/bg-tan-my"), &secretary, &note(number)).await;
        assert_eq!(marked.status, 200);
        answered = number;
    }
    let http = stage.http();
    let authorization = bearer(&secretary);
    let headers = [("authorization", authorization.as_str())];
    let path = format!("{roll}/bg-tan-my");
    let (late, body) = (answered + 1, note(answered + 1));
    // Sent, and not waited for.
    let under_way = http.post(&path, &headers, &body);
    let cut = tokio::time::timeout(Duration::from_millis(1), under_way).await;
    drop(cut);
    let stage = stage.crash().await;
    let site = shown(&stage, &secretary).await["sites"][0].clone();
    let people = site["people"].as_u64().expect("was marked");
    assert!(people == u64::from(answered) || people == u64::from(late), "{site}");
    assert_eq!(site["note"], format!("lần {people}"));
    let going = post(&stage, &roll, &secretary, &json!({})).await.json();
    assert_eq!((&going["current"], &going["left"]), (&json!("bg-nghia-phuong"), &json!(2)));
}
