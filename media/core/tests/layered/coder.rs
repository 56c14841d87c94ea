//! A coder of up to three sizes at three rates in one stream, as RTP with dependency descriptors.
//!
//! Used by `layered_room`. Its payloads are noise that can be made again.

use media_core::packet::negotiated::EXT_DEPENDENCY;

/// When a size depends on the smaller one of the same picture.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Prediction {
    /// At key pictures alone (L3T3_KEY).
    AtKeys,
    /// In every picture (L3T3).
    Always,
}

/// Decode targets of one size.
const RATES: u8 = 3;

#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn put(&mut self, count: u32, value: u32) {
        self.0.extend((0..count).rev().map(|place| value >> place & 1 == 1));
    }

    fn bytes(&self) -> Vec<u8> {
        let byte = |bits: &[bool]| {
            bits.iter().enumerate().fold(0, |byte, (at, bit)| byte | u8::from(*bit) << (7 - at))
        };
        self.0.chunks(8).map(byte).collect()
    }
}

/// One packet with what is in it.
#[derive(Clone, Debug)]
pub struct Sent {
    pub bytes: Vec<u8>,
    pub sequence: u16,
}

pub struct Coder {
    sizes: u8,
    prediction: Prediction,
    payload_type: u8,
    /// Packets of a frame by size.
    pub packets: [u8; 3],
    pub key_due: bool,
    picture: u16,
    since_key: u16,
    sequence: u16,
}

/// The payload of a packet: noise, the same for the same place.
pub fn payload(frame: u16, part: u8) -> Vec<u8> {
    let mut state = u32::from(frame) << 8 | u32::from(part) | 1 << 30;
    let noise = (0..1000).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    noise.collect()
}

impl Coder {
    pub fn new(sizes: u8, prediction: Prediction, payload_type: u8) -> Self {
        Self {
            sizes,
            prediction,
            payload_type,
            packets: [1, 2, 4],
            key_due: true,
            picture: 0,
            since_key: 0,
            sequence: 65_400,
        }
    }

    /// The next picture, at `ms`.
    pub fn picture(&mut self, ms: u64, out: &mut Vec<Sent>) {
        let is_key = std::mem::take(&mut self.key_due);
        self.since_key = if is_key { 0 } else { self.since_key + 1 };
        let (temporal, back) = [(0u8, 4u16), (2, 1), (1, 2), (2, 1)][usize::from(self.since_key % 4)];
        let step = u16::from(self.sizes);
        for size in 0..self.sizes {
            let frame = self.picture.wrapping_mul(step).wrapping_add(u16::from(size)).wrapping_add(65_000);
            let mut diffs = Vec::new();
            if !is_key {
                diffs.push(back.min(self.since_key) * step);
            }
            if size > 0 && (is_key || self.prediction == Prediction::Always) {
                diffs.push(1);
            }
            let parts = self.packets[usize::from(size)] * if is_key { 2 } else { 1 };
            for part in 0..parts {
                let edges = u32::from(part == 0) << 1 | u32::from(part + 1 == parts);
                let opens = is_key && size == 0 && part == 0;
                let template = size * 4 + if is_key { 0 } else { 1 + temporal };
                let descriptor = self.descriptor(edges, template, frame, opens, &diffs);
                let marker = size + 1 == self.sizes && part + 1 == parts;
                out.push(self.packet(marker, ms, &descriptor, &payload(frame, part)));
            }
        }
        self.picture = self.picture.wrapping_add(1);
    }

    fn packet(&mut self, marker: bool, ms: u64, descriptor: &[u8], payload: &[u8]) -> Sent {
        let sequence = self.sequence;
        self.sequence = sequence.wrapping_add(1);
        let mut bytes = vec![0x90, u8::from(marker) << 7 | self.payload_type];
        bytes.extend_from_slice(&sequence.to_be_bytes());
        bytes.extend_from_slice(&(ms as u32 * 90).to_be_bytes());
        bytes.extend_from_slice(&77u32.to_be_bytes());
        // The two-byte form holds both short and long values.
        let mut body = vec![4, 3, b'c', b'a', b'm', EXT_DEPENDENCY, descriptor.len() as u8];
        body.extend_from_slice(descriptor);
        body.resize(body.len().next_multiple_of(4), 0);
        bytes.extend_from_slice(&[0x10, 0]);
        bytes.extend_from_slice(&(body.len() as u16 / 4).to_be_bytes());
        bytes.extend_from_slice(&body);
        bytes.extend_from_slice(payload);
        Sent { bytes, sequence }
    }

    fn descriptor(&self, edges: u32, template: u8, frame: u16, opens: bool, diffs: &[u16]) -> Vec<u8> {
        let mut bits = Bits::default();
        bits.put(2, edges);
        bits.put(6, u32::from(template));
        bits.put(16, u32::from(frame));
        for flag in [opens, false, false, true, false] {
            bits.put(1, u32::from(flag));
        }
        if opens {
            self.structure(&mut bits);
        }
        for diff in diffs {
            bits.put(2, 2);
            bits.put(8, u32::from(diff - 1));
        }
        bits.put(2, 0);
        bits.bytes()
    }

    /// Templates of each size: of a key picture, then of each rate.
    fn structure(&self, bits: &mut Bits) {
        let targets = self.sizes * RATES;
        bits.put(6, 0);
        bits.put(5, u32::from(targets - 1));
        let kinds = [(true, 0), (false, 0), (false, 1), (false, 2)];
        for size in 0..self.sizes {
            let after_last = if size + 1 == self.sizes { 3 } else { 2 };
            [0, 1, 1, after_last].into_iter().for_each(|next| bits.put(2, next));
        }
        for size in 0..self.sizes {
            for (is_key, temporal) in kinds {
                for target in 0..targets {
                    let (above, rate) = (target / RATES, target % RATES);
                    let is_needed = is_key || self.prediction == Prediction::Always || above == size;
                    let value = if above < size || rate < temporal || !is_needed {
                        0
                    } else if temporal == 2 {
                        1
                    } else if above == size || is_key {
                        2
                    } else {
                        3
                    };
                    bits.put(2, value);
                }
            }
        }
        (0..self.sizes * 4).for_each(|_| bits.put(1, 0));
        // No chains: ns(targets + 1) of 0.
        let width = u32::BITS - u32::from(targets + 1).leading_zeros();
        bits.put(width - 1, 0);
        bits.put(1, 1);
        for size in 0..self.sizes {
            let height = 720 >> (self.sizes - 1 - size);
            bits.put(16, height * 16 / 9 - 1);
            bits.put(16, height - 1);
        }
    }
}
