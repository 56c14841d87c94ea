//! The composed picture: ordered for the first who looks at it, as the stage has it, ended after the last.

use crate::stage::{Stage, bearer, demo};
use crate::visitors::{come, post};
use conference::Role;
use media_control::{Composition, MediaCommand, MediaEvent, ParticipantId, ProgrammeNews, Tiling};
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
    let (first, _) = come(&stage, COMPOSED, &token).await;
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
    assert_eq!(closed.leg, all.leg, "it is the same stream");
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
