//! Sources that misbehave: each gets a card, and everybody else goes on.

use crate::hall::{Camera, Hall, is_near, plain};
use media_control::{H264Encoder, MixerReport, Tiling};
use media_mix::layout::Size;
use media_mix::picture::Colour;

/// Behind the words of a card.
const CARD: Colour = Colour::SLATE;

fn beside(odd: Camera) -> Hall {
    let mut hall = Hall::open(vec![odd, Camera::new(2, Colour::GREEN)]);
    hall.compose(Tiling::OneAndOne);
    hall
}

/// Somebody in the left tile has a card, the right one is green.
fn has_card(hall: &mut Hall) -> bool {
    is_near(hall.viewer.colour_at(40, 120), CARD) && is_near(hall.viewer.colour_at(480, 180), Colour::GREEN)
}

fn left_is(hall: &mut Hall, colour: Colour) -> bool {
    is_near(hall.viewer.colour_at(40, 180), colour) && is_near(hall.viewer.colour_at(480, 180), Colour::GREEN)
}

#[test]
fn too_large_a_picture_gets_a_card_and_a_usable_one_its_tile_again() {
    let mut odd = Camera::new(1, Colour::RED);
    odd.shows(plain(Size::new(3_840, 2_160), Colour::RED));
    let mut hall = beside(odd);
    hall.until("a card for 4K", has_card);
    hall.cameras[0].shows(plain(Size::new(640, 360), Colour::RED));
    hall.cameras[0].is_key_due = true;
    hall.until("red in the tile", |hall| left_is(hall, Colour::RED));
}

#[test]
fn garbage_and_lost_packets_get_a_card_and_key_frames_are_asked_for_at_a_bounded_pace() {
    let mut odd = Camera::new(1, Colour::RED);
    // Every picture is broken in another way.
    odd.spoils = |sequence, payload| match sequence % 3 {
        0 => None,
        1 => Some(vec![0x78, 0]),
        _ => Some(payload.iter().map(|it| it ^ 0x5a).collect()),
    };
    let mut hall = beside(odd);
    let took = hall.until("a card for who cannot be read", has_card);
    let asked = hall.cameras[0].asked;
    assert!(u128::from(asked) <= took.as_millis() / 300 + 2, "{asked} in {took:?}");
    assert_eq!(hall.gone, 0);
    hall.cameras[0].spoils = |_, payload| Some(payload.to_vec());
    hall.cameras[0].is_key_due = true;
    hall.until("red in the tile", |hall| left_is(hall, Colour::RED));
}

#[test]
fn who_stops_gets_a_card_and_their_tile_again() {
    let mut hall = beside(Camera::new(1, Colour::RED));
    hall.until("red in the tile", |hall| left_is(hall, Colour::RED));
    hall.cameras[0].spoils = |_, _| None;
    hall.until("a card for who stopped", has_card);
    hall.cameras[0].spoils = |_, payload| Some(payload.to_vec());
    hall.until("red in the tile", |hall| left_is(hall, Colour::RED));
}

#[test]
fn size_that_changes_with_every_picture_is_shown_all_the_same() {
    let mut hall = beside(Camera::new(1, Colour::RED));
    let mut number = 0;
    let mut shown = 0;
    hall.until("pictures of many sizes", |hall| {
        let seen = hall.viewer.pictures;
        if seen > shown {
            shown = seen;
            number += 1;
            let size = Size::new(160 + number % 20 * 32, 90 + number % 13 * 26);
            hall.cameras[0].shows(plain(size, Colour::RED));
            hall.cameras[0].is_key_due = true;
        }
        number > 60 && left_is(hall, Colour::RED)
    });
    assert_eq!(hall.gone, 0);
    let waiting = hall.reports.iter().filter_map(|it| match it {
        MixerReport::Counted(figures) => Some(figures.waiting_packets),
        _ => None,
    });
    assert!(waiting.max().unwrap_or(0) < 1_200);
}

/// Whether a payload is of a key picture or of what goes before one (RFC 6184: IDR, parameter sets, also inside an
/// aggregate or a fragment).
fn is_of_key(payload: &[u8]) -> bool {
    let kind = |byte: Option<&u8>| byte.map_or(0, |byte| byte & 0x1f);
    match kind(payload.first()) {
        24 => true,
        28 => kind(payload.get(1)) == 5,
        other => matches!(other, 5 | 7 | 8),
    }
}

#[test]
fn who_never_sends_a_key_frame_gets_a_card_and_is_asked_at_a_bounded_pace() {
    let mut odd = Camera::new(1, Colour::RED);
    odd.spoils = |_, payload| (!is_of_key(payload)).then(|| payload.to_vec());
    let mut hall = beside(odd);
    let took = hall.until("a card for who sends no key frame", has_card);
    let asked = hall.cameras[0].asked;
    assert!(asked > 0 && u128::from(asked) <= took.as_millis() / 300 + 2, "{asked} in {took:?}");
    hall.cameras[0].spoils = |_, payload| Some(payload.to_vec());
    hall.cameras[0].is_key_due = true;
    hall.until("red in the tile", |hall| left_is(hall, Colour::RED));
    assert_eq!(hall.gone, 0);
}

#[test]
fn time_that_jumps_with_every_picture_disturbs_nobody() {
    let mut odd = Camera::new(1, Colour::RED);
    odd.clock = |number| (number as u32).wrapping_mul(2_654_435_761);
    let mut hall = beside(odd);
    hall.until("red in the tile", |hall| left_is(hall, Colour::RED));
    let before = hall.viewer.pictures;
    hall.until("fifty more pictures", |hall| {
        hall.viewer.pictures > before + 50 && left_is(hall, Colour::RED)
    });
    // Backwards, and standing still.
    hall.cameras[0].clock = |number| u32::MAX - number as u32 / 5 * 90_000;
    let before = hall.viewer.pictures;
    hall.until("fifty more pictures", |hall| {
        hall.viewer.pictures > before + 50 && left_is(hall, Colour::RED)
    });
    assert_eq!(hall.gone, 0);
}

#[test]
fn without_its_font_pictures_are_composed_without_words() {
    let cameras = vec![Camera::new(1, Colour::RED), Camera::new(2, Colour::GREEN)];
    let mut hall = Hall::with(cameras, H264Encoder::X264, &["--font", "/nowhere/no.ttf"]);
    hall.compose(Tiling::OneAndOne);
    hall.until("red in the tile", |hall| left_is(hall, Colour::RED));
    hall.cameras[0].spoils = |_, _| None;
    hall.until("a card without words for who stopped", has_card);
    assert_eq!(hall.gone, 0);
}
