//! Packets of one stream in their order, put together to whole pictures.
//!
//! Called by `feed` for each packet of a stream that is decoded. Pure: time is a parameter. Holds a bounded
//! number of packets; what does not come in time is given up together with its picture.

use bytes::Bytes;
use media_relay::Codec;
use std::collections::BTreeMap;
use std::time::Duration;

/// Longest that a missing packet is waited for: repairs of the media server come within a round trip.
const PATIENCE: Duration = Duration::from_millis(200);
/// Most packets that wait: a second of a camera at 5 Mbit/s.
pub const WAITING_LIMIT: usize = 600;
/// A number so far ahead is of another stream, or of somebody who lies.
const AHEAD_LIMIT: u64 = 4_096;
/// Most packets of one picture: 512 of 1,200 bytes are more than a key picture of a document.
const PICTURE_LIMIT: usize = 512;

/// A packet of a picture as the relay brings it, without dependency descriptor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    pub epoch: u32,
    pub sequence: u64,
    pub timestamp: u32,
    pub marker: bool,
    pub codec: Codec,
    pub payload: Bytes,
}

/// What comes out, in the order of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ordered {
    /// All packets of one picture.
    Picture(Vec<Arrived>),
    /// Something is missing for good: only a key picture helps.
    Lost,
}

/// One stream.
#[derive(Debug, Default)]
pub struct Reorder {
    epoch: Option<u32>,
    /// Number of the packet that comes next.
    next: u64,
    waiting: BTreeMap<u64, Arrived>,
    /// Since when a packet is missing before others that have come.
    missing_since: Option<Duration>,
    /// The rest of a picture whose beginning is lost is passed over.
    is_passing: bool,
    /// Has to say that something is lost.
    has_lost: bool,
}

impl Reorder {
    /// Packets that wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Takes a packet; one that comes too late or twice is dropped.
    pub fn put(&mut self, packet: Arrived) {
        if self.epoch != Some(packet.epoch) {
            let is_first = self.epoch.is_none();
            *self = Self { epoch: Some(packet.epoch), next: packet.sequence, ..Self::default() };
            self.has_lost = !is_first;
        }
        if packet.sequence < self.next {
            return;
        }
        if packet.sequence - self.next > AHEAD_LIMIT {
            self.waiting.clear();
            self.go_on_from(packet.sequence);
        }
        self.waiting.insert(packet.sequence, packet);
        if self.waiting.len() > WAITING_LIMIT {
            self.give_up();
        }
    }

    /// The next picture that is whole, or that one is lost.
    pub fn next(&mut self, now: Duration) -> Option<Ordered> {
        loop {
            if std::mem::take(&mut self.has_lost) {
                return Some(Ordered::Lost);
            }
            match self.first_end() {
                Some(end) => {
                    self.missing_since = None;
                    let rest = self.waiting.split_off(&(end + 1));
                    let picture = std::mem::replace(&mut self.waiting, rest);
                    self.next = end + 1;
                    if std::mem::take(&mut self.is_passing) {
                        continue;
                    }
                    return Some(Ordered::Picture(picture.into_values().collect()));
                }
                None => {
                    let is_missing = self.run() < self.waiting.len();
                    if !is_missing {
                        self.missing_since = None;
                        return None;
                    }
                    let since = *self.missing_since.get_or_insert(now);
                    if now.saturating_sub(since) < PATIENCE {
                        return None;
                    }
                    self.give_up();
                }
            }
        }
    }

    /// How many packets wait in a row from the next one on.
    fn run(&self) -> usize {
        self.waiting.keys().zip(self.next..).take_while(|(have, wanted)| *have == wanted).count()
    }

    /// The last packet of the first picture, if all before it are here.
    fn first_end(&self) -> Option<u64> {
        let mut run =
            self.waiting.values().zip(self.next..).take_while(|(it, wanted)| it.sequence == *wanted);
        let (first, _) = run.next()?;
        let mut last = first;
        if first.marker {
            return Some(first.sequence);
        }
        for (length, (packet, _)) in run.enumerate() {
            if packet.timestamp != first.timestamp || length >= PICTURE_LIMIT {
                return Some(last.sequence);
            }
            last = packet;
            if packet.marker {
                return Some(packet.sequence);
            }
        }
        None
    }

    /// Goes on behind the first gap.
    fn give_up(&mut self) {
        let run = self.run() as u64;
        self.waiting = self.waiting.split_off(&(self.next + run));
        let from = self.waiting.keys().next().copied().unwrap_or(self.next + run);
        self.go_on_from(from);
    }

    fn go_on_from(&mut self, sequence: u64) {
        self.next = sequence;
        self.missing_since = None;
        self.is_passing = true;
        self.has_lost = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Picture `number` of three packets, of which the last one ends it.
    fn packet(sequence: u64) -> Arrived {
        Arrived {
            epoch: 1,
            sequence,
            timestamp: ((sequence / 3) as u32).wrapping_mul(3_600),
            marker: sequence % 3 == 2,
            codec: Codec::Vp8,
            payload: Bytes::from(sequence.to_be_bytes().to_vec()),
        }
    }

    fn numbers(ordered: &[Ordered]) -> Vec<u64> {
        let pictures = ordered.iter().filter_map(|it| match it {
            Ordered::Picture(packets) => Some(packets.iter().map(|it| it.sequence)),
            Ordered::Lost => None,
        });
        pictures.flatten().collect()
    }

    fn all(reorder: &mut Reorder, now: Duration) -> Vec<Ordered> {
        std::iter::from_fn(|| reorder.next(now)).collect()
    }

    #[test]
    fn lost_packet_is_waited_for_and_then_costs_its_picture_and_the_one_behind_it() {
        let mut reorder = Reorder::default();
        let mut seen = Vec::new();
        for sequence in (0..15).filter(|it| *it != 4) {
            reorder.put(packet(sequence));
            seen.extend(all(&mut reorder, Duration::ZERO));
        }
        assert_eq!(numbers(&seen), [0, 1, 2]);
        assert!(!seen.contains(&Ordered::Lost));
        assert_eq!(all(&mut reorder, PATIENCE - Duration::from_millis(1)), []);
        let after = all(&mut reorder, PATIENCE);
        assert_eq!(after.first(), Some(&Ordered::Lost));
        assert_eq!(numbers(&after), [6, 7, 8, 9, 10, 11, 12, 13, 14]);
        reorder.put(packet(4));
        assert_eq!(all(&mut reorder, PATIENCE), [], "it is too late");
    }

    #[test]
    fn picture_without_a_marker_ends_where_the_next_one_begins() {
        let mut reorder = Reorder::default();
        for sequence in 0..6 {
            reorder.put(Arrived { marker: false, ..packet(sequence) });
        }
        assert_eq!(numbers(&all(&mut reorder, Duration::ZERO)), [0, 1, 2]);
    }

    #[test]
    fn restarted_stream_and_a_jump_of_its_numbers_need_a_key_picture() {
        let mut reorder = Reorder::default();
        reorder.put(packet(100));
        reorder.put(Arrived { epoch: 2, ..packet(3) });
        assert_eq!(reorder.next(Duration::ZERO), Some(Ordered::Lost));
        reorder.put(Arrived { epoch: 2, ..packet(u64::MAX) });
        assert_eq!(reorder.next(Duration::ZERO), Some(Ordered::Lost));
        assert!(reorder.waiting() <= 1);
    }

    proptest! {
        /// Within the patience any order is put right.
        #[test]
        fn every_picture_comes_once_and_in_order(
            keys in prop::collection::vec(0_u64..40, 90),
        ) {
            // Each packet is late by up to forty places, the first one by none.
            let mut order: Vec<u64> = (0..90).collect();
            order.sort_by_key(|it| if *it == 0 { 0 } else { it + keys[*it as usize] });
            let mut reorder = Reorder::default();
            let mut seen = Vec::new();
            for sequence in order {
                reorder.put(packet(sequence));
                reorder.put(packet(sequence));
                seen.extend(all(&mut reorder, Duration::ZERO));
            }
            prop_assert_eq!(numbers(&seen), (0..90).collect::<Vec<_>>());
            prop_assert_eq!(reorder.waiting(), 0);
        }

        /// Whatever is lost, only whole pictures come, in order, and a bounded number of packets waits.
        #[test]
        fn only_whole_pictures_come(
            steps in prop::collection::vec((0_u64..3_000, any::<bool>(), 0_u64..120), 0..400),
        ) {
            let mut reorder = Reorder::default();
            let (mut seen, mut now) = (Vec::new(), Duration::ZERO);
            for (sequence, is_marked, later) in steps {
                now += Duration::from_millis(later);
                reorder.put(Arrived { marker: is_marked && sequence % 3 == 2, ..packet(sequence) });
                for ordered in all(&mut reorder, now) {
                    if let Ordered::Picture(packets) = &ordered {
                        let one = packets[0].timestamp;
                        prop_assert!(packets.iter().all(|it| it.timestamp == one));
                        prop_assert!(packets.windows(2).all(|it| it[0].sequence + 1 == it[1].sequence));
                    }
                    seen.push(ordered);
                }
                prop_assert!(reorder.waiting() <= WAITING_LIMIT);
            }
            let numbers = numbers(&seen);
            prop_assert!(numbers.windows(2).all(|it| it[0] < it[1]));
        }
    }
}
