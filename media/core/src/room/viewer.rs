//! What one local leg receives: its slots, its link, its repairs.
//!
//! Owned by `Room`; changed by `plan`, `fanout` and `reports`.

use super::figures::LegTally;
use super::hearing::Hearing;
use super::pacer::Pacer;
use super::plan::RISE_EVERY;
use super::publisher::Stream;
use super::repairs::{Line, Repairs};
use super::types::{LocalLeg, SLOTS, Takes, VIDEO_SLOTS, ViewWish};
use crate::bwe::LinkEstimate;
use crate::stream::budget::Allowance;
use crate::stream::downlink::Downlink;
use crate::stream::feedback::TransportSent;
use crate::stream::ids::{Layer, LegKey, ParticipantKey, SourceKind};
use crate::stream::thinning::Thinning;
use std::time::{Duration, Instant};

/// Pieces of feedback that one viewer may send a second: a status of a packet, a number of a NACK, a
/// report about a stream. 28 pictures at the full layer make 10,000 statuses; the work for 40,000 is
/// a thousandth of a core.
const FEEDBACK_PIECES: u64 = 40_000;
/// What a key-frame request and a report about a stream count for.
pub(super) const COSTLY_PIECE: u64 = 8;
/// Key frames that one picture of one viewer may cost its sender at once, and one more after each
/// [`KEYFRAME_PAUSE_S`]: a line that loses a third needs fewer.
const KEYFRAMES: u8 = 4;
const KEYFRAME_PAUSE_S: u32 = 2;
/// Transport-wide feedback that has not come after this time never comes.
const FIRST_FEEDBACK: Duration = Duration::from_millis(1_500);
/// A viewer counts as new for this long.
const NEW_FOR: Duration = Duration::from_secs(3);
/// A rise that was taken back within this time did not last, and the next one waits twice as long.
const LASTING: Duration = Duration::from_secs(5);
const MAX_RISE_PAUSE: Duration = Duration::from_secs(8);
/// Time over which sound is measured.
const SOUND_WINDOW: Duration = Duration::from_millis(500);
/// One more voice, and the most that is kept free: three voices and the sound of a screen.
const VOICE_BPS: u64 = 50_000;
const MAX_SOUND_BPS: u64 = 300_000;
/// Below this nothing is kept free for one more voice: on a line of 300 kbit/s it would take the only
/// picture away, and the line still carries the voice when it comes.
const NARROW_BPS: u32 = 400_000;
/// Work items a viewer starts with; the list grows to the batch at most.
const FIRST_WORK: usize = 32;

/// Key frames that a viewer asked for of one slot and that are not forgiven yet; 8 bytes, because every
/// viewer has one a slot.
#[derive(Clone, Copy, Default)]
struct KeyframesAsked {
    count: u8,
    /// When the last one was forgiven, in s since the viewer joined.
    forgiven_s: u32,
}

impl KeyframesAsked {
    fn take(&mut self, now_s: u32) -> bool {
        let pauses = now_s.saturating_sub(self.forgiven_s) / KEYFRAME_PAUSE_S;
        self.count = self.count.saturating_sub(u8::try_from(pauses).unwrap_or(u8::MAX));
        self.forgiven_s = if self.count == 0 { now_s } else { self.forgiven_s + pauses * KEYFRAME_PAUSE_S };
        let may = self.count < KEYFRAMES;
        self.count += u8::from(may);
        may
    }
}

/// One slot of a viewer.
pub(super) struct Slot {
    pub downlink: Downlink,
    /// What the viewer wants to see here; `None` on a free slot and on audio slots.
    pub wish: Option<ViewWish>,
    /// Stream that is being passed on.
    pub live: Option<u32>,
    /// Stream that takes over with its next key frame.
    pub target: Option<u32>,
    /// Which frames of a layered stream are passed on; of use while one runs.
    pub thinning: Option<Box<Thinning>>,
    /// Layer of a layered stream to pass on, or to reach.
    pub layer: Layer,
    /// Layer that the viewer needs; another one runs as long as it does not arrive.
    pub needed: Option<Layer>,
    /// When the needed layer last became larger by itself.
    pub rose_at: Option<Instant>,
    /// How long it keeps its size after that.
    pub rise_pause: Duration,
    /// The link does not carry even the smallest layer.
    pub is_paused: bool,
    /// The viewer does not decode what the sender codes.
    pub is_unreadable: bool,
    pub next_report_at: Instant,
    keyframes: KeyframesAsked,
}

impl Slot {
    /// Whether its viewer, who joined `age` ago, may cost the sender one more key frame; it then
    /// counts.
    pub fn may_ask_keyframe(&mut self, age: Duration) -> bool {
        self.keyframes.take(u32::try_from(age.as_secs()).unwrap_or(u32::MAX))
    }

    /// The stream that is to be passed on, whether it runs already or waits for a key frame.
    pub fn awaited(&self) -> Option<u32> {
        self.target.or(self.live)
    }

    /// Whether `stream`, the room's `number`, is passed on now.
    pub fn runs(&self, number: u32, stream: &Stream) -> bool {
        self.live == Some(number) && self.downlink.runs(number, stream.epoch)
    }

    /// The layer of a layered stream that is passed on now.
    pub fn live_layer(&self, stream: &Stream) -> Layer {
        let target = self.thinning.as_ref().map(|thinning| thinning.rung().target);
        target.and_then(|target| stream.ladder()?.layer_of(target)).unwrap_or(self.layer)
    }

    /// Whether only a key frame brings the layer of another size that is to be passed on.
    pub fn waits_for_keyframe(&self, stream: &Stream) -> bool {
        let Some(wished) = stream.ladder().and_then(|ladder| ladder.rung(self.layer)) else { return false };
        self.thinning.as_ref().filter(|_| self.downlink.is_thinned()).is_some_and(|thinning| {
            let running = thinning.rung();
            running.spatial != wished.spatial && !thinning.is_intact(wished.target)
        })
    }

    /// Remembers how the choice of layers changed, so that one that does not last is not tried
    /// again soon.
    pub fn note_choice(&mut self, now: Instant, running: Option<Layer>, chosen: Option<Layer>) {
        let since = |at: Instant| now.saturating_duration_since(at);
        if running.is_some() && running < chosen {
            self.rose_at = Some(now);
        } else if chosen < running && self.rose_at.is_some_and(|at| since(at) < LASTING) {
            self.rise_pause = (self.rise_pause * 2).min(MAX_RISE_PAUSE);
        } else if self.rose_at.is_some_and(|at| since(at) >= LASTING) {
            self.rise_pause = RISE_EVERY;
        }
    }
}

fn is_for_mixed_sound(wish: &ViewWish) -> bool {
    wish.source == SourceKind::Microphone && wish.participant.is_programme()
}

/// What the sounds of a viewer take, so that pictures leave them room.
pub(super) struct Sound {
    bytes: u64,
    since: Instant,
    bps: u64,
}

impl Sound {
    const fn new(now: Instant) -> Self {
        Self { bytes: 0, since: now, bps: 0 }
    }

    pub fn note(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
    }

    /// What to keep free for sound on a line of `link_bps`: what it took lately and one more voice.
    pub fn reserve_bps(&mut self, now: Instant, link_bps: u32) -> u32 {
        let micros = now.saturating_duration_since(self.since).as_micros() as u64;
        if micros >= SOUND_WINDOW.as_micros() as u64 {
            let bps = self.bytes * 8_000_000 / micros;
            // Up at once, down slowly: the next sentence comes soon.
            self.bps = bps.max(self.bps - self.bps / 8);
            (self.bytes, self.since) = (0, now);
        }
        let spare = if link_bps < NARROW_BPS { 0 } else { VOICE_BPS };
        (self.bps + spare).min(MAX_SOUND_BPS) as u32
    }
}

/// One packet of the batch for one slot.
#[derive(Clone, Copy)]
pub(super) struct Work {
    pub item: u32,
    pub slot: u8,
}

/// One local leg as a receiver.
pub(super) struct Viewer {
    pub key: LegKey,
    pub participant: ParticipantKey,
    pub takes: Takes,
    joined_at: Instant,
    /// As whom it speaks, by this leg or another.
    pub voice: ParticipantKey,
    pub hearing: Hearing,
    /// The mixed sound that it asked for; then it hears nothing else.
    pub programme: Option<ParticipantKey>,
    pub slots: Vec<Slot>,
    /// Wished slots, most important first.
    pub order: Vec<u8>,
    pub sent: TransportSent,
    pub estimate: LinkEstimate,
    pub pacer: Pacer,
    pub sound: Sound,
    /// The link changed so much that layers are chosen anew before their time.
    pub is_plan_wanted: bool,
    /// A slot waits for a key frame that is kept here.
    pub has_replays: bool,
    pub next_plan_at: Instant,
    pub has_transport_feedback: bool,
    pub is_office_line_assumed: bool,
    pub round_trip: Option<Duration>,
    pub slots_changed: bool,
    pub work: Vec<Work>,
    pub sent_bytes: u64,
    pub reported: (u64, u64),
    pub feedback: Allowance,
    pub tally: LegTally,
    repairs: Repairs,
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
                thinning: None,
                layer: Layer::FULL,
                needed: None,
                rose_at: None,
                rise_pause: RISE_EVERY,
                is_paused: false,
                is_unreadable: false,
                next_report_at: now,
                keyframes: KeyframesAsked::default(),
            }
        });
        Self {
            key: leg.leg,
            participant: leg.participant,
            takes: leg.takes,
            joined_at: now,
            voice: leg.participant,
            hearing: Hearing::default(),
            programme: None,
            slots: slots.collect(),
            order: Vec::with_capacity(SLOTS),
            sent: TransportSent::new(now),
            estimate: LinkEstimate::new(now),
            pacer: Pacer::new(now),
            sound: Sound::new(now),
            is_plan_wanted: false,
            has_replays: false,
            next_plan_at: now,
            has_transport_feedback: false,
            is_office_line_assumed: false,
            round_trip: None,
            slots_changed: false,
            work: Vec::with_capacity(FIRST_WORK),
            sent_bytes: 0,
            reported: (0, 0),
            feedback: Allowance::new(now, FEEDBACK_PIECES, FEEDBACK_PIECES),
            tally: LegTally::default(),
            repairs: Repairs::new(now),
        }
    }

    /// For how long the viewer has been here.
    pub fn age(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.joined_at)
    }

    /// Whether the viewer has just come: layers then follow the link without pauses.
    pub fn is_new(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.joined_at) < NEW_FOR
    }

    /// Whether transport-wide feedback comes or may still come.
    pub fn reports_arrivals(&self, now: Instant) -> bool {
        self.has_transport_feedback || now.saturating_duration_since(self.joined_at) < FIRST_FEEDBACK
    }

    /// The slot that sends on `ssrc`, as media or as retransmission.
    pub fn slot_of(&self, ssrc: u32) -> Option<usize> {
        self.slots
            .iter()
            .position(|slot| slot.downlink.ssrc() == ssrc || (ssrc != 0 && slot.downlink.rtx_ssrc() == ssrc))
    }

    /// Whether a repair of packet `index` may go out now; it then counts as sent.
    pub fn may_repair(&mut self, now: Instant, slot: usize, index: u64) -> bool {
        let line = Line { round_trip: self.round_trip, is_queued: self.estimate.is_queued() };
        self.repairs.may_go(now, line, slot, index)
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
                (slot.is_paused, slot.is_unreadable) = (false, false);
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
                slot.rose_at = None;
            }
            slot.wish = Some(*wish);
            if !self.order.contains(&(at as u8)) {
                self.order.push(at as u8);
            }
        }
        let programme = wishes.iter().find(|it| is_for_mixed_sound(it)).map(|it| it.participant);
        // The lines of sound change hands.
        let has_other_ears = std::mem::replace(&mut self.programme, programme) != programme;
        self.slots_changed |= changed || has_other_ears;
        changed
    }

    /// What it hears now.
    pub fn ears(&self) -> Hearing {
        self.programme.map_or(self.hearing, |programme| Hearing::One(Some(programme)))
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
