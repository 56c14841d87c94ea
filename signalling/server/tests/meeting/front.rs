//! One port for HTTPS and for media: each connection reaches whom it is for, and none that says
//! nothing or nonsense keeps others out.

use crate::http_client::HttpClient;
use crate::stage::Stage;
use conference::Role;
use media_control::{MediaCommand, MediaEvent, ShardId};
use serde_json::json;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A STUN request for TURN, 20 bytes.
const ALLOCATE: [u8; 20] = [0, 3, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

async fn ends(mut stream: impl tokio::io::AsyncRead + Unpin) -> bool {
    let read = tokio::time::timeout(Duration::from_secs(15), stream.read(&mut [0; 64])).await;
    matches!(read, Ok(Ok(0) | Err(_)))
}

#[tokio::test]
async fn first_bytes_decide_where_a_connection_goes() {
    let stage = Stage::start().await;
    let mut bare = TcpStream::connect(stage.address).await.expect("connects");
    bare.write_all(&[0, 20]).await.expect("is sent");
    bare.write_all(&ALLOCATE).await.expect("is sent");
    assert_eq!(stage.media.next_media_connection().await, [&[0, 20][..], &ALLOCATE].concat());

    let mut unnamed = HttpClient::new(stage.address, stage.certificate.clone()).stream().await;
    unnamed.write_all(&ALLOCATE).await.expect("is sent");
    assert_eq!(stage.media.next_media_connection().await, ALLOCATE);

    // Kept until it was read: a connection that is dropped with unread tickets is reset.
    let named = HttpClient::new(stage.address, stage.certificate.clone()).offering(b"stun.turn");
    let mut named = named.stream().await;
    named.write_all(&ALLOCATE).await.expect("is sent");
    assert_eq!(stage.media.next_media_connection().await, ALLOCATE);

    let mut http = HttpClient::new(stage.address, stage.certificate.clone()).stream().await;
    http.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await
        .expect("is sent");
    let mut answer = Vec::new();
    // Whether TLS says goodbye at its end is no matter here.
    let _ = http.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok\n"), "{answer}");
}

#[tokio::test]
async fn garbage_silence_and_half_a_handshake_keep_nobody_out() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let mut silent = Vec::new();
    for round in 0..120u8 {
        let mut stream = TcpStream::connect(stage.address).await.expect("connects");
        match round % 4 {
            0 => {}
            // The head of a TLS record that never comes.
            1 => stream.write_all(&[0x16, 3, 1, 2, 0]).await.expect("is sent"),
            2 => stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("is sent"),
            _ => stream.write_all(&[0xff; 32]).await.expect("is sent"),
        }
        silent.push((round, stream));
    }
    chair.done(json!({"type": "raise_hand"})).await;
    let mut late = stage.join("demo", "Xã Tân Mỹ", Role::Delegate).await;
    late.done(json!({"type": "raise_hand"})).await;
    for (round, stream) in silent {
        assert!(ends(stream).await, "connection {round} is closed in time");
    }
    chair.done(json!({"type": "lower_hand"})).await;
}

#[tokio::test]
async fn offer_brings_what_a_locked_network_needs() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    chair.ask(json!({"type": "open_media"})).await;
    let opened = |order: &MediaCommand| match order {
        MediaCommand::OpenLeg { leg, .. } => Some(*leg),
        _ => None,
    };
    let leg = stage.media.take(opened).await;
    stage.happens(MediaEvent::LegOffer { leg, shard: ShardId(0), sdp: "v=0".to_owned() }).await;
    let offer = chair.wait("offer").await;
    assert_eq!(offer["relay"], json!({"username": format!("9:{}", leg.0), "credential": "secret"}));
}
