//! A small blocking HTTPS client: one request a connection.
//!
//! Used by drivers whose server speaks WHIP, WHEP or a REST API over TLS, and by programs that ask a
//! server for its state. Reads an answer to its end; knows no redirects.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore, SignatureScheme, StreamOwned,
};
use socket2::{Domain, Protocol, Socket, Type};
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Longest wait for a part of an answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest answer.
const MAX_ANSWER: u64 = 16 << 20;

/// Which certificates are believed.
#[derive(Clone, Copy, Debug)]
pub enum Trust<'a> {
    /// Any: for a server that this program has started itself, or that a person vouches for.
    Anyone,
    /// Those under the PEM roots of this file.
    Roots(&'a Path),
}

/// One server, by name and port.
#[derive(Clone)]
pub struct Https {
    host: String,
    port: u16,
    config: Arc<ClientConfig>,
    from: Option<Ipv4Addr>,
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Answer {
    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|it| it == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let body = String::from_utf8_lossy(&bytes[end + 4..]).into_owned();
        Some(Self { status, head, body })
    }
}

impl Https {
    /// # Errors
    /// The system's when the roots cannot be read.
    pub fn new(host: &str, port: u16, trust: Trust<'_>) -> io::Result<Self> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?;
        let config = match trust {
            Trust::Anyone => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Believer(provider)))
                .with_no_client_auth(),
            Trust::Roots(file) => {
                let mut roots = RootCertStore::empty();
                for root in CertificateDer::pem_file_iter(file).map_err(io::Error::other)? {
                    roots.add(root.map_err(io::Error::other)?).map_err(io::Error::other)?;
                }
                builder.with_root_certificates(roots).with_no_client_auth()
            }
        };
        Ok(Self { host: host.to_owned(), port, config: Arc::new(config), from: None })
    }

    /// Comes from this address of the machine from now on.
    #[must_use]
    pub const fn from_address(mut self, from: Ipv4Addr) -> Self {
        self.from = Some(from);
        self
    }

    /// The TLS settings, for a WebSocket to the same server.
    #[must_use]
    pub fn config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.config)
    }

    /// An open TLS connection.
    ///
    /// # Errors
    /// The system's, or of TLS.
    pub fn connect(&self) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
        let name = ServerName::try_from(self.host.clone()).map_err(io::Error::other)?;
        let connection = ClientConnection::new(self.config(), name).map_err(io::Error::other)?;
        let socket = match self.from {
            None => TcpStream::connect((self.host.as_str(), self.port))?,
            Some(from) => self.connect_from(from)?,
        };
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_nodelay(true)?;
        Ok(StreamOwned::new(connection, socket))
    }

    fn connect_from(&self, from: Ipv4Addr) -> io::Result<TcpStream> {
        let to = (self.host.as_str(), self.port).to_socket_addrs()?.find(SocketAddr::is_ipv4);
        let to = to.ok_or_else(|| io::Error::from(io::ErrorKind::AddrNotAvailable))?;
        let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
        socket.bind(&SocketAddr::from((from, 0)).into())?;
        socket.connect(&to.into())?;
        Ok(socket.into())
    }

    /// Asks and reads the answer.
    ///
    /// # Errors
    /// The system's, of TLS, or `InvalidData` for no HTTP.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> io::Result<Answer> {
        self.ask_bytes(method, path, headers, body).map(|(answer, _)| answer)
    }

    /// As [`Self::ask`], with the body as it came, for what is no text.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub fn ask_bytes(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> io::Result<(Answer, Vec<u8>)> {
        let mut stream = self.connect()?;
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}:{}\r\nconnection: close\r\ncontent-length: {}\r\n",
            self.host,
            self.port,
            body.len()
        );
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        request.push_str(body);
        stream.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        match (&mut stream).take(MAX_ANSWER).read_to_end(&mut answer) {
            // Some servers close the connection without a word of TLS.
            Err(failure) if failure.kind() != io::ErrorKind::UnexpectedEof => return Err(failure),
            _ => {}
        }
        let whole = Answer::parse(&answer)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no HTTP answer"))?;
        let begins = answer.windows(4).position(|it| it == b"\r\n\r\n").map_or(answer.len(), |at| at + 4);
        answer.drain(..begins);
        Ok((whole, answer))
    }
}

/// Believes every certificate, but checks that who shows it holds its key.
#[derive(Debug)]
struct Believer(Arc<CryptoProvider>);

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
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, leaf, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, leaf, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
