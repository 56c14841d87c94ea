//! Reports of a meeting to download: roll-call sheet, attendance and end report.
//!
//! Handler of `GET /api/v1/conferences/ID/reports/NAME.FORM`, for those who may `see_reports`. Works
//! while the meeting runs and after it has ended.

use super::may::{May, SeeReports};
use super::{App, course};
use crate::journal::decode_event;
use crate::protocol::api::ApiError;
use crate::protocol::end_report::EndReport;
use crate::reports::{Attendance, EndFold, Form, Words, attendance, end_report, end_sheet, roll_call};
use crate::store::{People as _, Rows as _, StoreFailure};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use conference::{Event, Role, TextId, Timestamp};
use media_control::ConferenceId;
use std::collections::HashMap;
use std::sync::Arc;

/// Rows read at once.
const PAGE_ROWS: u32 = 1000;
/// People from outside whose names are looked up for a report.
const PERSONS_LIMIT: usize = 200;

/// A report: `roll-call`, `attendance` or `end`, as `csv`, `xlsx` or `pdf`; `end` also as `json`.
#[utoipa::path(get, path = "/api/v1/conferences/{id}/reports/{file}",
    params(("id" = String, Path), ("file" = String, Path, description = "roll-call, attendance or end, then .csv, .xlsx or .pdf; end.json")),
    responses(
    (status = 200, description = "the report", content_type = "application/octet-stream", body = Vec<u8>),
    (status = 401, body = ApiError), (status = 403, body = ApiError), (status = 404, body = ApiError),
))]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    may: May<SeeReports>,
    Path(path): Path<(String, String)>,
) -> Result<Response, ApiError> {
    if path.1 == "end.json" {
        return Ok(Json(end(&app, &may.id).await?).into_response());
    }
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
        "end" => end_sheet(&end(&app, &may.id).await?),
        _ => return Err(ApiError::NotFound {}),
    };
    // A long table takes some tens of milliseconds.
    let written = tokio::task::spawn_blocking(move || form.write(&sheet)).await;
    let file = written.ok().flatten().ok_or(ApiError::Failure {})?;
    let name = format!("attachment; filename=\"{}-{}\"", may.id, path.1);
    Ok(([(CONTENT_TYPE, form.kind().to_owned()), (CONTENT_DISPOSITION, name)], file).into_response())
}

/// The end report as the journal has it.
async fn end(app: &App, id: &ConferenceId) -> Result<EndReport, ApiError> {
    let view = course::view(app, id, Role::Secretary).await?;
    let mut folded = EndFold::default();
    each_row(app, id, |at, event| folded.apply(at, event)).await?;
    let texts = app.store.texts(id, &folded.texts()).await?.into_iter().collect();
    let mut persons = HashMap::new();
    for person in folded.persons().take(PERSONS_LIMIT) {
        if let Some(known) = app.store.person(person).await? {
            persons.insert(person, known.name);
        }
    }
    let words = Words { texts: &texts, persons: &persons };
    Ok(end_report(&folded, &view, &words, Timestamp(app.clock.now_ms())))
}

/// Reads the whole journal of a conference, row by row.
async fn each_row(
    app: &App,
    id: &ConferenceId,
    mut take: impl FnMut(Timestamp, &Event),
) -> Result<(), ApiError> {
    let mut next = 1;
    loop {
        let rows = app.store.rows(id, next, PAGE_ROWS).await?;
        for row in &rows {
            let event = decode_event(row.version, &row.body)
                .map_err(|_| ApiError::from(StoreFailure::Unreadable { column: "body" }))?;
            take(row.at, &event);
            next = row.seq + 1;
        }
        if rows.len() < PAGE_ROWS as usize {
            return Ok(());
        }
    }
}

/// Attendance out of the whole journal of a conference, with the words of it that are not erased.
async fn fold(app: &App, id: &ConferenceId) -> Result<(Attendance, HashMap<TextId, String>), ApiError> {
    let mut folded = Attendance::default();
    each_row(app, id, |at, event| folded.apply(at, event)).await?;
    let texts = app.store.texts(id, &folded.texts()).await?.into_iter().collect();
    Ok((folded, texts))
}
