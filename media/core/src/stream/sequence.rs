//! 16-bit sequence numbers made endless.
//!
//! Used by every place that counts packets. Pure arithmetic.

/// First extended value of a stream, so that a packet before the first one does not go below 0.
pub const FIRST_CYCLE: u64 = 1 << 16;

/// The extended number nearest to `reference` whose low 16 bits are `sequence`.
#[must_use]
pub const fn extend(reference: u64, sequence: u16) -> u64 {
    let distance = sequence.wrapping_sub(reference as u16) as i16;
    reference.wrapping_add_signed(distance as i64)
}

/// Which of the last 128 numbers were seen.
#[derive(Clone, Copy, Debug, Default)]
pub struct SeenWindow {
    newest: u64,
    bits: u128,
}

/// Numbers behind the newest that a [`SeenWindow`] still knows.
pub const SEEN_WINDOW: u64 = 128;

/// What a [`SeenWindow`] says of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Newer than all before.
    Newest,
    /// Older, not seen before.
    Late,
    /// Seen before.
    Again,
    /// Too far behind to know.
    Unknown,
}

impl SeenWindow {
    /// A window that has seen `first` only.
    #[must_use]
    pub const fn starting_at(first: u64) -> Self {
        Self { newest: first, bits: 1 }
    }

    /// The newest number.
    #[must_use]
    pub const fn newest(&self) -> u64 {
        self.newest
    }

    /// Notes `number`.
    pub fn note(&mut self, number: u64) -> Seen {
        if number > self.newest {
            let step = number - self.newest;
            self.bits = if step >= SEEN_WINDOW { 0 } else { self.bits << step };
            self.bits |= 1;
            self.newest = number;
            return Seen::Newest;
        }
        let behind = self.newest - number;
        if behind >= SEEN_WINDOW {
            return Seen::Unknown;
        }
        let bit = 1u128 << behind;
        if self.bits & bit != 0 {
            return Seen::Again;
        }
        self.bits |= bit;
        Seen::Late
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn extension_is_the_nearest_number(reference in 100_000u64..1 << 40, step in -32_768i64..=32_767) {
            let number = reference.checked_add_signed(step).expect("large reference");
            prop_assert_eq!(extend(reference, number as u16), number);
        }

        #[test]
        fn window_tells_every_repetition_within_its_reach(
            numbers in prop::collection::vec(1_000u64..1_300, 1..200),
        ) {
            let mut window = SeenWindow::starting_at(999);
            let mut seen = std::collections::BTreeSet::from([999]);
            for number in numbers {
                let newest = *seen.last().expect("not empty");
                let expected = if number > newest {
                    Seen::Newest
                } else if newest - number >= SEEN_WINDOW {
                    Seen::Unknown
                } else if seen.contains(&number) {
                    Seen::Again
                } else {
                    Seen::Late
                };
                prop_assert_eq!(window.note(number), expected);
                if expected != Seen::Unknown {
                    seen.insert(number);
                }
            }
        }
    }
}
