//! Health, readiness and metrics for those who run the server.
//!
//! `/healthz` says that the process answers, `/readyz` that it can work, `/metrics` how it fares.

use super::{App, statistics};
use crate::protocol::api::ApiError;
use crate::store::Facts as _;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde::Deserialize;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();

/// The process's metrics; installs the recorder at the first call.
///
/// # Panics
/// When something else has installed a recorder before: two recorders are a bug of the program.
pub fn metrics_handle() -> PrometheusHandle {
    let install = || PrometheusBuilder::new().install_recorder().expect("the only recorder");
    METRICS.get_or_init(install).clone()
}

pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

pub(super) async fn readyz(State(app): State<Arc<App>>) -> Result<&'static str, ApiError> {
    app.store.ping().await?;
    Ok("ready\n")
}

/// What is asked for beside the totals.
#[derive(Debug, Deserialize)]
pub(super) struct Detail {
    /// The conference whose legs and streams are told one by one.
    conference: Option<String>,
}

/// For the machine itself and for those who run it; the figures tell how many people meet.
pub(super) async fn metrics(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Query(Detail { conference }): Query<Detail>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    if !app.address(peer, &headers).is_loopback() {
        let who = app.signed_in(&headers).await?;
        if !statistics::runs_the_server(&who) {
            return Err(ApiError::NotAllowed {});
        }
    }
    let mut text = metrics_handle().render();
    if let Some(conference) = conference {
        text.push_str(&statistics::lines(&app, &conference).await?);
    }
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(CONTENT_TYPE, kind)], text))
}
