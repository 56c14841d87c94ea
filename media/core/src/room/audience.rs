//! Who may hear a packet of mixed sound: a mix holds the voice of one listener and lacks that of another.
//!
//! Told by the mixer with each packet, so that nothing about it is remembered and no loss can bring somebody their own
//! voice; asked by `hearing`. Of packets of other sources it is not looked at.

use crate::stream::ids::ParticipantKey;

/// Participants that one packet can name: five who are heard, and five who have just ceased to be.
pub const MOST_NAMED: usize = 10;

/// Everybody but those who are named, or those alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Audience {
    is_only: bool,
    count: u8,
    named: [ParticipantKey; MOST_NAMED],
}

impl Audience {
    /// Everybody.
    pub const ALL: Self = Self { is_only: false, count: 0, named: [ParticipantKey(0); MOST_NAMED] };

    /// Of those who are `named` (at most [`MOST_NAMED`], the rest is passed over) each one where `is_only`,
    /// else everybody but them.
    pub fn of(is_only: bool, named: impl IntoIterator<Item = ParticipantKey>) -> Self {
        let mut audience = Self { is_only, ..Self::ALL };
        for (place, participant) in audience.named.iter_mut().zip(named) {
            *place = participant;
            audience.count += 1;
        }
        audience
    }

    /// Those who are named.
    #[must_use]
    pub fn named(&self) -> &[ParticipantKey] {
        &self.named[..usize::from(self.count)]
    }

    /// Whether only those who are named may hear it.
    #[must_use]
    pub const fn is_only(&self) -> bool {
        self.is_only
    }

    /// Whether `participant` may hear it.
    #[must_use]
    pub fn has(&self, participant: ParticipantKey) -> bool {
        self.named().contains(&participant) == self.is_only
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_named_hears_one_of_two_mixes_and_all_others_the_other() {
        let named = || [ParticipantKey(3), ParticipantKey(5)];
        let (only, without) = (Audience::of(true, named()), Audience::of(false, named()));
        for participant in (0..9).map(ParticipantKey) {
            let is_named = named().contains(&participant);
            assert_eq!((only.has(participant), without.has(participant)), (is_named, !is_named));
            assert!(Audience::ALL.has(participant));
        }
        let many = Audience::of(false, (1..99).map(ParticipantKey));
        assert_eq!(many.named().len(), MOST_NAMED);
    }
}
