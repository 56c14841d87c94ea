//! The rings between shards: packets and words, one pair a direction for every ordered pair. The
//! relay thread has a place among them, as if all shards of other processes were behind one door.
//!
//! The shard that took a packet from the wire copies it once per shard that has viewers of it, and
//! once for all shards elsewhere.
//! Rings are bounded and have one writer and one reader; a full packet ring drops the packet
//! (counted), the viewer's room then asks for repair or a key frame. Never blocks.

use crate::counters::Counters;
use crate::sys::poll::Waker;
use media_control::ConferenceId;
use media_core::room::Audience;
use media_core::stream::ids::{Layer, LayerSet, LegKey, ParticipantKey, SourceKind, StreamKey};
use media_core::stream::slab::PacketMeta;
use rtrb::{Consumer, Producer, RingBuffer};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

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
    /// The sender report of a leg on the writing shard, and when it came there.
    ClockMap { leg: LegKey, source: SourceKind, layer: Layer, ntp: u64, timestamp: u32, at: Instant },
    /// From the relay: another process listens to a conference without a leg in it, or no longer.
    Attends { conference: ConferenceId, is_attending: bool },
    /// From the relay: a shard of another process is there and knows nothing yet.
    ShardHere { generation: u64 },
    /// From the relay: that shard is gone, and all that it told.
    ShardGone,
    /// The answer to `ShardHere`: what is said to that shard from here on is for this generation.
    Began { generation: u64 },
}

/// A word and the shards elsewhere that it is about: a mask of whom it is for on the way to the
/// relay, the number of the speaker on the way from it.
struct Addressed {
    shards: u64,
    word: Word,
}

/// What goes before the payload of a relayed packet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RelayHead {
    pub(crate) stream: StreamKey,
    pub(crate) meta: PacketMeta,
    /// Of mixed sound: who may hear it.
    pub(crate) audience: Audience,
    /// As in [`Addressed`]; 0 between shards of one process.
    pub(crate) shards: u64,
}

/// The writing end towards one other shard.
struct Outlet {
    heads: Producer<RelayHead>,
    bytes: Producer<u8>,
    words: Producer<Addressed>,
    backlog: VecDeque<Addressed>,
    waker: Waker,
    has_news: bool,
    /// Words found no room; the reader must not believe that it knows all.
    has_lost: Arc<AtomicBool>,
}

/// The reading end from one other shard.
struct Inlet {
    heads: Consumer<RelayHead>,
    bytes: Consumer<u8>,
    words: Consumer<Addressed>,
    has_lost: Arc<AtomicBool>,
}

/// One shard's ends of all rings; the place of the shard itself stays empty. The relay thread holds
/// the last ends, behind those of the shards.
pub(crate) struct Links {
    own: usize,
    /// Numbers of the shards of this process.
    shards: Range<usize>,
    outlets: Vec<Option<Outlet>>,
    inlets: Vec<Option<Inlet>>,
}

/// Makes the rings between all shards of a process, whose numbers begin with `first`; `wakers` holds
/// one waker a shard, then that of the relay if there is one.
pub(crate) fn links(first: usize, shards: usize, wakers: &[Waker]) -> Vec<Links> {
    let count = wakers.len();
    let mut all: Vec<Links> = (0..count)
        .map(|own| Links {
            own,
            shards: first..first + shards,
            outlets: (0..count).map(|_| None).collect(),
            inlets: (0..count).map(|_| None).collect(),
        })
        .collect();
    for from in 0..count {
        for to in (0..count).filter(|to| *to != from) {
            let (heads, heads_out) = RingBuffer::new(RING_PACKETS);
            let (bytes, bytes_out) = RingBuffer::new(RING_BYTES);
            let (words, words_out) = RingBuffer::new(RING_WORDS);
            let (backlog, waker, has_lost) = (VecDeque::new(), wakers[to].clone(), Arc::default());
            let inlet = Inlet {
                heads: heads_out,
                bytes: bytes_out,
                words: words_out,
                has_lost: Arc::clone(&has_lost),
            };
            let outlet = Outlet { heads, bytes, words, backlog, waker, has_news: false, has_lost };
            all[from].outlets[to] = Some(outlet);
            all[to].inlets[from] = Some(inlet);
        }
    }
    all
}

impl Links {
    /// Places of the other ends: the other shards and the relay.
    pub(crate) fn others(&self) -> impl Iterator<Item = usize> + use<> {
        let own = self.own;
        (0..self.outlets.len()).filter(move |n| *n != own)
    }

    /// Number of the shard of this process at the other end `place`; `None` for the relay.
    pub(crate) fn neighbour_at(&self, place: usize) -> Option<usize> {
        (place < self.shards.len()).then(|| self.shards.start + place)
    }

    /// Numbers of the other shards of this process.
    pub(crate) fn neighbours(&self) -> impl Iterator<Item = usize> + use<> {
        let own = self.shards.start + self.own;
        self.shards.clone().filter(move |shard| *shard != own)
    }

    /// Numbers of the shards of this process.
    pub(crate) fn shards(&self) -> Range<usize> {
        self.shards.clone()
    }

    fn place_of(&self, shard: usize) -> Option<usize> {
        self.shards.contains(&shard).then(|| shard - self.shards.start)
    }

    fn relay_place(&self) -> usize {
        self.shards.len()
    }

    /// Copies one packet, its dependency descriptor and its payload, to another shard of this process;
    /// `false` (counted) when the ring is full.
    pub(crate) fn relay(
        &mut self,
        to: usize,
        head: RelayHead,
        parts: [&[u8]; 2],
        counters: &mut Counters,
    ) -> bool {
        self.place_of(to).is_some_and(|place| self.copy(place, head, parts, counters))
    }

    /// Copies one packet towards the shards elsewhere that `head` names.
    pub(crate) fn relay_away(&mut self, head: RelayHead, parts: [&[u8]; 2], counters: &mut Counters) -> bool {
        self.copy(self.relay_place(), head, parts, counters)
    }

    fn copy(&mut self, place: usize, head: RelayHead, parts: [&[u8]; 2], counters: &mut Counters) -> bool {
        let Some(outlet) = self.outlets.get_mut(place).and_then(Option::as_mut) else { return false };
        let len = parts[0].len() + parts[1].len();
        debug_assert_eq!(len, body_len(&head.meta));
        if outlet.heads.is_full() {
            counters.ring_full += 1;
            return false;
        }
        let Ok(mut chunk) = outlet.bytes.write_chunk(len) else {
            counters.ring_full += 1;
            return false;
        };
        let (first, second) = chunk.as_mut_slices();
        let mut at = 0;
        for part in parts {
            let (start, rest) = part.split_at(part.len().min(first.len().saturating_sub(at)));
            // None where the part before went over the end of the ring already.
            if let Some(room) = first.get_mut(at..at + start.len()) {
                room.copy_from_slice(start);
            }
            at += start.len();
            let into = at - first.len().min(at);
            second[into..into + rest.len()].copy_from_slice(rest);
            at += rest.len();
        }
        chunk.commit_all();
        outlet.heads.push(head).expect("the ring had room and has no other writer");
        outlet.has_news = true;
        true
    }

    /// Says `word` to shard `to`, wherever it is. Words keep their order.
    pub(crate) fn say(&mut self, to: usize, word: Word, counters: &mut Counters) {
        match self.place_of(to) {
            Some(place) => self.put(place, Addressed { shards: 0, word }, counters),
            None => self.say_away(1 << (to % 64), word, counters),
        }
    }

    /// Says `word` to the shards elsewhere in `mask`.
    pub(crate) fn say_away(&mut self, mask: u64, word: Word, counters: &mut Counters) {
        self.put(self.relay_place(), Addressed { shards: mask, word }, counters);
    }

    /// Says `word` to every other shard, here and elsewhere.
    pub(crate) fn say_to_all(&mut self, word: &Word, counters: &mut Counters) {
        for place in self.others() {
            self.put(place, Addressed { shards: u64::MAX, word: word.clone() }, counters);
        }
    }

    /// The relay's word: shard `from` elsewhere says `word` to shard `to` of this process.
    pub(crate) fn pass_on(&mut self, from: usize, to: usize, word: Word, counters: &mut Counters) {
        if let Some(place) = self.place_of(to) {
            self.put(place, Addressed { shards: from as u64, word }, counters);
        }
    }

    fn put(&mut self, place: usize, addressed: Addressed, counters: &mut Counters) {
        let Some(outlet) = self.outlets.get_mut(place).and_then(Option::as_mut) else { return };
        if outlet.backlog.len() >= MAX_BACKLOG_WORDS {
            counters.ring_control_full += 1;
            outlet.has_lost.store(true, Ordering::Relaxed);
            return;
        }
        outlet.backlog.push_back(addressed);
        outlet.has_news = true;
    }

    /// Whether every reader keeps up, so that a few thousand more words are not lost.
    pub(crate) fn has_word_room(&self) -> bool {
        self.outlets.iter().flatten().all(|outlet| outlet.backlog.len() < MAX_BACKLOG_WORDS / 2)
    }

    /// Packets that wait in the fullest ring of ours.
    pub(crate) fn waiting_packets(&self) -> usize {
        let waiting = |outlet: &Outlet| RING_PACKETS - outlet.heads.slots();
        self.outlets.iter().flatten().map(waiting).max().unwrap_or(0)
    }

    /// The end at `place` lost words to us since the last call.
    pub(crate) fn has_lost_words(&self, place: usize) -> bool {
        let inlet = self.inlets.get(place).and_then(Option::as_ref);
        inlet.is_some_and(|inlet| inlet.has_lost.swap(false, Ordering::Relaxed))
    }

    /// Forgets what waits to be said to shard `to` of this process: it begins anew.
    pub(crate) fn drop_backlog(&mut self, to: usize) {
        let place = self.place_of(to);
        if let Some(outlet) = place.and_then(|place| self.outlets[place].as_mut()) {
            outlet.backlog.clear();
        }
    }

    /// Whether words to us were lost since the last call.
    pub(crate) fn have_words_been_lost(&self) -> bool {
        self.inlets.iter().flatten().any(|inlet| inlet.has_lost.swap(false, Ordering::Relaxed))
    }

    /// Moves waiting words into the rings and wakes the shards that have something to read.
    pub(crate) fn flush(&mut self) {
        for outlet in self.outlets.iter_mut().flatten() {
            while !outlet.words.is_full() {
                let Some(word) = outlet.backlog.pop_front() else { break };
                // It cannot fail: there was room, and there is no other writer.
                let _ = outlet.words.push(word);
            }
            if std::mem::take(&mut outlet.has_news) {
                outlet.waker.wake();
            }
            // What found no room waits for the next turn.
            outlet.has_news = !outlet.backlog.is_empty();
        }
    }

    /// The next word from the end at `place`, and the number of the shard that said it; on the
    /// relay's own ends the mask of those whom it is for.
    pub(crate) fn next_word(&mut self, place: usize) -> Option<(u64, Word)> {
        let Addressed { shards, word } = self.inlets.get_mut(place)?.as_mut()?.words.pop().ok()?;
        Some((self.speaker(place, shards), word))
    }

    fn speaker(&self, place: usize, shards: u64) -> u64 {
        let is_neighbour = self.own < self.shards.len() && place < self.shards.len();
        if is_neighbour { (self.shards.start + place) as u64 } else { shards }
    }

    /// The next packet from the end at `place`; `take` gets its head, whose `shards` are as
    /// [`Links::next_word`] tells them, and its descriptor and payload, one after
    /// the other, cut in two anywhere.
    pub(crate) fn next_packet(&mut self, place: usize, take: impl FnOnce(RelayHead, &[u8], &[u8])) -> bool {
        let Some(inlet) = self.inlets.get_mut(place).and_then(Option::as_mut) else { return false };
        let Ok(mut head) = inlet.heads.pop() else { return false };
        let is_neighbour = self.own < self.shards.len() && place < self.shards.len();
        if is_neighbour {
            head.shards = (self.shards.start + place) as u64;
        }
        let chunk =
            inlet.bytes.read_chunk(body_len(&head.meta)).expect("bodies are written before their heads");
        let (first, second) = chunk.as_slices();
        take(head, first, second);
        chunk.commit_all();
        true
    }
}

/// Bytes of descriptor and payload.
const fn body_len(meta: &PacketMeta) -> usize {
    meta.descriptor_len as usize + meta.payload_len as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::poll::Poll;
    use media_core::payload::Codec;

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
            picture: None,
            descriptor_len: 0,
            frame: 0,
            marks: None,
            primary_at: 0,
            audio_level: None,
        };
        RelayHead { stream, meta, audience: Audience::ALL, shards: 0 }
    }

    fn two_shards() -> (Links, Links) {
        let (a, b) = (Poll::new().expect("epoll"), Poll::new().expect("epoll"));
        let mut all = links(0, 2, &[a.waker(), b.waker()]);
        let second = all.pop().expect("two");
        (all.pop().expect("two"), second)
    }

    #[test]
    fn packets_come_out_in_order_and_whole() {
        let (mut a, mut b) = two_shards();
        let mut counters = Counters::default();
        for round in 0..5000u64 {
            let payload = vec![round as u8; 300 + (round % 900) as usize];
            assert!(a.relay(1, head(round, payload.len() as u16), [&[], &payload], &mut counters));
            let mut seen = None;
            assert!(b.next_packet(0, |head, first, second| {
                seen = Some((head.meta.sequence, [first, second].concat()));
            }));
            assert_eq!(seen, Some((round, payload)));
        }
        assert!(!b.next_packet(0, |_, _, _| ()));
    }

    #[test]
    fn either_part_of_a_packet_may_go_over_the_end_of_the_ring() {
        let (mut a, mut b) = two_shards();
        let mut counters = Counters::default();
        for round in 0..5_000_u64 {
            let payload: Vec<u8> = (0..1_180).map(|at| (round + at) as u8).collect();
            // All in the first part, as a packet of a peer comes, and split anywhere.
            for split in [payload.len(), (round % 1_180) as usize] {
                let (first, second) = payload.split_at(split);
                assert!(a.relay(1, head(round, payload.len() as u16), [first, second], &mut counters));
                let mut seen = Vec::new();
                assert!(b.next_packet(0, |_, first, second| seen = [first, second].concat()));
                assert_eq!(seen, payload, "round {round}, split at {split}");
            }
        }
    }

    #[test]
    fn full_ring_drops_the_newest_packet_and_counts_it() {
        let (mut a, mut b) = two_shards();
        let mut counters = Counters::default();
        let payload = [1; 1200];
        let taken = (0..2000).filter(|n| a.relay(1, head(*n, 1200), [&[], &payload], &mut counters)).count();
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
            while let Some((0, Word::Left { leg })) = b.next_word(0) {
                seen.push(leg.0);
            }
        }
        assert!(seen.iter().copied().eq(0..3000));
        assert_eq!(counters.ring_control_full, 0);
    }
}
