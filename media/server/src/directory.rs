//! Which shard each leg lives on. Asked by `server` for every order; pure, never sees a socket.

use media_control::{ConferenceId, LegId, LegRefusal, ShardId};
use std::collections::HashMap;

/// Legs and their shards; holds at most shards × limit legs.
pub(crate) struct Directory {
    legs: HashMap<LegId, (ShardId, ConferenceId)>,
    /// Number of the first shard.
    first: u16,
    /// Legs of each shard.
    counts: Vec<u32>,
    /// Most legs of one shard.
    limit: u32,
}

impl Directory {
    pub(crate) fn new(first: u16, shards: u16, limit: u32) -> Self {
        Self { legs: HashMap::new(), first, counts: vec![0; usize::from(shards)], limit }
    }

    /// Finds a shard for a new leg: `wanted` when it exists, else the one with the fewest legs.
    ///
    /// # Errors
    /// `LegTaken` when the leg is known, `Full` when there is no room.
    pub(crate) fn place(
        &mut self,
        leg: LegId,
        conference: &ConferenceId,
        wanted: Option<ShardId>,
    ) -> Result<ShardId, LegRefusal> {
        if self.legs.contains_key(&leg) {
            return Err(LegRefusal::LegTaken);
        }
        let place = |shard: ShardId| usize::from(shard.0.wrapping_sub(self.first));
        let named = wanted.filter(|shard| place(*shard) < self.counts.len());
        let shard = named.or_else(|| self.least_loaded()).unwrap_or(ShardId(self.first));
        let place = place(shard);
        let count = &mut self.counts[place];
        if *count >= self.limit {
            return Err(LegRefusal::Full { limit: self.limit });
        }
        *count += 1;
        self.legs.insert(leg, (shard, conference.clone()));
        Ok(shard)
    }

    fn least_loaded(&self) -> Option<ShardId> {
        let fewest = self.counts.iter().enumerate().min_by_key(|(_, count)| **count);
        fewest.map(|(number, _)| ShardId(self.first + number as u16))
    }

    /// Where `leg` lives.
    pub(crate) fn shard_of(&self, leg: LegId) -> Option<ShardId> {
        self.legs.get(&leg).map(|(shard, _)| *shard)
    }

    /// Forgets `leg`.
    pub(crate) fn remove(&mut self, leg: LegId) {
        if let Some((shard, _)) = self.legs.remove(&leg) {
            self.counts[usize::from(shard.0 - self.first)] -= 1;
        }
    }

    /// Forgets every leg of `conference`.
    pub(crate) fn remove_conference(&mut self, conference: &ConferenceId) {
        let Self { counts, first, .. } = self;
        self.legs.retain(|_, (shard, of)| {
            let stays = of != conference;
            if !stays {
                counts[usize::from(shard.0 - *first)] -= 1;
            }
            stays
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conference(name: &str) -> ConferenceId {
        ConferenceId::new(name).expect("a good name")
    }

    #[test]
    fn legs_go_to_the_shard_with_the_fewest() {
        let mut directory = Directory::new(4, 2, 2);
        let demo = conference("demo");
        let mut place = |n, wanted: Option<u16>| directory.place(LegId(n), &demo, wanted.map(ShardId));
        assert_eq!(place(1, Some(0)), Ok(ShardId(4)), "a shard that is not ours");
        assert_eq!(place(2, None), Ok(ShardId(5)));
        assert_eq!(place(3, Some(5)), Ok(ShardId(5)));
        assert_eq!(place(3, None), Err(LegRefusal::LegTaken));
        assert_eq!(place(4, Some(5)), Err(LegRefusal::Full { limit: 2 }));
        assert_eq!(place(5, None), Ok(ShardId(4)));
        assert_eq!(place(6, None), Err(LegRefusal::Full { limit: 2 }));
    }

    #[test]
    fn room_is_free_again_when_a_leg_or_conference_ends() {
        let mut directory = Directory::new(0, 1, 2);
        let (a, b) = (conference("a"), conference("b"));
        assert!(directory.place(LegId(1), &a, None).is_ok());
        assert!(directory.place(LegId(2), &b, None).is_ok());
        directory.remove(LegId(1));
        directory.remove(LegId(1));
        assert!(directory.place(LegId(3), &b, None).is_ok());
        directory.remove_conference(&b);
        assert_eq!(directory.shard_of(LegId(3)), None);
        assert_eq!(directory.counts, [0]);
    }
}
