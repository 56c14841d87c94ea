//! Invitations of a meeting, the people who can be invited, and the outbox of mails.
//!
//! Handlers that first know who asks; the rules stand in `invitations`.

use super::App;
use super::body::{JsonBody, MaybeJson, WideJson, read_one_of};
use super::planner::{Editing, Planner};
use super::query::Asked;
use crate::invitations::{self, InvitedLines, MAIL, MAX_FILE_BYTES, XLSX};
use crate::people::FileProblem;
use crate::protocol::api::ApiError;
use crate::protocol::invitations::{
    DeliveryState, GivenAnswer, Invitation, InvitationChange, InvitationShown, InvitePeople, InvitedFile,
    InvitedLine, InvitedLineProblem, MailServerState, OutboxLine, PersonFound, SendInvitations,
    SentInvitations,
};
use crate::store::{Dispatches as _, Inviting as _, People as _};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, patch, post, put};
use axum::{Json, Router};
use media_control::ConferenceId;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;

/// People found at once.
const FOUND_LIMIT: usize = 30;
/// A mail that is tried again by hand is worth it for so long.
const AGAIN_MS: i64 = 24 * 60 * 60 * 1000;

/// The paths of this file.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/conferences/{id}/invitations", get(list).post(add))
        .route("/conferences/{id}/invitations/send", post(send))
        .route("/conferences/{id}/invitations/import", post(import))
        .route("/conferences/{id}/invitations/{invitation}", patch(set_role).delete(withdraw))
        .route("/conferences/{id}/answer", put(answer))
        .route("/people", get(people))
        .route("/outbox", get(outbox))
        .route("/outbox/{mail}/retry", post(retry))
        .route("/mail", get(mail))
}

/// Everybody who is invited, with their answers and newest mails.
#[utoipa::path(get, path = "/api/v1/conferences/{id}/invitations", params(("id" = String, Path)), responses(
    (status = 200, body = Vec<Invitation>), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError),
))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    editing: Editing,
) -> Result<Json<Vec<Invitation>>, ApiError> {
    Ok(Json(invitations::list(&app.desk(), &editing.id).await?))
}

/// Invites more people; who is invited already is left out.
#[utoipa::path(post, path = "/api/v1/conferences/{id}/invitations", params(("id" = String, Path)),
    request_body = InvitePeople, responses(
    (status = 200, body = Vec<Invitation>), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError), (status = 409, body = ApiError), (status = 422, body = ApiError),
))]
pub(super) async fn add(
    State(app): State<Arc<App>>,
    editing: Editing,
    WideJson(body): WideJson<InvitePeople>,
) -> Result<Json<Vec<Invitation>>, ApiError> {
    Ok(Json(invitations::add(&app.desk(), &editing.id, &body.people).await?))
}

/// Sends the invitations that were not sent, or those that are named, or to all who have not answered.
#[utoipa::path(post, path = "/api/v1/conferences/{id}/invitations/send", params(("id" = String, Path)),
    request_body = Option<SendInvitations>, responses(
    (status = 200, body = SentInvitations), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError), (status = 409, body = ApiError),
))]
pub(super) async fn send(
    State(app): State<Arc<App>>,
    editing: Editing,
    MaybeJson(body): MaybeJson<SendInvitations>,
) -> Result<Json<SentInvitations>, ApiError> {
    Ok(Json(invitations::send(&app.desk(), &editing.id, &body).await?))
}

/// Reads a file of people to invite, CSV or XLSX; nothing of it is kept.
#[utoipa::path(post, path = "/api/v1/conferences/{id}/invitations/import", params(("id" = String, Path)),
    request_body(content(
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    )), responses(
    (status = 200, body = InvitedFile), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError), (status = 413, body = ApiError), (status = 415, body = ApiError),
    (status = 422, body = ApiError, description = "cannot be read"),
))]
pub(super) async fn import(
    State(app): State<Arc<App>>,
    _: Editing,
    request: Request,
) -> Result<Json<InvitedFile>, ApiError> {
    let (kind, bytes) = read_one_of(request, ["text/csv", XLSX], MAX_FILE_BYTES).await?;
    // A workbook is unpacked, which may take a while; what its reader cannot bear is no workbook.
    let reading = tokio::task::spawn_blocking(move || match kind {
        XLSX => invitations::read_workbook(&bytes),
        _ => invitations::read_file(&bytes),
    });
    let read = reading.await.unwrap_or(Err(FileProblem::NotAWorkbook {}));
    let InvitedLines { people, mut problems } = read.map_err(|file| ApiError::BadFile { file })?;
    let mut kept = Vec::with_capacity(people.len());
    for (line, person) in people {
        let unknown = match &person.user {
            Some(user) => app.store.account_of_user(&crate::auth::folded_user(user)).await?.is_none(),
            None => false,
        };
        if unknown {
            problems.push(InvitedLine { line, problem: InvitedLineProblem::NoSuchUser });
        } else {
            kept.push(person);
        }
    }
    problems.sort_by_key(|problem| problem.line);
    Ok(Json(InvitedFile { people: kept, problems }))
}

/// The meeting and invitation of a path.
#[derive(Debug, Deserialize)]
pub(super) struct Named {
    invitation: String,
}

/// Changes what somebody is invited as.
#[utoipa::path(patch, path = "/api/v1/conferences/{id}/invitations/{invitation}",
    params(("id" = String, Path), ("invitation" = String, Path)), request_body = InvitationChange, responses(
    (status = 200, body = Invitation), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 404, body = ApiError),
))]
pub(super) async fn set_role(
    State(app): State<Arc<App>>,
    editing: Editing,
    Path(Named { invitation }): Path<Named>,
    JsonBody(body): JsonBody<InvitationChange>,
) -> Result<Json<Invitation>, ApiError> {
    Ok(Json(invitations::set_role(&app.desk(), &editing.id, &invitation, body.role).await?))
}

/// Takes an invitation back; who was written to is told.
#[utoipa::path(delete, path = "/api/v1/conferences/{id}/invitations/{invitation}",
    params(("id" = String, Path), ("invitation" = String, Path)), responses(
    (status = 204), (status = 401, body = ApiError), (status = 403, body = ApiError), (status = 404, body = ApiError),
))]
pub(super) async fn withdraw(
    State(app): State<Arc<App>>,
    editing: Editing,
    Path(Named { invitation }): Path<Named>,
) -> Result<StatusCode, ApiError> {
    invitations::withdraw(&app.desk(), &editing.id, &invitation).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The caller's own answer to their invitation.
#[utoipa::path(put, path = "/api/v1/conferences/{id}/answer", params(("id" = String, Path)),
    request_body = GivenAnswer, responses(
    (status = 200, body = InvitationShown), (status = 401, body = ApiError), (status = 404, body = ApiError),
    (status = 409, body = ApiError), (status = 422, body = ApiError),
))]
pub(super) async fn answer(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<GivenAnswer>,
) -> Result<Json<InvitationShown>, ApiError> {
    let who = app.signed_in(&headers).await?;
    let id = super::conference_id(&id)?;
    let row = invitations::own_invitation(&app.desk(), &who, &id).await?;
    let row = invitations::answer(&app.desk(), row, &body).await?;
    Ok(Json(invitations::shown(&app.desk(), &row).await?))
}

/// What is looked for.
#[derive(Debug, Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    q: String,
}

/// Accounts whose name, unit or login holds the words, without diacritics; for who plans.
#[utoipa::path(get, path = "/api/v1/people", params(("q" = Option<String>, Query)), responses(
    (status = 200, body = Vec<PersonFound>), (status = 401, body = ApiError), (status = 403, body = ApiError),
))]
pub(super) async fn people(
    State(app): State<Arc<App>>,
    _: Planner,
    Asked(Search { q }): Asked<Search>,
) -> Result<Json<Vec<PersonFound>>, ApiError> {
    let wanted = crate::folding::fold(&q);
    let accounts = app.store.accounts().await?.into_iter().filter(|account| !account.disabled);
    let all = |account: &crate::store::Account| {
        let words = format!("{} {} {}", account.person.name, account.person.unit, account.user);
        crate::folding::fold(&words).contains(&wanted)
    };
    let found: Vec<_> = accounts.filter(all).take(FOUND_LIMIT).collect();
    let ids: Vec<_> = found.iter().map(|account| account.person.id).collect();
    let mut book: HashMap<_, _> = app.store.addresses(&ids).await?.into_iter().collect();
    let shown = found.into_iter().map(|account| PersonFound {
        person: account.person.id.to_string(),
        user: account.user,
        name: account.person.name,
        unit: account.person.unit,
        role: account.role,
        email: book.remove(&account.person.id).unwrap_or_default(),
    });
    Ok(Json(shown.collect()))
}

/// Which mails are asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Mails {
    conference: Option<String>,
    state: Option<DeliveryState>,
    #[serde(default)]
    before: u64,
}

/// Mails that wait or were sent, newest first.
#[utoipa::path(get, path = "/api/v1/outbox", params(
    ("conference" = Option<String>, Query), ("state" = Option<DeliveryState>, Query),
    ("before" = Option<u64>, Query),
), responses(
    (status = 200, body = Vec<OutboxLine>), (status = 400, body = ApiError), (status = 401, body = ApiError),
    (status = 403, body = ApiError), (status = 404, body = ApiError),
))]
pub(super) async fn outbox(
    State(app): State<Arc<App>>,
    Planner(who): Planner,
    Asked(Mails { conference, state, before }): Asked<Mails>,
) -> Result<Json<Vec<OutboxLine>>, ApiError> {
    let named = conference.as_deref().map(ConferenceId::new).transpose();
    let named = named.map_err(|_| ApiError::NoSuchConference {})?;
    // The bearer of a token sees the meeting of the token.
    let conference = who.only.as_ref().or(named.as_ref());
    Ok(Json(invitations::outbox(&app.desk(), conference, state, before).await?))
}

/// Tries a mail again that was refused or given up.
#[utoipa::path(post, path = "/api/v1/outbox/{mail}/retry", params(("mail" = String, Path)), responses(
    (status = 204), (status = 401, body = ApiError), (status = 403, body = ApiError), (status = 404, body = ApiError),
))]
pub(super) async fn retry(
    State(app): State<Arc<App>>,
    Planner(who): Planner,
    Path(mail): Path<String>,
) -> Result<StatusCode, ApiError> {
    if who.only.is_some() {
        return Err(ApiError::NotAllowed {});
    }
    let id: u64 = mail.parse().map_err(|_| ApiError::NotFound {})?;
    let now = app.desk().now;
    let again = app.store.try_again(MAIL, id, now, now.plus_ms(AGAIN_MS)).await?;
    app.outbox_bell.notify_one();
    if again { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::NotFound {}) }
}

/// Whether a mail server is set.
#[utoipa::path(get, path = "/api/v1/mail", responses(
    (status = 200, body = MailServerState), (status = 401, body = ApiError), (status = 403, body = ApiError),
))]
pub(super) async fn mail(State(app): State<Arc<App>>, _: Planner) -> Json<MailServerState> {
    let from = app.config.mail.as_ref().map(|mail| mail.from.clone());
    Json(MailServerState { configured: from.is_some(), from: from.unwrap_or_default() })
}
