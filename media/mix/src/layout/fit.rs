//! How a source of any shape is put into a tile.
//!
//! Called by `compose` whenever a source or its size changes. A picture is never stretched: it is shown
//! whole with bars, or it fills the tile and loses its edges.

use super::{Part, Rect, Size, even};

/// How a source fills its tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fit {
    /// All of it, with bars at two sides.
    Whole,
    /// The whole tile; what stands over is cut off, unless that is more than three tenths of the picture:
    /// 4:3 loses a quarter, a telephone held upright would lose two thirds and is shown whole.
    Filled,
}

impl Fit {
    /// Faces may lose an edge, a document may lose nothing.
    #[must_use]
    pub const fn of(part: Part) -> Self {
        match part {
            Part::Content => Self::Whole,
            Part::Main | Part::Small => Self::Filled,
        }
    }
}

/// Which part of the source is shown, and where on the canvas. All numbers are even, neither is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Placement {
    pub from: Rect,
    pub to: Rect,
}

impl Placement {
    /// `None` when nothing of such a source can be shown: it, or the tile, is less than two pixels wide or
    /// high, or so narrow that bars would leave nothing.
    #[must_use]
    pub fn new(source: Size, tile: Rect, fit: Fit) -> Option<Self> {
        let even = Size::new(even(source.width), even(source.height));
        if even.width == 0 || even.height == 0 || tile.width < 2 || tile.height < 2 {
            return None;
        }
        let whole = Rect { x: 0, y: 0, width: even.width, height: even.height };
        let cut = within(even, tile.size());
        let kept = u64::from(cut.width) * u64::from(cut.height);
        let is_enough = kept * 10 >= u64::from(even.width) * u64::from(even.height) * 7;
        let placement = if fit == Fit::Filled && is_enough {
            Self { from: middle(whole, cut), to: tile }
        } else {
            Self { from: whole, to: middle(tile, within(tile.size(), even)) }
        };
        let is_empty = |rect: Rect| rect.width == 0 || rect.height == 0;
        (!is_empty(placement.from) && !is_empty(placement.to)).then_some(placement)
    }

    /// Whether the pixels can be taken as they are.
    #[must_use]
    pub fn is_copy(&self) -> bool {
        self.from.size() == self.to.size()
    }
}

/// The largest even size inside `outer` that has the shape of `shape`.
fn within(outer: Size, shape: Size) -> Size {
    let scaled = |length: u32, by: u32, over: u32| {
        let (length, by, over) = (u64::from(length), u64::from(by), u64::from(over));
        // To the nearest even number, so that neither side differs by more than one pixel.
        ((length * by + over) / (2 * over) * 2) as u32
    };
    let is_wider =
        u64::from(outer.width) * u64::from(shape.height) > u64::from(outer.height) * u64::from(shape.width);
    if is_wider {
        Size::new(scaled(outer.height, shape.width, shape.height).min(outer.width), outer.height)
    } else {
        Size::new(outer.width, scaled(outer.width, shape.height, shape.width).min(outer.height))
    }
}

/// A part of `outer` of this size in its middle.
const fn middle(outer: Rect, size: Size) -> Rect {
    Rect {
        x: outer.x + even((outer.width - size.width) / 2),
        y: outer.y + even((outer.height - size.height) / 2),
        width: size.width,
        height: size.height,
    }
}
