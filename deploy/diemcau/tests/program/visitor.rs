//! A small HTTPS client that believes every certificate and tells which one it was shown.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest that a test waits for anything.
const DEADLINE: Duration = Duration::from_secs(60);

/// One connection that is kept alive.
pub struct Visitor {
    stream: StreamOwned<ClientConnection, TcpStream>,
}

impl Visitor {
    pub fn connect(port: u16) -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions of the provider")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Believer))
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").expect("a name");
        let mut connection = ClientConnection::new(Arc::new(config), name).expect("a client");
        let mut socket = TcpStream::connect(("127.0.0.1", port)).expect("connects");
        socket.set_read_timeout(Some(DEADLINE)).expect("is set");
        // The handshake alone: who waits for a certificate does not come into the pace of requests.
        connection.complete_io(&mut socket).expect("TLS handshake");
        Self { stream: StreamOwned::new(connection, socket) }
    }

    /// The certificate that was shown to this connection.
    pub fn certificate(&self) -> Vec<u8> {
        self.stream.conn.peer_certificates().expect("a certificate")[0].to_vec()
    }

    /// Sends `bytes`, whatever they are.
    pub fn say(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("is sent");
    }

    /// Reads exactly `len` bytes; `None` when the connection ends before.
    pub fn hear(&mut self, len: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; len];
        self.stream.read_exact(&mut bytes).ok().map(|()| bytes)
    }

    /// Head and body of an answer on the same connection.
    pub fn get(&mut self, path: &str) -> String {
        self.ask("GET", path)
    }

    /// The same for any method, without a body.
    pub fn ask(&mut self, method: &str, path: &str) -> String {
        let request = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n");
        self.say(request.as_bytes());
        let mut answer = Vec::new();
        let mut bytes = [0; 4096];
        loop {
            let read = self.stream.read(&mut bytes).expect("is answered");
            assert!(read > 0, "the connection ended");
            answer.extend_from_slice(&bytes[..read]);
            let text = String::from_utf8_lossy(&answer);
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().ok())?
            });
            if length.is_some_and(|length| body.len() >= length) {
                return text.into_owned();
            }
        }
    }
}

/// The certificate that newcomers are shown.
pub fn shown(port: u16) -> Vec<u8> {
    Visitor::connect(port).certificate()
}

/// Waits until newcomers are shown a certificate for which `is_wanted` holds.
pub fn wait_shown(port: u16, what: &str, is_wanted: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let until = Instant::now() + DEADLINE;
    loop {
        let certificate = shown(port);
        if is_wanted(&certificate) {
            return certificate;
        }
        assert!(Instant::now() < until, "waited too long for {what}");
    }
}

#[derive(Debug)]
struct Believer;

impl ServerCertVerifier for Believer {
    fn verify_server_cert(
        &self,
        _leaf: &CertificateDer<'_>,
        _chain: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _stapled: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _leaf: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _leaf: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        provider.signature_verification_algorithms.supported_schemes()
    }
}
