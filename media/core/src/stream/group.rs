//! The current key-frame group of one incoming stream: what somebody who comes now must be given to see
//! a picture at once, without asking the sender.
//!
//! Fed by the room with every accepted video packet, asked when a viewer waits for a key frame. Counts
//! only: the packets themselves lie in the history ring that answers NACKs. Never allocates.

use super::slab::PacketMeta;
use std::time::{Duration, Instant};

/// An older key frame is not replayed: its group has grown, and what it brings is long past.
pub const MAX_AGE: Duration = Duration::from_secs(2);
/// Payload of the longest group that is replayed.
pub const MAX_BYTES: u32 = 1_000_000;
/// Longest time between two pictures' clocks within a group, in ticks of 90 kHz.
const MAX_TICKS: u32 = 4 * 90_000;

/// See the module's text.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyframeGroup(Option<Group>);

/// A group that is complete up to the newest packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// First packet of the key frame.
    pub first: u64,
    /// Newest packet, and its time.
    pub newest: u64,
    pub newest_timestamp: u32,
    /// When the first packet came.
    pub at: Instant,
    pub packets: u32,
    /// Payload of all of them.
    pub bytes: u32,
    timestamp: u32,
}

impl KeyframeGroup {
    /// A packet of the stream was accepted; no packet is noted twice. True when it opens a group; those
    /// behind it that came earlier are then to be noted again.
    pub fn note(&mut self, meta: &PacketMeta) -> bool {
        let opens = meta.starts_keyframe
            && self.0.is_none_or(|group| meta.sequence > group.first && meta.timestamp != group.timestamp);
        if opens {
            self.0 = Some(Group {
                first: meta.sequence,
                newest: meta.sequence,
                newest_timestamp: meta.timestamp,
                at: meta.at,
                packets: 0,
                bytes: 0,
                timestamp: meta.timestamp,
            });
        }
        let Some(group) = &mut self.0 else { return opens };
        if meta.sequence < group.first && meta.starts_keyframe && meta.timestamp == group.timestamp {
            // Parameter sets may come in a packet of their own, and late.
            group.first = meta.sequence;
        }
        if meta.sequence < group.first {
            return opens;
        }
        group.packets = group.packets.saturating_add(1);
        group.bytes = group.bytes.saturating_add(u32::from(meta.payload_len));
        if meta.sequence > group.newest {
            (group.newest, group.newest_timestamp) = (meta.sequence, meta.timestamp);
        }
        opens
    }

    /// The group, when it is complete, young and small enough to be replayed.
    #[must_use]
    pub fn whole(&self, now: Instant) -> Option<Group> {
        self.0.filter(|group| {
            u64::from(group.packets) == group.newest - group.first + 1
                && group.bytes <= MAX_BYTES
                && now.saturating_duration_since(group.at) < MAX_AGE
                && group.newest_timestamp.wrapping_sub(group.timestamp) <= MAX_TICKS
        })
    }

    /// Its packets are not all there any more, or the numbers start anew.
    pub fn forget(&mut self) {
        self.0 = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Codec;
    use crate::stream::ids::Layer;

    /// `script`: packets in order of arrival, 10 ms apart, each `number` or `Knumber` for the first of a
    /// key frame; a picture has ten numbers. `whole` says what is there `after` ms after the last one:
    /// first and newest number.
    fn check(script: &str, after: u64, whole: Option<(u64, u64)>) {
        let start = Instant::now();
        let mut group = KeyframeGroup::default();
        let mut now = start;
        for word in script.split(' ') {
            now += Duration::from_millis(10);
            let number: u64 = word.trim_start_matches('K').parse().expect("a number");
            group.note(&PacketMeta {
                at: now,
                sequence: number,
                epoch: 1,
                timestamp: (number / 10 * 3_000) as u32,
                marker: false,
                codec: Codec::H264,
                layer: Layer::FULL,
                starts_keyframe: word.starts_with('K'),
                height_px: 0,
                payload_start: 12,
                payload_len: 1_000,
                picture: None,
                descriptor_len: 0,
                frame: 0,
                marks: None,
                primary_at: 0,
                audio_level: None,
            });
        }
        let seen = group.whole(now + Duration::from_millis(after));
        assert_eq!(seen.map(|it| (it.first, it.newest)), whole, "{script}");
    }

    #[test]
    fn group_runs_from_the_last_key_frame_to_the_newest_packet() {
        check("5 6", 0, None);
        check("5 K10 11 20 21", 0, None);
        check("5 K10 11 12 13", 0, Some((10, 13)));
        check("K10 11 12 K13 14", 0, Some((10, 14)));
        check("K10 11 12 K20 21", 0, Some((20, 21)));
    }

    #[test]
    fn group_with_a_hole_counts_again_once_the_hole_is_filled() {
        check("K10 12 13", 0, None);
        check("K10 12 13 11", 0, Some((10, 13)));
        check("K11 12 K10", 0, Some((10, 12)));
        check("K20 21 9 K10", 0, Some((20, 21)));
    }

    #[test]
    fn group_is_bounded_in_age_and_bytes() {
        check("K10 11", 1_980, Some((10, 11)));
        check("K10 11", 1_990, None);
        let long: Vec<_> = (20..1_020).map(|number| number.to_string()).collect();
        let (fits, breaks) = (long[..180].join(" "), long.join(" "));
        check(&format!("K19 {fits}"), 0, Some((19, 199)));
        check(&format!("K19 {breaks}"), 0, None);
    }
}
