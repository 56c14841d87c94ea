//! What comes from outside in any shape: refused clearly, and nobody else notices.

use crate::stage::{DEADLINE, Stage, bearer};
use conference::Role;
use futures_util::SinkExt as _;
use media_control::{MediaCommand, MediaEvent, ParticipantId, SlotAssignment, Source};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn garbage_is_refused_and_then_cut_while_the_meeting_goes_on() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let mut bad = stage.join("demo", "Hỏng", Role::Delegate).await;
    let deep = "[".repeat(10_000);
    for text in ["", "{", "null", "[1]", r#"{"id":1,"type":"chat"}"#, "\u{0}", deep.as_str()] {
        bad.send(text).await;
        assert_eq!(bad.wait("refused").await["error"], "malformed", "{text:?}");
    }
    bad.socket.send(Message::binary(vec![0_u8; 100])).await.expect("is sent");
    assert_eq!(bad.wait("refused").await["error"], "malformed");
    bad.send(&"x".repeat(70_000)).await;
    assert_eq!(bad.wait("refused").await["error"], "too_large");
    chair.done(json!({"type": "chat", "text": "vẫn họp"})).await;
    assert_eq!(bad.delta("chat").await["message"]["text"], "vẫn họp");
    for _ in 0..60 {
        let _ = bad.socket.send(Message::text("{}")).await;
    }
    assert_eq!(bad.closed().await, (4001, "protocol".to_owned()));
    chair.done(json!({"type": "raise_hand"})).await;
}

#[tokio::test]
async fn frame_beyond_the_hard_limit_closes_with_1009() {
    let stage = Stage::start().await;
    let mut bad = stage.join("demo", "Hỏng", Role::Delegate).await;
    let _ = bad.socket.send(Message::text("x".repeat(300_000))).await;
    assert_eq!(bad.closed().await, (1009, "too_large".to_owned()));
}

#[tokio::test]
async fn fast_sender_is_told_and_then_cut() {
    let stage = Stage::start().await;
    let mut fast = stage.join("demo", "Nhanh", Role::Delegate).await;
    for sent_ms in 0..200 {
        let ping = json!({"id": 1, "type": "ping", "sent_ms": sent_ms});
        let _ = fast.socket.send(Message::text(ping.to_string())).await;
    }
    assert_eq!(fast.wait("pong").await["sent_ms"], 0);
    assert_eq!(fast.wait("refused").await["error"], "too_fast");
    assert_eq!(fast.closed().await, (4002, "too_fast".to_owned()));
}

#[tokio::test]
async fn only_hello_opens_a_connection_and_only_once() {
    let stage = Stage::start().await;
    let token = stage.token("demo", "A", Role::Delegate).await;
    let mut a = stage.connect("demo", &token).await;
    assert_eq!(a.refused(json!({"type": "raise_hand"})).await, "hello_expected");
    a.hello().await;
    let again = json!({"type": "hello", "microphone": true, "camera": true});
    assert_eq!(a.refused(again).await, "hello_expected");
}

#[tokio::test]
async fn slow_reader_is_cut_off_and_comes_back_to_its_place() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let mut slow = stage.join("demo", "Chậm", Role::Delegate).await;
    let participant = slow.participant;
    slow.ask(json!({"type": "open_media"})).await;
    let opened = |c: &MediaCommand| match c {
        MediaCommand::OpenLeg { leg, .. } => Some(*leg),
        _ => None,
    };
    let leg = stage.media.take(opened).await;
    // News of one's own leg are large, frequent and not held back by anybody's pace.
    let (of, source) = (ParticipantId(1), Source::Camera);
    let slot =
        SlotAssignment { mid: "v0".into(), participant: of, source, is_paused: false, is_unreadable: false };
    let slots = vec![slot; 2_000];
    let flood = async {
        loop {
            stage.happens(MediaEvent::Slots { leg, slots: slots.clone() }).await;
        }
    };
    let noticed = chair.changed(participant, |p| p["presence"] == "reconnecting");
    tokio::select! {
        () = flood => unreachable!("the flood does not end"),
        _ = noticed => {}
    }
    assert_eq!(slow.closed().await, (4003, "slow_reader".to_owned()));
    // Comes after the whole flood.
    let speakers = vec![media_control::Speaker { participant: ParticipantId(1), level_dbov: 9 }];
    stage.happens(MediaEvent::Speakers { conference: crate::stage::demo(), speakers }).await;
    chair.wait("speakers").await;
    let left = slow.cut();
    let mut back = stage.connect("demo", &left.token).await;
    back.ask(left.hello()).await;
    back.wait("resumed").await;
    back.done(json!({"type": "raise_hand"})).await;
}

#[tokio::test]
async fn silent_connection_is_closed() {
    let stage = Stage::start_with(|l| l.silence = std::time::Duration::from_millis(300)).await;
    // Connected, but never says hello; the client library answers pings all the same.
    let token = stage.token("demo", "Im", Role::Delegate).await;
    let mut silent = stage.connect("demo", &token).await;
    assert_eq!(silent.closed().await, (4004, "silent".to_owned()));
}

#[tokio::test]
async fn websocket_needs_identity_origin_and_subprotocol() {
    let stage = Stage::start().await;
    let http = stage.http();
    let token = stage.token("demo", "A", Role::Delegate).await;
    let good = bearer(&token);
    let refused = async |conference: &str, headers: &[(&str, &str)]| {
        http.websocket(conference, headers).await.expect_err("is refused")
    };
    let other = stage.token("khac", "A", Role::Delegate).await;
    assert_eq!(refused("demo", &[]).await, (401, "not_signed_in".into()));
    assert_eq!(refused("demo", &[("authorization", "Bearer forged")]).await, (401, "bad_token".into()));
    let foreign = refused("demo", &[("authorization", &bearer(&other))]).await;
    assert_eq!(foreign, (403, "not_allowed".into()));
    let evil = [("authorization", good.as_str()), ("origin", "https://evil.example")];
    assert_eq!(refused("demo", &evil).await, (403, "foreign_origin".into()));
    let cookie = format!("__Host-dc_guest={token}");
    assert_eq!(refused("demo", &[("cookie", &cookie)]).await, (403, "foreign_origin".into()));
    let own = http.origin();
    assert!(http.websocket("demo", &[("cookie", &cookie), ("origin", &own)]).await.is_ok());
    let bare = http.upgrade("demo", &[("authorization", &good)], None).await;
    assert_eq!(bare.expect_err("is refused"), (400, "malformed".into()));
    let nowhere = stage.token("khong-co", "A", Role::Delegate).await;
    let gone = refused("khong-co", &[("authorization", &bearer(&nowhere))]).await;
    assert_eq!(gone, (404, "no_such_conference".into()));
    stage.hand.advance(std::time::Duration::from_secs(9 * 3600));
    assert_eq!(refused("demo", &[("authorization", &good)]).await, (401, "bad_token".into()));
}

#[tokio::test]
async fn bytes_that_are_no_http_end_their_connection_only() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let mut plain = tokio::net::TcpStream::connect(stage.address).await.expect("connects");
    plain.write_all(&[0x16, 3, 1, 255, 255, 1, 2, 3]).await.expect("is sent");
    let mut inside = stage.http().stream().await;
    let garbage = async {
        let _ = inside.write_all(&[0, 159, 146, 150].repeat(1000)).await;
        let _ = inside.shutdown().await;
    };
    tokio::time::timeout(DEADLINE, garbage).await.expect("ends in time");
    chair.done(json!({"type": "chat", "text": "vẫn họp"})).await;
}

#[tokio::test]
async fn whoever_is_refused_while_still_sending_hears_it_and_goes_on() {
    let stage = Stage::start().await;
    let http = stage.http();
    let mut stream = http.stream().await;
    let (host, origin) = (format!("localhost:{}", stage.address.port()), http.origin());
    let half = vec![b' '; 300_000];
    let head = format!(
        "POST /api/v1/auth/login HTTP/1.1\r\nhost: {host}\r\norigin: {origin}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        2 * half.len()
    );
    stream.write_all(head.as_bytes()).await.expect("is taken");
    stream.write_all(&half).await.expect("is taken");
    assert!(first_line(&mut stream).await.starts_with("HTTP/1.1 413 "), "too large already");
    stream.write_all(&half).await.expect("the rest is taken as well");
    let next = format!("GET /healthz HTTP/1.1\r\nhost: {host}\r\n\r\n");
    stream.write_all(next.as_bytes()).await.expect("is taken");
    assert!(first_line(&mut stream).await.starts_with("HTTP/1.1 200 "), "the connection goes on");
}

/// The first line of the next answer, which is read up to where its head ends and its body begins.
async fn first_line(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("an answer"));
    }
    let head = String::from_utf8(head).expect("text");
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.expect("a length")];
    stream.read_exact(&mut body).await.expect("a body");
    head
}
