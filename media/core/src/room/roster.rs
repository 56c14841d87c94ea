//! Finds legs by key and the live leg of a participant.
//!
//! Used by every part of the room. Sorted lists: lookups happen per packet, changes per join.

use crate::stream::ids::{LegKey, ParticipantKey};

/// Keys of a room's legs and the places where they are kept.
#[derive(Default)]
pub(super) struct Roster {
    by_key: Vec<(LegKey, u32)>,
    /// Newest leg of a participant first.
    by_participant: Vec<(ParticipantKey, std::cmp::Reverse<u64>, u32)>,
    joins: u64,
}

impl Roster {
    pub fn add(&mut self, key: LegKey, participant: ParticipantKey, place: usize) {
        self.joins += 1;
        let entry = (key, place as u32);
        let at = self.by_key.partition_point(|other| *other < entry);
        self.by_key.insert(at, entry);
        let entry = (participant, std::cmp::Reverse(self.joins), place as u32);
        let at = self.by_participant.partition_point(|other| *other < entry);
        self.by_participant.insert(at, entry);
    }

    pub fn remove(&mut self, key: LegKey) -> Option<usize> {
        let at = self.by_key.binary_search_by_key(&key, |entry| entry.0).ok()?;
        let (_, place) = self.by_key.remove(at);
        self.by_participant.retain(|entry| entry.2 != place);
        Some(place as usize)
    }

    pub fn place(&self, key: LegKey) -> Option<usize> {
        let at = self.by_key.binary_search_by_key(&key, |entry| entry.0).ok()?;
        Some(self.by_key[at].1 as usize)
    }

    /// Places of the legs of a participant, newest first.
    pub fn legs_of(&self, participant: ParticipantKey) -> impl Iterator<Item = usize> {
        let from = self.by_participant.partition_point(|entry| entry.0 < participant);
        self.by_participant[from..]
            .iter()
            .take_while(move |entry| entry.0 == participant)
            .map(|entry| entry.2 as usize)
    }

    pub fn len(&self) -> usize {
        self.by_key.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_leg_of_a_participant_comes_first() {
        let mut roster = Roster::default();
        for (key, participant, place) in [(30, 1, 0), (10, 2, 1), (20, 1, 2)] {
            roster.add(LegKey(key), ParticipantKey(participant), place);
        }
        assert_eq!(roster.legs_of(ParticipantKey(1)).collect::<Vec<_>>(), [2, 0]);
        assert_eq!(roster.place(LegKey(10)), Some(1));
        assert_eq!(roster.remove(LegKey(20)), Some(2));
        assert_eq!(roster.legs_of(ParticipantKey(1)).collect::<Vec<_>>(), [0]);
        assert_eq!(roster.place(LegKey(20)), None);
        assert_eq!(roster.len(), 2);
    }
}
