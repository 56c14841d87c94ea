//! One source in one size, for all layouts that show it so.
//!
//! Called by `Composer` for each tile that is painted anew. libyuv does the work; a source that already has
//! the size of its tile is handed on as it is.

use super::Shown;
use crate::layout::{Layer, Rect, Size};
use crate::picture::{Picture, halved};
use crate::seating::SourceId;
use std::collections::HashMap;
use std::ffi::c_int;
use std::sync::Arc;

/// Most sizes of sources that are kept: 25 sources in the tiles of ten layouts.
const LIMIT: usize = 256;
/// Averages all pixels that become one; libyuv takes bilinear by itself where less than half is left away.
const BOX_FILTER: c_int = 3;

unsafe extern "C" {
    /// Scales one plane (libyuv/scale.h): source, its stride, width, height; the same of the target; filter.
    fn ScalePlane(
        from: *const u8,
        from_stride: c_int,
        from_width: c_int,
        from_height: c_int,
        to: *mut u8,
        to_stride: c_int,
        to_width: c_int,
        to_height: c_int,
        filter: c_int,
    );
}

/// What was scaled: a layer of a source, a part of it, and the size that it was brought to.
type Key = (SourceId, Layer, Rect, Size);

#[derive(Debug)]
struct Scaled {
    generation: u64,
    picture: Arc<Picture>,
    round: u64,
}

/// Scaled sources of the newest pictures, shared by all layouts.
#[derive(Debug, Default)]
pub struct Scaler {
    kept: HashMap<Key, Scaled>,
    round: u64,
    /// Times that pixels were reckoned anew.
    scaled: u64,
}

impl Scaler {
    /// A new picture is due: what nobody used for the last one is forgotten.
    pub fn begin_round(&mut self) {
        let last = self.round;
        self.kept.retain(|_, it| it.round == last);
        self.round += 1;
    }

    /// How often a source was scaled since the start.
    #[must_use]
    pub const fn scaled(&self) -> u64 {
        self.scaled
    }

    /// Part `from` of a source's picture in this size; both even.
    pub(super) fn tile(
        &mut self,
        (source, layer): (SourceId, Layer),
        Shown { picture, generation }: &Shown,
        from: Rect,
        size: Size,
    ) -> Arc<Picture> {
        let (generation, key) = (*generation, (source, layer, from, size));
        if let Some(kept) = self.kept.get_mut(&key)
            && kept.generation == generation
        {
            kept.round = self.round;
            return Arc::clone(&kept.picture);
        }
        // The memory of the picture before is used again unless somebody still looks at it.
        let before = self.kept.remove(&key).and_then(|it| Arc::into_inner(it.picture));
        let mut target = before.unwrap_or_else(|| Picture::black(size));
        scale(picture, from, &mut target);
        self.scaled += 1;
        let target = Arc::new(target);
        if self.kept.len() < LIMIT {
            let scaled = Scaled { generation, picture: Arc::clone(&target), round: self.round };
            self.kept.insert(key, scaled);
        }
        target
    }
}

/// Fills `to` with a part of `from`; parts that do not lie inside are left out.
fn scale(from: &Picture, part: Rect, to: &mut Picture) {
    for at in 0..3 {
        let source = from.plane(at);
        let (x, y, width, height) = halved(part, at);
        if width == 0 || height == 0 || x + width > source.width || y + height > source.height {
            return;
        }
        let start = &source.bytes[y * source.stride + x..];
        let target = to.plane_mut(at);
        // Both slices reach from the first pixel to the last, as the planes say and the check above
        // confirms for the part.
        debug_assert!(start.len() >= (height - 1) * source.stride + width);
        // SAFETY: libyuv reads `height` rows of `width` bytes and writes all rows of the target, strides
        // apart, all of which lie in the slices that are borrowed here; sides are at most 4096.
        unsafe {
            ScalePlane(
                start.as_ptr(),
                source.stride as c_int,
                width as c_int,
                height as c_int,
                target.bytes.as_mut_ptr(),
                target.stride as c_int,
                target.width as c_int,
                target.height as c_int,
                BOX_FILTER,
            );
        }
    }
}

/// Copies part `from` of one picture to a place in another; what does not fit is left out.
pub(super) fn copy(from: &Picture, part: Rect, to: &mut Picture, place: (u32, u32)) {
    for at in 0..3 {
        let (x, y, width, height) = halved(part, at);
        let (left, top, ..) = halved(Rect { x: place.0, y: place.1, width: 0, height: 0 }, at);
        let source = from.plane(at);
        let mut target = to.plane_mut(at);
        for row in 0..height {
            let pixels = source.row(x, y + row);
            let room = target.row(left, top + row, width.min(pixels.len()));
            room.copy_from_slice(&pixels[..room.len()]);
        }
    }
}
