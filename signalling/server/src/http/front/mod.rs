//! The one port that everybody may reach: HTTPS, and media for those who may reach nothing else.
//!
//! Acceptor of the listener, built by `serve`. Looks at one byte before TLS and at one inside it (see
//! `kind`), gives what is HTTP to the server and what is media to the [`MediaPort`]. Whoever says
//! nothing is sent away in time; nothing is parsed here.

mod kind;
mod prefixed;

use super::guard::{Guard, PortStream};
use crate::media_port::{MediaPort, RelayConnection};
use axum_server::accept::Accept;
use axum_server::tls::TlsService;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use kind::{Bare, Sealed};
use prefixed::Prefixed;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;

/// TURN over TLS by its name (RFC 7443).
pub(crate) const TURN_PROTOCOL: &[u8] = b"stun.turn";
/// Longest that a connection may be silent at its beginning.
const FIRST_BYTE_TIME: Duration = Duration::from_secs(5);
/// Longest that a TLS handshake may take.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);

type Accepted<T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send>>;

fn count(kind: &'static str) {
    metrics::counter!("vc_http_port_connections_total", "kind" => kind).increment(1);
}

/// The connection is none for the HTTP server: it has gone elsewhere or is closed.
fn not_http() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

/// `seen`, unless that takes too long or fails; counted then.
async fn in_time<T>(limit: Duration, seen: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let seen = timeout(limit, seen).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
    seen.inspect_err(|_| count("undecided"))
}

/// Looks at a connection before TLS.
#[derive(Clone)]
struct BeforeTls {
    guard: Guard,
    media: Arc<dyn MediaPort>,
}

impl fmt::Debug for BeforeTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BeforeTls").finish_non_exhaustive()
    }
}

impl<S: Send + 'static> Accept<TcpStream, S> for BeforeTls {
    type Stream = PortStream;
    type Service = S;
    type Future = Accepted<(PortStream, S)>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let (counted, media) = (self.guard.count(stream), self.media.clone());
        Box::pin(async move {
            let stream = counted?;
            let first = in_time(FIRST_BYTE_TIME, stream.first_byte()).await?;
            match first.map_or(Bare::Foreign, kind::bare) {
                Bare::Tls => Ok((stream, service)),
                Bare::IceTcp => {
                    count("ice_tcp");
                    media.take_bare(stream);
                    Err(not_http())
                }
                Bare::Foreign => {
                    count("foreign");
                    Err(not_http())
                }
            }
        })
    }
}

/// The acceptor of the HTTPS port.
#[derive(Clone, Debug)]
pub(crate) struct Front {
    tls: RustlsAcceptor<BeforeTls>,
    before: BeforeTls,
}

impl Front {
    pub(crate) fn new(guard: Guard, media: Arc<dyn MediaPort>, tls: RustlsConfig) -> Self {
        let before = BeforeTls { guard, media };
        let tls = RustlsAcceptor::new(tls).handshake_timeout(HANDSHAKE_TIME).acceptor(before.clone());
        Self { tls, before }
    }
}

impl<S: Send + 'static> Accept<TcpStream, S> for Front {
    type Stream = Prefixed<TlsStream<PortStream>>;
    type Service = TlsService<S>;
    type Future = Accepted<(Self::Stream, Self::Service)>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let (opened, media) = (self.tls.accept(stream, service), self.before.media.clone());
        Box::pin(async move {
            let (mut stream, service) = opened.await?;
            let mut first = None;
            let mut speaks = kind::sealed(stream.get_ref().1.alpn_protocol());
            if speaks == Sealed::Unsaid {
                let byte = in_time(FIRST_BYTE_TIME, stream.read_u8()).await?;
                first = Some(byte);
                speaks = kind::unsaid(byte);
            }
            if speaks == Sealed::Turn {
                count("turn");
                let (listen, client) = stream.get_ref().0.ends()?;
                let stream = Box::new(Prefixed::new(first, stream));
                media.take_relay(RelayConnection { stream, listen, client });
                return Err(not_http());
            }
            count("https");
            Ok((Prefixed::new(first, stream), service))
        })
    }
}
