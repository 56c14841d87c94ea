//! Where each tile of a composed picture lies.
//!
//! Called by `compose` for every scene and by whoever offers layouts to choose from. Pure geometry: even
//! numbers in, even numbers out, because chroma planes have half the size. Knows nobody who sits there.

mod fit;

pub use fit::{Fit, Placement};

/// Width to height of every tile.
const RATIO: (u32, u32) = (16, 9);

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

impl Size {
    #[must_use]
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }
}

/// A part of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rect {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

impl Rect {
    #[must_use]
    pub const fn size(self) -> Size {
        Size::new(self.width, self.height)
    }
}

/// Size of a composed picture: even, and neither too small for a tile nor larger than a wall needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Canvas(Size);

impl Canvas {
    pub const HD: Self = Self(Size::new(1280, 720));
    pub const FULL_HD: Self = Self(Size::new(1920, 1080));
    const SMALLEST: Size = Size::new(160, 90);
    const LARGEST: Size = Size::new(3840, 2160);

    /// `None` for odd numbers and for sizes outside 160×90 to 3840×2160.
    #[must_use]
    pub const fn new(width: u32, height: u32) -> Option<Self> {
        let is_even = width.is_multiple_of(2) && height.is_multiple_of(2);
        let is_large_enough = width >= Self::SMALLEST.width && height >= Self::SMALLEST.height;
        let is_small_enough = width <= Self::LARGEST.width && height <= Self::LARGEST.height;
        if is_even && is_large_enough && is_small_enough {
            Some(Self(Size::new(width, height)))
        } else {
            None
        }
    }

    #[must_use]
    pub const fn size(self) -> Size {
        self.0
    }
}

/// How the picture is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layout {
    Full,
    /// Two of the same size, side by side.
    OneAndOne,
    /// One large, and so many small ones at its right and below.
    OneAndThree,
    OneAndFive,
    OneAndSeven,
    Grid2,
    Grid3,
    Grid4,
    Grid5,
    /// A document, and four small ones below.
    ContentAndRow,
    ContentOnly,
}

/// What a tile is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Whoever speaks or was put there.
    Main,
    /// Everybody else, and all tiles of a grid.
    Small,
    /// A document: shown whole whatever its shape.
    Content,
}

/// A place in the picture. Their order is that of the seats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tile {
    pub rect: Rect,
    pub part: Part,
}

/// The layers in which a camera sends, by their lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    P180,
    P360,
    P720,
}

impl Layer {
    pub const ALL: [Self; 3] = [Self::P180, Self::P360, Self::P720];

    #[must_use]
    pub const fn lines(self) -> u32 {
        match self {
            Self::P180 => 180,
            Self::P360 => 360,
            Self::P720 => 720,
        }
    }

    /// The smallest layer that fills a tile of so many lines; the largest for what is larger still.
    #[must_use]
    pub const fn wanted(tile_lines: u32) -> Self {
        match tile_lines {
            0..=180 => Self::P180,
            181..=360 => Self::P360,
            _ => Self::P720,
        }
    }
}

/// A tile in half units of a layout: column, row, columns wide. All are as high as they are wide in units.
type Cell = (u32, u32, u32, Part);

impl Layout {
    pub const ALL: [Self; 11] = [
        Self::Full,
        Self::OneAndOne,
        Self::OneAndThree,
        Self::OneAndFive,
        Self::OneAndSeven,
        Self::Grid2,
        Self::Grid3,
        Self::Grid4,
        Self::Grid5,
        Self::ContentAndRow,
        Self::ContentOnly,
    ];

    /// How many are seen at once.
    #[must_use]
    pub fn seats(self) -> usize {
        self.cells().len()
    }

    /// The seat of whoever speaks; `None` where all are equal.
    #[must_use]
    pub fn main_seat(self) -> Option<usize> {
        self.cells().iter().position(|(.., part)| *part == Part::Main)
    }

    /// The seat of the document.
    #[must_use]
    pub fn content_seat(self) -> Option<usize> {
        self.cells().iter().position(|(.., part)| *part == Part::Content)
    }

    /// The tiles on a canvas, all of them 16:9 and even. Where they do not fill it, they lie in its middle.
    #[must_use]
    pub fn tiles(self, canvas: Canvas) -> Vec<Tile> {
        let (columns, rows) = self.units();
        let unit = unit(canvas.size(), columns, rows);
        let margin = |all: u32, used: u32| even((all - used) / 2);
        let left = margin(canvas.0.width, unit.width * columns);
        let top = margin(canvas.0.height, unit.height * rows);
        let tile = |(column, row, wide, part): Cell| {
            let rect = Rect {
                x: left + even(column * unit.width / 2),
                y: top + even(row * unit.height / 2),
                width: wide * unit.width,
                height: wide * unit.height,
            };
            Tile { rect, part }
        };
        self.cells().into_iter().map(tile).collect()
    }

    /// Columns and rows of equal tiles from which the layout is put together. They are chosen so that a small
    /// tile is as large as a layer where that can be: 4×4 on 720 lines is 180 each, so composing is copying.
    const fn units(self) -> (u32, u32) {
        match self {
            Self::Full | Self::ContentOnly => (1, 1),
            Self::OneAndOne => (2, 1),
            Self::OneAndThree => (4, 3),
            Self::OneAndFive | Self::Grid3 => (3, 3),
            Self::OneAndSeven | Self::Grid4 | Self::ContentAndRow => (4, 4),
            Self::Grid2 => (2, 2),
            Self::Grid5 => (5, 5),
        }
    }

    fn cells(self) -> Vec<Cell> {
        let small = |(column, row): (u32, u32)| (column * 2, row * 2, 1, Part::Small);
        let grid = |side: u32| (0..side * side).map(|at| small((at % side, at / side))).collect();
        // Down the right side, then along the bottom.
        let around = |side: u32| {
            let right = (0..side).map(|row| (side, row));
            let bottom = (0..=side).map(|column| (column, side));
            right.chain(bottom).map(small).collect::<Vec<_>>()
        };
        let with_large = |side: u32, others: Vec<Cell>| {
            std::iter::once((0, 0, side, Part::Main)).chain(others).collect::<Vec<_>>()
        };
        match self {
            Self::Full => vec![(0, 0, 1, Part::Main)],
            Self::ContentOnly => vec![(0, 0, 1, Part::Content)],
            Self::OneAndOne => vec![(0, 0, 1, Part::Main), small((1, 0))],
            Self::OneAndThree => with_large(3, (0..3).map(|row| small((3, row))).collect()),
            Self::OneAndFive => with_large(2, around(2)),
            Self::OneAndSeven => with_large(3, around(3)),
            Self::Grid2 => grid(2),
            Self::Grid3 => grid(3),
            Self::Grid4 => grid(4),
            Self::Grid5 => grid(5),
            // In the middle, half a unit from the left.
            Self::ContentAndRow => std::iter::once((1, 0, 3, Part::Content))
                .chain((0..4).map(|column| small((column, 3))))
                .collect(),
        }
    }
}

/// The largest even 16:9 tile of which so many columns and rows fit.
fn unit(canvas: Size, columns: u32, rows: u32) -> Size {
    let nearest_even = |number: u32, divisor: u32| (number + divisor) / (2 * divisor) * 2;
    let (width, height) = (even(canvas.width / columns), even(canvas.height / rows));
    let wanted_height = nearest_even(width * RATIO.1, RATIO.0);
    if wanted_height <= height {
        Size::new(width, wanted_height)
    } else {
        Size::new(width.min(nearest_even(height * RATIO.0, RATIO.1)), height)
    }
}

const fn even(value: u32) -> u32 {
    value & !1
}
