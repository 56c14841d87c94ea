//! Masks, and how they and their backgrounds come onto a picture.
//!
//! Called by `Captions`. Brightness is blended pixel by pixel, colour by the mean of the four pixels that
//! share it, so that red words have no fringes. Paints nothing outside the given part.

use crate::layout::{Rect, Size};
use crate::picture::{Colour, Picture, halved};

/// How much of each pixel is covered, 0 to 255; both sides are even.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mask {
    pub size: Size,
    cover: Vec<u8>,
    /// The same at half the size.
    halved: Vec<u8>,
}

impl Mask {
    /// `cover` row by row; `size` must be even and fit it.
    pub fn new(size: Size, cover: Vec<u8>) -> Self {
        let (width, height) = (size.width as usize, size.height as usize);
        debug_assert!(width.is_multiple_of(2) && height.is_multiple_of(2) && cover.len() == width * height);
        let mut halved = Vec::with_capacity(cover.len() / 4);
        for rows in cover.chunks_exact(2 * width.max(1)) {
            let (upper, lower) = rows.split_at(width);
            for (above, below) in upper.chunks_exact(2).zip(lower.chunks_exact(2)) {
                let sum: u16 = above.iter().chain(below).map(|it| u16::from(*it)).sum();
                halved.push((sum / 4) as u8);
            }
        }
        Self { size, cover, halved }
    }

    fn row(&self, plane: usize, at: usize) -> &[u8] {
        let (cover, width) = if plane == 0 {
            (&self.cover, self.size.width as usize)
        } else {
            (&self.halved, self.size.width as usize / 2)
        };
        &cover[at * width..][..width]
    }
}

/// Paints `colour` through a mask whose corner lies at an even place; only inside `clip`.
pub(super) fn paint(picture: &mut Picture, at: (u32, u32), mask: &Mask, colour: Colour, clip: Rect) {
    let right = (at.0 + mask.size.width).min(clip.x + clip.width);
    let bottom = (at.1 + mask.size.height).min(clip.y + clip.height);
    if at.0 < clip.x || at.1 < clip.y || at.0 >= right || at.1 >= bottom {
        return;
    }
    let rect = Rect { x: at.0, y: at.1, width: right - at.0, height: bottom - at.1 };
    for (plane, value) in [colour.y, colour.u, colour.v].into_iter().enumerate() {
        let (x, y, width, height) = halved(rect, plane);
        let mut target = picture.plane_mut(plane);
        for row in 0..height {
            let pixels = target.row(x, y + row, width);
            for (pixel, cover) in pixels.iter_mut().zip(mask.row(plane, row)) {
                let cover = u32::from(*cover);
                *pixel = ((u32::from(*pixel) * (255 - cover) + u32::from(value) * cover + 127) / 255) as u8;
            }
        }
    }
}

/// Darkens a part and takes half of its colour away, so that white words can be read on anything.
pub(super) fn shade(picture: &mut Picture, rect: Rect) {
    for plane in 0..3 {
        let (x, y, width, height) = halved(rect, plane);
        let mut target = picture.plane_mut(plane);
        for row in y..y + height {
            for pixel in target.row(x, row, width) {
                *pixel = if plane == 0 {
                    // Two fifths of what is above black.
                    (16 + (u16::from(*pixel).saturating_sub(16)) * 2 / 5) as u8
                } else {
                    ((u16::from(*pixel) + 128) / 2) as u8
                };
            }
        }
    }
}
