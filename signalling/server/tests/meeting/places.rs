//! The limit of places of the whole server: who is refused above it, in which words, and who is not.

use crate::stage::{Stage, bearer};
use crate::visitors::OFFER;
use conference::{Role, Settings};
use media_control::MediaCommand;
use serde_json::json;

/// A server with two places and a second conference.
async fn small() -> Stage {
    let stage = Stage::start_with(|limits| limits.places = 2).await;
    stage.meeting("khac", Settings { always_open: true, ..Settings::default() }).await;
    stage
}

#[tokio::test]
async fn newcomer_above_the_limit_is_refused_with_the_reason_in_every_conference() {
    let stage = small().await;
    let lobby = "/api/v1/conferences/khac/lobby";
    let mut first = stage.join("demo", "A", Role::Delegate).await;
    assert!(stage.http().get(lobby, &[]).await.json().get("server_full").is_none());
    let _second = stage.join("khac", "B", Role::Delegate).await;
    let token = stage.token("khac", "C", Role::Delegate).await;
    let mut third = stage.connect("khac", &token).await;
    third.ask(json!({"type": "hello", "microphone": true, "camera": true})).await;
    let refused = third.wait("refused").await;
    assert_eq!((&refused["error"], &refused["limit"]), (&json!("server_full"), &json!(2)));
    assert_eq!(stage.http().get(lobby, &[]).await.json()["server_full"], true, "the door says it first");
    // The place is kept for a broken connection, and free once somebody has really left.
    first.ask(json!({"type": "leave"})).await;
    first.closed().await;
    let _c = stage.join("khac", "C", Role::Delegate).await;
    let _chair = stage.join("khac", "Chủ trì", Role::Chair).await;
}

#[tokio::test]
async fn who_comes_back_keeps_the_place_on_a_full_server() {
    let stage = small().await;
    let a = stage.join("demo", "A", Role::Delegate).await;
    let b = stage.join("demo", "B", Role::Delegate).await;
    let token_of_b = b.token.clone();
    let left = a.cut();
    let mut again = stage.connect("demo", &left.token).await;
    again.ask(left.hello()).await;
    again.wait("resumed").await;
    let stage = stage.restart().await;
    let mut after = stage.connect("demo", &left.token).await;
    after.ask(left.hello()).await;
    after.wait("welcome").await;
    let mut b = stage.connect("demo", &token_of_b).await;
    b.hello().await;
    assert_eq!(stage.http().get("/api/v1/conferences/demo/lobby", &[]).await.json()["server_full"], true);
}

#[tokio::test]
async fn encoder_above_the_limit_gets_503_with_the_reason_and_a_time() {
    let stage = small().await;
    let _a = stage.join("demo", "A", Role::Delegate).await;
    let _b = stage.join("demo", "B", Role::Delegate).await;
    let token = stage.token("demo", "Máy phát", Role::Delegate).await;
    let headers = [("authorization", bearer(&token)), ("content-type", "application/sdp".to_owned())];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    for way in ["whip", "whep"] {
        let path = format!("/api/v1/conferences/demo/{way}");
        let answer = stage.http().send("POST", &path, &headers, OFFER.as_bytes()).await;
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("30")), "{way}");
        let told = json!({
            "error": "full",
            "of": "server",
            "limit": 2,
            "retry_s": 30,
            "detail": "all 2 places of the server are taken",
        });
        assert_eq!(answer.json(), told, "{way}");
    }
    let opened = stage.media.all().iter().any(|c| matches!(c, MediaCommand::TakeOffer { .. }));
    assert!(!opened, "media was not asked");
}
