//! Figures of everybody's media connection: who sees them, what stands in them, when they end.

use crate::client::Client;
use crate::http_client::Answer;
use crate::stage::{Stage, bearer};
use conference::Role;
use media_control::{
    LegId, LegLost, LegStats, MediaCommand, MediaEvent, Rid, ShardId, ShardLoad, Source, SrtpProfile,
    StreamList, StreamStats, Via,
};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/conferences/demo/statistics";

/// What the bearer of a token for `role` is answered.
async fn ask(stage: &Stage, role: Role) -> Answer {
    let token = stage.token("demo", "Người xem", role).await;
    stage.http().get(PATH, &[("authorization", &bearer(&token))]).await
}

/// A connected leg of `client` on shard 2, with figures.
async fn connect(stage: &Stage, client: &mut Client) -> LegId {
    client.ask(json!({"type": "open_media"})).await;
    let opened = |c: &MediaCommand| match c {
        MediaCommand::OpenLeg { leg, .. } => Some(*leg),
        _ => None,
    };
    let leg = stage.media.take(opened).await;
    stage.happens(MediaEvent::LegOffer { leg, shard: ShardId(2), sdp: "v=0".to_owned() }).await;
    let (via, srtp) = (Via::Udp, SrtpProfile::AeadAes128Gcm);
    stage.happens(MediaEvent::LegConnected { leg, via, srtp }).await;
    let stats = LegStats {
        uplink_bps: 1_700_000,
        downlink_loss: 0.25,
        rtt_ms: 42,
        shown: [3, 1, 0],
        paused: 2,
        repaired: 17,
        ..LegStats::default()
    };
    let stream = StreamStats {
        source: Source::Camera,
        layer: Rid::H,
        bps: 500_000,
        height_px: 360,
        loss: 0.5,
        jitter_ms: 3,
    };
    let streams = StreamList::from(vec![stream]);
    stage.happens(MediaEvent::Stats { leg, stats, streams }).await;
    client.wait("link").await;
    leg
}

fn load(shard: u16) -> ShardLoad {
    ShardLoad {
        shard: ShardId(shard),
        cpu: 0.25,
        legs: 3,
        conferences: 1,
        received_pps: 100,
        sent_pps: 2_000,
        received_bps: 1,
        sent_bps: 2,
        relayed_pps: 3,
        waiting_packets: 4,
        ring_packets: 5,
        longest_turn_us: 6,
        dropped_pps: 7,
    }
}

#[tokio::test]
async fn those_who_look_after_a_meeting_see_the_figures_and_others_learn_nothing() {
    let stage = Stage::start().await;
    for role in [Role::Chair, Role::Secretary, Role::DutyOperator, Role::Administrator] {
        let answer = ask(&stage, role).await;
        assert_eq!(answer.status, 200, "{role:?}");
        assert!(answer.json().get("shards").is_none(), "a token for one conference shows no machine");
    }
    for role in [Role::Delegate, Role::Listener, Role::SiteOperator, Role::Clerk, Role::UnitAdministrator] {
        let answer = ask(&stage, role).await;
        assert_eq!((answer.status, answer.error().as_str()), (403, "not_allowed"), "{role:?}");
    }
    assert_eq!(stage.http().get(PATH, &[]).await.error(), "not_signed_in");
    let token = stage.token("demo", "Thư ký", Role::Chair).await;
    let other = "/api/v1/conferences/khac/statistics";
    let answer = stage.http().get(other, &[("authorization", &bearer(&token))]).await;
    assert_eq!(answer.status, 403, "whether a foreign conference exists is not told");
}

#[tokio::test]
async fn row_of_each_participant_holds_the_newest_figures_until_the_leg_ends_or_falls_silent() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ trì", Role::Chair).await;
    let _delegate = stage.join("demo", "Xã Tân Mỹ", Role::Delegate).await;
    let leg = connect(&stage, &mut chair).await;
    let rows = ask(&stage, Role::Secretary).await.json()["participants"].clone();
    assert_eq!(rows.as_array().map(Vec::len), Some(2));
    assert_eq!((&rows[0]["name"], &rows[0]["role"]), (&json!("Chủ trì"), &json!("chair")));
    let link = &rows[0]["link"];
    assert_eq!((&link["shard"], &link["via"]), (&json!(2), &json!("udp")));
    assert_eq!((&link["uplink_bps"], &link["rtt_ms"]), (&json!(1_700_000), &json!(42)));
    assert_eq!((&link["shown"], &link["paused"]), (&json!([3, 1, 0]), &json!(2)));
    let stream = json!({"source": "camera", "layer": "h", "bps": 500_000, "height_px": 360, "loss": 0.5, "jitter_ms": 3});
    assert_eq!(link["streams"], json!([stream]));
    assert_eq!(rows[1]["link"], Value::Null, "no media connection");

    stage.hand.advance(std::time::Duration::from_secs(6));
    let rows = ask(&stage, Role::Chair).await.json()["participants"].clone();
    assert_eq!(rows[0]["link"], Value::Null, "old figures are not true any more");
    connect(&stage, &mut chair).await;
    let reason = LegLost::Silent;
    stage.happens(MediaEvent::LegLost { leg, reason }).await;
    let rows = ask(&stage, Role::Chair).await.json()["participants"].clone();
    assert_eq!(rows[0]["link"]["rtt_ms"], 42, "the loss of an older leg changes nothing");
}

#[tokio::test]
async fn load_of_each_shard_is_for_those_who_run_the_server() {
    let stage = Stage::start().await;
    for (user, role) in [("truc", Role::DutyOperator), ("chutri", Role::Chair)] {
        stage.account(user, role).await;
    }
    for shard in [1, 0, 1] {
        stage.happens(MediaEvent::Load { load: load(shard) }).await;
    }
    let mut client = stage.join("demo", "A", Role::Delegate).await;
    connect(&stage, &mut client).await;
    let http = stage.http();
    for (user, sees) in [("truc", true), ("chutri", false)] {
        let login = json!({"user": user, "password": "đúng mật khẩu"});
        let cookie = http.post("/api/v1/auth/login", &[], &login).await.cookie("__Host-dc_session");
        let answer = http.get(PATH, &[("cookie", &cookie.expect("signed in"))]).await;
        assert_eq!(answer.status, 200, "{user}");
        let shards = answer.json()["shards"].clone();
        let numbers =
            shards.as_array().map(|all| all.iter().map(|one| one["shard"].clone()).collect::<Vec<_>>());
        assert_eq!(numbers, sees.then(|| vec![json!(0), json!(1)]), "{user}");
    }
}

#[tokio::test]
async fn metrics_tell_legs_and_streams_of_the_conference_that_is_named_and_of_no_other() {
    let stage = Stage::start().await;
    let mut client = stage.join("demo", "A", Role::Chair).await;
    connect(&stage, &mut client).await;
    let http = stage.http();
    let text = |answer: Answer| String::from_utf8(answer.body).expect("text");
    let of_leg = "vc_leg_rtt_ms{conference=\"demo\",participant=\"1\",shard=\"2\"} 42";
    let of_stream =
        "vc_stream_height_px{conference=\"demo\",participant=\"1\",source=\"cam\",layer=\"h\"} 360";
    let named = text(http.get("/metrics?conference=demo", &[]).await);
    assert!(named.contains(of_leg) && named.contains(of_stream), "{named}");
    assert!(!text(http.get("/metrics", &[]).await).contains("vc_leg_rtt_ms"), "only when asked");
    assert_eq!(http.get("/metrics?conference=khac", &[]).await.status, 404);
}
