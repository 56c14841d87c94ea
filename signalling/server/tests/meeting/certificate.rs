//! A certificate that changes while people meet, and the proof of a name to an ACME server.

use crate::http_client::HttpClient;
use crate::stage::Stage;
use conference::Role;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

#[tokio::test]
async fn new_certificate_is_shown_to_newcomers_and_drops_nobody() {
    let mut stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let mut kept_alive = stage.http().stream().await;
    let mut ask = async || {
        kept_alive.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.expect("is sent");
        let mut seen = Vec::new();
        while !seen.ends_with(b"ok\n") {
            let read = kept_alive.read_buf(&mut seen).await.expect("is answered");
            assert!(read > 0, "the connection ended");
        }
    };
    ask().await;
    let before = stage.http();
    stage.renew_certificate(false);

    assert!(before.try_stream().await.is_err(), "newcomers see the new one");
    let mut delegate = stage.join("demo", "Xã Tân Mỹ", Role::Delegate).await;
    chair.delta("joined").await;
    chair.done(json!({"type": "raise_hand"})).await;
    delegate.until(|frame| frame["delta"]["hands"] == json!([1])).await;
    ask().await;
}

#[tokio::test]
async fn nobody_gets_a_proof_that_was_not_asked_for() {
    let stage = Stage::start().await;
    let asker = HttpClient::new(stage.address, stage.certificate.clone()).offering(b"acme-tls/1");
    assert!(asker.try_stream().await.is_err());
    assert_eq!(stage.http().get("/healthz", &[]).await.status, 200);
}
