//! One sender and its receivers around a room, on a clock that only the test moves.
//!
//! Used by `layered_room`. Keeps all that went out and judges it at the end.

use super::coder::{Coder, Sent, payload};
use media_core::packet::descriptor::DescriptorReader;
use media_core::packet::negotiated::{PT_OPUS, PT_RED};
use media_core::packet::rtp::RtpView;
use media_core::room::{
    LocalLeg, Outgoing, Purpose, Room, RoomEvent, RoomLimits, SLOTS, SlotSsrcs, Takes, Tick, VIDEO_SLOTS,
    ViewWish,
};
use media_core::stream::arrival::RtpFacts;
use media_core::stream::ids::{LegKey, ParticipantKey, SourceKind, SourceKinds};
use media_core::stream::slab::PacketSlab;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// A picture of the sender comes this often.
const PICTURE_MS: u64 = 40;
const STEP_MS: u64 = 5;
/// Packets that overtake a late one.
const LATE_BY: usize = 30;

#[derive(Clone)]
struct Got {
    ms: u64,
    index: u64,
    marker: bool,
    is_filling: bool,
    timestamp: u32,
    payload_type: u8,
    descriptor: Vec<u8>,
    payload: Vec<u8>,
}

#[derive(Default)]
struct Viewer {
    video: Vec<Got>,
    voices: Vec<Got>,
    repairs: Vec<Vec<u8>>,
    is_unreadable: bool,
}

pub struct Meeting {
    start: Instant,
    ms: u64,
    room: Room,
    slab: PacketSlab,
    coder: Coder,
    viewers: BTreeMap<u64, Viewer>,
    /// Every so many packets one comes late; 0 for none.
    pub late_every: usize,
    /// The sender speaks.
    pub speaks: bool,
    /// Key frames asked of the sender.
    pub asked: u32,
    late: Vec<(usize, Sent)>,
    count: usize,
    voice: u16,
}

fn leg(number: u64, takes: Takes) -> LocalLeg {
    let first = number as u32 * 1000;
    LocalLeg {
        leg: LegKey(number),
        participant: ParticipantKey(number as u32),
        allowed: SourceKinds::ALL,
        slots: std::array::from_fn::<_, SLOTS, _>(|at| {
            let media = first + at as u32;
            SlotSsrcs { media, rtx: if at < VIDEO_SLOTS { media + 100 } else { 0 } }
        }),
        feedback_ssrc: first + 900,
        takes,
    }
}

impl Meeting {
    /// The sender is leg 1, the receivers follow.
    pub fn new(coder: Coder, takes: &[Takes]) -> Self {
        let start = Instant::now();
        let mut room = Room::new(start, RoomLimits::default());
        room.join(start, &leg(1, Takes::ALL)).expect("room");
        let mut viewers = BTreeMap::new();
        for (number, takes) in (2..).zip(takes) {
            room.join(start, &leg(number, *takes)).expect("room");
            viewers.insert(number, Viewer::default());
        }
        Self {
            start,
            ms: 0,
            room,
            slab: PacketSlab::new(8192, Duration::from_secs(2)),
            coder,
            viewers,
            late_every: 0,
            speaks: false,
            asked: 0,
            late: Vec::new(),
            count: 0,
            voice: 0,
        }
    }

    pub fn ms(&self) -> u64 {
        self.ms
    }

    fn now(&self) -> Instant {
        self.start + Duration::from_millis(self.ms)
    }

    pub fn watch(&mut self, viewer: u64, height_px: u16) {
        let wish = ViewWish { participant: ParticipantKey(1), source: SourceKind::Camera, height_px };
        self.room.watch(self.now(), LegKey(viewer), &[wish]);
    }

    /// The receiver says that its link carries so much.
    pub fn believe(&mut self, viewer: u64, bps: u64) {
        self.room.receiver_estimate(LegKey(viewer), bps);
    }

    /// The next picture is a key frame.
    pub fn make_key(&mut self) {
        self.coder.key_due = true;
    }

    pub fn run(&mut self, ms: u64) {
        let end = self.ms + ms;
        while self.ms < end {
            self.step();
            self.ms += STEP_MS;
        }
    }

    fn step(&mut self) {
        let now = self.now();
        let mut sent = Vec::new();
        if self.ms.is_multiple_of(PICTURE_MS) {
            self.coder.picture(self.ms, &mut sent);
        }
        if self.speaks && self.ms.is_multiple_of(20) {
            sent.push(self.sound());
        }
        for packet in sent {
            self.count += 1;
            if self.late_every > 0 && self.count.is_multiple_of(self.late_every) {
                self.late.push((self.count + LATE_BY, packet));
            } else {
                self.incoming(now, &packet);
            }
            while let Some(at) = self.late.iter().position(|(due, _)| *due <= self.count) {
                let (_, packet) = self.late.remove(at);
                self.incoming(now, &packet);
            }
        }
        let (viewers, ms) = (&mut self.viewers, self.ms);
        let mut take = |leg: LegKey, out: &Outgoing<'_>| {
            // The sender's own link is asked for more as well.
            if let Some(viewer) = viewers.get_mut(&leg.0) {
                viewer.take(ms, out);
            }
        };
        self.room.flush(now, &mut self.slab, &mut take);
        self.room.pace(now, &mut self.slab, &mut take);
        let mut key_due = false;
        self.room.tick(Tick { now, ntp: 0 }, &mut |leg, feedback| {
            let asks = matches!(feedback, media_core::room::Feedback::KeyframeRequest { .. });
            key_due |= leg == LegKey(1) && asks;
        });
        self.coder.key_due |= key_due;
        self.asked += u32::from(key_due);
        let viewers = &mut self.viewers;
        self.room.events(&mut |event| {
            if let RoomEvent::Slots { leg, slots } = event
                && let Some(viewer) = viewers.get_mut(&leg.0)
            {
                viewer.is_unreadable = slots.iter().any(|slot| slot.is_unreadable);
            }
        });
    }

    /// A voice that repeats the packet before it.
    fn sound(&mut self) -> Sent {
        self.voice += 1;
        let (sequence, now) = (self.voice, self.voice as u8);
        let mut bytes = vec![0x90, PT_RED];
        bytes.extend_from_slice(&sequence.to_be_bytes());
        bytes.extend_from_slice(&(u32::from(sequence) * 960).to_be_bytes());
        bytes.extend_from_slice(&99u32.to_be_bytes());
        bytes.extend_from_slice(&[0xbe, 0xde, 0, 2, 0x42, b'm', b'i', b'c', 0x10, 0x80 | 20, 0, 0]);
        bytes.extend_from_slice(&[0x80 | PT_OPUS, 0x0f, 0x00, 40, PT_OPUS]);
        bytes.extend_from_slice(&[now.wrapping_sub(1); 40]);
        bytes.extend_from_slice(&[now; 40]);
        Sent { bytes, sequence }
    }

    fn incoming(&mut self, now: Instant, sent: &Sent) {
        let packet = self.slab.take(now).expect("slab is large enough");
        let view = RtpView::parse(&sent.bytes).expect("valid");
        assert_eq!(view.header.sequence, sent.sequence);
        let extensions = view.extensions();
        let (start, len) = (view.header.header_len, view.payload.len());
        self.slab.bytes_mut(&packet)[start..start + len].copy_from_slice(view.payload);
        self.slab.keep_descriptor(&packet, extensions.descriptor.unwrap_or_default());
        let facts = RtpFacts::new(&view.header, &extensions, start, len, sent.bytes.len());
        self.room.incoming(now, &mut self.slab, LegKey(1), packet, &facts);
    }

    /// Asks for the last `count` packets of a receiver once more; how many came and were the same.
    pub fn ask_again(&mut self, viewer: u64, count: usize) -> usize {
        let now = self.now();
        let known: Vec<_> = self.viewers[&viewer].video.iter().rev().take(count).cloned().collect();
        let ssrc = viewer as u32 * 1000;
        for chunk in known.chunks(10) {
            let lost = chunk.iter().map(|got| got.index as u16);
            let viewers = &mut self.viewers;
            self.room.nack(now, &mut self.slab, LegKey(viewer), ssrc, lost, &mut |leg, out| {
                viewers.get_mut(&leg.0).expect("a receiver").take(0, out);
            });
        }
        let repairs = std::mem::take(&mut self.viewers.get_mut(&viewer).expect("there").repairs);
        let is_same = |repair: &Vec<u8>| {
            known
                .iter()
                .any(|got| repair[..2] == (got.index as u16).to_be_bytes() && repair[2..] == got.payload)
        };
        assert!(repairs.iter().all(is_same));
        repairs.len()
    }

    pub fn packets(&self, viewer: u64) -> usize {
        self.viewers[&viewer].video.len()
    }

    pub fn is_unreadable(&self, viewer: u64) -> bool {
        self.viewers[&viewer].is_unreadable
    }

    pub fn fillings(&self) -> usize {
        self.viewers.values().flat_map(|viewer| &viewer.video).filter(|got| got.is_filling).count()
    }

    /// Payload types and payloads of what was heard.
    pub fn voices(&self, viewer: u64) -> Vec<(u8, Vec<u8>)> {
        self.viewers[&viewer].voices.iter().map(|got| (got.payload_type, got.payload.clone())).collect()
    }

    /// Pictures that a receiver got in the span.
    pub fn pictures(&self, viewer: u64, from: u64, to: u64) -> usize {
        let span = self.viewers[&viewer].video.iter().filter(|got| (from..to).contains(&got.ms));
        span.map(|got| got.timestamp).collect::<BTreeSet<_>>().len()
    }

    /// The largest size of each picture of the span, each once.
    pub fn sizes(&self, viewer: u64, from: u64, to: u64) -> Vec<u8> {
        let mut reader = DescriptorReader::default();
        let mut largest = BTreeMap::new();
        for got in self.viewers[&viewer].in_order().filter(|got| !got.is_filling) {
            let marks = reader.read(&got.descriptor, true).expect("readable");
            let size: &mut (u64, u8) = largest.entry(got.timestamp).or_insert((got.ms, 0));
            size.1 = size.1.max(marks.spatial);
        }
        let sizes = largest.values().filter(|(ms, _)| (from..to).contains(ms)).map(|(_, size)| *size);
        sizes.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Judges all that went out. What is late on the last pictures is not waited for.
    pub fn assert_whole(&self) {
        for (number, viewer) in &self.viewers {
            viewer.assert_whole(*number, self.ms.saturating_sub(400));
        }
    }
}

impl Viewer {
    fn take(&mut self, ms: u64, out: &Outgoing<'_>) {
        let at = out.header.ssrc % 1000;
        let got = Got {
            ms,
            index: out.index,
            marker: out.header.marker,
            is_filling: out.header.is_padded,
            timestamp: out.header.timestamp,
            payload_type: out.header.payload_type,
            descriptor: out.header.descriptor.to_vec(),
            payload: out.payload.to_vec(),
        };
        match out.purpose {
            Purpose::Repair => self.repairs.push(got.payload),
            Purpose::Probe => {}
            Purpose::Media if at < VIDEO_SLOTS as u32 => self.video.push(got),
            Purpose::Media => self.voices.push(got),
        }
    }

    fn in_order(&self) -> impl Iterator<Item = &Got> {
        let by_index: BTreeMap<_, _> = self.video.iter().map(|got| (got.index, got)).collect();
        assert_eq!(by_index.len(), self.video.len(), "a number was given twice");
        by_index.into_values()
    }

    fn assert_whole(&self, number: u64, until: u64) {
        let mut reader = DescriptorReader::default();
        let (mut last, mut passed, mut part) = (None, BTreeSet::new(), 0);
        let mut open: Option<(u32, bool)> = None;
        let mut offset = 0;
        for got in self.in_order().take_while(|got| got.ms < until) {
            if let Some(last) = last {
                assert_eq!(got.index, last + 1, "{number}: a gap in numbers at {} ms", got.ms);
            }
            last = Some(got.index);
            if got.is_filling {
                continue;
            }
            if let Some((timestamp, is_ended)) = open.filter(|(timestamp, _)| *timestamp != got.timestamp) {
                assert!(is_ended, "{number}: the picture at {timestamp} has no end");
            }
            let marks = reader.read(&got.descriptor, true).expect("readable");
            part = if marks.starts { 0 } else { part + 1 };
            if marks.opens {
                // After a pause the numbers go on from where they were.
                let is_it = |offset: &u16| payload(marks.frame.wrapping_sub(*offset), 0) == got.payload;
                offset = (0..=u16::MAX).find(is_it).expect("a frame of the coder");
            }
            let sent = payload(marks.frame.wrapping_sub(offset), part);
            assert!(got.payload == sent, "{number}: frame {} part {part}", marks.frame);
            if marks.starts {
                let has_all = marks.depends_on().all(|frame| passed.contains(&frame));
                assert!(has_all, "{number}: frame {} at {} ms is not decodable", marks.frame, got.ms);
            }
            if marks.ends {
                passed.insert(marks.frame);
            }
            open = Some((got.timestamp, got.marker));
        }
    }
}
