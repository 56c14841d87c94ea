//! Planned meetings: plan, list, today, series, templates, clashes.
//!
//! Handlers that first know who asks; the rules stand in `schedule`.

use super::App;
use super::body::{JsonBody, MaybeJson, WideJson};
use super::planner::{Editing, Planner, Reader};
use crate::protocol::api::ApiError;
use crate::protocol::meetings::{
    Cancellation, CancelledMeetings, Conflict, ConflictCheck, MeetingList, MeetingPlan, MeetingState,
    MeetingTemplate, NewTemplate, PlanChange, PlanChanged, Restoration, RestoredMeetings, SeriesAsked,
    SeriesShown, Today,
};
use crate::schedule::{self, Wanted};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use conference::MeetingKind;
use serde::Deserialize;
use std::sync::Arc;

/// The paths of this file.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/conferences/{id}/plan", get(plan).patch(change))
        .route("/conferences/{id}/cancel", post(cancel))
        .route("/conferences/{id}/restore", post(restore))
        .route("/meetings/conflicts", post(conflicts))
        .route("/series/preview", post(series))
        .route("/meetings", get(list))
        .route("/today", get(today))
        .route("/templates", get(templates).post(save_template))
        .route("/templates/{template}", delete(delete_template))
}

/// The plan of a meeting; for who plans, and for who is invited.
#[utoipa::path(get, path = "/api/v1/conferences/{id}/plan", params(("id" = String, Path)), responses(
    (status = 200, body = MeetingPlan), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError),
))]
pub(super) async fn plan(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<MeetingPlan>, ApiError> {
    let id = super::conference_id(&id);
    let who = app.identity(&headers, id.as_ref().ok()).await?.ok_or(ApiError::NotSignedIn {})?;
    if let Some(duty) = who.duty {
        return Err(ApiError::DutyFirst { duty });
    }
    let is_elsewhere = id.as_ref().is_ok_and(|id| !who.opens(id));
    if who.guest || is_elsewhere || (id.is_err() && !schedule::may_read(&who)) {
        return Err(ApiError::NotAllowed {});
    }
    Ok(Json(schedule::plan_of(&app.desk(), &who, &id?).await?))
}

/// Changes or postpones a meeting, or it and those after it in its series.
#[utoipa::path(patch, path = "/api/v1/conferences/{id}/plan", params(("id" = String, Path)),
    request_body = PlanChange, responses(
    (status = 200, body = PlanChanged), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError), (status = 409, body = ApiError, description = "running, ended or cancelled"),
    (status = 422, body = ApiError),
))]
pub(super) async fn change(
    State(app): State<Arc<App>>,
    editing: Editing,
    WideJson(body): WideJson<PlanChange>,
) -> Result<Json<PlanChanged>, ApiError> {
    Ok(Json(schedule::change(&app.desk(), &editing.who, &editing.id, &body).await?))
}

/// Cancels a meeting, or it and those after it in its series.
#[utoipa::path(post, path = "/api/v1/conferences/{id}/cancel", params(("id" = String, Path)),
    request_body = Option<Cancellation>, responses(
    (status = 200, body = CancelledMeetings), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError), (status = 409, body = ApiError), (status = 422, body = ApiError),
))]
pub(super) async fn cancel(
    State(app): State<Arc<App>>,
    editing: Editing,
    MaybeJson(body): MaybeJson<Cancellation>,
) -> Result<Json<CancelledMeetings>, ApiError> {
    Ok(Json(schedule::cancel(&app.desk(), &editing.who, &editing.id, &body).await?))
}

/// Takes a cancellation back, with those that were cancelled in the same act if that is asked for.
#[utoipa::path(post, path = "/api/v1/conferences/{id}/restore", params(("id" = String, Path)),
    request_body = Option<Restoration>, responses(
    (status = 200, body = RestoredMeetings), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError), (status = 409, body = ApiError),
))]
pub(super) async fn restore(
    State(app): State<Arc<App>>,
    editing: Editing,
    MaybeJson(body): MaybeJson<Restoration>,
) -> Result<Json<RestoredMeetings>, ApiError> {
    Ok(Json(schedule::restore(&app.desk(), &editing.who, &editing.id, &body).await?))
}

/// Who and what is invited elsewhere at the same time.
#[utoipa::path(post, path = "/api/v1/meetings/conflicts", request_body = ConflictCheck, responses(
    (status = 200, body = Vec<Conflict>), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 422, body = ApiError),
))]
pub(super) async fn conflicts(
    State(app): State<Arc<App>>,
    _: Planner,
    WideJson(body): WideJson<ConflictCheck>,
) -> Result<Json<Vec<Conflict>>, ApiError> {
    Ok(Json(schedule::conflicts_of(&app.desk(), &body).await?))
}

/// The times of a series that is only thought of.
#[utoipa::path(post, path = "/api/v1/series/preview", request_body = SeriesAsked, responses(
    (status = 200, body = SeriesShown), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 422, body = ApiError),
))]
pub(super) async fn series(
    _: Planner,
    JsonBody(body): JsonBody<SeriesAsked>,
) -> Result<Json<SeriesShown>, ApiError> {
    let times = schedule::times(body.starts_ms, &body.rule);
    let starts_ms = times.map_err(|wrong| ApiError::BadField { field: format!("rule.{}", wrong.0) })?;
    Ok(Json(SeriesShown { starts_ms }))
}

/// What is looked for.
#[derive(Debug, Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    q: String,
    from_ms: Option<i64>,
    to_ms: Option<i64>,
    state: Option<MeetingState>,
    kind: Option<MeetingKind>,
    #[serde(default)]
    mine: bool,
    #[serde(default)]
    page: u32,
}

/// The meetings that the caller may see, newest first, 50 a page; without diacritics in the search.
#[utoipa::path(get, path = "/api/v1/meetings", params(
    ("q" = Option<String>, Query), ("from_ms" = Option<i64>, Query), ("to_ms" = Option<i64>, Query),
    ("state" = Option<MeetingState>, Query), ("kind" = Option<String>, Query),
    ("mine" = Option<bool>, Query), ("page" = Option<u32>, Query),
), responses(
    (status = 200, body = MeetingList), (status = 400, body = ApiError), (status = 401, body = ApiError),
    (status = 422, body = ApiError),
))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    super::query::Asked(search): super::query::Asked<Search>,
) -> Result<Json<MeetingList>, ApiError> {
    let who = app.signed_in(&headers).await?;
    let Search { q, from_ms, to_ms, state, kind, mine, page } = search;
    let wanted = Wanted { text: q, from_ms, to_ms, state, kind, mine, page };
    Ok(Json(schedule::list(&app.desk(), &who, &wanted).await?))
}

/// Which days are asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Days {
    day: Option<String>,
    #[serde(default = "one")]
    days: u32,
}

const fn one() -> u32 {
    1
}

/// The meetings of a day, or of several, to which the caller is invited or in which their site takes part.
#[utoipa::path(get, path = "/api/v1/today", params(
    ("day" = Option<String>, Query, description = "YYYY-MM-DD"),
    ("days" = Option<u32>, Query, description = "from that day on, 1–31; 1 when left out"),
), responses(
    (status = 200, body = Today), (status = 400, body = ApiError), (status = 401, body = ApiError),
    (status = 422, body = ApiError),
))]
pub(super) async fn today(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    super::query::Asked(Days { day, days }): super::query::Asked<Days>,
) -> Result<Json<Today>, ApiError> {
    let who = app.signed_in(&headers).await?;
    Ok(Json(schedule::today(&app.desk(), &who, day.as_deref(), days).await?))
}

/// All templates by name.
#[utoipa::path(get, path = "/api/v1/templates", responses(
    (status = 200, body = Vec<MeetingTemplate>), (status = 401, body = ApiError), (status = 403, body = ApiError),
))]
pub(super) async fn templates(
    State(app): State<Arc<App>>,
    _: Reader,
) -> Result<Json<Vec<MeetingTemplate>>, ApiError> {
    Ok(Json(schedule::templates(&app.desk()).await?))
}

/// Keeps a template.
#[utoipa::path(post, path = "/api/v1/templates", request_body = NewTemplate, responses(
    (status = 201, body = MeetingTemplate), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError), (status = 409, body = ApiError), (status = 422, body = ApiError),
))]
pub(super) async fn save_template(
    State(app): State<Arc<App>>,
    Planner(who): Planner,
    WideJson(body): WideJson<NewTemplate>,
) -> Result<impl IntoResponse, ApiError> {
    let saved = schedule::save_template(&app.desk(), &who, &body).await?;
    Ok((StatusCode::CREATED, Json(saved)))
}

/// Forgets a template.
#[utoipa::path(delete, path = "/api/v1/templates/{template}", params(("template" = String, Path)), responses(
    (status = 204), (status = 401, body = ApiError), (status = 403, body = ApiError), (status = 404, body = ApiError),
))]
pub(super) async fn delete_template(
    State(app): State<Arc<App>>,
    _: Planner,
    Path(template): Path<String>,
) -> Result<StatusCode, ApiError> {
    schedule::delete_template(&app.desk(), &template).await?;
    Ok(StatusCode::NO_CONTENT)
}
