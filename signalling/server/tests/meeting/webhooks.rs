//! Web-hooks: signed deliveries to a receiver on loopback, receivers that fail, and who may make them.

use crate::planning::{ask, signed_in};
use crate::stage::{DEADLINE, Stage};
use conference::Role;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// A stage whose web-hooks may go to `networks`, and its administrator.
async fn stage(networks: &[&str]) -> (Stage, String) {
    let mut stage = Stage::start().await;
    stage.do_not_enforce();
    stage.set_webhook_networks(networks);
    let stage = stage.restart().await;
    let admin = signed_in(&stage, "admin", Role::Administrator).await;
    (stage, admin)
}

/// One request as the receiver has it: head and body.
async fn read(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let count = stream.read(&mut chunk).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
        if body.len() >= length.parse().ok()? {
            return Some((head.to_owned(), body.to_owned()));
        }
    }
}

/// A receiver that answers with these lines in turn, the last one for ever.
async fn receiver(answers: &'static [&'static str]) -> (String, mpsc::Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://127.0.0.1:{}/nhan?a=b", listener.local_addr().expect("bound").port());
    let (told, heard) = mpsc::channel(64);
    tokio::spawn(async move {
        let mut count = 0;
        while let Ok((mut stream, _)) = listener.accept().await {
            let Some(request) = read(&mut stream).await else { continue };
            let answer = answers[count.min(answers.len() - 1)];
            count += 1;
            let _ = stream.write_all(format!("{answer}\r\ncontent-length: 0\r\n\r\n").as_bytes()).await;
            let _ = told.send(request).await;
        }
    });
    (url, heard)
}

async fn next(heard: &mut mpsc::Receiver<(String, String)>) -> (String, Value, String) {
    let (head, body) =
        tokio::time::timeout(DEADLINE, heard.recv()).await.expect("in time").expect("a request");
    let parsed = serde_json::from_str(&body).expect("JSON");
    (head, parsed, body)
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let found = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
    found.unwrap_or_else(|| panic!("no {name} in {head}"))
}

async fn make(stage: &Stage, admin: &str, url: &str, events: Value) -> (String, String) {
    let made = ask(stage, admin, "POST", "/webhooks", json!({"url": url, "events": events})).await;
    assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
    let made = made.json();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    (text(&made["webhook"]["id"]), text(&made["secret"]))
}

/// Asks until the newest delivery is in `state`; what was said then.
async fn until(stage: &Stage, admin: &str, id: &str, state: &str) -> Value {
    let path = format!("/webhooks/{id}/deliveries");
    let found = async {
        loop {
            let list = ask(stage, admin, "GET", &path, Value::Null).await.json();
            let newest = list[0].clone();
            if newest["state"] == state && newest["attempts"] != 0 {
                return newest;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, found).await.expect("in time")
}

#[tokio::test]
async fn what_happens_is_told_in_a_signed_body() {
    let (stage, admin) = stage(&["127.0.0.0/8"]).await;
    let (url, mut heard) = receiver(&["HTTP/1.1 200 OK"]).await;
    let events = json!(["meeting.planned", "meeting.opened", "meeting.ended", "meeting.cancelled"]);
    let (id, secret) = make(&stage, &admin, &url, events).await;
    let made = ask(&stage, &admin, "POST", "/conferences", json!({"title": "Giao ban"})).await.json();
    let (head, told, body) = next(&mut heard).await;
    assert!(head.starts_with("POST /nhan?a=b HTTP/1.1"), "{head}");
    assert_eq!((&told["event"], &told["conference"]), (&json!("meeting.planned"), &made["id"]));
    assert_eq!(told["facts"]["title"], "Giao ban");
    assert_eq!(header(&head, "x-diemcau-event"), "meeting.planned");
    assert_eq!(header(&head, "x-diemcau-delivery"), told["id"].as_str().expect("an id"));
    let (time, sum) = header(&head, "x-diemcau-signature").split_once(",v1=").expect("two parts");
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("any key");
    mac.update(format!("{}.{body}", time.strip_prefix("t=").expect("a time")).as_bytes());
    assert_eq!(sum, hex::encode(mac.finalize().into_bytes()));
    assert_eq!(until(&stage, &admin, &id, "sent").await["said"], "200");

    // The meeting that is about state secrets does not tell its title.
    let secret = json!({"title": "Việc mật", "secrecy": "state_secret"});
    ask(&stage, &admin, "POST", "/conferences", secret).await;
    assert_eq!(next(&mut heard).await.1["facts"]["title"], "");
    let meeting = made["id"].as_str().expect("a name");
    let mut chair = stage.join(meeting, "Chủ tịch", Role::Chair).await;
    assert_eq!(next(&mut heard).await.1["event"], "meeting.opened");
    chair.ask(json!({"type": "end_for_all"})).await;
    assert_eq!(next(&mut heard).await.1["event"], "meeting.ended");
    let shown = ask(&stage, &admin, "GET", &format!("/conferences/{meeting}/plan"), Value::Null).await.json();
    assert_eq!(shown["state"], "ended");
    let secrets = ask(&stage, &admin, "GET", "/webhooks", Value::Null).await;
    assert!(!String::from_utf8_lossy(&secrets.body).contains("secret"));
}

#[tokio::test]
async fn failing_receiver_is_tried_again_and_one_that_is_gone_is_not() {
    let (stage, admin) = stage(&["127.0.0.1/32"]).await;
    let (url, mut heard) =
        receiver(&["HTTP/1.1 500 Oops", "HTTP/1.1 204 No Content", "HTTP/1.1 410 Gone"]).await;
    let (id, _) = make(&stage, &admin, &url, json!(["test"])).await;
    let test = format!("/webhooks/{id}/test");
    assert_eq!(ask(&stage, &admin, "POST", &test, json!({})).await.status, 202);
    let first = next(&mut heard).await;
    let waiting = until(&stage, &admin, &id, "waiting").await;
    assert_eq!((&waiting["said"], &waiting["attempts"]), (&json!("500"), &json!(1)));
    stage.hand.advance(Duration::from_secs(31));
    // Rings the bell; the one that waits is due by now.
    ask(&stage, &admin, "POST", &format!("/webhooks/{id}/deliveries/1/retry"), json!({})).await;
    let second = next(&mut heard).await;
    assert_eq!(first.1["id"], second.1["id"], "the same delivery under the same name");
    until(&stage, &admin, &id, "sent").await;
    ask(&stage, &admin, "POST", &test, json!({})).await;
    next(&mut heard).await;
    let gone = until(&stage, &admin, &id, "refused").await;
    assert_eq!(gone["said"], "410");
    let retry = format!("/webhooks/{id}/deliveries/{}/retry", gone["id"].as_str().expect("a number"));
    assert_eq!(ask(&stage, &admin, "POST", &retry, json!({})).await.status, 204);
    assert_eq!(ask(&stage, &admin, "DELETE", &format!("/webhooks/{id}"), Value::Null).await.status, 204);
    assert_eq!(ask(&stage, &admin, "POST", &test, json!({})).await.status, 404);
}

#[tokio::test]
async fn private_addresses_are_not_gone_to_and_only_administrators_make_hooks() {
    let (stage, admin) = stage(&["10.99.0.0/16"]).await;
    let (url, mut heard) = receiver(&["HTTP/1.1 200 OK"]).await;
    let (id, _) = make(&stage, &admin, &url.replace("127.0.0.1", "localhost"), json!(["test"])).await;
    ask(&stage, &admin, "POST", &format!("/webhooks/{id}/test"), json!({})).await;
    assert_eq!(until(&stage, &admin, &id, "refused").await["said"], "private address");
    assert!(heard.try_recv().is_err());
    for bad in [
        json!({"url": "https://u:p@x.vn", "events": ["test"]}),
        json!({"url": "https://x.vn", "events": []}),
        json!({"url": "https://x.vn", "events": ["test"], "secret": "short"}),
    ] {
        assert_eq!(ask(&stage, &admin, "POST", "/webhooks", bad).await.status, 422);
    }
    let secretary = signed_in(&stage, "thu-ky", Role::Secretary).await;
    let token = crate::stage::bearer(&stage.token("demo", "A", Role::Administrator).await);
    for (method, path) in [
        ("GET", "/webhooks"),
        ("POST", "/webhooks"),
        ("PATCH", "/webhooks/x"),
        ("DELETE", "/webhooks/x"),
        ("POST", "/webhooks/x/test"),
        ("GET", "/webhooks/x/deliveries"),
        ("POST", "/webhooks/x/deliveries/1/retry"),
    ] {
        assert_eq!(ask(&stage, &secretary, method, path, json!({})).await.status, 403, "{path}");
        let full = format!("/api/v1{path}");
        let origin = stage.http().origin();
        let send = async |headers: &[(&str, &str)]| {
            let mut all = vec![("origin", origin.as_str())];
            all.extend(headers);
            stage.http().send(method, &full, &all, b"x").await.status
        };
        assert_eq!(send(&[]).await, 401, "{path}");
        assert_eq!(send(&[("authorization", token.as_str())]).await, 403, "{path}");
    }
}
