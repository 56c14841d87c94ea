//! `PeerTransport`: ICE, DTLS and SRTP of one leg behind one door.
//!
//! Called by the shard. Never touches media: SRTP halves are handed out once keys exist.

use super::sdp::{Answer, OfferPlan};
use super::srtp::SrtpHalves;
use super::types::{
    IceCredentials, LocalCandidate, Path, Proto, Transmit, TransportCounters, TransportEvent,
};
use crate::error::{AnswerRefused, TransportFailure};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

/// The certificate of this process; cheap to clone, shared by all legs.
#[derive(Clone)]
pub struct LocalIdentity;

impl LocalIdentity {
    /// Generates a self-signed ECDSA P-256 certificate.
    ///
    /// # Errors
    /// `Certificate` when the library cannot.
    pub fn generate() -> Result<Self, TransportFailure> {
        todo!()
    }

    /// SHA-256 fingerprint as the offer writes it, upper-case hex with colons.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        todo!()
    }
}

/// What all legs of one shard share.
#[derive(Clone)]
pub struct LegSettings {
    /// The process certificate.
    pub identity: LocalIdentity,
    /// Addresses that the offer advertises, at most `MAX_LOCAL_CANDIDATES`.
    pub candidates: Arc<[LocalCandidate]>,
}

/// One leg.
pub struct PeerTransport;

impl PeerTransport {
    /// Makes a leg that waits for its answer.
    ///
    /// # Errors
    /// `Candidates`, `IceCredentials`, `Ice`, `DtlsConfig`.
    pub fn new(
        _now: Instant,
        _settings: &LegSettings,
        _credentials: IceCredentials,
    ) -> Result<Self, TransportFailure> {
        todo!()
    }

    /// The offer for the browser, with current (or restarted) ICE credentials.
    #[must_use]
    pub fn offer(&self, _plan: &OfferPlan) -> String {
        todo!()
    }

    /// User fragments by which STUN finds this leg: the live one and, during a restart, the next.
    pub fn local_ufrags(&self) -> impl Iterator<Item = &str> {
        [""].into_iter()
    }

    /// Takes the browser's answer, to the first offer or to a restart.
    ///
    /// # Errors
    /// [`AnswerRefused`]; the leg is then as before.
    pub fn set_answer(&mut self, _now: Instant, _sdp: &str) -> Result<Answer, AnswerRefused> {
        todo!()
    }

    /// Stages new credentials; the next [`Self::offer`] carries them, the answer activates them.
    ///
    /// # Errors
    /// `IceCredentials`, `Ice`.
    pub fn restart_ice(&mut self, _credentials: IceCredentials) -> Result<(), TransportFailure> {
        todo!()
    }

    /// Takes one STUN or DTLS datagram (or unprefixed TCP frame).
    pub fn handle_datagram(
        &mut self,
        _now: Instant,
        _local: SocketAddr,
        _remote: SocketAddr,
        _proto: Proto,
        _bytes: &[u8],
    ) {
        todo!()
    }

    /// Notes that a packet from the peer was opened: proof of life.
    pub fn note_media(&mut self, _now: Instant) {
        todo!()
    }

    /// When [`Self::handle_timeout`] wants to be called next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        todo!()
    }

    /// Runs what is due.
    pub fn handle_timeout(&mut self, _now: Instant) {
        todo!()
    }

    /// The next datagram to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        todo!()
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<TransportEvent> {
        todo!()
    }

    /// The SRTP halves: `Some` exactly once, after `Connected`.
    pub fn srtp(&mut self) -> Option<SrtpHalves> {
        todo!()
    }

    /// Where media goes now.
    #[must_use]
    pub fn path(&self) -> Option<Path> {
        todo!()
    }

    /// Says goodbye (DTLS close_notify in [`Self::poll_transmit`]) and ends the leg.
    pub fn close(&mut self, _now: Instant) {
        todo!()
    }

    /// Drops and repeats by reason.
    #[must_use]
    pub fn counters(&self) -> &TransportCounters {
        todo!()
    }
}
