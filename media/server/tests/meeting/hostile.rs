//! Garbage, forgeries, replays and truncations: dropped and counted, and the meeting beside them
//! loses nothing.

use crate::common::Meeting;
use crate::common::browser::USUAL;
use crate::common::link::Link;
use media_control::{
    ConferenceId, LegId, LegRefusal, MediaCommand, MediaEvent, ParticipantId, Source, SourceSet,
};

/// Packets of one flood.
const FLOOD: u64 = 3000;

fn two() -> Meeting {
    let mut meeting = Meeting::new(1);
    for number in 1..=2 {
        let index = meeting.join(number, 0, USUAL);
        meeting.browsers[index].start_media(20);
    }
    meeting.watch(1, &[1], 360);
    meeting.until_more(1, 1, Source::Camera, 10);
    meeting
}

/// While `attack` gives packets, the meeting goes on and no packet of it is missing.
fn check(mut attack: impl FnMut(&mut Meeting, u64) -> Vec<u8>, from_stranger: bool) {
    let mut meeting = two();
    let mut stranger = Link::udp(meeting.browsers[0].offer.udp);
    let mid = meeting.slot_of(1, 1, Source::Camera).expect("a slot");
    let (ssrc, _) = meeting.browsers[1].offer.slots[&mid];
    let before = meeting.browsers[1].got[&ssrc].len();
    for number in 0..FLOOD {
        let packet = attack(&mut meeting, number);
        if from_stranger {
            stranger.send(&packet);
        } else {
            meeting.browsers[0].link.send(&packet);
        }
        if number.is_multiple_of(20) {
            meeting.run();
        }
    }
    meeting.until_more(1, 1, Source::Camera, 10);
    meeting.until_more(1, 1, Source::Microphone, 10);
    let got = &meeting.browsers[1].got[&ssrc][before..];
    let missing = got.windows(2).filter(|p| p[1].sequence.wrapping_sub(p[0].sequence) != 1).count();
    assert_eq!(missing, 0, "packets of the meeting are missing or come twice");
    assert_eq!(meeting.browsers[1].broken, 0);
    assert!(!meeting.events.iter().any(|e| matches!(e, MediaEvent::LegLost { .. })));
}

/// Bytes that repeat from run to run.
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    })
    .take(len)
    .collect()
}

/// A first byte of each protocol in turn before `bytes`.
fn dressed(number: u64, mut bytes: Vec<u8>) -> Vec<u8> {
    let firsts: [&[u8]; 6] = [&[0, 1], &[1, 1], &[22, 254, 253], &[0x80, 96], &[0x90, 111], &[0x81, 205]];
    let first = firsts[(number % 6) as usize];
    let len = first.len().min(bytes.len());
    bytes[..len].copy_from_slice(&first[..len]);
    bytes
}

#[test]
fn garbage_from_strangers_harms_nobody() {
    check(|_, n| dressed(n, noise(n, (n % 1400) as usize)), true);
}

#[test]
fn garbage_from_a_participants_own_address_harms_nobody() {
    check(|_, n| dressed(n, noise(n, 2 + (n % 1400) as usize)), false);
}

#[test]
fn replayed_and_damaged_media_harms_nobody() {
    check(
        |meeting, n| {
            let mut packet = meeting.browsers[0].last_sent.clone();
            match n % 3 {
                0 => {}
                1 => {
                    let at = n as usize % packet.len();
                    packet[at] ^= 1 << (n % 7);
                }
                _ => packet.truncate(n as usize % packet.len()),
            }
            packet
        },
        false,
    );
}

#[test]
fn stolen_and_damaged_checks_move_no_media_to_a_stranger() {
    check(
        |meeting, n| {
            // A whole check would be the participant's own; one wrong byte makes it a forgery.
            let mut check = meeting.browsers[1].check();
            let at = 20 + n as usize % (check.len() - 20 - 8);
            check[at] ^= 0x20;
            check
        },
        true,
    );
}

#[test]
fn participant_cannot_send_on_another_participants_stream() {
    let mut meeting = two();
    meeting.watch(0, &[2], 360);
    meeting.until_more(0, 2, Source::Camera, 10);
    // The second claims the SSRC of the first one's camera, sealed with its own good keys.
    let stolen = meeting.browsers[0].streams[1].ssrc;
    let mid = meeting.slot_of(1, 1, Source::Camera).expect("a slot");
    let (slot, _) = meeting.browsers[1].offer.slots[&mid];
    for number in 0..200_u16 {
        let mut packet = meeting.browsers[1].streams[1].packet(0);
        packet[2..4].copy_from_slice(&number.to_be_bytes());
        packet[8..12].copy_from_slice(&stolen.to_be_bytes());
        let last = packet.len() - 8;
        packet[last..].copy_from_slice(b"intruder");
        meeting.browsers[1].send_clear(&packet);
    }
    meeting.until_more(1, 1, Source::Camera, 20);
    let intruded = meeting.browsers[1].got[&slot].iter().any(|g| g.payload.ends_with(b"intruder"));
    assert!(!intruded, "the first one's picture is its own");
}

#[test]
fn answer_that_is_no_answer_ends_only_its_leg() {
    let mut meeting = two();
    for (number, sdp) in ["", "v=0\r\n", "\0\0\0", &"m=video 9 x\r\n".repeat(5000)].into_iter().enumerate() {
        let leg = LegId(100 + number as u64);
        meeting.send(MediaCommand::OpenLeg {
            leg,
            conference: ConferenceId::new("demo").expect("good name"),
            participant: ParticipantId(100 + number as u32),
            allowed: SourceSet::ALL,
            shard: None,
        });
        let _ = meeting.offer(leg);
        meeting.send(MediaCommand::Answer { leg, sdp: sdp.to_owned() });
        meeting.until("the leg to be refused", |m| {
            let refused = |e: &MediaEvent| matches!(e, MediaEvent::LegRefused { leg: of, refusal: LegRefusal::BadAnswer { .. } } if *of == leg);
            m.events.iter().any(refused).then_some(())
        });
    }
    meeting.until_more(1, 1, Source::Camera, 10);
}
