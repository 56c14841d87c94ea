//! Media of a meeting: offers, answers, slots, losses; and nobody reaches a foreign leg.

use crate::client::Client;
use crate::stage::{Stage, demo};
use conference::Role;
use media_control::{
    LegId, LegRefusal, LegStats, MediaCommand, MediaEvent, ParticipantId, Rid, ShardId, SlotAssignment,
    Source, Speaker, SrtpProfile, StreamList, Via,
};
use serde_json::json;

async fn open_leg(stage: &Stage, client: &mut Client) -> LegId {
    client.ask(json!({"type": "open_media"})).await;
    let opened = |c: &MediaCommand| match c {
        MediaCommand::OpenLeg { leg, .. } => Some(*leg),
        _ => None,
    };
    let leg = stage.media.take(opened).await;
    stage.happens(MediaEvent::LegOffer { leg, shard: ShardId(0), sdp: "v=0".to_owned() }).await;
    assert_eq!(client.wait("offer").await["leg"], leg.0);
    leg
}

#[tokio::test]
async fn offer_answer_and_news_go_between_browser_and_media() {
    let stage = Stage::start().await;
    let mut a = stage.join("demo", "A", Role::Delegate).await;
    let wishes = json!([{"participant": 7, "source": "camera", "height_px": 360}]);
    a.done(json!({"type": "watch", "wishes": wishes})).await;
    let leg = open_leg(&stage, &mut a).await;
    let watched = |c: &MediaCommand| match c {
        MediaCommand::Watch { leg: of, wishes } if *of == leg => Some(wishes.clone()),
        _ => None,
    };
    assert_eq!(stage.media.take(watched).await[0].height_px, 360, "wishes came before the leg");
    a.done(json!({"type": "answer", "leg": leg.0, "sdp": "v=0 answer"})).await;
    let answered = |c: &MediaCommand| match c {
        MediaCommand::Answer { leg: of, sdp } if *of == leg => Some(sdp.clone()),
        _ => None,
    };
    assert_eq!(stage.media.take(answered).await, "v=0 answer");
    let (via, srtp) = (Via::Udp, SrtpProfile::AeadAes128Gcm);
    stage.happens(MediaEvent::LegConnected { leg, via, srtp }).await;
    assert_eq!(a.wait("media_connected").await["leg"], leg.0);
    let (participant, source) = (ParticipantId(7), Source::Camera);
    let slot =
        SlotAssignment { mid: "v0".into(), participant, source, is_paused: false, is_unreadable: false };
    stage.happens(MediaEvent::Slots { leg, slots: vec![slot] }).await;
    assert_eq!(a.wait("slots").await["slots"][0]["mid"], "v0");
    let speakers = vec![Speaker { participant: ParticipantId(1), level_dbov: 30 }];
    stage.happens(MediaEvent::Speakers { conference: demo(), speakers }).await;
    assert_eq!(a.wait("speakers").await["speakers"][0]["participant"], 1);
    let stats = LegStats { rtt_ms: 12, ..LegStats::default() };
    let streams = StreamList::default();
    stage.happens(MediaEvent::Stats { leg, stats, streams }).await;
    assert_eq!(a.wait("link").await["rtt_ms"], 12);
    a.done(json!({"type": "restart_ice", "leg": leg.0})).await;
    stage.media.take(|c| (*c == MediaCommand::RestartIce { leg }).then_some(())).await;
    let reason = media_control::LegLost::Silent;
    stage.happens(MediaEvent::LegLost { leg, reason }).await;
    assert_eq!(a.wait("media_lost").await["leg"], leg.0);
}

#[tokio::test]
async fn foreign_or_unknown_leg_is_out_of_reach() {
    let stage = Stage::start().await;
    let mut a = stage.join("demo", "A", Role::Delegate).await;
    let mut b = stage.join("demo", "B", Role::Delegate).await;
    let (own, foreign) = (open_leg(&stage, &mut a).await, open_leg(&stage, &mut b).await);
    for leg in [foreign.0, 0, u64::MAX >> 12] {
        let answer = json!({"type": "answer", "leg": leg, "sdp": "v=0 forged"});
        assert_eq!(a.refused(answer).await, "no_such_leg");
        assert_eq!(a.refused(json!({"type": "restart_ice", "leg": leg})).await, "no_such_leg");
    }
    a.done(json!({"type": "watch", "wishes": []})).await;
    stage.media.take(|c| matches!(c, MediaCommand::Watch { leg, .. } if *leg == own).then_some(())).await;
    assert!(stage.media.all().is_empty(), "nothing reached the media server");
}

#[tokio::test]
async fn sender_is_told_which_layers_are_needed_and_told_again_when_it_comes_back() {
    let stage = Stage::start().await;
    let mut a = stage.join("demo", "A", Role::Delegate).await;
    let leg = open_leg(&stage, &mut a).await;
    a.done(json!({"type": "answer", "leg": leg.0, "sdp": "v=0"})).await;
    let source = Source::Camera;
    stage.happens(MediaEvent::LayersNeeded { leg, source, layers: vec![Rid::Q, Rid::H] }).await;
    stage.happens(MediaEvent::LayersNeeded { leg, source, layers: vec![Rid::H] }).await;
    assert_eq!(a.wait("wanted").await["layers"], json!(["q", "h"]));
    let told = a.wait("wanted").await;
    assert_eq!((&told["leg"], &told["source"]), (&json!(leg.0), &json!("camera")));
    let left = a.cut();
    let mut back = stage.connect("demo", &left.token).await;
    back.ask(left.hello()).await;
    back.wait("resumed").await;
    assert_eq!(back.wait("wanted").await["layers"], json!(["h"]));
    let newer = open_leg(&stage, &mut back).await;
    stage.happens(MediaEvent::LayersNeeded { leg, source, layers: vec![Rid::F] }).await;
    stage.happens(MediaEvent::LayersNeeded { leg: newer, source, layers: vec![Rid::Q] }).await;
    assert_eq!(back.wait("wanted").await["leg"], newer.0, "nothing is told about a leg that is gone");
}

#[tokio::test]
async fn wish_outside_the_limits_is_refused() {
    let stage = Stage::start().await;
    let mut a = stage.join("demo", "A", Role::Delegate).await;
    let wish = |source: &str, height: u32| json!({"participant": 1, "source": source, "height_px": height});
    let too_many: Vec<_> = (0..29).map(|_| wish("camera", 180)).collect();
    for wishes in [json!([wish("microphone", 180)]), json!([wish("camera", 0)]), json!(too_many)] {
        assert_eq!(a.refused(json!({"type": "watch", "wishes": wishes})).await, "bad_wish");
    }
    let huge = json!({"type": "watch", "wishes": [wish("camera", 70_000)]});
    assert_eq!(a.refused(huge).await, "malformed");
}

#[tokio::test]
async fn media_server_that_refuses_is_told_as_a_refusal() {
    let stage = Stage::start().await;
    let mut a = stage.join("demo", "A", Role::Delegate).await;
    let id = a.ask(json!({"type": "open_media"})).await;
    let opened = |c: &MediaCommand| match c {
        MediaCommand::OpenLeg { leg, .. } => Some(*leg),
        _ => None,
    };
    let leg = stage.media.take(opened).await;
    stage.happens(MediaEvent::LegRefused { leg, refusal: LegRefusal::Full { limit: 1 } }).await;
    let refused = a.until(|f| f["type"] == "refused").await;
    assert_eq!((&refused["id"], &refused["detail"]), (&json!(id), &json!("full")));
}

#[tokio::test]
async fn leg_outlives_the_connection_and_ends_with_the_place() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let mut a = stage.join("demo", "A", Role::Delegate).await;
    let leg = open_leg(&stage, &mut a).await;
    let (participant, left) = (a.participant, a.cut());
    chair.changed(participant, |p| p["presence"] == "reconnecting").await;
    let mut back = stage.connect("demo", &left.token).await;
    back.ask(left.hello()).await;
    back.wait("resumed").await;
    assert_eq!(back.wait("offer").await["leg"], leg.0, "an unanswered offer is repeated");
    back.done(json!({"type": "answer", "leg": leg.0, "sdp": "v=0"})).await;
    let newer = open_leg(&stage, &mut back).await;
    let closed = |leg| move |c: &MediaCommand| (*c == MediaCommand::CloseLeg { leg }).then_some(());
    stage.media.take(closed(leg)).await;
    chair.done(json!({"type": "remove", "participant": participant})).await;
    stage.media.take(closed(newer)).await;
}
