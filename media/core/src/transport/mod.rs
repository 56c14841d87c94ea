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
//!   media moves to a new address only after our own check of it was answered.
//! - Every queue and map has a named limit and, where it drops, a counter.
//!
//! Order of a leg's life: `new` → `offer` → `set_answer` → STUN → DTLS → `Connected` → `srtp`
//! halves; `restart_ice` → `offer` → `set_answer` any number of times; `Closed`, `Failed` or
//! `close` end it. Randomness inside ICE and DTLS comes from the library's provider; everything
//! that names a leg (user fragment, password, SSRCs) is given by the caller.

mod dtls;
mod ice;
mod ice_lite;
mod leg;
pub mod sdp;
pub mod srtp;
mod types;

pub use dtls::LocalIdentity;
pub(crate) use dtls::fuzz_datagrams as fuzz_dtls;
pub use leg::{ANSWER_DEADLINE, CONNECT_DEADLINE, LegSettings, PeerTransport, SILENCE_LIMIT};
pub use types::{
    IceCredentials, LocalCandidate, Path, Proto, SrtpProfile, Transmit, TransportCounters, TransportEvent,
};
