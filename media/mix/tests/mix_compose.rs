//! Composed pictures: each source in its tile, only what changed painted anew, nothing torn and nothing
//! black when the layout changes, and one encode for all who see the same.

use media_mix::caption::{Banner, Captions, Card, TileCaption, Typeface};
use media_mix::codec::{Bitrate, Codec, Decode as _, Decoder, Effort, EncoderKind, EncoderWish};
use media_mix::compose::{Composer, Scaler, Scene, Seat, Shown, Source, Sources};
use media_mix::layout::{Canvas, Layer, Layout, Rect, Size};
use media_mix::picture::{Colour, Picture};
use media_mix::programme::Programme;
use media_mix::seating::SourceId;
use media_mix::share::Rung;
use proptest::prelude::*;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const TICK: Duration = Duration::from_millis(40);

/// The colour of a source, which no other has.
fn colour(source: u64) -> Colour {
    Colour { y: 60 + source as u8 * 6, u: 60 + source as u8 * 5, v: 200 - source as u8 * 5 }
}

fn painted(size: Size, colour: Colour) -> Arc<Picture> {
    let mut picture = Picture::black(size);
    picture.fill(Rect { x: 0, y: 0, width: size.width, height: size.height }, colour);
    Arc::new(picture)
}

fn source(number: u64, size: Size, generation: u64) -> (SourceId, Source) {
    let shown = Shown { picture: painted(size, colour(number)), generation };
    (SourceId(number), Source { layers: [None, Some(shown), None], fault: None })
}

fn seat(number: u64) -> Seat {
    Seat { source: Some(SourceId(number)), ..Seat::default() }
}

fn scene(layout: Layout, sources: impl IntoIterator<Item = u64>) -> Scene {
    let seats = sources.into_iter().map(seat).collect();
    Scene { canvas: Canvas::HD, layout, seats, banner: Banner::default() }
}

struct Desk {
    composer: Composer,
    scaler: Scaler,
    captions: Captions,
    sources: Sources,
    now: Duration,
}

impl Desk {
    fn new(sources: impl IntoIterator<Item = (SourceId, Source)>) -> Self {
        Self {
            composer: Composer::new(Canvas::HD),
            scaler: Scaler::default(),
            captions: Captions::new(None),
            sources: sources.into_iter().collect(),
            now: Duration::ZERO,
        }
    }

    /// The next picture, and whether it is another one.
    fn compose(&mut self, scene: &Scene) -> (&Picture, bool) {
        self.now += TICK;
        self.scaler.begin_round();
        let composed =
            self.composer.compose(self.now, scene, &self.sources, &mut self.scaler, &mut self.captions);
        (composed.picture, composed.is_changed)
    }
}

fn pixel(picture: &Picture, x: u32, y: u32) -> Colour {
    let at = |plane: usize, by: u32| picture.plane(plane).row((x / by) as usize, (y / by) as usize)[0];
    Colour { y: at(0, 1), u: at(1, 2), v: at(2, 2) }
}

fn middle(picture: &Picture, rect: Rect) -> Colour {
    pixel(picture, rect.x + rect.width / 2, rect.y + rect.height / 2)
}

/// By tile: whose colour is in its middle.
fn seen(picture: &Picture, layout: Layout) -> Vec<Option<u64>> {
    // Averages of many equal pixels may be one off.
    let is_near = |one: Colour, other: Colour| {
        [(one.y, other.y), (one.u, other.u), (one.v, other.v)]
            .iter()
            .all(|(one, other)| one.abs_diff(*other) <= 1)
    };
    let whose = |it: Colour| (0..25).find(|number| is_near(colour(*number), it));
    layout.tiles(Canvas::HD).iter().map(|tile| whose(middle(picture, tile.rect))).collect()
}

#[test]
fn every_source_lies_in_its_tile_whatever_the_layout_and_its_own_size() {
    for layout in Layout::ALL {
        let sizes = [Size::new(320, 180), Size::new(640, 360), Size::new(641, 361), Size::new(480, 640)];
        let mut desk = Desk::new((0..25).map(|it| source(it, sizes[it as usize % 4], 1)));
        let picture = desk.compose(&scene(layout, 0..25)).0;
        let expected: Vec<Option<u64>> = (0..layout.seats() as u64).map(Some).collect();
        assert_eq!(seen(picture, layout), expected, "{layout:?}");
    }
}

#[test]
fn what_no_tile_covers_is_black() {
    let mut desk = Desk::new((0..9).map(|it| source(it, Size::new(640, 360), 1)));
    desk.compose(&scene(Layout::Full, [3]));
    let picture = desk.compose(&scene(Layout::Grid3, 0..9)).0;
    for y in [60, 200, 700] {
        assert_eq!(pixel(picture, 1279, y), Colour::BLACK, "three columns of 426 leave two");
    }
}

#[test]
fn a_source_of_another_shape_has_black_bars_and_keeps_them_when_it_changes() {
    let mut desk = Desk::new([source(1, Size::new(360, 640), 1)]);
    let wide = scene(Layout::Full, [1]);
    assert_eq!(pixel(desk.compose(&wide).0, 20, 300), Colour::BLACK);
    desk.sources.extend([source(1, Size::new(640, 360), 2)]);
    assert_eq!(pixel(desk.compose(&wide).0, 20, 300), colour(1));
    desk.sources.extend([source(1, Size::new(360, 640), 3)]);
    let picture = desk.compose(&wide).0;
    assert_eq!((pixel(picture, 20, 300), pixel(picture, 640, 300)), (Colour::BLACK, colour(1)));
}

#[test]
fn only_what_changed_is_painted_and_a_still_picture_is_told_as_such() {
    let mut desk = Desk::new((0..16).map(|it| source(it, Size::new(640, 360), 1)));
    let grid = scene(Layout::Grid4, 0..16);
    assert!(desk.compose(&grid).1);
    assert_eq!(desk.scaler.scaled(), 16);
    assert!(!desk.compose(&grid).1);
    desk.sources.extend([source(9, Size::new(640, 360), 2)]);
    assert!(desk.compose(&grid).1);
    assert_eq!(desk.scaler.scaled(), 17);
}

#[test]
fn a_source_is_scaled_once_for_all_layouts_that_show_it_in_a_size() {
    let sources: Sources = (0..16).map(|it| source(it, Size::new(640, 360), 1)).collect();
    let (mut scaler, mut captions) = (Scaler::default(), Captions::new(None));
    scaler.begin_round();
    for turn in 0..4 {
        let mut composer = Composer::new(Canvas::HD);
        let turned = scene(Layout::Grid4, (0..16).map(|it| (it + turn) % 16));
        composer.compose(TICK, &turned, &sources, &mut scaler, &mut captions);
    }
    assert_eq!(scaler.scaled(), 16);
    let mut composer = Composer::new(Canvas::HD);
    composer.compose(TICK, &scene(Layout::Grid2, 0..4), &sources, &mut scaler, &mut captions);
    assert_eq!(scaler.scaled(), 16, "a tile as large as its source is a copy");
}

#[test]
fn another_layout_waits_for_its_pictures_and_then_comes_whole() {
    let mut desk = Desk::new([source(1, Size::new(640, 360), 1)]);
    desk.compose(&scene(Layout::Full, [1]));
    let next = scene(Layout::Grid2, 1..5);
    for _ in 0..5 {
        let needed = desk.composer.needed(&next);
        let middle = (1..5).map(|it| (SourceId(it), Layer::P360));
        assert!(middle.chain([(SourceId(1), Layer::P720)]).all(|it| needed.contains(&it)), "{needed:?}");
        assert_eq!(pixel(desk.compose(&next).0, 1_000, 700), colour(1), "still the old one, whole");
    }
    desk.sources.extend((2..5).map(|it| source(it, Size::new(640, 360), 1)));
    let (picture, is_changed) = desk.compose(&next);
    assert!(is_changed);
    assert_eq!(seen(picture, Layout::Grid2), [Some(1), Some(2), Some(3), Some(4)]);
}

#[test]
fn who_never_sends_a_picture_gets_a_card_after_half_a_second() {
    let mut desk = Desk::new([source(1, Size::new(640, 360), 1)]);
    desk.compose(&scene(Layout::Full, [1]));
    let next = scene(Layout::OneAndOne, [1, 2]);
    let right = Layout::OneAndOne.tiles(Canvas::HD)[1].rect;
    let mut waited = 0;
    while middle(desk.compose(&next).0, right) != Colour::SLATE {
        waited += 1;
        assert!(waited < 20, "no card");
    }
    assert_eq!(waited, 13, "times 40 ms: half a second after it was first wanted");
}

#[test]
fn while_the_right_layer_is_not_there_another_one_is_shown() {
    let shown = |at: usize| {
        let mut layers = [None, None, None];
        layers[at] = Some(Shown { picture: painted(Size::new(320, 180), colour(at as u64)), generation: 1 });
        Source { layers, fault: None }
    };
    let mut desk = Desk::new([]);
    for (there, wanted) in [(0, Layout::Full), (2, Layout::Grid4), (1, Layout::Grid4)] {
        desk.sources.insert(SourceId(7), shown(there));
        let picture = desk.compose(&scene(wanted, [7])).0;
        assert_eq!(seen(picture, wanted)[0], Some(there as u64));
    }
    let mut all = shown(0);
    all.layers[2] = shown(2).layers[2].take();
    let best = all.best(Layer::P360).map(|(layer, _)| layer);
    assert_eq!(best, Some(Layer::P720), "rather scaled down than up");
}

#[test]
fn a_source_with_a_fault_has_a_card_at_once_and_its_picture_back_afterwards() {
    let mut desk = Desk::new([source(1, Size::new(640, 360), 1), source(2, Size::new(640, 360), 1)]);
    let both = scene(Layout::OneAndOne, [1, 2]);
    desk.compose(&both);
    desk.sources.get_mut(&SourceId(2)).expect("is there").fault = Some("Mất hình".to_owned());
    let right = Layout::OneAndOne.tiles(Canvas::HD)[1].rect;
    assert_eq!(middle(desk.compose(&both).0, right), Colour::SLATE);
    desk.sources.get_mut(&SourceId(2)).expect("is there").fault = None;
    assert_eq!(middle(desk.compose(&both).0, right), colour(2));
}

#[test]
fn an_empty_place_is_a_card_and_never_black() {
    let mut desk = Desk::new([]);
    let mut empty = scene(Layout::Grid2, []);
    empty.seats = vec![Seat {
        empty: Card { title: "Chờ đại biểu".to_owned(), ..Card::default() },
        ..Seat::default()
    }];
    let picture = desk.compose(&empty).0;
    for tile in Layout::Grid2.tiles(Canvas::HD) {
        assert_eq!(pixel(picture, tile.rect.x + 30, tile.rect.y + 200), Colour::SLATE);
    }
}

#[test]
fn captions_and_banner_do_not_get_darker_when_only_tiles_beside_them_move() {
    let face = Typeface::open(Path::new(Typeface::DEFAULT_FILE)).expect("set-up installs the font");
    let mut desk = Desk::new((0..9).map(|it| source(it, Size::new(640, 360), 1)));
    desk.captions = Captions::new(Some(face));
    let mut grid = scene(Layout::Grid3, 0..9);
    grid.banner = Banner { agenda: "Mục 1".to_owned(), clock: "08:30".to_owned(), ..Banner::default() };
    for seat in &mut grid.seats {
        seat.caption =
            TileCaption { site: "Đắk Lắk".to_owned(), is_muted: true, ..TileCaption::default() };
    }
    let bytes =
        |picture: &Picture| (0..720).flat_map(|y| picture.plane(0).row(0, y).to_vec()).collect::<Vec<u8>>();
    let first = bytes(desk.compose(&grid).0);
    for generation in 2..20 {
        let moved = generation % 9;
        desk.sources.extend([source(moved, Size::new(640, 360), generation)]);
        assert!(first == bytes(desk.compose(&grid).0), "source {moved}");
    }
}

#[test]
fn a_picture_that_is_still_in_use_is_not_painted_over() {
    let mut desk = Desk::new([source(1, Size::new(640, 360), 1)]);
    let full = scene(Layout::Full, [1]);
    desk.compose(&full);
    let before = Arc::clone(&desk.sources[&SourceId(1)].layers[1].as_ref().expect("is there").picture);
    desk.sources.extend([source(1, Size::new(640, 360), 2)]);
    desk.compose(&full);
    assert_eq!(pixel(&before, 5, 5), colour(1));
}

fn programme(rate: Bitrate) -> Programme {
    let wish = EncoderWish {
        kind: EncoderKind::X264,
        size: Canvas::HD.size(),
        rate,
        pictures_per_second: 25,
        effort: Effort::Least,
    };
    Programme::new(Canvas::HD, wish).expect("is installed")
}

#[test]
fn requests_for_key_pictures_are_merged_to_one_a_second() {
    let (mut programme, mut scaler, mut captions) =
        (programme(Bitrate::kbit(800)), Scaler::default(), Captions::new(None));
    let full = scene(Layout::Full, [1]);
    let mut keys = Vec::new();
    for number in 0..75_u32 {
        let sources: Sources = [source(1, Size::new(640, 360), u64::from(number))].into();
        programme.ask_key();
        let sent =
            programme.turn(TICK * number, &full, &sources, &mut scaler, &mut captions).expect("encodes");
        keys.extend(sent.iter().filter(|it| it.unit.is_key).map(|_| number));
    }
    assert_eq!(keys, [0, 25, 50]);
    assert_eq!(programme.key_counts(), (75, 3));
}

#[test]
fn a_still_picture_is_encoded_twice_a_second_and_two_rungs_at_most() {
    let (mut programme, mut scaler, mut captions) =
        (programme(Bitrate::kbit(800)), Scaler::default(), Captions::new(None));
    let full = scene(Layout::Full, [1]);
    let sources: Sources = [source(1, Size::new(640, 360), 1)].into();
    let rungs = [(Rung::Low, 300), (Rung::Full, 800), (Rung::Middle, 900)];
    programme.set_rungs(&rungs.map(|(rung, rate)| (rung, Bitrate::kbit(rate)))).expect("encodes");
    assert_eq!(programme.rungs(), [(Rung::Low, Bitrate::kbit(300)), (Rung::Full, Bitrate::kbit(800))]);
    let mut counts = [0, 0];
    let mut decoders = [(); 2].map(|()| Decoder::open(Codec::H264).expect("is installed"));
    for number in 0..50_u32 {
        for sent in
            programme.turn(TICK * number, &full, &sources, &mut scaler, &mut captions).expect("encodes")
        {
            let at = usize::from(sent.rung == Rung::Full);
            counts[at] += 1;
            let picture = decoders[at].decode(&sent.unit.bytes).picture.expect("a picture");
            assert!(
                middle(&picture, Rect { x: 0, y: 0, width: 1280, height: 720 }).y.abs_diff(colour(1).y) < 4
            );
        }
    }
    assert_eq!(counts, [4, 4]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn whatever_scenes_follow_one_another_the_last_one_is_seen_as_if_it_were_the_first(
        steps in prop::collection::vec((0_usize..11, 0_u64..25, 0_u64..3), 1..12),
    ) {
        let sizes = [Size::new(320, 180), Size::new(640, 360), Size::new(300, 400)];
        let all = |generation: u64| (0..25).map(move |it| source(it, sizes[(it + generation) as usize % 3], generation));
        let mut desk = Desk::new(all(0));
        for (number, (layout, first, changed)) in steps.into_iter().enumerate() {
            let layout = Layout::ALL[layout];
            if changed == 0 {
                desk.sources.extend(all(number as u64 + 1));
            }
            let mut scene = scene(layout, (0..25).map(|it| (it + first) % 25));
            scene.banner.recording = (changed == 1).then(String::new);
            let mut fresh = Desk::new(desk.sources.clone());
            let (one, other) = (desk.compose(&scene).0, fresh.compose(&scene).0);
            for plane in 0..3 {
                for row in 0..one.plane(plane).height {
                    prop_assert!(one.plane(plane).row(0, row) == other.plane(plane).row(0, row), "{:?} row {}", layout, row);
                }
            }
        }
    }
}
