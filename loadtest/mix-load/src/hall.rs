//! Cameras whose films are decoded, each layer once however many layouts show it.
//!
//! Made and turned by `main`. Each camera begins at another place of the film, so that no two pictures of a
//! moment are the same.

use super::Failure;
use loadtest::client::Codec;
use loadtest::material::{Size, access_units};
use media_mix::codec::{self, Decode as _, DecodeCounts, Decoder};
use media_mix::compose::{Scene, Shown, Source, Sources};
use media_mix::layout::Layer;
use media_mix::seating::SourceId;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// Pictures between two key pictures of the films (`deploy/setup/material.sh`).
const GROUP: usize = 50;

struct Camera {
    source: SourceId,
    layer: Layer,
    film: Arc<Vec<Vec<u8>>>,
    next: usize,
    decoder: Decoder,
    pictures: u64,
}

pub struct Hall {
    cameras: Vec<Camera>,
    sources: Sources,
}

impl Hall {
    /// Cameras with just the layers that some scene shows.
    pub fn open(folder: &Path, codec: Codec, sources: usize, scenes: &[Scene]) -> Result<Self, Failure> {
        let wanted: BTreeSet<(SourceId, Layer)> = scenes.iter().flat_map(Scene::wanted).collect();
        let mut films: BTreeMap<Layer, Arc<Vec<Vec<u8>>>> = BTreeMap::new();
        let mut cameras = Vec::new();
        for (source, layer) in wanted {
            let size = match layer {
                Layer::P180 => Size::Small,
                Layer::P360 => Size::Middle,
                Layer::P720 => Size::Large,
            };
            let film = match films.get(&layer) {
                Some(film) => Arc::clone(film),
                None => {
                    Arc::clone(films.entry(layer).or_insert(Arc::new(access_units(folder, codec, size)?)))
                }
            };
            let next = source.0 as usize * GROUP % film.len();
            let decoder = Decoder::open(codec::Codec::H264)?;
            cameras.push(Camera { source, layer, film, next, decoder, pictures: 0 });
        }
        let sources = (0..sources as u64).map(|it| (SourceId(it), Source::default())).collect();
        Ok(Self { cameras, sources })
    }

    /// The next picture of each.
    pub fn turn(&mut self) {
        for camera in &mut self.cameras {
            let decoded = camera.decoder.decode(&camera.film[camera.next]);
            camera.next = (camera.next + 1) % camera.film.len();
            let Some(picture) = decoded.picture else { continue };
            camera.pictures += 1;
            if let Some(source) = self.sources.get_mut(&camera.source) {
                source.layers[camera.layer as usize] = Some(Shown { picture, generation: camera.pictures });
            }
        }
    }

    pub const fn sources(&self) -> &Sources {
        &self.sources
    }

    pub fn counts(&self) -> DecodeCounts {
        let add = |sum: DecodeCounts, it: DecodeCounts| DecodeCounts {
            units: sum.units + it.units,
            pictures: sum.pictures + it.pictures,
            broken: sum.broken + it.broken,
            ..sum
        };
        self.cameras.iter().map(|it| it.decoder.counts()).fold(DecodeCounts::default(), add)
    }
}
