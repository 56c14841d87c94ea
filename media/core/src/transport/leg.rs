//! `PeerTransport`: ICE, DTLS and the keys of one leg behind one door.
//!
//! Owned by the shard. Never touches media: the SRTP halves are handed out once keys exist, and
//! the shard only tells [`PeerTransport::note_media`] that something authentic came.

use super::dtls::{DtlsEvent, DtlsSession, LocalIdentity, RtcDtlsClient, RtcDtlsServer};
use super::ice::{IceAgent, StunOutcome};
use super::ice_lite::RtcIceLite;
use super::sdp::{
    Answer, OfferPlan, OfferTransport, OurRole, OutsideOffer, are_usable, parse_answer, write_fragment,
    write_offer, write_outside_answer,
};
use super::srtp::SrtpHalves;
use super::types::{
    IceCredentials, LocalCandidate, Path, Proto, Transmit, TransportCounters, TransportEvent,
};
use crate::error::{AnswerRefused, TransportFailure};
use crate::packet::demux::{PacketClass, classify};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time from making a leg to its answer.
pub const ANSWER_DEADLINE: Duration = Duration::from_secs(60);
/// Time from the first answer to finished ICE and DTLS.
pub const CONNECT_DEADLINE: Duration = Duration::from_secs(30);
/// Time without a valid STUN check or valid SRTP after which the peer counts as gone. Browsers
/// check every 2.5 s, so this is six lost checks in a row.
pub const SILENCE_LIMIT: Duration = Duration::from_secs(15);
/// Most events waiting for [`PeerTransport::poll_event`]; more would mean nobody polls.
const MAX_QUEUED_EVENTS: usize = 32;

/// What all legs of one shard share.
#[derive(Debug, Clone)]
pub struct LegSettings {
    /// The process certificate.
    pub identity: LocalIdentity,
    /// Addresses that the offer advertises: LAN, WAN and public, UDP and TCP; at most 16.
    pub candidates: Arc<[LocalCandidate]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    AwaitingAnswer { deadline: Instant },
    Connecting { deadline: Instant },
    Connected,
    Ended,
}

/// One leg.
pub struct PeerTransport {
    ice: Box<dyn IceAgent + Send>,
    dtls: Box<dyn DtlsSession + Send>,
    settings: LegSettings,
    phase: Phase,
    // An answer is taken once per offer that signalling sent: the first, and one per restart.
    awaits_answer: bool,
    path: Option<Path>,
    last_alive: Instant,
    halves: Option<SrtpHalves>,
    transmits: VecDeque<Transmit>,
    events: VecDeque<TransportEvent>,
    counters: TransportCounters,
}

impl PeerTransport {
    /// Makes a leg that waits for its answer.
    ///
    /// # Errors
    /// `Candidates`, `IceCredentials`, `Ice`.
    pub fn new(
        now: Instant,
        settings: &LegSettings,
        credentials: IceCredentials,
    ) -> Result<Self, TransportFailure> {
        let provider = Arc::clone(&settings.identity.provider);
        let candidates = Arc::clone(&settings.candidates);
        Ok(Self {
            ice: Box::new(RtcIceLite::new(now, provider, candidates, credentials)?),
            dtls: Box::new(RtcDtlsServer::new(settings.identity.clone())),
            settings: settings.clone(),
            phase: Phase::AwaitingAnswer { deadline: now + ANSWER_DEADLINE },
            awaits_answer: true,
            path: None,
            last_alive: now,
            halves: None,
            transmits: VecDeque::new(),
            events: VecDeque::new(),
            counters: TransportCounters::default(),
        })
    }

    /// Makes a leg from an offer that the peer brought; [`Self::answer_to`] is what it is told.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn answering(
        now: Instant,
        settings: &LegSettings,
        credentials: IceCredentials,
        offer: &OutsideOffer,
    ) -> Result<Self, TransportFailure> {
        let mut leg = Self::new(now, settings, credentials)?;
        if offer.role == OurRole::Client {
            leg.dtls = Box::new(RtcDtlsClient::new(settings.identity.clone()));
        }
        leg.ice.set_remote(now, &offer.ice)?;
        leg.dtls.expect_fingerprint(offer.fingerprint);
        leg.awaits_answer = false;
        leg.phase = Phase::Connecting { deadline: now + CONNECT_DEADLINE };
        Ok(leg)
    }

    /// The answer to `offer`, from which this leg was made.
    #[must_use]
    pub fn answer_to(&self, offer: &OutsideOffer, plan: &OfferPlan) -> String {
        write_outside_answer(offer, plan, &self.described())
    }

    /// Takes new credentials of the peer together with new ones of ours: an ICE restart that the peer
    /// began. Keys and the current path stay.
    ///
    /// # Errors
    /// `IceCredentials` when too short; `Ice` when the leg has ended.
    pub fn restarted_by_peer(
        &mut self,
        now: Instant,
        own: IceCredentials,
        theirs: &IceCredentials,
    ) -> Result<(), TransportFailure> {
        if !are_usable(theirs) {
            return Err(TransportFailure::IceCredentials);
        }
        self.restart_ice(own)?;
        self.awaits_answer = false;
        self.ice.set_remote(now, theirs)
    }

    /// Credentials and candidates as the fragment of an SDP that answers such a restart (RFC 8840).
    #[must_use]
    pub fn fragment(&self) -> String {
        write_fragment(&self.described())
    }

    fn described(&self) -> OfferTransport<'_> {
        OfferTransport {
            ice: self.ice.offered_credentials(),
            fingerprint: self.settings.identity.fingerprint(),
            candidates: &self.settings.candidates,
        }
    }

    /// The offer for the browser, with current (or restarted) ICE credentials.
    #[must_use]
    pub fn offer(&self, plan: &OfferPlan) -> String {
        write_offer(plan, &self.described())
    }

    /// User fragments by which STUN finds this leg: the live one and, during a restart, the next.
    pub fn local_ufrags(&self) -> impl Iterator<Item = &str> {
        let (live, staged) = self.ice.known_credentials();
        std::iter::once(live).chain(staged).map(|credentials| credentials.ufrag.as_str())
    }

    /// Takes the browser's answer, to the first offer or to a restart.
    ///
    /// # Errors
    /// [`AnswerRefused`]; the leg is then as before and may get a better answer.
    pub fn set_answer(&mut self, now: Instant, sdp: &str) -> Result<Answer, AnswerRefused> {
        if !self.awaits_answer || self.phase == Phase::Ended {
            return Err(AnswerRefused::NotExpected);
        }
        let answer = parse_answer(sdp)?;
        self.ice.set_remote(now, &answer.ice).map_err(|_| AnswerRefused::IceCredentials)?;
        self.dtls.expect_fingerprint(answer.fingerprint);
        self.awaits_answer = false;
        if let Phase::AwaitingAnswer { .. } = self.phase {
            self.phase = Phase::Connecting { deadline: now + CONNECT_DEADLINE };
        }
        Ok(answer)
    }

    /// Stages new credentials; the next [`Self::offer`] carries them, its answer activates them.
    /// Keys and the current path stay.
    ///
    /// # Errors
    /// `IceCredentials` when too short; `Ice` when the leg has ended or never had an answer.
    pub fn restart_ice(&mut self, credentials: IceCredentials) -> Result<(), TransportFailure> {
        if !matches!(self.phase, Phase::Connecting { .. } | Phase::Connected) {
            return Err(TransportFailure::Ice);
        }
        self.ice.stage_restart(credentials)?;
        self.awaits_answer = true;
        Ok(())
    }

    /// Takes one STUN or DTLS datagram (or unprefixed TCP frame).
    ///
    /// `local` is the address the packet was sent to; a candidate, or the address behind its NAT.
    pub fn handle_datagram(
        &mut self,
        now: Instant,
        local: SocketAddr,
        remote: SocketAddr,
        proto: Proto,
        bytes: &[u8],
    ) {
        if self.phase == Phase::Ended {
            self.counters.after_end += 1;
            return;
        }
        let path = Path { local, remote, proto };
        match classify(bytes) {
            PacketClass::Stun => match self.ice.handle_stun(now, path, bytes, &mut self.counters) {
                StunOutcome::Dropped => {}
                StunOutcome::Authentic => {
                    self.last_alive = now;
                    // Before any nomination the first working path is the only one there is.
                    if self.path.is_none() && self.ice.is_validated(&path) {
                        self.path = Some(path);
                    }
                }
                StunOutcome::Nominated => {
                    self.last_alive = now;
                    self.follow(path);
                }
            },
            PacketClass::Dtls if self.ice.is_validated(&path) => {
                self.dtls.handle_datagram(now, bytes, &mut self.counters);
            }
            PacketClass::Dtls => self.counters.dtls_unvalidated += 1,
            PacketClass::Rtp | PacketClass::Rtcp | PacketClass::Unknown => self.counters.misrouted += 1,
        }
        if self.path.is_some() {
            self.dtls.begin(now);
        }
        self.collect();
    }

    /// Notes that a packet from the peer was opened: proof of life.
    pub fn note_media(&mut self, now: Instant) {
        self.last_alive = now;
    }

    /// Whether an authentic STUN check came over this path, so that its packets belong here.
    #[must_use]
    pub fn is_validated(&self, path: &Path) -> bool {
        self.ice.is_validated(path)
    }

    /// When [`Self::handle_timeout`] wants to be called next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let own = match self.phase {
            Phase::AwaitingAnswer { deadline } | Phase::Connecting { deadline } => deadline,
            Phase::Connected => self.last_alive + SILENCE_LIMIT,
            Phase::Ended => return None,
        };
        Some(self.dtls.poll_timeout().map_or(own, |due| due.min(own)))
    }

    /// Runs what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.dtls.handle_timeout(now);
        self.collect();
        match self.phase {
            Phase::AwaitingAnswer { deadline } | Phase::Connecting { deadline } if now >= deadline => {
                self.end(TransportEvent::Failed { failure: TransportFailure::ConnectDeadline });
            }
            Phase::Connected if now >= self.last_alive + SILENCE_LIMIT => {
                self.end(TransportEvent::Failed { failure: TransportFailure::Silent });
            }
            _ => {}
        }
    }

    /// The next datagram to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.ice.poll_transmit().or_else(|| self.transmits.pop_front())
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<TransportEvent> {
        self.events.pop_front()
    }

    /// The SRTP halves: `Some` exactly once, after `Connected`.
    pub fn srtp(&mut self) -> Option<SrtpHalves> {
        self.halves.take()
    }

    /// Where media goes now.
    #[must_use]
    pub fn path(&self) -> Option<Path> {
        self.path
    }

    /// Says goodbye (DTLS close_notify in [`Self::poll_transmit`]) and ends the leg.
    pub fn close(&mut self, now: Instant) {
        if self.phase != Phase::Ended {
            self.dtls.close(now);
            self.collect();
            self.phase = Phase::Ended;
        }
    }

    /// Drops and repeats by reason.
    #[must_use]
    pub fn counters(&self) -> &TransportCounters {
        &self.counters
    }

    fn follow(&mut self, path: Path) {
        if self.path == Some(path) {
            return;
        }
        self.path = Some(path);
        if self.phase == Phase::Connected {
            self.report(TransportEvent::RemoteAddressChanged { path });
        }
    }

    /// Moves what DTLS produced to the queues of this leg.
    fn collect(&mut self) {
        while let Some(event) = self.dtls.poll_event() {
            match event {
                DtlsEvent::Connected(halves) => {
                    // DTLS only ever comes over a validated path, so there is one.
                    let Some(path) = self.path else { continue };
                    let profile = halves.profile;
                    self.halves = Some(*halves);
                    self.phase = Phase::Connected;
                    self.report(TransportEvent::Connected { profile, path });
                }
                DtlsEvent::Closed => self.end(TransportEvent::Closed),
                DtlsEvent::Failed(failure) => self.end(TransportEvent::Failed { failure }),
            }
        }
        while let Some(bytes) = self.dtls.poll_transmit() {
            match self.path {
                Some(path) => self.transmits.push_back(Transmit { path, bytes }),
                None => self.counters.transmits_dropped += 1,
            }
        }
    }

    fn end(&mut self, event: TransportEvent) {
        if self.phase != Phase::Ended {
            self.phase = Phase::Ended;
            self.report(event);
        }
    }

    fn report(&mut self, event: TransportEvent) {
        if self.events.len() < MAX_QUEUED_EVENTS {
            self.events.push_back(event);
        }
    }
}
