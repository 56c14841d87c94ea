//! One delivery: resolve, check, connect, post, read the status. Bounded in time and bytes.
//!
//! Used by `webhooks` alone. The name is resolved here and the connection goes to the very address that was
//! checked, so that a name which changes its mind in between leads nowhere else. Follows no redirects.

use super::destination::{Destination, may_go_to};
use crate::outbox::Outcome;
use crate::store::DispatchRow;
use conference::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use rustls::pki_types::ServerName;
use sha2::Sha256;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Longest that a delivery may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// Header of the signature: `t=MS,v1=HEX`, HMAC-SHA256 of `MS.BODY` under the secret.
const SIGNATURE: &str = "x-diemcau-signature";

/// What deliveries share.
pub(super) struct Post {
    allowed: Vec<IpNet>,
    tls: TlsConnector,
}

impl Post {
    pub(super) fn new(allowed: Vec<IpNet>) -> Self {
        let mut roots = rustls::RootCertStore::empty();
        // A root that cannot be read is one fewer that is trusted.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions of the provider")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { allowed, tls: TlsConnector::from(Arc::new(config)) }
    }

    /// One attempt at `now`.
    pub(super) async fn send(&self, url: &str, secret: &str, row: &DispatchRow, now: Timestamp) -> Outcome {
        let Ok(to) = Destination::read(url) else { return Outcome::Refused { said: "address".to_owned() } };
        match tokio::time::timeout(PATIENCE, self.post(&to, secret, row, now)).await {
            Ok(Ok(status)) if (200..300).contains(&status) => Outcome::Sent { said: status.to_string() },
            // Gone for good (RFC 9110 section 15.5.11); anything else may be mended.
            Ok(Ok(410)) => Outcome::Refused { said: "410".to_owned() },
            Ok(Ok(status)) => Outcome::Failed { said: status.to_string() },
            Ok(Err(Failed::Forbidden)) => Outcome::Refused { said: "private address".to_owned() },
            Ok(Err(Failed::Other(said))) => Outcome::Failed { said },
            Err(_) => Outcome::Failed { said: "timeout".to_owned() },
        }
    }

    async fn post(
        &self,
        to: &Destination,
        secret: &str,
        row: &DispatchRow,
        now: Timestamp,
    ) -> Result<u16, Failed> {
        let all: Vec<SocketAddr> = tokio::net::lookup_host((to.host.as_str(), to.port)).await?.collect();
        let open = all.iter().copied().find(|address| may_go_to(address.ip(), &self.allowed));
        let address = match (open, all.is_empty()) {
            (Some(address), _) => address,
            (None, false) => return Err(Failed::Forbidden),
            (None, true) => return Err(Failed::Other("no such host".to_owned())),
        };
        let stream = TcpStream::connect(address).await?;
        let request = request(to, secret, row, now).map_err(|failure| Failed::Other(failure.to_string()))?;
        if !to.is_tls {
            return exchange(stream, request).await;
        }
        let name =
            ServerName::try_from(to.host.clone()).map_err(|_| Failed::Other("host name".to_owned()))?;
        exchange(self.tls.connect(name, stream).await?, request).await
    }
}

/// Why there is no status.
enum Failed {
    /// Every address of the host lies where hooks may not go.
    Forbidden,
    Other(String),
}

impl From<std::io::Error> for Failed {
    fn from(failure: std::io::Error) -> Self {
        Self::Other(failure.to_string())
    }
}

impl From<hyper::Error> for Failed {
    fn from(failure: hyper::Error) -> Self {
        Self::Other(failure.to_string())
    }
}

/// The signature of `body` at `at`.
fn signature(secret: &str, at: Timestamp, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("keys of any length (RFC 2104)");
    mac.update(at.0.to_string().as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    format!("t={},v1={}", at.0, hex::encode(mac.finalize().into_bytes()))
}

fn request(
    to: &Destination,
    secret: &str,
    row: &DispatchRow,
    now: Timestamp,
) -> Result<hyper::Request<Full<Bytes>>, hyper::http::Error> {
    hyper::Request::builder()
        .method("POST")
        .uri(&to.path)
        .header("host", to.authority())
        .header("content-type", "application/json")
        .header("user-agent", "diemcau")
        .header("x-diemcau-event", &row.word)
        .header("x-diemcau-delivery", &row.token)
        .header(SIGNATURE, signature(secret, now, &row.body))
        .body(Full::new(Bytes::from(row.body.clone())))
}

/// Sends the request and reads the head of the answer; its body is of no interest.
async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    request: hyper::Request<Full<Bytes>>,
) -> Result<u16, Failed> {
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .max_buf_size(16 * 1024)
        .handshake(TokioIo::new(stream))
        .await?;
    let driving = tokio::spawn(connection);
    let answer = sender.send_request(request).await;
    driving.abort();
    Ok(answer?.status().as_u16())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_is_over_time_and_body() {
        let signed = signature("secret", Timestamp(1), "{}");
        // printf '1.{}' | openssl dgst -sha256 -hmac secret
        assert!(signed.starts_with("t=1,v1=") && signed.len() == 7 + 64, "{signed}");
        assert_ne!(signed[7..], signature("secret", Timestamp(2), "{}")[7..]);
        assert_ne!(signed, signature("secrets", Timestamp(1), "{}"));
    }
}
