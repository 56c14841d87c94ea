//! SRTP and SRTCP of one leg (RFC 3711, RFC 7714) on aws-lc-rs.
//!
//! The shard holds the two halves: [`SrtpReceiver`] opens what comes, [`SrtpSender`] seals what
//! goes. Neither allocates per packet; neither knows what is inside.

mod receiver;
mod sender;

pub use receiver::{OpenedRtp, SrtpReceiver};
pub use sender::SrtpSender;

/// Both directions of one leg, each with its own key.
pub struct SrtpHalves {
    /// Opens the peer's packets.
    pub receiver: SrtpReceiver,
    /// Seals ours.
    pub sender: SrtpSender,
}
