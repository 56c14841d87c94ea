//! Figures that media tells signalling every two seconds: of each leg, of the streams that it
//! sends, and of each shard. Shapes only; what they mean for a meeting is judged elsewhere.

use crate::{Rid, ShardId, Source};
use serde::{Deserialize, Serialize};

/// Most streams of one leg in one [`crate::MediaEvent::Stats`]: three sizes of two pictures, and two
/// sounds.
pub const MAX_STREAMS: usize = 8;

/// Figures of one leg. Rates and losses are those of the last 2 s, counts run since the leg began
/// and wrap at 2^32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LegStats {
    /// Received media in bit/s.
    pub uplink_bps: u32,
    /// Sent media in bit/s.
    pub downlink_bps: u32,
    /// Lost on the way to us, before repair, 0.0–1.0.
    pub uplink_loss: f32,
    /// Lost on the way to the browser as its reports say, 0.0–1.0.
    pub downlink_loss: f32,
    /// Round trip in ms, 0 when not known yet.
    pub rtt_ms: u32,
    /// What the way to the browser is believed to carry, in bit/s.
    pub estimate_bps: u32,
    /// Interarrival jitter of the browser's packets in ms (RFC 3550 section 6.4.1).
    pub jitter_ms: u32,
    /// Packets that wait for their turn on the way to the browser.
    pub waiting_packets: u32,
    /// Pictures that the browser is sent, by layer, smallest first.
    pub shown: [u8; 3],
    /// Pictures that its link does not carry.
    pub paused: u8,
    /// Lost packets that the browser was asked to send again.
    pub asked_again: u32,
    /// Of these, the packets that came.
    pub recovered: u32,
    /// Key frames asked of the browser.
    pub keyframes_asked: u32,
    /// Packets of the browser that were dropped: muted, malformed, too late.
    pub refused: u32,
    /// Packets that the browser said it lost.
    pub nacked: u32,
    /// Of these, the packets that were sent again.
    pub repaired: u32,
    /// Key frames that the browser asked for.
    pub keyframes_wanted: u32,
    /// Packets of pictures that waited because the link's rate was used up.
    pub paced: u32,
    /// Of these, the packets that were given up.
    pub given_up: u32,
}

/// Figures of one stream that a leg sends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StreamStats {
    pub source: Source,
    /// Which size, of a picture that comes in several; `Q` where there is one only.
    pub layer: Rid,
    pub bps: u32,
    /// 0 for sound, and until a key frame has told it.
    pub height_px: u16,
    /// 0.0–1.0, before repair.
    pub loss: f32,
    pub jitter_ms: u16,
}

/// The streams of one leg. Kept in place, so that telling them costs no allocation; on the wire a
/// list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<StreamStats>", into = "Vec<StreamStats>")]
pub struct StreamList([Option<StreamStats>; MAX_STREAMS]);

impl StreamList {
    /// Adds `stream`; what finds no place is left out, since there are no more than [`MAX_STREAMS`].
    pub fn add(&mut self, stream: StreamStats) {
        if let Some(free) = self.0.iter_mut().find(|place| place.is_none()) {
            *free = Some(stream);
        }
    }

    /// The streams, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &StreamStats> {
        self.0.iter().flatten()
    }
}

impl From<Vec<StreamStats>> for StreamList {
    fn from(list: Vec<StreamStats>) -> Self {
        let mut streams = Self::default();
        list.into_iter().for_each(|stream| streams.add(stream));
        streams
    }
}

impl From<StreamList> for Vec<StreamStats> {
    fn from(streams: StreamList) -> Self {
        streams.0.into_iter().flatten().collect()
    }
}

/// How much one shard has to do, over the last 2 s.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShardLoad {
    pub shard: ShardId,
    /// Share of one core that the shard's thread used, 0.0–1.0.
    pub cpu: f32,
    /// Connected legs and those that are coming in.
    pub legs: u32,
    /// Conferences with legs here.
    pub conferences: u32,
    /// Packets a second.
    pub received_pps: u32,
    pub sent_pps: u32,
    pub received_bps: u32,
    pub sent_bps: u32,
    /// Packets a second that came from other shards.
    pub relayed_pps: u32,
    /// Packets that wait for the rate of some receiver.
    pub waiting_packets: u32,
    /// Packets in the fullest ring towards another shard.
    pub ring_packets: u32,
    /// Longest turn of the shard's loop in µs: what a packet may wait for the others.
    pub longest_turn_us: u32,
    /// Packets a second that were dropped because something was full: ring, socket, TCP receiver,
    /// slab, pacer.
    pub dropped_pps: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_of_streams_never_outgrows_its_places() {
        let one = StreamStats {
            source: Source::Camera,
            layer: Rid::H,
            bps: 500_000,
            height_px: 360,
            loss: 0.01,
            jitter_ms: 3,
        };
        let streams = StreamList::from(vec![one; MAX_STREAMS + 5]);
        assert_eq!(streams.iter().count(), MAX_STREAMS);
        assert_eq!(Vec::from(StreamList::from(vec![one])), [one]);
    }
}
