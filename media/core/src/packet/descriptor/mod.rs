//! The dependency descriptor: what a packet's frame depends on, and who needs it (RTP payload format
//! for AV1, appendix A).
//!
//! Read by `stream::marks` for every packet that has one, whatever its codec: the payload may be
//! encrypted end to end. Keeps the structure that the last key frame brought; allocates once a stream.

mod bits;
mod structure;

use crate::stream::marks::{FrameMarks, MAX_DIFFS};
use bits::Bits;
use structure::{Structure, Template};

/// Longest descriptor, which is what the two-byte form of extensions can hold (RFC 8285 section 4.3).
pub const MAX_DESCRIPTOR_LEN: usize = 255;
/// Bytes of the fields that every descriptor has.
const MANDATORY_LEN: usize = 3;
/// Most decode targets.
pub const MAX_TARGETS: usize = 32;
/// Most spatial layers.
pub const MAX_SPATIAL: usize = 4;

/// What every descriptor says, with no structure known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DescriptorHead {
    /// First packet of its frame.
    pub starts: bool,
    /// Last packet of its frame.
    pub ends: bool,
    /// Number of the frame.
    pub frame: u16,
    /// Brings a structure: the first packet of a key frame.
    pub opens: bool,
    template: u8,
}

impl DescriptorHead {
    /// Reads the head; `None` when the bytes are too few or too many.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let &[first, high, low, ..] = bytes else { return None };
        let opens = bytes.get(MANDATORY_LEN).is_some_and(|flags| flags & 0x80 != 0);
        (bytes.len() <= MAX_DESCRIPTOR_LEN).then_some(Self {
            starts: first & 0x80 != 0,
            ends: first & 0x40 != 0,
            frame: u16::from_be_bytes([high, low]),
            opens: opens && first & 0x80 != 0,
            template: first & 0x3f,
        })
    }
}

/// Writes another frame number into a descriptor; shorter bytes are left alone.
pub fn renumber(bytes: &mut [u8], frame: u16) {
    if let Some(number) = bytes.get_mut(1..MANDATORY_LEN) {
        number.copy_from_slice(&frame.to_be_bytes());
    }
}

/// What a structure says of all frames until the next one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TargetTable {
    /// Decode targets in use.
    pub count: u8,
    /// Spatial and temporal layer of each.
    pub layers: [(u8, u8); MAX_TARGETS],
    /// Height of each spatial layer in pixels, 0 where unknown.
    pub heights_px: [u16; MAX_SPATIAL],
    /// Targets that are sent now, a bit each.
    pub active: u32,
}

/// Reads the descriptors of one stream.
#[derive(Default)]
pub struct DescriptorReader {
    structure: Option<Box<Structure>>,
    /// Frame that brought it.
    since: u16,
    active: u32,
}

impl DescriptorReader {
    /// The marks of the packet's frame; `None` when the bytes are no descriptor, or belong to a
    /// structure that is not known (any more). `is_newest` says that no later packet came before.
    pub fn read(&mut self, bytes: &[u8], is_newest: bool) -> Option<FrameMarks> {
        let head = DescriptorHead::parse(bytes)?;
        let mut bits = Bits::new(bytes.get(MANDATORY_LEN..)?);
        if bytes.len() == MANDATORY_LEN {
            let structure = self.structure.as_deref()?;
            return Some(marks(&head, structure.template(head.template)?));
        }
        let (has_structure, has_active) = (bits.flag()?, bits.flag()?);
        let (has_targets, has_diffs, has_chains) = (bits.flag()?, bits.flag()?, bits.flag()?);
        if has_structure {
            let read = Structure::read(&mut bits)?;
            // A repaired key frame of long ago must not bring its structure back.
            let is_later = self.structure.is_none() || head.frame.wrapping_sub(self.since) < 0x8000;
            if !is_later && !is_newest {
                return None;
            }
            self.active = u32::MAX >> (MAX_TARGETS as u32 - u32::from(read.targets));
            self.since = head.frame;
            match &mut self.structure {
                Some(known) => **known = read,
                none => *none = Some(Box::new(read)),
            }
        }
        let structure = self.structure.as_deref()?;
        if has_active {
            let mut active = 0;
            // The last target comes first (section A.8.2: the lowest bit is target 0).
            for target in (0..structure.targets).rev() {
                active |= u32::from(bits.flag()?) << target;
            }
            self.active = active;
        }
        let mut found = marks(&head, structure.template(head.template)?);
        if has_targets {
            found.indications = bits.pairs(structure.targets)?;
        }
        if has_diffs {
            (found.diffs, found.diff_count) = ([0; MAX_DIFFS], 0);
            loop {
                let nibbles = u32::from(bits.take(2)?);
                if nibbles == 0 {
                    break;
                }
                let place = found.diffs.get_mut(usize::from(found.diff_count))?;
                *place = bits.take(4 * nibbles)? + 1;
                found.diff_count += 1;
            }
        }
        if has_chains {
            // Nothing here needs them, but they must be there.
            (0..structure.chains).try_for_each(|_| bits.take(8).map(|_| ()))?;
        }
        Some(found)
    }

    /// What the structure says; `None` before the first one.
    #[must_use]
    pub fn table(&self) -> Option<TargetTable> {
        let structure = self.structure.as_deref()?;
        Some(TargetTable { active: self.active, ..structure.table() })
    }
}

fn marks(head: &DescriptorHead, template: &Template) -> FrameMarks {
    FrameMarks {
        frame: head.frame,
        starts: head.starts,
        ends: head.ends,
        opens: head.opens,
        spatial: template.spatial,
        temporal: template.temporal,
        indications: template.indications,
        diffs: template.diffs.map(u16::from),
        diff_count: template.diff_count,
        rests_on: None,
    }
}

#[cfg(test)]
mod tests;
