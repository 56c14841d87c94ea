//! A font, and texts drawn with it.
//!
//! Called by `Captions`. Letters are set one after the other with kerning, without shaping: Vietnamese needs
//! none once a letter and its marks are one character (NFC). What is too long ends with an ellipsis.

use super::paint::Mask;
use crate::error::Failure;
use crate::layout::Size;
use ab_glyph::{Font as _, FontVec, Glyph, GlyphId, PxScaleFont, ScaleFont as _, point};
use std::path::Path;
use unicode_normalization::UnicodeNormalization as _;

/// Largest font file that is read: Noto's whole sans is 0.6 MB.
const FILE_LIMIT: u64 = 16 << 20;
/// Most letters of a text that are looked at; no tile holds more.
const LETTER_LIMIT: usize = 200;
/// A font without one of these does not do for Vietnamese.
const NEEDED: &str = "ấẵởựỵđĐẠỘ";
const ELLIPSIS: char = '…';

/// A font with all Vietnamese letters.
#[derive(Debug)]
pub struct Typeface(FontVec);

impl Typeface {
    /// Where Debian's `fonts-dejavu-core` puts the one that is used unless another is set.
    pub const DEFAULT_FILE: &'static str = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";

    /// Reads a font file.
    ///
    /// # Errors
    /// Each says which file and what is wrong with it.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let file = path.display().to_string();
        let unreadable = |source| Failure::FontUnreadable { file: file.clone(), source };
        let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
        if bytes > FILE_LIMIT {
            return Err(Failure::FontTooLarge { file, bytes, limit: FILE_LIMIT });
        }
        let bytes = std::fs::read(path).map_err(unreadable)?;
        let Ok(font) = FontVec::try_from_vec(bytes) else { return Err(Failure::NoFont { file }) };
        match NEEDED.chars().find(|letter| font.glyph_id(*letter) == GlyphId(0)) {
            Some(letter) => Err(Failure::FontLacksLetter { file, letter }),
            None => Ok(Self(font)),
        }
    }

    /// A prepared text at this size, at most `room` pixels wide.
    pub(super) fn mask(&self, text: &str, px: f32, room: u32) -> Mask {
        let font = self.0.as_scaled(px);
        let mut line = Line::new(&font);
        let ellipsis = font.h_advance(font.glyph_id(ELLIPSIS));
        // Where to go back to when the text proves too long.
        let mut fitting = (0, 0.0);
        for letter in text.chars() {
            line.push(letter);
            if line.width + ellipsis <= room as f32 {
                fitting = (line.glyphs.len(), line.width);
            }
            if line.width > room as f32 {
                line.cut(fitting);
                line.push(ELLIPSIS);
                break;
            }
        }
        line.draw(room)
    }
}

/// NFC, without what cannot be seen, not too long.
pub(super) fn prepared(text: &str) -> String {
    let seen = text.nfc().take(LETTER_LIMIT).map(|it| if it.is_control() { ' ' } else { it });
    seen.collect::<String>().trim().to_owned()
}

struct Line<'a> {
    font: &'a PxScaleFont<&'a FontVec>,
    glyphs: Vec<Glyph>,
    width: f32,
}

impl<'a> Line<'a> {
    const fn new(font: &'a PxScaleFont<&'a FontVec>) -> Self {
        Self { font, glyphs: Vec::new(), width: 0.0 }
    }

    fn push(&mut self, letter: char) {
        let mut glyph = self.font.scaled_glyph(letter);
        if let Some(last) = self.glyphs.last() {
            self.width += self.font.kern(last.id, glyph.id);
        }
        glyph.position = point(self.width, self.font.ascent());
        self.width += self.font.h_advance(glyph.id);
        self.glyphs.push(glyph);
    }

    fn cut(&mut self, (count, width): (usize, f32)) {
        self.glyphs.truncate(count);
        self.width = width;
    }

    fn draw(self, room: u32) -> Mask {
        let even_up = |length: f32| (length.max(0.0).ceil() as u32).next_multiple_of(2);
        // Stacked marks stand above the ascent of some fonts; a line has room for them.
        let above = even_up(self.font.height() * 0.12);
        let size = Size::new(even_up(self.width).min(room & !1).max(2), even_up(self.font.height()) + above);
        let mut cover = vec![0_u8; size.width as usize * size.height as usize];
        for outline in self.glyphs.into_iter().filter_map(|it| self.font.outline_glyph(it)) {
            let corner = outline.px_bounds().min;
            outline.draw(|x, y, part| {
                let x = corner.x as i64 + i64::from(x);
                let y = corner.y as i64 + i64::from(y) + i64::from(above);
                if (0..i64::from(size.width)).contains(&x) && (0..i64::from(size.height)).contains(&y) {
                    let pixel = &mut cover[y as usize * size.width as usize + x as usize];
                    *pixel = (*pixel).max((part.clamp(0.0, 1.0) * 255.0) as u8);
                }
            });
        }
        Mask::new(size, cover)
    }
}
