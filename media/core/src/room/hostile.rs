//! Plays arbitrary bytes as packets, RTCP and orders into a room, for `crate::fuzz`.
//!
//! Whatever comes: no panic, no SRTP index given twice, no slot kept after a flush.

use super::types::{LocalLeg, RoomLimits, SLOTS, SlotSsrcs, Takes, Tick, VIDEO_SLOTS, ViewWish};
use super::{Outgoing, Room};
use crate::packet::rtcp::{RtcpPacket, compound};
use crate::packet::rtp::RtpView;
use crate::stream::arrival::RtpFacts;
use crate::stream::ids::{LegKey, ParticipantKey, SourceKind, SourceKinds};
use crate::stream::slab::{PacketSlab, SLOT_BYTES};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Few, so that a slot that is not given back shows at once.
const SLAB_SLOTS: usize = 64;
const LEGS: u8 = 4;

struct Play {
    room: Room,
    slab: PacketSlab,
    now: Instant,
    sealed: BTreeSet<(LegKey, u32, u64)>,
    joins: u32,
}

/// Plays `bytes`: each step is an order, a leg, a length and that many bytes.
/// Returns how many packets went out.
pub(crate) fn play(bytes: &[u8], start: Instant) -> usize {
    let limits = RoomLimits { legs: 3, batch: 32, ..RoomLimits::default() };
    let mut play = Play {
        room: Room::new(start, limits),
        slab: PacketSlab::new(SLAB_SLOTS, Duration::from_secs(1)),
        now: start,
        sealed: BTreeSet::new(),
        joins: 0,
    };
    for leg in 0..LEGS {
        play.join(leg);
    }
    let mut rest = bytes;
    while let [order, leg, len, after @ ..] = rest {
        let (body, after) = after.split_at(usize::from(*len).min(after.len()));
        play.step(*order, leg % LEGS, body);
        rest = after;
    }
    play.flush();
    let free: Vec<_> = (0..SLAB_SLOTS).map_while(|_| play.slab.take(play.now)).collect();
    assert_eq!(free.len(), SLAB_SLOTS, "a slot stayed pinned");
    play.sealed.len()
}

impl Play {
    fn join(&mut self, leg: u8) {
        self.joins += 1;
        // A leg that comes again brings new keys, hence new SSRCs.
        let first = (self.joins << 12) | (u32::from(leg) << 8);
        let slots = std::array::from_fn::<_, SLOTS, _>(|at| {
            let media = first + at as u32;
            SlotSsrcs { media, rtx: if at < VIDEO_SLOTS { media + 64 } else { 0 } }
        });
        let leg = LocalLeg {
            leg: LegKey(u64::from(leg)),
            participant: ParticipantKey(u32::from(leg / 2)),
            allowed: SourceKinds::ALL,
            slots,
            feedback_ssrc: first + 200,
            takes: Takes::ALL.reading(leg.is_multiple_of(2)),
        };
        let _ = self.room.join(self.now, &leg);
    }

    fn step(&mut self, order: u8, leg: u8, body: &[u8]) {
        let key = LegKey(u64::from(leg));
        match order % 8 {
            0..=2 => self.rtp(key, body),
            3 => self.rtcp(key, body),
            4 => self.watch(key, body),
            5 => {
                let kinds =
                    SourceKind::ALL.into_iter().zip(0..).fold(SourceKinds::NONE, |kinds, (kind, bit)| {
                        let is_set = body.first().is_some_and(|byte| byte >> bit & 1 == 1);
                        if is_set { kinds.with(kind) } else { kinds }
                    });
                self.room.allow(self.now, key, kinds);
            }
            6 => {
                self.room.leave(self.now, key);
                self.join(leg);
            }
            _ => {
                let millis = body.first().map_or(0, |byte| u64::from(*byte) * 8);
                self.now += Duration::from_millis(millis);
                self.flush();
                self.pace();
                self.room.tick(Tick { now: self.now, ntp: 0 }, &mut |_, _| {});
                self.room.events(&mut |_| {});
            }
        }
    }

    fn watch(&mut self, leg: LegKey, body: &[u8]) {
        let wishes: Vec<_> = body
            .chunks_exact(2)
            .map(|pair| ViewWish {
                participant: ParticipantKey(u32::from(pair[0] & 3)),
                source: SourceKind::ALL[usize::from(pair[0] >> 6)],
                height_px: u16::from(pair[1]) * 4,
            })
            .collect();
        self.room.watch(self.now, leg, &wishes);
    }

    fn rtp(&mut self, leg: LegKey, body: &[u8]) {
        let Ok(view) = RtpView::parse(body) else { return };
        let Some(slot) = self.slab.take(self.now) else { return };
        let len = body.len().min(SLOT_BYTES);
        self.slab.bytes_mut(&slot)[..len].copy_from_slice(&body[..len]);
        let start = view.header.header_len;
        let extensions = view.extensions();
        let facts = RtpFacts::new(&view.header, &extensions, start, view.payload.len(), body.len());
        self.slab.keep_descriptor(&slot, extensions.descriptor.unwrap_or_default());
        self.room.incoming(self.now, &mut self.slab, leg, slot, &facts);
    }

    fn rtcp(&mut self, leg: LegKey, body: &[u8]) {
        let now = self.now;
        for packet in compound(body) {
            match packet {
                RtcpPacket::SenderReport(report, blocks) => {
                    self.room.sender_report(now, leg, &report);
                    blocks.for_each(|block| self.room.receiver_report(now, 0, leg, &block));
                }
                RtcpPacket::ReceiverReport(_, blocks) => {
                    blocks.for_each(|block| self.room.receiver_report(now, 0, leg, &block));
                }
                RtcpPacket::Nack(media, lost) => {
                    let sealed = &mut self.sealed;
                    self.room.nack(now, &mut self.slab, leg, media, lost, &mut |leg, outgoing| {
                        seal(sealed, leg, outgoing);
                    });
                }
                RtcpPacket::Pli(media) => self.room.keyframe_asked(now, leg, media),
                RtcpPacket::TransportFeedback(feedback) => {
                    let statuses = feedback.statuses().map(|s| (s.sequence, s.arrival_us));
                    self.room.transport_feedback(now, leg, statuses);
                }
                _ => {}
            }
        }
    }

    fn pace(&mut self) {
        let sealed = &mut self.sealed;
        self.room.pace(self.now, &mut self.slab, &mut |leg, outgoing| seal(sealed, leg, outgoing));
    }

    fn flush(&mut self) {
        let sealed = &mut self.sealed;
        self.room.flush(self.now, &mut self.slab, &mut |leg, outgoing| seal(sealed, leg, outgoing));
    }
}

fn seal(sealed: &mut BTreeSet<(LegKey, u32, u64)>, leg: LegKey, outgoing: &Outgoing<'_>) {
    assert_eq!(outgoing.index as u16, outgoing.header.sequence);
    assert!(!outgoing.payload.is_empty(), "an empty packet helps nobody");
    assert!(sealed.insert((leg, outgoing.header.ssrc, outgoing.index)), "index given twice");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A packet that a browser could send, damaged a little or not at all.
    fn rtp() -> impl Strategy<Value = Vec<u8>> {
        let kinds = prop::sample::select(vec![
            (96u8, *b"cam"),
            (96, *b"scr"),
            (97, *b"cam"),
            (102, *b"cam"),
            (111, *b"mic"),
            (112, *b"sca"),
            (111, *b"cam"),
            (5, *b"xyz"),
        ]);
        let payload = prop::collection::vec(any::<u8>(), 0..24);
        (kinds, 0u16..40, 0u8..6, payload, any::<bool>(), 0usize..60).prop_map(
            |((kind, mid), sequence, ssrc, payload, is_vp8, damage)| {
                let mut bytes = vec![0x90, kind, 0, 0, 0, 0, 0, 9, 0, 0, 0, ssrc];
                bytes[2..4].copy_from_slice(&sequence.to_be_bytes());
                bytes.extend_from_slice(&[0xbe, 0xde, 0, 2, 0x42]);
                bytes.extend_from_slice(&mid);
                bytes.extend_from_slice(&[0x50, b"qhf"[usize::from(ssrc % 3)], 0x10, 0x20]);
                if kind == 97 {
                    bytes.extend_from_slice(&(sequence / 2).to_be_bytes());
                }
                if is_vp8 {
                    bytes.extend_from_slice(&[0x90, 0xc0, 0x80, sequence as u8, 1, 0]);
                }
                bytes.extend_from_slice(&payload);
                if let Some(byte) = bytes.get_mut(damage) {
                    *byte ^= if damage > 40 { 0x11 } else { 0 };
                }
                bytes
            },
        )
    }

    #[test]
    fn seeds_of_the_fuzz_target_reach_the_viewers() {
        let now = Instant::now();
        assert!(play(include_bytes!("../../../fuzz/corpus/room/seed-0"), now) > 20);
        assert!(play(include_bytes!("../../../fuzz/corpus/room/seed-1"), now) > 5);
    }

    proptest! {
        #[test]
        fn likely_and_damaged_packets_never_break_a_room(
            steps in prop::collection::vec((0u8..8, 0u8..4, rtp()), 1..120),
        ) {
            let mut bytes = Vec::new();
            for (order, leg, packet) in steps {
                bytes.extend_from_slice(&[order, leg, packet.len() as u8]);
                bytes.extend_from_slice(&packet);
            }
            play(&bytes, Instant::now());
        }

        #[test]
        fn any_bytes_never_break_a_room(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            play(&bytes, Instant::now());
        }
    }
}
