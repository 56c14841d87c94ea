//! Forwarding allocates nothing once warm, and a viewer stays within its memory: both counted by
//! the allocator.
#![allow(clippy::disallowed_methods)]

use media_core::packet::negotiated::{EXT_MID, EXT_TRANSPORT_CC, PT_VP8};
use media_core::packet::rtp::RtpView;
use media_core::room::{
    LocalLeg, Outgoing, Room, RoomLimits, SLOTS, SlotSsrcs, Takes, Tick, VIDEO_SLOTS, ViewWish,
};
use media_core::stream::arrival::RtpFacts;
use media_core::stream::ids::{LegKey, ParticipantKey, SourceKind, SourceKinds};
use media_core::stream::slab::PacketSlab;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// Design limit of everything that a room keeps for one receiver.
const MAX_VIEWER_BYTES: u64 = 64 * 1024;

struct Counting;

thread_local! {
    // Per thread, because the test harness allocates in its own threads at the same time.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    static BYTES: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call is handed to the system allocator unchanged; only counters are added.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        BYTES.set(BYTES.get() + layout.size() as u64);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn leg(number: u32) -> LocalLeg {
    LocalLeg {
        leg: LegKey(u64::from(number)),
        participant: ParticipantKey(number),
        allowed: SourceKinds::ALL,
        slots: std::array::from_fn::<_, SLOTS, _>(|at| {
            let media = number * 1000 + at as u32;
            SlotSsrcs { media, rtx: if at < VIDEO_SLOTS { media + 100 } else { 0 } }
        }),
        feedback_ssrc: number * 1000 + 900,
        takes: Takes::ALL,
    }
}

/// Packet `number` of the camera of leg 1, a frame each; every hundredth opens a key frame.
fn packet(number: u32, out: &mut [u8; 1200]) {
    out[..12].copy_from_slice(&[0x90, 0x80 | PT_VP8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]);
    out[2..4].copy_from_slice(&(number as u16).to_be_bytes());
    out[4..8].copy_from_slice(&(number * 3000).to_be_bytes());
    out[12..16].copy_from_slice(&[0xbe, 0xde, 0, 2]);
    out[16..20].copy_from_slice(&[EXT_MID << 4 | 2, b'c', b'a', b'm']);
    out[20..23].copy_from_slice(&[EXT_TRANSPORT_CC << 4 | 1, (number >> 8) as u8, number as u8]);
    out[24..26].copy_from_slice(&[0x90, 0x80]);
    out[26..28].copy_from_slice(&(0x8000 | number as u16).to_be_bytes());
    out[28] = u8::from(!number.is_multiple_of(100));
}

#[test]
fn ten_thousand_forwarded_packets_allocate_nothing() {
    const VIEWERS: u32 = 10;
    let start = Instant::now();
    let mut slab = PacketSlab::new(2048, Duration::from_secs(1));
    let mut room = Room::new(start, RoomLimits::default());
    room.join(start, &leg(1)).expect("room is empty");
    let wish = ViewWish { participant: ParticipantKey(1), source: SourceKind::Camera, height_px: 180 };
    for number in 2..2 + VIEWERS {
        room.join(start, &leg(number)).expect("room is not full");
        room.watch(start, LegKey(u64::from(number)), &[wish]);
    }
    let mut forwarded = 0u64;
    let mut repaired = 0u64;
    let mut warm = (0, 0);
    for number in 0..2_000u32 {
        if number == 900 {
            warm = (ALLOCATIONS.get(), forwarded);
        }
        let now = start + Duration::from_millis(u64::from(number) * 5);
        let mut bytes = [0; 1200];
        packet(number, &mut bytes);
        // One looks away and back every 250 ms: the picture begins from the kept key-frame group.
        match number % 50 {
            20 => room.watch(now, LegKey(2), &[]),
            30 => room.watch(now, LegKey(2), &[wish]),
            _ => {}
        }
        let slot = slab.take(now).expect("nothing stays pinned");
        slab.bytes_mut(&slot)[..1200].copy_from_slice(&bytes);
        let view = RtpView::parse(&bytes).expect("well formed");
        let header_len = view.header.header_len;
        let facts = RtpFacts::new(&view.header, &view.extensions(), header_len, view.payload.len(), 1200);
        room.incoming(now, &mut slab, LegKey(1), slot, &facts);
        let mut last = 0;
        let mut out = [(LegKey(0), 0); 512];
        let mut out_count = 0;
        let mut note = |leg, outgoing: &Outgoing<'_>| {
            let sequence = outgoing.header.transport_sequence.expect("every packet is numbered");
            out[out_count] = (leg, sequence);
            out_count += 1;
        };
        room.flush(now, &mut slab, &mut |leg, outgoing| {
            forwarded += 1;
            last = outgoing.header.sequence;
            note(leg, outgoing);
        });
        room.pace(now, &mut slab, &mut |leg, outgoing| note(leg, outgoing));
        let lost = [last.wrapping_sub(3)];
        let asks = 2 + number % VIEWERS;
        let media = asks * 1000;
        room.nack(now, &mut slab, LegKey(u64::from(asks)), media, lost.into_iter(), &mut |_, _| {
            repaired += 1
        });
        for viewer in 2..2 + u64::from(VIEWERS) {
            let at_us = i64::from(number) * 5_000;
            let own = out[..out_count].iter().filter(|(leg, _)| leg.0 == viewer);
            room.transport_feedback(now, LegKey(viewer), own.map(|(_, sequence)| (*sequence, Some(at_us))));
        }
        room.tick(Tick { now, ntp: 0 }, &mut |_, _| {});
        room.events(&mut |_| {});
    }
    let allocations = ALLOCATIONS.get() - warm.0;
    assert!(forwarded - warm.1 >= 10_000, "{}", forwarded - warm.1);
    assert!(repaired > 1_000, "{repaired}");
    let replayed = room.counters().keyframes_replayed;
    assert!(replayed >= 30, "{replayed} groups replayed");
    assert_eq!(allocations, 0, "over {} packets", forwarded - warm.1);
}

#[test]
fn receiver_stays_within_its_memory() {
    let now = Instant::now();
    let mut room = Room::new(now, RoomLimits::default());
    room.join(now, &leg(1)).expect("room is empty");
    let before = BYTES.get();
    const LEGS: u32 = 16;
    for number in 2..2 + LEGS {
        room.join(now, &leg(number)).expect("room is not full");
    }
    // Includes the doubling of the room's own lists.
    let each = (BYTES.get() - before) / u64::from(LEGS);
    assert!(each <= MAX_VIEWER_BYTES, "{each} bytes a receiver");
}
