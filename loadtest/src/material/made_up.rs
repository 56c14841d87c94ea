//! Films and speech of the right sizes and of no meaning, for machines without the real ones.
//!
//! Made at the start of a run that finds nothing prepared: noise behind true headers, so that servers
//! find key frames and sizes, and no decoder finds a picture.

use super::{Film, Frame, Size, Spoken, Voice, payload};
use crate::client::Codec;

/// Frames between two key frames, and groups until it begins again.
const GROUP: usize = 25;
const GROUPS: usize = 4;
/// Bytes of a packet of speech: 40 kbit/s.
const VOICE_BYTES: usize = 100;
const VOICE_PACKETS: usize = 500;
/// Speech, 30 dB below the loudest.
const VOICE_LEVEL: u8 = 0x80 | 30;

/// xorshift64*: the same bytes on every machine.
struct Noise(u64);

impl Noise {
    fn fill(&mut self, bytes: &mut Vec<u8>, len: usize) {
        while bytes.len() < len {
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            bytes.extend_from_slice(&self.0.wrapping_mul(0x2545_f491_4f6c_dd1d).to_be_bytes());
        }
        bytes.truncate(len);
    }
}

/// A film in VP8.
pub fn film(size: Size) -> Film {
    let mut noise = Noise(0x6469_656d_2063_6175 ^ size as u64);
    let (height, rate) = match size {
        Size::Small => (180_u16, 150_000),
        Size::Middle => (360, 500_000),
        Size::Large => (720, 2_000_000),
        Size::Full => (720, 2_500_000),
    };
    let frame = |at: usize| {
        let is_key = at.is_multiple_of(GROUP);
        let mut bytes = if is_key { vec![0x10, 0, 0, 0x9d, 0x01, 0x2a] } else { vec![0x11, 0, 0] };
        if is_key {
            bytes.extend_from_slice(&(height / 9 * 16).to_le_bytes());
            bytes.extend_from_slice(&height.to_le_bytes());
        }
        noise.fill(&mut bytes, rate / 8 / 25);
        Frame { is_key, payloads: payload::vp8(&bytes) }
    };
    Film { codec: Codec::Vp8, frames: (0..GROUP * GROUPS).map(frame).collect() }
}

/// Speech.
pub fn voice() -> Voice {
    let mut noise = Noise(0x6769_6f6e_6720_6e6f);
    let packet = |_| {
        let mut payload = vec![0x78];
        noise.fill(&mut payload, VOICE_BYTES);
        Spoken { payload: payload.into(), level: VOICE_LEVEL }
    };
    Voice { packets: (0..VOICE_PACKETS).map(packet).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_films_have_the_rates_of_their_sizes() {
        for (size, rate) in [(Size::Small, 150_000), (Size::Large, 2_000_000), (Size::Full, 2_500_000)] {
            let film = film(size);
            let off = film.bits_per_second().abs_diff(rate);
            assert!(off < rate / 50, "{size:?}: {}", film.bits_per_second());
            assert!(film.frames[0].is_key && film.frames[GROUP].is_key && !film.frames[1].is_key);
        }
    }
}
