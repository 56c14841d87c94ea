//! The own account over HTTPS: password, sessions, idle ends, second factor.

use crate::client::Client;
use crate::http_client::HttpClient;
use crate::stage::Stage;
use conference::{Role, Timestamp};
use media_control::MediaCommand;
use serde_json::{Value, json};
use signalling_server::auth::invitation;
use signalling_server::store::{NewAccount, People as _};
use std::time::Duration;

const SESSION: &str = "__Host-dc_session";
const PASSWORD: &str = "đúng mật khẩu";
const STRONG: &str = "Mật khẩu mới số 1";

fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

async fn signed_in(http: &HttpClient, user: &str, password: &str) -> String {
    let answer = http.post("/api/v1/auth/login", &[], &json!({"user": user, "password": password})).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.cookie(SESSION).expect("is set")
}

async fn me(http: &HttpClient, cookie: &str) -> u16 {
    http.get("/api/v1/me", &[("cookie", cookie)]).await.status
}

async fn delete(http: &HttpClient, path: &str, cookie: &str, body: &Value) -> crate::http_client::Answer {
    let origin = http.origin();
    let headers = [("cookie", cookie), ("origin", origin.as_str()), ("content-type", "application/json")];
    http.send("DELETE", path, &headers, body.to_string().as_bytes()).await
}

#[tokio::test]
async fn new_password_keeps_the_rules_and_ends_the_other_sessions() {
    let stage = Stage::start().await;
    stage.account("hanh", Role::Secretary).await;
    let http = stage.http();
    let (here, there) = (signed_in(&http, "hanh", PASSWORD).await, signed_in(&http, "hanh", PASSWORD).await);
    let change = async |current: &str, new: &str| {
        http.post("/api/v1/me/password", &[("cookie", &here)], &json!({"current": current, "new": new})).await
    };
    assert_eq!(change("sai", STRONG).await.error(), "wrong_credentials");
    let weak = change(PASSWORD, "hanh").await;
    assert_eq!((weak.status, weak.error()), (422, "weak_password".to_owned()));
    let rules = json!(["too_short", "no_capital", "no_digit", "no_sign", "holds_user_name"]);
    assert_eq!((&weak.json()["rules"], &weak.json()["least"]), (&rules, &json!(14)));
    let changed = change(PASSWORD, STRONG).await;
    assert_eq!(changed.status, 204);
    let renewed = changed.cookie(SESSION).expect("is set");
    assert_eq!((me(&http, &here).await, me(&http, &there).await, me(&http, &renewed).await), (401, 401, 200));
    let again = json!({"current": STRONG, "new": STRONG});
    let again = http.post("/api/v1/me/password", &[("cookie", &renewed)], &again).await;
    assert_eq!(again.json()["rules"], json!(["reused"]));
}

#[tokio::test]
async fn sessions_are_listed_and_ended_elsewhere() {
    let stage = Stage::start().await;
    for user in ["hanh", "binh"] {
        stage.account(user, Role::Delegate).await;
    }
    let http = stage.http();
    let mine = [
        signed_in(&http, "hanh", PASSWORD).await,
        signed_in(&http, "hanh", PASSWORD).await,
        signed_in(&http, "hanh", PASSWORD).await,
    ];
    let other = signed_in(&http, "binh", PASSWORD).await;
    let list = http.get("/api/v1/me/sessions", &[("cookie", &mine[0])]).await.json();
    let list = list.as_array().expect("a list").clone();
    assert_eq!(list.len(), 3);
    assert_eq!(list.iter().filter(|session| session["current"] == true).count(), 1);
    assert!(list.iter().all(|session| session["address"] == "127.0.0.1"));
    let foreign = http.get("/api/v1/me/sessions", &[("cookie", &other)]).await.json()[0]["id"].clone();
    let path = |id: &Value| format!("/api/v1/me/sessions/{}", id.as_str().expect("a name"));
    assert_eq!(delete(&http, &path(&foreign), &mine[0], &json!({})).await.status, 404, "only one's own");
    let away = list.iter().find(|session| session["current"] == false).expect("there are two");
    assert_eq!(delete(&http, &path(&away["id"]), &mine[0], &json!({})).await.status, 204);
    let left = delete(&http, "/api/v1/me/sessions", &mine[0], &json!({})).await.json();
    assert_eq!(left, json!({"ended": 1}));
    assert_eq!(
        (me(&http, &mine[0]).await, me(&http, &mine[1]).await, me(&http, &mine[2]).await),
        (200, 401, 401)
    );
    assert_eq!(me(&http, &other).await, 200);
}

#[tokio::test]
async fn page_that_asks_by_itself_keeps_nobody_signed_in() {
    let stage = Stage::start().await;
    stage.account("hanh", Role::Delegate).await;
    let http = stage.http();
    let cookie = signed_in(&http, "hanh", PASSWORD).await;
    stage.hand.advance(minutes(14));
    let asked = [("cookie", cookie.as_str()), ("x-diemcau-background", "1")];
    assert_eq!(http.get("/api/v1/conferences", &asked).await.status, 200);
    let life = http.get("/api/v1/me/session", &[("cookie", &cookie)]).await.json();
    assert_eq!(life, json!({"left_s": 60, "idle_s": 900}));
    let kept = http.post("/api/v1/me/session", &[("cookie", &cookie)], &json!({})).await.json();
    assert_eq!(kept["left_s"], 900);
    stage.hand.advance(minutes(14));
    assert_eq!(http.get("/api/v1/conferences", &asked).await.status, 200);
    stage.hand.advance(minutes(2));
    assert_eq!(http.get("/api/v1/conferences", &asked).await.error(), "not_signed_in");
}

#[tokio::test]
async fn signing_out_elsewhere_ends_the_call_there_and_no_other() {
    let stage = Stage::start().await;
    for user in ["hanh", "binh"] {
        stage.account(user, Role::Delegate).await;
    }
    let http = stage.http();
    let origin = http.origin();
    let (here, there) = (signed_in(&http, "hanh", PASSWORD).await, signed_in(&http, "hanh", PASSWORD).await);
    let other = signed_in(&http, "binh", PASSWORD).await;
    let call = async |cookie: &str| {
        let headers = [("cookie", cookie), ("origin", origin.as_str())];
        let mut client = Client::new(http.websocket("demo", &headers).await.expect("is let in"), "");
        client.hello().await;
        client
    };
    let (mut lost, mut stays) = (call(&there).await, call(&other).await);
    lost.ask(json!({"type": "open_media"})).await;
    let open = |c: &MediaCommand| match c {
        MediaCommand::OpenLeg { leg, .. } => Some(*leg),
        _ => None,
    };
    let leg = stage.media.take(open).await;
    assert_eq!(delete(&http, "/api/v1/me/sessions", &here, &json!({})).await.json(), json!({"ended": 1}));
    assert_eq!(lost.closed().await, (4009, "signed_out".to_owned()));
    let closed =
        |c: &MediaCommand| matches!(c, MediaCommand::CloseLeg { leg: ended } if *ended == leg).then_some(());
    stage.media.take(closed).await;
    let headers = [("cookie", there.as_str()), ("origin", origin.as_str())];
    assert!(http.websocket("demo", &headers).await.is_err(), "the session is gone");
    stays.done(json!({"type": "raise_hand"})).await;
}

#[tokio::test]
async fn live_call_counts_as_activity() {
    let stage = Stage::start_with(|limits| limits.session_keep = Duration::from_millis(20)).await;
    stage.account("hanh", Role::Delegate).await;
    let http = stage.http();
    let cookie = signed_in(&http, "hanh", PASSWORD).await;
    let origin = http.origin();
    let headers = [("cookie", cookie.as_str()), ("origin", origin.as_str())];
    let call = http.websocket("demo", &headers).await.expect("is let in");
    for _ in 0..3 {
        stage.hand.advance(minutes(14));
        let kept = async {
            let asked = [("cookie", cookie.as_str()), ("x-diemcau-background", "1")];
            loop {
                let life = http.get("/api/v1/me/session", &asked).await.json();
                if life["left_s"] == 900 {
                    break;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(crate::stage::DEADLINE, kept).await.expect("the call moves the idle end");
    }
    drop(call);
}

#[tokio::test]
async fn one_time_code_opens_nothing_but_the_setting_of_a_password() {
    let stage = Stage::start().await;
    let (code, stored) = invitation::fresh(stage.key(), stage.clock.now_ms());
    let account = NewAccount {
        user: "moi".to_owned(),
        name: "Người mới".to_owned(),
        unit: String::new(),
        role: Role::Delegate,
        password_hash: stored,
    };
    stage.store.create_account(&account, Timestamp(stage.clock.now_ms())).await.expect("is new");
    let http = stage.http();
    let cookie = signed_in(&http, "moi", &code.to_lowercase()).await;
    let own = [("cookie", cookie.as_str())];
    assert_eq!(http.get("/api/v1/me", &own).await.json()["duty"], "set_password");
    let refused = http.get("/api/v1/conferences", &own).await;
    assert_eq!((refused.status, refused.error()), (403, "duty_first".to_owned()));
    let origin = http.origin();
    let headers = [("cookie", cookie.as_str()), ("origin", origin.as_str())];
    assert_eq!(http.websocket("demo", &headers).await.expect_err("is refused").1, "duty_first");
    let set = http.post("/api/v1/me/password", &own, &json!({"current": "", "new": STRONG})).await;
    let cookie = set.cookie(SESSION).expect("is set");
    assert_eq!(http.get("/api/v1/conferences", &[("cookie", &cookie)]).await.status, 200);
    let again = http.post("/api/v1/auth/login", &[], &json!({"user": "moi", "password": code})).await;
    assert_eq!(again.error(), "wrong_credentials", "the code is used up");
}

/// The code of the secret that was told, at `now_ms`.
fn code_of(begun: &Value, now_ms: i64) -> String {
    let secret = begun["secret"].as_str().expect("a secret").replace(' ', "");
    let secret = totp_rs::Secret::try_from_base32(secret).expect("base32");
    let totp = totp_rs::Builder::new().with_secret(secret).build().expect("long enough");
    totp.generate(u64::try_from(now_ms / 1000).expect("after 1970")).to_string()
}

async fn with_second_factor(stage: &Stage, user: &str) -> (String, Value, Vec<String>) {
    let http = stage.http();
    let cookie = signed_in(&http, user, PASSWORD).await;
    let own = [("cookie", cookie.as_str())];
    let begun = http.post("/api/v1/me/second-factor", &own, &json!({"password": PASSWORD})).await.json();
    assert!(begun["qr_path"].as_str().expect("a path").starts_with("M0 0h1"));
    let wrong = http.post("/api/v1/me/second-factor/confirm", &own, &json!({"code": "000000"})).await;
    assert_eq!(wrong.error(), "wrong_code");
    let code = code_of(&begun, stage.clock.now_ms());
    let confirmed = http.post("/api/v1/me/second-factor/confirm", &own, &json!({"code": code})).await;
    let codes = confirmed.json()["codes"].as_array().expect("a list").clone();
    let codes = codes.iter().map(|code| code.as_str().expect("a text").to_owned()).collect();
    (confirmed.cookie(SESSION).expect("is set"), begun, codes)
}

#[tokio::test]
async fn second_factor_is_asked_for_and_no_code_is_taken_twice() {
    let stage = Stage::start().await;
    stage.account("hanh", Role::Delegate).await;
    let (cookie, begun, recovery) = with_second_factor(&stage, "hanh").await;
    let http = stage.http();
    let login = async |code: &str| {
        let body = json!({"user": "hanh", "password": PASSWORD, "code": code});
        http.post("/api/v1/auth/login", &[], &body).await
    };
    assert_eq!(login("").await.error(), "code_needed");
    let used = code_of(&begun, stage.clock.now_ms());
    assert_eq!(login(&used).await.error(), "wrong_code", "it confirmed the factor and is used up");
    stage.hand.advance(Duration::from_secs(30));
    let next = code_of(&begun, stage.clock.now_ms());
    assert_eq!(login(&next).await.status, 200);
    assert_eq!(login(&next).await.error(), "wrong_code");
    assert_eq!(recovery.len(), 10);
    assert_eq!(login(&recovery[3].to_lowercase()).await.status, 200);
    assert_eq!(login(&recovery[3]).await.error(), "wrong_code");
    let profile = http.get("/api/v1/me/profile", &[("cookie", &cookie)]).await.json();
    let expected = json!({"on": true, "required": false, "recovery_codes": 9});
    assert_eq!((&profile["second_factor"], &profile["password_least"]), (&expected, &json!(8)));
    for _ in 0..5 {
        login("000000").await;
    }
    assert_eq!(login("000000").await.error(), "account_locked", "codes cannot be tried out");
}

#[tokio::test]
async fn fresh_recovery_codes_ask_for_the_password_and_make_the_old_ones_void() {
    let stage = Stage::start().await;
    stage.account("hanh", Role::Delegate).await;
    let http = stage.http();
    let renew = async |cookie: &str, password: &str| {
        let path = "/api/v1/me/second-factor/recovery-codes";
        http.post(path, &[("cookie", cookie)], &json!({ "password": password })).await
    };
    let cookie = signed_in(&http, "hanh", PASSWORD).await;
    let early = renew(&cookie, PASSWORD).await;
    assert_eq!((early.status, early.error()), (409, "second_factor_off".to_owned()));
    let (cookie, _, old) = with_second_factor(&stage, "hanh").await;
    assert_eq!(renew(&cookie, "sai").await.error(), "wrong_credentials");
    let renewed = renew(&cookie, PASSWORD).await.json();
    let codes = renewed["codes"].as_array().expect("a list");
    assert_eq!(codes.len(), 10);
    let login = async |code: &str| {
        let body = json!({"user": "hanh", "password": PASSWORD, "code": code});
        http.post("/api/v1/auth/login", &[], &body).await
    };
    assert_eq!(login(&old[0]).await.error(), "wrong_code");
    assert_eq!(login(codes[0].as_str().expect("a text")).await.status, 200);
    assert_eq!(me(&http, &cookie).await, 200, "nobody is signed out");
}

#[tokio::test]
async fn administrator_sets_up_a_second_factor_first_and_rests_five_minutes() {
    let stage = Stage::start().await;
    stage.account("admin", Role::Administrator).await;
    let http = stage.http();
    let cookie = signed_in(&http, "admin", PASSWORD).await;
    let own = [("cookie", cookie.as_str())];
    assert_eq!(http.get("/api/v1/me", &own).await.json()["duty"], "set_up_second_factor");
    assert_eq!(http.get("/api/v1/conferences", &own).await.error(), "duty_first");
    let (cookie, _, _) = with_second_factor(&stage, "admin").await;
    assert_eq!(http.get("/api/v1/conferences", &[("cookie", &cookie)]).await.status, 200);
    let off = delete(&http, "/api/v1/me/second-factor", &cookie, &json!({"password": PASSWORD})).await;
    assert_eq!(off.error(), "not_allowed");
    stage.hand.advance(minutes(6));
    assert_eq!(me(&http, &cookie).await, 401);
}

#[tokio::test]
async fn from_outside_nobody_gets_in_without_a_second_factor() {
    let mut inside = Stage::start().await;
    inside.account("hanh", Role::Delegate).await;
    let before = signed_in(&inside.http(), "hanh", PASSWORD).await;
    inside.set_inside_networks(&["10.0.0.0/8"]);
    let outside = inside.restart().await;
    let http = outside.http();
    let body = json!({"user": "hanh", "password": PASSWORD});
    let answer = http.post("/api/v1/auth/login", &[], &body).await;
    assert_eq!((answer.status, answer.error()), (403, "inside_only".to_owned()));
    let carried = http.get("/api/v1/me", &[("cookie", &before)]).await;
    assert_eq!(carried.error(), "inside_only", "a session from inside is worth nothing outside");
    assert_eq!(http.get("/api/v1/conferences/demo/lobby", &[]).await.status, 200, "guests still come");
}
