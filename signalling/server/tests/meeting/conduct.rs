//! The course of a meeting: join, hands, chat, mute, waiting room, lock, remove, end.

use crate::stage::Stage;
use conference::{Role, Settings, Timestamp};
use serde_json::json;

#[tokio::test]
async fn newcomer_gets_the_whole_picture_and_the_others_a_delta() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let token = stage.token("demo", "Xã Tân Mỹ", Role::Delegate).await;
    let mut commune = stage.connect("demo", &token).await;
    let welcome = commune.hello().await;
    assert_eq!(welcome["seq"], 1);
    assert_eq!(welcome["conference"]["info"]["title"], "Giao ban tuần");
    let names: Vec<_> = welcome["conference"]["participants"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|p| p["name"].as_str().expect("a name"))
        .collect();
    assert_eq!(names, ["Chủ tịch", "Xã Tân Mỹ"]);
    let joined = chair.delta("joined").await;
    assert_eq!(joined["participant"]["name"], "Xã Tân Mỹ");
    assert_eq!(joined["participant"]["microphone"], true);
}

#[tokio::test]
async fn hands_stand_in_order_and_chat_reaches_everybody() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let mut a = stage.join("demo", "A", Role::Delegate).await;
    let mut b = stage.join("demo", "B", Role::Delegate).await;
    b.done(json!({"type": "raise_hand"})).await;
    a.done(json!({"type": "raise_hand"})).await;
    let (first, second) = (b.participant, a.participant);
    chair.until(|f| f["delta"]["hands"] == json!([first, second])).await;
    chair.done(json!({"type": "lower_hand", "participant": first})).await;
    a.until(|f| f["delta"]["hands"] == json!([second])).await;
    assert_eq!(a.refused(json!({"type": "lower_hand", "participant": first})).await, "not_allowed");

    // "ế" in two code points is kept as one (NFC).
    a.done(json!({"type": "chat", "text": "  Kính thưa hội nghi\u{323} "})).await;
    let message = chair.delta("chat").await["message"].clone();
    assert_eq!((&message["text"], &message["id"]), (&json!("Kính thưa hội nghị"), &json!(1)));
    assert_eq!(a.refused(json!({"type": "chat", "text": "   "})).await, "text_length");
}

#[tokio::test]
async fn chair_mutes_and_the_media_server_is_told() {
    use media_control::{MediaCommand, Source};
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let mut a = stage.join("demo", "A", Role::Delegate).await;
    a.ask(json!({"type": "open_media"})).await;
    let open = |c: &MediaCommand| match c {
        MediaCommand::OpenLeg { leg, allowed, .. } => Some((*leg, *allowed)),
        _ => None,
    };
    let (leg, allowed) = stage.media.take(open).await;
    assert!(allowed.has(Source::Microphone) && !allowed.has(Source::Screen));
    let target = a.participant;
    assert_eq!(a.refused(json!({"type": "mute", "participant": target})).await, "not_allowed");
    chair.done(json!({"type": "mute", "participant": target})).await;
    let muted = a.changed(target, |p| p["microphone"] == false).await;
    assert_eq!(muted["by"], chair.participant);
    let allow = |c: &MediaCommand| match c {
        MediaCommand::Allow { leg: told, allowed } if *told == leg => Some(*allowed),
        _ => None,
    };
    assert!(!stage.media.take(allow).await.has(Source::Microphone));
    a.done(json!({"type": "set_media", "microphone": true, "camera": true, "screen": true})).await;
    let allowed = stage.media.take(allow).await;
    assert!(allowed.has(Source::Microphone) && allowed.has(Source::ScreenAudio));
    chair.done(json!({"type": "mute_all"})).await;
    assert!(!stage.media.take(allow).await.has(Source::Microphone));
}

#[tokio::test]
async fn waiting_room_admits_and_turns_away() {
    let stage = Stage::start().await;
    stage.meeting("kin", Settings { waiting_room: true, ..Settings::default() }).await;
    let mut chair = stage.join("kin", "Chủ tịch", Role::Chair).await;
    let mut waiting = Vec::new();
    for (name, place) in [("A", 1), ("B", 2)] {
        let token = stage.token("kin", name, Role::Delegate).await;
        let mut client = stage.connect("kin", &token).await;
        client.ask(json!({"type": "hello", "microphone": true, "camera": false})).await;
        assert_eq!(client.wait("waiting").await["place"], place);
        assert_eq!(client.refused(json!({"type": "raise_hand"})).await, "no_such_participant");
        assert_eq!(client.refused(json!({"type": "open_media"})).await, "not_allowed");
        waiting.push(client);
    }
    let is_full =
        |f: &serde_json::Value| f["delta"]["waiting"].as_array().is_some_and(|list| list.len() == 2);
    let told = chair.until(is_full).await;
    let of = |at: usize| told["delta"]["waiting"][at]["participant"].clone();
    chair.done(json!({"type": "admit", "participant": of(0)})).await;
    waiting[0].welcome().await;
    assert_eq!(waiting[1].wait("waiting").await["place"], 1);
    chair.done(json!({"type": "turn", "participant": of(1)})).await;
    let ended = waiting[1].wait("ended").await;
    assert_eq!((&ended["reason"], &ended["by"]), (&json!("turned_away"), &json!("Chủ tịch")));
    assert_eq!(waiting[1].closed().await, (4005, "place_ended".to_owned()));
}

#[tokio::test]
async fn locked_conference_lets_nobody_in_and_removed_person_is_told() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let mut a = stage.join("demo", "A", Role::Delegate).await;
    chair.done(json!({"type": "lock", "locked": true})).await;
    a.until(|f| f["delta"]["info"]["locked"] == true).await;
    let late = stage.token("demo", "Đến muộn", Role::Delegate).await;
    let mut late = stage.connect("demo", &late).await;
    let hello = json!({"type": "hello", "microphone": true, "camera": true});
    assert_eq!(late.refused(hello).await, "locked");
    assert_eq!(late.closed().await, (4007, "not_let_in".to_owned()));
    let target = a.participant;
    chair.done(json!({"type": "remove", "participant": target})).await;
    assert_eq!(a.wait("ended").await["reason"], "removed");
    assert_eq!(a.closed().await.0, 4005);
    assert_eq!(chair.delta("left").await["reason"], "removed");
}

#[tokio::test]
async fn door_opens_at_its_time_or_when_the_chair_opens_it() {
    let stage = Stage::start().await;
    let http = stage.http();
    let hour = std::time::Duration::from_secs(3600);
    let opens = Timestamp(stage.clock.now_ms()).plus_ms(3_600_000);
    for id in ["gio", "som"] {
        stage.meeting(id, Settings { opens: Some(opens), ..Settings::default() }).await;
        let token = stage.token(id, "A", Role::Delegate).await;
        let mut early = stage.connect(id, &token).await;
        let hello = json!({"type": "hello", "microphone": true, "camera": true});
        assert_eq!(early.refused(hello).await, "too_early");
        assert_eq!(early.closed().await, (4007, "not_let_in".to_owned()));
        let lobby = http.get(&format!("/api/v1/conferences/{id}/lobby"), &[]).await.json();
        assert_eq!(lobby["opens_ms"], opens.0);
    }
    let mut chair = stage.join("som", "Chủ tịch", Role::Chair).await;
    chair.done(json!({"type": "open_door"})).await;
    assert_eq!(chair.delta("conference").await["info"].get("opens_ms"), None);
    stage.join("som", "A", Role::Delegate).await;

    stage.join("gio", "Kỹ thuật", Role::SiteOperator).await;
    stage.hand.advance(hour);
    stage.join("gio", "A", Role::Delegate).await;
}

#[tokio::test]
async fn end_for_all_ends_every_place_and_demo_opens_again() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let mut a = stage.join("demo", "A", Role::Delegate).await;
    chair.done(json!({"type": "end_for_all"})).await;
    for client in [&mut chair, &mut a] {
        let ended = client.wait("ended").await;
        assert_eq!((&ended["reason"], &ended["by"]), (&json!("ended"), &json!("Chủ tịch")));
        assert_eq!(client.closed().await.0, 4005);
    }
    stage.join("demo", "B", Role::Delegate).await;

    stage.meeting("mot-lan", Settings::default()).await;
    let mut chair = stage.join("mot-lan", "Chủ tịch", Role::Chair).await;
    chair.done(json!({"type": "end_for_all"})).await;
    let token = stage.token("mot-lan", "B", Role::Delegate).await;
    let mut late = stage.connect("mot-lan", &token).await;
    let hello = json!({"type": "hello", "microphone": true, "camera": true});
    assert_eq!(late.refused(hello).await, "conference_ended");
}

#[tokio::test]
async fn who_leaves_is_gone_at_once() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let mut a = stage.join("demo", "A", Role::Delegate).await;
    a.done(json!({"type": "leave"})).await;
    assert_eq!(a.wait("ended").await["reason"], "left");
    assert_eq!(chair.delta("left").await["reason"], "left");
}

#[tokio::test]
async fn listener_may_not_speak_and_is_not_shown_the_waiting_room() {
    let stage = Stage::start().await;
    let mut listener = stage.join("demo", "Người nghe", Role::Listener).await;
    let on = json!({"type": "set_media", "microphone": true, "camera": false, "screen": false});
    assert_eq!(listener.refused(on).await, "not_allowed");
    for request in ["mute_all", "admit_all", "end_for_all"] {
        assert_eq!(listener.refused(json!({"type": request})).await, "not_allowed");
    }
}
