//! Figures of a conference's media: for the page that watches over it, and as lines of `/metrics`.
//!
//! Handler of `GET /api/v1/conferences/ID/statistics`; `operations` appends the lines of the one
//! conference that is named to it. Asking is what makes series of legs and streams: none is kept,
//! so that their number stays bounded by one conference whatever runs. Asks who may before it looks
//! anything up.

use super::{App, conference_id};
use crate::auth::Identity;
use crate::meetings;
use crate::protocol::api::ApiError;
use crate::protocol::statistics::{
    ConferenceStatistics, LinkStatistics, ParticipantStatistics, ProgrammeStatistics, StreamStatistics,
};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use conference::role::may;
use conference::{Act, Role};
use media_control::ConferenceId;
use std::fmt::Write as _;
use std::sync::Arc;

/// Everybody's media connection in a conference; for those who may `see_statistics`.
#[utoipa::path(get, path = "/api/v1/conferences/{id}/statistics", params(("id" = String, Path)), responses(
    (status = 200, body = ConferenceStatistics), (status = 401, body = ApiError),
    (status = 403, body = ApiError), (status = 404, body = ApiError), (status = 503, body = ApiError),
))]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<ConferenceStatistics>, ApiError> {
    let id = conference_id(&id)?;
    let who = app.identity(&headers, Some(&id)).await?.ok_or(ApiError::NotSignedIn {})?;
    if let Some(duty) = who.duty {
        return Err(ApiError::DutyFirst { duty });
    }
    if !who.opens(&id) || !may(who.role, Act::SeeStatistics) {
        return Err(ApiError::NotAllowed {});
    }
    let mut statistics = of(&app, &id).await?;
    if runs_the_server(&who) {
        statistics.shards = Some(app.runners.shards().fresh(app.clock.now_ms()));
    }
    Ok(Json(statistics))
}

/// Whether somebody looks after the whole server; a token for one conference does not make anybody so.
pub(super) fn runs_the_server(who: &Identity) -> bool {
    who.only.is_none() && matches!(who.role, Role::Administrator | Role::DutyOperator)
}

/// The figures of `id`; nobody is in a conference that does not run.
async fn of(app: &App, id: &ConferenceId) -> Result<ConferenceStatistics, ApiError> {
    meetings::find(&app.store, id).await?;
    let at_ms = app.clock.now_ms();
    let told = app.runners.statistics(id).await.map_err(|_behind| ApiError::Busy { retry_s: 2 })?;
    Ok(told.unwrap_or(ConferenceStatistics { at_ms, ..ConferenceStatistics::default() }))
}

/// The legs, streams and composed pictures of one conference as lines of `/metrics`.
pub(super) async fn lines(app: &App, id: &str) -> Result<String, ApiError> {
    let id = conference_id(id)?;
    Ok(written(&id, &of(app, &id).await?))
}

type OfLink = fn(&LinkStatistics) -> f64;

/// Figures of a leg: name, kind, and where it stands.
const OF_LEG: [(&str, &str, OfLink); 16] = [
    ("vc_leg_uplink_bps", "gauge", |l| l.uplink_bps.into()),
    ("vc_leg_downlink_bps", "gauge", |l| l.downlink_bps.into()),
    ("vc_leg_uplink_loss_ratio", "gauge", |l| l.uplink_loss.into()),
    ("vc_leg_downlink_loss_ratio", "gauge", |l| l.downlink_loss.into()),
    ("vc_leg_rtt_ms", "gauge", |l| l.rtt_ms.into()),
    ("vc_leg_jitter_ms", "gauge", |l| l.jitter_ms.into()),
    ("vc_leg_estimate_bps", "gauge", |l| l.estimate_bps.into()),
    ("vc_leg_waiting_packets", "gauge", |l| l.waiting_packets.into()),
    ("vc_leg_paused_pictures", "gauge", |l| l.paused.into()),
    ("vc_leg_asked_again_packets_total", "counter", |l| l.asked_again.into()),
    ("vc_leg_recovered_packets_total", "counter", |l| l.recovered.into()),
    ("vc_leg_nacked_packets_total", "counter", |l| l.nacked.into()),
    ("vc_leg_repaired_packets_total", "counter", |l| l.repaired.into()),
    ("vc_leg_keyframe_requests_total", "counter", |l| l.keyframes_asked.into()),
    ("vc_leg_refused_packets_total", "counter", |l| l.refused.into()),
    ("vc_leg_paced_dropped_packets_total", "counter", |l| l.given_up.into()),
];

type OfStream = fn(&StreamStatistics) -> f64;

/// Figures of a stream.
const OF_STREAM: [(&str, OfStream); 4] = [
    ("vc_stream_bps", |s| s.bps.into()),
    ("vc_stream_loss_ratio", |s| s.loss.into()),
    ("vc_stream_jitter_ms", |s| s.jitter_ms.into()),
    ("vc_stream_height_px", |s| s.height_px.into()),
];

type OfProgramme = fn(&ProgrammeStatistics) -> u32;

/// Figures of a composed picture, of its last second.
const OF_PROGRAMME: [(&str, OfProgramme); 10] = [
    ("vc_programme_encoders", |p| p.encoders.into()),
    ("vc_programme_pictures", |p| p.pictures),
    ("vc_programme_decode_us", |p| p.decode_us),
    ("vc_programme_compose_us", |p| p.compose_us),
    ("vc_programme_encode_us", |p| p.encode_us),
    ("vc_programme_waiting_packets", |p| p.waiting_packets),
    ("vc_programme_late_pictures", |p| p.late_pictures),
    ("vc_programme_keyframes_asked", |p| p.keyframes_asked),
    ("vc_programme_keyframes_wanted", |p| p.keyframes_wanted),
    ("vc_programme_keyframes_sent", |p| p.keyframes_sent),
];

fn written(id: &ConferenceId, statistics: &ConferenceStatistics) -> String {
    let linked = |of: &ParticipantStatistics| Some((of.participant, of.link.clone()?));
    let links: Vec<_> = statistics.participants.iter().filter_map(linked).collect();
    let mut text = String::new();
    // Writing into a string cannot fail.
    for (name, kind, of) in OF_LEG {
        let _ = writeln!(text, "# TYPE {name} {kind}");
        for (participant, link) in &links {
            let (shard, value) = (link.shard, of(link));
            let labels = format!("conference=\"{id}\",participant=\"{participant}\",shard=\"{shard}\"");
            let _ = writeln!(text, "{name}{{{labels}}} {value}");
        }
    }
    for (name, of) in OF_STREAM {
        let _ = writeln!(text, "# TYPE {name} gauge");
        for (participant, link) in &links {
            for stream in &link.streams {
                let (source, layer, value) = (stream.source.mid(), stream.layer.name(), of(stream));
                let place = format!("conference=\"{id}\",participant=\"{participant}\"");
                let _ = writeln!(text, "{name}{{{place},source=\"{source}\",layer=\"{layer}\"}} {value}");
            }
        }
    }
    let programmes = statistics.programmes.as_deref().unwrap_or_default();
    for (name, of) in OF_PROGRAMME.iter().filter(|_| !programmes.is_empty()) {
        let _ = writeln!(text, "# TYPE {name} gauge");
        for one in programmes {
            let (programme, value) = (one.programme, of(one));
            let _ = writeln!(text, "{name}{{conference=\"{id}\",programme=\"{programme}\"}} {value}");
        }
    }
    text
}
