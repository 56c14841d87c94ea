//! The composed picture: ordered for the first who looks at it, as the stage has it, ended after the last.

use crate::client::Client;
use crate::stage::{Stage, bearer, demo};
use crate::visitors::{come, post};
use conference::Role;
use media_control::{
    Composition, Errand, LegId, MediaCommand, MediaEvent, NoProgramme, ParticipantId, ProgrammeNews, ShardId,
    Tiling,
};
use serde_json::json;
use std::sync::atomic::Ordering;

const COMPOSED: &str = "/api/v1/conferences/demo/whep?picture=composed";

async fn ordered(stage: &Stage, is_it: impl Fn(&Composition) -> bool) -> Composition {
    let pick = |command: &MediaCommand| match command {
        MediaCommand::Compose { composition } if is_it(composition) => Some((**composition).clone()),
        _ => None,
    };
    stage.media.take(pick).await
}

async fn open_leg(stage: &Stage, client: &mut Client) -> LegId {
    client.ask(json!({"type": "open_media"})).await;
    let opened = |command: &MediaCommand| match command {
        MediaCommand::OpenLeg { leg, .. } => Some(*leg),
        _ => None,
    };
    let leg = stage.media.take(opened).await;
    stage.happens(MediaEvent::LegOffer { leg, shard: ShardId(0), sdp: "v=0".to_owned() }).await;
    leg
}

async fn standing(client: &mut Client) -> String {
    client.wait("composed").await["standing"].as_str().expect("a word").to_owned()
}

/// Until `leg` is told to look at this programme.
async fn watched(stage: &Stage, leg: LegId, programme: ParticipantId) {
    let pick = |command: &MediaCommand| match command {
        MediaCommand::Watch { leg: of, wishes } if *of == leg => {
            wishes.iter().any(|wish| wish.participant == programme).then_some(())
        }
        _ => None,
    };
    stage.media.take(pick).await;
}

#[tokio::test]
async fn server_without_a_mixer_says_so() {
    let stage = Stage::start().await;
    let token = stage.token("demo", "Màn hình sảnh", Role::Listener).await;
    let refused = post(&stage, COMPOSED, &token).await;
    assert_eq!((refused.status, refused.json()), (409, json!({"error": "kept_out", "why": "no_mixer"})));
}

#[tokio::test]
async fn picture_follows_the_stage_and_lives_as_long_as_somebody_looks() {
    let stage = Stage::start().await;
    stage.media.has_mixer.store(true, Ordering::Relaxed);
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let encoder = stage.token("demo", "Máy quay hội trường", Role::Delegate).await;
    let (_, camera) = come(&stage, "/api/v1/conferences/demo/whip", &encoder).await;
    let token = stage.token("demo", "Màn hình sảnh", Role::Listener).await;
    let (first, viewer) = come(&stage, COMPOSED, &token).await;
    let hears = Some(ParticipantId::FIRST_PROGRAMME);
    assert_eq!(viewer.errand, Errand::View { hears }, "the mixed sound comes with it");
    let (second, _) = come(&stage, COMPOSED, &token).await;
    assert_eq!((first.status, second.status), (201, 201));
    let is_of_camera = |it: &Composition| it.people.iter().any(|one| one.participant == camera.participant);
    let all = ordered(&stage, is_of_camera).await;
    assert_eq!((all.programme, all.width, all.height), (ParticipantId::FIRST_PROGRAMME, 1280, 720));
    let four = json!({
        "type": "set_stage", "layout": "four", "participants": [camera.participant], "free": true,
    });
    chair.done(four).await;
    ordered(&stage, |it| it.tiling == Tiling::Grid2 && is_of_camera(it)).await;
    // What is closed to viewers is not composed either.
    chair.done(json!({"type": "set_stage", "layout": "automatic", "participants": [], "free": false})).await;
    let closed = ordered(&stage, |it| !is_of_camera(it)).await;
    assert_eq!((closed.leg, closed.voice), (all.leg, all.voice), "they are the same streams");
    assert_ne!(all.leg, all.voice);
    for news in [ProgrammeNews::Lost, ProgrammeNews::Shown] {
        let (conference, programme) = (demo(), ParticipantId::FIRST_PROGRAMME);
        stage.happens(MediaEvent::Programme { conference, programme, news }).await;
    }
    let token = bearer(&token);
    for answer in [first, second] {
        let resource = answer.header("location").expect("a resource").to_owned();
        let ended = stage.http().send("DELETE", &resource, &[("authorization", &token)], b"").await;
        assert_eq!(ended.status, 200);
    }
    let stopped =
        |command: &MediaCommand| matches!(command, MediaCommand::StopComposing { .. }).then_some(());
    stage.media.take(stopped).await;
}

#[tokio::test]
async fn browser_asks_for_the_composed_picture_and_is_told_how_it_stands() {
    let stage = Stage::start().await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let leg = open_leg(&stage, &mut chair).await;
    let all = ParticipantId::FIRST_PROGRAMME;
    let wish = json!({
        "type": "watch",
        "wishes": [{"participant": all, "source": "camera", "height_px": 720}],
    });
    chair.done(wish.clone()).await;
    assert_eq!(standing(&mut chair).await, "no_mixer");
    chair.done(json!({"type": "watch", "wishes": []})).await;
    stage.media.has_mixer.store(true, Ordering::Relaxed);
    chair.done(wish).await;
    assert_eq!(standing(&mut chair).await, "making");
    let ordered = ordered(&stage, |_| true).await;
    assert_eq!(ordered.programme, all);
    watched(&stage, leg, all).await;
    for (news, told) in [
        (ProgrammeNews::Shown, "shown"),
        (ProgrammeNews::Lost, "lost"),
        (ProgrammeNews::Shown, "shown"),
        (ProgrammeNews::Refused { refusal: NoProgramme::TooMany { limit: 16 } }, "too_many"),
    ] {
        stage.happens(MediaEvent::Programme { conference: demo(), programme: all, news }).await;
        assert_eq!(standing(&mut chair).await, told);
    }
}

#[tokio::test]
async fn who_is_seen_large_gets_a_picture_without_themselves_once_it_is_there() {
    let stage = Stage::start().await;
    stage.media.has_mixer.store(true, Ordering::Relaxed);
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let chair_leg = open_leg(&stage, &mut chair).await;
    let mut delegate = stage.join("demo", "Đại biểu", Role::Delegate).await;
    let delegate_leg = open_leg(&stage, &mut delegate).await;
    let (all, own) = (ParticipantId::FIRST_PROGRAMME, ParticipantId(ParticipantId::FIRST_PROGRAMME.0 + 1));
    let wish = json!({
        "type": "watch",
        "wishes": [{"participant": all, "source": "camera", "height_px": 720}],
    });
    for (client, leg) in [(&mut chair, chair_leg), (&mut delegate, delegate_leg)] {
        client.done(json!({"type": "set_media", "microphone": true, "camera": true, "screen": false})).await;
        client.done(wish.clone()).await;
        watched(&stage, leg, all).await;
    }
    let shown =
        |programme| MediaEvent::Programme { conference: demo(), programme, news: ProgrammeNews::Shown };
    stage.happens(shown(all)).await;
    chair.done(json!({"type": "grant_floor", "participant": delegate.participant})).await;
    let speaker = ParticipantId(delegate.participant as u32);
    let without = ordered(&stage, |it| it.programme == own).await;
    assert!(without.people.iter().all(|one| one.participant != speaker), "nobody looks at themselves");
    stage.happens(shown(own)).await;
    watched(&stage, delegate_leg, own).await;
    chair.done(json!({"type": "release_floor"})).await;
    watched(&stage, delegate_leg, all).await;
    let stopped = |command: &MediaCommand| match command {
        MediaCommand::StopComposing { programme, .. } => Some(*programme),
        _ => None,
    };
    assert_eq!(stage.media.take(stopped).await, own);
}
