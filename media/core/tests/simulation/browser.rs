//! A browser's transport for simulations: a full ICE agent and a DTLS client, both of the rtc
//! crates, and an independent SRTP (webrtc-srtp).
//!
//! Used by `network`. It shares no code with the transport under test except the library crates.

use bytes::BytesMut;
use media_core::transport::{IceCredentials, Path, Proto};
use rtc_crypto::providers::AwsLcRsProvider;
use rtc_crypto::{HashAlgorithm, RTCCryptoProvider};
use rtc_dtls::config::{ConfigBuilder, ExtendedMasterSecretType};
use rtc_dtls::crypto::Certificate;
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc_ice::agent::Agent;
use rtc_ice::agent::agent_config::AgentConfig;
use rtc_ice::candidate::candidate_host::CandidateHostConfig;
use rtc_ice::candidate::{Candidate, CandidateConfig, CandidateType};
use rtc_ice::mdns::MulticastDnsMode;
use rtc_ice::network_type::NetworkType;
use rtc_ice::tcp_type::TcpType;
use rtc_shared::{TaggedBytesMut, TransportContext, TransportProtocol};
use sansio::Protocol;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use webrtc_srtp::context::Context;
use webrtc_srtp::protection_profile::ProtectionProfile;

/// What a simulated browser is like.
#[derive(Clone)]
pub struct BrowserKind {
    pub srtp: Vec<SrtpProtectionProfile>,
    pub proto: Proto,
    /// Longest DTLS record; a small one fragments the ClientHello.
    pub mtu: usize,
    /// Waits for our hello instead of saying one, as FFmpeg does.
    pub is_passive: bool,
}

impl Default for BrowserKind {
    fn default() -> Self {
        // The order of Chromium 156.
        let srtp = vec![
            SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80,
            SrtpProtectionProfile::Srtp_Aead_Aes_256_Gcm,
            SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm,
        ];
        Self { srtp, proto: Proto::Udp, mtu: 1200, is_passive: false }
    }
}

pub struct Browser {
    kind: BrowserKind,
    provider: Arc<dyn RTCCryptoProvider>,
    agent: Agent,
    dtls: Endpoint,
    certificate: Certificate,
    has_said_hello: bool,
    local: SocketAddr,
    pub server: SocketAddr,
    pub keys: Option<(Context, Context)>,
    pub errors: usize,
}

impl Browser {
    pub fn new(now: Instant, kind: BrowserKind, local: SocketAddr, server: SocketAddr) -> Self {
        let provider: Arc<dyn RTCCryptoProvider> = Arc::new(AwsLcRsProvider::new());
        let certificate = Certificate::generate_self_signed(vec!["b".to_owned()], provider.crypto()).unwrap();
        let agent = agent(now, &kind, local, Arc::clone(&provider));
        let dtls = Endpoint::new(local, TransportProtocol::UDP, None);
        let has_said_hello = kind.is_passive;
        let mut browser = Self {
            kind,
            provider,
            agent,
            dtls,
            certificate,
            has_said_hello,
            local,
            server,
            keys: None,
            errors: 0,
        };
        if browser.kind.is_passive {
            let config = browser.config().build(false, None).unwrap();
            browser.dtls.set_server_config(Some(Arc::new(config)));
        }
        browser
    }

    pub fn credentials(&self) -> IceCredentials {
        let own = self.agent.get_local_credentials();
        IceCredentials { ufrag: own.ufrag.clone(), pwd: own.pwd.clone() }
    }

    pub fn fingerprint(&self) -> String {
        let der = self.certificate.certificate[0].as_ref();
        let hash = self.provider.crypto().hash(HashAlgorithm::Sha256, der).unwrap();
        hash.iter().map(|b| format!("{b:02X}")).collect::<Vec<_>>().join(":")
    }

    /// Takes the server's credentials from its offer and starts checking.
    pub fn check(&mut self, now: Instant, server: &IceCredentials) {
        self.agent.add_remote_candidate(candidate(&self.kind, self.server, false)).unwrap();
        let (ufrag, pwd) = (server.ufrag.clone(), server.pwd.clone());
        self.agent.start_connectivity_checks(now, true, ufrag, pwd).unwrap();
    }

    /// Begins again from another address: a changed network (same credentials), or an ICE restart.
    pub fn move_to(&mut self, now: Instant, local: SocketAddr, keep: Option<IceCredentials>) {
        self.local = local;
        self.agent = agent(now, &self.kind, local, Arc::clone(&self.provider));
        if let Some(keep) = keep {
            self.agent.restart(now, keep.ufrag, keep.pwd, true).unwrap();
        }
    }

    pub fn path_of_server(&self) -> Path {
        Path { local: self.server, remote: self.local, proto: self.kind.proto }
    }

    pub fn handle(&mut self, now: Instant, bytes: &[u8]) {
        if bytes[0] < 4 {
            let transport = TransportContext {
                local_addr: self.local,
                peer_addr: self.server,
                ecn: None,
                transport_protocol: match self.kind.proto {
                    Proto::Udp => TransportProtocol::UDP,
                    Proto::Tcp => TransportProtocol::TCP,
                },
            };
            let message = BytesMut::from(bytes);
            let _ = self.agent.handle_read(TaggedBytesMut { now, transport, message });
            return;
        }
        match self.dtls.read(now, self.server, None, BytesMut::from(bytes)) {
            Ok(events) => {
                for event in events {
                    if matches!(event, EndpointEvent::HandshakeComplete) {
                        self.keys = Some(self.export());
                    }
                }
            }
            Err(_) => self.errors += 1,
        }
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        if self.agent.poll_timeout().is_some_and(|due| due <= now) {
            let _ = self.agent.handle_timeout(now);
        }
        while self.agent.poll_event().is_some() {}
        if self.agent.get_selected_candidate_pair().is_some() && !self.has_said_hello {
            self.has_said_hello = true;
            self.say_hello(now);
        }
        if self.dtls.poll_timeout(&self.server).is_some_and(|due| due <= now) {
            let _ = self.dtls.handle_timeout(self.server, now);
        }
    }

    pub fn poll_timeout(&mut self) -> Option<Instant> {
        let dtls = self.dtls.poll_timeout(&self.server);
        [self.agent.poll_timeout(), dtls].into_iter().flatten().min()
    }

    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        let ice = self.agent.poll_write().map(|out| out.message.to_vec());
        ice.or_else(|| self.dtls.poll_transmit().map(|out| out.message.to_vec()))
    }

    pub fn close(&mut self, now: Instant) {
        self.dtls.close(now).unwrap();
    }

    fn config(&self) -> ConfigBuilder {
        ConfigBuilder::default()
            .with_crypto_provider(Arc::clone(&self.provider))
            .with_certificates(vec![self.certificate.clone()])
            .with_srtp_protection_profiles(self.kind.srtp.clone())
            .with_extended_master_secret(ExtendedMasterSecretType::Require)
            .with_insecure_skip_verify(true)
            .with_mtu(self.kind.mtu)
            // Chromium's first repeat comes after 50 to 60 ms; servers wait for a second.
            .with_flight_interval(Duration::from_millis(if self.kind.is_passive { 1000 } else { 60 }))
    }

    fn say_hello(&mut self, now: Instant) {
        let config = self.config().build(true, Some(self.server)).unwrap();
        self.dtls.connect(now, self.server, Arc::new(config), None).unwrap();
    }

    /// Contexts that open the server's packets and seal ours.
    fn export(&self) -> (Context, Context) {
        let state = self.dtls.get_connection_state(self.server).unwrap();
        let (profile, key, salt) = match state.srtp_protection_profile() {
            SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm => (ProtectionProfile::AeadAes128Gcm, 16, 12),
            SrtpProtectionProfile::Srtp_Aead_Aes_256_Gcm => (ProtectionProfile::AeadAes256Gcm, 32, 12),
            _ => (ProtectionProfile::Aes128CmHmacSha1_80, 16, 14),
        };
        let len = 2 * (key + salt);
        let all = state.export_keying_material("EXTRACTOR-dtls_srtp", &[], len).unwrap();
        let (keys, salts) = all.as_ref().split_at(2 * key);
        let context = |k: &[u8], s: &[u8]| Context::new(k, s, profile, None, None).unwrap();
        let (client, server) = ((&keys[..key], &salts[..salt]), (&keys[key..], &salts[salt..]));
        // Each side sends by its own key (RFC 5764 section 4.2).
        let (own, other) = if self.kind.is_passive { (server, client) } else { (client, server) };
        (context(other.0, other.1), context(own.0, own.1))
    }
}

fn agent(now: Instant, kind: &BrowserKind, local: SocketAddr, provider: Arc<dyn RTCCryptoProvider>) -> Agent {
    let config = AgentConfig {
        is_controlling: true,
        candidate_types: vec![CandidateType::Host],
        network_types: vec![NetworkType::Udp4, NetworkType::Udp6, NetworkType::Tcp4, NetworkType::Tcp6],
        multicast_dns_mode: MulticastDnsMode::Disabled,
        ..AgentConfig::default()
    };
    let mut agent = Agent::new(now, Arc::new(config), provider).unwrap();
    agent.add_local_candidate(candidate(kind, local, true)).unwrap();
    agent
}

fn candidate(kind: &BrowserKind, addr: SocketAddr, is_own: bool) -> Candidate {
    let (network, tcp_type) = match (kind.proto, is_own) {
        (Proto::Udp, _) => ("udp", TcpType::Unspecified),
        (Proto::Tcp, true) => ("tcp", TcpType::Active),
        (Proto::Tcp, false) => ("tcp", TcpType::Passive),
    };
    let base_config = CandidateConfig {
        network: network.to_owned(),
        address: addr.ip().to_string(),
        port: addr.port(),
        component: 1,
        ..CandidateConfig::default()
    };
    CandidateHostConfig { base_config, tcp_type }.new_candidate_host().unwrap()
}
