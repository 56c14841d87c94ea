//! A picture in I420: a plane of brightness, two of colour at half the size.
//!
//! Made by decoders and by `compose`, painted on by `caption`, read by encoders. Knows its bounds: no
//! reader or painter reaches beyond a plane, whatever numbers it is given.

use crate::layout::{Rect, Size};
use ffmpeg_next::format::Pixel;
use ffmpeg_next::{ffi, frame};

/// Brightness and colour by BT.709 in limited range, as cameras send them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Colour {
    pub y: u8,
    pub u: u8,
    pub v: u8,
}

impl Colour {
    pub const BLACK: Self = Self { y: 16, u: 128, v: 128 };
    pub const WHITE: Self = Self { y: 235, u: 128, v: 128 };
    pub const RED: Self = Self { y: 82, u: 100, v: 220 };
    pub const GREEN: Self = Self { y: 160, u: 70, v: 70 };
    /// Behind the words of a card.
    pub const SLATE: Self = Self { y: 44, u: 140, v: 120 };
    /// The rim of a card.
    pub const DARK_SLATE: Self = Self { y: 30, u: 136, v: 123 };

    const fn plane(self, at: usize) -> u8 {
        match at {
            0 => self.y,
            1 => self.u,
            _ => self.v,
        }
    }
}

/// One plane to read: `stride` bytes lie between the starts of two rows.
#[derive(Clone, Copy, Debug)]
pub struct Plane<'a> {
    pub bytes: &'a [u8],
    pub stride: usize,
    pub width: usize,
    pub height: usize,
}

impl<'a> Plane<'a> {
    /// Row `y` from `x` on, as far as it goes.
    #[must_use]
    pub fn row(&self, x: usize, y: usize) -> &'a [u8] {
        let start = y * self.stride;
        if y >= self.height { &[] } else { &self.bytes[start + x.min(self.width)..start + self.width] }
    }
}

/// One plane to paint on.
#[derive(Debug)]
pub struct PlaneMut<'a> {
    pub bytes: &'a mut [u8],
    pub stride: usize,
    pub width: usize,
    pub height: usize,
}

impl PlaneMut<'_> {
    /// Row `y` from `x` on, at most `width` long.
    pub fn row(&mut self, x: usize, y: usize, width: usize) -> &mut [u8] {
        if y >= self.height {
            return &mut [];
        }
        let x = x.min(self.width);
        let end = (x + width).min(self.width);
        &mut self.bytes[y * self.stride + x..y * self.stride + end]
    }
}

/// A whole picture, in memory that FFmpeg counts the users of: what a decoder made or an encoder reads is
/// never copied.
pub struct Picture {
    frame: frame::Video,
}

impl Picture {
    /// Largest side of any picture.
    pub const LARGEST: u32 = 4_096;

    /// All black; sides are cut to [`Self::LARGEST`].
    ///
    /// # Panics
    /// When memory is used up.
    #[must_use]
    pub fn black(size: Size) -> Self {
        let width = size.width.clamp(2, Self::LARGEST);
        let height = size.height.clamp(2, Self::LARGEST);
        let mut picture = Self { frame: frame::Video::new(Pixel::YUV420P, width, height) };
        picture.fill(
            Rect { x: 0, y: 0, width: width.next_multiple_of(2), height: height.next_multiple_of(2) },
            Colour::BLACK,
        );
        picture
    }

    /// What a decoder gave; `None` for anything but I420.
    pub(crate) fn decoded(frame: frame::Video) -> Option<Self> {
        let is_planar = matches!(frame.format(), Pixel::YUV420P | Pixel::YUVJ420P);
        let is_sound = frame.width() > 0
            && frame.height() > 0
            && frame.width() <= Self::LARGEST
            && frame.height() <= Self::LARGEST;
        let picture = Self { frame };
        let planes_hold = |at: usize| {
            let (stride, (width, _)) = (picture.stride(at), extent(picture.size(), at));
            !picture.start(at).is_null() && stride >= width as i64
        };
        (is_planar && is_sound && (0..3).all(planes_hold)).then_some(picture)
    }

    /// The same pixels for somebody who holds on to them; painting then goes to a copy.
    ///
    /// # Panics
    /// When memory is used up.
    pub(crate) fn shared(&self) -> frame::Video {
        let mut other = frame::Video::empty();
        // SAFETY: both frames live; the second is empty and becomes another user of the same memory.
        let code = unsafe { ffi::av_frame_ref(other.as_mut_ptr(), self.frame.as_ptr()) };
        assert!(code >= 0, "memory is used up");
        other
    }

    #[must_use]
    pub fn size(&self) -> Size {
        Size::new(self.frame.width(), self.frame.height())
    }

    fn stride(&self, at: usize) -> i64 {
        // SAFETY: the frame lives; it has eight of these.
        i64::from(unsafe { (*self.frame.as_ptr()).linesize[at] })
    }

    fn start(&self, at: usize) -> *mut u8 {
        // SAFETY: as above.
        unsafe { (*self.frame.as_ptr()).data[at] }
    }

    /// Bytes from the first pixel of a plane to its last.
    fn length(&self, at: usize) -> usize {
        let (width, height) = extent(self.size(), at);
        self.stride(at) as usize * (height - 1) + width
    }

    /// Plane 0 is brightness, 1 and 2 are colour.
    ///
    /// # Panics
    /// When there is no such plane.
    #[must_use]
    pub fn plane(&self, at: usize) -> Plane<'_> {
        assert!(at < 3, "a picture has three planes");
        let (width, height) = extent(self.size(), at);
        // SAFETY: `black` and `decoded` see to it that the plane has so many rows of at least this width,
        // which nobody writes to while `self` is borrowed.
        let bytes = unsafe { std::slice::from_raw_parts(self.start(at), self.length(at)) };
        Plane { bytes, stride: self.stride(at) as usize, width, height }
    }

    /// # Panics
    /// When there is no such plane, or memory is used up.
    pub fn plane_mut(&mut self, at: usize) -> PlaneMut<'_> {
        assert!(at < 3, "a picture has three planes");
        // SAFETY: the frame lives; afterwards nobody else uses its memory.
        let code = unsafe { ffi::av_frame_make_writable(self.frame.as_mut_ptr()) };
        assert!(code >= 0, "memory is used up");
        let (width, height) = extent(self.size(), at);
        // SAFETY: as in `plane`, and the memory is ours alone since the call above.
        let bytes = unsafe { std::slice::from_raw_parts_mut(self.start(at), self.length(at)) };
        PlaneMut { bytes, stride: self.stride(at) as usize, width, height }
    }

    /// Paints a part in one colour; what lies outside the picture is left out.
    pub fn fill(&mut self, rect: Rect, colour: Colour) {
        for at in 0..3 {
            let (x, y, width, height) = halved(rect, at);
            let mut plane = self.plane_mut(at);
            for row in y..y + height {
                plane.row(x, row, width).fill(colour.plane(at));
            }
        }
    }
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Picture({}x{})", self.size().width, self.size().height)
    }
}

/// Width and height of a plane.
const fn extent(size: Size, at: usize) -> (usize, usize) {
    let (width, height) = (size.width as usize, size.height as usize);
    if at == 0 { (width, height) } else { (width.div_ceil(2), height.div_ceil(2)) }
}

/// Place and size of an even part in a plane: x, y, width, height.
pub(crate) const fn halved(rect: Rect, at: usize) -> (usize, usize, usize, usize) {
    let by = if at == 0 { 1 } else { 2 };
    (rect.x as usize / by, rect.y as usize / by, rect.width as usize / by, rect.height as usize / by)
}
