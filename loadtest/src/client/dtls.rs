//! DTLS of one client: the handshake in the client role, and the SRTP keys that come out of it.
//!
//! Owned by a session, which carries its datagrams. Never sends application data.

use super::identity::{Identity, PEER};
use aws_lc_rs::digest::{SHA256, digest};
use bytes::BytesMut;
use media_core::transport::SrtpProfile;
use media_core::transport::srtp::SrtpHalves;
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc_shared::TransportProtocol;
use std::time::Instant;

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
}

impl Dtls {
    /// Begins the handshake with the server whose certificate has this SHA-256; `None` when the library
    /// refuses.
    pub fn begin(now: Instant, identity: &Identity, fingerprint: Vec<u8>) -> Option<Self> {
        let mut endpoint = Endpoint::new(PEER, TransportProtocol::UDP, None);
        endpoint.connect(now, PEER, identity.config(), None).ok()?;
        Some(Self { endpoint, fingerprint })
    }

    /// Takes a datagram of the server.
    pub fn handle(&mut self, now: Instant, bytes: &[u8]) -> Step {
        // Damaged and late datagrams are dropped, as RFC 6347 section 4.1.2.7 has it.
        let Ok(events) = self.endpoint.read(now, PEER, None, BytesMut::from(bytes)) else {
            return Step::Going;
        };
        for event in events {
            match event {
                EndpointEvent::HandshakeComplete => {
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
        if self.endpoint.poll_timeout(&PEER).is_some_and(|due| due <= now) {
            let _ = self.endpoint.handle_timeout(PEER, now);
        }
    }

    /// The next datagram to send.
    pub fn outgoing(&mut self) -> Option<BytesMut> {
        self.endpoint.poll_transmit().map(|it| it.message)
    }

    /// Says goodbye.
    pub fn close(&mut self, now: Instant) {
        let _ = self.endpoint.close(now);
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
