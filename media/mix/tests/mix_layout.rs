//! Tiles of every layout on every canvas, and how sources of any shape lie in them.

use media_mix::layout::{Canvas, Fit, Layer, Layout, Part, Placement, Rect, Size};
use proptest::prelude::*;

fn any_layout() -> impl Strategy<Value = Layout> {
    prop::sample::select(Layout::ALL.to_vec())
}

fn any_canvas() -> impl Strategy<Value = Canvas> {
    prop_oneof![
        Just(Canvas::HD),
        Just(Canvas::FULL_HD),
        (80_u32..=1920, 45_u32..=1080).prop_map(|(width, height)| {
            Canvas::new(width * 2, height * 2).expect("even and within the limits")
        }),
    ]
}

fn is_even(rect: Rect) -> bool {
    [rect.x, rect.y, rect.width, rect.height].iter().all(|it| it.is_multiple_of(2))
}

fn is_inside(rect: Rect, outer: Rect) -> bool {
    rect.x >= outer.x
        && rect.y >= outer.y
        && rect.x + rect.width <= outer.x + outer.width
        && rect.y + rect.height <= outer.y + outer.height
}

fn whole(size: Size) -> Rect {
    Rect { x: 0, y: 0, width: size.width, height: size.height }
}

fn overlap(one: Rect, other: Rect) -> bool {
    one.x < other.x + other.width
        && other.x < one.x + one.width
        && one.y < other.y + other.height
        && other.y < one.y + one.height
}

/// Whether one side follows from the other to the pixel; numbers are even, so it may be one off.
fn has_shape(size: Size, shape: Size) -> bool {
    let off = |one: u32, other: u32, to: u32, of: u32| {
        (f64::from(one) - f64::from(other) * f64::from(to) / f64::from(of)).abs() <= 1.0
    };
    off(size.width, size.height, shape.width, shape.height)
        || off(size.height, size.width, shape.height, shape.width)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn tiles_are_even_inside_and_never_overlap(layout in any_layout(), canvas in any_canvas()) {
        let tiles = layout.tiles(canvas);
        prop_assert_eq!(tiles.len(), layout.seats());
        for (at, tile) in tiles.iter().enumerate() {
            prop_assert!(is_even(tile.rect), "{:?}", tile);
            prop_assert!(tile.rect.width > 0 && tile.rect.height > 0);
            prop_assert!(is_inside(tile.rect, whole(canvas.size())), "{:?}", tile);
            for other in &tiles[at + 1..] {
                prop_assert!(!overlap(tile.rect, other.rect), "{:?} {:?}", tile, other);
            }
        }
    }

    #[test]
    fn tiles_keep_16_to_9(layout in any_layout(), canvas in any_canvas()) {
        let (columns, _) = (5, 5);
        for tile in layout.tiles(canvas) {
            // One pixel of rounding for each unit that the tile is made of.
            let off = i64::from(tile.rect.width) * 9 - i64::from(tile.rect.height) * 16;
            prop_assert!(off.abs() <= 16 * columns, "{:?}", tile);
        }
    }

    #[test]
    fn a_source_is_never_stretched(
        width in 2_u32..5_000, height in 2_u32..5_000, layout in any_layout(), canvas in any_canvas(),
        fit in prop::sample::select(vec![Fit::Whole, Fit::Filled]),
    ) {
        for tile in layout.tiles(canvas) {
            let Some(placed) = Placement::new(Size::new(width, height), tile.rect, fit) else { continue };
            prop_assert!(is_even(placed.from) && is_even(placed.to), "{:?}", placed);
            prop_assert!(is_inside(placed.to, tile.rect), "{:?}", placed);
            prop_assert!(is_inside(placed.from, whole(Size::new(width, height))), "{:?}", placed);
            prop_assert!(
                has_shape(placed.to.size(), placed.from.size()) || has_shape(placed.from.size(), placed.to.size()),
                "{:?}", placed
            );
            if fit == Fit::Filled {
                let shown = u64::from(placed.from.width) * u64::from(placed.from.height);
                prop_assert!(shown * 10 >= u64::from(width & !1) * u64::from(height & !1) * 7, "{:?}", placed);
            } else {
                prop_assert_eq!(placed.from.size(), Size::new(width & !1, height & !1));
            }
        }
    }
}

#[test]
fn layouts_have_as_many_seats_as_their_names_say() {
    let seats: Vec<usize> = Layout::ALL.iter().map(|it| it.seats()).collect();
    assert_eq!(seats, [1, 2, 4, 6, 8, 4, 9, 16, 25, 5, 1]);
}

#[test]
fn small_tiles_are_as_large_as_a_layer_where_the_canvas_allows_it() {
    let size = |layout: Layout, canvas, at: usize| layout.tiles(canvas)[at].rect.size();
    for (layout, canvas, expected) in [
        (Layout::Grid4, Canvas::HD, Size::new(320, 180)),
        (Layout::OneAndSeven, Canvas::HD, Size::new(320, 180)),
        (Layout::OneAndThree, Canvas::HD, Size::new(320, 180)),
        (Layout::ContentAndRow, Canvas::HD, Size::new(320, 180)),
        (Layout::Grid2, Canvas::HD, Size::new(640, 360)),
        (Layout::Grid3, Canvas::FULL_HD, Size::new(640, 360)),
        (Layout::OneAndFive, Canvas::FULL_HD, Size::new(640, 360)),
    ] {
        assert_eq!(size(layout, canvas, 1), expected, "{layout:?}");
        assert_eq!(Layer::wanted(expected.height).lines(), expected.height);
    }
}

#[test]
fn a_grid_that_does_not_divide_the_canvas_leaves_its_edge_free() {
    let last = Layout::Grid3.tiles(Canvas::HD)[8].rect;
    assert_eq!((last.x + last.width, last.y + last.height), (1278, 720));
}

#[test]
fn the_layer_is_the_smallest_that_fills_the_tile() {
    let lines: Vec<u32> =
        [90, 180, 182, 240, 360, 362, 540, 1080].map(|it| Layer::wanted(it).lines()).to_vec();
    assert_eq!(lines, [180, 180, 360, 360, 360, 720, 720, 720]);
}

#[test]
fn cameras_fill_their_tile_and_documents_are_whole() {
    assert_eq!((Fit::of(Part::Main), Fit::of(Part::Content)), (Fit::Filled, Fit::Whole));
    let tile = Rect { x: 100, y: 50, width: 640, height: 360 };
    let placed =
        |width, height, fit| Placement::new(Size::new(width, height), tile, fit).expect("can be shown");
    let four_to_three = placed(640, 480, Fit::Filled);
    assert_eq!(four_to_three.from, Rect { x: 0, y: 60, width: 640, height: 360 });
    assert_eq!(four_to_three.to, tile);
    assert!(four_to_three.is_copy());
    let upright = placed(720, 1280, Fit::Filled);
    assert_eq!(
        (upright.from.size(), upright.to),
        (Size::new(720, 1280), Rect { x: 318, y: 50, width: 202, height: 360 })
    );
    let sheet = placed(1000, 1000, Fit::Whole);
    assert_eq!(sheet.to, Rect { x: 240, y: 50, width: 360, height: 360 });
}

#[test]
fn what_has_no_pixels_has_no_place() {
    let tile = Rect { x: 0, y: 0, width: 320, height: 180 };
    for (width, height) in [(0, 0), (1, 500), (500, 1), (2, 5_000)] {
        assert_eq!(Placement::new(Size::new(width, height), tile, Fit::Whole), None, "{width}×{height}");
    }
}

#[test]
fn odd_and_unreasonable_canvases_are_refused() {
    for (width, height) in [(1281, 720), (1280, 719), (0, 0), (100, 90), (8000, 4500), (u32::MAX, 2)] {
        assert_eq!(Canvas::new(width, height), None, "{width}×{height}");
    }
}
