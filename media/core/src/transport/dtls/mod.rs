//! The DTLS side of one leg behind a trait of ours (RFC 6347, RFC 5764).
//!
//! Used by `PeerTransport`, which lets only datagrams of ICE-validated paths in. The library stays
//! behind [`DtlsSession`], because its interface changes often and a DTLS 1.3 stack may replace it.

mod association;
mod client_hello;
mod identity;
mod provider;
mod record;
mod rtc_client;
mod rtc_server;

use super::srtp::SrtpHalves;
use super::types::TransportCounters;
use crate::error::TransportFailure;
use std::time::Instant;

pub use identity::LocalIdentity;
pub(super) use rtc_client::RtcDtlsClient;
pub(super) use rtc_server::RtcDtlsServer;

/// What a session reports.
pub(super) enum DtlsEvent {
    /// Handshake done, certificate verified, keys exported.
    Connected(Box<SrtpHalves>),
    /// The peer said close_notify.
    Closed,
    /// The handshake cannot succeed any more.
    Failed(TransportFailure),
}

/// One DTLS association, in either role.
pub(super) trait DtlsSession {
    /// The SHA-256 fingerprint that the peer's certificate must have. Until it is known, no
    /// certificate is accepted.
    fn expect_fingerprint(&mut self, fingerprint: [u8; 32]);

    /// There is a validated path. A client says hello, once; a server waits for it.
    fn begin(&mut self, now: Instant);

    /// Takes one datagram from a validated path.
    fn handle_datagram(&mut self, now: Instant, datagram: &[u8], counters: &mut TransportCounters);

    /// When [`Self::handle_timeout`] wants to be called.
    fn poll_timeout(&self) -> Option<Instant>;

    /// Repeats what is due.
    fn handle_timeout(&mut self, now: Instant);

    /// The next datagram to send.
    fn poll_transmit(&mut self) -> Option<Vec<u8>>;

    /// The next event.
    fn poll_event(&mut self) -> Option<DtlsEvent>;

    /// Queues close_notify and forgets the association.
    fn close(&mut self, now: Instant);
}

/// Gives datagrams to a fresh association, for `crate::fuzz`.
pub(crate) fn fuzz_datagrams<'a>(now: Instant, datagrams: impl Iterator<Item = &'a [u8]>) {
    static IDENTITY: std::sync::OnceLock<Option<LocalIdentity>> = std::sync::OnceLock::new();
    let identity = IDENTITY.get_or_init(|| LocalIdentity::generate().ok()).clone();
    let Some(identity) = identity else { return };
    let mut server = RtcDtlsServer::new(identity.clone());
    let mut client = RtcDtlsClient::new(identity);
    let mut counters = TransportCounters::default();
    server.expect_fingerprint([7; 32]);
    client.expect_fingerprint([7; 32]);
    client.begin(now);
    for datagram in datagrams {
        let sides: [&mut dyn DtlsSession; 2] = [&mut server, &mut client];
        for side in sides {
            side.handle_datagram(now, datagram, &mut counters);
            while side.poll_transmit().is_some() {}
            while side.poll_event().is_some() {}
        }
    }
}
