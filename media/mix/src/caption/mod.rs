//! Words and marks on a composed picture.
//!
//! Called by `compose` for each tile that is painted anew, and once for the whole. Texts come from the
//! conference: nothing is worded here. Without a font, tiles still get their cards and marks, no words,
//! and that is counted: a missing file must not take the picture away.

mod cache;
mod letters;
mod logo;
mod mark;
mod paint;

pub use letters::Typeface;
pub use logo::{Logo, LogoLimits};

use crate::layout::{Rect, Size};
use crate::picture::{Colour, Picture};
use cache::{Cache, Key};
use logo::Stamp;
use mark::Mark;
use paint::{Mask, paint, shade};
use std::sync::Arc;

/// What stands on the tile of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TileCaption {
    pub site: String,
    /// Who is there, and as what; may be empty.
    pub person: String,
    pub is_muted: bool,
    pub is_speaking: bool,
}

/// What stands on the whole picture; empty texts are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Banner {
    pub secrecy: String,
    pub agenda: String,
    pub clock: String,
    /// Beside a red dot while there is a recording.
    pub recording: Option<String>,
}

/// What is shown in place of a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Card {
    pub title: String,
    /// Why there is no picture; may be empty.
    pub reason: String,
}

/// What happened since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaptionCounts {
    /// Texts and marks that were drawn from their outlines.
    pub rasterised: u64,
    /// Masks that gave way to others.
    pub evicted: u64,
    /// Texts that were left out because there is no font.
    pub unwritten: u64,
}

/// Paints captions and keeps what they were made from.
#[derive(Debug)]
pub struct Captions {
    face: Option<Typeface>,
    logo: Option<Logo>,
    /// By their heights.
    stamps: Vec<(u32, Arc<Stamp>)>,
    cache: Cache,
    counts: CaptionCounts,
}

/// Letters of a site's name for each line of its tile, and the bounds within which they can be read.
const NAME_SHARE: f32 = 0.085;
const NAME_PX: (f32, f32) = (14.0, 40.0);
/// From this height on the person has a line of their own.
const TWO_LINES: u32 = 240;
const PERSON_SHARE: f32 = 0.8;
/// Letters of the banner for each line of the canvas.
const BANNER_SHARE: f32 = 0.031;
/// Sizes of the logo that are kept: one for each height of pictures.
const STAMP_LIMIT: usize = 8;

impl Captions {
    #[must_use]
    pub fn new(face: Option<Typeface>) -> Self {
        let (cache, counts) = (Cache::default(), CaptionCounts::default());
        Self { face, logo: None, stamps: Vec::new(), cache, counts }
    }

    /// With a logo in the upper left corner of all pictures.
    #[must_use]
    pub fn with_logo(self, logo: Option<Logo>) -> Self {
        Self { logo, ..self }
    }

    #[must_use]
    pub const fn counts(&self) -> CaptionCounts {
        self.counts
    }

    /// Name, person and marks at the foot of a tile, and a frame around whoever speaks.
    pub fn tile(&mut self, picture: &mut Picture, tile: Rect, caption: &TileCaption) {
        if caption.is_speaking {
            frame(picture, tile, Colour::GREEN);
        }
        let name_px = name_px(tile);
        let room = tile.width.saturating_sub(2 * pad(name_px));
        let mark_room = if caption.is_muted { even(name_px * 1.2) } else { 0 };
        let text_room = room.saturating_sub(mark_room);
        let mut lines = Vec::new();
        if tile.height >= TWO_LINES {
            lines.push(self.text(&caption.site, name_px, text_room));
            lines.push(self.text(&caption.person, name_px * PERSON_SHARE, room));
        } else {
            let joined = [caption.site.as_str(), caption.person.as_str()];
            let joined: Vec<&str> = joined.into_iter().filter(|it| !it.is_empty()).collect();
            lines.push(self.text(&joined.join(" · "), name_px, text_room));
        }
        let lines: Vec<Arc<Mask>> = lines.into_iter().flatten().collect();
        let mark = caption.is_muted.then(|| self.mark(Mark::MutedMicrophone, name_px));
        let mark_size = mark.as_ref().map_or(Size::new(0, 0), |_| Size::new(mark_room, even(name_px)));
        let width = lines.iter().map(|it| it.size.width).max().unwrap_or(0);
        let first_height = lines.first().map_or(0, |it| it.size.height).max(mark_size.height);
        let height = first_height + lines.iter().skip(1).map(|it| it.size.height).sum::<u32>();
        if width + mark_size.width > 0 {
            let edge = even_down(pad(name_px) / 2);
            let bar = Rect {
                x: tile.x,
                y: tile.y + tile.height.saturating_sub(height + edge),
                width: (width + mark_size.width + 2 * pad(name_px)).min(tile.width),
                height: (height + edge).min(tile.height),
            };
            shade(picture, bar);
            let (left, mut y) = (bar.x + pad(name_px), bar.y + even_down(edge / 2));
            if let Some(parts) = &mark {
                let top = y + even_down((first_height - mark_size.height) / 2);
                paint(picture, (left, top), &parts.0, Colour::WHITE, tile);
                paint(picture, (left, top), &parts.1, Colour::RED, tile);
            }
            for (at, line) in lines.iter().enumerate() {
                let x = if at == 0 { left + mark_size.width } else { left };
                paint(picture, (x, y), line, Colour::WHITE, tile);
                y += if at == 0 { first_height } else { line.size.height };
            }
        }
    }

    /// The part of a picture in which the banner may stand; even.
    #[must_use]
    pub fn banner_zone(size: Size) -> Rect {
        // Twice the letters: no font that is in use stands higher.
        Rect {
            x: 0,
            y: 0,
            width: size.width,
            height: even(2.0 * banner_px(size)).min(even_down(size.height)),
        }
    }

    /// Logo, secrecy label and agenda at the left of the upper edge, recording and clock at its right.
    pub fn banner(&mut self, picture: &mut Picture, banner: &Banner) {
        let size = picture.size();
        let px = banner_px(size);
        let whole = Self::banner_zone(size);
        let gap = pad(px);
        // Each gets at most its share, so that a long agenda never hides the label.
        let secrecy = self.text(&banner.secrecy, px, size.width * 3 / 10);
        let clock = self.text(&banner.clock, px, size.width / 5);
        let word = banner.recording.as_ref().map(|word| self.text(word, px, size.width / 5));
        let dot = banner.recording.is_some().then(|| self.mark(Mark::Dot, px).0);
        let mut right = even_down(size.width);
        if let Some(clock) = clock {
            right = self.block(picture, right, &[(&clock, Colour::WHITE)], gap);
        }
        if let Some(dot) = dot {
            let word = word.flatten();
            let parts: Vec<(&Mask, Colour)> = std::iter::once((&*dot, Colour::RED))
                .chain(word.as_deref().map(|it| (it, Colour::WHITE)))
                .collect();
            right = self.block(picture, right, &parts, gap);
        }
        let mut left = self.lay_logo(picture, whole, gap);
        if let Some(secrecy) = secrecy {
            let bar =
                Rect { x: left, y: 0, width: secrecy.size.width + 2 * gap, height: secrecy.size.height };
            picture.fill(bar, Colour::RED);
            paint(picture, (left + gap, 0), &secrecy, Colour::WHITE, whole);
            left += bar.width;
        }
        let room = right.saturating_sub(left + 3 * gap);
        if let Some(agenda) = self.text(&banner.agenda, px, room) {
            let bar = Rect { x: left, y: 0, width: agenda.size.width + 2 * gap, height: agenda.size.height };
            shade(picture, bar);
            paint(picture, (left + gap, 0), &agenda, Colour::WHITE, whole);
        }
    }

    /// Fills a tile with a name and a reason.
    pub fn card(&mut self, picture: &mut Picture, tile: Rect, card: &Card) {
        let rim = rim(tile);
        picture.fill(tile, Colour::DARK_SLATE);
        if tile.width > 2 * rim && tile.height > 2 * rim {
            let inner = Rect {
                x: tile.x + rim,
                y: tile.y + rim,
                width: tile.width - 2 * rim,
                height: tile.height - 2 * rim,
            };
            picture.fill(inner, Colour::SLATE);
        }
        let px = name_px(tile);
        let room = tile.width.saturating_sub(2 * pad(px));
        let lines =
            [self.text(&card.title, px * 1.15, room), self.text(&card.reason, px * PERSON_SHARE, room)];
        let lines: Vec<Arc<Mask>> = lines.into_iter().flatten().collect();
        let height: u32 = lines.iter().map(|it| it.size.height).sum();
        let mut y = tile.y + even_down(tile.height.saturating_sub(height) / 2);
        for line in lines {
            let x = tile.x + even_down(tile.width.saturating_sub(line.size.width) / 2);
            paint(picture, (x, y), &line, Colour::WHITE, tile);
            y += line.size.height;
        }
    }

    /// The logo in the corner of the banner; says where the rest begins.
    fn lay_logo(&mut self, picture: &mut Picture, zone: Rect, gap: u32) -> u32 {
        let height = even_down(zone.height.saturating_sub(gap));
        let Some(logo) = self.logo.as_ref().filter(|_| height > 0) else { return 0 };
        let known = self.stamps.iter().find(|(of, _)| *of == height).map(|(_, stamp)| Arc::clone(stamp));
        let stamp = known.unwrap_or_else(|| {
            if self.stamps.len() >= STAMP_LIMIT {
                self.stamps.clear();
            }
            let stamp = Arc::new(logo.stamp(height));
            self.stamps.push((height, Arc::clone(&stamp)));
            stamp
        });
        let below = even_down((zone.height - stamp.size.height) / 2);
        stamp.lay(picture, (gap, below));
        stamp.size.width + 2 * gap
    }

    /// Masks in a row whose right end is given; says where it begins.
    fn block(&self, picture: &mut Picture, right: u32, parts: &[(&Mask, Colour)], gap: u32) -> u32 {
        let width = parts.iter().map(|(it, _)| it.size.width + gap).sum::<u32>() + gap;
        let height = parts.iter().map(|(it, _)| it.size.height).max().unwrap_or(0);
        let left = right.saturating_sub(width);
        shade(picture, Rect { x: left, y: 0, width: right - left, height });
        let mut x = left + gap;
        for (mask, colour) in parts {
            let y = even_down((height - mask.size.height) / 2);
            let whole = Rect { x: 0, y: 0, width: picture.size().width, height: picture.size().height };
            paint(picture, (x, y), mask, *colour, whole);
            x += mask.size.width + gap;
        }
        left
    }

    /// `None` for an empty text, and where there is no font or no room.
    fn text(&mut self, text: &str, px: f32, room: u32) -> Option<Arc<Mask>> {
        if text.trim().is_empty() || (room as f32) < px {
            return None;
        }
        let Some(face) = &self.face else {
            self.counts.unwritten += 1;
            return None;
        };
        let key = Key::Text(letters::prepared(text), px as u16, room as u16);
        let made = |key: &Key| match key {
            Key::Text(text, px, room) => face.mask(text, f32::from(*px), u32::from(*room)),
            Key::Mark(mark, px) => mark.mask(f32::from(*px)),
        };
        Some(self.cache.get(key, made, &mut self.counts))
    }

    /// The two colours of a mark.
    fn mark(&mut self, mark: Mark, px: f32) -> (Arc<Mask>, Arc<Mask>) {
        let mut one = |mark: Mark| {
            let made = |_: &Key| mark.mask(px);
            self.cache.get(Key::Mark(mark, px as u16), made, &mut self.counts)
        };
        (one(mark), one(mark.second()))
    }
}

fn name_px(tile: Rect) -> f32 {
    (tile.height as f32 * NAME_SHARE).clamp(NAME_PX.0, NAME_PX.1)
}

fn banner_px(size: Size) -> f32 {
    (size.height as f32 * BANNER_SHARE).clamp(NAME_PX.0, NAME_PX.1)
}

fn pad(px: f32) -> u32 {
    even(px * 0.45)
}

const fn even_down(value: u32) -> u32 {
    value & !1
}

const fn even(value: f32) -> u32 {
    value as u32 / 2 * 2
}

/// How wide frames are: 2 pixels on 180 lines.
const fn rim(tile: Rect) -> u32 {
    let wide = tile.height / 180 * 2;
    if wide < 2 { 2 } else { wide }
}

fn frame(picture: &mut Picture, tile: Rect, colour: Colour) {
    let wide = rim(tile).min(tile.height).min(tile.width);
    let (right, bottom) = (tile.x + tile.width - wide, tile.y + tile.height - wide);
    picture.fill(Rect { height: wide, ..tile }, colour);
    picture.fill(Rect { y: bottom, height: wide, ..tile }, colour);
    picture.fill(Rect { width: wide, ..tile }, colour);
    picture.fill(Rect { x: right, width: wide, ..tile }, colour);
}
