//! VP8 payload descriptor (RFC 7741 section 4.2): read, and rewrite in place.
//!
//! Called by `payload::look` on arrival and by the slab once per receiver. Never reads past the
//! descriptor except for the first ten bytes of a key frame (RFC 6386 section 9.1).

use super::picture::{IdWidth, PictureFields};

/// Why bytes are no VP8 payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("vp8 payload ends inside its descriptor or holds no frame bytes")]
pub struct Vp8Malformed;

/// One parsed descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vp8Descriptor {
    pub fields: PictureFields,
    /// First packet of a partition (S bit).
    pub starts_partition: bool,
    /// Partition index (PID), 0–7 on the wire in three bits.
    pub partition: u8,
    /// Temporal layer (TID) and its sync bit (Y), where present.
    pub temporal: Option<(u8, bool)>,
    /// Frame that no other frame refers to (N bit).
    pub is_disposable: bool,
    /// Bytes of the descriptor.
    pub len: usize,
}

impl Vp8Descriptor {
    /// Parses the descriptor at the start of `payload`.
    ///
    /// # Errors
    /// [`Vp8Malformed`] when it is cut off or nothing follows it.
    pub fn parse(payload: &[u8]) -> Result<Self, Vp8Malformed> {
        let mut at = 0;
        let mut next = || {
            let byte = payload.get(at).copied().ok_or(Vp8Malformed);
            at += 1;
            byte
        };
        let first = next()?;
        // X octet, then I octet, so that the picture id always starts at byte 2 (section 4.2).
        let mut fields = PictureFields::none(2);
        let mut temporal = None;
        if first & 0x80 != 0 {
            let present = next()?;
            if present & 0x80 != 0 {
                let id = next()?;
                if id & 0x80 != 0 {
                    fields.width = IdWidth::Bits15;
                    fields.picture_id = u16::from_be_bytes([id & 0x7f, next()?]);
                } else {
                    fields.width = IdWidth::Bits7;
                    fields.picture_id = u16::from(id);
                }
            }
            if present & 0x40 != 0 {
                fields.tl0 = next()?;
                fields.tl0_at = Some(2 + fields.picture_id_bits() as u8 / 7);
            }
            if present & 0x30 != 0 {
                let byte = next()?;
                if present & 0x20 != 0 {
                    temporal = Some((byte >> 6, byte & 0x20 != 0));
                }
            }
        }
        if at >= payload.len() {
            return Err(Vp8Malformed);
        }
        Ok(Self {
            fields,
            starts_partition: first & 0x10 != 0,
            partition: first & 0x07,
            temporal,
            is_disposable: first & 0x20 != 0,
            len: at,
        })
    }

    /// First packet of a frame.
    #[must_use]
    pub const fn starts_frame(&self) -> bool {
        self.starts_partition && self.partition == 0
    }

    /// First packet of a key frame: the inverse key-frame bit P of the payload header is 0
    /// (section 4.3).
    #[must_use]
    pub fn starts_keyframe(&self, payload: &[u8]) -> bool {
        self.starts_frame() && payload.get(self.len).is_some_and(|byte| byte & 1 == 0)
    }

    /// Height that the key frame starting here announces, 1–16383.
    #[must_use]
    pub fn keyframe_height_px(&self, payload: &[u8]) -> Option<u16> {
        if !self.starts_keyframe(payload) {
            return None;
        }
        let head = payload.get(self.len..self.len + 10)?;
        if head[3..6] != [0x9d, 0x01, 0x2a] {
            return None;
        }
        let height = u16::from_le_bytes([head[8], head[9]]) & 0x3fff;
        (height > 0).then_some(height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Descriptor facts of `payload` in one line.
    fn check(payload: &[u8], expected: &str) {
        let seen = match Vp8Descriptor::parse(payload) {
            Ok(d) => format!(
                "id {}:{} tl0 {} tid {:?} key {} height {:?}",
                d.fields.picture_id_bits(),
                d.fields.picture_id,
                if d.fields.has_tl0() { d.fields.tl0.to_string() } else { "-".to_owned() },
                d.temporal,
                d.starts_keyframe(payload),
                d.keyframe_height_px(payload),
            ),
            Err(_) => "malformed".to_owned(),
        };
        assert_eq!(seen, expected, "{payload:02x?}");
    }

    #[test]
    fn descriptors_of_every_shape_are_read() {
        check(&[0x10, 0x00], "id 0:0 tl0 - tid None key true height None");
        check(&[0x10, 0x01], "id 0:0 tl0 - tid None key false height None");
        check(&[0x00, 0x00], "id 0:0 tl0 - tid None key false height None");
        check(&[0x11, 0x00], "id 0:0 tl0 - tid None key false height None");
        check(&[0x90, 0x80, 0x7f, 0x01], "id 7:127 tl0 - tid None key false height None");
        check(
            &[0x90, 0xe0, 0x81, 0x02, 0x05, 0x60, 0x00],
            "id 15:258 tl0 5 tid Some((1, true)) key true height None",
        );
        check(
            &[0x90, 0x80, 0x81, 0x02, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x41],
            "id 15:258 tl0 - tid None key true height Some(360)",
        );
    }

    #[test]
    fn cut_descriptors_are_malformed() {
        let whole = [0x90, 0xf0, 0x81, 0x02, 0x05, 0x60, 0x00];
        for len in 0..whole.len() - 1 {
            check(&whole[..len], "malformed");
        }
        check(&[], "malformed");
        check(&[0x10], "malformed");
    }

    #[test]
    fn rewriting_changes_only_the_two_fields_and_can_be_repeated() {
        let original = [0x90, 0xe0, 0x81, 0x02, 0x05, 0x60, 0xaa];
        let fields = Vp8Descriptor::parse(&original).expect("valid").fields;
        let mut payload = original;
        fields.rewrite(&mut payload, 0x7fff, 0xee);
        assert_eq!(payload, [0x90, 0xe0, 0xff, 0xff, 0xee, 0x60, 0xaa]);
        fields.rewrite(&mut payload, 258, 5);
        assert_eq!(payload, original);
    }

    #[test]
    fn seven_bit_ids_stay_seven_bits() {
        let mut payload = [0x90, 0xc0, 0x05, 0x09, 0x01];
        let fields = Vp8Descriptor::parse(&payload).expect("valid").fields;
        fields.rewrite(&mut payload, 0x1ff, 1);
        assert_eq!(payload, [0x90, 0xc0, 0x7f, 0x01, 0x01]);
    }
}
