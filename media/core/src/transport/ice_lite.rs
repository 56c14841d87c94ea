//! [`IceAgent`] on rtc-ice in its lite mode.
//!
//! Used by `PeerTransport`. Ours on top of the library: cheap refusal before any cryptography,
//! following later nominations (rtc-ice keeps its first selected pair), a bound on remote
//! candidates, and public addresses that differ from the socket's own (NAT).

use super::ice::{IceAgent, StunOutcome};
use super::types::{IceCredentials, LocalCandidate, Path, Proto, Transmit, TransportCounters};
use crate::error::TransportFailure;
use crate::packet::stun::{self, StunClass, is_ice_text};
use bytes::BytesMut;
use rtc_crypto::RTCCryptoProvider;
use rtc_ice::agent::Agent;
use rtc_ice::agent::agent_config::AgentConfig;
use rtc_ice::candidate::candidate_host::CandidateHostConfig;
use rtc_ice::candidate::{CandidateConfig, CandidateType};
use rtc_ice::mdns::MulticastDnsMode;
use rtc_ice::network_type::NetworkType;
use rtc_ice::tcp_type::TcpType;
use rtc_shared::{TaggedBytesMut, TransportContext, TransportProtocol};
use sansio::Protocol;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Most candidates of one offer: eight addresses over UDP, TCP, and TCP on the port of HTTPS.
pub(super) const MAX_LOCAL_CANDIDATES: usize = 24;
/// Most peer addresses that the library remembers before it is cleared.
const MAX_REMOTE_CANDIDATES: usize = 16;
/// Most validated paths remembered; the oldest is forgotten first.
const MAX_VALIDATED_PATHS: usize = 8;
/// Most messages waiting for [`IceAgent::poll_transmit`].
const MAX_QUEUED_TRANSMITS: usize = 32;

const MIN_UFRAG_LEN: usize = 4;
const MIN_PWD_LEN: usize = 22;
const MAX_PWD_LEN: usize = 256;

/// A lite agent of rtc-ice.
pub(super) struct RtcIceLite {
    agent: Agent,
    candidates: Arc<[LocalCandidate]>,
    local: IceCredentials,
    staged: Option<IceCredentials>,
    remote: Option<IceCredentials>,
    // Most recently used last.
    validated: Vec<Path>,
    transmits: VecDeque<Transmit>,
}

impl RtcIceLite {
    pub(super) fn new(
        now: Instant,
        provider: Arc<dyn RTCCryptoProvider>,
        candidates: Arc<[LocalCandidate]>,
        local: IceCredentials,
    ) -> Result<Self, TransportFailure> {
        check_credentials(&local)?;
        let is_usable = |c: &LocalCandidate| !c.addr.ip().is_unspecified() && c.addr.port() != 0;
        if candidates.is_empty()
            || candidates.len() > MAX_LOCAL_CANDIDATES
            || !candidates.iter().all(is_usable)
        {
            return Err(TransportFailure::Candidates);
        }
        let config = AgentConfig {
            lite: true,
            candidate_types: vec![CandidateType::Host],
            network_types: vec![NetworkType::Udp4, NetworkType::Udp6, NetworkType::Tcp4, NetworkType::Tcp6],
            multicast_dns_mode: MulticastDnsMode::Disabled,
            local_ufrag: local.ufrag.clone(),
            local_pwd: local.pwd.clone(),
            // Liveness is judged by `PeerTransport`, which also sees media. The library would
            // forget its candidates when it believes the peer lost.
            disconnected_timeout: Some(Duration::ZERO),
            failed_timeout: Some(Duration::ZERO),
            keepalive_interval: Some(Duration::ZERO),
            ..AgentConfig::default()
        };
        let mut agent = Agent::new(now, Arc::new(config), provider).map_err(|_| TransportFailure::Ice)?;
        for candidate in candidates.iter() {
            let (network, tcp_type) = match candidate.proto {
                Proto::Udp => ("udp", TcpType::Unspecified),
                Proto::Tcp => ("tcp", TcpType::Passive),
            };
            let base_config = CandidateConfig {
                network: network.to_owned(),
                address: candidate.addr.ip().to_string(),
                port: candidate.addr.port(),
                component: 1,
                ..CandidateConfig::default()
            };
            CandidateHostConfig { base_config, tcp_type }
                .new_candidate_host()
                .and_then(|candidate| agent.add_local_candidate(candidate))
                .map_err(|_| TransportFailure::Candidates)?;
        }
        Ok(Self {
            agent,
            candidates,
            local,
            staged: None,
            remote: None,
            validated: Vec::with_capacity(MAX_VALIDATED_PATHS),
            transmits: VecDeque::new(),
        })
    }

    /// The candidate under which the library knows `path.local`. Behind a NAT the socket's address
    /// is none of the advertised ones; any candidate of the same kind then stands for it.
    fn candidate_for(&self, path: &Path) -> Option<LocalCandidate> {
        let same_kind =
            |c: &&LocalCandidate| c.proto == path.proto && c.addr.is_ipv4() == path.local.is_ipv4();
        let mut of_kind = self.candidates.iter().filter(same_kind);
        of_kind.clone().find(|c| c.addr == path.local).or_else(|| of_kind.next()).copied()
    }

    /// Whether a message may go on to the integrity check; counts the reason when not.
    fn is_expected(&self, peek: &stun::StunPeek<'_>, counters: &mut TransportCounters) -> bool {
        let Some(remote) = &self.remote else {
            counters.stun_early += 1;
            return false;
        };
        let is_named = |credentials: &IceCredentials| peek.receiver_ufrag == Some(&credentials.ufrag);
        match peek.class {
            StunClass::Success => true,
            StunClass::Request if is_named(&self.local) && peek.sender_ufrag == Some(&remote.ufrag) => true,
            StunClass::Request if self.staged.as_ref().is_some_and(is_named) => {
                counters.stun_early += 1;
                false
            }
            // Indications carry no integrity, and a lite agent has nothing to do about errors.
            _ => {
                counters.stun_refused += 1;
                false
            }
        }
    }

    /// Sends what the library wrote over `path`, where all of it answers; reports whether it
    /// contains a success response.
    fn collect_transmits(&mut self, path: Path, counters: &mut TransportCounters) -> bool {
        let mut has_success = false;
        while let Some(out) = self.agent.poll_write() {
            if out.transport.peer_addr != path.remote {
                continue;
            }
            let class = stun::peek(&out.message).map(|peek| peek.class);
            has_success |= class == Ok(StunClass::Success);
            if self.transmits.len() == MAX_QUEUED_TRANSMITS {
                self.transmits.pop_front();
                counters.transmits_dropped += 1;
            }
            self.transmits.push_back(Transmit { path, bytes: out.message.to_vec() });
        }
        // The library's own view of states is not ours; its events must not pile up.
        while self.agent.poll_event().is_some() {}
        has_success
    }

    fn remember(&mut self, path: Path) {
        if let Some(place) = self.validated.iter().position(|known| *known == path) {
            self.validated[place..].rotate_left(1);
            return;
        }
        if self.validated.len() == MAX_VALIDATED_PATHS {
            self.validated.remove(0);
        }
        self.validated.push(path);
    }

    fn start(&mut self, now: Instant) -> Result<(), TransportFailure> {
        let Some(remote) = &self.remote else { return Err(TransportFailure::Ice) };
        self.agent
            .start_connectivity_checks(now, false, remote.ufrag.clone(), remote.pwd.clone())
            .map_err(|_| TransportFailure::Ice)
    }
}

impl IceAgent for RtcIceLite {
    fn offered_credentials(&self) -> &IceCredentials {
        self.staged.as_ref().unwrap_or(&self.local)
    }

    fn known_credentials(&self) -> (&IceCredentials, Option<&IceCredentials>) {
        (&self.local, self.staged.as_ref())
    }

    fn stage_restart(&mut self, credentials: IceCredentials) -> Result<(), TransportFailure> {
        check_credentials(&credentials)?;
        self.staged = Some(credentials);
        Ok(())
    }

    fn set_remote(&mut self, now: Instant, credentials: &IceCredentials) -> Result<(), TransportFailure> {
        if let Some(staged) = self.staged.take() {
            self.agent
                .restart(now, staged.ufrag.clone(), staged.pwd.clone(), true)
                .map_err(|_| TransportFailure::Ice)?;
            self.local = staged;
        }
        self.remote = Some(credentials.clone());
        self.start(now)
    }

    fn handle_stun(
        &mut self,
        now: Instant,
        path: Path,
        message: &[u8],
        counters: &mut TransportCounters,
    ) -> StunOutcome {
        let Ok(peek) = stun::peek(message) else {
            counters.stun_malformed += 1;
            return StunOutcome::Dropped;
        };
        if !self.is_expected(&peek, counters) {
            return StunOutcome::Dropped;
        }
        let Some(candidate) = self.candidate_for(&path) else {
            counters.stun_refused += 1;
            return StunOutcome::Dropped;
        };
        let transport_protocol = match path.proto {
            Proto::Udp => TransportProtocol::UDP,
            Proto::Tcp => TransportProtocol::TCP,
        };
        let tagged = TaggedBytesMut {
            now,
            transport: TransportContext {
                local_addr: candidate.addr,
                peer_addr: path.remote,
                transport_protocol,
                ecn: None,
            },
            message: BytesMut::from(message),
        };
        let result = self.agent.handle_read(tagged);
        let has_answered = self.collect_transmits(path, counters);
        if result.is_err() {
            counters.stun_refused += 1;
            return StunOutcome::Dropped;
        }
        if self.agent.get_remote_candidates().len() > MAX_REMOTE_CANDIDATES {
            // Nothing is staged in the library, so this only forgets pairs; live checks make new
            // ones. It cannot fail: the credentials were accepted before.
            let _ = self.agent.apply_restart(now, true);
            let _ = self.start(now);
        }
        if peek.class == StunClass::Request {
            self.remember(path);
            // The library answers a nomination only after its own check of the pair succeeded. A
            // recorded check replayed from a forged address therefore never moves the media.
            if peek.nominates && has_answered {
                return StunOutcome::Nominated;
            }
        }
        StunOutcome::Authentic
    }

    fn is_validated(&self, path: &Path) -> bool {
        self.validated.contains(path)
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }
}

fn check_credentials(credentials: &IceCredentials) -> Result<(), TransportFailure> {
    let is_valid = credentials.ufrag.len() >= MIN_UFRAG_LEN
        && is_ice_text(&credentials.ufrag, stun::MAX_UFRAG_LEN)
        && credentials.pwd.len() >= MIN_PWD_LEN
        && is_ice_text(&credentials.pwd, MAX_PWD_LEN);
    if is_valid { Ok(()) } else { Err(TransportFailure::IceCredentials) }
}
