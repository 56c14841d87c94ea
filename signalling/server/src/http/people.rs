//! Import of people and units from a CSV file: a dry run first, then the same plan for good.
//!
//! Handler of `/api/v1/people/import`, for administrators and, within their unit, unit
//! administrators. Permission is asked before the file is read. One-time codes are told once, to who
//! imported, and are never logged.

use super::App;
use super::query::Asked;
use crate::auth::cookie::{self, SESSION_COOKIE};
use crate::auth::{Activity, SignedIn};
use crate::people::{self, FileKind, ImportFailure, Line, Outcome, Scope};
use crate::protocol::api::ApiError;
use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use conference::{Role, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use ts_rs::TS;
use utoipa::ToSchema;

/// Longest that a file may take to arrive.
const FILE_TIME: Duration = Duration::from_secs(25);
/// Rows that are shown beside the refused ones, which are all shown.
const SHOWN_LIMIT: usize = 300;

/// Answer of `POST /people/import`.
#[derive(Serialize, TS, ToSchema)]
pub struct ImportReport {
    pub kind: FileKind,
    /// `,`, `;` or a tab.
    pub separator: String,
    /// Columns that are not understood and not used.
    pub ignored_columns: Vec<String>,
    pub added: u32,
    pub changed: u32,
    pub unchanged: u32,
    pub refused: u32,
    /// Every refused row, and the first of the others that change something.
    pub lines: Vec<Line>,
    /// Name of this plan: send it as `apply` to carry it out.
    pub plan: String,
    /// It was carried out.
    pub applied: bool,
    /// Codes of new accounts, for their first sign-in; told this once.
    pub codes: Vec<NewCode>,
}

/// The code with which a new account signs in for the first time.
#[derive(Serialize, TS, ToSchema)]
pub struct NewCode {
    pub user: String,
    pub name: String,
    pub unit: String,
    pub code: String,
}

/// Whether to carry it out.
#[derive(Debug, Deserialize)]
pub(super) struct Apply {
    /// Name of the plan that was shown; without it nothing is changed.
    apply: Option<String>,
}

fn scope_of(who: &SignedIn) -> Result<Scope, ApiError> {
    let account = &who.account;
    match account.role {
        Role::Administrator => Ok(Scope::Everybody(Some(account.person.id))),
        Role::UnitAdministrator => Ok(Scope::OwnUnit {
            person: account.person.id,
            code: account.unit_code.clone(),
            name: account.person.unit.clone(),
        }),
        _ => Err(ApiError::NotAllowed {}),
    }
}

fn refused(failure: ImportFailure) -> ApiError {
    match failure {
        ImportFailure::File(file) => ApiError::BadFile { file },
        ImportFailure::UnitsNotAllowed => ApiError::NotAllowed {},
        ImportFailure::PlanChanged => ApiError::PlanChanged {},
        ImportFailure::Store(failure) => failure.into(),
    }
}

/// Shows what a file of people or units would change, or changes it.
#[utoipa::path(post, path = "/api/v1/people/import", params(("apply" = Option<String>, Query)),
    request_body(content = String, content_type = "text/csv"), responses(
    (status = 200, body = ImportReport), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 409, body = ApiError, description = "not the plan that was shown"),
    (status = 413, body = ApiError), (status = 422, body = ApiError, description = "cannot be read"),
))]
pub(super) async fn import(
    State(app): State<Arc<App>>,
    Asked(Apply { apply }): Asked<Apply>,
    headers: HeaderMap,
    request: Request,
) -> Result<Json<ImportReport>, ApiError> {
    let token = cookie::read(&headers, SESSION_COOKIE).ok_or(ApiError::NotSignedIn {})?;
    let who = app.sign_in.signed_in(token, Activity::Person).await?.ok_or(ApiError::NotSignedIn {})?;
    if let Some(duty) = who.duty {
        return Err(ApiError::DutyFirst { duty });
    }
    let scope = scope_of(&who)?;
    let bytes = body_of(&app, &headers, request).await?;
    let (table, plan, name) = people::plan_of(&app.store, bytes, &scope).await.map_err(refused)?;
    let mut report = ImportReport {
        kind: table.kind,
        separator: table.separator.to_string(),
        ignored_columns: table.ignored,
        added: count(&plan, Outcome::Added),
        changed: count(&plan, Outcome::Changed),
        unchanged: count(&plan, Outcome::Unchanged),
        refused: count(&plan, Outcome::Refused),
        lines: shown(&plan),
        plan: name,
        applied: false,
        codes: Vec::new(),
    };
    if let Some(wanted) = apply {
        if wanted != report.plan {
            return Err(ApiError::PlanChanged {});
        }
        let now = Timestamp(app.clock.now_ms());
        let codes = people::apply(&app.store, &app.config.server_key, plan, now).await.map_err(refused)?;
        tracing::info!(person = %who.account.person.id, added = report.added, "people imported");
        report.applied = true;
        report.codes = codes
            .into_iter()
            .map(|code| NewCode { user: code.user, name: code.name, unit: code.unit, code: code.code })
            .collect();
    }
    Ok(Json(report))
}

async fn body_of(app: &App, headers: &HeaderMap, request: Request) -> Result<Vec<u8>, ApiError> {
    // A form of another site cannot send this type without asking first (CORS preflight).
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("text/csv")) {
        return Err(ApiError::Malformed { detail: "content type is not CSV".to_owned() });
    }
    let limit = app.config.limits.import_bytes;
    match tokio::time::timeout(FILE_TIME, to_bytes(request.into_body(), limit)).await {
        Ok(Ok(body)) => Ok(body.into()),
        Ok(Err(_)) => Err(ApiError::TooLarge { limit: u32::try_from(limit).unwrap_or(u32::MAX) }),
        Err(_) => Err(ApiError::Malformed { detail: "body came too slowly".to_owned() }),
    }
}

fn count(plan: &people::Plan, outcome: Outcome) -> u32 {
    u32::try_from(plan.count(outcome)).unwrap_or(u32::MAX)
}

fn shown(plan: &people::Plan) -> Vec<Line> {
    let mut others = 0;
    let mut is_shown = |line: &Line| match line.outcome {
        Outcome::Refused => true,
        Outcome::Unchanged => false,
        Outcome::Added | Outcome::Changed => {
            others += 1;
            others <= SHOWN_LIMIT
        }
    };
    plan.lines.iter().filter(|line| is_shown(line)).cloned().collect()
}
