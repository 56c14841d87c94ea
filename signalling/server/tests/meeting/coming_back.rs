//! Coming back: cut connections, crashes, restarts, stolen and stale resume tokens.

use crate::stage::Stage;
use conference::{Role, Settings};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn cut_connection_gets_exactly_what_it_missed() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let mut a = stage.join("demo", "A", Role::Delegate).await;
    a.done(json!({"type": "raise_hand"})).await;
    let participant = a.participant;
    let left = a.cut();
    chair.changed(participant, |p| p["presence"] == "reconnecting").await;
    for text in ["một", "hai", "ba"] {
        chair.done(json!({"type": "chat", "text": text})).await;
    }
    let mut back = stage.connect("demo", &left.token).await;
    back.ask(left.hello()).await;
    let resumed = back.wait("resumed").await;
    assert_eq!(resumed["you"]["participant"], participant);
    for text in ["một", "hai", "ba"] {
        assert_eq!(back.delta("chat").await["message"]["text"], text);
    }
    back.changed(participant, |p| p["presence"] == "here").await;
    let expected: Vec<u64> = (left.seq + 1..).take(back.seqs.len()).collect();
    assert_eq!(back.seqs, expected, "no number is missing or told twice");
    chair.done(json!({"type": "chat", "text": "bốn"})).await;
    assert_eq!(back.delta("chat").await["message"]["text"], "bốn");
}

#[tokio::test]
async fn acknowledged_messages_are_not_kept_and_lost_client_is_told_everything() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let mut a = stage.join("demo", "A", Role::Delegate).await;
    chair.done(json!({"type": "raise_hand"})).await;
    a.delta("hands").await;
    let seen = a.last_seq();
    a.send(&json!({"id": 0, "type": "ack", "seq": seen}).to_string()).await;
    a.done(json!({"type": "raise_hand"})).await;
    let mut left = a.cut();
    // A client that has lost even what it acknowledged begins with the whole picture.
    left.seq = 0;
    chair.done(json!({"type": "chat", "text": "một"})).await;
    let mut back = stage.connect("demo", &left.token).await;
    back.ask(left.hello()).await;
    let welcome = back.welcome().await;
    assert_eq!(welcome["conference"]["chat"][0]["text"], "một");
    assert_eq!(welcome["conference"]["hands"], json!([chair.participant, back.participant]));
}

async fn comes_back_after(end: impl AsyncFnOnce(Stage) -> Stage) {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let mut a = stage.join("demo", "A", Role::Delegate).await;
    a.done(json!({"type": "raise_hand"})).await;
    chair.done(json!({"type": "chat", "text": "trước khi tắt"})).await;
    chair.done(json!({"type": "lock", "locked": true})).await;
    a.until(|f| f["delta"]["info"]["locked"] == true).await;
    let (participant, left, first) = (a.participant, a.cut(), chair.cut());

    let stage = end(stage).await;
    let mut back = stage.connect("demo", &left.token).await;
    back.ask(left.hello()).await;
    let welcome = back.welcome().await;
    assert_eq!(back.participant, participant);
    assert!(welcome["seq"].as_u64() > Some(left.seq), "numbering goes on");
    let conference = &welcome["conference"];
    assert_eq!(conference["hands"], json!([participant]));
    assert_eq!(conference["chat"][0]["text"], "trước khi tắt");
    assert_eq!(conference["info"]["locked"], true);
    let mut chair = stage.connect("demo", &first.token).await;
    chair.ask(first.hello()).await;
    chair.welcome().await;
    chair.done(json!({"type": "chat", "text": "sau khi bật"})).await;
    assert_eq!(back.delta("chat").await["message"]["text"], "sau khi bật");
    // What the first process did not know: who does not come back is gone after the grace period.
    drop(back);
    chair.changed(participant, |p| p["presence"] == "reconnecting").await;
    stage.hand.advance(Duration::from_secs(61));
    assert_eq!(chair.delta("left").await["reason"], "lost");
}

#[tokio::test]
async fn everybody_comes_back_after_kill_and_start() {
    comes_back_after(Stage::crash).await;
}

#[tokio::test]
async fn everybody_comes_back_after_stop_and_start() {
    comes_back_after(Stage::restart).await;
}

#[tokio::test]
async fn stopping_server_tells_its_sessions_to_come_back() {
    let stage = Stage::start().await;
    let mut a = stage.join("demo", "A", Role::Delegate).await;
    let restarting = tokio::spawn(stage.restart());
    assert_eq!(a.closed().await, (4000, "stopping".to_owned()));
    restarting.await.expect("restarts");
}

#[tokio::test]
async fn second_device_is_asked_before_it_takes_the_place_over() {
    let stage = Stage::start().await;
    let mut a = stage.join("demo", "A", Role::Delegate).await;
    a.done(json!({"type": "raise_hand"})).await;
    let mut second = stage.connect("demo", &a.token).await;
    let refused = second.refused(json!({"type": "hello", "microphone": false, "camera": false})).await;
    assert_eq!(refused, "inside_elsewhere");
    assert_eq!(second.closed().await, (4007, "not_let_in".to_owned()));

    stage.hand.advance(Duration::from_secs(1));
    let mut second = stage.connect("demo", &a.token).await;
    second.ask(json!({"type": "hello", "microphone": false, "camera": false, "moves": true})).await;
    let welcome = second.welcome().await;
    assert_eq!(second.participant, a.participant);
    assert_eq!(welcome["conference"]["hands"], json!([a.participant]));
    let last_seq = a.last_seq();
    let ended = a.wait("ended").await;
    assert_eq!(ended["reason"], "joined_elsewhere");
    assert!(ended["seq"].as_u64() > Some(last_seq), "not mistaken for a repetition");
    assert_eq!(a.closed().await, (4006, "joined_elsewhere".to_owned()));

    // What the first device kept does not snatch the place back.
    let mut first = stage.connect("demo", &a.token).await;
    let hello = json!({"type": "hello", "resume": a.resume, "last_seq": last_seq,
                       "microphone": true, "camera": true});
    assert_eq!(first.refused(hello).await, "bad_resume");
    second.done(json!({"type": "lower_hand"})).await;
}

#[tokio::test]
async fn second_connection_takes_the_place_and_the_first_is_told() {
    let stage = Stage::start().await;
    let mut a = stage.join("demo", "A", Role::Delegate).await;
    let (token, resume, seq) = (a.token.clone(), a.resume.clone(), a.last_seq());
    let mut second = stage.connect("demo", &token).await;
    let hello = json!({"type": "hello", "resume": resume, "last_seq": seq,
                       "microphone": true, "camera": true});
    second.ask(hello).await;
    second.wait("resumed").await;
    assert_eq!(a.wait("ended").await["reason"], "joined_elsewhere");
    assert_eq!(a.closed().await, (4006, "joined_elsewhere".to_owned()));
    second.done(json!({"type": "raise_hand"})).await;
}

#[tokio::test]
async fn resume_token_is_worth_nothing_to_somebody_else() {
    let stage = Stage::start().await;
    let a = stage.join("demo", "A", Role::Delegate).await;
    let thief = stage.token("demo", "Kẻ gian", Role::Delegate).await;
    let mut thief = stage.connect("demo", &thief).await;
    for resume in [a.resume.clone(), "forged".to_owned(), String::new(), "A".repeat(2000)] {
        let hello = json!({"type": "hello", "resume": resume, "microphone": true, "camera": true});
        assert_eq!(thief.refused(hello).await, "bad_resume");
    }
    // The connection may still come in as itself.
    thief.hello().await;
    assert_ne!(thief.participant, a.participant);
}

#[tokio::test]
async fn place_is_given_up_after_the_grace_period() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let a = stage.join("demo", "A", Role::Delegate).await;
    let (participant, left) = (a.participant, a.cut());
    chair.changed(participant, |p| p["presence"] == "reconnecting").await;
    stage.hand.advance(Duration::from_secs(61));
    assert_eq!(chair.delta("left").await["reason"], "lost");
    let mut late = stage.connect("demo", &left.token).await;
    assert_eq!(late.refused(left.hello()).await, "bad_resume");
    late.hello().await;
    assert_ne!(late.participant, participant);
}

#[tokio::test]
async fn reloaded_page_without_its_token_takes_its_broken_place() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let mut a = stage.join("demo", "A", Role::Delegate).await;
    a.done(json!({"type": "raise_hand"})).await;
    let (participant, left) = (a.participant, a.cut());
    chair.changed(participant, |p| p["presence"] == "reconnecting").await;
    let mut back = stage.connect("demo", &left.token).await;
    let welcome = back.hello().await;
    assert_eq!((back.participant, &welcome["seq"]), (participant, &json!(1)));
    assert_eq!(welcome["conference"]["hands"], json!([participant]));
}

#[tokio::test]
async fn waiting_person_keeps_the_place_in_the_queue() {
    let mut stage = Stage::start().await;
    stage.meeting("kin", Settings { waiting_room: true, ..Settings::default() }).await;
    let token = stage.token("kin", "A", Role::Delegate).await;
    let mut a = stage.connect("kin", &token).await;
    a.ask(json!({"type": "hello", "microphone": true, "camera": true})).await;
    a.resume = a.wait("waiting").await["resume"].as_str().expect("a token").to_owned();
    let left = a.cut();
    for restarts in [false, true] {
        if restarts {
            stage = stage.crash().await;
        }
        let mut back = stage.connect("kin", &left.token).await;
        back.ask(left.hello()).await;
        assert_eq!(back.wait("waiting").await["place"], 1);
        assert_eq!(back.seqs[0], left.seq + 1, "no gap");
    }
}
