//! Reads bits from the left, as the dependency descriptor counts them.
//!
//! Used by `descriptor` alone. Never reads past the end: it answers `None`.

/// A place among bits.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// `f(count)`, at most 16 bits.
    pub(super) fn take(&mut self, count: u32) -> Option<u16> {
        let mut value = 0;
        for _ in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            value = value << 1 | u16::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    pub(super) fn byte(&mut self, count: u32) -> Option<u8> {
        self.take(count).map(|value| value as u8)
    }

    pub(super) fn flag(&mut self) -> Option<bool> {
        self.take(1).map(|bit| bit == 1)
    }

    /// Two bits for each of `count` (at most 32) values, the first in the lowest place.
    pub(super) fn pairs(&mut self, count: u8) -> Option<u64> {
        let mut all = 0;
        for place in 0..count {
            all |= u64::from(self.take(2)?) << (2 * place);
        }
        Some(all)
    }

    /// `ns(values)`: a number below `values`, in as few bits as possible.
    pub(super) fn below(&mut self, values: u16) -> Option<u16> {
        let width = u16::BITS - values.leading_zeros();
        let short = (1u32 << width) - u32::from(values);
        let first = self.take(width.checked_sub(1)?)?;
        if u32::from(first) < short {
            return Some(first);
        }
        let more = self.take(1)?;
        Some((u32::from(first) * 2 + u32::from(more) - short) as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_form_are_read() {
        let mut bits = Bits::new(&[0b1010_0110, 0b1100_0000]);
        assert_eq!(bits.take(3), Some(0b101));
        assert_eq!(bits.flag(), Some(false));
        assert_eq!(bits.pairs(2), Some(0b1001));
        assert_eq!(bits.byte(8), Some(0b1100_0000));
        assert_eq!(bits.take(1), None);
    }

    #[test]
    fn numbers_below_a_bound_take_as_few_bits_as_possible() {
        // Of five values the first three take two bits, the others three (AV1 section 4.10.7).
        let read = |byte: u8| Bits::new(&[byte]).below(5);
        assert_eq!([read(0), read(0b0100_0000), read(0b1000_0000)], [Some(0), Some(1), Some(2)]);
        assert_eq!([read(0b1100_0000), read(0b1110_0000)], [Some(3), Some(4)]);
        assert_eq!(Bits::new(&[]).below(1), Some(0));
        assert_eq!(Bits::new(&[]).below(0), None);
    }
}
