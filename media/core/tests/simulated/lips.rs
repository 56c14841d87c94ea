//! Voice and lips of a participant elsewhere stay together, whatever way each of them took.
//!
//! The sender's camera needs time to code, its pictures need longer through the relay; only its sender
//! reports tell when both were captured. Judged as a receiver judges it: by the sender reports of the
//! two slots.

use super::world::{first_ssrc, local_leg, wish};
use media_core::packet::rtp::AudioLevel;
use media_core::payload::{Codec, Vp8Descriptor};
use media_core::room::{Audience, Feedback, Outgoing, Room, RoomLimits, Tick, VIDEO_SLOTS, Verdict};
use media_core::stream::ids::{Layer, LegKey, ParticipantKey, SourceKind, StreamKey};
use media_core::stream::slab::{PacketMeta, PacketSlab};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const ELSEWHERE: LegKey = LegKey(1);
const VIEWER: u32 = 2;
/// The sender's clock began somewhere else.
const SENDER_NTP: u64 = 3_800_000_000 << 32;
const OUR_NTP: u64 = 3_900_000_000 << 32;
/// Start of the RTP clocks.
const VIDEO_ZERO: u32 = 0xffff_0000;
const AUDIO_ZERO: u32 = 77;
/// What a receiver's ear and eye forgive (ITU-R BT.1359) is 45 ms; ours is to be far below.
const WITHIN_MS: f64 = 10.0;

fn ntp(zero: u64, ms: u64) -> u64 {
    zero + (ms << 32) / 1000
}

struct Elsewhere {
    room: Room,
    slab: PacketSlab,
    start: Instant,
    sequence: [u64; 2],
}

impl Elsewhere {
    /// A packet that was captured at `captured` and comes now.
    fn take(&mut self, ms: u64, captured: u64, source: SourceKind) {
        let now = self.start + Duration::from_millis(ms);
        let is_video = source.is_video();
        let mut payload = if is_video {
            let picture = (captured / 40) as u16;
            let [high, low] = (0x8000 | picture).to_be_bytes();
            let is_key = u8::from(!captured.is_multiple_of(1_000));
            vec![0x90, 0xc0, high, low, low, is_key, 0, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xb4, 0]
        } else {
            vec![0xfc; 15]
        };
        payload.extend_from_slice(&captured.to_be_bytes());
        payload.resize(60, 1);
        let slot = self.slab.take(now).expect("large enough");
        self.slab.bytes_mut(&slot)[2..62].copy_from_slice(&payload);
        let sequence = &mut self.sequence[usize::from(is_video)];
        *sequence += 1;
        let meta = PacketMeta {
            at: now,
            sequence: *sequence,
            epoch: 1,
            timestamp: match is_video {
                true => VIDEO_ZERO.wrapping_add(captured as u32 * 90),
                false => AUDIO_ZERO.wrapping_add(captured as u32 * 48),
            },
            marker: is_video,
            codec: if is_video { Codec::Vp8 } else { Codec::Opus },
            layer: Layer::QUARTER,
            starts_keyframe: !is_video || captured.is_multiple_of(1_000),
            height_px: 180,
            payload_start: 2,
            payload_len: 60,
            picture: is_video.then(|| Vp8Descriptor::parse(&payload).expect("a picture").fields),
            descriptor_len: 0,
            frame: 0,
            marks: None,
            primary_at: 0,
            audio_level: (!is_video).then_some(AudioLevel { is_voice: true, below_overload_db: 25 }),
        };
        let stream = StreamKey { leg: ELSEWHERE, source, layer: Layer::QUARTER };
        let verdict = self.room.relayed(now, &mut self.slab, stream, slot, meta, Audience::ALL);
        assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
    }
}

/// Pictures come `late_ms` after they were captured, voice 30 ms; `has_reports` says whether the sender
/// reports. The largest distance of voice and lips as the receiver reckons it, in ms.
fn distance(late_ms: u64, has_reports: bool) -> f64 {
    let start = Instant::now();
    let mut far = Elsewhere {
        room: Room::new(start, RoomLimits::default()),
        slab: PacketSlab::new(1024, Duration::from_secs(2)),
        start,
        sequence: [100_000; 2],
    };
    far.room.join(start, &local_leg(VIEWER)).expect("empty room");
    far.room.join_remote(start, ELSEWHERE, ParticipantKey(1)).expect("room for two");
    far.room.watch(start, LegKey(u64::from(VIEWER)), &[wish(1, 180)]);
    let first = first_ssrc(VIEWER);
    // By SSRC: RTP time of what was captured at a ms, and the last report (NTP, RTP time).
    let mut passed: BTreeMap<u32, BTreeMap<u64, u32>> = BTreeMap::new();
    let mut reports: BTreeMap<u32, (u64, u32)> = BTreeMap::new();
    let mut worst: f64 = 0.0;
    for ms in (0..8_000u64).step_by(10) {
        let now = start + Duration::from_millis(ms);
        if ms >= 30 && (ms - 30).is_multiple_of(20) {
            far.take(ms, ms - 30, SourceKind::Microphone);
        }
        if ms >= late_ms && (ms - late_ms).is_multiple_of(40) {
            far.take(ms, ms - late_ms, SourceKind::Camera);
        }
        if has_reports && ms.is_multiple_of(1_000) {
            // Reports take 20 to 40 ms to the first shard.
            let at = now.checked_sub(Duration::from_millis(ms / 1_000 % 3 * 10)).unwrap_or(now);
            let captured = ms.saturating_sub(40);
            let told = ntp(SENDER_NTP, captured);
            let camera = (SourceKind::Camera, Layer::QUARTER);
            far.room.clock_map(at, ELSEWHERE, camera, told, VIDEO_ZERO.wrapping_add(captured as u32 * 90));
            let voice = (SourceKind::Microphone, Layer::QUARTER);
            far.room.clock_map(at, ELSEWHERE, voice, told, AUDIO_ZERO.wrapping_add(captured as u32 * 48));
        }
        let mut pass = |_, outgoing: &Outgoing<'_>| {
            if let Some(captured) = outgoing.payload.get(15..23) {
                let captured = captured.iter().fold(0, |ms, byte| ms << 8 | u64::from(*byte));
                passed.entry(outgoing.header.ssrc).or_default().insert(captured, outgoing.header.timestamp);
            }
        };
        far.room.flush(now, &mut far.slab, &mut pass);
        far.room.pace(now, &mut far.slab, &mut pass);
        far.room.tick(Tick { now, ntp: ntp(OUR_NTP, ms) }, &mut |_, feedback| {
            if let Feedback::Sender(report) = feedback {
                reports.insert(report.ssrc, (report.ntp, report.rtp_time));
            }
        });
        far.room.events(&mut |_| {});
        if ms < 3_000 || !ms.is_multiple_of(500) {
            continue;
        }
        // The same moment, as the receiver places it on our wall clock.
        let moment = (ms - late_ms.max(30) - 200) / 40 * 40;
        let wall = |ssrc: u32, clock_hz: f64| {
            let (ntp, rtp_time) = reports[&ssrc];
            let since = passed[&ssrc][&moment].wrapping_sub(rtp_time) as i32;
            (ntp - OUR_NTP) as f64 / f64::from(1u32 << 16) / 65.536 + f64::from(since) * 1_000.0 / clock_hz
        };
        let (lips, voice) = (wall(first, 90_000.0), wall(first + VIDEO_SLOTS as u32, 48_000.0));
        worst = worst.max((lips - voice).abs());
    }
    worst
}

#[test]
fn voice_and_lips_of_a_participant_elsewhere_stay_together() {
    for late_ms in [40, 120, 400] {
        let worst = distance(late_ms, true);
        assert!(worst <= WITHIN_MS, "pictures {late_ms} ms late: {worst} ms apart");
    }
    // Without the sender's reports their ways show, as far as they differ.
    let apart = distance(400, false);
    assert!((300.0..450.0).contains(&apart), "{apart} ms apart without reports");
}
