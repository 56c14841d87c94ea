//! One conference on two shards: a room on each, joined by relayed packets.

use super::sender::Browser;
use super::viewer::Viewer;
use super::world::{first_ssrc, local_leg, wish};
use media_core::packet::rtp::RtpView;
use media_core::room::{Feedback, Room, RoomEvent, RoomLimits, Tick, Verdict};
use media_core::stream::arrival::RtpFacts;
use media_core::stream::ids::{LegKey, ParticipantKey};
use media_core::stream::slab::PacketSlab;
use std::time::{Duration, Instant};

const HERE: LegKey = LegKey(1);
const THERE: LegKey = LegKey(2);

#[test]
fn viewer_on_another_shard_is_served_like_everyone() {
    let start = Instant::now();
    let rooms = || {
        let slab = PacketSlab::new(4096, Duration::from_secs(2));
        (Room::new(start, RoomLimits::default()), slab)
    };
    let ((mut home, mut home_slab), (mut far, mut far_slab)) = (rooms(), rooms());
    home.join(start, &local_leg(1)).expect("empty room");
    home.join_remote(start, THERE, ParticipantKey(2)).expect("room for two");
    far.join(start, &local_leg(2)).expect("empty room");
    far.join_remote(start, HERE, ParticipantKey(1)).expect("room for two");
    far.watch(start, THERE, &[wish(1, 360)]);
    let mut browser = Browser::new(1, 77);
    browser.voice = Some(30);
    let mut viewer = Viewer::new(first_ssrc(2));
    let mut started_far = 0;
    for ms in (0..5_000).step_by(5) {
        let now = start + Duration::from_millis(ms);
        let mut sent = Vec::new();
        browser.due(ms, &mut sent);
        for bytes in sent {
            let slot = home_slab.take(now).expect("large enough");
            home_slab.bytes_mut(&slot)[..bytes.len()].copy_from_slice(&bytes);
            let view = RtpView::parse(&bytes).expect("valid");
            let start_at = view.header.header_len;
            let facts =
                RtpFacts::new(&view.header, &view.extensions(), start_at, view.payload.len(), bytes.len());
            let verdict = home.incoming(now, &mut home_slab, HERE, slot, &facts);
            let Verdict::Accepted { stream, packet, relay: true } = verdict else { panic!("{verdict:?}") };
            let mut meta = *home_slab.meta(packet).expect("just accepted");
            let payload = home_slab.payload(packet).expect("just accepted");
            let copy = far_slab.take(now).expect("large enough");
            meta.payload_start = 2;
            far_slab.bytes_mut(&copy)[2..2 + payload.len()].copy_from_slice(payload);
            let verdict = far.relayed(now, &mut far_slab, stream, copy, meta);
            assert!(matches!(verdict, Verdict::Accepted { relay: false, .. }), "{verdict:?}");
        }
        home.flush(now, &mut home_slab, &mut |leg, _| panic!("{leg:?} watches nothing here"));
        far.flush(now, &mut far_slab, &mut |leg, outgoing| {
            assert_eq!(leg, THERE);
            let mut bytes = vec![0; outgoing.header.written_len()];
            outgoing.header.write(&mut bytes).expect("written_len bytes");
            bytes.extend_from_slice(outgoing.payload);
            viewer.packet(ms, &bytes);
        });
        assert!(viewer.advance(ms).is_empty(), "nothing is lost");
        let tick = Tick { now, ntp: ms << 32 };
        far.tick(tick, &mut |leg, _| assert_eq!(leg, THERE));
        let mut wanted = Vec::new();
        far.events(&mut |event| match event {
            RoomEvent::RemoteKeyframe { leg, source } => wanted.push((leg, source)),
            RoomEvent::SourceStarted { .. } => started_far += 1,
            _ => {}
        });
        for (leg, source) in wanted {
            assert_eq!(leg, HERE);
            home.keyframe_wanted(now, leg, source);
        }
        home.tick(tick, &mut |_, feedback| {
            if let Feedback::KeyframeRequest { .. } = feedback {
                browser.pli();
            }
        });
        home.events(&mut |_| {});
    }
    assert!(viewer.faults().is_empty(), "{:#?}", viewer.faults());
    assert!(viewer.slots[0].pictures.len() > 115, "{}", viewer.slots[0].pictures.len());
    assert!(viewer.heard.len() > 240, "{}", viewer.heard.len());
    assert!((1..=3).contains(&browser.plis), "{} requests", browser.plis);
    assert_eq!(started_far, 0, "the home shard tells when a source starts");
}
