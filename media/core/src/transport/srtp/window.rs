//! Which packet indices were seen: replay protection and rollover (RFC 3711 sections 3.3.1, 3.3.2).
//!
//! Used by the receiver against replays and by the sender against sealing an index twice. Pure
//! bookkeeping; nothing is marked before the packet proved authentic.

/// Judgement about one index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Freshness {
    Fresh,
    Seen,
    TooOld,
}

/// The last `64 * WORDS` indices below the highest one.
#[derive(Debug, Clone)]
pub(super) struct IndexWindow<const WORDS: usize> {
    highest: Option<u64>,
    // One bit per index, at position index modulo window: advancing clears, nothing shifts.
    seen: [u64; WORDS],
}

impl<const WORDS: usize> IndexWindow<WORDS> {
    pub(super) const LEN: u64 = 64 * WORDS as u64;

    pub(super) const fn new() -> Self {
        Self { highest: None, seen: [0; WORDS] }
    }

    pub(super) fn judge(&self, index: u64) -> Freshness {
        match self.highest {
            None => Freshness::Fresh,
            Some(highest) if index > highest => Freshness::Fresh,
            Some(highest) if highest - index >= Self::LEN => Freshness::TooOld,
            Some(_) if self.bit(index) => Freshness::Seen,
            Some(_) => Freshness::Fresh,
        }
    }

    pub(super) fn mark(&mut self, index: u64) {
        match self.highest {
            Some(highest) if index <= highest => {}
            Some(highest) if index - highest < Self::LEN => {
                for skipped in highest + 1..index {
                    self.seen[Self::word(skipped)] &= !(1 << (skipped % 64));
                }
                self.highest = Some(index);
            }
            _ => {
                self.seen = [0; WORDS];
                self.highest = Some(index);
            }
        }
        self.seen[Self::word(index)] |= 1 << (index % 64);
    }

    /// The 48-bit index that a 16-bit sequence number most likely means (RFC 3711 section 3.3.1).
    /// `None` when it would lie before the first packet or behind the last rollover.
    pub(super) fn estimate(&self, sequence: u16) -> Option<u64> {
        let Some(highest) = self.highest else {
            return Some(u64::from(sequence));
        };
        let (rollover, last) = (highest >> 16, highest as u16);
        let rollover = if last < 0x8000 {
            if sequence > last && sequence - last > 0x8000 { rollover.checked_sub(1)? } else { rollover }
        } else if sequence < last - 0x8000 {
            rollover + 1
        } else {
            rollover
        };
        (rollover <= u64::from(u32::MAX)).then_some((rollover << 16) | u64::from(sequence))
    }

    fn bit(&self, index: u64) -> bool {
        self.seen[Self::word(index)] & (1 << (index % 64)) != 0
    }

    fn word(index: u64) -> usize {
        (index / 64) as usize % WORDS
    }
}

/// State per synchronisation source, in a table that grows with them up to its limit.
#[derive(Debug)]
pub(super) struct SourceTable<T> {
    // Sorted, parallel to `states`: a leg has up to 64 sources and packets come in runs.
    sources: Vec<u32>,
    states: Vec<T>,
    limit: usize,
    last_hit: usize,
}

impl<T> SourceTable<T> {
    pub(super) fn with_limit(limit: usize) -> Self {
        Self { sources: Vec::new(), states: Vec::new(), limit, last_hit: 0 }
    }

    pub(super) fn find(&mut self, source: u32) -> Option<&mut T> {
        if self.sources.get(self.last_hit) != Some(&source) {
            self.last_hit = self.sources.binary_search(&source).ok()?;
        }
        self.states.get_mut(self.last_hit)
    }

    pub(super) fn is_full(&self) -> bool {
        self.sources.len() >= self.limit
    }

    /// Adds a source that [`Self::find`] did not know. `false` when the table is full.
    pub(super) fn add(&mut self, source: u32, state: T) -> bool {
        if self.is_full() {
            return false;
        }
        if let Err(place) = self.sources.binary_search(&source) {
            self.sources.insert(place, source);
            self.states.insert(place, state);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn window_agrees_with_a_plain_set(
            steps in prop::collection::vec(-200i64..400, 1..300),
            origin in 0u64..10_000,
        ) {
            let mut window = IndexWindow::<2>::new();
            let mut seen = BTreeSet::new();
            let mut at = origin as i64;
            for step in steps {
                at = (at + step).max(0);
                let index = at as u64;
                let highest = seen.last().copied();
                let expected = match highest {
                    Some(highest) if highest >= index + 128 => Freshness::TooOld,
                    _ if seen.contains(&index) => Freshness::Seen,
                    _ => Freshness::Fresh,
                };
                prop_assert_eq!(window.judge(index), expected);
                if expected == Freshness::Fresh {
                    window.mark(index);
                    seen.insert(index);
                }
            }
        }

        #[test]
        fn estimate_follows_a_stream_within_half_the_space(
            start in 0u64..200_000,
            steps in prop::collection::vec(-20_000i64..30_000, 1..100),
        ) {
            let mut window = IndexWindow::<2>::new();
            window.mark(start);
            let mut highest = start as i64;
            for step in steps {
                let truth = (highest + step).max(0);
                prop_assert_eq!(window.estimate(truth as u16), Some(truth as u64));
                if truth > highest {
                    window.mark(truth as u64);
                    highest = truth;
                }
            }
        }
    }

    #[test]
    fn index_before_the_first_rollover_is_none() {
        let mut window = IndexWindow::<2>::new();
        window.mark(5);
        assert_eq!(window.estimate(65_535), None);
        window.mark(u64::from(u32::MAX) << 16 | 0xffff);
        assert_eq!(window.estimate(3), None);
    }

    #[test]
    fn table_refuses_sources_over_its_limit() {
        let mut table = SourceTable::with_limit(2);
        assert!(table.add(9, 'a') && table.add(1, 'b'));
        assert!(!table.add(5, 'c'));
        assert_eq!(table.find(9), Some(&mut 'a'));
        assert_eq!(table.find(1), Some(&mut 'b'));
        assert_eq!(table.find(5), None);
    }
}
