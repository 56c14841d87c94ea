//! What came out of one run with one server.
//!
//! Made by the engine, read by reports and by the search for what a machine carries. Plain facts.

use crate::client::Shown;
use std::time::Duration;

/// The clients' thread counts as too busy to judge a server from this share of its core on.
pub const SATURATED: f64 = 0.9;

/// One second of a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sample {
    pub at: Duration,
    /// Share of the core, 0 to 1 (more for a server on several).
    pub server_cpu: f64,
    pub client_cpu: f64,
    pub resident_bytes: u64,
    pub packets_per_s: f64,
    pub bits_per_s: f64,
    /// Packets that did not come in this second, of all that should have.
    pub loss_ratio: f64,
    /// Added delay in this second.
    pub delay_p50_us: u64,
    pub delay_p99_us: u64,
}

/// How clients coped with a link that was narrowed: the slowest of them.
#[derive(Clone, Copy, Debug)]
pub struct Narrowed {
    /// Infinite when one of them never did.
    pub found_s: f64,
    pub restored_s: f64,
    /// Least share of the best that fits that one of them used.
    pub used: f64,
    pub queue_p95_us: u64,
    /// Without the first eight seconds.
    pub settled_queue_p95_us: u64,
}

/// How speaker changes were seen.
#[derive(Clone, Copy, Debug)]
pub struct Speakers {
    pub p50_us: u64,
    pub p95_us: u64,
    pub seen: u64,
    pub expected: u64,
    /// Key frames asked of all senders for one change, at most.
    pub most_key_requests: u64,
}

/// Whether an independent receiver saw what the bulk clients saw; see `client::probe`.
#[derive(Clone, Debug)]
pub struct Probed {
    /// Packets that it got in the measured part, and those that it should have got.
    pub packets: u64,
    pub expected: u64,
    /// Whether their contents were those that were sent.
    pub is_same: bool,
    /// What it says of itself, or why it is not there.
    pub said: String,
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub name: &'static str,
    pub receivers: usize,
    pub length: Duration,
    pub us_cpu_per_packet: f64,
    pub kib_per_receiver: f64,
    pub delivered_ratio: f64,
    pub delay_p50_us: u64,
    pub delay_p99_us: u64,
    pub delay_highest_us: u64,
    pub jitter_p95_us: u64,
    /// Share of the core that the clients' thread and the server used.
    pub client_cpu: f64,
    pub server_cpu: f64,
    pub packets_sent: u64,
    pub packets_received: u64,
    /// Datagrams that this machine dropped at the clients' sockets: then the clients were too slow.
    pub dropped_here: u64,
    /// Packets that sampled clients could not open, or whose content nobody had sent.
    pub broken: u64,
    pub unknown: u64,
    pub repaired: u64,
    pub duplicates: u64,
    /// Receivers that had no whole key frame when the wait for it was over.
    pub without_picture: usize,
    /// From agreed descriptions to the first whole key frame, of the slowest twentieth; [`Duration::MAX`] when
    /// that many never had one.
    pub first_frame_p95: Duration,
    /// The same from the begin of joining, and from being connected.
    pub join_to_picture_p95: Duration,
    pub key_wait_p95: Duration,
    /// From the first that began to join to the last that was connected; [`Duration::MAX`] when one never was.
    pub all_connected: Duration,
    /// Pictures of clients that decrypt everything.
    pub shown: Shown,
    pub memory_growth: Option<f64>,
    pub narrowed: Option<Narrowed>,
    pub speakers: Option<Speakers>,
    pub probed: Option<Probed>,
    pub samples: Vec<Sample>,
}

impl Outcome {
    /// Whether the clients were too busy to judge the server.
    #[must_use]
    pub fn is_saturated(&self) -> bool {
        self.client_cpu >= SATURATED || self.dropped_here > 0
    }
}
