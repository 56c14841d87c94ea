//! A browser's sending half: a VP8 simulcast camera and a microphone with real RTP bytes.
//!
//! Used by `world`. Answers PLI with key frames on all layers, NACK with RTX, and leaves `mid` and
//! `rid` away after the first receiver report, as Chromium does.

use super::link::Dice;
use media_core::packet::negotiated::{PT_OPUS, PT_VP8, PT_VP8_RTX};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of a picture's mark inside the payload: sender, layer, frame, packet, packets, whether it is
/// a key frame, and the ms at which it was sent.
pub const MARK_LEN: usize = 13;
const FRAME_MS: u64 = 40;

/// A whole packet with its extensions in the one-byte form; `first` is marker, payload type, sequence
/// number, timestamp and SSRC.
pub fn packet(first: (bool, u8, u16, u32, u32), extensions: &[(u8, &[u8])], payload: &[u8]) -> Vec<u8> {
    let (marker, payload_type, sequence, timestamp, ssrc) = first;
    let mut body = Vec::new();
    for (id, value) in extensions {
        body.push(id << 4 | (value.len() as u8 - 1));
        body.extend_from_slice(value);
    }
    body.resize(body.len().next_multiple_of(4), 0);
    let mut bytes = vec![0x90, u8::from(marker) << 7 | payload_type];
    bytes.extend_from_slice(&sequence.to_be_bytes());
    bytes.extend_from_slice(&timestamp.to_be_bytes());
    bytes.extend_from_slice(&ssrc.to_be_bytes());
    bytes.extend_from_slice(&[0xbe, 0xde]);
    bytes.extend_from_slice(&(body.len() as u16 / 4).to_be_bytes());
    bytes.extend_from_slice(&body);
    bytes.extend_from_slice(payload);
    bytes
}

struct Layer {
    rid: &'static [u8],
    ssrc: u32,
    sequence: u16,
    rtx_sequence: u16,
    timestamp_offset: u32,
    picture_id: u16,
    tl0: u8,
    frame: u32,
    packets_per_frame: u8,
    packet_len: usize,
    height: u16,
    sent: BTreeMap<u16, (bool, u32, Vec<u8>)>,
}

pub struct Browser {
    pub number: u8,
    /// m-line of the pictures.
    mid: &'static [u8],
    pub camera_on: bool,
    /// Layers that the browser has switched off.
    pub off: [bool; 3],
    /// Layers that the server needs.
    needed: [bool; 3],
    returns: [bool; 3],
    /// Packets of each layer.
    pub sent: [u64; 3],
    /// RFC 6464 level now; `None` sends nothing.
    pub voice: Option<u8>,
    pub keyframes_made: u32,
    pub plis: u32,
    pub repairs: u32,
    layers: Vec<Layer>,
    mic: (u32, u16, u32),
    transport: u16,
    reported: BTreeSet<u32>,
    keyframe_due: bool,
    next_frame_ms: u64,
    next_sound_ms: u64,
}

impl Browser {
    pub fn new(number: u8, seed: u64) -> Self {
        let mut dice = Dice(seed);
        let shape = [(&b"q"[..], 1, 750, 180), (b"h", 3, 830, 360), (b"f", 8, 1060, 720)];
        let layers = shape.into_iter().enumerate().map(|(at, (rid, packets, len, height))| Layer {
            rid,
            ssrc: u32::from(number) * 1000 + at as u32,
            // Half of the browsers wrap within the first second.
            sequence: 65_500u16.wrapping_add(dice.below(2) as u16 * 20_000),
            rtx_sequence: dice.roll() as u16,
            timestamp_offset: dice.roll() as u32,
            picture_id: dice.roll() as u16 & 0x7fff,
            tl0: dice.roll() as u8,
            frame: 0,
            packets_per_frame: packets,
            packet_len: len,
            height,
            sent: BTreeMap::new(),
        });
        Self {
            number,
            mid: b"cam",
            camera_on: true,
            off: [false; 3],
            needed: [true; 3],
            returns: [false; 3],
            sent: [0; 3],
            voice: None,
            keyframes_made: 0,
            plis: 0,
            repairs: 0,
            layers: layers.collect(),
            mic: (u32::from(number) * 1000 + 500, dice.roll() as u16, dice.roll() as u32),
            transport: dice.roll() as u16,
            reported: BTreeSet::new(),
            keyframe_due: true,
            next_frame_ms: dice.below(FRAME_MS),
            next_sound_ms: dice.below(20),
        }
    }

    /// A shared document of 800 kbit/s and 1080 lines, without layers; `number` marks its pictures.
    #[allow(dead_code, reason = "only link_traces shares a document")]
    pub fn screen(number: u8, seed: u64) -> Self {
        let mut screen = Self::new(number, seed);
        screen.mid = b"scr";
        screen.layers.drain(..2);
        let layer = &mut screen.layers[0];
        (layer.rid, layer.packets_per_frame, layer.packet_len, layer.height) = (b"s", 4, 1_000, 1_080);
        screen
    }

    /// SSRC of a layer, to forge it.
    pub fn ssrc(&self, layer: usize) -> u32 {
        self.layers[layer].ssrc
    }

    /// A new connection begins: `mid` and `rid` are sent again.
    pub fn reconnect(&mut self) {
        self.reported.clear();
    }

    pub fn pli(&mut self) {
        self.keyframe_due = true;
        self.plis += 1;
    }

    pub fn receiver_report(&mut self, ssrc: u32) {
        self.reported.insert(ssrc);
    }

    /// The server needs these layers. One that comes back begins with a key frame of its own.
    pub fn need(&mut self, needed: [bool; 3]) {
        for ((returns, now), before) in self.returns.iter_mut().zip(needed).zip(self.needed) {
            *returns |= now && !before;
        }
        self.needed = needed;
    }

    /// Packets due at `ms`.
    pub fn due(&mut self, ms: u64, out: &mut Vec<Vec<u8>>) {
        if ms >= self.next_sound_ms {
            self.next_sound_ms += 20;
            if let Some(level) = self.voice {
                self.sound(ms, level, out);
            }
        }
        if ms < self.next_frame_ms {
            return;
        }
        self.next_frame_ms += FRAME_MS;
        if !self.camera_on {
            return;
        }
        let is_key = std::mem::take(&mut self.keyframe_due);
        self.keyframes_made += u32::from(is_key);
        for at in 0..self.layers.len() {
            if !self.off[at] && self.needed[at] {
                let is_key = std::mem::take(&mut self.returns[at]) || is_key;
                self.picture(at, ms, is_key, out);
            }
        }
    }

    fn next_transport(&mut self) -> [u8; 2] {
        self.transport = self.transport.wrapping_add(1);
        self.transport.to_be_bytes()
    }

    fn sound(&mut self, ms: u64, level: u8, out: &mut Vec<Vec<u8>>) {
        let transport = self.next_transport();
        let (ssrc, sequence, offset) = self.mic;
        self.mic.1 = sequence.wrapping_add(1);
        let level = [0x80 | level];
        let mut extensions = vec![(1, &level[..]), (3, &transport[..])];
        if !self.reported.contains(&ssrc) {
            extensions.push((4, b"mic"));
        }
        let mut payload = vec![self.number; 80];
        payload[1..9].copy_from_slice(&ms.to_be_bytes());
        let timestamp = offset.wrapping_add(ms as u32 * 48);
        out.push(packet((false, PT_OPUS, sequence, timestamp, ssrc), &extensions, &payload));
    }

    fn picture(&mut self, at: usize, ms: u64, is_key: bool, out: &mut Vec<Vec<u8>>) {
        let number = self.number;
        let layer = &mut self.layers[at];
        layer.picture_id = (layer.picture_id + 1) & 0x7fff;
        layer.tl0 = layer.tl0.wrapping_add(1);
        layer.frame += 1;
        let timestamp = layer.timestamp_offset.wrapping_add(ms as u32 * 90);
        let packets = layer.packets_per_frame * if is_key { 3 } else { 1 };
        self.sent[at] += u64::from(packets);
        for part in 0..packets {
            let layer = &mut self.layers[at];
            let mut payload = vec![if part == 0 { 0x90 } else { 0x80 }, 0xc0];
            payload.extend_from_slice(&(0x8000 | layer.picture_id).to_be_bytes());
            payload.push(layer.tl0);
            if part == 0 {
                payload.extend_from_slice(&[u8::from(!is_key), 0, 0, 0x9d, 0x01, 0x2a]);
                payload.extend_from_slice(&(layer.height * 16 / 9).to_le_bytes());
                payload.extend_from_slice(&layer.height.to_le_bytes());
            } else {
                payload.extend_from_slice(&[0xee; 10]);
            }
            payload.extend_from_slice(&[number, at as u8]);
            payload.extend_from_slice(&layer.frame.to_be_bytes());
            payload.extend_from_slice(&[part, packets, u8::from(is_key)]);
            payload.extend_from_slice(&(ms as u32).to_be_bytes());
            payload.resize(layer.packet_len, 0xaa);
            let marker = part + 1 == packets;
            let sequence = layer.sequence;
            layer.sequence = sequence.wrapping_add(1);
            layer.sent.insert(sequence, (marker, timestamp, payload.clone()));
            if layer.sent.len() > 600 {
                layer.sent.remove(&sequence.wrapping_sub(600));
            }
            let (ssrc, rid) = (layer.ssrc, layer.rid);
            let transport = self.next_transport();
            let mut extensions = vec![(3, &transport[..])];
            if !self.reported.contains(&ssrc) {
                extensions.extend([(4, self.mid), (5, rid)]);
            }
            out.push(packet((marker, PT_VP8, sequence, timestamp, ssrc), &extensions, &payload));
        }
    }

    /// Answers a NACK about one of the camera's layers by RTX.
    pub fn nack(&mut self, ssrc: u32, sequence: u16, out: &mut Vec<Vec<u8>>) {
        let transport = self.next_transport();
        let Some(layer) = self.layers.iter_mut().find(|layer| layer.ssrc == ssrc) else { return };
        let Some((marker, timestamp, media)) = layer.sent.get(&sequence) else { return };
        let mut payload = sequence.to_be_bytes().to_vec();
        payload.extend_from_slice(media);
        let extensions = [(3, &transport[..]), (4, &b"cam"[..]), (6, layer.rid)];
        let head = (*marker, PT_VP8_RTX, layer.rtx_sequence, *timestamp, layer.ssrc + 100);
        layer.rtx_sequence = layer.rtx_sequence.wrapping_add(1);
        self.repairs += 1;
        out.push(packet(head, &extensions, &payload));
    }
}
