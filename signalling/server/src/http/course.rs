//! The course of a meeting for other programs: conference, roll call, floor, microphones.
//!
//! Handlers under `/api/v1/conferences/ID`. Everything goes through the conference's task, so a program
//! and a browser that act at once are in one order; what is refused there is refused here.

use super::body::MaybeJson;
use super::may::{CallRoll, GiveFloor, Join, May, Mute, RaiseHand, SetStage};
use super::{App, refused_to_open};
use crate::auth::Identity;
use crate::meetings;
use crate::protocol::Request;
use crate::protocol::api::ApiError;
use crate::protocol::course::{
    CaptionAct, CaptionStanding, ConferenceDetail, FloorAct, FloorStanding, MarkedSite, MuteAct, Muted,
    PictureAct, PicturesStanding, RollCallStanding, RollCallStart, SiteMark,
};
use crate::runner::{Act, Acted, Input};
use axum::Json;
use axum::extract::{Path, State};
use conference::view::ConferenceView;
use conference::{Role, SiteId};
use media_control::ConferenceId;
use std::sync::Arc;
use tokio::sync::oneshot;

/// Asks the conference and waits until what it decided is kept.
pub(super) async fn act(app: &App, id: &ConferenceId, who: Identity, act: Act) -> Result<Acted, ApiError> {
    let meeting = meetings::find(&app.store, id).await?;
    meetings::act(&app.runners, &meeting, who, act).await
}

/// The conference as `role` may see it.
pub(super) async fn view(app: &App, id: &ConferenceId, role: Role) -> Result<ConferenceView, ApiError> {
    let meeting = meetings::find(&app.store, id).await?;
    let handle = app.runners.open(&meeting).await.map_err(|failure| refused_to_open(&failure))?;
    let (answer, shown) = oneshot::channel();
    let busy = || ApiError::Busy { retry_s: 2 };
    handle.inputs.send(Input::Show { role, answer }).await.map_err(|_| busy())?;
    shown.await.map_err(|_| busy())
}

/// A conference as it stands; results of the roll call only for those who may call it.
#[utoipa::path(get, path = "/api/v1/conferences/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = ConferenceDetail), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError),
))]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    may: May<Join>,
) -> Result<Json<ConferenceDetail>, ApiError> {
    let view = view(&app, &may.id, may.who.role).await?;
    let sites = app.store_sites(&may.id).await?;
    Ok(Json(ConferenceDetail::new(view, sites)))
}

/// Divides the composed picture, for these sites, or for all without any; it follows the stage again (for
/// sites: what all see) without an arrangement.
#[utoipa::path(post, path = "/api/v1/conferences/{id}/picture", params(("id" = String, Path)),
    request_body = PictureAct, responses(
    (status = 200, body = PicturesStanding), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError), (status = 409, body = ApiError), (status = 422, body = ApiError),
))]
pub(super) async fn arrange_picture(
    State(app): State<Arc<App>>,
    may: May<SetStage>,
    super::body::JsonBody(body): super::body::JsonBody<PictureAct>,
) -> Result<Json<PicturesStanding>, ApiError> {
    let PictureAct { sites, arrangement } = body;
    let acted =
        act(&app, &may.id, may.who, Act::Course(Request::ArrangePicture { sites, arrangement })).await?;
    Ok(Json(PicturesStanding { pictures: acted.view.pictures.unwrap_or_default() }))
}

/// Says what the composed picture writes under a site in this meeting; its name again without a caption.
#[utoipa::path(post, path = "/api/v1/conferences/{id}/picture/captions/{site}",
    params(("id" = String, Path), ("site" = String, Path)), request_body = CaptionAct, responses(
    (status = 200, body = CaptionStanding), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError), (status = 409, body = ApiError), (status = 422, body = ApiError),
))]
pub(super) async fn set_caption(
    State(app): State<Arc<App>>,
    may: May<SetStage>,
    Path(path): Path<(String, String)>,
    super::body::JsonBody(body): super::body::JsonBody<CaptionAct>,
) -> Result<Json<CaptionStanding>, ApiError> {
    let site = SiteId::new(&path.1).map_err(|_| ApiError::NoSuchSite {})?;
    let request = Request::SetCaption { site: site.clone(), caption: body.caption };
    let acted = act(&app, &may.id, may.who, Act::Course(request)).await?;
    CaptionStanding::new(&acted.view, &site).map(Json).ok_or(ApiError::NoSuchSite {})
}

/// Begins the roll call, or goes on with a paused one.
#[utoipa::path(post, path = "/api/v1/conferences/{id}/roll-call", params(("id" = String, Path)),
    request_body = Option<RollCallStart>, responses(
    (status = 200, body = RollCallStanding), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError), (status = 409, body = ApiError),
))]
pub(super) async fn start_roll_call(
    State(app): State<Arc<App>>,
    may: May<CallRoll>,
    MaybeJson(body): MaybeJson<RollCallStart>,
) -> Result<Json<RollCallStanding>, ApiError> {
    let request = Request::StartRollCall { failed: body.failed };
    let acted = act(&app, &may.id, may.who, Act::Course(request)).await?;
    Ok(Json(RollCallStanding::new(&acted.view)))
}

/// Keeps the result of a site; from the called site the roll call goes on to the next.
#[utoipa::path(post, path = "/api/v1/conferences/{id}/roll-call/{site}",
    params(("id" = String, Path), ("site" = String, Path)), request_body = SiteMark, responses(
    (status = 200, body = MarkedSite), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError), (status = 409, body = ApiError), (status = 422, body = ApiError),
))]
pub(super) async fn mark_site(
    State(app): State<Arc<App>>,
    may: May<CallRoll>,
    Path(path): Path<(String, String)>,
    super::body::JsonBody(body): super::body::JsonBody<SiteMark>,
) -> Result<Json<MarkedSite>, ApiError> {
    let site = SiteId::new(&path.1).map_err(|_| ApiError::NoSuchSite {})?;
    let (people, names) = body.people()?;
    let SiteMark { result, note, seen_ms, .. } = body;
    let request = Request::MarkSite { site: site.clone(), result, note, people, names, seen_ms };
    let acted = act(&app, &may.id, may.who, Act::Course(request)).await?;
    MarkedSite::new(&acted.view, &site).map(Json).ok_or(ApiError::NoSuchSite {})
}

/// Gives the floor: to the participant, to whoever stands for the site, else to the first of the queue.
#[utoipa::path(post, path = "/api/v1/conferences/{id}/floor/grant", params(("id" = String, Path)),
    request_body = Option<FloorAct>, responses(
    (status = 200, body = FloorStanding), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError), (status = 409, body = ApiError), (status = 422, body = ApiError),
))]
pub(super) async fn grant_floor(
    State(app): State<Arc<App>>,
    may: May<GiveFloor>,
    MaybeJson(body): MaybeJson<FloorAct>,
) -> Result<Json<FloorStanding>, ApiError> {
    let FloorAct { participant, site, queue, speaker, position, limit_ms, seen, .. } = body;
    let site = known_site(site)?;
    let queue = queue.unwrap_or_default();
    let request = Request::GrantFloor { participant, site, queue, speaker, position, limit_ms, seen };
    floor(&app, &may.id, may.who, request).await
}

/// Ends the turn that runs; who speaks may do so too.
#[utoipa::path(post, path = "/api/v1/conferences/{id}/floor/release", params(("id" = String, Path)),
    request_body = Option<FloorAct>, responses(
    (status = 200, body = FloorStanding), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError), (status = 409, body = ApiError),
))]
pub(super) async fn release_floor(
    State(app): State<Arc<App>>,
    may: May<RaiseHand>,
    MaybeJson(body): MaybeJson<FloorAct>,
) -> Result<Json<FloorStanding>, ApiError> {
    floor(&app, &may.id, may.who, Request::ReleaseFloor { seen: body.seen }).await
}

/// Asks for the floor: for oneself, or by those who give it for a participant or a site.
#[utoipa::path(post, path = "/api/v1/conferences/{id}/floor/request", params(("id" = String, Path)),
    request_body = Option<FloorAct>, responses(
    (status = 200, body = FloorStanding), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError), (status = 409, body = ApiError), (status = 422, body = ApiError),
))]
pub(super) async fn request_floor(
    State(app): State<Arc<App>>,
    may: May<RaiseHand>,
    MaybeJson(body): MaybeJson<FloorAct>,
) -> Result<Json<FloorStanding>, ApiError> {
    let FloorAct { participant, site, queue, subject, .. } = body;
    let site = known_site(site)?;
    let queue = queue.unwrap_or_default();
    floor(&app, &may.id, may.who, Request::RequestFloor { participant, site, queue, subject }).await
}

/// Takes a request back, from both queues unless one is named.
#[utoipa::path(post, path = "/api/v1/conferences/{id}/floor/withdraw", params(("id" = String, Path)),
    request_body = Option<FloorAct>, responses(
    (status = 200, body = FloorStanding), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError), (status = 409, body = ApiError),
))]
pub(super) async fn withdraw_floor(
    State(app): State<Arc<App>>,
    may: May<RaiseHand>,
    MaybeJson(body): MaybeJson<FloorAct>,
) -> Result<Json<FloorStanding>, ApiError> {
    let FloorAct { participant, site, queue, .. } = body;
    let site = known_site(site)?;
    floor(&app, &may.id, may.who, Request::WithdrawFloor { participant, site, queue }).await
}

async fn floor(
    app: &App,
    id: &ConferenceId,
    who: Identity,
    request: Request,
) -> Result<Json<FloorStanding>, ApiError> {
    let acted = act(app, id, who, Act::Course(request)).await?;
    Ok(Json(FloorStanding { floor: acted.view.floor }))
}

fn known_site(site: Option<String>) -> Result<Option<SiteId>, ApiError> {
    site.map(|site| SiteId::new(&site).map_err(|_| ApiError::NoSuchSite {})).transpose()
}

/// Mutes everybody but who asks, the chairs, who has the floor, and `except`.
#[utoipa::path(post, path = "/api/v1/conferences/{id}/mute", params(("id" = String, Path)),
    request_body = Option<MuteAct>, responses(
    (status = 200, body = Muted), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError), (status = 409, body = ApiError),
    (status = 422, body = ApiError),
))]
pub(super) async fn mute(
    State(app): State<Arc<App>>,
    may: May<Mute>,
    MaybeJson(body): MaybeJson<MuteAct>,
) -> Result<Json<Muted>, ApiError> {
    let spared = body.targets()?;
    let acted = act(&app, &may.id, may.who, Act::MuteAllBut(spared)).await?;
    Ok(Json(Muted { muted: acted.muted }))
}
