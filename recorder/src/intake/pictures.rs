//! Access units of H.264 out of packets (RFC 6184), and whether one can be begun with.

use super::timeline::Timeline;
use media_relay::{Codec, PacketHead};
use std::sync::Arc;

/// Longest access unit: a key picture at 1080p is a tenth of it.
const UNIT_LIMIT: usize = 4 << 20;
const START_CODE: [u8; 4] = [0, 0, 0, 1];
const UNIT_TYPE: u8 = 0x1f;
/// An intra picture that needs nothing before it, a sequence and a picture parameter set.
const IDR: u8 = 5;
const SPS: u8 = 7;
const PPS: u8 = 8;
const STAP_A: u8 = 24;
const FU_A: u8 = 28;

/// One access unit, in the form of Annex B.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub at_us: u64,
    /// A decoder can begin here.
    pub is_key: bool,
    pub bytes: Arc<[u8]>,
}

/// See the module's text.
#[derive(Debug)]
pub struct Pictures {
    timeline: Timeline,
    /// Epoch and number of the packet that comes next.
    next: Option<(u32, u64)>,
    unit: Vec<u8>,
    /// Nothing can be shown before the next key picture.
    needs_key: bool,
    /// The packets of this picture until its marker lead to nothing.
    is_spoilt: bool,
    pub lost: u32,
}

impl Default for Pictures {
    fn default() -> Self {
        Self {
            timeline: Timeline::new(90_000),
            next: None,
            unit: Vec::new(),
            needs_key: true,
            is_spoilt: false,
            lost: 0,
        }
    }
}

impl Pictures {
    /// Whether a key picture has to be asked for.
    pub const fn needs_key(&self) -> bool {
        self.needs_key
    }

    /// Takes a packet; a picture when it was its last one.
    pub fn put(&mut self, head: &PacketHead, payload: &[u8]) -> Option<Picture> {
        if head.codec != Codec::H264 {
            self.lose();
            return None;
        }
        match self.next {
            Some((epoch, _)) if epoch != head.epoch => {
                self.timeline.restart();
                self.lose();
                self.is_spoilt = false;
            }
            Some((_, next)) if next != head.sequence => self.lose(),
            _ => {}
        }
        self.next = Some((head.epoch, head.sequence.wrapping_add(1)));
        if !self.is_spoilt && unpack(payload, &mut self.unit).is_none() {
            self.lose();
        }
        if !head.marker {
            return None;
        }
        let unit = std::mem::take(&mut self.unit);
        if std::mem::take(&mut self.is_spoilt) || unit.is_empty() {
            return None;
        }
        let is_key = units(&unit).any(|it| kind(it) == IDR) && parameter_sets(&unit).is_some();
        if self.needs_key && !is_key {
            return None;
        }
        self.needs_key = false;
        let at_us = self.timeline.at(head.arrived_us, head.timestamp);
        Some(Picture { at_us, is_key, bytes: unit.into() })
    }

    fn lose(&mut self) {
        self.lost += 1;
        self.unit.clear();
        (self.needs_key, self.is_spoilt) = (true, true);
    }
}

fn kind(unit: &[u8]) -> u8 {
    unit.first().map_or(0, |it| it & UNIT_TYPE)
}

/// Appends the units of a payload to an access unit; `None` when it is malformed.
fn unpack(payload: &[u8], into: &mut Vec<u8>) -> Option<()> {
    if into.len() + payload.len() > UNIT_LIMIT {
        return None;
    }
    match kind(payload) {
        1..STAP_A => {
            into.extend_from_slice(&START_CODE);
            into.extend_from_slice(payload);
        }
        STAP_A => {
            let mut rest = &payload[1..];
            while let [high, low, behind @ ..] = rest {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                let unit = behind.get(..length).filter(|it| !it.is_empty())?;
                into.extend_from_slice(&START_CODE);
                into.extend_from_slice(unit);
                rest = &behind[length..];
            }
            if !rest.is_empty() {
                return None;
            }
        }
        FU_A => {
            let [indicator, header, part @ ..] = payload else { return None };
            if header & 0x80 != 0 {
                into.extend_from_slice(&START_CODE);
                into.push(indicator & !UNIT_TYPE | header & UNIT_TYPE);
            } else if into.is_empty() {
                return None;
            }
            into.extend_from_slice(part);
        }
        _ => return None,
    }
    Some(())
}

/// The units of an access unit, without start codes.
fn units(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let from = rest.windows(3).position(|it| it == [0, 0, 1])? + 3;
        let behind = &rest[from..];
        let length = behind.windows(3).position(|it| it == [0, 0, 1]).unwrap_or(behind.len());
        rest = &behind[length..];
        let unit = &behind[..length];
        // The first zero of a long start code belongs to what follows.
        let end = unit.iter().rposition(|it| *it != 0).map_or(0, |at| at + 1);
        Some(&unit[..end])
    })
}

/// What a decoder needs to know before a picture; another one takes another pipeline.
#[must_use]
pub fn parameter_sets(bytes: &[u8]) -> Option<Vec<u8>> {
    let sets: Vec<&[u8]> = units(bytes).filter(|it| matches!(kind(it), SPS | PPS)).collect();
    let is_whole = [SPS, PPS].iter().all(|wanted| sets.iter().any(|it| kind(it) == *wanted));
    // Profile, constraints and level come behind the first byte.
    let is_whole = is_whole && sets.iter().all(|it| kind(it) != SPS || it.len() >= 4);
    is_whole.then(|| sets.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use media_control::{LegId, Rid, Source};
    use media_relay::{Audience, StreamName};
    use proptest::prelude::*;

    fn head(sequence: u64, marker: bool) -> PacketHead {
        PacketHead {
            stream: StreamName { leg: LegId(1), source: Source::Camera, layer: Rid::Q },
            arrived_us: 5_000_000 + sequence * 40_000,
            sequence,
            epoch: 1,
            timestamp: sequence as u32 * 3_600,
            marker,
            codec: Codec::H264,
            descriptor_len: 0,
            audio_level: None,
            audience: Audience::ALL,
        }
    }

    /// Parameter sets together, then a key picture in two fragments.
    const KEY: [&[u8]; 3] =
        [&[0x78, 0, 4, 0x67, 66, 0xc0, 31, 0, 2, 0x68, 1], &[0x7c, 0x85, 9, 9], &[0x7c, 0x45, 8, 8]];

    fn put_key(pictures: &mut Pictures, from: u64) -> Option<Picture> {
        let put = |(at, payload): (u64, &&[u8])| pictures.put(&head(from + at, at == 2), payload);
        (0..).zip(&KEY).map(put).last().flatten()
    }

    #[test]
    fn key_picture_is_put_together_with_its_parameter_sets() {
        let mut pictures = Pictures::default();
        assert_eq!(pictures.put(&head(0, true), &[0x61, 1]), None, "nothing to begin with");
        let key = put_key(&mut pictures, 1).expect("a picture");
        assert!(key.is_key && !pictures.needs_key());
        assert_eq!(
            key.bytes.as_ref(),
            [0, 0, 0, 1, 0x67, 66, 0xc0, 31, 0, 0, 0, 1, 0x68, 1, 0, 0, 0, 1, 0x65, 9, 9, 8, 8]
        );
        assert_eq!(parameter_sets(&key.bytes), Some(vec![0x67, 66, 0xc0, 31, 0x68, 1]));
        let next = pictures.put(&head(4, true), &[0x61, 2]).expect("a picture");
        assert!(!next.is_key && next.at_us > key.at_us);
    }

    #[test]
    fn missing_packet_costs_all_pictures_up_to_the_next_key_picture() {
        let mut pictures = Pictures::default();
        put_key(&mut pictures, 0).expect("a picture");
        assert_eq!(pictures.put(&head(4, true), &[0x61, 2]), None);
        assert!(pictures.needs_key());
        assert_eq!(pictures.lost, 1);
        assert_eq!(pictures.put(&head(5, true), &[0x61, 3]), None);
        assert!(put_key(&mut pictures, 6).is_some());
    }

    proptest! {
        #[test]
        fn hostile_packets_are_bounded_and_end_nothing(
            packets in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..40), any::<bool>()), 0..40),
        ) {
            let mut pictures = Pictures::default();
            for (sequence, (payload, marker)) in (0..).zip(&packets) {
                let _ = pictures.put(&head(sequence, *marker), payload);
            }
        }
    }
}
