//! Planned meetings over HTTPS: made, found, changed, postponed, cancelled; roles that come from invitations.

use crate::http_client::Answer;
use crate::stage::{Stage, bearer};
use conference::Role;
use serde_json::{Value, json};
use signalling_server::store::{Meetings as _, Site};

const SESSION: &str = "__Host-dc_session";
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A stage with a tree of sites.
pub async fn stage() -> Stage {
    let stage = Stage::start().await;
    let site = |id: &str, name: &str, parent: Option<&str>, sector: Option<&str>| Site {
        id: id.to_owned(),
        name: name.to_owned(),
        kind: "commune".to_owned(),
        parent: parent.map(str::to_owned),
        sector: sector.map(str::to_owned),
        sample: false,
    };
    let tree = [
        site("tinh", "Bắc Giang", None, None),
        site("ln", "Lục Nam", Some("tinh"), None),
        site("ln-1", "Xã Nghĩa Phương", Some("ln"), None),
        site("tm", "Xã Tân Mỹ", Some("tinh"), None),
        site("bv", "Bệnh viện tỉnh", Some("tinh"), Some("health")),
    ];
    stage.store.replace_sites("bac-giang", &tree).await.expect("kept");
    stage
}

/// The cookie of an account that has signed in.
pub async fn signed_in(stage: &Stage, user: &str, role: Role) -> String {
    stage.account(user, role).await;
    let body = json!({"user": user, "password": "đúng mật khẩu"});
    let answer = stage.http().post("/api/v1/auth/login", &[], &body).await;
    answer.cookie(SESSION).expect("is set")
}

pub async fn ask(stage: &Stage, cookie: &str, method: &str, path: &str, body: Value) -> Answer {
    let (http, text) = (stage.http(), body.to_string());
    let origin = http.origin();
    let mut headers = vec![("origin", origin.as_str()), ("cookie", cookie)];
    let mut bytes: &[u8] = b"";
    if !body.is_null() {
        headers.push(("content-type", "application/json"));
        bytes = text.as_bytes();
    }
    http.send(method, &format!("/api/v1{path}"), &headers, bytes).await
}

async fn make(stage: &Stage, cookie: &str, body: Value) -> Value {
    let made = ask(stage, cookie, "POST", "/conferences", body).await;
    assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
    made.json()
}

#[tokio::test]
async fn meeting_is_made_with_sites_of_a_tree_agenda_and_people_and_shown_as_planned() {
    let stage = stage().await;
    let secretary = signed_in(&stage, "thu-ky", Role::Secretary).await;
    stage.account("chu-tich", Role::Delegate).await;
    let starts = stage.clock.now_ms() + DAY_MS;
    let made = make(
        &stage,
        &secretary,
        json!({
            "title": "Giao ban tháng", "label": "Nội bộ", "starts_ms": starts, "minutes": 90,
            "note": "Mang theo báo cáo\nĐúng giờ", "trees": ["ln"], "sectors": ["health"], "sites": ["tm"],
            "agenda": [{"title": "Khai mạc", "speakers": "Chủ tịch", "minutes": 10}, {"title": "Thảo luận"}],
            "people": [{"user": "chu-tich", "role": "chair"}, {"email": "khach@so.example.vn", "name": "Khách", "role": "listener"}]
        }),
    )
    .await;
    let id = made["id"].as_str().expect("a name");
    let plan = ask(&stage, &secretary, "GET", &format!("/conferences/{id}/plan"), Value::Null).await.json();
    let sites: Vec<_> = plan["sites"].as_array().expect("sites").iter().map(|site| &site["id"]).collect();
    assert_eq!(sites, ["ln", "ln-1", "tm", "bv"], "in the order of the tree");
    assert_eq!((&plan["state"], &plan["minutes"]), (&json!("planned"), &json!(90)));
    assert_eq!(plan["note"], "Mang theo báo cáo\nĐúng giờ");
    assert_eq!((&plan["may_edit"], &plan["sequence"]), (&json!(true), &json!(0)));

    // The agenda stands in the conference before anybody has come, and follows the plan until then.
    let agenda = async || {
        let shown = ask(&stage, &secretary, "GET", &format!("/conferences/{id}"), Value::Null).await.json();
        let items = shown["agenda"].as_array().expect("items").iter();
        items.map(|item| item["title"].as_str().expect("a title").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(agenda().await, ["Khai mạc", "Thảo luận"]);
    let change = json!({"agenda": [{"title": "Bế mạc"}], "kind": "lecture", "title": "Giao ban quý"});
    let changed = ask(&stage, &secretary, "PATCH", &format!("/conferences/{id}/plan"), change).await.json();
    assert_eq!(
        (&changed["plan"]["title"], &changed["plan"]["sequence"]),
        (&json!("Giao ban quý"), &json!(1))
    );
    assert_eq!(agenda().await, ["Bế mạc"]);
    let shown = ask(&stage, &secretary, "GET", &format!("/conferences/{id}"), Value::Null).await.json();
    assert_eq!((&shown["kind"], &shown["title"]), (&json!("lecture"), &json!("Giao ban quý")));
}

#[tokio::test]
async fn role_comes_from_the_invitation_and_another_chair_does_not_preside() {
    let stage = stage().await;
    let secretary = signed_in(&stage, "thu-ky", Role::Secretary).await;
    let chair = signed_in(&stage, "chu-toa", Role::Delegate).await;
    let deputy = signed_in(&stage, "pho", Role::Delegate).await;
    let other = signed_in(&stage, "chu-tich-khac", Role::Chair).await;
    let people = json!([{"user": "chu-toa", "role": "chair"}, {"user": "pho", "role": "deputy"}]);
    let made =
        make(&stage, &secretary, json!({"title": "Họp", "waiting_room": true, "people": people})).await;
    let id = made["id"].as_str().expect("a name");
    let lobby = async |cookie: &str| {
        let lobby = ask(&stage, cookie, "GET", &format!("/conferences/{id}/lobby"), Value::Null).await.json();
        lobby["you"]["role"].clone()
    };
    assert_eq!(lobby(&chair).await, "chair");
    assert_eq!(lobby(&deputy).await, "delegate");
    assert_eq!(lobby(&other).await, "delegate");
    assert_eq!(lobby(&secretary).await, "secretary");
    // Who is invited as deputy passes the waiting room and leads while no chair is there.
    let http = stage.http();
    let origin = http.origin();
    let headers = [("cookie", deputy.as_str()), ("origin", origin.as_str())];
    let socket = http.websocket(id, &headers).await.expect("is upgraded");
    let mut inside = crate::client::Client::new(socket, "");
    inside.hello().await;
    // Twice: the wait begins when the task comes to it, before the first or after.
    for _ in 0..2 {
        inside.done(json!({"type": "raise_hand"})).await;
        stage.hand.advance(std::time::Duration::from_secs(16));
    }
    inside.until(|f| f["delta"]["info"]["presiding"].is_number()).await;
    // The invited chair may change the plan although the account is a delegate's; the other chair may not.
    let path = format!("/conferences/{id}/plan");
    let note = json!({"note": "Mới"});
    assert_eq!(ask(&stage, &chair, "PATCH", &path, note.clone()).await.status, 200);
    assert_eq!(ask(&stage, &deputy, "PATCH", &path, note.clone()).await.status, 403);
    // While somebody is inside, what matters there is not changed from outside.
    let refused = ask(&stage, &chair, "PATCH", &path, json!({"kind": "lecture"})).await;
    assert_eq!((refused.status, &refused.json()["why"]), (409, &json!("running")));
    let refused = ask(&stage, &chair, "POST", &format!("/conferences/{id}/cancel"), json!({})).await;
    assert_eq!((refused.status, &refused.json()["why"]), (409, &json!("running")));
}

#[tokio::test]
async fn cancelled_meeting_says_so_and_lets_nobody_in() {
    let stage = stage().await;
    let secretary = signed_in(&stage, "thu-ky", Role::Secretary).await;
    let starts = stage.clock.now_ms() + DAY_MS;
    let made = make(&stage, &secretary, json!({"title": "Họp", "guests": true, "starts_ms": starts})).await;
    let id = made["id"].as_str().expect("a name");
    let cancelled =
        ask(&stage, &secretary, "POST", &format!("/conferences/{id}/cancel"), json!({"reason": "Bão số 5"}))
            .await;
    assert_eq!(cancelled.json()["cancelled"], json!([id]));
    let lobby = stage.http().get(&format!("/api/v1/conferences/{id}/lobby"), &[]).await.json();
    assert_eq!((&lobby["state"], &lobby["open"]), (&json!("cancelled"), &json!(false)));
    assert_eq!(lobby["cancel_reason"], "Bão số 5");
    let guest =
        stage.http().post(&format!("/api/v1/conferences/{id}/guest"), &[], &json!({"name": "A"})).await;
    assert_eq!((guest.status, &guest.json()["why"]), (409, &json!("cancelled")));
    let http = stage.http();
    let origin = http.origin();
    let headers = [("cookie", secretary.as_str()), ("origin", origin.as_str())];
    assert_eq!(http.websocket(id, &headers).await.expect_err("is refused"), (409, "kept_out".to_owned()));
    let again = ask(&stage, &secretary, "POST", &format!("/conferences/{id}/cancel"), json!({})).await;
    assert_eq!(again.json()["why"], "cancelled");
    // Taken back, it is as before; a stranger to the meeting may not, and there is nothing to take back twice.
    let path = format!("/conferences/{id}/restore");
    let official = signed_in(&stage, "chuyen-vien", Role::Delegate).await;
    assert_eq!(ask(&stage, &official, "POST", &path, json!({})).await.status, 403);
    assert_eq!(ask(&stage, &secretary, "POST", &path, json!({})).await.json()["restored"], json!([id]));
    let lobby = ask(&stage, &secretary, "GET", &format!("/conferences/{id}/lobby"), Value::Null).await.json();
    assert_eq!((&lobby["state"], lobby.get("cancel_reason")), (&json!("planned"), None));
    assert_eq!(ask(&stage, &secretary, "POST", &path, json!({})).await.json()["why"], "not_cancelled");
    // Both acts are rows of the meeting's journal, with who did them.
    let report = format!("/conferences/{id}/reports/end.json");
    let report = ask(&stage, &secretary, "GET", &report, Value::Null).await.json();
    let deeds = report["acts"].as_array().expect("a list").iter();
    let deeds: Vec<_> = deeds.map(|deed| (&deed["what"], &deed["by"])).collect();
    let by = json!("Nguyễn Thị Hạnh");
    assert_eq!(deeds, [(&json!("cancelled"), &by), (&json!("restored"), &by)], "{report}");
}

#[tokio::test]
async fn series_is_made_moved_and_cancelled_from_one_on() {
    let stage = stage().await;
    let secretary = signed_in(&stage, "thu-ky", Role::Secretary).await;
    let starts = stage.clock.now_ms() + DAY_MS;
    let rule = json!({"every": "week", "weeks": 1, "count": 4});
    let preview = json!({"starts_ms": starts, "rule": rule});
    let preview = ask(&stage, &secretary, "POST", "/series/preview", preview).await.json();
    let week = 7 * DAY_MS;
    assert_eq!(preview["starts_ms"], json!([starts, starts + week, starts + 2 * week, starts + 3 * week]));
    let new = json!({"title": "Giao ban", "starts_ms": starts, "opens_ms": starts - HOUR_MS, "series": rule});
    let made = make(&stage, &secretary, new).await;
    let ids: Vec<String> = serde_json::from_value(made["ids"].clone()).expect("names");
    assert_eq!(ids.len(), 4);
    let plan = async |id: &str| {
        ask(&stage, &secretary, "GET", &format!("/conferences/{id}/plan"), Value::Null).await.json()
    };
    assert_eq!(plan(&ids[2]).await["opens_ms"], json!(starts + 2 * week - HOUR_MS));
    let change = json!({"scope": "following", "starts_ms": starts + week + HOUR_MS, "title": "Giao ban mới"});
    let changed = ask(&stage, &secretary, "PATCH", &format!("/conferences/{}/plan", ids[1]), change).await;
    assert_eq!(changed.json()["changed"], json!(ids[1..]), "{}", String::from_utf8_lossy(&changed.body));
    assert_eq!(plan(&ids[0]).await["title"], "Giao ban");
    let third = plan(&ids[2]).await;
    assert_eq!(third["starts_ms"], json!(starts + 2 * week + HOUR_MS));
    assert_eq!(third["opens_ms"], json!(starts + 2 * week), "the door moves with the meeting");
    let body = json!({"scope": "following"});
    let path = format!("/conferences/{}/cancel", ids[2]);
    assert_eq!(ask(&stage, &secretary, "POST", &path, body).await.json()["cancelled"], json!(ids[2..]));
    let path = format!("/conferences/{}/restore", ids[2]);
    let body = json!({"scope": "following"});
    assert_eq!(ask(&stage, &secretary, "POST", &path, body).await.json()["restored"], json!(ids[2..]));
    assert_eq!(plan(&ids[1]).await["state"], "planned");
    for (field, bad) in [
        (
            "series.count",
            json!({"title": "x", "starts_ms": starts, "series": {"every": "week", "weeks": 1, "count": 61}}),
        ),
        ("starts_ms", json!({"title": "x", "series": rule})),
        ("starts_ms", json!({"title": "x", "starts_ms": 5})),
        ("minutes", json!({"title": "x", "minutes": 0})),
        ("trees", json!({"title": "x", "trees": ["khong-co"]})),
        ("people.0.user", json!({"title": "x", "people": [{"user": "khong-co", "role": "chair"}]})),
        ("people.0.email", json!({"title": "x", "people": [{"email": "khong phai", "role": "chair"}]})),
        ("template", json!({"title": "x", "template": "khong-co"})),
    ] {
        let refused = ask(&stage, &secretary, "POST", "/conferences", bad).await;
        assert_eq!((refused.status, &refused.json()["field"]), (422, &json!(field)));
    }
}

#[tokio::test]
async fn meetings_are_found_without_diacritics_and_today_shows_ones_own() {
    let stage = stage().await;
    let secretary = signed_in(&stage, "thu-ky", Role::Secretary).await;
    let delegate = signed_in(&stage, "dai-bieu", Role::Delegate).await;
    let starts = stage.clock.now_ms() + HOUR_MS;
    for (title, people) in
        [("Đánh giá quý", json!([{"user": "dai-bieu", "role": "delegate"}])), ("Họp đất đai", json!([]))]
    {
        make(&stage, &secretary, json!({"title": title, "starts_ms": starts, "people": people})).await;
    }
    let titles = async |cookie: &str, path: &str| {
        let list = ask(&stage, cookie, "GET", path, Value::Null).await;
        assert_eq!(list.status, 200, "{}", String::from_utf8_lossy(&list.body));
        let list = list.json();
        let lines = list["meetings"].as_array().expect("a list").iter();
        lines.map(|line| line["title"].as_str().expect("a title").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(titles(&secretary, "/meetings?q=danh%20gia").await, ["Đánh giá quý"]);
    assert_eq!(titles(&secretary, "/meetings?state=cancelled").await, Vec::<String>::new());
    assert_eq!(titles(&secretary, &format!("/meetings?from_ms={starts}")).await.len(), 2);
    assert_eq!(titles(&delegate, "/meetings").await, ["Đánh giá quý"], "only one's own");
    assert_eq!(titles(&delegate, "/today").await, ["Đánh giá quý"]);
    let today = ask(&stage, &delegate, "GET", "/today", Value::Null).await.json();
    let told = &today["meetings"][0];
    assert_eq!((&told["invited_as"], &told["answer"]), (&json!("delegate"), &json!("waiting")));
    assert_eq!(titles(&delegate, "/today?day=2031-01-01").await, Vec::<String>::new());
    assert_eq!(ask(&stage, &delegate, "GET", "/today?day=x", Value::Null).await.status, 422);
    // A strip of days in one question; who is inside takes a meeting from the planned to the running ones.
    let invited = json!([{"user": "dai-bieu", "role": "delegate"}]);
    let in_two_days = json!({"title": "Ngày kia", "starts_ms": starts + 2 * DAY_MS, "people": invited});
    let later = make(&stage, &secretary, in_two_days).await;
    assert_eq!(titles(&delegate, "/today?days=2").await, ["Đánh giá quý"]);
    assert_eq!(titles(&delegate, "/today?days=3").await, ["Đánh giá quý", "Ngày kia"]);
    for wrong in ["0", "32"] {
        assert_eq!(
            ask(&stage, &delegate, "GET", &format!("/today?days={wrong}"), Value::Null).await.status,
            422
        );
    }
    let id = later["id"].as_str().expect("a name");
    assert!(titles(&secretary, "/meetings?state=planned").await.contains(&"Ngày kia".to_owned()));
    let inside = stage.join(id, "Chủ trì", Role::Chair).await;
    assert!(!titles(&secretary, "/meetings?state=planned").await.contains(&"Ngày kia".to_owned()));
    assert_eq!(titles(&secretary, "/meetings?state=running").await, ["Ngày kia"]);
    let list = ask(&stage, &secretary, "GET", "/conferences", Value::Null).await.json();
    let line = list.as_array().expect("a list").iter().find(|line| line["id"] == id).expect("is there");
    assert_eq!((&line["state"], &line["starts_ms"]), (&json!("running"), &json!(starts + 2 * DAY_MS)));
    drop(inside);
    assert_eq!(ask(&stage, &delegate, "GET", "/meetings?state=x", Value::Null).await.status, 400);
    let before = json!({"title": "Hôm qua", "starts_ms": starts - 110 * 60_000, "minutes": 30});
    make(&stage, &secretary, before).await;
    assert_eq!(titles(&secretary, "/meetings?state=passed").await, ["Hôm qua"]);
}

#[tokio::test]
async fn template_makes_the_same_meeting_and_clashes_are_told_by_name() {
    let stage = stage().await;
    let secretary = signed_in(&stage, "thu-ky", Role::Secretary).await;
    stage.account("chu-tich", Role::Chair).await;
    let starts = stage.clock.now_ms() + DAY_MS;
    let new = json!({"title": "Giao ban", "sites": ["tm"], "secrecy": "internal", "minutes": 30,
        "agenda": [{"title": "Khai mạc"}], "people": [{"user": "chu-tich", "role": "chair"}]});
    let first = make(&stage, &secretary, new).await;
    let from = json!({"name": "Mẫu tuần", "from": first["id"]});
    let saved = ask(&stage, &secretary, "POST", "/templates", from).await;
    assert_eq!(saved.status, 201, "{}", String::from_utf8_lossy(&saved.body));
    let template = saved.json()["id"].clone();
    let list = ask(&stage, &secretary, "GET", "/templates", Value::Null).await.json();
    assert_eq!(list[0]["meeting"]["agenda"][0]["title"], "Khai mạc");
    let again = json!({"title": "", "template": template, "starts_ms": starts});
    let second = make(&stage, &secretary, again.clone()).await;
    assert!(second["conflicts"].is_null());
    let third = make(&stage, &secretary, again).await;
    let told: Vec<_> = third["conflicts"].as_array().expect("conflicts").iter().map(|c| &c["name"]).collect();
    assert_eq!(told, ["Xã Tân Mỹ", "Nguyễn Thị Hạnh"]);
    assert_eq!(third["conflicts"][0]["title"], "Giao ban");
    let check = json!({"id": third["id"], "starts_ms": starts + 31 * 60_000, "minutes": 10, "sites": ["tm"]});
    assert_eq!(ask(&stage, &secretary, "POST", "/meetings/conflicts", check).await.json(), json!([]));
    let path = format!("/templates/{}", template.as_str().expect("a name"));
    assert_eq!(ask(&stage, &secretary, "DELETE", &path, Value::Null).await.status, 204);
    assert_eq!(ask(&stage, &secretary, "DELETE", &path, Value::Null).await.status, 404);
}

#[tokio::test]
async fn strangers_get_401_and_wrong_roles_403_before_anything_is_looked_up() {
    let stage = stage().await;
    let delegate = signed_in(&stage, "dai-bieu", Role::Delegate).await;
    let listener = bearer(&stage.token("demo", "Người xem", Role::Listener).await);
    for (method, path) in [
        ("GET", "/conferences/khong-co/plan"),
        ("PATCH", "/conferences/khong-co/plan"),
        ("POST", "/conferences/khong-co/cancel"),
        ("GET", "/conferences/..%2f/invitations"),
        ("POST", "/conferences/khong-co/invitations"),
        ("POST", "/conferences/demo/invitations/send"),
        ("POST", "/conferences/demo/invitations/import"),
        ("PATCH", "/conferences/demo/invitations/x"),
        ("DELETE", "/conferences/demo/invitations/x"),
        ("POST", "/meetings/conflicts"),
        ("POST", "/series/preview"),
        ("GET", "/templates"),
        ("POST", "/templates"),
        ("DELETE", "/templates/x"),
        ("GET", "/people"),
        ("GET", "/outbox"),
        ("POST", "/outbox/1/retry"),
        ("GET", "/mail"),
    ] {
        let full = format!("/api/v1{path}");
        let origin = stage.http().origin();
        let send = async |headers: &[(&str, &str)]| {
            let mut all = vec![("origin", origin.as_str())];
            all.extend(headers);
            stage.http().send(method, &full, &all, b"not JSON").await.status
        };
        assert_eq!(send(&[]).await, 401, "{method} {path}");
        assert_eq!(send(&[("cookie", delegate.as_str())]).await, 403, "{method} {path}");
        assert_eq!(send(&[("authorization", listener.as_str())]).await, 403, "{method} {path}");
    }
}
