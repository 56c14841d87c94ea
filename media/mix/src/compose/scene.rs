//! What a composed picture is to show.
//!
//! Made by whoever carries out what the conference decided, read by `Composer`. Names sources; their
//! pictures come beside it, since a scene stands still while they move.

use crate::caption::{Banner, Card, TileCaption};
use crate::layout::{Canvas, Layer, Layout};
use crate::picture::Picture;
use crate::seating::SourceId;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// One place and who has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Seat {
    pub source: Option<SourceId>,
    pub caption: TileCaption,
    /// Shown while nobody sits there; without a title the place stays plain.
    pub empty: Card,
}

/// A layout, those in it, and what is written on the whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scene {
    pub canvas: Canvas,
    pub layout: Layout,
    /// By the order of the layout's tiles; further ones are not seen.
    pub seats: Vec<Seat>,
    pub banner: Banner,
}

/// Same key, same content: composed and encoded once for all who want it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentKey(u64);

impl Scene {
    #[must_use]
    pub fn key(&self) -> ContentKey {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        ContentKey(hasher.finish())
    }

    /// Whom it shows and in which layers, without repetition.
    #[must_use]
    pub fn wanted(&self) -> Vec<(SourceId, Layer)> {
        let tiles = self.layout.tiles(self.canvas);
        let seats = self.seats.iter().zip(tiles);
        let mut wanted: Vec<(SourceId, Layer)> =
            seats.filter_map(|(seat, tile)| Some((seat.source?, Layer::wanted(tile.rect.height)))).collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }
}

/// One layer of a source, decoded.
#[derive(Clone, Debug)]
pub struct Shown {
    pub picture: Arc<Picture>,
    /// Counts the pictures, so that the same one is not painted twice.
    pub generation: u64,
}

/// What is known of a source at this moment.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// Its newest picture in each layer that is decoded, smallest first. A layer that is decoded no longer
    /// must not stay here: it would stand still.
    pub layers: [Option<Shown>; 3],
    /// Why nothing of it can be shown; takes the place of its picture.
    pub fault: Option<String>,
}

impl Source {
    /// The layer that is wanted, else the next larger one, else what there is: a picture that is not sharp
    /// is better than none while the right one is on its way.
    #[must_use]
    pub fn best(&self, wanted: Layer) -> Option<(Layer, &Shown)> {
        let at = wanted as usize;
        let larger = at..self.layers.len();
        let order = larger.chain((0..at).rev());
        order.filter_map(|it| Some((Layer::ALL[it], self.layers[it].as_ref()?))).next()
    }
}

/// All sources that are decoded.
pub type Sources = HashMap<SourceId, Source>;
