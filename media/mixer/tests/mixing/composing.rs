//! What is ordered is what viewers get, also from the process after one that was killed.

use crate::hall::{Camera, Hall, is_near};
use media_control::{
    Composition, H264Encoder, MixerOrder, MixerReport, NoProgramme, ParticipantId, PictureCodec,
    ProgrammeNews, Tiling,
};
use media_mix::layout::Size;
use media_mix::picture::Colour;
use media_relay::Codec;
use std::time::Duration;

const BLUE: Colour = Colour { y: 60, u: 200, v: 110 };

fn colours() -> Vec<Camera> {
    vec![
        Camera::new(1, Colour::RED),
        Camera::new(2, Colour::GREEN),
        Camera::new(3, BLUE),
        Camera::new(4, Colour::WHITE),
    ]
}

/// In each quarter of the picture the colour of its camera.
fn shows_all(hall: &mut Hall) -> bool {
    let quarters =
        [(160, 60, Colour::RED), (480, 60, Colour::GREEN), (160, 240, BLUE), (480, 240, Colour::WHITE)];
    quarters.into_iter().all(|(x, y, wanted)| is_near(hall.viewer.colour_at(x, y), wanted))
}

#[test]
fn each_camera_is_seen_in_its_tile_and_the_layout_changes_without_a_new_stream() {
    let mut hall = Hall::open(colours());
    hall.compose(Tiling::Grid2);
    let first = hall.until("four colours", shows_all);
    assert!(hall.programme_news().contains(&ProgrammeNews::Shown));
    let before = hall.viewer.next_sequence;
    let full = hall.composition(Tiling::Full);
    hall.order(MixerOrder::Compose(Box::new(full)));
    let changed = hall.until("one colour", |hall| {
        [(160, 60), (480, 240)].iter().all(|(x, y)| is_near(hall.viewer.colour_at(*x, *y), Colour::RED))
    });
    assert!(hall.viewer.next_sequence > before);
    println!("first picture after {first:?}, other layout after {changed:?}");
    let asked = |hall: &Hall| -> u32 {
        let counted = hall.reports.iter().filter_map(|it| match it {
            MixerReport::Counted(figures) => Some(figures.keyframes_sent),
            _ => None,
        });
        counted.sum()
    };
    hall.ask_key();
    let sent = asked(&hall);
    hall.until("a key frame", |hall| asked(hall) > sent);
    hall.order(MixerOrder::Stop {
        conference: crate::hall::demo(),
        programme: ParticipantId::FIRST_PROGRAMME,
    });
    hall.until("cameras to be wanted no longer", |hall| hall.cameras.iter().all(|it| !it.is_wanted));
}

#[test]
fn either_encoder_of_the_setting_makes_a_picture_that_rooms_take() {
    for encoder in [H264Encoder::X264, H264Encoder::OpenH264] {
        let mut hall = Hall::with(colours(), encoder, &[]);
        hall.compose(Tiling::Grid2);
        let took = hall.until("four colours", shows_all);
        assert_eq!(hall.viewer.codec, Codec::H264, "{encoder:?}");
        println!("{encoder:?}: first picture after {took:?}");
    }
}

#[test]
fn browser_without_h264_gets_vp8_with_picture_ids_beside_the_other_programme() {
    let mut hall = Hall::open(colours());
    hall.compose(Tiling::Grid2);
    hall.until("four colours", shows_all);
    assert_eq!(hall.viewer.codec, Codec::H264);
    // The same programme in the other coding is a stream anew.
    let vp8 = Composition { codec: PictureCodec::Vp8, ..hall.composition(Tiling::Grid2) };
    hall.order(MixerOrder::Compose(Box::new(vp8)));
    let before = hall.viewer.pictures;
    hall.until("thirty pictures in VP8", |hall| {
        hall.viewer.codec == Codec::Vp8 && hall.viewer.pictures > before + 30 && shows_all(hall)
    });
    let last = hall.viewer.picture_id;
    hall.ask_key();
    hall.until("pictures behind the key frame", |hall| hall.viewer.picture_id > last.map(|it| it + 30));
    assert_eq!(hall.gone, 0);
}

#[test]
fn narrow_link_gets_a_lower_rate_beside_the_full_one_and_both_end_as_one_encode() {
    const ALL: u8 = 7;
    const FULL: u8 = 4;
    const MIDDLE: u8 = 2;
    let mut hall = Hall::open(colours());
    hall.compose(Tiling::Grid2);
    // As viewers who have just come: their links are not known for a moment.
    hall.until("four colours", |hall| {
        hall.need_layers(ALL);
        shows_all(hall)
    });
    hall.need_layers(FULL);
    hall.until("one encoder", |hall| hall.encoders() == 1);
    hall.need_layers(FULL | MIDDLE);
    hall.until("pictures of both rates", |hall| {
        hall.encoders() == 2
            && is_near(hall.narrow.colour_at(160, 60), Colour::RED)
            && is_near(hall.narrow.colour_at(480, 240), Colour::WHITE)
    });
    let before = hall.viewer.pictures;
    hall.until("the full rate to go on", |hall| hall.viewer.pictures > before + 10);
    assert_eq!(hall.narrow.newest.as_ref().map(|it| it.size()), Some(Size::new(640, 360)), "the same size");
    hall.need_layers(MIDDLE);
    hall.until("one encoder again", |hall| hall.encoders() == 1);
    let (full, narrow) = (hall.viewer.pictures, hall.narrow.pictures);
    hall.until("the lower rate to go on", |hall| hall.narrow.pictures > narrow + 10);
    assert_eq!(hall.viewer.pictures, full, "nobody looks at the full rate");
    hall.need_layers(FULL);
    hall.until("the full rate at once", |hall| hall.viewer.pictures > full + 10 && shows_all(hall));
}

#[test]
fn killed_mixer_is_started_again_and_viewers_have_their_picture_within_two_seconds() {
    let mut hall = Hall::open(colours());
    hall.compose(Tiling::Grid2);
    hall.until("four colours", shows_all);
    hall.kill();
    hall.until("the mixer to be gone", |hall| hall.gone == 1);
    hall.viewer.newest = None;
    let back = hall.until("four colours again", shows_all);
    println!("pictures were back after {back:?}");
    assert!(back < Duration::from_secs(2), "{back:?}");
}

#[test]
fn more_pictures_than_the_limit_are_refused_with_the_reason() {
    let mut hall = Hall::open(colours());
    hall.compose(Tiling::Grid2);
    for number in 1..100 {
        let mut one = hall.composition(Tiling::Full);
        one.programme = ParticipantId(ParticipantId::FIRST_PROGRAMME.0 + number);
        one.leg = media_control::LegId(9_000 + u64::from(number));
        let order = MixerOrder::Compose(Box::new(one));
        hall.until("room for the order", |hall| {
            hall.worker.send(serde_json::to_vec(&order).expect("JSON")).is_ok()
        });
    }
    let refusal = ProgrammeNews::Refused { refusal: NoProgramme::TooMany { limit: 3 } };
    hall.until("97 refusals", |hall| hall.programme_news().iter().filter(|it| **it == refusal).count() == 97);
    hall.until("the first one to go on", shows_all);
    let mut odd = hall.composition(Tiling::Full);
    (odd.width, odd.leg) = (641, media_control::LegId(9_500));
    hall.order(MixerOrder::Compose(Box::new(odd)));
    let refusal = ProgrammeNews::Refused { refusal: NoProgramme::BadSize { width: 641, height: 360 } };
    hall.until("an odd size to be refused", |hall| hall.programme_news().contains(&refusal));
}

#[test]
fn logo_that_was_read_before_the_doors_closed_is_seen_by_viewers() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("mixer-logo.png");
    let mut encoder = png::Encoder::new(std::fs::File::create(&path).expect("a file"), 64, 64);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().expect("written");
    writer.write_image_data(&[0, 0, 255].repeat(64 * 64)).expect("written");
    drop(writer);
    let file = path.display().to_string();
    let mut hall = Hall::with(colours(), H264Encoder::X264, &["--logo", &file]);
    hall.compose(Tiling::Grid2);
    hall.until("four colours", shows_all);
    let blue = Colour { y: 32, u: 240, v: 118 };
    hall.until("the logo over the first of them", |hall| is_near(hall.viewer.colour_at(16, 12), blue));
    assert_eq!(hall.gone, 0);
}
