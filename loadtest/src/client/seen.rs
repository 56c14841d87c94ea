//! What one client has seen since it came.
//!
//! Counted by its session, read by runs. Sums only ever grow, so that a phase is the difference of two.

use super::frames::Shown;
use std::time::{Duration, Instant};

/// How far a client has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    #[default]
    Signalling,
    Ice,
    Dtls,
    Connected,
}

/// What one client has seen so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    pub stage: Stage,
    /// When it began to join, was connected, and had the first whole key frame.
    pub born_at: Option<Instant>,
    pub connected_at: Option<Instant>,
    pub framed_at: Option<Instant>,
    /// Since its description was agreed.
    pub connected_after: Option<Duration>,
    pub first_packet_after: Option<Duration>,
    pub first_frame_after: Option<Duration>,
    /// Distinct media packets, padding and repairs of what had come left out.
    pub packets: u64,
    /// Packets that there should have been by the numbers of those that came.
    pub expected: u64,
    /// Packets of nothing but padding, in neither.
    pub padding: u64,
    pub bytes: u64,
    /// What pictures took of the wire, headers of UDP and IP included.
    pub video_wire_bytes: u64,
    /// Sum of the hashes of all contents, sent or received, in the phase that is measured.
    pub contents: u64,
    pub duplicates: u64,
    pub repaired: u64,
    pub given_up: u64,
    /// Packets that could not be opened.
    pub broken: u64,
    /// Datagrams that this machine dropped at the client's socket.
    pub dropped_here: u32,
    pub key_requests: u64,
    /// Key frames that it was asked for.
    pub keys_asked: u64,
    /// Largest jitter of its pictures.
    pub jitter_us: u64,
    /// Pictures in the phase that is measured, of a client that decrypts.
    pub shown: Shown,
    /// On a bad link: datagrams lost there, and time that 95 of 100 did not wait longer before it, since the
    /// link became as it is and without the first seconds.
    pub lost_on_link: u64,
    pub queue_p95_us: u64,
    pub settled_queue_p95_us: u64,
    /// Packets sent, repeats left out.
    pub sent: u64,
    pub has_ended: bool,
}
