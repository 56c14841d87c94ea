//! Encoders (WHIP) and players (WHEP): a place like any other, and the status codes of RFC 9725.

use crate::http_client::Answer;
use crate::stage::{Stage, bearer, demo};
use conference::{Role, Settings};
use media_control::{
    Errand, LegId, LegLost, LegRefusal, MediaCommand, MediaEvent, ParticipantId, ShardId, Source, Speaker,
    Wish,
};
use serde_json::json;
use signalling_server::rate::Rate;

const WHIP: &str = "/api/v1/conferences/demo/whip";
const WHEP: &str = "/api/v1/conferences/demo/whep";
pub const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n\
    a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n";

/// What the media server was told of an offer.
pub struct Offered {
    leg: LegId,
    pub participant: ParticipantId,
    allowed: Vec<Source>,
    pub errand: Errand,
}

async fn offered(stage: &Stage) -> Offered {
    let pick = |command: &MediaCommand| match command {
        MediaCommand::TakeOffer { leg, participant, allowed, errand, sdp, .. } => {
            assert_eq!(sdp, OFFER);
            let (leg, participant, errand) = (*leg, *participant, *errand);
            Some(Offered { leg, participant, allowed: (*allowed).into(), errand })
        }
        _ => None,
    };
    stage.media.take(pick).await
}

pub async fn post(stage: &Stage, path: &str, token: &str) -> Answer {
    let token = bearer(token);
    let headers = [("authorization", token.as_str()), ("content-type", "application/sdp")];
    stage.http().send("POST", path, &headers, OFFER.as_bytes()).await
}

/// Posts, and lets the media server answer.
pub async fn come(stage: &Stage, path: &str, token: &str) -> (Answer, Offered) {
    let media = async {
        let offered = offered(stage).await;
        let answer =
            MediaEvent::LegAnswer { leg: offered.leg, shard: ShardId(0), sdp: "v=0 answer".to_owned() };
        stage.happens(answer).await;
        offered
    };
    tokio::join!(post(stage, path, token), media)
}

async fn ask(stage: &Stage, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    stage.http().send(method, path, headers, body.as_bytes()).await
}

#[tokio::test]
async fn encoder_is_a_participant_from_its_offer_to_its_delete() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let token = stage.token("demo", "Máy quay hội trường", Role::Delegate).await;
    let (answer, leg) = come(&stage, WHIP, &token).await;
    assert_eq!((answer.status, answer.body.as_slice()), (201, &b"v=0 answer"[..]));
    assert_eq!(leg.errand, Errand::Publish);
    assert_eq!(leg.allowed, [Source::Camera, Source::Microphone]);
    assert_eq!(answer.header("content-type"), Some("application/sdp"));
    assert!(answer.header("etag").is_some_and(|tag| tag.starts_with('"')));
    let link = answer.header("link").expect("a relay");
    assert!(link.starts_with("<turns:localhost:") && link.contains("rel=\"ice-server\""), "{link}");
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let exposed = answer.header("access-control-expose-headers").expect("are exposed");
    assert!(["location", "link", "etag"].iter().all(|name| exposed.contains(name)), "{exposed}");
    let joined = chair.until(|frame| frame["delta"]["kind"] == "joined").await;
    let shown = &joined["delta"]["participant"];
    assert_eq!((&shown["name"], &shown["role"]), (&json!("Máy quay hội trường"), &json!("delegate")));
    assert_eq!((&shown["microphone"], &shown["camera"]), (&json!(true), &json!(true)));
    // What the chair mutes, media refuses.
    chair.done(json!({"type": "mute", "participant": leg.participant.0})).await;
    let muted = |command: &MediaCommand| match command {
        MediaCommand::Allow { leg: of, allowed } if *of == leg.leg => Some(*allowed),
        _ => None,
    };
    assert_eq!(Vec::from(stage.media.take(muted).await), [Source::Camera]);
    let resource = answer.header("location").expect("a resource").to_owned();
    let token = bearer(&token);
    let gone = ask(&stage, "DELETE", &resource, &[("authorization", &token)], "").await;
    assert_eq!(gone.status, 200);
    chair.until(|frame| frame["delta"]["kind"] == "left").await;
    stage.media.take(|c| (*c == MediaCommand::CloseLeg { leg: leg.leg }).then_some(())).await;
    let again = ask(&stage, "DELETE", &resource, &[("authorization", &token)], "").await;
    assert_eq!((again.status, again.error().as_str()), (404, "not_found"));
}

#[tokio::test]
async fn encoder_goes_when_it_is_removed_and_when_its_media_is_lost() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let token = stage.token("demo", "A", Role::Delegate).await;
    let (answer, leg) = come(&stage, WHIP, &token).await;
    chair.done(json!({"type": "remove", "participant": leg.participant.0})).await;
    stage.media.take(|c| (*c == MediaCommand::CloseLeg { leg: leg.leg }).then_some(())).await;
    let resource = answer.header("location").expect("a resource").to_owned();
    let (again, other) = come(&stage, WHIP, &stage.token("demo", "B", Role::Delegate).await).await;
    assert_eq!(again.status, 201);
    stage.happens(MediaEvent::LegLost { leg: other.leg, reason: LegLost::Silent }).await;
    let left = |frame: &serde_json::Value| {
        frame["delta"]["kind"] == "left" && frame["delta"]["participant"] == other.participant.0
    };
    chair.until(left).await;
    let known = ask(&stage, "DELETE", &resource, &[("authorization", &bearer(&token))], "").await;
    assert_eq!(known.status, 404);
}

#[tokio::test]
async fn encoder_that_comes_back_takes_the_place_of_its_older_self() {
    let stage = Stage::start().await;
    let token = stage.token("demo", "A", Role::Delegate).await;
    let (_, first) = come(&stage, WHIP, &token).await;
    let (answer, second) = come(&stage, WHIP, &token).await;
    assert_eq!(answer.status, 201);
    assert_ne!(first.participant, second.participant);
    stage.media.take(|c| (*c == MediaCommand::CloseLeg { leg: first.leg }).then_some(())).await;
}

#[tokio::test]
async fn viewer_is_a_listener_and_follows_the_stage() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let speaker = stage.join("demo", "Xã Tân Mỹ", Role::Delegate).await;
    let token = stage.token("demo", "Màn hình sảnh", Role::Delegate).await;
    let (answer, viewer) = come(&stage, WHEP, &token).await;
    assert_eq!(answer.status, 201);
    assert_eq!((viewer.errand, viewer.allowed.as_slice()), (Errand::View { hears: None }, &[][..]));
    let joined = chair.until(|f| f["delta"]["participant"]["name"] == "Màn hình sảnh").await;
    assert_eq!(joined["delta"]["participant"]["role"], "listener");
    let watched = |command: &MediaCommand| match command {
        MediaCommand::Watch { leg, wishes } if *leg == viewer.leg => Some(wishes.clone()),
        _ => None,
    };
    let camera_of = |participant: u64| {
        let participant = ParticipantId(participant as u32);
        vec![Wish { participant, source: Source::Camera, height_px: 1080 }]
    };
    assert_eq!(stage.media.take(watched).await, camera_of(chair.participant));
    stage.hand.advance(std::time::Duration::from_secs(10));
    let speakers = vec![Speaker { participant: ParticipantId(speaker.participant as u32), level_dbov: 20 }];
    stage.happens(MediaEvent::Speakers { conference: demo(), speakers }).await;
    assert_eq!(stage.media.take(watched).await, camera_of(speaker.participant));
    // Each viewer of one token has a place of its own.
    let (second, other) = come(&stage, WHEP, &token).await;
    assert_eq!(second.status, 201);
    assert_ne!(other.participant, viewer.participant);
}

#[tokio::test]
async fn player_and_encoder_of_one_token_are_one_mouth_and_one_ear() {
    let stage = Stage::start().await;
    let token = stage.token("demo", "Phòng họp", Role::Delegate).await;
    let (_, player) = come(&stage, WHEP, &token).await;
    let (_, stranger) = come(&stage, WHEP, &stage.token("demo", "Màn hình", Role::Listener).await).await;
    let speaks_as = |command: &MediaCommand| match command {
        MediaCommand::SpeaksAs { leg, participant } => Some((*leg, *participant)),
        _ => None,
    };
    let (encoder, first) = come(&stage, WHIP, &token).await;
    assert_eq!(stage.media.take(speaks_as).await, (player.leg, Some(first.participant)));
    // Whichever comes first.
    let (_, second_player) = come(&stage, WHEP, &token).await;
    assert_eq!(stage.media.take(speaks_as).await, (second_player.leg, Some(first.participant)));
    let resource = encoder.header("location").expect("a resource");
    let gone = ask(&stage, "DELETE", resource, &[("authorization", &bearer(&token))], "").await;
    assert_eq!(gone.status, 200);
    let told = [stage.media.take(speaks_as).await, stage.media.take(speaks_as).await];
    let both = [player.leg, second_player.leg];
    assert!(told.iter().all(|(leg, voice)| both.contains(leg) && voice.is_none()), "{told:?}");
    assert!(!both.contains(&stranger.leg));
}

#[tokio::test]
async fn viewer_of_one_participant_hears_that_one_and_must_find_it() {
    let stage = Stage::start().await;
    let chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let token = stage.token("demo", "Màn hình", Role::Listener).await;
    let path = format!("{WHEP}?participant={}&source=screen", chair.participant);
    let (answer, viewer) = come(&stage, &path, &token).await;
    assert_eq!(answer.status, 201);
    let hears = Some(ParticipantId(chair.participant as u32));
    assert_eq!(viewer.errand, Errand::View { hears });
    let absent = post(&stage, &format!("{WHEP}?participant=4711"), &token).await;
    assert_eq!(
        (absent.status, absent.json()),
        (409, json!({"error": "kept_out", "why": "no_such_participant"}))
    );
    for query in ["participant=x", "source=microphone"] {
        assert!(
            matches!(post(&stage, &format!("{WHEP}?{query}"), &token).await.status, 400 | 422),
            "{query}"
        );
    }
}

#[tokio::test]
async fn ice_restarts_by_patch_and_tags_are_held() {
    let stage = Stage::start().await;
    let token = stage.token("demo", "A", Role::Delegate).await;
    let (answer, leg) = come(&stage, WHIP, &token).await;
    let (resource, tag) =
        (answer.header("location").expect("a resource"), answer.header("etag").expect("a tag"));
    let token = bearer(&token);
    let kind = ("content-type", "application/trickle-ice-sdpfrag");
    let who = ("authorization", token.as_str());
    let trickle = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n";
    let restart = "a=ice-ufrag:efgh\r\na=ice-pwd:9876543210987654321098\r\n";
    let patch =
        async |headers: &[(&str, &str)], body: &str| ask(&stage, "PATCH", resource, headers, body).await;
    assert_eq!(patch(&[who, kind, ("if-match", tag)], trickle).await.status, 204);
    assert_eq!(patch(&[who, kind], trickle).await.error(), "tag_needed");
    assert_eq!(patch(&[who, kind, ("if-match", "\"old\"")], trickle).await.error(), "stale_tag");
    assert_eq!(patch(&[who, kind, ("if-match", tag)], "a=candidate:1").await.status, 400);
    assert_eq!(
        patch(&[who, ("content-type", "application/sdp"), ("if-match", "*")], restart).await.status,
        415
    );
    let media = async {
        let told = |command: &MediaCommand| match command {
            MediaCommand::TakeRestart { leg: of, ufrag, pwd } => Some((*of, ufrag.clone(), pwd.clone())),
            _ => None,
        };
        let (of, ufrag, pwd) = stage.media.take(told).await;
        assert_eq!((of, ufrag.as_str(), pwd.as_str()), (leg.leg, "efgh", "9876543210987654321098"));
        stage
            .happens(MediaEvent::LegRestarted { leg: of, fragment: "a=ice-ufrag:ours\r\n".to_owned() })
            .await;
    };
    let headers = [who, kind, ("if-match", "*")];
    let (restarted, ()) = tokio::join!(patch(&headers, restart), media);
    assert_eq!((restarted.status, restarted.body.as_slice()), (200, &b"a=ice-ufrag:ours\r\n"[..]));
    assert_eq!(restarted.header("content-type"), Some("application/trickle-ice-sdpfrag"));
    assert_ne!(restarted.header("etag"), Some(tag));
    assert_eq!(patch(&[who, kind, ("if-match", tag)], trickle).await.status, 412);
}

#[tokio::test]
async fn each_refusal_has_its_status() {
    let stage = Stage::start_with(|limits| {
        limits.strangers_per_address = Rate { burst: 4, per_second: 0.001 };
        limits.visitors_per_person = 1;
    })
    .await;
    stage.meeting("other", Settings::default()).await;
    let (delegate, listener) =
        (stage.token("demo", "A", Role::Delegate).await, stage.token("demo", "B", Role::Listener).await);
    assert_eq!(post(&stage, WHIP, &listener).await.status, 403, "a listener sends nothing");
    assert_eq!(post(&stage, "/api/v1/conferences/absent/whip", &delegate).await.status, 403);
    assert_eq!(post(&stage, "/api/v1/conferences/other/whip", &delegate).await.status, 403);
    let who = bearer(&delegate);
    let (who, sdp) = (("authorization", who.as_str()), ("content-type", "application/sdp"));
    let whip = async |headers: &[(&str, &str)], body: &str| ask(&stage, "POST", WHIP, headers, body).await;
    assert_eq!(whip(&[who, ("content-type", "application/json")], "{}").await.status, 415);
    assert_eq!(whip(&[who, sdp], "hello").await.status, 400);
    assert_eq!(whip(&[who, sdp], &"x".repeat(70_000)).await.status, 413);
    assert_eq!(ask(&stage, "GET", WHIP, &[who], "").await.status, 405);
    let media = |refusal: LegRefusal| async {
        let leg = offered(&stage).await.leg;
        stage.happens(MediaEvent::LegRefused { leg, refusal }).await;
    };
    let detail = "nothing to use".to_owned();
    for (refusal, status) in [
        (LegRefusal::BadOffer { detail }, 422),
        (LegRefusal::MalformedOffer, 400),
        (LegRefusal::Full { limit: 1 }, 503),
    ] {
        let (answer, ()) = tokio::join!(post(&stage, WHIP, &delegate), media(refusal));
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("retry-after").is_some(), status == 503);
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    }
    let (first, _) = come(&stage, WHEP, &listener).await;
    assert_eq!(first.status, 201);
    let second = post(&stage, WHEP, &listener).await;
    assert_eq!((second.status, second.header("retry-after")), (503, Some("5")), "one is the limit here");
    let mut told = Vec::new();
    for _ in 0..3 {
        told.push(post(&stage, WHIP, "dct1.x.y").await.status);
    }
    assert_eq!(told, [401, 401, 429], "two foreign conferences were counted before");
    assert_eq!(whip(&[sdp], OFFER).await.status, 429);
    assert_eq!(
        whip(&[who, sdp], "hello").await.status,
        400,
        "a good token from the same address still counts"
    );
}

#[tokio::test]
async fn conference_that_is_locked_lets_no_encoder_in() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    chair.done(json!({"type": "lock", "locked": true})).await;
    let token = stage.token("demo", "A", Role::Delegate).await;
    let refused = post(&stage, WHIP, &token).await;
    assert_eq!((refused.status, refused.json()), (409, json!({"error": "kept_out", "why": "locked"})));
}

#[tokio::test]
async fn page_of_another_site_may_ask_with_a_token_and_never_with_a_cookie() {
    let stage = Stage::start().await;
    let preflight = [("origin", "https://khac.example"), ("access-control-request-method", "POST")];
    let answer = ask(&stage, "OPTIONS", WHIP, &preflight, "").await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("access-control-allow-headers"), Some("authorization, content-type, if-match"));
    assert_eq!(answer.header("accept-post"), Some("application/sdp"));
    stage.account("hanh", Role::Chair).await;
    let credentials = json!({"user": "hanh", "password": "đúng mật khẩu"});
    let login = stage.http().post("/api/v1/auth/login", &[], &credentials).await;
    let cookie = login.cookie("__Host-dc_session").expect("a session");
    let headers = [
        ("origin", "https://khac.example"),
        ("cookie", cookie.as_str()),
        ("content-type", "application/sdp"),
    ];
    assert_eq!(ask(&stage, "POST", WHIP, &headers, OFFER).await.status, 401);
}

#[tokio::test]
async fn viewers_who_end_at_the_same_moment_all_give_up_their_places() {
    let stage = Stage::start().await;
    let token = stage.token("demo", "Màn hình sảnh", Role::Listener).await;
    let mut legs = Vec::new();
    let mut resources = Vec::new();
    for _ in 0..12 {
        let (answer, offered) = come(&stage, WHEP, &token).await;
        resources.push(answer.header("location").expect("a resource").to_owned());
        legs.push(offered.leg);
    }
    let credentials = bearer(&token);
    let headers = [("authorization", credentials.as_str())];
    let ends = resources.iter().map(|it| ask(&stage, "DELETE", it, &headers, ""));
    assert!(futures_util::future::join_all(ends).await.iter().all(|answer| answer.status == 200));
    for leg in legs {
        let closed = |command: &MediaCommand| (*command == MediaCommand::CloseLeg { leg }).then_some(());
        stage.media.take(closed).await;
    }
}
