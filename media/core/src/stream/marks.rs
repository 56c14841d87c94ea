//! What is known of the frame that a packet belongs to, and the rungs that a layered stream offers.
//!
//! Filled from the dependency descriptor, or from a VP9 payload where there is none; read by
//! `thinning` for each receiver and by `room` to count what a rung costs. Holds no bytes.

use super::ids::{Layer, MAX_LAYERS};
use crate::packet::descriptor::{DescriptorReader, MAX_TARGETS, TargetTable};
use crate::payload::{Codec, Vp9Layers};

/// Most frames that one frame may depend on; AV1 and VP9 have eight places for references.
pub const MAX_DIFFS: usize = 8;

/// What a frame means for a decode target (AV1 RTP payload format, section A.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indication {
    /// The target does without it.
    NotPresent,
    /// Part of the target; no later frame of it needs this one.
    Discardable,
    /// Whoever can decode this frame can decode every later frame of the target.
    Switch,
    /// Part of the target, and needed by later frames.
    Required,
}

/// One frame, as one of its packets tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameMarks {
    /// Counts frames of the stream in the order of coding.
    pub frame: u16,
    /// First packet of the frame.
    pub starts: bool,
    /// Last packet of the frame.
    pub ends: bool,
    /// First packet of a key frame.
    pub opens: bool,
    pub spatial: u8,
    pub temporal: u8,
    pub(crate) indications: u64,
    pub(crate) diffs: [u16; MAX_DIFFS],
    pub(crate) diff_count: u8,
    /// Where the frames that it depends on are not named: the target of which it must have had all.
    pub(crate) rests_on: Option<u8>,
}

impl FrameMarks {
    /// What the frame means for `target`.
    #[must_use]
    pub const fn indication(&self, target: u8) -> Indication {
        if target as usize >= MAX_TARGETS {
            return Indication::NotPresent;
        }
        match self.indications >> (2 * target) & 3 {
            0 => Indication::NotPresent,
            1 => Indication::Discardable,
            2 => Indication::Switch,
            _ => Indication::Required,
        }
    }

    /// Whether `target` has the frame.
    #[must_use]
    pub const fn is_in(&self, target: u8) -> bool {
        !matches!(self.indication(target), Indication::NotPresent)
    }

    /// Numbers of the frames that it depends on.
    pub fn depends_on(&self) -> impl Iterator<Item = u16> {
        self.diffs[..usize::from(self.diff_count)].iter().map(|diff| self.frame.wrapping_sub(*diff))
    }
}

/// One choice that a layered stream offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rung {
    /// Decode target to pass on.
    pub target: u8,
    pub spatial: u8,
    /// Height in pixels, 0 where unknown.
    pub height_px: u16,
    /// Fewer pictures a second than the stream has.
    pub is_thinned: bool,
}

/// The choices of a stream, by layer, smallest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ladder {
    rungs: [Option<Rung>; MAX_LAYERS],
}

impl Ladder {
    /// The rungs of `table`: its spatial layers at full rate; where there is one alone, its temporal
    /// layers, unless the source was seen with larger ones (`is_spatial`).
    #[must_use]
    pub fn of(table: &TargetTable, is_spatial: bool) -> Self {
        let targets = || {
            let layers = &table.layers[..usize::from(table.count)];
            layers.iter().enumerate().map(|(at, (spatial, temporal))| (at as u8, *spatial, *temporal))
        };
        let fastest = |of: u8| targets().filter(|it| it.1 == of).max_by_key(|it| it.2);
        let rung = |(target, spatial, temporal): (u8, u8, u8)| Rung {
            target,
            spatial,
            height_px: table.heights_px.get(usize::from(spatial)).copied().unwrap_or(0),
            is_thinned: fastest(spatial).is_some_and(|top| top.2 > temporal),
        };
        let largest = targets().map(|it| it.1).max().unwrap_or(0);
        let mut ladder = Self::default();
        if largest == 0 && !is_spatial {
            let top = targets().map(|it| it.2).max().unwrap_or(0);
            // The full rate is always there; of more than three rates the lowest go.
            let first = top.saturating_sub(MAX_LAYERS as u8 - 1);
            for (place, temporal) in ladder.rungs.iter_mut().zip(first..=top) {
                *place = targets().find(|it| it.2 == temporal).map(rung);
            }
            return ladder;
        }
        let first = (largest + 1).saturating_sub(MAX_LAYERS as u8);
        for (place, spatial) in ladder.rungs.iter_mut().zip(first..=largest) {
            *place = fastest(spatial).map(rung);
        }
        ladder
    }

    /// Whether there is anything to choose.
    #[must_use]
    pub fn has_choice(&self) -> bool {
        self.rungs.iter().flatten().count() > 1
    }

    /// Whether rungs differ in size, not in rate alone.
    #[must_use]
    pub fn is_spatial(&self) -> bool {
        !self.rungs.iter().flatten().any(|rung| rung.is_thinned)
    }

    #[must_use]
    pub fn rung(&self, layer: Layer) -> Option<Rung> {
        self.rungs[layer.index()]
    }

    /// The largest rung that is not above `layer`, else the smallest.
    #[must_use]
    pub fn nearest(&self, layer: Layer) -> Option<Rung> {
        let below = self.rungs[..=layer.index()].iter().flatten().next_back();
        below.or_else(|| self.rungs.iter().flatten().next()).copied()
    }

    /// The largest rung.
    #[must_use]
    pub fn top(&self) -> Option<Rung> {
        self.nearest(Layer::FULL)
    }

    /// The layer whose rung passes `target` on.
    #[must_use]
    pub fn layer_of(&self, target: u8) -> Option<Layer> {
        Layer::ALL.into_iter().find(|layer| self.rung(*layer).is_some_and(|rung| rung.target == target))
    }
}

/// Reads the marks of one stream's packets.
#[derive(Default)]
pub struct MarksReader {
    descriptors: DescriptorReader,
    vp9: Vp9Layers,
}

impl MarksReader {
    /// The marks of a packet; `None` where neither its descriptor nor its payload tells them.
    pub fn read(
        &mut self,
        codec: Codec,
        descriptor: &[u8],
        payload: &[u8],
        is_newest: bool,
    ) -> Option<FrameMarks> {
        match codec {
            _ if !descriptor.is_empty() => self.descriptors.read(descriptor, is_newest),
            Codec::Vp9 => self.vp9.read(payload),
            _ => None,
        }
    }

    /// The decode targets of the stream; `None` before a key frame told them.
    #[must_use]
    pub fn table(&self) -> Option<TargetTable> {
        self.descriptors.table().or_else(|| self.vp9.table())
    }
}
