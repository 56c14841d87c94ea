//! What one local leg receives: its slots, its link, its repairs.
//!
//! Owned by `Room`; changed by `plan`, `fanout` and `reports`.

use super::types::{LocalLeg, SLOTS, VIDEO_SLOTS, ViewWish};
use crate::bwe::LossEstimate;
use crate::stream::downlink::Downlink;
use crate::stream::feedback::TransportSent;
use crate::stream::ids::{Layer, LegKey, ParticipantKey, SourceKind};
use std::time::{Duration, Instant};

/// Answers remembered to tell a repeated NACK from a second loss.
const DAMPING_PLACES: usize = 256;
/// A repair is not repeated sooner than this, whatever the round trip.
const MIN_REPAIR_REPEAT: Duration = Duration::from_millis(20);
/// Round trip assumed until one is measured.
const FIRST_ROUND_TRIP: Duration = Duration::from_millis(50);
/// Repairs in one [`REPAIR_WINDOW`]: about 12 Mbit/s; a NACK flood gets no more out of us.
const MAX_REPAIRS: u32 = 128;
const REPAIR_WINDOW: Duration = Duration::from_millis(100);
/// Work items a viewer starts with; the list grows to the batch at most.
const FIRST_WORK: usize = 32;

/// One slot of a viewer.
pub(super) struct Slot {
    pub downlink: Downlink,
    /// What the viewer wants to see here; `None` on a free slot and on audio slots.
    pub wish: Option<ViewWish>,
    /// Stream that is being passed on.
    pub live: Option<u32>,
    /// Stream that takes over with its next key frame.
    pub target: Option<u32>,
    /// Layer that the viewer needs; another one runs as long as it does not arrive.
    pub needed: Option<Layer>,
    /// When the needed layer last became larger by itself.
    pub switched_at: Option<Instant>,
    pub next_report_at: Instant,
}

/// One packet of the batch for one slot.
#[derive(Clone, Copy)]
pub(super) struct Work {
    pub item: u32,
    pub slot: u8,
}

/// Repairs lately sent.
struct Damping {
    places: Box<[(u8, u64, Option<Instant>)]>,
    window_start: Instant,
    in_window: u32,
}

/// One local leg as a receiver.
pub(super) struct Viewer {
    pub key: LegKey,
    pub participant: ParticipantKey,
    pub slots: Vec<Slot>,
    /// Wished slots, most important first.
    pub order: Vec<u8>,
    pub sent: TransportSent,
    pub estimate: LossEstimate,
    pub next_estimate_at: Instant,
    pub has_transport_feedback: bool,
    pub round_trip: Option<Duration>,
    pub slots_changed: bool,
    pub work: Vec<Work>,
    pub sent_bytes: u64,
    pub reported: (u64, u64),
    damping: Damping,
}

impl Viewer {
    pub fn new(now: Instant, leg: &LocalLeg) -> Self {
        let slots = leg.slots.iter().enumerate().map(|(at, ssrcs)| {
            let clock = if at < VIDEO_SLOTS { SourceKind::Camera } else { SourceKind::Microphone };
            Slot {
                downlink: Downlink::new(ssrcs.media, ssrcs.rtx, clock.clock_hz()),
                wish: None,
                live: None,
                target: None,
                needed: None,
                switched_at: None,
                next_report_at: now,
            }
        });
        Self {
            key: leg.leg,
            participant: leg.participant,
            slots: slots.collect(),
            order: Vec::with_capacity(SLOTS),
            sent: TransportSent::new(now),
            estimate: LossEstimate::new(now),
            next_estimate_at: now,
            has_transport_feedback: false,
            round_trip: None,
            slots_changed: false,
            work: Vec::with_capacity(FIRST_WORK),
            sent_bytes: 0,
            reported: (0, 0),
            damping: Damping {
                places: vec![(0, 0, None); DAMPING_PLACES].into_boxed_slice(),
                window_start: now,
                in_window: 0,
            },
        }
    }

    /// The slot that sends on `ssrc`, as media or as retransmission.
    pub fn slot_of(&self, ssrc: u32) -> Option<usize> {
        self.slots
            .iter()
            .position(|slot| slot.downlink.ssrc() == ssrc || (ssrc != 0 && slot.downlink.rtx_ssrc() == ssrc))
    }

    /// Whether a repair of packet `index` may go out now; it then counts as sent.
    pub fn may_repair(&mut self, now: Instant, slot: usize, index: u64) -> bool {
        let damping = &mut self.damping;
        if now.saturating_duration_since(damping.window_start) >= REPAIR_WINDOW {
            damping.window_start = now;
            damping.in_window = 0;
        }
        if damping.in_window >= MAX_REPAIRS {
            return false;
        }
        let repeat = self.round_trip.unwrap_or(FIRST_ROUND_TRIP).max(MIN_REPAIR_REPEAT);
        let at = (index as usize).wrapping_add(slot * 31) % DAMPING_PLACES;
        let place = &mut damping.places[at];
        let is_same = (place.0, place.1) == (slot as u8, index);
        if is_same && place.2.is_some_and(|last| now.saturating_duration_since(last) < repeat) {
            return false;
        }
        *place = (slot as u8, index, Some(now));
        damping.in_window += 1;
        true
    }

    /// Replaces what the viewer looks at; true when a slot was emptied or filled. A picture that
    /// stays keeps its slot.
    pub fn watch(&mut self, wishes: &[ViewWish]) -> bool {
        let same = |a: &ViewWish, b: &ViewWish| a.participant == b.participant && a.source == b.source;
        let wanted = |wish: &ViewWish| {
            wish.source.is_video() && wishes.iter().take(VIDEO_SLOTS).any(|other| same(wish, other))
        };
        let mut changed = false;
        for slot in &mut self.slots[..VIDEO_SLOTS] {
            if slot.wish.is_some_and(|wish| !wanted(&wish)) {
                (slot.wish, slot.live, slot.target, slot.needed) = (None, None, None, None);
                changed = true;
            }
        }
        self.order.clear();
        for wish in wishes.iter().take(VIDEO_SLOTS).filter(|wish| wish.source.is_video()) {
            let videos = &mut self.slots[..VIDEO_SLOTS];
            let kept = videos.iter().position(|s| s.wish.is_some_and(|other| same(wish, &other)));
            let Some(at) = kept.or_else(|| videos.iter().position(|s| s.wish.is_none())) else {
                break;
            };
            let slot = &mut videos[at];
            changed |= kept.is_none();
            if slot.wish.is_some_and(|known| known.height_px != wish.height_px) {
                slot.switched_at = None;
            }
            slot.wish = Some(*wish);
            if !self.order.contains(&(at as u8)) {
                self.order.push(at as u8);
            }
        }
        self.slots_changed |= changed;
        changed
    }

    /// Lets go of every stream of the leg at `streams`.
    pub fn forget_streams(&mut self, streams: std::ops::Range<u32>) {
        for slot in &mut self.slots {
            if slot.live.is_some_and(|live| streams.contains(&live)) {
                slot.live = None;
            }
            if slot.target.is_some_and(|target| streams.contains(&target)) {
                slot.target = None;
            }
        }
    }
}
