//! Picture id and TL0PICIDX of a VP8 or VP9 payload: where they lie, and how they are written anew.
//!
//! Made by `vp8` and `vp9`, used by the slab once per receiver. Never moves a byte.

/// Width of the picture id on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IdWidth {
    Absent,
    Bits7,
    Bits15,
}

/// The fields that must stay continuous over switches, and where they lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureFields {
    pub(super) width: IdWidth,
    pub(super) id_at: u8,
    pub(super) tl0_at: Option<u8>,
    /// Picture id as sent, 0 where absent; 7 or 15 bits.
    pub picture_id: u16,
    /// TL0PICIDX as sent, 0 where absent.
    pub tl0: u8,
}

impl PictureFields {
    /// No fields yet; a picture id would lie at `id_at`.
    pub(super) const fn none(id_at: u8) -> Self {
        Self { width: IdWidth::Absent, id_at, tl0_at: None, picture_id: 0, tl0: 0 }
    }

    /// Whether there is a picture id.
    #[must_use]
    pub const fn has_picture_id(&self) -> bool {
        !matches!(self.width, IdWidth::Absent)
    }

    /// Whether there is a TL0PICIDX.
    #[must_use]
    pub const fn has_tl0(&self) -> bool {
        self.tl0_at.is_some()
    }

    /// Bits of the picture id: 0, 7 or 15.
    #[must_use]
    pub const fn picture_id_bits(&self) -> u32 {
        match self.width {
            IdWidth::Absent => 0,
            IdWidth::Bits7 => 7,
            IdWidth::Bits15 => 15,
        }
    }

    /// Writes `picture_id` (cut to the width on the wire) and `tl0` into the descriptor at the
    /// start of `payload`. Fields that are absent stay absent; a payload that is too short is
    /// left alone.
    pub fn rewrite(&self, payload: &mut [u8], picture_id: u16, tl0: u8) {
        let at = usize::from(self.id_at);
        match self.width {
            IdWidth::Absent => {}
            IdWidth::Bits7 => {
                if let Some(byte) = payload.get_mut(at) {
                    *byte = (picture_id & 0x7f) as u8;
                }
            }
            IdWidth::Bits15 => {
                if let Some(bytes) = payload.get_mut(at..at + 2) {
                    bytes.copy_from_slice(&(0x8000 | (picture_id & 0x7fff)).to_be_bytes());
                }
            }
        }
        if let Some(byte) = self.tl0_at.and_then(|at| payload.get_mut(usize::from(at))) {
            *byte = tl0;
        }
    }
}
