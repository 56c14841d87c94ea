//! The packet path allocates nothing: counted by the allocator, over 10,000 packets per profile.

use media_core::packet::rtp::RtpHeader;
use media_core::packet::rtp_write::OutgoingHeader;
use media_core::transport::SrtpProfile;
use media_core::transport::srtp::{SrtpReceiver, SrtpSender};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    // Per thread, because the test harness allocates in its own threads at the same time.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call is handed to the system allocator unchanged; only a counter is added.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
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

#[test]
fn ten_thousand_packets_open_and_seal_without_an_allocation() {
    const SOURCES: u64 = 40;
    for profile in SrtpProfile::PREFERENCE {
        let key = vec![7; profile.key_len()];
        let salt = vec![9; profile.salt_len()];
        let mut sender = SrtpSender::new(profile, &key, &salt).unwrap();
        let mut receiver = SrtpReceiver::new(profile, &key, &salt).unwrap();
        let body = [0x5a; 1180];
        let (mut wire, mut slot, mut rtcp) = ([0; 1500], [0; 1500], [0; 1500]);
        let mut opened = 0;
        let mut before = 0;
        for packet in 0..SOURCES + 10_000 {
            if packet == SOURCES {
                // The tables have grown to their sources.
                before = ALLOCATIONS.get();
            }
            let source = (packet % SOURCES) as u32;
            let index = packet / SOURCES;
            let header = OutgoingHeader {
                marker: false,
                is_padded: false,
                payload_type: 96,
                sequence: index as u16,
                timestamp: 0,
                ssrc: source,
                transport_sequence: Some(packet as u16),
                abs_send_time: None,
                audio_level: None,
                descriptor: &[],
            };
            let mut head = [0; 24];
            let head_len = header.write(&mut head).unwrap();
            let len = sender.seal_rtp(index, &head[..head_len], b"vp8", &body, &mut wire).unwrap();
            let parsed = RtpHeader::parse(&wire[..len]).unwrap();
            opened += receiver.open_rtp(&parsed, &wire[..len], &mut slot).unwrap().payload_len;
            if packet < SOURCES || packet % 10 == 0 {
                let compound = [0x80, 201, 0, 1, 0, 0, 0, source as u8];
                let len = sender.seal_rtcp(&compound, &mut rtcp).unwrap();
                receiver.open_rtcp(&rtcp[..len], &mut slot).unwrap();
            }
        }
        let after = ALLOCATIONS.get();
        assert_eq!(opened, (SOURCES as usize + 10_000) * (body.len() + 3));
        assert_eq!(after - before, 0, "{profile:?}");
    }
}
