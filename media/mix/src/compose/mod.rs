//! Puts one composed picture together, again and again.
//!
//! Called once a picture by `programme`. Paints only what has changed since the last one, hands out
//! the picture only when it is whole, and changes to another arrangement only when there is something to see.

mod scale;
mod scene;

pub use scale::Scaler;
pub use scene::{ContentKey, Scene, Seat, Shown, Source, Sources};

use crate::caption::{Captions, Card};
use crate::layout::{Canvas, Fit, Layer, Layout, Placement, Rect, Tile};
use crate::picture::{Colour, Picture};
use crate::seating::SourceId;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

/// Longest that the last arrangement stays because a newcomer has no picture yet: a key picture that is asked
/// for is there in less. Afterwards the newcomer's card is shown.
const PATIENCE: Duration = Duration::from_millis(500);

/// A picture, and whether it differs from the last one.
#[derive(Debug)]
pub struct Composed<'a> {
    pub picture: &'a Picture,
    pub is_changed: bool,
}

/// One layout's picture over time.
#[derive(Debug)]
pub struct Composer {
    picture: Picture,
    /// What stands in each tile, by a hash of all that it was painted from; `None` before the first.
    painted: Vec<Option<u64>>,
    banner: Option<u64>,
    /// The scene that is seen.
    current: Option<Scene>,
    /// Since when another one waits for its pictures.
    waiting: Option<Duration>,
}

impl Composer {
    /// Nothing yet: the first scene is shown as it comes.
    #[must_use]
    pub fn new(canvas: Canvas) -> Self {
        let picture = Picture::black(canvas.size());
        Self { picture, painted: Vec::new(), banner: None, current: None, waiting: None }
    }

    /// Whose pictures are needed, in which layers: those of the scene, and those still seen while it waits.
    #[must_use]
    pub fn needed(&self, scene: &Scene) -> Vec<(SourceId, Layer)> {
        let mut needed = scene.wanted();
        needed.extend(self.current.iter().flat_map(Scene::wanted));
        needed.sort_unstable();
        needed.dedup();
        needed
    }

    /// The picture that was composed last.
    #[must_use]
    pub const fn picture(&self) -> &Picture {
        &self.picture
    }

    /// The picture of this moment.
    pub fn compose(
        &mut self,
        now: Duration,
        scene: &Scene,
        sources: &Sources,
        scaler: &mut Scaler,
        captions: &mut Captions,
    ) -> Composed<'_> {
        let is_changed = if self.must_wait(now, scene, sources) {
            let last = self.current.take().expect("only with a scene before does another wait");
            let is_changed = self.paint(&last, sources, scaler, captions);
            self.current = Some(last);
            is_changed
        } else {
            self.begin(scene);
            self.paint(scene, sources, scaler, captions)
        };
        Composed { picture: &self.picture, is_changed }
    }

    fn must_wait(&mut self, now: Duration, scene: &Scene, sources: &Sources) -> bool {
        let Some(current) = &self.current else { return false };
        let is_same = same_arrangement(current, scene);
        let can_be_seen = |id: &SourceId| {
            let source = sources.get(id);
            source.is_some_and(|it| it.fault.is_some() || it.layers.iter().any(Option::is_some))
        };
        // Who is seen already, as a card perhaps, keeps nobody waiting.
        let is_seen = |id: &SourceId| current.seats.iter().any(|it| it.source == Some(*id));
        if is_same || scene.seats.iter().filter_map(|it| it.source).all(|id| can_be_seen(&id) || is_seen(&id))
        {
            self.waiting = None;
            return false;
        }
        let since = *self.waiting.get_or_insert(now);
        let is_patient = now.saturating_sub(since) < PATIENCE && current.canvas == scene.canvas;
        if !is_patient {
            self.waiting = None;
        }
        is_patient
    }

    /// Gets ready for another scene: what it does not paint over is cleared.
    fn begin(&mut self, scene: &Scene) {
        let size = scene.canvas.size();
        let before = self.current.as_ref().map(|it| (it.canvas, it.layout));
        if before != Some((scene.canvas, scene.layout)) {
            if self.picture.size() != size {
                self.picture = Picture::black(size);
            }
            self.picture.fill(Rect { x: 0, y: 0, width: size.width, height: size.height }, Colour::BLACK);
            self.painted = vec![None; scene.layout.seats()];
            self.banner = None;
        }
        if self.current.as_ref() != Some(scene) {
            self.current = Some(scene.clone());
        }
    }

    fn paint(
        &mut self,
        scene: &Scene,
        sources: &Sources,
        scaler: &mut Scaler,
        captions: &mut Captions,
    ) -> bool {
        let tiles = scene.layout.tiles(scene.canvas);
        let plain = Seat::default();
        let seat = |at: usize| scene.seats.get(at).unwrap_or(&plain);
        let wanted: Vec<u64> =
            tiles.iter().enumerate().map(|(at, tile)| print(seat(at), *tile, sources)).collect();
        let mut is_dirty: Vec<bool> =
            wanted.iter().zip(&self.painted).map(|(wanted, painted)| Some(*wanted) != *painted).collect();
        // The banner lies over tiles: where one of them changes, it and all others below it are painted again.
        let zone = Captions::banner_zone(scene.canvas.size());
        let banner = hash(&scene.banner);
        let is_under = |tile: &Tile| tile.rect.y < zone.height;
        let is_banner_due = self.banner != Some(banner)
            || tiles.iter().zip(&is_dirty).any(|(tile, is_dirty)| *is_dirty && is_under(tile));
        if is_banner_due {
            self.picture.fill(zone, Colour::BLACK);
            for (tile, is_dirty) in tiles.iter().zip(&mut is_dirty) {
                *is_dirty |= is_under(tile);
            }
        }
        for (at, tile) in tiles.iter().enumerate().filter(|(at, _)| is_dirty[*at]) {
            self.tile(seat(at), *tile, sources, scaler, captions);
            self.painted[at] = Some(wanted[at]);
        }
        if is_banner_due {
            captions.banner(&mut self.picture, &scene.banner);
            self.banner = Some(banner);
        }
        is_banner_due || is_dirty.contains(&true)
    }

    fn tile(
        &mut self,
        seat: &Seat,
        tile: Tile,
        sources: &Sources,
        scaler: &mut Scaler,
        captions: &mut Captions,
    ) {
        let Some(id) = seat.source else {
            captions.card(&mut self.picture, tile.rect, &seat.empty);
            return;
        };
        let source = sources.get(&id);
        let shown = source.filter(|it| it.fault.is_none()).and_then(|it| it.best(layer(tile)));
        let placed = shown.and_then(|(layer, shown)| {
            Some((layer, shown, Placement::new(shown.picture.size(), tile.rect, Fit::of(tile.part))?))
        });
        let Some((layer, shown, placement)) = placed else {
            let reason = source.and_then(|it| it.fault.clone()).unwrap_or_default();
            captions.card(&mut self.picture, tile.rect, &Card { title: seat.caption.site.clone(), reason });
            return;
        };
        if placement.to != tile.rect {
            self.picture.fill(tile.rect, Colour::BLACK);
        }
        let place = (placement.to.x, placement.to.y);
        if placement.is_copy() {
            scale::copy(&shown.picture, placement.from, &mut self.picture, place);
        } else {
            let scaled = scaler.tile((id, layer), shown, placement.from, placement.to.size());
            let whole = Rect { x: 0, y: 0, width: placement.to.width, height: placement.to.height };
            scale::copy(&scaled, whole, &mut self.picture, place);
        }
        captions.tile(&mut self.picture, tile.rect, &seat.caption);
    }
}

fn same_arrangement(one: &Scene, other: &Scene) -> bool {
    let sources =
        |scene: &Scene| -> Vec<Option<SourceId>> { scene.seats.iter().map(|it| it.source).collect() };
    let kind = |scene: &Scene| -> (Canvas, Layout) { (scene.canvas, scene.layout) };
    kind(one) == kind(other) && sources(one) == sources(other)
}

/// The layer that fills a tile.
const fn layer(tile: Tile) -> Layer {
    Layer::wanted(tile.rect.height)
}

/// A hash of all that a tile is painted from.
fn print(seat: &Seat, tile: Tile, sources: &Sources) -> u64 {
    let source = seat.source.and_then(|id| sources.get(&id));
    let shown = source.and_then(|it| it.best(layer(tile))).map(|(layer, it)| (layer, it.generation));
    hash(&(seat, shown, source.map(|it| &it.fault)))
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
