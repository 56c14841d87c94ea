//! One leg's way in and out: ICE, DTLS, SRTP and the session description that sets them up.
//!
//! Owned by a shard, one [`PeerTransport`] per browser. The shard reads sockets, demultiplexes, and
//! hands STUN and DTLS here; SRTP goes straight to the two halves that [`PeerTransport::srtp`]
//! gives out. Nothing here may open a socket or read a clock.
//!
//! Invariants:
//! - A packet is **opened once**: [`srtp::SrtpReceiver`] decrypts from the receive buffer into the
//!   slot where the packet then lives; every receiver reads that one clear copy.
//! - A packet is **sealed once per receiver**: [`srtp::SrtpSender`] encrypts from the shared slot
//!   straight into the send arena, and refuses to seal one index twice, because a repeated nonce
//!   breaks GCM. A retransmission is a new packet on the RTX source.
//! - Keys outlive paths: ICE restarts and address changes touch neither DTLS nor SRTP state.
//! - No byte from an address that has not passed an authenticated STUN check reaches DTLS, and
//!   no answer longer than the question goes to an unproven address.
//! - Every queue and map has a named limit and a counter in [`TransportCounters`].

mod leg;
pub mod sdp;
pub mod srtp;
mod types;

pub use leg::{LegSettings, LocalIdentity, PeerTransport};
pub use types::{
    IceCredentials, LocalCandidate, Path, Proto, SrtpProfile, TransportCounters, TransportEvent,
    Transmit,
};
