//! The layouts that are composed: distinct ones over the same cameras.
//!
//! Called once by `main`.

use clap::ValueEnum;
use media_mix::caption::{Banner, TileCaption};
use media_mix::compose::{Scene, Seat};
use media_mix::layout::{Canvas, Layer, Layout};
use media_mix::seating::SourceId;
use serde_json::{Value, json};

/// Which layouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kinds {
    /// 4×4, each in another order: every camera is on every picture.
    Grid,
    /// 4×4, 1+7, 3×3, 1+5, 2×2, 1+3 and again, each with somebody else in front.
    Mixed,
}

const MIXED: [Layout; 6] = [
    Layout::Grid4,
    Layout::OneAndSeven,
    Layout::Grid3,
    Layout::OneAndFive,
    Layout::Grid2,
    Layout::OneAndThree,
];

pub fn scenes(kinds: Kinds, layouts: usize, sources: usize) -> Vec<Scene> {
    let scene = |number: usize| {
        let layout = match kinds {
            Kinds::Grid => Layout::Grid4,
            Kinds::Mixed => MIXED[number % MIXED.len()],
        };
        let seat = |at: usize| seat(((at + number) % sources) as u64, at == 0);
        let banner = Banner { clock: "08:00".to_owned(), secrecy: "MẬT".to_owned(), ..Banner::default() };
        let seats = (0..layout.seats().min(sources)).map(seat).collect();
        Scene { canvas: Canvas::HD, layout, seats, banner }
    };
    (0..layouts).map(scene).collect()
}

fn seat(source: u64, is_speaking: bool) -> Seat {
    let caption = TileCaption {
        site: format!("Điểm cầu xã Hợp Thịnh {source}"),
        person: "Nguyễn Thị Ngọc Ánh – Phó Chủ tịch".to_owned(),
        is_muted: !is_speaking,
        is_speaking,
    };
    Seat { source: Some(SourceId(source)), caption, ..Seat::default() }
}

/// Which camera lies where, and the lines of the layer that is taken.
pub fn plan(scene: &Scene) -> Value {
    let tiles = scene.layout.tiles(scene.canvas).into_iter().zip(&scene.seats);
    let tile = |(tile, seat): (media_mix::layout::Tile, &Seat)| {
        let rect = tile.rect;
        let lines = Layer::wanted(rect.height).lines();
        let source = seat.source.map(|it| it.0);
        json!({ "source": source, "lines": lines, "x": rect.x, "y": rect.y, "width": rect.width, "height": rect.height })
    };
    json!(tiles.map(tile).collect::<Vec<_>>())
}
