//! What one client has seen since it came.
//!
//! Counted by its session, read by runs. Sums only ever grow, so that a phase is the difference of two.

use std::time::Duration;

/// What one client has seen so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// Since its description was agreed.
    pub connected_after: Option<Duration>,
    pub first_packet_after: Option<Duration>,
    pub first_frame_after: Option<Duration>,
    /// Distinct media packets, padding and repairs of what had come left out.
    pub packets: u64,
    pub bytes: u64,
    pub duplicates: u64,
    pub repaired: u64,
    pub given_up: u64,
    /// Packets that could not be opened.
    pub broken: u64,
    /// Datagrams that this machine dropped at the client's socket.
    pub dropped_here: u32,
    pub key_requests: u64,
    /// Packets sent, repeats left out.
    pub sent: u64,
    pub has_ended: bool,
}
