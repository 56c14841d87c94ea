//! Masks that were drawn already.
//!
//! Called by `Captions`. A name is drawn once in each size and not once a frame; the one that was not used
//! longest gives way.

use super::CaptionCounts;
use super::mark::Mark;
use super::paint::Mask;
use std::collections::HashMap;
use std::sync::Arc;

/// Most masks that are kept: 25 names in four sizes, and clocks.
const LIMIT: usize = 256;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// Text, size, room.
    Text(String, u16, u16),
    Mark(Mark, u16),
}

#[derive(Debug, Default)]
pub(super) struct Cache {
    masks: HashMap<Key, (Arc<Mask>, u64)>,
    uses: u64,
}

impl Cache {
    /// What was made for this key, or is made now.
    pub fn get(
        &mut self,
        key: Key,
        made: impl FnOnce(&Key) -> Mask,
        counts: &mut CaptionCounts,
    ) -> Arc<Mask> {
        self.uses += 1;
        if let Some((mask, used)) = self.masks.get_mut(&key) {
            *used = self.uses;
            return Arc::clone(mask);
        }
        if self.masks.len() >= LIMIT
            && let Some(oldest) =
                self.masks.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| key.clone())
        {
            self.masks.remove(&oldest);
            counts.evicted += 1;
        }
        counts.rasterised += 1;
        let mask = Arc::new(made(&key));
        self.masks.insert(key, (Arc::clone(&mask), self.uses));
        mask
    }
}
