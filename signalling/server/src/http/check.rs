//! The connection test: clock, bandwidth, reach of the media port, and the report with its id.
//!
//! Handlers under `/api/v1/check`; open to everybody, because who cannot sign in needs the test most.
//! Bounded so that no test is felt in a meeting: see the limits below.

use super::App;
use super::body::JsonBody;
use super::query::Asked;
use crate::private::Private;
use crate::protocol::api::{
    ApiError, CheckAnswer, CheckClock, CheckGrade, CheckLeg, CheckReceipt, CheckReport, CheckUploaded,
};
use crate::runner::NoReach;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use futures_util::StreamExt as _;
use serde::Deserialize;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bandwidth probes at once, both ways together.
const PROBES: usize = 8;
/// Most bytes of one probe.
const PROBE_BYTES: usize = 4 << 20;
/// A probe moves one chunk in [`CHUNK_TIME`] at most: 25 Mbit/s, more than a meeting takes.
const CHUNK_BYTES: usize = 64 << 10;
const CHUNK_TIME: Duration = Duration::from_millis(20);
/// An upload that takes longer is cut off; what came until then is told.
const UPLOAD_TIME: Duration = Duration::from_secs(12);
/// Longest name of a browser in a report, in characters.
const BROWSER_LIMIT: usize = 200;
/// Most lines of a report.
const LINES_LIMIT: usize = 24;
/// Longest answer SDP of a check leg, in bytes: Chromium's to five video codecs has 42 kB.
const SDP_LIMIT: usize = 60 << 10;

/// Places for bandwidth probes.
pub(crate) struct Probes(Arc<Semaphore>);

impl Probes {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(PROBES)))
    }

    fn take(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        self.0.clone().try_acquire_owned().map_err(|_| {
            metrics::counter!("vc_check_refused_total").increment(1);
            ApiError::Busy { retry_s: 5 }
        })
    }
}

/// The server's time, for the difference of clocks.
#[utoipa::path(get, path = "/api/v1/check/clock", responses((status = 200, body = CheckClock)))]
pub(super) async fn clock(State(app): State<Arc<App>>) -> Json<CheckClock> {
    Json(CheckClock { server_time_ms: app.clock.now_ms() })
}

/// How much is wanted.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    bytes: usize,
}

/// That many bytes, for the bandwidth towards the browser.
#[utoipa::path(get, path = "/api/v1/check/download", params(("bytes" = usize, Query)), responses(
    (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
    (status = 429, body = ApiError), (status = 503, body = ApiError),
))]
pub(super) async fn download(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Asked(Wanted { bytes }): Asked<Wanted>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    app.rates.check(app.address(peer, &headers))?;
    let permit = app.probes.take()?;
    // Random, so that nothing on the way makes it smaller.
    let mut chunk = vec![0; CHUNK_BYTES];
    rand::fill(&mut chunk[..]);
    let chunk = Bytes::from(chunk);
    let left = bytes.min(PROBE_BYTES);
    let stream = futures_util::stream::unfold((left, permit), move |(left, permit)| {
        let chunk = chunk.clone();
        async move {
            if left == 0 {
                return None;
            }
            tokio::time::sleep(CHUNK_TIME).await;
            let part = chunk.slice(..left.min(CHUNK_BYTES));
            let left = left - part.len();
            Some((Ok::<_, Infallible>(part), (left, permit)))
        }
    });
    Ok(([(CONTENT_TYPE, "application/octet-stream")], Body::from_stream(stream)))
}

/// Takes bytes and forgets them, for the bandwidth towards the server.
#[utoipa::path(post, path = "/api/v1/check/upload", responses(
    (status = 200, body = CheckUploaded), (status = 429, body = ApiError), (status = 503, body = ApiError),
))]
pub(super) async fn upload(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<CheckUploaded>, ApiError> {
    app.rates.check(app.address(peer, &headers))?;
    let _permit = app.probes.take()?;
    let mut parts = body.into_data_stream();
    let mut bytes = 0;
    let read = async {
        while let Some(Ok(part)) = parts.next().await {
            bytes += part.len();
            if bytes > PROBE_BYTES {
                return Err(ApiError::TooLarge { limit: PROBE_BYTES as u32 });
            }
            tokio::time::sleep(CHUNK_TIME.mul_f64(part.len() as f64 / CHUNK_BYTES as f64)).await;
        }
        Ok(())
    };
    match tokio::time::timeout(UPLOAD_TIME, read).await {
        Ok(done) => done?,
        Err(_) => metrics::counter!("vc_check_slow_uploads_total").increment(1),
    }
    Ok(Json(CheckUploaded { bytes: u32::try_from(bytes).unwrap_or(u32::MAX) }))
}

/// Opens a media connection that carries nothing; it ends after 20 s.
#[utoipa::path(post, path = "/api/v1/check/leg", responses(
    (status = 200, body = CheckLeg), (status = 429, body = ApiError), (status = 503, body = ApiError),
))]
pub(super) async fn leg(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Json<CheckLeg>, ApiError> {
    app.rates.check(app.address(peer, &headers))?;
    let (key, sdp, relay) = app.runners.reach().open().await.map_err(no_reach)?;
    Ok(Json(CheckLeg { key, sdp, relay }))
}

/// The browser's answer to a check leg.
#[utoipa::path(post, path = "/api/v1/check/leg/{key}/answer", params(("key" = String, Path)),
    request_body = CheckAnswer, responses((status = 204), (status = 404, body = ApiError)))]
pub(super) async fn answer(
    State(app): State<Arc<App>>,
    Path(key): Path<String>,
    JsonBody(body): JsonBody<CheckAnswer>,
) -> Result<StatusCode, ApiError> {
    if body.sdp.len() > SDP_LIMIT {
        return Err(ApiError::TooLarge { limit: SDP_LIMIT as u32 });
    }
    app.runners.reach().answer(&key, body.sdp).map_err(no_reach)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a check leg before its time.
#[utoipa::path(delete, path = "/api/v1/check/leg/{key}", params(("key" = String, Path)),
    responses((status = 204)))]
pub(super) async fn close(State(app): State<Arc<App>>, Path(key): Path<String>) -> StatusCode {
    app.runners.reach().close(&key);
    StatusCode::NO_CONTENT
}

/// Takes a finished report and gives it the id that support finds in the log.
#[utoipa::path(post, path = "/api/v1/check", request_body = CheckReport, responses(
    (status = 200, body = CheckReceipt), (status = 422, body = ApiError), (status = 429, body = ApiError),
))]
pub(super) async fn report(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<CheckReport>,
) -> Result<Json<CheckReceipt>, ApiError> {
    let address = app.address(peer, &headers);
    app.rates.check(address)?;
    if body.browser.chars().count() > BROWSER_LIMIT {
        return Err(ApiError::TextLength { field: "browser".to_owned(), limit: BROWSER_LIMIT as u32 });
    }
    if body.lines.len() > LINES_LIMIT {
        return Err(ApiError::BadField { field: "lines".to_owned() });
    }
    let id = receipt();
    let worst = body.lines.iter().map(|line| line.grade).max().unwrap_or(CheckGrade::Skipped);
    let lines: Vec<String> = body
        .lines
        .iter()
        .map(|line| format!("{}={}{}", line.step.word(), line.grade.word(), figure(line.figure)))
        .collect();
    tracing::info!(
        check = id,
        worst = worst.word(),
        lines = lines.join(" "),
        browser = body.browser.escape_debug().to_string(),
        address = %Private(address),
        "connection test finished"
    );
    metrics::counter!("vc_check_reports_total", "worst" => worst.word()).increment(1);
    Ok(Json(CheckReceipt { id }))
}

/// Eight letters and digits that nobody mistakes for each other over the telephone.
fn receipt() -> String {
    const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    rand::random::<[u8; 8]>().iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

fn figure(figure: Option<f64>) -> String {
    figure.filter(|f| f.is_finite()).map_or_else(String::new, |f| format!("({f:.0})"))
}

fn no_reach(reason: NoReach) -> ApiError {
    match reason {
        NoReach::Busy => ApiError::Busy { retry_s: 5 },
        NoReach::Unknown => ApiError::NotFound {},
    }
}
