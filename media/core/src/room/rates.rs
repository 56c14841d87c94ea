//! What one incoming stream costs, and what each rung of a layered stream costs.
//!
//! Owned by `publisher`, fed by `intake` per packet and measured on the room's tick. Knows no receiver.

use crate::packet::descriptor::TargetTable;
use crate::stream::ids::{Layer, MAX_LAYERS};
use crate::stream::marks::{FrameMarks, Ladder};
use std::time::{Duration, Instant};

/// Time over which bitrates are measured.
const RATE_WINDOW: Duration = Duration::from_millis(500);

/// Bits a second, calmed down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    pub bps: u32,
    bytes: u64,
    since: Instant,
}

impl Rate {
    pub const fn new(now: Instant) -> Self {
        Self { bps: 0, bytes: 0, since: now }
    }

    pub const fn note(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
    }

    pub fn measure(&mut self, now: Instant, is_stopped: bool) {
        if is_stopped {
            // What it cost before it was stopped is what it will cost again.
            (self.bytes, self.since) = (0, now);
            return;
        }
        let span = now.saturating_duration_since(self.since);
        if span < RATE_WINDOW {
            return;
        }
        let bps = u32::try_from(self.bytes * 8_000_000 / span.as_micros() as u64).unwrap_or(u32::MAX);
        // Pictures come in bursts; half of the old figure keeps the choice of layers calm.
        self.bps = if self.bps == 0 { bps } else { (self.bps / 2).saturating_add(bps / 2) };
        (self.bytes, self.since) = (0, now);
    }
}

/// When a layer last came, and what it is like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sight {
    pub last_at: Instant,
    pub height_px: u16,
    pub bps: u32,
    /// Fewer pictures a second than there are: it fills no window.
    pub is_thinned: bool,
}

/// The rungs of one layered stream.
#[derive(Debug)]
pub(super) struct Rungs {
    pub ladder: Ladder,
    table: TargetTable,
    rates: [Rate; MAX_LAYERS],
    last_at: [Option<Instant>; MAX_LAYERS],
    /// The source has had several sizes: one that is left alone is still a size.
    is_spatial: bool,
}

impl Rungs {
    pub fn new(now: Instant) -> Self {
        Self {
            ladder: Ladder::default(),
            table: TargetTable::default(),
            rates: [Rate::new(now); MAX_LAYERS],
            last_at: [None; MAX_LAYERS],
            is_spatial: false,
        }
    }

    /// The stream begins anew.
    pub fn restart(&mut self, now: Instant) {
        *self = Self::new(now);
    }

    /// Whether the stream has offered a choice of sizes.
    pub const fn is_spatial(&self) -> bool {
        self.is_spatial
    }

    /// Follows the stream's targets; true when they have changed.
    pub fn follow(&mut self, table: &TargetTable) -> bool {
        if *table == self.table {
            return false;
        }
        self.table = *table;
        self.ladder = Ladder::of(table, self.is_spatial);
        self.is_spatial |= self.ladder.has_choice() && self.ladder.is_spatial();
        true
    }

    /// Counts a packet for every rung that passes it on.
    pub fn note(&mut self, now: Instant, marks: &FrameMarks, bytes: usize) {
        for layer in Layer::ALL {
            let Some(rung) = self.ladder.rung(layer) else { continue };
            if marks.is_in(rung.target) {
                self.rates[layer.index()].note(bytes);
            }
            // A rung of size comes with its own frames, one of rate with the stream.
            if marks.spatial == rung.spatial {
                self.last_at[layer.index()] = Some(now);
            }
        }
    }

    pub fn measure(&mut self, layer: Layer, now: Instant, is_stopped: bool) {
        self.rates[layer.index()].measure(now, is_stopped);
    }

    /// The layers whose frames this one belongs to.
    pub fn layer_of(&self, marks: &FrameMarks) -> Option<Layer> {
        let is_own = |layer: &Layer| self.ladder.rung(*layer).is_some_and(|it| it.spatial == marks.spatial);
        Layer::ALL.into_iter().filter(|_| self.is_spatial).find(is_own)
    }

    pub fn sight(&self, layer: Layer) -> Option<Sight> {
        let last_at = self.last_at[layer.index()]?;
        let rung = self.ladder.rung(layer);
        let (height_px, is_thinned) = rung.map_or((0, false), |rung| (rung.height_px, rung.is_thinned));
        Some(Sight { last_at, height_px, bps: self.rates[layer.index()].bps, is_thinned })
    }
}
