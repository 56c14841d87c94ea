//! Running a meeting: floor, roll call and bulk mutes, over the WebSocket and by the HTTP API.

use crate::client::Client;
use crate::stage::{Stage, bearer};
use conference::{Role, Settings};
use media_control::{MediaCommand, Source};
use serde_json::{Value, json};
use signalling_server::store::{InvitedSite, Meetings as _, Site};

const SITES: [(&str, &str); 3] =
    [("bg-tan-my", "Xã Tân Mỹ"), ("bg-nghia-phuong", "Xã Nghĩa Phương"), ("bg-lan-mau", "Xã Lan Mẫu")];

/// A stage whose conference `hop` invites three sites.
pub async fn stage() -> Stage {
    let stage = Stage::start().await;
    let root = ("bg", "Bắc Giang");
    let site = |(id, name): (&str, &str)| Site {
        id: id.to_owned(),
        name: name.to_owned(),
        kind: "commune".to_owned(),
        parent: (id != "bg").then(|| "bg".to_owned()),
        sector: None,
        sample: false,
    };
    let tree: Vec<Site> = std::iter::once(root).chain(SITES).map(site).collect();
    stage.store.replace_sites("bac-giang", &tree).await.expect("kept");
    stage.meeting("hop", Settings::default()).await;
    let hop = media_control::ConferenceId::new("hop").expect("a good id");
    let invited = |(id, _): (&str, &str)| InvitedSite { tree: "bac-giang".to_owned(), id: id.to_owned() };
    stage.store.invite_sites(&hop, &SITES.map(invited)).await.expect("kept");
    stage
}

pub async fn post(stage: &Stage, path: &str, token: &str, body: &Value) -> crate::http_client::Answer {
    stage.http().post(path, &[("authorization", &bearer(token))], body).await
}

async fn leg_of(stage: &Stage, client: &mut Client) -> media_control::LegId {
    client.ask(json!({"type": "open_media"})).await;
    let open = |c: &MediaCommand| match c {
        MediaCommand::OpenLeg { leg, .. } => Some(*leg),
        _ => None,
    };
    stage.media.take(open).await
}

#[tokio::test]
async fn one_grant_opens_the_microphone_sets_the_stage_and_shows_the_lower_third() {
    let stage = stage().await;
    let mut chair = stage.join("hop", "Chủ tịch", Role::Chair).await;
    let mut site = stage.join("hop", "Xã Tân Mỹ", Role::SiteOperator).await;
    let leg = leg_of(&stage, &mut site).await;
    chair.done(json!({"type": "mute_all"})).await;
    let muted = site.delta("muted").await;
    assert_eq!(muted["participants"], json!([site.participant]));
    site.done(json!({"type": "request_floor", "subject": "Đường vào thôn"})).await;
    let grant = json!({"type": "grant_floor", "seen": 0, "speaker": "Giáp Thị Bích Hường", "position": "Chủ tịch UBND xã"});
    chair.done(grant.clone()).await;
    let floor =
        site.until(|f| f["delta"]["kind"] == "floor" && f["delta"]["floor"]["turn"].is_object()).await;
    let turn = &floor["delta"]["floor"]["turn"];
    let third = (&turn["name"], &turn["position"], &turn["site"], &turn["subject"]);
    let expected = (
        &json!("Giáp Thị Bích Hường"),
        &json!("Chủ tịch UBND xã"),
        &json!("Xã Tân Mỹ"),
        &json!("Đường vào thôn"),
    );
    assert_eq!(third, expected);
    site.changed(site.participant, |p| p["microphone"] == true).await;
    let stage_now = site.until(|f| f["delta"]["stage"]["of"] == "floor").await;
    assert_eq!(stage_now["delta"]["stage"]["pictures"], json!([site.participant]));
    let heard = |c: &MediaCommand| match c {
        MediaCommand::Allow { leg: told, allowed } if *told == leg && allowed.has(Source::Microphone) => {
            Some(())
        }
        _ => None,
    };
    stage.media.take(heard).await;
    assert_eq!(chair.refused(grant).await, "floor_changed");
    assert_eq!(site.refused(json!({"type": "grant_floor"})).await, "not_allowed");
}

#[tokio::test]
async fn fixed_stage_decides_what_a_viewer_is_sent() {
    let stage = stage().await;
    let mut chair = stage.join("hop", "Chủ tịch", Role::Chair).await;
    let a = stage.join("hop", "A", Role::Delegate).await;
    let mut b = stage.join("hop", "B", Role::Delegate).await;
    let leg = leg_of(&stage, &mut b).await;
    let wish = |who: u64| json!({"participant": who, "source": "camera", "height_px": 360});
    b.done(json!({"type": "watch", "wishes": [wish(a.participant), wish(chair.participant)]})).await;
    let watched = |c: &MediaCommand| match c {
        MediaCommand::Watch { leg: told, wishes } if *told == leg => Some(wishes.len()),
        _ => None,
    };
    assert_eq!(stage.media.take(watched).await, 2);
    chair.done(json!({"type": "set_stage", "layout": "one", "participants": [], "free": false})).await;
    assert_eq!(stage.media.take(watched).await, 1);
    chair.done(json!({"type": "grant_floor", "participant": a.participant})).await;
    assert_eq!(stage.media.take(watched).await, 2);
}

#[tokio::test]
async fn roll_call_goes_on_after_a_crash_and_the_api_marks_it_to_the_end() {
    let stage = stage().await;
    let secretary = stage.token("hop", "Thư ký", Role::Secretary).await;
    let mut chair = stage.join("hop", "Chủ tịch", Role::Chair).await;
    let mut site = stage.join("hop", "Xã Nghĩa Phương", Role::SiteOperator).await;
    chair.done(json!({"type": "start_roll_call"})).await;
    chair
        .done(json!({"type": "mark_site", "site": "bg-tan-my", "result": "absent", "note": "mất điện"}))
        .await;
    let called = site.until(|f| f["delta"]["stage"]["of"] == "roll_call").await;
    assert_eq!(called["delta"]["stage"]["pictures"], json!([]), "nobody stands for the first site");
    let own = site.participant;
    site.until(|f| f["delta"]["stage"]["pictures"] == json!([own])).await;
    drop((chair, site));

    let stage = stage.crash().await;
    let roll = "/api/v1/conferences/hop/roll-call";
    let begun = post(&stage, roll, &secretary, &json!({})).await;
    assert_eq!((begun.status, begun.json()["current"].clone()), (200, json!("bg-nghia-phuong")));
    let body = json!({"result": "present", "note": "", "people": 12});
    let marked = post(&stage, &format!("{roll}/bg-nghia-phuong"), &secretary, &body).await;
    assert_eq!((marked.status, marked.json()["roll_call"]["left"].clone()), (200, json!(1)));
    let names = json!({"result": "no_sound", "people": ["Nguyễn Văn An", "Trần Thị Bình"]});
    let marked = post(&stage, &format!("{roll}/bg-lan-mau"), &secretary, &names).await.json();
    assert_eq!((&marked["site"]["people"], &marked["roll_call"]["left"]), (&json!(2), &json!(0)));

    let shown =
        stage.http().get("/api/v1/conferences/hop", &[("authorization", &bearer(&secretary))]).await.json();
    let results: Vec<_> =
        shown["sites"].as_array().expect("a list").iter().map(|s| s["result"].clone()).collect();
    assert_eq!(results, [json!("absent"), json!("present"), json!("no_sound")]);
    assert_eq!(shown["sites"][0]["note"], "mất điện");
}

#[tokio::test]
async fn strangers_and_wrong_roles_are_refused_before_anything_is_looked_up() {
    let stage = stage().await;
    let listener = stage.token("hop", "Người nghe", Role::Listener).await;
    let elsewhere = stage.token("demo", "Chủ tịch", Role::Chair).await;
    let paths = ["roll-call", "roll-call/khong-co", "floor/grant", "mute"];
    for path in paths {
        for id in ["hop", "khong-co"] {
            let path = format!("/api/v1/conferences/{id}/{path}");
            let stranger = stage.http().send("POST", &path, &[], b"{").await;
            assert_eq!((stranger.status, stranger.error()), (401, "not_signed_in".to_owned()), "{path}");
            for token in [&listener, &elsewhere] {
                let token = bearer(token);
                let refused = stage.http().send("POST", &path, &[("authorization", &token)], b"{").await;
                assert_eq!((refused.status, refused.error()), (403, "not_allowed".to_owned()), "{path}");
            }
        }
    }
    let chair = stage.token("hop", "Chủ tịch", Role::Chair).await;
    let early =
        post(&stage, "/api/v1/conferences/hop/roll-call/bg-tan-my", &chair, &json!({"result": "present"}))
            .await;
    assert_eq!((early.status, early.json()["why"].clone()), (409, json!("no_roll_call")));
    let nowhere =
        post(&stage, "/api/v1/conferences/hop/roll-call/x", &chair, &json!({"result": "present"})).await;
    assert_eq!(nowhere.status, 409);
    post(&stage, "/api/v1/conferences/hop/roll-call", &chair, &json!({})).await;
    let nowhere =
        post(&stage, "/api/v1/conferences/hop/roll-call/x", &chair, &json!({"result": "present"})).await;
    assert_eq!((nowhere.status, nowhere.error()), (404, "no_such_site".to_owned()));
    let bad =
        post(&stage, "/api/v1/conferences/hop/roll-call/bg-tan-my", &chair, &json!({"result": "xong"})).await;
    assert_eq!(bad.status, 400);
}

#[tokio::test]
async fn api_gives_the_floor_and_mutes_through_the_same_runner() {
    let stage = stage().await;
    let token = stage.token("hop", "Thư ký", Role::Secretary).await;
    let mut a = stage.join("hop", "Xã Tân Mỹ", Role::SiteOperator).await;
    let mut b = stage.join("hop", "B", Role::Delegate).await;
    let own = format!("Bearer {}", a.token);
    let asked = stage
        .http()
        .post(
            "/api/v1/conferences/hop/floor/request",
            &[("authorization", &own)],
            &json!({"queue": "question"}),
        )
        .await;
    assert_eq!(asked.json()["floor"]["question"][0]["participant"], a.participant);
    let muted = post(&stage, "/api/v1/conferences/hop/mute", &token, &json!({"except": ["bg-tan-my"]})).await;
    assert_eq!(muted.json(), json!({"muted": 1}));
    let told = b.delta("muted").await;
    assert_eq!((&told["by"], &told["participants"]), (&json!(0), &json!([b.participant])));
    let granted =
        post(&stage, "/api/v1/conferences/hop/floor/grant", &token, &json!({"site": "bg-tan-my"})).await;
    assert_eq!(granted.json()["floor"]["turn"]["participant"], a.participant);
    a.until(|f| f["delta"]["floor"]["turn"]["site"] == "Xã Tân Mỹ").await;
    let absent =
        post(&stage, "/api/v1/conferences/hop/floor/grant", &token, &json!({"site": "bg-lan-mau"})).await;
    assert_eq!((absent.status, absent.json()["why"].clone()), (409, json!("site_absent")));
    let released = post(&stage, "/api/v1/conferences/hop/floor/release", &token, &json!({})).await;
    assert_eq!(released.json()["floor"]["turn"], Value::Null);
    let own = post(&stage, "/api/v1/conferences/hop/floor/request", &token, &json!({})).await;
    assert_eq!((own.status, own.json()["why"].clone()), (409, json!("not_inside")));
}

#[tokio::test]
async fn sites_of_a_new_conference_are_in_the_order_of_their_tree() {
    let stage = stage().await;
    let token = stage.token("hop", "Thư ký", Role::Secretary).await;
    let new = json!({"title": "Giao ban", "sites": ["bg-lan-mau", "bg-tan-my", "bg-lan-mau"], "secrecy": "state_secret"});
    let made = post(&stage, "/api/v1/conferences", &token, &new).await;
    assert_eq!(made.status, 201);
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    let chair = stage.token(&id, "Chủ tịch", Role::Chair).await;
    let shown = stage
        .http()
        .get(&format!("/api/v1/conferences/{id}"), &[("authorization", &bearer(&chair))])
        .await
        .json();
    let ids: Vec<_> =
        shown["sites"].as_array().expect("a list").iter().map(|site| site["id"].clone()).collect();
    assert_eq!(
        (ids, &shown["secrecy"]),
        (vec![json!("bg-tan-my"), json!("bg-lan-mau")], &json!("state_secret"))
    );
    let unknown =
        post(&stage, "/api/v1/conferences", &token, &json!({"title": "x", "sites": ["khong-co"]})).await;
    assert_eq!((unknown.status, unknown.json()["field"].clone()), (422, json!("sites")));
}
