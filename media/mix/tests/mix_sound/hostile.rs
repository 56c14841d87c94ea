//! What senders may do to the mix of others.

use super::hall::{Owned, TICK_US, common, tone};
use super::{Hall, Microphone, power_at};
use media_mix::sound::{Jitter, Level, Mixer, Mixing, Packet, SourceId, Step, Trouble};
use proptest::prelude::*;
use std::time::Duration;

/// One that sends these payloads, loudly as it says, beside one who speaks.
fn beside(payload: impl Fn(u64) -> Vec<u8>, ticks: u64) -> Hall {
    let mixing = Mixing { heard: 1, is_levelled: false, ..Mixing::default() };
    let mut hall = Hall::new(mixing, vec![Microphone::new(1, tone(500.0, 0.1))]);
    for number in 0..ticks {
        let packet = Owned {
            payload: payload(number),
            sequence: number,
            timestamp: number as u32 * 1_920,
            level: Some(Level(0)),
        };
        hall.mixer.receive(SourceId(2), &packet.at(hall.now_us + TICK_US));
        hall.tick();
    }
    hall
}

#[test]
fn a_source_that_cannot_be_decoded_is_named_and_gives_its_place_back() {
    // Says that it holds two frames of equal length, of which an odd number of bytes is none.
    let mut hall = beside(|_| vec![0xf9, 1, 2, 3, 4, 5], 120);
    let troubles = hall.mixer.troubles();
    assert!(
        matches!(troubles[..], [(SourceId(2), Trouble::Undecodable { packets })] if packets >= 10),
        "{troubles:?}"
    );
    let rounds = hall.rounds(10);
    let heard: Vec<u64> = rounds[9].heard.iter().map(|it| it.source.0).collect();
    assert_eq!(heard, [1]);
    assert!(power_at(&common(&rounds), 48_000.0, 500.0) > 0.08);
}

#[test]
fn what_is_no_opus_is_counted_and_named() {
    let sizes = [0, 0, 1_501, 70_000];
    let hall = beside(|number| vec![0xf8; sizes[number as usize % sizes.len()]], 40);
    assert_eq!(hall.mixer.troubles(), [(SourceId(2), Trouble::NoOpus { packets: 40 })]);
}

#[test]
fn a_thousand_packets_at_once_are_bounded_and_counted() {
    let mut hall = Hall::plain(vec![Microphone::new(1, tone(500.0, 0.3))]);
    hall.rounds(50);
    // Twenty seconds of it come at once, then it goes on as it should.
    let now_us = hall.now_us;
    let burst = hall.microphones[0].arrived(now_us + 20_000_000);
    assert!(burst.len() >= 990);
    for (_, packet) in &burst {
        hall.mixer.receive(SourceId(1), &packet.at(now_us));
    }
    hall.now_us += 20_000_000;
    let rounds = hall.rounds(100);
    let (packets, _) = hall.mixer.counts_of(SourceId(1)).expect("is known");
    assert!(packets.skipped + packets.stray + packets.late > 900 || packets.restarts > 0, "{packets:?}");
    assert!(power_at(&common(&rounds[50..]), 48_000.0, 500.0) > 0.2, "{packets:?}");
}

#[test]
fn sources_beyond_the_limit_are_turned_away() {
    let mut mixer = Mixer::new(Mixing::default()).expect("decoders");
    let packet = Packet { payload: &[0xf8, 0xff], sequence: 1, timestamp: 1, arrival_us: 1, level: None };
    (0..2_060).for_each(|it| mixer.receive(SourceId(it), &packet));
    assert_eq!(mixer.counts().turned_away, 12);
    mixer.remove(SourceId(3));
    mixer.receive(SourceId(2_059), &packet);
    assert_eq!(mixer.counts().turned_away, 12);
    mixer.tick(20_000);
}

proptest! {
    /// Whatever the way does, nothing is played twice, out of order or long after it came, and the delay is
    /// within its bounds.
    #[test]
    fn packets_are_played_once_in_order_and_soon(
        ways in proptest::collection::vec((0_u64..400, 0_u8..20, 1_usize..3), 50..300),
    ) {
        let mut jitter = Jitter::new(Duration::from_millis(20), Duration::from_millis(200));
        // (arrival, number), some lost, some twice.
        let mut coming: Vec<(u64, u64)> = Vec::new();
        for (number, (way_ms, luck, copies)) in ways.iter().enumerate() {
            let sent_us = 1_000_000 + number as u64 * 20_000;
            for copy in 0..if *luck == 0 { 0 } else { *copies } {
                coming.push((sent_us + way_ms * 1_000 + copy as u64 * 7_000, number as u64));
            }
        }
        coming.sort_unstable();
        let arrived = |number: u64| coming.iter().find(|it| it.1 == number).map(|it| it.0);
        let (mut at, mut last) = (0, None);
        for tick in 0..ways.len() as u64 + 40 {
            let now_us = 1_000_000 + tick * 20_000;
            while at < coming.len() && coming[at].0 <= now_us {
                let (arrival_us, number) = coming[at];
                let payload = [&[0xf8_u8][..], &number.to_be_bytes()].concat();
                let timestamp = (number as u32).wrapping_mul(960).wrapping_sub(5_000);
                jitter.receive(&Packet { payload: &payload, sequence: number, timestamp, arrival_us, level: None });
                at += 1;
            }
            let mut passed = 0;
            loop {
                let (payload, is_over) = match jitter.next(now_us, 0) {
                    Step::Pass { payload } => (payload, true),
                    Step::Play { payload, .. } => (payload, false),
                    _ => break,
                };
                let number = u64::from_be_bytes(payload[1..9].try_into().expect("eight bytes"));
                prop_assert!(last < Some(number), "{number} after {last:?}");
                last = Some(number);
                let waited_us = now_us - arrived(number).expect("came");
                prop_assert!(is_over || waited_us <= 400_000, "{number} waited {waited_us} us");
                passed += 1;
                prop_assert!(passed <= 7);
                if !is_over {
                    break;
                }
            }
            let delay = jitter.delay();
            prop_assert!((20..=200).contains(&(delay.as_millis() as u64)), "{delay:?}");
        }
        prop_assert_eq!(jitter.counts().restarts, 0);
    }
}
