//! What signalling is told every two seconds: figures of legs and their streams, load of shards.

use crate::common::Meeting;
use crate::common::browser::USUAL;
use media_control::{LegStats, MediaEvent, Rid, ShardId, ShardLoad, Source, StreamList};

/// The newest figures of the leg of participant `number`.
fn newest(m: &Meeting, number: u32) -> Option<(LegStats, StreamList)> {
    m.events.iter().rev().find_map(|event| match event {
        MediaEvent::Stats { leg, stats, streams } if leg.0 == u64::from(number) => Some((*stats, *streams)),
        _ => None,
    })
}

/// The newest load of `shard`.
fn load(m: &Meeting, shard: u16) -> Option<ShardLoad> {
    m.events.iter().rev().find_map(|event| match event {
        MediaEvent::Load { load } if load.shard == ShardId(shard) => Some(*load),
        _ => None,
    })
}

#[test]
fn figures_of_legs_streams_and_shards_are_told_while_a_meeting_spans_two_shards() {
    let mut meeting = Meeting::new(2);
    let a = meeting.join(1, 0, USUAL);
    let b = meeting.join(2, 1, USUAL);
    meeting.browsers[a].start_media(20);
    meeting.browsers[b].start_media(30);
    meeting.watch(a, &[2], 720);
    meeting.watch(b, &[1], 180);
    let (sender, streams) = meeting.until("figures of what is sent and shown", |m| {
        newest(m, 1).filter(|(stats, streams)| stats.shown != [0; 3] && streams.iter().count() >= 2)
    });
    assert!(sender.uplink_bps > 100_000 && sender.downlink_bps > 50_000, "{sender:?}");
    assert_eq!((sender.shown.iter().sum::<u8>(), sender.paused), (1, 0));
    let of = |source| streams.iter().filter(move |stream| stream.source == source);
    assert!(of(Source::Camera).all(|stream| stream.bps > 0 && stream.loss == 0.0), "{streams:?}");
    let sound: Vec<_> = of(Source::Microphone).map(|stream| (stream.layer, stream.height_px)).collect();
    assert_eq!(sound, [(Rid::Q, 0)], "a sound has one layer and no height");
    for shard in 0..2 {
        let told = meeting.until("the load of a shard that relays", |m| {
            load(m, shard).filter(|load| load.relayed_pps > 0 && load.sent_pps > 0)
        });
        assert_eq!((told.legs, told.conferences, told.dropped_pps), (1, 1, 0), "{told:?}");
        assert!(told.cpu > 0.0 && told.cpu < 1.5 && told.longest_turn_us > 0, "{told:?}");
    }
}
