//! DTLS of one client: the handshake in the client role, and the SRTP keys that come out of it.
//!
//! Owned by a session, which carries its datagrams. Never sends application data. rtc-dtls ceases to repeat
//! its flight as soon as any handshake message comes, also one that it has had before; so what the
//! server repeats is kept from it, and what was sent last is repeated here when nothing moves.

use super::identity::{Identity, PEER};
use aws_lc_rs::digest::{SHA256, digest};
use bytes::BytesMut;
use media_core::transport::SrtpProfile;
use media_core::transport::srtp::SrtpHalves;
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc_shared::TransportProtocol;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Silence after which our last flight goes out again.
const REPEAT_AFTER: Duration = Duration::from_millis(1_200);
/// Repeats in all; then whoever waits for this client gives it up.
const MAX_REPEATS: u32 = 20;
/// Datagrams of one flight: certificate to finished are three at most.
const MAX_FLIGHT: usize = 8;
/// Record types and handshake messages by which flights are told apart (RFC 5246 appendix A).
const HANDSHAKE: u8 = 22;
const RECORD_HEADER: usize = 13;
const CERTIFICATE: u8 = 11;

/// What came of a datagram.
pub enum Step {
    Going,
    Keys(Box<SrtpHalves>),
    Closed,
    Failed,
}

/// DTLS of one client.
pub struct Dtls {
    endpoint: Endpoint,
    fingerprint: Vec<u8>,
    queue: VecDeque<BytesMut>,
    /// What was sent last, until the handshake is done.
    flight: Vec<BytesMut>,
    repeat_at: Instant,
    repeats: u32,
    /// Our certificate is out: the server's first flight has been understood.
    has_answered: bool,
    is_done: bool,
}

/// The message that a datagram in the clear begins with.
fn clear_message(datagram: &[u8]) -> Option<u8> {
    let epoch = datagram.get(3..5)?;
    (datagram[0] == HANDSHAKE && epoch == [0, 0]).then(|| datagram.get(RECORD_HEADER).copied())?
}

impl Dtls {
    /// Begins the handshake with the server whose certificate has this SHA-256; `None` when the library
    /// refuses.
    pub fn begin(now: Instant, identity: &Identity, fingerprint: Vec<u8>) -> Option<Self> {
        let mut endpoint = Endpoint::new(PEER, TransportProtocol::UDP, None);
        endpoint.connect(now, PEER, identity.config(), None).ok()?;
        let mut it = Self {
            endpoint,
            fingerprint,
            queue: VecDeque::new(),
            flight: Vec::new(),
            repeat_at: now,
            repeats: 0,
            has_answered: false,
            is_done: false,
        };
        it.collect(now);
        Some(it)
    }

    /// Takes a datagram of the server.
    pub fn handle(&mut self, now: Instant, bytes: &[u8]) -> Step {
        if self.has_answered && !self.is_done && clear_message(bytes).is_some() {
            return Step::Going;
        }
        // Damaged and late datagrams are dropped, as RFC 6347 section 4.1.2.7 has it.
        let read = self.endpoint.read(now, PEER, None, BytesMut::from(bytes));
        self.collect(now);
        for event in read.unwrap_or_default() {
            match event {
                EndpointEvent::HandshakeComplete => {
                    self.is_done = true;
                    self.flight.clear();
                    return self.keys().map_or(Step::Failed, |keys| Step::Keys(Box::new(keys)));
                }
                EndpointEvent::PeerClosed => return Step::Closed,
                _ => {}
            }
        }
        Step::Going
    }

    /// Repeats a flight that is due.
    pub fn poll(&mut self, now: Instant) {
        match self.endpoint.poll_timeout(&PEER) {
            Some(due) if due <= now => {
                let _ = self.endpoint.handle_timeout(PEER, now);
                self.collect(now);
            }
            Some(_) => {}
            None if now >= self.repeat_at && self.repeats < MAX_REPEATS => {
                self.repeats += 1;
                self.repeat_at = now + REPEAT_AFTER;
                self.queue.extend(self.flight.iter().cloned());
            }
            None => {}
        }
    }

    /// Moves what the library sends to the queue, and keeps it as the newest flight.
    fn collect(&mut self, now: Instant) {
        let mut is_first = true;
        while let Some(transmit) = self.endpoint.poll_transmit() {
            let bytes = transmit.message;
            self.has_answered |= clear_message(&bytes) == Some(CERTIFICATE);
            if !self.is_done {
                if std::mem::take(&mut is_first) {
                    self.flight.clear();
                    self.repeat_at = now + REPEAT_AFTER;
                }
                if self.flight.len() < MAX_FLIGHT {
                    self.flight.push(bytes.clone());
                }
            }
            self.queue.push_back(bytes);
        }
    }

    /// The next datagram to send.
    pub fn outgoing(&mut self) -> Option<BytesMut> {
        self.queue.pop_front()
    }

    /// Says goodbye.
    pub fn close(&mut self, now: Instant) {
        let _ = self.endpoint.close(now);
        self.collect(now);
    }

    fn keys(&self) -> Option<SrtpHalves> {
        let state = self.endpoint.get_connection_state(PEER)?;
        let certificate = state.peer_certificates.first()?;
        if digest(&SHA256, certificate).as_ref() != self.fingerprint {
            return None;
        }
        let profile = match state.srtp_protection_profile() {
            SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm => SrtpProfile::AeadAes128Gcm,
            SrtpProtectionProfile::Srtp_Aead_Aes_256_Gcm => SrtpProfile::AeadAes256Gcm,
            _ => return None,
        };
        let len = 2 * (profile.key_len() + profile.salt_len());
        let material = state.export_keying_material("EXTRACTOR-dtls_srtp", &[], len).ok()?;
        SrtpHalves::of_client(profile, material.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A handshake in which datagrams fall to `is_lost(to_server, number)`; the seconds that it took.
    fn seconds(mut is_lost: impl FnMut(bool, usize) -> bool) -> Option<f64> {
        let (own, other) = (Identity::generate().ok()?, Identity::of_server()?);
        let start = Instant::now();
        let mut server = Endpoint::new(PEER, TransportProtocol::UDP, Some(other.config()));
        let fingerprint = other.fingerprint().split(':').map(|it| u8::from_str_radix(it, 16));
        let mut client = Dtls::begin(start, &own, fingerprint.collect::<Result<_, _>>().ok()?)?;
        let (mut sent, mut answered) = (0, 0);
        for step in 0..3_000 {
            let now = start + Duration::from_millis(step * 10);
            client.poll(now);
            while let Some(bytes) = client.outgoing() {
                sent += 1;
                if !is_lost(true, sent) {
                    let _ = server.read(now, PEER, None, bytes);
                }
            }
            if server.poll_timeout(&PEER).is_some_and(|due| due <= now) {
                let _ = server.handle_timeout(PEER, now);
            }
            while let Some(it) = server.poll_transmit() {
                answered += 1;
                if !is_lost(false, answered)
                    && let Step::Keys(_) = client.handle(now, &it.message)
                {
                    return Some(step as f64 / 100.0);
                }
            }
        }
        None
    }

    #[test]
    fn lost_datagrams_only_delay_the_handshake() {
        assert!(seconds(|_, _| false).is_some_and(|it| it < 0.1));
        for first in 1..=4 {
            for second in first..=4 {
                let took = seconds(|to_server, number| to_server && (number == first || number == second));
                assert!(took.is_some_and(|it| it < 6.0), "{first} and {second} of the client: {took:?}");
            }
        }
    }

    #[test]
    fn a_lost_last_flight_of_the_server_is_asked_for_again() {
        // The first is the cookie. A bare rtc-dtls does not repeat its second flight; servers mend that.
        for lost in [1, 3] {
            let took = seconds(|to_server, number| !to_server && number == lost);
            assert!(took.is_some_and(|it| it < 6.0), "{lost}: {took:?}");
        }
    }

    #[test]
    fn a_server_that_repeats_itself_does_not_silence_the_client() {
        // Of what the client sends everything is lost from its certificate on, for three seconds' worth.
        let took = seconds(|to_server, number| to_server && (3..9).contains(&number));
        assert!(took.is_some_and(|it| it < 12.0), "{took:?}");
    }
}
