//! Invitations by mail: through a real mail server, past hostile ones, answered by link and by account.
//!
//! The real one is aiosmtpd of the test programs (`make setup-test`); without it that one test says so.

use crate::planning::{ask, signed_in};
use crate::stage::{DEADLINE, Stage};
use conference::Role;
use serde_json::{Value, json};
use signalling_server::{MailEncryption, MailSettings};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdout, Command};

const DAY_MS: i64 = 24 * 3_600_000;

pub fn mail_by(port: u16) -> MailSettings {
    MailSettings {
        host: "127.0.0.1".to_owned(),
        port,
        encryption: MailEncryption::None,
        credentials: None,
        authority: None,
        from: "hop@tinh.example.vn".to_owned(),
        reminders: vec![1440, 60],
        patience: Duration::from_millis(300),
    }
}

/// A stage that sends by the server at `port`.
async fn sending_by(mail: MailSettings) -> Stage {
    let mut stage = Stage::start().await;
    stage.set_mail(mail);
    stage.restart().await
}

pub struct RealServer {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    pub port: u16,
}

impl RealServer {
    /// `None` without the test programs.
    pub async fn start(arguments: &[&str]) -> Option<Self> {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let python = target.join("test-programs/bin/python");
        let mut process = Command::new(python)
            .arg(root.join("web-client/e2e/programs/smtp_server.py"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .ok()?;
        let mut lines = BufReader::new(process.stdout.take()?).lines();
        let port = lines.next_line().await.ok()??.parse().ok()?;
        Some(Self { process, lines, port })
    }

    /// Ends the server; the mails that nobody has read.
    pub async fn rest(mut self) -> Vec<Value> {
        drop(self.process.stdin.take());
        let mut rest = Vec::new();
        while let Ok(Some(line)) = self.lines.next_line().await {
            rest.push(serde_json::from_str(&line).expect("one line of JSON"));
        }
        rest
    }

    pub async fn mail(&mut self) -> Value {
        let line = tokio::time::timeout(DEADLINE, self.lines.next_line()).await.expect("a mail in time");
        serde_json::from_str(&line.expect("is read").expect("a mail")).expect("one line of JSON")
    }
}

pub fn skipped() {
    println!("skipped: `make setup-test` was not run, nothing is proven with a real mail server");
}

/// Makes a meeting tomorrow and invites these people by mail.
pub async fn invite(stage: &Stage, secretary: &str, people: Value) -> String {
    let starts = stage.clock.now_ms() + DAY_MS + 3_600_000;
    let new = json!({"title": "Họp <b>khẩn</b>", "starts_ms": starts, "people": people, "invite": true,
        "agenda": [{"title": "Khai mạc"}], "note": "Mang theo báo cáo"});
    let made = ask(stage, secretary, "POST", "/conferences", new).await;
    assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
    made.json()["id"].as_str().expect("a name").to_owned()
}

fn part<'a>(mail: &'a Value, kind: &str) -> &'a Value {
    let parts = mail["parts"].as_array().expect("parts");
    parts.iter().find(|part| part["type"] == kind).unwrap_or_else(|| panic!("no {kind} in {mail}"))
}

/// The calendar entry without its folded lines.
fn entry(mail: &Value) -> String {
    let text = part(mail, "text/calendar")["text"].as_str().expect("text").replace("\r\n", "\n");
    text.replace("\n ", "")
}

/// The secret of the link in a mail.
fn link(mail: &Value) -> String {
    let text = part(mail, "text/plain")["text"].as_str().expect("text").to_owned();
    let (_, rest) = text.split_once("https://hop.example.vn/tra-loi/").expect("a link");
    rest.split_whitespace().next().expect("a secret").to_owned()
}

pub async fn lines(stage: &Stage, cookie: &str) -> Vec<(String, String, String)> {
    let list = ask(stage, cookie, "GET", "/outbox", Value::Null).await.json();
    let line =
        |line: &Value| ["to", "state", "said"].map(|name| line[name].as_str().expect("text").to_owned());
    list.as_array().expect("a list").iter().map(line).map(|[to, state, said]| (to, state, said)).collect()
}

/// Asks until the only mail of the outbox is in `state`; what the server said then.
async fn until(stage: &Stage, cookie: &str, state: &str) -> String {
    let found = async {
        loop {
            let all = lines(stage, cookie).await;
            if let Some((_, _, said)) = all.iter().find(|(_, found, said)| found == state && !said.is_empty())
            {
                return said.clone();
            }
            tokio::task::yield_now().await;
        }
    };
    match tokio::time::timeout(DEADLINE, found).await {
        Ok(said) => said,
        Err(_) => panic!("never {state}: {:?}", lines(stage, cookie).await),
    }
}

#[tokio::test]
async fn mail_goes_through_a_real_server_and_its_calendar_entry_follows_the_meeting() {
    let Some(mut server) = RealServer::start(&[]).await else { return skipped() };
    let stage = sending_by(mail_by(server.port)).await;
    let secretary = signed_in(&stage, "thu-ky", Role::Secretary).await;
    let guest = json!([{"email": "an@so.example.vn", "name": "Nguyễn Văn \"An\", Sở", "role": "delegate"}]);
    let id = invite(&stage, &secretary, guest).await;
    let invitation = server.mail().await;
    assert_eq!(invitation["to"], json!(["an@so.example.vn"]));
    assert_eq!(invitation["subject"], "[Giấy mời họp] Họp <b>khẩn</b>");
    let html = part(&invitation, "text/html")["text"].as_str().expect("text");
    assert!(html.contains("Họp &lt;b&gt;khẩn&lt;/b&gt;") && html.contains("1. Khai mạc"), "{html}");
    assert_eq!(part(&invitation, "text/calendar")["method"], "REQUEST");
    assert_eq!(invitation["files"], json!(["hop.ics"]));
    let first = entry(&invitation);
    for line in [
        format!("UID:{id}@diemcau"),
        "METHOD:REQUEST".to_owned(),
        "SEQUENCE:0".to_owned(),
        "DTSTART:20270116T090000Z".to_owned(),
        "DTEND:20270116T100000Z".to_owned(),
        "STATUS:CONFIRMED".to_owned(),
        "SUMMARY:Họp <b>khẩn</b>".to_owned(),
    ] {
        assert!(first.lines().any(|found| found == line), "{line}\n{first}");
    }
    assert!(first.contains("ORGANIZER;CN=\"Điểm Cầu\":mailto:hop@tinh.example.vn"), "{first}");
    assert!(first.contains(":mailto:an@so.example.vn") && !first.contains("\"An\""), "{first}");

    let later = stage.clock.now_ms() + 2 * DAY_MS;
    ask(&stage, &secretary, "PATCH", &format!("/conferences/{id}/plan"), json!({"starts_ms": later})).await;
    let change = server.mail().await;
    assert!(change["subject"].as_str().expect("text").starts_with("[Thay đổi lịch họp]"));
    let changed = entry(&change);
    assert!(changed.contains("SEQUENCE:1\n") && changed.contains(&format!("UID:{id}@diemcau")), "{changed}");
    ask(&stage, &secretary, "POST", &format!("/conferences/{id}/cancel"), json!({"reason": "Bão"})).await;
    // Its mails wait as long as a mute of all can be taken back.
    stage.hand.advance(Duration::from_secs(8));
    let off = server.mail().await;
    let cancelled = entry(&off);
    for line in ["METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:2"] {
        assert!(cancelled.lines().any(|found| found == line), "{line}\n{cancelled}");
    }
    assert!(part(&off, "text/plain")["text"].as_str().expect("text").contains("Lý do: Bão"));
    let restored = ask(&stage, &secretary, "POST", &format!("/conferences/{id}/restore"), json!({})).await;
    assert_eq!(restored.json()["restored"], json!([id]));
    let on = server.mail().await;
    assert!(on["subject"].as_str().expect("text").starts_with("[Họp theo lịch cũ]"), "{on}");
    assert_eq!(part(&on, "text/calendar")["method"], "REQUEST");
    let again = entry(&on);
    for line in ["METHOD:REQUEST", "STATUS:CONFIRMED", "SEQUENCE:3"] {
        assert!(again.lines().any(|found| found == line), "{line}\n{again}");
    }
    assert!(!part(&on, "text/plain")["text"].as_str().expect("text").contains("Bão"));

    // A press too many, taken back at once: nobody hears of it.
    ask(&stage, &secretary, "POST", &format!("/conferences/{id}/cancel"), json!({})).await;
    ask(&stage, &secretary, "POST", &format!("/conferences/{id}/restore"), json!({})).await;
    stage.hand.advance(Duration::from_secs(8));
    assert_eq!(until(&stage, &secretary, "given_up").await, "moot");
    drop(stage.restart().await);
    assert_eq!(server.rest().await, Vec::<Value>::new());
}

#[tokio::test]
async fn refused_address_is_shown_in_the_words_of_the_server_and_reminders_go_out_once() {
    let Some(mut server) = RealServer::start(&[]).await else { return skipped() };
    let stage = sending_by(mail_by(server.port)).await;
    let secretary = signed_in(&stage, "thu-ky", Role::Secretary).await;
    let people = json!([{"email": "khong-co@so.example.vn", "role": "delegate"}]);
    invite(&stage, &secretary, people).await;
    let said = until(&stage, &secretary, "refused").await;
    assert!(said.contains("no such mailbox here"), "{said}");
    let list = ask(&stage, &secretary, "GET", "/outbox?state=refused", Value::Null).await.json();
    let path = format!("/outbox/{}/retry", list[0]["id"].as_str().expect("a number"));
    assert_eq!(ask(&stage, &secretary, "POST", &path, json!({})).await.status, 204);

    let people = json!([{"email": "an@so.example.vn", "role": "delegate"}]);
    let id = invite(&stage, &secretary, people).await;
    let first = server.mail().await;
    stage.hand.advance(Duration::from_secs(2 * 3600));
    // Rings the outbox: what is due is looked for at once.
    let reminder = {
        let secretary = {
            let body = json!({"user": "thu-ky", "password": "đúng mật khẩu"});
            let answer = stage.http().post("/api/v1/auth/login", &[], &body).await;
            answer.cookie("__Host-dc_session").expect("is set")
        };
        ask(&stage, &secretary, "POST", &format!("/conferences/{id}/invitations/send"), json!({})).await;
        server.mail().await
    };
    assert!(reminder["subject"].as_str().expect("text").starts_with("[Nhắc lịch họp]"), "{reminder}");
    assert_ne!(first["id"], reminder["id"]);
    assert!(reminder["id"].as_str().expect("an id").ends_with("-1440@tinh.example.vn>"), "{reminder}");
}

/// A server on loopback that does `talk` with each connection.
pub async fn hostile<F>(talk: impl Fn(tokio::net::TcpStream) -> F + Send + 'static) -> u16
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream));
        }
    });
    port
}

/// Answers every line with the first reply whose word begins it.
async fn script(stream: tokio::net::TcpStream, replies: &'static [(&'static str, &'static str)]) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let _ = write.write_all(b"220 test\r\n").await;
    while let Ok(Some(line)) = lines.next_line().await {
        let reply =
            replies.iter().find(|(word, _)| line.starts_with(word)).map_or("250 ok", |(_, reply)| reply);
        if write.write_all(format!("{reply}\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn mail_server_that_hangs_refuses_or_is_down_blocks_nothing_and_says_why() {
    let silent = hostile(async |mut stream| {
        let _ = stream.read(&mut [0; 1]).await;
        std::future::pending::<()>().await;
    })
    .await;
    let busy = hostile(|stream| script(stream, &[("MAIL", "451 4.7.1 xin thu lai sau")])).await;
    let no = hostile(|stream| script(stream, &[("MAIL", "554 5.7.1 khong nhan thu nay")])).await;
    let plain = hostile(|stream| script(stream, &[])).await;
    let down = {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        listener.local_addr().expect("bound").port()
    };
    let flood = hostile(async |mut stream| while stream.write_all(&[b'2'; 4096]).await.is_ok() {}).await;
    for (port, encryption, state, word) in [
        (silent, MailEncryption::None, "waiting", "time"),
        (busy, MailEncryption::None, "waiting", "xin thu lai sau"),
        (no, MailEncryption::None, "refused", "khong nhan thu nay"),
        (plain, MailEncryption::StartTls, "waiting", "STARTTLS"),
        (down, MailEncryption::None, "waiting", "refused"),
        (flood, MailEncryption::None, "waiting", ""),
        (plain, MailEncryption::Tls, "waiting", ""),
    ] {
        let stage = sending_by(MailSettings { encryption, ..mail_by(port) }).await;
        let secretary = signed_in(&stage, "thu-ky", Role::Secretary).await;
        invite(&stage, &secretary, json!([{"email": "an@so.example.vn", "role": "delegate"}])).await;
        let said = until(&stage, &secretary, state).await;
        assert!(said.to_lowercase().contains(&word.to_lowercase()), "{word}: {said}");
        assert_eq!(stage.http().get("/healthz", &[]).await.status, 200);
    }
}

#[tokio::test]
async fn waiting_mails_outlive_a_crash_and_without_a_server_they_are_kept() {
    let stage = Stage::start().await;
    let secretary = signed_in(&stage, "thu-ky", Role::Secretary).await;
    let state = ask(&stage, &secretary, "GET", "/mail", Value::Null).await.json();
    assert_eq!(state["configured"], false);
    let id = invite(&stage, &secretary, json!([{"email": "an@so.example.vn", "role": "delegate"}])).await;
    let mut stage = stage.crash().await;
    assert_eq!(lines(&stage, &secretary).await[0].1, "no_server");
    let list = ask(&stage, &secretary, "GET", &format!("/conferences/{id}/invitations"), Value::Null).await;
    assert_eq!(list.json()[0]["mail"]["state"], "no_server");
    let Some(mut server) = RealServer::start(&[]).await else { return skipped() };
    stage.set_mail(mail_by(server.port));
    let _stage = stage.restart().await;
    assert_eq!(server.mail().await["to"], json!(["an@so.example.vn"]));
}

#[tokio::test]
async fn link_of_a_mail_answers_delegates_and_opens_the_meeting_but_no_account() {
    let Some(mut server) = RealServer::start(&[]).await else { return skipped() };
    let stage = sending_by(mail_by(server.port)).await;
    let secretary = signed_in(&stage, "thu-ky", Role::Secretary).await;
    let official = signed_in(&stage, "chu-tich", Role::Delegate).await;
    let people = json!([
        {"user": "chu-tich", "email": "ct@tinh.example.vn", "role": "chair"},
        {"email": "an@so.example.vn", "name": "An", "role": "delegate"}
    ]);
    let id = invite(&stage, &secretary, people).await;
    let (one, two) = (server.mail().await, server.mail().await);
    let (chair, an) = if one["to"][0] == "ct@tinh.example.vn" { (one, two) } else { (two, one) };
    let (chair, an) = (link(&chair), link(&an));
    let http = stage.http();
    let shown = http.get(&format!("/api/v1/answers/{an}"), &[]).await.json();
    assert_eq!((&shown["name"], &shown["answer"]), (&json!("An"), &json!("waiting")));
    let answer =
        async |token: &str, body: Value| http.post(&format!("/api/v1/answers/{token}"), &[], &body).await;
    assert_eq!(answer(&an, json!({"answer": "no"})).await.error(), "text_length", "a no has a reason");
    assert_eq!(answer(&an, json!({"answer": "waiting"})).await.error(), "bad_field");
    assert_eq!(answer(&an, json!({"answer": "delegated"})).await.error(), "bad_field");
    let no = answer(&an, json!({"answer": "no", "reason": "Đi công tác"})).await.json();
    assert_eq!(no["reason"], "Đi công tác");
    let delegate =
        json!({"answer": "delegated", "delegate": {"email": "binh@so.example.vn", "name": "Bình"}});
    assert_eq!(answer(&an, delegate.clone()).await.json()["delegate"], "Bình");
    let binh = server.mail().await;
    assert_eq!(binh["to"], json!(["binh@so.example.vn"]));
    let binh = link(&binh);
    assert_eq!(answer(&binh, delegate).await.json()["why"], "delegated_already");
    let already = json!({"answer": "delegated", "delegate": {"user": "chu-tich"}});
    assert_eq!(answer(&an, already).await.json()["why"], "invited_already");
    // Who was sent comes in with the invited role; who sent them has given the place away.
    let entered = http.post(&format!("/api/v1/answers/{binh}/enter"), &[], &json!({})).await;
    assert_eq!(entered.json()["conference"], id.as_str());
    let cookie = entered.cookie("__Host-dc_guest").expect("is set");
    let lobby = http.get(&format!("/api/v1/conferences/{id}/lobby"), &[("cookie", &cookie)]).await.json();
    assert_eq!((&lobby["you"]["role"], &lobby["you"]["name"]), (&json!("delegate"), &json!("Bình")));
    for token in [&an, &chair] {
        let refused = http.post(&format!("/api/v1/answers/{token}/enter"), &[], &json!({})).await;
        assert_eq!(refused.status, 403, "a mail is no second factor of an account");
    }
    // Who is signed in answers without a link.
    let path = format!("/conferences/{id}/answer");
    assert_eq!(ask(&stage, &official, "PUT", &path, json!({"answer": "yes"})).await.json()["answer"], "yes");
    assert_eq!(ask(&stage, &secretary, "PUT", &path, json!({"answer": "yes"})).await.status, 404);
    // Sent again, it is a mail of its own a moment later.
    stage.hand.advance(Duration::from_secs(1));
    let unanswered = ask(
        &stage,
        &secretary,
        "POST",
        &format!("/conferences/{id}/invitations/send"),
        json!({"unanswered": true}),
    )
    .await;
    assert_eq!(unanswered.json()["queued"], 1, "only who was sent has not answered");
    // Wrong, changed and expired links look the same.
    for wrong in ["x", &an[1..], &format!("{an}x"), &"a".repeat(500)] {
        assert_eq!(http.get(&format!("/api/v1/answers/{wrong}"), &[]).await.status, 404, "{wrong}");
    }
    stage.hand.advance(Duration::from_secs(3 * 24 * 3600));
    assert_eq!(http.get(&format!("/api/v1/answers/{an}"), &[]).await.status, 404);
}

#[tokio::test]
async fn calendar_is_fetched_by_a_key_that_can_be_taken_back() {
    let stage = Stage::start().await;
    let secretary = signed_in(&stage, "thu-ky", Role::Secretary).await;
    let official = signed_in(&stage, "chu-tich", Role::Delegate).await;
    invite(&stage, &secretary, json!([{"user": "chu-tich", "role": "chair"}])).await;
    let made = ask(&stage, &official, "POST", "/me/calendar", json!({})).await.json();
    let address = made["address"].as_str().expect("an address").to_owned();
    let feed = stage.http().get(&address, &[]).await;
    assert_eq!((feed.status, feed.header("content-type")), (200, Some("text/calendar; charset=utf-8")));
    let text = String::from_utf8(feed.body.clone()).expect("UTF-8");
    assert!(text.contains("METHOD:PUBLISH") && text.contains("SUMMARY:Họp"), "{text}");
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "lines are folded (RFC 5545 section 3.1)");
    assert_eq!(ask(&stage, &official, "DELETE", "/me/calendar", Value::Null).await.status, 204);
    assert_eq!(stage.http().get(&address, &[]).await.status, 404);
    let guest = crate::stage::bearer(&stage.token("demo", "A", Role::Chair).await);
    assert_eq!(stage.http().get("/api/v1/me/calendar", &[("authorization", &guest)]).await.status, 403);
    let email = ask(&stage, &official, "PUT", "/me/email", json!({"email": "ct@tinh.example.vn"})).await;
    assert_eq!(email.json()["email"], "ct@tinh.example.vn");
    assert_eq!(ask(&stage, &official, "PUT", "/me/email", json!({"email": "không phải"})).await.status, 422);
}
