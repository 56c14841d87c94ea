//! As much of the protobuf encoding as LiveKit's signalling needs: fields in order, no schema.
//!
//! Used by the driver of LiveKit. Unknown fields are passed over, as the encoding wants it.

/// A message being written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Writing(pub Vec<u8>);

impl Writing {
    /// Field of the varint kind: numbers, enums, booleans.
    #[must_use]
    pub fn number(mut self, field: u32, value: u64) -> Self {
        self.varint(u64::from(field) << 3);
        self.varint(value);
        self
    }

    /// Field that holds bytes: text, or a message.
    #[must_use]
    pub fn bytes(mut self, field: u32, value: &[u8]) -> Self {
        self.varint(u64::from(field) << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message; ends early where it is cut off.
pub fn fields(bytes: &[u8]) -> impl Iterator<Item = (u32, Value<'_>)> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let key = varint(&mut rest)?;
        let value = match key & 7 {
            0 => Value::Number(varint(&mut rest)?),
            1 => Value::Bytes(take(&mut rest, 8)?),
            2 => {
                let len = varint(&mut rest)?;
                Value::Bytes(take(&mut rest, usize::try_from(len).ok()?)?)
            }
            5 => Value::Bytes(take(&mut rest, 4)?),
            _ => return None,
        };
        Some(((key >> 3) as u32, value))
    })
}

/// The text in the first field of that number; empty when there is none.
#[must_use]
pub fn text(bytes: &[u8], field: u32) -> &str {
    let found = fields(bytes).find_map(|(number, value)| match value {
        Value::Bytes(text) if number == field => std::str::from_utf8(text).ok(),
        _ => None,
    });
    found.unwrap_or_default()
}

/// The number in the first field of that number; 0 when there is none, as the encoding wants it.
#[must_use]
pub fn number(bytes: &[u8], field: u32) -> u64 {
    let found = fields(bytes).find_map(|(number, value)| match value {
        Value::Number(value) if number == field => Some(value),
        _ => None,
    });
    found.unwrap_or(0)
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for place in 0..10 {
        let (first, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(first & 0x7f) << (7 * place);
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn take<'a>(rest: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(len)?;
    *rest = after;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_the_rest_passed_over() {
        let inner = Writing::default().bytes(2, b"v=0").number(3, 300);
        let message = Writing::default().number(9, 1).bytes(1, &inner.0).0;
        assert_eq!(message, [0x48, 1, 0x0a, 8, 0x12, 3, b'v', b'=', b'0', 0x18, 0xac, 0x02]);
        let read: Vec<_> = fields(&message).collect();
        assert_eq!(read, [(9, Value::Number(1)), (1, Value::Bytes(&inner.0))]);
        assert_eq!((text(&inner.0, 2), number(&inner.0, 3), number(&inner.0, 7)), ("v=0", 300, 0));
    }

    #[test]
    fn a_message_that_is_cut_off_ends_early() {
        let message = Writing::default().bytes(1, &[7; 200]).0;
        for len in 0..message.len() {
            assert_eq!(fields(&message[..len]).count(), 0);
        }
        assert_eq!(fields(&[0xff; 11]).count(), 0);
    }
}
