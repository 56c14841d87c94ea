//! A logo in a corner of composed pictures: read from a PNG file, made small, laid over with its transparency.
//!
//! Read before the process that composes locks itself in; painted by `Captions`. The decoder is written in Rust,
//! and bounded in bytes and pixels.

use crate::error::Failure;
use crate::layout::{Rect, Size};
use crate::picture::{Picture, halved};
use png::{ColorType, Decoder, Limits, Transformations};
use std::io::Cursor;
use std::path::Path;

/// Memory of the decoder beside the pixels.
const DECODER_BYTES: usize = 16 << 20;
/// Widest against its height that it is shown.
const WIDEST: u32 = 4;

/// What is taken for a logo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogoLimits {
    pub file_bytes: u64,
    /// Width and height.
    pub side_px: u32,
}

/// A picture of four bytes a pixel: red, green, blue, and how much of what is below it hides.
#[derive(Debug)]
pub struct Logo {
    size: Size,
    pixels: Vec<[u8; 4]>,
}

impl Logo {
    /// Reads a PNG file.
    ///
    /// # Errors
    /// Each says which file and what is wrong with it.
    pub fn open(path: &Path, limits: LogoLimits) -> Result<Self, Failure> {
        let file = path.display().to_string();
        let unreadable = |source| Failure::LogoUnreadable { file: file.clone(), source };
        let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
        if bytes > limits.file_bytes {
            return Err(Failure::LogoTooLarge { file, bytes, limit: limits.file_bytes });
        }
        let bytes = std::fs::read(path).map_err(unreadable)?;
        let refused = |source| Failure::NoLogo { file: file.clone(), source };
        let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: DECODER_BYTES });
        decoder.set_transformations(Transformations::normalize_to_color8() | Transformations::ALPHA);
        let mut reader = decoder.read_info().map_err(refused)?;
        let size = Size::new(reader.info().width, reader.info().height);
        if size.width.max(size.height) > limits.side_px {
            return Err(Failure::LogoTooWide { file, size, limit: limits.side_px });
        }
        let length = reader.output_buffer_size().unwrap_or_default();
        let mut bytes = vec![0; length];
        let frame = reader.next_frame(&mut bytes).map_err(refused)?;
        let pixels = match frame.color_type {
            ColorType::GrayscaleAlpha => {
                bytes.chunks_exact(2).map(|it| [it[0], it[0], it[0], it[1]]).collect()
            }
            // The transformations leave nothing else.
            _ => bytes.chunks_exact(4).map(|it| [it[0], it[1], it[2], it[3]]).collect(),
        };
        Ok(Self { size, pixels })
    }

    /// As it is painted at this height, which must be even.
    pub(super) fn stamp(&self, height: u32) -> Stamp {
        let width = (self.size.width * height / self.size.height.max(1))
            .clamp(2, WIDEST * height)
            .next_multiple_of(2);
        // Wider than that: it is made lower, and keeps its shape.
        let rows = (self.size.height * width / self.size.width.max(1)).clamp(2, height) & !1;
        let size = Size::new(width, rows);
        let full: Vec<Dot> = (0..rows)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .map(|(x, y)| self.mean(size, x, y))
            .collect();
        let at = |x: u32, y: u32| full[(y * width + x) as usize];
        let quarter = |x: u32, y: u32| {
            let four =
                [at(2 * x, 2 * y), at(2 * x + 1, 2 * y), at(2 * x, 2 * y + 1), at(2 * x + 1, 2 * y + 1)];
            Dot::mean(&four)
        };
        let half: Vec<Dot> = (0..rows / 2)
            .flat_map(|y| (0..width / 2).map(move |x| (x, y)))
            .map(|(x, y)| quarter(x, y))
            .collect();
        Stamp {
            size,
            planes: [
                full.iter().map(|it| (it.luma(), it.cover())).collect(),
                half.iter().map(|it| (it.chroma(it.blue, 1.8556), it.cover())).collect(),
                half.iter().map(|it| (it.chroma(it.red, 1.5748), it.cover())).collect(),
            ],
        }
    }

    /// The mean of what lies under one pixel of the smaller picture.
    fn mean(&self, target: Size, x: u32, y: u32) -> Dot {
        let span = |at: u32, of: u32, to: u32| {
            let start = at * of / to;
            start..((at + 1) * of / to).clamp(start + 1, of.max(start + 1))
        };
        let rows = span(y, self.size.height, target.height);
        let dots: Vec<Dot> = rows
            .flat_map(|row| span(x, self.size.width, target.width).map(move |column| (row, column)))
            .filter_map(|(row, column)| self.pixels.get((row * self.size.width + column) as usize))
            .map(|pixel| Dot::of(*pixel))
            .collect();
        Dot::mean(&dots)
    }
}

/// A colour from 0 to 1, times how much it covers: what is invisible has no say in a mean.
#[derive(Clone, Copy, Debug, Default)]
struct Dot {
    red: f32,
    green: f32,
    blue: f32,
    cover: f32,
}

impl Dot {
    fn of([red, green, blue, cover]: [u8; 4]) -> Self {
        let cover = f32::from(cover) / 255.0;
        let part = |value: u8| f32::from(value) / 255.0 * cover;
        Self { red: part(red), green: part(green), blue: part(blue), cover }
    }

    fn mean(dots: &[Self]) -> Self {
        let mean = |part: fn(&Self) -> f32| dots.iter().map(part).sum::<f32>() / dots.len().max(1) as f32;
        Self {
            red: mean(|it| it.red),
            green: mean(|it| it.green),
            blue: mean(|it| it.blue),
            cover: mean(|it| it.cover),
        }
    }

    fn cover(self) -> u8 {
        (self.cover * 255.0).round() as u8
    }

    /// Brightness by BT.709, 0 to 1.
    fn brightness(self) -> f32 {
        (0.2126 * self.red + 0.7152 * self.green + 0.0722 * self.blue) / self.cover.max(f32::EPSILON)
    }

    fn luma(self) -> u8 {
        (16.0 + 219.0 * self.brightness()).round() as u8
    }

    fn chroma(self, part: f32, scale: f32) -> u8 {
        let plain = part / self.cover.max(f32::EPSILON);
        (128.0 + 224.0 * (plain - self.brightness()) / scale).round() as u8
    }
}

/// A logo of one size: value and cover of each pixel of each plane.
#[derive(Debug)]
pub(super) struct Stamp {
    pub size: Size,
    planes: [Vec<(u8, u8)>; 3],
}

impl Stamp {
    /// Lays it over a picture; its corner lies at an even place.
    pub fn lay(&self, picture: &mut Picture, (x, y): (u32, u32)) {
        let rect = Rect { x, y, width: self.size.width, height: self.size.height };
        for (plane, values) in self.planes.iter().enumerate() {
            let (x, y, width, _) = halved(rect, plane);
            let mut target = picture.plane_mut(plane);
            for (row, values) in values.chunks_exact(width.max(1)).enumerate() {
                for (pixel, (value, cover)) in target.row(x, y + row, width).iter_mut().zip(values) {
                    let (value, cover) = (u32::from(*value), u32::from(*cover));
                    *pixel = ((u32::from(*pixel) * (255 - cover) + value * cover + 127) / 255) as u8;
                }
            }
        }
    }
}
