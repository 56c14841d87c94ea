//! What one leg of the room sends: its streams, its sources, and for a local leg its uplink.
//!
//! Owned by `Room`; changed by `intake` and `reports`. A leg of another shard has no uplink.

use super::figures::LegTally;
use super::layers::{Demand, LayerFacts, Presence};
use super::needs::{LayerNeeds, Standing};
use super::rates::{Rate, Rungs, Sight};
use super::types::Takes;
use crate::payload::Codec;
use crate::stream::budget::Allowance;
use crate::stream::clock::SenderClock;
use crate::stream::feedback::TransportRecorder;
use crate::stream::group::KeyframeGroup;
use crate::stream::history::History;
use crate::stream::ids::{Layer, LayerSet, LegKey, MAX_LAYERS, ParticipantKey, SourceKind, SourceKinds};
use crate::stream::keyframe::KeyframeWishes;
use crate::stream::marks::{FrameMarks, Ladder, MarksReader};
use crate::stream::uplink::{Arrivals, SsrcTable};
use std::time::{Duration, Instant};

/// Streams that one leg can have: every layer of every source.
pub(super) const STREAMS_PER_LEG: usize = SourceKind::ALL.len() * MAX_LAYERS;
/// A source without packets for this long has stopped.
pub(super) const STOPPED_AFTER: Duration = Duration::from_secs(2);
/// A layer that is silent for this long while a sister layer is not has been switched off by the
/// browser's congestion control.
const LAYER_OFF_AFTER: Duration = Duration::from_millis(700);
/// The same where no sister speaks because we stopped them: sooner than the whole source counts as
/// stopped, so that the others are asked for.
const ALONE_OFF_AFTER: Duration = Duration::from_millis(1200);
/// How fresh the sister layer must be for that.
const SISTER_FRESH: Duration = Duration::from_millis(250);
/// Heights and rates assumed until measured, by layer.
const FIRST_FACTS: [(u16, u32); MAX_LAYERS] = [(180, 150_000), (360, 500_000), (720, 1_700_000)];
/// The same for a shared screen.
const FIRST_SCREEN: (u16, u32) = (1080, 800_000);
/// What one leg may send, in bytes and packets a second; as much again goes in a burst of half a
/// second. 25 Mbit/s are a camera in three sizes and a shared screen of 4K. What lies above is
/// dropped and not reported as arrived, so that an honest sender slows down.
const UPLINK_BYTES: u64 = 3_125_000;
const UPLINK_PACKETS: u64 = 5_000;
/// The same for its sounds, which nothing holds back on their way to everybody: 400 kbit/s and
/// packets of 5 ms, one second's worth at once.
const SOUND_BYTES: u64 = 50_000;
const SOUND_PACKETS: u64 = 400;

/// The room's number of a stream: leg place, source, layer.
pub(super) const fn stream_number(leg: usize, source: SourceKind, layer: Layer) -> u32 {
    (leg * STREAMS_PER_LEG + source as usize * MAX_LAYERS + layer.index()) as u32
}

/// The leg's place and the stream's place within it.
pub(super) const fn split_number(stream: u32) -> (usize, usize) {
    (stream as usize / STREAMS_PER_LEG, stream as usize % STREAMS_PER_LEG)
}

/// The source and layer of a stream's place within its leg.
pub(super) fn source_of(place: usize) -> (SourceKind, Layer) {
    (SourceKind::ALL[place / MAX_LAYERS], Layer::ALL[place % MAX_LAYERS])
}

/// One incoming stream, local or relayed.
pub(super) struct Stream {
    pub history: History,
    pub group: KeyframeGroup,
    /// Epoch that the stream's own numbering is in.
    pub source_epoch: u32,
    /// The room's number for that epoch; never given twice, so a stale reference cannot match
    /// the stream of a later leg.
    pub epoch: u32,
    pub newest: u64,
    pub last_at: Instant,
    pub codec: Codec,
    height_px: u16,
    rate: Rate,
    marks: MarksReader,
    /// Of a stream that has had marks.
    rungs: Option<Box<Rungs>>,
}

impl Stream {
    pub fn new(now: Instant, history: History, codec: Codec) -> Self {
        Self {
            history,
            group: KeyframeGroup::default(),
            source_epoch: 0,
            epoch: 0,
            newest: 0,
            last_at: now,
            codec,
            height_px: 0,
            rate: Rate::new(now),
            marks: MarksReader::default(),
            rungs: None,
        }
    }

    /// The stream begins anew: what was known of its layers holds no longer.
    pub fn restart(&mut self, now: Instant) {
        self.history.clear();
        self.group.forget();
        self.marks = MarksReader::default();
        if let Some(rungs) = &mut self.rungs {
            rungs.restart(now);
        }
    }

    /// Reads the marks of a packet; true besides when its layers have changed.
    pub fn read_marks(
        &mut self,
        now: Instant,
        codec: Codec,
        descriptor: &[u8],
        payload: &[u8],
        is_newest: bool,
    ) -> (Option<FrameMarks>, bool) {
        let Some(marks) = self.marks.read(codec, descriptor, payload, is_newest) else {
            return (None, false);
        };
        let rungs = self.rungs.get_or_insert_with(|| Box::new(Rungs::new(now)));
        let has_changed = self.marks.table().is_some_and(|table| rungs.follow(&table));
        if let Some(top) = rungs.ladder.top().filter(|top| has_changed && top.height_px > 0) {
            self.height_px = top.height_px;
        }
        rungs.note(now, &marks, payload.len());
        (Some(marks), has_changed)
    }

    /// What there is to choose in this stream alone.
    pub fn ladder(&self) -> Option<&Ladder> {
        self.rungs.as_ref().map(|rungs| &rungs.ladder).filter(|ladder| ladder.has_choice())
    }

    /// The rungs, once the stream has offered a choice of sizes; of rates only while it does.
    fn rungs(&self) -> Option<&Rungs> {
        self.rungs.as_deref().filter(|rungs| rungs.ladder.has_choice() || rungs.is_spatial())
    }

    pub fn layer_of(&self, marks: &FrameMarks) -> Option<Layer> {
        self.rungs()?.layer_of(marks)
    }

    pub fn note(&mut self, now: Instant, bytes: usize, height_px: u16) {
        self.last_at = now;
        self.rate.note(bytes);
        if height_px > 0 {
            self.height_px = height_px;
        }
    }

    /// Bit rate lately and height of the picture.
    pub const fn facts(&self) -> (u32, u16) {
        (self.rate.bps, self.height_px)
    }

    /// What of the stream the rung `layer` passes on, in percent; `None` where it is not known.
    pub fn share_percent(&self, layer: Layer) -> Option<u64> {
        let part = u64::from(self.rungs()?.sight(layer)?.bps);
        let whole = u64::from(self.rate.bps);
        (part > 0 && whole > 0).then(|| (part * 100 / whole).min(100))
    }

    /// Measures the stream as the layer `own`; `is_stopped` tells of each layer whether its sender was
    /// told to stop it.
    pub fn measure(&mut self, now: Instant, own: Layer, is_stopped: impl Fn(Layer) -> bool) {
        let is_silent =
            |at: Option<Instant>| at.is_none_or(|at| now.saturating_duration_since(at) >= SISTER_FRESH);
        self.rate.measure(now, is_stopped(own) && is_silent(Some(self.last_at)));
        if let Some(rungs) = &mut self.rungs {
            for layer in Layer::ALL {
                let last_at = rungs.sight(layer).map(|sight| sight.last_at);
                rungs.measure(layer, now, is_stopped(layer) && is_silent(last_at));
            }
        }
    }

    const fn sight(&self) -> Sight {
        Sight { last_at: self.last_at, height_px: self.height_px, bps: self.rate.bps, is_thinned: false }
    }
}

/// One source of a leg.
pub(super) struct SourceState {
    pub is_active: bool,
    pub last_at: Option<Instant>,
    pub keyframes: KeyframeWishes,
    pub needs: LayerNeeds,
    /// Layers seen since the source began.
    pub seen: LayerSet,
    /// Those among them that came as streams of their own.
    pub simulcast: LayerSet,
}

impl SourceState {
    fn new(is_local: bool) -> Self {
        Self {
            is_active: false,
            last_at: None,
            keyframes: KeyframeWishes::default(),
            needs: LayerNeeds::new(is_local),
            seen: LayerSet::NONE,
            simulcast: LayerSet::NONE,
        }
    }

    /// Packets come after a time without.
    pub fn begin(&mut self, now: Instant) {
        self.is_active = true;
        (self.seen, self.simulcast) = (LayerSet::NONE, LayerSet::NONE);
        self.needs.begin(now);
    }

    pub fn standing(&self, now: Instant, is_local: bool, is_by_hand: bool) -> Standing {
        Standing { now, is_active: self.is_active, is_by_hand, is_local, seen: self.seen }
    }
}

/// What only a local leg has.
pub(super) struct LocalUplink {
    pub table: SsrcTable,
    pub arrivals: [Option<Box<Arrivals>>; STREAMS_PER_LEG],
    pub recorder: TransportRecorder,
    pub feedback_ssrc: u32,
    /// Some SSRC of the leg, for the media field of transport-wide feedback.
    pub media_ssrc: u32,
    pub bytes: u64,
    pub tally: LegTally,
    pub next_report_at: Instant,
    pub next_nack_at: Instant,
    limits: UplinkLimits,
}

/// What is left of what a leg may send.
struct UplinkLimits {
    bytes: Allowance,
    packets: Allowance,
    sound_bytes: Allowance,
    sound_packets: Allowance,
}

/// One leg as a sender.
pub(super) struct Publisher {
    pub key: LegKey,
    pub participant: ParticipantKey,
    pub allowed: SourceKinds,
    pub uplink: Option<Box<LocalUplink>>,
    pub streams: [Option<Box<Stream>>; STREAMS_PER_LEG],
    pub sources: Box<[SourceState; SourceKind::ALL.len()]>,
    /// Made with the first sender report.
    pub clock: Option<Box<SenderClock>>,
    /// A packet came at some time, accepted or not. A leg elsewhere counts as one that sends.
    pub has_arrived: bool,
}

impl Publisher {
    pub fn new(
        key: LegKey,
        participant: ParticipantKey,
        allowed: SourceKinds,
        uplink: Option<Box<LocalUplink>>,
    ) -> Self {
        let sources = Box::new(std::array::from_fn(|_| SourceState::new(uplink.is_some())));
        let has_arrived = uplink.is_none();
        Self {
            key,
            participant,
            allowed,
            uplink,
            streams: Default::default(),
            sources,
            clock: None,
            has_arrived,
        }
    }

    pub fn is_sending(&self, source: SourceKind) -> bool {
        self.sources[source as usize].is_active
    }

    /// Layers that `source` has, with what they cost. Once a source has shown that it has several,
    /// those not seen yet count as well: the sender may be told to stop a layer before it came.
    pub fn layers(&self, now: Instant, source: SourceKind) -> [Option<LayerFacts>; MAX_LAYERS] {
        let state = &self.sources[source as usize];
        if !state.is_active {
            return [None; MAX_LAYERS];
        }
        let sight = |layer: Layer| self.sight(source, layer);
        let silent_for = |layer| Some(now.saturating_duration_since(sight(layer)?.last_at));
        let has_fresh = Layer::ALL.into_iter().filter_map(silent_for).any(|s| s < SISTER_FRESH);
        let is_told_all = Layer::ALL.into_iter().all(|layer| state.needs.is_told(layer));
        let limit = match (has_fresh, is_told_all) {
            (true, _) => LAYER_OFF_AFTER,
            (false, true) => STOPPED_AFTER,
            (false, false) => ALONE_OFF_AFTER,
        };
        let has_layers = state.standing(now, self.uplink.is_some(), false).has_layers();
        Layer::ALL.map(|layer| {
            let seen = sight(layer);
            if seen.is_none() && !has_layers {
                return None;
            }
            let presence = if silent_for(layer).is_some_and(|silence| silence < limit) {
                Presence::Arrives
            } else if state.needs.may_come(now, layer) {
                Presence::MayCome
            } else {
                Presence::Missing
            };
            let first = if source == SourceKind::Screen { FIRST_SCREEN } else { FIRST_FACTS[layer.index()] };
            let (height_px, bps) = seen.map_or((0, 0), |seen| (seen.height_px, seen.bps));
            let is_thinned = seen.is_some_and(|seen| seen.is_thinned);
            Some(LayerFacts {
                height_px: if height_px > 0 || is_thinned {
                    height_px * u16::from(!is_thinned)
                } else {
                    first.0
                },
                bps: if bps > 0 { bps } else { first.1 },
                presence,
            })
        })
    }

    /// One stream of `source`.
    pub fn stream(&self, source: SourceKind, layer: Layer) -> Option<&Stream> {
        self.streams[source as usize * MAX_LAYERS + layer.index()].as_deref()
    }

    /// The stream that carries all layers of `source`, where one does. One with several sizes is it even
    /// where layers came as streams of their own before, one with several rates only where none did.
    pub fn layered(&self, source: SourceKind) -> Option<&Stream> {
        let seen = self.sources[source as usize].simulcast;
        let is_alone = seen.without(LayerSet::NONE.with(Layer::QUARTER)) == LayerSet::NONE;
        let stream = self.stream(source, Layer::QUARTER)?;
        stream.rungs().is_some_and(|rungs| is_alone || rungs.is_spatial()).then_some(stream)
    }

    /// Whether a viewer who takes that can decode what comes of `source`; true before anything comes.
    pub fn is_readable(&self, source: SourceKind, takes: Takes) -> bool {
        let mut streams = Layer::ALL.into_iter().filter_map(|layer| self.stream(source, layer));
        let newest = streams.by_ref().max_by_key(|stream| stream.last_at);
        newest.is_none_or(|stream| takes.has(stream.codec))
    }

    fn sight(&self, source: SourceKind, layer: Layer) -> Option<Sight> {
        if let Some(rungs) = self.layered(source).and_then(Stream::rungs) {
            return rungs.sight(layer);
        }
        let state = &self.sources[source as usize];
        self.stream(source, layer).filter(|_| state.seen.has(layer)).map(Stream::sight)
    }

    /// Notes what a viewer needs of `source`: the layer chosen for it, what stands in, and below a
    /// missing layer the next one that may come. Where nothing comes at all, every layer is needed
    /// until something does.
    pub fn mark_needs(&mut self, now: Instant, source: SourceKind, demand: &Demand) {
        let Some(chosen) = demand.chosen else { return };
        let needs = &mut self.sources[source as usize].needs;
        for layer in Layer::ALL.into_iter().rev().filter(|layer| *layer <= chosen) {
            needs.mark(now, layer);
            if !demand.has(layer, Presence::Missing) {
                break;
            }
        }
        if let Some(shown) = demand.shown {
            needs.mark(now, shown);
        } else if demand.arriving().next().is_none() {
            Layer::ALL.into_iter().for_each(|layer| needs.mark(now, layer));
        }
    }

    /// Whether packets of a stream of this leg come now.
    pub fn is_arriving(&self, now: Instant, source: SourceKind, layer: Layer) -> bool {
        let facts = self.layers(now, source)[layer.index()];
        facts.is_some_and(|facts| facts.presence == Presence::Arrives)
    }
}

impl LocalUplink {
    pub fn new(now: Instant, feedback_ssrc: u32) -> Self {
        Self {
            table: SsrcTable::default(),
            arrivals: Default::default(),
            recorder: TransportRecorder::new(now),
            feedback_ssrc,
            media_ssrc: 0,
            bytes: 0,
            tally: LegTally::default(),
            next_report_at: now,
            next_nack_at: now,
            limits: UplinkLimits {
                bytes: Allowance::new(now, UPLINK_BYTES, UPLINK_BYTES / 2),
                packets: Allowance::new(now, UPLINK_PACKETS, UPLINK_PACKETS / 2),
                sound_bytes: Allowance::new(now, SOUND_BYTES, SOUND_BYTES),
                sound_packets: Allowance::new(now, SOUND_PACKETS, SOUND_PACKETS),
            },
        }
    }

    /// Whether one more packet of `bytes` may come in; it then counts. A flood of pictures takes
    /// nothing from the leg's own sound.
    pub fn may_send(&mut self, now: Instant, bytes: u64, is_sound: bool) -> bool {
        let limits = &mut self.limits;
        if is_sound {
            limits.sound_packets.take(now, 1) && limits.sound_bytes.take(now, bytes)
        } else {
            limits.packets.take(now, 1) && limits.bytes.take(now, bytes)
        }
    }
}
