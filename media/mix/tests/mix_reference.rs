//! A whole picture with words, marks and logo as a person sees it, compared with a stored one; and what is no logo.
//!
//! `UPDATE_GENERATED=1` writes the stored picture anew: look at it before it is committed.

use media_mix::caption::{Banner, Captions, Card, Logo, LogoLimits, TileCaption, Typeface};
use media_mix::error::Failure;
use media_mix::layout::{Canvas, Layout, Rect, Size};
use media_mix::picture::{Colour, Picture};
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use unicode_normalization::UnicodeNormalization as _;

const STORED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pictures/captions.png");
const LIMITS: LogoLimits = LogoLimits { file_bytes: 1 << 20, side_px: 1024 };
const HD: Size = Size::new(1280, 720);
const GREY: Colour = Colour { y: 120, u: 120, v: 132 };

fn write(path: &Path, size: Size, colour: png::ColorType, bytes: &[u8]) {
    let file = BufWriter::new(File::create(path).expect("a file"));
    let mut encoder = png::Encoder::new(file, size.width, size.height);
    encoder.set_color(colour);
    let mut writer = encoder.write_header().expect("written");
    writer.write_image_data(bytes).expect("written");
}

fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// A yellow disc on nothing.
fn disc(name: &str, size: Size) -> PathBuf {
    let path = scratch(name);
    let (middle, radius) = ((size.width / 2, size.height / 2), size.height / 2);
    let pixels = (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y))).flat_map(|(x, y)| {
        let away = x.abs_diff(middle.0).pow(2) + y.abs_diff(middle.1).pow(2);
        [255, 210, 0, if away < radius.pow(2) { 255 } else { 0 }]
    });
    write(&path, size, png::ColorType::Rgba, &pixels.collect::<Vec<u8>>());
    path
}

fn captions(logo: Option<&Path>) -> Captions {
    let face = Typeface::open(Path::new(Typeface::DEFAULT_FILE)).expect("set-up installs the font");
    Captions::new(Some(face)).with_logo(logo.map(|path| Logo::open(path, LIMITS).expect("a good logo")))
}

fn banner() -> Banner {
    Banner {
        secrecy: "NỘI BỘ".to_owned(),
        agenda: "Báo cáo giải ngân vốn đầu tư công quý III".to_owned(),
        clock: "08:30".to_owned(),
        recording: None,
    }
}

fn grey() -> Picture {
    let mut picture = Picture::black(HD);
    picture.fill(Rect { x: 0, y: 0, width: HD.width, height: HD.height }, GREY);
    picture
}

/// One large tile and three small ones, names in both spellings of Unicode.
fn drawn(spelt: impl Fn(&str) -> String) -> Picture {
    let mut captions = captions(Some(&disc("reference-logo.png", Size::new(200, 200))));
    let mut picture = grey();
    let caption = |site: &str, person: &str| TileCaption {
        site: spelt(site),
        person: spelt(person),
        ..TileCaption::default()
    };
    let seats = [
        TileCaption {
            is_speaking: true,
            ..caption("Hội trường UBND tỉnh Bắc Giang", "Nguyễn Thị Ngọc Ánh – Phó Chủ tịch")
        },
        TileCaption { is_muted: true, ..caption("Xã Nghĩa Phương", "Giáp Văn Được") },
        caption("Phường Ngô Quyền, thành phố Bắc Giang, tỉnh Bắc Giang", "Đỗ Mỹ Lệ"),
    ];
    let tiles = Layout::OneAndThree.tiles(Canvas::HD);
    for (tile, caption) in tiles.iter().zip(&seats) {
        captions.tile(&mut picture, tile.rect, caption);
    }
    let card = Card { title: spelt("Xã Lục Sơn"), reason: spelt("Chưa có hình") };
    captions.card(&mut picture, tiles[3].rect, &card);
    captions.banner(&mut picture, &Banner { agenda: spelt(&banner().agenda), ..banner() });
    picture
}

fn pixel(picture: &Picture, x: usize, y: usize) -> Colour {
    let at = |plane: usize, by: usize| picture.plane(plane).row(x / by, y / by)[0];
    Colour { y: at(0, 1), u: at(1, 2), v: at(2, 2) }
}

/// As a person sees it.
fn rgb(picture: &Picture) -> Vec<u8> {
    let (width, height) = (picture.size().width as usize, picture.size().height as usize);
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let seen = places.flat_map(|(x, y)| {
        let Colour { y, u, v } = pixel(picture, x, y);
        let (y, u, v) = ((f32::from(y) - 16.0) / 219.0, f32::from(u) - 128.0, f32::from(v) - 128.0);
        let (red, blue) = (y + 1.5748 * v / 224.0, y + 1.8556 * u / 224.0);
        let green = (y - 0.2126 * red - 0.0722 * blue) / 0.7152;
        [red, green, blue].map(|it| (it.clamp(0.0, 1.0) * 255.0).round() as u8)
    });
    seen.collect()
}

#[test]
fn picture_with_words_and_logo_is_as_it_was_looked_at() {
    let seen = rgb(&drawn(|it| it.nfc().collect()));
    assert!(seen == rgb(&drawn(|it| it.nfd().collect())), "marks apart from their letters look the same");
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        write(Path::new(STORED), HD, png::ColorType::Rgb, &seen);
    }
    let file = std::io::BufReader::new(File::open(STORED).expect("UPDATE_GENERATED=1 makes it"));
    let mut reader = png::Decoder::new(file).read_info().expect("a picture");
    let mut stored = vec![0; reader.output_buffer_size().expect("small")];
    reader.next_frame(&mut stored).expect("a picture");
    assert_eq!(stored.len(), seen.len());
    // Another edition of the font may round a rim otherwise; a letter that is missing differs by far more.
    let differ = stored.iter().zip(&seen).filter(|(one, other)| one.abs_diff(**other) > 24).count();
    assert!(differ < seen.len() / 2_000, "{differ} of {} values are others", seen.len());
}

#[test]
fn logo_stands_in_the_corner_and_moves_the_label_aside() {
    let drawn = |logo: Option<&Path>| {
        let mut picture = grey();
        captions(logo).banner(&mut picture, &banner());
        picture
    };
    let path = disc("corner-logo.png", Size::new(300, 300));
    let (plain, marked) = (drawn(None), drawn(Some(&path)));
    let zone = Captions::banner_zone(HD);
    let yellow = |picture: &Picture| {
        let places = (0..HD.height as usize).flat_map(|y| (0..HD.width as usize).map(move |x| (x, y)));
        places.filter(|(x, y)| pixel(picture, *x, *y).u < 60).collect::<Vec<_>>()
    };
    assert_eq!(yellow(&plain), []);
    let disc = yellow(&marked);
    assert!(disc.len() > 600, "{}", disc.len());
    assert!(disc.iter().all(|(x, y)| *x < 64 && *y < zone.height as usize), "small, in the corner");
    assert_eq!(pixel(&marked, 2, 2), GREY, "nothing is hidden beside it");
    assert_eq!(pixel(&plain, 2, 2), Colour::RED, "the label");
    let label = (0..200).find(|x| pixel(&marked, *x, 2) == Colour::RED).expect("the label");
    let right = disc.iter().map(|(x, _)| *x).max().expect("a disc");
    assert!(label > right, "label from {label}, logo to {right}");
    for x in 1_100..1_280 {
        assert_eq!(pixel(&plain, x, 8), pixel(&marked, x, 8), "the clock stays");
    }
}

#[test]
fn logo_of_any_shape_is_painted_in_pictures_of_any_size() {
    for (at, (width, height)) in [(1, 1), (1, 1_024), (1_024, 1), (1_024, 60), (7, 5)].into_iter().enumerate()
    {
        let mut captions = captions(Some(&disc(&format!("shape-{at}.png"), Size::new(width, height))));
        for size in [Size::new(2, 2), Size::new(64, 36), Size::new(1_920, 1_080)] {
            captions.banner(&mut Picture::black(size), &banner());
        }
    }
    // Without colours, without transparency, with sixteen bits.
    let grey = scratch("grey.png");
    write(&grey, Size::new(4, 4), png::ColorType::Grayscale, &[200; 16]);
    let mut picture = Picture::black(HD);
    captions(Some(&grey)).banner(&mut picture, &Banner::default());
    assert_eq!(pixel(&picture, 20, 20), Colour { y: 188, u: 128, v: 128 });
}

#[test]
fn what_is_no_logo_is_refused_with_the_reason() {
    let open = |path: &Path| Logo::open(path, LIMITS).expect_err("no logo");
    assert!(matches!(open(Path::new("/nowhere/logo.png")), Failure::LogoUnreadable { .. }));
    assert!(matches!(
        open(&disc("wide.png", Size::new(1_025, 2))),
        Failure::LogoTooWide { limit: 1_024, .. }
    ));
    let torn = scratch("torn.png");
    let whole = std::fs::read(disc("whole.png", Size::new(64, 64))).expect("just written");
    for length in [0, 7, 30, whole.len() / 2] {
        std::fs::write(&torn, &whole[..length]).expect("written");
        assert!(matches!(open(&torn), Failure::NoLogo { .. }), "{length} bytes of it");
    }
    std::fs::write(&torn, vec![0; (1 << 20) + 1]).expect("written");
    assert!(matches!(open(&torn), Failure::LogoTooLarge { limit: 1_048_576, .. }));
}
