//! The connection test: open to everybody, bounded, and real down to the media leg.

use crate::stage::Stage;
use media_control::{MediaCommand, MediaEvent, ShardId, SourceSet};
use serde_json::json;

#[tokio::test]
async fn report_needs_no_account_and_gets_the_id_of_the_log() {
    let stage = Stage::start().await;
    let http = stage.http();
    let clock = http.get("/api/v1/check/clock", &[]).await;
    assert_eq!(clock.json()["server_time_ms"], stage.clock.now_ms());
    let line = json!({"step": "udp", "grade": "bad"});
    let report = json!({"browser": "Firefox 128", "lines": [line]});
    let id = http.post("/api/v1/check", &[], &report).await.json()["id"].clone();
    assert_eq!(id.as_str().map(str::len), Some(8));
    let long = json!({"browser": "x".repeat(201), "lines": []});
    assert_eq!(http.post("/api/v1/check", &[], &long).await.error(), "text_length");
    let many = json!({"browser": "", "lines": vec![line; 25]});
    assert_eq!(http.post("/api/v1/check", &[], &many).await.error(), "bad_field");
}

#[tokio::test]
async fn bandwidth_is_measured_with_real_bytes_up_to_the_limit() {
    let stage = Stage::start().await;
    let http = stage.http();
    let down = http.get("/api/v1/check/download?bytes=150000", &[]).await;
    assert_eq!(down.status, 200);
    assert!(down.body.len() >= 150_000, "chunk sizes come on top");
    let origin = http.origin();
    let headers = [("origin", origin.as_str()), ("content-type", "application/octet-stream")];
    let up = http.send("POST", "/api/v1/check/upload", &headers, &[7; 150_000]).await;
    assert_eq!(up.json()["bytes"], 150_000);
    let foreign = [("origin", "https://example.org")];
    let up = http.send("POST", "/api/v1/check/upload", &foreign, b"x").await;
    assert_eq!(up.error(), "foreign_origin");
}

#[tokio::test]
async fn check_leg_is_a_real_leg_that_may_send_nothing() {
    let stage = Stage::start().await;
    let http = stage.http();
    let empty = json!({});
    let asked = http.post("/api/v1/check/leg", &[], &empty);
    let offered = async {
        let (leg, allowed) = stage
            .media
            .take(|order| match order {
                MediaCommand::OpenLeg { leg, allowed, .. } => Some((*leg, *allowed)),
                _ => None,
            })
            .await;
        assert_eq!(allowed, SourceSet::NONE);
        stage.happens(MediaEvent::LegOffer { leg, shard: ShardId(0), sdp: "v=0".to_owned() }).await;
        leg
    };
    let (opened, leg) = tokio::join!(asked, offered);
    assert_eq!(opened.json()["sdp"], "v=0");
    let key = opened.json()["key"].as_str().expect("a key").to_owned();
    let answer = format!("/api/v1/check/leg/{key}/answer");
    let endless = json!({"sdp": "x".repeat(61 << 10)});
    assert_eq!(http.post(&answer, &[], &endless).await.error(), "too_large");
    // As long as the longest answer of a browser.
    let sdp = "a=x\r\n".repeat(8_600);
    assert_eq!(http.post(&answer, &[], &json!({ "sdp": sdp })).await.status, 204);
    let answered = stage.media.take(|order| match order {
        MediaCommand::Answer { leg, sdp } => Some((*leg, sdp.clone())),
        _ => None,
    });
    assert_eq!(answered.await, (leg, sdp));
    let unknown = "/api/v1/check/leg/00/answer";
    assert_eq!(http.post(unknown, &[], &json!({"sdp": "v=1"})).await.error(), "not_found");

    let origin = http.origin();
    let close = format!("/api/v1/check/leg/{key}");
    assert_eq!(http.send("DELETE", &close, &[("origin", origin.as_str())], b"").await.status, 204);
    let is_closed = |order: &MediaCommand| matches!(order, MediaCommand::CloseLeg { leg: l } if *l == leg);
    stage.media.take(|order| is_closed(order).then_some(())).await;
    assert_eq!(http.post(&answer, &[], &json!({"sdp": "v=1"})).await.error(), "not_found");
}
