//! A sender is told which layers the viewers of all shards need.

use crate::common::Meeting;
use crate::common::browser::USUAL;
use media_control::{LegId, MediaCommand, MediaEvent, Rid, Source};

/// Waits until the camera of participant 1 is needed in just these layers.
fn until_needed(meeting: &mut Meeting, expected: &[Rid]) {
    meeting.until(&format!("{expected:?} to be needed"), |m| {
        let told = m.events.iter().rev().find_map(|event| match event {
            MediaEvent::LayersNeeded { leg: LegId(1), source: Source::Camera, layers } => Some(layers),
            _ => None,
        });
        told.is_some_and(|layers| layers == expected).then_some(())
    });
}

#[test]
fn sender_is_told_what_viewers_on_both_shards_need() {
    let mut meeting = Meeting::new(2);
    let sender = meeting.join(1, 0, USUAL);
    meeting.join(2, 0, USUAL);
    meeting.join(3, 1, USUAL);
    meeting.browsers[sender].start_media(20);
    meeting.watch(1, &[1], 120);
    until_needed(&mut meeting, &[Rid::Q]);
    meeting.watch(2, &[1], 720);
    until_needed(&mut meeting, &[Rid::Q, Rid::F]);
    meeting.until_more(2, 1, Source::Camera, 10);
    // Nobody is left on the other shard.
    meeting.send(MediaCommand::CloseLeg { leg: LegId(3) });
    until_needed(&mut meeting, &[Rid::Q]);
    meeting.watch(1, &[1], 360);
    until_needed(&mut meeting, &[Rid::H]);
}
