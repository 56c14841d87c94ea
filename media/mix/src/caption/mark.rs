//! Marks that are no letters: a microphone that is off, the dot of a recording.
//!
//! Called by `Captions`. Drawn from formulas, so that no font or picture file is needed.

use super::paint::Mask;
use crate::layout::Size;

/// Looks at each pixel in so many places each way.
const SAMPLES: u32 = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Mark {
    MutedMicrophone,
    /// What crosses it out, in a colour of its own.
    Stroke,
    Dot,
}

impl Mark {
    /// What is painted over it in another colour.
    pub const fn second(self) -> Self {
        match self {
            Self::MutedMicrophone | Self::Stroke => Self::Stroke,
            Self::Dot => Self::Dot,
        }
    }

    /// As high as letters of this size.
    pub fn mask(self, px: f32) -> Mask {
        let side = (px.max(2.0) as u32).next_multiple_of(2);
        let step = 1.0 / (side * SAMPLES) as f32;
        let covered = |x: u32, y: u32| {
            let at = |pixel: u32, sample: u32| ((pixel * SAMPLES + sample) as f32 + 0.5) * step;
            let hits =
                (0..SAMPLES * SAMPLES).filter(|it| self.holds(at(x, it % SAMPLES), at(y, it / SAMPLES)));
            (hits.count() as u32 * 255 / (SAMPLES * SAMPLES)) as u8
        };
        let cover = (0..side * side).map(|it| covered(it % side, it / side)).collect();
        Mask::new(Size::new(side, side), cover)
    }

    /// Whether a point of the unit square belongs to it.
    fn holds(self, x: f32, y: f32) -> bool {
        let distance = |to_x: f32, to_y: f32| (x - to_x).hypot(y - to_y);
        match self {
            Self::Dot => distance(0.5, 0.55) < 0.32,
            // From the upper left to the lower right.
            Self::Stroke => (x - y).abs() < 0.08 && (0.12..0.9).contains(&x),
            Self::MutedMicrophone => {
                let capsule = distance(0.5, y.clamp(0.24, 0.46)) < 0.14;
                let bow = y > 0.46 && (distance(0.5, 0.46) - 0.26).abs() < 0.035;
                let stand = (x - 0.5).abs() < 0.035 && (0.72..0.9).contains(&y);
                let foot = (x - 0.5).abs() < 0.17 && (0.86..0.93).contains(&y);
                capsule || bow || stand || foot
            }
        }
    }
}
