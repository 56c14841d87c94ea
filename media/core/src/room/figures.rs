//! Figures of one local leg: what flowed, what was lost, what was asked for and given up.
//!
//! Counted by `intake`, `fanout` and `reports` as they go, taken by the shard every two seconds
//! through `Room::figures`. Only counts: nothing here decides anything, and nothing allocates.

use super::Room;
use super::publisher::{STOPPED_AFTER, source_of, split_number};
use super::types::{Drop, VIDEO_SLOTS};
use super::viewer::Viewer;
use crate::stream::ids::{Layer, LegKey, MAX_LAYERS, SourceKind};
use std::time::{Duration, Instant};

/// What was counted of one local leg since it joined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LegTally {
    /// Lost packets that the leg was asked to send again.
    pub asked_again: u32,
    /// Of these, the packets that came.
    pub recovered: u32,
    /// Key frames asked of the leg, after merging.
    pub keyframes_asked: u32,
    /// Packets of the leg that were dropped: muted, malformed, too late; not padding, and not
    /// voices that are merely not among the loudest.
    pub refused: u32,
    /// Packets that the leg said it lost.
    pub nacked: u32,
    /// Of these, the packets that were sent again.
    pub repaired: u32,
    /// Key frames that the leg asked for.
    pub keyframes_wanted: u32,
    /// Pictures' packets that waited because the rate of the leg's link was used up.
    pub paced: u32,
    /// Of these, the packets that were given up.
    pub given_up: u32,
}

impl LegTally {
    /// Adds what `other` counted.
    fn add(&mut self, other: &Self) {
        self.asked_again = self.asked_again.wrapping_add(other.asked_again);
        self.recovered = self.recovered.wrapping_add(other.recovered);
        self.keyframes_asked = self.keyframes_asked.wrapping_add(other.keyframes_asked);
        self.refused = self.refused.wrapping_add(other.refused);
        self.nacked = self.nacked.wrapping_add(other.nacked);
        self.repaired = self.repaired.wrapping_add(other.repaired);
        self.keyframes_wanted = self.keyframes_wanted.wrapping_add(other.keyframes_wanted);
        self.paced = self.paced.wrapping_add(other.paced);
        self.given_up = self.given_up.wrapping_add(other.given_up);
    }

    /// Counts a packet of the leg that went no further.
    pub(super) fn refuse(&mut self, reason: Drop) {
        let is_expected = matches!(reason, Drop::Padding | Drop::NotLoudest);
        self.refused = self.refused.wrapping_add(u32::from(!is_expected));
    }
}

/// Figures of one local leg since they were last taken.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LegFigures {
    pub uplink_bytes: u64,
    pub downlink_bytes: u64,
    /// 0.0–1.0, before repair.
    pub uplink_loss: f32,
    /// 0.0–1.0, as the viewer reports it.
    pub downlink_loss: f32,
    /// `None` until measured.
    pub round_trip: Option<Duration>,
    /// Largest interarrival jitter of the leg's streams.
    pub jitter: Duration,
    /// What the downlink is believed to carry, bit/s.
    pub estimate_bps: u32,
    /// Packets that wait for their turn now.
    pub waiting: u32,
    /// Pictures that are passed on to the leg, by layer, smallest first.
    pub shown: [u8; MAX_LAYERS],
    /// Pictures that its link does not carry.
    pub paused: u8,
    pub tally: LegTally,
}

/// Figures of one stream that a local leg sends now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StreamFigures {
    pub source: SourceKind,
    /// The smallest for a source that has no layers.
    pub layer: Layer,
    pub bps: u32,
    /// 0 for sound, and until a key frame has told it.
    pub height_px: u16,
    /// 0.0–1.0, before repair.
    pub loss: f32,
    pub jitter: Duration,
}

impl Room {
    /// Figures of a local leg since the last call, and of each stream that it sends now; `None` for
    /// other legs.
    pub fn figures(
        &mut self,
        now: Instant,
        leg: LegKey,
        streams: &mut impl FnMut(StreamFigures),
    ) -> Option<LegFigures> {
        let place = self.roster.place(leg)?;
        let viewer = self.viewers[place].as_mut()?;
        let publisher = self.publishers[place].as_mut()?;
        let uplink = publisher.uplink.as_mut()?;
        let mut loss = (0, 0);
        let mut longest = Duration::ZERO;
        for (at, arrivals) in uplink.arrivals.iter_mut().enumerate() {
            let Some(arrivals) = arrivals else { continue };
            let (lost, expected) = arrivals.take_loss();
            loss = (loss.0 + lost, loss.1 + expected);
            longest = longest.max(arrivals.jitter());
            let stream = publisher.streams[at].as_deref();
            let is_fresh = |last| now.saturating_duration_since(last) < STOPPED_AFTER;
            if let Some(stream) = stream.filter(|stream| is_fresh(stream.last_at)) {
                let (source, layer) = source_of(at);
                let (bps, height_px) = stream.facts();
                let jitter = arrivals.jitter();
                streams(StreamFigures { source, layer, bps, height_px, loss: share(lost, expected), jitter });
            }
        }
        let (shown, paused) = shown(viewer);
        let mut tally = uplink.tally;
        tally.add(&viewer.tally);
        let (lost, told) = std::mem::take(&mut viewer.reported);
        Some(LegFigures {
            uplink_bytes: std::mem::take(&mut uplink.bytes),
            downlink_bytes: std::mem::take(&mut viewer.sent_bytes),
            uplink_loss: share(loss.0, loss.1),
            downlink_loss: share(lost, told),
            round_trip: viewer.round_trip,
            jitter: longest,
            estimate_bps: viewer.estimate.bps(),
            waiting: viewer.pacer.waiting() as u32,
            shown,
            paused,
            tally,
        })
    }

    /// Packets that wait for their turn, of all viewers here.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.viewers.iter().flatten().map(|viewer| viewer.pacer.waiting()).sum()
    }
}

fn share(lost: u64, all: u64) -> f32 {
    if all == 0 { 0.0 } else { lost as f32 / all as f32 }
}

/// Pictures that the viewer is sent, by layer, and those that its link does not carry.
fn shown(viewer: &Viewer) -> ([u8; MAX_LAYERS], u8) {
    let (mut shown, mut paused) = ([0; MAX_LAYERS], 0);
    for slot in viewer.slots[..VIDEO_SLOTS].iter().filter(|slot| slot.wish.is_some()) {
        if slot.is_paused {
            paused += 1;
        } else if let Some(live) = slot.live {
            let (_, layer) = source_of(split_number(live).1);
            shown[layer.index()] += 1;
        }
    }
    (shown, paused)
}
