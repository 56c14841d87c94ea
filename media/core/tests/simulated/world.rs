//! Browsers around one room, joined by links, on a clock that only the test moves.
//!
//! Used by the `simulated_*` tests. Every packet crosses as bytes, RTCP included.

use super::link::{Link, Weather};
use super::sender::Browser;
use super::viewer::Viewer;
use media_core::packet::rtcp::{ReportBlock, RtcpPacket, compound};
use media_core::packet::rtcp_write::RtcpWriter;
use media_core::packet::rtp::RtpView;
use media_core::room::{
    Feedback, LocalLeg, Room, RoomEvent, RoomLimits, SLOTS, SlotSsrcs, Takes, Tick, VIDEO_SLOTS, Verdict,
    ViewWish,
};
use media_core::stream::arrival::RtpFacts;
use media_core::stream::feedback::TransportRecorder;
use media_core::stream::ids::{Layer, LayerSet, LegKey, ParticipantKey, SourceKind, SourceKinds};
use media_core::stream::slab::PacketSlab;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

pub const STEP_MS: u64 = 5;
/// Packets that the server keeps at most.
pub const SLAB_PACKETS: usize = 8192;
const NTP_AT_START: u64 = 3_900_000_000 << 32;

pub struct Seat {
    pub browser: Browser,
    pub viewer: Viewer,
    pub up: Link,
    pub down: Link,
    /// Says nothing about what arrives: no reports, no requests.
    pub is_silent: bool,
    /// Transport-wide number of the newest packet that came.
    pub newest_number: u16,
    recorder: TransportRecorder,
    sender_reports: BTreeMap<u32, (u32, u64)>,
    next_report_ms: u64,
}

pub struct World {
    pub start: Instant,
    pub ms: u64,
    pub room: Room,
    pub slab: PacketSlab,
    pub seats: Vec<Seat>,
    pub events: Vec<(u64, String)>,
    pub verdicts: BTreeMap<String, u32>,
}

/// RTCP is told from RTP by its payload type (RFC 5761).
fn is_rtcp(bytes: &[u8]) -> bool {
    (192..=223).contains(&bytes[1])
}

pub fn rtcp(fill: impl FnOnce(&mut RtcpWriter<'_>)) -> Vec<u8> {
    let mut buffer = [0; 1400];
    let mut writer = RtcpWriter::new(&mut buffer);
    fill(&mut writer);
    let len = writer.len();
    buffer[..len].to_vec()
}

pub fn wish(participant: u32, height_px: u16) -> ViewWish {
    ViewWish { participant: ParticipantKey(participant), source: SourceKind::Camera, height_px }
}

impl World {
    /// A room with one browser per entry of `weather` (up, down), numbered from 1.
    pub fn new(seed: u64, weather: &[(Weather, Weather)]) -> Self {
        let start = Instant::now();
        let mut room = Room::new(start, RoomLimits::default());
        let seats = weather.iter().enumerate().map(|(at, (up, down))| {
            let number = at as u32 + 1;
            room.join(start, &local_leg(number)).expect("room is not full");
            let seed = seed * 1000 + u64::from(number) * 10;
            Seat {
                browser: Browser::new(number as u8, seed),
                viewer: Viewer::new(first_ssrc(number)),
                up: Link::new(start, seed + 1, *up),
                down: Link::new(start, seed + 2, *down),
                is_silent: false,
                newest_number: 0,
                recorder: TransportRecorder::new(start),
                sender_reports: BTreeMap::new(),
                next_report_ms: 0,
            }
        });
        let seats = seats.collect();
        let slab = PacketSlab::new(SLAB_PACKETS, Duration::from_secs(2));
        Self { start, ms: 0, room, slab, seats, events: Vec::new(), verdicts: BTreeMap::new() }
    }

    pub fn now(&self) -> Instant {
        self.start + Duration::from_millis(self.ms)
    }

    fn ntp(&self) -> u64 {
        NTP_AT_START + (self.ms << 32) / 1000
    }

    pub fn watch(&mut self, seat: u32, wishes: &[ViewWish]) {
        self.room.watch(self.now(), LegKey(u64::from(seat)), wishes);
    }

    pub fn seat(&mut self, number: u32) -> &mut Seat {
        &mut self.seats[number as usize - 1]
    }

    pub fn run(&mut self, ms: u64) {
        let end = self.ms + ms;
        while self.ms < end {
            self.step();
            self.ms += STEP_MS;
        }
    }

    /// The browser of `seat` closes.
    pub fn leave(&mut self, seat: u32) {
        self.room.leave(self.now(), LegKey(u64::from(seat)));
    }

    /// A browser that has just been opened joins in the place of `seat`.
    pub fn come(&mut self, seat: u32) {
        let now = self.now();
        self.room.join(now, &local_leg(seat)).expect("room is not full");
        let own = self.seat(seat);
        own.browser.reconnect();
        own.viewer = Viewer::new(first_ssrc(seat));
        own.down.clear();
        (own.newest_number, own.recorder) = (0, TransportRecorder::new(now));
        own.sender_reports.clear();
    }

    /// The same, with `rogue` doing what it likes before each step.
    pub fn run_with(&mut self, ms: u64, mut rogue: impl FnMut(&mut Self)) {
        let end = self.ms + ms;
        while self.ms < end {
            rogue(self);
            self.run(STEP_MS);
        }
    }

    /// Gives the server a packet as if it came from `seat`.
    pub fn inject(&mut self, seat: usize, bytes: &[u8]) {
        let now = self.now();
        let packet = self.slab.take(now).expect("slab is large enough");
        self.slab.bytes_mut(&packet)[..bytes.len()].copy_from_slice(bytes);
        let view = RtpView::parse(bytes).expect("browsers write valid packets");
        let extensions = view.extensions();
        self.slab.keep_descriptor(&packet, extensions.descriptor.unwrap_or_default());
        let facts =
            RtpFacts::new(&view.header, &extensions, view.header.header_len, view.payload.len(), bytes.len());
        let leg = LegKey(seat as u64 + 1);
        if let Verdict::Dropped(reason) = self.room.incoming(now, &mut self.slab, leg, packet, &facts) {
            *self.verdicts.entry(format!("{reason:?}")).or_default() += 1;
        }
    }

    fn step(&mut self) {
        let now = self.now();
        let ms = self.ms;
        for seat in &mut self.seats {
            let mut out = Vec::new();
            seat.browser.due(ms, &mut out);
            out.into_iter().for_each(|bytes| seat.up.send(now, bytes));
        }
        for at in 0..self.seats.len() {
            while let Some(bytes) = self.seats[at].up.arrived(now) {
                if is_rtcp(&bytes) {
                    self.server_rtcp(at, &bytes);
                } else {
                    self.inject(at, &bytes);
                }
            }
        }
        let seats = &mut self.seats;
        self.room.flush(now, &mut self.slab, &mut |leg, outgoing| {
            send(&mut seats[leg.0 as usize - 1].down, now, outgoing);
        });
        let seats = &mut self.seats;
        self.room.pace(now, &mut self.slab, &mut |leg, outgoing| {
            send(&mut seats[leg.0 as usize - 1].down, now, outgoing);
        });
        let ntp = self.ntp();
        let seats = &mut self.seats;
        self.room.tick(Tick { now, ntp }, &mut |leg, feedback| {
            let bytes = rtcp(|writer| write(writer, &feedback));
            seats[leg.0 as usize - 1].down.send(now, bytes);
        });
        let (events, at, seats) = (&mut self.events, self.ms, &mut self.seats);
        self.room.events(&mut |event| {
            if let RoomEvent::LayersNeeded { leg, layers, .. } = event {
                // Signalling is as quick as the link.
                seats[leg.0 as usize - 1].browser.need(Layer::ALL.map(|layer| layers.has(layer)));
            }
            events.push((at, tell(event)));
        });
        for seat in &mut self.seats {
            seat.receive(now, ms, ntp);
        }
    }

    fn server_rtcp(&mut self, at: usize, bytes: &[u8]) {
        let (now, ntp) = (self.now(), self.ntp());
        let leg = LegKey(at as u64 + 1);
        for packet in compound(bytes) {
            match packet {
                RtcpPacket::ReceiverReport(_, blocks) => {
                    blocks.for_each(|block| self.room.receiver_report(now, ntp, leg, &block));
                }
                RtcpPacket::Nack(media, lost) => {
                    let seats = &mut self.seats;
                    self.room.nack(now, &mut self.slab, leg, media, lost, &mut |leg, outgoing| {
                        send(&mut seats[leg.0 as usize - 1].down, now, outgoing);
                    });
                }
                RtcpPacket::Pli(media) => self.room.keyframe_asked(now, leg, media),
                RtcpPacket::TransportFeedback(feedback) => {
                    let statuses = feedback.statuses().map(|s| (s.sequence, s.arrival_us));
                    self.room.transport_feedback(now, leg, statuses);
                }
                RtcpPacket::Fir(targets) => {
                    targets.for_each(|(media, _)| self.room.keyframe_asked(now, leg, media));
                }
                RtcpPacket::Remb(bps) => self.room.receiver_estimate(leg, bps),
                other => panic!("browsers do not send {other:?}"),
            }
        }
    }
}

impl Seat {
    fn receive(&mut self, now: Instant, ms: u64, ntp: u64) {
        while let Some(bytes) = self.down.arrived(now) {
            if is_rtcp(&bytes) {
                self.browser_rtcp(now, ntp, &bytes);
                continue;
            }
            let view = RtpView::parse(&bytes).expect("the server writes valid packets");
            let number = view.extensions().transport_sequence.expect("every packet is numbered");
            self.recorder.note(now, number);
            self.newest_number = number;
            self.viewer.packet(ms, &bytes);
        }
        let asks = self.viewer.advance(ms);
        if self.is_silent {
            return;
        }
        for (ssrc, lost, pli) in asks {
            let bytes = rtcp(|writer| {
                if !lost.is_empty() {
                    writer.nack(1, ssrc, &lost).expect("fits");
                }
                if pli {
                    writer.pli(1, ssrc).expect("fits");
                }
            });
            self.up.send(now, bytes);
        }
        while let Some(report) = self.recorder.due(now) {
            let bytes = rtcp(|writer| {
                let (base, count) = (report.base_sequence, report.feedback_count);
                writer.transport_feedback(1, 2, base, count, report.arrivals).expect("fits");
            });
            self.up.send(now, bytes);
        }
        if ms >= self.next_report_ms && !self.sender_reports.is_empty() {
            self.next_report_ms = ms + 500;
            let blocks: Vec<_> = self
                .sender_reports
                .iter()
                .take(31)
                .map(|(ssrc, (last_sr, at))| ReportBlock {
                    ssrc: *ssrc,
                    last_sr: *last_sr,
                    delay_since_last_sr: ((ntp - at) >> 16) as u32,
                    ..ReportBlock::default()
                })
                .collect();
            let bytes = rtcp(|writer| writer.receiver_report(1, &blocks).expect("fits"));
            self.up.send(now, bytes);
        }
    }

    fn browser_rtcp(&mut self, now: Instant, ntp: u64, bytes: &[u8]) {
        let mut out = Vec::new();
        for packet in compound(bytes) {
            match packet {
                RtcpPacket::SenderReport(report, _) => {
                    let middle = (report.ntp >> 16) as u32;
                    self.sender_reports.insert(report.ssrc, (middle, ntp));
                }
                RtcpPacket::ReceiverReport(_, blocks) => {
                    blocks.for_each(|block| self.browser.receiver_report(block.ssrc));
                }
                RtcpPacket::Nack(media, lost) => {
                    lost.for_each(|sequence| self.browser.nack(media, sequence, &mut out));
                }
                RtcpPacket::Pli(_) => self.browser.pli(),
                RtcpPacket::TransportFeedback(_) => {}
                other => panic!("the server does not send {other:?}"),
            }
        }
        out.into_iter().for_each(|bytes| self.up.send(now, bytes));
    }
}

fn send(link: &mut Link, now: Instant, outgoing: &media_core::room::Outgoing<'_>) {
    assert_eq!(outgoing.index as u16, outgoing.header.sequence);
    let mut bytes = vec![0; outgoing.header.written_len()];
    outgoing.header.write(&mut bytes).expect("written_len bytes");
    bytes.extend_from_slice(outgoing.payload);
    link.send(now, bytes);
}

fn write(writer: &mut RtcpWriter<'_>, feedback: &Feedback<'_>) {
    let written = match feedback {
        Feedback::Reports { sender, blocks } => writer.receiver_report(*sender, blocks),
        Feedback::Sender(report) => writer.sender_report(report),
        Feedback::Nack { sender, media, lost } => writer.nack(*sender, *media, lost),
        Feedback::KeyframeRequest { sender, media } => writer.pli(*sender, *media),
        Feedback::Transport { sender, media, base_sequence, feedback_count, arrivals } => writer
            .transport_feedback(*sender, *media, *base_sequence, *feedback_count, arrivals)
            .map(|covered| assert_eq!(covered, arrivals.len())),
    };
    written.expect("every piece of feedback fits into one packet");
}

fn tell(event: RoomEvent<'_>) -> String {
    match event {
        RoomEvent::SourceStarted { participant, source } => format!("{} + {source:?}", participant.0),
        RoomEvent::SourceStopped { participant, source } => format!("{} - {source:?}", participant.0),
        RoomEvent::Slots { leg, slots } => {
            let uses: Vec<_> = slots.iter().map(|it| format!("{}={}", it.slot, it.participant.0)).collect();
            format!("{} sees {}", leg.0, uses.join(" "))
        }
        RoomEvent::Speakers(voices) => {
            let names: Vec<_> = voices.iter().map(|voice| voice.participant.0.to_string()).collect();
            format!("speak {}", names.join(" "))
        }
        RoomEvent::RemoteKeyframe { leg, source } => format!("remote {} {source:?}", leg.0),
        RoomEvent::LayersNeeded { leg, layers, .. } => format!("need {} {}", leg.0, names(layers)),
        RoomEvent::RemoteLayersNeeded { leg, layers, .. } => {
            format!("need remote {} {}", leg.0, names(layers))
        }
    }
}

pub fn names(layers: LayerSet) -> String {
    layers.iter().map(|layer| ["q", "h", "f"][layer.index()]).collect()
}

pub fn first_ssrc(number: u32) -> u32 {
    number * 100_000
}

pub fn local_leg(number: u32) -> LocalLeg {
    let slots = std::array::from_fn::<_, SLOTS, _>(|at| {
        let media = first_ssrc(number) + at as u32;
        SlotSsrcs { media, rtx: if at < VIDEO_SLOTS { media + 500 } else { 0 } }
    });
    LocalLeg {
        leg: LegKey(u64::from(number)),
        participant: ParticipantKey(number),
        allowed: SourceKinds::ALL,
        slots,
        feedback_ssrc: first_ssrc(number) + 900,
        takes: Takes::ALL,
    }
}
