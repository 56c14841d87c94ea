//! [`DtlsSession`] on rtc-dtls: per-leg configuration, verified fingerprint, repaired loss recovery.
//!
//! Used by `PeerTransport`. Works around three traits of rtc-dtls 0.21: it takes the client's first
//! SRTP profile, it never repeats a lost ServerHello flight (its timer is disarmed by the client's
//! repeat), and it keys associations by address, which would break when the path changes.

use super::association::{LOCAL, REMOTE, Role, Verification, config, export};
use super::client_hello::{Hello, HelloReader};
use super::identity::LocalIdentity;
use super::record::{self, ALERT, CLIENT_HELLO, SERVER_HELLO};
use super::{DtlsEvent, DtlsSession};
use crate::error::TransportFailure;
use crate::transport::types::{SrtpProfile, TransportCounters};
use bytes::BytesMut;
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_shared::TransportProtocol;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Times that a lost server flight is sent again. Chromium repeats its hello at 60, 170, 375,
/// 780 ms, 1.6 s, 3.2 s: ten outlast our own connect deadline.
const MAX_FLIGHT_RESENDS: u32 = 10;
/// Most datagrams of one server flight; rtc-dtls needs one (685 bytes) with an ECDSA certificate.
const MAX_FLIGHT_DATAGRAMS: usize = 8;
/// Most datagrams given to the library before it is connected. A handshake needs about six.
const MAX_HANDSHAKE_DATAGRAMS: u32 = 128;
/// Most clear handshake datagrams given to the library afterwards: repeats of the final flight.
const MAX_LATE_DATAGRAMS: u32 = 16;
/// Most datagrams waiting for [`DtlsSession::poll_transmit`].
const MAX_QUEUED_TRANSMITS: usize = 32;
/// The library's retransmission interval. It gives up after seven, which must not come before the
/// connect deadline; the quick repeats are the client's, and ours in answer to them.
const FLIGHT_INTERVAL: Duration = Duration::from_secs(5);

enum Phase {
    /// Waiting for a whole ClientHello, to choose the SRTP profile.
    Hello(HelloReader),
    /// The library talks to the peer.
    Handshake {
        profile: SrtpProfile,
        datagrams: u32,
        // Later hellos (with the cookie, or repeated) also reach the library whole and at once: it
        // answers every lone fragment, and such answers disarm the timers of rtc-dtls clients.
        hellos: HelloReader,
    },
    /// Keys are out.
    Connected { late_datagrams: u32 },
    /// Closed or failed; everything is dropped.
    Ended,
}

/// The server side of one DTLS association.
pub(in crate::transport) struct RtcDtlsServer {
    endpoint: Endpoint,
    identity: LocalIdentity,
    verification: Arc<Verification>,
    phase: Phase,
    server_flight: Vec<Vec<u8>>,
    resends: u32,
    transmits: VecDeque<Vec<u8>>,
    events: VecDeque<DtlsEvent>,
}

impl RtcDtlsServer {
    pub(in crate::transport) fn new(identity: LocalIdentity) -> Self {
        Self {
            endpoint: Endpoint::new(LOCAL, TransportProtocol::UDP, None),
            identity,
            verification: Arc::default(),
            phase: Phase::Hello(HelloReader::default()),
            server_flight: Vec::new(),
            resends: 0,
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    fn start(&mut self, now: Instant, hello: Hello, counters: &mut TransportCounters) {
        let Some(profile) = hello.profile else {
            return self.fail(TransportFailure::NoSrtpProfile);
        };
        match config(Role::Server, &self.identity, &self.verification, &[profile], FLIGHT_INTERVAL) {
            Ok(config) => self.endpoint.set_server_config(Some(Arc::new(config))),
            Err(failure) => return self.fail(failure),
        }
        self.phase = Phase::Handshake { profile, datagrams: 0, hellos: HelloReader::default() };
        self.feed(now, &hello.records, counters);
    }

    /// Gives one checked datagram to the library and takes what comes of it.
    fn feed(&mut self, now: Instant, datagram: &[u8], counters: &mut TransportCounters) {
        let result = self.endpoint.read(now, REMOTE, None, BytesMut::from(datagram));
        let has_sent_alert = self.collect_transmits();
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
                self.server_flight.clear();
                let Phase::Handshake { profile, .. } = self.phase else { return };
                match export(&self.endpoint, &self.verification, Role::Server, Some(profile)) {
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
            // No data channel is offered, so application data has no receiver.
            _ => {}
        }
    }

    /// Moves the library's datagrams to our queue; keeps the flight that starts with ServerHello.
    /// Returns whether one of them is a clear alert.
    fn collect_transmits(&mut self) -> bool {
        let mut has_alert = false;
        let mut is_server_flight = false;
        while let Some(transmit) = self.endpoint.poll_transmit() {
            let bytes = transmit.message.to_vec();
            has_alert |= bytes.first() == Some(&ALERT);
            if record::first_fragment(&bytes).is_some_and(|f| f.message_type == SERVER_HELLO) {
                self.server_flight.clear();
                is_server_flight = true;
            }
            let is_handshaking = matches!(self.phase, Phase::Handshake { .. });
            if is_server_flight && is_handshaking && self.server_flight.len() < MAX_FLIGHT_DATAGRAMS {
                self.server_flight.push(bytes.clone());
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

    /// Answers a repeated ClientHello with the stored flight, and keeps it from the library, whose
    /// timer the repeat would disarm.
    fn resend_server_flight(&mut self, offset: usize, counters: &mut TransportCounters) {
        if offset != 0 {
            return;
        }
        if self.resends == MAX_FLIGHT_RESENDS {
            counters.dtls_resend_exhausted += 1;
            return;
        }
        self.resends += 1;
        counters.dtls_flight_resent += 1;
        for bytes in self.server_flight.clone() {
            self.queue(bytes);
        }
    }

    fn fail(&mut self, failure: TransportFailure) {
        if !matches!(self.phase, Phase::Ended) {
            self.phase = Phase::Ended;
            self.server_flight.clear();
            self.events.push_back(DtlsEvent::Failed(failure));
        }
    }
}

impl DtlsSession for RtcDtlsServer {
    fn expect_fingerprint(&mut self, fingerprint: [u8; 32]) {
        self.verification.expect(fingerprint);
    }

    fn begin(&mut self, _now: Instant) {
        // The client speaks first.
    }

    fn handle_datagram(&mut self, now: Instant, datagram: &[u8], counters: &mut TransportCounters) {
        if record::check(datagram).is_err() {
            counters.dtls_malformed += 1;
            return;
        }
        let first = record::first_fragment(datagram);
        match &mut self.phase {
            Phase::Hello(reader) => match reader.take(datagram) {
                Ok(Some(hello)) => self.start(now, hello, counters),
                Ok(None) => {}
                Err(_) => counters.dtls_malformed += 1,
            },
            Phase::Handshake { datagrams, hellos, .. } => {
                if *datagrams == MAX_HANDSHAKE_DATAGRAMS {
                    counters.dtls_refused += 1;
                    return;
                }
                *datagrams += 1;
                let hello = first.filter(|fragment| fragment.message_type == CLIENT_HELLO);
                let Some(hello) = hello else { return self.feed(now, datagram, counters) };
                if !self.server_flight.is_empty() {
                    return self.resend_server_flight(hello.offset, counters);
                }
                match hellos.take(datagram) {
                    Ok(Some(whole)) => self.feed(now, &whole.records, counters),
                    Ok(None) => {}
                    Err(_) => counters.dtls_malformed += 1,
                }
            }
            Phase::Connected { late_datagrams } => {
                if first.is_some() {
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
            Phase::Handshake { .. } => self.endpoint.poll_timeout(&REMOTE),
            _ => None,
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        if self.poll_timeout().is_some_and(|due| due <= now) {
            let result = self.endpoint.handle_timeout(REMOTE, now);
            self.collect_transmits();
            if result.is_err() {
                self.fail(TransportFailure::Handshake);
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
            self.collect_transmits();
        }
        self.phase = Phase::Ended;
    }
}
