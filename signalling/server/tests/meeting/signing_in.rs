//! Accounts, guests, cookies, lobby, lists, files and headers over HTTPS.

use crate::stage::{Stage, bearer};
use conference::{Role, Settings};
use serde_json::{Value, json};
use std::time::Duration;

const SESSION: &str = "__Host-dc_session";

fn login(user: &str, password: &str) -> Value {
    json!({"user": user, "password": password})
}

#[tokio::test]
async fn login_opens_a_session_that_idleness_and_logout_end() {
    let stage = Stage::start().await;
    stage.account("hanh", Role::Secretary).await;
    let http = stage.http();
    let answer = http.post("/api/v1/auth/login", &[], &login(" HANH ", "đúng mật khẩu")).await;
    assert_eq!((answer.status, &answer.json()["user"]), (200, &json!("hanh")));
    let set = answer.headers("set-cookie").find(|c| c.starts_with(SESSION)).expect("is set");
    for part in ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
        assert!(set.contains(part), "{set}");
    }
    let cookie = answer.cookie(SESSION).expect("is set");
    let me = http.get("/api/v1/me", &[("cookie", &cookie)]).await;
    assert_eq!((me.status, &me.json()["role"]), (200, &json!("secretary")));
    stage.hand.advance(Duration::from_secs(14 * 60));
    assert_eq!(http.get("/api/v1/me", &[("cookie", &cookie)]).await.status, 200, "was used");
    stage.hand.advance(Duration::from_secs(16 * 60));
    assert_eq!(http.get("/api/v1/me", &[("cookie", &cookie)]).await.error(), "not_signed_in");

    let answer = http.post("/api/v1/auth/login", &[], &login("hanh", "đúng mật khẩu")).await;
    let cookie = answer.cookie(SESSION).expect("is set");
    assert_eq!(http.post("/api/v1/auth/logout", &[("cookie", &cookie)], &json!({})).await.status, 204);
    assert_eq!(http.get("/api/v1/me", &[("cookie", &cookie)]).await.status, 401);
}

#[tokio::test]
async fn five_failures_lock_known_and_unknown_users_alike() {
    let stage = Stage::start().await;
    stage.account("hanh", Role::Delegate).await;
    let http = stage.http();
    for user in ["hanh", "khong-co-ai"] {
        for _ in 0..5 {
            let answer = http.post("/api/v1/auth/login", &[], &login(user, "sai mật khẩu")).await;
            assert_eq!((answer.status, answer.error()), (401, "wrong_credentials".to_owned()));
        }
        let answer = http.post("/api/v1/auth/login", &[], &login(user, "đúng mật khẩu")).await;
        assert_eq!((answer.status, answer.error()), (423, "account_locked".to_owned()));
        assert_eq!(answer.json()["retry_s"], 900);
        assert_eq!(answer.header("retry-after"), Some("900"));
    }
    let stage = stage.restart().await;
    let answer = stage.http().post("/api/v1/auth/login", &[], &login("hanh", "đúng mật khẩu")).await;
    assert_eq!(answer.status, 423, "a restart forgives nobody");
    stage.hand.advance(Duration::from_secs(15 * 60));
    let answer = stage.http().post("/api/v1/auth/login", &[], &login("hanh", "đúng mật khẩu")).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn page_of_another_site_cannot_act() {
    let stage = Stage::start().await;
    stage.account("hanh", Role::Delegate).await;
    let http = stage.http();
    let body = login("hanh", "đúng mật khẩu").to_string();
    let evil = [("origin", "https://evil.example"), ("content-type", "application/json")];
    let answer = http.send("POST", "/api/v1/auth/login", &evil, body.as_bytes()).await;
    assert_eq!((answer.status, answer.error()), (403, "foreign_origin".to_owned()));
    let plain = [("content-type", "text/plain")];
    let answer = http.send("POST", "/api/v1/auth/login", &plain, body.as_bytes()).await;
    assert_eq!(answer.status, 400, "a form of another site cannot send JSON");
}

#[tokio::test]
async fn guest_comes_by_link_where_guests_are_allowed() {
    let stage = Stage::start().await;
    stage.meeting("kin", Settings { guests: false, ..Settings::default() }).await;
    let http = stage.http();
    let entry = json!({"name": " Khách mời ", "unit": "Báo Bắc Giang"});
    let answer = http.post("/api/v1/conferences/kin/guest", &[], &entry).await;
    assert_eq!((answer.status, answer.error()), (403, "guests_not_allowed".to_owned()));
    let answer = http.post("/api/v1/conferences/khong-co/guest", &[], &entry).await;
    assert_eq!(answer.status, 404);
    for name in ["", "   ", &"x".repeat(121), "a\u{0}b"] {
        let bad = http.post("/api/v1/conferences/demo/guest", &[], &json!({"name": name})).await;
        assert_eq!(bad.status, 422);
    }
    let answer = http.post("/api/v1/conferences/demo/guest", &[], &entry).await;
    let person = answer.json();
    assert_eq!((&person["name"], &person["guest"]), (&json!("Khách mời"), &json!(true)));
    let cookie = answer.cookie("__Host-dc_guest").expect("is set");
    let lobby = http.get("/api/v1/conferences/demo/lobby", &[("cookie", &cookie)]).await;
    assert_eq!(lobby.json()["you"]["name"], "Khách mời");
    assert_eq!(
        http.get("/api/v1/conferences/kin/lobby", &[("cookie", &cookie)]).await.json()["you"],
        Value::Null
    );
    let own = http.origin();
    let headers = [("cookie", cookie.as_str()), ("origin", own.as_str())];
    assert!(http.websocket("demo", &headers).await.is_ok());
    assert_eq!(http.websocket("kin", &headers).await.expect_err("is refused").0, 401);
    let create = http.post("/api/v1/conferences", &headers, &json!({"title": "Họp"})).await;
    assert_eq!(create.error(), "not_allowed");
}

#[tokio::test]
async fn lobby_tells_what_stands_at_the_door() {
    let stage = Stage::start().await;
    let http = stage.http();
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    chair.done(json!({"type": "lock", "locked": true})).await;
    let lobby = http.get("/api/v1/conferences/demo/lobby", &[]).await.json();
    assert_eq!((&lobby["participants"], &lobby["locked"]), (&json!(1), &json!(true)));
    assert_eq!((&lobby["chair"], &lobby["you"]), (&json!("Chủ tịch"), &Value::Null));
    for id in ["khong-co", "..%2f", "%00", "X"] {
        let answer = http.get(&format!("/api/v1/conferences/{id}/lobby"), &[]).await;
        assert_eq!(answer.status, 404, "{id}");
    }
}

#[tokio::test]
async fn conference_is_made_by_those_who_may_and_listed() {
    let stage = Stage::start().await;
    let http = stage.http();
    let mut cookies = Vec::new();
    for (user, role) in [("thu-ky", Role::Secretary), ("dai-bieu", Role::Delegate)] {
        stage.account(user, role).await;
        let answer = http.post("/api/v1/auth/login", &[], &login(user, "đúng mật khẩu")).await;
        cookies.push(answer.cookie(SESSION).expect("is set"));
    }
    let (secretary, delegate) = ([("cookie", cookies[0].as_str())], [("cookie", cookies[1].as_str())]);
    let opens_ms = stage.clock.now_ms() + 60_000;
    let new = json!({"title": "Họp giao ban", "waiting_room": true, "opens_ms": opens_ms});
    assert_eq!(http.post("/api/v1/conferences", &delegate, &new).await.status, 403);
    assert_eq!(http.post("/api/v1/conferences", &[], &new).await.status, 401);
    let made = http.post("/api/v1/conferences", &secretary, &new).await;
    assert_eq!(made.status, 201);
    let id = made.json()["id"].as_str().expect("a name").to_owned();
    let list = http.get("/api/v1/conferences", &delegate).await.json();
    let found = list.as_array().expect("a list").iter().find(|c| c["id"] == id.as_str());
    let found = found.expect("is listed");
    assert_eq!((&found["title"], &found["opens_ms"]), (&json!("Họp giao ban"), &json!(opens_ms)));
    let taken = json!({"id": "demo", "title": "Họp"});
    assert_eq!(http.post("/api/v1/conferences", &secretary, &taken).await.status, 409);
    for (field, wrong) in [("id", json!("../etc")), ("opens_ms", json!(-1)), ("opens_ms", json!(i64::MAX))] {
        let mut bad = json!({"title": "Họp"});
        bad[field] = wrong;
        let refused = http.post("/api/v1/conferences", &secretary, &bad).await;
        assert_eq!((refused.status, &refused.json()["field"]), (422, &json!(field)));
    }
    assert_eq!(http.get("/api/v1/sites", &delegate).await.json(), json!([]));
}

#[tokio::test]
async fn token_of_a_leading_role_makes_conferences_and_nobody_else_learns_anything() {
    let stage = Stage::start().await;
    let http = stage.http();
    let new = json!({"title": "Họp của phần mềm khác"});
    for (role, status) in [
        (Role::Chair, 201),
        (Role::Secretary, 201),
        (Role::Administrator, 201),
        (Role::UnitAdministrator, 201),
        (Role::Delegate, 403),
        (Role::Clerk, 403),
    ] {
        let token = bearer(&stage.token("demo", "Phần mềm", role).await);
        let made = http.post("/api/v1/conferences", &[("authorization", &token)], &new).await;
        assert_eq!(made.status, status, "{role:?}");
        if status == 201 {
            let id = made.json()["id"].as_str().expect("a name").to_owned();
            assert_eq!(http.get(&format!("/api/v1/conferences/{id}/lobby"), &[]).await.status, 200);
            let door = http.websocket(&id, &[("authorization", &token)]).await;
            assert_eq!(door.expect_err("is refused").0, 403, "the token opens its own conference only");
        }
    }
    // Whatever is sent: a stranger gets 401 and a wrong role 403, before it is read or looked up.
    let delegate = bearer(&stage.token("demo", "Đại biểu", Role::Delegate).await);
    let forged = bearer("dct1.e30.e30");
    let bodies =
        ["{\"id\":\"demo\",\"title\":\"x\"}", "{\"id\":\"../etc\"}", "not JSON", "", &"x".repeat(100_000)];
    for body in bodies {
        for (token, status) in [(None, 401), (Some(&forged), 401), (Some(&delegate), 403)] {
            let headers: Vec<_> = token.map(|token| ("authorization", token.as_str())).into_iter().collect();
            let answer = http.send("POST", "/api/v1/conferences", &headers, body.as_bytes()).await;
            assert_eq!(answer.status, status, "{:.20}", body);
        }
    }
}

#[tokio::test]
async fn bearer_token_becomes_a_cookie() {
    let stage = Stage::start().await;
    let http = stage.http();
    let token = stage.token("demo", "Phòng họp 1", Role::SiteOperator).await;
    let answer = http.post("/api/v1/auth/token", &[], &json!({"token": token})).await;
    assert_eq!(answer.json()["role"], "site_operator");
    let cookie = answer.cookie("__Host-dc_guest").expect("is set");
    let me = http.get("/api/v1/me", &[("cookie", &cookie)]).await.json();
    assert_eq!((&me["name"], &me["guest"]), (&json!("Phòng họp 1"), &json!(false)));
    assert_eq!(http.get("/api/v1/me", &[("authorization", &bearer(&token))]).await.status, 200);
    let forged = http.post("/api/v1/auth/token", &[], &json!({"token": "dct1.e30.e30"})).await;
    assert_eq!((forged.status, forged.error()), (401, "bad_token".to_owned()));
}

#[tokio::test]
async fn body_of_any_shape_or_size_is_refused_clearly() {
    let stage = Stage::start().await;
    let http = stage.http();
    for body in [json!(null), json!([]), json!({"user": 1}), json!("x")] {
        let answer = http.post("/api/v1/auth/login", &[], &body).await;
        assert_eq!((answer.status, answer.error()), (400, "malformed".to_owned()));
    }
    let large = json!({"user": "x".repeat(100_000), "password": "y"});
    let answer = http.post("/api/v1/auth/login", &[], &large).await;
    assert_eq!((answer.status, answer.error()), (413, "too_large".to_owned()));
    assert_eq!(http.send("PUT", "/api/v1/me", &[], b"").await.error(), "method_not_allowed");
    assert_eq!(http.get("/api/v1/nothing", &[]).await.error(), "not_found");
    assert_eq!(http.get("/api/v2/me", &[]).await.error(), "not_found");
}

#[tokio::test]
async fn pages_files_and_figures_are_served_with_their_headers() {
    let stage = Stage::start().await;
    let http = stage.http();
    for path in ["/", "/login", "/ca", "/c/demo"] {
        let page = http.get(path, &[]).await;
        assert_eq!((page.status, page.body.as_slice()), (200, b"<!doctype html>".as_slice()), "{path}");
        assert_eq!(page.header("cache-control"), Some("no-cache"));
    }
    let script = http.get("/assets/a1.js", &[]).await;
    assert_eq!(script.header("cache-control"), Some("public, max-age=31536000, immutable"));
    for path in ["/assets/none.js", "/../cert.pem", "/..%2fcert.pem", "/key.pem"] {
        assert_eq!(http.get(path, &[]).await.status, 404, "{path}");
    }
    assert_eq!(http.get("/healthz", &[]).await.body, b"ok\n");
    assert_eq!(http.get("/readyz", &[]).await.status, 200);
    let figures = http.get("/metrics", &[]).await;
    assert!(String::from_utf8_lossy(&figures.body).contains("vc_http_sockets"));
    let api = http.get("/api/v1/openapi.json", &[]).await.json();
    assert!(api["paths"]["/api/v1/conferences/{id}/lobby"]["get"].is_object());
}
