//! One conference on two shards: a room on each, joined by relayed packets.

use super::sender::Browser;
use super::viewer::Viewer;
use super::world::{first_ssrc, local_leg, names, wish};
use media_core::packet::rtp::RtpView;
use media_core::room::{Audience, Feedback, Outgoing, Room, RoomEvent, RoomLimits, Tick, Verdict};
use media_core::stream::arrival::RtpFacts;
use media_core::stream::ids::{Layer, LegKey, ParticipantKey};
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
    let mut told = Vec::new();
    for ms in (0..7_000).step_by(5) {
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
            let verdict = far.relayed(now, &mut far_slab, stream, copy, meta, Audience::ALL);
            assert!(matches!(verdict, Verdict::Accepted { relay: false, .. }), "{verdict:?}");
        }
        home.flush(now, &mut home_slab, &mut |leg, _| panic!("{leg:?} watches nothing here"));
        let mut arrived = Vec::new();
        let mut take = |leg, outgoing: &Outgoing<'_>| {
            assert_eq!(leg, THERE);
            let sequence = outgoing.header.transport_sequence.expect("every packet is numbered");
            arrived.push((sequence, Some(ms as i64 * 1000)));
            let mut bytes = vec![0; outgoing.header.written_len()];
            outgoing.header.write(&mut bytes).expect("written_len bytes");
            bytes.extend_from_slice(outgoing.payload);
            viewer.packet(ms, &bytes);
        };
        far.flush(now, &mut far_slab, &mut take);
        far.pace(now, &mut far_slab, &mut take);
        far.transport_feedback(now, THERE, arrived.into_iter());
        assert!(viewer.advance(ms).is_empty(), "nothing is lost");
        let tick = Tick { now, ntp: ms << 32 };
        far.tick(tick, &mut |leg, _| assert_eq!(leg, THERE));
        let (mut wanted, mut needed) = (Vec::new(), Vec::new());
        far.events(&mut |event| match event {
            RoomEvent::RemoteKeyframe { leg, source } => wanted.push((leg, source)),
            RoomEvent::SourceStarted { .. } => started_far += 1,
            RoomEvent::RemoteLayersNeeded { leg, source, layers } => needed.push((leg, source, layers)),
            _ => {}
        });
        for (leg, source, layers) in needed {
            assert_eq!(leg, HERE);
            home.layers_needed(now, 1, leg, source, layers);
        }
        for (leg, source) in wanted {
            assert_eq!(leg, HERE);
            home.keyframe_wanted(now, leg, source);
        }
        home.tick(tick, &mut |_, feedback| {
            if let Feedback::KeyframeRequest { .. } = feedback {
                browser.pli();
            }
        });
        home.events(&mut |event| {
            if let RoomEvent::LayersNeeded { leg, layers, .. } = event {
                assert_eq!(leg, HERE);
                browser.need(Layer::ALL.map(|layer| layers.has(layer)));
                told.push((ms, names(layers)));
            }
        });
        // The picture over there broke.
        if ms == 3_000 {
            far.keyframe_asked(now, THERE, first_ssrc(2));
        }
        // The window over there grows: the largest layer was stopped until now.
        if ms == 4_000 {
            far.watch(now, THERE, &[wish(1, 720)]);
        }
    }
    assert!(viewer.faults().is_empty(), "{:#?}", viewer.faults());
    assert!(viewer.slots[0].pictures.len() > 165, "{}", viewer.slots[0].pictures.len());
    assert!(viewer.heard.len() > 340, "{}", viewer.heard.len());
    let told: Vec<_> = told.iter().map(|(_, layers)| layers.as_str()).collect();
    assert_eq!(told, ["h", "hf", "f"], "what is needed over there is told here");
    let last = viewer.slots[0].pictures.last().expect("pictures came");
    assert_eq!(last.layer, 2);
    assert!((1..=3).contains(&browser.plis), "{} requests", browser.plis);
    assert_eq!(started_far, 0, "the home shard tells when a source starts");
}
