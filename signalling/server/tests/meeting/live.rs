//! The live stream: opened by who leads, ordered of mixer and recorder, fetched by who may come in and nobody else.

use crate::stage::{Stage, bearer};
use conference::Role;
use media_control::MediaCommand;
use serde_json::json;
use std::sync::atomic::Ordering;

const LIVE: &str = "/api/v1/conferences/demo/live";

#[tokio::test]
async fn server_without_a_recorder_says_so_on_both_ways() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    assert_eq!(chair.refused(json!({"type": "open_live"})).await, "no_recorder");
    let token = bearer(&stage.token("demo", "Thư ký", Role::Secretary).await);
    let refused = stage.http().send("POST", LIVE, &[("authorization", &token)], b"").await;
    assert_eq!((refused.status, refused.json()), (409, json!({"error": "not_now", "why": "no_recorder"})));
}

#[tokio::test]
async fn opened_by_the_chair_it_is_composed_and_handed_on_without_viewers() {
    let stage = Stage::start().await;
    stage.media.has_mixer.store(true, Ordering::Relaxed);
    stage.media.has_recorder.store(true, Ordering::Relaxed);
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let listener = bearer(&stage.token("demo", "Người xem", Role::Listener).await);
    let listener = [("authorization", listener.as_str())];
    let state = |answer: serde_json::Value| answer["state"].as_str().map(str::to_owned);
    let closed = stage.http().send("GET", LIVE, &listener, b"").await;
    assert_eq!(state(closed.json()).as_deref(), Some("closed"));
    assert_eq!(stage.http().send("POST", LIVE, &listener, b"").await.status, 403);
    chair.done(json!({"type": "open_live"})).await;
    stage.media.take(|it| matches!(it, MediaCommand::Compose { .. }).then_some(())).await;
    stage.media.take(|it| matches!(it, MediaCommand::OpenLive { .. }).then_some(())).await;
    let opened = stage.http().send("GET", LIVE, &listener, b"").await;
    assert_eq!(opened.json()["page"], "/live/demo");
    assert_eq!(state(opened.json()).as_deref(), Some("starting"));

    // The recorder writes.
    let folder = stage.data_folder().join("live/demo");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("index.m3u8"), "#EXTM3U\n").expect("written");
    std::fs::write(folder.join("v1-0.m4s"), [7; 99]).expect("written");
    std::fs::write(folder.join("window.json"), "{}").expect("written");
    let running = stage.http().send("GET", LIVE, &listener, b"").await;
    assert_eq!(state(running.json()).as_deref(), Some("running"));
    let playlist = stage.http().send("GET", "/live/demo/hls/index.m3u8", &listener, b"").await;
    assert_eq!(playlist.header("content-type"), Some("application/vnd.apple.mpegurl"));
    assert_eq!(playlist.header("cache-control"), Some("private, no-cache"));
    let segment = stage.http().send("GET", "/live/demo/hls/v1-0.m4s", &listener, b"").await;
    assert_eq!((segment.header("content-type"), segment.body.len()), (Some("video/iso.segment"), 99));
    for (path, status) in [
        ("/live/demo/hls/v1-1.m4s", 404),
        ("/live/demo/hls/window.json", 404),
        ("/live/demo/hls/..%2f..%2fdiemcau.db", 404),
        ("/live/demo/hls/%2e%2e", 404),
        ("/live/khac/hls/index.m3u8", 403),
    ] {
        assert_eq!(stage.http().send("GET", path, &listener, b"").await.status, status, "{path}");
    }
    let stranger = stage.http().send("GET", "/live/demo/hls/index.m3u8", &[], b"").await;
    assert_eq!(stranger.status, 401);

    let secretary = bearer(&stage.token("demo", "Thư ký", Role::Secretary).await);
    let ended = stage.http().send("DELETE", LIVE, &[("authorization", &secretary)], b"").await;
    assert_eq!(state(ended.json()).as_deref(), Some("closed"));
    stage.media.take(|it| matches!(it, MediaCommand::CloseLive { .. }).then_some(())).await;
    stage.media.take(|it| matches!(it, MediaCommand::StopComposing { .. }).then_some(())).await;
}
