//! The rings between shards: packets and words, one pair a direction for every ordered pair.
//!
//! The shard that took a packet from the wire copies it once per shard that has viewers of it.
//! Rings are bounded and have one writer and one reader; a full packet ring drops the packet
//! (counted), the viewer's room then asks for repair or a key frame. Never blocks.

use crate::counters::Counters;
use crate::sys::poll::Waker;
use media_control::ConferenceId;
use media_core::stream::ids::{LayerSet, LegKey, ParticipantKey, SourceKind, StreamKey};
use media_core::stream::slab::PacketMeta;
use rtrb::{Consumer, Producer, RingBuffer};
use std::collections::VecDeque;

/// Packets that wait for one shard: 40 ms of 25 cameras at 1,000 packets a second each.
const RING_PACKETS: usize = 1024;
/// Bytes that wait for one shard.
const RING_BYTES: usize = 1 << 20;
/// Words that wait in the ring.
const RING_WORDS: usize = 1024;
/// Words that wait before the ring while it is full.
const MAX_BACKLOG_WORDS: usize = 8192;

/// What shards tell each other beside packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// A leg of this conference lives on the writing shard. May be said twice.
    Joined { conference: ConferenceId, leg: LegKey, participant: ParticipantKey },
    /// That leg is gone.
    Left { leg: LegKey },
    /// The writing shard has, or no longer has, a viewer of this picture.
    Wanted { conference: ConferenceId, participant: ParticipantKey, source: SourceKind, is_wanted: bool },
    /// A viewer on the writing shard needs a key frame of a leg on the reading shard.
    KeyframeNeeded { leg: LegKey, source: SourceKind },
    /// What the viewers on the writing shard need of a leg on the reading shard.
    LayersNeeded { leg: LegKey, source: SourceKind, layers: LayerSet },
}

/// What goes before the payload of a relayed packet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RelayHead {
    pub(crate) stream: StreamKey,
    pub(crate) meta: PacketMeta,
}

/// The writing end towards one other shard.
struct Outlet {
    heads: Producer<RelayHead>,
    bytes: Producer<u8>,
    words: Producer<Word>,
    backlog: VecDeque<Word>,
    waker: Waker,
    has_news: bool,
}

/// The reading end from one other shard.
struct Inlet {
    heads: Consumer<RelayHead>,
    bytes: Consumer<u8>,
    words: Consumer<Word>,
}

/// One shard's ends of all rings; the place of the shard itself stays empty.
pub(crate) struct Links {
    own: usize,
    outlets: Vec<Option<Outlet>>,
    inlets: Vec<Option<Inlet>>,
}

/// Makes the rings between all shards; `wakers` holds one waker a shard.
pub(crate) fn links(wakers: &[Waker]) -> Vec<Links> {
    let count = wakers.len();
    let mut all: Vec<Links> = (0..count)
        .map(|own| Links {
            own,
            outlets: (0..count).map(|_| None).collect(),
            inlets: (0..count).map(|_| None).collect(),
        })
        .collect();
    for from in 0..count {
        for to in (0..count).filter(|to| *to != from) {
            let (heads, heads_out) = RingBuffer::new(RING_PACKETS);
            let (bytes, bytes_out) = RingBuffer::new(RING_BYTES);
            let (words, words_out) = RingBuffer::new(RING_WORDS);
            let (backlog, waker) = (VecDeque::new(), wakers[to].clone());
            all[from].outlets[to] = Some(Outlet { heads, bytes, words, backlog, waker, has_news: false });
            all[to].inlets[from] = Some(Inlet { heads: heads_out, bytes: bytes_out, words: words_out });
        }
    }
    all
}

impl Links {
    /// Numbers of the other shards.
    pub(crate) fn others(&self) -> impl Iterator<Item = usize> + use<> {
        let own = self.own;
        (0..self.outlets.len()).filter(move |n| *n != own)
    }

    /// Copies one packet towards shard `to`; `false` (counted) when the ring is full.
    pub(crate) fn relay(
        &mut self,
        to: usize,
        head: RelayHead,
        payload: &[u8],
        counters: &mut Counters,
    ) -> bool {
        let Some(outlet) = self.outlets.get_mut(to).and_then(Option::as_mut) else { return false };
        debug_assert_eq!(payload.len(), usize::from(head.meta.payload_len));
        if outlet.heads.is_full() {
            counters.ring_full += 1;
            return false;
        }
        let Ok(mut chunk) = outlet.bytes.write_chunk(payload.len()) else {
            counters.ring_full += 1;
            return false;
        };
        let (first, second) = chunk.as_mut_slices();
        let (start, rest) = payload.split_at(first.len());
        first.copy_from_slice(start);
        second.copy_from_slice(rest);
        chunk.commit_all();
        outlet.heads.push(head).expect("the ring had room and has no other writer");
        outlet.has_news = true;
        true
    }

    /// Says `word` to shard `to`. Words keep their order.
    pub(crate) fn say(&mut self, to: usize, word: Word, counters: &mut Counters) {
        let Some(outlet) = self.outlets.get_mut(to).and_then(Option::as_mut) else { return };
        if outlet.backlog.len() >= MAX_BACKLOG_WORDS {
            counters.ring_control_full += 1;
            return;
        }
        outlet.backlog.push_back(word);
        outlet.has_news = true;
    }

    /// Says `word` to every other shard.
    pub(crate) fn say_to_all(&mut self, word: &Word, counters: &mut Counters) {
        for to in self.others() {
            self.say(to, word.clone(), counters);
        }
    }

    /// Moves waiting words into the rings and wakes the shards that have something to read.
    pub(crate) fn flush(&mut self) {
        for outlet in self.outlets.iter_mut().flatten() {
            while !outlet.words.is_full() {
                let Some(word) = outlet.backlog.pop_front() else { break };
                outlet.words.push(word).expect("the ring had room and has no other writer");
            }
            if std::mem::take(&mut outlet.has_news) {
                outlet.waker.wake();
            }
            // What found no room waits for the next turn.
            outlet.has_news = !outlet.backlog.is_empty();
        }
    }

    /// The next word from shard `from`.
    pub(crate) fn next_word(&mut self, from: usize) -> Option<Word> {
        self.inlets.get_mut(from)?.as_mut()?.words.pop().ok()
    }

    /// The next packet from shard `from`; `take` gets its head and its payload in two parts.
    pub(crate) fn next_packet(&mut self, from: usize, take: impl FnOnce(RelayHead, &[u8], &[u8])) -> bool {
        let Some(inlet) = self.inlets.get_mut(from).and_then(Option::as_mut) else { return false };
        let Ok(head) = inlet.heads.pop() else { return false };
        let chunk = inlet
            .bytes
            .read_chunk(usize::from(head.meta.payload_len))
            .expect("payloads are written before their heads");
        let (first, second) = chunk.as_slices();
        take(head, first, second);
        chunk.commit_all();
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::poll::Poll;
    use media_core::payload::Codec;
    use media_core::stream::ids::Layer;
    use std::time::Instant;

    fn head(sequence: u64, payload_len: u16) -> RelayHead {
        let stream = StreamKey { leg: LegKey(7), source: SourceKind::Camera, layer: Layer::FULL };
        let meta = PacketMeta {
            at: Instant::now(),
            sequence,
            epoch: 0,
            timestamp: 0,
            marker: false,
            codec: Codec::Vp8,
            layer: Layer::FULL,
            starts_keyframe: false,
            height_px: 0,
            payload_start: 100,
            payload_len,
            vp8: None,
            audio_level: None,
        };
        RelayHead { stream, meta }
    }

    fn two_shards() -> (Links, Links) {
        let (a, b) = (Poll::new().expect("epoll"), Poll::new().expect("epoll"));
        let mut all = links(&[a.waker(), b.waker()]);
        let second = all.pop().expect("two");
        (all.pop().expect("two"), second)
    }

    #[test]
    fn packets_come_out_in_order_and_whole() {
        let (mut a, mut b) = two_shards();
        let mut counters = Counters::default();
        for round in 0..5000u64 {
            let payload = vec![round as u8; 300 + (round % 900) as usize];
            assert!(a.relay(1, head(round, payload.len() as u16), &payload, &mut counters));
            let mut seen = None;
            assert!(b.next_packet(0, |head, first, second| {
                seen = Some((head.meta.sequence, [first, second].concat()));
            }));
            assert_eq!(seen, Some((round, payload)));
        }
        assert!(!b.next_packet(0, |_, _, _| ()));
    }

    #[test]
    fn full_ring_drops_the_newest_packet_and_counts_it() {
        let (mut a, mut b) = two_shards();
        let mut counters = Counters::default();
        let payload = [1; 1200];
        let taken = (0..2000).filter(|n| a.relay(1, head(*n, 1200), &payload, &mut counters)).count();
        assert_eq!(taken, RING_BYTES / 1200);
        assert_eq!(counters.ring_full, 2000 - taken as u64);
        let mut last = None;
        while b.next_packet(0, |head, _, _| last = Some(head.meta.sequence)) {}
        assert_eq!(last, Some(taken as u64 - 1));
    }

    #[test]
    fn words_wait_in_order_when_the_ring_is_full() {
        let (mut a, mut b) = two_shards();
        let mut counters = Counters::default();
        for n in 0..3000 {
            a.say(1, Word::Left { leg: LegKey(n) }, &mut counters);
        }
        let mut seen = Vec::new();
        while seen.len() < 3000 {
            a.flush();
            while let Some(Word::Left { leg }) = b.next_word(0) {
                seen.push(leg.0);
            }
        }
        assert!(seen.iter().copied().eq(0..3000));
        assert_eq!(counters.ring_control_full, 0);
    }
}
