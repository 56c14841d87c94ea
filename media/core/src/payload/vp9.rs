//! VP9 payload descriptor (RFC 9628 section 4.2), and what it says of layers where a stream has no
//! dependency descriptor.
//!
//! Called by `payload::look` and `stream::marks`. Never reads past the descriptor.

use super::picture::{IdWidth, PictureFields};
use crate::packet::descriptor::{MAX_SPATIAL, MAX_TARGETS, TargetTable};
use crate::stream::marks::{FrameMarks, MAX_DIFFS};

/// Decode targets that stand for a spatial layer, one a temporal layer.
const RATES: u8 = 4;
/// References that a descriptor may name.
const MAX_REFERENCES: usize = 3;
const SWITCH: u64 = 2;
const REQUIRED: u64 = 3;

const _: () = assert!(MAX_SPATIAL * RATES as usize <= MAX_TARGETS);

/// One parsed descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vp9Descriptor {
    pub fields: PictureFields,
    /// Depends on pictures before (P).
    pub is_predicted: bool,
    /// First packet of a layer frame (B).
    pub starts: bool,
    /// Last packet of a layer frame (E).
    pub ends: bool,
    /// No larger layer of this picture depends on it (Z).
    pub is_unused_above: bool,
    pub temporal: u8,
    pub spatial: u8,
    /// Later frames of higher rates do not depend on such frames before it (U).
    pub is_switching_point: bool,
    /// Depends on the next smaller layer of this picture (D).
    pub depends_on_lower: bool,
    /// Spatial layers and their heights (0 where not told), where the packet tells its structure.
    pub sizes: Option<(u8, [u16; MAX_SPATIAL])>,
}

impl Vp9Descriptor {
    /// Parses the descriptor at the start of `payload`; `None` when it is cut off, nothing follows it
    /// or it names more layers than are known here.
    #[must_use]
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let mut at = 0;
        let mut next = || {
            let byte = payload.get(at).copied()?;
            at += 1;
            Some((byte, at - 1))
        };
        let (first, _) = next()?;
        let has = |bit: u8| first & bit != 0;
        let mut fields = PictureFields::none(1);
        if has(0x80) {
            let (id, _) = next()?;
            if id & 0x80 != 0 {
                fields.width = IdWidth::Bits15;
                fields.picture_id = u16::from_be_bytes([id & 0x7f, next()?.0]);
            } else {
                fields.width = IdWidth::Bits7;
                fields.picture_id = u16::from(id);
            }
        }
        let (is_predicted, is_flexible) = (has(0x40), has(0x10));
        let mut layer = 0;
        if has(0x20) {
            layer = next()?.0;
            if !is_flexible {
                let (tl0, tl0_at) = next()?;
                (fields.tl0, fields.tl0_at) = (tl0, Some(tl0_at as u8));
            }
        }
        if is_predicted && is_flexible {
            let mut count = 1;
            while next()?.0 & 1 != 0 {
                count += 1;
                if count > MAX_REFERENCES {
                    return None;
                }
            }
        }
        let mut sizes = None;
        if has(0x02) {
            let structure = next()?.0;
            let layers = (structure >> 5) + 1;
            if usize::from(layers) > MAX_SPATIAL {
                return None;
            }
            let mut heights = [0; MAX_SPATIAL];
            if structure & 0x10 != 0 {
                for height in &mut heights[..usize::from(layers)] {
                    // The width, which nothing here asks for.
                    next()?;
                    next()?;
                    *height = u16::from_be_bytes([next()?.0, next()?.0]);
                }
            }
            if structure & 0x08 != 0 {
                for _ in 0..next()?.0 {
                    let references = next()?.0 >> 2 & 3;
                    (0..references).try_for_each(|_| next().map(|_| ()))?;
                }
            }
            sizes = Some((layers, heights));
        }
        let (temporal, spatial) = (layer >> 5, layer >> 1 & 7);
        let fits = at < payload.len() && temporal < RATES && usize::from(spatial) < MAX_SPATIAL;
        fits.then_some(Self {
            fields,
            is_predicted,
            starts: has(0x08),
            ends: has(0x04),
            is_unused_above: has(0x01),
            temporal,
            spatial,
            is_switching_point: layer & 0x10 != 0,
            depends_on_lower: layer & 1 != 0,
            sizes,
        })
    }

    /// First packet of a key frame.
    #[must_use]
    pub const fn starts_keyframe(&self) -> bool {
        self.starts && !self.is_predicted && self.spatial == 0
    }

    /// Height of the largest layer, 0 where it is not told.
    #[must_use]
    pub fn height_px(&self) -> u16 {
        self.sizes.map_or(0, |(layers, heights)| heights[usize::from(layers) - 1])
    }

    fn indications(&self) -> u64 {
        let mut all = 0;
        for spatial in self.spatial..MAX_SPATIAL as u8 {
            for temporal in self.temporal..RATES {
                let is_own = spatial == self.spatial;
                if !is_own && self.is_unused_above {
                    continue;
                }
                let is_base = self.temporal == 0 && temporal == 0;
                let is_switch = !self.is_predicted
                    || is_own && (is_base || temporal > self.temporal && self.is_switching_point);
                let value = if is_switch { SWITCH } else { REQUIRED };
                all |= value << (2 * target(spatial, temporal));
            }
        }
        all
    }
}

const fn target(spatial: u8, temporal: u8) -> u8 {
    spatial * RATES + temporal
}

/// What a stream's descriptors have told of its layers.
#[derive(Debug, Default)]
pub struct Vp9Layers {
    sizes: Option<(u8, [u16; MAX_SPATIAL])>,
    top_rate: u8,
}

impl Vp9Layers {
    /// The marks of a packet's layer frame; `None` without a picture id or before a key frame told
    /// the layers.
    pub fn read(&mut self, payload: &[u8]) -> Option<FrameMarks> {
        let read = Vp9Descriptor::parse(payload)?;
        self.sizes = read.sizes.filter(|_| !read.is_predicted).or(self.sizes);
        self.top_rate = self.top_rate.max(read.temporal);
        self.sizes.filter(|_| read.fields.has_picture_id())?;
        let mut diffs = [0; MAX_DIFFS];
        let diff_count = u8::from(!read.is_predicted && read.depends_on_lower);
        diffs[0] = u16::from(diff_count);
        Some(FrameMarks {
            // Layer frames of one picture follow one another.
            frame: read.fields.picture_id << 2 | u16::from(read.spatial),
            starts: read.starts,
            ends: read.ends,
            opens: read.starts_keyframe(),
            spatial: read.spatial,
            temporal: read.temporal,
            indications: read.indications(),
            diffs,
            diff_count,
            rests_on: read.is_predicted.then(|| target(read.spatial, read.temporal)),
        })
    }

    /// Every layer at every rate; `None` before a key frame.
    #[must_use]
    pub fn table(&self) -> Option<TargetTable> {
        let (count, heights_px) = self.sizes?;
        let mut table =
            TargetTable { count: count * RATES, heights_px, active: u32::MAX, ..TargetTable::default() };
        for spatial in 0..count {
            for rate in 0..RATES {
                table.layers[usize::from(target(spatial, rate))] = (spatial, rate.min(self.top_rate));
            }
        }
        Some(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::marks::Indication;

    /// Key picture of three layers, 15-bit picture id 5, with sizes.
    const KEY: [u8; 19] = [0xaa, 0x80, 5, 0x10, 9, 0x50, 1, 64, 0, 180, 2, 128, 1, 104, 5, 0, 2, 208, 0xff];

    #[test]
    fn layers_and_their_heights_are_read_from_a_key_picture() {
        let read = Vp9Descriptor::parse(&KEY).expect("valid");
        assert!(read.starts_keyframe() && !read.ends && !read.is_unused_above);
        assert_eq!(read.sizes, Some((3, [180, 360, 720, 0])));
        assert_eq!((read.fields.picture_id, read.fields.tl0, read.height_px()), (5, 9, 720));
        let mut again = KEY;
        read.fields.rewrite(&mut again, 0x1234, 77);
        assert_eq!((again[1], again[2], again[4]), (0x92, 0x34, 77));
    }

    #[test]
    fn flexible_references_and_the_structure_are_walked_over() {
        // I, P, L, F, B, V; id 7 bits; layer; two references; structure with two groups.
        let payload = [0xfa, 3, 0x20, 0x03, 0x04, 0x08, 2, 0x04, 1, 0x28, 2, 2, 0xff];
        let read = Vp9Descriptor::parse(&payload).expect("valid");
        assert_eq!((read.temporal, read.spatial, read.sizes), (1, 0, Some((1, [0; 4]))));
        assert!(!read.fields.has_tl0());
        for len in 0..payload.len() {
            assert!(Vp9Descriptor::parse(&payload[..len]).is_none(), "{len} bytes");
        }
        assert!(Vp9Descriptor::parse(&[0xf8, 3, 0x20, 3, 3, 3, 3, 3, 9]).is_none(), "four references");
    }

    #[test]
    fn marks_follow_from_the_descriptor_alone() {
        let mut layers = Vp9Layers::default();
        assert!(layers.read(&[0xe8, 4, 0x00, 1, 0xff]).is_none(), "no key frame yet");
        let key = layers.read(&KEY).expect("key frame");
        assert!(key.opens && (0..12).all(|it| key.indication(it) == Indication::Switch));
        // Middle layer of the key picture, and of a later one that nothing above depends on.
        let middle = layers.read(&[0xa8, 0x80, 5, 0x03, 9, 0xff]).expect("marks");
        assert_eq!(middle.depends_on().collect::<Vec<_>>(), [key.frame]);
        assert!(!middle.is_in(3) && middle.is_in(4) && middle.is_in(8));
        let later = layers.read(&[0xe9, 0x80, 6, 0x32, 10, 0xff]).expect("marks");
        assert_eq!((later.spatial, later.temporal, later.rests_on), (1, 1, Some(5)));
        assert!(!later.is_in(4) && !later.is_in(9));
        assert_eq!((later.indication(5), later.indication(6)), (Indication::Required, Indication::Switch));
        let table = layers.table().expect("told");
        assert_eq!((table.count, table.layers[3], table.layers[9]), (12, (0, 1), (2, 1)));
    }
}
