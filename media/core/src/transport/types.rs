//! The values that cross the border of one leg: paths, candidates, transmits, events, counters.
//!
//! Shared by the shard (which owns the sockets) and the parts of `transport`. Only plain values:
//! nothing here may hold a library type, so that ICE and DTLS stay replaceable.

use crate::error::TransportFailure;
use std::net::SocketAddr;

/// What carries a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Proto {
    /// One datagram, one packet.
    Udp,
    /// A TCP connection that the browser opened to us, framed by RFC 4571.
    Tcp,
}

/// One way between a local candidate address and the peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Path {
    /// Our candidate address, as written in the offer (never a wildcard).
    pub local: SocketAddr,
    /// Where the peer's packets come from.
    pub remote: SocketAddr,
    /// UDP or TCP.
    pub proto: Proto,
}

/// An address that the offer advertises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LocalCandidate {
    /// Address and port that browsers reach; behind NAT the public one.
    pub addr: SocketAddr,
    /// UDP, or TCP passive.
    pub proto: Proto,
    /// Preference among candidates of the same protocol, higher first (RFC 8445 section 5.1.2.1).
    pub preference: u16,
}

/// User fragment and password of one side (RFC 8839 section 5.4).
#[derive(Clone, PartialEq, Eq)]
pub struct IceCredentials {
    /// 4..=256 ice-chars. The shard routes unknown addresses by it, so it is unique per shard.
    pub ufrag: String,
    /// 22..=256 ice-chars from a secure random source.
    pub pwd: String,
}

impl std::fmt::Debug for IceCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IceCredentials").field("ufrag", &self.ufrag).finish_non_exhaustive()
    }
}

/// A datagram (or TCP frame, unprefixed) to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// Where to send it, and from which candidate.
    pub path: Path,
    /// The bytes; RFC 4571 framing is the shard's business.
    pub bytes: Vec<u8>,
}

/// What one leg reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportEvent {
    /// Handshake done: take the keys with [`super::PeerTransport::srtp`].
    Connected {
        /// The negotiated SRTP profile.
        profile: SrtpProfile,
        /// Where media goes from now on.
        path: Path,
    },
    /// The peer nominated another path: send media there from now on. Keys stay.
    RemoteAddressChanged {
        /// The new path.
        path: Path,
    },
    /// The peer closed the leg by DTLS close_notify.
    Closed,
    /// The leg is lost; drop it.
    Failed {
        /// Why.
        failure: TransportFailure,
    },
}

/// SRTP protection profiles, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SrtpProfile {
    /// AEAD_AES_128_GCM, RFC 7714: the cheapest on AES-NI machines.
    AeadAes128Gcm,
    /// AEAD_AES_256_GCM, RFC 7714.
    AeadAes256Gcm,
    /// AES_CM_128_HMAC_SHA1_80, RFC 3711: 3.6 times the cost of GCM, for clients without it.
    Aes128CmSha1_80,
}

impl SrtpProfile {
    /// Best first: the order in which a server picks from what the client offers.
    pub const PREFERENCE: [Self; 3] = [Self::AeadAes128Gcm, Self::AeadAes256Gcm, Self::Aes128CmSha1_80];

    /// Master key length in bytes.
    #[must_use]
    pub const fn key_len(self) -> usize {
        match self {
            Self::AeadAes128Gcm | Self::Aes128CmSha1_80 => 16,
            Self::AeadAes256Gcm => 32,
        }
    }

    /// Master salt length in bytes.
    #[must_use]
    pub const fn salt_len(self) -> usize {
        match self {
            Self::AeadAes128Gcm | Self::AeadAes256Gcm => 12,
            Self::Aes128CmSha1_80 => 14,
        }
    }

    /// Bytes that sealing adds to an RTP packet.
    #[must_use]
    pub const fn rtp_overhead(self) -> usize {
        match self {
            Self::AeadAes128Gcm | Self::AeadAes256Gcm => 16,
            Self::Aes128CmSha1_80 => 10,
        }
    }

    /// Bytes that sealing adds to a compound RTCP packet.
    #[must_use]
    pub const fn rtcp_overhead(self) -> usize {
        self.rtp_overhead() + 4
    }

    /// The number in the DTLS use_srtp extension (RFC 5764, RFC 7714).
    #[must_use]
    pub const fn wire_id(self) -> u16 {
        match self {
            Self::AeadAes128Gcm => 0x0007,
            Self::AeadAes256Gcm => 0x0008,
            Self::Aes128CmSha1_80 => 0x0001,
        }
    }
}

/// Packets of one leg that were dropped or repeated, by reason. Only ever grows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TransportCounters {
    /// STUN that does not parse.
    pub stun_malformed: u64,
    /// STUN before the answer came; browsers repeat it at once.
    pub stun_early: u64,
    /// STUN whose integrity or user name is wrong, or to an address that is no candidate.
    pub stun_refused: u64,
    /// DTLS records that do not parse, or a ClientHello over its limit.
    pub dtls_malformed: u64,
    /// DTLS from an address that never passed a STUN check.
    pub dtls_unvalidated: u64,
    /// DTLS that the library refused while the leg went on.
    pub dtls_refused: u64,
    /// Times the stored server flight was sent again.
    pub dtls_flight_resent: u64,
    /// Repeats of the ClientHello left unanswered because the resend limit was reached.
    pub dtls_resend_exhausted: u64,
    /// Transmits dropped because the outgoing queue was full.
    pub transmits_dropped: u64,
    /// Datagrams that are neither STUN nor DTLS; SRTP goes to the halves, the rest nowhere.
    pub misrouted: u64,
    /// Datagrams for a leg that has ended.
    pub after_end: u64,
}
