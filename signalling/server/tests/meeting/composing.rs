//! The composed picture: ordered for the first who looks at it, as the stage has it, ended after the last.

use crate::client::Client;
use crate::stage::{Stage, bearer, demo};
use crate::visitors::{come, post};
use conference::Role;
use media_control::{
    Composition, Errand, LegId, MediaCommand, MediaEvent, NoProgramme, ParticipantId, ProgrammeFigures,
    ProgrammeNews, ShardId, Source, Tiling,
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

/// What the mixer says of the picture for all.
async fn tells(stage: &Stage, news: ProgrammeNews) {
    let programme = ParticipantId::FIRST_PROGRAMME;
    stage.happens(MediaEvent::Programme { conference: demo(), programme, news }).await;
}

#[tokio::test]
async fn player_hears_why_there_is_no_picture_and_when_to_come_again() {
    let stage = Stage::start().await;
    stage.media.has_mixer.store(true, Ordering::Relaxed);
    let token = stage.token("demo", "Màn hình sảnh", Role::Listener).await;
    for (refusal, why) in [
        (NoProgramme::TooMany { limit: 16 }, "too_many"),
        (NoProgramme::NoTime, "too_many"),
        (NoProgramme::NoEncoder, "no_encoder"),
    ] {
        let refuses = async {
            ordered(&stage, |_| true).await;
            tells(&stage, ProgrammeNews::Refused { refusal }).await;
        };
        let ((answer, _), ()) = tokio::join!(come(&stage, COMPOSED, &token), refuses);
        let told = answer.json();
        assert_eq!((answer.status, &told["error"], &told["why"]), (503, &json!("not_composed"), &json!(why)));
        assert_eq!(answer.header("retry-after"), Some("30"), "{told}");
        // Nobody looks any more.
        let stopped =
            |command: &MediaCommand| matches!(command, MediaCommand::StopComposing { .. }).then_some(());
        stage.media.take(stopped).await;
    }
    let shows = async {
        ordered(&stage, |_| true).await;
        tells(&stage, ProgrammeNews::Shown).await;
    };
    let ((answer, _), ()) = tokio::join!(come(&stage, COMPOSED, &token), shows);
    assert_eq!(answer.status, 201, "there is room again");
}

#[tokio::test]
async fn what_a_composed_picture_takes_stands_in_the_figures_of_its_conference() {
    let stage = Stage::start().await;
    stage.media.has_mixer.store(true, Ordering::Relaxed);
    let token = stage.token("demo", "Màn hình sảnh", Role::Listener).await;
    let shows = async {
        ordered(&stage, |_| true).await;
        tells(&stage, ProgrammeNews::Shown).await;
    };
    let ((answer, _), ()) = tokio::join!(come(&stage, COMPOSED, &token), shows);
    assert_eq!(answer.status, 201);
    let figures = ProgrammeFigures { encoders: 2, pictures: 50, encode_us: 90_000, ..Default::default() };
    tells(&stage, ProgrammeNews::Counted { figures }).await;
    let chair = bearer(&stage.token("demo", "Chủ tịch", Role::Chair).await);
    let path = "/api/v1/conferences/demo/statistics";
    let told = stage.http().get(path, &[("authorization", &chair)]).await.json();
    let one = &told["programmes"][0];
    let programme = ParticipantId::FIRST_PROGRAMME.0;
    assert_eq!(
        (&one["programme"], &one["encoders"], &one["encode_us"]),
        (&json!(programme), &json!(2), &json!(90_000))
    );
    let lines = stage.http().get("/metrics?conference=demo", &[]).await;
    let lines = String::from_utf8_lossy(&lines.body).into_owned();
    let line = format!("vc_programme_encode_us{{conference=\"demo\",programme=\"{programme}\"}} 90000");
    assert!(lines.contains(&line), "{lines}");
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
    let (all, own) = (ParticipantId::FIRST_PROGRAMME, ParticipantId(ParticipantId::FIRST_PROGRAMME.0 + 2));
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

#[tokio::test]
async fn mixed_sound_is_for_speakers_and_listeners_once_there_is_some() {
    let stage = Stage::start().await;
    stage.media.has_mixer.store(true, Ordering::Relaxed);
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let chair_leg = open_leg(&stage, &mut chair).await;
    let mut listener = stage.join("demo", "Người theo dõi", Role::Listener).await;
    let listener_leg = open_leg(&stage, &mut listener).await;
    let all = ParticipantId::FIRST_PROGRAMME;
    let wishes = json!([
        {"participant": all, "source": "camera", "height_px": 720},
        {"participant": all, "source": "microphone", "height_px": 0},
    ]);
    for client in [&mut chair, &mut listener] {
        client.done(json!({"type": "watch", "wishes": wishes})).await;
    }
    let told = |leg: LegId, sources: &'static [Source]| {
        move |command: &MediaCommand| match command {
            MediaCommand::Watch { leg: of, wishes } if *of == leg => {
                wishes.iter().map(|it| it.source).eq(sources.iter().copied()).then_some(())
            }
            _ => None,
        }
    };
    for leg in [chair_leg, listener_leg] {
        stage.media.take(told(leg, &[Source::Camera])).await;
    }
    tells(&stage, ProgrammeNews::Shown).await;
    for leg in [chair_leg, listener_leg] {
        stage.media.take(told(leg, &[Source::Camera, Source::Microphone])).await;
    }
}

#[tokio::test]
async fn caption_of_a_site_stands_in_the_picture_and_outlives_a_restart() {
    let stage = crate::running::stage().await;
    stage.media.has_mixer.store(true, Ordering::Relaxed);
    let mut chair = stage.join("hop", "Chủ tịch", Role::Chair).await;
    open_leg(&stage, &mut chair).await;
    let seats = json!([{"seat": 0, "shows": "site", "site": "bg-tan-my"}]);
    chair.done(json!({"type": "arrange_picture", "arrangement": {"tiling": "grid2", "seats": seats}})).await;
    let wish = json!([{"participant": ParticipantId::FIRST_PROGRAMME, "source": "camera", "height_px": 720}]);
    chair.done(json!({"type": "watch", "wishes": wish})).await;
    let names = |name: &'static str| move |it: &Composition| it.people.iter().any(|one| one.name == name);
    ordered(&stage, names("Xã Tân Mỹ")).await;
    // Marks apart from their letters, a line break, a bell: what stands there is one tidy line.
    let caption = " Hội trường\n xa\u{303} Ta\u{302}n My\u{303}\u{7} ";
    chair.done(json!({"type": "set_caption", "site": "bg-tan-my", "caption": caption})).await;
    ordered(&stage, names("Hội trường xã Tân Mỹ")).await;
    let told = chair.delta("sites_changed").await;
    assert_eq!(told["sites"][0]["caption"], "Hội trường xã Tân Mỹ");
    let long = "a".repeat(81);
    for (site, caption, why) in [("xa-la", "A", "no_such_site"), ("bg-tan-my", &long, "text_length")] {
        let request = json!({"type": "set_caption", "site": site, "caption": caption});
        assert_eq!(chair.refused(request).await, why);
    }

    let stage = stage.restart().await;
    let secretary = stage.token("hop", "Thư ký", Role::Secretary).await;
    let headers = bearer(&secretary);
    let shown = stage.http().get("/api/v1/conferences/hop", &[("authorization", &headers)]).await.json();
    assert_eq!(shown["sites"][0]["caption"], "Hội trường xã Tân Mỹ", "{shown}");
    let set = |site: &str| format!("/api/v1/conferences/hop/picture/captions/{site}");
    let listener = stage.token("hop", "Người theo dõi", Role::Listener).await;
    for (token, site, status) in [(&listener, "bg-tan-my", 403), (&secretary, "xa-la", 404)] {
        let answer = crate::running::post(&stage, &set(site), token, &json!({"caption": "A"})).await;
        assert_eq!(answer.status, status);
    }
    let back = crate::running::post(&stage, &set("bg-tan-my"), &secretary, &json!({})).await;
    assert_eq!(
        (back.status, back.json()),
        (200, json!({"site": "bg-tan-my", "shown": "Xã Tân Mỹ", "caption": ""}))
    );
}
