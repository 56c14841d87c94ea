//! Chimes and prompts that are laid over the voices.
//!
//! Handed to [`super::Mixer::play`]; each plays once.

use super::{FRAME, Frame, SourceId};
use std::sync::Arc;

/// Something to be played.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// 48 kHz, one channel, full scale at one. Shared, so that a chime lies in memory once.
    pub samples: Arc<[f32]>,
    /// Only for this one, or for all.
    pub to: Option<SourceId>,
}

/// Where it has got to.
#[derive(Clone, Debug)]
pub(super) struct Playing {
    pub prompt: Prompt,
    at: usize,
}

impl Playing {
    pub const fn new(prompt: Prompt) -> Self {
        Self { prompt, at: 0 }
    }

    /// What it adds to this tick.
    pub fn add(&self, frame: &mut Frame) {
        for (sample, more) in frame.iter_mut().zip(&self.prompt.samples[self.at..]) {
            *sample += more;
        }
    }

    /// Whether there is more.
    pub fn step(&mut self) -> bool {
        self.at = (self.at + FRAME).min(self.prompt.samples.len());
        self.at < self.prompt.samples.len()
    }
}
