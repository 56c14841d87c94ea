//! A test browser: answers the offer, checks ICE as the controlling side, handshakes DTLS as
//! client, sends and receives SRTP with an independent implementation.

use super::answer::Offer;
use super::link::Link;
use super::media::{Content, Stream};
use bytes::BytesMut;
use media_control::{LegId, SrtpProfile};
use rtc_crypto::{HashAlgorithm, RTCCryptoProvider, providers::AwsLcRsProvider};
use rtc_dtls::config::{ClientAuthType, ConfigBuilder, ExtendedMasterSecretType, HandshakeConfig};
use rtc_dtls::crypto::Certificate;
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc_shared::TransportProtocol;
use rtc_stun::attributes::{ATTR_PRIORITY, ATTR_USE_CANDIDATE, ATTR_USERNAME, AttrType};
use rtc_stun::fingerprint::FINGERPRINT;
use rtc_stun::integrity::MessageIntegrity;
use rtc_stun::message::{BINDING_REQUEST, BINDING_SUCCESS, Message, Setter, TransactionId};
use rtc_stun::xoraddr::XorMappedAddress;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use webrtc_srtp::context::Context;
use webrtc_srtp::option::{srtcp_no_replay_protection, srtp_no_replay_protection};
use webrtc_srtp::protection_profile::ProtectionProfile;

/// What kind of browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    pub over_tcp: bool,
    /// Knows no AES-GCM.
    pub sha1_only: bool,
    pub over_ipv6: bool,
}

pub const USUAL: Kind = Kind { over_tcp: false, sha1_only: false, over_ipv6: false };
const ICE_CONTROLLING: AttrType = AttrType(0x802a);
const CHECK_EVERY: Duration = Duration::from_millis(100);
/// rtc-dtls wants one address a peer; paths may change under it.
const PEER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9);

/// One clear packet that came.
#[derive(Clone, Debug)]
pub struct Got {
    pub sequence: u16,
    pub payload_type: u8,
    pub payload: Vec<u8>,
}

struct Keys {
    outgoing: Context,
    incoming: Context,
    profile: SrtpProfile,
}

pub struct Browser {
    pub leg: LegId,
    pub link: Link,
    pub offer: Offer,
    pub streams: Vec<Stream>,
    /// Clear media by SSRC.
    pub got: HashMap<u32, Vec<Got>>,
    /// Clear RTCP compounds.
    pub reports: Vec<Vec<u8>>,
    /// Packets that could not be opened.
    pub broken: u64,
    pub closed: bool,
    /// Answered ICE checks on the present path.
    pub answered_checks: u64,
    /// Sends no ICE checks for a while.
    pub is_quiet: bool,
    /// The last sealed packet sent, for replays.
    pub last_sent: Vec<u8>,
    kind: Kind,
    fingerprint: String,
    dtls: Endpoint,
    config: Arc<HandshakeConfig>,
    keys: Option<Keys>,
    ufrag: String,
    pwd: String,
    check_at: Instant,
    handshaking: bool,
    /// Transport-wide number of the next packet.
    pub transport_sequence: u16,
}

fn provider() -> Arc<dyn RTCCryptoProvider> {
    Arc::new(AwsLcRsProvider::new())
}

impl Browser {
    pub fn new(leg: LegId, offer: &str, kind: Kind) -> Self {
        let provider = provider();
        let certificate = Certificate::generate_self_signed(vec!["browser".to_owned()], provider.crypto())
            .expect("certificate");
        let digest =
            provider.crypto().hash(HashAlgorithm::Sha256, certificate.certificate[0].as_ref()).expect("hash");
        let fingerprint = digest.iter().map(|b| format!("{b:02X}")).collect::<Vec<_>>().join(":");
        // The order of Chromium 156.
        let mut profiles = vec![SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80];
        if !kind.sha1_only {
            profiles.push(SrtpProtectionProfile::Srtp_Aead_Aes_256_Gcm);
            profiles.push(SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm);
        }
        let config = ConfigBuilder::default()
            .with_crypto_provider(provider)
            .with_certificates(vec![certificate])
            .with_srtp_protection_profiles(profiles)
            .with_client_auth(ClientAuthType::RequireAnyClientCert)
            .with_extended_master_secret(ExtendedMasterSecretType::Require)
            .with_insecure_skip_verify(true)
            .build(true, Some(PEER))
            .expect("client configuration");
        let offer = Offer::parse(offer, kind.over_ipv6);
        let link = if kind.over_tcp { Link::tcp(offer.tcp) } else { Link::udp(offer.udp) };
        Self {
            leg,
            dtls: Endpoint::new(PEER, TransportProtocol::UDP, None),
            link,
            offer,
            streams: Vec::new(),
            got: HashMap::new(),
            reports: Vec::new(),
            broken: 0,
            closed: false,
            answered_checks: 0,
            is_quiet: false,
            last_sent: Vec::new(),
            kind,
            fingerprint,
            config: Arc::new(config),
            keys: None,
            ufrag: format!("brow{}", leg.0),
            pwd: format!("a-password-of-browser-number-{}", leg.0).replace('-', "+"),
            check_at: Instant::now(),
            handshaking: false,
            transport_sequence: 0,
        }
    }

    pub fn answer(&self) -> String {
        self.offer.answer(&self.ufrag, &self.pwd, &self.fingerprint)
    }

    /// Takes the offer of an ICE restart; checks use the new credentials from now on.
    pub fn restart(&mut self, offer: &str) -> String {
        self.offer = Offer::parse(offer, self.kind.over_ipv6);
        self.ufrag = format!("{}again", self.ufrag);
        self.answered_checks = 0;
        self.answer()
    }

    /// Goes on from another port, as behind a NAT that forgot the old one.
    pub fn move_port(&mut self) {
        self.link = if self.kind.over_tcp { Link::tcp(self.offer.tcp) } else { Link::udp(self.offer.udp) };
        self.answered_checks = 0;
    }

    /// For a test that waits in vain.
    pub fn brief(&self) -> String {
        let (leg, checks, broken, connected) =
            (self.leg, self.answered_checks, self.broken, self.is_connected());
        let got: Vec<(u32, usize)> = self.got.iter().map(|(ssrc, list)| (*ssrc, list.len())).collect();
        format!("browser {leg}: {checks} checks, connected {connected}, {broken} broken, got {got:?}")
    }

    pub fn is_connected(&self) -> bool {
        self.keys.is_some()
    }

    pub fn profile(&self) -> Option<SrtpProfile> {
        self.keys.as_ref().map(|k| k.profile)
    }

    /// Packets got through the slot `mid`.
    pub fn packets_of(&self, mid: &str) -> u64 {
        let (ssrc, _) = self.offer.slots[mid];
        self.got.get(&ssrc).map_or(0, |list| list.len() as u64)
    }

    /// Sends a camera in three sizes and a voice of `level`.
    pub fn start_media(&mut self, level: u8) {
        let base = 1_000_000 + 1000 * self.leg.0 as u32;
        let now = Instant::now();
        let layers = [("q", 180), ("h", 360), ("f", 720)];
        for (number, (rid, height)) in layers.into_iter().enumerate() {
            self.streams.push(Stream::new(base + number as u32, Content::Camera { rid, height }, now));
        }
        self.streams.push(Stream::new(base + 9, Content::Voice { level }, now));
    }

    /// One round.
    pub fn run(&mut self, now: Instant) {
        while let Some(packet) = self.link.receive() {
            self.take(now, &packet);
        }
        if now >= self.check_at && !self.is_quiet {
            self.check_at = now + CHECK_EVERY;
            let check = self.check();
            self.link.send(&check);
        }
        if self.dtls.poll_timeout(&PEER).is_some_and(|due| due <= now) {
            let _ = self.dtls.handle_timeout(PEER, now);
        }
        self.send_dtls();
        for index in 0..self.streams.len() {
            if self.keys.is_none() {
                break;
            }
            while let Some(packet) = self.streams[index].next(now, self.transport_sequence) {
                self.send_clear(&packet);
            }
        }
    }

    /// Seals and sends one clear RTP packet.
    pub fn send_clear(&mut self, packet: &[u8]) {
        self.transport_sequence = self.transport_sequence.wrapping_add(1);
        let keys = self.keys.as_mut().expect("connected");
        let sealed = keys.outgoing.encrypt_rtp(packet).expect("seal");
        self.link.send(&sealed);
        self.last_sent = sealed.to_vec();
    }

    /// Seals and sends one clear RTCP compound.
    pub fn send_report(&mut self, compound: &[u8]) {
        let keys = self.keys.as_mut().expect("connected");
        let sealed = keys.outgoing.encrypt_rtcp(compound).expect("seal");
        self.link.send(&sealed);
    }

    /// Closes DTLS, as a browser does when its page goes.
    pub fn close(&mut self) {
        self.dtls.close(Instant::now()).expect("close");
        self.send_dtls();
    }

    /// An ICE check with the present credentials.
    pub fn check(&self) -> Vec<u8> {
        let provider = provider();
        let mut message = Message::new();
        message.build(&[Box::new(BINDING_REQUEST), Box::new(TransactionId::new())]).expect("header");
        message.add(ATTR_USERNAME, format!("{}:{}", self.offer.ufrag, self.ufrag).as_bytes());
        message.add(ATTR_PRIORITY, &1_845_501_695_u32.to_be_bytes());
        message.add(ICE_CONTROLLING, &self.leg.0.to_be_bytes());
        message.add(ATTR_USE_CANDIDATE, &[]);
        MessageIntegrity::new_short_term_integrity_with_provider(self.offer.pwd.clone(), provider.crypto())
            .add_to(&mut message)
            .expect("integrity");
        FINGERPRINT.add_to(&mut message).expect("fingerprint");
        message.raw.clone()
    }

    /// The answer to a check of the server: it believes a nomination only after one.
    fn answer_check(&mut self, packet: &[u8]) {
        let provider = provider();
        let mut check = Message::new();
        check.raw = packet.to_vec();
        check.decode().expect("a check");
        let mut message = Message::new();
        let (ip, port) = (self.offer.udp.ip(), self.offer.udp.port());
        message
            .build(&[
                Box::new(check),
                Box::new(BINDING_SUCCESS),
                Box::new(XorMappedAddress { ip, port }),
                Box::new(MessageIntegrity::new_short_term_integrity_with_provider(
                    self.pwd.clone(),
                    provider.crypto(),
                )),
                Box::new(FINGERPRINT),
            ])
            .expect("answer");
        self.link.send(&message.raw);
    }

    fn send_dtls(&mut self) {
        while let Some(transmit) = self.dtls.poll_transmit() {
            self.link.send(&transmit.message);
        }
    }

    fn take(&mut self, now: Instant, packet: &[u8]) {
        match packet {
            [0x00, 0x01, ..] => self.answer_check(packet),
            [0x01, 0x01, ..] => {
                self.answered_checks += 1;
                if !self.handshaking {
                    self.handshaking = true;
                    self.dtls.connect(now, PEER, Arc::clone(&self.config), None).expect("handshake begins");
                    self.send_dtls();
                }
            }
            [20..=63, ..] => match self.dtls.read(now, PEER, None, BytesMut::from(packet)) {
                Ok(events) => {
                    for event in events {
                        match event {
                            EndpointEvent::HandshakeComplete => self.keys = Some(self.export_keys()),
                            EndpointEvent::PeerClosed => self.closed = true,
                            _ => {}
                        }
                    }
                    self.send_dtls();
                }
                Err(_) => self.broken += 1,
            },
            [128..=191, 192..=223, ..] => match self.keys.as_mut().map(|k| k.incoming.decrypt_rtcp(packet)) {
                Some(Ok(clear)) => self.take_report(&clear),
                _ => self.broken += 1,
            },
            [128..=191, ..] => match self.keys.as_mut().map(|k| k.incoming.decrypt_rtp(packet)) {
                Some(Ok(clear)) => self.note(&clear),
                _ => self.broken += 1,
            },
            _ => {}
        }
    }

    /// Keeps a compound; a key frame asked for one layer is made on all, as Chromium does.
    fn take_report(&mut self, clear: &[u8]) {
        let mut rest = clear;
        while rest.len() >= 4 {
            if rest[0] & 0x1f == 1 && rest[1] == 206 {
                self.streams.iter_mut().for_each(|s| s.wants_keyframe = true);
            }
            let len = 4 + 4 * usize::from(u16::from_be_bytes([rest[2], rest[3]]));
            rest = rest.get(len..).unwrap_or_default();
        }
        self.reports.push(clear.to_vec());
    }

    fn note(&mut self, clear: &[u8]) {
        let mut start = 12;
        if clear[0] & 0x10 != 0 {
            start += 4 + 4 * usize::from(u16::from_be_bytes([clear[14], clear[15]]));
        }
        let ssrc = u32::from_be_bytes([clear[8], clear[9], clear[10], clear[11]]);
        self.got.entry(ssrc).or_default().push(Got {
            sequence: u16::from_be_bytes([clear[2], clear[3]]),
            payload_type: clear[1] & 0x7f,
            payload: clear[start..].to_vec(),
        });
    }

    fn export_keys(&self) -> Keys {
        let state = self.dtls.get_connection_state(PEER).expect("state");
        let (kind, profile) = match state.srtp_protection_profile() {
            SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm => {
                (ProtectionProfile::AeadAes128Gcm, SrtpProfile::AeadAes128Gcm)
            }
            SrtpProtectionProfile::Srtp_Aead_Aes_256_Gcm => {
                (ProtectionProfile::AeadAes256Gcm, SrtpProfile::AeadAes256Gcm)
            }
            _ => (ProtectionProfile::Aes128CmHmacSha1_80, SrtpProfile::Aes128CmSha1_80),
        };
        let (key, salt) = (kind.key_len(), kind.salt_len());
        let material =
            state.export_keying_material("EXTRACTOR-dtls_srtp", &[], 2 * (key + salt)).expect("keys");
        let material: &[u8] = material.as_ref();
        let (keys, salts) = material.split_at(2 * key);
        let context = |at: usize| {
            let options = (Some(srtp_no_replay_protection()), Some(srtcp_no_replay_protection()));
            Context::new(
                &keys[at * key..(at + 1) * key],
                &salts[at * salt..(at + 1) * salt],
                kind,
                options.0,
                options.1,
            )
            .expect("context")
        };
        Keys { outgoing: context(0), incoming: context(1), profile }
    }
}
