//! [`DtlsSession`] on rtc-dtls in the client role, for peers whose offer says `setup:passive`.
//!
//! Used by `PeerTransport`; FFmpeg's `whip` muxer is such a peer. Begins with the first validated
//! path. The library stops repeating its flight as soon as any part of the other's has come, so what
//! was sent last is repeated here when nothing moves.

use super::association::{LOCAL, REMOTE, Role, Verification, config, export};
use super::identity::LocalIdentity;
use super::record::{self, ALERT};
use super::{DtlsEvent, DtlsSession};
use crate::error::TransportFailure;
use crate::transport::types::{SrtpProfile, TransportCounters};
use bytes::BytesMut;
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_shared::TransportProtocol;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time after which a flight is repeated; a lost hello costs the peer this much of its picture.
const FLIGHT_INTERVAL: Duration = Duration::from_millis(700);
/// Times that a flight is repeated by us when the library has ceased to.
const MAX_FLIGHT_RESENDS: u32 = 10;
/// Most datagrams of one flight of ours: hello, or certificate to finished.
const MAX_FLIGHT_DATAGRAMS: usize = 8;
/// Most datagrams given to the library before it is connected.
const MAX_HANDSHAKE_DATAGRAMS: u32 = 128;
/// Most clear handshake datagrams given to the library afterwards: repeats of the final flight.
const MAX_LATE_DATAGRAMS: u32 = 16;
/// Most datagrams waiting for [`DtlsSession::poll_transmit`].
const MAX_QUEUED_TRANSMITS: usize = 32;

enum Phase {
    /// No path yet.
    Idle,
    Handshake {
        datagrams: u32,
        /// When the last flight goes out again, if the library is silent.
        resend_at: Instant,
        resends: u32,
    },
    /// Keys are out.
    Connected { late_datagrams: u32 },
    /// Closed or failed; everything is dropped.
    Ended,
}

/// The client side of one DTLS association.
pub(in crate::transport) struct RtcDtlsClient {
    endpoint: Endpoint,
    identity: LocalIdentity,
    verification: Arc<Verification>,
    phase: Phase,
    flight: Vec<Vec<u8>>,
    transmits: VecDeque<Vec<u8>>,
    events: VecDeque<DtlsEvent>,
}

impl RtcDtlsClient {
    pub(in crate::transport) fn new(identity: LocalIdentity) -> Self {
        Self {
            endpoint: Endpoint::new(LOCAL, TransportProtocol::UDP, None),
            identity,
            verification: Arc::default(),
            phase: Phase::Idle,
            flight: Vec::new(),
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    fn connect(&mut self, now: Instant) -> Result<(), TransportFailure> {
        let profiles = SrtpProfile::PREFERENCE;
        let config = config(Role::Client, &self.identity, &self.verification, &profiles, FLIGHT_INTERVAL)?;
        self.endpoint.connect(now, REMOTE, Arc::new(config), None).map_err(|_| TransportFailure::Handshake)
    }

    /// Gives one checked datagram to the library and takes what comes of it.
    fn feed(&mut self, now: Instant, datagram: &[u8], counters: &mut TransportCounters) {
        let result = self.endpoint.read(now, REMOTE, None, BytesMut::from(datagram));
        let has_sent_alert = self.collect_transmits(now);
        match result {
            Ok(events) => events.into_iter().for_each(|event| self.note(&event)),
            Err(_) if matches!(self.phase, Phase::Connected { .. }) => counters.dtls_refused += 1,
            Err(_) => {
                counters.dtls_refused += 1;
                let is_peer_alert = datagram.first() == Some(&ALERT);
                if self.verification.has_mismatched() {
                    self.fail(TransportFailure::FingerprintMismatch);
                } else if has_sent_alert || is_peer_alert {
                    self.fail(TransportFailure::Handshake);
                }
                // Anything else leaves the association as it was; the connect deadline ends it.
            }
        }
    }

    fn note(&mut self, event: &EndpointEvent) {
        match event {
            EndpointEvent::HandshakeComplete => {
                self.flight.clear();
                match export(&self.endpoint, &self.verification, Role::Client, None) {
                    Ok(halves) => {
                        self.phase = Phase::Connected { late_datagrams: 0 };
                        self.events.push_back(DtlsEvent::Connected(Box::new(halves)));
                    }
                    Err(failure) => self.fail(failure),
                }
            }
            EndpointEvent::PeerClosed if !matches!(self.phase, Phase::Ended) => {
                self.phase = Phase::Ended;
                self.events.push_back(DtlsEvent::Closed);
            }
            // No data channel is negotiated, so application data has no receiver.
            _ => {}
        }
    }

    /// Moves the library's datagrams to our queue and keeps them as the newest flight. Returns whether
    /// one of them is a clear alert.
    fn collect_transmits(&mut self, now: Instant) -> bool {
        let (mut has_alert, mut is_fresh) = (false, true);
        while let Some(transmit) = self.endpoint.poll_transmit() {
            let bytes = transmit.message.to_vec();
            has_alert |= bytes.first() == Some(&ALERT);
            if let Phase::Handshake { resend_at, .. } = &mut self.phase {
                *resend_at = now + FLIGHT_INTERVAL;
                if std::mem::take(&mut is_fresh) {
                    self.flight.clear();
                }
                if self.flight.len() < MAX_FLIGHT_DATAGRAMS {
                    self.flight.push(bytes.clone());
                }
            }
            self.queue(bytes);
        }
        has_alert
    }

    fn queue(&mut self, bytes: Vec<u8>) {
        // A full queue means that nobody polls; the oldest datagram is the least useful.
        if self.transmits.len() == MAX_QUEUED_TRANSMITS {
            self.transmits.pop_front();
        }
        self.transmits.push_back(bytes);
    }

    fn fail(&mut self, failure: TransportFailure) {
        if !matches!(self.phase, Phase::Ended) {
            self.phase = Phase::Ended;
            self.flight.clear();
            self.events.push_back(DtlsEvent::Failed(failure));
        }
    }
}

impl DtlsSession for RtcDtlsClient {
    fn expect_fingerprint(&mut self, fingerprint: [u8; 32]) {
        self.verification.expect(fingerprint);
    }

    fn begin(&mut self, now: Instant) {
        if !matches!(self.phase, Phase::Idle) {
            return;
        }
        self.phase = Phase::Handshake { datagrams: 0, resend_at: now + FLIGHT_INTERVAL, resends: 0 };
        match self.connect(now) {
            Ok(()) => {
                self.collect_transmits(now);
            }
            Err(failure) => self.fail(failure),
        }
    }

    fn handle_datagram(&mut self, now: Instant, datagram: &[u8], counters: &mut TransportCounters) {
        if record::check(datagram).is_err() {
            counters.dtls_malformed += 1;
            return;
        }
        match &mut self.phase {
            // Nobody was greeted yet, so nobody can have answered.
            Phase::Idle => counters.dtls_refused += 1,
            Phase::Handshake { datagrams, .. } => {
                if *datagrams == MAX_HANDSHAKE_DATAGRAMS {
                    counters.dtls_refused += 1;
                    return;
                }
                *datagrams += 1;
                self.feed(now, datagram, counters);
            }
            Phase::Connected { late_datagrams } => {
                if record::first_fragment(datagram).is_some() {
                    if *late_datagrams == MAX_LATE_DATAGRAMS {
                        counters.dtls_refused += 1;
                        return;
                    }
                    *late_datagrams += 1;
                }
                self.feed(now, datagram, counters);
            }
            Phase::Ended => counters.after_end += 1,
        }
    }

    fn poll_timeout(&self) -> Option<Instant> {
        match self.phase {
            Phase::Handshake { resend_at, .. } => {
                Some(self.endpoint.poll_timeout(&REMOTE).map_or(resend_at, |due| due.min(resend_at)))
            }
            _ => None,
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        let Phase::Handshake { resend_at, resends, .. } = &mut self.phase else { return };
        let library = self.endpoint.poll_timeout(&REMOTE);
        if library.is_some_and(|due| due <= now) {
            *resend_at = now + FLIGHT_INTERVAL;
            let result = self.endpoint.handle_timeout(REMOTE, now);
            self.collect_transmits(now);
            if result.is_err() {
                self.fail(TransportFailure::Handshake);
            }
        } else if *resend_at <= now {
            *resend_at = now + FLIGHT_INTERVAL;
            if library.is_none() && *resends < MAX_FLIGHT_RESENDS {
                *resends += 1;
                for bytes in self.flight.clone() {
                    self.queue(bytes);
                }
            }
        }
    }

    fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.transmits.pop_front()
    }

    fn poll_event(&mut self) -> Option<DtlsEvent> {
        self.events.pop_front()
    }

    fn close(&mut self, now: Instant) {
        if matches!(self.phase, Phase::Handshake { .. } | Phase::Connected { .. }) {
            // Fails only without an association, and then there is nobody to say goodbye to.
            let _ = self.endpoint.close(now);
            self.collect_transmits(now);
        }
        self.phase = Phase::Ended;
    }
}
