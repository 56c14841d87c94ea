//! A room in which one sender codes several layers into one stream, told by dependency descriptors alone:
//! the payloads are noise, as if they were encrypted end to end.
//!
//! The receivers are strict: a gap in numbers, a changed byte, a frame without what it depends on or a
//! picture without its end fails.
#![allow(clippy::disallowed_methods)]

#[path = "layered/coder.rs"]
mod coder;
#[path = "layered/meeting.rs"]
mod meeting;

use coder::{Coder, Prediction};
use media_core::packet::negotiated::{PT_AV1, PT_H265, PT_OPUS, PT_RED, PT_VP8};
use media_core::payload::Codec;
use media_core::room::Takes;
use meeting::Meeting;

#[test]
fn each_window_gets_its_own_size_of_an_opaque_stream() {
    for (payload_type, prediction) in
        [(PT_AV1, Prediction::AtKeys), (PT_AV1, Prediction::Always), (PT_VP8, Prediction::AtKeys)]
    {
        let mut meeting = Meeting::new(Coder::new(3, prediction, payload_type), &[Takes::ALL; 3]);
        for (viewer, height_px) in [(2, 150), (3, 340), (4, 720)] {
            meeting.watch(viewer, height_px);
        }
        meeting.run(4_000);
        assert_eq!([2, 3, 4].map(|viewer| meeting.sizes(viewer, 2_000, 4_000)), [vec![0], vec![1], vec![2]]);
        meeting.assert_whole();
    }
}

#[test]
fn size_follows_the_window_up_and_down() {
    for prediction in [Prediction::AtKeys, Prediction::Always] {
        let mut meeting = Meeting::new(Coder::new(3, prediction, PT_AV1), &[Takes::ALL; 2]);
        meeting.watch(3, 720);
        for (height_px, size) in [(150, 0), (720, 2), (340, 1), (150, 0)] {
            meeting.watch(2, height_px);
            let from = meeting.ms();
            meeting.run(3_000);
            assert_eq!(meeting.sizes(2, from + 1_200, meeting.ms()), [size], "{height_px} lines");
            // The other one is not disturbed.
            assert_eq!(meeting.sizes(3, from.max(1_500), meeting.ms()), [2]);
        }
        meeting.assert_whole();
    }
}

#[test]
fn packets_that_are_late_or_lost_leave_no_gap_and_no_wrong_frame() {
    let mut meeting = Meeting::new(Coder::new(3, Prediction::AtKeys, PT_AV1), &[Takes::ALL; 3]);
    meeting.late_every = 13;
    for (viewer, height_px) in [(2, 150), (3, 340), (4, 720)] {
        meeting.watch(viewer, height_px);
    }
    meeting.run(8_000);
    for (viewer, size) in [(2, 0), (3, 1), (4, 2)] {
        assert_eq!(meeting.sizes(viewer, 2_000, 8_000), [size]);
    }
    assert!(meeting.fillings() > 0, "some of what was late was part of no receiver's size");
    meeting.assert_whole();
}

#[test]
fn latecomer_gets_his_size_out_of_the_kept_group_and_the_sender_is_not_asked() {
    for prediction in [Prediction::AtKeys, Prediction::Always] {
        let mut meeting = Meeting::new(Coder::new(3, prediction, PT_AV1), &[Takes::ALL; 4]);
        meeting.watch(2, 720);
        meeting.run(4_000);
        meeting.make_key();
        meeting.run(900);
        let (asked, came_at) = (meeting.asked, meeting.ms());
        for (viewer, height_px) in [(3, 150), (4, 340), (5, 720)] {
            meeting.watch(viewer, height_px);
        }
        meeting.run(400);
        assert_eq!(meeting.asked, asked);
        for (viewer, size) in [(3, 0), (4, 1), (5, 2)] {
            assert_eq!(meeting.sizes(viewer, came_at, meeting.ms()), [size]);
            let pictures = meeting.pictures(viewer, came_at, came_at + 300);
            assert!(pictures >= 28, "{viewer} saw {pictures} pictures of the last 1.2 s");
        }
        meeting.assert_whole();
    }
}

#[test]
fn nack_brings_the_packet_that_had_the_number() {
    let mut meeting = Meeting::new(Coder::new(3, Prediction::AtKeys, PT_AV1), &[Takes::ALL; 2]);
    meeting.watch(2, 340);
    meeting.run(3_000);
    assert_eq!(meeting.ask_again(2, 8), 8, "every one of them is found, and is the same");
    meeting.assert_whole();
}

#[test]
fn one_size_at_several_rates_is_thinned_for_a_narrow_link_alone() {
    let mut coder = Coder::new(1, Prediction::AtKeys, PT_AV1);
    coder.packets = [6, 0, 0];
    let mut meeting = Meeting::new(coder, &[Takes::ALL; 2]);
    meeting.watch(2, 720);
    meeting.watch(3, 720);
    meeting.believe(3, 600_000);
    meeting.run(6_000);
    let rates = [2, 3].map(|viewer| meeting.pictures(viewer, 4_000, 6_000));
    assert!(rates[0] >= 48, "{rates:?}: the whole rate");
    assert!((10..=26).contains(&rates[1]), "{rates:?}: a quarter or a half of it");
    meeting.assert_whole();
}

#[test]
fn receiver_without_the_codec_gets_nothing_and_is_told() {
    let without = Takes::NONE.with(Codec::Vp8).with(Codec::Opus);
    let mut meeting = Meeting::new(Coder::new(1, Prediction::AtKeys, PT_H265), &[Takes::ALL, without]);
    meeting.watch(2, 340);
    meeting.watch(3, 340);
    meeting.run(2_000);
    assert!(meeting.pictures(2, 500, 2_000) > 30);
    assert_eq!(meeting.packets(3), 0);
    assert_eq!([2, 3].map(|viewer| meeting.is_unreadable(viewer)), [false, true]);
    meeting.assert_whole();
}

#[test]
fn voice_with_redundancy_goes_whole_or_as_itself() {
    let plain = Takes::NONE.with(Codec::Opus);
    let mut meeting = Meeting::new(Coder::new(1, Prediction::AtKeys, PT_AV1), &[Takes::ALL, plain]);
    meeting.speaks = true;
    meeting.run(1_000);
    let (whole, itself) = (meeting.voices(2), meeting.voices(3));
    assert!(whole.len() >= 45 && whole.len() == itself.len());
    for ((type_of_whole, whole), (type_of_itself, itself)) in whole.iter().zip(&itself) {
        assert_eq!((*type_of_whole, *type_of_itself), (PT_RED, PT_OPUS));
        assert!(whole.ends_with(itself) && whole.len() > itself.len(), "what it repeats went before");
    }
}
