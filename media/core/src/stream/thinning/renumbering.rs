//! Numbers of a stream of which packets are left out: without gaps, and found again for a NACK.
//!
//! Owned by `downlink` while a layered stream runs. What is missing on arrival keeps a number, because
//! nobody knows yet whether it is part of what goes; if it turns out not to be, its number is filled
//! with padding. Never allocates after `new`.

/// Packets behind the newest that are still known, in and out.
const REACH: u64 = 512;
/// Missing packets that get numbers; behind a larger gap only a key frame helps.
const MAX_KEPT: u64 = 128;
/// Bits of an entry for the sequence number; the one above it is the marker.
const SEQUENCE_BITS: u32 = 31;
const SEQUENCE_MASK: u64 = (1 << SEQUENCE_BITS) - 1;

/// What becomes of one packet's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbered {
    /// It goes out with this index.
    Goes(u64),
    /// It does not go, and had a number already: fill it.
    Fill(u64),
    /// It does not go.
    Left,
}

/// State of one slot.
#[derive(Debug)]
pub struct Renumbering {
    /// Newest number that came in.
    newest: u64,
    /// Newest index that was given.
    newest_index: u64,
    /// By number that came in: the low half of the index plus one, 0 for what was left out.
    indices: Box<[u32]>,
    /// By index: the low bits of the number that came in, and the marker.
    sequences: Box<[u32]>,
}

impl Renumbering {
    /// A stretch whose first packet `sequence` goes out as `index`.
    #[must_use]
    pub fn starting(sequence: u64, index: u64) -> Self {
        let empty = || vec![0; REACH as usize].into_boxed_slice();
        let mut numbers = Self {
            newest: sequence,
            newest_index: index.wrapping_sub(1),
            indices: empty(),
            sequences: empty(),
        };
        numbers.restart(sequence, index);
        numbers
    }

    /// Begins a stretch of another stream; what went out before can still be found.
    pub fn restart(&mut self, sequence: u64, index: u64) {
        self.indices.fill(0);
        (self.newest, self.newest_index) = (sequence, index);
        self.give(sequence, index);
    }

    /// Numbers packet `sequence`. `is_within` says that it belongs to the same frame as the newest one
    /// before it, so that everything missing between them shares its fate.
    pub fn number(&mut self, sequence: u64, is_passed: bool, is_within: bool) -> Numbered {
        if sequence > self.newest {
            let missing = sequence - self.newest - 1;
            let is_kept = is_passed || !is_within;
            for step in (1..=missing.min(REACH)).rev() {
                let late = sequence - step;
                if is_kept && step <= MAX_KEPT {
                    self.newest_index += 1;
                    self.give(late, self.newest_index);
                } else {
                    self.indices[place(late)] = 0;
                }
            }
            self.newest = sequence;
            if !is_passed {
                self.indices[place(sequence)] = 0;
                return Numbered::Left;
            }
            self.newest_index += 1;
            self.give(sequence, self.newest_index);
            return Numbered::Goes(self.newest_index);
        }
        let entry = self.indices[place(sequence)];
        if self.newest - sequence >= REACH || entry == 0 {
            return Numbered::Left;
        }
        // The nearest index below the newest one with these low bits.
        let behind = (self.newest_index as u32).wrapping_sub(entry.wrapping_sub(1));
        let index = self.newest_index - u64::from(behind);
        if is_passed { Numbered::Goes(index) } else { Numbered::Fill(index) }
    }

    /// Notes that the packet went out marked.
    pub fn mark(&mut self, index: u64) {
        self.sequences[place(index)] |= 1 << SEQUENCE_BITS;
    }

    /// The number that came in of what went out as `index`, and whether it was marked; `first` is the
    /// number that the stretch began with.
    #[must_use]
    pub fn find(&self, index: u64, first: u64) -> Option<(u64, bool)> {
        if index > self.newest_index || self.newest_index - index >= REACH {
            return None;
        }
        let entry = self.sequences[place(index)];
        let after = u64::from(entry).wrapping_sub(first) & SEQUENCE_MASK;
        Some((first + after, entry >> SEQUENCE_BITS == 1))
    }

    fn give(&mut self, sequence: u64, index: u64) {
        self.indices[place(sequence)] = (index as u32).wrapping_add(1);
        self.sequences[place(index)] = (sequence & SEQUENCE_MASK) as u32;
    }
}

const fn place(number: u64) -> usize {
    (number % REACH) as usize
}
