//! What a viewer with a stage, a shared document and eight small pictures gets over an access line:
//! a whole room on a fake clock, ten senders, one line of the traces between room and viewer.
//!
//! Used by `main`; `plots` shows what comes out. Nothing sleeps, and nothing is random.

use super::sender::Browser;
use super::trace::Trace;
use super::viewer::Viewer;
use media_core::packet::negotiated::PT_OPUS;
use media_core::packet::rtp::RtpView;
use media_core::room::{
    Feedback, LocalLeg, Room, RoomEvent, RoomLimits, SLOTS, SlotSsrcs, SlotUse, Takes, Tick, VIDEO_SLOTS,
    ViewWish,
};
use media_core::stream::arrival::RtpFacts;
use media_core::stream::feedback::TransportRecorder;
use media_core::stream::ids::{Layer, LegKey, ParticipantKey, SourceKind, SourceKinds};
use media_core::stream::slab::PacketSlab;
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

const STEP_MS: u64 = 5;
/// Speaks and stands on the stage.
const STAGE: u8 = 1;
/// Shares a document and says something now and then.
const CONTENT: u8 = 2;
/// Mark of the pictures of the document.
const DOCUMENT: u8 = 30;
pub const THUMBNAILS: u8 = 8;
const VIEWER: u32 = 100;
const FIRST_SSRC: u32 = 10_000_000;

/// What a packet is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Share {
    Sound,
    Stage,
    Content,
    Thumbnails,
    /// Probes and sender reports.
    Other,
}

pub const SHARES: [(Share, &str); 5] = [
    (Share::Sound, "sound"),
    (Share::Stage, "stage"),
    (Share::Content, "document"),
    (Share::Thumbnails, "small pictures"),
    (Share::Other, "probes"),
];

/// One second at the viewer.
#[derive(Clone, Debug, Default)]
pub struct Second {
    pub capacity_kbps: u64,
    pub estimate_kbps: u64,
    /// As [`SHARES`].
    pub kbps: [u64; SHARES.len()],
    /// Pictures that are announced as paused, of ten.
    pub paused: u64,
    /// Pictures decoded: stage, document, and small pictures that showed at least one.
    pub stage: u64,
    pub document: u64,
    pub small: u64,
    pub voices: u64,
    /// Words of the stage that the line itself lost, whatever else was sent.
    pub lost_voices: u64,
    pub slowest_voice_ms: u64,
}

enum Item {
    Media(Vec<u8>),
    /// SSRC and middle of the NTP time.
    Report(u32, u32),
}

impl Item {
    fn is_voice_of(&self, number: u8) -> bool {
        let Self::Media(bytes) = self else { return false };
        let view = RtpView::parse(bytes).expect("the server writes valid packets");
        view.header.payload_type == PT_OPUS && view.payload.first() == Some(&number)
    }
}

/// The line towards the viewer.
struct Pipe<'a> {
    trace: &'a Trace,
    limit: u64,
    queued: u64,
    /// What has left of the packet that is leaving, in bits.
    left_bits: u64,
    queue: VecDeque<(u64, Item)>,
    /// With the time of arrival in µs: a receiver tells arrivals that exactly.
    flying: VecDeque<(u64, Item)>,
    dice: u64,
    lost_voices: u64,
}

impl<'a> Pipe<'a> {
    fn new(trace: &'a Trace) -> Self {
        let limit = (trace.mean_kbps() * trace.queue_ms / 8).max(4_000);
        let (queue, flying) = (VecDeque::new(), VecDeque::new());
        Self { trace, limit, queued: 0, left_bits: 0, queue, flying, dice: 0x5eed, lost_voices: 0 }
    }

    fn send(&mut self, ms: u64, bytes: u64, item: Item) {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let is_lost = (self.dice >> 33) % 100 < self.trace.at(ms).loss_percent;
        if !is_lost && self.queued + bytes <= self.limit {
            self.queued += bytes;
            self.queue.push_back((bytes, item));
        } else if is_lost {
            self.lost_voices += u64::from(item.is_voice_of(STAGE));
        }
    }

    /// What arrives in the step that begins at `ms`, and when, in µs.
    fn step(&mut self, ms: u64) -> Vec<(u64, Item)> {
        let kbps = self.trace.at(ms).kbps;
        // A kbit/s is a bit in a ms.
        let (whole_bits, mut gone_bits) = (kbps * STEP_MS, 0);
        while let Some((bytes, _)) = self.queue.front() {
            let rest_bits = bytes * 8 - self.left_bits;
            if gone_bits + rest_bits > whole_bits {
                self.left_bits += whole_bits - gone_bits;
                break;
            }
            gone_bits += rest_bits;
            self.left_bits = 0;
            let (bytes, item) = self.queue.pop_front().expect("it has a front");
            self.queued -= bytes;
            let at_us = (ms + self.trace.delay_ms) * 1_000 + gone_bits * 1_000 / kbps;
            self.flying.push_back((at_us, item));
        }
        let mut come = Vec::new();
        while let Some(arrived) = self.flying.pop_front_if(|(at_us, _)| *at_us < (ms + STEP_MS) * 1_000) {
            come.push(arrived);
        }
        come
    }
}

fn leg(number: u32) -> LocalLeg {
    let first = if number == VIEWER { FIRST_SSRC } else { FIRST_SSRC + number * 10_000 };
    let slots = std::array::from_fn::<_, SLOTS, _>(|at| {
        let media = first + at as u32;
        SlotSsrcs { media, rtx: if at < VIDEO_SLOTS { media + 500 } else { 0 } }
    });
    LocalLeg {
        leg: LegKey(u64::from(number)),
        participant: ParticipantKey(number),
        allowed: SourceKinds::ALL,
        slots,
        feedback_ssrc: first + 900,
        takes: Takes::ALL,
    }
}

/// What the viewer looks at, most important first.
fn wishes() -> Vec<ViewWish> {
    let wish = |number: u8, source, height_px| ViewWish {
        participant: ParticipantKey(u32::from(number)),
        source,
        height_px,
    };
    let stage = [wish(STAGE, SourceKind::Camera, 720), wish(CONTENT, SourceKind::Screen, 1080)];
    let small = (CONTENT..CONTENT + THUMBNAILS).map(|number| wish(number, SourceKind::Camera, 150));
    stage.into_iter().chain(small).collect()
}

struct Play<'a> {
    start: Instant,
    room: Room,
    slab: PacketSlab,
    browsers: Vec<(u64, Browser)>,
    viewer: Viewer,
    recorder: TransportRecorder,
    pipe: Pipe<'a>,
    slots: Vec<SlotUse>,
    /// What the viewer says, and when it arrives at the room.
    said: VecDeque<(u64, Said)>,
    reports: BTreeMap<u32, (u32, u64)>,
    bytes: [u64; SHARES.len()],
    decoded: [usize; 28],
    heard: usize,
}

enum Said {
    Arrivals(Vec<(u16, i64)>),
    Lost(u32, Vec<u16>),
    Keyframe(u32),
    Report(u32, u32, u32),
}

/// Runs the meeting over `trace`.
pub fn run(trace: &Trace) -> Vec<Second> {
    let start = Instant::now();
    let mut room = Room::new(start, RoomLimits::default());
    let mut browsers = Vec::new();
    for number in STAGE..CONTENT + THUMBNAILS {
        room.join(start, &leg(u32::from(number))).expect("room for all");
        browsers.push((u64::from(number), Browser::new(number, u64::from(number))));
    }
    browsers.push((u64::from(CONTENT), Browser::screen(DOCUMENT, 30)));
    room.join(start, &leg(VIEWER)).expect("room for all");
    room.watch(start, LegKey(u64::from(VIEWER)), &wishes());
    let mut play = Play {
        start,
        room,
        slab: PacketSlab::new(16_384, Duration::from_secs(2)),
        browsers,
        viewer: Viewer::new(FIRST_SSRC),
        recorder: TransportRecorder::new(start),
        pipe: Pipe::new(trace),
        slots: Vec::new(),
        said: VecDeque::new(),
        reports: BTreeMap::new(),
        bytes: [0; SHARES.len()],
        decoded: [0; 28],
        heard: 0,
    };
    let mut seconds = Vec::new();
    for ms in (0..trace.end_ms).step_by(STEP_MS as usize) {
        play.step(ms);
        if (ms + STEP_MS).is_multiple_of(1_000) {
            seconds.push(play.second(ms));
        }
    }
    seconds
}

impl Play<'_> {
    fn step(&mut self, ms: u64) {
        let now = self.start + Duration::from_millis(ms);
        self.browsers[0].1.voice = Some(25);
        // Somebody asks something for five seconds in every twenty.
        self.browsers[1].1.voice = (ms / 1_000 % 20 < 5).then_some(30);
        for at in 0..self.browsers.len() {
            let mut sent = Vec::new();
            self.browsers[at].1.due(ms, &mut sent);
            let key = LegKey(self.browsers[at].0);
            sent.iter().for_each(|bytes| self.take(now, key, bytes));
        }
        self.listen(ms, now);
        let Self { room, slab, pipe, .. } = self;
        let mut sink = |leg: LegKey, outgoing: &media_core::room::Outgoing<'_>| {
            if leg.0 == u64::from(VIEWER) {
                let mut bytes = vec![0; outgoing.header.written_len()];
                outgoing.header.write(&mut bytes).expect("written_len bytes");
                bytes.extend_from_slice(outgoing.payload);
                pipe.send(ms, bytes.len() as u64, Item::Media(bytes));
            }
        };
        room.flush(now, slab, &mut sink);
        room.pace(now, slab, &mut sink);
        let browsers = &mut self.browsers;
        room.tick(Tick { now, ntp: (ms << 32) / 1000 }, &mut |leg, feedback| match feedback {
            Feedback::Sender(report) if leg.0 == u64::from(VIEWER) => {
                pipe.send(ms, 80, Item::Report(report.ssrc, (report.ntp >> 16) as u32));
            }
            Feedback::KeyframeRequest { .. } => {
                browsers.iter_mut().filter(|it| it.0 == leg.0).for_each(|it| it.1.pli());
            }
            _ => {}
        });
        let slots = &mut self.slots;
        room.events(&mut |event| match event {
            RoomEvent::LayersNeeded { leg, source: SourceKind::Camera, layers } => {
                let own = browsers.iter_mut().find(|it| it.0 == leg.0).expect("a sender");
                own.1.need(Layer::ALL.map(|layer| layers.has(layer)));
            }
            RoomEvent::Slots { leg, slots: uses } if leg.0 == u64::from(VIEWER) => *slots = uses.to_vec(),
            _ => {}
        });
        for (at_us, item) in self.pipe.step(ms) {
            self.arrived(ms, self.start + Duration::from_micros(at_us), item);
        }
        self.speak(ms, now);
    }

    fn take(&mut self, now: Instant, leg: LegKey, bytes: &[u8]) {
        let slot = self.slab.take(now).expect("large enough");
        self.slab.bytes_mut(&slot)[..bytes.len()].copy_from_slice(bytes);
        let view = RtpView::parse(bytes).expect("browsers write valid packets");
        let start = view.header.header_len;
        let facts = RtpFacts::new(&view.header, &view.extensions(), start, view.payload.len(), bytes.len());
        self.room.incoming(now, &mut self.slab, leg, slot, &facts);
    }

    /// What slot `at` of the viewer shows.
    fn share(&self, at: usize) -> Share {
        let shown = self.slots.iter().find(|it| usize::from(it.slot) == at);
        match shown.map(|it| (it.participant.0, it.source)) {
            _ if at >= VIDEO_SLOTS => Share::Sound,
            Some((_, SourceKind::Screen)) => Share::Content,
            Some((number, _)) if number == u32::from(STAGE) => Share::Stage,
            _ => Share::Thumbnails,
        }
    }

    fn arrived(&mut self, ms: u64, came_at: Instant, item: Item) {
        match item {
            Item::Media(bytes) => {
                let view = RtpView::parse(&bytes).expect("the server writes valid packets");
                let at = view.header.ssrc.wrapping_sub(FIRST_SSRC) as usize;
                let share = if view.payload.is_empty() { Share::Other } else { self.share(at % 500) };
                self.bytes[share as usize] += bytes.len() as u64;
                self.recorder.note(came_at, view.extensions().transport_sequence.expect("numbered"));
                self.viewer.packet(ms, &bytes);
            }
            Item::Report(ssrc, middle) => {
                self.bytes[Share::Other as usize] += 80;
                self.reports.insert(ssrc, (middle, ms));
            }
        }
    }

    /// What the viewer says now goes to the room, which hears it after the line's delay.
    fn speak(&mut self, ms: u64, now: Instant) {
        let due = ms + self.pipe.trace.delay_ms;
        for (ssrc, lost, wants_keyframe) in self.viewer.advance(ms) {
            if !lost.is_empty() {
                self.said.push_back((due, Said::Lost(ssrc, lost)));
            }
            if wants_keyframe {
                self.said.push_back((due, Said::Keyframe(ssrc)));
            }
        }
        while let Some(report) = self.recorder.due(now) {
            let arrivals = report.arrivals.iter().map(|it| (it.sequence, it.at_ticks as i64 * 250));
            let base = report.base_sequence;
            let mut told: Vec<_> = arrivals.collect();
            // What lies between two arrivals has not come.
            let end = told.last().map_or(base, |it| it.0);
            let mut next = base;
            let mut whole = Vec::new();
            for (sequence, us) in told.drain(..) {
                while next != sequence {
                    whole.push((next, i64::MIN));
                    next = next.wrapping_add(1);
                }
                whole.push((sequence, us));
                next = sequence.wrapping_add(1);
            }
            debug_assert_eq!(next, end.wrapping_add(1));
            self.said.push_back((due, Said::Arrivals(whole)));
        }
        if ms.is_multiple_of(500) {
            for (ssrc, (middle, at)) in &self.reports {
                let delay = ((ms - at) * 65_536 / 1_000) as u32;
                self.said.push_back((due, Said::Report(*ssrc, *middle, delay)));
            }
        }
    }

    fn listen(&mut self, ms: u64, now: Instant) {
        let leg = LegKey(u64::from(VIEWER));
        while let Some((_, said)) = self.said.pop_front_if(|(at, _)| *at <= ms) {
            match said {
                Said::Arrivals(all) => {
                    let told = all
                        .into_iter()
                        .map(|(sequence, us)| (sequence, Some(us).filter(|us| *us != i64::MIN)));
                    self.room.transport_feedback(now, leg, told);
                }
                Said::Lost(ssrc, lost) => {
                    let Self { room, slab, pipe, .. } = self;
                    room.nack(now, slab, leg, ssrc, lost.into_iter(), &mut |_, outgoing| {
                        let mut bytes = vec![0; outgoing.header.written_len()];
                        outgoing.header.write(&mut bytes).expect("written_len bytes");
                        bytes.extend_from_slice(outgoing.payload);
                        pipe.send(ms, bytes.len() as u64, Item::Media(bytes));
                    });
                }
                Said::Keyframe(ssrc) => self.room.keyframe_asked(now, leg, ssrc),
                Said::Report(ssrc, last_sr, delay_since_last_sr) => {
                    let block = media_core::packet::rtcp::ReportBlock {
                        ssrc,
                        last_sr,
                        delay_since_last_sr,
                        ..Default::default()
                    };
                    self.room.receiver_report(now, (ms << 32) / 1000, leg, &block);
                }
            }
        }
    }

    /// The second that ends now.
    fn second(&mut self, ms: u64) -> Second {
        let now = self.start + Duration::from_millis(ms);
        let from = ms + STEP_MS - 1_000;
        let figures =
            self.room.figures(now, LegKey(u64::from(VIEWER)), &mut |_| ()).expect("the viewer is here");
        let (mut stage, mut document, mut small) = (0, 0, 0);
        for (at, slot) in self.viewer.slots.iter().enumerate() {
            let new = &slot.pictures[self.decoded[at]..];
            stage += new.iter().filter(|it| it.sender == STAGE).count() as u64;
            document += new.iter().filter(|it| it.sender == DOCUMENT).count() as u64;
            let is_small = |sender| (CONTENT..CONTENT + THUMBNAILS).contains(&sender);
            small += u64::from(new.iter().any(|it| is_small(it.sender)));
            self.decoded[at] = slot.pictures.len();
        }
        let voices = self.viewer.heard[self.heard..].iter().filter(|it| it.2 == STAGE).count() as u64;
        self.heard = self.viewer.heard.len();
        let slowest = std::mem::take(&mut self.viewer.slowest_voice);
        let capacity =
            (from..ms + STEP_MS).step_by(10).map(|at| self.pipe.trace.at(at).kbps).sum::<u64>() / 100;
        Second {
            capacity_kbps: capacity,
            estimate_kbps: u64::from(figures.estimate_bps / 1000),
            kbps: std::mem::take(&mut self.bytes).map(|bytes| bytes * 8 / 1000),
            paused: self.slots.iter().filter(|it| it.is_paused).count() as u64,
            stage,
            document,
            small,
            voices,
            lost_voices: std::mem::take(&mut self.pipe.lost_voices),
            slowest_voice_ms: slowest.get(&STAGE).copied().unwrap_or(0),
        }
    }
}
