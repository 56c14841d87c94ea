//! Which SSRC of a leg is which stream: learnt from the first packet that says so, kept for the
//! life of the SSRC.
//!
//! Called per packet. Browsers send `mid` and `rid` only until the first receiver report
//! (RFC 8852; seen with Chromium after 3–21 packets), so later packets are known by SSRC alone.

use crate::room::Drop;
use crate::stream::arrival::RtpFacts;
use crate::stream::ids::{Layer, SourceKind};
use std::time::{Duration, Instant};

/// SSRCs that one leg may use: six of a camera, two of a screen, two sounds, and as many again
/// for a browser that changes them.
pub const MAX_SSRCS: usize = 20;

/// Silence after which another SSRC may take a stream over.
const TAKE_OVER_AFTER: Duration = Duration::from_millis(500);

/// What an SSRC carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latched {
    pub source: SourceKind,
    pub layer: Layer,
    /// Retransmissions of the stream, not the stream itself.
    pub is_rtx: bool,
}

struct Entry {
    ssrc: u32,
    what: Latched,
    last: Instant,
}

/// The SSRCs of one leg.
#[derive(Default)]
pub struct SsrcTable {
    entries: Vec<Entry>,
}

/// Answer of [`SsrcTable::known`] and [`SsrcTable::latch`].
pub type LatchResult = Result<Latched, Drop>;

impl SsrcTable {
    /// What `ssrc` was latched as; notes that it is alive.
    pub fn known(&mut self, ssrc: u32, now: Instant) -> Option<Latched> {
        let entry = self.entries.iter_mut().find(|entry| entry.ssrc == ssrc)?;
        entry.last = now;
        Some(entry.what)
    }

    /// Latches a new SSRC by what its packet says.
    ///
    /// # Errors
    /// `Unlatched` when the packet does not say what it is, `SsrcTaken` when another live SSRC
    /// carries that stream, `TooManySsrcs`.
    pub fn latch(&mut self, facts: &RtpFacts, is_rtx: bool, now: Instant) -> LatchResult {
        let source = facts.source.ok_or(Drop::Unlatched)?;
        let named = if is_rtx { facts.repaired_layer.or(facts.layer) } else { facts.layer };
        // A camera is simulcast by rid, except with browsers that send one layer without any.
        let layer = match source {
            SourceKind::Camera => named.unwrap_or(Layer::QUARTER),
            _ => Layer::QUARTER,
        };
        let what = Latched { source, layer, is_rtx };
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.what == what) {
            if now.saturating_duration_since(entry.last) < TAKE_OVER_AFTER {
                return Err(Drop::SsrcTaken);
            }
            entry.ssrc = facts.ssrc;
            entry.last = now;
            return Ok(what);
        }
        if self.entries.len() == MAX_SSRCS {
            return Err(Drop::TooManySsrcs);
        }
        self.entries.push(Entry { ssrc: facts.ssrc, what, last: now });
        Ok(what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(ssrc: u32, source: Option<SourceKind>, layer: Option<Layer>) -> RtpFacts {
        RtpFacts {
            ssrc,
            sequence: 0,
            timestamp: 0,
            marker: false,
            payload_type: 96,
            payload_start: 12,
            payload_len: 1,
            wire_len: 13,
            source,
            layer,
            repaired_layer: None,
            transport_sequence: None,
            audio_level: None,
            descriptor_len: 0,
        }
    }

    #[test]
    fn latch_outlives_the_extensions() {
        let now = Instant::now();
        let mut table = SsrcTable::default();
        let first = facts(5, Some(SourceKind::Camera), Some(Layer::HALF));
        let what = table.latch(&first, false, now).expect("free");
        assert_eq!((what.source, what.layer), (SourceKind::Camera, Layer::HALF));
        assert_eq!(table.known(5, now + Duration::from_secs(3600)), Some(what));
    }

    #[test]
    fn packet_that_does_not_say_what_it_is_is_refused() {
        let mut table = SsrcTable::default();
        let silent = facts(5, None, Some(Layer::HALF));
        assert_eq!(table.latch(&silent, false, Instant::now()), Err(Drop::Unlatched));
    }

    #[test]
    fn live_layer_is_not_taken_over_and_a_silent_one_is() {
        let now = Instant::now();
        let mut table = SsrcTable::default();
        let camera = |ssrc| facts(ssrc, Some(SourceKind::Camera), Some(Layer::FULL));
        table.latch(&camera(1), false, now).expect("free");
        assert_eq!(table.latch(&camera(2), false, now), Err(Drop::SsrcTaken));
        let later = now + TAKE_OVER_AFTER;
        assert!(table.latch(&camera(2), false, later).is_ok());
        assert_eq!(table.known(1, later), None);
    }

    #[test]
    fn streams_of_one_leg_are_bounded() {
        // Every source and layer with its retransmissions stays below the limit.
        let mut table = SsrcTable::default();
        let mut ssrc = 0;
        for source in SourceKind::ALL {
            for layer in Layer::ALL {
                for is_rtx in [false, true] {
                    ssrc += 1;
                    let mut packet = facts(ssrc, Some(source), Some(layer));
                    packet.repaired_layer = Some(layer);
                    let _ = table.latch(&packet, is_rtx, Instant::now());
                }
            }
        }
        assert!(table.entries.len() <= MAX_SSRCS);
    }
}
