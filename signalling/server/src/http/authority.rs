//! The root of the local certificate authority, for those who install it on their machine.
//!
//! Open to everybody: a root is no secret, and who needs it cannot sign in yet. Its private key
//! never comes here.

use super::App;
use crate::config::LocalRoot;
use crate::protocol::api::{ApiError, Authority};
use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// Columns of a PEM line (RFC 7468 section 2).
const PEM_COLUMNS: usize = 64;

fn root(app: &App) -> Result<&LocalRoot, ApiError> {
    app.config.local_root.as_ref().ok_or(ApiError::NotFound {})
}

/// What a person compares before installing the root.
#[utoipa::path(get, path = "/api/v1/authority", responses(
    (status = 200, body = Authority),
    (status = 404, body = ApiError, description = "the certificate comes from another authority"),
))]
pub(super) async fn describe(State(app): State<Arc<App>>) -> Result<Json<Authority>, ApiError> {
    let root = root(&app)?;
    let name = root.name.clone();
    Ok(Json(Authority { name, sha256: fingerprint(&root.der), expires_at_ms: root.expires_at_ms }))
}

/// For Windows, Android, iOS and macOS, which open it with their own installer.
pub(super) async fn der(State(app): State<Arc<App>>) -> Result<impl IntoResponse, ApiError> {
    Ok(file("application/x-x509-ca-cert", "diem-cau-root.crt", root(&app)?.der.clone()))
}

/// For Firefox and Linux.
pub(super) async fn pem(State(app): State<Arc<App>>) -> Result<impl IntoResponse, ApiError> {
    Ok(file("application/x-pem-file", "diem-cau-root.pem", pem_text(&root(&app)?.der).into_bytes()))
}

fn file(kind: &'static str, name: &str, content: Vec<u8>) -> impl IntoResponse + use<> {
    let headers = [
        (CONTENT_TYPE, kind.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (CACHE_CONTROL, "no-cache".to_owned()),
    ];
    (headers, content)
}

fn pem_text(der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let mut lines = vec!["-----BEGIN CERTIFICATE-----"];
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(PEM_COLUMNS));
        lines.push(line);
        rest = after;
    }
    lines.push("-----END CERTIFICATE-----\n");
    lines.join("\n")
}

/// `AB:CD:…`, as the systems show it.
fn fingerprint(der: &[u8]) -> String {
    let bytes: Vec<String> = Sha256::digest(der).iter().map(|byte| format!("{byte:02X}")).collect();
    bytes.join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_in_pem_is_the_root_in_der() {
        use rustls::pki_types::{CertificateDer, pem::PemObject as _};
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("made");
        let text = pem_text(made.cert.der());
        assert_eq!(CertificateDer::from_pem_slice(text.as_bytes()).expect("PEM"), *made.cert.der());
        assert!(text.lines().all(|line| line.len() <= PEM_COLUMNS));
    }
}
