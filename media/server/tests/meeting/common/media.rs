//! Synthetic media of a test browser: VP8 pictures with true descriptors and key frames in three
//! sizes, Opus packets with a loudness, both with the header extensions that a browser sends.

use std::time::{Duration, Instant};

/// Payload types and extension ids as the offer fixes them.
pub const PT_VP8: u8 = 96;
pub const PT_OPUS: u8 = 111;

/// What a stream carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A camera layer: rid and height in pixels.
    Camera { rid: &'static str, height: u16 },
    /// A microphone, that loud (0 is loudest, 127 silent).
    Voice { level: u8 },
}

/// One outgoing RTP stream.
pub struct Stream {
    pub ssrc: u32,
    pub content: Content,
    pub next_sequence: u16,
    pub wants_keyframe: bool,
    pub keyframes: u64,
    pub is_on: bool,
    pub bytes: usize,
    frame: u16,
    timestamp: u32,
    due: Instant,
}

impl Stream {
    pub fn new(ssrc: u32, content: Content, now: Instant) -> Self {
        Self {
            ssrc,
            content,
            next_sequence: ssrc as u16,
            wants_keyframe: true,
            keyframes: 0,
            is_on: true,
            bytes: 600,
            frame: 30_000,
            timestamp: ssrc,
            due: now,
        }
    }

    const fn mid(&self) -> &'static [u8] {
        match self.content {
            Content::Camera { .. } => b"cam",
            Content::Voice { .. } => b"mic",
        }
    }

    fn interval(&self) -> Duration {
        match self.content {
            Content::Camera { .. } => Duration::from_millis(33),
            Content::Voice { .. } => Duration::from_millis(20),
        }
    }

    /// The next packet when it is due, in clear; `transport_sequence` is its own.
    pub fn next(&mut self, now: Instant, transport_sequence: u16) -> Option<Vec<u8>> {
        if !self.is_on || now < self.due {
            return None;
        }
        self.due = (self.due + self.interval()).max(now - self.interval());
        Some(self.packet(transport_sequence))
    }

    /// The next packet at once.
    pub fn packet(&mut self, transport_sequence: u16) -> Vec<u8> {
        let (payload_type, step, payload) = match self.content {
            Content::Camera { height, .. } => (PT_VP8, 2970, self.picture(height)),
            Content::Voice { .. } => (PT_OPUS, 960, vec![0xfc; 80]),
        };
        self.timestamp = self.timestamp.wrapping_add(step);
        let mut extension = Vec::new();
        let mut put = |id: u8, value: &[u8]| {
            extension.push(id << 4 | (value.len() as u8 - 1));
            extension.extend_from_slice(value);
        };
        put(3, &transport_sequence.to_be_bytes());
        put(4, self.mid());
        match self.content {
            Content::Camera { rid, .. } => put(5, rid.as_bytes()),
            Content::Voice { level } => put(1, &[0x80 | level]),
        }
        extension.resize(extension.len().next_multiple_of(4), 0);

        let mut packet = vec![0x90, 0x80 | payload_type];
        packet.extend_from_slice(&self.next_sequence.to_be_bytes());
        packet.extend_from_slice(&self.timestamp.to_be_bytes());
        packet.extend_from_slice(&self.ssrc.to_be_bytes());
        packet.extend_from_slice(&[0xbe, 0xde]);
        packet.extend_from_slice(&(extension.len() as u16 / 4).to_be_bytes());
        packet.extend_from_slice(&extension);
        packet.extend_from_slice(&payload);
        self.next_sequence = self.next_sequence.wrapping_add(1);
        packet
    }

    /// One picture in one packet: descriptor with a 15-bit picture id and TL0PICIDX (RFC 7741),
    /// then the frame tag; a key frame also tells its size.
    fn picture(&mut self, height: u16) -> Vec<u8> {
        let is_key = std::mem::take(&mut self.wants_keyframe);
        self.frame = (self.frame + 1) & 0x7fff;
        let mut payload =
            vec![0x90, 0xc0, 0x80 | (self.frame >> 8) as u8, self.frame as u8, self.frame as u8];
        if is_key {
            self.keyframes += 1;
            payload.extend_from_slice(&[0x10, 0, 0, 0x9d, 0x01, 0x2a]);
            payload.extend_from_slice(&(height / 9 * 16).to_le_bytes());
            payload.extend_from_slice(&height.to_le_bytes());
        } else {
            payload.extend_from_slice(&[0x11, 0, 0]);
        }
        payload.resize(self.bytes, 0x5a);
        payload
    }
}

/// The 15-bit picture id of a clear VP8 payload, if it has one.
pub fn picture_id(payload: &[u8]) -> Option<u16> {
    match payload {
        [x, i, high, low, ..] if x & 0x80 != 0 && i & 0x80 != 0 && high & 0x80 != 0 => {
            Some(u16::from_be_bytes([high & 0x7f, *low]))
        }
        _ => None,
    }
}
