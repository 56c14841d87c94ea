//! A small HTTPS client for tests: one request per connection, and the WebSocket handshake.

use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::error::Error;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::{WebSocketStream, client_async};

pub type Socket = WebSocketStream<TlsStream<TcpStream>>;

pub struct HttpClient {
    address: SocketAddr,
    tls: TlsConnector,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status");
        Self { status, head, body: bytes[end + 4..].to_vec() }
    }

    /// Every header but those that change from one answer to the next, sorted, one a line.
    pub fn head_lines(&self) -> String {
        let passing = ["date", "content-length", "last-modified", "etag"];
        let kept = self.head.lines().skip(1).filter(|line| {
            let name = line.split(':').next().unwrap_or_default().to_lowercase();
            !passing.contains(&name.as_str())
        });
        let mut lines: Vec<_> = kept.map(str::to_owned).collect();
        lines.sort();
        lines.join("\n")
    }

    pub fn header<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.headers(name).next()
    }

    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.head.lines().filter_map(move |line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    pub fn error(&self) -> String {
        self.json()["error"].as_str().expect("an error code").to_owned()
    }

    /// The `name=value` of a cookie that was set.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let line = self.headers("set-cookie").find(|line| line.starts_with(name))?;
        Some(line.split(';').next()?.to_owned())
    }
}

impl HttpClient {
    pub fn new(address: SocketAddr, certificate: Vec<u8>) -> Self {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from(certificate)).expect("a certificate");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions of the provider")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { address, tls: TlsConnector::from(Arc::new(config)) }
    }

    pub fn origin(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// Offers `protocol` in its TLS handshakes.
    pub fn offering(mut self, protocol: &[u8]) -> Self {
        let mut config = self.tls.config().as_ref().clone();
        config.alpn_protocols = vec![protocol.to_vec()];
        self.tls = TlsConnector::from(Arc::new(config));
        self
    }

    pub async fn stream(&self) -> TlsStream<TcpStream> {
        self.try_stream().await.expect("TLS handshake")
    }

    pub async fn try_stream(&self) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(self.address).await.expect("connects");
        let name = ServerName::try_from("localhost").expect("a name");
        self.tls.connect(name, stream).await
    }

    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
        let host = format!("localhost:{}", self.address.port());
        let is_named = headers.iter().any(|(name, _)| *name == "host");
        let named = (!is_named).then_some(("host", host.as_str()));
        for (name, value) in headers.iter().chain(&named) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let mut stream = self.stream().await;
        let _ = stream.write_all(head.as_bytes()).await;
        // The server may refuse before it has read a large body.
        let _ = stream.write_all(body).await;
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes).await;
        Answer::parse(&bytes)
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, b"").await
    }

    /// Posts JSON as a page of ours does.
    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let origin = self.origin();
        let mut all = vec![("origin", origin.as_str()), ("content-type", "application/json")];
        all.extend(headers);
        self.send("POST", path, &all, body.to_string().as_bytes()).await
    }

    /// Upgrades to the protocol; the status and error code when refused.
    pub async fn websocket(
        &self,
        conference: &str,
        headers: &[(&str, &str)],
    ) -> Result<Socket, (u16, String)> {
        self.upgrade(conference, headers, Some("diemcau.v1")).await
    }

    pub async fn upgrade(
        &self,
        conference: &str,
        headers: &[(&str, &str)],
        subprotocol: Option<&'static str>,
    ) -> Result<Socket, (u16, String)> {
        let port = self.address.port();
        let url = format!("wss://localhost:{port}/api/v1/conferences/{conference}/ws");
        let mut request = url.into_client_request().expect("a URL");
        if let Some(subprotocol) = subprotocol {
            let value = HeaderValue::from_static(subprotocol);
            request.headers_mut().insert("sec-websocket-protocol", value);
        }
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            request.headers_mut().insert(name, HeaderValue::from_str(value).expect("a value"));
        }
        match client_async(request, self.stream().await).await {
            Ok((socket, _)) => Ok(socket),
            Err(Error::Http(answer)) => {
                let body = answer.body().clone().unwrap_or_default();
                let body: Value = serde_json::from_slice(&body).unwrap_or_default();
                let error = body["error"].as_str().unwrap_or_default().to_owned();
                Err((answer.status().as_u16(), error))
            }
            Err(error) => panic!("handshake failed: {error}"),
        }
    }
}
