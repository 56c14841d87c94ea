//! Participants with good keys who send or ask for far too much: it is counted at `/metrics`, and the
//! meeting beside them loses nothing. What they get and cost is asserted on the simulated network,
//! in `media-core`; here it comes as SRTP and SRTCP through a socket.

use crate::common::Meeting;
use crate::common::browser::USUAL;
use crate::common::counted::counted;
use crate::common::media::{Content, Stream};
use crate::repair::found;
use media_control::Source;
use std::cell::Cell;
use std::time::{Duration, Instant};

/// Rounds of a flood at least; it goes on until it was noticed.
const ROUNDS: u32 = 150;
/// How long it goes on without being noticed.
const UNNOTICED: Duration = Duration::from_secs(20);

/// Participants 1 (shows), 2 (looks) and 3, who misbehaves.
fn three() -> Meeting {
    let mut meeting = Meeting::new(1);
    for number in 1..=3 {
        meeting.join(number, 0, USUAL);
    }
    meeting.browsers[0].start_media(20);
    for viewer in [1, 2] {
        meeting.watch(viewer, &[1], 360);
        meeting.until_more(viewer, 1, Source::Camera, 10);
    }
    meeting
}

/// While 3 does `flood` in every round, 2 gets every packet of 1's camera, and `counter` rises by at
/// least `least`: how soon depends on how many rounds the machine makes of a second.
fn check(counter: &str, least: u64, mut flood: impl FnMut(&mut Meeting, u32)) {
    let mut meeting = three();
    let mid = meeting.slot_of(1, 1, Source::Camera).expect("a slot");
    let (ssrc, _) = meeting.browsers[1].offer.slots[&mid];
    let before = meeting.browsers[1].got[&ssrc].len();
    let counted_before = counted(counter);
    let began = Instant::now();
    for round in 0.. {
        flood(&mut meeting, round);
        meeting.run();
        if round >= ROUNDS && counted(counter) >= counted_before + least {
            break;
        }
        assert!(began.elapsed() < UNNOTICED, "{counter} stayed at {}", counted(counter) - counted_before);
    }
    meeting.until_more(1, 1, Source::Camera, 30);
    meeting.until_more(1, 1, Source::Microphone, 30);
    let got = &meeting.browsers[1].got[&ssrc][before..];
    let missing = got.windows(2).filter(|p| p[1].sequence.wrapping_sub(p[0].sequence) != 1).count();
    assert_eq!(missing, 0, "packets of the meeting are missing or come twice");
}

/// A feedback packet of 3 about its first slot.
fn about_slot(meeting: &Meeting, kind: [u8; 2], information: &[u8]) -> Vec<u8> {
    let mid = meeting.slot_of(2, 1, Source::Camera).expect("a slot");
    let (media, _) = meeting.browsers[2].offer.slots[&mid];
    let mut packet = vec![kind[0], kind[1]];
    packet.extend_from_slice(&(2 + information.len() as u16 / 4).to_be_bytes());
    packet.extend_from_slice(&7_u32.to_be_bytes());
    packet.extend_from_slice(&media.to_be_bytes());
    packet.extend_from_slice(information);
    packet
}

#[test]
fn receiver_that_asks_for_every_packet_again_is_held_to_its_share() {
    check("vc_media_feedback_refused_total", 10, |meeting, round| {
        let all: Vec<_> = (0..250u16)
            .flat_map(|item| [(round as u16).wrapping_add(item * 17).to_be_bytes(), [0xff, 0xff]].concat())
            .collect();
        let nack = about_slot(meeting, [0x81, 205], &all);
        for _ in 0..4 {
            meeting.browsers[2].send_report(&nack);
        }
    });
}

#[test]
fn receiver_that_asks_for_key_frames_all_the_time_gets_few() {
    let asked = Cell::new(0);
    let began = Instant::now();
    check("vc_media_keyframe_asks_damped_total", 500, |meeting, _| {
        let pli = about_slot(meeting, [0x81, 206], &[]).repeat(10);
        meeting.browsers[2].send_report(&pli);
        let requests = found(&meeting.browsers[0].reports, 0x81, 206).len();
        if asked.replace(requests) < requests {
            meeting.browsers[0].streams.iter_mut().for_each(|stream| stream.wants_keyframe = true);
        }
    });
    let most = 8 + began.elapsed().as_secs() as usize;
    assert!(asked.get() <= most, "the sender was asked {} times, {most} are enough", asked.get());
}

#[test]
fn feedback_about_what_was_never_sent_is_counted_and_never_walked_to_its_end() {
    check("vc_media_feedback_foreign_statuses_total", 1_000, |meeting, round| {
        // 65,535 packets lost, in eight runs of two bytes each.
        let mut statuses = vec![(round >> 8) as u8, round as u8, 0xff, 0xff, 0, 0, 1, 0];
        statuses.extend_from_slice(&[0x1f, 0xff].repeat(8));
        statuses.extend_from_slice(&[0, 8, 0, 0]);
        statuses.truncate(statuses.len() / 4 * 4);
        let report = about_slot(meeting, [0x8f, 205], &statuses).repeat(20);
        meeting.browsers[2].send_report(&report);
    });
}

#[test]
fn picture_of_4k_at_60_a_second_is_cut_to_the_limit_of_a_leg() {
    let mut camera = None;
    check("vc_media_over_limit_packets_total", 500, |meeting, _| {
        let new = || Stream::new(77_000_001, Content::Camera { rid: "f", height: 2160 }, Instant::now());
        let camera = camera.get_or_insert_with(new);
        camera.bytes = 1150;
        for _ in 0..80 {
            let sequence = meeting.browsers[2].transport_sequence;
            let packet = camera.packet(sequence);
            meeting.browsers[2].send_clear(&packet);
        }
    });
}

#[test]
fn clock_that_jumps_begins_the_stream_anew_and_is_counted() {
    let mut voice = None;
    check("vc_media_stream_jumps_total", 5, |meeting, round| {
        let new = || Stream::new(77_000_002, Content::Voice { level: 30 }, Instant::now());
        let voice = voice.get_or_insert_with(new);
        let sequence = meeting.browsers[2].transport_sequence;
        let mut packet = voice.packet(sequence);
        packet[4] = packet[4].wrapping_add((round / 10 * 50) as u8);
        meeting.browsers[2].send_clear(&packet);
    });
}
