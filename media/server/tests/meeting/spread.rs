//! A conference larger than the budget of a shard: its legs on two shards, its packets through the ring.

use crate::common::browser::USUAL;
use crate::common::{Meeting, config};
use media_control::{MediaEvent, ShardId, ShardLoad, Source};
use media_server::MediaConfig;
use std::time::Instant;

/// Legs of the conference, and how many of them one shard takes before it spreads.
const LEGS: u32 = 208;
const BUDGET: u32 = 104;

fn newest_load(m: &Meeting, shard: u16) -> Option<ShardLoad> {
    m.events.iter().rev().find_map(|event| match event {
        MediaEvent::Load { load } if load.shard == ShardId(shard) => Some(*load),
        _ => None,
    })
}

#[test]
fn conference_of_208_spreads_over_two_shards_and_everybody_sees_and_hears_the_speaker() {
    let mut meeting = Meeting::with(MediaConfig { budget_legs: BUDGET, ..config(2) });
    for number in 1..=LEGS {
        meeting.enter_where(number, None, USUAL);
    }
    meeting.until("every leg to connect", |m| m.browsers.iter().all(|b| b.is_connected()).then_some(()));
    // The first came to one shard and the rest to the other: the speaker and the chair are apart.
    let (speaker, chair) = (0, LEGS as usize - 1);
    let began = Instant::now();
    meeting.browsers[speaker].start_media(20);
    meeting.browsers[chair].start_media(30);
    for viewer in 1..LEGS as usize - 1 {
        meeting.watch(viewer, &[1, LEGS], 180);
    }
    meeting.watch(chair, &[1], 180);
    meeting.watch(speaker, &[LEGS], 180);
    meeting.until("picture and voice of the speaker at everybody", |m| {
        let others = 1..LEGS as usize;
        let all = others.into_iter().all(|viewer| {
            [Source::Camera, Source::Microphone].into_iter().all(|source| m.heard(viewer, 1, source) >= 10)
        });
        (all && m.heard(speaker, LEGS, Source::Camera) >= 10).then_some(())
    });
    assert!(meeting.browsers.iter().all(|b| b.broken == 0));
    for shard in 0..2 {
        let told = meeting.until("the load of both shards", |m| {
            newest_load(m, shard).filter(|load| load.legs == BUDGET && load.relayed_pps > 0)
        });
        assert_eq!((told.conferences, told.dropped_pps), (1, 0), "{told:?}");
    }
    // 207 viewers waited for a key frame: the speaker was asked once in 300 ms at most, for all.
    let most = 2 + u64::try_from(began.elapsed().as_millis() / 300).unwrap_or(u64::MAX);
    let made = meeting.browsers[speaker].streams.iter().map(|stream| stream.keyframes).max();
    assert!(made.is_some_and(|frames| frames <= most), "{made:?} key frames, at most {most}");
}
