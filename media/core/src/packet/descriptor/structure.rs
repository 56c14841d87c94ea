//! The template dependency structure that a key frame brings (AV1 RTP payload format, section A.8.3).
//!
//! Read by `descriptor`. Of fixed size, so that a new one takes the place of the old.

use super::bits::Bits;
use super::{MAX_SPATIAL, MAX_TARGETS, TargetTable};
use crate::stream::marks::MAX_DIFFS;

const MAX_TEMPLATES: usize = 64;
const MAX_TEMPORAL: u8 = 7;

/// What frames of one kind have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Template {
    pub(super) spatial: u8,
    pub(super) temporal: u8,
    pub(super) indications: u64,
    pub(super) diffs: [u8; MAX_DIFFS],
    pub(super) diff_count: u8,
}

/// One structure.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Structure {
    offset: u8,
    pub(super) targets: u8,
    pub(super) chains: u16,
    templates: [Template; MAX_TEMPLATES],
    count: u8,
    heights_px: [u16; MAX_SPATIAL],
}

impl Structure {
    pub(super) fn read(bits: &mut Bits<'_>) -> Option<Self> {
        let mut read = Self {
            offset: bits.byte(6)?,
            targets: bits.byte(5)? + 1,
            chains: 0,
            templates: [Template::default(); MAX_TEMPLATES],
            count: 0,
            heights_px: [0; MAX_SPATIAL],
        };
        let largest = read.layers(bits)?;
        let Self { targets, templates, count, .. } = &mut read;
        let templates = &mut templates[..usize::from(*count)];
        for template in templates.iter_mut() {
            template.indications = bits.pairs(*targets)?;
        }
        for template in templates.iter_mut() {
            while bits.flag()? {
                let place = template.diffs.get_mut(usize::from(template.diff_count))?;
                *place = bits.byte(4)? + 1;
                template.diff_count += 1;
            }
        }
        let chains = bits.below(u16::from(*targets) + 1)?;
        if chains > 0 {
            (0..*targets).try_for_each(|_| bits.below(chains).map(|_| ()))?;
            for _ in 0..templates.len() * usize::from(chains) {
                bits.take(4)?;
            }
        }
        read.chains = chains;
        if bits.flag()? {
            for height in &mut read.heights_px[..=usize::from(largest)] {
                bits.take(16)?;
                *height = bits.take(16)?.saturating_add(1);
            }
        }
        Some(read)
    }

    /// Layers of the templates; answers the largest spatial one.
    fn layers(&mut self, bits: &mut Bits<'_>) -> Option<u8> {
        let (mut spatial, mut temporal) = (0, 0);
        loop {
            let template = self.templates.get_mut(usize::from(self.count))?;
            (template.spatial, template.temporal) = (spatial, temporal);
            self.count += 1;
            match bits.take(2)? {
                0 => {}
                1 => temporal += 1,
                2 => (spatial, temporal) = (spatial + 1, 0),
                _ => return Some(spatial),
            }
            if temporal > MAX_TEMPORAL || usize::from(spatial) >= MAX_SPATIAL {
                return None;
            }
        }
    }

    pub(super) fn template(&self, id: u8) -> Option<&Template> {
        let at = (id + MAX_TEMPLATES as u8 - self.offset) % MAX_TEMPLATES as u8;
        self.templates[..usize::from(self.count)].get(usize::from(at))
    }

    pub(super) fn table(&self) -> TargetTable {
        let mut layers = [(0, 0); MAX_TARGETS];
        for template in &self.templates[..usize::from(self.count)] {
            for (target, (spatial, temporal)) in layers[..usize::from(self.targets)].iter_mut().enumerate() {
                if template.indications >> (2 * target) & 3 != 0 {
                    *spatial = template.spatial.max(*spatial);
                    *temporal = template.temporal.max(*temporal);
                }
            }
        }
        TargetTable { count: self.targets, layers, heights_px: self.heights_px, active: 0 }
    }
}
