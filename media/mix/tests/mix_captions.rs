//! Words and marks on tiles, with the font that set-up installs.

use media_mix::caption::{Banner, Captions, Card, TileCaption, Typeface};
use media_mix::error::Failure;
use media_mix::layout::{Canvas, Layout, Rect, Size};
use media_mix::picture::{Colour, Picture};
use std::path::Path;
use unicode_normalization::UnicodeNormalization as _;

const GREY: Colour = Colour { y: 120, u: 90, v: 160 };
const HD: Size = Size::new(1280, 720);

fn captions() -> Captions {
    Captions::new(Some(Typeface::open(Path::new(Typeface::DEFAULT_FILE)).expect("set-up installs the font")))
}

/// A picture of one grey, on which every change shows.
fn grey() -> Picture {
    let mut picture = Picture::black(HD);
    picture.fill(Rect { x: 0, y: 0, width: HD.width, height: HD.height }, GREY);
    picture
}

fn bytes(picture: &Picture) -> Vec<u8> {
    (0..3)
        .flat_map(|at| {
            (0..picture.plane(at).height).flat_map(move |row| picture.plane(at).row(0, row).to_vec())
        })
        .collect()
}

/// Brightness and colours of a pixel.
fn pixel(picture: &Picture, x: usize, y: usize) -> Colour {
    let at = |plane: usize, by: usize| picture.plane(plane).row(x / by, y / by)[0];
    Colour { y: at(0, 1), u: at(1, 2), v: at(2, 2) }
}

fn count(picture: &Picture, rect: Rect, is_it: impl Fn(Colour) -> bool) -> usize {
    let (right, bottom) = (rect.x + rect.width, rect.y + rect.height);
    let all = (rect.y..bottom).flat_map(|y| (rect.x..right).map(move |x| (x as usize, y as usize)));
    all.filter(|(x, y)| is_it(pixel(picture, *x, *y))).count()
}

fn named(site: &str, person: &str) -> TileCaption {
    TileCaption { site: site.to_owned(), person: person.to_owned(), ..TileCaption::default() }
}

const SITE: &str = "Điểm cầu xã Hợp Thịnh";
const PERSON: &str = "Nguyễn Thị Ngọc Ánh – Phó Chủ tịch Ủy ban nhân dân";

#[test]
fn letters_and_marks_apart_give_the_same_picture_as_together() {
    let drawn = |site: String| {
        let mut picture = grey();
        captions().tile(&mut picture, Rect { x: 0, y: 0, width: 640, height: 360 }, &named(&site, PERSON));
        bytes(&picture)
    };
    let (together, apart) = (SITE.nfc().collect::<String>(), SITE.nfd().collect::<String>());
    assert_ne!(together, apart);
    assert_eq!(drawn(together), drawn(apart));
}

#[test]
fn every_vietnamese_letter_has_a_shape_of_its_own() {
    let letters = "aăâáàảãạắằẳẵặấầẩẫậeêéèẻẽẹếềểễệiíìỉĩịoôơóòỏõọốồổỗộớờởỡợuưúùủũụứừửữựyýỳỷỹỵdđ";
    let mut shapes = Vec::new();
    let mut captions = captions();
    for letter in letters.chars().flat_map(|it| [it, it.to_uppercase().next().expect("has one")]) {
        let mut picture = grey();
        captions.tile(
            &mut picture,
            Rect { x: 0, y: 0, width: 1280, height: 720 },
            &named(&letter.to_string(), ""),
        );
        shapes.push((bytes(&picture), letter));
    }
    shapes.sort();
    let same = shapes.windows(2).find(|two| two[0].0 == two[1].0);
    assert_eq!(same.map(|two| (two[0].1, two[1].1)), None);
}

#[test]
fn a_caption_stays_inside_its_tile() {
    let mut captions = captions();
    for layout in Layout::ALL {
        for tile in layout.tiles(Canvas::HD) {
            let mut picture = grey();
            let long = "Rất dài ".repeat(60);
            let caption = TileCaption { is_muted: true, is_speaking: true, ..named(&long, &long) };
            captions.tile(&mut picture, tile.rect, &caption);
            captions.card(&mut picture, tile.rect, &Card { title: long.clone(), reason: long });
            let all = count(&picture, Rect { x: 0, y: 0, width: 1280, height: 720 }, |it| it != GREY);
            assert_eq!(all, count(&picture, tile.rect, |it| it != GREY), "{layout:?} {tile:?}");
        }
    }
}

#[test]
fn words_are_white_on_a_darker_ground_with_half_its_colour() {
    let (mut picture, tile) = (grey(), Rect { x: 320, y: 180, width: 320, height: 180 });
    captions().tile(&mut picture, tile, &named(SITE, ""));
    let corner = pixel(&picture, 322, 354);
    assert_eq!(corner, Colour { y: 16 + 104 * 2 / 5, u: 109, v: 144 });
    assert!(count(&picture, tile, |it| it.y > 200) > 150, "letters");
    assert_eq!(count(&picture, Rect { height: 90, ..tile }, |it| it != GREY), 0, "only at the foot");
}

#[test]
fn larger_tiles_have_larger_letters_and_a_line_for_the_person() {
    let mut captions = captions();
    let mut inked = |tile: Rect, person: &str| {
        let mut picture = grey();
        captions.tile(&mut picture, tile, &named("Hà Nội", person));
        count(&picture, tile, |it| it.y > 200)
    };
    let (small, large) =
        (Rect { x: 0, y: 0, width: 320, height: 180 }, Rect { x: 0, y: 0, width: 1280, height: 720 });
    assert!(inked(large, "") > 4 * inked(small, ""));
    assert!(inked(large, PERSON) > 2 * inked(large, ""));
}

#[test]
fn who_is_muted_and_who_speaks_shows() {
    let tile = Rect { x: 0, y: 0, width: 320, height: 180 };
    let shown = |is_muted, is_speaking| {
        let mut picture = grey();
        captions().tile(&mut picture, tile, &TileCaption { is_muted, is_speaking, ..named(SITE, "") });
        picture
    };
    let red = |it: Colour| it.v > 190;
    assert_eq!(count(&shown(false, false), tile, red), 0);
    assert!(count(&shown(true, false), tile, red) > 8, "the stroke through the microphone");
    assert_eq!(pixel(&shown(false, true), 100, 1), Colour::GREEN, "a frame");
    assert_ne!(pixel(&shown(false, true), 100, 20), Colour::GREEN, "and no more");
}

#[test]
fn the_banner_keeps_the_label_whatever_the_agenda_says() {
    let mut picture = grey();
    let banner = Banner {
        secrecy: "MẬT".to_owned(),
        agenda: "Báo cáo tình hình giải ngân vốn đầu tư công ".repeat(10),
        clock: "08:30".to_owned(),
        recording: Some("Đang ghi".to_owned()),
    };
    captions().banner(&mut picture, &banner);
    assert_eq!(pixel(&picture, 2, 2), Colour::RED, "the ground of the label");
    let left = Rect { x: 0, y: 0, width: 160, height: 40 };
    assert!(count(&picture, left, |it| it.y > 225) > 50, "its letters");
    let right = Rect { x: 960, y: 0, width: 320, height: 40 };
    assert!(count(&picture, right, |it| it.v > 190) > 40, "the dot of the recording");
    assert!(count(&picture, right, |it| it.y > 225) > 100, "the clock");
    let below = Rect { x: 0, y: 60, width: 1280, height: 660 };
    assert_eq!(count(&picture, below, |it| it != GREY), 0);
}

#[test]
fn a_text_is_drawn_once_and_what_is_kept_is_bounded() {
    let (mut captions, mut picture, tile) =
        (captions(), grey(), Rect { x: 0, y: 0, width: 320, height: 180 });
    for _ in 0..100 {
        captions.tile(&mut picture, tile, &named(SITE, ""));
    }
    assert_eq!((captions.counts().rasterised, captions.counts().evicted), (1, 0));
    for number in 0..1_000 {
        captions.tile(&mut picture, tile, &named(&format!("Điểm cầu {number}"), ""));
    }
    assert_eq!(captions.counts().rasterised - captions.counts().evicted, 256);
}

#[test]
fn without_a_font_there_are_cards_and_marks_and_a_count() {
    let (mut captions, mut picture) = (Captions::new(None), Picture::black(HD));
    let tile = Rect { x: 0, y: 0, width: 640, height: 360 };
    captions.card(&mut picture, tile, &Card { title: SITE.to_owned(), reason: "Mất hình".to_owned() });
    captions.tile(&mut picture, tile, &TileCaption { is_muted: true, ..named(SITE, "") });
    assert_eq!(pixel(&picture, 100, 100), Colour::SLATE);
    assert_eq!(captions.counts().unwritten, 3);
}

#[test]
fn a_font_that_cannot_be_used_is_refused_with_the_reason() {
    let open = |file: &str| Typeface::open(Path::new(file)).expect_err("no font for this");
    assert!(
        matches!(open("/nowhere/Noto.ttf"), Failure::FontUnreadable { ref file, .. } if file == "/nowhere/Noto.ttf")
    );
    assert!(matches!(
        open(file!().rsplit_once("media/mix/").expect("its own path").1),
        Failure::NoFont { .. }
    ));
    assert!(open("/nowhere/Noto.ttf").to_string().starts_with("font /nowhere/Noto.ttf cannot be read: "));
}

#[test]
fn texts_of_any_kind_and_places_of_any_size_are_survived() {
    let mut captions = captions();
    for text in ["", " ", "\u{0}\u{7}\n", "\u{301}\u{301}", "漢字 👩‍👩‍👧 ملف", &"Ậ".repeat(100_000)]
    {
        for (width, height) in [(2, 2), (16, 1_000), (1_280, 2), (64, 36), (4_000, 4_000)] {
            let mut picture = Picture::black(HD);
            let tile = Rect { x: 0, y: 0, width, height };
            let caption = TileCaption { is_muted: true, is_speaking: true, ..named(text, text) };
            captions.tile(&mut picture, tile, &caption);
            captions.card(&mut picture, tile, &Card { title: text.to_owned(), reason: text.to_owned() });
            let banner = Banner { secrecy: text.to_owned(), agenda: text.to_owned(), ..Banner::default() };
            captions.banner(&mut Picture::black(Size::new(width.min(200), height.min(120))), &banner);
        }
    }
}
