//! Two servers on one database: what leaves the system leaves it once, and a dead node's part is taken over.
//!
//! On SQLite and on PostgreSQL; the mail server is the real one of the test programs.

use crate::mailing::{RealServer, hostile, invite, lines, mail_by, skipped};
use crate::planning::signed_in;
use crate::postgres::Server;
use crate::stage::{DEADLINE, Stage};
use conference::Role;
use serde_json::{Value, json};
use signalling_server::MailSettings;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;

/// People who are invited at once: more than one node sends before the other has looked.
const PEOPLE: usize = 60;

fn people() -> Value {
    let one = |number: usize| json!({"email": format!("nguoi-{number}@so.example.vn"), "role": "delegate"});
    (0..PEOPLE).map(one).collect()
}

async fn on_both(rule: impl AsyncFn(Stage)) {
    rule(Stage::start().await).await;
    if let Some(server) = Server::shared() {
        rule(Stage::start_on(server.fresh_database().await).await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_send_each_mail_once() {
    on_both(async |mut stage| {
        let Some(mut smtp) = RealServer::start(&[]).await else { return skipped() };
        // Put in while nobody sends, so that both nodes find all of it due.
        let secretary = signed_in(&stage, "thu-ky", Role::Secretary).await;
        invite(&stage, &secretary, people()).await;
        // What failed for want of time would wait for half a minute of a clock that stands still.
        let patience = Duration::from_secs(30);
        stage.set_mail(MailSettings { patience, ..mail_by(smtp.port) });
        let mut other = stage.another_node().await;
        let stage = stage.restart().await;
        let mut names = BTreeSet::new();
        for _ in 0..PEOPLE {
            let mail = smtp.mail().await;
            assert!(names.insert(mail["id"].as_str().expect("an id").to_owned()), "none twice, none missing");
        }
        // Each is settled a moment after the mail server has taken it.
        let settled = async {
            while lines(&stage, &secretary).await.iter().any(|(_, state, _)| state != "sent") {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(DEADLINE, settled).await.expect("everything is settled in time");
        other.stop().await;
        drop(stage.restart().await);
        assert_eq!(smtp.rest().await, Vec::<Value>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_in_the_hands_of_a_node_that_dies_is_sent_by_the_other() {
    on_both(async |mut stage| {
        let Some(mut smtp) = RealServer::start(&[]).await else { return skipped() };
        let secretary = signed_in(&stage, "thu-ky", Role::Secretary).await;
        let one = json!([{"email": "an@so.example.vn", "role": "delegate"}]);
        invite(&stage, &secretary, one).await;
        // This node's mail server takes the connection and then says nothing.
        let (heard, mut hears) = tokio::sync::mpsc::channel(1);
        let silent = hostile(move |mut stream| {
            let heard = heard.clone();
            async move {
                let _ = heard.send(()).await;
                let _ = stream.read(&mut [0; 1]).await;
                std::future::pending::<()>().await;
            }
        })
        .await;
        let patience = Duration::from_secs(3600);
        stage.set_mail(MailSettings { patience, ..mail_by(silent) });
        let mut dying = stage.another_node().await;
        tokio::time::timeout(DEADLINE, hears.recv()).await.expect("it tries").expect("it is there");
        dying.kill().await;
        stage.set_mail(mail_by(smtp.port));
        let stage = stage.restart().await;
        let waits = lines(&stage, &secretary).await;
        assert_eq!(waits[0].1, "waiting", "it is held: {waits:?}");
        stage.hand.advance(patience * 2 + Duration::from_secs(31));
        // What is due is looked for every few seconds.
        assert_eq!(smtp.mail().await["to"], json!(["an@so.example.vn"]));
    })
    .await;
}
