//! All that a run's senders may send, read once and shared.
//!
//! Made by the program before a run. Falls back on made-up material as a whole: a run never mixes.

use super::{Film, Size, Voice, made_up};
use crate::client::Codec;
use std::path::Path;
use std::sync::Arc;

/// Films in both codecs and a voice.
#[derive(Clone, Debug)]
pub struct Stock {
    films: Vec<(Size, Arc<Film>)>,
    pub voice: Arc<Voice>,
    /// From a camera and a speaker, so that a decoder understands it.
    pub is_real: bool,
}

const SIZES: [Size; 4] = [Size::Small, Size::Middle, Size::Large, Size::Full];

impl Stock {
    /// What set-up has prepared in `folder`, or made-up material where that is not whole.
    #[must_use]
    pub fn open(folder: &Path) -> Self {
        Self::prepared(folder).unwrap_or_else(Self::made_up)
    }

    fn prepared(folder: &Path) -> Option<Self> {
        let mut films = Vec::new();
        for codec in [Codec::Vp8, Codec::H264] {
            for size in SIZES {
                films.push((size, Arc::new(Film::open(folder, codec, size).ok()?)));
            }
        }
        Some(Self { films, voice: Arc::new(Voice::open(folder).ok()?), is_real: true })
    }

    /// VP8 alone.
    #[must_use]
    pub fn made_up() -> Self {
        let films = SIZES.iter().map(|size| (*size, Arc::new(made_up::film(*size)))).collect();
        Self { films, voice: Arc::new(made_up::voice()), is_real: false }
    }

    /// The film in this codec and size; made-up material has VP8 alone.
    #[must_use]
    pub fn film(&self, codec: Codec, size: Size) -> Option<Arc<Film>> {
        let fits = |(it, film): &&(Size, Arc<Film>)| *it == size && film.codec() == codec;
        self.films.iter().find(fits).map(|(_, film)| Arc::clone(film))
    }
}
