//! Where outgoing packets are sealed, one behind the other, and grouped into runs.
//!
//! Filled by the shard loop in subscriber-major order: all packets of one receiver lie together,
//! so that equal sizes to one address become one segment run (UDP_SEGMENT), the only thing that
//! makes sending cheaper. Emptied by `socket`. Never allocates after it is made.

use std::net::{IpAddr, SocketAddr};

/// Bytes of one arena: one video frame of 20 packets to 40 receivers fits before it is flushed.
const ARENA_BYTES: usize = 1 << 20;
/// Most runs of one arena.
const MAX_RUNS: usize = 1024;
/// Most segments of one run; the system takes 64.
const MAX_SEGMENTS: usize = 48;
/// Most bytes of one run; an IP datagram of the whole run must stay below 64 KiB.
const MAX_RUN_BYTES: usize = 60_000;
/// Most bytes of one packet.
pub(crate) const PACKET_BYTES: usize = 2048;

/// Packets of one size to one address; the last may be shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) remote: SocketAddr,
    pub(crate) local: IpAddr,
    pub(crate) start: usize,
    pub(crate) len: usize,
    pub(crate) segment: usize,
}

/// Sealed packets that wait for the next flush.
pub(crate) struct Arena {
    bytes: Box<[u8]>,
    used: usize,
    runs: Vec<Run>,
    segments: bool,
}

impl Arena {
    pub(crate) fn new() -> Self {
        Self {
            bytes: vec![0; ARENA_BYTES].into_boxed_slice(),
            used: 0,
            runs: Vec::with_capacity(MAX_RUNS),
            segments: true,
        }
    }

    /// Whether one more packet of any size has room; if not, flush first.
    pub(crate) fn has_room(&self) -> bool {
        self.used + PACKET_BYTES <= self.bytes.len() && self.runs.len() < MAX_RUNS
    }

    /// Room for the next packet: [`PACKET_BYTES`] bytes when [`Arena::has_room`].
    pub(crate) fn room(&mut self) -> &mut [u8] {
        let end = (self.used + PACKET_BYTES).min(self.bytes.len());
        &mut self.bytes[self.used..end]
    }

    /// Takes the first `len` bytes of the room as a packet to `remote`, sent from `local`.
    pub(crate) fn commit(&mut self, len: usize, local: IpAddr, remote: SocketAddr) {
        debug_assert!(len <= PACKET_BYTES && self.has_room());
        let start = self.used;
        self.used += len;
        if let Some(run) = self.runs.last_mut() {
            let is_full = run.len + len > MAX_RUN_BYTES || run.len >= run.segment * MAX_SEGMENTS;
            let all_equal = run.len.is_multiple_of(run.segment);
            if self.segments
                && run.remote == remote
                && run.local == local
                && all_equal
                && len <= run.segment
                && !is_full
            {
                run.len += len;
                return;
            }
        }
        self.runs.push(Run { remote, local, start, len, segment: len });
    }

    /// Splits one run into single packets from now on: the system refused to segment. The runs
    /// that wait are split too.
    pub(crate) fn give_up_segments(&mut self, from_run: usize) -> Vec<Run> {
        self.segments = false;
        let mut singles = Vec::new();
        for run in &self.runs[from_run..] {
            let mut done = 0;
            while done < run.len {
                let len = run.segment.min(run.len - done);
                singles.push(Run { start: run.start + done, len, segment: len, ..*run });
                done += len;
            }
        }
        singles
    }

    /// The bytes and the runs in them.
    pub(crate) fn contents(&self) -> (&[u8], &[Run]) {
        (&self.bytes, &self.runs)
    }

    /// Forgets everything that was sent.
    pub(crate) fn clear(&mut self) {
        self.used = 0;
        self.runs.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "10.0.0.1:1000";
    const B: &str = "10.0.0.2:1000";

    fn arena(packets: &[(&str, usize)]) -> Arena {
        let mut arena = Arena::new();
        for (remote, len) in packets {
            arena.commit(*len, "10.0.0.9".parse().expect("address"), remote.parse().expect("address"));
        }
        arena
    }

    fn check(packets: &[(&str, usize)], expected: &[(&str, usize, usize)]) {
        let arena = arena(packets);
        let runs: Vec<(String, usize, usize)> =
            arena.contents().1.iter().map(|r| (r.remote.to_string(), r.len, r.segment)).collect();
        let expected: Vec<(String, usize, usize)> =
            expected.iter().map(|(r, l, s)| ((*r).to_owned(), *l, *s)).collect();
        assert_eq!(runs, expected);
    }

    #[test]
    fn equal_packets_to_one_receiver_become_one_run() {
        check(&[(A, 1200), (A, 1200), (A, 700)], &[(A, 3100, 1200)]);
    }

    #[test]
    fn shorter_packet_ends_a_run_and_a_longer_one_begins_another() {
        check(
            &[(A, 1200), (A, 700), (A, 700), (A, 1200)],
            &[(A, 1900, 1200), (A, 700, 700), (A, 1200, 1200)],
        );
    }

    #[test]
    fn receivers_never_share_a_run() {
        check(&[(A, 100), (B, 100), (A, 100)], &[(A, 100, 100), (B, 100, 100), (A, 100, 100)]);
    }

    #[test]
    fn run_stays_below_the_limits_of_the_system() {
        let arena = arena(&[(A, 1200); 120]);
        assert!(
            arena.contents().1.iter().all(|r| r.len <= MAX_RUN_BYTES && r.len / r.segment <= MAX_SEGMENTS)
        );
        assert_eq!(arena.contents().1.iter().map(|r| r.len).sum::<usize>(), 120 * 1200);
    }

    #[test]
    fn after_a_refusal_packets_go_one_by_one() {
        let mut arena = arena(&[(A, 1200), (A, 1200), (A, 700), (B, 60)]);
        let lens: Vec<usize> = arena.give_up_segments(0).iter().map(|r| r.len).collect();
        assert_eq!(lens, [1200, 1200, 700, 60]);
        arena.clear();
        let to = A.parse().expect("address");
        arena.commit(100, "10.0.0.9".parse().expect("address"), to);
        arena.commit(100, "10.0.0.9".parse().expect("address"), to);
        assert_eq!(arena.contents().1.len(), 2);
    }
}
