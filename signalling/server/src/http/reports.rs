//! Reports of a meeting to download: roll-call sheet and attendance, as CSV, XLSX and PDF.
//!
//! Handler of `GET /api/v1/conferences/ID/reports/NAME.FORM`, for those who may `see_reports`. Works
//! while the meeting runs and after it has ended.

use super::may::{May, SeeReports};
use super::{App, course};
use crate::journal::decode_event;
use crate::protocol::api::ApiError;
use crate::reports::{Attendance, Form, attendance, roll_call};
use crate::store::{Rows as _, StoreFailure};
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use conference::{Role, TextId, Timestamp};
use media_control::ConferenceId;
use std::collections::HashMap;
use std::sync::Arc;

/// Rows read at once.
const PAGE_ROWS: u32 = 1000;

/// A report: `roll-call` or `attendance`, as `csv`, `xlsx` or `pdf`.
#[utoipa::path(get, path = "/api/v1/conferences/{id}/reports/{file}",
    params(("id" = String, Path), ("file" = String, Path, description = "roll-call or attendance, then .csv, .xlsx or .pdf")),
    responses(
    (status = 200, description = "the report", content_type = "application/octet-stream", body = Vec<u8>),
    (status = 401, body = ApiError), (status = 403, body = ApiError), (status = 404, body = ApiError),
))]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    may: May<SeeReports>,
    Path(path): Path<(String, String)>,
) -> Result<impl IntoResponse, ApiError> {
    let (name, ending) = path.1.rsplit_once('.').ok_or(ApiError::NotFound {})?;
    let form = Form::of(ending).ok_or(ApiError::NotFound {})?;
    // The sheet shows results whatever the reader's role is inside the meeting: that is its purpose.
    let view = course::view(&app, &may.id, Role::Secretary).await?;
    let sheet = match name {
        "roll-call" => roll_call(&view),
        "attendance" => {
            let (folded, texts) = fold(&app, &may.id).await?;
            attendance(&folded, &view, &texts, Timestamp(app.clock.now_ms()))
        }
        _ => return Err(ApiError::NotFound {}),
    };
    // A long table takes some tens of milliseconds.
    let written = tokio::task::spawn_blocking(move || form.write(&sheet)).await;
    let file = written.ok().flatten().ok_or(ApiError::Failure {})?;
    let name = format!("attachment; filename=\"{}-{}\"", may.id, path.1);
    Ok(([(CONTENT_TYPE, form.kind().to_owned()), (CONTENT_DISPOSITION, name)], file))
}

/// Attendance out of the whole journal of a conference, with the words of it that are not erased.
async fn fold(app: &App, id: &ConferenceId) -> Result<(Attendance, HashMap<TextId, String>), ApiError> {
    let mut folded = Attendance::default();
    let mut next = 1;
    loop {
        let rows = app.store.rows(id, next, PAGE_ROWS).await?;
        for row in &rows {
            let event = decode_event(row.version, &row.body)
                .map_err(|_| ApiError::from(StoreFailure::Unreadable { column: "body" }))?;
            folded.apply(row.at, &event);
            next = row.seq + 1;
        }
        if rows.len() < PAGE_ROWS as usize {
            break;
        }
    }
    let texts = app.store.texts(id, &folded.texts()).await?.into_iter().collect();
    Ok((folded, texts))
}
