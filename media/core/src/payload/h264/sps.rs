//! Reads the picture height out of an H.264 sequence parameter set (ITU-T H.264 7.3.2.1.1).
//!
//! Called by `payload::h264` on key frames only. Bounded: reads at most the first 64 bytes and
//! gives up on profiles with scaling matrices, which the offer does not negotiate.

/// Bytes of a parameter set that are looked at.
const MAX_BYTES: usize = 64;

/// Profiles that carry the chroma part between id and frame numbering.
const HIGH_PROFILES: [u8; 10] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138];

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn bit(&mut self) -> Option<u32> {
        let byte = *self.bytes.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Some(u32::from(bit))
    }

    fn bits(&mut self, count: u32) -> Option<u32> {
        (0..count).try_fold(0u32, |value, _| Some(value << 1 | self.bit()?))
    }

    // Exp-Golomb, section 9.1. More than 16 leading zeros fit no field that we read.
    fn golomb(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while self.bit()? == 0 {
            zeros += 1;
            if zeros > 16 {
                return None;
            }
        }
        Some((1 << zeros) - 1 + self.bits(zeros)?)
    }
}

/// Height of the cropped picture in pixels; `None` when the set is cut off, escaped in its first
/// bytes, or of a kind that we do not read.
pub(super) fn height_px(set: &[u8]) -> Option<u16> {
    let set = &set[..set.len().min(MAX_BYTES)];
    let profile = *set.first()?;
    let mut bits = Bits { bytes: set, at: 24 };
    bits.golomb()?;
    if HIGH_PROFILES.contains(&profile) {
        if bits.golomb()? != 1 {
            return None;
        }
        bits.golomb()?;
        bits.golomb()?;
        bits.bit()?;
        if bits.bit()? == 1 {
            return None;
        }
    }
    bits.golomb()?;
    match bits.golomb()? {
        0 => {
            bits.golomb()?;
        }
        1 => {
            bits.bit()?;
            bits.golomb()?;
            bits.golomb()?;
            let cycle = bits.golomb()?;
            for _ in 0..cycle.min(255) {
                bits.golomb()?;
            }
        }
        _ => {}
    }
    bits.golomb()?;
    bits.bit()?;
    bits.golomb()?;
    let map_units = bits.golomb()?.checked_add(1)?;
    let frame_only = bits.bit()?;
    if frame_only == 0 {
        bits.bit()?;
    }
    bits.bit()?;
    let mut height = map_units.checked_mul(16)?.checked_mul(2 - frame_only)?;
    if bits.bit()? == 1 {
        bits.golomb()?;
        bits.golomb()?;
        let (top, bottom) = (bits.golomb()?, bits.golomb()?);
        height = height.checked_sub((top + bottom) * 2 * (2 - frame_only))?;
    }
    u16::try_from(height).ok().filter(|height| *height > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn height_of_a_baseline_set_is_read_with_cropping() {
        // 42e01f, id 0, log2_max_frame_num 4, poc type 2, 1 reference, 80x45 map units.
        // Bits: 1 1 011 010 0 | width-1=79: 0000001010000 | height-1=44: 00000101101 | 1 1 0 0
        let bits = "1".to_owned()
            + "1"
            + "011"
            + "010"
            + "0"
            + "0000001010000"
            + "00000101101"
            + "1"
            + "1"
            + "0"
            + "0";
        assert_eq!(height_px(&packed(&bits)), Some(720));
        // 1080p: 68 map units (67: 0000001000100) cropped by 4 chroma rows at the bottom (00101).
        let bits = "1".to_owned()
            + "1"
            + "011"
            + "010"
            + "0"
            + "0000001111000"
            + "0000001000100"
            + "1"
            + "1"
            + "1"
            + "1"
            + "1"
            + "1"
            + "00101";
        assert_eq!(height_px(&packed(&bits)), Some(1080));
    }

    #[test]
    fn cut_sets_have_no_height() {
        for len in 0..6 {
            assert_eq!(height_px(&[0x42, 0xe0, 0x1f, 0, 0, 0][..len]), None);
        }
    }

    fn packed(bits: &str) -> Vec<u8> {
        let mut set = vec![0x42, 0xe0, 0x1f];
        for chunk in bits.as_bytes().chunks(8) {
            let byte = chunk.iter().enumerate().fold(0u8, |byte, (at, bit)| byte | (bit - b'0') << (7 - at));
            set.push(byte);
        }
        set.push(0);
        set
    }
}
